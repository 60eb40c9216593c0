"""A wrong number anywhere turns a golden red."""

import os
import shutil
import subprocess
import sys

import pytest

from llmbook import data
from llmbook.book import digests
from place import ROOT

CHANGES = {
    "a cell of the tables": ("data/accelerators.csv", "80e9,85899345920", "81e9,85899345920"),
    "an operator of a formula": (
        "src/llmbook/training.py",
        "6.0 * n_active_params * n_tokens",
        "6.0 * n_active_params + n_tokens",
    ),
}


def run_golden(copy):
    """Execute the golden of chapter III against a copy of package and data."""
    golden = shutil.copy(ROOT / "tests" / "golden" / "3-xpus.ipynb", copy)
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", golden]
    settings = {"PYTHONPATH": str(copy / "src"), "LLMBOOK_SITE": "1", "PYTHONHASHSEED": "0"}
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", f"--rootdir={copy}"],
        env=os.environ | settings,
        cwd=copy,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path):
    for name in ("src", "data"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def test_unchanged_copy_passes(copy):
    result = run_golden(copy)
    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize("change", CHANGES)
def test_change_is_caught(copy, change):
    name, old, new = CHANGES[change]
    path = copy / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    result = run_golden(copy)
    assert result.returncode == 1
    assert "failed" in result.stdout.splitlines()[-1]


def test_a_changed_cell_changes_the_digest_of_its_table_alone():
    before = digests.digests()
    first, *rest = data.table("usage")
    changed = data.Row(**vars(first) | {"value": first.value + 1})
    with data.with_rows({"usage": (changed, *rest)}):
        after = digests.digests()
    assert {name for name in before if before[name] != after[name]} == {"usage"}
