import pytest

from llmbook.retrieval import damage
from llmbook.retrieval.damage import Noise, altered, as_of, incomplete
from llmbook.retrieval.facts import book_facts
from llmbook.retrieval.generator import TemplateGenerator
from llmbook.retrieval.graph import Graph
from llmbook.retrieval.pipeline import Pipeline, book_graph

FACTS = book_facts()


def values(facts):
    return {(n.kind, n.id, key): value for n in facts.nodes for key, value in n.values.items()}


@pytest.mark.parametrize("share", [0.0, 0.2, 0.8, 1.0])
def test_the_share_of_missing_facts(share):
    left = len(incomplete(FACTS, share, 0).cells())
    assert left == len(FACTS.cells()) - round(share * len(FACTS.cells()))


def test_the_share_of_altered_facts():
    before, after = values(FACTS), values(altered(FACTS, 0.4, 0))
    changed = {key for key in before if before[key] != after[key]}
    assert before.keys() == after.keys()
    # A text of which there is only one kind stays.
    assert 0.95 * 0.4 < len(changed) / len(before) <= 0.4 + 1e-3
    ratios = {after[k] / before[k] for k in changed if isinstance(before[k], float) and before[k]}
    assert {round(ratio, 6) for ratio in ratios} == {0.5, 0.8, 1.25, 2.0}


def test_a_larger_share_hits_what_a_smaller_one_hits():
    assert values(incomplete(FACTS, 0.6, 1)).items() <= values(incomplete(FACTS, 0.2, 1)).items()


def test_a_seed_draws_the_same_facts_again():
    assert altered(FACTS, 0.3, 5) == altered(FACTS, 0.3, 5)
    assert values(altered(FACTS, 0.3, 5)) != values(altered(FACTS, 0.3, 6))


def test_the_graph_of_an_earlier_day():
    names = {node.name for node in as_of(FACTS, "2023-12-31").nodes}
    assert "Mistral 7B" in names and "Llama 3 8B" not in {
        node.name for node in as_of(FACTS, "2023-12-31").of("Model")
    }
    assert len(as_of(FACTS, "2100").nodes) == len(FACTS.nodes)


@pytest.mark.parametrize(
    "bad", ["31.12.2023", "", "2023-13", "2023-02-30", "23", "2023-1-1", "2023-12-31 ", 2023, None]
)
def test_a_graph_is_that_of_a_date(bad):
    with pytest.raises(ValueError, match=r"^date must be a year, a month or a day such as"):
        as_of(FACTS, bad)


def test_the_day_itself_counts():
    """The MI300X was announced on 2023-12-06."""
    for date, is_there in (
        ("2023-12-05", False),
        ("2023-12-06", True),
        ("2023-11", False),
        ("2023-12", True),
        ("2022", False),
        ("2023", True),
    ):
        assert ("mi300x" in {node.id for node in as_of(FACTS, date).nodes}) == is_there, date


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_shares_are_fractions(bad):
    with pytest.raises(ValueError, match=r"^share must be a fraction from 0"):
        incomplete(FACTS, bad, 0)
    with pytest.raises(ValueError, match=r"^share must be a fraction from 0"):
        Noise(bad)


def test_a_missing_fact_is_refused_and_a_stale_one_believed():
    question = "How much memory does the T4 have?"
    gone = Pipeline(Graph(incomplete(FACTS, 1.0, 0)), TemplateGenerator()).ask(question)
    assert gone.failed == "retrieval"
    old = Pipeline(Graph(altered(FACTS, 1.0, 0)), TemplateGenerator()).ask(question)
    assert not old.failed and old.items != (16e9,)


@pytest.mark.parametrize("false", [False, True])
def test_the_share_of_noise_is_met_on_average(false):
    question = "How much memory does the T4 have?"
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    own = list(pipeline.ask(question).passages)[:1]
    found = [Noise(0.6, seed, false)(pipeline, own) for seed in range(200)]
    noise = sum(len(passages) - 1 for passages in found)
    # 0.6 / (1 - 0.6) = 1.5 distractors for the one right fact
    assert noise / 200 == pytest.approx(1.5, abs=0.15)
    assert all(own[0] in passages for passages in found)
    assert any(passages[0] != own[0] for passages in found)


def test_noise_of_nothing_changes_nothing():
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    own = list(pipeline.ask("How much memory does the T4 have?").passages)
    assert Noise(0.0)(pipeline, own) == own and Noise(0.5)(pipeline, []) == []


def test_noise_leaves_the_facts_of_other_readings():
    pipeline = Pipeline(book_graph(), TemplateGenerator())
    found = list(pipeline.ask("How many GPUs was BLOOM trained on?").passages)
    others = [passage for passage in found if passage.query is not found[0].query]
    assert others
    assert Noise(0.6, 0)(pipeline, found)[-len(others) :] == others


def share_of(rows, verdict, **where):
    part = [row for row in rows if all(row[key] == value for key, value in where.items())]
    return sum(row[verdict] for row in part) / sum(row["n"] for row in part)


def test_missing_facts_are_refused_but_aggregates_are_wrong():
    rows = damage.stale_and_incomplete(shares=(0.0, 0.4), seeds=(0,))
    assert share_of(rows, "wrong", damage="incomplete", share=0.4, kind="single") == 0
    assert share_of(rows, "wrong", damage="incomplete", share=0.4, kind="aggregate") > 0.2
    assert share_of(rows, "wrong", damage="stale", share=0.4, kind="single") > 0.1
    assert share_of(rows, "right", share=0.0) > share_of(rows, "right", share=0.4)


def test_re_ranking_removes_other_facts_but_not_false_ones():
    rows = damage.noisy(shares=(0.0, 0.6), seeds=(0,))
    clean = share_of(rows, "right", damage="other facts", share=0.0, reranking=True)
    other = share_of(rows, "right", damage="other facts", share=0.6, reranking=True)
    bare = share_of(rows, "right", damage="other facts", share=0.6, reranking=False)
    false = share_of(rows, "right", damage="false values", share=0.6, reranking=True)
    assert clean - other < 0.05 < 0.2 < clean - bare
    assert false < clean - 0.2
