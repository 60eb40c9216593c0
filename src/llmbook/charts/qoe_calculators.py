"""The calculators of chapter IV for one user: how an answer feels and what it is listed at."""

import altair as alt

from llmbook import qoe
from llmbook.charts.calculator import Calculator, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS, beside
from llmbook.market import blended_price
from llmbook.quantities import MS


def qoe_calculator(ttft, tpot, n_tokens, words_per_token, words_per_minute):
    """Return the calculator of an answer's arrival against its reading.

    Parameters
    ----------
    ttft, tpot, n_tokens, words_per_token : float
        Where the controls start.
    words_per_minute : float
        Where the reader's pace starts.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider("ttft", ttft, "TTFT", "s", 0.05, 10, 0.05, claim="IV-5"),
        Slider("tpot", tpot, "TPOT", "ms", 2, 500, 1, MS, "IV-6"),
        Slider("n_tokens", n_tokens, "Tokens of the answer", "", 2, 2000, 1),
        Slider(
            "words_per_token", words_per_token, "Words a token", "", 0.3, 1.2, 0.01, claim="IV-7"
        ),
        Slider("reader", words_per_minute, "Reader's words a minute", "", 100, 600, 1),
        Slider("expected_ttft", 1.0, "TTFT that the reader expects", "s", 0.1, 5, 0.1),
    ]
    stages = [
        Stage(
            "words_per_minute",
            qoe.words_per_minute,
            "Words a minute delivered",
            "",
            ",.0f",
            claim="IV-7",
        ),
        Stage(
            "reading_tpot",
            qoe.tpot_of_words,
            "TPOT that just feeds the reader",
            "ms",
            ",.1f",
            MS,
            renamed={"words_per_minute": "reader"},
        ),
        Stage("latency", qoe.latency, "Latency by the paper's formula", "s", ",.2f"),
        Stage("exact", qoe.exact_latency, "Latency, first token once", "s", ",.2f"),
        Stage("rate", qoe.end_to_end_rate, "Tokens a second, wait included", "", ",.1f"),
        Stage("score", qoe.qoe_score, "QoE score", "of 1", ",.3f"),
    ]
    return Calculator(
        inputs,
        stages,
        _answer_picture,
        title="When the tokens arrive, and when they are read",
        description="Two rising lines of tokens against seconds since the question: tokens "
        "delivered and tokens that the reader can take in, beginning at the TTFT expected. The "
        "area between them, where the delivery lies below, is what the QoE score takes off. "
        "Both move with the controls.",
        name="qoe",
    )


def _answer_picture(known):
    shares = [{"share": step / 50} for step in range(51)]
    made = 1 + alt.datum.share * (known["n_tokens"] - 1)
    delivered = qoe.exact_latency(known["ttft"], known["tpot"], made)
    wanted = qoe.exact_latency(known["expected_ttft"], known["reading_tpot"], made)
    lines = [
        alt.Chart(alt.Data(values=shares))
        .transform_calculate(
            tokens=expression_text(made),
            seconds=expression_text(seconds),
            line=f"'{words}'",
        )
        .mark_line()
        .encode(
            x=alt.X("seconds:Q", title="seconds since the question"),
            y=alt.Y("tokens:Q", title="tokens"),
            color=alt.Color("line:N", title=None, sort=None),
            strokeDash=alt.StrokeDash("line:N", title=None, sort=None),
        )
        for words, seconds in (("delivered", delivered), ("wanted by the reader", wanted))
    ]
    return alt.layer(*lines)


def price_calculator(offers, vendor, input_to_output):
    """Return the calculator of what a million tokens cost at a ratio of input to output.

    Parameters
    ----------
    offers : sequence of object
        Rows of ``prices``.
    vendor : object
        The row at whose prices the controls start.
    input_to_output : float
        Where the ratio starts.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider("input_price", vendor.input_usd_per_mtok, "Input", "USD a million", 0, 20, 0.01),
        Slider("output_price", vendor.output_usd_per_mtok, "Output", "USD a million", 0, 20, 0.01),
        Slider(
            "input_to_output", input_to_output, "Input tokens for each of output", "", 0, 30, 0.1
        ),
    ]
    stages = [Stage("blend", blended_price, "A million tokens", "USD", ",.3f", claim="IV-18")]

    def picture(known):
        return _offers_picture(known, offers)

    return Calculator(
        inputs,
        stages,
        picture,
        title=f"What a million tokens cost at your blend: {vendor.vendor} and others",
        description="Horizontal bars, one a vendor: its listed prices at the ratio of input to "
        "output that is set, and a dashed line, the prices as set. All move with the controls.",
        name="price",
    )


def _offers_picture(known, offers):
    rows = [
        {"vendor": row.vendor, "input": row.input_usd_per_mtok, "output": row.output_usd_per_mtok}
        for row in offers
    ]
    usd = blended_price(alt.datum.input, alt.datum.output, known["input_to_output"])
    x = alt.X("usd:Q", title="USD per million tokens")
    y = alt.Y("vendor:N", sort=None, title=None)
    base = alt.Chart(alt.Data(values=rows)).transform_calculate(usd=expression_text(usd))
    base = base.encode(x=x, y=y)
    text = base.mark_text(align="left", dx=4).encode(text=alt.Text("usd:Q", format=",.3f"))
    own = alt.Chart(alt.Data(values=[{}])).transform_calculate(usd=expression_text(known["blend"]))
    rule = own.mark_rule(strokeDash=[4, 3], color=COLORS["orange"]).encode(x=x)
    bar = base.mark_bar(height=14)
    return alt.layer(bar, text, rule).properties(height=alt.Step(26), padding=beside(48))
