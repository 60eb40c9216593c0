"""How accuracy and forgetting depend on the rank of the update."""

from llmbook import pretrained
from llmbook.adaptation import naming
from llmbook.adaptation.lookup import looked_up
from llmbook.adaptation.setting import adapted, base_matrix, mean_and_spread, parts
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


def new_languages(ranks=(16, None), seed=0):
    """Return how names are found in languages that nothing was learned from.

    Parameters
    ----------
    ranks : sequence of int or None
        None is the full update.
    seed : int
        Of the languages that are tested and of the updates.

    Returns
    -------
    list of dict
        ``way`` and ``accuracy``: ``frozen``, ``looked up`` (see ``lookup.looked_up``), and the
        updates.
    """
    cut, base = naming.split_by_language(seed), base_matrix()
    task = {part: naming.countries().part(chosen) for part, chosen in cut.items()}
    rows = [
        {"way": "frozen", "accuracy": accuracy(task["test"], base)},
        {"way": "looked up", "accuracy": looked_up(cut)},
    ]
    for rank in ranks:
        model = merged(base, adapted(task["pool"], task["validation"], rank, seed))
        name = f"rank {rank}" if rank else "full"
        rows.append({"way": name, "accuracy": accuracy(task["test"], model)})
    return rows


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
