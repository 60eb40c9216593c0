"""How to get from one kind of thing to another over the edges of the graph."""

from functools import cache

from llmbook.retrieval.facts import EDGES

MOST_EDGES = 3


@cache
def paths(source, target):
    """Return the paths between two kinds, the shortest first.

    Parameters
    ----------
    source, target : str
        Kinds.

    Returns
    -------
    tuple of tuple of (str, bool)
        Edges, and whether each is walked from its source to its target; no kind is met twice.
    """
    found, grown = [], [((), (source,))]
    for _ in range(MOST_EDGES + 1):
        found += [path for path, kinds in grown if kinds[-1] == target]
        grown = [longer for path, kinds in grown for longer in _longer(path, kinds)]
    return tuple(found)


def _longer(path, kinds):
    for edge in EDGES.values():
        for start, end, forward in (
            (edge.source, edge.target, True),
            (edge.target, edge.source, False),
        ):
            if start == kinds[-1] and end not in kinds:
                yield (*path, (edge.name, forward)), (*kinds, end)
