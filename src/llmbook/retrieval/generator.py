"""What turns a prompt into an answer: by default a template, by choice a language model.

The template generator is no language model: it reads the first facts of the context out.
With ``LLMBOOK_LLM_URL`` set, any endpoint that speaks OpenAI's chat protocol answers instead.
"""

import json
import os
import queue
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

URL_VARIABLE = "LLMBOOK_LLM_URL"
MODEL_VARIABLE = "LLMBOOK_LLM_MODEL"
KEY_VARIABLE = "LLMBOOK_LLM_KEY"
_LONGEST_REPLY = 2**20


@dataclass(frozen=True)
class Reply:
    """What a generator says.

    Parameters
    ----------
    text : str
    items : tuple
        The values or names that answer, where the generator knows them.
    failed : str
        Why there is no answer; empty if there is one.
    """

    text: str = ""
    items: tuple = ()
    failed: str = ""


class TemplateGenerator:
    """Reads out the first facts of the context, as many as their query returned."""

    name = "template generator"

    def generate(self, prompt, passages):
        """Return the answer that the facts give.

        Parameters
        ----------
        prompt : str
            Not read: a template cannot read.
        passages : list of Passage

        Returns
        -------
        Reply
        """
        if not passages:
            return Reply(failed="there are no facts to read out")
        first = passages[: passages[0].n_rows]
        items = tuple(dict.fromkeys(passage.item for passage in first))
        return Reply("; ".join(passage.text for passage in first), items)


class ChatGenerator:
    """Asks an endpoint that speaks OpenAI's chat protocol.

    Parameters
    ----------
    url : str
        Such as ``http://localhost:8080/v1``.
    model : str
    key : str
        Sent as a bearer token if given.
    timeout : float
        Seconds for the whole answer.
    """

    name = "chat endpoint"

    def __init__(self, url, model="default", key="", timeout=60.0):
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"{URL_VARIABLE} must start with http:// or https://, got {url!r}")
        self.url = url.rstrip("/")
        if not self.url.endswith("/chat/completions"):
            self.url += "/chat/completions"
        self.model, self.key, self.timeout = model, key, timeout

    def generate(self, prompt, passages=()):
        """Return what the endpoint answers; an endpoint that fails gives a reply that says how."""
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": 0,
        }
        headers = {"Content-Type": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        try:
            request = urllib.request.Request(self.url, json.dumps(body).encode(), headers)
            return _read(self._within(request))
        except TimeoutError:
            return Reply(failed=f"the endpoint gave no answer in {self.timeout:g} s")
        except urllib.error.HTTPError as error:
            error.close()
            return Reply(failed=f"the endpoint answered with status {error.code}")
        except OSError as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                return Reply(failed=f"the endpoint gave no answer in {self.timeout:g} s")
            return Reply(failed=f"the endpoint cannot be reached: {error}")
        # A peer that breaks off or speaks another protocol raises what http.client defines.
        except Exception as error:
            return Reply(failed=f"the endpoint broke off: {error!r}")

    def _within(self, request):
        """Send a request and wait no longer than the timeout, headers and all."""
        found = queue.SimpleQueue()

        def send():
            try:
                found.put((self._sent(request), None))
            except Exception as error:
                found.put((b"", error))

        threading.Thread(target=send, daemon=True).start()
        try:
            body, error = found.get(timeout=self.timeout)
        except queue.Empty:
            raise TimeoutError from None
        if error is not None:
            raise error
        return body

    def _sent(self, request):
        deadline = time.monotonic() + self.timeout
        with _OPENER.open(request, timeout=self.timeout) as response:
            parts, size = [], 0
            while part := response.read1(65536):
                parts.append(part)
                size += len(part)
                # Each piece in time is not the whole in time.
                if time.monotonic() > deadline:
                    raise TimeoutError
                if size > _LONGEST_REPLY:
                    break
        return b"".join(parts)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the key would go to a host that the user has not named."""

    def redirect_request(self, *_):
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _read(body):
    try:
        text = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        start = body[:80].decode("utf-8", "replace")
        return Reply(failed=f"the endpoint's answer is no chat completion: {start!r}")
    if isinstance(text, list):
        pieces = [part.get("text") for part in text if isinstance(part, dict)]
        text = "".join(piece for piece in pieces if isinstance(piece, str))
    if not isinstance(text, str) or not text.strip():
        return Reply(failed="the endpoint's answer is empty")
    return Reply(text.strip())


def default_generator():
    """Return the generator that the environment asks for."""
    if url := os.environ.get(URL_VARIABLE):
        model = os.environ.get(MODEL_VARIABLE, "default")
        return ChatGenerator(url, model, os.environ.get(KEY_VARIABLE, ""))
    return TemplateGenerator()
