"""The studies on real vectors, smaller than in the chapter; the trends must show all the same."""

import numpy as np
import pytest

from llmbook import pretrained
from llmbook.adaptation import (
    data_amounts,
    few_answers,
    naming,
    preference_sweep,
    rank_sweep,
    scratch,
    teacher_and_student,
)
from llmbook.adaptation.lookup import letters, looked_up
from llmbook.adaptation.ranks import beside_looking_up, forgetting
from llmbook.adaptation.setting import FULL_RATES, LOW_RANK_RATES, mean_and_spread, rate_for
from llmbook.low_rank import fit


def by(rows, column):
    return {row[column]: row for row in rows}


def test_vectors_come_out_of_the_package():
    vectors = pretrained.token_vectors()
    assert vectors.shape == (len(pretrained.vocabulary()), pretrained.WIDTH)
    king, queen, car = pretrained.embed(["king", "queen", "car"])
    assert king @ queen > king @ car
    assert np.linalg.norm(king) == pytest.approx(1)
    # The library's own way of doing the same
    library = pretrained.library().embed(["Vereinigte Staaten", "car"], norm=True)
    ours = pretrained.embed(["Vereinigte Staaten", "car"])
    np.testing.assert_allclose(ours, library, atol=1e-6)
    assert pretrained.embed(["king"], 64).shape == (1, 64)


def test_names_of_countries():
    english, names, labels = naming.foreign_names()
    found = dict(zip(names, labels, strict=True))
    assert english[found["Deutschland"]] == "Germany"
    assert english[found["Франция"]] == "France"
    assert len(set(names)) == len(names) > 15_000
    assert not set(names) & set(english)
    assert {naming.script(name) for name in names} == set(naming.SCRIPTS)
    assert naming.is_cyrillic()[names.index("Франция")]
    assert not naming.is_cyrillic()[names.index("Deutschland")]
    assert naming.countries().x.shape == (len(names), pretrained.WIDTH)


def test_a_name_of_two_countries_is_no_question():
    from babel import Locale, localedata

    owners = {}
    for language in localedata.locale_identifiers():
        if "_" not in language and language != "en":
            for code, name in Locale(language).territories.items():
                if len(code) == 2:
                    owners.setdefault(name, set()).add(code)
    shared = {name for name, codes in owners.items() if len(codes) > 1}
    assert "Kongo" in shared
    assert not shared & set(naming.foreign_names()[1])


def test_script_of_a_name():
    assert naming.script("Österreich, Wien") == "LATIN"
    assert naming.script("Россия") == "CYRILLIC"
    assert naming.script("X" + "Россия") is None
    assert naming.script("?") is None


def test_nothing_is_learned_from_a_name_that_is_tested():
    cut = naming.split()
    everything = np.concatenate(list(cut.values()))
    assert sorted(everything) == list(range(len(naming.foreign_names()[1])))
    assert len(cut["test"]) == 4000 and len(cut["validation"]) == 1000


def test_inflections_are_words_of_the_vocabulary_with_their_stems():
    task = naming.inflections()
    known = pretrained.vocabulary()
    worked, work = (
        pretrained.directions(pretrained.token_vectors()[[known[f"▁{word}"]]])[0]
        for word in ("worked", "work")
    )
    (place,) = np.flatnonzero((task.x == worked).all(axis=1))
    np.testing.assert_array_equal(task.answers[task.labels[place]], work)


def test_rank_matters_beyond_the_noise_of_the_seeds():
    rows = by(rank_sweep(ranks=(1, 8, 32), seeds=range(2)), "update")
    shares = [rows[name]["accuracy"] for name in ("frozen", "rank 1", "rank 8", "rank 32", "full")]
    noise = max(row["spread"] for row in rows.values() if row["rank"] != 0)
    assert min(np.diff(shares)) > 2 * noise > 0
    assert rows["rank 8"]["trained"] == 2 * 256 * 8
    assert rows["full"]["trained"] == 256**2
    # weights, gradients and two moments of 8 bytes
    assert rows["full"]["state_bytes"] == 256**2 * 4 * 8
    assert rows["frozen"]["trained"] == 0
    # Every update forgets something, a higher rank more.
    kept = {name: row["kept"] for name, row in rows.items()}
    assert kept["frozen"] > kept["rank 8"] > kept["rank 32"]


def test_forgetting_follows_the_rate_and_not_the_method():
    slow = by(forgetting(ranks=(32, None), rate=0.01), "update")
    fast = by(forgetting(ranks=(32,), rate=0.02), "update")
    assert abs(slow["rank 32"]["kept"] - slow["full"]["kept"]) < 0.01
    assert slow["rank 32"]["kept"] - fast["rank 32"]["kept"] > 0.02


def test_looking_up_by_letters():
    one, same, other = letters(["Deutschland", "deutschland", "Brasilia"])
    assert one @ same == pytest.approx(1) and one @ other < 0.2
    # By letters alone it beats the frozen vectors, which know the languages.
    assert looked_up() > 0.65


