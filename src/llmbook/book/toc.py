"""The pages of the book, in order."""

from dataclasses import dataclass
from pathlib import Path

from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbformat import NotebookNode
from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

from llmbook.book.errors import BuildError
from llmbook.book.layout import TOC


@dataclass(frozen=True)
class Chapter:
    """A page with code in it."""

    docname: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def read(self) -> NotebookNode:
        """The notebook in the page, as the builder reads it too."""
        text = self.path.read_text(encoding="utf-8")
        return read_myst_markdown_notebook(text, path=self.path)


def docnames(root: Path) -> list[str]:
    """The names of all pages in the table of contents, the home page first."""
    try:
        site_map = parse_toc_yaml(root / TOC)
    except (MalformedError, OSError) as error:
        raise BuildError(f"{TOC} cannot be read: {error}") from error
    return list(site_map)


def chapters(root: Path) -> list[Chapter]:
    """The pages with code in the table of contents."""
    pages = (Chapter(name, page_path(root, name)) for name in docnames(root))
    return [page for page in pages if _has_code(page.path)]


def page_path(root: Path, docname: str) -> Path:
    """Where the source of a page is."""
    path = root / docname
    return path if path.suffix == ".md" else path.with_name(f"{path.name}.md")


def _has_code(path: Path) -> bool:
    return path.is_file() and is_myst_markdown_notebook(path.read_text(encoding="utf-8"))
