"""What a reader sets in a calculator: sliders and lists, each marked with where it starts."""

from dataclasses import dataclass

import altair as alt

from llmbook.charts.papers_numbers import of_input


@dataclass(frozen=True)
class Slider:
    """A number that the reader sets.

    Parameters
    ----------
    name : str
        The argument of the formulas.
    value : float
        Where it starts: the paper's number, in the formula's unit.
    label, unit : str
        As shown.
    scale : float
        Formula units in one shown unit: ``GB`` for a memory shown in GB.
    low, high, step : float
        Limits and step in shown units.  A start outside the limits widens them: the browser would
        move it to the limit without a word.
    claim : str
        Of the ledger, that prints the paper's number; empty if the paper has none.
    """

    name: str
    value: float
    label: str
    unit: str
    low: float
    high: float
    step: float
    scale: float = 1.0
    claim: str = ""

    def __post_init__(self):
        start = self.shown(self.value)
        object.__setattr__(self, "low", min(self.low, start))
        object.__setattr__(self, "high", max(self.high, start))

    def binding(self):
        """Return the control of the page."""
        title = f"{self.label} ({self.unit})" if self.unit else self.label
        return alt.binding_range(min=self.low, max=self.high, step=self.step, name=title)

    def shown(self, value):
        """Convert from the formula's unit to the shown one, without the dust of the division."""
        return float(f"{value / self.scale:.12g}")

    def allowance(self):
        """Return what the address of the page may set, in shown units."""
        return {"low": self.low, "high": self.high, "unit": self.unit, "whole": self.is_whole()}

    def is_whole(self):
        """Whether it counts things that have no parts, as sites or cards."""
        is_count = self.scale == 1 and not self.unit
        numbers = (self.value, self.low, self.high, self.step)
        return is_count and all(float(number).is_integer() for number in numbers)

    def words(self, value):
        """Write a number of the formula's unit as it is shown."""
        number = f"{self.shown(value):,.10g}"
        return f"{number} {self.unit}".rstrip()

    def mark(self):
        """Return where the paper stands, or the start if the paper has no number."""
        return _mark(self)

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(self.low * self.scale, self.high * self.scale)


@dataclass(frozen=True)
class Choice:
    """One of several numbers, each with a name.

    Parameters
    ----------
    name : str
        The argument of the formulas.
    value : float
        Where it starts.
    label : str
    options : dict of str to float
        What the reader picks, and the number it stands for, in the formula's unit.
    claim : str
        As in `Slider`.
    """

    name: str
    value: float
    label: str
    options: dict
    scale: float = 1.0
    claim: str = ""

    def binding(self):
        """Return the control of the page."""
        return alt.binding_select(
            options=list(self.options.values()), labels=list(self.options), name=self.label
        )

    def shown(self, value):
        """Return the value itself: an option stands for the formula's number."""
        return value

    def allowance(self):
        """Return what the address of the page may set."""
        return {"options": list(self.options.values()), "names": list(self.options)}

    def words(self, value):
        """Write a number as the option that stands for it."""
        found = (name for name, number in self.options.items() if number == value)
        return next(found, f"{value:,.10g}")

    def mark(self):
        """Return where the paper stands, or the start if the paper has no number."""
        return _mark(self)

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(min(self.options.values()), max(self.options.values()))


@dataclass(frozen=True)
class Bundle:
    """Several numbers that are picked together by one name, such as those of a card.

    Parameters
    ----------
    name : str
        Of the control.
    label : str
    options : dict of str to dict of str to float
        What the reader picks, and the numbers that it stands for by the arguments' names, the
        same names for each.
    value : int
        Place of the option where it starts.
    """

    name: str
    label: str
    options: dict
    value: int = 0
    scale: int = 1

    def binding(self):
        """Return the control of the page."""
        places = list(range(len(self.options)))
        return alt.binding_select(options=places, labels=list(self.options), name=self.label)

    def shown(self, value):
        """Return the value itself: the place of an option."""
        return value

    def allowance(self):
        """Return what the address of the page may set: options by their names."""
        names = list(self.options)
        return {"options": list(range(len(names))), "names": names, "named": True}

    def mark(self):
        """Return where it starts."""
        return {"words": f"start: {list(self.options)[self.value]}"}

    def columns(self):
        """Return the numbers of all options by the name of the argument that they set.

        Returns
        -------
        dict of str to list of float
        """
        rows = list(self.options.values())
        return {name: [row[name] for row in rows] for name in rows[0]}


@dataclass(frozen=True)
class Column:
    """One number of a `Bundle`, as an input of the stages.

    Parameters
    ----------
    values : list of float
        By the place of the option.
    """

    values: list

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(min(self.values), max(self.values))


def _mark(item):
    paper = of_input(item.claim, item.name) if item.claim else None
    if paper is None:
        return {"words": f"start: {item.words(item.value)}"}
    words = f"the paper: {item.words(paper)} ({item.claim})"
    return {"words": words, "at": item.shown(paper)}
