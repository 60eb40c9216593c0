"""A page of the site as one file that needs nothing beside it."""

import base64
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from llmbook.book.hygiene import with_policy

_IMPORT = re.compile(r"@import\s+['\"]([^'\"]+)['\"];?")
_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
# The scripts of the site that work without the site; the first only where there is a chart.
_VEGA = "_static/llmbook-vega.js"
_SCRIPTS = ("_static/togglebutton.js", "_static/llmbook.js")
_THEME = (
    "document.documentElement.dataset.theme = "
    'matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";'
)
_TOGGLES = (
    "var toggleHintShow = 'Click to show', toggleHintHide = 'Click to hide', "
    "toggleOpenOnPrint = 'true', togglebuttonSelector = '.toggle, .admonition.dropdown';"
)


def standalone(site: Path, name: str) -> str:
    """The article of a page with styles, fonts and scripts inside it.

    A link to another page becomes the words it stood under, and a source that nothing here cites
    is left out of the references.
    """
    page = site / name
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    styles = [_inlined(path) for path in _styles(soup, page)]
    article = soup.find("article", class_="bd-article")
    _drop_surroundings(article)
    _keep_links_inside(article)
    _drop_uncited(article)
    _rebuild_head(soup, styles)
    _add_scripts(soup, site, bool(article.find("figure", class_="llmbook-chart")))
    return with_policy(str(soup))


def _styles(soup: BeautifulSoup, page: Path) -> list[Path]:
    links = soup.find_all("link", rel="stylesheet")
    return [page.parent / unquote(urlsplit(link["href"]).path) for link in links]


def _inlined(path: Path) -> str:
    """A style sheet with what it asks for; a font that the site does not ship stays empty."""

    def data_url(found: re.Match[str]) -> str:
        address = found[1]
        if address.startswith(("data:", "#")):
            return found[0]
        file = path.parent / unquote(urlsplit(address).path)
        if not file.is_file():
            return "url(data:,)"
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return f"url(data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()})"

    text = _URL.sub(data_url, path.read_text(encoding="utf-8"))
    return _IMPORT.sub(lambda found: _inlined(path.parent / found[1]), text)


def _drop_surroundings(article: Tag) -> None:
    """Leave the boxes around the article, which the styles ask for, and nothing beside it."""
    child = article
    while child.name != "body":
        for other in [*child.previous_siblings, *child.next_siblings]:
            other.extract()
        child = child.parent
    for anchor in article.find_all("a", class_="headerlink"):
        anchor.decompose()


def _keep_links_inside(article: Tag) -> None:
    known = {tag["id"] for tag in article.find_all(id=True)}
    for link in article.find_all("a", href=True):
        parts = urlsplit(link["href"])
        if parts.scheme:
            continue
        if unquote(parts.fragment) in known:
            link["href"] = f"#{parts.fragment}"
        else:
            link.unwrap()


def _drop_uncited(article: Tag) -> None:
    cited = {link["href"] for link in article.find_all("a", href=re.compile("^#"))}
    for entry in article.select("div.citation[id]"):
        if f"#{entry['id']}" not in cited:
            entry.decompose()


def _rebuild_head(soup: BeautifulSoup, styles: list[str]) -> None:
    head, title = soup.head, f"{soup.title.string} (not the paper's numbers)"
    head.clear()
    head.append(soup.new_tag("meta", charset="utf-8"))
    head.append(soup.new_tag("meta", attrs={"name": "viewport", "content": "width=device-width"}))
    _append(soup, head, "title", title)
    _append(soup, head, "script", _THEME)
    for style in styles:
        _append(soup, head, "style", style)


def _add_scripts(soup: BeautifulSoup, site: Path, with_charts: bool) -> None:
    _append(soup, soup.body, "script", _TOGGLES)
    for name in ((_VEGA,) if with_charts else ()) + _SCRIPTS:
        text = (site / name).read_text(encoding="utf-8")
        # The end of a script inside a script's text would be the end of both.
        _append(soup, soup.body, "script", text.replace("</script", "<\\/script"))


def _append(soup: BeautifulSoup, parent: Tag, name: str, text: str) -> None:
    tag = soup.new_tag(name)
    tag.string = text
    parent.append(tag)
