"""Every page, at the width of a desk and of a phone, in both themes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from visit import visit

from llmbook.book.toc import docnames, page_path
from place import ROOT

PAGES = [*(f"{name}.html" for name in docnames(ROOT)), "search.html"]
WITH_FORMULAS = [
    f"{name}.html"
    for name in docnames(ROOT)
    if "$$" in page_path(ROOT, name).read_text(encoding="utf-8")
]
SMALLEST_LETTERS = 11
WIDTHS = (1280, 390)
THEMES = ("light", "dark")

TEXT_SIZES = """() => [...document.querySelectorAll('.llmbook-view svg text')]
  .filter((text) => text.textContent.trim())
  .map((text) => parseFloat(getComputedStyle(text).fontSize))"""
# The words and numbers of charts that begin or end outside their drawing.
OUTSIDE = """() => [...document.querySelectorAll('.llmbook-view svg text')].filter((text) => {
  const word = text.getBoundingClientRect();
  const drawing = text.ownerSVGElement.getBoundingClientRect();
  return word.width && (word.left < drawing.left - 1 || word.right > drawing.right + 1
    || word.top < drawing.top - 1 || word.bottom > drawing.bottom + 1);
}).map((text) => text.textContent)"""
EXCESS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Of each display formula: where its first and its last sign stand when it is scrolled to either
# end, against the box that cuts it off, and whether a wide one can be scrolled by keyboard.
CUT_OFF = """() => [...document.querySelectorAll('.bd-article div.math')].filter((formula) => {
  const box = formula.querySelector('.katex-display');
  const signs = [...formula.querySelectorAll('.katex-html .base')].map((sign) =>
    sign.getBoundingClientRect());
  const from = Math.min(...signs.map((sign) => sign.left));
  const to = Math.max(...signs.map((sign) => sign.right));
  const { left, right } = box.getBoundingClientRect();
  const outer = formula.getBoundingClientRect();
  box.scrollLeft = 1e6;
  const moved = box.scrollLeft;
  box.scrollLeft = 0;
  const isReached = moved === 0 || box.tabIndex === 0;
  const isInside = left > outer.left - 1 && right < outer.right + 1;
  return !isInside || from < left - 1 || to - moved > right + 1 || !isReached;
}).map((formula) => formula.id)"""
# The captions that are not in sight as a whole, wherever the table below them is scrolled to.
OUT_OF_SIGHT = """() => [...document.querySelectorAll('.bd-article table caption')].filter((c) => {
  const box = c.closest('.llmbook-table-box, .output') ?? c.parentElement;
  return [0, 1e6].some((place) => {
    box.scrollLeft = place;
    const { left, right, width } = c.getBoundingClientRect();
    return width && (left < -1 || right > innerWidth + 1);
  });
}).map((caption) => caption.textContent)"""
UNDESCRIBED = "() => [...document.images].filter((i) => !i.alt.trim()).map((i) => i.src)"


@pytest.fixture(scope="module", params=WIDTHS)
def width(request):
    return request.param


@pytest.fixture(scope="module", params=THEMES)
def theme(request):
    return request.param


@pytest.fixture(scope="module", params=PAGES)
def shown(request, width, theme, chromium, address):
    """A page whose charts are drawn."""
    with visit(chromium, address, width, theme) as visitor:
        yield visitor.open(request.param).draw_charts()


def test_page_is_in_the_theme_of_the_reader(shown, theme):
    assert shown.page.locator("html").get_attribute("data-theme") == theme


def test_page_asks_no_other_site(shown):
    assert shown.requests and not shown.elsewhere()


def test_page_complains_of_nothing(shown):
    assert not shown.complaints


def test_page_does_not_scroll_sideways(shown):
    assert shown.page.evaluate(EXCESS) <= 0


def test_no_formula_is_cut_off(shown):
    assert not shown.page.evaluate(CUT_OFF)


@pytest.mark.parametrize("name", WITH_FORMULAS)
def test_no_formula_is_cut_off_on_a_small_phone(name, chromium, address):
    with visit(chromium, address, 360) as visitor:
        assert not visitor.open(name).page.evaluate(CUT_OFF)


def test_pictures_are_described(shown):
    assert not shown.page.evaluate(UNDESCRIBED)


def test_letters_of_charts_can_be_read(shown):
    assert all(size >= SMALLEST_LETTERS for size in shown.page.evaluate(TEXT_SIZES))


def test_captions_are_read_without_scrolling(shown):
    assert not shown.page.evaluate(OUT_OF_SIGHT)


def test_no_word_of_a_chart_is_cut_off(shown):
    assert not shown.page.evaluate(OUTSIDE)


def serious(page):
    violations = Axe().run(page).response["violations"]
    found = [item for item in violations if item["impact"] in ("serious", "critical")]
    return [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]


# Last, because axe fetches the style sheets of the page once more, some from wrong addresses.
def test_page_is_accessible(shown):
    assert not serious(shown.page)


# One width and theme of each page, because the tables of the data alone take axe a minute or two.
@pytest.mark.parametrize("name", PAGES)
def test_unfolded_page_is_accessible_and_no_wider(name, chromium, address):
    with visit(chromium, address, 390, "light") as visitor:
        page = visitor.open(name).page
        page.evaluate("() => document.querySelectorAll('details').forEach((d) => (d.open = true))")
        # What unfolds also fades in, and is pale until it has.
        page.wait_for_function("() => document.getAnimations().length === 0")
        assert page.evaluate(EXCESS) <= 0
        assert not serious(page)
