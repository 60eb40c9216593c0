import pytest

from llmbook import data, turns
from llmbook.adoption import daily_growth_factor
from llmbook.assistant import recognised_seconds, turn_seconds


def test_a_turn_by_hand():
    # 0.5 + 4 x 0.07 + 0.06 + (0.3 + 0.02 x 9) + 0.2
    assert turn_seconds(0.5, 4, 0.07, 0.06, 0.3, 0.02, 10, 0.2) == pytest.approx(1.52)


def test_a_question_becomes_text_by_hand():
    # Half a second of silence, and four seconds of speech at 0.07 of their length.
    assert recognised_seconds(0.5, 4, 0.07) == pytest.approx(0.78)


def test_growth_by_hand():
    # A hundredfold in two days is a tenfold a day.
    assert daily_growth_factor(1e6, 1e8, 2) == pytest.approx(10)
    assert daily_growth_factor(57e6, 100e6, 31) ** 31 == pytest.approx(100 / 57)


STAGES = [
    "endpoint-default",
    "question",
    "recognition-faster-whisper",
    "ttft-gpt-4-turbo",
    "tpot-gpt-4-turbo",
    "first-phrase",
    "synthesis-fast",
]


def test_a_budget_of_measured_stages_by_hand():
    found = turns.budget(STAGES, "5g-uk-2024")
    # 0.5; 4 x 0.0692; 0.031; 0.40; 9 x 0.0256; 0.188
    assert list(found["segments"].values()) == pytest.approx(
        [0.5, 0.2768, 0.031, 0.40, 0.2304, 0.188]
    )
    assert found["seconds"] == pytest.approx(sum(found["segments"].values()))
    assert found["seconds"] == pytest.approx(1.6262)
    assert found["unverified"] == ["question", "first-phrase"]


def test_only_what_no_source_verified_is_marked(monkeypatch):
    plain = data.row

    def every_source_read(table, key):
        row = plain(table, key)
        if table != "assistant_stages" or row.grade == "unverified":
            return row
        return data.Row(id=row.id, stage=row.stage, value=row.value, grade="primary")

    monkeypatch.setattr(turns.data, "row", every_source_read)
    assert turns.budget(STAGES, "5g-uk-2024")["unverified"] == ["question", "first-phrase"]


def test_the_chain_of_three_models_breaks_the_limit():
    turn = {row.id: row.value for row in turns.whole_turns()}
    assert turn["limit"] == 1
    assert turns.budget(STAGES, "5g-uk-2024")["seconds"] > turn["limit"]
    assert turn["whole-gpt-4o"] < turn["limit"] < turn["whole-gpt-3.5"] < turn["whole-gpt-4"]


@pytest.mark.parametrize(
    ("stages", "link", "message"),
    [
        (STAGES[1:], "5g-uk-2024", "stages must be one each of"),
        ([*STAGES, "synthesis-slow"], "5g-uk-2024", "stages must be one each of"),
        ([*STAGES[1:], "limit"], "5g-uk-2024", "stages must be one each of"),
        (STAGES, "pcie-4-x16", "link must have a known round trip"),
        (STAGES, "carrier-pigeon", "no row of links is called 'carrier-pigeon'"),
    ],
)
def test_a_turn_must_be_whole(stages, link, message):
    with pytest.raises(ValueError, match=message):
        turns.budget(stages, link)


def test_growth_that_the_adoption_figure_implies():
    rows = {row.id: row for row in data.table("adoption")}
    start, end = rows["chatgpt-first-million"], rows["chatgpt"]
    growth = daily_growth_factor(start.users, end.users, end.n_days - start.n_days)
    # A hundredfold in 57 days: e to the power of 4.60517 / 57.
    assert growth == pytest.approx(1.084146, abs=1e-6)
