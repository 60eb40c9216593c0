"""Chapters run in the Python that builds the book, and in nothing of the user's."""

import os
import sys
from pathlib import Path

from llmbook.charts.figure import SITE_VARIABLE


def isolate(folder: Path) -> None:
    """Point Jupyter and IPython of this process and its children at this environment.

    A user's kernel that is also called python3, or a start-up file of their IPython, would
    otherwise run in the chapters. What they write goes to `folder`.
    """
    # A scenario's folder is a link, and gone when the next kernel starts.
    folder = folder.resolve()
    # IPython warns about a folder that it cannot enter, and takes another.
    (folder / "ipython").mkdir(parents=True, exist_ok=True)
    os.environ.update(
        JUPYTER_PATH=str(Path(sys.prefix, "share", "jupyter")),
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_CONFIG_DIR=str(folder / "config"),
        JUPYTER_DATA_DIR=str(folder / "data"),
        JUPYTER_RUNTIME_DIR=str(folder / "runtime"),
        IPYTHONDIR=str(folder / "ipython"),
        # Sets and dictionaries of strings print in the same order in every run.
        PYTHONHASHSEED="0",
        # Chapters run side by side; threads within one would only get in each other's way.
        OPENBLAS_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
        # Charts print what the pages of the book show.
        **{SITE_VARIABLE: "1"},
    )
