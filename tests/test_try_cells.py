"""The code of each box stands alone, and gives the numbers that the page shows below it."""

import io
import json
import re
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

NAME = re.compile(r"^(\w+): ", re.MULTILINE)
FACTORS = (1.5, 0.5, 0.9)
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


def run(package, code):
    """Run code as the browser does, without any other package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN, str(package)],
        input=code,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def shown(chapter):
    """What the page shows below the cell."""
    golden = nbformat.read(golden_path(find_layout(ROOT), chapter), as_version=4)
    (frozen,) = tagged(golden, TAG)
    return frozen.outputs[0].text


def test_there_are_chapters():
    assert len(CHAPTERS) >= 7


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
class TestBox:
    def test_every_chapter_has_one(self, chapter):
        assert len(tagged(jupytext.read(chapter.path), TAG)) == 1

    def test_code_stands_alone_and_gives_the_numbers_of_the_page(self, chapter, package):
        inputs, cell = tagged(jupytext.read(chapter.path), PARAMETERS, TAG)
        done = run(package, f"{inputs.source}\n\n{cell.source}")
        assert done == {"output": shown(chapter), "problem": None}

    def test_every_input_that_it_reads_moves_what_it_prints(self, chapter, package):
        inputs, cell = tagged(jupytext.read(chapter.path), PARAMETERS, TAG)
        before = shown(chapter)
        read = [
            name for name in NAME.findall(inputs.source) if re.search(rf"\b{name}\b", cell.source)
        ]
        assert read
        for name in read:
            # One factor may be outside what a formula allows, or lost in rounding up.
            changed = (f"{inputs.source}\n{name} *= {factor}\n{cell.source}" for factor in FACTORS)
            found = (run(package, code) for code in changed)
            assert any(not done["problem"] and done["output"] != before for done in found), name
