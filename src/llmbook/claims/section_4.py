"""Section IV of the paper: tokenomics against quality of experience.

The paper names no model; the chart behind its reference [13] is of Mixtral 8x7B, and so are the
prices and speeds here.  Under which other reading a claim fails is in `llmbook.vendors`.
"""

from statistics import median, median_high, median_low

from llmbook import data, qoe, vendors
from llmbook.claims.registry import claim
from llmbook.market import blended_price
from llmbook.quantities import PERCENT

_SPEEDS = vendors.SPEED_READINGS[0]  # Mixtral, the median of a few weeks, as charts measure it
_PRICES = vendors.price_readings()[0]  # Mixtral, three tokens in for one out, as charts blend


# "Most are at least" is what the lower of two middle ones says, "most are at most" the higher.


def _speeds():
    found = vendors.speeds_of_paper(_SPEEDS)
    return [value for name, value in found.items() if name != "Groq"]


def _prices():
    return vendors.prices_of_paper(_PRICES).values()


@claim("IV-1")
def slower_middle():
    return median_low(_speeds())


@claim("IV-2")
def groq_rate(rate):
    return rate


@claim("IV-3")
def cheaper_middle():
    return median_low(_prices())


@claim("IV-4", "IV-18")
def three_to_one(input_price, output_price):
    return blended_price(input_price, output_price, 3.0)


@claim("IV-6")
def tokens_per_second(tpot):
    return 1 / tpot


@claim("IV-7")
def words(tpot, words_per_token):
    return qoe.words_per_minute(tpot, words_per_token)


@claim("IV-8")
def fastest_usual_reader():
    rates = [row for row in data.table("human_rates") if row.grade != "unverified"]
    return max(row.words_per_minute_high for row in rates if row.words_per_minute_high)


@claim("IV-9")
def predicted_latency():
    """Return what the formula makes of the measured medians, in percent of the latency."""
    runs = [row for row in data.table("speeds") if row.series == "llmperf"]
    return median(
        qoe.latency(run.ttft_s_median, run.tpot_s_median, run.answer_tokens)
        / run.latency_s_median
        / PERCENT
        for run in runs
    )


@claim("IV-16")
def faster_middle():
    return median_high(_speeds())


@claim("IV-17")
def dearer_middle():
    return median_high(_prices())
