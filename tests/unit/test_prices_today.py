import socket

import pytest

from llmbook import data
from llmbook.prices_today import LISTED_ON, PROVIDERS, listed_price, models_of, version


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("the network is touched")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_price_of_gpt_4o():
    found = listed_price("OpenAI", "gpt-4o")
    assert (found.input_usd_per_mtok, found.output_usd_per_mtok) == (2.5, 10)
    assert found.cached_input_usd_per_mtok == 1.25
    assert (found.batch_input_usd_per_mtok, found.batch_output_usd_per_mtok) == (1.25, 5)
    assert not found.tiered
    assert found.package == f"genai-prices {version()}"
    assert found.day == LISTED_ON


def test_dated_prices_follow_the_day():
    model = "meta-llama/llama-3.3-70b-instruct"
    outputs = {
        day: listed_price("OpenRouter", model, day).output_usd_per_mtok
        for day in ("2026-10-18", "2026-10-19", "2026-11-03", "2026-11-09")
    }
    assert list(outputs.values()) == [0.24, 0.32, 0.9, 0.79]
    # The batch price was checked on 14 October 2026 and is not known before.
    assert listed_price("OpenAI", "gpt-4o", "2026-10-13").batch_input_usd_per_mtok is None


def test_a_price_by_length_is_that_of_short_prompts():
    found = listed_price("Anthropic", "claude-sonnet-4-5")
    assert found.tiered
    assert (found.input_usd_per_mtok, found.output_usd_per_mtok) == (3, 15)


def test_what_is_not_sold_by_the_token_has_no_price():
    assert listed_price("Groq", "whisper-large-v3").input_usd_per_mtok is None


def test_every_vendor_has_models_and_a_price_in_our_table():
    named = {row.vendor for row in data.table("prices")}
    for vendor in PROVIDERS:
        assert models_of(vendor)
        assert vendor in named | {"Anthropic"}


def test_our_rows_from_the_package_say_what_it_says():
    names = {
        "Llama 3.3 70B": {
            "OpenRouter": "meta-llama/llama-3.3-70b-instruct",
            "Groq": "llama-3.3-70b-versatile",
            "Together": "meta-llama/Llama-3.3-70B-Instruct-Turbo",
            "Bedrock": "meta.llama3-3-70b-instruct-v1:0",
            "Databricks": "databricks-meta-llama-3-3-70b-instruct",
        },
        "GPT-4o": {"OpenAI": "gpt-4o"},
        "GPT-4o of 13 May 2024": {"OpenAI": "gpt-4o-2024-05-13"},
        "GPT-3.5 Turbo": {"OpenAI": "gpt-3.5-turbo"},
        "Mixtral 8x7B": {"Together": "mistralai/Mixtral-8x7B-Instruct-v0.1"},
    }
    rows = [row for row in data.table("prices") if row.source == "genaiprices2026"]
    assert len(rows) == 11
    for row in rows:
        day = row.date if len(row.date) == len(LISTED_ON) else LISTED_ON
        found = listed_price(row.vendor, names[row.model_name][row.vendor], day)
        for column in (
            "input_usd_per_mtok",
            "output_usd_per_mtok",
            "cached_input_usd_per_mtok",
            "batch_input_usd_per_mtok",
            "batch_output_usd_per_mtok",
        ):
            assert getattr(found, column) == getattr(row, column), (row.id, column)


def test_unknown_names_list_the_nearest():
    with pytest.raises(ValueError, match=r"no model of OpenAI is called 'gpt-4-o'.*gpt-4o"):
        listed_price("OpenAI", "gpt-4-o")
    with pytest.raises(ValueError, match=r"no vendor in genai-prices is called 'Grok'.*Groq"):
        listed_price("Grok", "x")
    with pytest.raises(ValueError, match=r"no vendor in genai-prices is called 'Anyscale'"):
        models_of("Anyscale")


@pytest.mark.parametrize("day", ["2024-06-01", "2025-05-21"])
def test_a_day_that_the_package_does_not_know_is_refused(day):
    with pytest.raises(ValueError, match="day must be 2025-05-22 or later"):
        listed_price("OpenAI", "gpt-4o", day)


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", None, 20261123])
def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(ValueError, match="day must be a date like"):
        listed_price("OpenAI", "gpt-4o", day)
