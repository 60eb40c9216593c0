"""Execute the chapters side by side and keep the results in the cache that the renderer reads."""

import asyncio
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbformat import NotebookNode

from llmbook.book.errors import BuildError
from llmbook.book.notebooks import Run, run_beside, runner
from llmbook.book.toc import Chapter


def fill_cache(chapters: Iterable[Chapter], folder: Path) -> None:
    """Execute what the cache in `folder` does not hold yet.

    A full disk or a killed build may leave half an entry, on which every later build would fail:
    a cache that cannot be read or written is dropped and filled once more.
    """
    wanted = list(chapters)
    for _ in range(2):
        try:
            return _fill(get_cache(folder), wanted)
        except BuildError:
            raise
        # The cache is a database beside files, and each part complains in its own way.
        except Exception as error:
            problem = error
            shutil.rmtree(folder, ignore_errors=True)
    raise BuildError(f"the cache could not be written: {problem}") from problem


def _fill(cache: JupyterCacheAbstract, chapters: Iterable[Chapter]) -> None:
    missing = [chapter for chapter in chapters if not _is_cached(cache, chapter.read())]
    problems = []
    for chapter, result in execute(missing):
        if result.problem:
            problems.append(describe(chapter, result))
        else:
            print(f"executed {chapter.docname} in {result.seconds:.1f} s")
            keep(cache, chapter, result)
    if problems:
        raise BuildError("\n".join(sorted(problems)))


def execute(chapters: list[Chapter]) -> Iterator[tuple[Chapter, Run]]:
    """Execute the chapters in parallel, each in its own kernel; yield each when it is done.

    However the caller leaves off, the kernels that still run are ended and no more are begun.
    """
    with runner() as run_to_end:
        running = run_to_end(_begin(chapters))
        while running:
            wait = asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            done, running = run_to_end(wait)
            for task in done:
                yield task.result()


async def _begin(chapters: list[Chapter]) -> set[asyncio.Task[tuple[Chapter, Run]]]:
    places = asyncio.Semaphore(os.cpu_count() or 1)
    return {asyncio.create_task(_execute_one(chapter, places)) for chapter in chapters}


async def _execute_one(chapter: Chapter, places: asyncio.Semaphore) -> tuple[Chapter, Run]:
    async with places:
        return chapter, await run_beside(chapter.read(), chapter.path.parent)


def describe(chapter: Chapter, result: Run) -> str:
    return f"{chapter.docname}: {result.problem}"


def executed(chapter: Chapter, folder: Path) -> NotebookNode:
    """The chapter with the outputs that the cache in `folder` holds for it."""
    return get_cache(folder).merge_match_into_notebook(chapter.read())[1]


def _is_cached(cache: JupyterCacheAbstract, notebook: NotebookNode) -> bool:
    try:
        _, kept = cache.merge_match_into_notebook(notebook)
    except KeyError:
        return False
    # The cache does not compare tags and titles of cells, and renders the ones that it holds.
    return [cell.metadata for cell in kept.cells] == [cell.metadata for cell in notebook.cells]


def keep(cache: JupyterCacheAbstract, chapter: Chapter, result: Run) -> None:
    """Put an executed chapter into the cache."""
    bundle = CacheBundleIn(
        result.notebook, str(chapter.path), data={"execution_seconds": result.seconds}
    )
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
