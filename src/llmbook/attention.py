"""What attention reads and computes: cached bytes a token, tokens in the window, FLOPs."""

from llmbook.elementwise import minimum
from llmbook.glossary import checked


@checked
def cached_token_bytes(n_layers, n_kv_heads, head_dim, bytes_per_value, tensor_parallel):
    """Return the bytes of keys and values that one card keeps, and reads, for a cached token.

    Parameters
    ----------
    n_layers, n_kv_heads, head_dim : float
        `n_kv_heads` is the number of query heads in multi-head attention.
    bytes_per_value : float
    tensor_parallel : float
        Cards that share the heads.  More cards than heads hold copies: the bytes of a card
        never fall below those of one head.

    Returns
    -------
    float
        Bytes; 327,680 for Llama 2 70B in FP16 on one card, 40,960 on eight or more.

    Notes
    -----
    Pope et al. 2022 (arXiv 2211.05102) on how heads are split and copied.
    """
    split = minimum(1.0 * tensor_parallel, 1.0 * n_kv_heads)
    return 2.0 * n_layers * n_kv_heads * head_dim * bytes_per_value / split


@checked
def latent_token_bytes(n_layers, latent_width, bytes_per_value):
    """Return the bytes that multi-head latent attention keeps, and reads, for a cached token.

    Parameters
    ----------
    n_layers : float
    latent_width : float
        Numbers of the latent vector with its rotary part: 512 + 64 in DeepSeek-V2 and V3.
    bytes_per_value : float

    Returns
    -------
    float
        Bytes on each card: every card needs the whole vector, however many share the heads.

    Notes
    -----
    DeepSeek-AI 2024 (arXiv 2405.04434).
    """
    return 1.0 * n_layers * latent_width * bytes_per_value


@checked
def attended_tokens(context_tokens, window_tokens):
    """Return how many tokens attention reads when it looks back over a sliding window.

    Parameters
    ----------
    context_tokens : float
        Tokens so far.
    window_tokens : float
        The most that are kept.

    Returns
    -------
    float
        Tokens.

    Notes
    -----
    Mistral 7B: Jiang et al. 2023 (arXiv 2310.06825).
    """
    return minimum(1.0 * context_tokens, 1.0 * window_tokens)


@checked
def causal_attention_flops(n_layers, n_heads, head_dim, prompt_tokens, window_tokens):
    """Return the FLOPs of attention over one prompt, each token looking back only.

    Parameters
    ----------
    n_layers, n_heads, head_dim : float
    prompt_tokens : float
    window_tokens : float
        The most tokens that each looks back on; anything beyond the prompt makes no difference.

    Returns
    -------
    float
        FLOPs: scores and weighted sum, four a pair of tokens and a number of a head.  A prompt of
        T tokens has T^2 / 2 pairs, w T - w^2 / 2 with a window of w.
    """
    width = attended_tokens(prompt_tokens, window_tokens)
    pairs = width * (1.0 * prompt_tokens - 0.5 * width)
    return 4.0 * n_layers * n_heads * head_dim * pairs
