"""Numbers with a comparison behind them: every answer is right by the tables, or refused."""

import itertools
import operator

import pytest

from llmbook.data import table
from llmbook.retrieval import facts
from llmbook.retrieval.comparisons import in_front
from llmbook.retrieval.coverage import is_suited
from llmbook.retrieval.generator import TemplateGenerator
from llmbook.retrieval.pipeline import Pipeline, book_graph

PIPELINE = Pipeline(book_graph(), TemplateGenerator())

# What is asked for, in words and as rows of a table.
KINDS = {
    "GPUs": ("accelerators", lambda row: row.kind == "GPU"),
    "NVIDIA GPUs": ("accelerators", lambda row: row.kind == "GPU" and row.vendor == "NVIDIA"),
    "accelerators": ("accelerators", lambda row: True),
    "models": ("models", lambda row: True),
    "training runs": ("training_runs", lambda row: True),
}
# Amounts, in words and as a number of a column of a table.
AMOUNTS = {
    "80 GB": ("accelerators", "memory_bytes", 80e9),
    "80 GB of memory": ("accelerators", "memory_bytes", 80e9),
    "300 W": ("accelerators", "tdp_watts", 300.0),
    "2 TB/s": ("accelerators", "bandwidth_bytes_per_s", 2e12),
    "40 layers": ("models", "n_layers", 40),
    "32 heads": ("models", "n_heads", 32),
    "100 billion parameters": ("models", "reported_params", 100e9),
    "1000 cards": ("training_runs", "n_devices", 1000),
    "1 trillion tokens": ("training_runs", "n_tokens", 1e12),
}
# The power of a run's cards stands in its own row.
ALSO = {("training_runs", "300 W"): "power_watts"}
UP = ("or more", "or higher", "or greater", "or above", "and up", "at least", "minimum")
DOWN = ("or less", "or fewer", "or lower", "or below", "at most", "maximum")
ENDINGS = dict.fromkeys(UP, operator.ge) | dict.fromkeys(DOWN, operator.le)
FORMS = ("Which {kind} have {amount} {ending}?", "How many {kind} have {amount} {ending}?")
GRID = list(itertools.product(KINDS, AMOUNTS, ENDINGS))


def expected(kind, amount, ending):
    """The names that the table gives, or None where the things have no such property."""
    name, is_one = KINDS[kind]
    where, column, limit = AMOUNTS[amount]
    if name != where:
        column = ALSO.get((name, amount))
    if column is None:
        return None
    known = [r for r in table(name) if is_one(r) and getattr(r, column) is not None]
    return sorted(row.name for row in known if ENDINGS[ending](getattr(row, column), limit))


def given(question):
    answer = PIPELINE.ask(question)
    return None if answer.failed else sorted(answer.items)


def test_which_have_so_much_or_more():
    n_right = n_plain = 0
    for kind, amount, ending in GRID:
        right = expected(kind, amount, ending)
        said = given(FORMS[0].format(kind=kind, amount=amount, ending=ending))
        n_plain += right is not None
        n_right += said is not None
        assert said is None or said == right, (kind, amount, ending, said)
    # All but some of those that ask for the power of the cards of a run.
    assert n_plain > 200 and n_right > 0.9 * n_plain


def test_how_many_have_so_much_or_more():
    n_right = n_plain = 0
    for kind, amount, ending in GRID:
        right = expected(kind, amount, ending)
        said = given(FORMS[1].format(kind=kind, amount=amount, ending=ending))
        n_plain += right is not None
        n_right += said is not None
        assert said is None or said == [len(right or ())], (kind, amount, ending, said)
    assert n_right > 0.9 * n_plain


