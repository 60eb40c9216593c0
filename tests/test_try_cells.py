"""The code of each box stands alone, and gives the numbers that the page shows below it."""

import io
import json
import subprocess
import sys
import zipfile

import jupytext
import nbformat
import pytest

from llmbook.book.goldens import golden_chapters, golden_path
from llmbook.book.layout import find_layout
from llmbook.book.parameters import TAG as PARAMETERS
from llmbook.book.reader_package import archive
from llmbook.book.try_it import TAG
from place import ROOT

RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from llmbook.scratchpad import run
shown = []
problem = run(sys.stdin.read(), shown.append)
print(json.dumps({"output": "".join(shown), "problem": problem}))
"""


def tagged(notebook, *tags):
    return [cell for cell in notebook.cells if set(tags) & set(cell.metadata.get("tags", []))]


# A page of the book that computes from inputs of its own.
CHAPTERS = [
    chapter for chapter in golden_chapters(ROOT) if tagged(jupytext.read(chapter.path), PARAMETERS)
]


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """The folder into which the browser unpacks the package."""
    folder = tmp_path_factory.mktemp("reader")
    zipfile.ZipFile(io.BytesIO(archive()[1])).extractall(folder)
    return folder


def test_there_are_chapters():
    assert len(CHAPTERS) >= 7


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
class TestBox:
    def test_every_chapter_has_one(self, chapter):
        assert len(tagged(jupytext.read(chapter.path), TAG)) == 1

    def test_code_stands_alone_and_gives_the_numbers_of_the_page(self, chapter, package):
        cells = tagged(jupytext.read(chapter.path), PARAMETERS, TAG)
        golden = nbformat.read(golden_path(find_layout(ROOT), chapter), as_version=4)
        (frozen,) = tagged(golden, TAG)
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", RUN, str(package)],
            input="\n\n".join(cell.source for cell in cells),
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == {"output": frozen.outputs[0].text, "problem": None}
