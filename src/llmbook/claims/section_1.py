"""Section I of the paper: ubiquitous LLMs.

As in the other sections, a function takes the inputs that ``claim_inputs.csv`` lists for it.
"""

from llmbook import data, modalities
from llmbook.claims.registry import claim

DAYS_PER_MONTH = 365.25 / 12


@claim("I-3")
def months_to_users(n_days):
    return n_days / DAYS_PER_MONTH


@claim("I-5")
def listed_pairs():
    return sum(row.listed for row in data.table("modality_pairs"))


@claim("I-8")
def pairs_against_the_rule():
    return modalities.tally()["wrong"]
