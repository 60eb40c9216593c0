"""What the tables of prices and speeds say of the paper's market, under one reading after another.

The paper names neither the model nor the way of measuring; each reading supplies both.
"""

from dataclasses import dataclass
from datetime import date

from llmbook import data
from llmbook.market import blended_price
from llmbook.qoe import end_to_end_rate

MIXTRAL, LLAMA = "mixtral-8x7b", "llama-2-70b"
LAUNCH = "2023-12-18"  # days after Mixtral came out, when vendors undercut each other
SLOWEST, FASTEST, GROQ_ABOVE = 50.0, 200.0, 400.0  # tokens a second; IV-1, IV-16, IV-2
CHEAPEST, DEAREST = 0.2, 1.0  # USD per million tokens; IV-3, IV-17
LEADERS = ("Perplexity", "Groq")  # IV-19, at about 0.25 USD (IV-4, IV-18)
ABOUT_A_QUARTER = (0.225, 0.275)
BLENDS = {
    "3 in : 1 out": 3.0,
    "1 in : 1 out": 1.0,
    "550 in : 150 out": 550 / 150,
    "output alone": 0.0,
}


@dataclass(frozen=True)
class SpeedReading:
    """One way to read the paper's claims on speed.

    Parameters
    ----------
    model, series : str
        Of ``speeds``.
    whole : bool
        Whether the wait for the first token counts.
    name : str
        For readers.
    """

    model: str
    series: str
    whole: bool
    name: str


SPEED_READINGS = (
    SpeedReading(MIXTRAL, "thefastest-2024-05", False, "Mixtral 8x7B, 20 tokens, after the first"),
    SpeedReading(MIXTRAL, "thefastest-2024-05", True, "Mixtral 8x7B, 20 tokens, end to end"),
    SpeedReading(MIXTRAL, "thefastest-2024-04", False, "Mixtral 8x7B, 90 tokens, after the first"),
    SpeedReading(MIXTRAL, "thefastest-2024-04", True, "Mixtral 8x7B, 90 tokens, end to end"),
    SpeedReading(LLAMA, "thefastest-2024-05", False, "Llama 2 70B, 20 tokens, after the first"),
    SpeedReading(LLAMA, "thefastest-2024-05", True, "Llama 2 70B, 20 tokens, end to end"),
    SpeedReading(LLAMA, "thefastest-2024-04", False, "Llama 2 70B, 100 tokens, after the first"),
    SpeedReading(LLAMA, "thefastest-2024-04", True, "Llama 2 70B, 100 tokens, end to end"),
    SpeedReading(LLAMA, "llmperf", False, "Llama 2 70B, 150 tokens, after the first"),
    SpeedReading(LLAMA, "llmperf", True, "Llama 2 70B, 150 tokens, end to end"),
)


@dataclass(frozen=True)
class PriceReading:
    """One way to read the paper's claims on prices.

    Parameters
    ----------
    model : str
        Of ``prices``.
    day : str
        On which the prices are looked up.
    as_listed : bool
        Whether a copied list wins where sources disagree.
    blend : str
        Of ``BLENDS``.
    name : str
        For readers.
    """

    model: str
    day: str
    as_listed: bool
    blend: str
    name: str


def price_readings():
    """Return the readings of the claims on prices.

    Returns
    -------
    list of PriceReading
        Each blend for each model and time.
    """
    spring = data.row("events", "paper-published").date
    times = [
        (MIXTRAL, LAUNCH, False, "Mixtral 8x7B, December 2023"),
        (MIXTRAL, spring, False, "Mixtral 8x7B, May 2024"),
        (MIXTRAL, spring, True, "Mixtral 8x7B, May 2024 as listed"),
        (LLAMA, spring, False, "Llama 2 70B, May 2024"),
    ]
    return [
        PriceReading(model, day, listed, blend, f"{name}, {blend}")
        for model, day, listed, name in times
        for blend in BLENDS
    ]


