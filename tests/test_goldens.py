"""A golden that was never executed, or is not its chapter, would pass without a comparison."""

import json

import jupytext
import nbformat
import pytest

from llmbook.book import digests
from llmbook.book.goldens import golden_chapters, golden_path
from llmbook.book.layout import find_layout
from llmbook.book.notebooks import normalised
from place import ROOT

LAYOUT = find_layout(ROOT)
CHAPTERS = golden_chapters(ROOT)
# Tags and comments by which nbval leaves an output, or a whole cell, uncompared.
SKIPS = ("nbval-skip", "nbval-ignore-output", "raises-exception")
SKIP_COMMENTS = ("NBVAL_SKIP", "NBVAL_IGNORE_OUTPUT", "PYTEST_VALIDATE_IGNORE_OUTPUT")


def read(chapter):
    return nbformat.read(golden_path(LAYOUT, chapter), as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_chapter_has_a_golden_and_every_golden_a_chapter():
    goldens = {path.name for path in LAYOUT.goldens.glob("*.ipynb")}
    assert goldens == {golden_path(LAYOUT, chapter).name for chapter in CHAPTERS}


def test_there_is_something_to_compare():
    assert CHAPTERS


def test_every_table_of_the_data_page_is_as_frozen():
    frozen = json.loads((LAYOUT.goldens / digests.NAME).read_text(encoding="utf-8"))
    assert digests.digests() == frozen


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.name)
class TestGolden:
    def test_every_cell_was_executed_in_order(self, chapter):
        counts = [cell.execution_count for cell in code_cells(read(chapter))]
        assert counts == list(range(1, len(counts) + 1))

    def test_outputs_are_compared(self, chapter):
        assert any(cell.outputs for cell in code_cells(read(chapter)))

    def test_no_cell_is_left_out(self, chapter):
        for cell in code_cells(read(chapter)):
            assert not set(SKIPS) & set(cell.metadata.get("tags", []))
            assert not any(comment in cell.source for comment in SKIP_COMMENTS)

    def test_no_cell_raised(self, chapter):
        outputs = [output for cell in code_cells(read(chapter)) for output in cell.outputs]
        assert not [output for output in outputs if output.output_type == "error"]

    def test_cells_are_those_of_the_chapter(self, chapter):
        sources = [cell.source for cell in code_cells(jupytext.read(chapter.path))]
        assert [cell.source for cell in code_cells(read(chapter))] == sources

    def test_file_is_normalised(self, chapter):
        text = golden_path(LAYOUT, chapter).read_text(encoding="utf-8")
        assert nbformat.writes(normalised(read(chapter))) + "\n" == text
