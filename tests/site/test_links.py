"""Every link inside the site leads somewhere."""

from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from llmbook.book.toc import docnames
from place import ROOT


class Anchors(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links = set(), []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found["id"]} if found.get("id") else set()
        self.links += [found[name] for name in ("href", "src") if found.get(name)]


@pytest.fixture(scope="module")
def pages(site):
    found = {}
    for path in site.rglob("*.html"):
        found[path] = Anchors()
        found[path].feed(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", docnames(ROOT))
def test_links_lead_somewhere(site, pages, name):
    here = site / f"{name}.html"
    for link in pages[here].links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (here.parent / unquote(parts.path)).resolve() if parts.path else here
        assert target.exists(), link
        assert not parts.fragment or unquote(parts.fragment) in pages[target].ids, link
