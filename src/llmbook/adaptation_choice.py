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
from llmbook.context_cost import query_usd
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
):
    """Price six ways for the same queries.

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

    Returns
    -------
    list of Way
        ``from scratch``, ``full fine-tuning``, ``LoRA, own cards``, ``LoRA, shared cards`` (the
        rent shared out to the adapters), ``LoRA, by the token`` (a vendor adds the adapter to
        its model at no charge) and ``RAG`` (the vendor's model, nothing trained).
    """
    lora_hours = tuned_hours if lora_hours is None else lora_hours
    own = hosting_usd_per_hour(usd_per_hour, hosted_cards, 1.0)
    shared = hosting_usd_per_hour(usd_per_hour, hosted_cards, n_adapters)
    plain = query_usd(prompt_tokens, answer_tokens, input_price, output_price)
    added = retrieval_usd(retrieved_tokens, input_price, cached_share, cached_price)

    def trained(hours):
        return one_off_usd(hours * HOUR, usd_per_hour, n_labels, usd_per_label)

    return [
        Way("from scratch", trained(scratch_hours), own, 0.0),
        Way("full fine-tuning", trained(tuned_hours), own, 0.0),
        Way("LoRA, own cards", trained(lora_hours), own, 0.0),
        Way("LoRA, shared cards", trained(lora_hours), shared, 0.0),
        Way("LoRA, by the token", trained(lora_hours), 0.0, plain),
        Way("RAG", 0.0, 0.0, plain + added),
    ]


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
    """
    return min(options, key=lambda way: way.total(hours, n_queries))
