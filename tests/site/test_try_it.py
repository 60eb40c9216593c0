"""The boxes in which a reader runs Python: numbers of the book, errors, limits, the keyboard."""

import json
import math
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from visit import visit

from llmbook import claims
from llmbook.book.toc import docnames, page_path
from place import ROOT

CHAPTERS = [
    f"{name}.html"
    for name in docnames(ROOT)
    if "[try-it]" in page_path(ROOT, name).read_text(encoding="utf-8")
]
PAGE = "chapters/3-xpus.html"
# A slow machine takes its time to compile Python itself.
FETCHED = 90_000
OVER = re.compile("Done|Ended|Stopped|could not")
LEDGER = """
import json
from llmbook import claims

for item in claims.as_json():
    sides = item["recomputed_from_paper"], item["recomputed"]
    print(json.dumps([item["id"], *sides, item["verdict"], item["finding"]]))
"""
EXCESS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Box:
    """The box of one page."""

    def __init__(self, visitor, name=PAGE):
        self.visitor = visitor
        self.page = visitor.open(name).page
        self.box = self.page.locator(".llmbook-try")
        self.status = self.box.get_by_role("status")
        self.output = self.box.get_by_role("region")
        self.editor = self.box.get_by_role("textbox")

    def button(self, name):
        return self.box.get_by_role("button", name=name, exact=True)

    def open(self):
        self.button("Change and run this code").click()
        return self.wait()

    def run(self, code):
        self.editor.fill(code)
        self.button("Run").click()
        return self.wait()

    def wait(self):
        expect(self.button("Stop")).to_be_disabled(timeout=FETCHED)
        return self

    def printed(self):
        return self.output.text_content()

    def opened(self):
        """Whether Python was asked for."""
        return [
            url for url in self.visitor.requests if re.search(r"pyodide|\.zip$|python\.js", url)
        ]


@pytest.fixture
def visitor(chromium, address):
    with visit(chromium, address) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def box(chromium, address):
    """A box whose Python has started, for tests that each run their own code."""
    with visit(chromium, address) as visitor:
        yield Box(visitor).open()


@pytest.mark.parametrize("name", CHAPTERS)
def test_box_gives_the_numbers_of_the_page(visitor, name):
    box = Box(visitor, name)
    shown = box.page.locator(".cell.tag_try-it .cell_output pre").text_content()
    assert not box.opened()
    box.open()
    assert box.printed() == shown
    expect(box.status).to_contain_text("Done")
    assert box.opened() and not visitor.elsewhere() and not visitor.complaints


def test_box_of_another_run_starts_from_its_numbers(visitor):
    box = Box(visitor)
    injected = "n_params = 130e9  # another"
    box.page.locator(".cell.tag_parameters").evaluate(
        """(cell, code) => {
          const other = cell.cloneNode(true);
          other.className = "cell tag_injected-parameters";
          other.querySelector(".cell_input pre").textContent = code;
          cell.after(other);
        }""",
        injected,
    )
    box.button("Change and run this code").click()
    first, second, *_ = box.editor.input_value().split("\n\n")
    assert first.startswith("n_params: float = ") and second == injected


def test_the_whole_ledger_is_the_same_in_the_browser(box):
    box.run(LEDGER)
    here = [
        [item.id, item.recomputed_from_paper, item.recomputed, item.verdict, item.finding]
        for item in claims.results()
    ]
    there = [json.loads(line) for line in box.printed().splitlines()]
    assert len(there) == len(here)
    assert sum(item[2] is not None for item in here) >= 30
    for mine, other in zip(here, there, strict=True):
        assert [mine[0], *mine[3:]] == [other[0], *other[3:]]
        for value, its in zip(mine[1:3], other[1:3], strict=True):
            assert (value is None) == (its is None), mine[0]
            assert value is None or math.isclose(value, its, rel_tol=1e-12, abs_tol=0), mine[0]


def test_changed_code_gives_another_number(box):
    box.run("from llmbook.sizing import cards_needed\ncards_needed(130e9, 80e9)")
    assert box.printed() == "2\n"


def test_error_names_its_line(box):
    box.run("x = 1\nprint(x)\nprint(y)")
    assert box.printed() == "1\nLine 3: print(y)\nNameError: name 'y' is not defined"
    expect(box.status).to_contain_text("error")


def test_code_that_is_no_python_names_its_line(box):
    box.run("x = 1\ny = = 2")
    assert box.printed().startswith("Line 2: y = = 2\nSyntaxError")


def test_package_that_is_not_there_is_named_at_once(box):
    box.run("import numpy")
    assert "No module named 'numpy'" in box.printed()
    assert "standard library" in box.printed()
    assert not box.visitor.elsewhere()


def test_reset_brings_the_code_back(box):
    box.editor.fill("")
    box.button("Reset").click()
    cells = box.page.locator(".cell:is(.tag_parameters, .tag_try-it) .cell_input pre")
    parts = [text.strip() for text in cells.all_text_contents()]
    assert box.editor.input_value() == "\n\n".join(parts)
    # What stood there came of other code.
    expect(box.output).to_be_empty()


