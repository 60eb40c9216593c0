"""What tensor parallelism costs in every layer, and what is left on each card."""

from llmbook.elementwise import where
from llmbook.glossary import checked


@checked
def all_reduce_latency(n_layers, tensor_parallel, sum_latency):
    """Return the waiting of a step for the sums between cards, however few tokens it has.

    Parameters
    ----------
    n_layers : float
    tensor_parallel : float
    sum_latency : float
        Seconds of one sum of almost nothing.

    Returns
    -------
    float
        Seconds a step: two sums a layer, none on one card.

    Notes
    -----
    Shoeybi et al. 2019 (arXiv 1909.08053): one sum after attention, one after the feed-forward
    block.
    """
    return 2.0 * n_layers * where(tensor_parallel > 1.0, 1.0, 0.0) * sum_latency


@checked
def all_reduce_seconds_per_token(
    n_layers, d_model, bytes_per_value, tensor_parallel, link_bandwidth
):
    """Return the time that the sums between cards take for each token, latency aside.

    Parameters
    ----------
    n_layers, d_model, bytes_per_value : float
    tensor_parallel : float
    link_bandwidth : float
        Bytes a second that one card sends; half of what vendors print for both directions.

    Returns
    -------
    float
        Seconds a token: two sums a layer, in which each card sends 2 (p - 1) / p of the vector.

    Notes
    -----
    Patarasuk and Yuan 2009 on the bandwidth of a ring.
    """
    sent = 2.0 * (tensor_parallel - 1.0) / tensor_parallel * d_model * bytes_per_value
    return 2.0 * n_layers * sent / link_bandwidth


@checked
def elementwise_bytes(
    n_layers,
    d_model,
    n_heads,
    n_kv_heads,
    head_dim,
    d_ff,
    n_mlp_matrices,
    n_active_experts,
    tensor_parallel,
):
    """Count the bytes that one card reads and writes for a token between the matrix products.

    Parameters
    ----------
    n_layers, d_model, n_heads, n_kv_heads, head_dim : float
    d_ff, n_mlp_matrices, n_active_experts : float
    tensor_parallel : float

    Returns
    -------
    float
        Bytes of 16-bit numbers, each operation for itself: two normalisations (four times the
        width of the model) and two sums with the residual (six times), whole on every card; the
        rotation of queries and keys and the activation, shared by the cards.
    """
    whole = 10.0 * d_model
    rotation = 2.0 * (1.0 * n_heads + n_kv_heads) * head_dim
    activation = 1.0 * n_active_experts * n_mlp_matrices * d_ff
    return 2.0 * n_layers * (whole + (rotation + activation) / tensor_parallel)
