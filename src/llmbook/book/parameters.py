"""The inputs of a chapter that a reader may change, and the changes that one asks for."""

import math
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace

from nbformat import NotebookNode

from llmbook import data, units
from llmbook.book.errors import BuildError
from llmbook.book.toc import Chapter
from llmbook.claims import what_if
from llmbook.formula import Domain, check
from llmbook.glossary import GLOSSARY

# Both tags are papermill's; the second marks the cell that overrides the first.
TAG = "parameters"
INJECTED = "injected-parameters"
_LINE = re.compile(r"(?P<name>\w+): float = (?P<value>\S+)  # (?P<unit>.+); (?P<claim>\S+)")
# For a name that no formula uses.
_ANY = Domain("a number of the paper", "1", low=0.0, open_low=False, usual=(0.0, math.inf))
_WHOLE = {"low": 1.0, "open_low": False, "whole": True}
# Formulas take a mean of such numbers; a chapter counts them out.
_NARROWER = {
    "cards": _WHOLE,
    "n_devices": _WHOLE,
    "n_sites": _WHOLE,
    # A batch that is free to check a longer draft holds no sequence.
    "draft_length": {**_WHOLE, "high": 100.0},
    # Of an answer a context may cut a part, and one token must be left.
    "answer_tokens": {"low": 2.0},
}
# A number that is so many times outside of what is usual is asked for by mistake, as a rule.
_FAR = 10


@dataclass(frozen=True)
class Parameter:
    """One line of the cell tagged `parameters`: a number of the paper, or a cell of a table.

    `claim` is the id of a claim of the ledger, or ``table/row/column``.
    """

    name: str
    value: float
    unit: str
    claim: str

    def meaning(self) -> what_if.Meaning:
        if "/" in self.claim:
            return self._cell()
        return what_if.meaning(self.claim, self.name, self.value)

    def _cell(self) -> what_if.Meaning:
        table, row, column = self.claim.split("/")
        held = getattr(data.row(table, row), column)
        if held != self.value:
            raise ValueError(f"{self.name} must be {held!r} as in {self.claim}, got {self.value!r}")
        return what_if.Meaning(frozenset({self.claim}))

    def domain(self) -> Domain:
        names = self.name, self.meaning().argument, self.claim.rpartition("/")[2]
        found = next((GLOSSARY[name] for name in names if name in GLOSSARY), _ANY)
        return replace(found, **_NARROWER.get(self.name, {}))


@dataclass(frozen=True)
class Given:
    """A parameter as somebody wrote it, and where: a line of a file, or the command line."""

    name: str
    text: str
    place: str = ""


@dataclass(frozen=True)
class Change:
    """A parameter and the number that replaces the paper's."""

    parameter: Parameter
    value: float


def parameters(chapter: Chapter) -> dict[str, Parameter]:
    """The parameters of a chapter by name; none if it has no such cell."""
    cells = [cell for cell in chapter.read().cells if is_tagged(cell, TAG)]
    lines = cells[0].source.splitlines() if cells else []
    found = [_parameter(chapter, line) for line in lines if line.strip()]
    return {item.name: item for item in found}


def chapter_named(known: dict[str, Chapter], name: str, others: Iterable[str] = ()) -> Chapter:
    """The chapter of that name; if there is none, those with parameters, and others, are told."""
    if name in known:
        return known[name]
    with_some = {key: chapter for key, chapter in known.items() if parameters(chapter)}
    return data.find({**with_some, **dict.fromkeys(others)}, name, "chapter")


def is_tagged(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def check_changes(chapter: Chapter, given: Iterable[Given]) -> list[Change]:
    """Refuse what is no parameter of the chapter or no value for it, before anything runs."""
    known = parameters(chapter)
    if not known:
        raise BuildError(f"{chapter.name} has no parameters to change")
    changes: dict[str, Change] = {}
    for item in given:
        try:
            parameter = data.find(known, item.name, f"parameter of {chapter.name}")
            if item.name in changes:
                raise ValueError(f"{item.name} is given twice")
            value = units.parse(item.name, item.text, parameter.unit)
            check(item.name, value, parameter.domain())
            _warn(item, parameter, value)
        except ValueError as error:
            raise BuildError(f"{item.place}: {error}" if item.place else str(error)) from None
        changes[item.name] = Change(parameter, value)
    return [change for change in changes.values() if change.value != change.parameter.value]


def _warn(item: Given, parameter: Parameter, value: float) -> None:
    """Tell of a bare number that is far from what is usual; it may be meant in another unit."""
    low, high = parameter.domain().usual
    if low / _FAR <= value <= high * _FAR or not units.is_bare(item.text):
        return
    place = f"{item.place}: " if item.place else ""
    print(
        f"llmbook: {place}{item.name} is taken as {value:g} {parameter.unit}; "
        f"{low:g} to {high:g} {parameter.unit} are usual",
        file=sys.stderr,
    )


def _parameter(chapter: Chapter, line: str) -> Parameter:
    found = _LINE.fullmatch(line)
    if not found:
        raise BuildError(
            f"{chapter.docname}: a line of the cell tagged parameters must read "
            f"'name: float = value  # unit; claim', got {line!r}"
        )
    return Parameter(found["name"], float(found["value"]), found["unit"], found["claim"])
