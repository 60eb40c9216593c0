"""The names of the graph by the words they are made of, whole and in part.

Standard library only.
"""

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace

from llmbook.retrieval.facts import KINDS, OTHER_GROUPS, OTHER_NAMES
from llmbook.retrieval.words import CATEGORIES, GENERIC

_TOKEN = re.compile(r"[a-z0-9]+(?:\.[0-9]+[a-z]*)*(?:_[a-z]+)*")


@dataclass(frozen=True)
class Target:
    """What a name or a category stands for: things of a kind whose property has this value.

    Parameters
    ----------
    kind : str
    column : str
        ``"id"`` for a thing itself.
    value, name : str
    quality : float
        1 if the whole name was given, less for a part of it or a slip in typing.
    """

    kind: str
    column: str
    value: str
    name: str
    quality: float = 1.0


def tokens(text):
    """Split a text into (token, start, end), lower case; "80GB" is two tokens."""
    lowered = re.sub(r"['\u2019]s\b", "  ", text.lower())
    lowered = re.sub(r"(?<=\d),(?=\d{3})", "\0", lowered)
    for match in _TOKEN.finditer(lowered):
        start, end = match.span()
        split = re.fullmatch(r"([\d.]+)(gb|tb|mb|gib|w|kw|mwh|tflops)", match[0])
        if split:
            yield split[1], start, start + len(split[1])
            yield split[2], start + len(split[1]), end
        else:
            yield match[0], start, end


def stem(word):
    """Return a word without its plural ending."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    is_plural = word.endswith("s") and not word.endswith("ss") and len(word) > 3
    return word[:-1] if is_plural else word


def phrase(text):
    return tuple(stem(token) for token, _, _ in tokens(text))


def name_index(facts):
    """Map each run of words to what it may name: whole names, and parts that tell things apart."""
    found = defaultdict(dict)
    for node in facts.nodes:
        if not KINDS[node.kind].has_names:
            continue
        aliases = [node.name, node.id, *OTHER_NAMES.get((node.kind, node.name), ())]
        aliases.append(re.sub(r"(?i)\bsxm\d", "SXM", node.name))
        for alias in aliases:
            whole = tuple(token for token, _, _ in tokens(alias.replace("-", " ")))
            for part in dict.fromkeys([*_parts(whole), *_parts(_size_first(whole))]):
                target = Target(
                    node.kind, "id", node.id, node.name, 1.0 if len(part) == len(whole) else 0.95
                )
                kept = found[part].get((node.kind, node.id))
                if kept is None or kept.quality < target.quality:
                    found[part][node.kind, node.id] = target
    for kind, column in CATEGORIES:
        for value in _groups(facts.of(kind), column):
            for alias in (value, *OTHER_GROUPS.get(value, ())):
                whole = tuple(token for token, _, _ in tokens(alias.replace("-", " ")))
                for words in (whole, (*whole[:-1], whole[-1] + "s")):
                    found[words][kind, column, value] = Target(kind, column, value, value)
    return {name: list(targets.values()) for name, targets in found.items()}


def _groups(nodes, column):
    """Return the texts that sort things; one that only begins the name of one thing does not."""
    members = defaultdict(list)
    for node in nodes:
        if value := node.values.get(column):
            members[value].append(node.name)
    return sorted(v for v, names in members.items() if len(names) > 1 or v not in names[0])


def _parts(whole):
    yield whole
    for length in range(1, len(whole)):
        for part in itertools.combinations(whole, length):
            if any(_tells_apart(token) for token in part):
                yield part


def _size_first(whole):
    """Put a size before the rest of a name, as people do: an 80 GB A100."""
    return (*whole[-2:], *whole[:-2]) if whole[-1:] == ("gb",) and len(whole) > 2 else whole


def _tells_apart(token):
    has_letter = any(letter.isalpha() for letter in token)
    return has_letter and len(token) > 1 and token not in GENERIC


def best_of_each_kind(targets):
    """Keep whole names where there are any; several of one kind stay several."""
    kept = []
    for (_, _), group in itertools.groupby(
        sorted(targets, key=lambda item: (item.kind, item.column)),
        key=lambda item: (item.kind, item.column),
    ):
        group = list(group)
        best = max(target.quality for target in group)
        kept += [target for target in group if target.quality == best]
    # A category that is named in full is meant rather than the many things whose names hold it.
    categories = {target.kind for target in kept if target.column != "id"}
    whole = {target.kind for target in kept if target.column == "id" and target.quality == 1}
    dropped = categories - whole
    many = Counter(target.kind for target in kept if target.column == "id")
    crowds = (
        {kind for kind in many if many[kind] > 1 and kind not in whole} if categories else set()
    )
    kept = [t for t in kept if t.column != "id" or t.kind not in dropped | crowds]
    return sorted(kept, key=lambda target: -target.quality)


def slipped(target):
    return replace(target, quality=target.quality * 0.9)


def is_part_of_label(text, described):
    """Whether a text is a part of what a property is called: "memory" of "memory bandwidth"."""
    return any(set(phrase(text)) < set(phrase(label)) for label in described.labels)
