from xml.etree import ElementTree

import pandas as pd
import pytest

from llmbook import charts
from llmbook.charts import drawings
from llmbook.charts.drawings import Arrow, Box, Drawing, Words

LETTER = 7.5  # at most, on average, of the drawing's 13 units
FIGURES = {
    "computer": drawings.computer("A < B"),
    "hierarchy": drawings.hierarchy("A < B", "WAN:\n20 ms", "5G:\n31 ms", "small & quick"),
}


def svg_of(drawing):
    page = drawing.html()
    return ElementTree.fromstring(page[page.index("<svg") : page.index("</figure>")])


def named(svg, name):
    return svg.findall(f".//{{http://www.w3.org/2000/svg}}{name}")


@pytest.fixture(params=FIGURES)
def drawing(request):
    return FIGURES[request.param]


def test_what_is_seen_can_be_heard(drawing):
    svg = svg_of(drawing)
    assert svg.get("role") == "img"
    ids = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    heard = [ids[name] for name in svg.get("aria-labelledby").split()]
    assert heard == [drawing.title, drawing.description]
    assert "\n" not in drawing.description


def test_lines_and_words_take_the_colour_of_the_page(drawing):
    svg = svg_of(drawing)
    assert {text.get("fill") for text in named(svg, "text")} == {"currentColor"}
    assert {part.get("stroke") for part in named(svg, "rect") + named(svg, "line")} == {
        "currentColor"
    }


def test_every_word_stays_inside_the_drawing(drawing):
    svg = svg_of(drawing)
    _, _, width, height = map(float, svg.get("viewBox").split())
    for text in named(svg, "text"):
        room = LETTER * len(text.text)
        left = float(text.get("x")) - {"start": 0, "middle": room / 2}[text.get("text-anchor")]
        assert left >= 0 and left + room <= width, text.text
        assert 0 < float(text.get("y")) < height


def test_words_stay_inside_their_boxes(drawing):
    for box in (part for part in drawing.parts if isinstance(part, Box)):
        lines = box.words.split("\n")
        assert max(map(len, lines)) * LETTER <= box.width, box.words
        assert 16 * len(lines) <= box.height, box.words


def test_an_arrow_has_a_head_where_it_should():
    one = Drawing("t", "d", 50, [Arrow(0, 0, 10, 10, both=False), Words(1, 20, "a")])
    (line,) = named(svg_of(one), "line")
    (marker,) = named(svg_of(one), "marker")
    assert line.get("marker-end") == f"url(#{marker.get('id')})"
    assert line.get("marker-start") is None
    (line,) = named(svg_of(Drawing("t", "d", 50, [Arrow(0, 0, 10, 10)])), "line")
    assert line.get("marker-start") == line.get("marker-end")


def test_two_drawings_on_a_page_do_not_share_an_id():
    first, second = (
        {element.get("id") for element in svg_of(item).iter() if element.get("id")}
        for item in FIGURES.values()
    )
    assert first and not first & second


def test_a_map_has_a_colour_for_each_choice_and_its_numbers_as_a_table():
    frame = pd.DataFrame({"a": [1, 2], "b": [3, 3], "place": ["edge", "cloud"]})
    found = charts.areas(frame, "a", "b", "place", ["edge", "cloud"], "t", "d")
    scale = found.spec()["encoding"]["color"]["scale"]
    assert scale["domain"] == ["edge", "cloud"]
    assert len(set(scale["range"])) == 2
    assert found.table is frame


def test_a_range_in_two_colours_begins_at_the_plan():
    # The low end of the second input gives the high result.
    frame = pd.DataFrame({"what": ["rent\n2 to 8", "rate\n5 to 9"], "a": [1, 4], "b": [5, 2]})
    found = charts.ranges(frame, "what", "a", "b", 3, "t", "d", "USD", ends=("low", "high"))
    low, high, _ = found.spec()["layer"]
    assert [part["encoding"]["x"]["field"] for part in (low, high)] == ["a", "b"]
    for part, end in ((low, "low"), (high, "high")):
        known = {item["as"]: eval(item["calculate"]) for item in part["transform"]}
        assert known == {"end": end, "point": 3}
        assert part["encoding"]["x2"]["field"] == "point"
        assert part["encoding"]["color"]["scale"]["domain"] == ["low", "high"]
        assert len(set(part["encoding"]["color"]["scale"]["range"])) == 2
        assert "split" in part["encoding"]["y"]["axis"]["labelExpr"]


def test_a_timeline_has_a_point_an_event_in_their_order():
    frame = pd.DataFrame(
        {"what": ["b", "a"], "when": ["2020-05", "2021-02-24"], "kind": ["x", "y"]}
    )
    found = charts.timeline(frame, "what", "when", "kind", "t", "d")
    encoding = found.spec()["encoding"]
    assert encoding["x"]["type"] == "temporal"
    assert encoding["y"]["sort"] is None
    assert encoding["color"]["field"] == "kind"
    assert found.table is frame


@pytest.mark.parametrize(
    ("frame", "order", "message"),
    [
        ({"a": [1], "b": [3], "place": ["nowhere"]}, ["edge"], r"\['nowhere'\] are missing"),
        ({"a": [], "b": [], "place": []}, ["edge"], "frame must have a row at least"),
        ({"a": [1], "b": [3], "place": ["edge"]}, list("vwxyz"), "4 choices at most"),
    ],
)
def test_a_map_is_never_empty_or_without_a_colour(frame, order, message):
    with pytest.raises(ValueError, match=message):
        charts.areas(pd.DataFrame(frame), "a", "b", "place", order, "t", "d")
