"""How fast a model can answer: the ceiling that memory bandwidth sets."""

from llmbook.glossary import checked


@checked
def decode_rate_ceiling(bandwidth, bytes_per_token):
    """Return the most tokens a second that one sequence can be given.

    Parameters
    ----------
    bandwidth : float
        Bytes a second from memory, of all cards together.
    bytes_per_token : float
        Bytes read for each token: the weights that it uses, and its KV cache.

    Returns
    -------
    float
        Tokens a second at batch 1, an upper bound: each weight is read once a token.

    Notes
    -----
    Agarwal et al. 2023, "model bandwidth utilization" (see the references).
    """
    return 1.0 * bandwidth / bytes_per_token
