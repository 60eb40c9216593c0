"""What stands under a calculator's chart: its results, and the same computation in Python."""

import html
import json

from llmbook.charts.papers_numbers import of_claim

# As long as a line of a page may be before it scrolls.
_LINE = 75


def outcomes_table(calculator):
    """Return paper, yours and ratio of each result.

    Parameters
    ----------
    calculator : Calculator

    Returns
    -------
    str
        HTML.
    """
    known = calculator.evaluate()
    rows = "".join(_row(stage, known[stage.name]) for stage in calculator.stages if stage.shown)
    names = ("Result", "The paper, or the start", "Yours", "Ratio")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'<div class="llmbook-outputs"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>{_without_paper(calculator)}"
    )


def _without_paper(calculator):
    if any(getattr(item, "claim", "") for item in (*calculator.inputs, *calculator.stages)):
        return ""
    words = "The paper prints no number for this; the start is a case of the book."
    return f'<p class="llmbook-description">{words}</p>'


def _row(stage, start):
    paper = of_claim(stage.claim) if stage.claim else None
    # Plain numbers: NumPy's would be written with their type, which the page cannot read.
    base = float(start if paper is None else paper) / stage.scale
    shown = float(start) / stage.scale
    unit = f" {html.escape(stage.unit)}" if stage.unit else ""
    origin = "at the start" if paper is None else f"the paper, {stage.claim}"
    output = (
        f'<output data-signal="show_{stage.name}" data-format="{stage.format}">'
        f"{_written(shown, stage)}</output>"
    )
    ratio = (
        f'<span data-ratio="show_{stage.name}" data-base="{base!r}">{_ratio(shown, base)}</span>'
    )
    return (
        f'<tr><th scope="row">{html.escape(stage.label)}</th>'
        f"<td>{_written(base, stage)}{unit} <small>{origin}</small></td>"
        f"<td>{output}{unit}</td><td>{ratio}</td></tr>"
    )


def _written(value, stage):
    # The page's script writes numbers below zero with a minus sign, not with a hyphen.
    return f"{value:{stage.format}}".replace("-", "\u2212")


def _ratio(value, base):
    """Three digits, as the page's script writes them."""
    if not base:
        return "\u2013"
    text = f"{float(f'{value / base:.3g}'):,.12f}".rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


def inputs_json(calculator):
    """Return what the page's script must know of the inputs.

    Parameters
    ----------
    calculator : Calculator

    Returns
    -------
    str
        HTML.
    """
    rows = [
        {
            "key": item.name,
            "label": item.label,
            "start": item.shown(item.value),
            "mark": item.mark(),
            **item.allowance(),
        }
        for item in calculator.inputs
    ]
    text = json.dumps(rows, ensure_ascii=False).replace("</", "<\\/")
    return f'<script type="application/json" class="llmbook-inputs">{text}</script>'


def python_box(calculator):
    """Return the computation as Python that runs on its own, with the numbers that are set.

    Parameters
    ----------
    calculator : Calculator

    Returns
    -------
    str
        HTML; each number that a control sets stands in a ``<span>`` that the page's script
        rewrites.
    """
    known = calculator.evaluate()
    lines = [*_imports(calculator), ""]
    lines += [
        f'{name} = <span data-number="{name}">{float(known[name])!r}</span>  # {comment}'
        for name, comment in _given(calculator)
    ]
    lines += ["", *(html.escape(_call(stage), quote=False) for stage in calculator.stages), ""]
    shown = (stage for stage in calculator.stages if stage.shown)
    lines += [html.escape(_print(stage), quote=False) for stage in shown]
    return (
        '<details class="llmbook-python"><summary>The same in Python</summary>'
        f"<pre><code>{chr(10).join(lines)}</code></pre></details>"
    )


def _imports(calculator):
    modules = {stage.function.__module__ for stage in calculator.stages}
    pairs = sorted(name.rsplit(".", 1) for name in modules)
    return [f"from {package} import {module}" for package, module in pairs]


def _given(calculator):
    """Name and comment of each number that the stages start from."""
    domains = {
        name: stage.function.domains[argument]
        for stage in calculator.stages
        for argument, name in stage.needs().items()
    }
    for item in calculator.inputs:
        columns = item.columns() if item in calculator.bundles() else [item.name]
        for name in columns:
            unit = domains[name].unit if name in domains else "1"
            comment = item.label if unit == "1" else f"{item.label}, in {unit}"
            yield name, html.escape(comment, quote=False)


def _call(stage):
    module = stage.function.__module__.rsplit(".", 1)[1]
    given = [f"{argument}={name}" for argument, name in stage.needs().items()]
    given += [f"{argument}={float(value)!r}" for argument, value in stage.fixed.items()]
    start = f"{stage.name} = {module}.{stage.function.__name__}("
    line = f"{start}{', '.join(given)})"
    if len(line) <= _LINE:
        return line
    return "\n".join([start, *(f"    {item}," for item in given), ")"])


def _print(stage):
    value = stage.name if stage.scale == 1 else f"{stage.name} / {_short(stage.scale)}"
    shown = f"{stage.label}: {{{value}:{stage.format}}} {stage.unit}".rstrip()
    return f'print(f"{shown}")'


def _short(scale):
    """A power of ten as people write it."""
    text = f"{scale:g}".replace("e+0", "e")
    return text if float(text) == scale else repr(scale)
