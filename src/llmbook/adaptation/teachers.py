"""Students that learn from the labels of a teacher, in place of people's."""

import statistics

import numpy as np

from llmbook.adaptation import naming
from llmbook.adaptation.setting import base_matrix, full_model, mean_and_spread
from llmbook.low_rank import accuracy, scores


def teacher_and_student(human=500, width=128, seeds=range(3)):
    """Train a smaller student on labels of people, of a teacher and of a biased teacher.

    The teacher is the full model of 256 numbers a vector, trained by people's labels on half of
    the names.  The student sees the other half, without labels.  The biased teacher learned from
    names in Latin letters only; the lopsided student is shown only those.

    Parameters
    ----------
    human : int
        Names of the student's half that people label.
    width : int
        Numbers in a vector of the student.
    seeds : sequence of int

    Returns
    -------
    list of dict
        ``who`` learned from how many ``names`` (mean over seeds), labelled ``by`` whom,
        ``accuracy``, ``spread``, and ``latin`` and ``cyrillic``: the accuracy on the names in
        each script.
    """
    runs = [_school(human, width, seed) for seed in seeds]
    return [_joined(rows) for rows in zip(*runs, strict=True)]


def _school(human, width, seed):
    """Return a row for each of two teachers and six students."""
    order = np.random.default_rng(seed).permutation(naming.split()["pool"])
    taught, seen = np.array_split(order, 2)
    latin = ~naming.is_cyrillic()
    large, small = naming.countries(), naming.countries(width)
    only_latin = taught[latin[taught]]
    teacher, biased = (full_model(large, learned, seed) for learned in (taught, only_latin))
    by_teacher, by_biased = (
        small.relabelled(scores(large, model).argmax(axis=1)) for model in (teacher, biased)
    )
    lessons = [
        ("student, few labels", small, seen[:human], "people"),
        ("student", by_teacher, seen, "teacher"),
        ("student of people", small, seen, "people"),
        ("student of the biased teacher", by_biased, seen, "biased teacher"),
        ("lopsided student", by_teacher, seen[latin[seen]], "teacher"),
    ]
    return [
        _row("teacher", large, teacher, taught, "people"),
        _row("biased teacher", large, biased, only_latin, "people"),
        _row("frozen student", small, base_matrix(width), (), "nobody"),
        *(
            _row(who, small, full_model(task, learned, seed), learned, by)
            for who, task, learned, by in lessons
        ),
    ]


def _row(who, task, model, learned, by):
    tested = naming.split()["test"]
    cyrillic = naming.is_cyrillic()[tested]
    groups = {"accuracy": tested, "latin": tested[~cyrillic], "cyrillic": tested[cyrillic]}
    shares = {name: accuracy(task.part(chosen), model) for name, chosen in groups.items()}
    return {"who": who, "names": len(learned), "by": by, **shares}


def _joined(rows):
    """Average the same lesson over seeds."""
    columns = ("names", "latin", "cyrillic")
    means = {column: statistics.mean(row[column] for row in rows) for column in columns}
    return rows[0] | means | mean_and_spread([row["accuracy"] for row in rows])
