"""What holds of every chapter's source."""

import re
from functools import partial
from types import SimpleNamespace

import jupytext
import pytest

from llmbook import claims, data, instances, quantities
from llmbook.book.toc import docnames
from llmbook.claims import inputs
from llmbook.instances import best_instance
from place import ROOT

PAGES = [ROOT / f"{name}.md" for name in docnames(ROOT)]
CHAPTERS = [path for path in PAGES if re.match(r"\d", path.name)]
LONGEST_LINE = 75  # beyond it a cell scrolls sideways on the page
PARAMETER = re.compile(r"(?P<name>\w+): float = (?P<value>\S+)  # (?P<unit>[\w/]+); (?P<claim>\S+)")
SCALES = {
    "GB": quantities.GB,
    "MB": quantities.MB,
    "billion": quantities.BILLION,
    "trillion": quantities.TRILLION,
}
SENTENCE_END = re.compile(r"[a-z0-9)`*}”][.?!] +[A-Z“{*]")


def code_cells(path):
    return [cell for cell in jupytext.read(path).cells if cell.cell_type == "code"]


def prose(path):
    """The lines outside code cells and the header."""
    cells = jupytext.read(path).cells
    return [line for cell in cells if cell.cell_type == "markdown" for line in _lines(cell)]


def _lines(cell):
    return cell.source.splitlines()


def parameters(path):
    first = next(cell for cell in code_cells(path) if "parameters" in cell.metadata.get("tags", []))
    return first.source.splitlines()


def printed(claim, name):
    """Every number that the paper gives for a claim, in SI units; ours for an input it omits.

    For a parameter that names a cell of a table in place of a claim, what that holds.
    """
    if "/" in claim:
        return [inputs.cell(claim)]
    row = data.row("claims", claim)
    own = inputs.of_claim(claim)
    value = None if row.value is None else row.value * SCALES.get(row.unit, 1)
    ours = [inputs.cell(i.reference) for i in own if i.input == name and i.paper is None]
    return [value, *(item.paper for item in own), *ours]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
class TestChapter:
    def test_parameters_are_the_papers_numbers(self, path):
        lines = parameters(path)
        assert lines
        for line in lines:
            found = PARAMETER.fullmatch(line)
            assert found, line
            assert float(found["value"]) in printed(found["claim"], found["name"]), line

    def test_parameters_come_first(self, path):
        assert "parameters" in code_cells(path)[0].metadata["tags"]

    def test_every_claim_of_the_section_is_named(self, path):
        text = path.read_text(encoding="utf-8")
        section = re.search(r"^# ([IVX]+)\.", text, re.M).group(1)
        named = set(re.findall(rf"{section}-\d+", text))
        for first, last in re.findall(rf"{section}-(\d+) to {section}-(\d+)", text):
            # The range of the whole section, at its head, names none of them.
            if int(last) - int(first) < 10:
                named |= {f"{section}-{number}" for number in range(int(first), int(last) + 1)}
        assert {item.id for item in claims.results() if item.section == section} <= named

    def test_solutions_are_executed(self, path):
        text = path.read_text(encoding="utf-8")
        exercises = re.findall(r"^```\{exercise\}\n:label: (\S+)", text, re.M)
        solutions = re.findall(
            r"^```\{solution-start\} (\S+)\n:class: dropdown\n```\n\n```\{code-cell\}", text, re.M
        )
        assert exercises and exercises == solutions


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
class TestPage:
    def test_code_fits_the_page(self, path):
        lines = [line for cell in code_cells(path) for line in _lines(cell)]
        assert not [line for line in lines if len(line) > LONGEST_LINE]

    def test_one_sentence_a_line(self, path):
        assert not [line for line in prose(path) if SENTENCE_END.search(line)]


def test_the_data_page_shows_every_table():
    text = (ROOT / "chapters" / "data.md").read_text(encoding="utf-8")
    shown = re.findall(r'^dataset\("(\w+)"\)$', text, re.M)
    assert shown == [item["name"] for item in data.package()["resources"]]


def test_the_ledger_page_shows_every_section():
    text = (ROOT / "chapters" / "ledger.md").read_text(encoding="utf-8")
    sections = {item.section for item in claims.results()}
    assert set(re.findall(r'ledger_table\("([IVX]+)"', text)) == sections


def test_the_capstone_tells_of_a_model_that_cannot_keep_the_limits():
    """The paper's own limits are too short for the largest model; the others are planned."""
    cell = next(
        cell for cell in code_cells(ROOT / "chapters/capstone.md") if "refused = {}" in cell.source
    )

    def best_instance(model, *others):
        if model == "llama-3.1-405b":
            raise ValueError("ttft_limit and tpot_limit must leave room")
        return model

    plans = SimpleNamespace(inputs_of=lambda copy, *others: copy, plan=lambda given: given)
    known = {
        "best_instance": best_instance,
        "fleet_inputs": plans,
        "fleet_plan": plans,
        "spread_of": lambda copy, given: given,
        **{"llama": None, "plan": None, "chat": None, "level": None, "n_users": 1.0},
        **{"changed": {}, "spreads": {}, "data": data},
    }
    exec(cell.source, known)
    assert list(known["plans"]) == ["llama-65b", "llama-3-8b", "llama-2-70b"]
    assert known["refused"] == {"Llama 3.1 405B": "ttft_limit and tpot_limit must leave room"}


def test_the_capstone_taken_apart_gives_its_plan(monkeypatch):
    """Also for requests of another length than those that the copy was tried with."""
    monkeypatch.setattr(instances, "best_instance", partial(best_instance, n_requests=2000))
    known = {}
    for cell in code_cells(ROOT / "chapters/capstone.md"):
        tags = cell.metadata.get("tags", [])
        if tags in ([], ["parameters"]):
            exec(cell.source, known)
        if "parameters" in tags:
            known |= {"prompt_tokens": 1200.0, "answer_tokens": 250.0, "peak_factor": 3.0}
        if "grams = " in cell.source:
            break
    plan = known["plan"]
    for name, link in {
        "mean": "mean_rate",
        "peak": "peak_rate",
        "copies": "n_instances",
        "placed": "placed",
        "cards": "n_devices",
        "racks": "racks",
        "watts": "connected_watts",
        "rented": "rented_usd",
        "owned": "owned_usd",
        "energy": "energy_kwh",
        "burnt": "operational_kg",
        "made": "embodied_kg",
        "grams": "message_grams",
        "training": "training_energy_kwh",
        "days": "overtaking",
    }.items():
        assert known[name] == pytest.approx(plan[link], rel=1e-12), name
