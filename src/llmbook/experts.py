"""How many experts of a mixture a batch touches, and so how many weights it reads."""

from llmbook.elementwise import maximum
from llmbook.glossary import checked


@checked
def experts_touched(n_experts, n_active_experts, n_tokens):
    """Return the expected number of experts that at least one token of a step uses.

    Parameters
    ----------
    n_experts : float
    n_active_experts : float
        Experts that each token uses.
    n_tokens : float
        Tokens of the step: the batch in decode, all prompt tokens in prefill.

    Returns
    -------
    float
        Experts: `n_active_experts` for one token, close to all of them from a few dozen.

    Notes
    -----
    Each token draws its experts evenly and for itself: a share 1 - k/E of them misses an expert.
    """
    missed = maximum(1.0 - 1.0 * n_active_experts / n_experts, 0.0)
    return n_experts * (1.0 - missed**n_tokens)


@checked
def touched_params(n_params, n_layers, n_experts, experts_in_use, params_per_expert):
    """Return the parameters that a step reads, the unused experts left out.

    Parameters
    ----------
    n_params : float
        All that a step with every expert in use reads.
    n_layers : float
        All of them with experts.
    n_experts : float
    experts_in_use : float
        Of each layer, see `experts_touched`.
    params_per_expert : float
        Of one layer.

    Returns
    -------
    float
        Parameters, never below none.
    """
    unused = maximum(1.0 * n_experts - experts_in_use, 0.0)
    return maximum(n_params - n_layers * unused * params_per_expert, 0.0)
