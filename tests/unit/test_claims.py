import json

import pytest

from llmbook import claims, data
from llmbook.claims import inputs, registry, verdicts
from llmbook.claims.ledger import check_complete, evidence_of
from llmbook.data import Row

EXPECTED = {
    # claim: from the paper's inputs, from sources, verdict
    "I-1": (None, None, "supported"),
    "I-2": (None, None, "supported"),
    "I-3": (None, 62 / (365.25 / 12), "reproduced"),
    "I-4": (None, None, "contradicted"),
    "I-5": (None, 9, "reproduced"),
    "I-6": (None, None, "contradicted"),
    "I-7": (None, None, "not checkable"),
    "I-8": (None, 4, "contradicted"),
    "I-9": (None, None, "contradicted"),
    "I-10": (None, None, "contradicted"),
    "I-11": (None, None, "contradicted"),
    # 9.689 stands between 8.786 and 10.236.
    "V-1": (None, 65.285660672 / 6.738415616, "reproduced"),
    "V-2": (None, None, "contradicted"),
    "V-3": (None, 4, "reproduced"),
    # 6.738e9 x 0.5 / 51e9 = 66.06 ms a draft, 130.57e9 / (8 x 2.039e12) = 8.005 ms a step:
    # (1 - .73^5) / .27 x 8.005 / (4 x 66.06 + 8.005 + 31).
    "V-4": (None, 0.0774947, "contradicted"),
    "V-5": (None, None, "not checkable"),
    "V-6": (None, None, "supported"),
    # 100 x 66.06 ms over 31 + 230 ms and 100 x 1.652 ms.
    "V-7": (None, 15.49905, "contradicted"),
    # 3 requests a second: one card at the edge, 41 for a hundred areas; 100 / 41.
    "V-8": (None, 100 / 41, "contradicted"),
    # 31 ms and 100 x 6.610 ms, over the same and 72.74 ms.
    "V-14": (None, 692.0 / 764.74, "reproduced"),
    # 7 W x (0.2914 + 199 x 0.1) s at 0.1864 USD a kWh = 7.319e-6 USD; 41 cards at 1.81 USD an
    # hour over 300 a second = 6.871e-5 USD.
    "V-15": (None, 0.10650496, "reproduced"),
    "V-9": (None, None, "not checkable"),
    "V-10": (None, None, "contradicted"),
    **{f"V-{number}": (None, None, "supported") for number in (11, 12, 13)},
    "II-1": (None, 6.738415616, "contradicted"),
    "II-2": (None, None, "not checkable"),
    "II-3": (None, None, "contradicted"),
    "II-4": (None, None, "supported"),
    "II-5": (None, None, "misattributed"),
    "II-6": (None, None, "misattributed"),
    "II-7": (None, None, "contradicted"),
    "II-8": (None, None, "contradicted"),
    "II-9": (None, None, "contradicted"),
    "II-10": (None, None, "contradicted"),
    "II-11": (None, None, "misattributed"),
    "III-1": (None, 1, "contradicted"),
    "III-2": (None, 24576, "reproduced"),
    "III-4": (None, 16384, "reproduced"),
    "III-6": (1.5, 1.5, "reproduced"),
    "III-7": (None, 24, "reproduced"),
    "III-10": (None, 38.3, "contradicted"),
    "III-11": (None, 65.285660672, "reproduced"),
    "III-12": (None, 2, "reproduced"),
    "III-13": (130, 130.571321344, "reproduced"),
    "III-14": (None, 192, "contradicted"),
    "III-15": (None, 1044.570570752, "contradicted"),
    "III-17": (None, 80, "reproduced"),
    "III-18": (None, 1.4, "reproduced"),
    "III-19": (None, 0.75, "reproduced"),
    "III-20": (1.05, 1.05, "reproduced"),
    "III-21": (None, 20.82095973, "reproduced"),
    "III-23": (None, 1, "contradicted"),
    "III-24": (65, 65.285660672, "reproduced"),
    "III-25": (None, 230, "reproduced"),
    "III-26": (283, 284, "reproduced with conditions"),
    "III-27": (None, 576 / 204, "contradicted"),
    "III-3": (None, None, "contradicted"),
    "III-5": (None, None, "not checkable"),
    "III-8": (None, None, "contradicted"),
    "III-9": (None, None, "contradicted"),
    "III-16": (None, None, "contradicted"),
    "III-22": (None, None, "contradicted"),
    "III-28": (None, None, "not checkable"),
    "III-29": (None, None, "not checkable"),
    "III-30": (None, None, "contradicted"),
    "IV-1": (None, 152, "reproduced"),  # of 26, 152 and 191
    "IV-2": (None, 499, "reproduced"),
    "IV-3": (None, 0.27, "reproduced"),  # of .15, .245, .27, .27, .5, .7 and .9775
    "IV-4": (None, 0.245, "reproduced"),  # (3 x 0.14 + 0.56) / 4
    "IV-5": (None, None, "supported"),
    "IV-6": (10, 10, "reproduced"),
    "IV-7": (450, 450, "contradicted"),  # 10 x 60 x 0.75
    "IV-8": (None, 320, "reproduced"),
    "IV-9": (None, 99.699447, "reproduced"),
    "IV-10": (None, None, "misattributed"),
    "IV-11": (None, None, "not checkable"),
    "IV-12": (None, None, "supported"),
    "IV-13": (None, None, "contradicted"),
    "IV-14": (None, None, "not checkable"),
    "IV-15": (None, None, "contradicted"),
    "IV-16": (None, 152, "reproduced"),
    "IV-17": (None, 0.27, "reproduced"),
    "IV-18": (None, 0.27, "reproduced"),
    "IV-19": (None, None, "contradicted"),
    "IV-20": (None, None, "supported"),
    "VI-1": (None, 553.3447, "reproduced"),
    # 553.3447 / 552.1 - 1 = 0.2254 %, 553.87 / 536.69 - 1 = 3.2011 %
    "VI-2": (3.2011, 0.225448, "reproduced with conditions"),
    "VI-3": (None, 552.1, "contradicted"),
    "VI-5": (None, -17.19935, "contradicted"),
    "VI-6": (None, 98.7844, "contradicted"),
    "VI-4": (None, None, "contradicted"),
    "VI-16": (None, None, "contradicted"),
    **{f"VI-{number}": (None, None, "supported") for number in (*range(7, 16), 17, 18)},
}


