import inspect
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import attention, calibration, data, experts, parallelism, serving
from llmbook.engines import ROOFLINE, Constants, Engine, fitted_constants

LLAMA = "llama-2-70b"


def on_a100(n_devices=8, **others):
    return Engine.of(LLAMA, "a100-80", n_devices, **others)


class TestTimes:
    def test_the_longer_of_arithmetic_and_reading_counts(self):
        # 14 GB at 2 TB/s is 7 ms; 2 x 7e9 x 1000 FLOPs at 280 TFLOP/s are 50 ms.
        assert serving.linear_seconds(1, 7e9, 14e9, 280e12, 2e12) == pytest.approx(0.007)
        assert serving.linear_seconds(1000, 7e9, 14e9, 280e12, 2e12) == pytest.approx(0.050)

    def test_what_is_not_hidden_is_added(self):
        # 50 ms and 60 % of 7 ms
        seconds = serving.linear_seconds(1000, 7e9, 14e9, 280e12, 2e12, unhidden_share=0.6)
        assert seconds == pytest.approx(0.0542)

    def test_cards_and_efficiencies_divide(self):
        # 50 ms / (2 x 0.5) and 60 % of 7 ms / (2 x 0.7)
        seconds = serving.linear_seconds(1000, 7e9, 14e9, 280e12, 2e12, 2, 0.5, 0.7, 0.6)
        assert seconds == pytest.approx(0.050 + 0.6 * 0.005)

    def test_a_decode_step_by_hand(self):
        # 7 ms of weights, 1000 tokens x 1 MB at 80 % of 2 TB/s = 0.625 ms, 1 ms, 10 x 10 us
        seconds = serving.decode_step_seconds(
            10, 1000, 7e9, 14e9, 1e6, 280e12, 2e12, kv_efficiency=0.8, fixed_seconds=0.001,
            seconds_per_token=1e-5,
        )  # fmt: skip
        assert seconds == pytest.approx(0.007 + 0.000625 + 0.001 + 0.0001)

    def test_a_prefill_by_hand(self):
        # 4 prompts of 250 tokens: 50 ms; attention 4 x 1e12 FLOPs at 100 TFLOP/s = 40 ms;
        # 1 ms, and 1000 tokens of 1 us
        seconds = serving.prefill_seconds(
            250, 4, 7e9, 14e9, 1e12, 280e12, 100e12, 2e12, fixed_seconds=0.001,
            seconds_per_token=1e-6,
        )  # fmt: skip
        assert seconds == pytest.approx(0.050 + 0.040 + 0.001 + 0.001)

    def test_a_batch_is_the_sum_of_its_steps(self):
        engine = on_a100()
        batch = engine.static_batch(32, 512, 128)
        first = engine.prefill_seconds(512, 32)
        # Token k + 1 reads the prompt and the k tokens before it.
        steps = sum(engine.decode_step_seconds(32, 32 * (512 + k)) for k in range(1, 128))
        assert batch.ttft == first
        assert batch.seconds == pytest.approx(first + steps, rel=1e-12)
        assert batch.tpot == pytest.approx(steps / 127, rel=1e-12)
        assert batch.tokens_per_second == pytest.approx(32 * 128 / batch.seconds)

    def test_one_token_needs_no_step(self):
        batch = on_a100().static_batch(2, 100, 1)
        assert batch.seconds == batch.ttft
        assert batch.tpot == 0

    def test_tokens_cost_what_the_cards_cost(self):
        # 8 cards at 2 USD/h earn 16 USD with 3600 s x 500 tokens/s = 1.8 million tokens.
        assert serving.cost_per_million_tokens(2, 8, 1000, 0.5) == pytest.approx(16 / 1.8)

    def test_the_docstrings_say_which_first_token(self):
        text = inspect.getdoc(serving.prefill_seconds)
        for words in ("alone on idle cards", "static batch", "continuous batching"):
            assert words in text


