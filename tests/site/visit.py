"""One page in one browser window, and everything that happened to it."""

from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

FIGURE = "figure.llmbook-chart"


@dataclass
class Visit:
    """A page, the addresses that it asked for and what it complained of."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def listen(self):
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfailed", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)

    def _note(self, request):
        # The browser drops what a page still waits for when the visitor goes elsewhere.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(request.url)

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def open(self, name):
        self.page.goto(self.address + name)
        self.page.wait_for_load_state("networkidle")
        return self

    def draw_charts(self):
        """Scroll to each chart, as a reader would, and wait until it is drawn."""
        for figure in self.page.locator(FIGURE).all():
            figure.scroll_into_view_if_needed()
            expect(figure).to_have_class("llmbook-chart llmbook-drawn")
        return self

    def elsewhere(self):
        """The requests that left the site."""
        return [url for url in self.requests if not url.startswith((self.address, "data:"))]


@contextmanager
def visit(chromium, address, width=1280, theme="light"):
    """A fresh window of the given width and theme."""
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, has_touch=width < 600, color_scheme=theme
    )
    visitor = Visit(context.new_page(), address)
    visitor.listen()
    try:
        yield visitor
    finally:
        context.close()
