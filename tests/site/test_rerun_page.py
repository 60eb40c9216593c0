"""A chapter that was run again, opened from the disk."""

import pytest
from visit import visit

from llmbook import book
from place import ROOT


@pytest.fixture(scope="module")
def page():
    return book.rerun("3-xpus", ["n_params=405B", "memory_bytes=1GB"], root=ROOT)[0]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_stands_alone(chromium, page, tmp_path, width):
    alone = tmp_path / "page.html"
    alone.write_bytes(page.read_bytes())
    with visit(chromium, f"{tmp_path.as_uri()}/", width) as visitor:
        visitor.open(alone.name).draw_charts()
        assert visitor.requests == [alone.as_uri()]
        assert not visitor.complaints
        shown = visitor.page
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        assert shown.locator(".llmbook-changed").first.is_visible()
        assert shown.locator("figure[data-calculator] input[type=range]").count() > 0
        # The cards of 405 billion parameters of a byte each on chips of 1 GB.
        assert "405" in shown.locator(".llmbook-outputs").first.inner_text()
        shown.get_by_role("button", name="Toggle hidden content").first.click()
