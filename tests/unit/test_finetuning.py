import altair as alt
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from llmbook import data
from llmbook.adapters import ATTENTION, adapted_width, lora_params_of, matrices
from llmbook.charts.finetuning_calculators import finetuning_calculator
from llmbook.finetuning import (
    adapter_state_bytes,
    cards_when_sharded,
    checkpointed_activation_bytes,
    lora_flops_share,
    lora_matrix_params,
    lora_params,
    lora_params_of_width,
    quantization_constant_bits,
    quantized_bytes_per_param,
    times_fewer,
)
from llmbook.finetuning_memory import (
    METHODS,
    cards_by_part,
    cards_of_run,
    finetuning_parts,
    nf4_bytes_per_param,
    state_widths,
)
from llmbook.glossary import GLOSSARY
from llmbook.quantities import GB, GIB
from llmbook.transformer import model_params

MODELS = [row.id for row in data.table("models")]
SHARDS = (1, 1, 1)


def argument(name):
    return st.floats(*GLOSSARY[name].usual)


def test_lora_of_gpt_3_by_hand():
    # 2 x 12,288 x rank x 2 matrices x 96 layers
    assert lora_params(12288, 4, 2, 96) == 18_874_368
    assert lora_params(12288, 1, 2, 96) == 4_718_592
    assert lora_params(12288, 8, 2, 96) == 37_748_736
    assert lora_params_of(data.model("gpt-3-175b"), ("q", "v"), 4) == 18_874_368
    # 174,604,259,328 / 18,874,368; the authors of LoRA print 10,000.
    assert times_fewer(model_params(data.model("gpt-3-175b")), 18_874_368) == pytest.approx(
        9250.87, abs=0.01
    )


def test_lora_saves_a_third_of_the_arithmetic_at_most():
    # (4 x 100 + 6 x 3) / (6 x 100) = 418 / 600
    assert lora_flops_share(100, 3) == pytest.approx(418 / 600)
    # GPT-3 by LoRA's authors: 43.1 in place of 32.5 tokens a second and card, 0.754 of the time
    assert 2 / 3 < lora_flops_share(175e9, 18.9e6) < 32.5 / 43.1


def test_lora_of_llama_65b_by_hand():
    llama = data.model("llama-65b")
    assert lora_params_of(llama, ("q", "v"), 4) == 2 * 8192 * 4 * 2 * 80 == 10_485_760
    # 4 x (8192 + 8192) + 3 x (8192 + 22016) = 156,160 numbers in and out of a layer
    assert adapted_width(llama, matrices(llama)) == 156_160
    assert lora_params_of(llama, matrices(llama), 64) == 64 * 156_160 * 80


def test_matrices_of_grouped_queries_two_mlp_matrices_and_experts():
    # Llama 3 8B: 32 heads of 128, 8 of them for keys; GPT-3 has no gate; Mixtral has 8 experts.
    assert matrices(data.model("llama-3-8b"))["k"] == (4096, 1024, 1)
    assert matrices(data.model("llama-3-8b"))["v"] == (4096, 1024, 1)
    assert matrices(data.model("llama-3-8b"))["q"] == (4096, 4096, 1)
    assert "gate" not in matrices(data.model("gpt-3-175b"))
    assert matrices(data.model("mixtral-8x7b"))["gate"] == (4096, 14336, 8)
    assert lora_params_of(data.model("mixtral-8x7b"), ("down",), 1) == 32 * 8 * (14336 + 4096)


@pytest.mark.parametrize("targets", [(), ("q", "q"), ("w",), ("gate",)])
def test_a_matrix_that_is_not_there_is_named(targets):
    with pytest.raises(ValueError, match="targets must be one or more of"):
        adapted_width(data.model("gpt-3-175b"), targets)


def test_bits_of_the_constants_by_hand():
    # 8 / 64 + 32 / (64 x 256) = 0.125 + 0.001953125
    assert quantization_constant_bits(64, 256) == 0.126953125
    assert quantized_bytes_per_param(4, 0.127) == 0.515875
    # 65.29e9 parameters: 32.6 GB without and 33.7 GB with the constants.
    assert 65.29e9 * nf4_bytes_per_param() == pytest.approx(33.68e9, rel=1e-3)


