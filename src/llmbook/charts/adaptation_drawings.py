"""Figures 2 and 3 of the paper in our own lettering."""

from llmbook.charts.drawings import Arrow, Box, Drawing, Words


def pipeline(title):
    """Redraw Fig. 2: from a question through graph and examples to the final prompt.

    Parameters
    ----------
    title : str

    Returns
    -------
    Drawing
    """
    parts = [
        Box(105, 4, 150, 30, "question"),
        Box(8, 70, 150, 46, "names and values\nthat the graph knows"),
        Box(202, 70, 150, 46, "similar examples\nfrom a vector index"),
        Box(60, 152, 150, 46, "query in SPARQL\nor Cypher"),
        Box(60, 234, 150, 30, "knowledge graph", tone="main"),
        Box(60, 300, 150, 46, "re-ranking by\nconfidence, coverage"),
        Box(105, 382, 150, 30, "final prompt"),
        Box(105, 448, 150, 30, "language model", tone="other"),
        Box(105, 514, 150, 30, "answer"),
        Arrow(140, 34, 95, 68, both=False),
        Arrow(220, 34, 265, 68, both=False),
        Arrow(95, 116, 125, 150, both=False),
        Arrow(240, 116, 195, 150, both=False),
        Arrow(135, 198, 135, 232, both=False),
        Arrow(135, 264, 135, 298, both=False),
        Words(142, 286, "rows"),
        Arrow(150, 346, 165, 380, both=False),
        Arrow(290, 116, 240, 380, both=False),
        Words(282, 260, "examples"),
        Arrow(180, 412, 180, 446, both=False),
        Arrow(180, 478, 180, 512, both=False),
    ]
    description = (
        "From top to bottom: a question is searched for names that the graph knows, and, beside "
        "it, compared with examples in a vector index. Both make a query in SPARQL or Cypher to "
        "a knowledge graph. Its rows are re-ranked and, with the examples, become the final "
        "prompt, which a language model answers."
    )
    return Drawing(title, description, 550, parts)


def adapter(title):
    """Redraw Fig. 3: frozen weights, the two thin matrices beside them, and alignment after.

    Parameters
    ----------
    title : str

    Returns
    -------
    Drawing
    """
    parts = [
        Box(105, 4, 150, 30, "input x"),
        Box(8, 92, 150, 62, "pretrained W\nd by d numbers,\nfrozen", tone="main"),
        Box(202, 70, 150, 46, "A: d by r numbers,\ntrained", tone="other"),
        Box(202, 140, 150, 46, "B: r by d numbers,\ntrained", tone="other"),
        Box(105, 226, 150, 30, "sum: W x + B A x"),
        Box(60, 300, 240, 46, "after training: one matrix\nW + B A, as large as W"),
        Box(60, 390, 240, 46, "alignment by people's\npreferences (RLHF, DPO)"),
        Arrow(140, 34, 90, 90, both=False),
        Arrow(220, 34, 270, 68, both=False),
        Arrow(277, 116, 277, 138, both=False),
        Arrow(90, 154, 140, 224, both=False),
        Arrow(270, 186, 220, 224, both=False),
        Arrow(180, 256, 180, 298, both=False),
        Words(187, 281, "merged"),
        Arrow(180, 346, 180, 388, both=False),
    ]
    description = (
        "An input goes two ways: through a large frozen matrix W, and beside it through two thin "
        "trained matrices, A and then B. Both results are added. After training the product B A "
        "is added to W, so that the model is no larger than before. Alignment by people's "
        "preferences may follow."
    )
    return Drawing(title, description, 442, parts)
