"""The final prompt: instructions, schema, examples, the query, the facts and the question."""

from llmbook.retrieval.facts import EDGES, KINDS

INSTRUCTION = (
    "Answer the question from the facts below and from nothing else. "
    "If they do not answer it, say that you do not know."
)
MOST_EXAMPLES = 3


def assemble(question, passages=(), hints=(), query=None, language="sparql"):
    """Return the text that a generator gets.

    Parameters
    ----------
    question : str
    passages : list of Passage
    hints : list of Hint
        The nearest examples.
    query : Query or None
        The one whose results are used.
    language : str
        In which it was run.

    Returns
    -------
    str
    """
    parts = [INSTRUCTION]
    if query is not None:
        parts.append("Schema:\n" + schema(query))
    if examples := [hint for hint in hints if hint.example][:MOST_EXAMPLES]:
        lines = [f"- {hint.shown} -> {hint.template}{_about(hint)}" for hint in examples]
        parts.append("Questions like it:\n" + "\n".join(lines))
    if query is not None:
        parts.append("Query:\n" + getattr(query, language))
    facts = [f"{place}. {passage.text}" for place, passage in enumerate(passages, 1)]
    parts.append("Facts:\n" + ("\n".join(facts) if facts else "(none)"))
    parts.append(f"Question: {question}\nAnswer:")
    return "\n\n".join(parts)


def schema(query):
    """Return the part of the schema that a query touches."""
    edges = {name for condition in query.conditions for name, _ in condition.path}
    ends = {end for name in edges for end in (EDGES[name].source, EDGES[name].target)}
    lines = [_described(KINDS[name]) for name in sorted({query.kind, *ends})]
    lines += [f"({EDGES[n].source})-[{n}]->({EDGES[n].target})" for n in sorted(edges)]
    return "\n".join(lines)


def _described(kind):
    return f"{kind.name}: {', '.join(['name', *(item.name for item in kind.properties)])}"


def _about(hint):
    return f" ({hint.kind}.{hint.column})" if hint.column else f" ({hint.kind})"
