"""Section II of the paper: RAG against fine-tuning.

Most of its claims are textual.  As in the other sections, a function takes the inputs that
``claim_inputs.csv`` lists for it.
"""

from llmbook.claims.registry import claim
from llmbook.quantities import BILLION


@claim("II-1")
def student_params(n_params):
    return n_params / BILLION
