"""Keep the site to itself: nothing is fetched from elsewhere, nothing is shipped unused."""

import base64
import hashlib
import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx

# The theme's icons are drawn by css/icons.css, source maps are for its authors, the rest belongs to
# buttons that this site does not have.
UNUSED = (
    "_static/vendor",
    "_static/locales",
    "_static/**/*.map",
    "_static/**/*.LICENSE.txt",
    "_static/.key",
    "_static/sphinx-thebe.*",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
    "_static/images/logo_*",
    "_static/plus.png",
    "_static/minus.png",
    "_static/file.png",
    ".buildinfo",
)
_INLINE_SCRIPT = re.compile(
    r"<script(?![^>]*\bsrc=)(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.S
)
_DATA_TYPE = re.compile(r"type=[\"']?application/")
_HEAD = re.compile(r"<head>\s*(?:<meta http-equiv=\"Content-Security-Policy\"[^>]*>)?")


def unplug_thebe(app: Sphinx, *_: object) -> None:
    """Jupyter Book loads this extension unasked, and it names a public server in every page."""
    for event, listeners in app.events.listeners.items():
        app.events.listeners[event] = [
            listener
            for listener in listeners
            if not getattr(listener.handler, "__module__", "").startswith("sphinx_thebe")
        ]
    app.registry.css_files = [
        (name, options)
        for name, options in app.registry.css_files
        if not name.startswith("sphinx-thebe")
    ]


def remove_unused(site: Path) -> None:
    """Remove what no page refers to."""
    for pattern in UNUSED:
        for path in site.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def finish_pages(site: Path) -> None:
    """Mend each page, and write into it that it loads from this site and runs its own scripts."""
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        path.write_text(with_policy(_with_list_items(text)), encoding="utf-8")


def _with_list_items(page: str) -> str:
    """Sphinx gives references a role that browsers have dropped, and that is none of a list."""
    return page.replace('role="doc-biblioentry"', 'role="listitem"')


def with_policy(page: str) -> str:
    """The page with its Content-Security-Policy as the first element of its head."""
    rules = [
        "default-src 'self'",
        "script-src " + " ".join(["'self'", *_script_hashes(page)]),
        # KaTeX and Vega place things by style attributes.
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
    meta = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return _HEAD.sub(lambda _: f"<head>\n    {meta}", page, count=1)


def _script_hashes(page: str) -> list[str]:
    codes = {
        match["code"]
        for match in _INLINE_SCRIPT.finditer(page)
        if match["code"] and not _DATA_TYPE.search(match["attributes"])
    }
    return sorted(f"'sha256-{_sha256(code)}'" for code in codes)


def _sha256(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
