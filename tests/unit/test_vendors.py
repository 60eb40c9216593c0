import pytest

from llmbook import data, vendors
from llmbook.claims.ledger import evidence_of
from llmbook.data import Row
from llmbook.frontiers import frontier, rank_test
from llmbook.vendors import (
    LAUNCH,
    LLAMA,
    MIXTRAL,
    SPEED_READINGS,
    offers,
    price_claims,
    price_on,
    price_readings,
    prices_of_paper,
    rate,
    speed_claims,
    speeds_of_paper,
    tpot,
)


def input_and_output(*wanted, **options):
    row = price_on(*wanted, **options)
    return row.input_usd_per_mtok, row.output_usd_per_mtok


@pytest.mark.parametrize(
    ("vendor", "day", "price"),
    [
        ("Mistral", "2023-12-18", (0.65, 1.96)),
        ("Mistral", "2024-01-20", (0.65, 1.96)),  # 33 days after, 44 before
        ("Mistral", "2024-02-01", (0.7, 0.7)),  # 45 days after, 32 before
        ("Mistral", "2025-01-01", (0.7, 0.7)),
        ("Groq", "2020-01-01", (0.27, 0.27)),
        ("Groq", "2024-06-15", (0.27, 0.27)),  # last seen
        ("Groq", "2024-10-30", (0.24, 0.24)),
        ("Fireworks", "2024-05", (0.5, 0.5)),
    ],
)
def test_the_price_of_a_day_is_the_nearest_known(vendor, day, price):
    assert input_and_output(vendor, MIXTRAL, day) == price


def test_of_rows_in_conflict_the_base_is_read_unless_the_list_is_wanted():
    assert input_and_output("Perplexity", MIXTRAL, "2024-05") == (0.14, 0.56)
    assert input_and_output("Perplexity", MIXTRAL, "2024-05", as_listed=True) == (0.07, 0.28)
    # In December the list said nothing yet.
    assert input_and_output("Perplexity", MIXTRAL, LAUNCH, as_listed=True) == (0.14, 0.56)


def test_a_vendor_without_a_whole_price_has_none():
    assert price_on("Lepton", MIXTRAL, LAUNCH) is None
    assert price_on("neets.ai", MIXTRAL, LAUNCH) is None


def reading(name):
    return next(item for item in (*SPEED_READINGS, *price_readings()) if item.name == name)


def test_prices_of_the_paper_by_hand():
    december = prices_of_paper(reading("Mixtral 8x7B, December 2023, 3 in : 1 out"))
    assert december == pytest.approx(
        {
            "Together": 0.15,  # (3 x 0 + 0.6) / 4
            "Perplexity": 0.245,
            "Deepinfra": 0.27,
            "Groq": 0.27,
            "Anyscale": 0.5,
            "Fireworks": 0.7,  # (3 x 0.4 + 1.6) / 4
            "Mistral": 0.9775,  # (3 x 0.65 + 1.96) / 4
        }
    )
    assert list(december) == sorted(december, key=lambda name: (december[name], name))
    output = prices_of_paper(reading("Mixtral 8x7B, December 2023, output alone"))
    assert [name for name in output if output[name] > 1] == ["Fireworks", "Mistral"]


def test_speeds_of_the_paper_by_hand():
    found = speeds_of_paper(reading("Mixtral 8x7B, 20 tokens, after the first"))
    assert found == {"Anyscale": 26, "Perplexity": 152, "Fireworks": 191, "Groq": 499}
    found = speeds_of_paper(reading("Llama 2 70B, 150 tokens, end to end"))
    assert list(found) == ["Perplexity", "Lepton", "Fireworks", "Together", "Anyscale", "Groq"]


def groq_by_reading():
    return {
        row["reading"]: round(row["lowest"])
        for row in speed_claims()
        if row["claim"] == "Groq above 400 tokens/s"
    }


def test_groqs_number_depends_on_the_method():
    assert groq_by_reading() == {
        "Mixtral 8x7B, 20 tokens, after the first": 499,
        "Mixtral 8x7B, 20 tokens, end to end": 75,  # 20 / 0.268
        "Mixtral 8x7B, 90 tokens, after the first": 519,
        "Mixtral 8x7B, 90 tokens, end to end": 261,  # 94 / 0.36
        "Llama 2 70B, 20 tokens, after the first": 409,
        "Llama 2 70B, 20 tokens, end to end": 52,  # 20 / 0.382
        "Llama 2 70B, 100 tokens, after the first": 289,
        "Llama 2 70B, 100 tokens, end to end": 163,  # 101 / 0.62
        "Llama 2 70B, 150 tokens, after the first": 267,  # 1 / 0.00374
        "Llama 2 70B, 150 tokens, end to end": 185,
    }
    for row in speed_claims():
        if row["claim"].startswith("Groq"):
            assert row["holds"] == (row["lowest"] > 400)


def test_the_range_of_speeds_holds_for_mixtral_and_not_for_llama_end_to_end():
    rows = {row["reading"]: row for row in speed_claims() if row["claim"].startswith("50")}
    mixtral = rows["Mixtral 8x7B, 20 tokens, after the first"]
    assert (mixtral["vendors"], mixtral["inside"], mixtral["holds"]) == (3, 2, True)
    assert mixtral["outside"] == "Anyscale 26"
    llama = rows["Llama 2 70B, 150 tokens, end to end"]
    assert (llama["vendors"], llama["inside"], llama["holds"]) == (5, 2, False)
    assert (llama["lowest"], llama["highest"]) == (30, 66)


