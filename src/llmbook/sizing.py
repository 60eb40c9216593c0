"""How many cards hold it: weights, training state, activations."""

from llmbook.elementwise import whole_units
from llmbook.glossary import checked
from llmbook.transformer import kv_cache_bytes, weight_bytes


@checked
def cards_needed(total_bytes, memory_bytes):
    """Return the fewest cards whose memories together hold the bytes.

    Parameters
    ----------
    total_bytes : float
    memory_bytes : float
        Of one card.

    Returns
    -------
    int
        Whole cards, a lower bound: nothing is left for anything else.
    """
    return whole_units(1.0 * total_bytes / memory_bytes)


@checked
def serving_bytes(
    n_params,
    bytes_per_param,
    n_layers,
    n_kv_heads,
    head_dim,
    n_tokens,
    batch_size,
    bytes_per_value,
):
    """Return the bytes that a model needs while it answers: weights and KV cache.

    Parameters
    ----------
    n_params, bytes_per_param : float
    n_layers, n_kv_heads, head_dim : float
    n_tokens : float
        Tokens kept of each sequence.
    batch_size : float
    bytes_per_value : float
        Of the cache.

    Returns
    -------
    float
        Bytes, without activations and buffers.
    """
    cache = kv_cache_bytes(n_layers, n_kv_heads, head_dim, n_tokens, batch_size, bytes_per_value)
    return weight_bytes(n_params, bytes_per_param) + cache


@checked
def training_state_bytes(
    n_params,
    weights_width,
    gradients_width,
    optimizer_width,
    weights_shards,
    gradients_shards,
    optimizer_shards,
):
    """Return the bytes of training state on one card of a data-parallel group.

    Parameters
    ----------
    n_params : float
        Parameters that the group trains.
    weights_width, gradients_width, optimizer_width : float
        Bytes a parameter: 2, 2 and 12 in mixed precision with Adam.
    weights_shards, gradients_shards, optimizer_shards : float
        Parts into which each is cut over the group: all 1 without ZeRO, the size of the group
        for the optimizer (stage 1), for gradients too (2), for weights too (3).

    Returns
    -------
    float
        Bytes, without activations.

    Notes
    -----
    Rajbhandari et al. 2020, section 3 and figure 1 (arXiv 1910.02054).
    """
    weights = weights_width / (1.0 * weights_shards)
    gradients = gradients_width / (1.0 * gradients_shards)
    optimizer = optimizer_width / (1.0 * optimizer_shards)
    return n_params * (weights + gradients + optimizer)


@checked
def params_per_card(n_params, tensor_parallel, pipeline_parallel):
    """Return the parameters that one card keeps of a model cut by layers and inside layers.

    Parameters
    ----------
    n_params : float
    tensor_parallel, pipeline_parallel : float

    Returns
    -------
    float
        Parameters, taking the cut to be even.
    """
    return 1.0 * n_params / (1.0 * tensor_parallel * pipeline_parallel)


@checked
def activation_bytes(n_layers, d_model, sequence_length, batch_size, tensor_parallel):
    """Return the bytes of activations kept for the backward pass, attention recomputed.

    Parameters
    ----------
    n_layers : float
        Layers of one card.
    d_model, sequence_length, batch_size : float
        The batch is what one card works on at once.
    tensor_parallel : float
        Cards that share each layer, with sequence parallelism.

    Returns
    -------
    float
        Bytes at 16 bits, for a feed-forward block of four times the width.

    Notes
    -----
    34 s b h / t a layer with selective recomputation: Korthikanti et al. 2022, section 5
    (arXiv 2205.05198).
    """
    return 34.0 * n_layers * sequence_length * batch_size * d_model / tensor_parallel


@checked
def checkpoint_bytes(n_layers, d_model, sequence_length, batch_size):
    """Return the bytes of activations when only each layer's input is kept.

    Parameters
    ----------
    n_layers, d_model, sequence_length, batch_size : float

    Returns
    -------
    float
        Bytes at 16 bits.

    Notes
    -----
    2 s b h a layer with full recomputation: Korthikanti et al. 2022, table 2 (arXiv 2205.05198).
    """
    return 2.0 * n_layers * sequence_length * batch_size * d_model
