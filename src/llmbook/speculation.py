"""Speculative decoding played out token by token, and laid beside what was measured.

Needs NumPy.  The formulas stand in `hybrid`; here chance decides which drafted tokens are kept, so
that the formulas can be checked, and so can what they assume: one acceptance for every token.
"""

import functools
import math
from dataclasses import dataclass

import numpy as np

from llmbook import data, hybrid
from llmbook.formula import check
from llmbook.glossary import GLOSSARY

# Half of the last digit that Leviathan et al. print, of acceptance and of speed-up.
HALF_DIGIT = {"acceptance": 0.005, "speedup": 0.05}


@dataclass(frozen=True)
class Estimate:
    """A mean over random rounds.

    Parameters
    ----------
    mean : float
    error : float
        Standard error of the mean.
    """

    mean: float
    error: float

    def errors_from(self, expected):
        """Return how many standard errors the mean lies above a value."""
        gap = self.mean - expected
        return gap / self.error if self.error else (0.0 if gap == 0 else math.inf)


def simulate(acceptance, draft_length, n_rounds=100_000, seed=0):
    """Estimate the tokens a round by drawing for each drafted token whether it is kept.

    Parameters
    ----------
    acceptance : float
        0 to 1.
    draft_length, n_rounds, seed : int

    Returns
    -------
    Estimate
        To be compared with `hybrid.expected_tokens_per_step`.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    check("acceptance", acceptance, GLOSSARY["acceptance"])
    _check_count("draft_length", draft_length, 0)
    _check_count("n_rounds", n_rounds, 2)
    chance = np.random.default_rng(seed)
    kept = chance.random((n_rounds, draft_length)) < acceptance
    return _estimate(_tokens(kept))


def whole_draft(draft_length):
    """Return a draft length as a whole number, for what cannot draft a part of a token.

    Parameters
    ----------
    draft_length : float

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is no whole number of at least 1.
    """
    check("draft_length", draft_length, GLOSSARY["draft_length"])
    whole = int(draft_length) if draft_length % 1 == 0 else draft_length
    _check_count("draft_length", whole, 1)
    return whole


def varied_tokens(acceptance, spread, draft_length):
    """Return the tokens a round when the acceptance varies from round to round.

    Parameters
    ----------
    acceptance : float
        On average over the *rounds*, above 0 and below 1.  That is not the share of looked-at
        drafts that are kept: easy rounds look at more of them.
    spread : float
        Standard deviation over the rounds, of a beta distribution: above 0, and below that of
        rounds which keep all or nothing.
    draft_length : int

    Returns
    -------
    float
        Tokens, never fewer than with the same acceptance in every round: the sum of powers curves
        upward, so easy rounds gain more than hard ones lose.  See `stretched_tokens` for an
        average over the text.
    """
    a, b = _beta(acceptance, spread)
    _check_count("draft_length", draft_length, 0)
    total = power = 1.0
    for place in range(draft_length):
        power *= (a + place) / (a + b + place)
        total += power
    return total


def stretched_tokens(acceptance, spread, draft_length, n_stretches=100_000, seed=0):
    """Return the tokens a round in a text of long stretches, some of them easier to draft.

    Parameters
    ----------
    acceptance : float
        On average over the *text*, above 0 and below 1.
    spread : float
        Standard deviation over the stretches, of a beta distribution, as in `varied_tokens`.
    draft_length, n_stretches, seed : int

    Returns
    -------
    float
        Tokens, never more than with the same acceptance everywhere: a hard stretch of the same
        length takes more rounds, and so counts for more.
    """
    _check_count("draft_length", draft_length, 0)
    _check_count("n_stretches", n_stretches, 2)
    chance = np.random.default_rng(seed)
    of_stretch = chance.beta(*_beta(acceptance, spread), size=n_stretches)
    rounds_per_token = 1.0 / hybrid.expected_tokens_per_step(of_stretch, draft_length)
    return float(1.0 / rounds_per_token.mean())


def spread_needed(acceptance, draft_length, tokens):
    """Return how much the acceptance must vary for a round to bring so many tokens.

    Parameters
    ----------
    acceptance : float
        On average, above 0 and below 1.
    draft_length : int
    tokens : float
        A round.

    Returns
    -------
    float
        Standard deviation over the rounds; 0 if an even acceptance brings as many, and NaN if no
        spread does.
    """
    if tokens <= hybrid.expected_tokens_per_step(acceptance, draft_length):
        return 0.0
    low, high = 0.0, _largest_spread(acceptance)
    if tokens >= 1.0 + acceptance * draft_length:
        return math.nan
    for _ in range(60):
        middle = (low + high) / 2
        enough = varied_tokens(acceptance, middle, draft_length) >= tokens
        low, high = (low, middle) if enough else (middle, high)
    return high


@dataclass(frozen=True)
class Sampling:
    """What sampling with drafts from two given distributions came to.

    Parameters
    ----------
    tokens : Estimate
        A round.
    acceptance : float
        Share of the drafted tokens that were kept, of those that were looked at.
    frequencies : numpy.ndarray
        Of each token in what was written; the large model's own distribution, but for chance.
    """

    tokens: Estimate
    acceptance: float
    frequencies: np.ndarray


def simulate_sampling(target, draft, draft_length, n_rounds=20_000, seed=0):
    """Run the algorithm on two distributions over a vocabulary, the same at every place.

    Parameters
    ----------
    target, draft : sequence of float
        Probabilities of each token by the large and by the draft model.
    draft_length, n_rounds, seed : int

    Returns
    -------
    Sampling

    Raises
    ------
    ValueError
        If the two are no distributions over the same tokens.

    Notes
    -----
    A drafted token is kept with the chance ``min(1, target / draft)``; the first rejected one is
    replaced by a draw from what the large model gives more than the draft: Leviathan et al. 2023,
    section 2.3 (arXiv 2211.17192).
    """
    target, draft = _distribution("target", target), _distribution("draft", draft)
    if target.shape != draft.shape:
        raise ValueError(f"draft must have the {len(target)} tokens of target, got {len(draft)}")
    _check_count("draft_length", draft_length, 0)
    _check_count("n_rounds", n_rounds, 2)
    chance = np.random.default_rng(seed)
    drafted = chance.choice(len(draft), size=(n_rounds, draft_length), p=draft)
    keep = np.minimum(1.0, target / np.where(draft > 0, draft, 1.0))
    kept = chance.random(drafted.shape) < keep[drafted]
    tokens = _tokens(kept)
    whole = tokens == draft_length + 1
    written = drafted[np.arange(draft_length) < tokens[:, None] - 1]
    added = [
        chance.choice(len(target), size=np.sum(whole), p=target),
        chance.choice(len(target), size=np.sum(~whole), p=_rest(target, draft)),
    ]
    counts = np.bincount(np.concatenate([written, *added]), minlength=len(target))
    looked_at = np.sum(np.minimum(tokens, draft_length))
    share = float(len(written) / looked_at) if looked_at else math.nan
    return Sampling(_estimate(tokens), share, counts / counts.sum())


def exact_acceptance(target, draft):
    """Return the chance that a drafted token is kept.

    Parameters
    ----------
    target, draft : sequence of float
        Probabilities of each token by the large and by the draft model.

    Returns
    -------
    float
        What the two distributions share.

    Notes
    -----
    Leviathan et al. 2023, corollary 3.6 (arXiv 2211.17192).
    """
    pair = _distribution("target", target), _distribution("draft", draft)
    return float(np.minimum(*pair).sum())


def against_formula(acceptances, draft_lengths, n_rounds=100_000, seed=0):
    """Play every pair of acceptance and draft length, beside the formula.

    Parameters
    ----------
    acceptances, draft_lengths : sequence
    n_rounds, seed : int

    Returns
    -------
    list of dict
        ``acceptance``, ``draft_length``, ``formula``, ``simulated``, ``error`` (standard, of the
        simulation), ``difference`` and ``in errors``.
    """
    rows = []
    for place, (acceptance, draft_length) in enumerate(
        (a, g) for a in acceptances for g in draft_lengths
    ):
        expected = hybrid.expected_tokens_per_step(acceptance, draft_length)
        found = simulate(acceptance, draft_length, n_rounds, seed + place)
        rows.append(
            {
                "acceptance": acceptance,
                "draft_length": draft_length,
                "formula": expected,
                "simulated": found.mean,
                "error": found.error,
                "difference": found.mean - expected,
                "in errors": found.errors_from(expected),
            }
        )
    return rows


def largest_difference(rows):
    """Return the row of `against_formula` that lies farthest from the formula."""
    return max(rows, key=lambda row: abs(row["difference"]))


def best_draft_length(acceptance, cost_ratio, round_trip=0.0, target_step=1.0, longest=64):
    """Find the draft length that makes tokens come fastest.

    Parameters
    ----------
    acceptance, cost_ratio, round_trip, target_step : float
        As in `hybrid.speculative_speedup`.
    longest : int
        Drafts tried.

    Returns
    -------
    dict
        ``draft_length`` and ``speedup``; a length of 0 with a speed-up of 1 stands for no drafts
        and no link at all.
    """
    _check_count("longest", longest, 1)
    tried = [
        {
            "draft_length": length,
            "speedup": hybrid.speculative_speedup(
                acceptance, length, cost_ratio, round_trip, target_step
            ),
        }
        for length in range(1, longest + 1)
    ]
    return max([{"draft_length": 0, "speedup": 1.0}, *tried], key=lambda row: row["speedup"])


def measured_runs():
    """Lay the published speed-ups beside what the formula allows at most.

    Returns
    -------
    list of dict
        For each row of ``speculative_runs``: ``run`` (the row), ``bound`` (tokens a round, with a
        draft that costs nothing), ``highest bound`` (at the largest acceptance that is printed
        the same), ``lowest speedup`` (the smallest that is printed the same), ``beats`` (the
        speed-up as printed is above the bound as printed), ``clearly beats`` (the lowest is above
        the highest), ``most with any variation`` (tokens a round if the acceptance, rounded up
        as far as it is printed the same, is the share of looked-at drafts that were kept: each
        round rejects one at most, so no variation brings more), ``spread needed`` (see
        `spread_needed`) and ``in stretches`` (`stretched_tokens` at that spread, None without).
    """
    return [_beside_bound(run) for run in data.table("speculative_runs")]


def _beside_bound(run):
    bound = functools.partial(hybrid.expected_tokens_per_step, draft_length=run.draft_length)
    plain = bound(run.acceptance)
    highest = bound(run.acceptance + HALF_DIGIT["acceptance"])
    lowest = run.speedup - HALF_DIGIT["speedup"]
    length = int(run.draft_length)
    spread = spread_needed(run.acceptance, length, run.speedup)
    return {
        "run": run,
        "bound": plain,
        "highest bound": highest,
        "lowest speedup": lowest,
        "beats": run.speedup > plain,
        "clearly beats": lowest > highest,
        "most with any variation": 1.0 / (1.0 - run.acceptance - HALF_DIGIT["acceptance"]),
        "spread needed": spread,
        "in stretches": stretched_tokens(run.acceptance, spread, length) if spread > 0 else None,
    }


def _tokens(kept):
    """Count the kept tokens before the first rejected one, and the one the large model adds."""
    return np.cumprod(kept, axis=1, dtype=np.int64).sum(axis=1) + 1


def _estimate(values):
    return Estimate(float(values.mean()), float(values.std(ddof=1) / math.sqrt(len(values))))


def _rest(target, draft):
    """What the large model gives more than the draft; the large model's own if nothing is left."""
    more = np.maximum(target - draft, 0.0)
    return more / more.sum() if more.sum() > 0 else target


def _beta(acceptance, spread):
    check("acceptance", acceptance, GLOSSARY["acceptance"])
    largest = _largest_spread(acceptance)
    if not 0 < spread < largest:
        raise ValueError(
            f"spread must be above 0 and below {largest:g} around {acceptance:g}, got {spread!r}"
        )
    size = (largest / spread) ** 2 - 1.0
    return acceptance * size, (1.0 - acceptance) * size


def _largest_spread(acceptance):
    return math.sqrt(acceptance * (1.0 - acceptance))


def _distribution(name, values):
    found = np.asarray(values, dtype=float)
    if found.ndim != 1 or not np.all(found >= 0) or abs(found.sum() - 1.0) > 1e-9:
        raise ValueError(f"{name} must be probabilities that add up to 1, got {values!r}")
    return found


def _check_count(name, value, least):
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
