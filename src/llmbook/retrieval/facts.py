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
_CHEAP = (
    *("cheapest", "cheaper", "most expensive", "more expensive", "least expensive"),
    *("dearest", "dearer", "priciest", "pricier", "costliest"),
)
_NEW = ("newest", "newer", "oldest", "older", "latest", "earliest", "most recent")

_MODEL = {
    "reported_params": (
        *("parameters", "weights", "size", "parameter count", "number of parameters", "params"),
        *("published parameter count", "model size"),
    ),
    "n_layers": (
        *("layers", "depth", "transformer layers", "transformer blocks", "blocks"),
        *("decoder layers", "decoder blocks", "layer count"),
    ),
    "d_model": (
        *("width", "hidden size", "d_model", "embedding width", "hidden dimension", "hidden width"),
        *("hidden dimension d_model", "model dimension", "embedding dimension", "embedding size"),
        *("model width", "residual width", "hidden state"),
    ),
    "n_heads": ("attention heads", "heads", "query heads", "head count", "attention head count"),
    "n_kv_heads": ("key-value heads", "kv heads", "key and value heads", "key/value heads", "kv"),
    "head_dim": ("head width", "head dimension", "head size"),
    "d_ff": (
        *("feed-forward width", "feed-forward size", "d_ff", "inner width", "mlp width"),
        *("mlp", "ffn", "feed-forward", "feed-forward dimension", "intermediate size"),
        *("intermediate dimension", "mlp dimension", "mlp size", "ffn width", "ffn size"),
        *("ffn dimension", "mlp d_ff", "feedforward", "feedforward width", "feedforward size"),
    ),
    "n_experts": ("experts", "number of experts", "expert count"),
    "n_active_experts": (
        *("active experts", "activated experts", "experts active", "experts per token"),
        *("active experts per token", "experts active per token", "experts used per token"),
    ),
    "vocab_size": ("vocabulary", "vocabulary size", "vocab", "vocab size", "tokenizer vocabulary"),
    "context_tokens": (
        *("context length", "context", "context window", "context size", "sequence length"),
        *("maximum context", "window", "maximum context length", "context window size"),
    ),
    "family": ("family", "model family", "series"),
    "released": (
        *("release date", "released", "release", "release year", "came out", "come out"),
        *_NEW,
    ),
}
_ACCELERATOR = {
    "memory_bytes": (
        *("memory", "memory capacity", "memory size", "vram", "hbm", "ram", "on-board memory"),
        *("onboard memory", "video memory", "hbm capacity", "device memory"),
    ),
    "usable_memory_bytes": ("usable memory", "memory that can be used", "memory usable"),
    "bandwidth_bytes_per_s": (
        *("memory bandwidth", "bandwidth", "memory speed", "hbm bandwidth", "memory throughput"),
        *("vram bandwidth", "memory rate"),
    ),
    "fp16_flops": (
        *("FP16 rate", "flops", "flop/s", "fp16 flops", "fp16 performance", "fp16"),
        *("half precision", "fp16 throughput", "fp16 compute", "half-precision performance"),
        *("16-bit performance", "fp16 peak", "fp16 speed", "fp16 tflops", "peak fp16"),
        *("dense fp16", "half-precision throughput", "half-precision rate", "peak flops"),
    ),
    "int8_ops": (
        *("INT8 rate", "int8 performance", "int8 ops", "int8", "int8 throughput", "int8 peak"),
        *("int8 tops", "int8 speed", "8-bit integer"),
    ),
    "fp32_flops": (
        *("FP32 rate", "fp32 flops", "fp32 performance", "fp32", "single precision"),
        *("fp32 throughput", "fp32 peak", "single-precision performance", "fp32 speed"),
        *("single-precision throughput", "single-precision rate", "fp32 tflops"),
    ),
    "tdp_watts": (
        *("thermal design power", "tdp", "power", "power draw", "power consumption", "wattage"),
        *("power limit", "power budget", "board power", "watts"),
    ),
    "cores": ("cores", "cuda cores", "number of cores", "core count", "cuda core count"),
    "multiprocessors": ("multiprocessors", "streaming multiprocessors", "sm", "sms", "sm count"),
    "price_usd_low": (
        *("purchase price", "price", "list price", "buying price", "price tag", "sticker price"),
        *("msrp", "retail price", "purchase cost", *_CHEAP),
    ),
    "price_usd_high": (
        *("highest purchase price", "upper price", "upper purchase price", "price at most"),
    ),
    "launched": (
        *("launch date", "launched", "launch", "launch year", "came to market", "come to market"),
        *("went on sale", "came out", "come out", "released", "release date", *_NEW),
    ),
    "announced": ("announcement date", "announced", "announcement", "unveiled", "presented"),
    "kind": ("kind", "type"),
}
_RENTAL = {
    "usd_per_hour": (
        *("rent", "rental price", "hourly price", "price per hour", "hourly rate", "price"),
        *("per hour", "an hour", "hourly", "hourly cost", "cost per hour", "by the hour"),
        *("rental cost", "rental rate", "each hour", "hourly fee", "hourly rent"),
        *(
            "hourly rental price",
            "card-hour",
            "accelerator-hour",
            "gpu-hour",
            "chip-hour",
            "charge",
            *_CHEAP,
        ),
    ),
    "terms": ("rental terms",),
    "date": ("date",),
}
_HOURS = ("gpu", "card", "accelerator", "chip", "tpu", "a100", "h100", "v100", "device", "compute")
_RUN = {
    "n_tokens": ("training tokens", "tokens", "tokens of text", "tokens of training data"),
    "n_devices": (
        *("number of cards", "cards", "devices", "accelerators", "chips", "gpus", "tpus"),
        *("processors", "number of gpus", "gpu count", "number of accelerators", "card count"),
        *("number of devices", "number of chips", "device count", "chip count"),
    ),
    "device_hours": ("device-hours", *(f"{word}-hours" for word in _HOURS), "hours"),
    "wall_days": ("duration", "days", "wall-clock duration", "wall-clock time", "wall clock"),
    "n_params": (
        *("parameters", "weights", "size", "parameter count", "number of parameters", "params"),
    ),
    "power_watts": ("power of a card", "power", "power draw"),
    "pue": ("PUE", "power usage effectiveness"),
    "carbon_intensity_kg_per_kwh": ("carbon intensity", "grid intensity", "grid carbon intensity"),
    "reported_energy_mwh": (
        *("energy", "electricity", "energy use", "energy consumption", "reported energy"),
        *("electricity use", "electricity consumption", "electrical energy", "training energy"),
    ),
    "reported_tco2e": (
        *("emissions", "carbon footprint", "co2", "carbon", "co2e", "carbon emissions"),
        *("co2 emissions", "reported emissions", "footprint", "greenhouse gas emissions"),
        *("emission", "carbon dioxide", "co2 equivalent", "tco2e"),
    ),
    "reported_mfu": (
        *("model FLOPs utilization", "mfu", "utilization", "model flops utilisation"),
        *("utilisation", "flops utilization", "flops utilisation", "hardware utilization"),
    ),
}
_FINE_TUNE = {
    "base_params": (
        *("parameters of the base model", "parameters", "base model size", "base parameters"),
        *("size of the base model",),
    ),
    "method": ("method", "technique"),
    "memory_bytes": ("memory of a card", "memory"),
    "n_devices": (
        *("number of cards", "cards", "devices", "gpus", "accelerators", "chips"),
        *("number of gpus", "gpu count"),
    ),
    "hours": ("hours", "duration"),
    "n_examples": ("training examples", "examples", "training samples", "samples"),
}

