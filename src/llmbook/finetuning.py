"""What fine-tuning trains and holds: all weights, or low-rank updates beside frozen ones."""

from llmbook.elementwise import where, whole_units
from llmbook.glossary import checked
from llmbook.sizing import activation_bytes, checkpoint_bytes, training_state_bytes
from llmbook.transformer import weight_bytes


@checked
def lora_matrix_params(d_in, d_out, rank):
    """Count the weights of the low-rank update of one matrix.

    Parameters
    ----------
    d_in, d_out : float
        The matrix maps `d_in` numbers to `d_out`.
    rank : float
        Of the update: two thin matrices, d_in by rank and rank by d_out.

    Returns
    -------
    float
        Parameters that are trained.

    Notes
    -----
    Hu et al. 2021, section 4.1 (arXiv 2106.09685).
    """
    return 1.0 * rank * (d_in + d_out)


@checked
def lora_params(d_model, rank, n_matrices, n_layers):
    """Count the weights that LoRA trains in a model, all adapted matrices being square.

    Parameters
    ----------
    d_model : float
    rank : float
    n_matrices : float
        Matrices adapted in each layer; 2 for query and value.
    n_layers : float

    Returns
    -------
    float
        Parameters; 18,874,368 for GPT-3 at rank 4 on query and value.

    Notes
    -----
    Hu et al. 2021, section 4.2 (arXiv 2106.09685).  For grouped queries and feed-forward
    matrices, which are not square, see ``adapters.lora_params_of``.
    """
    return n_layers * n_matrices * lora_matrix_params(d_model, d_model, rank)


@checked
def lora_params_of_width(adapted_width, rank, n_layers):
    """Count the weights that LoRA trains in a model, whatever the shapes of its matrices.

    Parameters
    ----------
    adapted_width : float
        Inputs and outputs of all adapted matrices of one layer, added up.
    rank : float
    n_layers : float

    Returns
    -------
    float
        Parameters; the same as `lora_params` for square matrices.

    Notes
    -----
    The sum of `lora_matrix_params` over the matrices, of which rank is a common factor.
    """
    return 1.0 * rank * adapted_width * n_layers


@checked
def times_fewer(n_params, adapter_params):
    """Return how many times fewer weights are trained than the model has.

    Parameters
    ----------
    n_params : float
    adapter_params : float

    Returns
    -------
    float
        9,251 for GPT-3 at rank 4 on query and value.
    """
    return 1.0 * n_params / adapter_params


@checked
def lora_flops_share(n_params, adapter_params):
    """Return the FLOPs of training by LoRA over those of full fine-tuning on the same tokens.

    Parameters
    ----------
    n_params : float
    adapter_params : float
        Weights that LoRA trains beside them.

    Returns
    -------
    float
        Two thirds and a little more.

    Notes
    -----
    Full fine-tuning takes 6 FLOPs a parameter and token: 2 forward, 2 to carry the gradient
    back and 2 for the gradient of the weights (Kaplan et al. 2020, arXiv 2001.08361).  Frozen
    weights need the first 4.
    """
    return (4.0 * n_params + 6.0 * adapter_params) / (6.0 * n_params)


@checked
def quantization_constant_bits(block_size, outer_block_size):
    """Return the bits that doubly quantized scales add to each weight.

    Parameters
    ----------
    block_size : float
        Weights that share one scale of 8 bits.
    outer_block_size : float
        Scales that share one scale of 32 bits.

    Returns
    -------
    float
        Bits a parameter: 0.127 for blocks of 64 and 256.

    Notes
    -----
    Dettmers et al. 2023, section 3 (arXiv 2305.14314).
    """
    return 8.0 / block_size + 32.0 / (1.0 * block_size * outer_block_size)


@checked
def quantized_bytes_per_param(bits_per_param, constant_bits):
    """Return the bytes that one quantized weight takes with its share of the scales.

    Parameters
    ----------
    bits_per_param : float
        4 for NF4.
    constant_bits : float
        See `quantization_constant_bits`.

    Returns
    -------
    float
        Bytes a parameter, to be used as ``bytes_per_param``.
    """
    return (1.0 * bits_per_param + constant_bits) / 8.0


@checked
def adapter_state_bytes(
    n_params,
    bytes_per_param,
    adapter_params,
    weights_width,
    gradients_width,
    optimizer_width,
    weights_shards,
    gradients_shards,
    optimizer_shards,
):
    """Return the bytes of weights and training state on one card when only adapters learn.

    Parameters
    ----------
    n_params, bytes_per_param : float
        The frozen model: 2 bytes for LoRA, a quantized format for QLoRA.
    adapter_params : float
    weights_width, gradients_width, optimizer_width : float
        Bytes a trained parameter; frozen ones have neither gradient nor optimizer.
    weights_shards, gradients_shards, optimizer_shards : float
        As in ``sizing.training_state_bytes``; the frozen weights are cut like the trained ones.

    Returns
    -------
    float
        Bytes, without activations.

    Notes
    -----
    Hu et al. 2021, section 4.2 (arXiv 2106.09685); Dettmers et al. 2023 (arXiv 2305.14314).
    """
    frozen = weight_bytes(n_params, bytes_per_param) / weights_shards
    return frozen + training_state_bytes(
        adapter_params,
        weights_width,
        gradients_width,
        optimizer_width,
        weights_shards,
        gradients_shards,
        optimizer_shards,
    )


@checked
def checkpointed_activation_bytes(n_layers, d_model, sequence_length, batch_size):
    """Return the bytes of activations when each layer is computed again for its gradients.

    Parameters
    ----------
    n_layers, d_model, sequence_length : float
    batch_size : float
        Sequences that one card works on at once.

    Returns
    -------
    float
        Bytes at 16 bits: the input of every layer, and all activations of one of them.

    Notes
    -----
    Korthikanti et al. 2022, table 2 (arXiv 2205.05198).
    """
    inputs = checkpoint_bytes(n_layers, d_model, sequence_length, batch_size)
    return inputs + activation_bytes(1.0, d_model, sequence_length, batch_size, 1.0)


@checked
def cards_when_sharded(sharded_bytes, replicated_bytes, memory_bytes):
    """Return the fewest cards when some bytes are cut over all cards and each holds the others.

    Parameters
    ----------
    sharded_bytes : float
        Cut evenly: the whole training state under ZeRO stage 3.
    replicated_bytes : float
        On every card: activations, and whatever the stage does not cut.
    memory_bytes : float
        Of one card.

    Returns
    -------
    int
        Whole cards; 0 if what every card must hold does not fit, so that no number of cards
        would do.

    Notes
    -----
    Rajbhandari et al. 2020, section 5 (arXiv 1910.02054).
    """
    room = 1.0 * memory_bytes - replicated_bytes
    fits = room > 0.0
    return where(fits, whole_units(sharded_bytes / where(fits, room, 1.0)), 0.0)
