"""The data page's golden: a digest of each table, because the page itself repeats all of data/."""

import hashlib
import json
from pathlib import Path

from llmbook import data
from llmbook.book.folders import write_whole
from llmbook.charts.datasets import dataset

PAGE = "chapters/data"
NAME = "tables.json"


def digests() -> dict[str, str]:
    """The SHA-256 of every table as shown: its cells, sources and the claims that rest on it."""
    names = [resource["name"] for resource in data.package()["resources"]]
    return {name: _digest(dataset(name).html()) for name in names}


def write(folder: Path) -> Path:
    path = folder / NAME
    write_whole(json.dumps(digests(), indent=1) + "\n", path)
    return path


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
