"""A book with other numbers: a copy of its pages with cells injected, and the rest by links."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import yaml

from llmbook.book.banner import banner, recomputed
from llmbook.book.errors import BuildError
from llmbook.book.key import PROJECT
from llmbook.book.layout import TOC, Layout
from llmbook.book.parameters import INJECTED, TAG, Change
from llmbook.book.scenario import TABLES, Scenario
from llmbook.book.tables import reading, write_tables
from llmbook.book.toc import Chapter, docnames, page_path
from llmbook.claims import result

CONFIG = "_config.yml"
# What a build reads and no changed number touches.
_LINKED = (
    "src",
    "data",
    "requirements.txt",
    "package.json",
    "package-lock.json",
    "node_modules",
    "chapters/_static",
    "_build/assets",
    "_build/jupyter",
)
_CELL = re.compile(
    rf"^```\{{code-cell\}}[^\n]*\n:tags: \[{TAG}\]\n.*?^```\n", re.MULTILINE | re.DOTALL
)
# A page that shows rows of the ledger or counts them.
_LEDGER = re.compile(r"^(ledger_table|headlines|scorecard)\(", re.MULTILINE)
_TITLE = re.compile(r"^# .*\n", re.MULTILINE)
# One page alone cannot resolve what leads to the others, nor number what stands in them.
_LEADS_AWAY = ["myst.xref_missing", "myst.xref_ambiguous", "ref.*"]
_REFERENCES = "\n## References\n\n```{bibliography}\n```\n"


def write_book(layout: Layout, folder: Path, scenario: Scenario) -> Layout:
    """Write the whole book; each of its pages says that it is not the paper's."""
    variant = _start(layout, folder, scenario)
    # A chapter without a changed number is as the book has it.
    layout.caches.mkdir(parents=True, exist_ok=True)
    variant.caches.symlink_to(layout.caches)
    config = yaml.safe_load((layout.root / CONFIG).read_text(encoding="utf-8"))
    config["title"] = f"Not the paper's numbers: {scenario.title}. {config['title']}"
    _write_config(variant, config)
    shutil.copy(layout.root / TOC, variant.root)
    # Its notebooks need a wheel, which holds the tables that they were executed with.
    for name in (name for name in PROJECT if (layout.root / name).exists()):
        (variant.root / name).symlink_to(layout.root / name)
    shown = banner(scenario), _ledger_cell(scenario)
    for docname in docnames(layout.root):
        path = page_path(layout.root, docname)
        text = path.read_text(encoding="utf-8")
        own = scenario.changes.get(path.stem, [])
        target = variant.root / path.relative_to(layout.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_changed(text, own, *shown), encoding="utf-8")
    return variant


def write_page(
    layout: Layout, folder: Path, chapter: Chapter, scenario: Scenario
) -> tuple[Layout, Chapter]:
    """Write a book of one chapter, with its references at the end."""
    variant = _start(layout, folder, scenario)
    config = yaml.safe_load((layout.root / CONFIG).read_text(encoding="utf-8"))
    settings = config["sphinx"]["config"]
    settings["suppress_warnings"] = [*settings.get("suppress_warnings", []), *_LEADS_AWAY]
    _write_config(variant, config)
    toc = {"format": "jb-book", "root": chapter.docname}
    (variant.root / TOC).write_text(json.dumps(toc), encoding="utf-8")
    text = chapter.path.read_text(encoding="utf-8")
    copy = replace(chapter, path=variant.root / chapter.path.relative_to(layout.root))
    own = scenario.changes.get(chapter.name, [])
    changed = _changed(text, own, banner(scenario), _ledger_cell(scenario))
    copy.path.write_text(changed + _REFERENCES, encoding="utf-8")
    return variant, copy


@contextmanager
def tables_of(variant: Layout, scenario: Scenario) -> Iterator[None]:
    """Let chapters and pages that are made meanwhile read the tables of the variant."""
    with reading(variant.root / TABLES) if scenario.cells else nullcontext():
        yield


def _start(layout: Layout, folder: Path, scenario: Scenario) -> Layout:
    """A book's root with links to all but its pages and its changed tables."""
    if scenario.cells:
        write_tables(folder / TABLES, scenario.cells)
    for name in _LINKED:
        source = layout.root / name
        if source.exists() and not (folder / name).exists():
            link = folder / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(source)
    return Layout(folder)


def _write_config(variant: Layout, config: dict) -> None:
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (variant.root / CONFIG).write_text(text, encoding="utf-8")


def _changed(text: str, changes: list[Change], shown: str, ledger: str) -> str:
    """The page with its banner under the title and its changes after the cell of parameters."""
    if changes:
        if not _CELL.search(text):
            raise BuildError("the cell tagged parameters was not found")
        text = _CELL.sub(lambda cell: cell[0] + _injected(changes), text, count=1)
    if _LEDGER.search(text):
        shown += f"\n{ledger}"
    return _TITLE.sub(lambda title: f"{title[0]}\n{shown}\n", text, count=1)


def _ledger_cell(scenario: Scenario) -> str:
    """What tells the ledgers of a page which claims come out otherwise.

    In a cell, so that the page's notebook computes the same by itself and no cache takes the page
    for the paper's.
    """
    rows = {}
    for item in recomputed(scenario):
        before = result(item.claim.id).verdict
        rows[item.claim.id] = (item.value, item.ratio, item.verdict, before, item.problem)
    lines = [f"    {key!r}: {row!r}," for key, row in rows.items()]
    body = "\n".join(["from llmbook.claims import yours", "", "yours.show({", *lines, "})"])
    return f"\n```{{code-cell}} python\n:tags: [remove-cell]\n\n{body}\n```\n"


def _injected(changes: list[Change]) -> str:
    lines = [f"{change.parameter.name} = {change.value!r}" for change in changes]
    body = "\n".join(["# Not the paper's numbers", *lines])
    return f"\n```{{code-cell}} python\n:tags: [{INJECTED}]\n\n{body}\n```\n"
