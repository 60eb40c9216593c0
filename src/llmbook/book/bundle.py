"""The whole site in one file, for a room without a network."""

import zipfile
from pathlib import Path

from llmbook.book.key import SITE_KEY_FILE

NAME = "book.zip"
FOLDER = "book"
# The earliest moment that the format knows: equal sites give equal files.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_READ_ME = """\
The whole book, with nothing to fetch.

- Read: open index.html in a browser.
- Run Python inside the pages: a browser allows that only to pages of a server; in this folder run
  python3 -m http.server 8000
  and open http://localhost:8000 (or this machine's address, for everyone in the room).
- Use the formulas in Python 3.11 or newer, no other package needed:
  python3 -m venv formulas
  source formulas/bin/activate
  python -m pip install --no-deps {wheel}
- Run the notebooks in notebooks/: they need packages that draw charts and answer questions, so
  before the network is left install them together with the wheel:
  python3 -m venv notebooks-environment
  source notebooks-environment/bin/activate
  python -m pip install "./{wheel}[retrieval]" jupyterlab
  jupyter lab notebooks
- Run chapters again with your numbers, change them, test them: unpack {source}; its README.md says
  how. It needs Python 3.11 or newer, make, and the network once.
"""


def write_bundle(site: Path) -> None:
    """Pack the finished site; its wheel and its notebooks are in it."""
    wheel = next((path.name for path in site.glob("*.whl")), "")
    source = next((path.name for path in site.glob("*.tar.gz")), "")
    target = site / NAME
    kept = [path for path in sorted(site.rglob("*")) if path.is_file() and path.name != NAME]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        if wheel:
            told = _READ_ME.format(wheel=wheel, source=source)
            _add(archive, "READ-ME.txt", told.encode())
        for path in kept:
            if path.name != SITE_KEY_FILE:
                _add(archive, path.relative_to(site).as_posix(), path.read_bytes())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(f"{FOLDER}/{name}", _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
