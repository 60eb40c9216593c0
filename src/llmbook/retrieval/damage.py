"""The paper's warnings as experiments: a graph that is stale or incomplete, facts that are noise.

Every experiment is drawn by a seed and says the same in every run.
"""

import datetime
import random
import re
from dataclasses import dataclass, replace

from llmbook.retrieval.evaluation import evaluate
from llmbook.retrieval.facts import KINDS, book_facts
from llmbook.retrieval.generator import TemplateGenerator
from llmbook.retrieval.graph import Graph
from llmbook.retrieval.passages import sentence
from llmbook.retrieval.pipeline import Pipeline, book_graph

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
SEEDS = (0, 1, 2)
_FACTORS = (0.5, 0.8, 1.25, 2.0)
_YEAR_DIGITS = 4


def altered(facts, share, seed):
    """Return facts of which a share of the values has another value, as in a stale graph.

    Parameters
    ----------
    facts : Facts
    share : float
        0 to 1.
    seed : int

    Returns
    -------
    Facts
        Numbers times 0.5, 0.8, 1.25 or 2; a text is that of another thing of the kind.
    """
    draw, hit = random.Random(f"altered {seed}"), _drawn(facts, share, f"altered {seed}")

    def change(node, key, value):
        if isinstance(value, float):
            return value * draw.choice(_FACTORS)
        texts = {other.values[key] for other in facts.of(node.kind) if key in other.values}
        return draw.choice(sorted(texts - {value}) or [value])

    return _changed(facts, hit, change)


def incomplete(facts, share, seed):
    """Return facts of which a share of the values is missing.

    Parameters
    ----------
    facts : Facts
    share : float
        0 to 1.
    seed : int

    Returns
    -------
    Facts
    """
    hit = _drawn(facts, share, f"incomplete {seed}")
    return _changed(facts, hit, lambda node, key, value: None)


def as_of(facts, date):
    """Return the facts as they stood on a date: things that are dated later are not yet there.

    Parameters
    ----------
    facts : Facts
    date : str
        Year, month or day, such as ``"2023-12-31"``.

    Returns
    -------
    Facts

    Raises
    ------
    ValueError
        If it is no such date.
    """
    _check_date(date)
    dates = [item.name for kind in KINDS.values() for item in kind.properties if item.is_date]
    return facts.with_nodes(
        node
        for node in facts.nodes
        if not any(str(node.values.get(key, ""))[: len(date)] > date for key in dates)
    )


def _check_date(date):
    is_text = isinstance(date, str) and re.fullmatch(r"\d{4}(-\d\d){0,2}", date)
    try:
        # What is left out of a year or a month is its first day.
        datetime.date.fromisoformat(f"{date}{'-01-01'[len(date) - 4 :]}" if is_text else "")
    except ValueError:
        raise ValueError(
            f"date must be a year, a month or a day such as '2023-12-31', got {date!r}"
        ) from None


def _drawn(facts, share, seed):
    if not 0 <= share <= 1:
        raise ValueError(f"share must be a fraction from 0 to 1, got {share!r}")
    cells = [(node.kind, node.id, key) for node, key in facts.cells()]
    random.Random(seed).shuffle(cells)
    # The same order for every share, so that a larger share hits all that a smaller one does.
    return set(cells[: round(share * len(cells))])


def _changed(facts, hit, change):
    def values(node):
        for key, value in node.values.items():
            new = change(node, key, value) if (node.kind, node.id, key) in hit else value
            if new is not None:
                yield key, new

    return facts.with_nodes(replace(node, values=dict(values(node))) for node in facts.nodes)


@dataclass(frozen=True)
class Noise:
    """Puts distractors among the facts that were retrieved.

    Parameters
    ----------
    share : float
        Of the facts that then are noise, 0 to below 1.
    seed : int
    false : bool
        If set, a distractor is the right fact with a wrong value, which no reader can tell from
        the right one; else it is a true fact that answers another question.
    """

    share: float
    seed: int = 0
    false: bool = False

    def __post_init__(self):
        if not 0 <= self.share < 1:
            raise ValueError(f"share must be a fraction from 0 to below 1, got {self.share!r}")

    def __call__(self, pipeline, passages):
        """Return the facts with distractors among them, in a random order."""
        if not passages or not self.share:
            return passages
        draw = random.Random(f"{self.seed} {passages[0].text}")
        query = passages[0].query
        own = [passage for passage in passages if passage.query is query]
        others = [passage for passage in passages if passage.query is not query]
        wanted = len(own) * self.share / (1 - self.share)
        # The fraction of a distractor is drawn, so that the share is met on average.
        number = int(wanted) + (draw.random() < wanted % 1)
        make = _falsehood if self.false else _distractor
        noise = [item for item in (make(pipeline, own, draw) for _ in range(number)) if item]
        mixed = [*own, *noise]
        draw.shuffle(mixed)
        return [*mixed, *others]


