import json
import re

import altair as alt
import pandas as pd
import pytest

from llmbook import charts
from llmbook.charts.calculator import expression_text
from llmbook.charts.calculators import cards_calculator, days_calculator
from llmbook.charts.figure import SITE_VARIABLE
from llmbook.sizing import cards_needed
from llmbook.transformer import weight_bytes

FRAME = pd.DataFrame({"card": ["a", "b"], "memory": [80.0, 192.0], "kind": ["x", "y"]})


def spec_in(page):
    (text,) = re.findall(r'class="llmbook-spec">(.*?)</script>', page, re.S)
    return json.loads(text)


def figure(**changes):
    chart = alt.Chart(FRAME).mark_bar().encode(x="memory:Q", y="card:N")
    settings = {"title": "A < B", "description": "Two bars.", "table": FRAME} | changes
    return charts.Figure(chart, **settings)


def test_a_figure_has_title_description_table_and_specification():
    page = figure().html()
    assert '<figcaption class="llmbook-title">A &lt; B</figcaption>' in page
    assert '<p class="llmbook-description">Two bars.</p>' in page
    assert "<td>192</td>" in page
    assert spec_in(page)["description"] == "Two bars."


def test_a_figure_is_the_same_every_time_and_changes_with_its_data():
    assert figure().html() == figure().html()
    identity = re.search(r'id="chart-(\w+)"', figure().html()).group(1)
    assert identity not in figure(title="Another").html()


def test_a_script_cannot_be_closed_from_inside():
    frame = FRAME.assign(card=["</script><b>", "b"])
    page = charts.bars(frame, "card", "memory", "t", "d", "GB").html()
    assert page.count("</script>") == 1
    assert "</script><b>" in json.dumps(spec_in(page))


def test_outside_the_book_a_notebook_gets_altairs_own_output(monkeypatch):
    monkeypatch.setenv(SITE_VARIABLE, "1")
    assert "llmbook-spec" in figure()._repr_mimebundle_()["text/html"]
    monkeypatch.delenv(SITE_VARIABLE)
    assert "llmbook-spec" not in str(figure()._repr_mimebundle_())


def test_room_is_kept_for_the_rows_and_the_inputs():
    two = charts.bars(FRAME, "card", "memory", "t", "d", "GB").html()
    assert 'style="--llmbook-height:112px;--llmbook-inputs:0"' in two
    page = cards_calculator(65e9, 1, 230e6).figure().html()
    assert 'style="--llmbook-height:242px;--llmbook-inputs:7"' in page
    assert "--llmbook-height:340px" in figure().html()


@pytest.mark.parametrize("log", [False, True])
def test_bars_write_the_whole_number(log):
    frame = pd.DataFrame({"chip": ["a", "b"], "cores": [1.0, 16384.0]})
    page = charts.bars(frame, "chip", "cores", "t", "d", "u", log=log, limit=(10, "ten")).html()
    assert "16,384" in page
    scale = spec_in(page)["layer"][0]["encoding"]["x"]["scale"]
    assert (scale.get("type") == "log") is log
    assert not log or scale["domain"][0] > 0


def test_the_words_of_a_limit_go_where_there_is_room():
    def align(limit):
        page = charts.bars(FRAME, "card", "memory", "t", "d", "GB", limit=(limit, "x")).html()
        return spec_in(page)["layer"][-1]["mark"]["align"]

    assert align(10) == "left"
    assert align(150) == "right"


def test_a_point_of_the_agreement_carries_words():
    frame = pd.DataFrame({"run": ["a", "b"], "x": [1.0, 900.0], "y": [1.0, 800.0], "of": "us"})
    columns = ("run", "x", "y", "of")
    plain = spec_in(charts.agreement(frame, *columns, "t", "d").html())
    named = spec_in(charts.agreement(frame, *columns, "t", "d", named={"b": "b: misprint"}).html())
    assert len(named["layer"]) == len(plain["layer"]) + 1
    (words,) = named["layer"][-1]["data"]["values"]
    assert words == {"x": 900.0, "y": 800.0, "words": "b: misprint"}
    # To the left of a point that lies on the right.
    assert named["layer"][-1]["mark"]["align"] == "right"


