"""How accuracy and forgetting depend on the rank of the update."""

import statistics

from llmbook import pretrained
from llmbook.adaptation import naming
from llmbook.adaptation.lookup import looked_up
from llmbook.adaptation.setting import adapted, base_matrix, mean_and_spread, parts, rate_for
from llmbook.low_rank import Task, accuracy, fit, merged, trained_params

RANKS = (1, 2, 4, 8, 16, 32)

# What Adam keeps of a trained weight: itself, its gradient and two moments.
NUMBERS_A_WEIGHT = 4


def rank_sweep(ranks=RANKS, seeds=range(5)):
    """Adapt the vectors to the names of countries by full updates and by LoRA.

    Parameters
    ----------
    ranks, seeds : sequence of int

    Returns
    -------
    list of dict
        ``update``, ``rank`` (None if full), ``trained`` (weights), ``state_bytes``, ``accuracy``
        and ``spread``, ``kept`` and ``kept_spread``: accuracy on what the vectors knew before,
        see ``naming.inflections``.  The first row is the frozen model.
    """
    before = naming.inflections()
    rows = []
    for row, models in _swept(naming.countries(), ranks, seeds):
        kept = mean_and_spread([accuracy(before, model) for model in models])
        rows.append(row | {"kept": kept["accuracy"], "kept_spread": kept["spread"]})
    return rows


def forgetting(ranks=(1, 4, 32, None), rate=0.01, seed=0):
    """Return what is learned and what is kept when every update learns at the same rate.

    Parameters
    ----------
    ranks : sequence of int or None
        None is the full update.
    rate : float
    seed : int

    Returns
    -------
    list of dict
        ``update``, ``accuracy`` and ``kept``.
    """
    before, cut, base = naming.inflections(), parts(naming.countries()), base_matrix()
    rows = []
    for rank in ranks:
        model = merged(base, fit(cut["pool"], cut["validation"], base, rank, seed, rate))
        name = f"rank {rank}" if rank else "full"
        rows.append(
            {
                "update": name,
                "accuracy": accuracy(cut["test"], model),
                "kept": accuracy(before, model),
            }
        )
    return rows


def beside_looking_up(steps=(150, 600), seeds=range(2)):
    """Compare the full update with looking up, on names like those learned and in new languages.

    Parameters
    ----------
    steps : sequence of int
        Lengths of the training, at one rate.
    seeds : sequence of int
        Of the languages that are tested and of the updates.

    Returns
    -------
    list of dict
        ``way``, ``steps`` (None if nothing is trained), and the mean ``accuracy`` in
        ``known`` and in ``new`` languages.  The ways are ``frozen``, ``looked up`` (see
        ``lookup.looked_up``) and ``full``.
    """
    known = [_compared(naming.split(), steps, seed) for seed in seeds]
    new = [_compared(naming.split_by_language(seed), steps, seed) for seed in seeds]
    return [
        {
            "way": way,
            "steps": length,
            "known": statistics.mean(rows[way, length] for rows in known),
            "new": statistics.mean(rows[way, length] for rows in new),
        }
        for way, length in known[0]
    ]


def _compared(chosen, steps, seed):
    """Return the accuracy of each way, by its name and steps, for one cut of the names."""
    task = {part: naming.countries().part(names) for part, names in chosen.items()}
    base, learned = base_matrix(), task["pool"]
    rate = rate_for(None, len(learned.labels))
    found = {("frozen", None): base}
    for length in steps:
        update = fit(learned, task["validation"], base, None, seed, rate, steps=length)
        found["full", length] = merged(base, update)
    shares = {key: accuracy(task["test"], model) for key, model in found.items()}
    return {("looked up", None): looked_up(chosen)} | shares


def few_answers(ranks=(1, 2, 4, 16), seeds=range(3)):
    """Adapt the vectors to a question with two answers, for which one direction is enough.

    The question is the script of a name.

    Parameters
    ----------
    ranks, seeds : sequence of int

    Returns
    -------
    list of dict
        As from `rank_sweep`, without what is kept.
    """
    answers = pretrained.embed(["Latin", "Cyrillic"])
    labels = naming.is_cyrillic().astype(int)
    return [row for row, _ in _swept(Task(naming.countries().x, labels, answers), ranks, seeds)]


def _swept(task, ranks, seeds):
    """Yield a row and the models of all seeds, the frozen model first and the full update last."""
    cut, base = parts(task), base_matrix()
    yield _row("frozen", 0, 0, [base], cut["test"]), [base]
    for rank in (*ranks, None):
        updates = [adapted(cut["pool"], cut["validation"], rank, seed) for seed in seeds]
        models = [merged(base, factors) for factors in updates]
        name = f"rank {rank}" if rank else "full"
        yield _row(name, rank, trained_params(updates[0]), models, cut["test"]), models


def _row(name, rank, trained, models, test):
    return {
        "update": name,
        "rank": rank,
        "trained": trained,
        "state_bytes": trained * NUMBERS_A_WEIGHT * models[0].itemsize,
        **mean_and_spread([accuracy(test, model) for model in models]),
    }
