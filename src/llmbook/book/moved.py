"""What would move in the chapters if one cell of the tables were another."""

import ast
import json
import math
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from textwrap import shorten

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode

from llmbook.book.execute import describe, execute, executed, fill_cache
from llmbook.book.kernel import isolate
from llmbook.book.key import cache_key
from llmbook.book.layout import find_layout
from llmbook.book.tables import reading, write_tables
from llmbook.book.toc import chapters
from llmbook.impact import Cell, in_words

_GLUED = "application/papermill.record/text/plain"
_BESIDE = ".llmbook-rests, .llmbook-cite"
# Of a long table the first changed cells show what happens.
_SHOWN = 5
# What differs by less was computed in another order and is not what the reader asks for.
_NOISE = 1e-9
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")


def moved_in_chapters(cell: Cell, root: Path | None) -> list[str]:
    """Execute all chapters with the changed cell and describe each output that moves."""
    layout = find_layout(root)
    isolate(layout.jupyter)
    cache = layout.caches / cache_key(layout.root)
    found = chapters(layout.root)
    fill_cache(found, cache)
    print("executing the chapters with the changed cell", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        tables = Path(folder, "data")
        write_tables(tables, [cell])
        with reading(tables):
            results = sorted(execute(found), key=lambda pair: found.index(pair[0]))
    lines = []
    for chapter, result in results:
        moves = [describe(chapter, result)] if result.problem else []
        moves += _moves(executed(chapter, cache), result.notebook) if not moves else []
        count = len(moves) or "nothing"
        lines += [f"{chapter.docname}: {count} would move", *map("  {}".format, moves)]
    return lines


def _moves(before: NotebookNode, after: NotebookNode) -> list[str]:
    pairs = zip(before.cells, after.cells, strict=True)
    return [
        line
        for old, new in pairs
        if old.cell_type == "code"
        for pair in zip_longest(old.outputs, new.outputs)
        if pair[0] != pair[1]
        for line in _output(old.source, *pair)
    ]


def _output(source: str, old: NotebookNode | None, new: NotebookNode | None) -> Iterator[str]:
    """The lines about one output; an output that nobody sees moved has none."""
    name = (old or new).get("metadata", {}).get("scrapbook", {}).get("name")
    if name:
        yield from _change(f"number in the text, {name}", _data(old, _GLUED), _data(new, _GLUED))
        return
    pages = [_page(item) for item in (old, new)]
    if all(page.figure for page in pages):
        yield from _chart(*pages)
    elif all(page.table for page in pages):
        yield from _table(*pages)
    else:
        yield from _change(f"result of {_last_statement(source)}", _plain(old), _plain(new))


def _last_statement(source: str) -> str:
    """The beginning of what a cell shows the value of, on one line."""
    return shorten(ast.unparse(ast.parse(source).body[-1]), 60, placeholder=" …")


def _page(output: NotebookNode | None) -> BeautifulSoup:
    """The HTML of an output, without the small links beside its numbers."""
    page = BeautifulSoup(_data(output, "text/html"), "html.parser")
    for part in page.select(_BESIDE):
        part.decompose()
    return page


def _change(what: str, old: str, new: str) -> Iterator[str]:
    if not _alike(old, new):
        yield f"{what}: {old} → {new}"


def _alike(old: object, new: object) -> bool:
    """Whether two values, or the numbers and the words of two texts, are the same but for noise."""
    if isinstance(old, int | float) and isinstance(new, int | float):
        return math.isclose(old, new, rel_tol=_NOISE)
    if not (isinstance(old, str) and isinstance(new, str)):
        return old == new
    if _NUMBER.sub("", old) != _NUMBER.sub("", new):
        return False
    numbers = [[float(n.replace(",", "")) for n in _NUMBER.findall(text)] for text in (old, new)]
    return all(map(_alike, *numbers))


def _data(output: NotebookNode | None, kind: str) -> str:
    return (output or {}).get("data", {}).get(kind, "")


def _plain(output: NotebookNode | None) -> str:
    return (output or {}).get("text", "").strip() or _data(output, "text/plain") or "nothing"


def _chart(old: BeautifulSoup, new: BeautifulSoup) -> Iterator[str]:
    titles = [page.figcaption.get_text() for page in (old, new)]
    before, after = (list(_values(json.loads(page.script.string))) for page in (old, new))
    pairs = zip_longest(before, after, fillvalue=("", None))
    moved = [
        f"{name or new_name}: {in_words(one)} → {in_words(other)}"
        for (name, one), (new_name, other) in pairs
        if not _alike(one, other)
    ]
    if not moved and titles[0] == titles[1]:
        return
    title = titles[0] if titles[0] == titles[1] else " → ".join(titles)
    told = f": {_first(moved)}" if moved else ""
    yield f"chart, {title}: {len(moved)} of {len(before)} values{told}"


def _values(spec: dict) -> Iterator[tuple[str, object]]:
    """What a chart is drawn from, by name: cells of its data and what its sliders start from."""
    for rows in spec.get("datasets", {}).values():
        for place, row in enumerate(rows, start=1):
            words = (value for value in row.values() if isinstance(value, str))
            name = next(words, f"row {place}")
            yield from ((f"{name}, {key}", value) for key, value in row.items())
    for param in spec.get("params", ()):
        yield from ((param["name"], param[key]) for key in ("value", "expr") if key in param)


def _table(old: BeautifulSoup, new: BeautifulSoup) -> Iterator[str]:
    caption = old.caption.get_text() if old.caption else "without a caption"
    before, after = _rows(old.table), _rows(new.table)
    if [len(row) for row in before] != [len(row) for row in after]:
        yield f"table, {caption}: {len(before) - 1} rows → {len(after) - 1} rows"
        return
    moved = [
        f"{row[0]}, {head}: {one} → {other}"
        for row, changed in zip(before, after, strict=True)
        for head, one, other in zip(before[0], row, changed, strict=True)
        if not _alike(one, other)
    ]
    if moved:
        yield f"table, {caption}: {_first(moved)}"


def _first(moved: Iterable[str]) -> str:
    listed = list(moved)
    rest = len(listed) - _SHOWN
    return "; ".join(listed[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _rows(table: Tag) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in table.find_all("tr")
    ]
