import pytest

from llmbook.uncertainty import central_range, leave_one_out, one_at_a_time


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


def test_one_at_a_time_puts_the_strongest_first():
    rows = one_at_a_time(
        lambda a, b, c: a + 10 * b + c, {"a": 1, "b": 1, "c": 1}, {"a": (0, 2), "b": (0, 2)}
    )
    assert [row["argument"] for row in rows] == ["b", "a"]
    assert rows[0] == {"argument": "b", "low": 0, "high": 2, "at_low": 2, "at_high": 22}


def test_one_at_a_time_refuses_what_is_no_argument():
    with pytest.raises(ValueError, match=r"ranges must name arguments of the formula.*'d'"):
        one_at_a_time(lambda a: a, {"a": 1}, {"d": (0, 1)})
