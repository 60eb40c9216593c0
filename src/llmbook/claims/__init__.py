"""The ledger: every checkable claim of the paper, recomputed, with a verdict by rule."""

from llmbook.claims.ledger import as_json, counts, result, results
from llmbook.claims.verdicts import VERDICTS

__all__ = ["VERDICTS", "as_json", "counts", "result", "results"]
