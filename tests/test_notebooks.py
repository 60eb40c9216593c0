"""The notebooks of the site run elsewhere; its wheel and its zip hold what they say."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from packaging.requirements import Requirement

from llmbook.book import BuildError
from llmbook.book.address import binder, colab, site_url
from llmbook.book.bundle import FOLDER, write_bundle
from llmbook.book.portable import INSTALLS, portable
from llmbook.book.wheel import write_source, write_wheel
from place import ROOT

GOLDENS = sorted(path.stem for path in (ROOT / "tests" / "golden").glob("*.ipynb"))
EXECUTE = "from nbclient.cli import NbClientApp; NbClientApp.launch_instance()"
# Roles, directives, labels, targets, definitions, and links that lead to none of these.
LEFT_OVER = (
    r"\{[a-z:-]+\}`|^`{3,}\{.*|^\$\$ \(.*|^\([\w-]+\)=|^: .*|\]\((?!https?:|#|[\w-]+\.ipynb)[^)]*\)"
)
MARKDOWN = """See {glue:text}`cards:.1f` cards of {glue:text}`name`, {glue:text}`plain`.
Read {cite}`dong2024llms,liu2024andes`, [chapter III](3-xpus.md) and [a row](ledger.md#III-1).
Home is [here](chapters/capstone.md); [below](end-1) is the end, and [one](ex-1-cards) to solve.

$$
x = 1
$$ (eq-one)

A term
: is explained.

(end-1)=

## The end

```{exercise}
:label: ex-1-cards

How many?
```

```{solution-start} ex-1-cards
:class: dropdown
```

Two.

```{solution-end}
```
"""


def glued(name, value):
    metadata = {"scrapbook": {"name": name}}
    data = {"application/papermill.record/text/plain": value}
    return nbformat.v4.new_output("display_data", data=data, metadata=metadata)


@pytest.fixture
def notebook():
    outputs = [glued("cards", "2.04"), glued("name", "'A100'"), glued("plain", "7")]
    cells = [
        nbformat.v4.new_markdown_cell(MARKDOWN),
        nbformat.v4.new_code_cell("glue(...)", outputs=outputs),
    ]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return write_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


def test_sentences_carry_their_numbers_and_no_role_is_left(notebook):
    text = portable(notebook, "llmbook.whl").cells[1].source
    assert text.startswith(
        "See 2.0 cards of A100, 7.\n"
        "Read ([Dong and Xie 2024](https://arxiv.org/abs/2405.17147); "
        "[Liu et al. 2024](https://arxiv.org/abs/2404.16283)), "
        "[chapter III](3-xpus.ipynb)"
    )
    assert "[here](capstone.ipynb); [below](#The-end) is the end, and one to solve." in text
    assert "x = 1\n$$\n\n**A term**: is explained.\n\n## The end\n" in text
    assert "(ledger.ipynb#III-1)" in text
    assert "**Exercise.** \nHow many?" in text and "**Solution.**" in text
    assert "{" not in text and "```" not in text


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("from llmbook import charts, data", "charts"),
        ("from llmbook.retrieval import ask", "retrieval"),
        ("from llmbook import adaptation", "retrieval"),
        ("from llmbook import data, pretrained", "retrieval"),
        ("from llmbook import adaptation_choice", "charts"),
    ],
)
def test_only_what_a_chapter_needs_is_installed(code, extra):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    assert f"llmbook[{extra}] @" in portable(notebook, "x.whl").cells[0].source


def test_no_chapter_has_a_role_that_stays():
    for path in sorted((ROOT / "tests" / "golden").glob("*.ipynb")):
        cells = portable(nbformat.read(path, 4), "x.whl").cells[1:]
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert not re.findall(LEFT_OVER, text, re.M), path.name
        headings = {found.replace(" ", "-") for found in re.findall(r"^#+ (.+)$", text, re.M)}
        assert {unquote(found) for found in re.findall(r"\]\(#([^)]+)\)", text)} <= headings


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory):
    """For an extra of the wheel, a Python that has what the extra names, but not the package."""
    made = {}

    def python(extra):
        if extra not in made:
            folder = tmp_path_factory.mktemp(extra) / "venv"
            made[extra] = environment(folder, ["nbclient", "ipykernel", *required(wheel, extra)])
        return made[extra]

    return python


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDENS)
def test_notebook_runs_with_what_the_wheel_asks_for(name, wheel, elsewhere, tmp_path):
    """Its first cell installs the wheel beside it, as pip without a network sees it."""
    made = portable(nbformat.read(ROOT / "tests" / "golden" / f"{name}.ipynb", 4), wheel.name)
    extra = re.search(r"llmbook\[(\w+)\]", made.cells[0].source)[1]
    place = tmp_path / "notebooks"
    place.mkdir()
    shutil.copy(wheel, tmp_path)
    nbformat.write(made, place / "chapter.ipynb")
    # The jupyter command would take whichever jupyter-execute the path leads to.
    run = [elsewhere(extra), "-c", EXECUTE, "--inplace", "chapter.ipynb"]
    result = subprocess.run(run, cwd=place, env=plain(), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-3000:]
    cells = nbformat.read(place / "chapter.ipynb", 4).cells
    assert cells[0].metadata.tags == [INSTALLS]
    assert all(cell.execution_count for cell in cells if cell.cell_type == "code")
    where = [elsewhere(extra), "-c", "import llmbook.data; print(llmbook.data.folder())"]
    found = subprocess.run(where, cwd=place, env=plain(), capture_output=True, text=True).stdout
    assert Path(found.strip()).is_relative_to(elsewhere(extra).parents[1])


def asked_of_pip(notebook, folder, monkeypatch):
    """What the first cell asks pip to install where the package is missing."""
    asked = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", lambda *given, **named: asked.append((given, named)))
    monkeypatch.chdir(folder)
    exec(portable(notebook, "x.whl").cells[0].source, {})
    (((command,), named),) = asked
    assert command[:-1] == [sys.executable, "-m", "pip", "install", "-q"]
    assert named == {"check": True}
    return command[-1]


def test_first_cell_takes_the_wheel_of_the_site_or_the_one_nearby(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("LLMBOOK_SITE_URL", "https://example.org/book")
    here = tmp_path / "here"
    here.mkdir()
    asked = asked_of_pip(notebook, here, monkeypatch)
    assert asked == "llmbook[charts] @ https://example.org/book/x.whl"
    for place in (tmp_path / "x.whl", here / "x.whl"):
        place.touch()
        assert asked_of_pip(notebook, here, monkeypatch) == f"llmbook[charts] @ {place.as_uri()}"


@pytest.mark.parametrize(
    ("code", "lacks"), [("", "charts"), ("from llmbook import retrieval", "retrieval")]
)
def test_first_cell_installs_what_the_package_alone_lacks(code, lacks, wheel, tmp_path):
    """Whoever has the formulas without their charts, or what another chapter needs."""
    there = [] if lacks == "charts" else required(wheel, "charts")
    python = environment(tmp_path / "venv", there)
    pip = [python, "-m", "pip", "install", "-q", "--no-deps", wheel]
    subprocess.run(pip, check=True, env=plain())
    shutil.copy(wheel, tmp_path)
    result = run_first_cell(python, code, wheel, tmp_path)
    # Without a network the first of them ends it.
    assert re.search(rf'No matching distribution found for .*extra == "{lacks}"', result.stderr)


def test_first_cell_asks_for_nothing_when_all_is_there(wheel, tmp_path):
    """Not even for the wheel."""
    python = environment(tmp_path / "venv", required(wheel, "charts"))
    pip = [python, "-m", "pip", "install", "-q", "--no-deps", wheel]
    subprocess.run(pip, check=True, env=plain())
    result = run_first_cell(python, "", wheel, tmp_path)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize(
    "words",
    [
        ["book"],
        ["goldens"],
        ["rerun", "--list"],
        ["rerun", "3-xpus", "-p", "n_params=1e9"],
    ],
    ids=" ".join,
)
def test_command_without_the_book_says_so_in_one_line(words, formulas_only, tmp_path):
    result = subprocess.run(
        [formulas_only.with_name("llmbook"), *words],
        cwd=tmp_path,
        env=plain(),
        capture_output=True,
        text=True,
    )
    (line,) = result.stderr.splitlines()
    assert result.returncode == 1 and line.startswith("llmbook: ")
    assert "needs the book's source" in line or "no book here" in line


def test_other_commands_run_from_the_wheel_alone(formulas_only, tmp_path):
    for words in (
        ["ledger", "III-14"],
        ["impact", "data/accelerators.csv:a100-80:memory_bytes=1GB"],
    ):
        run = [formulas_only.with_name("llmbook"), *words]
        result = subprocess.run(run, cwd=tmp_path, env=plain(), capture_output=True, text=True)
        assert result.returncode == 0 and "III-" in result.stdout, result.stderr


@pytest.fixture(scope="module")
def formulas_only(wheel, tmp_path_factory):
    """A Python that has the package and nothing else."""
    python = environment(tmp_path_factory.mktemp("formulas") / "venv")
    pip = [python, "-m", "pip", "install", "-q", "--no-deps", wheel]
    subprocess.run(pip, check=True, env=plain())
    return python


def run_first_cell(python, code, wheel, folder):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    cell = portable(notebook, wheel.name).cells[0].source
    return subprocess.run(
        [python, "-c", cell], cwd=folder, env=plain(), capture_output=True, text=True
    )


def test_first_cell_says_what_is_missing(tmp_path):
    python = environment(tmp_path / "venv")
    result = run_first_cell(python, "", Path("llmbook-9.9-py3-none-any.whl"), tmp_path)
    assert "put llmbook-9.9-py3-none-any.whl, which the site offers, beside" in result.stderr


def plain():
    """The settings of this process without those that lead to the book."""
    hidden = ("PYTHON", "LLMBOOK", "JUPYTER", "IPYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return kept | {"PIP_NO_INDEX": "1"}


def environment(folder, names=()):
    """A fresh environment with links to the named distributions as they are installed here."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    target = next((folder / "lib").glob("python*/site-packages"))
    for distribution in closure(names):
        here = Path(distribution.locate_file(""))
        # Programs and manuals lie outside of the packages.
        for name in {path.parts[0] for path in distribution.files} - {"..", "__pycache__"}:
            if not (target / name).exists():
                (target / name).symlink_to(here / name)
    return folder / "bin" / "python"


def required(wheel, extra):
    """What the wheel itself asks for with one of its extras."""
    (own,) = metadata.distributions(name="llmbook", path=[str(wheel)])
    return wanted(own, {extra}, own)


def wanted(distribution, extras, own=None):
    """The requirements that hold here; an extra may name others of the same package."""
    found = []
    for text in distribution.requires or ():
        item = Requirement(text)
        if item.marker and not any(item.marker.evaluate({"extra": name}) for name in extras | {""}):
            continue
        is_own = own is not None and item.name == "llmbook"
        found += wanted(own, item.extras, own) if is_own else [str(item)]
    return found


def closure(names):
    """The installed distributions of these requirements and of all that they require."""
    seen, queue = {}, list(names)
    while queue:
        item = Requirement(queue.pop())
        key = (item.name.lower(), frozenset(item.extras))
        if key not in seen:
            seen[key] = metadata.distribution(item.name)
            queue += wanted(seen[key], set(item.extras))
    return {distribution.name: distribution for distribution in seen.values()}.values()


def test_wheel_is_the_same_each_time_and_holds_the_data(wheel, tmp_path):
    assert write_wheel(ROOT, tmp_path).read_bytes() == wheel.read_bytes()
    names = zipfile.ZipFile(wheel).namelist()
    tables = {path.name for path in (ROOT / "data").iterdir()}
    assert tables == {Path(name).name for name in names if name.startswith("llmbook/_data/")}


def test_source_is_the_same_each_time_and_has_what_make_needs(tmp_path):
    first, second = (write_source(ROOT, tmp_path / name) for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.glob("llmbook-*")
    assert (folder / "README.md").read_text() == (ROOT / "README.md").read_text()
    for name in ("src", "chapters", "data", "scenarios", "tests", ".github", "docs"):
        assert files(folder / name) == files(ROOT / name)
    # Whatever else the rules read is there too.
    done = subprocess.run(
        ["make", "-n", "book", "test"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.glob(".git"))


def files(folder):
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path for path in found if "__pycache__" not in path.parts}


def test_wheel_that_cannot_be_built_says_why(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(BuildError, match=r"the wheel could not be built:[\s\S]*version"):
        write_wheel(tmp_path, tmp_path)


def test_book_without_a_project_has_no_wheel(tmp_path):
    assert write_wheel(tmp_path, tmp_path) is None


def test_bundle_holds_the_site_once_and_is_the_same_each_time(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.html").write_text("one")
    (tmp_path / "llmbook-1-py3-none-any.whl").write_text("wheel")
    (tmp_path / ".site-key").write_text("key")
    contents = []
    for _ in range(2):
        write_bundle(tmp_path)
        contents.append((tmp_path / "book.zip").read_bytes())
    assert contents[0] == contents[1]
    names = zipfile.ZipFile(tmp_path / "book.zip").namelist()
    assert sorted(names) == [
        f"{FOLDER}/READ-ME.txt",
        f"{FOLDER}/chapters/one.html",
        f"{FOLDER}/llmbook-1-py3-none-any.whl",
    ]


def test_what_the_bundle_says_can_be_done_with_what_it_holds(tmp_path):
    (tmp_path / "index.html").write_text("home")
    (tmp_path / "llmbook-1-py3-none-any.whl").write_text("wheel")
    (tmp_path / "llmbook-1.tar.gz").write_text("source")
    write_bundle(tmp_path)
    with zipfile.ZipFile(tmp_path / "book.zip") as archive:
        told = archive.read(f"{FOLDER}/READ-ME.txt").decode()
        # Unpacked, each file can be read by everyone: a server may run as somebody else.
        assert {item.external_attr >> 16 for item in archive.infolist()} == {0o644}
    commands = re.findall(r"pip install (.*)", told)
    assert commands == [
        "--no-deps llmbook-1-py3-none-any.whl",
        '"./llmbook-1-py3-none-any.whl[retrieval]" jupyterlab',
    ]
    assert "open index.html" in told and "unpack llmbook-1.tar.gz" in told


def test_bundle_without_a_wheel_tells_of_none(tmp_path):
    (tmp_path / "index.html").write_text("home")
    write_bundle(tmp_path)
    names = zipfile.ZipFile(tmp_path / "book.zip").namelist()
    assert names == [f"{FOLDER}/index.html"]


def test_addresses_come_from_the_one_who_publishes(monkeypatch, notebook):
    monkeypatch.setenv("LLMBOOK_SITE_URL", "https://example.org/book")
    monkeypatch.setenv("LLMBOOK_REPOSITORY", "someone/book")
    assert site_url() == "https://example.org/book/"
    monkeypatch.setenv("LLMBOOK_SITE_URL", "https://example.org/book/")
    assert site_url() == "https://example.org/book/"
    assert '"https://example.org/book/"' in portable(notebook, "x.whl").cells[0].source
    assert colab("3-xpus").endswith("/github/someone/book/blob/notebooks/3-xpus.ipynb")
    assert binder("chapters/3-xpus").endswith(
        "/gh/someone/book/HEAD?urlpath=lab/tree/chapters/3-xpus.md"
    )


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("LLMBOOK_SITE_URL", 'https://a"b', "an address that begins with https://"),
        ("LLMBOOK_SITE_URL", "https://a\\b", "an address that begins with https://"),
        ("LLMBOOK_SITE_URL", "http://a", "an address that begins with https://"),
        ("LLMBOOK_SITE_URL", "ftp://a", "an address that begins with https://"),
        ("LLMBOOK_REPOSITORY", "only-a-name", "owner/name"),
    ],
)
def test_a_wrong_address_is_refused(monkeypatch, variable, value, allowed):
    monkeypatch.setenv(variable, value)
    with pytest.raises(BuildError, match=f"{variable} is .* must be {allowed}"):
        (site_url if "SITE" in variable else lambda: colab("x"))()


def test_notebooks_go_to_a_branch_of_their_own(tmp_path):
    """The script of the publishing, with a folder in place of the service's repository."""
    copy = tmp_path / "book"
    notebooks = copy / "_build" / "html" / "notebooks"
    notebooks.mkdir(parents=True)
    (notebooks / "one.ipynb").write_text("{}")
    (copy / ".ci").mkdir()
    script = copy / ".ci" / "put-notebooks"
    script.write_bytes((ROOT / ".ci" / "put-notebooks").read_bytes())
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
    for _ in range(2):
        subprocess.run(["bash", script, remote], check=True, env=plain())
    listed = subprocess.run(
        ["git", "-C", remote, "ls-tree", "--name-only", "notebooks"], capture_output=True, text=True
    )
    assert listed.stdout.split() == ["one.ipynb"] and not (notebooks / ".git").exists()
