"""Build a site beside the one that stands; it takes its place only when everything held."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from llmbook.book.errors import BuildError
from llmbook.book.folders import clear_leftovers, new_folder, swap_in
from llmbook.book.key import SITE_KEY_FILE, cache_key, site_key
from llmbook.book.layout import Layout, find_layout
from llmbook.book.lock import only_one

if TYPE_CHECKING:
    from llmbook.book.scenario import Scenario


def build_site(root: Path | None, force: bool) -> Path:
    """Build the book; see llmbook.book.build."""
    layout = find_layout(root)
    try:
        with only_one(layout.build):
            _build(layout, force)
    except OSError as error:
        raise BuildError(f"the book could not be built: {error}") from error
    return layout.site


def build_scenario(path: Path, root: Path | None) -> Path:
    """Build the book with the numbers of a file; see llmbook.book.build_scenario."""
    from llmbook.book.scenario import read_scenario
    from llmbook.book.toc import chapters

    layout = find_layout(root)
    scenario = read_scenario(path, chapters(layout.root))
    place = layout.scenarios / scenario.name / "html"
    try:
        with only_one(layout.build):
            clear_leftovers(place.parent, place)
            with new_folder(place.parent) as folder:
                site = _make_scenario(layout, folder, scenario)
                swap_in(site, place)
    except OSError as error:
        raise BuildError(f"{scenario.name} could not be built: {error}") from error
    return place


def _make_scenario(layout: Layout, folder: Path, scenario: "Scenario") -> Path:
    from llmbook.book.assets import ensure_assets
    from llmbook.book.variant import tables_of, write_book

    ensure_assets(layout)
    variant = write_book(layout, folder / "book", scenario)
    with tables_of(variant, scenario):
        return _make(variant, folder)


def _build(layout: Layout, force: bool) -> None:
    clear_leftovers(layout.build, layout.site)
    # Taken before the work: a file saved during the build makes the next build work again.
    key = site_key(layout.root)
    if not force and _is_current(layout, key):
        print("nothing has changed since the last build")
        return
    with new_folder(layout.build) as folder:
        site = _make(layout, folder)
        (site / SITE_KEY_FILE).write_text(key)
        swap_in(site, layout.site)
    _remove_stale_caches(layout)


def _is_current(layout: Layout, key: str) -> bool:
    marker = layout.site / SITE_KEY_FILE
    return marker.is_file() and marker.read_text() == key


def _make(layout: Layout, folder: Path) -> Path:
    # Here, because they load Sphinx and Jupyter, which takes longer than the check above.
    from llmbook.book.assets import ensure_assets
    from llmbook.book.execute import fill_cache
    from llmbook.book.kernel import isolate
    from llmbook.book.render import render
    from llmbook.book.toc import chapters

    ensure_assets(layout)
    isolate(layout.jupyter)
    fill_cache(chapters(layout.root), layout.caches / cache_key(layout.root))
    return render(layout, folder)


def _remove_stale_caches(layout: Layout) -> None:
    current = cache_key(layout.root)
    for folder in layout.caches.iterdir():
        if folder.name != current:
            shutil.rmtree(folder, ignore_errors=True)
