"""Queries written for a question: a template, its slots filled from what the question links to."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from llmbook.retrieval.conditions import (
    bound,
    fixes,
    is_of_some,
    limit,
    merged,
    names_things,
    reach,
)
from llmbook.retrieval.coverage import is_only_a_kind, is_suited
from llmbook.retrieval.facts import KINDS
from llmbook.retrieval.names import is_part_of_label
from llmbook.retrieval.paths import paths
from llmbook.retrieval.templates import (
    DOWNWARD,
    TEMPLATES,
    Condition,
    Template,
    cypher_conditions,
    cypher_path,
    sparql_conditions,
    sparql_path,
)
from llmbook.retrieval.words import SUITED

PREFIX = "PREFIX : <urn:llmbook:>\n"
_OPPOSITE = {
    "highest": "lowest",
    "maximum": "minimum",
    "more": "less",
    "whose highest": "whose lowest",
}
_OPPOSITE |= {low: high for high, low in _OPPOSITE.items()}
_LONGER_PATH = 0.95  # each edge makes a reading less likely
_VERY_SURE = 0.8  # and one whose property the example knows better
_SURE = 0.55  # how like an example a question must be that names no property itself
_OTHER_PROPERTY = 0.97  # the question names another property than the example


@dataclass(frozen=True)
class Hint:
    """What a question may be: a template, and what an example of it is about.

    Parameters
    ----------
    template : str
    kind, column : str or None
    similarity : float
        Of the question and the example, 0 to 1.
    example : str
        Empty when no example was looked for.
    """

    template: str
    kind: str | None = None
    column: str | None = None
    similarity: float = 0.5
    example: str = ""

    @property
    def shown(self):
        """The example with its slot for a number marked as one."""
        return self.example.replace("a number of", "<number> of")


@dataclass(frozen=True)
class Query:
    """A template with its slots filled.

    Parameters
    ----------
    template : Template
    kind : str
    column : str or None
    conditions : tuple of Condition
    things : tuple of str
        Ids of the two things that are compared.
    k : int
    other : str
        The kind of thing to which the one with the most belongs.
    confidence : float
        Similarity of the example, less for partial names and long paths.
    used : frozenset of Span
        What of the question the query takes up.
    hint : Hint
    """

    template: Template
    kind: str
    column: str | None = None
    conditions: tuple[Condition, ...] = ()
    things: tuple[str, ...] = ()
    k: int = 1
    other: str = ""
    confidence: float = 0.5
    used: frozenset = frozenset()
    hint: Hint | None = None

    @cached_property
    def sparql(self):
        text = self.template.sparql.format(
            kind=self.kind,
            property=self.column,
            where=sparql_conditions(self.conditions),
            extreme="MIN" if self._downward else "MAX",
            order="ASC" if self._downward else "DESC",
            k=self.k,
            to_other=sparql_path(self._to_other),
            where_first=sparql_conditions(self._of_pair(0), "a", "c"),
            where_second=sparql_conditions(self._of_pair(1), "b", "d"),
        )
        return PREFIX + text

    @cached_property
    def cypher(self):
        tests, match = cypher_conditions(self.conditions)
        of_first, first = cypher_conditions(self._of_pair(0), "a", "c")
        of_second, second = cypher_conditions(self._of_pair(1), "b", "d")
        return self.template.cypher.format(
            kind=self.kind,
            property=self.column,
            match=match,
            filter=tests,
            extreme="min" if self._downward else "max",
            order="ASC" if self._downward else "DESC",
            k=self.k,
            other=cypher_path(self._to_other, "o"),
            match_first=first,
            match_second=second,
            filter_first=of_first,
            filter_second=of_second,
        )

    @property
    def described(self):
        """The property that is asked for, or None."""
        return KINDS[self.kind].property(self.column) if self.column else None

    @property
    def answers_with(self):
        """The kind of thing whose names answer."""
        return self.other or self.kind

    @property
    def _to_other(self):
        return paths(self.kind, self.other)[0] if self.other else ()

    @property
    def _downward(self):
        return self.template.name in DOWNWARD or self.k < 0

    def _of_pair(self, place):
        """The conditions on one of the two things that are compared."""
        return tuple(
            replace(item, values=(self.things[place],)) if item.values == self.things else item
            for item in self.conditions
            if len(self.things) > 1
        )


def generate(links, hints):
    """Return every query that fits a question, in the order of the hints.

    Parameters
    ----------
    links : Links
    hints : iterable of Hint

    Returns
    -------
    list of Query
        Empty if no template fits.
    """
    found = {}
    for hint in hints:
        turned = _turned(hint, links)
        for query in [q for filled in _fill(links, turned) for q in _belonging(links, filled)]:
            key = replace(query, confidence=0.0, used=frozenset(), hint=None)
            if key not in found or found[key].confidence < query.confidence:
                found[key] = query
    return list(found.values())


def every_template():
    """Return the hints of one who has seen no example: each template is as likely as the next."""
    return [Hint(name) for name in TEMPLATES]


def _turned(hint, links):
    """Turn the largest into the smallest where the question asks for that."""
    down, up = links.has("direction", "lowest"), links.has("direction", "highest")
    is_down = hint.template in DOWNWARD
    if hint.template in _OPPOSITE and (down or up) and is_down != (down and not up):
        return replace(hint, template=_OPPOSITE[hint.template])
    return hint


def _fill(links, hint):
    template = TEMPLATES[hint.template]
    if template.statistic and not links.has("statistic", template.statistic):
        return
    directions = links.of("direction")
    if "direction" in template.needs and not directions:
        return
    numbers = links.of("k")
    if "k" in template.needs and not numbers:
        return
    for kind, name, spans in _subjects(links, hint, template):
        query = _conditioned(links, template, kind, name, spans)
        if query is None:
            continue
        if "direction" in template.needs:
            if not spans and not _hints_at_a_property(links):
                continue
            query = replace(query, used=query.used | {*directions})
        if "k" in template.needs:
            down = links.has("direction", "lowest")
            query = replace(query, k=numbers[0].meanings[0], used=query.used | {*numbers})
            query = replace(query, k=-query.k) if down else query
        if template.statistic:
            asked = {s for s in links.of("statistic") if template.statistic in s.meanings}
            query = replace(query, used=query.used | asked)
        agrees = hint.column in (None, name) and hint.kind in (None, kind)
        agrees = agrees and (spans or not _names_another(links, kind, name))
        confidence = query.confidence * hint.similarity * (1 if agrees else _OTHER_PROPERTY)
        yield replace(query, confidence=confidence, hint=hint)


def _hints_at_a_property(links):
    """Whether a superlative has a word beside it that an example can explain: emitted the most."""
    suited = any({*span.text.split()} & {*SUITED} for span in links.of("direction"))
    labels = [span for span in links.of("label") if not is_only_a_kind(links, span)]
    return suited or bool(links.of("word", "edge") or labels)


def _names_another(links, kind, name):
    """Whether the question has the name of another property, and not of this one."""
    free = [span for span in links.of("label") if span not in bound(links)]
    named = {meaning for span in free for meaning in span.meanings if meaning[0] == kind}
    return bool(named) and (kind, name) not in named


def _belonging(links, query):
    """Fill in to what else the thing belongs, where the template asks for that."""
    if "other" not in query.template.needs:
        yield query
        return
    said = [(kind, span) for span in links.of("kind") for kind in span.meanings]
    for kind, span in [*said, *((kind, None) for kind in _compared(links))]:
        if kind != query.kind and _is_one_each(paths(query.kind, kind)):
            yield replace(query, other=kind, used=query.used | ({span} - {None}))


def _compared(links):
    """The kinds of which two things are named: is it cheaper to rent the one or the other?"""
    named = [{t.kind for t in span.meanings if t.column == "id"} for span in links.of("name")]
    return [kind for kind in KINDS if sum(kind in kinds for kinds in named) > 1]


def _is_one_each(ways):
    return bool(ways) and all(forward for _, forward in ways[0])


def _subjects(links, hint, template):
    """Yield what the query may be about: kind, property, and the spans that say so."""
    if "property" in template.needs or "number" in template.needs:
        limited = bound(links)
        spans = [span for span in links.of("label") if span not in limited]
        spans = [span for span in spans if not is_only_a_kind(links, span)]
        labels = [(span, meaning) for span in spans for meaning in span.meanings]
        groups = {span.start for span in links.of("name")}
        said = {meaning for span in limited for meaning in span.meanings}
        free = [span for span in spans if span.start not in groups]
        if (hint.kind, hint.column) in said and not free:
            return
        if hint.column and hint.similarity >= (_VERY_SURE if free else _SURE):
            described = KINDS[hint.kind].property(hint.column)
            if all(is_part_of_label(span.text, described) for span in free):
                yield hint.kind, hint.column, frozenset()
        for span, (kind, name) in [*labels, *_suited(links, free)]:
            described = KINDS[kind].property(name)
            has_order = described.is_number or (
                "number" not in template.needs and described.is_date
            )
            if has_order or not {"number", "direction"} & template.needs:
                yield kind, name, frozenset({span})
        return
    kinds = [(kind, span) for span in links.of("kind") for kind in span.meanings]
    groups = [(t.kind, s) for s in links.of("name") for t in s.meanings if t.column != "id"]
    for kind, span in dict.fromkeys([*kinds, *groups]):
        yield kind, None, frozenset({span})
    if not kinds and not groups and hint.kind:
        yield hint.kind, None, frozenset()


def _suited(links, spans):
    """Yield the longer-named property that a comparison must mean: faster memory is bandwidth."""
    for direction in links.of("direction"):
        for span in spans:
            for kind in {kind: None for kind, _ in span.meanings}:
                named = [KINDS[kind].property(name) for k, name in span.meanings if k == kind]
                if any(is_suited(direction.text, item, True) for item in named):
                    continue
                for item in KINDS[kind].properties:
                    if is_part_of_label(span.text, item) and is_suited(direction.text, item, True):
                        yield span, (kind, item.name)


def _conditioned(links, template, kind, name, subject):
    """Fill in the conditions; None where something in the question cannot be reached."""
    names, conditions, quality = _of_names(links, kind, subject)
    if conditions is None:
        return None
    things = []
    if "two" in template.needs:
        conditions, things = _two(conditions, template, links)
        if not things:
            return None
    else:
        conditions = merged(conditions)
        if not _may_choose(template, conditions):
            return None
    limits, spans = _of_limits(links, kind, name)
    if limits is None:
        return None
    conditions = [*conditions, *limits]
    if not _is_sensible(links, template, kind, name, conditions, subject):
        return None
    used = frozenset({*names, *subject, *spans})
    return Query(
        template, kind, name, tuple(conditions), tuple(things), confidence=quality, used=used
    )


def _of_names(links, kind, subject):
    """The conditions of the names; None for them where a name cannot be reached."""
    places = {(span.start, span.end) for span in subject if span.role == "label"}
    names = [span for span in links.of("name") if (span.start, span.end) not in places]
    named = [reach(links, kind, span) for span in names]
    if None in named:
        return names, None, 0.0
    conditions, quality = [], 1.0
    for path, targets in named:
        quality *= targets[0].quality * _LONGER_PATH ** len(path)
        values = tuple(target.value for target in targets)
        conditions.append(Condition(path, targets[0].column, "in", values))
    return names, conditions, quality


def _of_limits(links, kind, name):
    """The conditions of numbers and years with their spans; None where one limits nothing."""
    conditions, used = [], set()
    for span in links.of("threshold", "year"):
        found = limit(links, kind, name, span)
        if found is None:
            return None, used
        condition, labels = found
        conditions.append(condition)
        used |= {span, *labels}
    return conditions, used


def _may_choose(template, conditions):
    """Whether the names leave something to choose from, where the template chooses."""
    if template.name == "total":
        return not any(_is_of_many(item) for item in conditions)
    chooses = "direction" in template.needs or template.name == "which"
    return not (chooses and names_things(conditions))


def _is_sensible(links, template, kind, name, conditions, subject):
    """Whether the template has what it needs, and asks for what can differ and is known."""
    # A label that only says what a limit is about is not what is asked for.
    if template.name in ("difference", "ratio") and links.of("threshold", "year"):
        return False
    if "direction" in template.needs and fixes(conditions, name):
        return False
    if is_of_some(kind, name, conditions):
        return False
    if {"name", "condition"} & template.needs and not conditions:
        return False
    is_named = any(span.role == "label" for span in subject)
    return template.name != "value" or is_named or any(c.column == "id" for c in conditions)


def _two(conditions, template, links):
    """Join the two things that are compared into one condition; no things if there are not two."""
    is_pair = template.name in ("difference", "ratio")
    for path in {c.path: None for c in conditions if c.column == "id"}:
        compared = [c for c in conditions if c.column == "id" and c.path == path]
        # Of several that are compared each must be one; a price is that of the one it belongs to.
        if len(compared) < 2 or any(len(c.values) > 1 for c in compared):
            continue
        if path and not (is_pair and len(path) == 1 and path[0][1]):
            continue
        things = [c.values[0] for c in compared]
        if is_pair and len(things) > 2:
            continue
        if template.name == "ratio" and _is_turned(links):
            things.reverse()
        others = [c for c in conditions if c not in compared]
        return [*others, Condition(path, "id", "in", tuple(things))], things
    return [], []


def _is_turned(links):
    """Whether the second is held against the first: "from A to B", "how much smaller is A"."""
    names = links.of("name")
    before = links.question[: names[0].start].lower()
    between = links.question[names[0].end : names[-1].start].lower()
    from_to = re.search(r"\bfrom\b", before) is not None and " to " in between
    return from_to != links.has("direction", "lowest")


def _is_of_many(condition):
    """Whether things are reached of which each is there many times: the cards of a run."""
    return any(name in ("used", "runs_on", "tuned_on") and not on for name, on in condition.path)
