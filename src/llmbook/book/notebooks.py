"""Executed notebooks: making them, and writing them so that equal results are equal files."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from llmbook.book.folders import write_whole

# A chapter is light: a cell that runs longer than this hangs.
CELL_TIMEOUT = 120
OnCell = Callable[[NotebookNode, int], None]


@dataclass
class Run:
    """What came of executing one notebook."""

    notebook: NotebookNode
    seconds: float = 0.0
    problem: str | None = None


class Loop(asyncio.SelectorEventLoop):
    """A loop in which Ctrl-C stops what is awaited, as everywhere in Python.

    On Ctrl-C nbclient would tear down its kernel and go on with the notebook, into an error that
    says nothing; a refusal of its handler it takes as from a thread that may have none.
    """

    def add_signal_handler(self, sig: int, *_: object) -> NoReturn:
        raise RuntimeError(f"signal {sig} is not handled here")


def run(notebook: NotebookNode, folder: Path, on_cell: OnCell | None = None) -> Run:
    """Execute a notebook in `folder`; what stops it ends up in `problem`.

    `on_cell` is called with each cell and its place in the notebook before it runs.
    """
    with runner() as run_to_end:
        return run_to_end(run_beside(notebook, folder, on_cell))


@contextmanager
def runner() -> Iterator[Callable[[Coroutine[Any, Any, Any]], Any]]:
    """Give what runs a coroutine to its end in one `Loop`, whoever calls.

    Where a loop runs already, as in a notebook, no other may run in the same thread.
    """
    if not _is_looped():
        with asyncio.Runner(loop_factory=Loop) as here:
            yield here.run
        return
    with ThreadPoolExecutor(1) as thread:
        there = asyncio.Runner(loop_factory=Loop)
        try:
            yield lambda work: thread.submit(there.run, work).result()
        finally:
            thread.submit(there.close).result()


def _is_looped() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


async def run_beside(notebook: NotebookNode, folder: Path, on_cell: OnCell | None = None) -> Run:
    """`run`, beside other notebooks in one `Loop`."""
    client = NotebookClient(
        notebook,
        resources={"metadata": {"path": str(folder)}},
        timeout=CELL_TIMEOUT,
        # Two prints may arrive as one piece or as two; joined, they are always equal.
        coalesce_streams=True,
        record_timing=False,
        # A kernel in the middle of a cell does not take leave without a complaint.
        shutdown_kernel="immediate",
        # Each kernel would warn that it talks to this machine over an unencrypted line.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        on_cell_start=on_cell,
    )
    start = time.perf_counter()
    try:
        await client.async_execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError, NoSuchKernel) as error:
        # A notebook that is told to stop says that its kernel died.
        if asyncio.current_task().cancelling():
            raise asyncio.CancelledError from None
        return Run(notebook, problem=_problem(notebook, error))
    return Run(notebook, time.perf_counter() - start)


def stopped_at(notebook: NotebookNode) -> NotebookNode | None:
    """The cell at which the execution of a notebook stopped."""
    # A cell has its count from when it starts.
    started = [cell for cell in _code_cells(notebook) if cell.execution_count]
    return started[-1] if started else None


def _problem(notebook: NotebookNode, error: Exception) -> str:
    """Which cell stopped the notebook and how, in one line."""
    cells = list(enumerate(_code_cells(notebook), start=1))
    for number, cell in cells:
        for output in cell.outputs:
            if output.output_type == "error":
                raised = f"{output.ename}: {output.evalue}".strip().splitlines()[-1]
                return f"{_place(number, cell)} raised {raised}"
    stopped = str(error).strip().splitlines()[0]
    # A cell has its count from when it starts.
    started = [_place(number, cell) for number, cell in cells if cell.execution_count]
    return f"{started[-1]}: {stopped}" if started else stopped


def _place(number: int, cell: NotebookNode) -> str:
    first_line = cell.source.strip().partition("\n")[0]
    return f"code cell {number} ({first_line!r})"


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def normalised(notebook: NotebookNode) -> NotebookNode:
    """The notebook without what differs between two equal runs."""
    cells = [_normalised_cell(cell, number) for number, cell in enumerate(notebook.cells)]
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)


def _normalised_cell(cell: NotebookNode, number: int) -> NotebookNode:
    # Execution leaves time stamps in the metadata.
    metadata = {key: value for key, value in cell.metadata.items() if key != "execution"}
    return nbformat.from_dict({**cell, "id": f"cell-{number}", "metadata": metadata})


def write(notebook: NotebookNode, path: Path) -> None:
    """Write the notebook, normalised; in `path` is the old one or the new one, never a half."""
    write_whole(nbformat.writes(normalised(notebook)) + "\n", path)
