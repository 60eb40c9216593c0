"""What a reader does with the site: search, move sliders, switch the theme, open it from disk."""

import json
import re

import pytest
from playwright.sync_api import expect
from visit import FIGURE, visit


@pytest.fixture
def visitor(chromium, address):
    with visit(chromium, address) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def calculator(site):
    """A page with sliders."""
    for path in sorted(site.glob("chapters/*.html")):
        if "data-calculator" in path.read_text(encoding="utf-8"):
            return path.relative_to(site).as_posix()
    pytest.fail("no page has a calculator")


def test_search_finds_something(visitor):
    visitor.open("search.html?q=memory")
    expect(visitor.page.locator("#search-results li").first).to_be_visible()
    assert not visitor.elsewhere() and not visitor.complaints


def test_theme_can_be_switched(visitor):
    visitor.open("index.html")
    html = visitor.page.locator("html")
    seen = set()
    for _ in range(3):
        visitor.page.locator(".theme-switch-button").first.click()
        seen.add(html.get_attribute("data-theme"))
    assert seen == {"light", "dark"}


def test_slider_changes_the_results(visitor, calculator):
    visitor.open(calculator).draw_charts()
    figure = visitor.page.locator(f"{FIGURE}[data-calculator]").first
    before = figure.locator("output").all_text_contents()
    slider = figure.locator("input[type=range]").first
    slider.focus()
    for key in ("End", "Home"):
        slider.press(key)
        visitor.page.wait_for_timeout(200)
        if figure.locator("output").all_text_contents() != before:
            return
    pytest.fail("the first slider moves no result")


def test_results_start_as_python_wrote_them(visitor, calculator, site):
    text = (site / calculator).read_text(encoding="utf-8")
    written = re.findall(r"<output data-signal=[^>]*>([^<]*)</output>", text)
    visitor.open(calculator).draw_charts()
    assert visitor.page.locator("output[data-signal]").all_text_contents() == written


def test_every_slider_has_its_own_name(visitor, calculator):
    visitor.open(calculator).draw_charts()
    for figure in visitor.page.locator(f"{FIGURE}[data-calculator]").all():
        inputs = figure.locator(".vega-bind").locator("input, select").all()
        names = [field.get_attribute("aria-label") for field in inputs]
        assert names and all(names) and len(set(names)) == len(names)


def test_sliders_can_be_touched_on_a_phone(chromium, address, calculator):
    with visit(chromium, address, width=390) as visitor:
        visitor.open(calculator).draw_charts()
        boxes = [item.bounding_box() for item in visitor.page.locator(".vega-bind input").all()]
    assert boxes and all(box["height"] >= 44 for box in boxes)


def test_vega_is_fetched_only_for_a_chart(visitor, calculator):
    visitor.open("search.html")
    assert not [url for url in visitor.requests if "llmbook-vega" in url]
    visitor.open(calculator).draw_charts()
    assert len([url for url in visitor.requests if "llmbook-vega" in url]) == 1


def test_page_forbids_compiling_code(visitor, calculator):
    visitor.open(calculator)
    meta = visitor.page.locator("meta[http-equiv=Content-Security-Policy]")
    policy = meta.get_attribute("content")
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts


def test_page_works_from_the_disk(chromium, site, calculator):
    with visit(chromium, f"{site.as_uri()}/") as visitor:
        visitor.open(calculator).draw_charts()
        assert not visitor.elsewhere() and not visitor.complaints


def test_chart_that_cannot_be_drawn_says_so(visitor, calculator):
    visitor.page.route("**/llmbook-vega.js", lambda route: route.abort())
    visitor.open(calculator)
    visitor.page.locator(FIGURE).first.scroll_into_view_if_needed()
    expect(visitor.page.locator(".llmbook-failure").first).to_contain_text("could not be drawn")


def test_notebook_of_a_page_can_be_fetched(visitor, calculator):
    visitor.open(calculator)
    link = visitor.page.locator("a.llmbook-download")
    response = visitor.page.request.get(link.evaluate("(a) => a.href"))
    assert json.loads(response.body())["cells"]


PLACES = """() => [...document.querySelectorAll("figure.llmbook-chart")].map((figure) => ({
  below: figure.getBoundingClientRect().top - innerHeight, state: figure.dataset.state}))"""


def test_only_charts_near_the_reader_are_drawn(visitor, calculator):
    visitor.open(calculator)
    places = visitor.page.evaluate(PLACES)
    number = next(place for place, at in enumerate(places) if at["below"] > 1000)
    assert not places[number]["state"]
    # Less than a screen away, and not yet in sight.
    height = int(900 + places[number]["below"] - 400)
    visitor.page.set_viewport_size({"width": 1280, "height": height})
    expect(visitor.page.locator(FIGURE).nth(number)).to_have_attribute("data-state", "drawn")
    places = visitor.page.evaluate(PLACES)
    assert places[number]["below"] > 0
    assert not places[-1]["state"]


def test_all_charts_are_drawn_once_for_paper(visitor, calculator):
    visitor.open(calculator)
    figures = visitor.page.locator(FIGURE)
    for _ in range(2):
        visitor.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        for figure in figures.all():
            expect(figure).to_have_attribute("data-state", "drawn")
        visitor.page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
        assert (
            figures.locator(".llmbook-actions").count()
            == figures.locator(".llmbook-outputs").count()
        )


def test_a_chart_asks_for_nothing(visitor, calculator):
    visitor.open(calculator).draw_charts()
    before = len(visitor.requests)
    visitor.page.evaluate(
        """() => llmbookVega.embed(document.body.appendChild(document.createElement("div")), {
          data: {url: "other.json"}, mark: "point", encoding: {x: {field: "a"}}})"""
    )
    visitor.page.wait_for_timeout(300)
    assert len(visitor.requests) == before


# The theme itself marks code and output.
SCROLLERS = """() => [...document.querySelectorAll(
  ".pst-scrollable-table-container, .llmbook-table, .llmbook-outputs, div.math")]
  .map((box) => [box.scrollWidth > box.clientWidth, box.tabIndex === 0])"""
MARKED = f"""(width) => innerWidth === width
  && ({SCROLLERS})().every(([scrolls, reached]) => scrolls === reached)"""


def test_boxes_are_reached_by_the_keyboard_while_they_scroll(visitor):
    visitor.open("chapters/3-xpus.html").draw_charts()
    scrolling = []
    for width in (1280, 390, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.wait_for_function(MARKED, arg=width)
        scrolling.append(sum(scrolls for scrolls, _ in visitor.page.evaluate(SCROLLERS)))
    assert scrolling[0] == scrolling[2] < scrolling[1]


FITS = """() => [...document.querySelectorAll('.llmbook-view')].every((view) => {
  const svg = view.querySelector('svg');
  return Math.abs(svg.getAttribute('width') - view.clientWidth) <= 1;
})"""


def test_charts_follow_the_width_of_the_window(visitor, calculator):
    visitor.open(calculator).draw_charts()
    for width in (600, 1280, 390, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.wait_for_function(FITS)


@pytest.mark.parametrize("width", [1280, 390])
def test_a_link_into_the_page_finds_its_place(chromium, address, calculator, width):
    with visit(chromium, address, width) as visitor:
        visitor.open(f"{calculator}#exercises")
        visitor.page.wait_for_timeout(1500)
        top = visitor.page.locator("#exercises").bounding_box()["y"]
    assert -200 < top < 900
