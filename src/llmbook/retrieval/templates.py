"""The shapes that a question can have, each written once in SPARQL and once in Cypher.

The braces are slots: the kind of thing, a property of it, and the conditions that `conditions`
writes in both languages.
"""

from dataclasses import dataclass

from llmbook.retrieval.facts import EDGES


@dataclass(frozen=True)
class Template:
    """One shape of question.

    Parameters
    ----------
    name, meaning : str
    sparql, cypher : str
        Texts with slots.
    answers : str
        The column of the result that answers: ``"value"`` or ``"name"``.
    needs : frozenset of str
        ``property``, ``number`` (a property that is a number), ``name`` (one thing at least),
        ``two`` (two things), ``condition``, ``direction``, ``k``, ``other`` (a kind of
        thing to which the first belongs).
    statistic : str
        What the question must ask for by a word such as "average"; empty if nothing.
    """

    name: str
    meaning: str
    sparql: str
    cypher: str
    answers: str
    needs: frozenset
    statistic: str = ""


_ROW = "?t a :{kind} ; :id ?id ; :name ?name"

_VALUE = (
    "SELECT DISTINCT ?id ?name ?value WHERE {{\n"
    f"  {_ROW} ; :{{property}} ?value .{{where}}\n}}}} "
    "ORDER BY ?name ?id",
    "MATCH (t:{kind})\nWHERE t.{property} IS NOT NULL{filter}{match}\n"
    "RETURN DISTINCT t.id AS id, t.name AS name, t.{property} AS value ORDER BY name, id",
)
_LIST = (
    f"SELECT DISTINCT ?id ?name WHERE {{{{\n  {_ROW} .{{where}}\n}}}} ORDER BY ?name ?id",
    "MATCH (t:{kind})\nWHERE t.id IS NOT NULL{filter}{match}\n"
    "RETURN DISTINCT t.id AS id, t.name AS name ORDER BY name, id",
)
_COUNT = (
    "SELECT (COUNT(DISTINCT ?t) AS ?value) WHERE {{\n  ?t a :{kind} .{where}\n}}",
    "MATCH (t:{kind})\nWHERE t.id IS NOT NULL{filter}{match}\nRETURN count(DISTINCT t) AS value",
)
_EXTREME = (
    "SELECT DISTINCT ?id ?name ?value ?count WHERE {{\n"
    f"  {_ROW} ; :{{property}} ?value .{{where}}\n"
    "  {{ SELECT ({extreme}(?v) AS ?value) (COUNT(DISTINCT ?t) AS ?count) WHERE {{\n"
    "    ?t a :{kind} ; :{property} ?v .{where}\n  }} }}\n}} ORDER BY ?name ?id",
    "MATCH (t:{kind})\nWHERE t.{property} IS NOT NULL{filter}{match}\n"
    "WITH {extreme}(t.{property}) AS best, count(DISTINCT t) AS n\n"
    "MATCH (t:{kind})\nWHERE t.{property} = best{filter}{match}\n"
    "RETURN DISTINCT t.id AS id, t.name AS name, best AS value, n AS count ORDER BY name, id",
)
_WHOSE = (
    "SELECT DISTINCT ?id ?name ?value ?count WHERE {{\n"
    "  ?t a :{kind} ; :{property} ?value ; {to_other} ?o . ?o :id ?id ; :name ?name .{where}\n"
    "  {{ SELECT ({extreme}(?v) AS ?value) (COUNT(DISTINCT ?t) AS ?count) WHERE {{\n"
    "    ?t a :{kind} ; :{property} ?v ; {to_other} ?o .{where}\n  }} }}\n}} ORDER BY ?name ?id",
    "MATCH (t:{kind})\nWHERE t.{property} IS NOT NULL{filter}{match}\nMATCH {other}\n"
    "WITH {extreme}(t.{property}) AS best, count(DISTINCT t) AS n\n"
    "MATCH (t:{kind})\nWHERE t.{property} = best{filter}{match}\nMATCH {other}\n"
    "RETURN DISTINCT o.id AS id, o.name AS name, best AS value, n AS count ORDER BY name, id",
)
_TOP = (
    "SELECT DISTINCT ?id ?name ?value WHERE {{\n"
    f"  {_ROW} ; :{{property}} ?value .{{where}}\n}}}} "
    "ORDER BY {order}(?value) ?name ?id LIMIT {k}",
    "MATCH (t:{kind})\nWHERE t.{property} IS NOT NULL{filter}{match}\n"
    "RETURN DISTINCT t.id AS id, t.name AS name, t.{property} AS value\n"
    "ORDER BY value {order}, name, id LIMIT {k}",
)


def _statistic(function):
    return (
        f"SELECT ({function}(?v) AS ?value) (COUNT(?t) AS ?count) WHERE {{{{\n"
        "  SELECT DISTINCT ?t ?v WHERE {{\n    ?t a :{kind} ; :{property} ?v .{where}\n  }}\n}}",
        "MATCH (t:{kind})\nWHERE t.{property} IS NOT NULL{filter}{match}\n"
        f"WITH DISTINCT t\nRETURN {function.lower()}(t.{{property}}) AS value, count(*) AS count",
    )


