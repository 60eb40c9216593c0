import pytest

from llmbook.adoption import daily_growth_factor
from llmbook.assistant import turn_seconds


def test_a_turn_by_hand():
    # 0.5 + 4 x 0.07 + 0.06 + (0.3 + 0.02 x 9) + 0.2
    assert turn_seconds(0.5, 4, 0.07, 0.06, 0.3, 0.02, 10, 0.2) == pytest.approx(1.52)


def test_growth_by_hand():
    # A hundredfold in two days is a tenfold a day.
    assert daily_growth_factor(1e6, 1e8, 2) == pytest.approx(10)
    assert daily_growth_factor(57e6, 100e6, 31) ** 31 == pytest.approx(100 / 57)
