"""Every argument of every formula, declared once: meaning, unit, what is allowed, what is usual.

An argument's name means the same thing in every module.
"""

from llmbook.formula import Domain, formula
from llmbook.quantities import GB, PERCENT, TRILLION

_COUNT = {"low": 1.0, "open_low": False}
_FROM_ZERO = {"low": 0.0, "open_low": False}
_FRACTION = {"high": 1.0, "usual": (PERCENT, 1.0)}

GLOSSARY = {
    # Device and cloud
    "acceptance": Domain(
        "chance that a drafted token is kept",
        "1",
        **_FROM_ZERO,
        high=1.0,
        usual=(PERCENT, 0.99),
    ),
    "draft_length": Domain("tokens drafted a round", "1", **_FROM_ZERO, usual=(1, 16)),
    "cost_ratio": Domain(
        "a step of the draft model over one of the large model", "1", **_FROM_ZERO, usual=(0, 5)
    ),
    "operations_ratio": Domain(
        "operations of the draft model over those of the large model",
        "1",
        **_FROM_ZERO,
        usual=(0, 1),
    ),
    "draft_step": Domain("time of a step of the draft model", "s", **_FROM_ZERO, usual=(0, 1)),
    "target_step": Domain("time of a step of the large model", "s", usual=(1e-3, 1)),
    "round_trip": Domain(
        "time to the other end of a link and back", "s", **_FROM_ZERO, usual=(0, 0.5)
    ),
    # A spoken question
    "endpoint_seconds": Domain(
        "silence that marks the end of a question", "s", **_FROM_ZERO, usual=(0, 2)
    ),
    "speech_seconds": Domain("speech not recognised yet", "s", **_FROM_ZERO, usual=(0, 30)),
    "recognition_factor": Domain(
        "time of speech recognition over that of the speech", "1", **_FROM_ZERO, usual=(0, 2)
    ),
    "first_tokens": Domain(
        "tokens that speech synthesis needs to start", "1", **_COUNT, usual=(1, 50)
    ),
    "synthesis_seconds": Domain(
        "time from a text to its first sound", "s", **_FROM_ZERO, usual=(0, 2)
    ),
    "users_at_start": Domain("users at first", "1", usual=(1, 1e10)),
    "users_at_end": Domain("users at last", "1", usual=(1, 1e10)),
    "n_days": Domain("days between two counts", "d", usual=(1, 3650)),
    # Networks
    "radix": Domain("ports of a switch", "1", **_COUNT, usual=(4, 128)),
    "hosts_per_switch": Domain("hosts on one switch", "1", **_COUNT, usual=(1, 32)),
    "gradient_bytes": Domain("gradients that each member holds", "B", usual=(1e6, 1e13)),
    "n_members": Domain("members of a ring", "1", **_COUNT, usual=(2, 100000)),
    "link_latency": Domain("time of one message to its end", "s", **_FROM_ZERO, usual=(0, 0.2)),
    "payload_bytes": Domain("bytes to be sent", "B", usual=(1, 1e13)),
    "overhead_bytes": Domain(
        "bytes that encryption adds to a packet", "B", **_FROM_ZERO, usual=(0, 200)
    ),
    "step_seconds": Domain("time of computing a training step", "s", usual=(0.01, 100)),
    "communication_seconds": Domain(
        "time of one synchronisation", "s", **_FROM_ZERO, usual=(0, 1e5)
    ),
    "overlapped_share": Domain(
        "share of a step in which the network works too",
        "1",
        **_FROM_ZERO,
        high=1.0,
        usual=(0, 1),
    ),
    "steps_between": Domain(
        "steps from one synchronisation to the next", "1", **_COUNT, usual=(1, 1000)
    ),
    # A model's shape
    "n_layers": Domain("transformer layers", "1", **_COUNT, usual=(1, 200)),
    "d_model": Domain("width of the residual stream", "1", **_COUNT, usual=(64, 20480)),
    "n_heads": Domain("attention heads a layer", "1", **_COUNT, usual=(1, 128)),
    "n_kv_heads": Domain("key and value heads a layer", "1", **_COUNT, usual=(1, 128)),
    "head_dim": Domain("width of one attention head", "1", **_COUNT, usual=(32, 256)),
    "d_ff": Domain("inner width of the feed-forward block", "1", **_COUNT, usual=(128, 65536)),
    "n_mlp_matrices": Domain(
        "matrices of the feed-forward block: 3 if gated, else 2", "1", **_COUNT, usual=(2, 3)
    ),
    "n_experts": Domain("feed-forward blocks to choose from", "1", **_COUNT, usual=(2, 256)),
    "n_active_experts": Domain("feed-forward blocks a token uses", "1", **_COUNT, usual=(1, 8)),
    "vocab_size": Domain("different tokens", "1", **_COUNT, usual=(256, 260000)),
    "n_embeddings": Domain(
        "embedding matrices: 1 if input and output share one, else 2", "1", **_COUNT, usual=(1, 2)
    ),
    "n_positions": Domain("learned position vectors", "1", **_FROM_ZERO, usual=(0, 8192)),
    "norm_vectors": Domain(
        "vectors of a normalisation: 1 for RMSNorm, 2 for LayerNorm", "1", **_COUNT, usual=(1, 2)
    ),
    "uses_bias": Domain(
        "1 if linear maps add a bias, else 0", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    # Sizes
    "n_params": Domain("parameters", "1", usual=(1e6, 2 * TRILLION)),
    "n_active_params": Domain("parameters that a token uses", "1", usual=(1e6, 2 * TRILLION)),
    "bytes_per_param": Domain("stored bytes of one parameter", "B", usual=(0.5, 18)),
    "bytes_per_value": Domain("stored bytes of one number", "B", usual=(0.5, 4)),
    "total_bytes": Domain("bytes to be held", "B", usual=(GB, 1e15)),
    "memory_bytes": Domain("memory of one card", "B", usual=(100e6, 400e9)),
    "bandwidth": Domain("bytes a second from memory", "B/s", usual=(10e9, 100e12)),
    "bytes_per_token": Domain("bytes read to make one token", "B", usual=(100e6, 2e12)),
    # Text
    "n_tokens": Domain("tokens", "1", usual=(1, 20 * TRILLION)),
    "batch_size": Domain("sequences at once", "1", **_COUNT, usual=(1, 4096)),
    "sequence_length": Domain("tokens of one sequence", "1", **_COUNT, usual=(1, 131072)),
    "words_per_token": Domain("words that a token stands for", "1", usual=(0.2, 1.5)),
    # Quality of experience
    "ttft": Domain("time to the first token", "s", usual=(0.05, 60)),
    "tpot": Domain("time of each token after the first", "s", usual=(1e-3, 1)),
    "seconds": Domain("time from a request to its last token", "s", usual=(0.1, 1000)),
    "expected_ttft": Domain(
        "time after which a user is ready to read", "s", **_FROM_ZERO, usual=(0, 10)
    ),
    "reading_tpot": Domain("time that a user takes for a token", "s", usual=(0.05, 1)),
    "words_per_minute": Domain("pace of a reader or listener", "1/min", usual=(50, 1000)),
    # The market
    "input_price": Domain("price of input tokens", "USD/Mtok", **_FROM_ZERO, usual=(0, 100)),
    "output_price": Domain("price of output tokens", "USD/Mtok", **_FROM_ZERO, usual=(0, 100)),
    "other_input_price": Domain(
        "price of input tokens at another vendor", "USD/Mtok", **_FROM_ZERO, usual=(0, 100)
    ),
    "other_output_price": Domain(
        "price of output tokens at another vendor", "USD/Mtok", **_FROM_ZERO, usual=(0, 100)
    ),
    "input_to_output": Domain(
        "input tokens for each output token", "1", **_FROM_ZERO, usual=(0, 100)
    ),
    "input_share": Domain(
        "share of input in all tokens", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    # Owning, renting or calling an API
    "server_usd": Domain("price of a server with its cards", "USD", usual=(10000, 1e6)),
    "facility_usd": Domain(
        "what housing a server costs over its life", "USD", **_FROM_ZERO, usual=(0, 200000)
    ),
    "network_share": Domain(
        "price of the network over that of the servers", "1", **_FROM_ZERO, usual=(0, 0.5)
    ),
    "spare_share": Domain(
        "cards in reserve for each card at work", "1", **_FROM_ZERO, usual=(0, 0.2)
    ),
    "capital_usd": Domain("what is paid before the first hour", "USD", usual=(1000, 1e8)),
    "interest_rate": Domain("interest of a year", "1", **_FROM_ZERO, usual=(0, 0.3)),
    "load_share": Domain("mean draw over rated draw", "1", **_FRACTION),
    "usd_per_kwh": Domain("price of electricity", "USD/kWh", **_FROM_ZERO, usual=(0, 0.5)),
    "staff_usd_per_year": Domain(
        "staff of one server for a year", "USD", **_FROM_ZERO, usual=(0, 50000)
    ),
    "failures_per_year": Domain("failures of one card in a year", "1", **_FROM_ZERO, usual=(0, 2)),
    "repair_seconds": Domain("time until a failed card is back", "s", **_FROM_ZERO, usual=(0, 1e7)),
    "recovery_seconds": Domain(
        "time that a job loses to one failure", "s", **_FROM_ZERO, usual=(0, 10000)
    ),
    "availability": Domain("share of its time in which a card is not down", "1", **_FRACTION),
    "owned_usd_per_hour": Domain("cost of one card of one's own", "USD/h", usual=(0.05, 50)),
    "tokens_per_second": Domain("tokens of all cards together", "1/s", usual=(1, 1e6)),
    "api_usd_per_mtok": Domain("price of an API", "USD/Mtok", usual=(0.01, 100)),
    # A fleet
    "n_users": Domain("users of a service", "1", high=1e10, usual=(1000, 1e10)),
    "mean_rate": Domain("requests a second over the day", "1/s", usual=(0.01, 1e6)),
    "peak_factor": Domain("busiest hour over mean hour", "1", **_COUNT, usual=(1, 5)),
    "peak_rate": Domain("requests a second of the busiest hour", "1/s", usual=(0.01, 1e6)),
    "full_rate": Domain("requests a second of a full instance", "1/s", usual=(0.01, 100)),
    "kept_share": Domain("goodput over the rate of a full instance", "1", usual=(0.01, 1)),
    "longest_request": Domain("most tokens of a request", "1", **_COUNT, usual=(512, 131072)),
    "kept_tokens": Domain("share of the tokens left after a cut", "1", **_FRACTION),
    "instance_rate": Domain("requests a second of one instance", "1/s", usual=(0.01, 100)),
    "n_instances": Domain("copies of a model that serve", "1", **_COUNT, usual=(1, 1e5)),
    "n_sites": Domain("sites that share the users", "1", **_COUNT, usual=(1, 50)),
    "n_servers": Domain("servers", "1", **_COUNT, usual=(1, 1e5)),
    "servers_per_rack": Domain("servers of one rack", "1", **_COUNT, usual=(1, 16)),
    "largest_fleet": Domain("cards of the largest fleet known", "1", usual=(1e5, 1e7)),
    "total_kg": Domain("emissions of a year", "kg CO2e", **_FROM_ZERO, usual=(0, 1e9)),
    "checkpoint_seconds": Domain("time to save the state of a run", "s", usual=(1, 1000)),
    "card_failures": Domain("failures of one card in a year", "1", usual=(0.01, 2)),
    # Subscriptions
    "messages_per_day": Domain("messages of one user", "1", **_FROM_ZERO, usual=(0, 200)),
    "tokens_per_message": Domain(
        "tokens read and written for one message", "1", **_FROM_ZERO, usual=(0, 20000)
    ),
    "quota_messages": Domain("messages in one window of a quota", "1", usual=(1, 1000)),
    "quota_seconds": Domain("window of a quota", "s", usual=(3600, 3e6)),
    "tokens_per_month": Domain("tokens of one user", "1", **_FROM_ZERO, usual=(0, 1e9)),
    "price_usd": Domain("price of a subscription for a month", "USD", usual=(1, 500)),
    "cost_usd_per_mtok": Domain("what tokens cost their seller", "USD/Mtok", usual=(0.01, 100)),
    "median_tokens": Domain("tokens a month of the median user", "1", usual=(1000, 1e8)),
    "mean_tokens": Domain("tokens a month of the mean user", "1", usual=(1000, 1e9)),
    "usage_spread": Domain(
        "standard deviation of the logarithm of usage", "1", **_FROM_ZERO, usual=(0, 2.5)
    ),
    # Splitting a model over cards
    "tensor_parallel": Domain("cards that share each layer", "1", **_COUNT, usual=(1, 64)),
    "pipeline_parallel": Domain("groups of layers on own cards", "1", **_COUNT, usual=(1, 64)),
    "weights_shards": Domain("parts the weights are cut into", "1", **_COUNT, usual=(1, 4096)),
    "gradients_shards": Domain("parts the gradients are cut into", "1", **_COUNT, usual=(1, 4096)),
    "optimizer_shards": Domain(
        "parts the optimizer's state is cut into", "1", **_COUNT, usual=(1, 4096)
    ),
    "weights_width": Domain("bytes of weight a parameter", "B", **_FROM_ZERO, usual=(1, 4)),
    "gradients_width": Domain("bytes of gradient a parameter", "B", **_FROM_ZERO, usual=(1, 4)),
    "optimizer_width": Domain(
        "bytes of optimizer state a parameter", "B", **_FROM_ZERO, usual=(0, 12)
    ),
    # A long context
    "corpus_tokens": Domain("tokens of everything that is known", "1", usual=(1000, 1e6)),
    "retrieved_tokens": Domain(
        "tokens of the facts sent with a question", "1", **_FROM_ZERO, usual=(10, 10000)
    ),
    "cached_price": Domain(
        "price of tokens read from a cache", "USD/Mtok", **_FROM_ZERO, usual=(0, 10)
    ),
    "cache_write_price": Domain(
        "price of tokens written to a cache", "USD/Mtok", **_FROM_ZERO, usual=(0, 100)
    ),
    "queries_per_cache_life": Domain(
        "questions that one writing of a cache serves", "1", **_COUNT, usual=(1, 10000)
    ),
    "writing_ttft": Domain("time to the first token of a query", "s", usual=(0.01, 60)),
    "query_tokens": Domain("tokens of a query to a store", "1", **_COUNT, usual=(1, 1000)),
    "usd_per_query": Domain("cost of one question", "USD", **_FROM_ZERO, usual=(0, 1)),
    "other_usd_per_query": Domain(
        "cost of one question in another way", "USD", **_FROM_ZERO, usual=(0, 1)
    ),
    # Serving: the step of an engine
    "read_bytes": Domain("bytes of weights that a step reads", "B", usual=(1e9, 2e12)),
    "bytes_per_cached_token": Domain(
        "bytes that one card reads for a cached token", "B", usual=(1e4, 5e6)
    ),
    "cached_tokens": Domain(
        "cached tokens of all sequences together", "1", **_FROM_ZERO, usual=(0, 1e6)
    ),
    "n_sequences": Domain("prompts processed at once", "1", **_COUNT, usual=(1, 64)),
    "prompt_tokens": Domain("tokens of a prompt", "1", **_COUNT, usual=(1, 32768)),
    "answer_tokens": Domain("tokens of an answer", "1", **_COUNT, usual=(1, 4096)),
    "context_tokens": Domain("tokens of a sequence so far", "1", **_FROM_ZERO, usual=(1, 131072)),
    "window_tokens": Domain("most tokens that attention keeps", "1", **_COUNT, usual=(512, 131072)),
    "latent_width": Domain("numbers cached for a token and layer", "1", **_COUNT, usual=(64, 1024)),
    "attention_flops": Domain(
        "FLOPs of attention over one prompt", "FLOP", **_FROM_ZERO, usual=(1e6, 1e16)
    ),
    "attention_peak_flops": Domain(
        "dense peak rate of one card in the format of attention", "FLOP/s", usual=(1e12, 1e16)
    ),
    "compute_efficiency": Domain("reached share of the peak rate", "1", **_FRACTION),
    "memory_efficiency": Domain("reached share of the bandwidth for weights", "1", **_FRACTION),
    "unhidden_share": Domain(
        "share of the shorter of arithmetic and reading that shows",
        "1",
        **_FROM_ZERO,
        high=1.0,
        usual=(0, 1),
    ),
    "kv_efficiency": Domain("reached share of the bandwidth for the KV cache", "1", **_FRACTION),
    "fixed_seconds": Domain("what a step of any size costs", "s", **_FROM_ZERO, usual=(0, 0.02)),
    "seconds_per_token": Domain(
        "what a token costs beside the matrix products", "s", **_FROM_ZERO, usual=(0, 1e-4)
    ),
    "link_bandwidth": Domain("bytes a second that one side sends", "B/s", usual=(1e5, 1e12)),
    "sum_latency": Domain(
        "one sum over the cards of almost nothing", "s", **_FROM_ZERO, usual=(0, 5e-5)
    ),
    "experts_in_use": Domain(
        "experts of a layer that a step uses", "1", **_FROM_ZERO, usual=(1, 256)
    ),
    "params_per_expert": Domain("parameters of one expert", "1", usual=(1e6, 1e9)),
    # Serving: a batch and its price
    "prompt_seconds": Domain("time to process the prompts", "s", **_FROM_ZERO, usual=(0.001, 100)),
    "capacity_tokens": Domain(
        "tokens whose KV cache fits beside the weights", "1", usual=(1000, 1e7)
    ),
    "request_places": Domain(
        "requests for which there is memory", "1", **_FROM_ZERO, usual=(0, 5000)
    ),
    "owner_usd_per_hour": Domain("cost of an hour of one's own card", "USD/h", usual=(0.2, 15)),
    "price_factor": Domain("price over cost", "1", usual=(0.1, 10)),
    "decode_seconds": Domain("a decode step", "s", usual=(0.001, 1)),
    "layer_params": Domain("parameters of all layers that a token uses", "1", usual=(1e8, 1e12)),
    "head_params": Domain("parameters of the output matrix", "1", **_FROM_ZERO, usual=(1e6, 1e10)),
    "base_seconds": Domain("a decode step with nothing cached", "s", usual=(0.001, 1)),
    "cached_token_seconds": Domain(
        "what a cached token adds to a step", "s", **_FROM_ZERO, usual=(1e-9, 1e-6)
    ),
    "batch_seconds": Domain("from the start of a batch to its end", "s", usual=(0.01, 1000)),
    # Training
    "n_devices": Domain("cards that work together", "1", **_COUNT, usual=(1, 100000)),
    "peak_flops": Domain("dense peak rate of one card", "FLOP/s", usual=(1e12, 1e16)),
    "mfu": Domain("model FLOPs utilization", "1", **_FRACTION),
    "device_seconds": Domain("seconds times cards", "s", usual=(3600, 1e12)),
    "tokens_per_device_second": Domain("training rate of one card", "1/s", usual=(1, 1e6)),
    "recomputed_forwards": Domain(
        "extra forward passes in a step", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    # Fine-tuning
    "d_in": Domain("numbers that a matrix takes in", "1", **_COUNT, usual=(64, 65536)),
    "d_out": Domain("numbers that a matrix gives out", "1", **_COUNT, usual=(64, 65536)),
    "rank": Domain("rank of a low-rank update", "1", **_COUNT, usual=(1, 256)),
    "n_matrices": Domain("matrices adapted in a layer", "1", **_COUNT, usual=(1, 7)),
    "adapted_width": Domain(
        "inputs and outputs of a layer's adapted matrices", "1", **_COUNT, usual=(128, 1e6)
    ),
    "adapter_params": Domain("parameters trained beside frozen ones", "1", usual=(1e4, 2e9)),
    "block_size": Domain("weights that share a scale", "1", **_COUNT, usual=(16, 1024)),
    "outer_block_size": Domain("scales that share a scale", "1", **_COUNT, usual=(16, 1024)),
    "bits_per_param": Domain("stored bits of one parameter", "bit", usual=(2, 16)),
    "constant_bits": Domain(
        "bits of scales, shared out to each parameter", "bit", **_FROM_ZERO, usual=(0, 2)
    ),
    "sharded_bytes": Domain("bytes cut evenly over the cards", "B", usual=(GB, 1e13)),
    "replicated_bytes": Domain(
        "bytes that every card holds", "B", **_FROM_ZERO, usual=(0, 200 * GB)
    ),
    "usd_per_hour": Domain("rent or cost of one card", "USD/h", usual=(0.05, 50)),
    # The choice between fine-tuning and retrieval
    "n_labels": Domain("labelled examples", "1", **_FROM_ZERO, usual=(0, 1e6)),
    "usd_per_label": Domain("price of one label", "USD", **_FROM_ZERO, usual=(0, 10)),
    "n_adapters": Domain("adapted models on the same cards", "1", **_COUNT, usual=(1, 1000)),
    "cached_share": Domain(
        "share of tokens kept from an earlier prompt", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    "fixed_usd": Domain("paid whatever the queries", "USD", **_FROM_ZERO, usual=(0, 1e7)),
    "hosting_usd_per_hour": Domain(
        "paid to keep a model ready", "USD/h", **_FROM_ZERO, usual=(0, 500)
    ),
    "hours": Domain("time in which a model is kept ready", "h", **_FROM_ZERO, usual=(0, 20000)),
    "n_queries": Domain("queries", "1", **_FROM_ZERO, usual=(0, 1e9)),
    "other_fixed_usd": Domain(
        "paid for another way whatever the queries", "USD", **_FROM_ZERO, usual=(0, 1e7)
    ),
    "trained_models": Domain("copies of a model that are trained", "1", **_FROM_ZERO, usual=(0, 4)),
    "frozen_models": Domain("copies that stay as they are", "1", **_FROM_ZERO, usual=(0, 4)),
    "trained_bytes_per_param": Domain(
        "bytes of weight, gradient and optimizer a parameter", "B", usual=(2, 18)
    ),
    "frozen_bytes_per_param": Domain("bytes of a frozen parameter", "B", usual=(0.5, 4)),
    # Carbon: energy
    "power_watts": Domain("draw of one device", "W", **_FROM_ZERO, usual=(10, 2000)),
    "system_power_watts": Domain(
        "draw of one device with its share of the server", "W", **_FROM_ZERO, usual=(10, 2000)
    ),
    "host_power_watts": Domain(
        "draw of a server without its devices", "W", **_FROM_ZERO, usual=(10, 10000)
    ),
    "devices_per_host": Domain("devices of one server", "1", **_COUNT, usual=(1, 16)),
    "device_hours": Domain("hours times devices", "h", **_FROM_ZERO, usual=(1, 100e6)),
    "pue": Domain("energy of the site over that of its machines", "1", **_COUNT, usual=(1, 2)),
    "energy_kwh": Domain("energy", "kWh", **_FROM_ZERO, usual=(1, 1e9)),
    "carbon_intensity": Domain(
        "emissions of electricity", "kg CO2e/kWh", **_FROM_ZERO, usual=(0, 1.2)
    ),
    "litres_per_kwh": Domain("water of electricity", "l/kWh", **_FROM_ZERO, usual=(0, 10)),
    "achieved_flops": Domain("rate that one card reaches", "FLOP/s", usual=(1e12, 1e16)),
    "efficiency": Domain("achieved over peak rate", "1", **_FRACTION),
    # Carbon: hardware
    "amount": Domain(
        "size of one part", "cm2, GB or whole parts", **_FROM_ZERO, usual=(0.1, 50000)
    ),
    "carbon_per_amount": Domain(
        "emissions of making one unit of size", "kg CO2e", **_FROM_ZERO, usual=(0, 3000)
    ),
    "count": Domain("parts", "1", **_FROM_ZERO, usual=(0, 100000)),
    "used_seconds": Domain("time in use by the clock", "s", **_FROM_ZERO, usual=(3600, 1e8)),
    "lifetime_seconds": Domain("time from purchase to scrap", "s", usual=(3e7, 3e8)),
    "utilization": Domain("share of its life in which a part works", "1", **_FRACTION),
    "operational_kg": Domain("emissions of the energy", "kg CO2e", **_FROM_ZERO, usual=(0, 1e8)),
    "embodied_kg": Domain("emissions of the manufacture", "kg CO2e", **_FROM_ZERO, usual=(0, 1e7)),
    "kg_here": Domain("emissions at one place", "kg CO2e", **_FROM_ZERO, usual=(0, 1e8)),
    "kg_there": Domain("emissions at another place", "kg CO2e", **_FROM_ZERO, usual=(0, 1e8)),
    # Carbon: answers
    "token_energy_kwh": Domain("energy of one token", "kWh", usual=(1e-9, 1e-4)),
    "training_energy_kwh": Domain("energy of a training run", "kWh", usual=(1, 1e9)),
    # Value and cost of a model in use
    "project_factor": Domain(
        "energy of the project over that of its final run", "1", **_COUNT, usual=(1, 10)
    ),
    "n_workers": Domain("people who use it", "1", usual=(1, 1e6)),
    "hours_per_year": Domain("hours that one of them works in a year", "h", usual=(100, 3000)),
    "adoption": Domain("share of the hours in which it is used", "1", **_FRACTION),
    "productivity_gain": Domain("more work in an hour", "1", **_FROM_ZERO, usual=(0.0, 1.0)),
    "wage_usd_per_hour": Domain("wage", "USD/h", usual=(1, 200)),
    "tokens_per_hour": Domain(
        "tokens that one of them needs in an hour", "1/h", **_FROM_ZERO, usual=(0, 1e6)
    ),
    "usd_per_mtok": Domain("price of a million tokens", "USD", **_FROM_ZERO, usual=(0, 100)),
    "investment_usd": Domain("cost of the training", "USD", usual=(1e3, 1e10)),
    "upkeep_share": Domain(
        "upkeep in a year over the investment", "1", **_FROM_ZERO, usual=(0.0, 1.0)
    ),
    "yearly_value_usd": Domain("value of a year", "USD", **_FROM_ZERO, usual=(0, 1e9)),
    "yearly_cost_usd": Domain("cost of a year", "USD", **_FROM_ZERO, usual=(0, 1e9)),
    "annuity_years": Domain("today's worth of one dollar a year", "1", usual=(0.5, 50)),
    "discount_rate": Domain("what a year's delay costs", "1", usual=(PERCENT, 1.0)),
    "horizon_years": Domain("years of use", "1", usual=(1, 30)),
    # Carbon: what LLMCarbon guesses
    "base_params": Domain("parameters of the dense base model", "1", usual=(1e6, 1e12)),
    "moe_share": Domain(
        "share of the layers that have experts", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    "fit_input": Domain("where a curve is read", "1", **_FROM_ZERO, usual=(1, 1e12)),
    "intercept": Domain("a curve at zero", "unit of the curve", **_FROM_ZERO, usual=(0, 2000)),
    "slope": Domain("a curve's rise at zero", "unit of the curve", **_FROM_ZERO, usual=(0, 60)),
    "curvature": Domain(
        "how a curve bends down", "unit of the curve", **_FROM_ZERO, usual=(0, 0.5)
    ),
    "params_per_byte": Domain(
        "parameters trained for each byte of a card", "1/B", usual=(0.01, 0.1)
    ),
    "fitted_devices": Domain("cards by the curve", "1", usual=(100, 10000)),
    "device_factor": Domain("cards for each A100 of 80 GB", "1", usual=(0.25, 5)),
    "fitted_batch": Domain("sequences by the curve", "1", usual=(100, 10000)),
    "small_batch": Domain("sequences if one server suffices", "1", **_COUNT, usual=(1, 4096)),
    "batch_multiple": Domain("what a batch is rounded to", "1", **_COUNT, usual=(1, 64)),
    "tensor_rate": Domain("rate inside one server", "FLOP/s", **_FROM_ZERO, usual=(1e12, 1e15)),
    "pipeline_rate": Domain(
        "rate over several servers", "FLOP/s", **_FROM_ZERO, usual=(1e12, 1e15)
    ),
    "other_peak_flops": Domain("dense peak rate of another card", "FLOP/s", usual=(1e12, 1e16)),
    "lost_share": Domain(
        "share of the rate that is lost", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    "params_scale": Domain("loss of a model of one parameter", "nat", usual=(1, 1000)),
    "params_exponent": Domain("how loss falls with parameters", "1", usual=(0.05, 1)),
    "tokens_scale": Domain("loss after one token", "nat", usual=(1, 1000)),
    "tokens_exponent": Domain("how loss falls with tokens", "1", usual=(0.05, 1)),
    "irreducible_loss": Domain("loss that remains", "nat", **_FROM_ZERO, usual=(0, 3)),
}

checked = formula(GLOSSARY)
