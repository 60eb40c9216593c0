import numpy as np
import pytest

from llmbook.sizing import (
    activation_bytes,
    cards_needed,
    checkpoint_bytes,
    params_per_card,
    serving_bytes,
    training_state_bytes,
)


@pytest.mark.parametrize(
    ("total", "memory", "cards"),
    [
        (65e9, 230e6, 283),
        (65_285_660_672, 230e6, 284),
        (65e9, 230_686_720, 282),
        (80e9, 80e9, 1),
        (80e9 + 1, 80e9, 2),
        (0.3, 0.1, 3),
    ],
)
def test_cards_by_hand(total, memory, cards):
    assert cards_needed(total, memory) == cards


def test_cards_are_whole_numbers_of_python():
    assert type(cards_needed(65e9, 230e6)) is int
    assert list(cards_needed(np.array([1e9, 3e9]), 1e9)) == [1, 3]


def test_training_state_by_hand():
    # 2 + 2 + 12 bytes.
    assert training_state_bytes(65e9, 2, 2, 12, 1, 1, 1) == 1040e9
    # ZeRO paper, figure 1: 7.5 B parameters over 64 cards: 120, 31.4, 16.6 and 1.9 GB.
    assert training_state_bytes(7.5e9, 2, 2, 12, 1, 1, 1) == 120e9
    assert training_state_bytes(7.5e9, 2, 2, 12, 1, 1, 64) == pytest.approx(31.4e9, rel=2e-3)
    assert training_state_bytes(7.5e9, 2, 2, 12, 1, 64, 64) == pytest.approx(16.6e9, rel=3e-3)
    assert training_state_bytes(7.5e9, 2, 2, 12, 64, 64, 64) == pytest.approx(1.9e9, rel=0.02)


def test_splitting_and_activations_by_hand():
    assert params_per_card(64e9, 8, 4) == 2e9
    assert activation_bytes(2, 10, 100, 3, 1) == 34 * 2 * 10 * 100 * 3
    assert activation_bytes(2, 10, 100, 3, 2) == 34 * 10 * 100 * 3
    assert checkpoint_bytes(2, 10, 100, 3) == 2 * 2 * 10 * 100 * 3


def test_serving_adds_weights_and_cache():
    # 1000 bytes of weights; 2 x 2 layers x 3 heads x 4 x 10 tokens x 5 sequences x 2 bytes.
    assert serving_bytes(500, 2, 2, 3, 4, 10, 5, 2) == 1000 + 4800