def test_state_of_adapters_by_hand():
    # 1000 frozen weights of 2 bytes, 10 trained of 2 + 2 + 12; then cut in 4, 2 and 3.
    assert adapter_state_bytes(1000, 2, 10, 2, 2, 12, *SHARDS) == 2000 + 160
    assert adapter_state_bytes(1000, 2, 10, 2, 2, 12, 4, 2, 3) == 500 + 5 + 10 + 40


def test_checkpointed_activations_by_hand():
    # 2 x 10 layers x 3 tokens x 5 sequences x 7 wide, and 34 x 3 x 5 x 7 of one layer
    assert checkpointed_activation_bytes(10, 7, 3, 5) == 2100 + 3570


@pytest.mark.parametrize(
    ("sharded", "replicated", "memory", "cards"),
    [
        (100e9, 0, 80e9, 2),
        (100e9, 30e9, 80e9, 2),
        (100e9, 31e9, 80e9, 3),  # 49 GB of room on each
        (1e9, 80e9, 80e9, 0),
        (1e9, 90e9, 80e9, 0),
    ],
)
def test_cards_when_sharded_by_hand(sharded, replicated, memory, cards):
    assert cards_when_sharded(sharded, replicated, memory) == cards


def test_parts_of_llama_65b_by_hand():
    llama = data.model("llama-65b")
    full = finetuning_parts(llama, "full")
    # 65,285,660,672 x 16 bytes; 2 s h a layer and 34 s h once, s = 512, h = 8192
    assert sum(full.values()) - full["activations"] == 1_044_570_570_752
    assert full["activations"] == 512 * 8192 * (2 * 80 + 34)
    assert finetuning_parts(llama, "full", checkpointed=False)["activations"] == (
        34 * 80 * 512 * 8192
    )
    qlora = finetuning_parts(llama, "qlora", rank=64)
    embeddings = 2 * 32000 * 8192
    assert qlora["frozen weights"] == pytest.approx(
        (65_285_660_672 - embeddings) * 4.126953125 / 8 + embeddings * 2
    )
    assert qlora["optimizer"] == 12 * 64 * 156_160 * 80
    assert sum(qlora.values()) / GB == pytest.approx(48.06, abs=0.01)
    # Rank 16 unless said otherwise: the setting that the book's table names.
    assert finetuning_parts(llama, "qlora")["optimizer"] == 12 * 16 * 156_160 * 80


def test_eight_cards_are_neither_needed_nor_enough():
    """One card of 48 GiB for QLoRA on 65B, 13 to 15 A100 for all of its weights."""
    llama, a100 = data.model("llama-65b"), data.accelerator("a100-80")
    assert cards_by_part(finetuning_parts(llama, "qlora", rank=64), 48 * GIB) == 1
    assert cards_by_part(finetuning_parts(llama, "qlora", rank=16), 48 * GB) == 1
    assert cards_of_run(finetuning_parts(llama, "full"), a100) == {"nominal": 14, "usable": 13}
    assert cards_of_run(finetuning_parts(llama, "full", account="hugging-face"), a100) == {
        "nominal": 15,
        "usable": 14,
    }
    assert cards_of_run(finetuning_parts(llama, "lora"), a100)["nominal"] == 2
    small = finetuning_parts(data.model("llama-7b"), "full")
    assert cards_of_run(small, a100) == {"nominal": 2, "usable": 2}


def test_memory_that_is_not_known_gives_no_cards():
    parts = finetuning_parts(data.model("llama-7b"), "qlora")
    assert cards_of_run(parts, data.accelerator("rtx-a6000")) == {"nominal": 1, "usable": None}


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="method must be one of"):
        finetuning_parts(data.model("llama-7b"), "LoRA")
    with pytest.raises(ValueError, match=r"account must be one of \['hugging-face', 'zero'\]"):
        state_widths("adam")


