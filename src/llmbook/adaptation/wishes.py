"""What fitting preferences does to a fine-tuned model, held to it more or less strongly."""

import statistics

import numpy as np

from llmbook.adaptation import naming
from llmbook.adaptation.preferences import asked, divergence, fit_preferences, margins
from llmbook.adaptation.setting import full_model, mean_and_spread, parts
from llmbook.low_rank import accuracy, merged


def preference_sweep(
    betas=(0.03, 0.1, 0.3, 1.0, 3.0), labelled=2000, reliability=0.9, rank=16, seeds=range(2)
):
    """Fit preferences on top of a fine-tuned model, the reference.

    Parameters
    ----------
    betas : sequence of float
        How strongly it is held to the reference, see ``preferences.preference_loss``.
    labelled : int
        Names that the reference learned from.
    reliability : float
        How often people prefer the right answer to the wrong one.
    rank : int
        Of the update.
    seeds : sequence of int

    Returns
    -------
    list of dict
        ``model``, ``beta`` (None for the reference), ``pairs`` learned from, ``agreement`` (share
        of unseen pairs in which the right answer leads), ``accuracy`` and its ``spread``, and
        ``divergence`` from the reference (nats).
    """
    runs = [_run(betas, labelled, reliability, rank, seed) for seed in seeds]
    return [_joined(rows) for rows in zip(*runs, strict=True)]


def _run(betas, labelled, reliability, rank, seed):
    whole, rng = naming.countries(), np.random.default_rng(seed)
    order, cut = rng.permutation(naming.split()["pool"]), parts(whole)
    reference = full_model(whole, order[:labelled], seed)
    others = whole.part(order[labelled:])
    pairs, judged = (
        asked(task, reference, reliability, rng) for task in (others, cut["validation"])
    )
    unseen = asked(cut["test"], reference, 1.0, rng)
    models = {None: reference}
    for beta in betas:
        factors = fit_preferences(pairs, judged, reference, rank, seed, beta)
        models[beta] = merged(reference, factors)
    return [
        {
            "model": "reference" if beta is None else f"β = {beta:g}",
            "beta": beta,
            "pairs": 0 if beta is None else len(pairs.preferred),
            "agreement": float(np.mean(margins(unseen, model) > 0)),
            "accuracy": accuracy(cut["test"], model),
            "divergence": divergence(cut["test"], reference, model),
        }
        for beta, model in models.items()
    ]


def _joined(rows):
    """Average the same model over seeds."""
    columns = ("pairs", "agreement", "divergence")
    means = {column: statistics.mean(row[column] for row in rows) for column in columns}
    return rows[0] | means | mean_and_spread([row["accuracy"] for row in rows])
