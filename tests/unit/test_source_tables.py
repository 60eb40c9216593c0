import pytest

from llmbook import claims, data, source_tables
from llmbook.charts.source_rows import UNVERIFIED, source_table


def of(name):
    return next(row for row in source_tables.rows() if row.name == name)


def test_llmcarbons_row_of_gpt3_is_the_one_that_the_paper_quotes():
    row = of("GPT-3, LLMCarbon")
    assert (row.printed, row.claim) == (553.87, "VI-1")
    assert row.recomputed == pytest.approx(553.3447, abs=1e-3)
    assert row.difference == pytest.approx((553.3447 / 553.87 - 1) * 100, abs=1e-3)


def test_mlco2_takes_the_days_of_all_cards_at_tdp():
    # 10,000 cards x 14.8 days x 24 h x 0.3 kW x 0.429 kg/kWh
    by_hand = 10_000 * 14.8 * 24 * 0.3 * 0.429 / 1000
    assert of("GPT-3, mlco2").recomputed == pytest.approx(by_hand)


def test_the_hardware_of_xlm_is_the_reference_implementations():
    assert of("XLM, the hardware").recomputed == pytest.approx(0.648045, abs=1e-6)


def test_every_run_has_a_row_of_each_tool():
    names = [row.name for row in source_tables.rows()]
    runs = [run.name for run in data.table("llmcarbon_runs")]
    for tool in ("LLMCarbon", "mlco2"):
        assert [f"{run}, {tool}" for run in runs] == [n for n in names if n.endswith(f", {tool}")]


def test_only_what_the_paper_quotes_gets_a_verdict():
    shown = source_table("rows").frame.set_index("row").verdict
    assert shown["GPT-3, LLMCarbon"] == f"{claims.result('VI-1').verdict} (VI-1)"
    assert set(shown.drop("GPT-3, LLMCarbon")) == {UNVERIFIED}