@given(
    d_in=argument("d_in"),
    d_out=argument("d_out"),
    rank=argument("rank"),
    more=st.floats(1.001, 8),
)
def test_more_rank_trains_more(d_in, d_out, rank, more):
    small, large = (lora_matrix_params(d_in, d_out, value) for value in (rank, rank * more))
    assert large > small
    # The update never trains fewer weights than it has independent directions.
    assert small >= rank * max(d_in, d_out)


@given(
    d=argument("d_model"), rank=argument("rank"), m=argument("n_matrices"), n=argument("n_layers")
)
def test_square_matrices_are_a_case_of_the_general_form(d, rank, m, n):
    assert lora_params(d, rank, m, n) == pytest.approx(lora_params_of_width(2 * m * d, rank, n))
    assert lora_params(d, rank, m, n) == pytest.approx(2 * d * rank * m * n)


@given(
    model=st.sampled_from(MODELS),
    rank=st.integers(1, 64),
    targets=st.sampled_from([("q", "v"), ATTENTION, (*ATTENTION, "up", "down")]),
    tokens=st.integers(1, 4096),
)
def test_the_cheaper_method_never_holds_more(model, rank, targets, tokens):
    """QLoRA at most LoRA, LoRA at most full as long as it trains fewer weights."""
    shape = data.model(model)
    run = {"targets": targets, "rank": rank, "sequence_length": tokens}
    totals = {method: sum(finetuning_parts(shape, method, **run).values()) for method in METHODS}
    assert totals["qlora"] <= totals["lora"] <= totals["full"]
    again = finetuning_parts(shape, "qlora", **run | {"rank": rank + 1})
    assert sum(again.values()) > totals["qlora"]


@given(
    sharded=argument("sharded_bytes"),
    replicated=argument("replicated_bytes"),
    memory=argument("memory_bytes"),
)
def test_the_cards_found_are_enough_and_none_too_many(sharded, replicated, memory):
    cards = cards_when_sharded(sharded, replicated, memory)
    if cards == 0:
        assert replicated >= memory
    else:
        assert sharded / cards + replicated <= memory * (1 + 1e-9)
        assert cards == 1 or sharded / (cards - 1) + replicated > memory * (1 - 1e-9)


def test_the_calculator_starts_with_qlora_on_llama_65b():
    found = finetuning_calculator().evaluate()
    assert found["adapter_params"] == 16 * 156_160 * 80
    assert found["adapter_cards"] == 1
    assert found["full_state"] == pytest.approx(65.3e9 * 16)
    assert found["full_cards"] == 14
    half = finetuning_calculator().evaluate(bytes_per_param=2.0)
    assert half["adapter_state"] > found["adapter_state"]
    assert half["adapter_cards"] == 2


@pytest.mark.parametrize("model", ["gpt-3-175b", "llama-3-8b", "mixtral-8x7b"])
def test_the_calculator_takes_other_models_and_cards(model):
    found = finetuning_calculator(model, rank=4.0, card="t4").evaluate()
    assert found["memory_bytes"] == 16e9
    assert found["fewer"] > 1


def test_the_picture_of_the_calculator_shows_what_it_computes():
    calculator = finetuning_calculator()
    found = calculator.evaluate()
    svg = vl_convert.vegalite_to_svg(calculator.figure().spec())
    for state in ("adapter_state", "full_state"):
        assert f">{(found[state] + found['activations']) / GB:,.1f}<" in svg
    assert isinstance(calculator.figure().chart, alt.LayerChart)


@pytest.mark.parametrize("rank", [1.5, 1025, 40960])
def test_a_rank_is_whole_and_no_higher_than_a_side(rank):
    """Llama 2 70B: 8 key-value heads of 128 make the narrowest side, 1,024."""
    llama = data.model("llama-2-70b")
    with pytest.raises(ValueError, match=r"^rank must be a whole number up to 1024, got"):
        lora_params_of(llama, ("q", "k"), rank)
    assert lora_params_of(llama, ("k",), 1024) == 1024 * (8192 + 1024) * 80


def test_cards_are_counted_with_their_activations():
    with pytest.raises(ValueError, match=r"^parts must hold the activations, got \['optimizer'\]"):
        cards_by_part({"optimizer": 1.0}, GB)