def test_the_claims_on_prices():
    rows = {(row["claim"], row["reading"]): row for row in price_claims()}
    assert len(rows) == len(price_claims()) == 3 * len(price_readings())
    december = "Mixtral 8x7B, December 2023, "
    assert rows["0.2 to 1.0 USD", december + "3 in : 1 out"]["outside"] == "Together 0.15"
    assert rows["0.2 to 1.0 USD", december + "output alone"]["inside"] == 5
    quarter = "Perplexity and Groq about 0.25 USD"
    assert rows[quarter, december + "3 in : 1 out"]["holds"]
    assert rows[quarter, december + "1 in : 1 out"]["outside"] == "Perplexity 0.35"
    assert not rows[quarter, december + "1 in : 1 out"]["holds"]
    # Deepinfra, which the paper names elsewhere, ties Groq under every reading of Mixtral.
    for (claim, name), row in rows.items():
        if claim == "Perplexity and Groq lead":
            assert not row["holds"]
            assert "Deepinfra" in row["outside"], name


def test_offers_are_joined_from_the_two_tables():
    rows = {row["vendor"]: row for row in offers(LLAMA, "llmperf")}
    assert set(rows) == {"Anyscale", "Bedrock", "Groq", "Perplexity", "Replicate", "Together"}
    groq = rows["Groq"]
    assert groq["price"] == pytest.approx(0.725)  # (3 x 0.7 + 0.8) / 4
    assert (groq["tokens_per_s"], groq["ttft"], groq["tpot"]) == (185, 0.22, 0.00374)
    assert rows["Bedrock"]["price"] == pytest.approx(2.1025)
    assert not rows["Bedrock"]["in_paper"]
    output = {row["vendor"]: row["price"] for row in offers(LLAMA, "llmperf", 0)}
    assert output["Perplexity"] == 2.8


def best(rows, *smaller):
    return [row["vendor"] for row in frontier(rows, smaller=smaller, larger=["tokens_per_s"])]


def test_frontiers_of_the_offers():
    mixtral, llama = offers(MIXTRAL, "thefastest-2024-05"), offers(LLAMA, "llmperf")
    assert best(mixtral, "price") == ["Groq", "Perplexity"]
    assert best(llama, "price") == ["Groq"]
    # Who answers sooner than Groq joins: 0.206 s against 0.231, and 0.21 against 0.22.
    assert best(mixtral, "price", "ttft") == ["Fireworks", "Groq", "Perplexity"]
    assert best(llama, "price", "ttft") == ["Anyscale", "Groq"]


@pytest.mark.parametrize(
    ("model", "series", "coefficient"),
    [
        # Squared differences of rank 4, 16, 25, 4, 9 and 4: 1 - 6 x 62 / 210.
        (LLAMA, "llmperf", -0.7714),
        # Two prices of 0.50 share a rank.
        (MIXTRAL, "thefastest-2024-05", -0.3769),
    ],
)
def test_dearer_is_not_faster_and_six_vendors_show_little(model, series, coefficient):
    rows = offers(model, series)
    found = rank_test([row["price"] for row in rows], [row["tokens_per_s"] for row in rows])
    assert found.coefficient == pytest.approx(coefficient, abs=1e-4)
    assert found.n == 6
    assert found.p_value > 0.05


def test_rates_count_as_asked():
    whole = Row(
        id="x",
        method="end-to-end",
        tokens_per_s_median=50.0,
        tpot_s_median=0.01,
        latency_s_median=3.0,
        answer_tokens=150.0,
        ttft_s_median=0.5,
    )
    assert rate(whole, True) == 50
    assert rate(whole, False) == 100
    after = Row(**vars(whole) | {"method": "after-first-token", "tpot_s_median": None})
    assert tpot(after) == 0.02
    assert rate(after, False) == 50
    assert rate(after, True) == 50  # 150 / 3
    bare = Row(**vars(after) | {"latency_s_median": None})
    assert rate(bare, True) == pytest.approx(150 / (0.5 + 149 * 0.02))
    with pytest.raises(ValueError, match="x gives no time of a token after the first"):
        tpot(Row(**vars(whole) | {"tpot_s_median": None}))


def test_numbers_in_the_evidence_are_those_of_the_tables():
    said = {key: " ".join(row.finding for row in evidence_of(key)) for key in ("IV-1", "IV-2")}
    speeds = {row.id: row.tokens_per_s_median for row in data.table("speeds")}
    assert f"{speeds['thefastest-2024-05-mixtral-8x7b-anyscale']:.0f} tokens/s" in said["IV-1"]
    for key in ("thefastest-2024-05", "thefastest-2024-04", "llmperf"):
        assert f"{speeds[f'{key}-llama-2-70b-groq']:.0f}" in said["IV-2"], key
    llama = speeds_of_paper(reading("Llama 2 70B, 150 tokens, end to end"))
    fast = [name for name, value in llama.items() if value >= 50 and name != "Groq"]
    assert fast == ["Together", "Anyscale"] and len(llama) == 6
    perplexity = price_on("Perplexity", LLAMA, "2024-03-26")
    assert round(vendors.blend(perplexity, 3.0), 3) == 1.225


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(ValueError, match=r"no vendor is called 'Gorq'.* Groq"):
        vendors.price_on("Gorq", "mixtral-8x7b", "2024-05-01")
    with pytest.raises(ValueError, match=r"no series of speeds is called 'llmpref'.* llmperf"):
        vendors.offers("llama-2-70b", "llmpref")
