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
    "in excess of": ">",
    "upwards of": ">",
    "at least": ">=",
    "no less than": ">=",
    "not less than": ">=",
    "no fewer than": ">=",
    "not fewer than": ">=",
    "minimum": ">=",
    "a minimum of": ">=",
    "more than or equal to": ">=",
    "greater than or equal to": ">=",
    "at or above": ">=",
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
    "not more than": "<=",
    "not exceeding": "<=",
    "maximum": "<=",
    "a maximum of": "<=",
    "less than or equal to": "<=",
    "at or below": "<=",
    "exactly": "=",
    "precisely": "=",
}

# Words before or behind a number that make it an end of a range, of which no more is known.
ENDS = ("from", "within", "until", "till", "to", "up", "down", "least", "most", "than", "equal")
# What makes a number a rough one: no template has a property that is nearly a number.
VAGUE = (
    *("about", "around", "roughly", "approximately", "approx", "circa", "nearly", "almost"),
    *("close to", "near", "some", "~", "\u2248"),
)

DIRECTIONS = {
    "highest": (
        *("most", "more", "highest", "higher", "largest", "larger", "biggest", "bigger"),
        *("greatest", "greater", "longest", "longer", "fastest", "faster", "maximum", "max"),
        *("wider", "widest", "latest", "newest", "later", "newer", "deepest", "deeper"),
        *("dearest", "dearer", "top", "strongest", "heaviest", "most expensive", "more expensive"),
        *(
            "priciest",
            "pricier",
            "last",
            "most recent",
            "more recent",
            "costliest",
            "most recently",
        ),
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
            "shallowest",
            "shallower",
            "lightest",
            "weakest",
            "tiniest",
        ),
    ),
}

_COMPARATIVES = (
    *("larger", "bigger", "greater", "higher", "faster", "longer", "wider", "deeper", "newer"),
    *("smaller", "lower", "slower", "shorter", "cheaper", "older", "dearer", "more expensive"),
)

# What a superlative or a comparative can be about: units, or properties where a word is about
# few of them.  "Most" and "highest" are about anything that has a number.
PRICES, DATES = ("USD", "USD/h", "USD/Mtok"), ("date",)
RATES = ("B/s", "FLOP/s", "OP/s")
SIZES = ("reported_params", "n_params", "base_params")
_SUITED = {
    PRICES: "cheapest cheaper dearest dearer expensive priciest pricier costliest",
    DATES: "earliest earlier oldest older latest newest later newer first last recent recently",
    RATES: "fastest faster slowest slower",
    SIZES: "largest larger biggest bigger greatest greater smallest smaller tiniest",
    ("n_layers",): "deepest deeper shallowest shallower",
    ("d_model", "d_ff", "head_dim", "bandwidth_bytes_per_s"): "wider widest narrowest",
    ("context_tokens", "wall_days", "hours"): "longest longer shortest shorter",
    (): "strongest heaviest lightest weakest",
}
SUITED = {word: about for about, words in _SUITED.items() for word in words.split()}
# Those which any property may be, once the question names it: a larger vocabulary.
OF_ANYTHING = SIZES

# Those that make a number of things that are named: the most cards, but the largest card.
COUNTING = ("most", "more", "fewest", "fewer", "least", "less")

STATISTICS = {
    "average": ("average", "mean", "on average", "typical", "averaged", "averaging"),
    "total": (
        *("total", "sum", "altogether", "combined", "in total", "together", "add up", "overall"),
        *("adding up", "sum up", "summed"),
    ),
    "count": ("how many", "number of", "count"),
    "difference": (
        *("difference", "gap", "how many more", "how many fewer", "how much more", "how much less"),
        *(f"how much {word}" for word in _COMPARATIVES),
    ),
    "ratio": ("how many times", "ratio", "times", "factor", "what factor", "multiple"),
    "among": ("among", "of all", "any", "all", "every"),
}

# What turns a question round, or asks about what is not so: no template can say it.
DENIALS = (
    *("not", "no", "none", "never", "neither", "nor", "without", "except", "excluding", "besides"),
    *("excepting", "lacking", "lacks", "lack", "unlike", "other than", "rather than", "apart from"),
    *("instead of", "aside from", "all but", "but not", "cannot", "non", "outside", "fails to"),
    *("leaving out", "ignoring", "only", "exclusively", "half", "twice", "double", "triple"),
)

# What asks for a price, whichever it is.
MONEY = ("cost", "price", "charge", "pay", "paid", "rate")

# What the first word of a question wants to know, and what a unit may be called.
QUESTION_WORDS = ("when", "who", "where", "why", "how")
UNIT_WORDS = {
    "B": "gb gigabyte tb terabyte mb byte capacity room",
    "B/s": "gb tb s byte second fast speed",
    "FLOP/s": "flop s tflop tflops pflop pflops teraflop operation second fast speed compute "
    "performance rate peak",
    "OP/s": "operation second speed compute performance rate peak",
    "W": "watt w draw consume power",
    "USD": "usd dollar cost buy price purchase pay paid",
    "USD/h": "usd dollar cost hour hourly price pay paid rent charge rate",
    "USD/Mtok": "usd dollar cost price pay paid charge rate token million",
    "date": "year month date day",
    "h": "hour time",
    "d": "day long time",
    "t": "tonne ton co2 co2e co2eq emit emission greenhouse gas",
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
    "also just about take takes took taken carry carries carried offer offers offered "
    "reach reaches reached come comes came go goes went hold holds held contain contains run runs "
    "done behind need needs needed require requires required provide provides spend spent see "
    "feature features featured belong belongs include includes included make makes made into "
    "available currently exactly else really altogether whole actually across during different "
    "single listed recorded stated reported printed there's "
    "vs versus compared compare comparing against whose i'm i'd i've i'll we're we'd you're you'd "
    "actual actually per approximately around roughly basically simply please kindly thanks "
    "remind wonder wondering curious want wanted wants like tell help question answer let let's "
    "going given gives going goes grow grew grown come up down sit sits sitting fit fits get gets "
    "getting got work works working use uses using back all published official officially exact "
    "number count counted noted according original originally particular specific certain "
    "respectively itself ever here once still yet already under inside onto through via upon among "
    "amongst overall end ended ending start started think thinking know known say says said see "
    "seen look looking looks mean means meant pick choose choosing chosen try trying put putting "
    "consider considering supposed suppose assume assuming typically usually generally possible "
    "happen happened happens turn turns part entry entries row column field listing sheet "
    "enabled shape shaped detail details spec specs specification specifications info "
    "information datasheet"
)
