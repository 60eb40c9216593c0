"""What a teacher is given: corrections are complete, plans add up, commands run."""

import re
import shlex

import jupytext
import pytest

from llmbook import claims, cli
from llmbook.book import reruns
from llmbook.charts import teaching
from llmbook.claims.verdicts import CONDITIONS, CONTRADICTED
from place import ROOT

PAGE = ROOT / "chapters" / "teaching.md"
TEXT = PAGE.read_text(encoding="utf-8")
SECTIONS = list(dict.fromkeys(item.section for item in claims.results()))
COMMANDS = re.findall(r"^llmbook .+$", TEXT, re.M)


def part(heading):
    """The page from one heading of the second level to the next."""
    found = re.search(rf"^## {re.escape(heading)}.*?(?=^## |\Z)", TEXT, re.M | re.S)
    assert found, heading
    return found.group()


def rows(table):
    return re.findall(r"<tr.*?</tr>", table.html(), re.S)[1:]


@pytest.mark.parametrize("section", SECTIONS)
class TestMisconceptions:
    def test_every_corrected_claim_has_its_row(self, section):
        failing = [
            item
            for item in claims.results()
            if item.section == section and item.verdict in (CONTRADICTED, CONDITIONS)
        ]
        shown = rows(teaching.misconceptions(section))
        assert len(shown) == len(failing)
        for row, item in zip(shown, failing, strict=True):
            assert f'href="ledger.html#{item.id}"' in row
            assert f">{item.verdict}</span>" in row

    def test_they_stand_under_their_chapter(self, section):
        here = part(f"Chapter {section}: guesses and corrections")
        assert re.findall(r'^teaching.misconceptions\("(\w+)"\)$', here, re.M) == [section]

    def test_a_chapter_is_guessed_before_it_is_opened(self, section):
        here = part(f"Chapter {section}: guesses and corrections")
        guesses = re.findall(r"^```\{exercise\}\n:label: (\S+)", here, re.M)
        folded = re.findall(
            r"^```\{solution-start\} (\S+)\n:class: dropdown\n```\n\n```\{code-cell\}", here, re.M
        )
        assert guesses and guesses == folded
        assert "Before opening [chapter" in here


def test_the_key_holds_the_corrected_numbers_only():
    key = teaching.distances().set_index("claim")
    assert key.loc["IV-7", "ours over the paper's"] == pytest.approx(450 / 600)
    assert key.loc["III-26", "unit"] == "cards"
    assert "III-21" not in key.index  # reproduced
    assert "III-3" not in key.index  # words
    assert set(teaching.distances("IV").claim) == {"IV-7"}


def test_a_timetable_adds_up():
    parts = [(50, "guess", ""), (75, "compute", "")]
    frame = teaching.timetable(parts, "", "9:30").frame
    assert list(frame.At) == ["9:30", "10:20", "11:35"]
    assert list(frame.Minutes) == [50, 75, 125]


def test_a_rubric_has_its_sum_in_the_last_row():
    frame = teaching.with_total([("a", 2, "x"), ("b", 3, "y")], ["What", "Points", "For"], "").frame
    assert list(frame.iloc[-1]) == ["In all", 5, ""]


def executed():
    """The names that the cells with the plans leave behind."""
    names = {}
    for cell in jupytext.read(PAGE).cells:
        if cell.cell_type == "code" and re.search(r"^(chapters|weeks|day|see) = ", cell.source):
            exec(cell.source, {"teaching": teaching, **names}, names)
    return names


def test_the_plans_are_whole():
    plans = executed()
    day, weeks, chapters = plans["day"], plans["weeks"], plans["chapters"]
    assert [week[0] for week in weeks] == list("123456")
    # 9:00 to 17:00 are 480 minutes.
    last = teaching.timetable(day, "", "9:00").frame.iloc[-1]
    assert (last.At, last.Minutes) == ("17:00", 480)
    pages = [re.search(r'"(.+)\.html"', where).group(1) for *_, where in chapters]
    assert pages == [
        *(f"{path.stem}" for path in sorted((ROOT / "chapters").glob("[1-6]-*.md"))),
        "capstone",
    ]
    taught = [re.search(r'"(.+)\.html"', where).group(1) for *_, where in day if where]
    assert set(pages) <= set(taught)


def test_each_assignment_has_commands_and_twenty_points():
    for number in (1, 2, 3):
        here = part(f"Assignment {number}")
        assert "```sh\nllmbook " in here
        rubric = re.search(r"teaching\.with_total\(\n\s+\[.*?\]", here, re.S).group()
        assert sum(map(int, re.findall(r'", (\d+), "', rubric))) == 20


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command, capsys, monkeypatch):
    """No chapter is executed: names, units and files have been checked by then."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(reruns, "_rerun", lambda _, chapter, asked: (chapter.path, asked.title))
    words = shlex.split(command)[1:]
    assert cli.main([*words, "--claims"] if words[0] == "impact" else words) == 0
    assert capsys.readouterr().out


def test_the_site_offers_what_the_room_takes_along():
    assert '<a href="../book.zip">' in TEXT
    assert "../{teaching.WHEEL}" in TEXT and "../{teaching.SOURCE}" in TEXT
