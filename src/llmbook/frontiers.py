"""Which offers no other offer beats, and what a handful of offers can show about a trade-off."""

import math
from dataclasses import dataclass
from itertools import permutations

LARGEST = 8  # 40,320 orders


@dataclass(frozen=True)
class RankTest:
    """A rank correlation beside what chance alone would give.

    Parameters
    ----------
    coefficient : float
        Spearman's.
    p_value : float
        Share of all orders of the second list whose coefficient is at least as far from zero.
    low, high : float
        The middle 95 % of the coefficients over all orders: one inside is no news.
    smallest_p_value : float
        Of the most extreme order: what this many items can show at best.
    n : int
        Items.
    """

    coefficient: float
    p_value: float
    low: float
    high: float
    smallest_p_value: float
    n: int


def frontier(rows, smaller=(), larger=()):
    """Return the rows that no other row beats.

    Parameters
    ----------
    rows : iterable of dict
    smaller, larger : iterable of str
        Keys whose value is better smaller, or larger.

    Returns
    -------
    list of dict
        The Pareto-optimal rows, in their order.  A row is beaten by one that is nowhere worse
        and somewhere better; equal rows stay together.

    Raises
    ------
    ValueError
        If no key is given, or a row has no finite number under one of them.
    """
    rows, smaller, larger = list(rows), tuple(smaller), tuple(larger)
    if not smaller + larger:
        raise ValueError("smaller or larger must name a key to compare")
    costs = [
        [*(_number(row, key) for key in smaller), *(-_number(row, key) for key in larger)]
        for row in rows
    ]
    return [
        row
        for row, own in zip(rows, costs, strict=True)
        if not any(_beats(other, own) for other in costs)
    ]


def rank_correlation(x, y):
    """Return Spearman's rank correlation of two lists.

    Parameters
    ----------
    x, y : sequence of float
        Of equal length, three or more; equal values share their average rank.

    Returns
    -------
    float
        From -1 to 1.

    Raises
    ------
    ValueError
        If the lists do not fit together, or one is the same throughout.
    """
    return _correlation(*_centred_ranks(x, y))


def rank_test(x, y):
    """Compare a rank correlation with those of all orders of the second list.

    Parameters
    ----------
    x, y : sequence of float
        As for `rank_correlation`, at most eight items: the distribution is counted, not
        approximated.

    Returns
    -------
    RankTest

    Raises
    ------
    ValueError
        As `rank_correlation`, or if there are more than eight items.
    """
    if len(x) > LARGEST:
        raise ValueError(f"x must have at most {LARGEST} items to count all orders, got {len(x)}")
    x, y = _centred_ranks(x, y)
    null = sorted(_correlation(x, order) for order in permutations(y))
    found = _correlation(x, y)
    extreme = max(abs(null[0]), abs(null[-1]))
    tail = math.floor(0.025 * len(null))
    return RankTest(
        coefficient=found,
        p_value=_share_beyond(null, abs(found)),
        low=null[tail],
        high=null[-1 - tail],
        smallest_p_value=_share_beyond(null, extreme),
        n=len(x),
    )


def _share_beyond(null, distance):
    return sum(abs(value) >= distance for value in null) / len(null)


def _beats(other, own):
    return other != own and all(a <= b for a, b in zip(other, own, strict=True))


def _number(row, key):
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"{key} must be a finite number in every row, got {value!r} in {row!r}")
    return value


def _centred_ranks(*lists):
    if len({len(values) for values in lists}) > 1 or len(lists[0]) < 3:
        raise ValueError(
            f"x and y must have the same length, three or more, got {[len(v) for v in lists]}"
        )
    return [_centred(name, values) for name, values in zip("xy", lists, strict=True)]


def _centred(name, values):
    if not all(math.isfinite(value) for value in values) or len(set(values)) == 1:
        raise ValueError(f"{name} must hold finite numbers that differ, got {list(values)!r}")
    # Twice the rank less its mean: a whole number even in a tie, so that sums of products have
    # no rounding noise and equal coefficients are equal.
    return [sum((v < value) - (v > value) for v in values) for value in values]


def _correlation(x, y):
    product = sum(a * b for a, b in zip(x, y, strict=True))
    return product / math.sqrt(sum(a * a for a in x) * sum(b * b for b in y))
