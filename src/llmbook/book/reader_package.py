"""The part of the package that runs in a reader's browser: what needs the standard library only."""

import ast
import functools
import hashlib
import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import llmbook
from llmbook import data

_ROOT = Path(llmbook.__file__).parent
# Makes the book; a reader of it has nothing to call there.
_MAKERS = ("llmbook.book", "llmbook.cli")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)


def archive() -> tuple[str, bytes]:
    """The name of the file, which changes with what it holds, and the file."""
    return _archive(data.folder())


@functools.cache
def _archive(tables: Path) -> tuple[str, bytes]:
    files = {**_sources(), **_tables(tables)}
    digest = hashlib.sha256()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in sorted(files.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
            target.writestr(zipfile.ZipInfo(name, _FIRST_DAY), content, zipfile.ZIP_DEFLATED)
    return f"llmbook-{digest.hexdigest()[:12]}.zip", packed.getvalue()


def _sources() -> dict[str, bytes]:
    chosen = standard_library_modules()
    return {
        path.relative_to(_ROOT.parent).as_posix(): path.read_bytes()
        for name, path in _modules().items()
        if name in chosen
    }


def _tables(folder: Path) -> dict[str, bytes]:
    return {
        f"llmbook/_data/{path.name}": path.read_bytes()
        for path in folder.iterdir()
        if path.suffix in (".csv", ".json", ".bib")
    }


def standard_library_modules() -> set[str]:
    """The modules that import nothing, and through others nothing, that would be installed."""
    asked = {name: set(_imports(path)) for name, path in _modules().items()}
    chosen = {name for name in asked if not name.startswith(_MAKERS)}
    while True:
        kept = {name for name in chosen if all(_is_there(item, chosen) for item in asked[name])}
        kept = {name for name in kept if set(_parents(name)) <= kept}
        if kept == chosen:
            return chosen
        chosen = kept


@functools.cache
def _modules() -> dict[str, Path]:
    return {_name(path): path for path in _ROOT.rglob("*.py")}


def _name(path: Path) -> str:
    parts = path.relative_to(_ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path) -> Iterator[str]:
    """What a module imports when it is imported; what a function imports can wait for its call."""
    waiting: list[ast.AST] = [ast.parse(path.read_bytes())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{item.name}" for item in node.names)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def _is_there(name: str, chosen: set[str]) -> bool:
    """Whether something can be imported; `name` may be a module or a name in one."""
    if name.partition(".")[0] != "llmbook":
        return name.partition(".")[0] in sys.stdlib_module_names
    module = name if name in _modules() else name.rpartition(".")[0]
    return module in chosen


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
