import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from llmbook.retrieval.generator import ChatGenerator, TemplateGenerator, default_generator
from llmbook.retrieval.pipeline import Pipeline, book_graph

QUESTION = "How much memory does the T4 have?"


class Endpoint(BaseHTTPRequestHandler):
    """Answers as the first part of the path says."""

    received: dict = {}  # noqa: RUF012

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        Endpoint.received = {"path": self.path, "body": body, "headers": dict(self.headers)}
        kind = self.path.split("/")[1]
        if kind == "slow":
            time.sleep(1.5)
        if kind == "error":
            self.send_error(503)
            return
        if kind == "broken":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            return
        if kind == "moved":
            self.send_response(302)
            self.send_header("Location", f"{HOSTS['other']}/v1/chat/completions")
            self.end_headers()
            return
        if kind == "slow-headers":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for number in range(30):
                self.wfile.write(f"X-{number}: 1\r\n".encode())
                self.wfile.flush()
                time.sleep(0.05)
        if kind == "strange":
            self.wfile.write(b"this is no HTTP\r\n\r\n")
            return
        self.send_response(200)
        self.end_headers()
        if kind == "dripping":
            for _ in range(30):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)
        self.wfile.write(REPLIES.get(kind, REPLIES["good"]))

    def log_message(self, *_):
        pass


GOOD = json.dumps({"choices": [{"message": {"content": " 16 GB "}}]}).encode()
PARTS = [{"type": "text", "text": "16 "}, {"type": "image_url"}, {"type": "text", "text": "GB"}]
# Another server than the one that is asked.
HOSTS: dict = {}
REPLIES = {
    "parts": json.dumps({"choices": [{"message": {"content": PARTS}}]}).encode(),
    "endless": b" " * 2**21 + GOOD,
    "good": GOOD,
    "nonsense": b"<html>hello</html>",
    "binary": b"\xff\xfe\x00",
    "nothing": b"",
    "list": b"[]",
    "no-choices": b'{"choices": []}',
    "null": b'{"choices": [{"message": {"content": null}}]}',
    "blank": b'{"choices": [{"message": {"content": "  "}}]}',
    "huge": b"[" * 2**21,
}


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A client that gave up breaks the pipe; that is what is tested."""


@pytest.fixture(scope="module")
def url():
    server = Server(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def asked(url, **options):
    return Pipeline(book_graph(), ChatGenerator(url, **options)).ask(QUESTION)


def test_an_endpoint_answers(url):
    answer = asked(f"{url}/v1", model="small", key="abc")
    assert (answer.text, answer.failed, answer.items) == ("16 GB", "", ())
    received = Endpoint.received
    assert received["path"] == "/v1/chat/completions"
    assert received["body"]["model"] == "small"
    assert received["body"]["messages"] == [{"role": "user", "content": answer.prompt}]
    # The same question gets the same answer, as far as the endpoint keeps its word.
    assert received["body"]["temperature"] == 0
    assert received["headers"]["Authorization"] == "Bearer abc"


def test_the_whole_address_may_be_given(url):
    assert asked(f"{url}/v1/chat/completions/").text == "16 GB"
    assert Endpoint.received["path"] == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("error", "status 503"),
        ("nonsense", "no chat completion: '<html>hello</html>'"),
        ("binary", "no chat completion"),
        ("nothing", "no chat completion"),
        ("list", "no chat completion"),
        ("no-choices", "no chat completion"),
        ("huge", "no chat completion"),
        ("endless", "no chat completion"),
        ("null", "is empty"),
        ("blank", "is empty"),
        ("broken", "no chat completion|broke off"),
        ("strange", "broke off|cannot be reached"),
    ],
)
def test_an_endpoint_that_fails(url, kind, why):
    answer = asked(f"{url}/{kind}")
    assert answer.failed == "generation" and answer.items == ()
    assert any(part in answer.text for part in why.split("|")), answer.text
    assert answer.prompt and answer.rows  # what came before it stays to be seen


def test_an_answer_in_parts(url):
    assert asked(f"{url}/parts").text == "16 GB"


def test_the_key_stays_with_the_host_that_was_named(url):
    other = Server(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    HOSTS["other"] = f"http://127.0.0.1:{other.server_port}"
    answer = asked(f"{url}/moved", key="secret")
    assert answer.failed == "generation" and "status 302" in answer.text
    assert Endpoint.received["path"].startswith("/moved")
    other.shutdown()
    other.server_close()


@pytest.mark.parametrize("bad", ["http://[bad", "http://", "http://a b/v1", "http://127.0.0.1:x"])
def test_an_address_that_is_none_fails_at_generation(bad):
    answer = asked(bad, timeout=1)
    assert answer.failed == "generation" and answer.text.startswith("No answer (generation): the")


@pytest.mark.parametrize("kind", ["slow", "slow-headers", "dripping"])
def test_an_endpoint_that_is_slow(url, kind):
    start = time.monotonic()
    answer = asked(f"{url}/{kind}", timeout=0.3)
    assert answer.failed == "generation" and "gave no answer in 0.3 s" in answer.text
    assert time.monotonic() - start < 1.2


def test_an_endpoint_that_is_down():
    answer = asked("http://127.0.0.1:9")
    assert answer.failed == "generation" and "cannot be reached" in answer.text


@pytest.mark.parametrize("bad", ["", "localhost:8080", "file:///etc/passwd", "ftp://host"])
def test_other_addresses_are_refused(bad):
    with pytest.raises(ValueError, match=r"^LLMBOOK_LLM_URL must start with http"):
        ChatGenerator(bad)


def test_the_environment_chooses(monkeypatch, url):
    monkeypatch.delenv("LLMBOOK_LLM_URL", raising=False)
    assert isinstance(default_generator(), TemplateGenerator)
    monkeypatch.setenv("LLMBOOK_LLM_URL", f"{url}/v1")
    monkeypatch.setenv("LLMBOOK_LLM_MODEL", "mine")
    chosen = default_generator()
    assert isinstance(chosen, ChatGenerator) and chosen.model == "mine"


def test_a_template_reads_out_facts():
    assert TemplateGenerator().generate("anything", []).failed
    passages = list(Pipeline(book_graph(), TemplateGenerator()).ask(QUESTION).passages)
    reply = TemplateGenerator().generate("anything", passages)
    assert (reply.text, reply.items) == ("T4: memory 16 GB", (16e9,))
