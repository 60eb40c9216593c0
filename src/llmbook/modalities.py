"""The paper's rule on modalities: upwards in dimension is generation, downwards summarization."""

from itertools import permutations

from llmbook import data

GENERATION, SUMMARIZATION, SILENT = "generation", "summarization", "silent"

# Columns of ``modalities`` that could be meant by dimension; the paper does not define it.
MEASURES = ("grid_dimensions", "raw_bytes_per_unit", "tokens_per_unit")


def rule(source, target, measure="grid_dimensions"):
    """Apply the rule to one step.

    Parameters
    ----------
    source, target : str
        Of ``modalities``.
    measure : str
        Column of that table that stands for the dimension, one of `MEASURES`.

    Returns
    -------
    str
        `GENERATION` from low to high, `SUMMARIZATION` from high to low, `SILENT` between equals.

    Raises
    ------
    ValueError
        If a name is unknown.
    """
    if measure not in MEASURES:
        raise ValueError(f"measure must be one of {list(MEASURES)}, got {measure!r}")
    low, high = (getattr(data.row("modalities", key), measure) for key in (source, target))
    if low == high:
        return SILENT
    return GENERATION if low < high else SUMMARIZATION


def judged_pairs(measure="grid_dimensions"):
    """Lay the rule beside what each step is called.

    Parameters
    ----------
    measure : str
        As in `rule`.

    Returns
    -------
    list of dict
        For every ordered pair of two modalities: ``pair`` (its row of ``modality_pairs``),
        ``rule``, and ``holds``: None where the rule is silent.
    """
    known = {
        (row.source_modality, row.target_modality): row for row in data.table("modality_pairs")
    }
    keys = [row.id for row in data.table("modalities")]
    found = []
    for steps in permutations(keys, 2):
        pair, says = known[steps], rule(*steps, measure)
        holds = None if says == SILENT else says == pair.practice
        found.append({"pair": pair, "rule": says, "holds": holds})
    return found


def tally(measure="grid_dimensions", listed=None):
    """Count the pairs for which the rule is right, wrong or silent.

    Parameters
    ----------
    measure : str
        As in `rule`.
    listed : bool, optional
        Only those that the paper lists, or only those that it does not.

    Returns
    -------
    dict of str to int
        ``right``, ``wrong``, ``silent``.
    """
    pairs = [row for row in judged_pairs(measure) if listed in (None, row["pair"].listed)]
    names = {True: "right", False: "wrong", None: "silent"}
    return {name: sum(row["holds"] is key for row in pairs) for key, name in names.items()}


def streams():
    """Return what each modality asks of a link and of a model.

    What has no duration, an image or an object, comes once a second.

    Returns
    -------
    list of dict
        ``modality`` (its row), ``raw_bytes_per_second``, ``compressed_bytes_per_second`` (None if
        no source gives it) and ``tokens_per_second``.
    """
    return [
        {
            "modality": row,
            "raw_bytes_per_second": row.raw_bytes_per_unit / seconds,
            "compressed_bytes_per_second": row.compressed_bytes_per_unit
            and row.compressed_bytes_per_unit / seconds,
            "tokens_per_second": row.tokens_per_unit / seconds,
        }
        for row in data.table("modalities")
        for seconds in [row.unit_seconds or 1.0]
    ]


def streams_on(link, direction="up"):
    """Count how many streams of each modality a link carries at once.

    Parameters
    ----------
    link : str
        Of ``links``.
    direction : str
        ``"up"`` from the user or ``"down"``.

    Returns
    -------
    dict of str to float
        By modality; of those that are compressed, compressed.

    Raises
    ------
    ValueError
        If the link is unknown or its rate in that direction is not known.
    """
    if direction not in ("up", "down"):
        raise ValueError(f"direction must be up or down, got {direction!r}")
    rate = getattr(data.row("links", link), f"{direction}_bytes_per_s")
    if rate is None:
        raise ValueError(f"link must have a known rate {direction}, got {link!r}")
    return {
        row["modality"].id: rate
        / (row["compressed_bytes_per_second"] or row["raw_bytes_per_second"])
        for row in streams()
    }


def streams_at(tokens_per_second):
    """Count how many streams of each modality a model can follow at once.

    Parameters
    ----------
    tokens_per_second : float
        That the cards take in, prompts only.

    Returns
    -------
    dict of str to float
        By modality.

    Raises
    ------
    ValueError
        If the rate is no finite number above 0.
    """
    if not 0 < tokens_per_second < float("inf"):
        raise ValueError(
            f"tokens_per_second must be a finite number above 0, got {tokens_per_second!r}"
        )
    return {row["modality"].id: tokens_per_second / row["tokens_per_second"] for row in streams()}
