import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import data
from llmbook.adaptation_choice import Way, card_hours, cheapest, label_usd, scaled_hours, ways
from llmbook.adaptation_costs import (
    break_even_queries,
    copies_bytes,
    hosting_usd_per_hour,
    one_off_usd,
    retrieval_usd,
    total_usd,
)

USD = st.floats(0, 1e7)
QUERY = st.just(0.0) | st.floats(1e-9, 1)


def test_costs_by_hand():
    # 24 card-hours at 2 USD and 500 labels at 0.1
    assert one_off_usd(24 * 3600, 2, 500, 0.1) == 48 + 50
    assert hosting_usd_per_hour(2, 8, 1) == 16
    assert hosting_usd_per_hour(2, 8, 32) == 0.5
    assert retrieval_usd(2000, 0.27, 0, 0) == pytest.approx(0.00054)
    # three quarters from a kept prefix at a tenth of the price
    assert retrieval_usd(2000, 1, 0.75, 0.1) == pytest.approx(2000e-6 * (0.25 + 0.075))
    assert total_usd(100, 2, 10, 0.01, 1000) == 100 + 20 + 10


def test_copies_of_preference_tuning_by_hand():
    copies = {row.id: row for row in data.table("preference_methods")}
    held = {
        key: copies_bytes(7e9, row.trained_models, row.frozen_models, 16, 2)
        for key, row in copies.items()
    }
    assert held == {"ppo": 7e9 * (32 + 4), "dpo": 7e9 * (16 + 2)}
    total = {key: row.trained_models + row.frozen_models for key, row in copies.items()}
    assert total == {"ppo": 4, "dpo": 2}


@pytest.mark.parametrize(
    ("one", "other", "queries"),
    [
        # QLoRA 65B, 24 card-hours at 1.5 and 2 USD, against 0.00054 USD of retrieval a query
        ((36, 0), (0, 0.00054), 66_667),
        ((48, 0), (0, 0.00054), 88_889),
        ((0, 0.00054), (48, 0), 88_889),
        ((48, 0.00054), (0, 0.00054), -1),
        ((48, 0.001), (0, 0.00054), -1),
        ((10, 0.5), (10, 0.25), 0),
        ((10, 0.5), (10, 0.5), -1),
    ],
)
def test_where_two_ways_meet_by_hand(one, other, queries):
    assert break_even_queries(*one, *other) == pytest.approx(queries, rel=1e-5)


@given(fixed=USD, query=QUERY, other_fixed=USD, other_query=QUERY)
def test_two_ways_cost_the_same_where_they_meet_and_only_there(
    fixed, query, other_fixed, other_query
):
    met = break_even_queries(fixed, query, other_fixed, other_query)
    assert met == break_even_queries(other_fixed, other_query, fixed, query)
    if met >= 0:
        one, other = (
            total_usd(once, 0, 0, each, met)
            for once, each in ((fixed, query), (other_fixed, other_query))
        )
        assert one == pytest.approx(other, rel=1e-6, abs=1e-6)
    else:
        # One of them is never cheaper.
        signs = {fixed >= other_fixed, query >= other_query}
        assert len(signs) == 1 or fixed == other_fixed or query == other_query


def test_prices_of_labels():
    assert label_usd("alpaca-teacher") == pytest.approx(500 / 52000)
    assert label_usd("alpaca-people") == 0.5
    assert label_usd("gilardi-teacher") == 0.003
    assert label_usd("machiavelli-people") > 50 * label_usd("machiavelli-teacher")
    for row in data.table("adaptation_costs"):
        assert bool(row.usd_per_label) != bool(row.cost_usd and row.n_labels), row.id


def test_card_hours_of_published_runs():
    assert card_hours("qlora-65b") == 24
    assert card_hours("alpaca-7b") == 24
    with pytest.raises(ValueError, match="the source of fingpt gives no hours"):
        card_hours("fingpt")


def options(**changes):
    settings = {
        "usd_per_hour": 2.0,
        "input_price": 0.27,
        "output_price": 0.27,
        "prompt_tokens": 200.0,
        "answer_tokens": 300.0,
        "retrieved_tokens": 2000.0,
        "tuned_hours": 400.0,
        "scratch_hours": 1e6,
        "n_labels": 1000.0,
        "usd_per_label": 0.5,
        "hosted_cards": 2.0,
        "n_adapters": 50.0,
        "lora_hours": 24.0,
    }
    return {way.name: way for way in ways(**settings | changes)}


