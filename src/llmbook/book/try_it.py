"""The box "Try it here": a cell with this tag can be changed and run in the page."""

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from llmbook.book.key import asset_key
from llmbook.book.layout import Layout
from llmbook.book.reader_package import archive

TAG = "try-it"
MEGABYTE = 1e6


def offer_python(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _tree: Any):
    """Tell the script of a page with such a cell where Python is, in the folder of the script."""
    if f"tag_{TAG}" in context.get("body", ""):
        place = json.dumps(_place(Layout(Path(app.srcdir))))
        context["body"] += f'<script type="application/json" id="llmbook-python">{place}</script>'


def write_package(site: Path) -> None:
    """The modules and tables that the boxes import."""
    name, content = archive()
    (site / "_static" / name).write_bytes(content)


def _place(layout: Layout) -> dict[str, Any]:
    name, content = archive()
    (pyodide,) = layout.assets.glob("pyodide-*")
    size = len(content) + sum(file.stat().st_size for file in pyodide.iterdir())
    return {
        "worker": f"llmbook-python.js?v={asset_key(layout.root)}",
        "pyodide": f"{pyodide.name}/",
        "package": name,
        "megabytes": round(size / MEGABYTE),
    }
