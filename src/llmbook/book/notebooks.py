"""Executed notebooks: making them, and writing them so that equal results are equal files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_cache.executors.utils import single_nb_execution
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import DeadKernelError
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


def run(notebook: NotebookNode, folder: Path, on_cell: OnCell | None = None) -> Run:
    """Execute a notebook in `folder`; what stops it ends up in `problem`.

    `on_cell` is called with each cell and its place in the notebook before it runs.
    """
    try:
        result = single_nb_execution(
            notebook,
            cwd=str(folder),
            timeout=CELL_TIMEOUT,
            allow_errors=False,
            # Two prints may arrive as one piece or as two; joined, they are always equal.
            coalesce_streams=True,
            # Each kernel would warn that it talks to this machine over an unencrypted line.
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            on_cell_start=on_cell,
        )
    except (DeadKernelError, NoSuchKernel) as error:
        return Run(notebook, problem=_problem(notebook, error))
    return Run(notebook, result.time, _problem(notebook, result.err) if result.err else None)


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
