"""The estimate of LLMCarbon: FLOPs, efficiency and power for the run, kg per part for the hardware.

The time of a training run is `llmbook.training.training_seconds`, with the efficiency for its MFU.
What a mixture of experts emits is computed from the parameters of its base model, which stand for
those that a token uses.

The efficiency is an input.  The paper also says how it falls when a run uses fewer or more devices
than the best number, but with constants (its gamma 0, 1 and 2) that were never published; nothing
here pretends to know them.  Likewise the paper writes the power as peak power times efficiency,
while its code and its table use the measured mean power, as here: for GPT-3 that is 553 t
against 99 t.
"""

from llmbook.carbon.accounting import emissions_kg, energy_kwh
from llmbook.formula import check
from llmbook.glossary import GLOSSARY, checked
from llmbook.training import training_seconds


def hardware_efficiency(achieved_flops, peak_flops):
    """Return the share of the peak rate that a device reaches.

    Parameters
    ----------
    achieved_flops, peak_flops : float
        FLOP a second of one device.

    Returns
    -------
    float
        Fraction; the same as the MFU when the FLOPs are 6ND.

    Raises
    ------
    ValueError
        If a rate is no number above 0, or the device would reach more than its peak.

    Notes
    -----
    Faiz et al. 2024, "hardware efficiency" (arXiv 2309.14393).
    """
    check("achieved_flops", achieved_flops, GLOSSARY["achieved_flops"])
    check("peak_flops", peak_flops, GLOSSARY["peak_flops"])
    # Not one of the @checked formulas, which answer for any two values in their domains.
    share = 1.0 * achieved_flops / peak_flops
    check("efficiency", share, GLOSSARY["efficiency"])
    return share


@checked
def inference_flops(n_active_params, n_tokens):
    """Return the FLOPs of reading and writing tokens, 2PD.

    Parameters
    ----------
    n_active_params : float
        Parameters that a token uses; for a mixture of experts those of its base model.
    n_tokens : float

    Returns
    -------
    float
        FLOP, a third of training on the same tokens; attention over the sequence is not in it.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393).
    """
    return 2.0 * n_active_params * n_tokens


@checked
def inference_seconds(n_active_params, n_tokens, n_devices, peak_flops, efficiency):
    """Return how long the devices read and write tokens.

    Parameters
    ----------
    n_active_params, n_tokens : float
    n_devices : float
    peak_flops : float
        Of one device.
    efficiency : float
        Achieved over peak rate, 0 to 1; decoding reaches far less than training.

    Returns
    -------
    float
        Seconds by the clock.

    Notes
    -----
    Faiz et al. 2024, the time of a device (arXiv 2309.14393).
    """
    return inference_flops(n_active_params, n_tokens) / (1.0 * n_devices * peak_flops * efficiency)


@checked
def operational_energy_kwh(n_devices, used_seconds, system_power_watts, pue):
    """Return the energy of a run, data centre included.

    Parameters
    ----------
    n_devices : float
    used_seconds : float
        By the clock.
    system_power_watts : float
        Mean draw of one device with its share of the server.
    pue : float

    Returns
    -------
    float
        kWh.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393), with the power as its code takes it.
    """
    return energy_kwh(system_power_watts, 1.0 * n_devices * used_seconds, pue)


@checked
def operational_kg(
    n_active_params,
    n_tokens,
    n_devices,
    peak_flops,
    efficiency,
    system_power_watts,
    pue,
    carbon_intensity,
):
    """Return what training emits while it runs.

    Parameters
    ----------
    n_active_params : float
        All parameters of a dense model, those of the base model of a mixture of experts.
    n_tokens : float
        Tokens trained on.
    n_devices : float
        Changes the days, not the kg: twice the devices need half the time.
    peak_flops : float
        Of one device.
    efficiency : float
        Achieved over peak rate, 0 to 1.
    system_power_watts : float
        Mean draw of one device with its share of the server.
    pue : float
    carbon_intensity : float
        kg CO2e a kWh.

    Returns
    -------
    float
        kg CO2e; 553,345 for GPT-3, which emitted an estimated 552,100.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393) and its code, ``training_co2eq``.
    """
    seconds = training_seconds(n_active_params, n_tokens, n_devices, peak_flops, efficiency)
    return _run_kg(seconds, n_devices, system_power_watts, pue, carbon_intensity)


@checked
def inference_kg(
    n_active_params,
    n_tokens,
    n_devices,
    peak_flops,
    efficiency,
    system_power_watts,
    pue,
    carbon_intensity,
):
    """Return what reading and writing tokens emits.

    Parameters
    ----------
    n_active_params : float
    n_tokens : float
        Tokens read and written; the code of LLMCarbon puts those of training here.
    n_devices, peak_flops, efficiency, system_power_watts, pue, carbon_intensity : float
        As in `operational_kg`; the efficiency of decoding is far below that of training.

    Returns
    -------
    float
        kg CO2e.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393) and its code, ``inference_co2eq``.
    """
    seconds = inference_seconds(n_active_params, n_tokens, n_devices, peak_flops, efficiency)
    return _run_kg(seconds, n_devices, system_power_watts, pue, carbon_intensity)


@checked
def embodied_kg(amount, carbon_per_amount, count, used_seconds, lifetime_seconds, utilization=1.0):
    """Return the share that a use has in what making one sort of part emitted.

    Parameters
    ----------
    amount : float
        Of one part: cm2 of a chip, GB of memory or disk, 1 for a whole server.
    carbon_per_amount : float
        kg CO2e for each of them.
    count : float
        Parts.
    used_seconds : float
        By the clock; a use of several lives wears out as many parts, one after the other.
    lifetime_seconds : float
        LLMCarbon takes five years of 365 days.
    utilization : float
        Share of its life in which the part works at all; LLMCarbon takes 1.

    Returns
    -------
    float
        kg CO2e.

    Notes
    -----
    Faiz et al. 2024 (arXiv 2309.14393); utilization after Luccioni et al. 2022
    (arXiv 2211.02001).
    """
    share = used_seconds / (1.0 * lifetime_seconds * utilization)
    return 1.0 * amount * carbon_per_amount * count * share


def _run_kg(seconds, n_devices, system_power_watts, pue, carbon_intensity):
    # What both uses share: only the FLOPs, and so the seconds, differ.
    energy = operational_energy_kwh(n_devices, seconds, system_power_watts, pue)
    return emissions_kg(energy, carbon_intensity)
