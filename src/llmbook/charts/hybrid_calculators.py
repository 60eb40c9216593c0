"""The calculators of chapters I and V: an assistant's turn, and drafts that cross a link."""

import altair as alt

from llmbook import assistant, data, devices, hybrid
from llmbook.charts.calculator import Bundle, Calculator, Choice, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS, beside
from llmbook.quantities import BILLION, GB, MS, PERCENT
from llmbook.transformer import weight_bytes

_DRAFTERS = (
    "phone-iphone-15-pro",
    "headset-vision-pro",
    "robot-orin-nano",
    "laptop-m3-max",
    "edge-l4",
    "edge-a100",
    "cloud-8-a100",
)


def draft_calculator(draft_length, acceptance, n_params, target_step, round_trip):
    """Return the calculator of drafts made in one place and checked in another.

    Parameters
    ----------
    draft_length, acceptance, n_params, target_step, round_trip : float
        Where the controls start; the parameters are those of the draft model.

    Returns
    -------
    Calculator
        Drafts come as fast as the memory of the device gives the weights, whether they fit or not;
        a row says what share of that memory they take.
    """
    return Calculator(
        [
            *_drafter_controls(n_params),
            Slider(
                "draft_length", draft_length, "Tokens drafted a round", "", 1, 16, 1, claim="V-3"
            ),
            Slider("acceptance", acceptance, "Acceptance", "", 0.05, 0.99, 0.01),
            Slider("target_step", target_step, "Step of the large model", "ms", 1, 100, 1, MS),
            Slider("round_trip", round_trip, "Round trip", "ms", 0, 300, 1, MS),
        ],
        _draft_stages(),
        _speedup_picture,
        title="How much faster drafts make an answer, by the round trip",
        description="A falling curve of the speed-up against the round trip from 0 to 300 ms, with "
        "a point at the one that is set and a dashed line at 1, where drafts gain nothing. Curve "
        "and point move with the controls. A break-even below zero says that no link is short "
        "enough, a share of the memory above 90 % that the draft model does not fit.",
        name="drafts",
    )


def _drafter_controls(n_params):
    machines = map(devices.machine, _DRAFTERS)
    formats = [data.row("number_formats", key) for key in ("fp16", "int8", "int4")]
    return [
        Bundle(
            "drafter",
            "Drafts made on",
            {
                item.name: {"bandwidth": item.bandwidth, "memory_bytes": item.memory_bytes}
                for item in machines
            },
        ),
        Slider("n_params", n_params, "Draft model", "billion", 0.05, 14, 0.01, BILLION),
        Choice(
            "bytes_per_param",
            formats[-1].bytes_per_value,
            "Its weights stored as",
            {f"{row.name}, {row.bytes_per_value:g} B": row.bytes_per_value for row in formats},
        ),
    ]


def _draft_stages():
    held = "Its weights, of the memory there (over 90 %: does not fit)"
    even = "Round trip at which nothing is gained (below 0: never gains)"
    return [
        Stage("total_bytes", weight_bytes, "Weights of the draft model", "GB", ",.2f", GB),
        Stage("held", hybrid.memory_share, held, "%", ",.0f", PERCENT),
        Stage("draft_step", hybrid.step_from_memory, "A drafted token", "ms", ",.3f", MS),
        Stage("cost_ratio", hybrid.draft_cost_ratio, "In steps of the large model", "", ",.4f"),
        Stage("tokens", hybrid.expected_tokens_per_step, "Tokens a round", "", ",.2f"),
        Stage("tpot", hybrid.speculative_tpot, "TPOT with drafts", "ms", ",.1f", MS),
        Stage("speedup", hybrid.speculative_speedup, "Speed-up", "times", ",.2f"),
        Stage("break_even", hybrid.break_even_round_trip, even, "ms", ",.1f", MS),
        Stage(
            "saved",
            hybrid.cloud_steps_saved,
            "Steps of the large model saved",
            "%",
            ",.0f",
            PERCENT,
        ),
    ]


