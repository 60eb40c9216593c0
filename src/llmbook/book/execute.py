"""Execute the chapters side by side and keep the results in the cache that the renderer reads."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbformat import NotebookNode
from sqlalchemy.exc import SQLAlchemyError

from llmbook.book.errors import BuildError
from llmbook.book.notebooks import Run, run
from llmbook.book.toc import Chapter


def fill_cache(chapters: Iterable[Chapter], folder: Path) -> None:
    """Execute what the cache in `folder` does not hold yet."""
    try:
        _fill(get_cache(folder), chapters)
    # The cache is a database, and reports a full disk in its own way.
    except SQLAlchemyError as error:
        raise BuildError(f"the cache could not be written: {error}") from error


def _fill(cache: JupyterCacheAbstract, chapters: Iterable[Chapter]) -> None:
    missing = [chapter for chapter in chapters if not _is_cached(cache, chapter.read())]
    problems = []
    for chapter, result in execute(missing):
        if result.problem:
            problems.append(describe(chapter, result))
        else:
            print(f"executed {chapter.docname} in {result.seconds:.1f} s")
            _keep(cache, chapter, result)
    if problems:
        raise BuildError("\n".join(sorted(problems)))


def execute(chapters: list[Chapter]) -> Iterator[tuple[Chapter, Run]]:
    """Execute the chapters in parallel, each in its own kernel; yield each when it is done."""
    if not chapters:
        return
    workers = min(len(chapters), os.cpu_count() or 1)
    # A fork would copy whatever threads the caller runs in the middle of what they do.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        waiting = {pool.submit(_execute_one, chapter): chapter for chapter in chapters}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def describe(chapter: Chapter, result: Run) -> str:
    return f"{chapter.docname}: {result.problem}"


def executed(chapter: Chapter, folder: Path) -> NotebookNode:
    """The chapter with the outputs that the cache in `folder` holds for it."""
    return get_cache(folder).merge_match_into_notebook(chapter.read())[1]


def _execute_one(chapter: Chapter) -> Run:
    return run(chapter.read(), chapter.path.parent)


def _is_cached(cache: JupyterCacheAbstract, notebook: NotebookNode) -> bool:
    try:
        _, kept = cache.merge_match_into_notebook(notebook)
    except KeyError:
        return False
    # The cache does not compare tags and titles of cells, and renders the ones that it holds.
    return [cell.metadata for cell in kept.cells] == [cell.metadata for cell in notebook.cells]


def _keep(cache: JupyterCacheAbstract, chapter: Chapter, result: Run) -> None:
    bundle = CacheBundleIn(
        result.notebook, str(chapter.path), data={"execution_seconds": result.seconds}
    )
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
