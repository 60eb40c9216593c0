"""The rules that give a claim its verdict; no verdict is typed anywhere."""

import operator

REPRODUCED = "reproduced"
CONDITIONS = "reproduced with conditions"
CONTRADICTED = "contradicted"
SUPPORTED = "supported"
MISATTRIBUTED = "misattributed"
NOT_CHECKABLE = "not checkable"

# In the order in which pages list them, with the rule in words.
VERDICTS = {
    REPRODUCED: "The number comes out, from the paper's own inputs (where it prints them) "
    "and from ours.",
    CONDITIONS: "The number comes out from one of the two sets of inputs only.",
    SUPPORTED: "The strongest evidence found agrees with the statement.",
    CONTRADICTED: "The number does not come out, or the strongest evidence disagrees or is "
    "divided.",
    MISATTRIBUTED: "The source that the paper cites does not say it.",
    NOT_CHECKABLE: "The statement has no number, and no evidence for or against it could be "
    "verified.",
}

RELATIONS = {
    "at-least": operator.ge,
    "at-most": operator.le,
    "above": operator.gt,
    "below": operator.lt,
}

# An unverified row is shown and never counts.
_STRENGTH = {"primary": 2, "derived": 1, "secondary": 1}


def holds(value, printed, relation, tolerance):
    """Say whether a recomputed number agrees with the printed one.

    Parameters
    ----------
    value, printed : float
        In the unit of the claim.
    relation : str
        ``"equal"``, or what the statement says of the number: ``"at-least"``, ``"at-most"``,
        ``"above"`` or ``"below"``.
    tolerance : float
        Largest difference that counts as equal; for a whole number that was rounded up, 0.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If the relation is unknown.
    """
    if relation == "equal":
        # A number on the very edge of the tolerance agrees, whatever the rounding noise.
        return abs(value - printed) <= tolerance + 1e-9 * abs(printed)
    if relation not in RELATIONS:
        raise ValueError(f"relation must be equal or one of {list(RELATIONS)}, got {relation!r}")
    return RELATIONS[relation](value, printed)


def numeric(from_paper, from_sources):
    """Give the verdict on a numeric claim.

    Parameters
    ----------
    from_paper : bool or None
        Whether it holds from the paper's own inputs; None if the paper does not print them.
    from_sources : bool
        Whether it holds from sourced inputs.

    Returns
    -------
    str
    """
    if from_paper is None:
        return REPRODUCED if from_sources else CONTRADICTED
    if from_paper and from_sources:
        return REPRODUCED
    return CONDITIONS if from_paper or from_sources else CONTRADICTED


def textual(evidence):
    """Give the verdict on a statement that is no computation.

    Evidence that a cited source does not hold the statement comes first.
    Else the side with the strongest row wins (primary before secondary and derived), and a draw
    contradicts, because one counter-example is enough against "any", "always" and "only".

    Parameters
    ----------
    evidence : iterable
        Rows with ``stance`` (supports, opposes, misattributes or context) and ``grade``.

    Returns
    -------
    str
    """
    strength = {"supports": 0, "opposes": 0, "misattributes": 0, "context": 0}
    for item in evidence:
        strength[item.stance] = max(strength[item.stance], _STRENGTH.get(item.grade, 0))
    if strength["misattributes"]:
        return MISATTRIBUTED
    if not (strength["supports"] or strength["opposes"]):
        return NOT_CHECKABLE
    return SUPPORTED if strength["supports"] > strength["opposes"] else CONTRADICTED
