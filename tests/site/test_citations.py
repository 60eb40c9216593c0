"""Each number of the ledger can be quoted, with and without a clipboard or scripts."""

import pytest
from playwright.sync_api import expect
from visit import visit

from llmbook import claims
from llmbook.claims.citation import citation

LEDGER = "chapters/ledger.html"
ROW = '.llmbook-cite[data-claim="III-26"]'


@pytest.fixture(params=[1280, 390])
def visitor(request, chromium, address):
    with visit(chromium, address, request.param) as visitor:
        yield visitor


def test_the_keyboard_copies_the_number_with_what_it_rests_on(visitor, address):
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = visitor.open(LEDGER).page.locator(ROW)
    button = row.get_by_role("button", name="Copy III-26 with formula and inputs")
    button.focus()
    button.press("Enter")
    expect(row.get_by_role("status")).to_have_text("Copied")
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    expected = citation(claims.result("III-26"))
    assert copied == f"{expected}\nLink: {address}{LEDGER}#III-26"
    assert not visitor.complaints


def test_without_a_clipboard_the_text_is_selected(visitor):
    visitor.page.add_init_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
    )
    row = visitor.open(LEDGER).page.locator(ROW)
    row.get_by_role("button").click()
    expect(row.get_by_role("status")).to_contain_text("by hand")
    selected = visitor.page.evaluate("getSelection().toString()")
    assert "Formula: llmbook.claims.section_3.cards." in selected


def test_without_scripts_the_text_unfolds(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(address + LEDGER)
        row = page.locator(ROW)
        row.locator("summary").click()
        expect(row.locator(".llmbook-citation")).to_be_visible()
    finally:
        context.close()


def test_every_claim_has_a_button_and_a_permalink(visitor):
    page = visitor.open(LEDGER).page
    number = len(claims.results())
    assert page.locator(".llmbook-cite button").count() == number
    for result in claims.results():
        assert page.locator(f'a[id="{result.id}"]').get_attribute("href") == f"#{result.id}"


def test_a_cell_of_the_data_leads_to_the_claim_that_rests_on_it(visitor):
    page = visitor.open("chapters/data.html").page
    link = page.locator(".llmbook-rests a", has_text="III-25").first
    page.locator("details", has=link).locator("summary").click()
    link.scroll_into_view_if_needed()
    assert float(link.evaluate("(a) => parseFloat(getComputedStyle(a).fontSize)")) >= 11
    link.click()
    assert page.url.endswith("ledger.html#III-25")
