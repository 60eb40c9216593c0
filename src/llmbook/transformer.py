"""How many parameters a transformer has, what they weigh, and what its KV cache takes."""

from llmbook.formula import apply
from llmbook.glossary import checked


@checked
def attention_params(d_model, n_heads, n_kv_heads, head_dim):
    """Count the weights of one layer's attention: query and output, key and value.

    Parameters
    ----------
    d_model, n_heads, n_kv_heads, head_dim : float
        `n_kv_heads` equals `n_heads` in multi-head attention and is smaller in grouped-query
        attention.

    Returns
    -------
    float
        Parameters of a layer.

    Notes
    -----
    Vaswani et al. 2017 (arXiv 1706.03762); grouped queries: Ainslie et al. 2023
    (arXiv 2305.13245).
    """
    return 2.0 * d_model * head_dim * (n_heads + n_kv_heads)


@checked
def mlp_params(d_model, d_ff, n_mlp_matrices):
    """Count the weights of one feed-forward block.

    Parameters
    ----------
    d_model, d_ff, n_mlp_matrices : float

    Returns
    -------
    float
        Parameters of a block.

    Notes
    -----
    Gated blocks (SwiGLU) have three matrices: Shazeer 2020 (arXiv 2002.05202).
    """
    return 1.0 * n_mlp_matrices * d_model * d_ff


@checked
def vector_params(
    n_layers, d_model, n_heads, n_kv_heads, head_dim, d_ff, n_mlp_matrices, norm_vectors, uses_bias
):
    """Count what is no matrix: normalisations (two a layer, one at the end) and biases.

    Parameters
    ----------
    n_layers, d_model, n_heads, n_kv_heads, head_dim, d_ff, n_mlp_matrices : float
    norm_vectors, uses_bias : float

    Returns
    -------
    float
        Parameters of the whole model.
    """
    norms = (2.0 * n_layers + 1.0) * norm_vectors * d_model
    attention = head_dim * (n_heads + 2.0 * n_kv_heads) + d_model
    feed_forward = (n_mlp_matrices - 1.0) * d_ff + d_model
    return norms + n_layers * uses_bias * (attention + feed_forward)


@checked
def embedding_params(d_model, vocab_size, n_embeddings, n_positions):
    """Count the token matrices and the learned position vectors.

    Parameters
    ----------
    d_model, vocab_size, n_embeddings, n_positions : float

    Returns
    -------
    float
        Parameters.
    """
    return 1.0 * d_model * (n_embeddings * vocab_size + n_positions)


@checked
def dense_params(
    n_layers,
    d_model,
    n_heads,
    n_kv_heads,
    head_dim,
    d_ff,
    n_mlp_matrices,
    vocab_size,
    n_embeddings,
    n_positions,
    norm_vectors,
    uses_bias,
):
    """Count every parameter of a dense transformer.

    Parameters
    ----------
    n_layers, d_model, n_heads, n_kv_heads, head_dim, d_ff, n_mlp_matrices : float
    vocab_size, n_embeddings, n_positions, norm_vectors, uses_bias : float

    Returns
    -------
    float
        Parameters; for LLaMA-65B 65,285,660,672.
    """
    layer = attention_params(d_model, n_heads, n_kv_heads, head_dim) + mlp_params(
        d_model, d_ff, n_mlp_matrices
    )
    vectors = vector_params(
        n_layers,
        d_model,
        n_heads,
        n_kv_heads,
        head_dim,
        d_ff,
        n_mlp_matrices,
        norm_vectors,
        uses_bias,
    )
    embeddings = embedding_params(d_model, vocab_size, n_embeddings, n_positions)
    return n_layers * layer + vectors + embeddings


@checked
def expert_params(n_layers, d_model, d_ff, n_mlp_matrices, n_experts, n_active_experts):
    """Count what the experts beside the first add, and the router that chooses among them.

    Parameters
    ----------
    n_layers, d_model, d_ff, n_mlp_matrices : float
    n_experts : float
        Experts that the router chooses from.
    n_active_experts : float
        Experts to be counted: all of them for the memory, those a token uses for its FLOPs.

    Returns
    -------
    float
        Parameters beyond those of the dense model with one feed-forward block.

    Notes
    -----
    Mixtral: Jiang et al. 2024 (arXiv 2401.04088).
    """
    others = (n_active_experts - 1.0) * mlp_params(d_model, d_ff, n_mlp_matrices)
    return n_layers * (others + 1.0 * d_model * n_experts)


def model_params(model):
    """Count every parameter of a model of the table.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.

    Returns
    -------
    float
        Parameters.
    """
    if model.n_experts == 1:
        return apply(dense_params, model)
    return apply(dense_params, model) + apply(
        expert_params, model, n_active_experts=model.n_experts
    )


def model_active_params(model):
    """Count the parameters of a model that one token uses.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.

    Returns
    -------
    float
        Parameters; the same as `model_params` for a dense model.
    """
    if model.n_experts == 1:
        return apply(dense_params, model)
    return apply(dense_params, model) + apply(expert_params, model)


@checked
def weight_bytes(n_params, bytes_per_param):
    """Return the bytes that the parameters take.

    Parameters
    ----------
    n_params : float
    bytes_per_param : float
        2 for FP16 and BF16, 1 for INT8, 0.5 for four bits; see ``data.table("number_formats")``.

    Returns
    -------
    float
        Bytes.
    """
    return 1.0 * n_params * bytes_per_param


@checked
def kv_cache_bytes(n_layers, n_kv_heads, head_dim, n_tokens, batch_size, bytes_per_value):
    """Return the bytes that keys and values of past tokens take.

    Parameters
    ----------
    n_layers, n_kv_heads, head_dim : float
    n_tokens : float
        Tokens kept of each sequence.
    batch_size : float
    bytes_per_value : float

    Returns
    -------
    float
        Bytes; 1,342,177,280 for Llama 2 70B at 4,096 tokens of FP16.

    Notes
    -----
    One key and one value for each layer, key head and token: Shazeer 2019 (arXiv 1911.02150);
    grouped queries keep fewer heads: Ainslie et al. 2023 (arXiv 2305.13245).
    """
    values_per_token = 2.0 * n_layers * n_kv_heads * head_dim
    return values_per_token * n_tokens * batch_size * bytes_per_value