class TestAttention:
    def test_grouped_heads_are_split_and_then_copied(self):
        # 2 x 80 layers x 8 heads x 128 numbers x 2 bytes
        by_cards = {n: attention.cached_token_bytes(80, 8, 128, 2, n) for n in (1, 2, 8, 16)}
        assert by_cards == {1: 327_680, 2: 163_840, 8: 40_960, 16: 40_960}

    def test_copies_take_memory(self):
        assert on_a100(8).kv_bytes_per_token == 327_680
        assert on_a100(16).kv_bytes_per_token == 2 * 327_680

    def test_a_latent_vector_stands_on_every_card(self):
        # DeepSeek-V3: 61 layers x (512 + 64) numbers x 2 bytes
        assert attention.latent_token_bytes(61, 576, 2) == 70_272
        engine = on_a100(8, latent_width=576)
        assert engine.kv_bytes_per_token == 8 * 80 * 576 * 2
        assert engine.cached_token_seconds == on_a100(4, latent_width=576).cached_token_seconds

    def test_a_window_ends_the_growth(self):
        assert attention.attended_tokens(1000, 4096) == 1000
        assert attention.attended_tokens(9000, 4096) == 4096
        engine = Engine.of("mistral-7b", "a100-80", window_tokens=4096)
        assert engine.largest_batch(4096) == engine.largest_batch(100_000)
        assert engine.output_cost(2, 4, 8000) == engine.output_cost(2, 4, 4096)

    def test_causal_attention_by_hand(self):
        # 4 FLOPs x 80 layers x 64 heads x 128 numbers x 1000^2 / 2 pairs
        flops = attention.causal_attention_flops(80, 64, 128, 1000, 4096)
        assert flops == 4 * 80 * 64 * 128 * 5e5
        # A window of 100: 100 x 1000 - 100^2 / 2 pairs
        flops = attention.causal_attention_flops(80, 64, 128, 1000, 100)
        assert flops == 4 * 80 * 64 * 128 * 95_000

    @pytest.mark.parametrize("prompt", [100, 4000, 4095, 4096, 9000])
    def test_a_batch_within_a_window_is_the_sum_of_its_steps(self, prompt):
        engine = Engine.of("mistral-7b", "a100-80", window_tokens=4096)
        batch = engine.static_batch(4, prompt, 200)
        read = [4 * min(prompt + k, 4096) for k in range(1, 200)]
        steps = sum(engine.decode_step_seconds(4, tokens) for tokens in read)
        assert batch.seconds == pytest.approx(batch.ttft + steps, rel=1e-12)


class TestExperts:
    def test_one_token_touches_its_own_and_many_touch_all(self):
        assert experts.experts_touched(8, 2, 1) == 2
        assert experts.experts_touched(8, 2, 2) == 3.5  # 2 + 2 x 6/8
        assert experts.experts_touched(8, 2, 1000) == pytest.approx(8)
        assert experts.experts_touched(4, 4, 1) == 4

    def test_draws_of_chance_touch_as_many(self):
        draw = random.Random(7)

        def touched(n_tokens):
            return len({e for _ in range(n_tokens) for e in draw.sample(range(64), 6)})

        mean = sum(touched(10) for _ in range(2000)) / 2000
        assert experts.experts_touched(64, 6, 10) == pytest.approx(mean, rel=0.01)

    def test_mixtral_reads_its_active_parameters_at_batch_one(self):
        engine = Engine.of("mixtral-8x7b", "a100-80", 2)
        # 46.70e9 less six of eight experts in 32 layers (6 x 32 x 3 x 4096 x 14336) and less the
        # input embedding 32,000 x 4,096, at two bytes
        active = 46_702_792_704 - 6 * 32 * 3 * 4096 * 14336 - 32_000 * 4096
        assert engine._read_bytes(1) == 2 * active
        assert engine._read_bytes(1000) == pytest.approx(2 * (46_702_792_704 - 32_000 * 4096))

    def test_a_mixture_loses_its_lead_as_the_batch_grows(self):
        mixture = Engine.of("mixtral-8x7b", "h100-sxm", 4)
        dense = Engine.of(LLAMA, "h100-sxm", 4)

        def lead(batch_size):
            return dense.decode_base_seconds(batch_size) / mixture.decode_base_seconds(batch_size)

        assert lead(1) > 1.5 * lead(16)


class TestParallelism:
    def test_sums_by_hand(self):
        # 160 sums of 28,672 bytes (2 x 7/8 of 8192 x 2) at 300 GB/s
        seconds = parallelism.all_reduce_seconds_per_token(80, 8192, 2, 8, 300e9)
        assert seconds == pytest.approx(160 * 28_672 / 300e9)

    def test_one_card_has_nothing_to_sum(self):
        assert parallelism.all_reduce_seconds_per_token(80, 8192, 2, 1, 300e9) == 0
        assert parallelism.all_reduce_latency(80, 1, 1e-5) == 0
        assert parallelism.all_reduce_latency(80, 2, 1e-5) == pytest.approx(1.6e-3)

    def test_elementwise_by_hand(self):
        # one layer, d = 4, 2 heads and 1 key head of 2, d_ff = 8, gated, on two cards:
        # 10 x 4 whole, (2 x 3 x 2 + 3 x 8) / 2 shared, two bytes each
        assert parallelism.elementwise_bytes(1, 4, 2, 1, 2, 8, 3, 1, 2) == 2 * (40 + 18)