def price_on(vendor, model, day, as_listed=False):
    """Return the price that a vendor asked on a day, or on the nearest day that is known.

    Parameters
    ----------
    vendor : str
    model : str
        Key of ``models``.
    day : str
        ``"2024-05-01"``; of a month alone the first day is meant.
    as_listed : bool
        Where sources disagree, take the copied list, not what was written at the time.

    Returns
    -------
    llmbook.data.Row or None
        A row of ``prices`` with prices of input and output; None if the vendor has none for it.

    Raises
    ------
    ValueError
        If neither ``prices`` nor ``speeds`` has such a vendor.
    """
    tables = data.table("prices"), data.table("speeds")
    data.find({row.vendor: row for rows in tables for row in rows}, vendor, "vendor")
    rows = [
        row
        for row in data.table("prices")
        if (row.vendor, row.model) == (vendor, model)
        and row.input_usd_per_mtok is not None
        and row.grade != "unverified"
    ]
    others = [row for row in rows if not row.base]
    rows = [row for row in rows if row.base]
    moment = _day(day)
    if as_listed and any(_days_from(row, moment) == 0 for row in others):
        rows = others
    return min(rows, key=lambda row: _days_from(row, moment), default=None)


def blend(row, input_to_output):
    """Return the blended price of a row of ``prices``, in USD per million tokens."""
    return blended_price(row.input_usd_per_mtok, row.output_usd_per_mtok, input_to_output)


def prices_of_paper(reading):
    """Return the blended prices of the paper's vendors under a reading.

    Parameters
    ----------
    reading : PriceReading

    Returns
    -------
    dict of str to float
        USD per million tokens by vendor, the cheapest first; vendors without a known price are
        left out.
    """
    names = {row.vendor for row in data.table("prices") if row.in_paper}
    rows = [price_on(name, reading.model, reading.day, reading.as_listed) for name in names]
    found = {row.vendor: blend(row, BLENDS[reading.blend]) for row in rows if row}
    return _sorted(found)


def speeds_of_paper(reading):
    """Return the measured speeds of the paper's vendors under a reading.

    Parameters
    ----------
    reading : SpeedReading

    Returns
    -------
    dict of str to float
        Tokens a second by vendor, the slowest first; vendors that were not measured are left out.
    """
    rows = [row for row in measured(reading.model, reading.series) if row.in_paper]
    return _sorted({row.vendor: rate(row, reading.whole) for row in rows})


def measured(model, series):
    """Return the rows of ``speeds`` for a model in a campaign; unverified ones are left out.

    Raises
    ------
    ValueError
        If no row of ``speeds`` has such a campaign.
    """
    data.find({row.series: row for row in data.table("speeds")}, series, "series of speeds")
    return [
        row
        for row in data.table("speeds")
        if (row.model, row.series) == (model, series)
        and row.grade != "unverified"
        and row.tokens_per_s_median is not None
    ]


def tpot(row):
    """Return the time of each token after the first in a row of ``speeds``.

    Parameters
    ----------
    row : llmbook.data.Row

    Returns
    -------
    float
        Seconds: as the table has it, else the inverse of a rate after the first token.

    Raises
    ------
    ValueError
        If the row gives neither.
    """
    if row.tpot_s_median is not None:
        return row.tpot_s_median
    if row.method != "after-first-token":
        raise ValueError(f"{row.id} gives no time of a token after the first")
    return 1 / row.tokens_per_s_median


def rate(row, whole):
    """Return the tokens a second of one user in a row of ``speeds``.

    Parameters
    ----------
    row : llmbook.data.Row
    whole : bool
        Whether the wait for the first token counts.

    Returns
    -------
    float
        The measured median where the row counts that way; else what its other numbers give.
    """
    if whole == (row.method == "end-to-end"):
        return row.tokens_per_s_median
    if not whole:
        return 1 / tpot(row)
    if row.latency_s_median is not None:
        return row.answer_tokens / row.latency_s_median
    return end_to_end_rate(row.ttft_s_median, tpot(row), row.answer_tokens)


