"""The package as a wheel, which the notebooks install, and the source of the whole book."""

import subprocess
import sys
from pathlib import Path

from llmbook.book.errors import BuildError

PROJECT = "pyproject.toml"


def write_wheel(root: Path, site: Path) -> Path | None:
    """Build the wheel into the site, from what is installed already; None without a project."""
    return _build(root, site, "wheel", "*.whl")


def write_source(root: Path, site: Path) -> Path | None:
    """Pack chapters, tables, package and tests as `make` needs them; None without a project."""
    return _build(root, site, "sdist", "*.tar.gz")


def _build(root: Path, site: Path, target: str, pattern: str) -> Path | None:
    if not (root / PROJECT).is_file():
        return None
    command = [sys.executable, "-m", "hatchling", "build", "--target", target]
    result = subprocess.run(
        [*command, "--directory", site], cwd=root, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise BuildError(f"the {target} could not be built:\n{result.stderr.strip()}")
    return next(site.glob(pattern))
