import altair as alt
import numpy as np
import pandas as pd
import pytest

from llmbook import elementwise as el

SERIES = pd.Series([1.2, 3.0], index=["a", "b"])


def test_kind_knows_the_libraries():
    assert el.kind(1.0, 2) == "number"
    assert el.kind(1.0, np.float64(2)) == "array"
    assert el.kind(SERIES, 2) == "array"
    assert el.kind(SERIES, alt.datum.x) == "altair"
    assert el.kind(alt.param(name="p")) == "altair"


@pytest.mark.parametrize(("x", "expected"), [(2.0, 2), (2.1, 3), (-1.5, -1)])
def test_ceil(x, expected):
    assert el.ceil(x) == expected
    assert el.ceil(np.array([x]))[0] == expected
    assert repr(el.ceil(alt.datum.x)) == "ceil(datum.x)"


def test_minimum_and_maximum():
    assert el.minimum(2, 1) == 1
    assert el.maximum(2, 1) == 2
    assert list(el.minimum(SERIES, 2.0)) == [1.2, 2.0]
    assert list(el.maximum(np.array([1, 5]), 3)) == [3, 5]
    assert repr(el.minimum(alt.datum.x, 2)) == "min(datum.x,2)"
    assert repr(el.maximum(alt.datum.x, 2)) == "max(datum.x,2)"


def test_where():
    assert el.where(True, 1, 2) == 1
    assert el.where(False, 1, 2) == 2
    assert list(el.where(np.array([True, False]), 1, 2)) == [1, 2]
    assert repr(el.where(alt.datum.x > 1, 1, 2)) == "if((datum.x > 1),1,2)"


def test_where_keeps_the_index_of_a_column():
    assert list(el.where(SERIES > 2, 1, 2).index) == ["a", "b"]
    assert list(el.where(True, SERIES, 2).index) == ["a", "b"]


def test_whole_units_forgives_rounding_noise_only():
    assert el.whole_units(0.1 * 3 / 0.1) == 3
    assert el.whole_units(3.0) == 3
    assert el.whole_units(3.0 + 1e-9) == 4
    assert el.whole_units(0.001) == 1


def test_plain_ceil_would_buy_a_card_too_many():
    quotient = 0.1 * 3 / 0.1
    assert el.ceil(quotient) == 4