def test_reset_brings_python_back(box):
    """What the code has changed in Python itself would outlive the text."""
    box.run("import builtins\nbuiltins.print = None")
    box.button("Reset").click()
    expect(box.status).to_have_text("Back at the start.")
    box.run("print('heard')")
    assert box.printed() == "heard\n"


def test_keyboard_is_not_trapped(box):
    box.editor.focus()
    for name in ("Run", "Reset"):
        box.page.keyboard.press("Tab")
        expect(box.button(name)).to_be_focused()
    box.page.keyboard.press("Tab")
    expect(box.output).to_be_focused()


def test_keyboard_runs_the_code(box):
    box.editor.fill("6 * 7")
    box.editor.press("Control+Enter")
    expect(box.output).to_have_text("42\n", timeout=FETCHED)
    expect(box.editor).to_be_focused()
    assert box.editor.input_value() == "6 * 7"
    box.editor.fill("6 * 8")
    box.editor.press("Meta+Enter")
    expect(box.output).to_have_text("48\n")


def test_endless_code_is_stopped_and_python_starts_again(box):
    box.editor.fill("print('before')\nwhile True: pass")
    box.button("Run").click()
    expect(box.output).to_have_text("before\n")
    # One run at a time.
    box.editor.press("Control+Enter")
    box.page.wait_for_timeout(200)
    assert box.printed() == "before\n"
    box.button("Stop").click()
    expect(box.status).to_have_text("Stopped.")
    expect(box.button("Run")).to_be_focused()
    box.run("'after'")
    assert box.printed() == "'after'\n"


def test_endless_code_ends_after_a_while(visitor):
    visitor.page.clock.install()
    box = Box(visitor).open()
    box.editor.fill("while True: pass")
    box.button("Run").click()
    expect(box.status).to_have_text("Running …")
    visitor.page.clock.fast_forward(29_000)
    expect(box.status).to_have_text("Running …")
    visitor.page.clock.fast_forward(2_000)
    expect(box.status).to_have_text("Stopped: not done after 30 seconds.")


def test_python_that_is_gone_is_given_up_and_starts_again(visitor):
    visitor.page.clock.install()
    box = Box(visitor).open()
    box.run("import js\njs.close()")
    box.editor.fill("1 + 1")
    box.button("Run").click()
    visitor.page.clock.fast_forward(9_000)
    expect(box.button("Stop")).to_be_enabled()
    visitor.page.clock.fast_forward(2_000)
    expect(box.status).to_have_text("Python did not answer in 10 seconds; run it again.")
    # The next one starts from nothing, which takes longer.
    visitor.page.context.route("**/*.wasm", lambda route: None)
    box.button("Run").click()
    visitor.page.clock.fast_forward(20_000)
    expect(box.status).to_have_text("Fetching Python …")
    visitor.page.context.unroute("**/*.wasm")
    box.button("Stop").click()
    box.button("Run").click()
    expect(box.output).to_have_text("2\n", timeout=FETCHED)


def test_python_that_never_comes_is_given_up(visitor):
    visitor.page.clock.install()
    # Neither refused nor answered.
    visitor.page.context.route("**/*.wasm", lambda route: None)
    box = Box(visitor)
    box.button("Change and run this code").click()
    visitor.page.clock.fast_forward(179_000)
    expect(box.status).to_have_text("Fetching Python …")
    visitor.page.clock.fast_forward(2_000)
    expect(box.status).to_have_text("Python did not answer in 180 seconds; run it again.")
    expect(box.button("Stop")).to_be_disabled()


@pytest.mark.parametrize("missing", ["**/*.zip", "**/*.wasm", "**/pyodide.mjs", "**/*python.js*"])
def test_python_that_cannot_be_fetched_is_told(visitor, missing):
    visitor.page.context.route(missing, lambda route: route.fulfill(status=404, body="gone"))
    box = Box(visitor).open()
    expect(box.status).to_contain_text("Python could not")
    visitor.page.context.unroute(missing)
    box.run("1 + 1")
    assert box.printed() == "2\n"


def test_package_that_cannot_be_fetched_is_named(visitor):
    gone = "**/llmbook-*.zip"
    visitor.page.context.route(gone, lambda route: route.fulfill(status=404, body="gone"))
    box = Box(visitor).open()
    expect(box.status).to_have_text(re.compile(r"Python could not go on: \S+\.zip answered 404"))


def test_page_from_the_disk_says_what_it_needs(chromium, site):
    with visit(chromium, f"{site.as_uri()}/") as visitor:
        visitor.open(PAGE)
        expect(visitor.page.locator(".llmbook-try")).to_contain_text("from a server")
        assert not visitor.page.locator(".llmbook-try button").count()
        assert not visitor.complaints


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_open_box_is_accessible(chromium, address, width, theme):
    with visit(chromium, address, width, theme) as visitor:
        box = Box(visitor).open()
        box.run("print('x' * 500)\nmissing")
        assert visitor.page.evaluate(EXCESS) <= 0
        buttons = box.box.get_by_role("button").all()
        assert all(button.bounding_box()["height"] >= 44 for button in buttons)
        violations = Axe().run(visitor.page, ".llmbook-try").response["violations"]
        assert not [(item["id"], [node["html"] for node in item["nodes"]]) for item in violations]
