import pytest

from llmbook.carbon import llmcarbon
from llmbook.carbon.llmcarbon import embodied_kg, inference_kg, operational_kg
from llmbook.quantities import BILLION, DAY, TFLOPS
from llmbook.training import training_flops, training_seconds

# The rows of LLMCarbon's data/database.csv and what its own code makes of them.
RUNS = {
    "T5": (11, 600, 512, 123, 0.37, 310, 1.12, 0.545),
    "GPT-3": (175, 300, 10_000, 125, 0.197, 330, 1.1, 0.429),
    "GShard": (2.3, 1000, 1000, 123, 0.39, 288, 1.09, 0.177),
    "Switch": (7.41, 2000, 1000, 123, 0.28, 245, 1.1, 0.33),
    "XLM": (0.55, 7000, 512, 125, 0.212, 342, 1.1, 0.413),
}
FOUND = {
    "T5": (3.96e22, 19.6700, 83.9200, 45.7364, 15.2455),
    "GPT-3": (3.15e23, 14.8054, 1289.8477, 553.3447, 184.4482),
    "GShard": (1.38e22, 3.3296, 25.0857, 4.4402, 1.4801),
    "Switch": (8.892e22, 29.8829, 193.2825, 63.7832, 21.2611),
    "XLM": (2.31e22, 19.7053, 91.0925, 37.6212, 12.5404),
}


def in_si(run):
    params, tokens, devices, peak, efficiency, watts, pue, intensity = run
    return (
        params * BILLION,
        tokens * BILLION,
        devices,
        peak * TFLOPS,
        efficiency,
        watts,
        pue,
        intensity,
    )


@pytest.mark.parametrize("name", RUNS)
def test_the_run_of_the_reference_code(name):
    run = in_si(RUNS[name])
    _, _, devices, _, _, watts, pue, _ = run
    flops, days, energy, training, inference = FOUND[name]
    seconds = training_seconds(*run[:5])
    assert training_flops(*run[:2]) == pytest.approx(flops)
    assert seconds / DAY == pytest.approx(days, abs=6e-5)
    kwh = llmcarbon.operational_energy_kwh(devices, seconds, watts, pue)
    assert kwh / 1000 == pytest.approx(energy, abs=6e-5)
    assert operational_kg(*run) / 1000 == pytest.approx(training, abs=6e-5)
    assert inference_kg(*run) / 1000 == pytest.approx(inference, abs=6e-5)


def test_achieved_rate_in_place_of_the_rounded_efficiency():
    efficiency = llmcarbon.hardware_efficiency(24.6 * TFLOPS, 125 * TFLOPS)
    assert efficiency == pytest.approx(0.1968)
    run = in_si(RUNS["GPT-3"])
    kg = operational_kg(*run[:4], efficiency, *run[5:])
    assert kg / 1000 == pytest.approx(553.907, abs=5e-4)


@pytest.mark.parametrize(
    ("achieved", "peak", "message"),
    [
        (126e12, 125e12, "^efficiency must be .*at most 1, got 1.008"),
        (0.0, 125e12, "^achieved_flops must be .*above 0, got 0.0"),
        (24.6e12, float("nan"), "^peak_flops must be .*got nan"),
    ],
)
def test_no_card_reaches_more_than_its_peak(achieved, peak, message):
    with pytest.raises(ValueError, match=message):
        llmcarbon.hardware_efficiency(achieved, peak)


def test_operation_by_hand():
    # 6000 FLOP on 2 devices of 100 FLOP/s at half their peak: 60 s of 2 x 3 MW, 100 kWh.
    assert llmcarbon.operational_energy_kwh(2, 60, 3e6, 1) == 100
    assert operational_kg(10, 100, 2, 100, 0.5, 3e6, 1.5, 0.2) == pytest.approx(30)
    assert inference_kg(10, 100, 2, 100, 0.5, 3e6, 1.5, 0.2) == pytest.approx(10)
    assert llmcarbon.inference_flops(10, 100) == 2000
    assert llmcarbon.inference_seconds(10, 100, 2, 100, 0.5) == 20


def test_one_answer_of_gpt_3():
    # 32 answers of 128 tokens on 16 A100; measured 3 s.
    seconds = llmcarbon.inference_seconds(175e9, 32 * 128, 16, 312e12, 0.0926)
    assert seconds == pytest.approx(3.1013, abs=5e-5)


