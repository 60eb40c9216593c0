"""What LLMCarbon guesses from a model's shape: parameters, cards, rate and loss."""

import pytest

from llmbook.carbon.accounting import emissions_kg
from llmbook.carbon.llmcarbon import hardware_efficiency, operational_energy_kwh, operational_kg
from llmbook.carbon.parameters import megatron_dense_params, short_dense_params, short_moe_params
from llmbook.carbon.scaling_law import expected_loss
from llmbook.carbon.throughput import (
    batch_sequences,
    device_count,
    fitted,
    fitted_rate,
    pipeline_degree,
    rate_on_other_card,
    tensor_degree,
)
from llmbook.quantities import DAY, GB, HOUR, TFLOPS
from llmbook.training import training_seconds


@pytest.mark.parametrize(
    ("billions", "n_layers", "d_model", "vocab_size"),
    [
        (174.575, 96, 12288, 51200),
        (529.5, 105, 20480, 51200),
        (173.4, 70, 14336, 51200),
        (0.558, 24, 1024, 250_000),
    ],
)
def test_short_count(billions, n_layers, d_model, vocab_size):
    found = short_dense_params(n_layers, d_model, vocab_size) / 1e9
    assert found == pytest.approx(billions, rel=1e-3)


@pytest.mark.parametrize(
    ("params", "n_layers", "d_model"),
    [
        (1_652_226_048, 24, 2304),
        (3_562_162_176, 30, 3072),
        (7_467_778_048, 36, 4096),
        (18_449_743_872, 40, 6144),
        (145_622_237_184, 80, 12288),
        (1_008_038_707_200, 128, 25600),
    ],
)
def test_megatron_count_to_the_last_parameter(params, n_layers, d_model):
    assert megatron_dense_params(n_layers, d_model, 51200, 2048) == pytest.approx(params, rel=1e-12)


def test_counts_by_hand():
    assert short_dense_params(2, 10, 100) == 12 * 2 * 100 + 1000
    # 2400 (1 + 13 / 120 + 150 / 240): 260 for the vectors, 1500 for the embeddings.
    assert megatron_dense_params(2, 10, 100, 50) == pytest.approx(2400 + 260 + 1500)
    # Half of 5000, and 1 of 2 layers with 4 x 10 x 3 x 2 and 2 x 10 x 20 x 8.
    assert short_moe_params(5000, 0.5, 2, 10, 3, 2, 20, 8) == 2500 + 240 + 3200
    assert short_moe_params(5000, 0, 2, 10, 3, 2, 20, 8) == 5000


def test_gshard():
    found = short_moe_params(2.3e9, 0.5, 36, 1024, 32, 32, 8192, 2048)
    assert found / 1e9 == pytest.approx(619.7, abs=0.05)


# The four published curves; the code writes the curvature as a negative coefficient.
TENSOR = {"curvature": 8.82079068e-20, "slope": 1.68591116e-09, "intercept": 133.954735}
PIPELINE = {"curvature": 5.60233749e-23, "slope": 8.45435587e-11, "intercept": 134.546129}
DEVICES = {"curvature": 2.12910565e-21, "slope": 4.39684339e-09, "intercept": 799.173057}
BATCH = {"curvature": 0.429439186, "slope": 52.1376002, "intercept": 1437.37095}

# Table 1 of Narayanan et al. 2021.
PARAMS = [
    *(1652226048, 3562162176, 7467778048, 18449743872, 39096025088),
    *(76050718720, 145622237184, 310130507776, 529600778240, 1008038707200),
]
RATES = [137, 138, 142, 135, 138, 140, 148, 155, 163, 163]
N_CARDS = [32, 64, 128, 256, 512, 1024, 1536, 1920, 2520, 3072]
SPLITS = [1, 1, 1, 1, 2, 4, 8, 16, 35, 64]
BATCHES = [512, 512, 512, 1024, 1536, 1792, 2304, 2160, 2520, 3072]


@pytest.mark.parametrize(
    ("curve", "inputs", "outputs"),
    [
        (TENSOR, PARAMS[:4], RATES[:4]),
        (PIPELINE, PARAMS[3:], RATES[3:]),
        (DEVICES, PARAMS[5:], N_CARDS[5:]),
        (BATCH, SPLITS[3:], BATCHES[3:]),
    ],
    ids=["tensor", "pipeline", "devices", "batch"],
)
def test_curves_fit_what_they_were_fitted_to(curve, inputs, outputs):
    left = [fitted(x, **curve) - y for x, y in zip(inputs, outputs, strict=True)]
    # Residuals of a least-squares fit are orthogonal to 1, x and x^2.
    for power in (0, 1, 2):
        weights = [(x / inputs[-1]) ** power for x in inputs]
        lost = sum(weight * rest for weight, rest in zip(weights, left, strict=True))
        assert abs(lost) < 1e-4 * sum(outputs)


def test_curve_by_hand():
    assert fitted(10, intercept=5, slope=3, curvature=0.1) == 25
    assert fitted(0, intercept=5, slope=3, curvature=0.1) == 5
    # 5 + 3 x 100 - 0.1 x 10,000 is below zero.
    assert fitted(100, intercept=5, slope=3, curvature=0.1) == 0


