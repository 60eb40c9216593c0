"""Execute the chapters side by side and keep the results in the cache that the renderer reads."""

import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbformat import NotebookNode

from llmbook.book.errors import BuildError
from llmbook.book.notebooks import Run, run
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
    """Execute the chapters in parallel, each in its own kernel; yield each when it is done."""
    if not chapters:
        return
    workers = min(len(chapters), os.cpu_count() or 1)
    # A fork would copy whatever threads the caller runs in the middle of what they do.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_start_worker) as pool:
        waiting = {pool.submit(_execute_one, chapter): chapter for chapter in chapters}
        for future in as_completed(waiting):
            yield waiting[future], _result(future)


def describe(chapter: Chapter, result: Run) -> str:
    return f"{chapter.docname}: {result.problem}"


def executed(chapter: Chapter, folder: Path) -> NotebookNode:
    """The chapter with the outputs that the cache in `folder` holds for it."""
    return get_cache(folder).merge_match_into_notebook(chapter.read())[1]


def _result(future: Future[Run]) -> Run:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise BuildError("a process that executes chapters was ended from outside") from error


def _start_worker() -> None:
    # Ctrl-C reaches every process: the notebook that runs ends itself, the rest says nothing.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A worker whose build was killed would wait for work for ever.
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _execute_one(chapter: Chapter) -> Run:
    return run(chapter.read(), chapter.path.parent)


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
