"""Folders and files that appear whole or not at all."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

PREFIX = ".making-"
OLD_SUFFIX = ".old"


@contextlib.contextmanager
def new_folder(parent: Path) -> Iterator[Path]:
    """A temporary folder in `parent`, gone at the end whatever happened.

    So are the folders above it that were made for it, unless something was put there.
    """
    above = [path for path in (parent, *parent.parents) if not path.exists()]
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    # mkdtemp makes it for its owner only, and a web server could not read a site in it.
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for path in above:
            # The folder that holds something ends it: those above hold that one.
            with contextlib.suppress(OSError):
                path.rmdir()


def swap_in(new: Path, place: Path) -> None:
    """Put `new` where `place` is; when that fails, what stood in `place` still stands."""
    old = _old(place)
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except BaseException:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_whole(text: str, path: Path) -> None:
    """Write a file; in `path` is the old text or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def put_together(new: Iterable[Path], folder: Path) -> None:
    """Move files into a folder: all, or none, and then those that stood there still stand."""
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as undo:
        for path in new:
            place, old = folder / path.name, _old(path)
            if place.exists():
                shutil.copy2(place, old)
                undo.callback(old.replace, place)
            else:
                undo.callback(place.unlink, missing_ok=True)
            path.replace(place)
        undo.pop_all()


def clear_leftovers(parent: Path, place: Path) -> None:
    """Mend what a killed build left: put the old folder back, remove temporary ones."""
    old = _old(place)
    if old.exists() and not place.exists():
        old.rename(place)
    for folder in (old, *parent.glob(f"{PREFIX}*")):
        shutil.rmtree(folder, ignore_errors=True)


def _old(place: Path) -> Path:
    return place.with_name(f"{place.name}{OLD_SUFFIX}")
