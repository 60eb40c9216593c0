"""The page computes what Python computes, for every setting of its controls."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import expect
from visit import visit

from book_calculators import (
    CALCULATORS,
    STARTED_BY_CHAPTERS,
    in_formula_units,
    limits,
    made,
    numbers_of,
    random_settings,
    started_at,
)
from llmbook.book.toc import docnames
from llmbook.charts.controls import Bundle, Slider
from llmbook.charts.papers_numbers import of_claim
from place import ROOT

SETTINGS = 1000
DRAFTS = "How much faster drafts make an answer"
AGREEMENT = 1e-9

RUN = """(figure, rows) => rows.map((row) => {
  const view = figure.llmbookView;
  for (const [name, value] of Object.entries(row.set)) view.signal(`set_${name}`, value);
  view.run();
  return row.stages.map((name) => view.signal(name));
})"""


@pytest.fixture(params=CALCULATORS)
def figure(request, chromium, address):
    """The figure on the page with the calculator in Python that made it."""
    page, calculator = made(request.param)
    with visit(chromium, address) as visitor:
        visitor.open(f"{page}.html").draw_charts()
        found = visitor.page.locator("figure[data-calculator]", has_text=request.param)
        assert found.count() == 1
        if calculator.name in STARTED_BY_CHAPTERS:
            calculator = as_on_the_page(calculator, found)
        yield found, calculator


def as_on_the_page(calculator, found):
    """The calculator with the starts that its chapter computes."""
    rows = json.loads(found.locator(".llmbook-inputs").text_content())
    starts = {row["key"]: row["start"] for row in rows}
    return started_at(calculator, in_formula_units(calculator, starts))


def test_every_calculator_of_the_book_is_tried(site):
    pages = [site / f"{name}.html" for name in docnames(ROOT)]
    found = sum(page.read_text(encoding="utf-8").count(" data-calculator=") for page in pages)
    assert found == len(CALCULATORS)


def shown_stages(calculator):
    return [stage for stage in calculator.stages if stage.shown]


def test_a_thousand_settings_agree_with_python(figure):
    locator, calculator = figure
    shown = limits(calculator) + random_settings(calculator, SETTINGS)
    stages = [stage.name for stage in calculator.stages]
    rows = [{"set": row, "stages": stages} for row in shown]
    found = locator.evaluate(RUN, rows)
    for row, values in zip(shown, found, strict=True):
        expected = calculator.evaluate(**in_formula_units(calculator, row))
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
            assert_ratio(output, shown, shown_base(calculator, stage))


def shown_base(calculator, stage):
    """What a result is compared with: the paper's number, else that of the start."""
    base = of_claim(stage.claim) if stage.claim else calculator.evaluate()[stage.name]
    return base / stage.scale


def assert_ratio(output, shown, base):
    row = output.locator("xpath=ancestor::tr")
    text = row.locator("[data-ratio]").text_content().replace("\u2212", "-").replace(",", "")
    if base:
        assert float(text) == pytest.approx(shown / base, rel=6e-3)
    else:
        assert text == "\u2013"


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


def test_the_number_beside_a_slider_is_written_like_that_below_it(figure):
    locator, calculator = figure
    for item in calculator.inputs:
        if isinstance(item, Slider):
            beside = locator.locator(f".vega-bind:has([name=set_{item.name}]) .llmbook-value")
            expect(beside).to_have_text(in_words(item.shown(item.value)))
            moved = move(locator.locator(f"[name=set_{item.name}]"), item)
            expect(beside).to_have_text(in_words(moved))


def in_words(number):
    return f"{number:,.10g}".replace("-", "\u2212")


def test_the_page_starts_at_the_papers_numbers(figure):
    locator, calculator = figure
    known = calculator.evaluate()
    for stage in shown_stages(calculator):
        row = locator.locator("tr", has=locator.page.locator(f"[data-signal=show_{stage.name}]"))
        shown = f"{known[stage.name] / stage.scale:{stage.format}}".replace("-", "\u2212")
        assert row.locator("output").text_content() == shown
        if not stage.claim:
            assert row.locator("td").first.text_content().startswith(shown)


