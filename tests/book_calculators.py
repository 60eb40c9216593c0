"""Every calculator of the book: words of its title, its page and how the page makes it."""

import functools
import random

from llmbook import data
from llmbook.charts.answering_calculators import answering_calculator
from llmbook.charts.calculator import Calculator
from llmbook.charts.calculators import (
    carbon_calculator,
    cards_calculator,
    days_calculator,
    place_calculator,
)
from llmbook.charts.context_calculators import context_calculator
from llmbook.charts.controls import Bundle, Slider
from llmbook.charts.finetuning_calculators import finetuning_calculator
from llmbook.charts.fleet_calculators import fleet_calculator
from llmbook.charts.hybrid_calculators import draft_calculator, turn_calculator
from llmbook.charts.network_calculators import gradient_calculator
from llmbook.charts.ownership_calculators import ownership_calculator
from llmbook.charts.qoe_calculators import price_calculator, qoe_calculator
from llmbook.charts.serving_calculators import serving_calculator
from llmbook.instances import Level, best_instance
from llmbook.ownership import card_hour

FLEET = {  # model: format of its weights, run of its training
    "llama-65b": ("fp16", "llama-65b"),
    "llama-3-8b": ("fp16", "llama-3.1-8b"),
    "llama-2-70b": ("fp16", "llama-2-70b"),
    "llama-3.1-405b": ("fp8", "llama-3.1-405b"),
}


@functools.cache
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
    "What a fleet takes": ("chapters/capstone", fleet),
    "What a training run emits": (
        "chapters/6-carbon",
        carbon_calculator(data.row("llmcarbon_runs", "gpt-3")),
    ),
    "put to a run's account": (
        "chapters/6-carbon",
        place_calculator(data.row("carbon_runs", "gpt-3")),
    ),
    "What a question's input costs": (
        "chapters/2-adaptation",
        context_calculator(21000, 300, 3.0, 0.3, 3.75, 100),
    ),
    "What an hour of work costs on your own": (
        "chapters/4-tokenomics",
        ownership_calculator("h100-sxm", 2.5),
    ),
    "How long a training step takes": (
        "chapters/5-hybrid",
        gradient_calculator(16.3e9, 256, 25e9, 1e-6, 5.1),
    ),
    "What a million tokens of answers take": (
        "chapters/6-carbon",
        answering_calculator(8, 1275, 1.1, 1400, 0.38, 0.75, 1.5e6),
    ),
}


def made(words):
    """The page of a calculator and the calculator; one that must be measured is made when asked."""
    page, found = CALCULATORS[words]
    return page, found() if callable(found) else found


# Their chapters compute where they start; here they start nearby.
STARTED_BY_CHAPTERS = ("context", "owning", "gradients", "answering")


def settings_of(item, chance):
    """Any number that the control can be set to, as shown."""
    if isinstance(item, Slider):
        number = chance.uniform(item.low, item.high)
        return float(round(number)) if item.is_whole() else number
    return chance.choice(list(numbers_of(item)))


def random_settings(calculator, count, seed=1):
    """Settings of all controls, as shown."""
    chance = random.Random(seed)
    return [
        {item.name: settings_of(item, chance) for item in calculator.inputs} for _ in range(count)
    ]


def limits(calculator):
    """Where a setting that stops short would show: the start, all lowest, all highest."""
    ends = [{item.name: end(numbers_of(item)) for item in calculator.inputs} for end in (min, max)]
    return [{item.name: item.shown(item.value) for item in calculator.inputs}, *ends]


def numbers_of(item):
    """The ends of a slider, or all that a list offers, as shown."""
    if isinstance(item, Slider):
        return item.low, item.high
    return range(len(item.options)) if isinstance(item, Bundle) else item.options.values()


def in_formula_units(calculator, shown):
    return {item.name: shown[item.name] * item.scale for item in calculator.inputs}


def started_at(calculator, settings):
    """The calculator with its controls elsewhere."""
    items = [
        type(item)(**vars(item) | {"value": settings[item.name]}) for item in calculator.inputs
    ]
    rest = (calculator.picture, calculator.title, calculator.description, calculator.name)
    return Calculator(items, calculator.stages, *rest)
