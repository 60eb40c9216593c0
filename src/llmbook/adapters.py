"""Which matrices of a model LoRA can adapt, and what it trains there."""

from llmbook.finetuning import lora_params_of_width

ATTENTION = ("q", "k", "v", "o")


def matrices(model):
    """Return the linear maps of one layer.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.

    Returns
    -------
    dict of str to (float, float, float)
        Numbers in, numbers out and how many there are: one each of ``"q"``, ``"k"``, ``"v"``,
        ``"o"``; ``"up"``, ``"down"`` and, where the feed-forward block is gated, ``"gate"`` for
        each expert.
    """
    queries, keys = model.n_heads * model.head_dim, model.n_kv_heads * model.head_dim
    found = {
        "q": (model.d_model, queries, 1.0),
        "k": (model.d_model, keys, 1.0),
        "v": (model.d_model, keys, 1.0),
        "o": (queries, model.d_model, 1.0),
        "up": (model.d_model, model.d_ff, model.n_experts),
        "down": (model.d_ff, model.d_model, model.n_experts),
    }
    gate = {"gate": found["up"]} if model.n_mlp_matrices == 3 else {}
    return found | gate


def adapted_width(model, targets):
    """Add up the inputs and outputs of the adapted matrices of one layer.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.
    targets : iterable of str
        Names of `matrices`.

    Returns
    -------
    float
        An argument of ``finetuning.lora_params_of_width``.

    Raises
    ------
    ValueError
        If the model has no such matrix, or one is named twice or none at all.
    """
    known, named = matrices(model), list(targets)
    stray = [name for name in named if name not in known]
    if stray or not named or len(set(named)) < len(named):
        raise ValueError(f"targets must be one or more of {sorted(known)}, each once, got {named}")
    shapes = (known[name] for name in named)
    return sum(count * (d_in + d_out) for d_in, d_out, count in shapes)


def lora_params_of(model, targets, rank):
    """Count the weights that LoRA trains in a model of the table.

    Parameters
    ----------
    model : object
        A row of ``models``, or anything with the same attributes.
    targets : iterable of str
        Names of `matrices`.
    rank : float

    Returns
    -------
    float
        Parameters.

    Raises
    ------
    ValueError
        As for `adapted_width`, or if the rank is no whole number up to the smallest side of an
        adapted matrix: none has a higher one.
    """
    named = list(targets)
    trained = lora_params_of_width(adapted_width(model, named), rank, model.n_layers)
    most = min(side for name in named for side in matrices(model)[name][:2])
    if rank % 1 or rank > most:
        raise ValueError(f"rank must be a whole number up to {most:g}, got {rank!r}")
    return trained