# Milliseconds in which the results of a step of a slider stand there, in the median.
STEP = 50
STEPS = """async (figure) => {
  const times = [];
  let moved = 0;
  const shown = () => [...figure.querySelectorAll("output")].map((item) => item.dataset.value);
  for (const slider of figure.querySelectorAll("input[type=range]")) {
    const before = shown().join();
    if (Number(slider.value) < Number(slider.max)) slider.stepUp();
    else slider.stepDown();
    const start = performance.now();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await figure.llmbookView.runAsync();
    times.push(performance.now() - start);
    moved += shown().join() !== before;
  }
  // What a slider moves may be at its limit; not what all of them move.
  if (moved < times.length / 2) throw new Error(`only ${moved} sliders were followed`);
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}"""


def test_a_step_of_any_slider_is_followed_at_once(figure):
    assert figure[0].evaluate(STEPS) < STEP


def copied(found, button):
    context = found.page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    found.get_by_role("button", name=button).click()
    expect(found.locator(".llmbook-actions [role=status]")).to_have_text("Copied")
    return found.page.evaluate("navigator.clipboard.readText()")


def results(found):
    return found.locator("output").all_text_contents()


def controls(found):
    return found.evaluate(
        "(figure) => JSON.parse(figure.querySelector('.llmbook-inputs').textContent)"
        ".map(({key}) => figure.llmbookView.signal(`set_${key}`))"
    )


def set_controls(found, row):
    found.evaluate(RUN, [{"set": row, "stages": []}])


def drawn(page, name):
    found = page.locator(f"#calculator-{name}")
    found.scroll_into_view_if_needed()
    expect(found).to_have_attribute("data-state", "drawn")
    return found


def written(link, calculator):
    """What a link says of each control."""
    pairs = parse_qsl(urlsplit(link).query, strict_parsing=True)
    return {key.removeprefix(f"{calculator.name}."): text for key, text in pairs}


def assert_names(found, calculator, row):
    """A link names what was chosen: a number may be another in a later edition."""
    assert list(found) == [item.name for item in calculator.inputs]
    for item in calculator.inputs:
        if isinstance(item, Slider):
            assert float(found[item.name]) == row[item.name]
        else:
            options = dict(zip(item.options, numbers_of(item), strict=True))
            assert options[found[item.name]] == row[item.name]


def test_a_copied_link_brings_the_same_numbers(figure):
    locator, calculator = figure
    row = random_settings(calculator, 1, seed=2)[0]
    set_controls(locator, row)
    link = copied(locator, "Copy link")
    assert link.endswith(f"#calculator-{calculator.name}")
    assert_names(written(link, calculator), calculator, row)
    other = locator.page.context.new_page()
    other.goto(link)
    there = drawn(other, calculator.name)
    assert controls(there) == controls(locator) == list(row.values())
    assert results(there) == results(locator)


def test_a_reset_brings_back_the_start(figure):
    locator, calculator = figure
    start = results(locator), controls(locator)
    set_controls(locator, random_settings(calculator, 1, seed=3)[0])
    locator.page.wait_for_function("() => location.search")
    reset = locator.get_by_role("button", name="Reset")
    reset.focus()
    reset.press("Enter")
    assert (results(locator), controls(locator)) == start
    assert not urlsplit(locator.page.url).query
    assert locator.locator(".llmbook-actions [role=status]").text_content() == "Back at the start"


def test_the_copied_python_computes_what_the_page_shows(figure):
    locator, calculator = figure
    row = random_settings(calculator, 1, seed=4)[0]
    set_controls(locator, row)
    names = {}
    exec(copied(locator, "Copy as Python"), names)
    stages = [stage.name for stage in calculator.stages]
    shown = locator.evaluate(RUN, [{"set": row, "stages": stages}])[0]
    assert [names[name] for name in stages] == pytest.approx(shown, rel=AGREEMENT)
    # As Python is offered where the page starts: an integer would be another kind of number.
    given = locator.locator("[data-number]").evaluate_all(
        "(all) => all.map((n) => n.dataset.number)"
    )
    assert given and all(isinstance(names[name], float) for name in given)