class TestMemory:
    def test_what_is_left_holds_the_cache(self):
        engine = on_a100(2)
        # 90 % of 2 x 80 GiB less 2 x 68,976,648,192 bytes, at 327,680 bytes a token
        left = 0.9 * 2 * 80 * 2**30 - 2 * 68_976_648_192
        assert engine.capacity_tokens == left // 327_680
        assert engine.largest_batch(1000) == engine.capacity_tokens // 1000

    def test_weights_that_do_not_fit_are_refused(self):
        with pytest.raises(ValueError, match=r"Llama 2 70B in fp16 needs 138\.0 GB, 1 x A100"):
            on_a100(1)
        assert on_a100(1, weight_format="int4").capacity_tokens > 0

    @pytest.mark.parametrize("batch_size", [0, 51, float("nan")])
    def test_a_batch_beyond_memory_hears_what_fits(self, batch_size):
        with pytest.raises(ValueError, match="batch_size must lie between 1 and 50, which fit"):
            on_a100(2).static_batch(batch_size, 500, 500)

    def test_steps_beyond_memory_are_refused(self):
        engine = on_a100(2)
        assert engine.decode_step_seconds(10, engine.capacity_tokens) > 0
        with pytest.raises(ValueError, match=f"{engine.capacity_tokens:g}, which fit beside"):
            engine.decode_step_seconds(10, engine.capacity_tokens + 1)
        with pytest.raises(ValueError, match="which fit beside"):
            engine.prefill_seconds(engine.capacity_tokens, 2)
        with pytest.raises(ValueError, match=r"^batch_size must be"):
            engine.decode_base_seconds(0)

    @pytest.mark.parametrize("bad", [{"n_devices": 0}, {"usable_share": 0}, {"usable_share": 1.1}])
    def test_nonsense_is_refused_by_name(self, bad):
        with pytest.raises(ValueError, match=f"^{next(iter(bad))} must"):
            on_a100(**bad)

    def test_arithmetic_that_a_card_lacks_is_refused(self):
        with pytest.raises(ValueError, match="no rate is known for fp8 arithmetic on A100"):
            on_a100(8, weight_format="fp8").decode_base_seconds(1)
        assert on_a100(8, weight_format="fp8", compute_format="fp16").decode_base_seconds(1) > 0
        assert on_a100(8, weight_format="int8", compute_format="int8").decode_base_seconds(1) > 0

    def test_unknown_names_hear_the_nearest(self):
        with pytest.raises(ValueError, match="llama-2-70b"):
            Engine.of("llama-2-70", "a100-80")


CASES = st.tuples(
    st.sampled_from([(LLAMA, "a100-80", 8), ("mixtral-8x7b", "h100-sxm", 2)]),
    st.integers(1, 200),
    st.integers(0, 100_000),
)


class TestLaws:
    @given(case=CASES)
    def test_a_step_is_a_straight_line_in_what_is_cached(self, case):
        deployment, batch_size, cached = case
        engine = Engine.of(*deployment)
        line = engine.decode_base_seconds(batch_size) + engine.cached_token_seconds * cached
        assert engine.decode_step_seconds(batch_size, cached) == pytest.approx(line, rel=1e-12)

    @given(case=CASES, more=st.integers(1, 100))
    def test_a_larger_batch_never_makes_fewer_tokens_a_second(self, case, more):
        deployment, batch_size, _ = case
        engine = Engine.of(*deployment)

        def rate(size):
            return size / engine.decode_step_seconds(size, 200.0 * size)

        assert rate(batch_size + more) >= rate(batch_size) * (1 - 1e-12)

    @given(case=CASES)
    def test_no_program_beats_the_roofline(self, case):
        deployment, batch_size, cached = case
        ours, bound = Engine.of(*deployment), Engine.of(*deployment, constants=ROOFLINE)
        assert ours.decode_step_seconds(batch_size, cached) >= bound.decode_step_seconds(
            batch_size, cached
        )
        assert ours.prefill_seconds(100, batch_size) >= bound.prefill_seconds(100, batch_size)

    @given(batch_size=st.integers(1, 200), tokens=st.integers(1, 2000))
    def test_more_cards_are_never_slower_when_sums_cost_nothing(self, batch_size, tokens):
        free = Constants(layer_latency=1e-5, memory_efficiency=0.8)
        few, many = (
            Engine.of("llama-2-7b", "h100-sxm", n, constants=free, usable_share=1.0)
            for n in (8, 16)
        )
        sums = many._sum_seconds_per_token * batch_size
        step = many.decode_step_seconds(batch_size, 0) - sums
        assert step <= few.decode_step_seconds(batch_size, 0)
        assert many.cached_token_seconds == few.cached_token_seconds / 2

    def test_one_sequence_decodes_near_the_ceiling_of_its_bandwidth(self):
        engine = Engine.of("llama-2-7b", "a100-80", constants=ROOFLINE)
        ceiling = serving.decode_rate_ceiling(2039e9, engine._read_bytes(1))
        rate = 1 / engine.decode_base_seconds(1)
        # Normalisations read and write 0.06 % of the bytes of the weights.
        assert 0.99 * ceiling < rate < ceiling

    def test_input_costs_less_than_output(self):
        engine = on_a100()
        assert engine.input_cost(2.0, 1000) < engine.output_cost(2.0, 32, 1000)
        assert engine.output_cost(2.0, 64, 1000) < engine.output_cost(2.0, 32, 1000)
        assert engine.input_cost(2.0, 1000, utilization=0.5) == pytest.approx(
            2 * engine.input_cost(2.0, 1000)
        )