def _falsehood(pipeline, own, draw):
    """A retrieved fact with another value or name."""
    passage = draw.choice(own)
    row = passage.row
    if isinstance(row.value, float):
        row = replace(row, value=row.value * draw.choice(_FACTORS))
    if passage.query.template.answers == "name" or not isinstance(row.value, float):
        things = pipeline.graph.facts.of(passage.query.answers_with)
        other = draw.choice([node for node in things if node.id != row.id] or [None])
        if other is None:
            return None
        row = replace(row, id=other.id, name=other.name)
    return replace(passage, row=row, text=sentence(passage.query, row, pipeline.names))


def _distractor(pipeline, own, draw):
    """A true fact about another thing, or another property of it."""
    query, n_rows = own[0].query, own[0].n_rows
    for _ in range(20):
        other = _elsewhere(pipeline, query, draw)
        rows = [row for row in pipeline.rows(other) if row.value is not None or row.name]
        if rows:
            row = draw.choice(rows)
            text = sentence(other, row, pipeline.names)
            return replace(own[0], text=text, row=row, query=query, n_rows=n_rows)
    return None


def _elsewhere(pipeline, query, draw):
    """The same query about other things; where it names none, about another property."""
    named = [item for item in query.conditions if item.operator == "in"]
    if query.things:
        ids = [node.id for node in pipeline.graph.facts.of(query.kind)]
        things = tuple(draw.sample(ids, len(query.things)))
        rest = [item for item in query.conditions if item.values != query.things]
        named_things = replace(query.conditions[-1], values=things)
        return replace(query, things=things, conditions=(*rest, named_things))
    if named:
        changed = draw.choice(named)
        new = replace(changed, values=(draw.choice(_alternatives(pipeline, query, changed)),))
        conditions = tuple(new if item is changed else item for item in query.conditions)
        return replace(query, conditions=conditions)
    columns = [item.name for item in KINDS[query.kind].properties if item.is_number]
    if query.column and len(columns) > 1:
        return replace(query, column=draw.choice([c for c in columns if c != query.column]))
    limits = [replace(item, values=(_shifted(item.values[0], draw),)) for item in query.conditions]
    return replace(query, conditions=tuple(limits))


def _alternatives(pipeline, query, condition):
    kind = condition.end(query.kind)
    nodes = pipeline.graph.facts.of(kind)
    values = {
        node.id if condition.column == "id" else node.values.get(condition.column) for node in nodes
    }
    return sorted(value for value in values if value and value not in condition.values) or ["?"]


def _shifted(value, draw):
    if isinstance(value, str):
        return str(int(value[:_YEAR_DIGITS]) + draw.choice((-2, -1, 1)))
    return value * draw.choice(_FACTORS)


def stale_and_incomplete(shares=SHARES, seeds=SEEDS):
    """Evaluate on graphs of which more and more values are wrong, or missing.

    Parameters
    ----------
    shares : iterable of float
    seeds : iterable of int

    Returns
    -------
    list of dict
        ``damage``, ``share``, ``seed``, ``kind`` of question and the counts ``right``, ``wrong``,
        ``refused``, ``n``.
    """
    found = []
    for name, spoil in {"stale": altered, "incomplete": incomplete}.items():
        for share in shares:
            for seed in seeds if share else seeds[:1]:
                graph = Graph(spoil(book_facts(), share, seed))
                pipeline = Pipeline(graph, TemplateGenerator())
                found += _counted(
                    evaluate(pipeline, only=_has_answer), damage=name, share=share, seed=seed
                )
                graph.close()
    return found


def noisy(shares=SHARES, seeds=SEEDS):
    """Evaluate with noise among the retrieved facts, with and without re-ranking.

    Parameters
    ----------
    shares : iterable of float
    seeds : iterable of int

    Returns
    -------
    list of dict
        As `stale_and_incomplete`, with ``damage`` (``other facts``, ``false values``) and
        ``reranking``.
    """
    found = []
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    for name, false in {"other facts": False, "false values": True}.items():
        for share in shares:
            for seed in seeds if share else seeds[:1]:
                pipeline.disturb = Noise(share, seed, false)
                for reranking in (True, False):
                    outcomes = evaluate(pipeline, only=_has_answer, reranking=reranking)
                    where = {"damage": name, "share": share, "seed": seed, "reranking": reranking}
                    found += _counted(outcomes, **where)
    return found


def _has_answer(row):
    # The second blind set is asked once, of the whole graph.
    return row.kind != "unanswerable" and row.set != "blind-2"


def _counted(outcomes, **where):
    kinds = dict.fromkeys(outcome.kind for outcome in outcomes if outcome.answerable)
    for kind in kinds:
        part = [outcome for outcome in outcomes if outcome.kind == kind and outcome.answerable]
        verdicts = [outcome.verdict for outcome in part]
        counts = {verdict: verdicts.count(verdict) for verdict in ("right", "wrong", "refused")}
        yield {**where, "kind": kind, **counts, "n": len(part)}
