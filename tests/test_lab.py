"""JupyterLab opens the Markdown of a chapter as a notebook and writes it back as Markdown."""

import json
import os
import subprocess
import sys
import time
import urllib.request

import pytest

from place import ROOT

TOKEN = "a-token-of-the-test"
SETTINGS = "labconfig/default_setting_overrides.json"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The server that `make lab` starts, over a copy of one chapter."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "one.md").write_bytes((ROOT / "chapters" / "1-ubiquitous.md").read_bytes())
    settings = os.environ | {"JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_TOKEN": TOKEN}
    runtime = folder / "runtime"
    settings["JUPYTER_RUNTIME_DIR"] = str(runtime)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    server = subprocess.Popen(
        [*command, f"--ServerApp.root_dir={folder}"], env=settings, stderr=subprocess.DEVNULL
    )
    try:
        yield address_of(server, runtime), folder
    finally:
        server.terminate()
        server.wait(timeout=30)


def address_of(server, runtime):
    for _ in range(300):
        for path in runtime.glob("jpserver-*.json"):
            text = path.read_text()
            if text:
                return json.loads(text)["url"]
        assert server.poll() is None
        time.sleep(0.2)
    pytest.fail("the server did not start")


def ask(url, content=None):
    headers = {"Authorization": f"token {TOKEN}", "Content-Type": "application/json"}
    body = json.dumps(content).encode() if content else None
    request = urllib.request.Request(url, body, headers, method="PUT" if content else "GET")
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.loads(reply.read())


def test_chapter_opens_as_a_notebook_and_is_saved_as_markdown(lab):
    address, folder = lab
    url = f"{address}api/contents/one.md"
    found = ask(f"{url}?type=notebook")
    codes = [cell for cell in found["content"]["cells"] if cell["cell_type"] == "code"]
    assert len(codes) > 10
    codes[-1]["source"] += "\n# changed"
    ask(url, {"type": "notebook", "format": "json", "content": found["content"]})
    text = (folder / "one.md").read_text(encoding="utf-8")
    assert "# changed" in text and '"outputs"' not in text and "```{code-cell}" in text


def test_make_lab_opens_markdown_in_the_notebook_editor(tmp_path):
    """With the server left out: what the command writes before it starts."""
    command = ["make", "-n", "lab", f"LAB={tmp_path}"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "jupyter lab" in shown
    viewer = [os.path.join(os.path.dirname(sys.executable), "jupytext-config")]
    place = tmp_path / SETTINGS
    subprocess.run(
        [*viewer, "--settings-file", place, "set-default-viewer", "markdown", "myst"], check=True
    )
    assert SETTINGS in shown and "set-default-viewer markdown myst" in shown
    (settings,) = json.loads(place.read_text()).values()
    assert settings["defaultViewers"] == {
        "markdown": "Jupytext Notebook",
        "myst": "Jupytext Notebook",
    }
