"""Ctrl-C: a real one, sent to a command and all that it started, as a terminal sends it."""

import os
import signal
import subprocess
import sys
import time

import pytest

from small_book import HEADER, make

# Far longer than a test waits: whoever does not stop is found out.
CHAPTER = """```{code-cell} python
:tags: [parameters]

n_params: float = 65e9  # parameters; III-13
```

```{code-cell} python
import os, pathlib, time
pathlib.Path("BEGUN").write_text(str(os.getpid()))
time.sleep(300)
```
"""
NAMES = [f"page{number}" for number in range(2 * (os.cpu_count() or 1) + 2)]
COMMAND = (
    # A shell starts what it runs in the background deaf to Ctrl-C, and so its children.
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from llmbook.cli import main; sys.exit(main(sys.argv[1:]))"
)
RERUN = ["rerun", NAMES[0], "-p", "n_params=1e9"]
PATIENCE = 60


@pytest.fixture
def root(tmp_path):
    files = {
        f"chapters/{name}.md": HEADER + CHAPTER.replace("BEGUN", str(tmp_path / f"{name}.begun"))
        for name in NAMES
    }
    files["_toc.yml"] = "format: jb-book\nroot: index\nchapters:\n" + "".join(
        f"  - file: chapters/{name}\n" for name in NAMES
    )
    files["s.yaml"] = f"{NAMES[0]}:\n  n_params: 1e9\n"
    (tmp_path / "temporary").mkdir()
    return make(tmp_path / "book", files)


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come so far"
        time.sleep(0.02)


def stopped(root, arguments, when):
    """Start a command, stop it as soon as `when` holds; return what it said."""
    command = [sys.executable, "-c", COMMAND, *arguments]
    with (root / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=os.environ | {"TMPDIR": str(root.parent / "temporary")},
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
    try:
        until(lambda: process.poll() is not None or when())
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(PATIENCE) == 130
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return (root / "errors.txt").read_text().splitlines()


def kernels(root):
    """The kernels that were started: for each there is a file that says where it listens."""
    return list((root.parent / "temporary").glob("*.json"))


def begun(root):
    """The chapters that came to their second cell, by the number of their process."""
    found = root.parent.glob("*.begun")
    return {path.stem: int(text) for path in found if (text := path.read_text())}


def assert_nothing_is_left(root):
    assert not kernels(root)
    for number in begun(root).values():
        until(lambda number=number: not is_running(number))
    assert not list((root / "_build").rglob(".making-*"))
    for folder in ("rerun", "scenarios"):
        assert not (root / "_build" / folder).exists()


def is_running(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_kernel_that_starts_is_stopped(root):
    assert stopped(root, RERUN, lambda: kernels(root)) == ["llmbook: stopped"]
    assert_nothing_is_left(root)


def test_a_cell_that_runs_is_stopped(root):
    said = stopped(root, RERUN, lambda: begun(root))
    assert said == [f"{NAMES[0]}: cell 1 of 3", "llmbook: stopped"]
    assert_nothing_is_left(root)


def test_chapters_that_wait_are_not_begun(root):
    scenario = ["book", "--scenario", "s.yaml"]
    assert stopped(root, scenario, lambda: begun(root)) == ["llmbook: stopped"]
    assert len(begun(root)) < len(NAMES) / 2
    assert_nothing_is_left(root)
