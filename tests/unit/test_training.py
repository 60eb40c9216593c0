import pytest

from llmbook import training as tr
from llmbook.serving import decode_rate_ceiling


def test_flops_by_hand():
    assert tr.training_flops(10, 100) == 6000
    assert tr.training_flops(65_285_660_672, 1.4e12) == pytest.approx(5.484e23, rel=1e-3)
    # 12 x 2 layers x 3 heads x 4 wide x 5 tokens back, for 10 tokens.
    assert tr.attention_flops(2, 3, 4, 5, 10) == 14400


def test_seconds_by_hand():
    # 6000 FLOP on 2 cards of 100 FLOP/s at half their peak.
    assert tr.training_seconds(10, 100, 2, 100, 0.5) == 60
    assert tr.training_device_seconds(10, 100, 100, 0.5) == 120
    assert tr.seconds_at_rate(1.4e12, 2048, 380) / 86400 == pytest.approx(20.82, abs=0.005)


def test_utilization_by_hand():
    assert tr.model_flops_utilization(10, 100, 120, 100) == 0.5
    assert tr.hardware_flops_utilization(0.3, 1) == pytest.approx(0.4)
    assert tr.hardware_flops_utilization(0.3, 0) == pytest.approx(0.3)


def test_llama_65b_of_the_authors():
    seconds = 1_022_362 * 3600
    mfu = tr.model_flops_utilization(65_285_660_672, 1.4e12, seconds, 312e12)
    assert mfu == pytest.approx(0.478, abs=5e-4)


def test_rent_by_hand():
    assert tr.rental_usd(7200, 1.5) == 3


def test_decode_ceiling_by_hand():
    assert decode_rate_ceiling(89.6e9, 65e9) == pytest.approx(1.378, abs=1e-3)
