"""How sure a number is: what held-out cases say, and which input moves it most."""

import math
import statistics


def leave_one_out(values):
    """Estimate each value from the others.

    Parameters
    ----------
    values : sequence of float
        At least two.

    Returns
    -------
    list of float
        For each value, the median of all others.

    Raises
    ------
    ValueError
        If there are fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"values must hold at least 2 numbers, got {len(values)}")
    return [
        statistics.median([*values[:place], *values[place + 1 :]]) for place in range(len(values))
    ]


def central_range(values, share):
    """Return the range that holds the middle share of the values.

    Parameters
    ----------
    values : sequence of float
        At least two.
    share : float
        0.8 leaves a tenth out on either side.

    Returns
    -------
    tuple of float
        Low and high end, interpolated between neighbours.

    Raises
    ------
    ValueError
        If `share` is not above 0 and below 1, or there are fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"values must hold at least 2 numbers, got {len(values)}")
    if not 0 < share < 1:
        raise ValueError(f"share must be above 0 and below 1, got {share!r}")
    ordered = sorted(values)
    return _quantile(ordered, (1 - share) / 2), _quantile(ordered, (1 + share) / 2)


def _quantile(ordered, fraction):
    """Interpolate between the neighbours of a place in sorted values."""
    place = fraction * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


def one_at_a_time(function, central, ranges):
    """Move one argument at a time over its range, the others staying put.

    Parameters
    ----------
    function : callable
        A formula.
    central : dict of str to float
        All its arguments.
    ranges : dict of str to tuple of float
        Low and high value of those that are not certain.

    Returns
    -------
    list of dict
        ``argument``, ``low``, ``high`` (the argument) and ``at_low``, ``at_high`` (the result),
        the argument that moves the result most first.

    Raises
    ------
    ValueError
        If a range is given for something that is no argument.
    """
    _check_arguments(central, ranges)
    rows = [
        {
            "argument": name,
            "low": low,
            "high": high,
            "at_low": function(**central | {name: low}),
            "at_high": function(**central | {name: high}),
        }
        for name, (low, high) in ranges.items()
    ]
    return sorted(rows, key=lambda row: abs(row["at_high"] - row["at_low"]), reverse=True)


def triangular_samples(ranges, n_samples, seed):
    """Draw values of uncertain inputs, each from a triangle over its range.

    Parameters
    ----------
    ranges : dict of str to tuple of float
        Low end, most likely value and high end; an input that is certain has three equal ones.
    n_samples : int
    seed : int
        The same seed gives the same values.

    Returns
    -------
    dict of str to numpy.ndarray
        Values drawn independently of one another.

    Raises
    ------
    ValueError
        If a range is not in order or has no end.
    """
    import numpy

    generator = numpy.random.default_rng(seed)
    return {name: _triangular(generator, name, ends, n_samples) for name, ends in ranges.items()}


def _triangular(generator, name, ends, n_samples):
    low, mode, high = ends
    if not low <= mode <= high:
        raise ValueError(f"{name} must have low <= mode <= high, got {ends!r}")
    if math.isinf(low) or math.isinf(high):
        raise ValueError(f"{name} must have finite ends, got {ends!r}")
    # One draw for each input, certain or not, so that the others keep theirs.
    position = generator.random(n_samples)
    if low == high:
        return position * 0.0 + low
    bend = (mode - low) / (high - low)
    rising = low + (position * (high - low) * (mode - low)) ** 0.5
    falling = high - ((1 - position) * (high - low) * (high - mode)) ** 0.5
    return (position < bend) * rising + (position >= bend) * falling


def median_samples(ranges, n_samples, seed):
    """Draw values of uncertain inputs, half below and half above the central value of each.

    Parameters
    ----------
    ranges : dict of str to tuple of float
        Low end, median and high end.
    n_samples, seed : int
        As in `triangular_samples`.

    Returns
    -------
    dict of str to numpy.ndarray
        Values drawn independently of one another; on either side the chance falls in a straight
        line from the median to nothing at the end.

    Raises
    ------
    ValueError
        If a range is not in order or has no end.

    Notes
    -----
    A triangle over a lopsided range has its median far from its peak. Where the central value
    is a median, or a best guess as likely too high as too low, this keeps it one.
    """
    below = {name: (low, middle, middle) for name, (low, middle, _) in ranges.items()}
    above = {name: (middle, middle, high) for name, (_, middle, high) in ranges.items()}
    lower = triangular_samples(below, n_samples, seed)
    upper = triangular_samples(above, n_samples, seed + 1)
    sides = triangular_samples(dict.fromkeys(ranges, (0.0, 0.5, 1.0)), n_samples, seed + 2)
    return {
        name: (sides[name] < 0.5) * lower[name] + (sides[name] >= 0.5) * upper[name]
        for name in ranges
    }


def observed_samples(values, n_samples, seed):
    """Draw values of an input from those that were observed, each as likely as any other.

    Parameters
    ----------
    values : sequence of float
        At least one.
    n_samples, seed : int
        As in `triangular_samples`.

    Returns
    -------
    numpy.ndarray
        None lies beyond what was observed, and none between.

    Raises
    ------
    ValueError
        If there are no values.
    """
    import numpy

    if not len(values):
        raise ValueError("values must hold at least 1 number, got 0")
    return numpy.random.default_rng(seed).choice(values, n_samples)


def sampled_range(
    function, central, ranges, share, n_samples=10_000, seed=0, draw=triangular_samples
):
    """Return the range of a result when all its uncertain inputs vary together.

    Parameters
    ----------
    function : callable
        A formula.
    central : dict of str to float
        All its arguments: the most likely values.
    ranges : dict of str to tuple of float
        Low and high end of those that are not certain, between which they are drawn.
    share : float
        Of the results that the range holds.
    n_samples, seed : int
        As in `triangular_samples`.
    draw : callable
        `triangular_samples`, `median_samples` or another that takes the same; what it returns
        replaces arguments, also such as have no range.

    Returns
    -------
    tuple of float
        Low end, median and high end.

    Raises
    ------
    ValueError
        If a range is given for something that is no argument or does not hold its central value.
    """
    _check_arguments(central, ranges)
    drawn = draw(
        {name: (low, central[name], high) for name, (low, high) in ranges.items()}, n_samples, seed
    )
    results = [float(value) for value in function(**central | drawn)]
    low, high = central_range(results, share)
    return low, statistics.median(results), high


def _check_arguments(central, ranges):
    stray = ranges.keys() - central.keys()
    if stray:
        raise ValueError(f"ranges must name arguments of the formula, got {sorted(stray)}")
