"""The calculator of what LoRA and QLoRA hold, and of the cards that they need."""

import altair as alt

from llmbook import data
from llmbook.adapters import ATTENTION, adapted_width, matrices
from llmbook.charts.calculator import Calculator, Choice, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS, beside
from llmbook.elementwise import where
from llmbook.finetuning import (
    adapter_state_bytes,
    cards_when_sharded,
    checkpointed_activation_bytes,
    lora_params_of_width,
    times_fewer,
)
from llmbook.finetuning_memory import nf4_bytes_per_param, state_widths
from llmbook.quantities import BILLION, GB, MILLION
from llmbook.sizing import training_state_bytes
from llmbook.transformer import model_params

_CARDS = ("rtx-4090", "rtx-a6000", "a100-80", "h200-sxm", "mi300x")

_UNCUT = {"weights_shards": 1.0, "gradients_shards": 1.0, "optimizer_shards": 1.0}


def finetuning_calculator(model="llama-65b", rank=16.0, card="a100-80"):
    """Return the calculator of the memory and the cards of LoRA, QLoRA and full fine-tuning.

    Parameters
    ----------
    model : str
        Whose layers and matrices are adapted; its parameters are where the slider starts.
    rank : float
        Where the slider starts.
    card : str
        Of ``accelerators``; the option chosen first.

    Returns
    -------
    Calculator
    """
    shape, widths = data.model(model), _widths()
    layers = {"n_layers": shape.n_layers}
    whole = {"n_layers": shape.n_layers, "d_model": shape.d_model}
    formats = {"16 bits (LoRA)": 2.0, "NF4 (QLoRA)": nf4_bytes_per_param()}
    targets = _targets(shape)
    memory = data.accelerator(card).memory_bytes
    # A control stands at whole steps only.
    n_params = round(model_params(shape) / BILLION, 1) * BILLION
    inputs = [
        Slider("n_params", n_params, "Parameters", "billion", 1, 500, 0.1, BILLION, "III-11"),
        Slider("rank", rank, "Rank", "", 1, 256, 1),
        Choice("adapted_width", targets["all linear maps"], "Adapted", targets),
        Choice("bytes_per_param", nf4_bytes_per_param(), "Frozen weights", formats),
        Choice("memory_bytes", memory, "Card", _memories(memory)),
        Slider("sequence_length", 512.0, "Tokens of a sequence", "", 128, 8192, 128),
        Slider("batch_size", 1.0, "Sequences at once", "", 1, 16, 1),
    ]
    stages = [
        Stage(
            "adapter_params",
            lora_params_of_width,
            f"Trained weights in {shape.n_layers:.0f} layers",
            "million",
            scale=MILLION,
            fixed=layers,
        ),
        Stage("fewer", times_fewer, "Fewer than the model has", "times", ",.0f"),
        Stage(
            "activations",
            checkpointed_activation_bytes,
            "Activations on each card, layers computed again",
            "GB",
            ",.2f",
            scale=GB,
            fixed=whole,
        ),
        Stage(
            "adapter_state",
            adapter_state_bytes,
            "Weights and state, adapters only",
            "GB",
            scale=GB,
            fixed=widths | _UNCUT,
        ),
        Stage(
            "adapter_cards",
            cards_when_sharded,
            "Cards, adapters only",
            "",
            ",.0f",
            renamed={"sharded_bytes": "adapter_state", "replicated_bytes": "activations"},
            claim="III-23",
        ),
        Stage(
            "full_state",
            training_state_bytes,
            "Weights and state, all trained",
            "GB",
            scale=GB,
            fixed=widths | _UNCUT,
        ),
        Stage(
            "full_cards",
            cards_when_sharded,
            "Cards, all trained",
            "",
            ",.0f",
            renamed={"sharded_bytes": "full_state", "replicated_bytes": "activations"},
        ),
    ]
    return Calculator(
        inputs,
        stages,
        _picture,
        title="What fine-tuning holds, all weights or adapters only",
        description="Three points on a log axis, in GB: all weights trained, LoRA on frozen "
        "16-bit weights and QLoRA on frozen 4-bit weights, each with one card's activations. A "
        "dashed line marks the memory of the card chosen. All move with the controls. Zero cards "
        "means that the activations alone do not fit into one.",
        name="finetuning",
    )


def _picture(known):
    rows = [
        {"method": "All weights", "whole": 1.0, "bytes": 2.0},
        {"method": "LoRA, 16 bits", "whole": 0.0, "bytes": 2.0},
        {"method": "QLoRA, NF4", "whole": 0.0, "bytes": nf4_bytes_per_param()},
    ]
    adapters = adapter_state_bytes(
        known["n_params"], alt.datum.bytes, known["adapter_params"], **_widths(), **_UNCUT
    )
    state = where(alt.datum.whole > 0.5, known["full_state"], adapters)
    size = expression_text((state + known["activations"]) / GB)
    # The limits hold whatever the controls say, so that a point never leaves the picture.
    scale = alt.Scale(type="log", domain=[0.5, 20000], nice=False)
    ticks = alt.Axis(title="GB (log scale)", format=",", values=[1, 10, 100, 1000, 10000])
    x = alt.X("size:Q", scale=scale, axis=ticks)
    base = (
        alt.Chart(alt.Data(values=rows))
        .transform_calculate(size=size)
        .encode(x=x, y=alt.Y("method:N", sort=None, title=None))
    )
    line = base.mark_rule().encode(x2=alt.datum(0.5))
    point = base.mark_point(filled=True, opacity=1, size=90, color=COLORS["blue"])
    text = base.mark_text(align="left", dx=7).encode(text=alt.Text("size:Q", format=",.1f"))
    card = alt.Chart(alt.Data(values=[{}])).transform_calculate(
        size=expression_text(known["memory_bytes"] / GB)
    )
    rule = card.mark_rule(strokeDash=[4, 3], color=COLORS["orange"]).encode(x=x)
    return alt.layer(line, point, text, rule).properties(height=alt.Step(26), padding=beside(55))


def _widths():
    return {f"{part}_width": width for part, width in state_widths("zero").items()}


def _targets(shape):
    named = {
        "query and value": ("q", "v"),
        "attention": ATTENTION,
        "all linear maps": tuple(matrices(shape)),
    }
    return {name: adapted_width(shape, targets) for name, targets in named.items()}


def _memories(start):
    options = {card.name: card.memory_bytes for card in map(data.accelerator, _CARDS)}
    return options if start in options.values() else {f"{start / GB:g} GB": start} | options
