import subprocess
import sys

import pytest

from llmbook import data
from llmbook.retrieval.facts import EDGES, KINDS, Facts, Node, book_facts, say
from llmbook.retrieval.graph import Graph, QueryRefused
from llmbook.retrieval.paths import paths
from llmbook.retrieval.pipeline import book_graph
from llmbook.retrieval.templates import literal


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.properties])
def test_every_filled_cell_is_a_fact(kind):
    rows = data.table(kind.table)
    for item in kind.properties:
        filled = {row.id for row in rows if getattr(row, item.name) is not None}
        assert filled == {n.id for n in book_facts().of(kind.name) if item.name in n.values}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_both_engines_hold_the_same_values(kind):
    for item in kind.properties:
        sparql = book_graph().sparql(
            f"PREFIX : <urn:llmbook:> SELECT ?id ?value WHERE "
            f"{{ ?t a :{kind.name} ; :id ?id ; :{item.name} ?value }} ORDER BY ?id"
        )
        cypher = book_graph().cypher(
            f"MATCH (t:{kind.name}) WHERE t.{item.name} IS NOT NULL "
            f"RETURN t.id AS id, t.{item.name} AS value ORDER BY id"
        )
        assert sparql == cypher
        assert len(sparql) == sum(item.name in n.values for n in book_facts().of(kind.name))


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (t:Accelerator) WHERE t.id = 't4' SET t.memory_bytes = 1.0 RETURN t.id AS id",
        "match (t:Accelerator) where t.id = 't4' set t.memory_bytes = 1.0 return t.id as id",
        "MATCH (t:Accelerator {id: 't4'}) DETACH DELETE t RETURN 1 AS value",
        "CREATE (t:Vendor {id: 'x', name: 'x'}) RETURN t.id AS id",
        "MATCH (t:Vendor) RETURN t.id AS id; MATCH (t:Vendor) DETACH DELETE t",
        "MATCH (t:Vendor) MERGE (x:Vendor {id: 'x'}) RETURN t.id AS id",
        "CALL show_tables() RETURN name",
        "DROP TABLE Vendor",
        "MATCH (t:Vendor)",
        "",
        None,
    ],
)
def test_a_query_changes_nothing(text):
    graph = book_graph()
    before = graph.cypher("MATCH (t:Accelerator) RETURN t.id AS id, t.memory_bytes AS value")
    with pytest.raises(QueryRefused, match=r"^Cypher: "):
        graph.cypher(text)
    assert before == graph.cypher(
        "MATCH (t:Accelerator) RETURN t.id AS id, t.memory_bytes AS value"
    )


def test_a_name_may_hold_a_word_that_writes():
    text = 'MATCH (t:Vendor) WHERE t.id = "SET; DELETE \\" DROP" RETURN t.id AS id'
    assert book_graph().cypher(text) == []


@pytest.mark.parametrize("edge", EDGES.values(), ids=lambda edge: edge.name)
def test_both_engines_hold_the_same_edges(edge):
    sparql = book_graph().sparql(
        f"PREFIX : <urn:llmbook:> SELECT ?id ?name WHERE "
        f"{{ ?a a :{edge.source} ; :id ?id ; :{edge.name} ?b . ?b :name ?name }} ORDER BY ?id"
    )
    cypher = book_graph().cypher(
        f"MATCH (a:{edge.source})-[:{edge.name}]->(b:{edge.target}) "
        "RETURN a.id AS id, b.name AS name ORDER BY id"
    )
    assert sparql == cypher
    rows = [row for row in data.table(KINDS[edge.source].table) if getattr(row, edge.column)]
    assert len(sparql) == len(rows)


@pytest.mark.parametrize(
    "text",
    ["", "hello", "SELECT ?x WHERE {", "ASK { ?s ?p ?o }", "SELECT ?other WHERE { ?other ?p ?o }"],
)
def test_sparql_that_is_refused(text):
    with pytest.raises(QueryRefused, match=r"^SPARQL: "):
        book_graph().sparql(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "MATCH (t:Nothing) RETURN t.id AS id",
        "MATCH (t:Model) RETURN t.colour AS value",
        "MATCH (t:Model) RETURN t.id AS other",
    ],
)
def test_cypher_that_is_refused(text):
    with pytest.raises(QueryRefused, match=r"^Cypher: "):
        book_graph().cypher(text)


def test_an_empty_graph_answers_with_nothing():
    graph = Graph(Facts())
    assert graph.sparql("PREFIX : <urn:llmbook:> SELECT ?id WHERE { ?t a :Model ; :id ?id }") == []
    assert graph.cypher("MATCH (t:Model) RETURN t.id AS id") == []
    graph.close()


@pytest.mark.parametrize(
    "name", ['a "quoted" name', "back\\slash", "new\nline", "} RETURN 1", "é 漢"]
)
def test_texts_are_escaped_in_both_languages(name):
    graph = Graph(Facts((Node("Model", "one", name, {"n_layers": 1.0}),)))
    sparql = f"PREFIX : <urn:llmbook:> SELECT ?id WHERE {{ ?t :id ?id ; :name {literal(name)} }}"
    cypher = f"MATCH (t:Model) WHERE t.name = {literal(name)} RETURN t.id AS id"
    assert [row.id for row in graph.sparql(sparql)] == ["one"]
    assert [row.id for row in graph.cypher(cypher)] == ["one"]
    graph.close()


def test_no_file_is_left(tmp_path):
    code = (
        "from llmbook.retrieval.pipeline import ask, book_graph\n"
        "assert ask('How much memory does the T4 have?').items == (16e9,)\n"
        "assert book_graph().cypher('MATCH (t:Model) RETURN count(*) AS value')[0].value > 10"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_paths_are_the_shortest_first():
    assert paths("Model", "Model") == ((),)
    assert paths("Rental", "Run")[0] == (("rents", True), ("used", False))
    lengths = [len(path) for path in paths("Accelerator", "Run")]
    assert lengths == sorted(lengths) and lengths[0] == 1


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (80e9, "B", "80 GB"),
        (0.5, "B", "0.5 B"),
        (3350e9, "B/s", "3.35 TB/s"),
        (989.4e12, "FLOP/s", "989.4 TFLOP/s"),
        (65.2e9, "1", "65.2 billion"),
        (2048.0, "token", "2,048 tokens"),
        (1.5, "USD/h", "1.5 USD/h"),
        ("2023-07", "", "2023-07"),
    ],
)
def test_values_in_words(value, unit, said):
    assert say(value, unit) == said
