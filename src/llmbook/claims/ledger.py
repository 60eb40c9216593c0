"""Every claim with its recomputed numbers, its verdict and the finding in words."""

import functools
from collections import Counter
from dataclasses import asdict, dataclass

from llmbook import data
from llmbook.claims import (
    inputs,
    section_1,  # noqa: F401 - importing a section registers its functions
    section_2,  # noqa: F401
    section_3,  # noqa: F401
    section_4,  # noqa: F401
    section_5,  # noqa: F401
    section_6,  # noqa: F401
    verdicts,
)
from llmbook.claims.registry import FUNCTIONS


@dataclass(frozen=True)
class Result:
    """One row of the ledger.

    Parameters
    ----------
    id, section, place, kind, statement : str
        `place` is where the paper says it; `kind` is numeric or textual.
    printed : float or str
        What the paper prints, in `unit`; text for a textual claim.
    printed_text : str
        The same, as it stands in the paper.
    unit : str or None
    implied : bool
        Whether the number follows from what is printed without being printed itself.
    relation : str or None
        ``"equal"`` or the inequality that the statement makes.
    tolerance : float or None
    tolerance_reason : str or None
    recomputed : float or None
        From sourced inputs; None for a textual claim.
    recomputed_from_paper : float or None
        From the paper's own inputs; None if it does not print them all.
    verdict, finding : str
    sources : tuple of str
        Keys of ``references.bib``.
    """

    id: str
    section: str
    place: str
    kind: str
    statement: str
    printed: float | str
    printed_text: str
    unit: str | None
    implied: bool
    relation: str | None
    tolerance: float | None
    tolerance_reason: str | None
    recomputed: float | None
    recomputed_from_paper: float | None
    verdict: str
    finding: str
    sources: tuple[str, ...]


@functools.cache
def results():
    """Recompute the whole ledger.

    Returns
    -------
    tuple of Result
        In the order of ``claims.csv``.

    Raises
    ------
    ValueError
        If a numeric claim has no function, a function no claim, a claim no evidence row where it
        needs one, or an input cannot be found; the message names it.
    """
    check_complete(data.table("claims"), FUNCTIONS, data.table("evidence"))
    return tuple(recompute(item) for item in data.table("claims"))


def result(key):
    """Recompute one claim.

    Parameters
    ----------
    key : str
        ``"III-26"`` and the like.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If there is no such claim; the message lists the nearest.
    """
    data.row("claims", key)
    return next(item for item in results() if item.id == key)


def counts(section=None):
    """Count the claims by verdict.

    Parameters
    ----------
    section : str, optional
        Of the paper, ``"III"``; all by default.

    Returns
    -------
    dict of str to int
        Every verdict, also those that no claim has.
    """
    found = Counter(item.verdict for item in results() if section in (None, item.section))
    return {verdict: found[verdict] for verdict in verdicts.VERDICTS}


def as_json():
    """Return the ledger as plain values, ready for ``json.dump``.

    Returns
    -------
    list of dict
        The fields of `Result`.
    """
    return [asdict(item) | {"sources": list(item.sources)} for item in results()]


def evidence_of(key):
    """Return the rows of ``evidence.csv`` for one claim.

    Parameters
    ----------
    key : str

    Returns
    -------
    list of llmbook.data.Row
    """
    return [item for item in data.table("evidence") if item.claim == key]


def check_complete(claims, functions, evidence):
    """Refuse a ledger with a gap.

    Parameters
    ----------
    claims, evidence : iterable of llmbook.data.Row
    functions : dict of str to callable

    Raises
    ------
    ValueError
        Naming the claim or the function that stands alone.
    """
    numeric = {item.id for item in claims if item.kind == "numeric"}
    every = {item.id for item in claims}
    if numeric - functions.keys():
        raise ValueError(f"numeric claims without a function: {sorted(numeric - functions.keys())}")
    if functions.keys() - numeric:
        raise ValueError(f"functions without a numeric claim: {sorted(functions.keys() - numeric)}")
    stray = {item.claim for item in evidence} - every
    if stray:
        raise ValueError(f"evidence for claims that are not there: {sorted(stray)}")
    silent = every - numeric - {item.claim for item in evidence}
    if silent:
        raise ValueError(f"textual claims without a row of evidence: {sorted(silent)}")


def recompute(item):
    """Recompute one claim from the tables as they are now.

    Parameters
    ----------
    item : llmbook.data.Row
        Of ``claims.csv``.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If an input cannot be found or does not fit.
    """
    common = {
        name: getattr(item, name)
        for name in ("id", "section", "place", "kind", "statement", "unit", "implied")
    }
    details = _numeric(item) if item.kind == "numeric" else _textual(item)
    return Result(**common, printed_text=item.printed, **details)


def _numeric(item):
    function = FUNCTIONS[item.id]
    paper_inputs = inputs.from_paper(item.id)
    try:
        sourced = function(**inputs.from_sources(item.id))
        paper = None if paper_inputs is None else function(**paper_inputs)
        agrees = [
            None
            if value is None
            else verdicts.holds(value, item.value, item.relation, item.tolerance)
            for value in (paper, sourced)
        ]
        finding = item.finding.format(paper=paper, sourced=sourced, printed=item.value)
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"claim {item.id} does not fit its function or finding: {error}"
        ) from error
    return {
        "printed": item.value,
        "relation": item.relation,
        "tolerance": item.tolerance,
        "tolerance_reason": item.tolerance_reason,
        "recomputed": sourced,
        "recomputed_from_paper": paper,
        "verdict": verdicts.numeric(*agrees),
        "finding": finding,
        "sources": _sources(item, inputs.sources(item.id)),
    }


def _textual(item):
    evidence = evidence_of(item.id)
    return {
        "printed": item.printed,
        "relation": None,
        "tolerance": None,
        "tolerance_reason": None,
        "recomputed": None,
        "recomputed_from_paper": None,
        "verdict": verdicts.textual(evidence),
        "finding": " ".join(_finding(row) for row in evidence),
        "sources": _sources(item, []),
    }


def _finding(row):
    return row.finding if row.grade != "unverified" else f"{row.finding} (Unverified.)"


def _sources(item, behind_inputs):
    behind_evidence = [row.source for row in evidence_of(item.id)]
    return tuple(dict.fromkeys(behind_inputs + behind_evidence))
