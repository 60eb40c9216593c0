"""Fine-tuning for real, small enough for a laptop: rank, forgetting, data, teachers, preferences.

Each study returns rows for a table or a chart.  Accuracies are shares of names never learned
from; a spread is the standard deviation over seeds.
"""

from llmbook.adaptation.amounts import data_amounts
from llmbook.adaptation.ranks import few_answers, rank_sweep
from llmbook.adaptation.teachers import teacher_and_student
from llmbook.adaptation.wishes import preference_sweep

__all__ = ["data_amounts", "few_answers", "preference_sweep", "rank_sweep", "teacher_and_student"]
