"""Files that hold other numbers than the paper's for several chapters."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from llmbook import data, impact
from llmbook.book.errors import BuildError
from llmbook.book.parameters import Change, Given, chapter_named, check_changes
from llmbook.book.toc import Chapter

# Names of a file that are not chapters.
TITLE, TABLES = "title", "data"


@dataclass(frozen=True)
class Scenario:
    """What is asked for: a title in words, changes by chapter, and cells of the tables."""

    name: str
    title: str
    changes: dict[str, list[Change]]
    cells: list[impact.Cell] = field(default_factory=list)


def read_scenario(path: Path, chapters: Iterable[Chapter]) -> Scenario:
    """Read and check a file: `chapter: {parameter: value}`, `data: {table: {row: {column: value}}}`
    and a `title`.

    A mistake anywhere in it is refused with its line.
    """
    known = {chapter.name: chapter for chapter in chapters}
    title, changes, cells = path.stem, {}, []
    for line, key, node in _pairs(path, _root(path)):
        if key == TITLE:
            title = _title(path, node)
            continue
        if key == TABLES:
            cells = list(_cells(path, node))
            continue
        chapter = _chapter(path, line, known, key)
        changes[key] = check_changes(
            chapter,
            [
                Given(name, _text(path, value), _place(path, at))
                for at, name, value in _pairs(path, node)
            ],
        )
    if not any(changes.values()) and not cells:
        raise BuildError(f"{path.name} changes no number of the paper")
    found = {name: chosen for name, chosen in changes.items() if chosen}
    return Scenario(path.stem, title, found, cells)


def _cells(path: Path, node: yaml.Node) -> Iterator[impact.Cell]:
    for at_table, table, rows in _pairs(path, node):
        with _told(path, at_table):
            data.resource(table)
        for at_row, row, columns in _pairs(path, rows):
            with _told(path, at_row):
                data.row(table, row)
            for line, column, value in _pairs(path, columns):
                text = _text(path, value)
                with _told(path, line):
                    yield impact.read_cell(table, row, column, text)


def _root(path: Path) -> yaml.Node:
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise BuildError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise BuildError(f"{_place(path, line)}: this is no UTF-8 text") from error
    except yaml.reader.ReaderError as error:
        line = path.read_text(encoding="utf-8").count("\n", 0, error.position) + 1
        raise BuildError(f"{_place(path, line)}: {error.reason}") from error
    except yaml.MarkedYAMLError as error:
        raise BuildError(f"{_place(path, error.problem_mark.line + 1)}: {error.problem}") from error
    if node is None:
        raise BuildError(f"{path.name} is empty")
    return node


def _pairs(path: Path, node: yaml.Node) -> Iterator[tuple[int, str, yaml.Node]]:
    """Line, key and value of each entry of a mapping, none of which may come twice."""
    if not isinstance(node, yaml.MappingNode):
        raise BuildError(f"{_at(path, node)}: expected 'name: value' lines, got {_shown(node)}")
    seen = set()
    for key, value in node.value:
        line, name = key.start_mark.line + 1, _text(path, key)
        if name in seen:
            raise BuildError(f"{_place(path, line)}: {name} is given twice")
        seen.add(name)
        yield line, name, value


def _title(path: Path, node: yaml.Node) -> str:
    title = _text(path, node)
    # An empty line in it would end the banner in the middle of a page.
    if not title.strip() or title != " ".join(title.split()):
        raise BuildError(f"{_at(path, node)}: the title must be one line of words, got {title!r}")
    return title


def _chapter(path: Path, line: int, known: dict[str, Chapter], name: str) -> Chapter:
    with _told(path, line):
        # So that a slip in one of these is told with the right word.
        return chapter_named(known, name, (TITLE, TABLES))


@contextmanager
def _told(path: Path, line: int) -> Iterator[None]:
    """Tell a mistake with its line."""
    try:
        yield
    except ValueError as error:
        raise BuildError(f"{_place(path, line)}: {error}") from None


def _text(path: Path, node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise BuildError(f"{_at(path, node)}: expected one value, got {_shown(node)}")
    return node.value


def _shown(node: yaml.Node) -> str:
    return repr(node.value) if isinstance(node, yaml.ScalarNode) else f"a {node.id}"


def _at(path: Path, node: yaml.Node) -> str:
    return _place(path, node.start_mark.line + 1)


def _place(path: Path, line: int) -> str:
    return f"{path.name} line {line}"
