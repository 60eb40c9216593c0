import numpy as np
import pytest

from llmbook.uncertainty import (
    central_range,
    leave_one_out,
    median_samples,
    observed_samples,
    one_at_a_time,
    sampled_range,
    triangular_samples,
)


def test_leave_one_out_by_hand():
    assert leave_one_out([1, 2, 3, 10]) == [3, 3, 2, 2]
    with pytest.raises(ValueError, match="at least 2 numbers, got 1"):
        leave_one_out([1])


def test_central_range_by_hand():
    values = [float(value) for value in range(101)]
    assert central_range(values, 0.8) == pytest.approx((10, 90))
    assert central_range(values, 0.5) == pytest.approx((25, 75))
    assert central_range(values, 0.9999) == pytest.approx((0.005, 99.995))
    assert central_range([3.0, 1.0], 0.5) == pytest.approx((1.5, 2.5))


@pytest.mark.parametrize("share", [0, 1, -0.5, 2])
def test_central_range_refuses(share):
    with pytest.raises(ValueError, match="share must be above 0 and below 1"):
        central_range([1.0, 2.0], share)


@pytest.mark.parametrize("values", [[], [1.0]])
def test_a_range_needs_two_values(values):
    with pytest.raises(ValueError, match=f"at least 2 numbers, got {len(values)}"):
        central_range(values, 0.8)


def test_one_at_a_time_puts_the_strongest_first():
    rows = one_at_a_time(
        lambda a, b, c: a + 10 * b + c, {"a": 1, "b": 1, "c": 1}, {"a": (0, 2), "b": (0, 2)}
    )
    assert [row["argument"] for row in rows] == ["b", "a"]
    assert rows[0] == {"argument": "b", "low": 0, "high": 2, "at_low": 2, "at_high": 22}


def test_one_at_a_time_refuses_what_is_no_argument():
    with pytest.raises(ValueError, match=r"ranges must name arguments of the formula.*'d'"):
        one_at_a_time(lambda a: a, {"a": 1}, {"d": (0, 1)})


def test_triangles_are_drawn_as_numpy_draws_them():
    ranges = {"a": (0.0, 2.0, 10.0), "left": (3.0, 3.0, 4.0), "right": (1.0, 5.0, 5.0)}
    drawn = triangular_samples(ranges, 200_000, seed=1)
    for name, ends in ranges.items():
        other = np.random.default_rng(2).triangular(*ends, 200_000)
        assert ends[0] <= drawn[name].min() and drawn[name].max() <= ends[2]
        # A triangle's mean is a third of the sum of its ends.
        assert drawn[name].mean() == pytest.approx(sum(ends) / 3, rel=0.01)
        marks = [0.1, 0.25, 0.5, 0.75, 0.9]
        assert np.quantile(drawn[name], marks) == pytest.approx(
            np.quantile(other, marks), rel=0.02, abs=0.02
        )


def test_draws_are_the_same_for_the_same_seed_and_certain_inputs_stay():
    ranges = {"a": (0.0, 1.0, 2.0), "b": (7.0, 7.0, 7.0), "c": (0.0, 1.0, 2.0)}
    one, two = triangular_samples(ranges, 10, seed=3), triangular_samples(ranges, 10, seed=3)
    assert {key: list(one[key]) for key in one} == {key: list(two[key]) for key in two}
    assert set(one["b"]) == {7.0}
    assert list(one["a"]) != list(one["c"])
    assert list(triangular_samples(ranges, 10, seed=4)["a"]) != list(one["a"])
    certain = triangular_samples(ranges | {"b": (6.0, 7.0, 8.0)}, 10, seed=3)
    assert list(certain["c"]) == list(one["c"])


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (1, float("nan"), 3)])
def test_ends_out_of_order_are_refused(ends):
    with pytest.raises(ValueError, match="b must have low <= mode <= high"):
        triangular_samples({"b": ends}, 10, seed=0)


@pytest.mark.parametrize("ends", [(1, 2, float("inf")), (-float("inf"), 2, 3)])
def test_ends_at_infinity_are_refused(ends):
    with pytest.raises(ValueError, match="b must have finite ends"):
        triangular_samples({"b": ends}, 10, seed=0)


def test_the_range_of_a_product():
    def area(width, height):
        return width * height

    low, middle, high = sampled_range(
        area, {"width": 2.0, "height": 5.0}, {"width": (1.0, 3.0)}, 0.8
    )
    # A tenth of the triangle from 1 over 2 to 3 lies below 1 + sqrt(0.2), as much above its mirror.
    assert middle == pytest.approx(10, rel=0.01)
    assert low == pytest.approx(5 * (1 + 0.2**0.5), rel=0.01)
    assert high == pytest.approx(5 * (3 - 0.2**0.5), rel=0.01)


def test_the_range_refuses_what_is_no_argument():
    with pytest.raises(ValueError, match=r"ranges must name arguments of the formula.*'d'"):
        sampled_range(lambda a: a, {"a": 1}, {"d": (0, 1)}, 0.8)


def test_as_many_draws_below_the_central_value_as_above():
    drawn = median_samples({"x": (9.0, 10.0, 20.0), "sure": (2.0, 2.0, 2.0)}, 20_000, 0)
    x = drawn["x"]
    assert abs((x < 10).mean() - 0.5) < 0.015
    assert x.min() >= 9
    assert x.max() <= 20
    # Towards either end the chance falls in a line: the mean of a side is a third of it away.
    assert x[x < 10].mean() == pytest.approx(10 - 1 / 3, abs=0.02)
    assert x[x >= 10].mean() == pytest.approx(10 + 10 / 3, abs=0.1)
    assert set(drawn["sure"]) == {2.0}
    # A triangle over the same range has its median far above.
    assert np.median(triangular_samples({"x": (9.0, 10.0, 20.0)}, 20_000, 0)["x"]) > 12


def test_what_was_observed_is_drawn_as_often_as_it_was_observed():
    drawn = observed_samples([1.0, 2.0, 2.0, 9.0], 40_000, seed=5)
    shares = {value: (drawn == value).mean() for value in sorted(set(drawn))}
    assert shares == pytest.approx({1.0: 0.25, 2.0: 0.5, 9.0: 0.25}, abs=0.01)
    assert list(observed_samples([1.0, 9.0], 9, 1)) == list(observed_samples([1.0, 9.0], 9, 1))
    with pytest.raises(ValueError, match="at least 1 number, got 0"):
        observed_samples([], 9, 1)


def test_a_range_with_one_input_as_it_was_observed():
    def draw(ends, n_samples, seed):
        seen = observed_samples([1.0, 1.0, 1.0, 10.0], n_samples, seed)
        return triangular_samples(ends, n_samples, seed) | {"seen": seen}

    central = {"seen": 1.0, "other": 5.0}
    found = sampled_range(lambda seen, other: seen * other, central, {}, 0.8, draw=draw)
    # One value of four is ten times the others, beyond the middle of the draws only.
    assert found == pytest.approx((5, 5, 50))
