"""The same facts in two embedded engines: RDF asked in SPARQL, a property graph asked in Cypher."""

import re
from dataclasses import dataclass

import ladybug
import pyoxigraph

from llmbook.retrieval.facts import EDGES, KINDS, Facts, book_facts

BASE = "urn:llmbook:"
_BUFFER_BYTES = 64 * 2**20  # the engine's own default is most of the machine's memory
_RDF_TYPE = pyoxigraph.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# What a query that only reads does not say, its names and texts left out.
_QUOTED = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)""", re.DOTALL)
_READS = re.compile(r"\s*(?:OPTIONAL\s+)?MATCH\b.*\bRETURN\b", re.IGNORECASE | re.DOTALL)
_WRITES = re.compile(
    r"\b(?:CREATE|MERGE|SET|DELETE|DETACH|REMOVE|DROP|ALTER|COPY|LOAD|INSTALL|UNINSTALL|UPDATE"
    r"|ATTACH|USE|IMPORT|EXPORT|INSERT|CALL|BEGIN|COMMIT|ROLLBACK|CHECKPOINT)\b|;|//|/\*",
    re.IGNORECASE,
)
_NUMBERS = ("double", "decimal", "integer")


class QueryRefused(ValueError):
    """An engine could not run a query; the message is the engine's."""


@dataclass(frozen=True)
class Row:
    """One row of a result, the same from both engines.

    Parameters
    ----------
    id, name : str
        Of the thing; empty in a row that is about several things.
    value : float, str or None
    count : float
        How many things the row is about.
    """

    id: str = ""
    name: str = ""
    value: float | str | None = None
    count: float = 1.0


class Graph:
    """A knowledge graph in memory, in two query languages.

    Parameters
    ----------
    facts : Facts
        The book's own by default.

    Notes
    -----
    Both engines run inside this process and leave no file.
    """

    def __init__(self, facts: Facts | None = None):
        self.facts = book_facts() if facts is None else facts
        self._store = _rdf(self.facts)
        self._connection = None  # the property graph is loaded when first asked

    def sparql(self, text):
        """Return the rows of a SPARQL query, in order.

        Raises
        ------
        QueryRefused
        """
        try:
            found = self._store.query(text)
            names = [variable.value for variable in found.variables]
            return [_row(dict(zip(names, map(_plain, item), strict=True))) for item in found]
        except (SyntaxError, OSError, AttributeError, TypeError, ValueError) as error:
            raise QueryRefused(f"SPARQL: {error}") from None

    def cypher(self, text):
        """Return the rows of a Cypher query, in order.

        Raises
        ------
        QueryRefused
            Also for what is no MATCH ... RETURN: a query changes nothing.
        """
        try:
            bare = _QUOTED.sub("''", text)
            if not _READS.match(bare) or _WRITES.search(bare):
                raise ValueError(
                    f"a query is one MATCH ... RETURN and writes nothing, got {text!r}"
                )
            found = self._property_graph().execute(text)
            names = found.get_column_names()
            return [_row(dict(zip(names, item, strict=True))) for item in found.get_all()]
        except (RuntimeError, AttributeError, TypeError, ValueError) as error:
            raise QueryRefused(f"Cypher: {error}") from None

    def close(self):
        """Give the memory of the property graph back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _property_graph(self):
        if self._connection is None:
            memory = {"buffer_pool_size": _BUFFER_BYTES, "max_num_threads": 1}
            database = ladybug.Database(":memory:", **memory)
            self._connection = ladybug.Connection(database, num_threads=1)
            _load(self._connection, self.facts)
        return self._connection


def _row(found):
    unknown = set(found) - set(Row.__dataclass_fields__)
    if unknown:
        raise ValueError(f"a query returns id, name, value and count, not {sorted(unknown)}")
    count = 1.0 if found.get("count") is None else float(found["count"])
    value = found.get("value")
    value = float(value) if isinstance(value, int) else value
    return Row(found.get("id") or "", found.get("name") or "", value, count)


def _plain(term):
    if term is None or not isinstance(term, pyoxigraph.Literal):
        return None if term is None else term.value
    is_number = term.datatype.value.rpartition("#")[2] in _NUMBERS
    return float(term.value) if is_number else term.value


def _iri(*parts):
    return pyoxigraph.NamedNode(BASE + "/".join(part.replace(" ", "-") for part in parts))


def _literal(value):
    return pyoxigraph.Literal(value)


def _rdf(facts):
    store = pyoxigraph.Store()
    things = {}
    for node in facts.nodes:
        thing = things[node.kind, node.id] = _iri(node.kind, node.id)
        store.add(pyoxigraph.Quad(thing, _RDF_TYPE, _iri(node.kind)))
        for key, value in {"id": node.id, "name": node.name, **node.values}.items():
            store.add(pyoxigraph.Quad(thing, _iri(key), _literal(value)))
    for name, source, target in facts.links:
        ends = (EDGES[name].source, source), (EDGES[name].target, target)
        if all(end in things for end in ends):
            store.add(pyoxigraph.Quad(things[ends[0]], _iri(name), things[ends[1]]))
    return store


def _load(connection, facts):
    for kind in KINDS.values():
        columns = {item.name: "DOUBLE" if item.is_number else "STRING" for item in kind.properties}
        described = ", ".join(f"{name} {type_}" for name, type_ in columns.items())
        keys = "id STRING, name STRING" + (f", {described}" if described else "")
        connection.execute(f"CREATE NODE TABLE {kind.name}({keys}, PRIMARY KEY(id))")
        for node in facts.of(kind.name):
            cells = {"id": node.id, "name": node.name, **node.values}
            places = ", ".join(f"{key}: ${key}" for key in cells)
            connection.execute(f"CREATE (:{kind.name} {{{places}}})", cells)
    for edge in EDGES.values():
        connection.execute(f"CREATE REL TABLE {edge.name}(FROM {edge.source} TO {edge.target})")
    for name, source, target in facts.links:
        edge = EDGES[name]
        connection.execute(
            f"MATCH (a:{edge.source} {{id: $source}}), (b:{edge.target} {{id: $target}}) "
            f"CREATE (a)-[:{name}]->(b)",
            {"source": source, "target": target},
        )
