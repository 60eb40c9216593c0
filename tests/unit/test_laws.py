"""Laws that hold whatever the numbers."""

import inspect
import math

import altair as alt
import numpy as np
import pandas as pd
import pytest
from altair.expr.core import OperatorMixin
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import formulas
from llmbook import elementwise, sizing, training, transformer
from llmbook.glossary import GLOSSARY
from llmbook.uncertainty import leave_one_out


def argument(name):
    low, high = GLOSSARY[name].usual
    return st.floats(low, high)


def arguments(function):
    return st.fixed_dictionaries({name: argument(name) for name in function.domains})


ALL = formulas()


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=25)
@given(data=st.data())
def test_arrays_and_columns_say_what_numbers_say(name, data):
    function = ALL[name]
    rows = data.draw(st.lists(arguments(function), min_size=1, max_size=5))
    expected = [function(**row) for row in rows]
    frame = pd.DataFrame(rows, index=[f"row {place}" for place in range(len(rows))])
    column = function(**{key: frame[key] for key in frame})
    assert list(column) == pytest.approx(expected, rel=1e-12)
    assert list(column.index) == list(frame.index)
    array = function(**{key: frame[key].to_numpy() for key in frame})
    assert list(array) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_integer_columns_do_not_overflow(name):
    function = ALL[name]
    highest = {key: math.ceil(domain.usual[1]) for key, domain in function.domains.items()}
    for key, domain in function.domains.items():
        if domain.high == 1.0:
            highest[key] = 1
    integers = {key: np.array([value], dtype=np.int64) for key, value in highest.items()}
    floats = {key: float(value) for key, value in highest.items()}
    assert float(function(**integers)[0]) == pytest.approx(float(function(**floats)), rel=1e-12)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), True, "80", None, [1.0]])
def test_bad_input_is_refused_by_name(name, bad):
    function = ALL[name]
    good = {key: domain.usual[1] for key, domain in function.domains.items()}
    for key, domain in function.domains.items():
        if domain.high == 1.0:
            good[key] = 1.0
    for key in good:
        with pytest.raises(ValueError, match=rf"^{key} must be a finite number"):
            function(**good | {key: bad})
        with pytest.raises(ValueError, match=rf"^{key} must be"):
            function(*(good | {key: bad}).values())


@pytest.mark.parametrize("name", ALL)
def test_formulas_never_ask_an_expression_whether_it_is_true(name, monkeypatch):
    def refuse(self):
        raise AssertionError("a formula branches on its argument")

    monkeypatch.setattr(OperatorMixin, "__bool__", refuse, raising=False)
    with pytest.raises(AssertionError):
        bool(alt.datum.x > 1)
    function = ALL[name]
    function(**{key: getattr(alt.datum, key) for key in function.domains})


@pytest.mark.parametrize("name", ALL)
def test_every_formula_says_where_it_comes_from(name):
    text = inspect.cleandoc(ALL[name].__doc__)
    assert "Parameters\n----------" in text
    assert "Returns\n-------" in text
    for key in ALL[name].domains:
        assert key in text, key


def test_the_glossary_declares_nothing_that_no_formula_uses():
    used = {key for function in ALL.values() for key in function.domains}
    assert set(GLOSSARY) == used


@given(total=argument("total_bytes"), memory=argument("memory_bytes"))
def test_doubling_memory_never_needs_more_cards(total, memory):
    cards = sizing.cards_needed(total, memory)
    assert sizing.cards_needed(total, 2 * memory) <= cards
    assert sizing.cards_needed(2 * total, memory) >= cards
    assert cards * memory >= total * (1 - 1e-12)
    assert (cards - 1) * memory < total


@given(count=st.integers(1, 10**6), memory=st.floats(1e6, 1e12))
def test_whole_cards_are_not_rounded_up(count, memory):
    assert sizing.cards_needed(count * memory, memory) == count
    assert elementwise.whole_units(float(count)) == count


@given(run=arguments(training.training_seconds))
def test_utilization_gives_back_what_went_in(run):
    seconds = training.training_seconds(**run)
    mfu = training.model_flops_utilization(
        run["n_active_params"], run["n_tokens"], seconds * run["n_devices"], run["peak_flops"]
    )
    assert mfu == pytest.approx(run["mfu"])
    assert training.hardware_flops_utilization(run["mfu"], 1) >= run["mfu"]


@given(run=arguments(training.training_seconds), factor=st.floats(1, 100))
def test_more_cards_never_take_longer(run, factor):
    seconds = training.training_seconds(**run)
    more = training.training_seconds(**run | {"n_devices": run["n_devices"] * factor})
    assert more == pytest.approx(seconds / factor)


@given(cache=arguments(transformer.kv_cache_bytes))
def test_the_cache_grows_with_each_of_its_factors(cache):
    size = transformer.kv_cache_bytes(**cache)
    for key, value in cache.items():
        assert transformer.kv_cache_bytes(**cache | {key: 2 * value}) == pytest.approx(2 * size)


@given(state=arguments(sizing.training_state_bytes), group=st.integers(2, 4096))
def test_a_later_zero_stage_never_keeps_more(state, group):
    def kept(**shards):
        names = ("weights_shards", "gradients_shards", "optimizer_shards")
        return sizing.training_state_bytes(**state | dict.fromkeys(names, 1) | shards)

    stages = [
        kept(),
        kept(optimizer_shards=group),
        kept(optimizer_shards=group, gradients_shards=group),
        kept(optimizer_shards=group, gradients_shards=group, weights_shards=group),
    ]
    assert stages == sorted(stages, reverse=True)
    assert stages[-1] == pytest.approx(stages[0] / group)


@given(shape=arguments(transformer.dense_params))
def test_sharing_keys_and_values_never_adds_parameters(shape):
    fewer = shape | {"n_kv_heads": 1.0}
    assert transformer.dense_params(**fewer) <= transformer.dense_params(**shape) * (1 + 1e-12)


@given(values=st.lists(st.floats(0.01, 1), min_size=2, max_size=20))
def test_a_run_is_judged_by_the_others_only(values):
    first = leave_one_out(values)[0]
    assert leave_one_out([0.5, *values[1:]])[0] == first
