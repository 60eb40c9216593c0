"""What the knowledge graph holds: kinds of things, their properties and the edges between them.

The tables of ``data/`` say it all; here stands only which columns become facts and the words by
which a question may call them.  Standard library only.
"""

from dataclasses import dataclass, field, replace
from functools import cache

from llmbook import data

NAME_TAKEN_FROM = "name"


@dataclass(frozen=True)
class Property:
    """A column that becomes a property of a thing.

    Parameters
    ----------
    name : str
        The column.
    labels : tuple of str
        What a question may call it; the first one is printed.
    unit : str
        As in ``datapackage.json``; empty for text.
    """

    name: str
    labels: tuple[str, ...]
    unit: str = ""

    @property
    def label(self):
        return self.labels[0]

    @property
    def is_number(self):
        return bool(self.unit)

    @property
    def is_date(self):
        return self.name in ("released", "launched", "announced", "date")


@dataclass(frozen=True)
class Kind:
    """A class of things, made from one table.

    Parameters
    ----------
    name, table : str
    words : tuple of str
        What a question may call such a thing.
    properties : tuple of Property
    has_names : bool
        Whether a question can name one; a rental has only a price, a card and a provider.
    """

    name: str
    table: str
    words: tuple[str, ...]
    properties: tuple[Property, ...] = ()
    has_names: bool = True

    def property(self, name):
        return next(item for item in self.properties if item.name == name)


@dataclass(frozen=True)
class Edge:
    """A relation from one kind of thing to another.

    Parameters
    ----------
    name : str
        As both query languages write it.
    source, target : str
        Kinds.
    column : str
        The column of the source's table that names the target.
    words : tuple of str
        Verbs that speak of it in a question.
    """

    name: str
    source: str
    target: str
    column: str
    words: tuple[str, ...]


def _kind(name, table, words, columns, has_names=True):
    units = {
        item["name"]: item.get("unit", "") for item in data.resource(table)["schema"]["fields"]
    }
    properties = tuple(
        Property(column, labels, units[column]) for column, labels in columns.items()
    )
    return Kind(name, table, words, properties, has_names)


# Superlatives that name their property themselves.
_CHEAP = ("cheapest", "cheaper", "most expensive", "more expensive", "least expensive")
_NEW = ("newest", "newer", "oldest", "older", "latest", "earliest")

_MODEL = {
    "reported_params": ("parameters", "weights", "size"),
    "n_layers": ("layers", "depth"),
    "d_model": ("width", "hidden size", "d_model", "embedding width"),
    "n_heads": ("attention heads", "heads", "query heads"),
    "n_kv_heads": ("key-value heads", "kv heads", "key and value heads"),
    "head_dim": ("head width", "head dimension", "head size"),
    "d_ff": ("feed-forward width", "feed-forward size", "d_ff", "inner width"),
    "n_experts": ("experts",),
    "n_active_experts": ("active experts",),
    "vocab_size": ("vocabulary", "vocabulary size"),
    "context_tokens": ("context length", "context", "context window"),
    "family": ("family",),
    "released": ("release date", "released", "release", *_NEW),
}
_ACCELERATOR = {
    "memory_bytes": ("memory", "memory capacity", "memory size"),
    "bandwidth_bytes_per_s": ("memory bandwidth", "bandwidth"),
    "fp16_flops": (
        "FP16 rate",
        "flops",
        "flop/s",
        "fp16 flops",
        "fp16 performance",
        "fp16",
        "half precision",
    ),
    "int8_ops": ("INT8 rate", "int8 performance", "int8 ops", "int8"),
    "fp32_flops": ("FP32 rate", "fp32 flops", "fp32 performance", "fp32", "single precision"),
    "tdp_watts": ("thermal design power", "tdp", "power"),
    "cores": ("cores", "cuda cores", "number of cores"),
    "multiprocessors": ("multiprocessors", "streaming multiprocessors"),
    "price_usd_low": ("purchase price", "price", "list price", *_CHEAP),
    "price_usd_high": ("highest purchase price", "upper price"),
    "launched": ("launch date", "launched", "launch", *_NEW),
    "announced": ("announcement date", "announced"),
    "kind": ("kind", "type"),
}
_RENTAL = {
    "usd_per_hour": (
        *("rent", "rental price", "hourly price", "price per hour", "hourly rate", "price"),
        *("per hour", "an hour", "hourly", *_CHEAP),
    ),
    "terms": ("rental terms",),
    "date": ("date",),
}
_RUN = {
    "n_tokens": ("training tokens", "tokens"),
    "n_devices": ("number of cards", "cards", "devices", "accelerators", "chips", "gpus"),
    "device_hours": ("device-hours", "gpu hours", "card-hours", "accelerator hours", "hours"),
    "wall_days": ("duration", "days"),
    "n_params": ("parameters", "weights", "size"),
    "power_watts": ("power of a card", "power"),
    "pue": ("PUE", "power usage effectiveness"),
    "carbon_intensity_kg_per_kwh": ("carbon intensity",),
    "reported_energy_mwh": ("energy", "electricity"),
    "reported_tco2e": ("emissions", "carbon footprint", "co2", "carbon"),
    "reported_mfu": ("model FLOPs utilization", "mfu", "utilization"),
}
_FINE_TUNE = {
    "base_params": ("parameters of the base model", "parameters"),
    "method": ("method",),
    "memory_bytes": ("memory of a card", "memory"),
    "n_devices": ("number of cards", "cards", "devices", "gpus"),
    "hours": ("hours", "duration"),
    "n_examples": ("training examples", "examples"),
}

