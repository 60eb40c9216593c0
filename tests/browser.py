"""The site as a reader gets it: built, served from this machine, shown by a browser."""

import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import sync_playwright

from llmbook import book
from place import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    # As root, in a container, Chromium's own sandbox does not start.
    "--no-sandbox",
    "--disable-gpu",
    # The browser's own calls home would look like requests of a page.
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find():
    """Return the path of a Chromium, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def is_required():
    """Whether tests without a browser fail; elsewhere they are skipped."""
    return os.environ.get("CI", "").lower() == "true"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def site():
    """The folder of the current site."""
    return book.build(root=ROOT)


@pytest.fixture(scope="session")
def address(site):
    """Where the site is served, with a slash at the end."""
    handler = partial(QuietHandler, directory=site)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    path = find()
    if path is None:
        tell = pytest.fail if is_required() else pytest.skip
        tell("no Chromium was found on this machine (install the package `chromium`)")
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield program
        program.close()
