"""Whether a query takes up all that a question speaks of."""

from llmbook.retrieval.facts import EDGES, KINDS
from llmbook.retrieval.names import is_part_of_label, phrase, stem
from llmbook.retrieval.words import UNIT_WORDS


def uncovered(query, links, near=lambda _word, _words: False):
    """Return what of a question a query leaves aside.

    Parameters
    ----------
    query : Query
    links : Links
    near : callable
        Whether a word means about the same as one of several others.

    Returns
    -------
    list of Span
    """
    return [span for span in links.spans if not _covers(query, links, span, near)]


def _covers(query, links, span, near):
    if span.role == "unknown":
        return False
    if span in query.used or _is_read_otherwise(query, span):
        return True
    if span.role == "statistic":
        return _statistic_is_met(query, span)
    if span.role == "edge":
        return any(_walks(query, EDGES[name]) for name in span.meanings)
    if span.role == "kind":
        named = {t.kind for s in links.of("name") for t in s.meanings}
        return bool((_kinds_met(query) | named) & {*span.meanings})
    if span.role == "asks":
        return _is_asked(query, span.meanings)
    if span.role == "label":
        if (query.kind, query.column) in span.meanings:
            return True
        if any(s.start == span.start for s in links.of("direction")):
            return _is_alike(query.described, span)
        edges = [n for s in links.of("edge") if s.start == span.start for n in s.meanings]
        said = any(_walks(query, EDGES[name]) for name in edges)
        is_unit = stem(span.text) in _limited_words(query)
        is_part = query.described and is_part_of_label(span.text, query.described)
        return said or is_unit or is_part or bool(_kind_at(links, span) & _kinds_met(query))
    if span.role == "k":
        return "two" in query.template.needs and span.meanings[0] == 2
    if span.role == "word":
        return _is_in_example(query, span.text) or near(span.text.lower(), _vocabulary(query))
    return False


def _is_in_example(query, word):
    """Whether the example has the word, and is about the same property."""
    hint = query.hint
    if hint is None or hint.column != query.column:
        return False
    return stem(word.lower()) in phrase(hint.example)


def _is_read_otherwise(query, span):
    """Whether the same words are taken up as something else: "cards" as a number of cards."""
    readings = ("name", "kind", "label")
    return span.role in readings and any(
        other.start == span.start and other.role in readings for other in query.used
    )


def _is_alike(described, span):
    """Whether a superlative such as "cheapest" suits a property: its unit says what it is."""
    if described is None:
        return False
    named = [KINDS[kind].property(name) for kind, name in span.meanings]
    return any(d.unit[:3] == described.unit[:3] and d.is_date == described.is_date for d in named)


def _kind_at(links, span):
    return {kind for s in links.of("kind") if s.start == span.start for kind in s.meanings}


def _is_asked(query, meanings):
    word, gives_name = meanings[0], query.template.answers == "name"
    if word == "how":
        return not gives_name
    if word == "when":
        return query.described is not None and query.described.is_date and not gives_name
    kinds = {"who": ("Vendor", "Provider"), "where": ("Provider",), "why": ()}
    return gives_name and query.answers_with in kinds.get(word, meanings)


def _statistic_is_met(query, span):
    if "among" in span.meanings:
        return True
    asks_number = query.described is not None and query.described.is_number
    return "count" in span.meanings and asks_number and query.template.answers == "value"


def _walks(query, edge):
    walked = {name for condition in query.conditions for name, _ in condition.path}
    return edge.name in walked or query.kind == edge.source


def _kinds_met(query):
    met = {query.kind, query.other}
    for condition in query.conditions:
        for name, _ in condition.path:
            met |= {EDGES[name].source, EDGES[name].target}
    return met


def _vocabulary(query):
    words = list(KINDS[query.kind].words)
    if query.described:
        words += [*query.described.labels, UNIT_WORDS.get(query.described.unit, "")]
    return " ".join([*words, *sorted(_limited_words(query))])


def _limited_words(query):
    """The words for what the conditions limit, and for its unit."""
    words = []
    for item in query.conditions:
        for kind in KINDS.values():
            for described in kind.properties:
                if described.name == item.column and item.operator != "in":
                    words += [*described.labels, UNIT_WORDS.get(described.unit, "")]
    return {stem(word) for word in " ".join(words).split()}
