"""The scripts, styles and fonts that the site ships, and the Python that its boxes run."""

import json
import re
import shutil
from pathlib import Path

from llmbook.book.errors import BuildError
from llmbook.book.folders import clear_leftovers, new_folder, swap_in
from llmbook.book.key import asset_key
from llmbook.book.layout import Layout
from llmbook.book.node import run_node

# From the front end's folder to the site's; each imports the others that it needs.
BUNDLES = {
    "js/book.js": "llmbook.js",
    "js/vega.js": "llmbook-vega.js",
    "js/python.js": "llmbook-python.js",
    "css/book.css": "llmbook.css",
}
KATEX_CSS = "katex/katex.min.css"
# KaTeX offers each font three times; every browser that shows this site takes the first.
_OLDER_FONT_FORMATS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)')
# Python in the browser without any of the packages that could be added to it.
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PYODIDE_LIST = "pyodide-lock.json"
KEY_FILE = ".key"


def ensure_assets(layout: Layout) -> Path:
    """The folder with the assets, made anew when what they are made from has changed."""
    key = asset_key(layout.root)
    marker = layout.assets / KEY_FILE
    if not marker.is_file() or marker.read_text() != key:
        _require_packages(layout)
        clear_leftovers(layout.build, layout.assets)
        with new_folder(layout.build) as folder:
            _make(layout, folder)
            (folder / KEY_FILE).write_text(key)
            swap_in(folder, layout.assets)
    return layout.assets


def _require_packages(layout: Layout) -> None:
    if not all((layout.packages / name).is_dir() for name in ("esbuild", "pyodide")):
        raise BuildError("the packages of the site are missing; run `make book`, or `npm ci`")


def _make(layout: Layout, folder: Path) -> None:
    for source, target in BUNDLES.items():
        _bundle(layout, layout.front_end / source, folder / target)
    _copy_katex(layout.packages / "katex" / "dist", folder)
    _copy_pyodide(layout.packages / "pyodide", folder)


def _bundle(layout: Layout, source: Path, target: Path) -> None:
    run_node(
        layout.packages / "esbuild" / "bin" / "esbuild",
        source,
        f"--outfile={target}",
        "--bundle",
        "--minify",
        # A classic script also runs in a page opened from the disk, a module does not.
        "--format=iife",
        "--target=es2020",
        "--legal-comments=none",
        "--log-level=warning",
        cwd=layout.root,
    )


def _copy_katex(source: Path, folder: Path) -> None:
    fonts = folder / "katex" / "fonts"
    fonts.mkdir(parents=True)
    for font in source.glob("fonts/*.woff2"):
        shutil.copy(font, fonts)
    styles = (source / "katex.min.css").read_text(encoding="utf-8")
    (folder / KATEX_CSS).write_text(_OLDER_FONT_FORMATS.sub("", styles), encoding="utf-8")


def _copy_pyodide(source: Path, folder: Path) -> None:
    version = json.loads((source / "package.json").read_text(encoding="utf-8"))["version"]
    # The name of an immutable folder: what a browser has kept of it is right for ever.
    target = folder / f"pyodide-{version}"
    target.mkdir()
    for name in PYODIDE:
        shutil.copyfile(source / name, target / name)
    # Without the packages that the site does not have, an import of one fails here and at once.
    listed = json.loads((source / PYODIDE_LIST).read_text(encoding="utf-8"))
    (target / PYODIDE_LIST).write_text(
        json.dumps({"info": listed["info"], "packages": {}}), encoding="utf-8"
    )
