"""Section III of the paper: training and inference by xPUs.

A function takes the inputs that ``claim_inputs.csv`` lists for its claim and returns the number
in the claim's unit.  One without arguments asks a whole table.
"""

from llmbook import data
from llmbook.claims.registry import claim
from llmbook.quantities import BILLION, DAY, GB, MB, THOUSAND, TRILLION
from llmbook.sizing import cards_needed
from llmbook.training import seconds_at_rate
from llmbook.transformer import weight_bytes

TENSOR_KINDS = ("GPU", "TPU", "NPU", "LPU")


def cards_on_sale():
    """Return the accelerators made for tensors that were on the market when the paper appeared.

    Returns
    -------
    list of llmbook.data.Row
        A date of which only the year is known counts as the end of that year.
    """
    published = _latest(data.row("events", "paper-published").date)
    return [
        card
        for card in data.table("accelerators")
        if card.kind in TENSOR_KINDS
        and card.grade != "unverified"
        and card.launched
        and _latest(card.launched) <= published
    ]


def verified(table):
    """Return the rows of a table that may count for a verdict."""
    return [row for row in data.table(table) if row.grade != "unverified"]


def _latest(date):
    """Pad a date known to the year or month so that it sorts after all its days."""
    return date.ljust(len("2024-05-31"), "9")


@claim("III-1")
def fewest_cores():
    return min(card.cores for card in cards_on_sale() if card.cores)


@claim("III-2", "III-4", "III-7")
def core_count(cores):
    return cores


@claim("III-6")
def core_ratio(heavy, light):
    return heavy / light


@claim("III-10")
def longest_run():
    runs = verified("training_runs")
    return max(run.wall_days for run in runs if run.wall_days and (run.n_devices or 0) >= THOUSAND)


@claim("III-11")
def parameters(n_params):
    return n_params / BILLION


@claim("III-12")
def width(bytes_per_value):
    return bytes_per_value


@claim("III-13", "III-24")
def storage(n_params, bytes_per_param):
    return weight_bytes(n_params, bytes_per_param) / GB


@claim("III-14")
def largest_memory():
    return max(card.memory_bytes for card in cards_on_sale() if card.memory_bytes) / GB


@claim("III-15")
def training_state(n_params):
    parts = [part for part in data.table("training_state") if part.account == "zero"]
    return weight_bytes(n_params, sum(part.bytes_per_param for part in parts)) / GB


@claim("III-17")
def memory_gb(memory_bytes):
    return memory_bytes / GB


@claim("III-18")
def tokens(n_tokens):
    return n_tokens / TRILLION


@claim("III-19")
def words(words_per_token):
    return words_per_token


@claim("III-20")
def words_of_data(n_tokens, words_per_token):
    return n_tokens * words_per_token / TRILLION


@claim("III-21")
def training_days(n_tokens, n_devices, tokens_per_device_second):
    return seconds_at_rate(n_tokens, n_devices, tokens_per_device_second) / DAY


@claim("III-23")
def fewest_cards():
    return min(run.n_devices for run in verified("finetuning_runs") if run.n_devices)


@claim("III-25")
def memory_mb(memory_bytes):
    return memory_bytes / MB


@claim("III-26")
def cards(n_params, bytes_per_param, memory_bytes):
    return cards_needed(weight_bytes(n_params, bytes_per_param), memory_bytes)


@claim("III-27")
def deployed_ratio(n_params, bytes_per_param, memory_bytes, n_devices):
    return n_devices / cards(n_params, bytes_per_param, memory_bytes)