@pytest.mark.parametrize("key", EXPECTED)
def test_each_claim_against_hand_worked_values(key):
    paper, sourced, verdict = EXPECTED[key]
    found = claims.result(key)
    assert found.recomputed_from_paper == (
        paper if paper is None else pytest.approx(paper, rel=1e-5)
    )
    assert found.recomputed == (sourced if sourced is None else pytest.approx(sourced, rel=1e-5))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("section", "last"), [("I", 11), ("II", 11), ("III", 30), ("IV", 20), ("V", 15), ("VI", 18)]
)
def test_sections_are_whole(section, last):
    keys = {item.id for item in claims.results() if item.section == section}
    assert keys == {f"{section}-{number}" for number in range(1, last + 1)}
    assert keys <= set(EXPECTED)


def test_counts_add_up():
    assert sum(claims.counts().values()) == len(claims.results())
    assert claims.counts("III")["contradicted"] == 12
    assert set(claims.counts()) == set(claims.VERDICTS)
    assert sum(claims.counts("no such section").values()) == 0


def test_json_has_what_scripts_read():
    rows = json.loads(json.dumps(claims.as_json(), allow_nan=False))
    wanted = {"id", "section", "kind", "printed", "unit", "recomputed", "verdict", "finding"}
    for row in rows:
        assert wanted | {"sources"} <= set(row)
        assert row["finding"]
        assert row["sources"], row["id"]
        assert "{" not in row["finding"]


def test_unknown_claim_lists_the_nearest():
    with pytest.raises(ValueError, match=r"no row of claims is called 'III-31'.*III-3"):
        claims.result("III-31")


def test_numeric_claims_have_a_tolerance_with_its_reason_or_an_inequality():
    for item in data.table("claims"):
        if item.kind == "numeric":
            assert item.relation in ("equal", *verdicts.RELATIONS)
            assert (item.tolerance is not None) == (item.relation == "equal")
            assert bool(item.tolerance_reason) or item.relation != "equal"
            assert item.value is not None and item.finding and item.unit