# A100 with 80 GB and V100 with 32 GB in servers of eight.
A100 = {"memory_bytes": 80 * GB, "factor": 1}
V100 = {"memory_bytes": 32 * GB, "factor": 2.5}


def guess(n_params, card):
    cut = (n_params, 0.03, card["memory_bytes"], 8)
    tensor, pipeline = tensor_degree(*cut), pipeline_degree(*cut)
    devices = device_count(fitted(n_params, **DEVICES), tensor, pipeline, card["factor"])
    batch = batch_sequences(fitted(pipeline, **BATCH), pipeline, devices, 512, 8)
    rates = [fitted(n_params, **curve) * TFLOPS for curve in (TENSOR, PIPELINE)]
    rate = fitted_rate(*rates, pipeline)
    if card is V100:
        rate = rate_on_other_card(rate, 312 * TFLOPS, 125 * TFLOPS, 7.76 / 33.46)
    return pipeline, tensor, devices, batch, rate


@pytest.mark.parametrize(
    ("card", "expected", "rate", "days", "watts", "tonnes", "peak"),
    [
        (A100, (10, 8, 1520, 1912), 147.63, 16.25, 400, 111.90, 312),
        (V100, (23, 8, 3680, 3680), 45.43, 21.81, 300, 272.47, 125),
    ],
)
def test_gpt_3_with_guessed_rates(card, expected, rate, days, watts, tonnes, peak):
    *counts, found = guess(175e9, card)
    assert tuple(counts) == expected
    assert found / TFLOPS == pytest.approx(rate, abs=0.005)
    efficiency = hardware_efficiency(found, peak * TFLOPS)
    seconds = training_seconds(175e9, 300e9, expected[2], peak * TFLOPS, efficiency)
    assert seconds / DAY == pytest.approx(days, abs=0.005)
    # The authors' notebook rounds to hours; its V100 emit half of what GPT-3 is said to have.
    energy = operational_energy_kwh(expected[2], round(seconds / HOUR) * HOUR, watts, 1.1)
    assert emissions_kg(energy, 0.429) / 1000 == pytest.approx(tonnes, abs=0.005)


@pytest.mark.parametrize(
    ("run", "tonnes"),
    [
        ((11e9, 600e9, 310, 1.12, 0.545), 49.93),
        ((175e9, 300e9, 330, 1.1, 0.429), 299.9),
        ((2.3e9, 1000e9, 288, 1.09, 0.177), 5.04),
        ((7.41e9, 2000e9, 245, 1.1, 0.33), 50.4),
        ((0.55e9, 7000e9, 342, 1.1, 0.413), 24.0),
    ],
)
def test_the_five_runs_with_guessed_rates(run, tonnes):
    n_params, n_tokens, *site = run
    _, _, devices, _, rate = guess(n_params, V100)
    efficiency = hardware_efficiency(rate, 125 * TFLOPS)
    kg = operational_kg(n_params, n_tokens, devices, 125 * TFLOPS, efficiency, *site)
    assert kg / 1000 == pytest.approx(tonnes, rel=2e-3)


@pytest.mark.parametrize(
    ("n_params", "devices", "rate"),
    [
        (11e9, 2120, 41.687),
        (175e9, 3680, 45.428),
        (2.3e9, 2025, 42.271),
        (7.41e9, 2080, 43.575),
        (0.55e9, 2005, 41.498),
    ],
)
def test_guesses_for_the_five_runs(n_params, devices, rate):
    _, _, found, _, achieved = guess(n_params, V100)
    assert achieved / TFLOPS == pytest.approx(rate, abs=5e-4)
    assert found == devices


def test_cutting_a_model_by_hand():
    # 100 parameters fit a card of 50 bytes, 400 a server of four.
    assert [tensor_degree(n, 2, 50, 4) for n in (1, 100, 101, 400, 401)] == [1, 1, 2, 4, 4]
    assert [pipeline_degree(n, 2, 50, 4) for n in (1, 400, 401, 900)] == [1, 1, 2, 3]
    # 26 copies of 4 cards are nearest to 103; half as many again of another card.
    assert device_count(103, 2, 2, 1) == 104
    assert device_count(103, 2, 2, 1.5) == 156
    assert device_count(101, 2, 2, 1) == 100
    # 25.505 copies are nearer to 26, 25.5 go down.
    assert device_count(102.02, 2, 2, 1) == 104
    assert device_count(102, 2, 2, 1) == 100
    assert batch_sequences(100, 2, 10, 512, 8) == 96
    assert batch_sequences(100, 1, 10, 512, 8) == 512
    assert batch_sequences(100, 2, 200, 512, 8) == 200
    assert fitted_rate(3, 4, 1) == 3
    assert fitted_rate(3, 4, 2) == 4
    assert rate_on_other_card(100, 400, 200, 0.2) == 40


def test_loss_by_hand():
    # 6 / 4^0.5 + 9 / 27^(1/3) + 1.
    assert expected_loss(4, 27, 6, 0.5, 9, 1 / 3, 1) == pytest.approx(7)
    # Chinchilla with the constants of its authors.
    chinchilla = expected_loss(70e9, 1.4e12, 406.4, 0.34, 410.7, 0.28, 1.69)
    assert chinchilla == pytest.approx(1.9366, abs=5e-4)