# Other wordings, some of which are refused.
OTHERS = {
    operator.ge: (
        "at least {0}; no less than {0}; not less than {0}; a minimum of {0}; minimum {0}; {0} plus"
        "; greater than or equal to {0}; at or above {0}; {0} as a minimum; {0} at minimum; >= {0}"
        "; {0} (or more) of memory; {0}, or more; {0} and over; {0} or even more; from {0} up; {0}+"
        "; at the very least {0}; anything from {0}; 80 or more GB; exactly {0} or more; {0} or up"
        "; equal to or greater than {0}; as much as {0} or more; {0}-or-more; {0} if not more"
    ),
    operator.le: (
        "at most {0}; no more than {0}; not more than {0}; a maximum of {0}; maximum {0}; {0} tops"
        "; less than or equal to {0}; at or below {0}; {0} as a maximum; {0} at most; <= {0}"
        "; {0} (or less) of memory; within {0}; up to {0}; not above {0}; {0} or under; until {0}"
        "; limited to {0}; {0} max; not exceeding {0}; {0} down"
    ),
    operator.gt: (
        "more than {0}; over {0}; > {0}; in excess of {0}; upwards of {0}; better than {0}"
    ),
    operator.lt: "less than {0}; under {0}; < {0}; short of {0}; below {0}; fewer than {0}",
    operator.eq: "{0}; exactly {0}; {0} of memory; a memory of {0}; {0} memory",
}


def test_other_wordings_of_a_limit():
    gpus = [row for row in table("accelerators") if row.kind == "GPU" and row.memory_bytes]
    n_said = n_asked = 0
    for holds, words in OTHERS.items():
        fit = [row for row in gpus if holds(row.memory_bytes, 80e9)]
        most = max(row.bandwidth_bytes_per_s for row in fit if row.bandwidth_bytes_per_s)
        best = sorted(row.name for row in fit if row.bandwidth_bytes_per_s == most)
        for said in words.split("; "):
            for form, right in (
                ("Which GPUs have {}?", sorted(row.name for row in fit)),
                ("List the GPUs with {}.", sorted(row.name for row in fit)),
                ("How many GPUs have {}?", [len(fit)]),
                ("Which GPU with {} has the highest bandwidth?", best),
            ):
                answer = given(form.format(said.format("80 GB")))
                n_asked += 1
                n_said += answer is not None
                assert answer in (None, right), form.format(said.format("80 GB"))
    assert n_said > 0.7 * n_asked


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("in or after 2023", lambda year: year >= 2023),
        ("after or in 2023", lambda year: year >= 2023),
        ("in 2023 or later", lambda year: year >= 2023),
        ("since 2023", lambda year: year >= 2023),
        ("from 2023 on", lambda year: year >= 2023),
        ("after 2023", lambda year: year > 2023),
        ("in or before 2020", lambda year: year <= 2020),
        ("in 2020 or earlier", lambda year: year <= 2020),
        ("in 2020 or before", lambda year: year <= 2020),
        ("before 2020", lambda year: year < 2020),
        ("in 2023", lambda year: year == 2023),
    ],
)
def test_years(words, holds):
    for noun, name, column in (
        ("accelerators were launched", "accelerators", "launched"),
        ("models were released", "models", "released"),
    ):
        dated = [row for row in table(name) if getattr(row, column)]
        right = sorted(row.name for row in dated if holds(int(getattr(row, column)[:4])))
        if right:
            assert given(f"Which {noun} {words}?") == right
            assert given(f"How many {noun} {words}?") == [len(right)]


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("GPUs with 80 GB of memory or more", "GPUs with at least 80 GB of memory"),
        ("cards for $2,000 or less", "cards for at most $2,000"),
        ("GPUs with 80+ GB", "GPUs with at least 80 GB"),
        ("GPUs with 80GB+?", "GPUs with at least 80GB?"),
        ("GPUs with >= 80 GB", "GPUs with at least 80 GB"),
        ("GPUs with <80 GB", "GPUs with less than 80 GB"),
        # Left where they are: a part of a name, another noun, another comparison before
        ("the memory of the A100 80 GB or more", None),
        ("as large as Llama 2 70B or larger", None),
        ("like mistral 7b or larger", None),
        ("Does the M3 Max have more than the M3?", None),
        ("models with 40 heads or more layers", None),
        ("GPUs with more than 80 GB or more", None),
        ("GPUs with 80 GB or more than 400 W", None),
        ("GPUs with about 80 GB or more", None),
        ("GPUs with 80 GB or the most memory", None),
        ("GPUs with 80 GB in a rack or more", None),
    ],
)
def test_what_is_put_in_front(asked, read):
    assert in_front(asked, {"mistral"}) == (read or asked)


