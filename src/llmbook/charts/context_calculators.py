"""The calculator of chapter II of facts that are looked up against a store that is sent whole."""

import altair as alt

from llmbook import context_cost
from llmbook.charts.calculator import Calculator, Slider, Stage
from llmbook.charts.pictures import curve_with_point, powers
from llmbook.quantities import THOUSAND

# An answer costs the same in all ways.
_NO_ANSWER = {"answer_tokens": 1.0, "output_price": 0.0}
_OF_A_THOUSAND = 1.0 / THOUSAND


def context_calculator(
    corpus_tokens,
    retrieved_tokens,
    input_price,
    cached_price,
    cache_write_price,
    queries_per_cache_life,
):
    """Return the calculator of the input of a question, looked up, cached or sent each time.

    Parameters
    ----------
    corpus_tokens, retrieved_tokens : float
    input_price, cached_price, cache_write_price, queries_per_cache_life : float
        Where the controls start.

    Returns
    -------
    Calculator
    """
    price = "USD a million"
    inputs = [
        Slider("corpus_tokens", corpus_tokens, "Tokens of the whole store", "", 500, 500000, 500),
        Slider("retrieved_tokens", retrieved_tokens, "Tokens looked up", "", 10, 20000, 10),
        Slider("input_price", input_price, "Input", price, 0.05, 20, 0.05),
        Slider("cached_price", cached_price, "Input read from the cache", price, 0.01, 10, 0.01),
        Slider("cache_write_price", cache_write_price, "Written to it", price, 0.05, 25, 0.05),
        Slider(
            "queries_per_cache_life",
            queries_per_cache_life,
            "Questions in the life of a cache",
            "",
            1,
            1000,
            1,
        ),
    ]
    stages = [
        _query("looked_up", "retrieved_tokens", "A thousand questions, looked up"),
        Stage(
            "kept",
            context_cost.cached_prefix_usd,
            "A thousand, store cached",
            "USD",
            ",.2f",
            _OF_A_THOUSAND,
        ),
        _query("sent", "corpus_tokens", "A thousand, store sent each time"),
        Stage(
            "meet",
            context_cost.equal_corpus_tokens,
            "Store at which the cache costs what looking up costs",
            "tokens",
            ",.0f",
        ),
        Stage(
            "pays",
            context_cost.queries_to_cache,
            "Questions from which a cache pays at all (\u22121: none)",
            "",
            ",.2f",
        ),
    ]
    return Calculator(
        inputs,
        stages,
        _picture,
        title="What a question's input costs, by the size of the store",
        description="A rising curve on log axes of the USD for a thousand questions against the "
        "tokens of a store that is kept cached, with a point at the store that is set. A dashed "
        "line marks looking up, which does not depend on the store. All move with the controls.",
        name="context",
    )


def _query(name, tokens, label):
    return Stage(
        name,
        context_cost.query_usd,
        label,
        "USD",
        ",.2f",
        _OF_A_THOUSAND,
        fixed=_NO_ANSWER,
        renamed={"prompt_tokens": tokens},
    )


def _picture(known):
    names = ("cached_price", "cache_write_price", "queries_per_cache_life")
    kept = context_cost.cached_prefix_usd(alt.datum.place, *(known[name] for name in names))
    return curve_with_point(
        powers(2, 6),
        kept / _OF_A_THOUSAND,
        (known["corpus_tokens"] * 1.0, known["kept"] / _OF_A_THOUSAND),
        {"title": "tokens of the store (log scale)", "scale": alt.Scale(type="log")},
        {"title": "USD for a thousand questions", "scale": alt.Scale(type="log")},
        known["looked_up"] / _OF_A_THOUSAND,
    )
