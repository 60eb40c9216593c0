"""The English of questions: units, comparisons, superlatives, words without content."""

from llmbook.quantities import BILLION, GB, MILLION, TB, TRILLION

# The columns whose texts sort things into groups.
CATEGORIES = (
    ("Accelerator", "kind"),
    ("Model", "family"),
    ("Rental", "terms"),
    ("FineTune", "method"),
)

UNITS = {
    "gb/s": (GB, "B/s"),
    "tb/s": (TB, "B/s"),
    "mb": (1e6, "B"),
    "gb": (GB, "B"),
    "tb": (TB, "B"),
    "gigabytes": (GB, "B"),
    "tflop/s": (1e12, "FLOP/s"),
    "tflops": (1e12, "FLOP/s"),
    "pflop/s": (1e15, "FLOP/s"),
    "w": (1.0, "W"),
    "watt": (1.0, "W"),
    "watts": (1.0, "W"),
    "kw": (1e3, "W"),
    "usd": (1.0, "USD"),
    "dollars": (1.0, "USD"),
    "dollar": (1.0, "USD"),
    "thousand": (1e3, ""),
    "million": (MILLION, ""),
    "billion": (BILLION, ""),
    "trillion": (TRILLION, ""),
    "b": (BILLION, ""),
    "mwh": (1.0, "MWh"),
    "tonnes": (1.0, "t"),
    "tons": (1.0, "t"),
    "t": (1.0, "t"),
    "hours": (1.0, "h"),
    "days": (1.0, "d"),
}

COMPARISONS = {
    "more than": ">",
    "greater than": ">",
    "larger than": ">",
    "higher than": ">",
    "bigger than": ">",
    "longer than": ">",
    "over": ">",
    "above": ">",
    "exceeding": ">",
    "exceeds": ">",
    "exceed": ">",
    "beyond": ">",
    "at least": ">=",
    "no less than": ">=",
    "no fewer than": ">=",
    "less than": "<",
    "fewer than": "<",
    "lower than": "<",
    "smaller than": "<",
    "cheaper than": "<",
    "under": "<",
    "below": "<",
    "at most": "<=",
    "up to": "<=",
    "no more than": "<=",
    "exactly": "=",
    "precisely": "=",
}

DIRECTIONS = {
    "highest": (
        *("most", "more", "highest", "higher", "largest", "larger", "biggest", "bigger"),
        *("greatest", "greater", "longest", "longer", "fastest", "faster", "maximum", "max"),
        *("wider", "widest", "latest", "newest", "later", "newer", "deepest", "deeper"),
        *("dearest", "dearer", "top", "strongest", "heaviest", "most expensive", "more expensive"),
    ),
    "lowest": (
        *("least", "less", "lowest", "lower", "smallest", "smaller", "fewest", "fewer"),
        *("shortest", "shorter", "slowest", "slower", "minimum", "min", "narrowest"),
        *(
            "cheapest",
            "cheaper",
            "least expensive",
            "earliest",
            "earlier",
            "oldest",
            "older",
            "first",
        ),
    ),
}

_COMPARATIVES = (
    *("larger", "bigger", "greater", "higher", "faster", "longer", "wider", "deeper", "newer"),
    *("smaller", "lower", "slower", "shorter", "cheaper", "older", "dearer", "more expensive"),
)

STATISTICS = {
    "average": ("average", "mean", "on average", "typical"),
    "total": ("total", "sum", "altogether", "combined", "in total", "together"),
    "count": ("how many", "number of", "count"),
    "difference": (
        *("difference", "gap", "how many more", "how many fewer", "how much more", "how much less"),
        *(f"how much {word}" for word in _COMPARATIVES),
    ),
    "ratio": ("how many times", "ratio", "times", "factor"),
    "among": ("among", "of all", "any", "all", "every"),
}

# What the first word of a question wants to know, and what a unit may be called.
QUESTION_WORDS = ("when", "who", "where", "why", "how")
UNIT_WORDS = {
    "B": "gb gigabyte byte capacity",
    "B/s": "gb byte second fast speed",
    "FLOP/s": "flop tflop teraflop operation second fast speed compute performance rate peak",
    "OP/s": "operation second speed compute performance rate peak",
    "W": "watt draw consume power",
    "USD": "usd dollar cost buy price purchase pay",
    "USD/h": "usd dollar cost hour hourly price pay rent charge",
    "h": "hour time",
    "d": "day long time",
    "t": "tonne ton co2 co2e emit emission",
    "MWh": "mwh electricity consume",
    "token": "token",
    "kg/kWh": "grid electricity carbon",
}

NUMBER_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}


def _words(text):
    return frozenset(text.split())


# Parts of names that tell nothing apart.
GENERIC = _words(
    "gb full die core cores super pro max ultra nano elite service point bit floating integer "
    "cloud web services sxm pcie nvl number gen model chip the of at full assumption precision "
    "edition mini large base small normalfloat tensorfloat"
)

STOP_WORDS = _words(
    "a an and are as at be been being but by can could did do does doing for from had has have "
    "having how i if in into is it its itself many me much of off on or our out own per please "
    "shall should so some such tell than that the their them then there these they this those "
    "to us was we were what what's when where which while who whom whose why will with within "
    "would you your give show list name find say get got between both each either ones one two "
    "using used use one's out's according book table tables data know known figure value amount "
    "also only just about not take takes took taken carry carries carried offer offers offered "
    "reach reaches reached come comes came go goes went hold holds held contain contains run runs "
    "done behind need needs needed require requires required provide provides spend spent see "
    "feature features featured belong belongs include includes included make makes made into "
    "available currently exactly else really altogether whole actually across during different "
    "same single listed recorded stated reported printed there's"
)
