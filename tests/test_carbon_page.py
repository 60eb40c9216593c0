"""The audit of chapter VI with other numbers than the paper's."""

import re
from pathlib import Path

import pytest

CHAPTER = Path(__file__).parents[1] / "chapters" / "6-carbon.md"
CELLS = re.findall(
    r"^```\{code-cell\} python\n(.*?)^```$",
    CHAPTER.read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


def audited(estimate_t=553.87, disparity=0.32, actual_t=536.69):
    """Run the cells on the "actual" emission and return what they glue."""
    glued = {}
    known = {"estimate_t": estimate_t, "disparity": disparity, "actual_t": actual_t}
    known |= {"reported": 552.1, "PERCENT": 0.01, "glue": glued.__setitem__}
    cells = [cell for cell in CELLS if "backwards_t" in cell]
    assert len(cells) == 2
    for cell in cells:
        exec(re.sub(r"^:tags:.*$", "", cell, flags=re.MULTILINE), known)
    return glued


def test_the_papers_numbers():
    found = audited()
    # 553.87 / 536.69 - 1 = 3.2011 %, and 553.87 / 1.032 = 536.696.
    assert found["own gap"] == pytest.approx(3.2011, abs=1e-4)
    assert found["back"] == pytest.approx(536.696, abs=1e-3)
    assert "computed backwards" in found["back reads"]


def test_a_disparity_of_zero():
    found = audited(disparity=0)
    assert found["gap points"] == pytest.approx(3.2011, abs=1e-4)
    assert found["back reads"] == "not the 536.69 t"


def test_the_guess_is_withdrawn_when_it_does_not_fit():
    assert audited(estimate_t=700)["back reads"] == "not the 536.69 t"
