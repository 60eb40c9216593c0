"""The memory of a fine-tuning run by its parts, and the cards that hold it."""

from llmbook import data
from llmbook.adapters import lora_params_of, matrices
from llmbook.finetuning import (
    cards_when_sharded,
    checkpointed_activation_bytes,
    quantization_constant_bits,
    quantized_bytes_per_param,
)
from llmbook.formula import apply
from llmbook.sizing import activation_bytes
from llmbook.transformer import embedding_params, model_params, weight_bytes

METHODS = ("full", "lora", "qlora")

# Sizes of blocks in the QLoRA paper, section 3.
QLORA_BLOCK, QLORA_OUTER_BLOCK = 64.0, 256.0


def nf4_bytes_per_param():
    """Return the bytes of a weight in NF4 with doubly quantized constants: 0.516."""
    bits = 8.0 * data.row("number_formats", "nf4").bytes_per_value
    constants = quantization_constant_bits(QLORA_BLOCK, QLORA_OUTER_BLOCK)
    return quantized_bytes_per_param(bits, constants)


def state_widths(account):
    """Return the bytes of weight, gradient and optimizer that a trained parameter takes.

    Parameters
    ----------
    account : str
        Of ``training_state``: ``"zero"`` (16 bytes in all) or ``"hugging-face"`` (18).

    Returns
    -------
    dict of str to float
        ``weights``, ``gradients``, ``optimizer``.

    Raises
    ------
    ValueError
        If there is no such account.
    """
    rows = [row for row in data.table("training_state") if row.account == account]
    if not rows:
        known = sorted({row.account for row in data.table("training_state")})
        raise ValueError(f"account must be one of {known}, got {account!r}")
    parts = ("weights", "gradients", "optimizer")
    return {part: sum(row.bytes_per_param for row in rows if row.part == part) for part in parts}


def finetuning_parts(
    model,
    method,
    targets=None,
    rank=16.0,
    sequence_length=512.0,
    batch_size=1.0,
    account="zero",
    checkpointed=True,
):
    """Return the bytes of a fine-tuning run, cut over no cards.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.
    method : str
        ``"full"``, ``"lora"`` (frozen weights at 16 bits) or ``"qlora"`` (at NF4, embeddings at
        16 bits).
    targets : iterable of str, optional
        Adapted matrices, see ``adapters.matrices``; all of them by default.
    rank : float
    sequence_length, batch_size : float
        What one card works on at once.
    account : str
        See `state_widths`.
    checkpointed : bool
        Whether layers are computed again for their gradients.

    Returns
    -------
    dict of str to float
        ``frozen weights``, ``trained weights``, ``gradients``, ``optimizer``, ``activations``.

    Raises
    ------
    ValueError
        If the method, the account or a target is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {METHODS}, got {method!r}")
    trained = model_params(model)
    if method != "full":
        trained = lora_params_of(model, matrices(model) if targets is None else targets, rank)
    widths = state_widths(account)
    return {
        "frozen weights": _frozen_bytes(model, method),
        "trained weights": trained * widths["weights"],
        "gradients": trained * widths["gradients"],
        "optimizer": trained * widths["optimizer"],
        "activations": _activations(model, sequence_length, batch_size, checkpointed),
    }


def cards_by_part(parts, memory_bytes):
    """Return the fewest cards that hold a run, its state cut over them (ZeRO stage 3).

    Parameters
    ----------
    parts : dict of str to float
        As `finetuning_parts` gives them; every card has activations of its own.
    memory_bytes : float
        Of one card.

    Returns
    -------
    int
        Whole cards; 0 if the activations alone do not fit.

    Raises
    ------
    ValueError
        If the activations are left out.
    """
    if "activations" not in parts:
        raise ValueError(f"parts must hold the activations, got {sorted(parts)}")
    state = sum(size for part, size in parts.items() if part != "activations")
    return cards_when_sharded(state, parts["activations"], memory_bytes)


def cards_of_run(parts, card):
    """Return the fewest cards of one kind, by the memory that is sold and that can be used.

    Parameters
    ----------
    parts : dict of str to float
        As `finetuning_parts` gives them.
    card : object
        A row of ``accelerators``.

    Returns
    -------
    dict of str to int or None
        ``nominal`` and ``usable``; None where the memory is not known.
    """
    sizes = {"nominal": card.memory_bytes, "usable": card.usable_memory_bytes}
    return {kind: size and cards_by_part(parts, size) for kind, size in sizes.items()}


def _frozen_bytes(model, method):
    """Frozen weights; the embeddings stay at 16 bits whatever the method."""
    if method == "full":
        return 0.0
    half = data.row("number_formats", "bf16").bytes_per_value
    if method == "lora":
        return weight_bytes(model_params(model), half)
    embeddings = apply(embedding_params, model)
    quantized = model_params(model) - embeddings
    return weight_bytes(quantized, nf4_bytes_per_param()) + weight_bytes(embeddings, half)


def _activations(model, sequence_length, batch_size, checkpointed):
    run = {"sequence_length": sequence_length, "batch_size": batch_size}
    if checkpointed:
        return apply(checkpointed_activation_bytes, model, **run)
    return apply(activation_bytes, model, **run, tensor_parallel=1.0)
