"""What all tests share."""

import importlib

from hypothesis import settings

from llmbook.book.kernel import isolate
from place import ROOT

pytest_plugins = ["browser"]

# Notebooks that nbval runs print what the pages of the book show, and meet nothing of the user's.
isolate(ROOT / "_build" / "jupyter")

# A run of the tests says the same every time.
settings.register_profile("book", derandomize=True, deadline=None)
settings.load_profile("book")

FORMULA_MODULES = (
    "hybrid",
    "network",
    "assistant",
    "adoption",
    "transformer",
    "sizing",
    "training",
    "serving",
    "costs",
    "subscriptions",
    "sharing",
    "qoe",
    "market",
    "context_cost",
    "attention",
    "experts",
    "parallelism",
    "finetuning",
    "adaptation_costs",
    "carbon.mlco2",
    "carbon.llmcarbon",
    "carbon.parameters",
    "carbon.throughput",
    "carbon.scaling_law",
    "carbon.accounting",
    "carbon.inference",
    "break_even",
    "fleet",
)


def formulas():
    """Return every formula of the package, by its name."""
    found = {}
    for name in FORMULA_MODULES:
        module = importlib.import_module(f"llmbook.{name}")
        for key, value in vars(module).items():
            if hasattr(value, "domains") and value.__module__ == module.__name__:
                found[f"{name}.{key}"] = value
    return found