def test_a_launch_is_later_and_not_more():
    launched = facts.KINDS["Accelerator"].property("launched")
    assert is_suited("latest", launched, False) and is_suited("most recent", launched, False)
    assert not is_suited("most", launched, False) and not is_suited("highest", launched, False)
    assert is_suited("highest", launched, True)  # where it is named


@pytest.mark.parametrize(
    "question",
    [
        # A comparison that is not read is no superlative
        "Which GPUs have 80 GB or so?",
        "Which GPUs have 80 GB or better?",
        "Which GPUs have 80 GB at the least?",
        "Which GPUs have the memory of the A100 80 GB or more?",
        "Which models are as large as Llama 2 70B or larger?",
        "Which models have 40 heads or more layers?",
        "Which GPUs have 80 GB or more bandwidth?",
        "Which GPUs have at least 80 GB or more than 400 W?",
        # Nearly a number, and between two
        "Which GPUs have about 80 GB of memory?",
        "Which GPUs have ~80 GB of memory?",
        "Which GPUs have between 80 GB and 100 GB?",
        "Which GPUs have from 80 GB to 100 GB?",
        # Of two conditions one would be enough
        "Which models have 40 heads or 40 layers?",
        "Which accelerators have more than 100 GB of memory or are made by AMD?",
        "Which accelerators are made by Google or trained GPT-3?",
        # None has the most of what all have alike
        "Which GPU with 80 GB has the most memory?",
        "Which model with 40 layers has the fewest layers?",
        # A number of things, or a year
        "Which models have at most 2048 tokens of context?",
        "Which cards were launched after 2023-06?",
        # Bigger by what?
        "Which is the biggest GPU?",
        "What is the smallest GPU?",
        "What is the biggest TPU?",
        "What is the largest accelerator?",
        "Which is the largest chip?",
        "Which is the smallest training run?",
        # The most of what?
        "Which GPUs have the maximum?",
        "List the GPUs with the least.",
        # The table of runs has it of those only whose model has no row of its own
        "Which training run has the most parameters?",
        "How many training runs have more than 100 billion parameters?",
        "What is the average number of parameters of the training runs?",
        # What a thing has not, and a way that is not said
        "Which GPUs have at least 40 layers?",
        "Which models used at least 1000 cards?",
    ],
)
def test_what_is_not_said_is_refused(question):
    answer = PIPELINE.ask(question)
    assert answer.failed, answer.text


@pytest.mark.parametrize(
    ("question", "column", "best"),
    [
        ("Which training run used the most GPUs?", "n_devices", max),
        ("Which training run used the fewest cards?", "n_devices", min),
        ("Which training run used the largest number of GPUs?", "n_devices", max),
    ],
)
def test_the_most_cards_are_counted(question, column, best):
    known = [row for row in table("training_runs") if getattr(row, column) is not None]
    edge = best(getattr(row, column) for row in known)
    assert given(question) == sorted(r.name for r in known if getattr(r, column) == edge)


def test_the_best_of_those_that_have_so_much_or_more():
    gpus = [r for r in table("accelerators") if r.kind == "GPU" and (r.memory_bytes or 0) >= 80e9]
    least = min(row.tdp_watts for row in gpus if row.tdp_watts)
    right = sorted(row.name for row in gpus if row.tdp_watts == least)
    assert given("Which GPU with 80 GB or more draws the least power?") == right
