import pytest

from llmbook.carbon.mlco2 import (
    footprint_kg,
    web_footprint_kg,
    web_intensity,
    web_typed_footprint_kg,
)


def test_footprint_by_hand():
    # 2 kW for 3 hours at half a kg.
    assert footprint_kg(2000, 3, 0.5) == 3
    assert footprint_kg(300, 0, 0.5) == 0
    assert footprint_kg(300, 10, 0) == 0


def test_gpt_3_and_xlm():
    # 10,000 V100 for 14.8 days, 512 of them for 20.4; an under-estimate of 552.1 t and 39 t.
    assert footprint_kg(300, 10_000 * 14.8 * 24, 0.429) == pytest.approx(457_142.4)
    assert footprint_kg(300, 512 * 20.4 * 24, 0.413) == pytest.approx(31_058.66, abs=0.01)


@pytest.mark.parametrize(
    ("tonnes", "n_devices", "days", "intensity"),
    [
        (60.27, 512, 20, 0.545),
        (5.93, 1000, 3.1, 0.177),
        (6.07, 1024, 3.1, 0.177),
        (96.23, 1000, 27, 0.33),
    ],
)
def test_tpu_rows_of_llmcarbon(tonnes, n_devices, days, intensity):
    kg = footprint_kg(450, n_devices * days * 24, intensity)
    assert kg / 1000 == pytest.approx(tonnes, abs=0.005)


def test_what_the_web_page_makes_of_an_intensity():
    # Zurich and Montreal.
    assert web_intensity(0.016) == 0.02
    assert web_intensity(0.0345) == 0.03
    assert web_intensity(0.0349999) == 0.03
    assert web_intensity(0.035) == 0.04
    assert web_intensity(0.429) == 0.43


@pytest.mark.parametrize(
    ("grams", "shown"),
    # What (grams / 1000).toFixed(2) is in Node; 15 and 145 as floats are a little less than half.
    [(0, 0), (4, 0), (5, 0.01), (15, 0.01), (25, 0.03), (35, 0.04), (145, 0.14), (875, 0.88)],
)
def test_halves_round_as_in_a_browser(grams, shown):
    assert web_intensity(grams / 1000) == shown


def test_whole_grams_stay_whole():
    # Whatever the float of so many grams, it is shown within half a hundredth.
    for grams in range(2000):
        assert abs(web_intensity(grams / 1000) - grams / 1000) <= 0.005 + 1e-12, grams


def test_what_the_web_page_shows():
    assert web_typed_footprint_kg(300, 3_552_000, 0.429) == 457_142.4
    assert web_footprint_kg(300, 3_552_000, 0.429) == 458_208
    # 0.333 kWh become 0.33, 0.33 x 0.432 = 0.14256 become 0.14.
    assert web_typed_footprint_kg(333, 1, 0.432) == 0.14
    # 0.335 kWh become 0.34, 0.34 x 0.5 = 0.17, where 0.335 x 0.495 is 0.165825.
    assert web_footprint_kg(335, 1, 0.4959) == 0.17
    # Exactly an eighth of a kWh.
    assert web_typed_footprint_kg(125, 1, 1) == 0.13
    # Too little to show.
    assert web_footprint_kg(4, 1, 0.5) == 0


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        ("power_watts", -1.0, "at least 0"),
        ("device_hours", -1.0, "at least 0"),
        ("carbon_intensity", -0.001, "at least 0"),
        ("carbon_intensity", float("nan"), "at least 0"),
        ("device_hours", True, "at least 0"),
        ("power_watts", "300", "at least 0"),
    ],
)
def test_bad_input_names_argument_value_and_what_is_allowed(argument, value, allowed):
    good = {"power_watts": 300, "device_hours": 1, "carbon_intensity": 0.4}
    for function in (footprint_kg, web_footprint_kg, web_typed_footprint_kg):
        with pytest.raises(ValueError, match=f"^{argument} must be .*{allowed}.* got {value!r}"):
            function(**good | {argument: value})
