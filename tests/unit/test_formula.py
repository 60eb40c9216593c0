from types import SimpleNamespace

import altair as alt
import numpy as np
import pandas as pd
import pytest

from llmbook.formula import Domain, apply, check, formula

SHARE = Domain("a share", "1", high=1.0)
COUNT = Domain("a count", "1", low=1.0, open_low=False)


@formula({"share": SHARE, "count": COUNT})
def product(share, count=2.0):
    return share * count


@pytest.mark.parametrize("value", [1e-300, 0.5, 1.0, 1, np.float64(0.5), np.array([0.1, 1.0])])
def test_inside(value):
    check("share", value, SHARE)


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1.0,
        1.0000001,
        float("nan"),
        float("inf"),
        True,
        "0.5",
        None,
        [0.5],
        0.5 + 0j,
        np.array([0.5, np.nan]),
        np.array([True]),
        np.array([1], dtype=np.int8),
        np.array([0.5], dtype=np.float16),
        10**400,
        np.array(["a"]),
        np.bool_(True),
        pd.Series([0.5, None]),
        pd.Series([0.5, 2.0]),
    ],
)
def test_outside(value):
    with pytest.raises(ValueError, match="share must be a finite number above 0 and at most 1"):
        check("share", value, SHARE)


def test_message_gives_value_meaning_and_unit():
    with pytest.raises(ValueError, match=r"got -3 \(a count, 1\)"):
        product(0.5, count=-3)


def test_closed_and_open_ends():
    check("count", 1, COUNT)
    with pytest.raises(ValueError, match="at least 1"):
        check("count", 0.99, COUNT)
    with pytest.raises(ValueError, match="above 0"):
        check("share", 0, SHARE)


def test_expressions_pass_and_empty_arrays_too():
    check("share", alt.datum.x, SHARE)
    check("share", np.array([]), SHARE)


def test_unknown_argument_is_pythons_own_error():
    with pytest.raises(TypeError):
        product(0.5, 2.0, 3.0)
    with pytest.raises(TypeError):
        product(0.5, wrong=1.0)


def test_a_formula_needs_a_declared_domain():
    with pytest.raises(KeyError, match="undeclared"):
        formula({})(lambda undeclared: undeclared)


def test_apply_takes_arguments_from_a_row():
    row = SimpleNamespace(share=0.5, count=4.0)
    assert apply(product, row) == 2.0
    assert apply(product, row, share=0.25) == 1.0


def test_apply_names_what_is_missing():
    with pytest.raises(ValueError, match="product needs share, count"):
        apply(product, object())