def test_every_control_is_described_by_its_start(figure):
    locator, calculator = figure
    for item in calculator.inputs:
        control = locator.locator(f"[name=set_{item.name}]")
        mark = locator.page.locator(f"[id='{control.get_attribute('aria-describedby')}']")
        assert mark.text_content() == item.mark()["words"]
        if isinstance(item, Slider) and "at" in item.mark():
            tick = locator.locator(f"[id='{control.get_attribute('list')}'] option")
            assert float(tick.get_attribute("value")) == item.mark()["at"]
        else:
            assert control.get_attribute("list") is None


@pytest.fixture
def page(chromium, address):
    with visit(chromium, address) as visitor:
        yield visitor


def test_calculators_of_a_page_keep_apart(page):
    page.open("chapters/3-xpus.html?cards.n_params=70&other=1")
    days = drawn(page.page, "days")
    set_controls(days, {"mfu": 0.3})
    page.page.wait_for_function("() => location.search.includes('days.mfu=0.3')")
    assert "cards.n_params=70" in page.page.url and "other=1" in page.page.url
    assert controls(drawn(page.page, "cards"))[0] == 70


CARDS = (
    "GroqChip LPU v1; GeForce RTX 4090; A100 SXM4 40 GB; "
    "A100 SXM4 80 GB or H100 SXM5 80 GB; H200 SXM 141 GB; Instinct MI300X"
)
FORMATS = (
    "32-bit floating point, 4 B; 16-bit floating point, 2 B; 8-bit integer, 1 B; "
    "4-bit integer, 0.5 B"
)
SIZE = "which is not a number from 1 to 500 billion"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("n_params=abc", f"Parameters = abc, {SIZE}"),
        ("n_params=", f"Parameters = , {SIZE}"),
        ("n_params=NaN", f"Parameters = NaN, {SIZE}"),
        ("n_params=0x10", f"Parameters = 0x10, {SIZE}"),
        ("n_params=1e400", f"Parameters = 1e400, {SIZE}"),
        ("n_params=501", f"Parameters = 501, {SIZE}"),
        ("n_params=0.5", f"Parameters = 0.5, {SIZE}"),
        ("bytes_per_param=3", f"Weights stored as = 3, which is not one of {FORMATS}"),
        ("memory_bytes=H100", f"Card = H100, which is not one of {CARDS}"),
        ("memory_bytes=", f"Card = , which is not one of {CARDS}"),
        ("n_parms=7", "cards.n_parms, which it does not have"),
        ("n_params=7&cards.n_params=8", "Parameters twice"),
    ],
)
def test_a_spoilt_address_is_refused_as_a_whole(page, asked, told):
    page.open(f"chapters/3-xpus.html?cards.batch_size=9&cards.{asked}")
    cards = drawn(page.page, "cards")
    expect(cards.get_by_role("alert")).to_have_text(
        f"The address asks for {told}. This calculator stands at its start."
    )
    assert controls(cards)[3] == 1
    assert not page.complaints
    # The refusal goes when the reader acts on it.
    cards.get_by_role("button", name="Reset").click()
    expect(cards.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("5-hybrid", "drafts.draft_length"),
        ("5-hybrid", "gradients.n_members"),
        ("capstone", "fleet.n_sites"),
    ],
)
def test_a_fraction_of_a_whole_thing_is_refused(page, name, asked):
    page.open(f"chapters/{name}.html?{asked}=2.5")
    alert = drawn(page.page, asked.split(".")[0]).get_by_role("alert")
    expect(alert).to_contain_text("= 2.5, which is not a whole number from ")


def test_the_limits_can_be_asked_for(page):
    page.open("chapters/3-xpus.html?cards.n_params=1&cards.batch_size=256")
    cards = drawn(page.page, "cards")
    assert not cards.get_by_role("alert").count()
    assert controls(cards)[0] == 1 and controls(cards)[3] == 256


