"""Chapters that read other tables: a copy of ``data/`` with some cells changed."""

import csv
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from llmbook import data
from llmbook.impact import Cell


def write_tables(folder: Path, cells: Iterable[Cell]) -> None:
    """Copy the tables into a new folder and change cells of the copy."""
    shutil.copytree(data.folder(), folder)
    for cell in cells:
        _write(folder / data.resource(cell.table)["path"], cell)


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Let the chapters that run meanwhile read the tables of `folder`."""
    before = os.environ.get(data.FOLDER_VARIABLE)
    os.environ[data.FOLDER_VARIABLE] = str(folder)
    try:
        yield
    finally:
        os.environ.pop(data.FOLDER_VARIABLE)
        if before is not None:
            os.environ[data.FOLDER_VARIABLE] = before


def _write(path: Path, cell: Cell) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    column, key = head.index(cell.column), head.index("id")
    row = next(row for row in rows if row[key] == cell.row)
    row[column] = "" if cell.new is None else _as_text(cell.new)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