def _pair(expression):
    sparql = expression.replace("a", "?va").replace("b", "?vb")
    cypher = expression.replace("a", "a.{property}").replace("b", "b.{property}")
    return (
        f"SELECT DISTINCT ({_absolute(sparql, 'ABS')} AS ?value) (2 AS ?count) WHERE {{{{\n"
        "  ?a a :{kind} ; :{property} ?va .{where_first}\n"
        "  ?b a :{kind} ; :{property} ?vb .{where_second}\n}} ORDER BY ?value",
        "MATCH (a:{kind})\nWHERE a.{property} IS NOT NULL{filter_first}{match_first}\nWITH *\n"
        "MATCH (b:{kind})\nWHERE b.{property} IS NOT NULL{filter_second}{match_second}\n"
        f"RETURN DISTINCT {_absolute(cypher, 'abs')} AS value, 2 AS count ORDER BY value",
    )


def _absolute(expression, function):
    return f"{function}({expression})" if "-" in expression else expression


def _template(name, meaning, texts, answers, needs, statistic=""):
    return Template(name, meaning, *texts, answers, frozenset(needs.split()), statistic)


TEMPLATES = {
    template.name: template
    for template in (
        _template("value", "a property of one thing", _VALUE, "value", "property name"),
        _template("which", "the things that fit", _LIST, "name", "condition"),
        _template("count", "how many things fit", _COUNT, "value", "", "count"),
        _template("highest", "the thing with the most", _EXTREME, "name", "property direction"),
        _template("lowest", "the thing with the least", _EXTREME, "name", "property direction"),
        _template("maximum", "the largest value", _EXTREME, "value", "property direction"),
        _template("minimum", "the smallest value", _EXTREME, "value", "property direction"),
        _template("more", "which of two has more", _EXTREME, "name", "property direction two"),
        _template("less", "which of two has less", _EXTREME, "name", "property direction two"),
        _template(
            "whose highest",
            "to what the thing with the most belongs",
            _WHOSE,
            "name",
            "property direction other",
        ),
        _template(
            "whose lowest",
            "to what the thing with the least belongs",
            _WHOSE,
            "name",
            "property direction other",
        ),
        _template("top", "the first few by a property", _TOP, "name", "number direction k"),
        _template("average", "the mean", _statistic("AVG"), "value", "number", "average"),
        _template("total", "the sum", _statistic("SUM"), "value", "number", "total"),
        _template(
            "difference",
            "by how much two differ",
            _pair("a - b"),
            "value",
            "number two",
            "difference",
        ),
        _template(
            "ratio", "how many times as much", _pair("a / b"), "value", "number two", "ratio"
        ),
    )
}

DOWNWARD = ("lowest", "minimum", "less", "whose lowest")


@dataclass(frozen=True)
class Condition:
    """What must hold of a thing, or of another thing at the end of a path.

    Parameters
    ----------
    path : tuple of (str, bool)
        Edges, and whether each is walked from its source to its target.
    column : str
    operator : str
        ``in``, a comparison, or ``starts`` for a year.
    values : tuple
    """

    path: tuple
    column: str
    operator: str
    values: tuple

    def end(self, kind):
        """Return the kind of thing at the end of the path from a kind."""
        for name, forward in self.path:
            kind = EDGES[name].target if forward else EDGES[name].source
        return kind


def literal(value):
    """Write a value as both query languages read it."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return repr(float(value))


def sparql_conditions(conditions, thing="t", end="c"):
    """Return the lines that a WHERE clause takes.

    Parameters
    ----------
    conditions : iterable of Condition
    thing, end : str
        The variables of what is asked for, and of what the conditions look at (numbered).
    """
    lines = []
    for place, item in enumerate(conditions, 1):
        path = "/".join(filter(None, [sparql_path(item.path), f":{item.column}"]))
        test = _test(f"?{end}{place}", item, "STRSTARTS")
        lines += [f"?{thing} {path} ?{end}{place} .", f"FILTER({test})"]
    return "".join(f"\n  {line}" for line in lines)


def sparql_path(path):
    """Write a path as SPARQL does."""
    return "/".join(f":{edge}" if forward else f"^:{edge}" for edge, forward in path)


def cypher_conditions(conditions, thing="t", end="c"):
    """Return the tests of the thing itself, and the clauses about what it is joined to.

    Parameters
    ----------
    conditions, thing, end
        As `sparql_conditions` takes them.
    """
    own, patterns, tests = "", "", []
    for place, item in enumerate(conditions, 1):
        if not item.path:
            own += f" AND {_test(f'{thing}.{item.column}', item, 'starts_with')}"
            continue
        variable = f"{end}{place}"
        # Each in a MATCH of its own: within one, no edge is walked twice.
        patterns += f"\nMATCH {cypher_path(item.path, variable, thing)}"
        tests.append(_test(f"{variable}.{item.column}", item, "starts_with"))
    # The engine loses rows where tests of the thing and of what it is joined to stand together.
    return own, f"\nWITH *{patterns}\nWHERE {' AND '.join(tests)}" if tests else ""


def cypher_path(path, variable, thing="t"):
    """Write a path from the thing asked for as Cypher does."""
    text = f"({thing})"
    for place, (name, forward) in enumerate(path):
        edge = EDGES[name]
        end = edge.target if forward else edge.source
        node = f"({variable}:{end})" if place == len(path) - 1 else f"(:{end})"
        text += f"-[:{name}]->{node}" if forward else f"<-[:{name}]-{node}"
    return text


def _test(variable, condition, starts):
    values = ", ".join(map(literal, condition.values))
    if condition.operator == "starts":
        return f"{starts}({variable}, {values})"
    if condition.operator == "in" and len(condition.values) > 1:
        many = f"({values})" if variable.startswith("?") else f"[{values}]"
        return f"{variable} IN {many}"
    operator = "=" if condition.operator == "in" else condition.operator
    return f"{variable} {operator} {values}"