def test_languages_that_are_tested_are_not_learned_from():
    cut, used = naming.split_by_language(), naming.languages()
    names = naming.foreign_names()[1]
    assert "de" in used[names.index("Deutschland")] and len(used) == len(names)
    assert sorted(np.concatenate(list(cut.values()))) == list(range(len(names)))
    # A learned name may be one of a tested language too, but never of tested ones only.
    tested = set().union(*(used[i] for i in cut["test"]))
    assert not any(used[i] <= tested for part in ("pool", "validation") for i in cut[part])
    assert 3000 < len(cut["test"]) < 5000


def test_looking_up_leads_in_new_languages_only_once_training_is_long():
    rows = {(row["way"], row["steps"]): row for row in beside_looking_up(seeds=(0,))}
    looked, short, long = rows["looked up", None], rows["full", 150], rows["full", 600]
    assert rows["frozen", None]["known"] < short["known"] < looked["known"] < long["known"]
    assert rows["frozen", None]["new"] < short["new"] < long["new"] < looked["new"] - 0.1


def test_one_direction_is_enough_for_two_answers():
    rows = by(few_answers(ranks=(1,), seeds=range(1)), "update")
    assert rows["rank 1"]["accuracy"] > 0.95 > rows["frozen"]["accuracy"]
    assert abs(rows["rank 1"]["accuracy"] - rows["full"]["accuracy"]) < 0.02


def test_pretraining_pays_when_labels_are_few():
    rows = data_amounts(amounts=(500, 8000), seeds=range(1))
    shares = {(row["way"], row["names"]): row["accuracy"] for row in rows}
    assert shares["full", 500] > shares["frozen", 0] > shares["from scratch", 500]
    assert shares["frozen", 0] > shares["frozen, random vectors", 0]
    lead = {n: shares["full", n] - shares["from scratch", n] for n in (500, 8000)}
    assert lead[500] > 3 * lead[8000]
    assert all(row["spread"] is None for row in rows)  # one run has none


def test_a_student_inherits_the_bias_of_its_teacher():
    rows = by(teacher_and_student(seeds=range(1)), "who")
    student, biased = rows["student"], rows["student of the biased teacher"]
    assert rows["student of people"]["accuracy"] > student["accuracy"]
    assert student["accuracy"] > rows["student, few labels"]["accuracy"]
    assert biased["cyrillic"] < student["cyrillic"] / 2
    # It is shown all names; what it gets wrong is the labels.
    assert biased["names"] == student["names"] > rows["lopsided student"]["names"]
    assert rows["student, few labels"]["names"] == 500
    # The mean hides it: most names are Latin.
    assert student["accuracy"] - biased["accuracy"] < 0.05
    assert rows["lopsided student"]["cyrillic"] < student["cyrillic"] / 1.5
    assert rows["teacher"]["accuracy"] > rows["student of people"]["accuracy"]


def test_preferences_help_only_while_the_model_is_held_to_the_reference():
    rows = by(preference_sweep(betas=(0.03, 1.0), seeds=range(1)), "beta")
    reference, loose, held = rows[None], rows[0.03], rows[1.0]
    assert held["agreement"] > reference["agreement"] > loose["agreement"]
    assert held["accuracy"] > reference["accuracy"] > 2 * loose["accuracy"]
    assert loose["divergence"] > 10 * held["divergence"] > reference["divergence"] == 0


def test_vectors_learned_from_scratch_are_counted_by_their_tokens():
    names, english = scratch.tokenised_countries()
    np.testing.assert_allclose(names.sum(axis=1), 1)
    assert english.shape == (len(naming.foreign_names()[0]), names.shape[1])
    table = np.random.default_rng(0).normal(size=(names.shape[1], 8))
    labels = naming.countries().labels
    assert 0 < scratch.accuracy_from_scratch(table, names, english, labels) < 0.2


def test_rates_grow_with_the_names():
    assert [rate_for(None, names) for names in (500, 1000, 1001, 8000)] == [
        0.002,
        0.002,
        0.004,
        0.01,
    ]
    assert rate_for(16, 15_000) == LOW_RANK_RATES[None]
    assert mean_and_spread([0.5]) == {"accuracy": 0.5, "spread": None}
    assert mean_and_spread([1.0, 3.0]) == {"accuracy": 2.0, "spread": pytest.approx(2**0.5)}


def test_the_rate_is_the_one_that_the_validation_names_choose():
    cut = {key: naming.countries().part(chosen) for key, chosen in naming.split().items()}
    few, base = cut["pool"].part(slice(0, 500)), np.eye(pretrained.WIDTH)

    def judged(rate):
        factors = fit(few, cut["validation"], base, None, 0, rate, steps=75)
        found = cut["validation"].x @ (base + factors[0]) @ cut["validation"].answers.T
        return np.mean(found.argmax(axis=1) == cut["validation"].labels)

    assert judged(FULL_RATES[1000]) > judged(FULL_RATES[None])
