import socket
import threading
import time

import pytest
from sphinxcontrib import katex

from llmbook.book.katex import start_server
from llmbook.book.node import node


@pytest.fixture
def late(monkeypatch):
    """A command that does nothing: the tests play the server."""
    monkeypatch.setattr(katex.KaTeXServer, "build_command", lambda **_: [node(), "--version"])


def test_waits_for_a_server_that_has_its_socket_but_does_not_listen_yet(late, tmp_path):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(tmp_path / "katex.sock"))
    threading.Timer(0.3, server.listen).start()
    begin = time.monotonic()
    _, connection = start_server(tmp_path, 10)
    assert time.monotonic() - begin >= 0.2
    connection.close()
    server.close()


def test_gives_up_in_the_end(late, tmp_path):
    with pytest.raises(katex.KaTeXError, match="did not came up"):
        start_server(tmp_path, 0.1)
