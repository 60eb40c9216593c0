"""Names, properties, numbers and other things that a question speaks of, found in the graph.

A typing slip in letters is forgiven, one in digits never: Llama 3 8B is not Llama 2 8B.
Standard library only.
"""

import difflib
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from llmbook.retrieval.comparisons import AMOUNT, YEAR, in_front
from llmbook.retrieval.facts import EDGES, KINDS
from llmbook.retrieval.names import best_of_each_kind, name_index, phrase, slipped, stem, tokens
from llmbook.retrieval.words import (
    COMPARISONS,
    DENIALS,
    DIRECTIONS,
    ENDS,
    GENERIC,
    NUMBER_WORDS,
    QUESTION_WORDS,
    STATISTICS,
    STOP_WORDS,
    UNIT_WORDS,
    UNITS,
    VAGUE,
)

_WORDS = "|".join(sorted(map(re.escape, COMPARISONS), key=len, reverse=True))
_THRESHOLD = re.compile(rf"\b(?P<words>{_WORDS})\s+(?:of\s+)?{AMOUNT}")
_YEAR = re.compile(rf"\b(?P<words>in|during|before|after|since|until)\s+(?P<year>{YEAR})\b")
_TYPO_CUTOFF = 0.84
# Where the asking begins after an introduction: "I have a rack; how much power does ... draw?"
_ASKING = re.compile(
    r"(?:[.!?;:,]|\s[-\u2013\u2014])\s+(?:and |so |then |but )?"
    r"(?=(?:what|which|how|who|when|where|by what|by how|on what|on which|on how|in what)\b)",
    re.IGNORECASE,
)
# What follows from a world that is not this one is in no table.
_SUPPOSING = re.compile(r"\bif\b.*\bwould\b|\bwould\b.*\bif\b", re.IGNORECASE | re.DOTALL)
_NEGATED = re.compile(r"\b\w+n['\u2019]t\b", re.IGNORECASE)
_ORDINAL = re.compile(
    r"\b(?:second|third|fourth|fifth|next|\d(?:nd|rd|th))[ -](?=most\b|least\b|\w+est\b)",
    re.IGNORECASE,
)
# What wants a yes or a no: every template gives a value or a name.
_YES_OR_NO = re.compile(
    r"^\W*(?:does|do|did|is|are|was|were|has|have|had)\b(?! you\b)(?!.*\bor\b)",
    re.IGNORECASE | re.DOTALL,
)
# What is nearly a number, and a number of which a comparison was left unread: "80 GB or so".
_VAGUE = re.compile(
    rf"(?:\b(?:{'|'.join(word for word in VAGUE if word.isascii())})\s+|[~\u2248]\s*)"
    rf"{AMOUNT}|[<>=\u2264\u2265\u00b1+]",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"\b(?:between|from)\s+{AMOUNT}\s*(?:and|to)\b(?=\s*\$?\d)", re.IGNORECASE)
