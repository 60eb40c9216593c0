import pytest

from llmbook import data
from llmbook.carbon.llmcarbon import operational_kg
from llmbook.formula import apply
from llmbook.projections import predicted_run


@pytest.mark.parametrize(
    ("key", "devices", "tonnes"),
    # The regressions' answers at the row's own power, worked by hand from the published curves.
    [
        ("t5", 2120, 49.93),
        ("gpt-3", 3680, 299.9),
        ("gshard", 2025, 5.04),
        ("switch", 2080, 50.4),
        ("xlm", 2005, 24.0),
    ],
)
def test_llmcarbons_own_prediction(key, devices, tonnes):
    run = data.row("llmcarbon_runs", key)
    predicted = predicted_run(run)
    assert predicted["n_devices"] == devices
    given = predicted | {
        "peak_flops": data.accelerator("v100-32").fp16_flops,
        "carbon_intensity": run.carbon_intensity_kg_per_kwh,
    }
    assert apply(operational_kg, run, **given) / 1000 == pytest.approx(tonnes, rel=2e-3)


def test_no_constants_for_other_cards():
    with pytest.raises(ValueError, match=r"^card must be one of v100-32.*got 'a100-80'"):
        predicted_run(data.row("llmcarbon_runs", "gpt-3"), "a100-80")
