import pytest

from llmbook import data
from llmbook.formula import apply
from llmbook.transformer import (
    attention_params,
    embedding_params,
    expert_params,
    kv_cache_bytes,
    mlp_params,
    model_active_params,
    model_params,
    vector_params,
    weight_bytes,
)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("llama-7b", 6_738_415_616),
        ("llama-13b", 13_015_864_320),
        ("llama-33b", 32_528_943_616),
        ("llama-65b", 65_285_660_672),
        ("llama-2-70b", 68_976_648_192),
        ("llama-3-8b", 8_030_261_248),
        ("llama-3-70b", 70_553_706_496),
        ("llama-3.1-405b", 405_853_388_800),
        ("mistral-7b", 7_241_732_096),
        ("mixtral-8x7b", 46_702_792_704),
        ("gpt-3-175b", 174_604_259_328),
    ],
)
def test_parameters_to_the_last_one(key, count):
    assert model_params(data.model(key)) == count


def test_mixtral_uses_two_of_eight_experts():
    # 8 to 2 experts: 6 x 3 x 4096 x 14336 fewer in each of 32 layers.
    mixtral = data.model("mixtral-8x7b")
    assert model_active_params(mixtral) == 46_702_792_704 - 32 * 6 * 3 * 4096 * 14336
    assert model_active_params(data.model("llama-7b")) == 6_738_415_616


def test_parts_by_hand():
    assert attention_params(d_model=10, n_heads=4, n_kv_heads=1, head_dim=3) == 2 * 10 * 3 * 5
    assert mlp_params(10, 20, 3) == 600
    assert embedding_params(10, 100, 2, 7) == 2070
    # 5 normalisations of 1 vector; no biases.
    assert vector_params(2, 10, 2, 2, 5, 20, 3, 1, 0) == 50
    # 5 normalisations of 2 vectors; 2 layers of 5 x (2 + 4) + 10 and 20 + 10 biases.
    assert vector_params(2, 10, 2, 2, 5, 20, 2, 2, 1) == 100 + 2 * (30 + 10 + 20 + 10)
    # 2 layers of 3 - 1 further experts of 600, and a router of 10 x 8.
    assert expert_params(2, 10, 20, 3, 8, 3) == 2 * (2 * 600 + 80)


def test_bytes():
    assert weight_bytes(65e9, 2) == 130e9
    assert weight_bytes(65_285_660_672, 1) == 65_285_660_672
    assert weight_bytes(7e9, 0.5) == 3.5e9


def test_kv_cache_to_the_byte():
    def cache(key, n_tokens):
        row = data.model(key)
        return apply(kv_cache_bytes, row, n_tokens=n_tokens, batch_size=1, bytes_per_value=2)

    assert cache("llama-2-70b", 4096) == 1_342_177_280
    assert cache("llama-65b", 4096) == 10_737_418_240
    assert cache("llama-65b", 1) == 2_621_440
