import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook.adaptation.preferences import (
    Pairs,
    asked,
    divergence,
    fit_preferences,
    margins,
    preference_loss,
    preference_slope,
)
from llmbook.low_rank import (
    SCALE,
    Task,
    accuracy,
    descend,
    fit,
    gradients,
    loss,
    merged,
    scores,
    slope_of_scores,
    softmax,
    start,
    trained_params,
)

WIDTH, ANSWERS, INPUTS = 6, 5, 12


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def setting(seed, rank=None):
    """A task, a matrix and an update that is nowhere zero."""
    rng = np.random.default_rng(seed)
    task = Task(
        unit(rng.normal(size=(INPUTS, WIDTH))),
        rng.integers(0, ANSWERS, INPUTS),
        unit(rng.normal(size=(ANSWERS, WIDTH))),
    )
    base = rng.normal(size=(WIDTH, WIDTH)) / 4
    factors = [factor + rng.normal(size=factor.shape) / 4 for factor in start(WIDTH, rank, rng)]
    return task, base, factors


def numeric_gradient(function, weights, step=1e-6):
    """Move each weight a little to both sides."""
    slope = np.zeros_like(weights)
    for place in np.ndindex(weights.shape):
        kept = weights[place]
        weights[place] = kept + step
        above = function()
        weights[place] = kept - step
        slope[place] = (above - function()) / (2 * step)
        weights[place] = kept
    return slope


RANKS = pytest.mark.parametrize("rank", [None, 1, 3])


@RANKS
def test_gradients_agree_with_finite_differences(rank):
    task, base, factors = setting(0, rank)
    slope = slope_of_scores(scores(task, base, factors), task.labels)
    found = gradients(factors, task.x, slope, task.answers)
    for factor, gradient in zip(factors, found, strict=True):
        expected = numeric_gradient(lambda: loss(task, base, factors), factor)
        assert np.abs(expected).max() > 0.01
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)


@RANKS
@pytest.mark.parametrize("beta", [0.1, 2.0])
def test_gradients_of_preferences_agree_with_finite_differences(rank, beta):
    task, base, factors = setting(1, rank)
    pairs = Pairs(task.x, task.answers, task.labels, (task.labels + 1) % ANSWERS)
    gained = margins(pairs, base, factors) - margins(pairs, base)
    slope = preference_slope(gained, pairs, np.arange(INPUTS), beta)
    found = gradients(factors, task.x, slope, task.answers)
    for factor, gradient in zip(factors, found, strict=True):
        expected = numeric_gradient(lambda: preference_loss(pairs, base, factors, beta), factor)
        assert np.abs(expected).max() > 0.01
        np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)


@given(seed=st.integers(0, 2**32 - 1), rank=st.sampled_from([None, 1, 2, 5]))
def test_the_merged_matrix_answers_as_base_and_update_do(seed, rank):
    task, base, factors = setting(seed, rank)
    whole = merged(base, factors)
    by_hand = base + (factors[0] if rank is None else factors[0] @ factors[1])
    np.testing.assert_array_equal(whole, by_hand)
    np.testing.assert_allclose(
        scores(task, whole), scores(task, base, factors), rtol=0, atol=8 * np.finfo(float).eps * 8
    )
    assert np.linalg.matrix_rank(whole - base) <= (rank or WIDTH)


@given(rank=st.integers(1, 64), width=st.integers(1, 64))
def test_weights_of_an_update_by_hand(rank, width):
    rng = np.random.default_rng(0)
    assert trained_params(start(width, rank, rng)) == 2 * width * rank
    assert trained_params(start(width, None, rng)) == width**2


@RANKS
def test_an_update_begins_by_changing_nothing(rank):
    base = np.arange(36.0).reshape(6, 6)
    np.testing.assert_array_equal(merged(base, start(6, rank, np.random.default_rng(0))), base)


def test_scores_and_accuracy_by_hand():
    task = Task(np.eye(2), np.array([0, 0]), np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]]))
    base = np.array([[1.0, 2.0], [3.0, 1.0]])
    np.testing.assert_array_equal(scores(task, base), [[1, 2, 1.5], [3, 1, 2]])
    assert accuracy(task, base) == 0.5
    assert accuracy(task, base, [np.array([[2.0, 0.0], [0.0, 0.0]])]) == 1
    assert accuracy(task.relabelled(np.array([1, 1])), base) == 0.5
    assert len(task.part([1]).x) == 1


def test_softmax_of_large_numbers():
    np.testing.assert_allclose(softmax(np.array([[1000.0, 1000.0]])), [[0.5, 0.5]])


