"""Sliders that run a chain of formulas in the reader's browser.

Each formula is called once with Altair parameters in place of numbers: what it returns is the
expression that Vega evaluates.  The chain is never one nested expression.
"""

import json
from dataclasses import dataclass, field

import altair as alt

from llmbook.charts.controls import Bundle, Choice, Column, Slider
from llmbook.charts.figure import Figure
from llmbook.charts.outcomes import inputs_json, outcomes_table, python_box

__all__ = ["Bundle", "Calculator", "Choice", "Slider", "Stage", "expression_text"]


@dataclass(frozen=True)
class Stage:
    """One step of the computation.

    Parameters
    ----------
    name : str
        Of the result; later stages use it as an argument.
    function : callable
        A formula; its arguments are found by name among inputs and earlier stages.
    label, unit : str
        As shown.
    format : str
        Of the shown number, in the notation that Python and D3 share (``",.1f"``).
    scale : float
        Formula units in one shown unit.
    fixed : dict of str to float
        Arguments that no slider sets.
    renamed : dict of str to str
        Arguments that go by another name among the inputs and stages.
    shown : bool
        Whether the result stands in the table under the chart.
    claim : str
        Of the ledger, that prints the paper's number; empty if the paper has none.
    """

    name: str
    function: callable
    label: str
    unit: str
    format: str = ",.1f"
    scale: float = 1.0
    fixed: dict = field(default_factory=dict)
    renamed: dict = field(default_factory=dict)
    shown: bool = True
    claim: str = ""

    def needs(self):
        """Return where each argument that is not fixed comes from.

        Returns
        -------
        dict of str to str
            Argument of the formula to name of an input or stage.
        """
        free = (name for name in self.function.domains if name not in self.fixed)
        return {name: self.renamed.get(name, name) for name in free}

    def of(self, known):
        """Apply the formula to what is known by name, numbers or expressions."""
        given = {argument: known[name] for argument, name in self.needs().items()}
        return self.function(**given, **self.fixed)


class Calculator:
    """Inputs, stages and a chart that moves with them.

    Parameters
    ----------
    inputs : list of Slider, Choice or Bundle
    stages : list of Stage
    picture : callable
        Takes a dict from each name to its Altair parameter and returns a chart.
    title, description : str
        As in `Figure`.
    name : str, optional
        In the address of the page, where the settings are kept; that of the last stage by
        default.  No two calculators of a page share one.

    Raises
    ------
    ValueError
        If a stage needs an argument that nothing before it gives, or an input can be set outside
        the domain of the formula that uses it.
    """

    def __init__(self, inputs, stages, picture, title, description, name=""):
        self.inputs = inputs
        self.stages = stages
        self.picture = picture
        self.title = title
        self.description = description
        self.name = name or stages[-1].name
        self._check()

    def evaluate(self, **settings):
        """Compute all stages in Python.

        Parameters
        ----------
        **settings : float
            Inputs in the formulas' units; those left out stand at the paper's number.

        Returns
        -------
        dict of str to float
            Inputs and stages by name.
        """
        known = {item.name: settings.get(item.name, item.value) for item in self.inputs}
        for item in self.bundles():
            known |= {key: values[int(known[item.name])] for key, values in item.columns().items()}
        for stage in self.stages:
            known[stage.name] = stage.of(known)
        return known

    def figure(self):
        """Return the calculator as a figure of the page.

        Returns
        -------
        Figure
        """
        params = self._params()
        chart = self.picture(params["by name"]).add_params(*params["all"])
        parts = (outcomes_table(self), inputs_json(self), python_box(self))
        return Figure(chart, self.title, self.description, outputs="".join(parts), name=self.name)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.figure()._repr_mimebundle_(include, exclude)

    def _params(self):
        """Write each input and each stage as a named parameter of the chart."""
        everything, known = [], {}
        for item in self.inputs:
            control = alt.param(
                name=f"set_{item.name}", value=item.shown(item.value), bind=item.binding()
            )
            known[item.name] = _computed(item.name, control * item.scale)
            everything += [control, known[item.name]]
        for item in self.bundles():
            for key, values in item.columns().items():
                known[key] = alt.param(name=key, expr=f"{json.dumps(values)}[{item.name}]")
                everything.append(known[key])
        for stage in self.stages:
            known[stage.name] = _computed(stage.name, stage.of(known))
            everything.append(known[stage.name])
            if stage.shown:
                shown = known[stage.name] / stage.scale
                everything.append(_computed(f"show_{stage.name}", shown))
        return {"all": everything, "by name": known}

    def bundles(self):
        """Return the inputs that stand for several numbers each."""
        return [item for item in self.inputs if isinstance(item, Bundle)]

    def _check(self):
        given = {item.name: item for item in self.inputs}
        for item in self.bundles():
            given |= {key: Column(values) for key, values in item.columns().items()}
        for stage in self.stages:
            for argument, name in stage.needs().items():
                if name not in given:
                    raise ValueError(
                        f"stage {stage.name!r} needs {name}, which nothing before it gives"
                    )
                domain = stage.function.domains[argument]
                if isinstance(given[name], (Slider, Choice, Column)) and not given[name].allowed(
                    domain
                ):
                    raise ValueError(f"{name} can be set outside its domain: {domain}")
            given[stage.name] = stage


def _computed(name, expression):
    return alt.param(name=name, expr=expression_text(expression))


def expression_text(expression):
    """Return the Vega expression as text.

    Parameters
    ----------
    expression : Altair expression, or a plain number that a formula of constants returned

    Returns
    -------
    str
    """
    written = expression.to_dict() if hasattr(expression, "to_dict") else repr(expression)
    return written["expr"] if isinstance(written, dict) else written
