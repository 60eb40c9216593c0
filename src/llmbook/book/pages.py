"""What each page is given before it is written."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from llmbook.book import address

NOTEBOOKS = "notebooks"


def offer_notebook(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: Any):
    """Offer the executed notebook; the theme's own button has the Markdown, which few can run."""
    if page in app.env.metadata and "kernelspec" in app.env.metadata[page]:
        name = Path(page).name
        download = context["pathto"](f"{NOTEBOOKS}/{name}.ipynb", resource=True)
        context["header_buttons"] = [_download(download), *_launch(page, name)]


def _download(url: str) -> dict[str, str]:
    tooltip = "Download this page as an executed Jupyter notebook"
    return _button(url, "fa-download", "Notebook", tooltip, "llmbook-download")


def _launch(page: str, name: str) -> list[dict[str, str]]:
    """Where else the notebook runs; known only to the one who publishes the site."""
    if not address.repository():
        return []
    colab = "Open the executed notebook in Google Colab (another site)"
    binder = "Open the source of this page in Binder (another site; starting takes minutes)"
    return [
        _button(address.colab(name), "fa-play", "Colab", colab, "llmbook-launch"),
        _button(address.binder(page), "fa-play", "Binder", binder, "llmbook-launch"),
    ]


def _button(url: str, icon: str, text: str, tooltip: str, classes: str) -> dict[str, str]:
    return {
        "type": "link",
        "url": url,
        "icon": f"fa-solid {icon}",
        "text": text,
        "tooltip": tooltip,
        "classes": classes,
    }
