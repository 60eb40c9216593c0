"""LLMCarbon's short counts of a model's parameters, from a few numbers of its shape.

`llmbook.transformer` counts to the last parameter; these show what LLMCarbon would assume.
"""

from llmbook.glossary import checked


@checked
def short_dense_params(n_layers, d_model, vocab_size):
    """Estimate the parameters of a dense model: 12 l h^2 + V h.

    Parameters
    ----------
    n_layers, d_model, vocab_size : float

    Returns
    -------
    float
        Parameters of a decoder whose feed-forward block is four times as wide as `d_model`; not
        for T5, which is neither.

    Notes
    -----
    Unverified: recalled from Faiz et al. 2024 (arXiv 2309.14393); the notes to its code hold the
    form of `megatron_dense_params`.
    """
    return 12.0 * n_layers * d_model * d_model + 1.0 * vocab_size * d_model


@checked
def megatron_dense_params(n_layers, d_model, vocab_size, sequence_length):
    """Estimate the parameters of a dense model with biases, normalisations and positions.

    Parameters
    ----------
    n_layers, d_model, vocab_size : float
    sequence_length : float
        Learned positions.

    Returns
    -------
    float
        Parameters: 12 l h^2 (1 + 13 / (12 h) + (V + s) / (12 l h)).

    Notes
    -----
    Narayanan et al. 2021, equation 2 (arXiv 2104.04473).
    """
    layers = 12.0 * n_layers * d_model * d_model
    vectors = 13.0 / (12.0 * d_model)
    embeddings = (1.0 * vocab_size + sequence_length) / (12.0 * n_layers * d_model)
    return layers * (1.0 + vectors + embeddings)


@checked
def short_moe_params(base_params, moe_share, n_layers, d_model, head_dim, n_heads, d_ff, n_experts):
    """Estimate the parameters of a mixture of experts from those of its dense base model.

    Parameters
    ----------
    base_params : float
        Of the base model.
    moe_share : float
        Share of the layers that have experts, 0 to 1.
    n_layers, d_model, head_dim, n_heads, d_ff, n_experts : float

    Returns
    -------
    float
        Parameters, experts of two matrices.

    Notes
    -----
    Unverified: recalled from Faiz et al. 2024 (arXiv 2309.14393), whose text was out of reach; it
    gives 619.7 billion for GShard, which has 619.
    """
    attention = 4.0 * d_model * head_dim * n_heads
    experts = 2.0 * d_model * d_ff * n_experts
    return (1.0 - moe_share) * base_params + moe_share * n_layers * (attention + experts)
