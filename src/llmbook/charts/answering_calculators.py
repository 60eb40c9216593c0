"""The calculator of chapter VI of what answers emit, and when they overtake the training."""

import functools

import altair as alt

from llmbook.carbon import inference
from llmbook.charts.calculator import Calculator, Slider, Stage
from llmbook.charts.pictures import curve_with_point, powers
from llmbook.quantities import BILLION, MILLION, THOUSAND


def answering_calculator(
    n_devices,
    system_power_watts,
    pue,
    tokens_per_second,
    carbon_intensity,
    words_per_token,
    training_energy_kwh,
):
    """Return the calculator of the energy and the emissions of answers.

    Parameters
    ----------
    n_devices : float
        Cards of the server whose rate is set.  No control: with other cards the rate is another.
    system_power_watts, pue, tokens_per_second : float
    carbon_intensity, words_per_token, training_energy_kwh : float
        Where the controls start, each rounded to the step of its control.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider("system_power_watts", system_power_watts, "Power of a card", "W", 100, 2500, 5),
        Slider("pue", pue, "PUE", "", 1, 2, 0.01),
        Slider(
            "tokens_per_second",
            round(tokens_per_second),
            f"Tokens a second of all {n_devices} cards",
            "",
            5,
            20000,
            1,
        ),
        Slider("carbon_intensity", round(carbon_intensity, 3), "Grid", "kg a kWh", 0.005, 1, 0.001),
        Slider("words_per_token", round(words_per_token, 2), "Words a token", "", 0.3, 1.2, 0.01),
        Slider(
            "training_energy_kwh",
            round(training_energy_kwh / THOUSAND) * THOUSAND,
            "Training took",
            "MWh",
            1,
            50000,
            1,
            THOUSAND,
        ),
    ]
    stages = [
        Stage(
            "token_energy_kwh",
            inference.token_energy_kwh,
            "A million tokens take",
            "kWh",
            ",.3f",
            1.0 / MILLION,
            fixed={"n_devices": n_devices},
        ),
        Stage("kg", inference.mtok_carbon_kg, "A million tokens emit", "kg CO₂e", ",.3f"),
        Stage("grams", inference.words_carbon_g, "A thousand words emit", "g CO₂e", ",.3f"),
        Stage(
            "overtaken",
            inference.overtaking_tokens,
            "Answers that overtake the training",
            "billion tokens",
            ",.1f",
            BILLION,
        ),
    ]
    return Calculator(
        inputs,
        stages,
        functools.partial(_picture, n_devices),
        title="What a million tokens of answers take, by how busy the server is",
        description="A falling curve on log axes of the kWh of a million tokens against the tokens "
        "a second of one server, with a point at the rate that is set. Both move with the "
        "controls. The power stays as set at every rate.",
        name="answering",
    )


def _picture(n_devices, known):
    curve = inference.token_energy_kwh(
        n_devices, known["system_power_watts"], known["pue"], alt.datum.place
    )
    return curve_with_point(
        powers(0, 4),
        curve * MILLION,
        (known["tokens_per_second"] * 1.0, known["token_energy_kwh"] * MILLION),
        {"title": "tokens a second of all answers (log scale)", "scale": alt.Scale(type="log")},
        {"title": "kWh for a million tokens", "scale": alt.Scale(type="log")},
    )
