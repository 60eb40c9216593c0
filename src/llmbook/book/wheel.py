"""The package as a wheel, which the site offers and its notebooks install."""

import subprocess
import sys
from pathlib import Path

from llmbook.book.errors import BuildError

PROJECT = "pyproject.toml"


def write_wheel(root: Path, site: Path) -> Path | None:
    """Build the wheel into the site, from what is installed already; None without a project."""
    if not (root / PROJECT).is_file():
        return None
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    result = subprocess.run(
        [*command, "--directory", site], cwd=root, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BuildError(f"the wheel could not be built:\n{result.stderr.strip()}")
    return next(site.glob("*.whl"))