@pytest.mark.parametrize(
    ("value", "printed", "relation", "tolerance", "expected"),
    [
        (282.6, 283, "equal", 0.5, True),
        (282.4, 283, "equal", 0.5, False),
        (0.8, 0.75, "equal", 0.05, True),  # on the edge
        (284, 283, "equal", 0, False),
        (8, 8, "at-least", None, True),
        (7, 8, "at-least", None, False),
        (8, 8, "at-most", None, True),
        (9, 8, "at-most", None, False),
        (8, 8, "above", None, False),
        (9, 8, "above", None, True),
        (8, 8, "below", None, False),
        (7, 8, "below", None, True),
    ],
)
def test_agreement(value, printed, relation, tolerance, expected):
    assert verdicts.holds(value, printed, relation, tolerance) is expected


def test_unknown_relation_is_refused():
    with pytest.raises(ValueError, match="relation must be equal or one of"):
        verdicts.holds(1, 1, "about", 0)


@pytest.mark.parametrize(
    ("paper", "sources", "verdict"),
    [
        (True, True, "reproduced"),
        (True, False, "reproduced with conditions"),
        (False, True, "reproduced with conditions"),
        (False, False, "contradicted"),
        (None, True, "reproduced"),
        (None, False, "contradicted"),
    ],
)
def test_numeric_rule(paper, sources, verdict):
    assert verdicts.numeric(paper, sources) == verdict


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([("supports", "secondary")], "supported"),
        ([("opposes", "secondary")], "contradicted"),
        ([("supports", "primary"), ("opposes", "secondary")], "supported"),
        ([("supports", "primary"), ("opposes", "primary")], "contradicted"),
        ([("supports", "secondary"), ("opposes", "derived")], "contradicted"),
        ([("supports", "primary"), ("misattributes", "secondary")], "misattributed"),
        ([("supports", "unverified")], "not checkable"),
        ([("opposes", "unverified"), ("supports", "secondary")], "supported"),
        ([("misattributes", "unverified")], "not checkable"),
        ([("context", "primary")], "not checkable"),
        ([], "not checkable"),
    ],
)
def test_textual_rule(evidence, verdict):
    rows = [Row(stance=stance, grade=grade) for stance, grade in evidence]
    assert verdicts.textual(rows) == verdict


def claim(key, kind="numeric"):
    return Row(id=key, kind=kind)


def test_gaps_in_the_ledger_are_named():
    with pytest.raises(ValueError, match=r"numeric claims without a function: \['X-1'\]"):
        check_complete([claim("X-1")], {}, [])
    with pytest.raises(ValueError, match=r"functions without a numeric claim: \['X-2'\]"):
        check_complete([], {"X-2": len}, [])
    with pytest.raises(ValueError, match=r"textual claims without a row of evidence: \['X-3'\]"):
        check_complete([claim("X-3", "textual")], {}, [])
    with pytest.raises(ValueError, match=r"evidence for claims that are not there: \['X-4'\]"):
        check_complete([], {}, [Row(claim="X-4")])


def test_a_claim_has_one_function(monkeypatch):
    monkeypatch.setattr(registry, "FUNCTIONS", {})
    registry.claim("X-1")(len)
    with pytest.raises(ValueError, match="claim X-1 has two functions: len and max"):
        registry.claim("X-1")(max)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("accelerators/h100", "a reference must be table/id/column"),
        ("cards/h100/memory_bytes", "no table is called 'cards'"),
        ("accelerators/h100/memory_bytes", "no row of accelerators is called 'h100'"),
        ("accelerators/h100-sxm/memory", "is empty or has no such column"),
        ("accelerators/gb202-full/memory_bytes", "is empty or has no such column"),
    ],
)
def test_bad_references_are_named(reference, message):
    with pytest.raises(ValueError, match=message):
        inputs.cell(reference)


def test_paper_inputs_must_be_complete():
    assert inputs.from_paper("III-26") == {
        "n_params": 65e9,
        "bytes_per_param": 1,
        "memory_bytes": 230e6,
    }
    assert inputs.from_paper("III-21") is None
    assert inputs.from_paper("III-1") is None


def test_unverified_evidence_is_marked():
    assert any(row.grade == "unverified" for row in evidence_of("III-28"))
    assert claims.result("III-28").finding.endswith("(Unverified.)")
