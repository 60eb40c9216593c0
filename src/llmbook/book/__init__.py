"""Everything that is peculiar to Jupyter Book 1: building the site and the golden notebooks."""

from collections.abc import Iterable
from pathlib import Path

from llmbook.book.errors import BuildError

__all__ = ["BuildError", "build", "build_scenario", "list_parameters", "rerun", "write_goldens"]


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


def rerun(
    chapter: str,
    given: Iterable[str],
    scenario: Path | None = None,
    root: Path | None = None,
) -> tuple[Path, Path]:
    """Execute a chapter with other numbers than the paper's.

    Returns a page that stands alone and an executed notebook, both in _build/rerun/.
    `given` holds texts such as "n_params=405e9" or "memory_bytes=80GB".
    Raises BuildError before anything runs if one of them is no parameter or no value for it.
    """
    from llmbook.book.reruns import rerun_chapter

    return rerun_chapter(chapter, given, scenario, root)


def list_parameters(chapter: str | None = None, root: Path | None = None) -> list[str]:
    """A line for each parameter of a chapter, or of all."""
    from llmbook.book.reruns import list_parameters

    return list_parameters(chapter, root)


def build_scenario(scenario: Path, root: Path | None = None) -> Path:
    """Build the whole book with the numbers of a file, into a folder of its own."""
    from llmbook.book.site import build_scenario

    return build_scenario(scenario, root)
