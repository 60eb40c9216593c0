"""The prices that the pinned ``genai-prices`` package lists: read from the package, never fetched.

A price listed is no proof that the model is still sold.
"""

import difflib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata

PACKAGE = "genai-prices"
LISTED_ON = "2026-11-23"  # fixed, so that a book built later says the same
FIRST_DAY = "2025-05-22"  # earliest dated price of the package; before, it answers with later ones

# Our names of vendors and the package's.  It knows neither Anyscale nor Deepinfra nor Lepton.
PROVIDERS = {
    "Mistral": "mistral",
    "Perplexity": "perplexity",
    "Together": "together",
    "Fireworks": "fireworks",
    "Groq": "groq",
    "Bedrock": "aws",
    "Databricks": "databricks",
    "OpenRouter": "openrouter",
    "OpenAI": "openai",
    "Anthropic": "anthropic",
}


@dataclass(frozen=True)
class ListedPrice:
    """One listed price.

    Parameters
    ----------
    vendor, model : str
    input_usd_per_mtok, output_usd_per_mtok, cached_input_usd_per_mtok : float or None
        None if the list has no such price; of short prompts if it depends on the length.
    batch_input_usd_per_mtok, batch_output_usd_per_mtok : float or None
        For answers that may wait.
    tiered : bool
        Whether long prompts cost otherwise.
    day : str
        For which the price was asked.
    package : str
        Name and version.
    """

    vendor: str
    model: str
    input_usd_per_mtok: float | None
    output_usd_per_mtok: float | None
    cached_input_usd_per_mtok: float | None
    batch_input_usd_per_mtok: float | None
    batch_output_usd_per_mtok: float | None
    tiered: bool
    day: str
    package: str


def version():
    """Return the version of the package that is installed, ``"0.2.3"``."""
    return metadata.version(PACKAGE)


def models_of(vendor):
    """Return the names of the models that the package lists at a vendor.

    Parameters
    ----------
    vendor : str
        As in the table ``prices``.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If the package does not know the vendor; the message lists the nearest.
    """
    return [model.id for model in _provider(vendor).models]


def listed_price(vendor, model, day=LISTED_ON):
    """Look up what the package lists for a model at a vendor.

    Parameters
    ----------
    vendor : str
        As in the table ``prices``.
    model : str
        As the package names it; see `models_of`.
    day : str
        Chooses among dated prices.

    Returns
    -------
    ListedPrice

    Raises
    ------
    ValueError
        If vendor or model is unknown (the message lists the nearest), or the day is none or
        before the first dated price of the package.
    """
    moment = _moment(day)
    info = _find({item.id: item for item in _provider(vendor).models}, model, f"model of {vendor}")
    price = info.get_prices(moment)
    batch = _batch(info, moment)
    return ListedPrice(
        vendor=vendor,
        model=info.id,
        input_usd_per_mtok=_usd(price.input_mtok),
        output_usd_per_mtok=_usd(price.output_mtok),
        cached_input_usd_per_mtok=_usd(price.cache_read_mtok),
        batch_input_usd_per_mtok=batch and _usd(batch.input_mtok),
        batch_output_usd_per_mtok=batch and _usd(batch.output_mtok),
        tiered=any(hasattr(value, "tiers") for value in (price.input_mtok, price.output_mtok)),
        day=day,
        package=f"{PACKAGE} {version()}",
    )


def _provider(vendor):
    # The bundled list itself, which no update in the background can replace.
    from genai_prices.data import providers

    by_id = {provider.id: provider for provider in providers}
    return by_id[_find(PROVIDERS, vendor, f"vendor in {PACKAGE}")]


def _find(known, key, what):
    if key in known:
        return known[key]
    near = difflib.get_close_matches(str(key), known, n=5, cutoff=0.4) or sorted(known)[:5]
    raise ValueError(f"no {what} is called {key!r}; the nearest are {', '.join(near)}")


def _moment(day):
    try:
        moment = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise ValueError(f"day must be a date like {LISTED_ON!r}, got {day!r}") from None
    if day < FIRST_DAY:
        raise ValueError(f"day must be {FIRST_DAY} or later for {PACKAGE} to know, got {day!r}")
    return moment


def _batch(info, moment):
    """Return the batch prices if the package has any that day, else None."""
    kind = {"processing": "batch"}
    for variant in info.price_variants or ():
        if variant.when == kind and (not variant.constraint or variant.constraint.active(moment)):
            return info.get_prices(moment, kind)
    return None


def _usd(price):
    """Return a Decimal, or the first step of tiered prices, as a float."""
    return None if price is None else float(getattr(price, "base", price))
