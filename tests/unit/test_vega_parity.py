"""What runs behind a slider is what Python computes."""

import json
import re

import altair as alt
import numpy as np
import pytest
import vl_convert

from conftest import formulas
from llmbook.charts.calculator import expression_text

ALL = formulas()
ROWS = 1000


def random_rows(function, seed):
    """Draw settings, spread over the orders of magnitude of each usual range."""
    generator = np.random.default_rng(seed)
    columns = {}
    for name, domain in function.domains.items():
        low, high = domain.usual
        spread = generator.uniform(np.log(max(low, high / 1e9)), np.log(high), ROWS)
        columns[name] = np.minimum(np.exp(spread), high)
    return columns


def in_vega(expression, columns):
    """Evaluate an expression over rows by Vega itself."""
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    spec = {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "width": 10,
        "height": 10,
        "data": [
            {
                "name": "rows",
                "values": json.loads(json.dumps(rows)),
                "transform": [{"type": "formula", "expr": expression, "as": "result"}],
            }
        ],
        "marks": [
            {
                "type": "text",
                "from": {"data": "rows"},
                "encode": {"enter": {"text": {"signal": "'<' + datum.result + '>'"}}},
            }
        ],
    }
    svg = vl_convert.vega_to_svg(json.dumps(spec))
    return [float(text) for text in re.findall(r"&lt;([^&]+)&gt;", svg)]


@pytest.mark.parametrize("name", ALL)
def test_vega_agrees_with_python(name):
    function = ALL[name]
    columns = random_rows(function, seed=len(name))
    expression = function(**{key: getattr(alt.datum, key) for key in function.domains})
    found = in_vega(expression_text(expression), columns)
    expected = function(**columns)
    assert len(found) == ROWS
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)
