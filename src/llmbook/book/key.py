"""The one owner of the keys that say whether a result is still current."""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from llmbook.book.address import repository, site_url

# What the numbers of an executed chapter depend on beside its own cells, which the cache compares.
RESULTS = ("src", "data", "requirements.txt")
# What the bundled scripts and styles are made from.
ASSETS = ("chapters/_static", "package-lock.json", "src/llmbook/book")
# Where a finished site keeps the key of what it was made from.
SITE_KEY_FILE = ".site-key"
# What else the wheel is made from.
PROJECT = ("pyproject.toml", "README.md", "LICENSE")
# What a page is made from.
PAGES = (*RESULTS, *ASSETS, "chapters", "index.md", "_config.yml", "_toc.yml", *PROJECT)


def cache_key(root: Path) -> str:
    """Changes with everything that can change a computed number."""
    return _hash(root, RESULTS)


def asset_key(root: Path) -> str:
    """Changes with everything that can change a bundled script or style."""
    return _hash(root, ASSETS)


def site_key(root: Path) -> str:
    """Changes with everything that can change a page."""
    addresses = f"{site_url()} {repository()}".encode()
    return hashlib.sha256(_hash(root, PAGES).encode() + addresses).hexdigest()[:16]


def _hash(root: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in sorted({file for name in names for file in _files(root / name)}):
        content = path.read_bytes()
        # The length keeps two files from being taken for one with the same bytes.
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file() and not _is_litter(file))


def _is_litter(path: Path) -> bool:
    """What editors, Python and Jupyter leave behind beside the sources."""
    return path.suffix == ".pyc" or any(
        part == "__pycache__" or part.startswith(".") for part in path.parts[-2:]
    )
