"""What a changed cell moves in the chapters, without a change to the repository."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from llmbook import data, impact
from llmbook.book.moved import _alike, _last_statement, moved_in_chapters
from place import ROOT
from small_book import CHAPTER, HEADER, make

NUMBERS = (
    HEADER
    + """```{code-cell} python
import pandas as pd

from llmbook import charts, data
from llmbook.charts.prose import glue

card = data.accelerator("a100-80")
glue("memory", card.memory_bytes)
card.memory_bytes / 1e9
```

```{code-cell} python
cards = pd.DataFrame({"card": ["A100"], "memory": [card.memory_bytes]})
charts.Table(cards, "The cards")
```

```{code-cell} python
charts.bars(cards, "card", "memory", "Memory", "One bar.", "B")
```

```{code-cell} python
assert card.memory_bytes < 90e9
```

It has {glue:text}`memory:.0f`.
"""
)
FILES = {
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n"
    "  - file: chapters/one\n  - file: chapters/two\n",
    "chapters/one.md": NUMBERS,
    "chapters/two.md": CHAPTER.replace("# One", "# Two"),
}


def test_noise_of_the_last_digit_is_no_move():
    for one, other in [
        (15.010584985726608, 15.010584985726604),
        ("15.010584985726608", "15.010584985726604"),
        ("{'a': 1.0000000000001, 'b': 2}", "{'a': 1.0, 'b': 2}"),
    ]:
        assert _alike(one, other)
    for one, other in [
        (1.0, 1.001),
        ("1,000 cards", "1,001 cards"),
        ("1 card", "1 rack"),
        (1, "1"),
    ]:
        assert not _alike(one, other)


def test_a_result_is_named_by_its_last_statement():
    assert _last_statement("x = 1\n{\n    'a': x,\n}") == "{'a': x}"
    assert _last_statement("f(\n    1,\n)\n") == "f(1)"
    assert _last_statement("sum([" + "number, " * 30 + "])").endswith("number, …")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return make(tmp_path_factory.mktemp("moved"), FILES)


def moved(root, text):
    return moved_in_chapters(impact.read_request(text), root)


def test_text_result_table_and_chart_are_told(root):
    before = {path: path.read_bytes() for path in (ROOT / "data").iterdir()}
    assert moved(root, "accelerators:a100-80:memory_bytes=85GB") == [
        "chapters/one: 4 would move",
        "  number in the text, memory: 80000000000.0 → 85000000000.0",
        "  result of card.memory_bytes / 1000000000.0: 80.0 → 85.0",
        "  table, The cards: A100, memory: 80,000,000,000 → 85,000,000,000",
        "  chart, Memory: 2 of 3 values: A100, memory: 80,000,000,000 → 85,000,000,000; "
        "A100, written: 80,000,000,000 → 85,000,000,000",
        "chapters/two: nothing would move",
    ]
    assert {path: path.read_bytes() for path in (ROOT / "data").iterdir()} == before
    assert data.FOLDER_VARIABLE not in os.environ


def test_a_chapter_that_fails_says_where(root):
    lines = moved(root, "accelerators:a100-80:memory_bytes=96GB")
    assert lines[0] == "chapters/one: 1 would move"
    assert "code cell 4" in lines[1] and "AssertionError" in lines[1]


def test_a_notebook_can_ask(root):
    """Its cells run inside a loop of their own."""

    async def ask():
        return moved(root, "accelerators:a100-80:memory_bytes=85GB")

    # A browser test may have left a loop in the thread of the tests.
    with ThreadPoolExecutor(1) as thread:
        lines = thread.submit(asyncio.run, ask()).result()
    assert lines[0] == "chapters/one: 4 would move"