def test_the_rent_of_the_choice_is_the_likeliest_of_what_an_assistant_is_worth():
    rent = data.row("value_inputs", "rent")
    low, likely = (
        data.row("rentals", f"a100-80-{key}").usd_per_hour
        for key in ("lambda-on-demand", "aws-1-year")
    )
    assert (rent.low, rent.mode) == (low, likely)


def test_ways_by_hand():
    found = options()
    assert found["from scratch"] == Way("from scratch", 2_000_500, 4, 0)
    assert found["full fine-tuning"] == Way("full fine-tuning", 1300, 4, 0)
    assert found["LoRA, own cards"] == Way("LoRA, own cards", 548, 4, 0)
    assert found["LoRA, shared cards"] == Way("LoRA, shared cards", 548, 0.08, 0)
    assert found["LoRA, by the token"].query_usd == pytest.approx(500 * 0.27e-6)
    rag = found["RAG"]
    assert (rag.once_usd, rag.hourly_usd) == (0, 0)
    assert rag.query_usd == pytest.approx(2500 * 0.27e-6)
    # 548 USD over 0.00054 a query
    assert found["LoRA, by the token"].meets(rag, 0) == pytest.approx(548 / 0.00054)
    # A month on own cards: 548 + 4 x 720 over 0.000675
    assert found["LoRA, own cards"].meets(rag, 720) == pytest.approx(3428 / 0.000675)
    assert found["full fine-tuning"].meets(found["LoRA, own cards"], 720) == -1
    assert options(lora_hours=None)["LoRA, own cards"].once_usd == 1300


def test_hours_grow_with_the_parameters():
    # 24 card-hours for 6.7 billion, so 240 for 67 billion
    assert scaled_hours("alpaca-7b", 67e9) == pytest.approx(240)
    with pytest.raises(ValueError, match="n_params"):
        scaled_hours("alpaca-7b", -5)


def test_a_store_and_the_prompt_that_writes_its_query_are_charged():
    written = {"writing_tokens": 1000.0, "query_tokens": 100.0, "output_price": 0.5}
    rag = options(setup_usd=100.0, store_usd_per_hour=0.05, **written)["RAG"]
    assert (rag.once_usd, rag.hourly_usd) == (100.0, 0.05)
    # Input: 200 and 2,000 tokens, and 1,000 of the call that writes the query; output: 300 and 100
    assert rag.query_usd == pytest.approx(3200 * 0.27e-6 + 400 * 0.5e-6)


def test_a_corpus_kept_in_the_prompt_is_a_way_of_its_own():
    kept = {"corpus_tokens": 30000.0, "cached_price": 0.1, "cache_write_price": 0.27}
    assert "cached prefix" not in options()
    way = options(**kept, queries_per_cache_life=10.0)["cached prefix"]
    # One writing and nine readings in ten queries: (0.27 + 9 x 0.1) / 10 = 0.117 a million
    assert way.query_usd == pytest.approx(500 * 0.27e-6 + 30000 * 0.117e-6)
    assert (way.once_usd, way.hourly_usd) == (0, 0)


def test_few_queries_favour_retrieval_and_many_a_tuned_model():
    found = list(options().values())
    assert cheapest(found, 720, 1000).name == "RAG"
    assert cheapest(found, 720, 1e8).name == "LoRA, shared cards"
    assert cheapest(found[:3] + found[5:], 720, 1e8).name == "LoRA, own cards"


def test_a_kept_prefix_moves_the_meeting_point_out():
    cached = options(cached_share=0.9, cached_price=0.027)
    plain = options()
    meet = [way["LoRA, by the token"].meets(way["RAG"], 0) for way in (plain, cached)]
    assert meet[1] > 4 * meet[0]


def test_published_gains_add_up():
    """What the abstract of [10] prints is what others quote of GPT-4 in its tables."""
    gains = {row.id: row.gain_points for row in data.table("adaptation_results")}
    quoted = {row.id: row.score_percent for row in data.table("rag_results")}
    base, tuned, both = (
        quoted[f"balaguer-{way}"] for way in ("base", "fine-tuned", "fine-tuned-with-retrieval")
    )
    assert tuned - base == gains["balaguer-fine-tuned"]
    assert both - tuned == gains["balaguer-both"]
    # The other study finds the opposite of "superior".
    assert quoted["ovadia-retrieval"] > quoted["ovadia-fine-tuned-paraphrases"]


def test_of_no_ways_none_is_cheapest():
    with pytest.raises(ValueError, match=r"^options must be one way or more, got \[\]"):
        cheapest([], 1, 1)