def _speedup_picture(known):
    given = [known[name] for name in ("acceptance", "draft_length", "cost_ratio")]
    trips = [{"trip": 5 * step} for step in range(61)]
    curve_y = hybrid.speculative_speedup(*given, alt.datum.trip * MS, known["target_step"])
    x = alt.X("trip:Q", title="round trip (ms)", scale=alt.Scale(domain=[0, 300]))
    y = alt.Y("speedup:Q", title="speed-up (times)", scale=alt.Scale(zero=True))
    curve = (
        alt.Chart(alt.Data(values=trips))
        .transform_calculate(speedup=expression_text(curve_y))
        .mark_line()
        .encode(x=x, y=y)
    )
    point = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(
            trip=expression_text(known["round_trip"] / MS),
            speedup=expression_text(known["speedup"] * 1.0),
        )
        .mark_point(size=120, filled=True, opacity=1, color=COLORS["orange"])
        .encode(x=x, y=y)
    )
    one = alt.Chart(alt.Data(values=[{"speedup": 1.0}]))
    return curve + one.mark_rule(strokeDash=[4, 3]).encode(y=y) + point


def turn_calculator(
    endpoint_seconds,
    speech_seconds,
    recognition_factor,
    round_trip,
    ttft,
    tpot,
    first_tokens,
    synthesis_seconds,
    limit_seconds,
):
    """Return the calculator of a spoken turn.

    Parameters
    ----------
    endpoint_seconds, speech_seconds, recognition_factor, round_trip : float
    ttft, tpot, first_tokens, synthesis_seconds : float
        Where the controls start.
    limit_seconds : float
        A line of the chart.

    Returns
    -------
    Calculator
    """

    def picture(known):
        return _turn_picture(known, limit_seconds)

    return Calculator(
        [
            Slider("endpoint_seconds", endpoint_seconds, "Silence waited for", "s", 0, 2, 0.05),
            Slider("speech_seconds", speech_seconds, "Speech not yet recognised", "s", 0, 20, 0.1),
            Slider(
                "recognition_factor",
                recognition_factor,
                "Recognition time, share of the speech",
                "",
                0,
                1,
                0.0001,
            ),
            Slider("round_trip", round_trip, "Round trip", "ms", 0, 500, 1, MS),
            Slider("ttft", ttft, "TTFT", "s", 0.01, 3, 0.01),
            Slider("tpot", tpot, "TPOT", "ms", 1, 200, 0.1, MS),
            Slider("first_tokens", first_tokens, "Tokens of the first phrase", "", 1, 50, 1),
            Slider("synthesis_seconds", synthesis_seconds, "Synthesis", "s", 0, 2, 0.001),
        ],
        _turn_stages(),
        picture,
        title="Where the wait for a spoken answer goes",
        description="Horizontal bars of seconds: until the question is text, from there until the "
        "first phrase has arrived, then until the first sound, and the whole turn. A dashed line "
        f"stands at {limit_seconds:g} second. All bars move with the controls.",
        name="turn",
    )


def _turn_stages():
    return [
        Stage(
            "heard",
            assistant.recognised_seconds,
            "Until the question is text",
            "s",
            ",.2f",
        ),
        Stage(
            "phrase",
            hybrid.answer_seconds,
            "Until the first phrase is there",
            "s",
            ",.2f",
            renamed={"n_tokens": "first_tokens"},
        ),
        Stage("turn", assistant.turn_seconds, "Until the answer is heard", "s", ",.2f"),
    ]


def _turn_picture(known, limit_seconds):
    parts = {
        "question to text": known["heard"] * 1.0,
        "first phrase": known["phrase"] * 1.0,
        "first sound": known["synthesis_seconds"] * 1.0,
        "whole turn": known["turn"] * 1.0,
    }
    x = alt.X("seconds:Q", title="seconds", scale=alt.Scale(zero=True))
    y = alt.Y("part:N", sort=list(parts), title=None)
    layers = []
    for name, seconds in parts.items():
        base = alt.Chart(alt.Data(values=[{"part": name}])).transform_calculate(
            seconds=expression_text(seconds)
        )
        color = COLORS["orange" if name == "whole turn" else "blue"]
        layers.append(base.mark_bar(height=14, color=color).encode(x=x, y=y))
        text = base.mark_text(align="left", dx=4)
        layers.append(text.encode(x=x, y=y, text=alt.Text("seconds:Q", format=",.2f")))
    rule = alt.Chart(alt.Data(values=[{"seconds": limit_seconds}]))
    layers.append(rule.mark_rule(strokeDash=[4, 3]).encode(x=x))
    return alt.layer(*layers).properties(height=alt.Step(26), padding=beside(48))