class TestCalibration:
    def test_fitting_again_gives_the_stored_constants(self):
        again, stored = calibration.fit(), fitted_constants()
        for name in calibration.NAMES:
            assert getattr(again, name) == pytest.approx(getattr(stored, name), rel=2e-3), name

    def test_no_constant_stands_at_a_bound(self):
        for name in calibration.NAMES:
            value = getattr(fitted_constants(), name)
            bound = calibration.LONGEST if name.endswith("latency") else 1.0
            assert calibration.SHORTEST * 10 < value < 0.99 * bound, name

    def test_a_fit_finds_the_constants_that_made_its_rows(self):
        made = Constants(0.6, 0.5, 0.3, 0.85, 0.7, 8e-6, 5e-5, 0.4)
        rows = []
        for row in calibration.measurements("fit"):
            columns = vars(row) | {"value": calibration.predicted(row, made)}
            rows.append(SimpleNamespace(**columns))
        found = calibration.fit(rows)
        for name in calibration.NAMES:
            assert getattr(found, name) == pytest.approx(getattr(made, name), rel=0.01), name

    def test_errors_are_small_where_it_was_fitted_and_where_not(self):
        ours, bound = calibration.errors(), calibration.errors(ROOFLINE)
        assert calibration.median_error(ours, split="fit") <= 0.05
        assert calibration.median_error(ours, split="unseen") <= 0.20
        assert calibration.median_error(bound, split="unseen") >= 0.35

    def test_the_fit_names_its_rows(self):
        fitted = calibration.measurements("fit")
        assert {row.model for row in fitted} == {"llama-2-7b", LLAMA}
        assert {row.accelerator for row in fitted} == {"a100-80", "h100-sxm"}
        assert {row.group for row in fitted} == {"trtllm-0.9"}
        assert len(fitted) == 24
        assert len(calibration.measurements("unseen")) == 258

    def test_what_lacks_a_kernel_is_never_fitted(self):
        assert {row.group for row in calibration.measurements("floor")} == {"vidur"}
        for split in ("fit", "unseen"):
            assert "vidur" not in {row.group for row in calibration.measurements(split)}

    def test_ratios_count_the_same_way_for_times_and_rates(self):
        row = calibration.measurements("fit")[0]
        assert row.quantity == "output_rate_per_card"
        columns = vars(row) | {"value": 2 * calibration.predicted(row)}
        assert calibration.slowness(SimpleNamespace(**columns)) == pytest.approx(2)
        time = vars(row) | {"quantity": "ttft"}
        time["value"] = 2 * calibration.predicted(SimpleNamespace(**time))
        assert calibration.slowness(SimpleNamespace(**time)) == pytest.approx(0.5)

    def test_each_quantity_is_what_it_says(self):
        row = next(row for row in calibration.measurements("unseen") if row.n_devices == 8)
        batch = calibration.engine_of(row).static_batch(
            row.batch_size, row.prompt_tokens, row.answer_tokens
        )
        wanted = {
            "ttft": batch.ttft,
            "tpot": batch.tpot,
            "batch_seconds": batch.seconds,
            "output_rate_per_card": batch.tokens_per_second / 8,
            "requests_per_second": row.batch_size / batch.seconds,
        }
        for quantity, value in wanted.items():
            columns = vars(row) | {"quantity": quantity}
            assert calibration.predicted(SimpleNamespace(**columns)) == value

    def test_no_rows_are_no_median(self):
        with pytest.raises(ValueError, match="no row has"):
            calibration.median_error([], split="fit")

    def test_every_measured_batch_fits_the_cards_it_ran_on(self):
        for row in data.table("serving_measurements"):
            engine = calibration.engine_of(row)
            assert row.batch_size <= engine.largest_batch(row.prompt_tokens + row.answer_tokens)


def test_an_engine_of_cards_in_part_or_of_unknown_arithmetic_is_refused():
    with pytest.raises(ValueError, match=r"n_devices must be a whole number of cards, got 3\.7"):
        Engine.of("llama-2-7b", "a100-80", 3.7)
    with pytest.raises(ValueError, match="compute_format must be one of"):
        Engine.of("llama-2-7b", "a100-80", compute_format="fp99")
