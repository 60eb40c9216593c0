import subprocess
import sys

import pytest

STANDARD_LIBRARY_ONLY = [
    "llmbook.turns",
    "llmbook.devices",
    "llmbook.modalities",
    "llmbook.placement",
    "llmbook.closer",
    "llmbook.hybrid",
    "llmbook.network",
    "llmbook.assistant",
    "llmbook.adoption",
    "llmbook.topologies",
    "llmbook.quantities",
    "llmbook.elementwise",
    "llmbook.formula",
    "llmbook.glossary",
    "llmbook.data",
    "llmbook.transformer",
    "llmbook.sizing",
    "llmbook.training",
    "llmbook.serving",
    "llmbook.costs",
    "llmbook.subscriptions",
    "llmbook.ownership",
    "llmbook.sharing",
    "llmbook.compromise",
    "llmbook.qoe",
    "llmbook.market",
    "llmbook.context_cost",
    "llmbook.retrieval.facts",
    "llmbook.retrieval.linking",
    "llmbook.retrieval.queries",
    "llmbook.retrieval.generator",
    "llmbook.retrieval.expected",
    "llmbook.frontiers",
    "llmbook.attention",
    "llmbook.experts",
    "llmbook.parallelism",
    "llmbook.engines",
    "llmbook.calibration",
    "llmbook.finetuning",
    "llmbook.adaptation_costs",
    "llmbook.adaptation_choice",
    "llmbook.adapters",
    "llmbook.finetuning_memory",
    "llmbook.vendors",
    "llmbook.prices_today",
    "llmbook.source_tables",
    "llmbook.carbon.mlco2",
    "llmbook.carbon.llmcarbon",
    "llmbook.carbon.parameters",
    "llmbook.carbon.throughput",
    "llmbook.carbon.scaling_law",
    "llmbook.carbon.accounting",
    "llmbook.carbon.inference",
    "llmbook.break_even",
    "llmbook.decomposition",
    "llmbook.uncertainty",
    "llmbook.runs",
    "llmbook.projections",
    "llmbook.fleet",
    "llmbook.fleet_inputs",
    "llmbook.fleet_plan",
    "llmbook.claims",
]

BLOCKED = ["numpy", "pandas", "altair", "scipy", "matplotlib", "IPython", "sphinx"]


@pytest.mark.parametrize("module", STANDARD_LIBRARY_ONLY)
def test_imports_with_nothing_installed(module):
    lines = ["import sys", *(f"sys.modules['{name}'] = None" for name in BLOCKED)]
    lines += [f"import {module}"]
    if module == "llmbook.claims":
        lines += ["assert len(llmbook.claims.results()) >= 30"]
    subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True)