_PRICE = {
    "input_usd_per_mtok": ("price of input tokens", "input price", "input token price"),
    "output_usd_per_mtok": ("price of output tokens", "output price", "output token price"),
    "cached_input_usd_per_mtok": ("price of cached input tokens", "cached input price"),
    "date": ("price date",),
}
_WHO = ("who makes", "who made", "who manufactures", "who builds", "who built", "who produces")

KINDS = {
    kind.name: kind
    for kind in (
        _kind("Model", "models", ("model", "language model", "llm"), _MODEL),
        _kind(
            "Accelerator",
            "accelerators",
            ("accelerator", "card", "chip", "device", "processor", "hardware"),
            _ACCELERATOR,
        ),
        _kind(
            "Rental",
            "rentals",
            ("rental", "term", "contract", "commitment"),
            _RENTAL,
            has_names=False,
        ),
        _kind("Run", "training_runs", ("training run", "run", "pre-training run"), _RUN),
        _kind("FineTune", "finetuning_runs", ("fine-tune", "fine-tuning run"), _FINE_TUNE),
        _kind(
            "Deployment",
            "deployments",
            ("deployment", "service"),
            {"n_devices": ("number of cards", "cards", "devices", "chips")},
        ),
        _kind(
            "Format",
            "number_formats",
            ("number format", "format"),
            {"bytes_per_value": ("bytes of a value", "bytes", "size")},
        ),
        _kind("Price", "prices", ("token price",), _PRICE, has_names=False),
        Kind("Seller", "prices", ("seller", "reseller")),
        Kind("Vendor", "accelerators", ("vendor", "maker", "manufacturer", "company", *_WHO)),
        Kind("Provider", "rentals", ("provider", "cloud provider", "cloud")),
    )
}

_TRAINED = ("train", "training", "trained", "pre-trained", "trained on", "trained with")

EDGES = {
    edge.name: edge
    for edge in (
        Edge("made_by", "Accelerator", "Vendor", "vendor", ("make", "made", "build", "sell")),
        Edge("rents", "Rental", "Accelerator", "accelerator", ("rent", "rental", "hire")),
        Edge("offered_by", "Rental", "Provider", "provider", ("charge", "rent from")),
        Edge("priced", "Price", "Model", "model", ("per million tokens",)),
        Edge("sold_by", "Price", "Seller", "vendor", ("api",)),
        Edge("trained", "Run", "Model", "model", _TRAINED),
        Edge("used", "Run", "Accelerator", "accelerator", _TRAINED),
        Edge("tuned_on", "FineTune", "Accelerator", "accelerator", ("fine-tune", "fine-tuned")),
        Edge("serves", "Deployment", "Model", "model", ("serve", "serving", "deploy")),
        Edge("runs_on", "Deployment", "Accelerator", "accelerator", ("serve", "serving", "deploy")),
    )
}

