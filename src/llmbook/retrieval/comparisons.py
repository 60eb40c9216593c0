"""Comparisons that stand behind a number put before it, where `linking` reads them.

"80 GB or more" becomes "at least 80 GB", and "in or after 2023" becomes "since 2023".
Standard library only.
"""

import re

from llmbook.retrieval.facts import KINDS
from llmbook.retrieval.names import phrase, stem
from llmbook.retrieval.words import COMPARISONS, UNIT_WORDS, UNITS, VAGUE

UNIT = "|".join(sorted(map(re.escape, UNITS), key=len, reverse=True))
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
AMOUNT = rf"(?<![\w.])(?:\$\s*)?(?P<number>{_NUMBER})\s*(?P<unit>(?:{UNIT})(?![a-z0-9]))?"
YEAR = r"(?:19|20)\d\d(?![-/]?\d)"

_UP = (
    "more|higher|greater|larger|bigger|longer|faster|wider|deeper|above|over|up|upwards?|beyond"
    "|later|after"
)
_DOWN = "less|lower|fewer|smaller|shorter|slower|cheaper|below|under|down|earlier|before"
# What may follow "80 layers or more": a noun there would be what is meant by "more".
_END = (
    r"(?=\W*$|\s*[,;.?!)]|\s+(?:and|but|that|which|are|is|were|was|do|does|has|have|had|cost"
    r"|draw|made|launched|released|from|by|at|in|on|for|with|there|to|did)\b)"
)
_WHAT = r"(?P<what>(?:\s+[a-z_][a-z_/-]*){0,4}?)"
_BEHIND = r"[\s,(]+(?:or|and)\s+(?:{words})\b(?!\s+than\b)"
_AS_A = "(?:(?:as a|at a|at) )?"
_BOUND = {
    "at least": (_UP, f"at least|{_AS_A}minimum|min|plus"),
    "at most": (_DOWN, f"at most|{_AS_A}maximum|max|tops"),
}
_SIGNS = {">=": "at least", "\u2265": "at least", "<=": "at most", "\u2264": "at most"}
_SIGNS |= {">": "more than", "<": "less than"}
_SIGN = re.compile(r"(?P<sign>>=|<=|[><\u2265\u2264])\s*(?=\$?\s*\d)")
_PLUS = re.compile(
    rf"(?<![\w.])(?P<amount>(?:\$\s*)?{_NUMBER}(?:\s*(?:{UNIT}))?)\s*\+(?!\w)", re.IGNORECASE
)
_YEARS = {
    "since": (
        rf"\b(?:in|during|on) or (?:after|since|later than) (?P<year>{YEAR})",
        rf"\b(?:after|since|from) or (?:in|during) (?P<year>{YEAR})",
        rf"\b(?:(?:in|during|from|since) )?(?P<year>{YEAR}),? (?:or|and) "
        r"(?:later|after|afterwards|newer|since|onwards?|up|above|beyond)\b(?! than)",
        rf"\bfrom (?P<year>{YEAR}) on(?:wards?)?\b",
    ),
    "until": (
        rf"\b(?:in|during|on) or (?:before|until|earlier than) (?P<year>{YEAR})",
        rf"\b(?:before|until) or (?:in|during) (?P<year>{YEAR})",
        rf"\b(?:(?:in|during|until) )?(?P<year>{YEAR}),? (?:or|and) "
        r"(?:earlier|before|older|below)\b(?! than)",
    ),
}


def _patterns():
    for words, (joined, alone) in _BOUND.items():
        behind = _BEHIND.format(words=joined)
        yield words, re.compile(rf"{AMOUNT}(?P<what>){behind}", re.IGNORECASE)
        ends = rf"(?:{behind}|[\s,(]+(?:{alone})\b){_END}"
        yield words, re.compile(rf"{AMOUNT}{_WHAT}{ends}", re.IGNORECASE)


_PATTERNS = tuple(_patterns())
_LABELS = {
    word
    for kind in KINDS.values()
    for item in kind.properties
    for label in item.labels
    for word in phrase(label)
}
_OF_LIMITS = _LABELS | {stem(word) for word in " ".join(UNIT_WORDS.values()).split()}
_OF_LIMITS |= {"of", "per", "a", "an", "in", "the"}


def in_front(question, names=frozenset()):
    """Return a question with the comparisons that stand behind their number put before it.

    Parameters
    ----------
    question : str
    names : set of str
        Words of names: a number behind one is a part of the name.

    Returns
    -------
    str
        Comparisons that could be meant in another way are left where they are.
    """
    text = _SIGN.sub(lambda match: f"{_SIGNS[match['sign']]} ", question)
    text = _PLUS.sub(lambda match: f"at least {match['amount']}", text)
    for word, patterns in _YEARS.items():
        for pattern in patterns:
            text = re.sub(
                pattern, lambda match, word=word: f"{word} {match['year']}", text, flags=re.I
            )
    for words, pattern in _PATTERNS:
        text = pattern.sub(lambda match, words=words: _moved(match, words, names), text)
    return text


def _moved(match, words, names):
    before = match.string[: match.start()].rstrip()
    previous = before.rpartition(" ")[2].lower().strip("(,")
    is_taken = any(before.lower().endswith(other) for other in (*COMPARISONS, *VAGUE))
    is_name = not previous.isalpha() or previous in names
    about_it = all(stem(word) in _OF_LIMITS for word in phrase(match["what"]))
    if is_taken or is_name or not about_it:
        return match[0]
    amount = match.string[match.start() : match.end("what")]
    return f"{words} {amount}"
