"""The estimate of the mlco2 calculator: power times hours times the grid's intensity.

It knows neither FLOPs nor tokens: the user types the hours in, counted over all devices, and the
device draws its full power in each of them.  Nothing is added for the data centre (no PUE), for
hosts or for manufacture.
"""

import math
from decimal import ROUND_HALF_UP, Decimal

from llmbook.formula import check
from llmbook.glossary import GLOSSARY, checked
from llmbook.quantities import THOUSAND


@checked
def footprint_kg(power_watts, device_hours, carbon_intensity):
    """Return what the devices alone emit at full power.

    Parameters
    ----------
    power_watts : float
        Of one device.
    device_hours : float
        Hours times devices.
    carbon_intensity : float
        kg CO2e a kWh.

    Returns
    -------
    float
        kg CO2e; 457,142.4 for 10,000 V100 over the 14.8 days of GPT-3.

    Notes
    -----
    Lacoste et al. 2019 (arXiv 1910.09700), without the rounding of its web page.
    """
    return 1.0 * power_watts * device_hours / THOUSAND * carbon_intensity


def web_intensity(carbon_intensity):
    """Return what the web page makes of a region's intensity: whole grams, then hundredths of a kg.

    Parameters
    ----------
    carbon_intensity : float
        kg CO2e a kWh, as the page's table has it.  A number only, no array.

    Returns
    -------
    float
        kg CO2e a kWh; 16 g become 0.02 kg, 34.5 g become 0.03 kg.

    Notes
    -----
    mlco2/impact, ``js/data.js`` (``parseInt``) and ``js/grayscale.js`` (``twoDigits``).
    """
    _check(carbon_intensity=carbon_intensity)
    return _two_digits(math.floor(carbon_intensity * THOUSAND) / THOUSAND)


def web_typed_footprint_kg(power_watts, device_hours, carbon_intensity):
    """Return what the web page shows for an intensity that the user types in.

    Parameters
    ----------
    power_watts, device_hours : float
        Numbers only, no arrays.
    carbon_intensity : float
        kg CO2e a kWh, used as typed.

    Returns
    -------
    float
        kg CO2e, energy and result rounded to hundredths.

    Notes
    -----
    mlco2/impact, ``js/grayscale.js`` (``setDetails``).
    """
    _check(power_watts=power_watts, device_hours=device_hours, carbon_intensity=carbon_intensity)
    energy = _two_digits(power_watts * device_hours / THOUSAND)
    return _two_digits(energy * carbon_intensity)


def web_footprint_kg(power_watts, device_hours, carbon_intensity):
    """Return what the web page shows for a region of its table.

    Parameters
    ----------
    power_watts, device_hours : float
        Numbers only, no arrays.
    carbon_intensity : float
        kg CO2e a kWh of the region, before the page cuts it down.

    Returns
    -------
    float
        kg CO2e; energy, intensity and result are rounded.

    Notes
    -----
    mlco2/impact, ``js/grayscale.js`` (``setDetails``).
    """
    return web_typed_footprint_kg(power_watts, device_hours, web_intensity(carbon_intensity))


def _check(**values):
    for name, value in values.items():
        check(name, value, GLOSSARY[name])


def _two_digits(number):
    # As JavaScript's toFixed(2): the exact value of the float, halves up.
    return float(Decimal(number).quantize(Decimal("0.01"), ROUND_HALF_UP))
