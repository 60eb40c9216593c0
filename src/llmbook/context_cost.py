"""What a question costs, in money and in time, with retrieved facts or with a long context.

The third way beside retrieval and fine-tuning: everything in the prompt, kept by the vendor as a
cached prefix between questions.
"""

from llmbook.elementwise import where
from llmbook.glossary import checked
from llmbook.qoe import exact_latency


@checked
def query_usd(prompt_tokens, answer_tokens, input_price, output_price):
    """Return the price of one question and its answer.

    Parameters
    ----------
    prompt_tokens : float
        Question and whatever is sent with it: retrieved facts, or the whole corpus.
    answer_tokens : float
    input_price, output_price : float

    Returns
    -------
    float
        USD.
    """
    return (1.0 * prompt_tokens * input_price + 1.0 * answer_tokens * output_price) / 1e6


@checked
def cached_token_price(cached_price, cache_write_price, queries_per_cache_life):
    """Return the price of a cached token, averaged over the questions of one life of the cache.

    Parameters
    ----------
    cached_price : float
        Of tokens read from the cache.
    cache_write_price : float
        Of tokens written to it; the price of input where the vendor asks no more.
    queries_per_cache_life : float
        Questions from one writing of the cache to the next; the first of them writes.

    Returns
    -------
    float
        USD per million tokens.

    Notes
    -----
    The first question pays for writing, the others for reading: (w + (q - 1) r) / q a token.
    """
    reads = 1.0 * queries_per_cache_life - 1.0
    return (1.0 * cache_write_price + reads * cached_price) / queries_per_cache_life


@checked
def cached_prefix_usd(corpus_tokens, cached_price, cache_write_price, queries_per_cache_life):
    """Return what a cached corpus adds to the price of one question.

    Parameters
    ----------
    corpus_tokens : float
    cached_price, cache_write_price, queries_per_cache_life : float
        As in `cached_token_price`.

    Returns
    -------
    float
        USD.
    """
    price = cached_token_price(cached_price, cache_write_price, queries_per_cache_life)
    return corpus_tokens * price / 1e6


@checked
def queries_to_cache(input_price, cached_price, cache_write_price):
    """Return how many questions a cache must serve before it costs no more than none.

    Parameters
    ----------
    input_price : float
    cached_price, cache_write_price : float

    Returns
    -------
    float
        Questions in one life of the cache; -1 if reading the cache is not cheaper than input.

    Notes
    -----
    q p = w + (q - 1) r, solved for q; 1 or less where writing costs no more than input.
    """
    saved = 1.0 * input_price - cached_price
    extra = 1.0 * cache_write_price - cached_price
    pays = saved > 0.0
    return where(pays, extra / where(pays, saved, 1.0), -1.0)


@checked
def equal_corpus_tokens(
    retrieved_tokens, input_price, cached_price, cache_write_price, queries_per_cache_life
):
    """Return the size of a corpus at which the cached whole costs what retrieved facts cost.

    Parameters
    ----------
    retrieved_tokens : float
        Of the facts sent with one question.
    input_price, cached_price, cache_write_price : float
    queries_per_cache_life : float

    Returns
    -------
    float
        Tokens; a smaller corpus is cheaper whole. -1 if the cache costs nothing: then every
        corpus is.
    """
    price = cached_token_price(cached_price, cache_write_price, queries_per_cache_life)
    costs = price > 0.0
    return where(costs, 1.0 * retrieved_tokens * input_price / where(costs, price, 1.0), -1.0)


@checked
def looked_up_ttft(writing_ttft, tpot, query_tokens, ttft):
    """Return the time to the first token of an answer for which a model first writes a query.

    Parameters
    ----------
    writing_ttft : float
        To the first token of the query: the prompt in which the model is asked to write it.
    tpot : float
    query_tokens : float
    ttft : float
        Of the prompt with what was retrieved.

    Returns
    -------
    float
        Seconds, without the search: the query must be whole before anything can be retrieved,
        and what is retrieved must be read before the first token of the answer.
    """
    return exact_latency(writing_ttft, tpot, query_tokens) + ttft
