"""A spoken turn put together from measured stages, against the limit of a user's patience."""

from llmbook import data
from llmbook.assistant import turn_seconds

WHOLE_TURN = "turn_seconds"

# The stages that take seconds, and how an argument of the formula counts towards them.
SEGMENTS = (
    "silence",
    "recognition",
    "link",
    "first token",
    "rest of the phrase",
    "first sound",
)


def budget(stages, link):
    """Add up the stages of a turn.

    Parameters
    ----------
    stages : iterable of str
        Of ``assistant_stages``, one for each argument of `llmbook.assistant.turn_seconds` but
        the round trip.
    link : str
        Of ``links``, for the round trip.

    Returns
    -------
    dict
        ``segments`` (seconds by `SEGMENTS`), ``seconds`` (their sum, as the formula gives it) and
        ``unverified`` (the stages that are assumptions).

    Raises
    ------
    ValueError
        If a stage is missing, stands twice or is a whole turn, or the link has no round trip.
    """
    rows = [data.row("assistant_stages", key) for key in stages]
    values = {row.stage: row.value for row in rows} | {"round_trip": _round_trip(link)}
    if len(rows) + 1 != len(values) or values.keys() != turn_seconds.domains.keys():
        wanted = sorted(turn_seconds.domains.keys() - {"round_trip"})
        raise ValueError(f"stages must be one each of {wanted}, got {[row.stage for row in rows]}")
    return {
        "segments": _segments(**values),
        "seconds": turn_seconds(**values),
        "unverified": [row.id for row in rows if row.grade == "unverified"],
    }


def whole_turns():
    """Return the turns that were measured as a whole, and the limit, as rows of the table."""
    return [row for row in data.table("assistant_stages") if row.stage == WHOLE_TURN]


def _segments(
    endpoint_seconds,
    speech_seconds,
    recognition_factor,
    round_trip,
    ttft,
    tpot,
    first_tokens,
    synthesis_seconds,
):
    recognition = speech_seconds * recognition_factor
    phrase = tpot * (first_tokens - 1)
    parts = (endpoint_seconds, recognition, round_trip, ttft, phrase, synthesis_seconds)
    return dict(zip(SEGMENTS, parts, strict=True))


def _round_trip(link):
    value = data.row("links", link).round_trip_s
    if value is None:
        raise ValueError(f"link must have a known round trip, got {link!r}")
    return value
