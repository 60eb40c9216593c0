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
