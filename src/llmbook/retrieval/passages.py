"""Rows of a result put into words, one sentence each, as a prompt holds them."""

from dataclasses import dataclass

from llmbook.retrieval.facts import KINDS, say
from llmbook.retrieval.graph import Row
from llmbook.retrieval.queries import Query

_OPERATORS = {">": "above", ">=": "at least", "<": "below", "<=": "at most", "=": ""}


@dataclass(frozen=True)
class Passage:
    """One retrieved fact.

    Parameters
    ----------
    text : str
    row : Row
    query : Query
        That returned it.
    n_rows : int
        How many rows that query returned.
    coverage, confidence, lexical : float
        What the re-ranking gives it: share of the question's aspects in the text, confidence of
        the query, BM25 score.
    """

    text: str
    row: Row
    query: Query
    n_rows: int = 1
    coverage: float = 0.0
    confidence: float = 0.0
    lexical: float = 0.0

    @property
    def item(self):
        """What the passage gives as an answer: a value or a name."""
        return getattr(self.row, self.query.template.answers)

    @property
    def subject(self):
        """What a second passage would contradict."""
        return self.query.template.name, self.row.id, self.query.column, self.query.conditions


def passages(query, rows, names):
    """Return the rows of a query in words.

    Parameters
    ----------
    query : Query
    rows : list of Row
    names : dict
        (kind, id) to name.

    Returns
    -------
    list of Passage
    """
    return [
        Passage(sentence(query, row, names), row, query, len(rows), confidence=query.confidence)
        for row in rows
    ]


def sentence(query, row, names):
    """Return one row in words."""
    head = _head(query, row)
    conditions = [_condition(query, item, names) for item in query.conditions]
    said = [text for text in conditions if text and text not in head]
    return head + (f" ({'; '.join(said)})" if said else "")


def _head(query, row):
    kind = KINDS[query.kind].words[0]
    described = query.described
    label = described.label if described else ""
    value = say(row.value, described.unit if described else "") if row.value is not None else ""
    count = f"{row.count:.0f}"
    match query.template.name:
        case "value" | "top":
            return f"{row.name}: {label} {value}"
        case "which":
            return f"{kind}: {row.name}"
        case "count":
            return f"number of {kind}s: {value}"
        case "highest" | "maximum" | "more" | "whose highest":
            return f"{row.name}: {label} {value}, the highest of {count}"
        case "lowest" | "minimum" | "less" | "whose lowest":
            return f"{row.name}: {label} {value}, the lowest of {count}"
        case "average" | "total" as statistic:
            things = kind if row.count == 1 else f"{kind}s"
            return f"{statistic} {label} of {count} {things}: {value}"
        case "ratio":
            return f"ratio of {label}: {row.value:.6g}"
        case other:
            return f"{other} of {label}: {value}"


def _condition(query, item, names):
    end = item.end(query.kind)
    if item.column == "id":
        return " and ".join(names.get((end, value), value) for value in item.values)
    described = KINDS[end].property(item.column)
    if item.operator == "in":
        return " or ".join(item.values)
    if item.operator == "starts":
        return f"{described.label} in {item.values[0]}"
    said = f"{_OPERATORS[item.operator]} {say(item.values[0], described.unit)}"
    return f"{described.label} {said.strip()}"
