"""How long a training run takes, how well it uses its cards, and what the cards' rent is."""

from llmbook.glossary import checked
from llmbook.quantities import HOUR


@checked
def training_flops(n_active_params, n_tokens):
    """Return the model FLOPs of a training run, 6ND.

    Parameters
    ----------
    n_active_params : float
        Parameters that a token uses; all of them in a dense model.
    n_tokens : float

    Returns
    -------
    float
        FLOP: two for each parameter and token forward, four backward; attention over the
        sequence is not in it.

    Notes
    -----
    Kaplan et al. 2020, section 2.1 (arXiv 2001.08361).
    """
    return 6.0 * n_active_params * n_tokens


@checked
def attention_flops(n_layers, n_heads, head_dim, sequence_length, n_tokens):
    """Return what attention over the sequence adds to 6ND in training.

    Parameters
    ----------
    n_layers, n_heads, head_dim, sequence_length : float
    n_tokens : float
        Tokens trained on.

    Returns
    -------
    float
        FLOP, counting the whole square of the sequence as the field does.

    Notes
    -----
    12 L H Q T a token: Chowdhery et al. 2022, appendix B (arXiv 2204.02311).
    """
    return 12.0 * n_layers * n_heads * head_dim * sequence_length * n_tokens


@checked
def training_device_seconds(n_active_params, n_tokens, peak_flops, mfu):
    """Return the seconds that all cards together spend on a training run.

    Parameters
    ----------
    n_active_params, n_tokens : float
    peak_flops : float
        Of one card.
    mfu : float
        Model FLOPs utilization, 0 to 1.

    Returns
    -------
    float
        Seconds times cards.
    """
    return training_flops(n_active_params, n_tokens) / (1.0 * peak_flops * mfu)


@checked
def training_seconds(n_active_params, n_tokens, n_devices, peak_flops, mfu):
    """Return the time of a training run at a given utilization.

    Parameters
    ----------
    n_active_params, n_tokens : float
    n_devices : float
    peak_flops : float
        Of one card.
    mfu : float
        Model FLOPs utilization, 0 to 1.

    Returns
    -------
    float
        Seconds, without restarts and stops.
    """
    return training_device_seconds(n_active_params, n_tokens, peak_flops, mfu) / (1.0 * n_devices)


@checked
def seconds_at_rate(n_tokens, n_devices, tokens_per_device_second):
    """Return the time of a training run from the rate that one card was seen to reach.

    Parameters
    ----------
    n_tokens, n_devices : float
    tokens_per_device_second : float

    Returns
    -------
    float
        Seconds.
    """
    return n_tokens / (1.0 * n_devices * tokens_per_device_second)


@checked
def model_flops_utilization(n_active_params, n_tokens, device_seconds, peak_flops):
    """Return the share of the cards' peak that went into 6ND.

    Parameters
    ----------
    n_active_params, n_tokens : float
    device_seconds : float
        Seconds times cards.
    peak_flops : float
        Of one card.

    Returns
    -------
    float
        MFU as a fraction; above 1 means that an input is wrong.

    Notes
    -----
    Chowdhery et al. 2022, section 4.1 (arXiv 2204.02311).
    """
    return training_flops(n_active_params, n_tokens) / (1.0 * device_seconds * peak_flops)


@checked
def hardware_flops_utilization(mfu, recomputed_forwards):
    """Return the utilization that counts recomputed forward passes as work.

    Parameters
    ----------
    mfu : float
    recomputed_forwards : float
        0 if activations are kept, 1 if all are computed again.

    Returns
    -------
    float
        HFU as a fraction: a forward pass is a third of 6ND.

    Notes
    -----
    Chowdhery et al. 2022, section 4.1 (arXiv 2204.02311).
    """
    return mfu * (3.0 + recomputed_forwards) / 3.0


@checked
def rental_usd(device_seconds, usd_per_hour):
    """Return the rent of the cards.

    Parameters
    ----------
    device_seconds : float
        Seconds times cards.
    usd_per_hour : float
        Of one card.

    Returns
    -------
    float
        USD.
    """
    return device_seconds / HOUR * usd_per_hour
