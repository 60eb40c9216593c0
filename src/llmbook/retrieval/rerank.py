"""A second look at what was retrieved: how sure it is, and whether it answers the whole question.

The paper names both criteria: a confidence score of the retrieval, and whether the results
together address all aspects of the question.
"""

import logging
import warnings
from dataclasses import dataclass, replace

from llmbook.retrieval.coverage import uncovered
from llmbook.retrieval.names import phrase

NEAR_TIE = 0.97  # readings this close to the best are taken for as likely as it


@dataclass(frozen=True)
class Result:
    """A query with what it returned.

    Parameters
    ----------
    query : Query
    rows : tuple of Row
    missing : tuple of Span
        Aspects of the question that the query leaves aside.
    coverage : float
        Share of the question's aspects that it takes up.
    """

    query: object
    rows: tuple
    missing: tuple = ()
    coverage: float = 1.0


def judged(query, rows, links, near):
    """Return a result with the aspects of the question that it covers."""
    missing = tuple(span for span in uncovered(query, links, near) if not _is_met(span, rows))
    coverage = 1.0 - len(missing) / len(links.spans) if links.spans else 0.0
    return Result(query, tuple(rows), missing, coverage)


def _is_met(span, rows):
    """Whether a number said in passing is that of the things found: "Amazon's three prices"."""
    if span.role != "k" or not rows:
        return False
    return span.meanings[0] == max(len(rows), rows[0].count)


def rank(results):
    """Sort results: those that cover more come first, then those that are surer.

    A reading without rows gives way to one with rows that is about as likely.
    """
    ranked = sorted(results, key=lambda item: (-item.coverage, -item.query.confidence))
    if not ranked:
        return []
    best = ranked[0]
    floor = best.query.confidence * NEAR_TIE
    tied = [r for r in ranked if r.coverage == best.coverage and r.query.confidence >= floor]
    first = next((result for result in tied if result.rows), best)
    return [first, *(result for result in ranked if result is not first)]


def rank_passages(question, passages, links, names):
    """Sort the passages of each query by BM25; drop those that cover less than the best query's.

    The queries themselves stay in their order: a passage of a better reading comes first.

    Parameters
    ----------
    question : str
    passages : list of Passage
    links : Links
    names : dict
        (kind, id) to name.

    Returns
    -------
    list of Passage
    """
    if not passages:
        return []
    lexical = bm25(question, [passage.text for passage in passages])
    scored = [
        replace(passage, coverage=_covered(passage, links), lexical=score)
        for passage, score in zip(passages, lexical, strict=True)
    ]
    queries = list(dict.fromkeys(passage.query for passage in passages))
    order = {query: place for place, query in enumerate(queries)}
    best = max(passage.coverage for passage in scored if not order[passage.query])
    kept = [passage for passage in scored if passage.coverage >= best]

    def key(passage):
        # The first few by a property stand in their order already.
        is_sorted = passage.query.template.name == "top"
        return order[passage.query], 0.0 if is_sorted else -passage.lexical

    return sorted(kept, key=key)


def bm25(question, texts):
    """Return the BM25 score of each text for a question, by an independent library."""
    with warnings.catch_warnings():
        # In a notebook it asks for bars of progress, which it is told below not to draw.
        warnings.filterwarnings("ignore", message="IProgress not found")
        import bm25s

    # The library reports every index that it builds, and turns its reports on when imported.
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    index = bm25s.BM25()
    words = [_words(text) for text in texts]
    index.index(words, show_progress=False)
    return [float(score) for score in index.get_scores(_words(question))]


def contradictions(passages):
    """Return pairs of passages that give one thing two values."""
    seen, found = {}, []
    for passage in passages:
        other = seen.setdefault(passage.subject, passage)
        if other.row.value != passage.row.value:
            found.append((other, passage))
    return found


def _words(text):
    return list(phrase(text)) or [""]


def _covered(passage, links):
    """Share of the question's names and of the asked property that a passage speaks of."""
    text = passage.text.lower()
    wanted = [{t.name.lower() for t in span.meanings} for span in links.of("name")]
    met = [any(name in text for name in names) for names in wanted]
    met += [passage.query.described.label.lower() in text] if passage.query.described else []
    return sum(met) / len(met) if met else 1.0
