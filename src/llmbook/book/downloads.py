"""Files that the site offers beside its pages."""

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from llmbook.book.execute import executed
from llmbook.book.notebooks import write
from llmbook.book.pages import NOTEBOOKS
from llmbook.book.portable import portable
from llmbook.book.toc import chapters
from llmbook.book.wheel import write_source, write_wheel


def write_notebooks(root: Path, cache: Path, site: Path) -> None:
    """Each chapter as an executed notebook, the wheel that it needs elsewhere, and the source."""
    wheel = write_wheel(root, site)
    write_source(root, site)
    for chapter in chapters(root):
        notebook = executed(chapter, cache)
        shown = portable(notebook, wheel.name) if wheel else notebook
        write(shown, site / NOTEBOOKS / f"{chapter.name}.ipynb")


def write_claims(site: Path) -> None:
    """The ledger for other people's programs."""
    if find_spec("llmbook.claims") is None:
        return
    claims = import_module("llmbook.claims").as_json()
    text = claims if isinstance(claims, str) else json.dumps(claims, indent=1, ensure_ascii=False)
    (site / "claims.json").write_text(text.rstrip() + "\n", encoding="utf-8")
