"""Everything that is peculiar to Jupyter Book 1: building the site and the golden notebooks."""

from collections.abc import Iterable
from pathlib import Path

from llmbook.book.errors import BuildError

__all__ = ["BuildError", "build", "write_goldens"]


def build(force: bool = False, root: Path | None = None) -> Path:
    """Execute the chapters and render the site; return its folder.

    Returns at once when the site stands and nothing that it is made of has changed.
    Raises BuildError, and leaves the site that stood before, when anything fails.
    """
    # Imported here because Sphinx and Jupyter take seconds that `import llmbook.book` need not.
    from llmbook.book.site import build_site

    return build_site(root, force)


def write_goldens(names: Iterable[str] | None = None, root: Path | None = None) -> list[Path]:
    """Execute the chapters (all, or those named) and freeze the results in tests/golden/."""
    from llmbook.book.goldens import write

    return write(root, names)
