"""LLMCarbon's own prediction of a run's cards and efficiency, with the constants of its code."""

from llmbook import data
from llmbook.carbon import throughput
from llmbook.carbon.llmcarbon import hardware_efficiency
from llmbook.quantities import TFLOPS

_V100 = ("v100-32",)


def predicted_run(run, card="v100-32"):
    """Predict what LLMCarbon would have said before the run, on V100 cards.

    Parameters
    ----------
    run : object
        A row of ``llmcarbon_runs``, or anything with ``n_active_params``.
    card : str
        A V100 of ``accelerators``: the constants for other cards are not published.

    Returns
    -------
    dict of str to float
        ``n_devices`` and ``efficiency``, arguments of ``carbon.llmcarbon.operational_kg``.

    Raises
    ------
    ValueError
        If the card is no V100.

    Notes
    -----
    ``predict_num_throughput`` of the reference implementation (see the references).
    """
    if card not in _V100:
        raise ValueError(
            f"card must be one of {', '.join(_V100)}, whose constants are known, got {card!r}"
        )
    v100, a100 = data.accelerator(card), data.accelerator("a100-80")
    n_params = run.n_active_params
    cut = (n_params, _constant("params-per-byte"), v100.memory_bytes, _constant("devices-per-host"))
    tensor, pipeline = throughput.tensor_degree(*cut), throughput.pipeline_degree(*cut)
    on_a100 = throughput.fitted_rate(
        _curve("tensor-flops", n_params) * TFLOPS,
        _curve("pipeline-flops", n_params) * TFLOPS,
        pipeline,
    )
    rate = throughput.rate_on_other_card(
        on_a100, a100.fp16_flops, v100.fp16_flops, _constant("lost-share-v100")
    )
    devices = throughput.device_count(
        _curve("devices", n_params), tensor, pipeline, _constant("device-factor-v100")
    )
    return {"n_devices": devices, "efficiency": hardware_efficiency(rate, v100.fp16_flops)}


def _curve(key, x):
    fit = data.row("throughput_fits", key)
    # The published coefficient of the square is negative: all four curves bend down.
    return throughput.fitted(x, fit.c, fit.b, -fit.a)


def _constant(key):
    return data.row("llmcarbon_constants", key).value
