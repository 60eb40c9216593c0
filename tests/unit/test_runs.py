import pytest

from llmbook import data
from llmbook.runs import held_out_runs, run_params


def test_llama_1_is_not_held_out():
    names = {run["run"] for run in held_out_runs()}
    assert "Llama 2 70B" in names
    assert not names & {"LLaMA 7B", "LLaMA 13B", "LLaMA 33B", "LLaMA 65B"}


@pytest.mark.parametrize(
    ("name", "mfu"),
    # 6ND / (hours x 3600 x peak), worked by hand from the tables.
    [("Llama 2 70B", 0.428), ("Llama 2 7B", 0.391), ("GPT-3 175B", 0.197), ("BLOOM 176B", 0.318)],
)
def test_mfu_of_public_runs(name, mfu):
    (run,) = (run for run in held_out_runs() if run["run"] == name)
    assert run["mfu"] == pytest.approx(mfu, abs=1e-3)


def test_parameters_come_from_the_shape_where_it_is_known():
    assert run_params(data.row("training_runs", "llama-2-70b")) == 68_976_648_192
    assert run_params(data.row("training_runs", "opt-175b")) == 175e9
