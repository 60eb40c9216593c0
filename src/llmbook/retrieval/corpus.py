"""All facts of the graph as one text, and its tokens: what a long context would hold."""

from llmbook.pretrained import library
from llmbook.retrieval.facts import EDGES, KINDS, say


def corpus(facts):
    """Return every fact as a line of text.

    Parameters
    ----------
    facts : Facts

    Returns
    -------
    str
    """
    names = {(node.kind, node.id): node.name for node in facts.nodes}
    lines = []
    for node in facts.nodes:
        kind = KINDS[node.kind]
        for key, value in node.values.items():
            described = kind.property(key)
            lines.append(f"{node.name}: {described.label} {say(value, described.unit)}")
    for edge, source, target in facts.links:
        ends = (EDGES[edge].source, source), (EDGES[edge].target, target)
        first, second = (names.get(end, end[1]) for end in ends)
        lines.append(f"{first}: {edge.replace('_', ' ')} {second}")
    return "\n".join(lines)


def count_tokens(text):
    """Return the tokens of a text by the tokenizer of Llama 2, which ships with the word vectors.

    Parameters
    ----------
    text : str

    Returns
    -------
    float
        Other models cut text in other ways; a fifth more or less is common.
    """
    encoded = library().tokenizer.encode(text, add_special_tokens=False)
    return float(sum(encoded.attention_mask))
