from itertools import pairwise

import pytest

from llmbook import data, devices
from llmbook.devices import machine, what_fits
from llmbook.transformer import model_params


def by_id(rows):
    return {row["machine"].id: row for row in rows}


def test_empty_cells_are_those_of_the_accelerators():
    server, card = machine("cloud-8-a100"), data.accelerator("a100-80")
    assert server.memory_bytes == 8 * card.memory_bytes == 640e9
    assert server.bandwidth == 8 * card.bandwidth_bytes_per_s
    assert server.power_watts == 3200
    assert server.peak_flops == 8 * 312e12
    phone = machine("phone-iphone-15-pro")
    assert (phone.memory_bytes, phone.bandwidth, phone.power_watts) == (8e9, 51e9, 7)
    assert phone.peak_flops == 35e12  # INT8: no other is known


def test_own_cells_come_first():
    headset = machine("headset-vision-pro")
    assert (headset.memory_bytes, headset.bandwidth) == (16e9, 100e9)
    assert machine("headset-quest-3").power_watts is None
    assert machine("watch").grade == "unverified"


@pytest.mark.parametrize("table", ["devices", "accelerators"])
def test_a_machine_is_as_sure_as_its_least_sure_row(table):
    row = data.row("devices", "edge-rtx-4090")
    key = row.id if table == "devices" else row.accelerator
    rows = tuple(
        data.Row(**{**vars(item), "grade": "unverified"}) if item.id == key else item
        for item in data.table(table)
    )
    assert machine(row.id).grade == "secondary"
    with data.with_rows({table: rows}):
        assert machine(row.id).grade == "unverified"


def test_a_phone_holds_7b_in_four_bits_and_no_more():
    # 6.738e9 x 0.5 B = 3.37 GB of 8; 51 GB/s give 15.1 tokens, 7 W over 15.1 are 0.46 J.
    phone = by_id(what_fits("llama-7b", "int4"))["phone-iphone-15-pro"]
    assert phone["fits"] is True
    assert phone["tokens_per_second"] == pytest.approx(15.14, abs=0.01)
    assert phone["joules_per_token"] == pytest.approx(0.4625, abs=1e-4)
    larger = by_id(what_fits("llama-7b", "fp16"))["phone-iphone-15-pro"]
    assert (larger["fits"], larger["tokens_per_second"]) == (False, None)


def test_what_a_token_costs_a_headset_and_a_laptop():
    # 35.9 Wh over two hours are 17.95 W; 3.369e9 B at 100 GB/s are 29.7 tokens/s: 0.605 J.
    found = by_id(what_fits("llama-7b", "int4"))
    assert found["headset-vision-pro"]["joules_per_token"] == pytest.approx(0.6048, abs=1e-4)
    # 50 W and 400 GB/s, 118.7 tokens/s.
    assert found["laptop-m3-max"]["joules_per_token"] == pytest.approx(0.4212, abs=1e-4)


def test_the_system_keeps_a_tenth_of_the_memory():
    # 13.02e9 x 0.5 B = 6.51 GB of 8: within nine tenths, beyond six; 7.2 GB are nine tenths.
    assert by_id(what_fits("llama-13b", "int4"))["phone-iphone-15-pro"]["fits"] is True
    assert by_id(what_fits("llama-13b", "int4", 0.8))["phone-iphone-15-pro"]["fits"] is False
    # 8.03 GB: more than nine tenths of 8 GB as well.
    assert by_id(what_fits("llama-3-8b", "int8"))["phone-iphone-15-pro"]["fits"] is False


def test_experts_that_rest_are_held_but_not_read():
    # 46.7 GB in eight bits held; 12.88 GB read a token at 2.039 TB/s.
    card = by_id(what_fits("mixtral-8x7b", "int8"))["edge-a100"]
    assert card["tokens_per_second"] == pytest.approx(158.3, rel=2e-3)
    step = devices.draft_step_seconds("mixtral-8x7b", "int8", "edge-a100")
    assert step == pytest.approx(1 / card["tokens_per_second"])


def test_what_a_source_states_of_a_machine():
    assert machine("phone-iphone-15-pro").stated_rate == 10
    assert machine("laptop-m3").stated_rate is None


def test_what_is_not_known_is_not_guessed():
    found = by_id(what_fits("llama-7b", "int4"))
    assert found["headset-quest-3"]["fits"] is True
    assert found["headset-quest-3"]["tokens_per_second"] is None
    assert found["laptop-m3"]["joules_per_token"] is None


def test_a_larger_model_never_fits_where_a_smaller_does_not():
    fits = [by_id(what_fits(f"llama-{size}", "int8")) for size in ("7b", "13b", "33b", "65b")]
    for small, large in pairwise(fits):
        for key in small:
            assert bool(large[key]["fits"]) <= bool(small[key]["fits"])


def test_a_model_that_fits_nowhere_is_said():
    with pytest.raises(ValueError, match=r"model must fit somewhere: Llama 3.1 405B in fp32 has"):
        what_fits("llama-3.1-405b", "fp32")


@pytest.mark.parametrize("share", [0, -0.1, 1.1, float("nan")])
def test_a_share_of_memory_is_a_share(share):
    with pytest.raises(ValueError, match="usable_share must be above 0 and at most 1"):
        what_fits("llama-7b", "int4", share)


def test_unknown_names_list_the_nearest():
    with pytest.raises(ValueError, match=r"no row of devices is called 'phone'"):
        machine("phone")
    with pytest.raises(ValueError, match=r"no row of models is called 'llama-9b'"):
        what_fits("llama-9b", "int4")


def test_draft_steps():
    seconds = devices.draft_step_seconds("llama-7b", "int4", "phone-iphone-15-pro")
    assert seconds == pytest.approx(model_params(data.model("llama-7b")) * 0.5 / 51e9)
    with pytest.raises(ValueError, match=r"model must fit: LLaMA 65B in int4 has 32\.6 GB"):
        devices.draft_step_seconds("llama-65b", "int4", "phone-iphone-15-pro")
    with pytest.raises(ValueError, match="key must name a machine of known memory and bandwidth"):
        devices.draft_step_seconds("llama-7b", "int4", "headset-quest-3")


def test_scores_follow_size_in_both_families():
    """Each larger sibling is better on MMLU: small costs accuracy."""
    for family in ("llama-", "llama-2-"):
        rows = [
            (model_params(data.model(row.model)), row.mmlu)
            for row in data.table("model_scores")
            if row.model.startswith(family) and (family == "llama-2-") == ("llama-2" in row.model)
        ]
        assert len(rows) >= 3
        assert [score for _, score in sorted(rows)] == sorted(score for _, score in rows)


def test_pairs_of_one_family_are_about_ten_to_one_and_drafts_far_smaller():
    ratios = {
        kind: [
            row.large_params / row.small_params
            for row in data.table("model_pairs")
            if row.kind == kind
        ]
        for kind in ("family", "draft")
    }
    assert [round(ratio, 1) for ratio in ratios["family"]] == [9.7, 10.2, 8.8]
    assert min(ratios["draft"]) == 13.75
    assert max(ratios["draft"]) == 1370