# What people call a thing whose printed name says it otherwise.
OTHER_NAMES = {
    ("Provider", "Amazon Web Services"): ("AWS",),
    ("Provider", "Google Cloud"): ("GCP",),
    ("Accelerator", "GroqChip LPU v1"): ("Groq LPU", "GroqChip"),
    ("Run", "Falcon-40B"): ("Falcon 40B",),
}


@dataclass(frozen=True)
class Node:
    """One thing with what is known of it.

    Parameters
    ----------
    kind, id, name : str
    values : dict
        Property to value, a float or a text; what is not known is not in it.
    grade, source : str
        Of the row that it comes from.
    """

    kind: str
    id: str
    name: str
    values: dict = field(hash=False)
    grade: str = "primary"
    source: str = ""


@dataclass(frozen=True)
class Facts:
    """Everything that a graph is loaded with.

    Parameters
    ----------
    nodes : tuple of Node
    links : tuple of (str, str, str)
        Edge, id of the source, id of the target.
    """

    nodes: tuple[Node, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()

    def of(self, kind):
        return [node for node in self.nodes if node.kind == kind]

    def cells(self):
        """Return every (node, property) that has a value."""
        return [(node, key) for node in self.nodes for key in node.values]

    def with_nodes(self, nodes):
        return replace(self, nodes=tuple(nodes))


@cache
def book_facts():
    """Return the facts of the book's own tables.

    Returns
    -------
    Facts
    """
    tables = [kind for kind in KINDS.values() if kind.properties]
    nodes = [_node(kind, row) for kind in tables for row in data.table(kind.table)]
    for kind, column in {"Vendor": "vendor", "Provider": "provider", "Seller": "vendor"}.items():
        nodes += _named(kind, KINDS[kind].table, column)
    return Facts(tuple(nodes), tuple(_links()))


def _node(kind, row):
    values = {item.name: getattr(row, item.name) for item in kind.properties}
    known = {key: value for key, value in values.items() if value is not None}
    name = getattr(row, NAME_TAKEN_FROM, None) or _rental_name(row)
    return Node(kind.name, row.id, name, known, row.grade, row.source)


def _rental_name(row):
    card = data.accelerator(row.accelerator).name
    terms = row.terms or "terms not stated"
    return f"{card} at {row.provider}, {terms}, {row.date}"


def _named(kind, table, column):
    """Make a node of each different text in a column."""
    names = dict.fromkeys(getattr(row, column) for row in data.table(table))
    return [Node(kind, name, name, {}) for name in names if name]


def _links():
    for edge in EDGES.values():
        for row in data.table(KINDS[edge.source].table):
            if target := getattr(row, edge.column):
                yield edge.name, row.id, target


_SCALES = {
    "B": ((1e12, "TB"), (1e9, "GB"), (1e6, "MB")),
    "B/s": ((1e12, "TB/s"), (1e9, "GB/s")),
    "FLOP/s": ((1e15, "PFLOP/s"), (1e12, "TFLOP/s")),
    "OP/s": ((1e15, "POP/s"), (1e12, "TOP/s")),
    "1": ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")),
    "token": ((1e12, "trillion tokens"), (1e9, "billion tokens"), (1e6, "million tokens")),
}


def say(value, unit=""):
    """Return a value in words, with its unit.

    Parameters
    ----------
    value : float or str
    unit : str
        As in ``datapackage.json``.

    Returns
    -------
    str
    """
    if isinstance(value, str):
        return value
    for scale, name in _SCALES.get(unit, ()):
        if abs(value) >= scale:
            return f"{value / scale:,.6g} {name}"
    plural = {"1": "", "token": " tokens"}.get(unit, f" {unit}")
    return f"{value:,.10g}{plural}"
