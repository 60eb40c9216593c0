"""The ways to give a model what it lacks, priced from the tables: from scratch to retrieval."""

from dataclasses import dataclass

from llmbook import data
from llmbook.adaptation_costs import (
    break_even_queries,
    hosting_usd_per_hour,
    one_off_usd,
    retrieval_usd,
    total_usd,
)
from llmbook.context_cost import cached_prefix_usd, query_usd
from llmbook.formula import check
from llmbook.glossary import GLOSSARY
from llmbook.quantities import HOUR


@dataclass(frozen=True)
class Way:
    """One way to adapt a model.

    Parameters
    ----------
    name : str
    once_usd : float
        Training and labels.
    hourly_usd : float
        Hosting, beyond what the tokens cost.
    query_usd : float
        Tokens of a query.
    """

    name: str
    once_usd: float
    hourly_usd: float
    query_usd: float

    def total(self, hours, n_queries):
        """Return the cost over some hours and queries, USD."""
        return total_usd(self.once_usd, self.hourly_usd, hours, self.query_usd, n_queries)

    def meets(self, other, hours):
        """Return the queries at which both have cost the same after some hours; -1 if never."""
        fixed = [way.once_usd + way.hourly_usd * hours for way in (self, other)]
        return break_even_queries(fixed[0], self.query_usd, fixed[1], other.query_usd)


def scaled_hours(key, n_params):
    """Return the card-hours of a published fine-tune, carried over to a model of another size.

    Parameters
    ----------
    key : str
        Of ``finetuning_runs``.
    n_params : float

    Returns
    -------
    float
        What the same method takes on the same examples and cards, where hours grow as FLOPs do:
        with the parameters.  Hours of two published runs differ by their examples and cards too,
        and say nothing about their methods.
    """
    check("n_params", n_params, GLOSSARY["n_params"])
    return card_hours(key) * n_params / data.row("finetuning_runs", key).base_params


def label_usd(key):
    """Return the price of one label.

    Parameters
    ----------
    key : str
        Of ``adaptation_costs``.

    Returns
    -------
    float
        USD.
    """
    row = data.row("adaptation_costs", key)
    return row.usd_per_label or row.cost_usd / row.n_labels


def card_hours(key):
    """Return the card-hours of a published fine-tune.

    Parameters
    ----------
    key : str
        Of ``finetuning_runs``.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the source gives no hours.
    """
    run = data.row("finetuning_runs", key)
    if run.hours is None:
        raise ValueError(f"the source of {key} gives no hours")
    return run.n_devices * run.hours


def ways(
    usd_per_hour,
    input_price,
    output_price,
    prompt_tokens,
    answer_tokens,
    retrieved_tokens,
    tuned_hours,
    scratch_hours,
    n_labels,
    usd_per_label,
    hosted_cards,
    n_adapters,
    cached_share=0.0,
    cached_price=0.0,
    lora_hours=None,
    setup_usd=0.0,
    store_usd_per_hour=0.0,
    writing_tokens=0.0,
    query_tokens=0.0,
    corpus_tokens=0.0,
    cache_write_price=0.0,
    queries_per_cache_life=1.0,
):
    """Price six ways for the same queries, or seven where a corpus is kept in the prompt.

    Cards that stay on are paid by the hour and their queries cost nothing beyond that, as long
    as the cards keep up; a vendor's model is paid by the token.

    Parameters
    ----------
    usd_per_hour : float
        Of one card.
    input_price, output_price : float
        Of the shared model, USD per million tokens.
    prompt_tokens, answer_tokens : float
        Of a query without retrieval.
    retrieved_tokens : float
    tuned_hours, scratch_hours : float
        Card-hours of a full fine-tune and of training from scratch.
    n_labels, usd_per_label : float
    hosted_cards : float
        That hold a model of one's own.
    n_adapters : float
        Adapters on the same cards.
    cached_share, cached_price : float
        Of the retrieved tokens, see ``adaptation_costs.retrieval_usd``.
    lora_hours : float, optional
        Card-hours of LoRA; those of the full fine-tune by default.
    setup_usd, store_usd_per_hour : float
        Of the store that is retrieved from: building it, and keeping it ready.
    writing_tokens, query_tokens : float
        Input and output of the call by which a model writes the query, before the one that
        answers; left out if there are no tokens.
    corpus_tokens, cache_write_price, queries_per_cache_life : float
        Of a corpus that is sent whole and cached, at `cached_price`, see
        ``context_cost.cached_prefix_usd``; left out if there are no tokens.

    Returns
    -------
    list of Way
        ``from scratch``, ``full fine-tuning``, ``LoRA, own cards``, ``LoRA, shared cards`` (the
        rent shared out to the adapters), ``LoRA, by the token`` (a vendor adds the adapter to
        its model at no charge), ``RAG`` (the vendor's model, nothing trained) and ``cached
        prefix``.
    """
    lora_hours = tuned_hours if lora_hours is None else lora_hours
    own = hosting_usd_per_hour(usd_per_hour, hosted_cards, 1.0)
    shared = hosting_usd_per_hour(usd_per_hour, hosted_cards, n_adapters)
    plain = query_usd(prompt_tokens, answer_tokens, input_price, output_price)
    added = retrieval_usd(retrieved_tokens, input_price, cached_share, cached_price)

    def trained(hours):
        return one_off_usd(hours * HOUR, usd_per_hour, n_labels, usd_per_label)

    written = 0.0
    if writing_tokens:
        written = query_usd(writing_tokens, query_tokens, input_price, output_price)
    found = [
        Way("from scratch", trained(scratch_hours), own, 0.0),
        Way("full fine-tuning", trained(tuned_hours), own, 0.0),
        Way("LoRA, own cards", trained(lora_hours), own, 0.0),
        Way("LoRA, shared cards", trained(lora_hours), shared, 0.0),
        Way("LoRA, by the token", trained(lora_hours), 0.0, plain),
        Way("RAG", setup_usd, store_usd_per_hour, plain + added + written),
    ]
    if corpus_tokens:
        prefix = (corpus_tokens, cached_price, cache_write_price, queries_per_cache_life)
        found.append(Way("cached prefix", 0.0, 0.0, plain + cached_prefix_usd(*prefix)))
    return found


def cheapest(options, hours, n_queries):
    """Return the way that costs least over some hours and queries.

    Parameters
    ----------
    options : list of Way
    hours, n_queries : float

    Returns
    -------
    Way
        The first of several that cost the same.

    Raises
    ------
    ValueError
        If there is nothing to choose from.
    """
    if not options:
        raise ValueError(f"options must be one way or more, got {options!r}")
    return min(options, key=lambda way: way.total(hours, n_queries))
