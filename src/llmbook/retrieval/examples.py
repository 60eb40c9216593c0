"""Few-shot examples: questions whose template is known, found by the likeness of their vectors."""

from functools import cache

from llmbook.pretrained import library
from llmbook.retrieval.names import phrase
from llmbook.retrieval.queries import Hint

NEAREST = 8
_NEAR_WORD = 0.45

# Question with names replaced by kinds, template, kind, property.
EXAMPLES = (
    ("How much memory does the accelerator have?", "value", "Accelerator", "memory_bytes"),
    ("What is the capacity of the accelerator in GB?", "value", "Accelerator", "memory_bytes"),
    ("How much data fits on the accelerator?", "value", "Accelerator", "memory_bytes"),
    (
        "What is the memory bandwidth of the accelerator?",
        "value",
        "Accelerator",
        "bandwidth_bytes_per_s",
    ),
    (
        "How fast does the accelerator read its memory?",
        "value",
        "Accelerator",
        "bandwidth_bytes_per_s",
    ),
    ("How many FLOP/s does the accelerator reach in FP16?", "value", "Accelerator", "fp16_flops"),
    (
        "What is the dense compute throughput of the accelerator?",
        "value",
        "Accelerator",
        "fp16_flops",
    ),
    ("What is the INT8 rate of the accelerator?", "value", "Accelerator", "int8_ops"),
    ("What is the single-precision peak of the accelerator?", "value", "Accelerator", "fp32_flops"),
    ("How many watts does the accelerator draw?", "value", "Accelerator", "tdp_watts"),
    ("What is the power consumption of the accelerator?", "value", "Accelerator", "tdp_watts"),
    ("How many cores are on the accelerator?", "value", "Accelerator", "cores"),
    ("What does the accelerator cost to buy?", "value", "Accelerator", "price_usd_low"),
    ("What is the purchase price of the accelerator?", "value", "Accelerator", "price_usd_low"),
    ("When was the accelerator launched?", "value", "Accelerator", "launched"),
    ("When did the accelerator come to market?", "value", "Accelerator", "launched"),
    ("When was the accelerator announced?", "value", "Accelerator", "announced"),
    ("What kind of processor is the accelerator?", "value", "Accelerator", "kind"),
    ("Who makes the accelerator?", "which", "Vendor", None),
    ("Which company built the accelerator?", "which", "Vendor", None),
    ("Which accelerators does the vendor make?", "which", "Accelerator", None),
    ("How many parameters does the model have?", "value", "Model", "reported_params"),
    ("How big is the model?", "value", "Model", "reported_params"),
    ("How many layers does the model have?", "value", "Model", "n_layers"),
    ("How deep is the model?", "value", "Model", "n_layers"),
    ("What is the hidden dimension of the model?", "value", "Model", "d_model"),
    ("How wide is the model?", "value", "Model", "d_model"),
    ("How many attention heads does the model use?", "value", "Model", "n_heads"),
    ("How many key-value heads does the model have?", "value", "Model", "n_kv_heads"),
    ("How many tokens fit in the context window of the model?", "value", "Model", "context_tokens"),
    ("How long a text can the model read?", "value", "Model", "context_tokens"),
    ("How large is the vocabulary of the model?", "value", "Model", "vocab_size"),
    ("How many experts does the model have?", "value", "Model", "n_experts"),
    ("How many experts are active for a token in the model?", "value", "Model", "n_active_experts"),
    ("When was the model released?", "value", "Model", "released"),
    ("When did the model come out?", "value", "Model", "released"),
    ("To which family does the model belong?", "value", "Model", "family"),
    ("How many tokens was the training run trained on?", "value", "Run", "n_tokens"),
    ("How much text did the training run see?", "value", "Run", "n_tokens"),
    ("How many cards were used to train the training run?", "value", "Run", "n_devices"),
    ("On how many accelerators was the training run trained?", "value", "Run", "n_devices"),
    ("How many GPU hours did the training run take?", "value", "Run", "device_hours"),
    (
        "How much compute time was spent on training the training run?",
        "value",
        "Run",
        "device_hours",
    ),
    ("How many days did the training of the training run take?", "value", "Run", "wall_days"),
    ("How long did it take to train the training run?", "value", "Run", "wall_days"),
    ("How much CO2 did the training run emit?", "value", "Run", "reported_tco2e"),
    (
        "What are the carbon emissions of training the training run?",
        "value",
        "Run",
        "reported_tco2e",
    ),
    ("How much energy did the training run consume?", "value", "Run", "reported_energy_mwh"),
    ("What was the utilization in the training run?", "value", "Run", "reported_mfu"),
    ("What PUE did the training run have?", "value", "Run", "pue"),
    ("Which accelerator was used to train the training run?", "which", "Accelerator", None),
    ("On what hardware was the training run trained?", "which", "Accelerator", None),
    ("Which training runs used the accelerator?", "which", "Run", None),
    ("What was trained on the accelerator?", "which", "Run", None),
    (
        "How much does it cost to rent the accelerator for an hour?",
        "value",
        "Rental",
        "usd_per_hour",
    ),
    (
        "What does the provider charge per hour for the accelerator?",
        "value",
        "Rental",
        "usd_per_hour",
    ),
    ("Which providers rent out the accelerator?", "which", "Provider", None),
    ("Where can one rent the accelerator?", "which", "Provider", None),
    ("Which accelerators does the provider offer?", "which", "Accelerator", None),
    ("What is the cheapest hourly price of the accelerator?", "minimum", "Rental", "usd_per_hour"),
    ("What does the cheapest rental of the accelerator cost?", "minimum", "Rental", "usd_per_hour"),
    (
        "Which provider has the cheapest rent for the accelerator?",
        "whose lowest",
        "Rental",
        "usd_per_hour",
    ),
    (
        "Which vendor makes the accelerator with the most memory?",
        "whose highest",
        "Accelerator",
        "memory_bytes",
    ),
    (
        "Which card was used by the training run with the most tokens?",
        "whose highest",
        "Run",
        "n_tokens",
    ),
    ("What is the average hourly rent of the accelerator?", "average", "Rental", "usd_per_hour"),
    ("What does the vendor charge for input tokens?", "value", "Price", "input_usd_per_mtok"),
    (
        "How much does a million input tokens of the model cost at the vendor?",
        "value",
        "Price",
        "input_usd_per_mtok",
    ),
    (
        "How much does a million output tokens of the model cost at the vendor?",
        "value",
        "Price",
        "output_usd_per_mtok",
    ),
    (
        "Which vendor is the cheapest for the model?",
        "whose lowest",
        "Price",
        "input_usd_per_mtok",
    ),
    (
        "Which seller has the lowest output price for the model?",
        "whose lowest",
        "Price",
        "output_usd_per_mtok",
    ),
    (
        "What is the lowest price of output tokens of the model?",
        "minimum",
        "Price",
        "output_usd_per_mtok",
    ),
    ("Who sells the model?", "which", "Seller", None),
    ("Which vendors serve the model through an API?", "which", "Seller", None),
    ("How many vendors sell the model?", "count", "Seller", None),
    ("Which models does the seller host?", "which", "Model", None),
    (
        "Which is cheaper to rent, the accelerator or the accelerator?",
        "whose lowest",
        "Rental",
        "usd_per_hour",
    ),
    (
        "How much more does the accelerator cost per hour than the accelerator?",
        "difference",
        "Rental",
        "usd_per_hour",
    ),
    (
        "What is the usable memory of the accelerator?",
        "value",
        "Accelerator",
        "usable_memory_bytes",
    ),
    (
        "How many streaming multiprocessors does the accelerator have?",
        "value",
        "Accelerator",
        "multiprocessors",
    ),
    ("How wide is the feed-forward block of the model?", "value", "Model", "d_ff"),
    (
        "What was the carbon intensity of the grid in the training run?",
        "value",
        "Run",
        "carbon_intensity_kg_per_kwh",
    ),
    (
        "By what factor is the memory of the accelerator larger than that of the accelerator?",
        "ratio",
        "Accelerator",
        "memory_bytes",
    ),
    (
        "By what factor did the device-hours grow from the training run to the training run?",
        "ratio",
        "Run",
        "device_hours",
    ),
    ("Was the model or the model released first?", "less", "Model", "released"),
    (
        "Which is cheaper, the accelerator or the accelerator?",
        "less",
        "Accelerator",
        "price_usd_low",
    ),
    ("How many providers rent out the accelerator?", "count", "Provider", None),
    ("How many cards has the provider for rent?", "count", "Accelerator", None),
    ("Which vendor makes the accelerator that serves the model?", "which", "Vendor", None),
    ("Which models are served on accelerators of the vendor?", "which", "Model", None),
    ("What is the average number of layers of the models?", "average", "Model", "n_layers"),
    ("What is the average duration of the training runs?", "average", "Run", "wall_days"),
    ("What is the total of the emissions of the training runs?", "total", "Run", "reported_tco2e"),
    ("How many cards run the deployment?", "value", "Deployment", "n_devices"),
    ("How many chips serve the model?", "value", "Deployment", "n_devices"),
    ("Which accelerator serves the model?", "which", "Accelerator", None),
    ("By what method was the fine-tune made?", "value", "FineTune", "method"),
    ("How many hours did the fine-tune take?", "value", "FineTune", "hours"),
    ("On how many cards was the fine-tune done?", "value", "FineTune", "n_devices"),
    ("How many examples was the fine-tune trained on?", "value", "FineTune", "n_examples"),
    ("How many bytes does the number format take?", "value", "Format", "bytes_per_value"),
    ("Which accelerator has the most memory?", "highest", "Accelerator", "memory_bytes"),
    (
        "Which accelerator has the highest bandwidth?",
        "highest",
        "Accelerator",
        "bandwidth_bytes_per_s",
    ),
    ("Which is the fastest accelerator in FP16?", "highest", "Accelerator", "fp16_flops"),
    ("Which accelerator draws the least power?", "lowest", "Accelerator", "tdp_watts"),
    ("Which accelerator is the cheapest to buy?", "lowest", "Accelerator", "price_usd_low"),
    ("Which is the newest accelerator?", "highest", "Accelerator", "launched"),
    ("Which model is the largest?", "highest", "Model", "reported_params"),
    ("Which model has the longest context?", "highest", "Model", "context_tokens"),
    ("Which model is the oldest?", "lowest", "Model", "released"),
    ("Which training run emitted the most carbon?", "highest", "Run", "reported_tco2e"),
    ("Which training run took the longest?", "highest", "Run", "wall_days"),
    ("Which training run used the most cards?", "highest", "Run", "n_devices"),
    ("Which training run needed the most device-hours?", "highest", "Run", "device_hours"),
    ("What is the largest memory of any accelerator?", "maximum", "Accelerator", "memory_bytes"),
    ("What is the highest power of the accelerators?", "maximum", "Accelerator", "tdp_watts"),
    ("What is the smallest number of layers of any model?", "minimum", "Model", "n_layers"),
    (
        "Which has more memory, the accelerator or the accelerator?",
        "more",
        "Accelerator",
        "memory_bytes",
    ),
    (
        "Which draws more power, the accelerator or the accelerator?",
        "more",
        "Accelerator",
        "tdp_watts",
    ),
    ("Is the model or the model larger?", "more", "Model", "reported_params"),
    ("Was the training run or the training run trained on more tokens?", "more", "Run", "n_tokens"),
    ("Which was released earlier, the model or the model?", "less", "Model", "released"),
    (
        "What is the difference in memory between the accelerator and the accelerator?",
        "difference",
        "Accelerator",
        "memory_bytes",
    ),
    ("How many more layers does the model have than the model?", "difference", "Model", "n_layers"),
    (
        "How many times as much memory has the accelerator as the accelerator?",
        "ratio",
        "Accelerator",
        "memory_bytes",
    ),
    ("How many accelerators does the vendor make?", "count", "Accelerator", None),
    ("How many models have more than a number of layers?", "count", "Model", None),
    ("How many training runs used the accelerator?", "count", "Run", None),
    ("Which accelerators have more than a number of memory?", "which", "Accelerator", None),
    ("Which models have a number of layers?", "which", "Model", None),
    ("Which models were released in 2023?", "which", "Model", None),
    ("What is the average memory of the accelerators?", "average", "Accelerator", "memory_bytes"),
    ("What is the total energy of the training runs?", "total", "Run", "reported_energy_mwh"),
    ("How many device-hours did the training runs take in total?", "total", "Run", "device_hours"),
    ("Which are the top three accelerators by memory?", "top", "Accelerator", "memory_bytes"),
    (
        "How much memory has the card on which the training run was trained?",
        "value",
        "Accelerator",
        "memory_bytes",
    ),
    ("How many layers has the model of the training run?", "value", "Model", "n_layers"),
    (
        "What is the cheapest rent of the card that the training run used?",
        "minimum",
        "Rental",
        "usd_per_hour",
    ),
    ("Who makes the card on which the training run was trained?", "which", "Vendor", None),
)


