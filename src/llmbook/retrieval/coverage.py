"""Whether a query takes up all that a question speaks of."""

from llmbook.retrieval.facts import EDGES, KINDS
from llmbook.retrieval.names import is_part_of_label, phrase, stem
from llmbook.retrieval.words import COUNTING, DATES, MONEY, OF_ANYTHING, SUITED, UNIT_WORDS


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
    if span.role in ("unknown", "denial") or not _suits(query, links, span):
        return False
    if span.role in ("kind", "edge") and span.start < links.begin:
        return True  # it sets the scene
    if span in query.used or _is_read_otherwise(query, span):
        return True
    if span.role == "word":
        return _is_in_example(query, span.text) or near(span.text.lower(), _vocabulary(query))
    return span.role in _COVERS and _COVERS[span.role](query, links, span)


def _covers_edge(query, _links, span):
    return any(_walks(query, EDGES[name]) for name in span.meanings)


def _covers_kind(query, links, span):
    named = {t.kind for s in links.of("name") for t in s.meanings}
    counted = [s for s in links.of("label") if s.start == span.start]
    is_counted = any((query.kind, query.column) in s.meanings for s in counted)
    return is_counted or bool((_kinds_met(query) | named) & {*span.meanings})


def _covers_label(query, links, span):
    if (query.kind, query.column) in span.meanings:
        return True
    if stem(span.text) in MONEY and query.described and query.described.unit[:3] == "USD":
        return True
    if any(s.start == span.start for s in links.of("direction")):
        return _is_alike(query.described, span)
    edges = [n for s in links.of("edge") if s.start == span.start for n in s.meanings]
    said = any(_walks(query, EDGES[name]) for name in edges)
    is_unit = stem(span.text) in _limited_words(query)
    # "Memory" is a part of "memory bandwidth" only where bandwidth is not asked for as well.
    is_other = any(
        (query.kind, query.column) in s.meanings and s.start != span.start
        for s in links.of("label")
    )
    is_part = query.described and is_part_of_label(span.text, query.described)
    is_part = is_part and not is_other
    return said or is_unit or is_part or bool(_kind_at(links, span) & _kinds_met(query))


def _covers_direction(query, _links, _span):
    return query.template.name in ("difference", "ratio")


def _covers_k(query, _links, span):
    return "two" in query.template.needs and span.meanings[0] == 2


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


def _suits(query, links, span):
    """Whether a word such as "faster" can be about the property: memory is larger, not faster."""
    if span.role not in ("direction", "statistic") or query.described is None:
        return True
    return is_suited(span.text, query.described, _is_named(query, links))


def is_suited(text, described, is_named):
    """Whether a superlative or a comparative can be about a property.

    Parameters
    ----------
    text : str
        Such as "how much faster".
    described : Property
    is_named : bool
        Whether the question names the property: then it may be larger, whatever it is.

    Returns
    -------
    bool
    """
    about = [SUITED[word] for word in text.split() if word in SUITED]
    if described.is_date and not is_named and DATES not in about:
        return False  # a launch is not more or less
    if not about or (about[0] is OF_ANYTHING and is_named):
        return True
    units = (described.name, described.unit, "date" if described.is_date else "")
    return any(unit in about[0] for unit in units)


def _is_named(query, links):
    """Whether the question names the property itself."""
    labels = [span for span in links.of("label") if not is_only_a_kind(links, span)]
    return any((query.kind, query.column) in span.meanings for span in labels)


def is_only_a_kind(links, span):
    """Whether "card" means the thing: it is their number only where a number is asked for.

    The most cards are many, the biggest card is one.
    """
    groups = [s for s in links.of("name") if s.meanings[0].column != "id"]
    others = {s.start for s in [*links.of("kind"), *groups]}
    counts = links.has("statistic", "count") or links.has("statistic", "total")
    named = {s.start: s.end for s in links.of("name") if s.start < span.start}
    for direction in links.of("direction"):
        # The most NVIDIA cards are many, too.
        before = max([direction.end, *(named[start] for start in named if start > direction.end)])
        is_before = direction.end < span.start and not links.question[before : span.start].strip()
        counts |= is_before and bool({*direction.text.split()} & {*COUNTING})
    return span.start in others and not counts


def _kind_at(links, span):
    return {kind for s in links.of("kind") if s.start == span.start for kind in s.meanings}


def _is_asked(query, _links, span):
    meanings = span.meanings
    word, gives_name = meanings[0], query.template.answers == "name"
    if word in ("how", "value"):
        return not gives_name
    if word == "name":
        return gives_name
    if word == "when":
        return query.described is not None and query.described.is_date and not gives_name
    kinds = {"who": ("Vendor", "Provider", "Seller"), "where": ("Provider",), "why": ()}
    return gives_name and query.answers_with in kinds.get(word, meanings)


def _statistic_is_met(query, links, span):
    if "among" in span.meanings:
        return True
    if _is_counted(links, span) and not _is_of_one(query):
        return False
    asks_number = query.described is not None and query.described.is_number
    return "count" in span.meanings and asks_number and query.template.answers == "value"


def _is_counted(links, span):
    """Whether things are to be counted: "how many GPUs", "how many NVIDIA cards"."""
    after = [s for s in links.of("name", "kind", "label") if s.start >= span.end]
    after = [s for s in after if s.role != "name" or s.meanings[0].column != "id"]
    first = [s for s in after if s.start == min(s.start for s in after)]
    return any(s.role in ("name", "kind") for s in first)


def _is_of_one(query):
    """Whether a number is that of something named: the cards of a run, not all cards."""
    return any(
        item.column == "id" and item.end(query.kind) in (query.kind, "Model")
        for item in query.conditions
    )


def _walks(query, edge):
    walked = {name for condition in query.conditions for name, _ in condition.path}
    return edge.name in walked or query.kind == edge.source


def _kinds_met(query):
    met = {query.kind, query.other}
    if not KINDS[query.kind].has_names:
        # A rental is one of a provider and of a card: an average is over both.
        met |= {edge.target for edge in EDGES.values() if edge.source == query.kind}
    for condition in query.conditions:
        for name, _ in condition.path:
            met |= {EDGES[name].source, EDGES[name].target}
    return met


def _vocabulary(query):
    words = list(KINDS[query.kind].words)
    if query.described:
        unit = "date" if query.described.is_date else query.described.unit
        words += [*query.described.labels, UNIT_WORDS.get(unit, "")]
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


_COVERS = {
    "edge": _covers_edge,
    "kind": _covers_kind,
    "label": _covers_label,
    "direction": _covers_direction,
    "statistic": _statistic_is_met,
    "asks": _is_asked,
    "k": _covers_k,
}
