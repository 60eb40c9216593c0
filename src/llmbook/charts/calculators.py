"""The calculators of the book, one function each: chapters call them with the paper's numbers."""

import altair as alt

from llmbook import data
from llmbook.charts.calculator import Calculator, Choice, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS
from llmbook.quantities import BILLION, DAY, GB, HOUR, MILLION, TFLOPS, TRILLION
from llmbook.sizing import cards_needed, serving_bytes
from llmbook.training import (
    rental_usd,
    training_device_seconds,
    training_flops,
    training_seconds,
)
from llmbook.transformer import kv_cache_bytes, weight_bytes

_CARDS = ("groq-lpu-v1", "rtx-4090", "a100-40", "a100-80", "h100-sxm", "h200-sxm", "mi300x")


def cards_calculator(n_params, bytes_per_param, memory_bytes, model="llama-65b"):
    """Return the calculator of cards that hold a model's weights and KV cache.

    Parameters
    ----------
    n_params, bytes_per_param, memory_bytes : float
        Where the controls start.
    model : str
        Whose number of layers and width of a head the cache is computed with.

    Returns
    -------
    Calculator
    """
    shape = data.model(model)
    fixed = {"n_layers": shape.n_layers, "head_dim": shape.head_dim}
    inputs = [
        Slider("n_params", n_params, "Parameters", "billion", 1, 500, 0.5, BILLION),
        Choice("bytes_per_param", bytes_per_param, "Weights stored as", _formats(bytes_per_param)),
        Choice("memory_bytes", memory_bytes, "Card", _memories(memory_bytes)),
        Slider("batch_size", 1, "Conversations at once", "", 1, 256, 1),
        Slider("n_tokens", shape.context_tokens, "Tokens of each", "", 128, 32768, 128),
        Slider("n_kv_heads", shape.n_kv_heads, "Key and value heads", "", 1, 128, 1),
        Choice("bytes_per_value", 2.0, "Cache stored as", {"FP16": 2.0, "INT8": 1.0}),
    ]
    stages = [
        Stage("weights", weight_bytes, "Weights", "GB", scale=GB),
        Stage(
            "cards_weights",
            cards_needed,
            "Cards for the weights alone",
            "",
            ",.0f",
            renamed={"total_bytes": "weights"},
        ),
        Stage(
            "cache",
            kv_cache_bytes,
            f"KV cache of {shape.n_layers:.0f} layers",
            "GB",
            ",.2f",
            scale=GB,
            fixed=fixed,
        ),
        Stage("total_bytes", serving_bytes, "Both together", "GB", scale=GB, fixed=fixed),
        Stage("cards", cards_needed, "Cards for both", "", ",.0f"),
    ]
    return Calculator(
        inputs,
        stages,
        _cards_picture,
        title="How many cards hold it, for the card you choose and for others",
        description="A point for each kind of card, on a log axis: the number of cards that hold "
        "weights and cache together. All points move with the controls. The paper counts no "
        "cache; one conversation of the model's full context is where we start.",
    )


def _cards_picture(known):
    cards = [
        {"card": card.name, "memory": card.memory_bytes} for card in map(data.accelerator, _CARDS)
    ]
    needed = cards_needed(known["total_bytes"], alt.datum.memory)
    base = alt.Chart(alt.Data(values=cards)).transform_calculate(cards=expression_text(needed))
    x = alt.X(
        "cards:Q",
        scale=alt.Scale(type="log", domainMin=0.9),
        axis=alt.Axis(title="cards (log scale)", format=",f", values=[1, 10, 100, 1000, 10000]),
    )
    y = alt.Y("card:N", sort=None, title=None)
    base = base.encode(x=x, y=y)
    line = base.mark_rule().encode(x2=alt.datum(0.9))
    point = base.mark_point(filled=True, opacity=1, size=90, color=COLORS["blue"])
    text = base.mark_text(align="left", dx=7).encode(text=alt.Text("cards:Q", format=","))
    return alt.layer(line, point, text).properties(height=alt.Step(26))