def speed_claims():
    """Judge the paper's claims on speed under each reading.

    Returns
    -------
    list of dict
        ``claim``, ``reading``, ``vendors`` (how many count), ``inside`` (how many agree),
        ``lowest``, ``highest`` (tokens a second), ``outside`` (who does not agree) and ``holds``:
        for the range whether more than half of the vendors but Groq lie inside, for Groq whether
        it exceeds the bound.
    """
    return [row for reading in SPEED_READINGS for row in _speed_rows(reading)]


def price_claims():
    """Judge the paper's claims on prices under each reading.

    Returns
    -------
    list of dict
        As `speed_claims`, in USD per million tokens.  Perplexity and Groq are about 0.25 USD if
        both are within a tenth of it, and lead if no other vendor of the paper is as cheap as the
        dearer of them.
    """
    return [row for reading in price_readings() for row in _price_rows(reading)]


def offers(model, series, input_to_output=3.0):
    """Join what vendors asked with how fast they were measured to be.

    Parameters
    ----------
    model, series : str
        Of ``speeds``.
    input_to_output : float
        Input tokens for each output token.

    Returns
    -------
    list of dict
        ``vendor``, ``in_paper``, ``price`` (blended, USD per million tokens), ``input_price``,
        ``output_price``, ``price_date``, ``tokens_per_s`` (as the campaign publishes it), ``ttft``
        and ``tpot`` (s), in the order of the table; the price is that of the nearest known day.
        Vendors without a price are left out.
    """
    joined = []
    for speed in measured(model, series):
        price = price_on(speed.vendor, model, speed.date)
        if price:
            joined.append(_offer(speed, price, input_to_output))
    return joined


def _offer(speed, price, input_to_output):
    return {
        "vendor": speed.vendor,
        "in_paper": speed.in_paper,
        "price": blend(price, input_to_output),
        "input_price": price.input_usd_per_mtok,
        "output_price": price.output_usd_per_mtok,
        "price_date": price.date,
        "tokens_per_s": speed.tokens_per_s_median,
        "ttft": speed.ttft_s_median,
        "tpot": tpot(speed),
    }


def _speed_rows(reading):
    found = speeds_of_paper(reading)
    groq = {name: value for name, value in found.items() if name == "Groq"}
    others = {name: value for name, value in found.items() if name != "Groq"}
    if others:
        yield _most("50 to 200 tokens/s", reading, others, SLOWEST, FASTEST)
    if groq:
        claim = _most("Groq above 400 tokens/s", reading, groq, GROQ_ABOVE, float("inf"))
        yield claim | {"holds": groq["Groq"] > GROQ_ABOVE}


def _price_rows(reading):
    found = prices_of_paper(reading)
    yield _most("0.2 to 1.0 USD", reading, found, CHEAPEST, DEAREST)
    leaders = {name: value for name, value in found.items() if name in LEADERS}
    both = _most("Perplexity and Groq about 0.25 USD", reading, leaders, *ABOUT_A_QUARTER)
    yield both | {"holds": not both["outside"]}
    bound = max(found[name] for name in LEADERS)
    cheap = {name: value for name, value in found.items() if value <= bound}
    rivals = [name for name in cheap if name not in LEADERS]
    yield _row("Perplexity and Groq lead", reading, cheap, rivals) | {"holds": not rivals}


def _most(claim, reading, found, low, high):
    outside = [name for name, value in found.items() if not low <= value <= high]
    row = _row(claim, reading, found, outside)
    return row | {"holds": row["inside"] > row["vendors"] / 2}


def _row(claim, reading, found, outside):
    return {
        "claim": claim,
        "reading": reading.name,
        "vendors": len(found),
        "inside": len(found) - len(outside),
        "lowest": min(found.values()),
        "highest": max(found.values()),
        "outside": ", ".join(f"{name} {found[name]:.3g}" for name in outside),
    }


def _sorted(found):
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def _day(text):
    """Read a date known to the year, month or day as its first day."""
    return date.fromisoformat((text + "-01-01")[: len("2024-05-01")])


def _days_from(row, day):
    first, last = _day(row.date), _day(row.last_seen or row.date)
    return max((first - day).days, (day - last).days, 0)
