"""Calculators: their marks, what stands under their charts, and the Python that they offer."""

import contextlib
import html
import io
import json
import re
from collections import Counter

import pytest

from book_calculators import (
    CALCULATORS,
    in_formula_units,
    limits,
    made,
    random_settings,
    started_at,
)
from llmbook import data, units
from llmbook.charts.answering_calculators import answering_calculator
from llmbook.charts.calculator import Calculator
from llmbook.charts.controls import Bundle, Choice, Slider
from llmbook.charts.outcomes import inputs_json, outcomes_table, python_box
from llmbook.charts.papers_numbers import of_claim, of_input


@pytest.fixture(params=CALCULATORS)
def calculator(request):
    return made(request.param)[1]


def code(calculator):
    return html.unescape(re.sub(r"<summary>.*?</summary>|<[^>]*>", "", python_box(calculator)))


def run(text):
    names, printed = {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(text, names)
    return names, printed.getvalue().splitlines()


def test_the_python_offered_runs_and_gives_what_the_page_shows(calculator):
    for shown in limits(calculator) + random_settings(calculator, 20):
        settings = in_formula_units(calculator, shown)
        there = started_at(calculator, settings)
        expected = there.evaluate()
        names, printed = run(code(there))
        for stage in calculator.stages:
            assert names[stage.name] == pytest.approx(expected[stage.name], rel=1e-12)
        written = [
            f"{stage.label}: {expected[stage.name] / stage.scale:{stage.format}} {stage.unit}"
            for stage in calculator.stages
            if stage.shown
        ]
        assert printed == [line.rstrip() for line in written]


def test_each_ratio_has_a_base_that_the_page_can_read(calculator):
    bases = re.findall(r'data-base="([^"]*)"', outcomes_table(calculator))
    known = calculator.evaluate()
    shown = [stage for stage in calculator.stages if stage.shown]
    expected = [of_claim(item.claim) if item.claim else known[item.name] for item in shown]
    scaled = [value / item.scale for value, item in zip(expected, shown, strict=True)]
    assert [float(base) for base in bases] == pytest.approx(scaled, rel=1e-12)


def test_a_calculator_without_a_number_of_the_paper_says_so(calculator):
    parts = (*calculator.inputs, *calculator.stages)
    has_one = any(getattr(part, "claim", "") for part in parts)
    assert ("The paper prints no number for this" in outcomes_table(calculator)) != has_one


def test_the_python_offered_fits_the_page(calculator):
    imports, *_ = code(calculator).split("\n\n")
    assert all(line.startswith("from llmbook") for line in imports.splitlines())
    assert max(map(len, code(calculator).splitlines())) <= 100


def test_every_number_of_a_control_is_one_that_the_script_rewrites(calculator):
    marked = set(re.findall(r'data-number="(\w+)"', python_box(calculator)))
    bundles = calculator.bundles()
    single = {item.name for item in calculator.inputs if item not in bundles}
    assert marked == single | {name for item in bundles for name in item.columns()}


def test_claims_are_printed_in_the_unit_of_the_control_or_result(calculator):
    for item in (*calculator.inputs, *calculator.stages):
        claim = getattr(item, "claim", "")
        if claim:
            printed = data.row("claims", claim).unit
            assert item.scale in (1.0, units.in_base(printed)) or item in calculator.inputs


def test_each_control_says_where_it_starts_or_where_the_paper_stands(calculator):
    rows = json.loads(re.search(r">(.*)</script>", inputs_json(calculator))[1])
    assert [row["key"] for row in rows] == [item.name for item in calculator.inputs]
    for row, item in zip(rows, calculator.inputs, strict=True):
        assert re.match(r"start: .|the paper: .+ \([IV]+-\d+\)$", row["mark"]["words"])
        assert row.get("named", False) == isinstance(item, Bundle)


def test_the_papers_number_is_one_that_the_control_can_take(calculator):
    for item in calculator.inputs:
        if claim := getattr(item, "claim", ""):
            paper = of_input(claim, item.name)
            assert (
                item.low <= item.shown(paper) <= item.high
                if isinstance(item, Slider)
                else paper in item.options.values()
            ), item.name


def test_a_slider_is_widened_to_its_start():
    # The browser would move it to the limit without a word.
    item = Slider("draft_length", 64, "Tokens drafted", "", 1, 16, 1)
    assert (item.low, item.high) == (1, 64)
    item = Slider("n_users", 3e4, "Users", "million", 0.1, 2000, 0.1, 1e6)
    assert (item.low, item.high) == (0.03, 2000)


def test_a_run_can_be_moved_to_another_year():
    place = made("put to a run's account")[1]
    names = list(place.bundles()[1].options)
    there = {year: names.index(f"Norway {year}") for year in ("2020", "2025")}
    tonnes = {year: place.evaluate(place_there=at)["kg_there"] / 1000 for year, at in there.items()}
    # 10,000 V100 x 14.8 days x 330 W at the best PUE, at 30.4 and 28.1 g a kWh.
    assert tonnes["2025"] / tonnes["2020"] == pytest.approx(28.1 / 30.4)
    # The paper's 536.69 t are of another kind of factor and of no known source.
    assert "the paper" not in outcomes_table(place)


def test_the_rate_of_a_server_is_that_of_its_cards():
    answering = made("What a million tokens of answers take")[1]
    assert "n_devices" not in {item.name for item in answering.inputs}
    # 8 cards x 1275 W x 1.1 / 1400 tokens a second, in kWh for a million.
    by_hand = 8 * 1275 * 1.1 / 1400 * 1e6 / 3.6e6
    assert answering.evaluate()["token_energy_kwh"] * 1e6 == pytest.approx(by_hand)
    rate = next(item for item in answering.inputs if item.name == "tokens_per_second")
    assert rate.label == "Tokens a second of all 8 cards"


def test_answers_start_on_a_step_of_each_control():
    raw = answering_calculator(8, 1275.0, 1.1, 2252.26331535, 0.38383, 0.7512, 1378713.6)
    starts = [item.shown(item.value) for item in raw.inputs]
    assert starts == [1275, 1.1, 2252, 0.384, 0.75, 1379]


def test_an_option_is_found_by_its_name_and_by_its_number(calculator):
    for item in calculator.inputs:
        if isinstance(item, Choice):
            assert len(set(item.options.values())) == len(item.options)
            assert not any(name.replace(".", "").isdigit() for name in item.options)


def test_names_are_told_apart_on_a_page():
    pages = Counter((page, item.name) for page, item in map(made, CALCULATORS))
    assert set(pages.values()) == {1}


def test_the_papers_number_is_in_the_formulas_unit():
    # 65 billion parameters, 230 MB, 21 days, 553.87 t, 2048 cards
    assert of_input("III-26", "n_params") == 65e9
    assert of_input("III-26", "memory_bytes") == 230e6
    assert of_claim("III-21") == 21 * 86400
    assert of_claim("VI-1") == 553870
    assert of_input("III-21", "n_devices") == 2048
    # No input of that name: the claim's own number.
    assert of_input("III-11", "anything") == 65e9


def row_of(table, label):
    found = re.search(rf'<th scope="row">{label}</th>(.*?)</tr>', table)[1]
    return [re.sub("<[^>]*>", "", cell) for cell in re.findall("<td>(.*?)</td>", found)]


def test_a_result_stands_beside_the_papers():
    cards = made("How many cards hold it")[1]
    there = started_at(cards, cards.evaluate() | {"memory_bytes": 80e9})
    # 65 GB need one card of 80 GB; the paper prints 283.
    assert row_of(outcomes_table(there), "Cards for the weights alone") == [
        "283 the paper, III-26",
        "1",
        "0.00353",
    ]
    assert row_of(outcomes_table(cards), "Both together")[0].endswith("at the start")


def test_a_calculator_without_a_name_takes_that_of_its_last_stage():
    cards = made("How many cards hold it")[1]
    rest = (cards.picture, cards.title, cards.description)
    assert Calculator(cards.inputs, cards.stages, *rest).name == "cards"


# What the page says at the start, with unit, worked out by hand from what the controls say.
AT_THE_START = {
    "turn": {
        "Round trip": "31 ms",
        "TPOT": "12.2 ms",
        "Until the question is text": "0.78 s",  # 0.5 + 0.0692 x 4
        # and 0.031 + 0.21 + 9 x 0.0122 + 0.188
        "Until the answer is heard": "1.32 s",
    },
    "cards": {
        "Parameters": "65 billion",
        "Weights": "65.0 GB",  # of 1 byte
        "KV cache of 80 layers": "5.37 GB",  # 2 x 80 x 64 x 128 x 2 B x 2048
        "Cards for the weights alone": "283",  # 65 GB / 230 MB
    },
    "days": {
        "Tokens": "1.4 trillion",
        "Model FLOPs, 6ND": "546.0 ZFLOP",  # 6 x 65e9 x 1.4e12
        "Card-hours": "1.017 million",  # 5.46e23 / (312e12 x 0.478 x 3600)
        "Time": "20.7 days",  # 1.017e6 h / 2048 / 24
        "Rent": "2.03 million USD",  # at 2 USD an hour
    },
    "finetuning": {
        "Trained weights in 80 layers": "199.9 million",  # 16 x 156,160 x 80
        "Fewer than the model has": "327 times",  # 65.3e9 / 199.9e6
        "Weights and state, all trained": "1,044.8 GB",  # 16 B x 65.3e9
    },
    "qoe": {
        "TPOT": "100 ms",
        "Words a minute delivered": "450",  # 0.75 x 60 / 0.1
        "TPOT that just feeds the reader": "189.1 ms",  # 0.75 x 60 / 238
        "Latency by the paper's formula": "11.00 s",  # 1 + 100 x 0.1
    },
    "price": {"Input": "0.27 USD a million", "A million tokens": "0.270 USD"},
    "serving": {
        "Tokens in the KV cache": "22,400",  # 32 x (600 + 200 / 2)
        "A decode step": "20.7 ms",  # 32 tokens at 1,544 a second
        # 20.72 + 31 x 79.46 / 200
        "TPOT, prompts of others included": "33.0 ms",
        # 8 cards x 1.2073 USD / 3600 / 1544.4 at work half the time
        "A million answer tokens": "3.474 USD",
    },
    "drafts": {
        "Step of the large model": "30 ms",
        "Weights of the draft model": "3.37 GB",  # 6.74e9 x 0.5 B
        "A drafted token": "66.078 ms",  # 3.37 GB at 51 GB/s
        "Tokens a round": "2.77",  # 1 + 0.7 + 0.49 + 0.343 + 0.2401
        "TPOT with drafts": "117.3 ms",  # (4 x 66.078 + 30 + 31) / 2.7731
        "Steps of the large model saved": "64 %",  # 1 - 1 / 2.7731
    },
    "fleet": {
        "Weekly users": "100 million",
        "Repair": "7 days",
        "Weights of one copy": "130.6 GB",  # 2 B x 65,285,660,672
        # 39.29 for a step, and 212.56 prompts of others of 42.46 ms for 190.69 tokens
        "TPOT of a full copy": "86.6 ms",
        "Requests/s of all in the busiest hour": "8,502",  # 2 x 100e6 x 3.673 / 86,400
        "Cards that fail in a day": "2.87",  # 6,069 x 0.173 / 365.25
        "Power to be connected": "9.67 MW",  # 6,069 x 1,275 W x 1.25
        "Cost of a user and month, rented": "0.155 USD",  # 6,069 x 3.49 x 730.5 / 100e6
        "Energy of a year": "63,592 MWh",  # 9.672 MW x 0.75 x 8,766 h
        "From the energy, a year": "24,406 t CO2e",  # at 0.3838 kg a kWh
        "From making the cards, a year": "607 t CO2e",  # 6,069 x 500 kg / 5
        # 779 MWh / (63,592 MWh / 365.25)
        "Until serving has used the training's energy": "4.5 days",
        "One answer": "0.186 g CO2e",  # 25,013 t / (100e6 x 3.673 x 365.25)
    },
    "carbon": {
        "Time": "14.8 days",  # 6 x 175e9 x 300e9 / (125e12 x 0.197 x 10,000)
        "Power of a card with its share": "330 W",
        "Energy": "1,290 MWh",  # 14.8 d x 10,000 x 330 W x 1.1
        "Emissions": "553.3 t CO₂e",  # at 0.429 kg a kWh
    },
    "place": {
        "Card-hours": "3.552 million",  # 10,000 cards, 14.8 days
        "Energy": "1,289 MWh",  # at 330 W and a PUE of 1.1
        "Difference": "492.0 t CO₂e",  # 530.8 - 38.8
    },
    "context": {
        "A thousand questions, looked up": "0.90 USD",  # 300 x 3 USD a million
        "A thousand, store cached": "7.02 USD",  # 21,000 x (99 x 0.30 + 3.75) / 100
        "A thousand, store sent each time": "63.00 USD",  # 21,000 x 3
    },
    "owning": {
        "A server of 8": "310 thousand USD",
        "Life": "5 years",
        "An hour of work on it": "2.19 USD",  # 1.7525 / 0.8
        "Share of all hours from which owning is cheaper": "70 %",  # 1.7525 / 2.5
    },
    "gradients": {
        "Gradients of a member": "16.3 GB",
        "One sum": "1.30 s",  # 2 x 255 x (16.3 GB / 256 / 25 GB/s + 1 us)
        "A step with its part of the sum": "6.40 s",  # and 5.1 s
    },
    "answering": {
        "A million tokens take": "2.226 kWh",  # 8 x 1,275 W x 1.1 / 1,400 / 3.6
        "A million tokens emit": "0.846 kg CO₂e",  # at 0.38 kg a kWh
        "A thousand words emit": "1.128 g CO₂e",  # 0.846 g / 0.75
        "Answers that overtake the training": "673.8 billion tokens",  # 1,500 MWh / 2.226 kWh
    },
}


def test_the_start_is_shown_as_worked_out_by_hand(calculator):
    controls = {
        item.label: f"{item.shown(item.value):g} {item.unit}".strip()
        for item in calculator.inputs
        if isinstance(item, Slider)
    }
    table = outcomes_table(calculator)
    expected = AT_THE_START[calculator.name]
    assert expected == {
        label: controls.get(label) or row_of(table, html.escape(label))[1] for label in expected
    }
