"""How well the pipeline retrieves, on questions whose answers the tables give.

No language model runs here and none is measured: the answers are read out by the template
generator, so that what is counted is what retrieval found, and whether it refused when it should.
"""

import math
from dataclasses import dataclass

from llmbook import data
from llmbook.retrieval import expected
from llmbook.retrieval.generator import TemplateGenerator
from llmbook.retrieval.pipeline import Pipeline, book_graph

CONFIGURATIONS = {
    "no retrieval": {"retrieval": False},
    "without examples": {"examples": False},
    "without re-ranking": {"reranking": False},
    "whole": {},
}
K = 5  # how many facts of the context the measures of ranking look at


@dataclass(frozen=True)
class Outcome:
    """What came of one question.

    Parameters
    ----------
    id, kind : str
    blind : bool
        Whether its author had not seen the templates.
    verdict : str
        ``right``, ``wrong`` or ``refused``; a question that cannot be answered is ``right`` when
        refused.
    answerable : bool
    stage : str
        That failed; empty if none did.
    recall, ndcg : float
        Of the first `K` facts; 0 where nothing was retrieved.
    exact : bool
        Whether the rows of the query are the answer, no more and no less.
    answer : Answer
    """

    id: str
    kind: str
    blind: bool
    verdict: str
    answerable: bool
    stage: str
    recall: float
    ndcg: float
    exact: bool
    answer: object

    @property
    def refused(self):
        return bool(self.stage)


def questions():
    """Return the rows of ``data/questions.csv``."""
    return data.table("questions")


def evaluate(pipeline=None, only=None, **stages):
    """Ask every question and compare with the tables.

    Parameters
    ----------
    pipeline : Pipeline or None
        One over the book's own graph if None.
    only : callable or None
        Which rows of the questions to ask.
    **stages
        As `Pipeline.ask` takes them.

    Returns
    -------
    list of Outcome
    """
    pipeline = pipeline or Pipeline(book_graph(), TemplateGenerator())
    asked = [row for row in questions() if only is None or only(row)]
    return [judge(row, pipeline.ask(row.question, **stages)) for row in asked]


def judge(row, answer):
    """Compare one answer with the right one.

    Parameters
    ----------
    row : Row
        Of the questions.
    answer : Answer

    Returns
    -------
    Outcome
    """
    right = expected.answer(row.lookup)
    if answer.failed:
        verdict = "refused" if right else "right"
    else:
        verdict = "right" if same(answer.items, right) else "wrong"
    given = [passage.item for passage in answer.passages][:K]
    rows = (
        [getattr(item, answer.query.template.answers) for item in answer.rows]
        if answer.query
        else []
    )
    return Outcome(
        row.id,
        row.kind,
        row.blind,
        verdict,
        bool(right),
        answer.failed,
        recall(given, right),
        ndcg(given, right),
        bool(right) and same(dict.fromkeys(rows), right),
        answer,
    )


def same(found, right):
    """Whether two answers hold the same items, in any order; numbers to nine digits."""
    found, right = list(found), list(right)
    return len(found) == len(right) and all(any(_equal(a, b) for b in right) for a in found)


def recall(given, right):
    """Share of the right items that are among the given."""
    return (
        sum(any(_equal(item, other) for other in given) for item in right) / len(right)
        if right
        else 0.0
    )


def ndcg(given, right):
    """Discounted gain of the given order over that of the best order; each item gains once."""
    left, gain = list(right), 0.0
    for place, item in enumerate(given):
        hit = next((other for other in left if _equal(item, other)), None)
        if hit is not None:
            left.remove(hit)
            gain += 1 / math.log2(place + 2)
    best = sum(1 / math.log2(place + 2) for place in range(min(len(right), K)))
    return gain / best if best else 0.0


def _equal(a, b):
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-9)


def summary(outcomes):
    """Count outcomes and average the measures.

    Parameters
    ----------
    outcomes : list of Outcome

    Returns
    -------
    dict
        Counts of all, answerable and unanswerable questions; of right, wrong and refused answers
        to the answerable; of the unanswerable refused; the mean recall and nDCG and the share of
        exact queries over the answerable.
    """
    can = [outcome for outcome in outcomes if outcome.answerable]
    cannot = [outcome for outcome in outcomes if not outcome.answerable]
    count = {
        verdict: sum(o.verdict == verdict for o in can) for verdict in ("right", "wrong", "refused")
    }
    return {
        "questions": len(outcomes),
        "answerable": len(can),
        **count,
        "unanswerable": len(cannot),
        "refused_rightly": sum(outcome.refused for outcome in cannot),
        f"recall_at_{K}": _mean(outcome.recall for outcome in can),
        f"ndcg_at_{K}": _mean(outcome.ndcg for outcome in can),
        "exact": _mean(outcome.exact for outcome in can),
    }


def _mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def comparison():
    """Evaluate every configuration, the blind questions apart.

    Returns
    -------
    list of dict
        `summary` with ``configuration`` and ``wording`` (``ours`` or ``blind``).
    """
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    table = []
    for name, stages in CONFIGURATIONS.items():
        outcomes = evaluate(pipeline, **stages)
        for wording, blind in {"ours": False, "blind": True}.items():
            part = [outcome for outcome in outcomes if outcome.blind == blind]
            table.append({"configuration": name, "wording": wording, **summary(part)})
    return table


def trade_off(least=(0.0, 0.25, 0.5, 0.75, 1.0)):
    """Evaluate for several shares of a question that a result must cover: guesses or refusals.

    Parameters
    ----------
    least : iterable of float

    Returns
    -------
    list of dict
        `summary` with ``least_coverage`` and ``wording``.
    """
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    table = []
    for share in least:
        pipeline.least_coverage = share
        outcomes = evaluate(pipeline)
        for wording, blind in {"ours": False, "blind": True}.items():
            part = [outcome for outcome in outcomes if outcome.blind == blind]
            table.append({"least_coverage": share, "wording": wording, **summary(part)})
    return table


def failures(outcomes):
    """Return what failed: the question, the right answer, what was said.

    Parameters
    ----------
    outcomes : list of Outcome

    Returns
    -------
    list of dict
    """
    rows = {row.id: row for row in questions()}
    return [
        {
            "id": outcome.id,
            "kind": outcome.kind,
            "question": rows[outcome.id].question,
            "verdict": outcome.verdict,
            "stage": outcome.stage,
            "said": outcome.answer.text,
            "right": expected.answer(rows[outcome.id].lookup),
        }
        for outcome in outcomes
        if outcome.verdict != "right"
    ]
