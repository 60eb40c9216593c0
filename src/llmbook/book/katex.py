"""Formulas become HTML while the book is built, by the KaTeX server of sphinxcontrib-katex."""

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib import katex

from llmbook.book.assets import KATEX_CSS
from llmbook.book.node import node


def configure(_app: Sphinx, config: Config) -> None:
    """Use the fonts and styles of this site and the node of this environment."""
    katex.NODEJS_BINARY = node()
    config.katex_css_path = KATEX_CSS
    config.katex_prerender = True
    config.html_math_renderer = "katex"


def stop_server(_app: Sphinx, _exception: Exception | None) -> None:
    """End the server: left alone, it holds the output of the build open."""
    server = katex.KaTeXServer.katex_server
    if server is not None:
        katex.KaTeXServer.katex_server = None
        server.process.stdin.close()
        server.terminate()
        katex.atexit.unregister(katex.KaTeXServer.terminate)
