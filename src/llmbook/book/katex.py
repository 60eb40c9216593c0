"""Formulas become HTML while the book is built, by the KaTeX server of sphinxcontrib-katex."""

import socket
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinxcontrib import katex

from llmbook.book.assets import KATEX_CSS
from llmbook.book.node import node

# A machine that is busy with other things may need long to start a process.
_SECONDS_TO_START = 60.0
_SECONDS_BETWEEN_TRIES = 0.01


def configure(_app: Sphinx, config: Config) -> None:
    """Use the fonts and styles of this site and the node of this environment."""
    katex.NODEJS_BINARY = node()
    katex.STARTUP_TIMEOUT = katex.RENDER_TIMEOUT = _SECONDS_TO_START
    katex.KaTeXServer.start_server_process = staticmethod(start_server)
    config.katex_css_path = KATEX_CSS
    config.katex_prerender = True
    config.html_math_renderer = "katex"


def start_server(folder: Path, timeout: float) -> tuple[Popen, socket.socket]:
    """Start the server and connect to it; takes the place of the extension's own way.

    That one connects as soon as the socket is there, which is a moment before the server listens,
    and lets it hold the terminal of the build open.
    """
    path = folder / "katex.sock"
    command = katex.KaTeXServer.build_command(socket=path)
    process = Popen(command, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, cwd=folder)
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            connection.close()
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return process, connection
    process.kill()
    raise katex.KaTeXServer.timeout_error(timeout)


def stop_server(_app: Sphinx, _exception: Exception | None) -> None:
    """End the server with the build."""
    server = katex.KaTeXServer.katex_server
    if server is not None:
        katex.KaTeXServer.katex_server = None
        server.process.stdin.close()
        server.terminate()
        katex.atexit.unregister(katex.KaTeXServer.terminate)
