"""One chapter with the reader's own numbers: a page that stands alone, and a notebook."""

import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from jupyter_cache import get_cache
from nbformat import NotebookNode

from llmbook.book.assets import ensure_assets
from llmbook.book.errors import BuildError
from llmbook.book.execute import describe, keep
from llmbook.book.folders import clear_leftovers, new_folder, put_together
from llmbook.book.kernel import isolate
from llmbook.book.key import cache_key
from llmbook.book.layout import Layout, find_layout
from llmbook.book.lock import only_one
from llmbook.book.notebooks import OnCell, Run, run, stopped_at
from llmbook.book.notebooks import write as write_notebook
from llmbook.book.parameters import Given, chapter_named, check_changes, parameters
from llmbook.book.render import render
from llmbook.book.scenario import Scenario, read_scenario
from llmbook.book.standalone import standalone
from llmbook.book.toc import Chapter, chapters
from llmbook.book.variant import tables_of, write_page

OWN = "your inputs"
# How often a terminal that keeps every line is told of the progress.
_LINES = 10


def rerun_chapter(
    name: str, given: Iterable[str], scenario: Path | None, root: Path | None
) -> tuple[Path, Path]:
    """Execute a chapter with other numbers; see llmbook.book.rerun."""
    layout = find_layout(root)
    chapter = find_chapter(layout, name)
    asked = _asked(layout, chapter, list(given), scenario)
    try:
        with only_one(layout.build):
            return _rerun(layout, chapter, asked)
    except OSError as error:
        raise BuildError(f"{chapter.name} could not be run again: {error}") from error


def list_parameters(name: str | None, root: Path | None) -> list[str]:
    """A line for each parameter: chapter, name, value, unit and claim."""
    layout = find_layout(root)
    chosen = [find_chapter(layout, name)] if name else chapters(layout.root)
    rows = [
        (chapter.name, item.name, f"{item.value:g}", item.unit, item.claim)
        for chapter in chosen
        for item in parameters(chapter).values()
    ]
    if not rows:
        raise BuildError(f"{name} has no parameters to change")
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def find_chapter(layout: Layout, name: str) -> Chapter:
    """The chapter of that name; a path to it will do."""
    known = {chapter.name: chapter for chapter in chapters(layout.root)}
    try:
        return chapter_named(known, Path(name).name.removesuffix(".md"))
    except ValueError as error:
        raise BuildError(str(error)) from None


def _asked(layout: Layout, chapter: Chapter, given: list[str], path: Path | None) -> Scenario:
    """What a file and the command line ask of the chapter; the latter prevails."""
    own = check_changes(chapter, map(_given, given))
    if path is None:
        asked = Scenario(chapter.name, OWN, {})
    else:
        asked = read_scenario(path, chapters(layout.root))
    title = f"{asked.title}, with {OWN}" if path and own else asked.title
    named = {_given(text).name for text in given}
    found = asked.changes.get(chapter.name, [])
    changes = [change for change in found if change.parameter.name not in named] + own
    if not changes and not asked.cells:
        raise BuildError(
            f"no number of {chapter.name} is changed; name one with -p, such as -p "
            + " or -p ".join(f"{item.name}=…" for item in parameters(chapter).values())
        )
    return Scenario(asked.name, title, {chapter.name: changes} if changes else {}, asked.cells)


def _given(text: str) -> Given:
    name, equals, value = text.partition("=")
    if not equals:
        raise BuildError(f"a parameter is given as name=value, got {text!r}")
    return Given(name.strip(), value)


def _rerun(layout: Layout, chapter: Chapter, asked: Scenario) -> tuple[Path, Path]:
    page = layout.reruns / f"{chapter.name}.html"
    notebook = page.with_suffix(".ipynb")
    clear_leftovers(layout.reruns, page)
    ensure_assets(layout)
    isolate(layout.jupyter)
    with new_folder(layout.reruns) as folder:
        variant, copy = write_page(layout, folder / "book", chapter, asked)
        with tables_of(variant, asked):
            result = _execute(copy)
            keep(get_cache(variant.caches / cache_key(variant.root)), copy, result)
            _tell(f"{chapter.name}: writing the page")
            site = render(variant, folder)
        drafts = [folder / page.name, folder / notebook.name]
        drafts[0].write_text(standalone(site, f"{chapter.docname}.html"), encoding="utf-8")
        write_notebook(result.notebook, drafts[1])
        put_together(drafts, layout.reruns)
    return page, notebook


def _execute(chapter: Chapter) -> Run:
    notebook = chapter.read()
    result = run(notebook, chapter.path.parent, _progress(chapter, notebook))
    if result.problem:
        cell = stopped_at(result.notebook)
        source = textwrap.indent(cell.source, "    ") if cell else ""
        raise BuildError(f"{describe(chapter, result)}\n{source}".rstrip())
    _tell(f"{chapter.name}: executed in {result.seconds:.1f} s")
    return result


def _progress(chapter: Chapter, notebook: NotebookNode) -> OnCell:
    places = [place for place, cell in enumerate(notebook.cells) if cell.cell_type == "code"]

    def on_cell(cell: NotebookNode, cell_index: int) -> None:
        number = places.index(cell_index) + 1 if cell_index in places else 0
        if number and (sys.stderr.isatty() or number % _LINES == 1):
            _tell(f"{chapter.name}: cell {number} of {len(places)}", ends=False)

    return on_cell


def _tell(message: str, ends: bool = True) -> None:
    """On a terminal the progress stays on one line."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{message}", end="\n" if ends else "", file=sys.stderr, flush=True)
    else:
        print(message, file=sys.stderr, flush=True)
