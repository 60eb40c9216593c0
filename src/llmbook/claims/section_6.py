"""Section VI of the paper: carbon footprint and sustainability.

As in the other sections, a function takes the inputs that ``claim_inputs.csv`` lists for it.
"""

from llmbook.carbon import accounting, llmcarbon, mlco2
from llmbook.claims.registry import claim
from llmbook.quantities import PERCENT, TONNE


@claim("VI-1")
def llmcarbon_estimate(**run):
    return llmcarbon.operational_kg(**run) / TONNE


@claim("VI-2")
def disparity(estimate, actual):
    return (estimate / actual - 1) / PERCENT


@claim("VI-3")
def actual_emission(actual):
    return actual


@claim("VI-5")
def mlco2_disparity(power_watts, device_hours, carbon_intensity, actual):
    estimate = mlco2.footprint_kg(power_watts, device_hours, carbon_intensity) / TONNE
    return disparity(estimate, actual)


@claim("VI-6")
def at_peak(flops, peak_flops, power_watts, pue, carbon_intensity):
    energy = accounting.energy_kwh(power_watts, flops / peak_flops, pue)
    return accounting.emissions_kg(energy, carbon_intensity) / TONNE
