import pandas as pd
import pytest

from llmbook.charts.ledger import badge, headlines, ledger_table, scorecard
from llmbook.charts.references import label
from llmbook.charts.tables import Markup, Table, figures


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (283.0, "283"),
        (65_285_660_672.0, "65,285,660,672"),
        (282.609, "282.6"),
        (0.75, "0.75"),
        (0.123456, "0.1235"),
        (1234.56, "1,235"),
        (-2.5, "-2.5"),
        (0.0, "0"),
        (1.2e-9, "1.200e-09"),
        (0.001234, "0.001234"),
        (None, ""),
        (float("nan"), ""),
        ("text", "text"),
        (True, "True"),
    ],
)
def test_figures(value, text):
    assert figures(value) == text


def test_cells_are_escaped_unless_they_are_markup():
    frame = pd.DataFrame({"a": ["<b>", Markup("<i>x</i>")]})
    page = Table(frame, "Less < more").html()
    assert "&lt;b&gt;" in page
    assert "<i>x</i>" in page
    assert "<caption>Less &lt; more</caption>" in page
    assert 'aria-label="Less &lt; more"' in page


def test_the_index_is_shown_if_it_has_a_name():
    frame = pd.DataFrame({"a": [1.0]}, index=pd.Index(["row"], name="id"))
    assert "<td>row</td>" in Table(frame).html()
    assert "<td>0</td>" not in Table(pd.DataFrame({"a": [1.0]})).html()


def test_no_style_sheet_and_no_empty_caption():
    page = Table(pd.DataFrame({"a": [1.0]})).html()
    assert "<style" not in page
    assert "<caption" not in page


def test_stacked_tables_keep_their_roles():
    page = Table(pd.DataFrame({"a": [1.0]}), "Numbers", stacks=True).html()
    assert "<caption>Numbers</caption>" in page
    for role in ("table", "row", "cell", "columnheader"):
        assert f'role="{role}"' in page


def test_badges_carry_the_words():
    assert badge("contradicted") == (
        '<span class="verdict verdict-contradicted">contradicted</span>'
    )


def test_ledger_anchors_stand_on_one_page_only():
    assert 'id="III-26"' in ledger_table("III", "", anchors=True).html()
    there = ledger_table("III", "").html()
    assert 'id="III-26"' not in there
    assert 'href="ledger.html#III-26"' in there


def test_one_core_is_singular():
    assert "1 core from our sources" in ledger_table("III", "").html()


def test_scorecard_counts_every_verdict():
    page = scorecard().html()
    assert page.count("verdict-") == 6


def test_headlines_link_into_the_folder_of_the_chapters():
    page = headlines(["III-26"], "", folder="chapters/").html()
    assert 'href="chapters/ledger.html#III-26"' in page
    assert 'href="chapters/references.html#epoch2025chips"' in page


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("touvron2023llama", "Touvron et al. 2023"),
        ("dong2024llms", "Dong and Xie 2024"),
        ("ieee754", "IEEE 2019"),
    ],
)
def test_labels_of_sources(key, shown):
    assert label(key) == shown


def test_unknown_source_is_named():
    with pytest.raises(ValueError, match="no reference is called 'nobody2024'"):
        label("nobody2024")
