"""LLMCarbon's guess at devices, batch and rate of a run that nobody has measured.

Four curves were fitted to table 1 of Narayanan et al. 2021 (arXiv 2104.04473), runs on A100 cards;
their coefficients are data.  LLMCarbon's own comparison does not use them: it takes the measured
rates.  With the curves it misses GPT-3 by half.
"""

from llmbook.elementwise import ceil, maximum, minimum, where, whole_units
from llmbook.glossary import checked


@checked
def fitted(fit_input, intercept, slope, curvature):
    """Evaluate one of LLMCarbon's four curves.

    Parameters
    ----------
    fit_input : float
        Parameters of the model; for the batch, groups of layers on own cards.
    intercept, slope, curvature : float
        Of c + b x - k x^2.  All four curves bend down: the published a is -k.

    Returns
    -------
    float
        TFLOP/s of a card, cards or sequences, as the coefficients say; zero where the curve has
        fallen below it, far beyond the models that it was fitted to.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393) and its code, ``predict_num_throughput``.
    """
    return maximum(intercept + (slope - 1.0 * curvature * fit_input) * fit_input, 0.0)


@checked
def tensor_degree(n_params, params_per_byte, memory_bytes, devices_per_host):
    """Return over how many cards of a server each layer is cut.

    Parameters
    ----------
    n_params : float
        For a mixture of experts those of its base model.
    params_per_byte : float
        Parameters trained for each byte of a card; LLMCarbon takes 0.03.
    memory_bytes : float
        Of one card.
    devices_per_host : float

    Returns
    -------
    float
        Whole cards, all of a server at most.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    cards = whole_units(n_params / (1.0 * params_per_byte * memory_bytes))
    return minimum(cards, devices_per_host)


@checked
def pipeline_degree(n_params, params_per_byte, memory_bytes, devices_per_host):
    """Return into how many groups, a server each, the layers are split.

    Parameters
    ----------
    n_params, params_per_byte, memory_bytes, devices_per_host : float
        As in `tensor_degree`.

    Returns
    -------
    float
        Whole groups.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    return whole_units(n_params / (1.0 * params_per_byte * memory_bytes * devices_per_host))


@checked
def device_count(fitted_devices, tensor_parallel, pipeline_parallel, device_factor):
    """Return the cards of a run: whole copies of the model, as near to the curve as they come.

    Parameters
    ----------
    fitted_devices : float
        What the curve says.
    tensor_parallel, pipeline_parallel : float
        Their product is one copy.
    device_factor : float
        Cards for each A100 of 80 GB; LLMCarbon takes 2.5 for a V100.

    Returns
    -------
    float
        Whole cards.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    copy = 1.0 * tensor_parallel * pipeline_parallel
    return _nearest(_nearest(fitted_devices / copy) * copy * device_factor)


@checked
def batch_sequences(fitted_batch, pipeline_parallel, n_devices, small_batch, batch_multiple):
    """Return the sequences of a step.

    Parameters
    ----------
    fitted_batch : float
        What the curve says.
    pipeline_parallel : float
    n_devices : float
        No card is left without a sequence.
    small_batch : float
        For models that fit one server; LLMCarbon takes 512.
    batch_multiple : float
        The curve is rounded to it; LLMCarbon takes 8.

    Returns
    -------
    float
        Sequences.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    rounded = _nearest(1.0 * fitted_batch / batch_multiple) * batch_multiple
    return maximum(where(pipeline_parallel > 1.0, rounded, small_batch), n_devices)


@checked
def fitted_rate(tensor_rate, pipeline_rate, pipeline_parallel):
    """Choose the curve that a model goes by.

    Parameters
    ----------
    tensor_rate : float
        FLOP/s of a card by the curve of models inside one server.
    pipeline_rate : float
        FLOP/s of a card by the curve of models over several servers.
    pipeline_parallel : float

    Returns
    -------
    float
        FLOP/s of an A100.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    return where(pipeline_parallel > 1.0, pipeline_rate, tensor_rate)


@checked
def rate_on_other_card(achieved_flops, peak_flops, other_peak_flops, lost_share):
    """Carry a rate over to another card, at the same share of its peak less a loss.

    Parameters
    ----------
    achieved_flops, peak_flops : float
        FLOP/s of the card that was measured.
    other_peak_flops : float
        FLOP/s of the other.
    lost_share : float
        LLMCarbon takes 7.76 / 33.46 for a V100, two speeds of the cards in a benchmark: their
        ratio, which it uses as if it were the loss.

    Returns
    -------
    float
        FLOP/s.

    Notes
    -----
    Code of Faiz et al. 2024, ``predict_num_throughput`` (see the references).
    """
    return achieved_flops * (1.0 - lost_share) / peak_flops * other_peak_flops


def _nearest(x):
    # Halves go down; NumPy, which LLMCarbon rounds with, takes them to the even side.
    return ceil(x - 0.5)