_INPUT = ("input", "prompt")
_OUTPUT = ("output", "completion", "generated")
_PER = ("price", "cost", "token price", "tokens", "token", "price per million tokens")


def _token_prices(kinds):
    """Return how people call a price of tokens: "input price", "price of prompt tokens"."""
    said = [f"{kind} {word}" for kind in kinds for word in _PER]
    said += [f"price of {kind} tokens" for kind in kinds]
    said += [f"million {kind} tokens" for kind in kinds]
    return tuple(said)


_PRICE = {
    "input_usd_per_mtok": (
        *("price of input tokens", *_token_prices(_INPUT), "token price", "api price", "price"),
        *("per million tokens", "a million tokens", "charge", *_CHEAP),
    ),
    "output_usd_per_mtok": ("price of output tokens", *_token_prices(_OUTPUT)),
    "cached_input_usd_per_mtok": (
        "price of cached input tokens",
        *_token_prices(("cached input", "cached")),
    ),
    "date": ("price date",),
}
_WHO = (
    *("who makes", "who made", "who manufactures", "who builds", "who built", "who produces"),
    *("who manufactured", "who produced", "who designed", "who designs"),
)

_SORTS = tuple(
    f"{sort} of {thing}" for sort in ("type", "kind", "sort") for thing in ("card", "chip", "gpu")
)

