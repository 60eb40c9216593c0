"""Where things are in a book's folder."""

from dataclasses import dataclass
from pathlib import Path

from llmbook.book.errors import BuildError

TOC = "_toc.yml"


@dataclass(frozen=True)
class Layout:
    """The folders of the book under one root."""

    root: Path

    @property
    def build(self) -> Path:
        return self.root / "_build"

    @property
    def site(self) -> Path:
        return self.build / "html"

    @property
    def reruns(self) -> Path:
        return self.build / "rerun"

    @property
    def scenarios(self) -> Path:
        return self.build / "scenarios"

    @property
    def caches(self) -> Path:
        return self.build / "cache"

    @property
    def assets(self) -> Path:
        return self.build / "assets"

    @property
    def jupyter(self) -> Path:
        return self.build / "jupyter"

    @property
    def front_end(self) -> Path:
        return self.root / "chapters" / "_static"

    @property
    def packages(self) -> Path:
        return self.root / "node_modules"

    @property
    def goldens(self) -> Path:
        return self.root / "tests" / "golden"


def find_layout(root: Path | None = None) -> Layout:
    """The layout of the given book, or of the nearest one at or above the working folder."""
    candidates = [root] if root else [Path.cwd(), *Path.cwd().parents]
    for folder in candidates:
        if (folder / TOC).is_file():
            return Layout(folder.resolve())
    raise BuildError(f"no book here: {TOC} was not found in {candidates[0]} or above it")