# Size, kg for each unit of size, count, and kg a part as the table's own column has it.
PARTS = {
    "CPU": (1.47, 1, 64, 1.47),
    "DRAM": (256, 0.4, 64, 102.4),
    "SSD": (32768, 0.018, 64, 576),
    "V100": (8.15, 1.2, 512, 9.78),
    "others": (111.6, 1.2, 64, 148.2),
}
XLM_SECONDS = 20.4 * DAY
FIVE_YEARS = 5 * 365 * DAY


def xlm_embodied_tonnes(*from_column):
    """Sum the parts, those named by the printed kg a part and the others by size times factor."""
    total = 0
    for name, (size, factor, count, column) in PARTS.items():
        amount, each = (1, column) if name in from_column else (size, factor)
        total += embodied_kg(amount, each, count, XLM_SECONDS, FIVE_YEARS)
    return total / 1000


def test_manufacture_of_xlm_hardware():
    # The code multiplies sizes by factors; the column of kg a part is misprinted in two rows.
    assert xlm_embodied_tonnes() == pytest.approx(0.648045, abs=5e-7)
    assert xlm_embodied_tonnes("SSD", "others") == pytest.approx(0.648372, abs=5e-7)
    assert xlm_embodied_tonnes("SSD") == pytest.approx(0.638156, abs=5e-7)
    assert xlm_embodied_tonnes("others") == pytest.approx(0.658261, abs=5e-7)
    agree = ("CPU", "DRAM", "V100")
    assert xlm_embodied_tonnes(*agree) == pytest.approx(xlm_embodied_tonnes())


def test_manufacture_by_hand():
    # 4 parts of 10 kg for a tenth of their life; half of that life is spent working.
    assert embodied_kg(5, 2, 4, 10, 100) == pytest.approx(4)
    assert embodied_kg(5, 2, 4, 10, 100, 0.5) == pytest.approx(8)
    assert embodied_kg(5, 2, 0, 10, 100) == 0


def test_manufacture_of_bloom_hardware():
    # Servers of eight GPUs over 1,082,990 GPU hours, used 85 % of six years of 365.25 days.
    life = {"lifetime_seconds": 6 * 365.25 * DAY, "utilization": 0.85}
    servers = embodied_kg(1, 2500, 1, 1_082_990 / 8 * 3600, **life)
    cards = embodied_kg(1, 150, 1, 1_082_990 * 3600, **life)
    assert embodied_kg(1, 2500, 1, 3600, **life) == pytest.approx(0.05592, abs=5e-6)
    assert embodied_kg(1, 150, 1, 3600, **life) == pytest.approx(0.003355, abs=5e-7)
    assert servers / 1000 == pytest.approx(7.57, abs=0.005)
    assert cards / 1000 == pytest.approx(3.634, abs=0.0005)
    assert (servers + cards) / 1000 == pytest.approx(11.204, abs=0.0005)


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        ("n_active_params", 0.0, "above 0"),
        ("n_devices", 0.0, "at least 1"),
        ("peak_flops", 0.0, "above 0"),
        ("efficiency", 0.0, "above 0 and at most 1"),
        ("efficiency", 1.01, "above 0 and at most 1"),
        ("system_power_watts", -1.0, "at least 0"),
        ("pue", 0.99, "at least 1"),
        ("carbon_intensity", -0.1, "at least 0"),
        ("carbon_intensity", float("nan"), "at least 0"),
    ],
)
def test_bad_runs(argument, value, allowed):
    good = dict(zip(operational_kg.domains, in_si(RUNS["GPT-3"]), strict=True))
    for function in (operational_kg, inference_kg):
        with pytest.raises(ValueError, match=f"^{argument} must be .*{allowed}.*got {value!r}"):
            function(**good | {argument: value})


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        ("amount", -1.0, "at least 0"),
        ("count", -1.0, "at least 0"),
        ("lifetime_seconds", 0.0, "above 0"),
        ("utilization", 0.0, "above 0 and at most 1"),
        ("utilization", 1.5, "above 0 and at most 1"),
    ],
)
def test_bad_parts(argument, value, allowed):
    good = dict(zip(embodied_kg.domains, (5, 2, 4, 10, 100, 0.5), strict=True))
    with pytest.raises(ValueError, match=f"^{argument} must be .*{allowed}.*got {value!r}"):
        embodied_kg(**good | {argument: value})