def embed(texts):
    """Return one vector of length 1 for each text.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    numpy.ndarray
    """
    return library().embed(list(texts), norm=True)


@cache
def _index():
    import numpy
    from usearch.index import Index

    vectors = embed([example[0] for example in EXAMPLES])
    index = Index(ndim=vectors.shape[1], metric="cos", dtype="f32")
    # Side by side they would be linked in another order each time.
    index.add(numpy.arange(len(vectors)), vectors, threads=1)
    return index


@cache
def nearest(question, n=NEAREST):
    """Return the examples most like a question, as hints.

    Parameters
    ----------
    question : str
        With its names replaced by kinds.
    n : int

    Returns
    -------
    tuple of Hint
        The most similar first.
    """
    # Of so few all can be compared; the links of the index may miss a nearest one.
    found = _index().search(embed([question])[0], n, exact=True, threads=1)
    pairs = zip(found.keys.tolist(), found.distances.tolist(), strict=True)
    hints = []
    for key, distance in pairs:
        text, template, kind, column = EXAMPLES[key]
        hints.append(Hint(template, kind, column, round(max(0.0, 1.0 - distance), 6), text))
    return tuple(hints)


@cache
def means_about(word, words):
    """Whether a word is one of several or means about the same as one of them.

    Parameters
    ----------
    word : str
    words : str
        Separated by spaces.

    Returns
    -------
    bool
    """
    others = sorted(set(phrase(words)))
    if phrase(word) and phrase(word)[0] in others:
        return True
    vectors = embed([word, *others])
    return bool((vectors[1:] @ vectors[0]).max() >= _NEAR_WORD)
