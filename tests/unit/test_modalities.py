from itertools import permutations

import pytest

from llmbook import data, modalities
from llmbook.modalities import GENERATION, SILENT, SUMMARIZATION, judged_pairs, rule, tally


def test_every_ordered_pair_is_there_once():
    keys = [row.id for row in data.table("modalities")]
    pairs = [(row.source_modality, row.target_modality) for row in data.table("modality_pairs")]
    assert sorted(pairs) == sorted(permutations(keys, 2))
    assert len(judged_pairs()) == 20


def test_the_rule_by_hand():
    # Text and audio are sampled along one line, an image on a plane, video and 3D in three.
    assert rule("text", "image") == GENERATION
    assert rule("video", "text") == SUMMARIZATION
    assert rule("text", "audio") == rule("video", "3d") == SILENT
    # Audio has more bytes a second than the text that is spoken.
    assert rule("text", "audio", "raw_bytes_per_unit") == GENERATION


def test_the_paper_lists_nine_pairs_and_the_rule_is_wrong_on_none_of_them():
    assert tally(listed=True) == {"right": 6, "wrong": 0, "silent": 3}


def test_the_rule_is_wrong_on_four_pairs_that_it_does_not_list():
    assert tally() == {"right": 12, "wrong": 4, "silent": 4}
    wrong = {row["pair"].id for row in judged_pairs() if row["holds"] is False}
    assert wrong == {"image-audio", "video-audio", "3d-audio", "3d-image"}


def test_no_meaning_of_dimension_makes_the_rule_right():
    for measure in modalities.MEASURES:
        assert sum(tally(measure).values()) == 20
        assert tally(measure)["wrong"] > 0


def test_streams_by_hand():
    found = {row["modality"].id: row for row in modalities.streams()}
    assert list(found) == [row.id for row in data.table("modalities")]
    assert found["audio"]["raw_bytes_per_second"] == 32000
    assert found["video"]["tokens_per_second"] == 258
    assert found["text"]["compressed_bytes_per_second"] is None
    # 11.12 Mbit/s up carry one live video of 8, and 1853 voices of 6 kbit/s.
    up = modalities.streams_on("5g-uk-2024")
    assert up["video"] == pytest.approx(1.39)
    assert up["audio"] == pytest.approx(1.39e6 / 750)
    assert modalities.streams_on("5g-uk-2024", "down")["video"] == pytest.approx(13.88)


def test_what_has_no_duration_comes_once_a_second():
    found = {row["modality"].id: row for row in modalities.streams()}
    assert found["image"]["tokens_per_second"] == 576
    assert found["3d"]["raw_bytes_per_second"] == 98304
    # 336 x 336 pixels of three bytes over 1.39 MB/s; text has no compressed size either.
    up = modalities.streams_on("5g-uk-2024")
    assert up["image"] == pytest.approx(1.39e6 / 338688)
    assert up["text"] == pytest.approx(1.39e6 / 13.3)


def test_a_unit_of_two_seconds_is_half_a_stream(monkeypatch):
    item = data.Row(
        id="x",
        unit_seconds=2.0,
        raw_bytes_per_unit=100.0,
        compressed_bytes_per_unit=10.0,
        tokens_per_unit=6.0,
    )
    monkeypatch.setattr(modalities.data, "table", lambda name: [item])
    (found,) = modalities.streams()
    assert found["raw_bytes_per_second"] == 50
    assert found["compressed_bytes_per_second"] == 5
    assert found["tokens_per_second"] == 3


def test_a_model_follows_many_voices_and_few_films():
    found = modalities.streams_at(2580)
    assert found["video"] == 10
    assert found["audio"] == pytest.approx(80.625)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rule("text", "smell"), "no row of modalities is called 'smell'"),
        (lambda: rule("text", "image", "beauty"), "measure must be one of"),
        (lambda: modalities.streams_on("5g-uk-2024", "sideways"), "direction must be up or down"),
        (lambda: modalities.streams_at(0), "tokens_per_second must be a finite number above 0"),
        (lambda: modalities.streams_on("wan-zones"), "link must have a known rate up"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
