"""A chapter with other numbers: what is refused, what is shown, and what a failure leaves."""

import csv
import re
import zipfile
from pathlib import Path

import nbformat
import pytest

from llmbook import book, claims, cli, data
from llmbook.book import reruns
from llmbook.book.banner import recomputed
from llmbook.book.errors import BuildError
from llmbook.book.folders import put_together
from llmbook.book.layout import find_layout
from llmbook.book.notebooks import run
from llmbook.book.parameters import INJECTED, Given, check_changes, parameters
from llmbook.book.reruns import find_chapter
from llmbook.book.scenario import read_scenario
from llmbook.book.toc import chapters
from llmbook.book.variant import tables_of, write_book, write_page
from llmbook.book.wheel import write_wheel
from llmbook.charts.ledger import ledger_table
from llmbook.claims import what_if, yours
from llmbook.transformer import model_params
from place import ROOT
from small_book import HEADER, make

MEANT = what_if.meaning("III-13", "n_params", 65e9)
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
CHAPTER = (
    HEADER
    + """The second page is [elsewhere](two.md); a claim is
<a href="ledger.html#III-13">III-13</a>.

```{code-cell} python
:tags: [parameters]

n_params: float = 65e9  # parameters; III-13
groq_memory: float = 230e6  # bytes; III-26
tpot: float = 0.05  # seconds; III-26
```

```{code-cell} python
from myst_nb import glue

share = 1 / (n_params - 7e9)
glue("cards", n_params / groq_memory, display=False)
```

It takes {glue:text}`cards:.2f` cards, of $x$.

```{code-cell} python
from llmbook import data

glue("memory", data.accelerator("a100-80").memory_bytes / 1e9, display=False)
```

It has {glue:text}`memory:.0f` GB.
"""
)
LEDGER = (
    HEADER.replace("# One", "# The ledger")
    + """```{code-cell} python
:tags: [parameters]

n_params: float = 65e9  # parameters; III-13
```

```{code-cell} python
from llmbook.charts.ledger import ledger_table, scorecard

scorecard()
```

```{code-cell} python
ledger_table("III", "Claims of section III", anchors=True)
```
"""
)
FILES = {
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n"
    "  - file: chapters/one\n  - file: chapters/two\n  - file: chapters/ledger\n",
    "chapters/one.md": CHAPTER,
    "chapters/ledger.md": LEDGER,
    "chapters/two.md": "# Two\n\nNothing is computed here.\n",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make(tmp_path_factory.mktemp("rerun"), FILES)


@pytest.fixture(scope="module")
def made(root):
    """The page and the notebook of a run with other numbers."""
    return book.rerun("one", ["n_params=130B", "groq_memory = 1GB"], root=root)


@pytest.fixture(scope="module")
def page(made):
    return made[0].read_text(encoding="utf-8")


@pytest.fixture
def idle(monkeypatch):
    """Nothing may run."""
    monkeypatch.setattr(reruns, "run", lambda *_: pytest.fail("it ran"))


class TestPage:
    def test_numbers_are_computed_from_the_changed_inputs(self, page):
        assert re.search(r"It takes\s*(<[^>]*>)*130\.00", page)

    def test_every_changed_input_is_named_with_both_values(self, page):
        assert "Not the paper's numbers: your inputs." in page
        rows = re.findall(r"<tr><td><code>(\w+)</code></td><td>(.*?)</td><td>(.*?)</td>", page)
        assert rows == [
            ("n_params", "65,000,000,000", "<strong>130,000,000,000</strong>"),
            ("groq_memory", "230,000,000", "<strong>1,000,000,000</strong>"),
        ]
        assert "(not the paper's numbers)</title>" in page

    def test_claims_show_paper_yours_and_ratio(self, page):
        found = re.findall(r"<tr><td>(III-\d+):.*?</tr>", page)
        assert found == ["III-11", "III-13", "III-15", "III-24", "III-25", "III-26", "III-27"]
        # 130e9 parameters of 2 bytes; 130e9 of 1 byte on cards of 1 GB
        assert "<td>130 GB</td><td>" in page and "<strong>260 GB</strong></td><td>2</td>" in page
        assert "<strong>130 cards</strong></td><td>0.4594</td>" in page

    def test_it_needs_nothing_beside_it(self, page):
        assert not re.findall(r"<link|<script[^>]+src=|@import", page)
        assert not re.findall(r"url\((?!['\"]?(?:data:|#))[^)]{0,60}", page)
        assert 'class="katex"' in page

    def test_links_to_other_pages_are_words(self, page):
        assert not re.findall(r'<a [^>]*href="(?!#|https?:)', page)
        assert "elsewhere" in page and ">III-13" in page

    def test_the_notebook_is_executed_and_marked(self, made):
        notebook = nbformat.read(made[1], as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert [cell.execution_count for cell in code] == [1, 2, 3, 4]
        assert code[1].metadata.tags == [INJECTED]
        assert "n_params = 130000000000.0" in code[1].source
        assert "Not the paper's numbers" in notebook.cells[0].source

    def test_progress_is_told(self, root, capsys):
        book.rerun("one.md", ["n_params=1e9"], root=root)
        lines = capsys.readouterr().err.splitlines()
        assert lines[0] == "one: cell 1 of 4"
        assert re.fullmatch(r"one: executed in [\d.]+ s", lines[1])


@pytest.fixture(scope="module")
def rows(root):
    """The words of each row of the ledger of a run with other numbers, and of its page."""
    page = book.rerun("ledger", ["n_params=130B"], root=root)[0].read_text(encoding="utf-8")
    found = re.findall(r'<tr[^>]*>(?:(?!</tr>).)*?id="(III-\d+)"(.*?)</tr>', page, re.DOTALL)
    return {key: in_words(row) for key, row in found} | {"page": in_words(page)}


def in_words(page):
    return " ".join(re.sub("<[^>]*>", " ", page).split())


class TestLedger:
    """The rows of the verdicts on a page with other numbers."""

    def test_paper_yours_ratio_and_the_verdict_under_the_readers_inputs(self, rows):
        # 130e9 parameters of 2 bytes are 260 GB; the paper prints 130.
        assert (
            "contradicted with your inputs the paper: 130 GB yours: 260 GB ratio: 2 "
            "with the paper's inputs: reproduced The rounded count"
        ) in rows["III-13"]
        assert (
            "Not the paper's inputs: 260 GB, 2 times the paper's. Verdict: contradicted."
            in (rows["III-13"])
        )

    def test_a_verdict_may_stay_under_other_inputs(self, rows):
        # The weights take more than any card, even twice as many.
        assert "yours:" not in rows["III-17"] and "from our sources" in rows["III-17"]

    def test_the_page_says_which_verdicts_are_whose(self, rows):
        assert "those that rest on your inputs with paper, yours and ratio" in rows["page"]
        assert "Claims of the paper by verdict, under your inputs where they rest" in rows["page"]

    def test_the_count_is_that_of_the_rows(self, rows):
        moved = [item for item in what_if.recompute([(MEANT, 130e9)]) if item.verdict]
        assert len(moved) > 3
        told = "contradicted"
        before = claims.counts()[told]
        changed = sum(
            (item.verdict == told) - (claims.result(item.claim.id).verdict == told)
            for item in moved
        )
        after = before + changed
        assert after > before
        assert f"contradicted {after} The number does not come out" in rows["page"]

    def test_the_notebook_computes_it_by_itself(self, root, rows):
        notebook = nbformat.read(root / "_build" / "rerun" / "ledger.ipynb", as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        names = {}
        exec(code[0].source, names)
        try:
            assert names["yours"].of("III-13").value == 260
        finally:
            names["yours"].show({})

    def test_the_book_itself_shows_none(self):
        assert not yours.any_shown()
        table = ledger_table("III", "Claims").html()
        assert "yours" not in table and "your inputs" not in table


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "no number of one is changed; name one with -p"),
        (["n_params=65e9"], "no number of one is changed"),
        (["n_parms=1"], "no parameter of one is called 'n_parms'; the nearest are n_params"),
        (["groq_memory=5s"], "groq_memory is a size in bytes, got '5s', which is a time"),
        (["tpot=80GB"], "tpot is a time in seconds, got '80GB', which is a size"),
        (["n_params=many"], "n_params must be a number in parameters, got 'many'"),
        (["n_params=nan"], "n_params must be a number in parameters, got 'nan'"),
        (["n_params=-1"], "n_params must be a finite number above 0, got -1.0"),
        (["groq_memory=0"], "groq_memory must be a finite number above 0, got 0.0"),
        (["n_params=1", "n_params=2"], "n_params is given twice"),
        (["n_params"], "a parameter is given as name=value, got 'n_params'"),
        (["n_params="], "n_params must be a number in parameters, got ''"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(root, idle, given, message):
    with pytest.raises(book.BuildError) as refused:
        book.rerun("one", given, root=root)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("chapter", "given", "message"),
    [
        ("5-hybrid", "draft_length=2.5", "draft_length must be a whole number at least 1 and at"),
        ("5-hybrid", "draft_length=0", "draft_length must be a whole number at least 1 and at"),
        ("5-hybrid", "draft_length=101", "draft_length must be a whole number at least 1 and at"),
        ("3-xpus", "n_devices=2.5", "n_devices must be a whole number at least 1, got 2.5"),
        ("2-adaptation", "cards=0.5", "cards must be a whole number at least 1, got 0.5"),
        ("capstone", "n_sites=2.5", "n_sites must be a whole number at least 1, got 2.5"),
        ("capstone", "answer_tokens=1", "answer_tokens must be a finite number at least 2, got 1"),
        ("capstone", "rent=0", "rent must be a finite number above 0, got 0.0"),
    ],
)
def test_what_a_chapter_cannot_use_is_refused_before_anything_runs(idle, chapter, given, message):
    with pytest.raises(book.BuildError) as refused:
        book.rerun(chapter, [given], root=ROOT)
    assert str(refused.value).startswith(message)


def changed(given, chapter="3-xpus"):
    name, _, text = given.partition("=")
    item = Given(name, text, "s.yaml line 3")
    (change,) = check_changes(find_chapter(find_layout(ROOT), chapter), [item])
    return change.value


class TestWarning:
    """A bare number far from what is usual is told of, and used."""

    def test_it_names_the_value_its_unit_and_what_is_usual(self, capsys):
        assert changed("memory_bytes=80") == 80
        assert capsys.readouterr().err == (
            "llmbook: s.yaml line 3: memory_bytes is taken as 80 bytes; "
            "1e+08 to 4e+11 bytes are usual\n"
        )

    @pytest.mark.parametrize("given", ["n_params=65", "n_params=1e14", "words_per_token=16"])
    def test_on_both_sides(self, given, capsys):
        changed(given, "4-tokenomics" if "words" in given else "3-xpus")
        assert "are usual" in capsys.readouterr().err

    @pytest.mark.parametrize(
        "given", ["memory_bytes=80GB", "memory_bytes=80 bytes", "memory_bytes=2e7", "n_params=1e6"]
    )
    def test_a_unit_or_a_number_that_may_be_has_none(self, given, capsys):
        changed(given)
        assert not capsys.readouterr().err

    def test_where_nothing_is_known_as_usual_there_is_none(self, capsys):
        changed("printed_words=1e30", "4-tokenomics")
        assert not capsys.readouterr().err


def test_unknown_chapter_lists_the_nearest(root, idle):
    with pytest.raises(book.BuildError, match="no chapter is called 'on'; the nearest are one"):
        book.rerun("on", ["n_params=1"], root=root)


def test_what_is_no_chapter_is_told_which_can_be_changed(capsys):
    """Pages without parameters, which are near by their names, are of no help."""
    assert cli.main(["rerun", "nope", "-p", "n_params=1"]) == 1
    error = capsys.readouterr().err
    assert "no chapter is called 'nope'" in error and "3-xpus" in error
    assert "index" not in error and "data" not in error


@pytest.mark.parametrize("place", ["page", "notebook"])
def test_page_and_notebook_change_together(root, made, monkeypatch, place):
    """A disk that fails between the two."""
    before = [path.read_bytes() for path in made]
    target = made[["page", "notebook"].index(place)]
    move, failed = Path.replace, []

    def replace(path, there):
        if Path(there) == target and not failed:
            failed.append(path)
            raise OSError("no room")
        return move(path, there)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(book.BuildError, match="one could not be run again: no room"):
        book.rerun("one", ["n_params=3e9"], root=root)
    assert failed and [path.read_bytes() for path in made] == before


def test_a_first_page_stays_away_without_its_notebook(tmp_path):
    new, there = tmp_path / "new", tmp_path / "there"
    new.mkdir()
    (new / "a.html").write_text("a")
    with pytest.raises(FileNotFoundError):
        put_together([new / "a.html", new / "a.ipynb"], there)
    assert not list(there.iterdir())


def test_a_run_that_fails_midway_leaves_the_last_page(root, made, monkeypatch, capsys):
    before = [path.read_bytes() for path in made]
    monkeypatch.chdir(root)
    assert cli.main(["rerun", "one", "-p", "n_params=7e9"]) == 1
    error = capsys.readouterr().err
    assert "code cell 3 ('from myst_nb import glue') raised ZeroDivisionError" in error
    assert "    share = 1 / (n_params - 7e9)" in error
    assert [path.read_bytes() for path in made] == before
    left = {path.name for path in made[0].parent.iterdir()}
    assert left - {"ledger.html", "ledger.ipynb"} == {"one.html", "one.ipynb"}


class TestList:
    def test_all_parameters_are_listed(self, capsys):
        assert cli.main(["rerun", "--list"]) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert ["3-xpus", "n_params", "6.5e+10", "parameters", "III-13"] in lines
        assert {chapter for chapter, *_ in lines} >= {"3-xpus", "6-carbon"}

    def test_those_of_a_chapter(self, root):
        assert book.list_parameters("one", root)[1] == (
            "one  groq_memory  2.3e+08  bytes       III-26"
        )

    @pytest.mark.parametrize(
        "more", [["-p", "n_params=1"], ["--scenario", "s.yaml"], ["3-xpus", "-p", "x=1"]]
    )
    def test_a_list_takes_no_numbers(self, capsys, more):
        assert cli.main(["rerun", "--list", *more]) == 1
        shown = capsys.readouterr()
        assert not shown.out and "--list takes neither -p nor --scenario" in shown.err

    def test_a_page_without_any_says_so(self, capsys):
        assert cli.main(["rerun", "--list", "data"]) == 1
        assert "data has no parameters to change" in capsys.readouterr().err


SPOILT = {
    "chapter": ("on:\n  n_params: 1\n", "s.yaml line 1: no chapter is called 'on'; the nearest"),
    "parameter": (
        "title: x\none:\n  n_params: 2\n  n_parms: 1\n",
        "s.yaml line 4: no parameter of one is called 'n_parms'; the nearest are n_params",
    ),
    "unit": ("one:\n  groq_memory: 5s\n", "s.yaml line 2: groq_memory is a size in bytes"),
    "text": ("one:\n  n_params: yes\n", "s.yaml line 2: n_params must be a number"),
    "empty": ("one:\n  n_params:\n", "s.yaml line 2: n_params must be a number"),
    "list": ("one:\n  n_params: [1]\n", "s.yaml line 2: expected one value, got a sequence"),
    "no mapping": ("one: 3\n", "s.yaml line 1: expected 'name: value' lines, got '3'"),
    "twice": ("one:\n  tpot: 1\n  tpot: 2\n", "s.yaml line 3: tpot is given twice"),
    "chapter twice": ("one:\n  tpot: 1\none:\n  tpot: 2\n", "s.yaml line 3: one is given twice"),
    "syntax": ("one:\n  tpot: [1\n", "s.yaml line 3: "),
    "nothing": ("# nothing\n", "s.yaml is empty"),
    "no change": ("one:\n  n_params: 65e9\n", "s.yaml changes no number of the paper"),
    "table": ("data:\n  price:\n    a:\n      b: 1\n", "s.yaml line 2: no table is called 'price'"),
    "row": (
        "data:\n  prices:\n    a:\n      currency: 1\n",
        "s.yaml line 3: no row of prices is called 'a'",
    ),
    "cell": (
        "data:\n  accelerators:\n    a100-80:\n      memory_bytes: 5s\n",
        "s.yaml line 4: memory_bytes is a size in B, got '5s', which is a time",
    ),
    "no rows": ("data: 3\n", "s.yaml line 1: expected 'name: value' lines, got '3'"),
    "slip": ("titel: x\n", "s.yaml line 1: no chapter is called 'titel'; the nearest are title"),
    "title of two lines": ("title: |\n  x\n\n  y\n", "s.yaml line 1: the title must be one line"),
    "control character": ("one:\n  tpot: 1\x01\n", "s.yaml line 2: special characters"),
    "far from all": (
        "memory: 3\n",
        "s.yaml line 1: no chapter is called 'memory'; the nearest are data, ledger, one, title",
    ),
    "table without rows": ("data:\n  price: {}\n", "s.yaml line 2: no table is called 'price'"),
    "row without cells": (
        "data:\n  prices:\n    a: {}\n",
        "s.yaml line 3: no row of prices is called 'a'",
    ),
    "nothing to change": ("two:\n  tpot: 1\n", "s.yaml line 1: no chapter is called 'two'"),
}


class TestScenario:
    @pytest.mark.parametrize("case", SPOILT)
    def test_a_mistake_is_told_with_its_line(self, root, idle, tmp_path, case):
        text, message = SPOILT[case]
        path = tmp_path / "s.yaml"
        path.write_text(text)
        for ask in (
            lambda: book.rerun("one", [], path, root=root),
            lambda: book.build_scenario(path, root=root),
        ):
            with pytest.raises(book.BuildError) as refused:
                ask()
            assert str(refused.value).startswith(message)

    def test_what_is_no_text_is_told_with_its_line(self, root, tmp_path):
        path = tmp_path / "s.yaml"
        path.write_bytes(b"one:\n  tpot: 1\xff\n")
        with pytest.raises(book.BuildError, match=r"s\.yaml line 2: this is no UTF-8 text"):
            book.build_scenario(path, root=root)

    def test_a_file_that_is_not_there(self, root, tmp_path):
        with pytest.raises(book.BuildError, match=r"s\.yaml cannot be read: No such file"):
            book.build_scenario(tmp_path / "s.yaml", root=root)

    def test_the_command_line_prevails(self, root, tmp_path):
        path = tmp_path / "s.yaml"
        path.write_text("title: A question\none:\n  n_params: 1e9\n  groq_memory: 1GB\n")
        page, _ = book.rerun("one", ["n_params=3e9"], path, root=root)
        text = page.read_text(encoding="utf-8")
        assert "Not the paper's numbers: A question, with your inputs." in text
        assert re.search(r"It takes\s*(<[^>]*>)*3\.00", text)

    def test_a_title_is_words_and_no_html(self, root, tmp_path):
        path = tmp_path / "s.yaml"
        path.write_text("title: 7B < 8B & <b>more</b>\none:\n  n_params: 8e9\n")
        page = book.rerun("one", [], path, root=root)[0].read_text(encoding="utf-8")
        assert "Not the paper's numbers: 7B &lt; 8B &amp; &lt;b&gt;more&lt;/b&gt;." in page

    def test_cells_of_the_tables_can_be_changed(self, root, tmp_path):
        path = tmp_path / "cells.yaml"
        path.write_text("data:\n  accelerators:\n    a100-80:\n      memory_bytes: 160GB\n")
        text = (ROOT / "data" / "accelerators.csv").read_text(encoding="utf-8")
        book_of_one = book.rerun("one", [], path, root=root)[0].read_text(encoding="utf-8")
        assert "accelerators: a100-80" in book_of_one
        assert "<td>80,000,000,000</td><td><strong>160,000,000,000</strong></td>" in book_of_one
        # III-17: the card's memory, printed as 80 GB
        assert "<strong>160 GB</strong></td><td>2</td>" in book_of_one
        assert "It has 160" in re.sub(r"<[^>]*>", "", book_of_one)
        assert (ROOT / "data" / "accelerators.csv").read_text(encoding="utf-8") == text

    def test_the_whole_book_is_marked_in_its_own_folder(self, root, tmp_path):
        path = tmp_path / "half.yaml"
        path.write_text("title: Half\none:\n  n_params: 32.5B\n")
        site = book.build_scenario(path, root=root)
        assert site == root.resolve() / "_build" / "scenarios" / "half" / "html"
        for name in ("index", "chapters/one", "chapters/two"):
            assert "Not the paper's numbers: Half." in (site / f"{name}.html").read_text()
        assert re.search(r"141\.30", (site / "chapters" / "one.html").read_text())
        assert not (root / "_build" / "html").exists()
        assert "Not the paper's" not in (root / "chapters" / "one.md").read_text()

    def test_three_ship(self):
        assert len(SCENARIOS) >= 3

    def test_the_book_has_a_wheel_with_the_tables_of_its_pages(self, tmp_path):
        scenario = read_scenario(ROOT / "scenarios" / "todays-prices.yaml", chapters(ROOT))
        variant = write_book(find_layout(ROOT), tmp_path / "book", scenario)
        wheel = zipfile.ZipFile(write_wheel(variant.root, tmp_path))
        for cell in scenario.cells:
            text = wheel.read(f"llmbook/_data/{cell.table}.csv").decode()
            (row,) = (row for row in csv.DictReader(text.splitlines()) if row["id"] == cell.row)
            assert float(row[cell.column]) == cell.new
        assert "llmbook/sizing.py" in wheel.namelist()

    @pytest.mark.slow
    @pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
    def test_those_that_ship_run(self, path, tmp_path):
        layout = find_layout(ROOT)
        scenario = read_scenario(path, chapters(ROOT))
        for name in [*scenario.changes, *(["4-tokenomics"] if scenario.cells else [])]:
            chapter = find_chapter(layout, name)
            variant, copy = write_page(layout, tmp_path / name, chapter, scenario)
            with tables_of(variant, scenario):
                assert run(copy.read(), copy.path.parent).problem is None

    def test_their_prices_are_those_of_later_rows_or_of_the_list_of_today(self):
        scenario = read_scenario(ROOT / "scenarios" / "todays-prices.yaml", chapters(ROOT))
        for cell in scenario.cells:
            row = data.row(cell.table, cell.row)
            later = [
                getattr(other, cell.column)
                for other in data.table(cell.table)
                if (other.vendor, other.model) == (row.vendor, row.model) and other.date > row.date
            ]
            assert cell.new in later, cell

    def test_their_models_are_those_of_the_tables(self):
        known = {model_params(row) for row in data.table("models")}
        for path in SCENARIOS:
            for change in read_scenario(path, chapters(ROOT)).changes.get("3-xpus", []):
                if change.parameter.name == "n_params":
                    assert change.value in known


def test_what_a_formula_refuses_is_refused_before_it_runs():
    chapter = find_chapter(find_layout(ROOT), "3-xpus")
    with pytest.raises(
        BuildError, match="tokens_per_device_second must be a finite number above 0"
    ):
        check_changes(chapter, [Given("tokens_per_device_second", "0")])


def test_the_scenario_on_h100_trains_on_them():
    path = ROOT / "scenarios" / "llama-3-70b-on-h100.yaml"
    scenario = read_scenario(path, chapters(ROOT))
    given = {change.parameter.name: change.value for change in scenario.changes["3-xpus"]}
    card, run = data.accelerator("h100-sxm"), data.row("training_runs", "llama-3-70b")
    assert (given["peak_flops"], given["memory_bytes"]) == (card.fp16_flops, card.memory_bytes)
    assert given["n_tokens"] == run.n_tokens
    assert given["tokens_per_device_second"] == round(run.n_tokens / (run.device_hours * 3600))
    days = {item.claim.id: item.value for item in recomputed(scenario)}["III-21"]
    assert days == pytest.approx(15e12 / (2048 * 651 * 86400))


@pytest.mark.parametrize("chapter", chapters(ROOT), ids=lambda chapter: chapter.name)
def test_every_parameter_stands_for_something_in_the_ledger(chapter):
    for item in parameters(chapter).values():
        meant = item.meaning()
        assert meant.cells or meant.restates, item
