"""Every argument of every formula, declared once: meaning, unit, what is allowed, what is usual.

An argument's name means the same thing in every module.
"""

from llmbook.formula import Domain, formula
from llmbook.quantities import GB, PERCENT, TRILLION

_COUNT = {"low": 1.0, "open_low": False}
_FROM_ZERO = {"low": 0.0, "open_low": False}
_FRACTION = {"high": 1.0, "usual": (PERCENT, 1.0)}

GLOSSARY = {
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
    # Training
    "n_devices": Domain("cards that work together", "1", **_COUNT, usual=(1, 100000)),
    "peak_flops": Domain("dense peak rate of one card", "FLOP/s", usual=(1e12, 1e16)),
    "mfu": Domain("model FLOPs utilization", "1", **_FRACTION),
    "device_seconds": Domain("seconds times cards", "s", usual=(3600, 1e12)),
    "tokens_per_device_second": Domain("training rate of one card", "1/s", usual=(1, 1e6)),
    "recomputed_forwards": Domain(
        "extra forward passes in a step", "1", **_FROM_ZERO, high=1.0, usual=(0, 1)
    ),
    "usd_per_hour": Domain("rent of one card", "USD/h", usual=(0.05, 50)),
}

checked = formula(GLOSSARY)