def days_calculator(n_params, n_tokens, n_devices, peak_flops, mfu):
    """Return the calculator of the days and the rent of a training run.

    Parameters
    ----------
    n_params, n_tokens, n_devices, peak_flops, mfu : float
        Where the controls start.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider("n_active_params", n_params, "Parameters", "billion", 1, 500, 0.5, BILLION),
        Slider("n_tokens", n_tokens, "Tokens", "trillion", 0.1, 20, 0.1, TRILLION),
        Slider("n_devices", n_devices, "Cards", "", 8, 32768, 8),
        Choice("peak_flops", peak_flops, "Card", _rates(peak_flops)),
        Slider("mfu", round(mfu, 3), "MFU", "", 0.05, 0.7, 0.001),
        Slider("usd_per_hour", 2.0, "Rent of a card", "USD an hour", 0.5, 15, 0.1),
    ]
    stages = [
        Stage("flops", training_flops, "Model FLOPs, 6ND", "ZFLOP", ",.1f", scale=1e21),
        Stage(
            "device_seconds",
            training_device_seconds,
            "Card-hours",
            "million",
            ",.3f",
            scale=HOUR * MILLION,
        ),
        Stage("seconds", training_seconds, "Time", "days", ",.1f", scale=DAY),
        Stage("usd", rental_usd, "Rent", "million USD", ",.2f", scale=MILLION),
    ]
    return Calculator(
        inputs,
        stages,
        _days_picture,
        title="How long the training takes, by the MFU that is reached",
        description="A falling curve of days of training against MFU from 0.1 to 0.7, with a point "
        "at the MFU chosen. Curve and point move with the controls.",
    )


def _days_picture(known):
    names = ("n_active_params", "n_tokens", "n_devices", "peak_flops")
    given = [known[name] for name in names]
    shares = [{"share": round(0.1 + 0.02 * step, 2)} for step in range(31)]
    curve_days = training_seconds(*given, alt.datum.share) / DAY
    x = alt.X("share:Q", title="MFU", scale=alt.Scale(domain=[0.05, 0.7]))
    y = alt.Y("days:Q", title="days")
    curve = (
        alt.Chart(alt.Data(values=shares))
        .transform_calculate(days=expression_text(curve_days))
        .mark_line()
        .encode(x=x, y=y)
    )
    point = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(share="mfu", days=expression_text(known["seconds"] / DAY))
        .mark_point(size=120, filled=True, opacity=1, color=COLORS["orange"])
        .encode(x=x, y=y)
    )
    return curve + point


def _formats(start):
    rows = (data.row("number_formats", key) for key in ("fp32", "fp16", "int8", "int4"))
    options = {f"{row.name}, {row.bytes_per_value:g} B": row.bytes_per_value for row in rows}
    return _with_start(options, start, "{:g} B a parameter")


def _memories(start):
    options = {card.name: card.memory_bytes for card in map(data.accelerator, _CARDS)}
    # Two kinds of card with the same memory are one option: it is the memory that counts.
    merged = {}
    for name, memory in options.items():
        merged.setdefault(memory, []).append(name)
    named = {f"{' or '.join(names)}": memory for memory, names in merged.items()}
    return _with_start(named, start, "{:g} B of memory")


def _rates(start):
    keys = ("v100-32", "a100-80", "h100-sxm", "mi300x", "b200", "tpu-v4", "tpu-v5p")
    cards = map(data.accelerator, keys)
    options = {f"{card.name}, {card.fp16_flops / TFLOPS:,.0f} TFLOP/s": card for card in cards}
    rates = {name: card.fp16_flops for name, card in options.items()}
    return _with_start(rates, start, "{:g} FLOP/s")


def _with_start(options, start, words):
    """Make sure that the number the chapter was run with is among the options."""
    if start in options.values():
        return options
    return {words.format(start): start} | options