KINDS = {
    kind.name: kind
    for kind in (
        _kind("Model", "models", ("model", "language model", "llm"), _MODEL),
        _kind(
            "Accelerator",
            "accelerators",
            ("accelerator", "card", "chip", "device", "processor", "hardware", *_SORTS),
            _ACCELERATOR,
        ),
        _kind(
            "Rental",
            "rentals",
            ("rental", "term", "contract", "commitment", "rental offer"),
            _RENTAL,
            has_names=False,
        ),
        _kind(
            "Run",
            "training_runs",
            ("training run", "run", "pre-training run", "pretraining run", "pretraining"),
            _RUN,
        ),
        _kind(
            "FineTune",
            "finetuning_runs",
            ("fine-tune", "fine-tuning run", "finetune", "finetuning run", "fine-tuned model"),
            _FINE_TUNE,
        ),
        _kind(
            "Deployment",
            "deployments",
            ("deployment", "service", "serving deployment"),
            {
                "n_devices": (
                    *("number of cards", "cards", "devices", "chips", "accelerators", "lpus"),
                    *("number of chips", "processors", "chip count"),
                )
            },
        ),
        _kind(
            "Format",
            "number_formats",
            ("number format", "format"),
            {"bytes_per_value": ("bytes of a value", "bytes", "size", "storage", "space")},
        ),
        _kind("Price", "prices", ("token price",), _PRICE, has_names=False),
        Kind(
            "Seller",
            "prices",
            ("seller", "reseller", "vendor", "api provider", "provider", "host", "company", "api"),
        ),
        Kind("Vendor", "accelerators", ("vendor", "maker", "manufacturer", "company", *_WHO)),
        Kind(
            "Provider",
            "rentals",
            ("provider", "cloud provider", "cloud", "cloud vendor", "rental provider", "company"),
        ),
    )
}

_TRAINED = (
    *("train", "training", "trained", "pre-trained", "trained on", "trained with", "pretrained"),
    *("pre-training", "pretraining", "pre-train", "pretrain"),
)
_TUNED = ("fine-tune", "fine-tuned", "finetune", "finetuned", "fine-tuning", "finetuning")
_SERVES = ("serve", "serving", "served", "deploy", "deployed")

EDGES = {
    edge.name: edge
    for edge in (
        Edge(
            "made_by",
            "Accelerator",
            "Vendor",
            "vendor",
            ("make", "made", "build", "built", "manufacture"),
        ),
        Edge(
            "rents",
            "Rental",
            "Accelerator",
            "accelerator",
            ("rent", "rental", "hire", "renting", "rented"),
        ),
        Edge(
            "offered_by",
            "Rental",
            "Provider",
            "provider",
            ("rent from", "rent", "rent out", "rented out"),
        ),
        Edge("priced", "Price", "Model", "model", ("per million tokens",)),
        Edge("sold_by", "Price", "Seller", "vendor", ("api", "sell", "sold", "host", "hosted")),
        Edge("trained", "Run", "Model", "model", _TRAINED),
        Edge("used", "Run", "Accelerator", "accelerator", _TRAINED),
        Edge("tuned_on", "FineTune", "Accelerator", "accelerator", _TUNED),
        Edge("serves", "Deployment", "Model", "model", _SERVES),
        Edge("runs_on", "Deployment", "Accelerator", "accelerator", _SERVES),
    )
}

# Runs of a model that the table of models holds have their parameters there, and none of their own:
# over all runs, nothing can be said of them.
ONLY_OF_SOME = (("Run", "n_params"),)

# What people call a thing whose printed name says it otherwise.
OTHER_NAMES = {
    ("Provider", "Amazon Web Services"): ("AWS", "Amazon"),
    ("Provider", "Google Cloud"): ("GCP", "Google"),
    ("Accelerator", "GroqChip LPU v1"): ("Groq LPU", "GroqChip"),
    ("Run", "Falcon-40B"): ("Falcon 40B",),
}


# What people call a text by which things are sorted.
OTHER_GROUPS = {
    "1-year": ("one-year", "1 yr", "one yr", "1yr", "one year", "a year", "1 year", "12 months"),
    "3-year": ("three-year", "3 yr", "three yr", "3yr", "three years", "3 years", "36 months"),
    "on-demand": ("on demand", "pay as you go"),
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
