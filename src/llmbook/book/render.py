"""Let Jupyter Book write the pages."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from llmbook.book.errors import BuildError
from llmbook.book.layout import Layout

_JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
# Every warning fails the build, a reference without a target is one, and all of them are told.
_STRICT = ["-W", "-n", "--keep-going", "--quiet"]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_EXCEPTION = re.compile(r"[\w.]*(?:Error|Exception): \S")


def render(layout: Layout, folder: Path) -> Path:
    """Write pages and doctrees below `folder`: doctrees that outlive a build hide its warnings."""
    command = [*_JUPYTER_BOOK, "build", str(layout.root), *_STRICT, "--path-output", str(folder)]
    status, errors = _run_to_the_end(command, layout.root)
    if status:
        raise BuildError(f"the pages could not be written:\n{_complaints(errors)}")
    return folder / "_build" / "html"


def _run_to_the_end(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a command in a group of its own, and end all that it started, however it ends.

    Its complaints go to a file: whoever it leaves running, such as the server that renders maths
    when a page has raised, would hold a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,
        )
        try:
            status = process.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        complaints.seek(0)
        return status, complaints.read()


def _complaints(stderr: str) -> str:
    """The warnings in the output, else the exception that ended the build, else all of it."""
    lines = _COLOUR.sub("", stderr).splitlines()
    warnings = [line for line in lines if "WARNING:" in line or "ERROR:" in line]
    exceptions = [line for line in lines if _EXCEPTION.match(line)]
    return "\n".join(warnings or exceptions[-1:] or lines)
