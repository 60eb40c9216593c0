"""The tables of ``data/``, typed and checked by their description in ``datapackage.json``.

Standard library only; ``frame`` gives a pandas DataFrame to those who have pandas.
"""

import contextlib
import csv
import difflib
import functools
import json
import math
import os
import re
from pathlib import Path
from types import SimpleNamespace

_HERE = Path(__file__).resolve().parent
# Names a folder with other tables of the same form.
FOLDER_VARIABLE = "LLMBOOK_DATA"
_OTHER_ROWS = {}


class Row(SimpleNamespace):
    """One row of a table: its columns are attributes, an empty cell is None; read-only."""

    def __setattr__(self, name, value):
        raise AttributeError(f"the tables are read-only; {name} was to become {value!r}")

    def __delattr__(self, name):
        raise AttributeError(f"the tables are read-only; {name} was to be deleted")


def folder():
    """Return the folder of the tables: inside an installed package, or of the repository.

    Returns
    -------
    pathlib.Path
        What the environment variable ``LLMBOOK_DATA`` names, if it is set.
    """
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE])
    installed = _HERE / "_data"
    return installed if installed.is_dir() else _HERE.parents[1] / "data"


@functools.cache
def package():
    """Return the description of all tables.

    Returns
    -------
    dict
        The Frictionless Data Package of ``datapackage.json``.
    """
    return json.loads((folder() / "datapackage.json").read_text(encoding="utf-8"))


def resource(name):
    """Return the description of one table.

    Parameters
    ----------
    name : str

    Returns
    -------
    dict
        A resource of the data package: path, title, fields with type and unit.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    return find({item["name"]: item for item in package()["resources"]}, name, "table")


def table(name):
    """Read a table.

    Parameters
    ----------
    name : str
        As in ``datapackage.json``: ``"models"``, ``"accelerators"`` …

    Returns
    -------
    tuple of Row
        Every magnitude is a float.

    Raises
    ------
    ValueError
        If there is no such table, or a row of it is malformed; the message names file and line.
    """
    return _OTHER_ROWS[name] if name in _OTHER_ROWS else _stored(name)


@functools.cache
def _stored(name):
    described = resource(name)
    return read(folder() / described["path"], described["schema"])


@contextlib.contextmanager
def with_rows(tables):
    """Let `table` give other rows inside a ``with`` block: what if a cell were another?

    Parameters
    ----------
    tables : dict of str to tuple of Row
        Those that differ from the stored ones.
    """
    before = dict(_OTHER_ROWS)
    _OTHER_ROWS.update(tables)
    _by_id.cache_clear()
    try:
        yield
    finally:
        _OTHER_ROWS.clear()
        _OTHER_ROWS.update(before)
        _by_id.cache_clear()


def parse_cell(table_name, column, text, place):
    """Read the text of a cell as the column wants it.

    Parameters
    ----------
    table_name, column, text : str
    place : str
        Where the text stands, for the message.

    Returns
    -------
    float, str, bool or None

    Raises
    ------
    ValueError
        If there is no such column, or the text is not what the column may hold.
    """
    fields = {field["name"]: field for field in resource(table_name)["schema"]["fields"]}
    return _value(place, find(fields, column, f"column of {table_name}"), text)


def read(path, schema):
    """Read a CSV file by a Table Schema.

    Parameters
    ----------
    path : pathlib.Path
    schema : dict
        ``fields`` with name, type and constraints, and ``primaryKey``.

    Returns
    -------
    tuple of Row

    Raises
    ------
    ValueError
        If the file is malformed; the message names file, line and column.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file, strict=True)
        _check_header(path, next(lines, []), [field["name"] for field in schema["fields"]])
        try:
            rows = tuple(
                _row(f"{path.name} line {lines.line_num}", cells, schema) for cells in lines
            )
        except csv.Error as error:
            raise ValueError(f"{path.name} line {lines.line_num}: {error}") from None
    _check_keys(path, rows, schema.get("primaryKey", "id"))
    return rows


def row(table_name, key):
    """Return the row of a table that has this id.

    Parameters
    ----------
    table_name, key : str

    Returns
    -------
    Row

    Raises
    ------
    ValueError
        If there is none; the message lists the nearest ids.
    """
    return find(_by_id(table_name), key, f"row of {table_name}")


def model(key):
    """Return a model of ``models``; see `row`."""
    return row("models", key)


def accelerator(key):
    """Return a card of ``accelerators``; see `row`."""
    return row("accelerators", key)


def frame(name):
    """Return a table as a pandas DataFrame, indexed by id.

    Parameters
    ----------
    name : str

    Returns
    -------
    pandas.DataFrame
    """
    import pandas

    return pandas.DataFrame([vars(item) for item in table(name)]).set_index("id")


@functools.cache
def _by_id(table_name):
    return {item.id: item for item in table(table_name)}


def find(known, key, what):
    """Look something up by name.

    Parameters
    ----------
    known : dict
    key : str
    what : str
        What is looked up, for the message.

    Returns
    -------
    object
        The value.

    Raises
    ------
    ValueError
        If there is none; the message lists the nearest names.
    """
    if key in known:
        return known[key]
    near = difflib.get_close_matches(str(key), known, n=5, cutoff=0.4) or sorted(known)[:5]
    raise ValueError(f"no {what} is called {key!r}; the nearest are {', '.join(near)}")


def _check_header(path, found, expected):
    if found != expected:
        raise ValueError(f"{path.name} line 1: the columns must be {expected}, got {found}")


def _check_keys(path, rows, key):
    seen = set()
    for item in rows:
        value = getattr(item, key)
        if value in seen:
            raise ValueError(f"{path.name}: {key} {value!r} stands in two rows")
        seen.add(value)


def _row(place, cells, schema):
    fields = schema["fields"]
    if len(cells) != len(fields):
        raise ValueError(f"{place}: {len(fields)} cells expected, got {len(cells)}")
    pairs = zip(fields, cells, strict=True)
    return Row(**{field["name"]: _value(place, field, cell) for field, cell in pairs})


def _value(place, field, cell):
    limits = field.get("constraints", {})
    if cell == "":
        if limits.get("required"):
            raise ValueError(f"{place}: {field['name']} must not be empty")
        return None
    try:
        value = _CASTS[field.get("type", "string")](cell)
    except ValueError:
        raise ValueError(
            f"{place}: {field['name']} must be {_WORDS[field['type']]}, got {cell!r}"
        ) from None
    _check_limits(place, field["name"], value, limits)
    return value


def _check_limits(place, name, value, limits):
    for limit, (holds, words) in _LIMITS.items():
        if limit in limits and not holds(value, limits[limit]):
            raise ValueError(f"{place}: {name} must be {words} {limits[limit]}, got {value!r}")


def _number(cell):
    value = float(cell)
    if not math.isfinite(value):
        raise ValueError(cell)
    return value


def _integer(cell):
    value = _number(cell)
    if value % 1:
        raise ValueError(cell)
    return value


def _boolean(cell):
    if cell not in ("true", "false"):
        raise ValueError(cell)
    return cell == "true"


_CASTS = {
    "string": str,
    "date": str,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}
_WORDS = {"number": "a number", "integer": "a whole number", "boolean": "true or false"}

_LIMITS = {
    "minimum": (lambda value, limit: value >= limit, "at least"),
    "exclusiveMinimum": (lambda value, limit: value > limit, "above"),
    "maximum": (lambda value, limit: value <= limit, "at most"),
    "enum": (lambda value, limit: value in limit, "one of"),
    "pattern": (lambda value, limit: re.fullmatch(limit, value), "of the form"),
}
