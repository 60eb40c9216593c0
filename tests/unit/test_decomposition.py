import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook.decomposition import alone, shapley, years_until


def area(width, height, unit=1.0):
    return width * height * unit


def test_two_changes_by_hand():
    # 10 x 10 becomes 5 x 2: 100 to 10.  Width alone takes off 50, height alone 80, and both 90.
    before, after = {"width": 10, "height": 10}, {"width": 5, "height": 2}
    assert alone(area, before, after) == {"width": -50, "height": -80}
    # First: 50 and 80; second: 10 (of the 20 left) and 40 (of the 50 left).
    assert shapley(area, before, after) == {"width": -30, "height": -60}


def test_what_stays_has_no_part():
    parts = shapley(area, {"width": 3, "height": 4, "unit": 1}, {"width": 6, "unit": 1})
    assert parts == {"width": 12, "unit": 0}


sizes = st.floats(0.1, 100)


@given(st.fixed_dictionaries({"width": sizes, "height": sizes, "unit": sizes}), sizes, sizes, sizes)
def test_the_parts_add_up(before, width, height, unit):
    after = {"width": width, "height": height, "unit": unit}
    parts = shapley(area, before, after)
    change = area(**after) - area(**before)
    assert sum(parts.values()) == pytest.approx(change, abs=1e-7)
    turned = shapley(area, before, dict(reversed(after.items())))
    assert turned == pytest.approx(parts, abs=1e-7)


@pytest.mark.parametrize("function", [alone, shapley])
def test_only_arguments_change(function):
    with pytest.raises(ValueError, match=r"after must name arguments of the formula.*'depth'"):
        function(area, {"width": 1, "height": 1}, {"depth": 2})


def test_years_of_growth_by_hand():
    # Doubling each year makes eight times as much in three.
    assert years_until(8, 1) == pytest.approx(3)
    assert years_until(1.1, 0.1) == pytest.approx(1)


@pytest.mark.parametrize("factor", [1, 0, -2, float("nan"), float("inf"), "2", True])
def test_years_need_a_factor_above_one(factor):
    with pytest.raises(ValueError, match=r"^factor must be a finite number above 1"):
        years_until(factor, 0.5)


@pytest.mark.parametrize("growth", [0, -0.5, float("nan"), float("inf"), "1", None])
def test_years_need_growth(growth):
    with pytest.raises(ValueError, match=r"^yearly_growth must be a finite number above 0"):
        years_until(2, growth)
