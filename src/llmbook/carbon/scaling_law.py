"""The test loss that LLMCarbon expects of a model, to weigh quality against carbon."""

from llmbook.glossary import checked


@checked
def expected_loss(
    n_params,
    n_tokens,
    params_scale,
    params_exponent,
    tokens_scale,
    tokens_exponent,
    irreducible_loss,
):
    """Return the test loss of a dense model trained on a number of tokens.

    Parameters
    ----------
    n_params, n_tokens : float
    params_scale, params_exponent : float
        A and alpha of A / N^alpha.
    tokens_scale, tokens_exponent : float
        B and beta of B / D^beta.
    irreducible_loss : float
        What no model gets below.

    Returns
    -------
    float
        Nats a token.

    Notes
    -----
    Hoffmann et al. 2022, section 3.3 (arXiv 2203.15556).  Faiz et al. 2024 give the law; the code
    that they published has no such function.
    """
    params = params_scale / (1.0 * n_params) ** params_exponent
    tokens = tokens_scale / (1.0 * n_tokens) ** tokens_exponent
    return params + tokens + irreducible_loss
