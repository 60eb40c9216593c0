"""What it costs to adapt a model: once, by the hour and by the query, and where two ways meet."""

from llmbook.elementwise import where
from llmbook.glossary import checked
from llmbook.training import rental_usd


@checked
def one_off_usd(device_seconds, usd_per_hour, n_labels, usd_per_label):
    """Return what is paid before the first query: training and labels.

    Parameters
    ----------
    device_seconds : float
        Seconds times cards.
    usd_per_hour : float
        Of one card.
    n_labels : float
        Examples written or checked by people or by a teacher model.
    usd_per_label : float

    Returns
    -------
    float
        USD.
    """
    return rental_usd(device_seconds, usd_per_hour) + 1.0 * n_labels * usd_per_label


@checked
def hosting_usd_per_hour(usd_per_hour, n_devices, n_adapters):
    """Return what it costs to keep an adapted model ready.

    Parameters
    ----------
    usd_per_hour : float
        Of one card.
    n_devices : float
        Cards that hold the model and stay on.
    n_adapters : float
        Adapted models that share them: 1 if the model is a copy of its own, more if adapters
        share one frozen model.

    Returns
    -------
    float
        USD an hour for one adapted model.

    Notes
    -----
    Adapters on one base model: Hu et al. 2021, section 4.2 (arXiv 2106.09685).
    """
    return 1.0 * usd_per_hour * n_devices / n_adapters


@checked
def retrieval_usd(retrieved_tokens, input_price, cached_share, cached_price):
    """Return what retrieved tokens add to the price of a query: they are input.

    Parameters
    ----------
    retrieved_tokens : float
    input_price : float
        USD per million tokens.
    cached_share : float
        Share of the tokens that stands in a prefix which the vendor keeps.
    cached_price : float
        USD per million tokens read from such a prefix.

    Returns
    -------
    float
        USD a query; 0.00054 for 2,000 tokens at 0.27 without a cache.
    """
    price = (1.0 - cached_share) * input_price + 1.0 * cached_share * cached_price
    return retrieved_tokens * price / 1e6


@checked
def total_usd(fixed_usd, hosting_usd_per_hour, hours, usd_per_query, n_queries):
    """Return the cost of a way to adapt a model over its use.

    Parameters
    ----------
    fixed_usd : float
        Paid once; see `one_off_usd`.
    hosting_usd_per_hour : float
        See the function of this name; 0 if only tokens are paid.
    hours : float
        In which the model is kept ready.
    usd_per_query : float
    n_queries : float
        In those hours.

    Returns
    -------
    float
        USD.
    """
    return fixed_usd + 1.0 * hosting_usd_per_hour * hours + 1.0 * usd_per_query * n_queries


@checked
def break_even_queries(fixed_usd, usd_per_query, other_fixed_usd, other_usd_per_query):
    """Return the number of queries at which two ways have cost the same.

    Parameters
    ----------
    fixed_usd, usd_per_query : float
        Of one way: what is paid whatever the number of queries, hosting included, and by query.
    other_fixed_usd, other_usd_per_query : float
        Of the other way.

    Returns
    -------
    float
        Queries; -1 if they never meet, because one of them is dearer at every number or because
        a query costs the same.
    """
    dearer_start = 1.0 * fixed_usd - other_fixed_usd
    cheaper_query = 1.0 * other_usd_per_query - usd_per_query
    differs = cheaper_query != 0.0
    # Adding zero turns a negative zero into a plain one.
    queries = where(differs, dearer_start / where(differs, cheaper_query, 1.0) + 0.0, -1.0)
    return where(queries >= 0.0, queries, -1.0)


@checked
def copies_bytes(
    n_params, trained_models, frozen_models, trained_bytes_per_param, frozen_bytes_per_param
):
    """Return the bytes of the copies of a model that preference tuning holds at once.

    Parameters
    ----------
    n_params : float
        Of each copy.
    trained_models, frozen_models : float
        See ``data.table("preference_methods")``: 2 and 2 for PPO, 1 and 1 for DPO.
    trained_bytes_per_param : float
        Weights, gradients and optimizer: 16 in mixed precision with Adam.
    frozen_bytes_per_param : float

    Returns
    -------
    float
        Bytes, without activations.
    """
    trained = 1.0 * trained_models * trained_bytes_per_param
    return n_params * (trained + 1.0 * frozen_models * frozen_bytes_per_param)