_LIMITS = ("threshold", "year")
_ELSE = re.compile(r"\b(?:or|and|at) +(?=(\w+))", re.IGNORECASE)
# Two things asked at once: "how many cards and how many days".
_TWICE = re.compile(r"\band (?:how|what|which|who|when|where)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """A piece of the question and what it may mean.

    Parameters
    ----------
    role : str
        ``name``, ``label`` (of a property), ``kind``, ``direction``, ``statistic``, ``edge``,
        ``threshold``, ``year``, ``k`` (how many), ``asks`` (when, who, where, why), ``denial``
        (not, without, if ... would), ``word`` (not understood) or ``unknown`` (a name not found).
    text : str
    meanings : tuple
    start, end : int
        Characters of the question.
    """

    role: str
    text: str
    meanings: tuple = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class Limit:
    """A number that a property is held against.

    Parameters
    ----------
    operator : str
        ``>``, ``>=``, ``<``, ``<=`` or ``=``.
    value : float
        In SI units.
    unit : str
        As in ``datapackage.json``; empty when the question gives none.
    """

    operator: str
    value: float
    unit: str = ""


@dataclass(frozen=True)
class Links:
    """A question with all that was found in it.

    Parameters
    ----------
    question : str
    spans : tuple of Span
    begin : int
        Where the asking begins after an introduction, if there is one.
    """

    question: str
    spans: tuple[Span, ...]
    begin: int = 0

    def of(self, *roles):
        return [span for span in self.spans if span.role in roles]

    def has(self, role, meaning):
        return any(meaning in span.meanings for span in self.of(role))

    @cached_property
    def masked(self):
        """The question with each name replaced by its kind, as the examples write it."""
        text, kept = self.question, []
        place = 0
        for span in self.of("name", "threshold", "year"):
            kept += [text[place : span.start], _mask(span)]
            place = span.end
        whole = "".join([*kept, text[place:]])
        return re.sub(r"\b(?:the|an?) the\b", "the", whole, flags=re.IGNORECASE)


def _mask(span):
    if span.role == "year":
        return span.text
    if span.role == "threshold":
        return "a number of" if span.meanings[0].operator == "=" else "more than a number of"
    kind = KINDS[span.meanings[0].kind].words[0]
    is_group = span.meanings[0].column != "id"
    return f"{kind}s" if is_group and span.text.endswith("s") else f"the {kind}"


class Linker:
    """Finds in a question what the graph knows.

    Parameters
    ----------
    facts : Facts
    """

    def __init__(self, facts):
        self._names = name_index(facts)
        self._letters = sorted(
            {part for name in self._names for part in name if part.isalpha() and len(part) > 3}
            - GENERIC
        )
        self._name_words = {part for name in self._names for part in name} - GENERIC

    def link(self, question):
        """Return what a question speaks of.

        Parameters
        ----------
        question : str

        Returns
        -------
        Links
            Its question has the comparisons that stand behind a number before it.
        """
        question = in_front(question, self._name_words)
        spans = [*_limits(question), *_denials(question)]
        free = [item for item in tokens(question) if not _inside(item, spans)]
        spans += self._named(question, free)
        names = [span for span in spans if span.role == "name"]
        spans += [span for name in names for span in _also_labels(name)]
        free = [item for item in free if not _inside(item, spans)]
        spans += [span for span in _phrases(free) if not _is_noun(question, span)]
        spans += _amounts([item for item in free if not _inside(item, spans)], spans)
        spans += _asks([*tokens(question)], spans)
        free = [item for item in free if not _inside(item, spans)]
        spans += _against_one(question, spans)
        spans += _alternatives(question, spans)
        left = [_unexplained(question, item) for item in free if item[0] not in STOP_WORDS]
        # What is told before the asking begins sets a scene; its names count, its words do not.
        begin = max((match.end() for match in _ASKING.finditer(question)), default=0)
        spans += [span for span in left if span.role == "unknown" or span.start >= begin]
        return Links(question, tuple(sorted(spans, key=lambda span: span.start)), begin)

    def nearest(self, text, n=3):
        """Return the names of the graph that look most like a text."""
        names = {target.name for found in self._names.values() for target in found}
        lowered = {name.lower(): name for name in sorted(names)}
        near = difflib.get_close_matches(text.lower(), lowered, n=n, cutoff=0.5)
        return [lowered[name] for name in near]

    def _named(self, question, items):
        words = [self._spelt(token) for token, _, _ in items]
        stems = [stem(token) for token, _, _ in items]
        place = 0
        while place < len(items):
            end, targets = self._longest(words[: _clause_end(question, items, place)], place)
            # "GPU hours" and "FP16 rate" are properties, though GPU and FP16 are names.
            if label := _label_end(stems, place, end):
                place = label
                continue
            if targets:
                if any(words[i] != items[i][0] for i in range(place, end)):
                    targets = [slipped(target) for target in targets]
                start, stop = items[place][1], items[end - 1][2]
                yield Span("name", " ".join(words[place:end]), tuple(targets), start, stop)
            place = end if targets else place + 1

    def _longest(self, words, place):
        for end in range(min(len(words), place + 7), place, -1):
            if targets := best_of_each_kind(self._names.get(tuple(words[place:end]), ())):
                return end, targets
        return place, []

    def _spelt(self, word):
        if not word.isalpha() or len(word) < 5 or word in STOP_WORDS or stem(word) in _KNOWN:
            return word
        if (word,) in self._names:
            return word
        # Who slips keeps the first letter: "distinct" is not the Instinct of a vendor.
        alike = [letters for letters in self._letters if letters[0] == word[0]]
        near = difflib.get_close_matches(word, alike, n=1, cutoff=_TYPO_CUTOFF)
        return near[0] if near else word


def _clause_end(question, items, place):
    """Return the first token after a comma or another stop: no name goes on beyond it."""
    for here in range(place, len(items) - 1):
        if re.search(r"[,;:?!]|\.\s", question[items[here][2] : items[here + 1][1]]):
            return here + 1
    return len(items)


def _label_end(stems, place, end):
    """Return where a property ends that begins here and is longer than the name; else None."""
    for stop in range(min(len(stems), place + _LONGEST_PHRASE), end if end > place else place, -1):
        if any(role == "label" for role, _ in _PHRASES.get(tuple(stems[place:stop]), ())):
            return stop if stop > max(end, place + 1) else None
    return None


def _limits(question):
    lowered = question.lower()
    for match in _YEAR.finditer(lowered):
        yield Span("year", match[0], ((match["words"], match["year"]),), *match.span())
    for match in _THRESHOLD.finditer(lowered):
        if re.fullmatch(YEAR, match["number"]) and not match["unit"]:
            # A number of things or a year: "at most 2000".
            yield Span("denial", match[0].strip(), (), *match.span())
            continue
        scale, unit = UNITS.get(match["unit"] or "", (1.0, ""))
        unit = "USD" if "$" in match[0] else unit
        value = float(match["number"].replace(",", "")) * scale
        limit = Limit(COMPARISONS[match["words"]], value, unit)
        # Where no unit follows, the blank before the next word is not a part of the limit.
        text = match[0].rstrip()
        yield Span("threshold", text, (limit,), match.start(), match.start() + len(text))


def _denials(question):
    for pattern in (_SUPPOSING, _NEGATED, _ORDINAL, _TWICE, _YES_OR_NO, _VAGUE, _RANGE):
        for match in pattern.finditer(question):
            yield Span("denial", match[0], (), *match.span())


def _is_noun(question, span):
    """Whether an edge is none: "the rent of a card" is its price, and who rents it is not asked."""
    before = question[: span.start].lower().split()
    return span.role == "edge" and span.text == "rent" and before[-1:] == ["the"]


def _against_one(question, spans):
    """Find "more layers than GPT-3" with nothing else named: no template compares all with one."""
    named = [span for span in spans if span.role in ("name", "threshold")]
    for match in re.finditer(r"\bthan\b", question.lower()):
        limited = any(
            span.role == "threshold" and _inside(("", match.start()), [span]) for span in spans
        )
        if len(named) < 2 and not limited:
            yield Span("denial", match[0], (), *match.span())


def _alternatives(question, spans):
    """Find an "or" that joins no two names, and a comparison that no number was found for.

    Every condition of a query holds at once, so that "40 heads or 40 layers" cannot be said.
    """
    said = [s for s in spans if s.role in ("name", "kind", "label", "edge", *_LIMITS)]
    limits = [s for s in said if s.role in _LIMITS]
    for match in re.finditer(r"\bor\b", question, re.IGNORECASE):
        if _inside(("", match.start()), limits):
            continue
        before = {s.role for s in said if s.end == max(_ends(said, match.start()), default=-1)}
        after = {s.role for s in said if s.start == min(_starts(said, match.end()), default=-1)}
        if not all(roles & {"name", "kind"} for roles in (before, after) if roles):
            yield Span("denial", match[0], (), *match.span())
    for match in _ELSE.finditer(question):
        limited = any(s.end <= match.start() for s in limits)
        compares = any(s.role == "direction" and s.start == match.end() for s in spans)
        if compares and (limited or match[0].strip().lower() == "or"):
            yield Span("denial", match[0] + match[1], (), match.start(), match.end(1))
    for limit in limits:
        if limit.role == "threshold" and limit.meanings[0].operator == "=":
            before = re.search(r"(\w+) +$", question[: limit.start])
            after = re.search(r"^.*?\b(up|down)\b\W*$", question[limit.end :], re.IGNORECASE)
            for match in (before, after):
                if match and match[1].lower() in ENDS:
                    yield Span("denial", match[1], (), *(limit.start, limit.end))


def _ends(spans, place):
    return [span.end for span in spans if span.end <= place]


def _starts(spans, place):
    return [span.start for span in spans if span.start >= place]


def _asks(items, spans):
    """Find what kind of answer the first words want: a date, somebody, a number, "which card"."""
    for place, (word, start, _) in enumerate(items):
        following = items[place + 1][0] if place + 1 < len(items) else ""
        if word in ("what", "which") and following in ("year", "date", "month", "day"):
            yield Span("asks", f"{word} {following}", ("when",), start, items[place + 1][2])
            return
    words = [item for item in items if item[0] not in ("is", "was", "are", "were", "the", "s")]
    for (word, start, end), after, then in zip(words, words[1:], words[2:], strict=False):
        if word == "what" and any(s.role == "direction" and s.start == after[1] for s in spans):
            roles = {s.role for s in spans if s.start == then[1]}
            if "label" in roles and not {"kind", "name"} & roles:
                yield Span("asks", "what", ("value",), start, end)
                return
    for place, (word, start, end) in enumerate(items[:1]):
        if word in QUESTION_WORDS:
            yield Span("asks", word, (word,), start, end)
        # "Which is cheaper" wants a name and not the price.
        if word == "which" and items[1:] and items[1][0] in ("is", "was", "of", "has", "had"):
            yield Span("asks", word, ("name",), start, end)
        if word in ("which", "what") and place + 1 < len(items):
            following = [s for s in spans if s.start == items[place + 1][1]]
            kinds = [kind for s in following if s.role == "kind" for kind in s.meanings]
            groups = [t for s in following if s.role == "name" for t in s.meanings]
            kinds += [target.kind for target in groups if target.column != "id"]
            if kinds:
                yield Span("asks", word, tuple(dict.fromkeys(kinds)), start, end)


def _also_labels(name):
    """A name may also be a property: the GPUs of a run are counted, FP16 is a rate."""
    meanings = _PHRASES.get(phrase(name.text), ())
    labels = tuple(meaning for role, meaning in meanings if role == "label")
    return [Span("label", name.text, labels, name.start, name.end)] if labels else []


def _amounts(items, spans):
    """Find numbers that a property must equal ("with 80 layers") and how many things are wanted."""
    starts = {span.start for span in spans if span.role == "label"}
    after_name = {span.end + 1 for span in spans if span.role == "name"}
    after_direction = {span.end + 1 for span in spans if span.role == "direction"}
    for place, (token, start, end) in enumerate(items):
        if token in NUMBER_WORDS:
            yield Span("k", token, (NUMBER_WORDS[token],), start, end)
        if not re.fullmatch(r"\d+(\.\d+)?", token) or start in after_name:
            continue
        after = items[place + 1] if place + 1 < len(items) else ("", -9, -9)
        has_unit = after[0] in UNITS and after[1] - end <= 1
        if start in after_direction and float(token).is_integer() and not has_unit:
            yield Span("k", token, (int(token),), start, end)
        elif has_unit:
            scale, unit = UNITS[after[0]]
            limit = Limit("=", float(token) * scale, unit)
            yield Span("threshold", f"{token} {after[0]}", (limit,), start, after[2])
        elif end + 1 in starts:
            yield Span("threshold", token, (Limit("=", float(token)),), start, end)
        elif float(token) <= 20 and float(token).is_integer():
            yield Span("k", token, (int(token),), start, end)


def _inside(item, spans):
    return any(span.start <= item[1] < span.end for span in spans)


def _phrase_table():
    table = defaultdict(list)
    for kind in KINDS.values():
        for item in kind.properties:
            for label in item.labels:
                table[phrase(label)].append(("label", (kind.name, item.name)))
        for word in kind.words:
            table[phrase(word)].append(("kind", kind.name))
    for edge in EDGES.values():
        for word in edge.words:
            table[phrase(word)].append(("edge", edge.name))
    for meaning, words in DIRECTIONS.items():
        for word in words:
            table[phrase(word)].append(("direction", meaning))
    for meaning, words in STATISTICS.items():
        for word in words:
            table[phrase(word)].append(("statistic", meaning))
    for word in DENIALS:
        table[phrase(word)].append(("denial", word))
    return dict(table)


_PHRASES = _phrase_table()
_LONGEST_PHRASE = max(map(len, _PHRASES))
_UNIT_VOCABULARY = {*" ".join(UNIT_WORDS.values()).split(), *UNITS}
_KNOWN = {word for words in _PHRASES for word in words}


def _phrases(items):
    words = [stem(token) for token, _, _ in items]
    place = 0
    while place < len(items):
        for end in range(min(len(items), place + _LONGEST_PHRASE), place, -1):
            if found := _PHRASES.get(tuple(words[place:end])):
                yield from _meant(found, " ".join(words[place:end]), items[place], items[end - 1])
                place = end
                break
        else:
            place += 1


def _meant(found, text, first, last):
    roles = defaultdict(list)
    for role, meaning in found:
        roles[role].append(meaning)
    for role, meanings in roles.items():
        yield Span(role, text, tuple(meanings), first[1], last[2])


def _unexplained(question, item):
    token, start, end = item
    text = question[start:end]
    if stem(token) in _UNIT_VOCABULARY or token in _UNIT_VOCABULARY:
        return Span("word", text, (), start, end)
    is_name = any(letter.isdigit() for letter in token) and token not in NUMBER_WORDS
    is_name |= text[:1].isupper() and start > 0 and question[:start].rstrip()[-1:] not in ".?!"
    return Span("unknown" if is_name else "word", text, (), start, end)
