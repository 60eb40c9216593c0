"""Formulas, data and executable claims on what large language models need and cost.

Each formula module answers one question and imports the standard library only.
The same function takes numbers, NumPy arrays, pandas columns and Altair expressions.
"""

__version__ = "0.1.0"
