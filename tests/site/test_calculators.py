"""The page computes what Python computes, for every setting of its controls."""

import random

import pytest
from visit import visit

from llmbook import data
from llmbook.book.toc import docnames
from llmbook.charts.calculator import Bundle, Slider
from llmbook.charts.calculators import (
    carbon_calculator,
    cards_calculator,
    days_calculator,
    place_calculator,
)
from llmbook.charts.finetuning_calculators import finetuning_calculator
from llmbook.charts.fleet_calculators import fleet_calculator
from llmbook.charts.hybrid_calculators import draft_calculator, turn_calculator
from llmbook.charts.qoe_calculators import price_calculator, qoe_calculator
from llmbook.charts.serving_calculators import serving_calculator
from llmbook.instances import Level, best_instance
from llmbook.ownership import card_hour
from place import ROOT

SETTINGS = 1000
AGREEMENT = 1e-9

RUN = """(figure, rows) => rows.map((row) => {
  const view = figure.llmbookView;
  for (const [name, value] of Object.entries(row.set)) view.signal(`set_${name}`, value);
  view.run();
  return row.stages.map((name) => view.signal(name));
})"""


FLEET = {  # model: format of its weights, run of its training
    "llama-65b": ("fp16", "llama-65b"),
    "llama-3-8b": ("fp16", "llama-3.1-8b"),
    "llama-2-70b": ("fp16", "llama-2-70b"),
    "llama-3.1-405b": ("fp8", "llama-3.1-405b"),
}


def fleet():
    """The calculator of the capstone, whose copies the simulation measures first."""
    level = Level.of("mlperf-llama2-70b-server")
    chat = "azure-2023-conversation-sample"
    copies = [
        (best_instance(model, "h100-sxm", chat, level, weights), run)
        for model, (weights, run) in FLEET.items()
    ]
    return fleet_calculator(copies, 1e8)


CALCULATORS = {
    "Where the wait for a spoken answer goes": (
        "chapters/1-ubiquitous",
        turn_calculator(0.5, 4, 0.0692, 0.031, 0.21, 0.0122, 10, 0.188, 1),
    ),
    "How many cards hold it": ("chapters/3-xpus", cards_calculator(65e9, 1, 230e6)),
    "How long the training takes": (
        "chapters/3-xpus",
        days_calculator(65e9, 1.4e12, 2048, 312e12, 0.478),
    ),
    "What fine-tuning holds": ("chapters/2-adaptation", finetuning_calculator()),
    "When the tokens arrive": ("chapters/4-tokenomics", qoe_calculator(1, 0.1, 100, 0.75, 238)),
    "What a million tokens cost at your blend": (
        "chapters/4-tokenomics",
        price_calculator([], data.row("prices", "mixtral-8x7b-groq-2024-02-21"), 3.0),
    ),
    "on cards of your own": (
        "chapters/4-tokenomics",
        serving_calculator(
            "llama-2-70b",
            {
                card: card_hour(card)["owned"]
                for card in ("a100-80", "h100-sxm", "h200-sxm", "mi300x")
            },
            8,
            600,
            200,
            32,
        ),
    ),
    "How much faster drafts make an answer": (
        "chapters/5-hybrid",
        draft_calculator(4, 0.7, 6.74e9, 0.03, 0.031),
    ),
    "What a fleet takes": ("chapters/capstone", fleet()),
    "What a training run emits": (
        "chapters/6-carbon",
        carbon_calculator(data.row("llmcarbon_runs", "gpt-3")),
    ),
    "put to a run's account": (
        "chapters/6-carbon",
        place_calculator(data.row("carbon_runs", "gpt-3")),
    ),
}


@pytest.fixture(params=CALCULATORS)
def figure(request, chromium, address):
    """The figure on the page with the calculator in Python that made it."""
    page, calculator = CALCULATORS[request.param]
    with visit(chromium, address) as visitor:
        visitor.open(f"{page}.html").draw_charts()
        found = visitor.page.locator("figure[data-calculator]", has_text=request.param)
        assert found.count() == 1
        yield found, calculator


def test_every_calculator_of_the_book_is_tried(site):
    pages = [site / f"{name}.html" for name in docnames(ROOT)]
    found = sum(page.read_text(encoding="utf-8").count(" data-calculator>") for page in pages)
    assert found == len(CALCULATORS)


def settings_of(item, chance):
    """Any number that the control can be set to, as shown."""
    if isinstance(item, Slider):
        return chance.uniform(item.low, item.high)
    if isinstance(item, Bundle):
        return chance.randrange(len(item.options))
    return chance.choice(list(item.options.values()))


def shown_stages(calculator):
    return [stage for stage in calculator.stages if stage.shown]


def test_a_thousand_settings_agree_with_python(figure):
    locator, calculator = figure
    chance = random.Random(1)
    shown = [
        {item.name: settings_of(item, chance) for item in calculator.inputs}
        for _ in range(SETTINGS)
    ]
    stages = [stage.name for stage in calculator.stages]
    rows = [{"set": row, "stages": stages} for row in shown]
    found = locator.evaluate(RUN, rows)
    for row, values in zip(shown, found, strict=True):
        inputs = {item.name: row[item.name] * item.scale for item in calculator.inputs}
        expected = calculator.evaluate(**inputs)
        assert values == [pytest.approx(expected[name], rel=AGREEMENT) for name in stages], row


def test_each_control_moves_what_the_page_shows(figure):
    locator, calculator = figure
    settings = {item.name: item.value for item in calculator.inputs}
    for item in calculator.inputs:
        control = locator.locator(f"[name=set_{item.name}]")
        settings[item.name] = move(control, item) * item.scale
        expected = calculator.evaluate(**settings)
        for stage in shown_stages(calculator):
            output = locator.locator(f"output[data-signal=show_{stage.name}]")
            shown = expected[stage.name] / stage.scale
            output.page.wait_for_function(
                "([output, value]) => Math.abs(output.dataset.value / value - 1) < 1e-9",
                arg=[output.element_handle(), shown],
            )
            # Python writes a tie as its even neighbour, the page as the one farther from zero.
            written = {f"{value:{stage.format}}" for value in (shown, shown * (1 + AGREEMENT))}
            assert output.text_content().replace("\u2212", "-") in written


def move(control, item):
    """Move a control as a reader does and return its new number, as shown."""
    if isinstance(item, Slider):
        control.focus()
        control.press("ArrowRight")
        control.press("ArrowRight")
        return float(control.input_value())
    last = len(item.options) - 1
    control.select_option(index=last)
    if isinstance(item, Bundle):
        return last
    return list(item.options.values())[last]


def test_the_page_starts_at_the_papers_numbers(figure):
    locator, calculator = figure
    known = calculator.evaluate()
    for stage in shown_stages(calculator):
        row = locator.locator("tr", has=locator.page.locator(f"[data-signal=show_{stage.name}]"))
        shown = f"{known[stage.name] / stage.scale:{stage.format}}".replace("-", "\u2212")
        assert row.locator("output").text_content() == shown
        assert row.locator("td").first.text_content().startswith(shown)