def test_descent_finds_the_bottom_and_keeps_the_best():
    # (w - 3)^2 + (w - 3)^2, from zero
    def gradients_of(weights):
        return [2 * (weights[0] - 3)]

    best, (weights,) = descend(
        [np.zeros(2)], gradients_of, 400, 0.1, lambda now: -float(np.sum((now[0] - 3) ** 2))
    )
    assert best == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(weights, 3, atol=1e-2)
    # A judge who likes the beginning best gets it back.
    best, (weights,) = descend(
        [np.zeros(2)], gradients_of, 100, 0.1, lambda now: -float(np.abs(now[0]).sum())
    )
    np.testing.assert_array_equal(weights, 0)


def test_the_first_steps_of_adam_are_as_long_as_the_rate():
    """A gradient that never changes is divided by its own size: 0.1, then half of 0.1."""
    gradient = [np.array([4.0, -0.5])]
    seen = []
    descend(
        [np.zeros(2)],
        lambda weights: gradient,
        2,
        0.1,
        lambda now: seen.append(now[0].copy()) or float(len(seen)),
        every=1,
    )
    np.testing.assert_allclose(seen, [[0, 0], [-0.1, 0.1], [-0.15, 0.15]], rtol=1e-6)


@RANKS
def test_fitting_learns_what_the_update_can_hold_and_is_the_same_every_time(rank):
    rng = np.random.default_rng(5)
    answers = unit(rng.normal(size=(ANSWERS, WIDTH)))
    turned = np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0]
    labels = rng.integers(0, ANSWERS, 400)
    task = Task(
        unit(answers[labels] @ turned + rng.normal(size=(400, WIDTH)) / 10), labels, answers
    )
    base = np.eye(WIDTH)
    learned, tested = task.part(slice(0, 200)), task.part(slice(200, None))
    factors = fit(learned, tested, base, rank, 0, 0.05)
    again = fit(learned, tested, base, rank, 0, 0.05)
    for one, other in zip(factors, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert accuracy(tested, base, factors) > accuracy(tested, base) + 0.1
    if rank is None:
        assert accuracy(tested, base, factors) > 0.95


def test_people_are_asked_about_the_two_best_answers():
    task, base, _ = setting(2)
    rng = np.random.default_rng(0)
    honest = asked(task, base, 1.0, rng)
    two = np.argsort(-scores(task, base), axis=1)[:, :2]
    useful = (two == task.labels[:, None]).any(axis=1)
    assert 0 < useful.sum() < INPUTS
    np.testing.assert_array_equal(honest.preferred, task.labels[useful])
    assert (honest.preferred != honest.other).all()
    liars = asked(task, base, 0.0, rng)
    np.testing.assert_array_equal(liars.other, honest.preferred)
    np.testing.assert_array_equal(liars.preferred, honest.other)


def test_an_update_that_changes_nothing_has_the_loss_of_a_coin():
    task, base, _ = setting(3)
    pairs = asked(task, base, 1.0, np.random.default_rng(0))
    nothing = [np.zeros((WIDTH, WIDTH))]
    assert preference_loss(pairs, base, nothing, 1.0) == pytest.approx(np.log(2))
    assert divergence(task, base, base) == 0
    assert divergence(task, base, -base) > 0.1


def test_divergence_by_hand():
    """Of the model's answers from the reference's: the other way round gives another number."""
    one = Task(np.array([[1.0]]), np.array([0]), np.array([[np.log(3) / SCALE], [0.0]]))
    # The reference gives 1/2 and 1/2, the model 3/4 and 1/4.
    reference, model = np.array([[0.0]]), np.array([[1.0]])
    expected = 0.75 * np.log(0.75 / 0.5) + 0.25 * np.log(0.25 / 0.5)
    assert divergence(one, reference, model) == pytest.approx(expected)
    assert divergence(one, model, reference) == pytest.approx(0.5 * np.log(0.5**2 / 0.1875))


def test_preferences_are_learned():
    task, base, _ = setting(4)
    pairs = Pairs(task.x, task.answers, (task.labels + 1) % ANSWERS, task.labels)
    factors = fit_preferences(pairs, pairs, base, None, 0, 1.0, rate=0.02)
    before = margins(pairs, base)
    assert (margins(pairs, base, factors) > before).mean() > 0.8
    np.testing.assert_allclose(
        margins(pairs, base),
        [
            SCALE * (row[up] - row[down])
            for row, up, down in zip(scores(task, base), pairs.preferred, pairs.other, strict=True)
        ],
    )
