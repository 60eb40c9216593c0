"""Let Jupyter Book write the pages."""

import re
import subprocess
import sys
from pathlib import Path

from llmbook.book.errors import BuildError
from llmbook.book.layout import Layout

_JUPYTER_BOOK = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
# Every warning fails the build, a reference without a target is one, and all of them are told.
_STRICT = ["-W", "-n", "--keep-going", "--quiet"]
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_EXCEPTION = re.compile(r"[\w.]*(?:Error|Exception|Warning)\b.*:")


def render(layout: Layout, folder: Path) -> Path:
    """Write pages and doctrees below `folder`: doctrees that outlive a build hide its warnings."""
    result = subprocess.run(
        [*_JUPYTER_BOOK, "build", str(layout.root), *_STRICT, "--path-output", str(folder)],
        cwd=layout.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BuildError(f"the pages could not be written:\n{_complaints(result.stderr)}")
    return folder / "_build" / "html"


def _complaints(stderr: str) -> str:
    """The warnings in the output, else the exception that came first, else all of it."""
    lines = _COLOUR.sub("", stderr).splitlines()
    warnings = [line for line in lines if "WARNING:" in line or "ERROR:" in line]
    exceptions = [line for line in lines if _EXCEPTION.match(line)]
    return "\n".join(warnings or exceptions[:1] or lines)
