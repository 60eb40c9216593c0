"""The golden notebooks: executed chapters, frozen, against which the tests compare every output."""

from collections.abc import Iterable
from pathlib import Path

from llmbook.book import digests
from llmbook.book.errors import BuildError
from llmbook.book.execute import describe, execute
from llmbook.book.kernel import isolate
from llmbook.book.layout import Layout, find_layout
from llmbook.book.notebooks import Run
from llmbook.book.notebooks import write as write_notebook
from llmbook.book.toc import Chapter, chapters

FOLDER = "chapters/"


def write(root: Path | None, names: Iterable[str] | None) -> list[Path]:
    """Write one golden a chapter, and none unless all of them executed."""
    layout = find_layout(root)
    isolate(layout.jupyter)
    chosen = _choose(frozen_chapters(layout.root), names)
    results = list(execute(chosen))
    problems = [describe(chapter, result) for chapter, result in results if result.problem]
    if problems:
        raise BuildError("\n".join(sorted(problems)))
    try:
        written = [_freeze(layout, chapter, result) for chapter, result in results]
    except OSError as error:
        raise BuildError(f"a golden could not be written: {error}") from error
    if names is None:
        _remove_orphans(layout, written)
    return written


def frozen_chapters(root: Path) -> list[Chapter]:
    """The chapters that have a golden."""
    return [chapter for chapter in chapters(root) if chapter.docname.startswith(FOLDER)]


def golden_chapters(root: Path) -> list[Chapter]:
    """The chapters whose golden is a notebook: all but the data page."""
    return [chapter for chapter in frozen_chapters(root) if chapter.docname != digests.PAGE]


def golden_path(layout: Layout, chapter: Chapter) -> Path:
    return layout.goldens / f"{chapter.name}.ipynb"


def _freeze(layout: Layout, chapter: Chapter, result: Run) -> Path:
    if chapter.docname == digests.PAGE:
        return digests.write(layout.goldens)
    path = golden_path(layout, chapter)
    write_notebook(result.notebook, path)
    return path


def _choose(known: list[Chapter], names: Iterable[str] | None) -> list[Chapter]:
    if names is None:
        return known
    wanted = set(names)
    unknown = wanted - {chapter.name for chapter in known}
    if unknown:
        every = ", ".join(chapter.name for chapter in known)
        raise BuildError(f"no such chapter: {', '.join(sorted(unknown))}; there are {every}")
    return [chapter for chapter in known if chapter.name in wanted]


def _remove_orphans(layout: Layout, written: list[Path]) -> None:
    """A chapter that was renamed or removed leaves a golden that would be tested for ever."""
    for path in set(layout.goldens.glob("*.ipynb")) - set(written):
        path.unlink()
