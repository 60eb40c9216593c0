"""The calculator of what a token costs on cards that one rents or owns."""

import altair as alt

from llmbook import data, serving, sharing
from llmbook.attention import causal_attention_flops
from llmbook.charts.calculator import Bundle, Calculator, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS
from llmbook.costs import hour_price
from llmbook.engines import Engine
from llmbook.market import blended_price
from llmbook.quantities import MS


def serving_calculator(model, hour_costs, n_devices, prompt_tokens, answer_tokens, batch_size):
    """Return the calculator of speed and cost on a full server.

    Parameters
    ----------
    model : str
        Id of a dense model.
    hour_costs : dict of str to float
        Ids of the cards to choose from and what an hour of each costs its owner, in USD; the
        first is chosen at the start.
    n_devices : float
        Cards that share the model.
    prompt_tokens, answer_tokens, batch_size : float
        Where the controls start.

    Returns
    -------
    Calculator
        A batch beyond the memory of the card is cut to what fits, and a row says so.
    """
    engines = [Engine.of(model, name, n_devices) for name in hour_costs]
    per_card, common = _arguments(engines)
    fits = {engine.accelerator.name: engine.capacity_tokens for engine in engines}
    cards = {
        name: numbers | {"capacity_tokens": fits[name], "owner_usd_per_hour": usd}
        for name, numbers, usd in zip(fits, per_card, hour_costs.values(), strict=True)
    }
    inputs = [
        Bundle("card", f"{n_devices:.0f} cards of", cards),
        Slider("price_factor", 1.0, "Price of an hour over its owner's cost", "", 0.2, 8, 0.05),
        Slider("utilization", 0.5, "Share of the time at work", "", 0.05, 1, 0.01),
        Slider("asked", batch_size, "Answers at once", "", 1, 256, 1),
        Slider("prompt_tokens", prompt_tokens, "Tokens of a prompt", "", 16, 8192, 1),
        Slider("answer_tokens", answer_tokens, "Tokens of an answer", "", 16, 2048, 1),
        Slider("input_to_output", 3.0, "Input tokens for each of output", "", 0, 30, 0.1),
    ]
    return Calculator(
        inputs,
        _stages(engines[0], common),
        _cost_picture,
        title=f"What {data.model(model).name} costs on cards of your own, and how fast it is",
        description="One point in a plane of USD per million tokens against tokens a second of "
        "one user, on log axes. It moves with the controls: more answers at once move it down "
        "and to the left.",
        name="serving",
    )


def _stages(engine, common):
    def fixed(function, *others):
        names = function.domains
        return {name: common[name] for name in names if name in common} | dict(others)

    shape = engine.model
    return [
        Stage(
            "attention_flops",
            causal_attention_flops,
            "FLOPs of attention over a prompt",
            "",
            fixed={
                "n_layers": shape.n_layers,
                "n_heads": shape.n_heads,
                "head_dim": shape.head_dim,
                "window_tokens": engine.window_tokens,
            },
            shown=False,
        ),
        Stage(
            "prompt_params",
            serving.prefill_params,
            "Parameters a prompt token uses",
            "",
            fixed={"layer_params": engine.layer_params, "head_params": engine.head_params},
            shown=False,
        ),
        Stage(
            "prompt_seconds",
            serving.prefill_seconds,
            "Prefill of one prompt: TTFT without a queue",
            "ms",
            ",.1f",
            MS,
            fixed=fixed(serving.prefill_seconds, ("n_sequences", 1.0)),
            renamed={"n_active_params": "prompt_params"},
        ),
        Stage("usd_per_hour", hour_price, "An hour of one card", "USD", ",.2f"),
        Stage("request_places", sharing.places, "Answers for which there is memory", "", ",.1f"),
        Stage(
            "batch_size",
            sharing.filled_places,
            "Answers at once, as far as they fit",
            "",
            ",.1f",
            renamed={"batch_size": "asked"},
        ),
        Stage("cached", sharing.mean_cached_tokens, "Tokens in the KV cache", "", ",.0f"),
        Stage(
            "decode_seconds",
            serving.decode_step_seconds,
            "A decode step",
            "ms",
            ",.1f",
            MS,
            fixed=fixed(
                serving.decode_step_seconds,
                ("n_active_params", engine.layer_params + engine.head_params),
            ),
            renamed={"cached_tokens": "cached"},
        ),
        Stage(
            "tpot", sharing.interleaved_tpot, "TPOT, prompts of others included", "ms", ",.1f", MS
        ),
        Stage(
            "prompt_rate", sharing.prompt_rate, "Prompt tokens a second", "", ",.0f", shown=False
        ),
        Stage(
            "decode_rate",
            sharing.decode_rate,
            "New tokens a second of all while decoding",
            "",
            ",.0f",
        ),
        _cost("input_price", "prompt_rate", "A million prompt tokens", common),
        _cost("output_price", "decode_rate", "A million answer tokens", common),
        Stage("blend", blended_price, "A million tokens, blended", "USD", ",.3f"),
    ]


def _cost(name, rate, label, common):
    return Stage(
        name,
        serving.cost_per_million_tokens,
        label,
        "USD",
        ",.3f",
        fixed={"n_devices": common["tensor_parallel"]},
        renamed={"tokens_per_second": rate},
    )


def _arguments(engines):
    """Split what the formulas must know into what differs between the cards and what does not."""
    rows = [engine.shared_arguments() for engine in engines]
    common = {name: rows[0][name] for name in rows[0] if len({row[name] for row in rows}) == 1}
    per_card = [{name: row[name] for name in row if name not in common} for row in rows]
    return per_card, common


def _cost_picture(known):
    point = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(
            rate=expression_text(1.0 / known["tpot"]), usd=expression_text(known["blend"])
        )
        .mark_point(filled=True, opacity=1, size=140, color=COLORS["blue"])
    )
    ticks = [0.01, 0.1, 1, 10, 100, 1000]
    return point.encode(
        x=alt.X(
            "rate:Q",
            title="tokens a second of one user",
            scale=alt.Scale(type="log", domain=[1, 1000]),
            axis=alt.Axis(format="~g", values=ticks),
        ),
        y=alt.Y(
            "usd:Q",
            title="USD per million tokens",
            scale=alt.Scale(type="log", domain=[0.01, 1000]),
            axis=alt.Axis(format="~g", values=ticks),
        ),
    )