def test_groups_stand_in_the_order_asked_for():
    frame = FRAME.assign(kind=["2024", "2020"])
    page = charts.bars(
        frame, "card", "memory", "t", "d", "GB", group="kind", groups=["2020", "2024"]
    ).html()
    assert spec_in(page)["layer"][0]["encoding"]["color"]["sort"] == ["2020", "2024"]


def test_calculators_start_at_the_papers_numbers():
    cards = cards_calculator(65e9, 1, 230e6).evaluate()
    assert cards["weights"] == 65e9
    assert cards["cards_weights"] == 283
    assert cards["cache"] == 2048 * 2_621_440
    assert cards["cards"] == -(-(65_000_000_000 + 2048 * 2_621_440) // 230_000_000)
    days = days_calculator(65e9, 1.4e12, 2048, 312e12, 0.4776).evaluate()
    assert days["seconds"] / 86400 == pytest.approx(5.46e23 / (2048 * 312e12 * 0.478) / 86400)
    assert days["usd"] == pytest.approx(days["device_seconds"] / 3600 * 2)


def test_a_start_that_is_no_option_is_added():
    calculator = cards_calculator(65e9, 1, 123e6)
    assert calculator.evaluate()["memory_bytes"] == 123e6
    (choice,) = (item for item in calculator.inputs if item.name == "memory_bytes")
    assert 123e6 in choice.options.values()


def test_a_calculator_writes_its_stages_as_named_parameters():
    params = {
        param["name"]: param for param in cards_calculator(65e9, 1, 230e6).figure().spec()["params"]
    }
    assert params["set_n_params"]["bind"]["input"] == "range"
    assert params["weights"]["expr"] == "((1.0 * n_params) * bytes_per_param)"
    assert max(len(param.get("expr", "")) for param in params.values()) < 400


WEIGHTS = charts.Stage("total_bytes", weight_bytes, "w", "GB")
CARDS = charts.Stage("cards", cards_needed, "c", "")


def calculator(low=1, stages=(WEIGHTS,)):
    slider = charts.Slider("n_params", 65e9, "P", "", low, 500, 1, 1e9)
    choice = charts.Choice("bytes_per_param", 1, "F", {"INT8": 1.0})
    return charts.Calculator([slider, choice], list(stages), lambda known: None, "t", "d")


def test_a_calculator_refuses_gaps_and_settings_outside_the_domain():
    assert calculator().evaluate(n_params=1e9)["total_bytes"] == 1e9
    with pytest.raises(ValueError, match="n_params can be set outside its domain"):
        calculator(low=0)
    with pytest.raises(ValueError, match="stage 'cards' needs total_bytes"):
        calculator(stages=[CARDS])


def bundled(second=80e9):
    cards = {
        "Groq": {"memory_bytes": 230e6, "bandwidth": 80e12},
        "H100": {"memory_bytes": second, "bandwidth": 3.35e12},
    }
    inputs = [
        charts.Slider("total_bytes", 65e9, "W", "GB", 1, 500, 1, 1e9),
        charts.Bundle("card", "Card", cards, 1),
    ]
    picture = alt.Chart(alt.Data(values=[{}])).mark_point()
    return charts.Calculator(inputs, [CARDS], lambda known: picture, "t", "d")


def test_a_bundle_sets_several_numbers_at_once():
    assert bundled().evaluate()["cards"] == 1
    assert bundled().evaluate(card=0)["cards"] == 283
    params = {param["name"]: param for param in bundled().figure().spec()["params"]}
    assert params["set_card"]["bind"]["labels"] == ["Groq", "H100"]
    assert params["set_card"]["bind"]["options"] == [0, 1]
    assert params["memory_bytes"]["expr"] == "[230000000.0, 80000000000.0][card]"


def test_a_bundle_refuses_numbers_outside_the_domain():
    with pytest.raises(ValueError, match="memory_bytes can be set outside its domain"):
        bundled(second=0.0)


def test_expression_text():
    assert expression_text(alt.datum.x * 2) == "(datum.x * 2)"
    assert expression_text(alt.param(name="p") * 2.0) == "(p * 2.0)"
    assert expression_text(3.0) == "3.0"
