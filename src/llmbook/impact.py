"""What would move if one cell of the tables were another: the request, and the claims in words."""

import re
from dataclasses import dataclass, fields
from pathlib import Path

from llmbook import data, units
from llmbook.claims import trace, what_if
from llmbook.claims.ledger import Result

_FORM = "table.csv:row:column=value"
_WORDS = {
    "recomputed": "from our sources",
    "recomputed_from_paper": "from its own inputs",
    "printed_text": "printed as",
}


@dataclass(frozen=True)
class Cell:
    """A cell and what it would hold.

    Parameters
    ----------
    table, row, column : str
    old, new : float, str, bool or None
        None is an empty cell.
    """

    table: str
    row: str
    column: str
    old: object
    new: object

    @property
    def place(self):
        """Where it is."""
        return f"{self.table}:{self.row}:{self.column}"

    @property
    def change(self):
        """Where it is and what it would hold, as `what_if.moves` takes it."""
        return self.table, self.row, self.column, self.new

    def __str__(self):
        return f"{self.place}: {in_words(self.old)} → {in_words(self.new)}"


def read_request(text):
    """Read and check a request to change a cell.

    Parameters
    ----------
    text : str
        ``"data/accelerators.csv:h100-sxm:memory_bytes=141e9"``; the number may carry a unit.

    Returns
    -------
    Cell

    Raises
    ------
    ValueError
        If there is no such table, row or column, the column may not hold the value, or holds it
        already.
    """
    place, equals, value = text.partition("=")
    parts = place.split(":")
    if not equals or len(parts) != 3:
        raise ValueError(f"a change must read {_FORM}, got {text!r}")
    return read_cell(Path(parts[0]).name.removesuffix(".csv"), *parts[1:], value)


def read_cell(table, key, column, text):
    """Check a request to change a cell.

    Parameters
    ----------
    table, key, column, text : str
        The text of a number may carry a unit.

    Returns
    -------
    Cell

    Raises
    ------
    ValueError
        As in `read_request`.
    """
    schema = data.resource(table)["schema"]
    row = data.row(table, key)
    field = data.find({item["name"]: item for item in schema["fields"]}, column, "column")
    if column == schema.get("primaryKey", "id"):
        raise ValueError(f"{column} names the row and cannot be changed")
    new = data.parse_cell(table, column, _plain(field, text, row), f"{table}:{key}")
    _check_reference(table, schema, column, new)
    if column == "source":
        data.find(_references(), new, "reference")
    cell = Cell(table, key, column, getattr(row, column), new)
    if cell.new == cell.old:
        raise ValueError(f"{cell.place} is {in_words(cell.old)} already")
    return cell


def _plain(field, value, row):
    """The text as a table would hold it, in the unit of the column or of the row."""
    if not value or field["type"] not in ("number", "integer"):
        return value
    # "as the column unit says", or the name of that column alone
    named = field["unit"].removeprefix("as the column ").removesuffix(" says")
    held = getattr(row, named, None)
    unit = held if isinstance(held, str) else field["unit"]
    return repr(units.parse(field["name"], value, unit))


def _check_reference(table, schema, column, value):
    """A cell may name a row of another table, which must be there."""
    for key in schema.get("foreignKeys", ()):
        if value is not None and key["fields"] in (column, [column]):
            data.row(key["reference"]["resource"] or table, value)


def _references():
    """The keys of the bibliography."""
    text = (data.folder() / "references.bib").read_text(encoding="utf-8")
    return dict.fromkeys(re.findall(r"^@\w+\{([^,\s]+),", text, re.MULTILINE))


def claims_in_words(cell):
    """Describe how the claims of the ledger would move.

    Parameters
    ----------
    cell : Cell

    Returns
    -------
    list of str
        Lines.
    """
    moves = what_if.moves([cell.change])
    resting = trace.resting().get(f"{cell.table}/{cell.row}/{cell.column}", ())
    still = [key for key in resting if key not in {move.before.id for move in moves}]
    lines = [f"{len(moves) or 'no'} claim{'s' * (len(moves) != 1)} would move"]
    for move in moves:
        lines += [f"  {move.before.id} {move.before.statement}", *map("    {}".format, _of(move))]
    if still:
        lines += [f"claims that rest on the cell and stay: {', '.join(still)}"]
    return lines


def _of(move):
    if move.after is None:
        return [f"can no longer be computed: {move.problem}"]
    names = [field.name for field in fields(Result)]
    return [
        f"{_WORDS.get(name, name)}: {in_words(old)} → {in_words(new)}{_unit(move, name)}"
        for name in names
        if (old := getattr(move.before, name)) != (new := getattr(move.after, name))
    ]


def _unit(move, name):
    numbers = ("printed", "recomputed", "recomputed_from_paper", "tolerance")
    return f" {move.after.unit}" if name in numbers and move.after.unit else ""


def in_words(value):
    """Write the value of a cell or of a claim.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool) or not isinstance(value, float | int):
        return str(value)
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:,.6g}"
