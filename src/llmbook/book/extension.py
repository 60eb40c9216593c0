"""The Sphinx extension that makes a Jupyter Book this book.

It is named in _config.yml, so that a plain `jupyter-book build .` gives the same pages.
"""

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from llmbook.book import bundle, downloads, hygiene, katex, pages, try_it
from llmbook.book.assets import ensure_assets
from llmbook.book.kernel import isolate
from llmbook.book.key import SITE_KEY_FILE, cache_key
from llmbook.book.layout import Layout


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("config-inited", configure)
    app.connect("config-inited", katex.configure)
    app.connect("builder-inited", forget_key)
    # Late, because the theme fills the same list of buttons.
    app.connect("html-page-context", pages.offer_notebook, priority=900)
    app.connect("html-page-context", try_it.offer_python)
    app.connect("build-finished", katex.stop_server)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def configure(app: Sphinx, config: Config) -> None:
    """Set what depends on the state of the sources and cannot stand in _config.yml."""
    layout = Layout(Path(app.srcdir))
    isolate(layout.jupyter)
    # Without the key a page keeps its numbers after a change in the package or in the data.
    config.nb_execution_cache_path = str(layout.caches / cache_key(layout.root))
    config.html_static_path = [*config.html_static_path, str(ensure_assets(layout))]
    config.templates_path = [str(Path(__file__).parent / "templates"), *config.templates_path]
    app.add_css_file("llmbook.css", priority=900)
    app.add_js_file("llmbook.js", loading_method="defer")
    hygiene.unplug_thebe(app)


def forget_key(app: Sphinx) -> None:
    """While pages are written the key of the former ones does not hold."""
    Path(app.outdir, SITE_KEY_FILE).unlink(missing_ok=True)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Complete the site when its pages are written."""
    if exception is None and app.builder.name == "html":
        root, site = Path(app.srcdir), Path(app.outdir)
        downloads.write_notebooks(root, Path(app.config.nb_execution_cache_path), site)
        downloads.write_claims(site)
        try_it.write_package(site)
        hygiene.remove_unused(site)
        hygiene.finish_pages(site)
        bundle.write_bundle(site)
