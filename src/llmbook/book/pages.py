"""What each page is given before it is written."""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

NOTEBOOKS = "notebooks"


def offer_notebook(app: Sphinx, page: str, _template: str, context: dict[str, Any], _tree: Any):
    """Offer the executed notebook; the theme's own button has the Markdown, which few can run."""
    if page in app.env.metadata and "kernelspec" in app.env.metadata[page]:
        context["header_buttons"] = [
            {
                "type": "link",
                "url": context["pathto"](f"{NOTEBOOKS}/{Path(page).name}.ipynb", resource=True),
                "icon": "fa-solid fa-download",
                "text": "Notebook",
                "tooltip": "Download this page as an executed Jupyter notebook",
                "classes": "llmbook-download",
            }
        ]