def test_the_steps_of_a_slider_are_not_each_written(page):
    """A browser refuses an address that changes too often, and then says so."""
    page.open("chapters/3-xpus.html")
    cards = drawn(page.page, "cards")
    page.page.evaluate(
        "() => { window.written = 0; const write = history.replaceState;"
        " history.replaceState = function (...given)"
        " { window.written += 1; write.apply(this, given); } }"
    )
    rows = [{"set": {"n_params": number}, "stages": []} for number in range(1, 301)]
    cards.evaluate(RUN, rows)
    page.page.wait_for_function("() => location.search.includes('cards.n_params=300')")
    assert page.page.evaluate("window.written") == 1 and not page.complaints


def test_without_a_clipboard_link_and_python_are_there_by_hand(page):
    page.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.open("chapters/3-xpus.html")
    cards = drawn(page.page, "cards")
    status = cards.locator(".llmbook-actions [role=status]")
    # At once, before the address follows by itself.
    told = cards.evaluate(
        """(figure) => {
          figure.llmbookView.signal("set_n_params", 70).run();
          [...figure.querySelectorAll("button")].find((b) => b.textContent === "Copy link").click();
          return new Promise((done) => setTimeout(() => done(location.search)));
        }"""
    )
    assert "cards.n_params=70" in told
    expect(status).to_have_text("Copy it from the address of this page")
    cards.get_by_role("button", name="Copy as Python").click()
    expect(status).to_have_text("Selected, to be copied by hand")
    assert "n_params = 70000000000.0" in page.page.evaluate("getSelection().toString()")


def test_there_is_no_ratio_to_nothing(page):
    page.page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
          document.querySelector("[data-ratio=show_weights]").dataset.base = "0.0"; })"""
    )
    page.open("chapters/3-xpus.html")
    cards = drawn(page.page, "cards")
    expect(cards.locator("[data-ratio=show_weights]")).to_have_text("\u2013")


def test_a_result_that_is_no_number_is_told_in_words(page):
    page.open("chapters/3-xpus.html")
    cards = drawn(page.page, "cards")
    set_controls(cards, {"memory_bytes": 0})
    row = cards.locator("tr", has=page.page.locator("[data-signal=show_cards_weights]"))
    expect(row.locator("output")).to_have_text("not defined")
    expect(row.locator("[data-ratio]")).to_have_text("not defined")


@pytest.mark.parametrize("text", ["H200 SXM 141 GB", "141000000000", "1.41e11"])
def test_a_choice_is_asked_for_by_its_name_or_its_number(page, text):
    page.open(f"chapters/3-xpus.html?cards.memory_bytes={text.replace(' ', '+')}")
    cards = drawn(page.page, "cards")
    assert controls(cards)[2] == 141e9
    expect(cards.locator("[name=set_memory_bytes] option:checked")).to_have_text("H200 SXM 141 GB")


@pytest.mark.parametrize("text", ["Nobody", "0", "1"])
def test_a_device_is_asked_for_by_its_name_alone(page, text):
    page.open(f"chapters/5-hybrid.html?drafts.drafter={text}")
    drafts = drawn(page.page, "drafts")
    (drafter,) = (item for item in made(DRAFTS)[1].inputs if item.name == "drafter")
    expect(drafts.get_by_role("alert")).to_have_text(
        f"The address asks for {drafter.label} = {text}, which is not one of "
        f"{'; '.join(drafter.options)}. This calculator stands at its start."
    )


def test_back_leaves_the_page_and_forward_brings_its_numbers_again(page):
    """Settings are kept in the one entry of the page: no step of a slider is a step back."""
    page.open("index.html").open("chapters/3-xpus.html")
    for number in (30, 40, 50):
        set_controls(drawn(page.page, "cards"), {"n_params": number})
        page.page.wait_for_function(
            "(number) => location.search.includes(`cards.n_params=${number}`)", arg=number
        )
    page.page.go_back()
    assert urlsplit(page.page.url).path == "/index.html"
    page.page.go_forward()
    assert controls(drawn(page.page, "cards"))[0] == 50
    assert not page.complaints
