"""How well the pipeline retrieves, on questions whose answers the tables give.

No language model runs here and none is measured: the answers are read out by the template
generator, so that what is counted is what retrieval found, and whether it refused when it should.
"""

import math
from dataclasses import dataclass

from llmbook import data
from llmbook.retrieval import expected
from llmbook.retrieval.generator import TemplateGenerator
from llmbook.retrieval.pipeline import STAGES, Pipeline, book_graph

CONFIGURATIONS = {
    "no retrieval": {"retrieval": False},
    "without examples": {"examples": False},
    "without re-ranking": {"reranking": False},
    "re-ranked, no refusal": {"least_coverage": 0.0},
    "whole": {},
}
# Who worded the questions: ours while the pipeline was made; blind by people who had seen the
# tables only.  The first blind set was seen after its measurement and has been developed on since.
SETS = ("ours", "blind-1", "blind-2")
# What came of the first blind set when it was blind; one of the right answers named the right
# card by its memory where the question was about bandwidth.
FIRST_MEASURED = {"answerable": 38, "right": 11, "wrong": 0, "refused": 27}
K = 5  # how many facts of the context the measures of ranking look at


@dataclass(frozen=True)
class Outcome:
    """What came of one question.

    Parameters
    ----------
    id, kind : str
    set : str
        ``ours``, ``blind-1`` or ``blind-2``, see `SETS`.
    verdict : str
        ``right``, ``wrong``, ``refused`` or ``not judged`` (a language model's free text).  A
        question that cannot be answered is ``right`` when it is refused by what was asked of the
        graph, and not because the generator failed.
    answerable : bool
    stage : str
        That failed; empty if none did.
    recall, ndcg : float
        Of the first `K` facts; 0 where nothing was retrieved.
    executed : bool
        Whether the rows of the first query are the answer, no more and no less (execution
        accuracy), also where the answer was refused in the end.
    answer : Answer
    """

    id: str
    kind: str
    set: str
    verdict: str
    answerable: bool
    stage: str
    recall: float
    ndcg: float
    executed: bool
    answer: object

    @property
    def refused(self):
        return bool(self.stage)


def questions():
    """Return the rows of ``data/questions.csv``."""
    return data.table("questions")


def evaluate(pipeline=None, only=None, until="", **stages):
    """Ask every question and compare with the tables.

    Parameters
    ----------
    pipeline : Pipeline or None
        One over the book's own graph if None.
    only : callable or None
        Which rows of the questions to ask.
    until : str
        Compare with the rows that were there on this date, see `expected.answer`.
    **stages
        As `Pipeline.ask` takes them.

    Returns
    -------
    list of Outcome
    """
    pipeline = pipeline or Pipeline(book_graph(), TemplateGenerator())
    asked = [row for row in questions() if only is None or only(row)]
    return [judge(row, pipeline.ask(row.question, **stages), until) for row in asked]


def judge(row, answer, until=""):
    """Compare one answer with the right one.

    Parameters
    ----------
    row : Row
        Of the questions.
    answer : Answer
    until : str
        As for `evaluate`.

    Returns
    -------
    Outcome
    """
    right = expected.answer(row.lookup, until)
    given = [passage.item for passage in answer.passages][:K]
    rows = (
        [getattr(item, answer.query.template.answers) for item in answer.rows]
        if answer.query
        else []
    )
    return Outcome(
        row.id,
        row.kind,
        row.set,
        _verdict(answer, right),
        bool(right),
        answer.failed,
        recall(given, right),
        ndcg(given, right),
        bool(right) and same(dict.fromkeys(rows), right),
        answer,
    )


def _verdict(answer, right):
    if answer.failed:
        was_asked = answer.failed != STAGES[-1]
        return "refused" if right or not was_asked else "right"
    if not answer.items:
        return "not judged"
    found = list(answer.items)
    if answer.query and answer.query.template.name == "top":
        is_right = len(found) == len(right) and all(map(_equal, found, right))
        return "right" if is_right else "wrong"
    return "right" if same(found, right) else "wrong"


def same(found, right):
    """Whether two answers hold the same items, in any order; numbers to nine digits."""
    left = list(right)
    for item in found:
        match = next((place for place, other in enumerate(left) if _equal(item, other)), None)
        if match is None:
            return False
        del left[match]
    return not left


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
        to the answerable; of the unanswerable that were refused and that were answered; the mean
        recall and nDCG and the execution accuracy over the answerable.
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
        "refused_rightly": sum(outcome.verdict == "right" for outcome in cannot),
        "made_up": sum(not outcome.refused for outcome in cannot),
        f"recall_at_{K}": _mean(outcome.recall for outcome in can),
        f"ndcg_at_{K}": _mean(outcome.ndcg for outcome in can),
        "execution_accuracy": _mean(outcome.executed for outcome in can),
    }


def _mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def comparison():
    """Evaluate every configuration, each set of questions apart.

    Returns
    -------
    list of dict
        `summary` with ``configuration`` and ``set``.
    """
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    return [
        {"configuration": name, **row}
        for name, stages in CONFIGURATIONS.items()
        for row in by_set(evaluate(pipeline, **stages))
    ]


def by_set(outcomes):
    """Return the `summary` of each set of questions, with its ``set``."""
    parts = {name: [o for o in outcomes if o.set == name] for name in SETS}
    return [{"set": name, **summary(part)} for name, part in parts.items() if part]


def by_kind(outcomes):
    """Return the `summary` of each set and kind of question, with ``set`` and ``kind``."""
    kinds = dict.fromkeys((o.set, o.kind) for o in outcomes)
    return [
        {"set": name, "kind": kind}
        | summary([o for o in outcomes if (o.set, o.kind) == (name, kind)])
        for name, kind in kinds
    ]


def most_wrong(answers, confidence=0.95):
    """Return the largest share of wrong answers that none among so many leaves possible.

    Parameters
    ----------
    answers : float
        Given, none of them wrong.
    confidence : float

    Returns
    -------
    float
        0.24 for 11 answers: (1 - share) ** 11 = 0.05.
    """
    return 1.0 - (1.0 - confidence) ** (1.0 / answers) if answers else 1.0


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
            "set": outcome.set,
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
