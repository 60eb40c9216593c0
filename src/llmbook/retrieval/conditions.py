"""What a question demands of the things it asks for: names, groups, numbers and years."""

from dataclasses import replace

from llmbook.retrieval.facts import EDGES, KINDS, ONLY_OF_SOME
from llmbook.retrieval.paths import paths
from llmbook.retrieval.templates import Condition


def bound(links):
    """Return the labels that only say what a limit is about: "more than 80 GB of memory"."""
    found = set()
    for label in links.of("label"):
        for limit in links.of("threshold"):
            after = links.question[limit.end : label.start] if label.start >= limit.end else None
            before = links.question[label.end : limit.start] if label.end <= limit.start else None
            if after in (" ", " of ", "-") or before in (" ", " of ", " is "):
                found.add(label)
        dates = [KINDS[kind].property(name).is_date for kind, name in label.meanings]
        if links.of("year") and any(dates):
            found.add(label)
    return found


def merged(conditions):
    """Make one condition of names of which a thing can have one only: a card has one maker."""
    merged = {}
    for place, item in enumerate(conditions):
        has_one = all(forward for _, forward in item.path)
        key = (item.path, item.column) if has_one else place
        others = merged[key].values if key in merged else ()
        # Two names that fit the same things narrow them down: the Groq service of Mixtral.
        shared = tuple(value for value in others if value in item.values)
        values = shared or (*others, *item.values)
        merged[key] = replace(item, values=tuple(dict.fromkeys(values)))
    return list(merged.values())


def names_things(conditions):
    """Whether a name leaves nothing to choose from, or several that "more" and "less" compare."""
    return any(c.column == "id" and not c.path for c in conditions)


def fixes(conditions, name):
    """Whether a property is given: none has the most of what is the same for all."""
    return any(not c.path and c.column == name and c.operator in ("=", "in") for c in conditions)


def is_of_some(kind, name, conditions):
    """Whether many things are asked for a property that only some of them have themselves."""
    spoken = {(kind, name), *((item.end(kind), item.column) for item in conditions)}
    named = {item.end(kind) for item in conditions if item.column == "id"}
    return any((end, column) in spoken and end not in named for end, column in ONLY_OF_SOME)


def reach(links, kind, span):
    """Return the shortest path to what a name stands for, and the things that it stands for."""
    groups = {}
    for target in span.meanings:
        groups.setdefault((target.kind, target.column), []).append(target)
    ways = []
    for place, ((end, _), targets) in enumerate(groups.items()):
        for path in paths(kind, end):
            spoken = sum(links.has("edge", edge) for edge, _ in path)
            cost = len(path) - 0.6 * spoken + 0.5 * (1 - targets[0].quality)
            ways.append((cost, place, path, targets))
    if not ways:
        return None
    _, _, path, targets = min(ways, key=lambda way: way[:3])
    is_far = len(path) > 1 or (path and KINDS[kind].has_names)
    if is_far and not _is_said(links, kind, path):
        return None
    return path, targets


def _is_said(links, kind, path):
    """Whether a question speaks of a way over other things, which else would be a guess.

    The price of a model is not that of the card on which it once was trained.  What has no name
    of its own, a rental or a price, is spoken of by what it joins.
    """
    met = {kind}
    for name, forward in path[:-1]:
        met.add(EDGES[name].target if forward else EDGES[name].source)
    named = {t.kind for s in links.of("name") for t in s.meanings if t.column == "id"}
    groups = {t.kind for s in links.of("name") for t in s.meanings if t.column != "id"}
    spoken = {k for span in links.of("kind") for k in span.meanings} | groups
    edges = {name for span in links.of("edge") for name in span.meanings}
    if KINDS[kind].has_names:
        # Who trained a model is not who made the cards: the first step must be said.
        return kind in spoken | named or path[0][0] in edges
    return bool(spoken & met) or any(name in edges for name, _ in path)


def limit(links, kind, name, span):
    """Find the property that a number or a year limits."""
    labels = links.of("label")
    if span.role == "year":
        return _year(kind, span, labels)
    wanted = span.meanings[0]
    near = sorted(
        labels, key=lambda label: (not _precedes(links, label, span), abs(label.start - span.end))
    )
    for label in near:
        ways = [
            (len(path), path, column)
            for end, column in label.meanings
            if _fits(KINDS[end].property(column), wanted.unit)
            for path in paths(kind, end)
            if not path or _is_met(links, path, end)
        ]
        if ways:
            _, path, column = min(ways, key=lambda way: way[0])
            return Condition(path, column, wanted.operator, (wanted.value,)), [label]
    by_unit = [
        item.name for item in KINDS[kind].properties if wanted.unit and _fits(item, wanted.unit)
    ]
    main = name if name in by_unit else next(iter(by_unit), None)
    if main:
        return Condition((), main, wanted.operator, (wanted.value,)), []
    return None


def _is_met(links, path, end):
    """Whether a question speaks of the way to what is limited: a GPU has no layers."""
    spoken = {kind for span in links.of("kind") for kind in span.meanings}
    spoken |= {t.kind for span in links.of("name") for t in span.meanings}
    return end in spoken or any(links.has("edge", name) for name, _ in path)


def _precedes(links, label, limit):
    return links.question[label.end : limit.start] in (" ", " of ", " is ", " size ")


def _fits(item, unit):
    if not item.is_number:
        return False
    if unit == "USD":
        return item.unit.startswith("USD")
    if unit == "":
        return item.unit in ("1", "token", "h", "d", "USD/h", "W")
    return item.unit == unit


def _year(kind, span, labels):
    word, year = span.meanings[0]
    dates = [item.name for item in KINDS[kind].properties if item.is_date]
    if not dates:
        return None
    said = [(label, c) for label in labels for k, c in label.meanings if k == kind and c in dates]
    column = said[0][1] if said else dates[0]
    following = str(int(year) + 1)
    operator, value = {
        "before": ("<", year),
        "until": ("<", following),
        "after": (">=", following),
        "since": (">=", year),
    }.get(word, ("starts", year))
    return Condition((), column, operator, (value,)), [label for label, c in said if c == column]
