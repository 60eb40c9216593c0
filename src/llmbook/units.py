"""Numbers with units as people type them: ``80GB``, ``50ms``, ``1.4T``."""

import math
import re

from llmbook.quantities import (
    BILLION,
    DAY,
    GB,
    GIB,
    HOUR,
    KB,
    KIB,
    MB,
    MIB,
    MILLION,
    MINUTE,
    MS,
    PB,
    PERCENT,
    TB,
    THOUSAND,
    TIB,
    TONNE,
    TRILLION,
)

# What is measured, and each unit as a multiple of the first one.
UNITS = {
    "a size": {
        "B": 1.0,
        "kB": KB,
        "KB": KB,
        "MB": MB,
        "GB": GB,
        "TB": TB,
        "PB": PB,
        "KiB": KIB,
        "MiB": MIB,
        "GiB": GIB,
        "TiB": TIB,
    },
    "a bandwidth": {"B/s": 1.0, "kB/s": KB, "MB/s": MB, "GB/s": GB, "TB/s": TB},
    "a time": {
        "s": 1.0,
        "us": 1e-6,
        "ms": MS,
        "min": MINUTE,
        "h": HOUR,
        "d": DAY,
        "a": 365.25 * DAY,
    },
    "a rate of computing": {
        "FLOP/s": 1.0,
        "GFLOP/s": BILLION,
        "TFLOP/s": TRILLION,
        "PFLOP/s": 1e15,
    },
    "work": {"FLOP": 1.0, "GFLOP": BILLION, "TFLOP": TRILLION, "PFLOP": 1e15},
    "a power": {"W": 1.0, "kW": THOUSAND, "MW": MILLION},
    "an energy": {"kWh": 1.0, "Wh": 1e-3, "MWh": THOUSAND, "GWh": MILLION},
    "a mass": {"kg": 1.0, "g": 1e-3, "t": TONNE, "kt": MILLION, "Mt": BILLION},
    "a carbon intensity": {"kg/kWh": 1.0, "g/kWh": 1e-3, "t/MWh": 1.0},
    "money": {"USD": 1.0, "kUSD": THOUSAND, "MUSD": MILLION},
    "a rent": {"USD/h": 1.0},
    "a price of tokens": {"USD/Mtok": 1.0, "USD/token": MILLION, "USD/ktok": THOUSAND},
    "a share": {"1": 1.0, "%": PERCENT},
}
# A count takes a multiplier, in digits' names or as the field writes it (70B parameters).
MULTIPLIERS = {
    "k": THOUSAND,
    "K": THOUSAND,
    "M": MILLION,
    "B": BILLION,
    "T": TRILLION,
    "thousand": THOUSAND,
    "million": MILLION,
    "billion": BILLION,
    "trillion": TRILLION,
}
# Units as chapters spell them out.
WORDS = {
    "bytes": "B",
    "seconds": "s",
    "milliseconds": "ms",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "day": "d",
    "days": "d",
    "year": "a",
    "years": "a",
    "watts": "W",
    "kilowatts": "kW",
    "kilograms": "kg",
    "tonnes": "t",
    "percent": "%",
    "fraction": "1",
    "share": "1",
    "ratio": "1",
    "dollars": "USD",
}
_NUMBER = re.compile(r"([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)")
_SYMBOLS = {
    symbol: (what, factor) for what, units in UNITS.items() for symbol, factor in units.items()
}


def parse(name, text, unit):
    """Read a number that may carry a unit.

    Parameters
    ----------
    name : str
        Of the quantity, for the message.
    text : str
        ``"65e9"``, ``"80GB"``, ``"1.4T"``.
    unit : str
        The unit of the answer: a symbol (``"B"``), a word (``"bytes"``), or the name of what is
        counted (``"cards"``).

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the text holds no finite number, or its unit measures something else.
    """
    found = _NUMBER.fullmatch(str(text).strip())
    if not found:
        raise ValueError(f"{name} must be a number in {unit}, got {str(text)!r}")
    number, given = float(found[1]), found[2]
    value = number * _factor(name, str(text), given, unit) if given else number
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number, got {str(text)!r}")
    return value


def is_bare(text):
    """Tell whether a number was written without a unit.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    found = _NUMBER.fullmatch(str(text).strip())
    return bool(found) and not found[2]


def in_base(unit):
    """Return how many base units are in one of a unit.

    Parameters
    ----------
    unit : str
        A symbol, a word or a multiplier (``"GB"``, ``"days"``, ``"billion"``).

    Returns
    -------
    float
        1 for a unit that counts something (``"cards"``).
    """
    symbol = WORDS.get(unit, unit)
    if symbol in _SYMBOLS:
        return _SYMBOLS[symbol][1]
    return MULTIPLIERS.get(symbol, 1.0)


def _factor(name, text, given, unit):
    """How many of `unit` are in one of the given unit."""
    symbol = WORDS.get(unit, unit)
    given = WORDS.get(given, given)
    if symbol not in _SYMBOLS or symbol == "1":
        return _multiplier(name, text, given, unit)
    what, factor = _SYMBOLS[symbol]
    if given not in UNITS[what]:
        raise ValueError(
            f"{name} is {what} in {unit}, got {text!r}{_what(given)}; "
            f"its units are {', '.join(UNITS[what])}"
        )
    return UNITS[what][given] / factor


def _multiplier(name, text, given, unit):
    if WORDS.get(unit, unit) == "1" and given == "%":
        return PERCENT
    # Of 5 in the unit 1/d one writes 5/d.
    head = given.removeprefix(unit.removeprefix("1")).removesuffix(unit).strip()
    if not head:
        return 1.0
    if head not in MULTIPLIERS:
        raise ValueError(
            f"{name} is a number of {unit}, got {text!r}{_what(given)}; "
            f"a number may end in {', '.join(MULTIPLIERS)}"
        )
    return MULTIPLIERS[head] / MULTIPLIERS.get(unit, 1.0)


def _what(given):
    return f", which is {_SYMBOLS[given][0]}" if given in _SYMBOLS else ""
