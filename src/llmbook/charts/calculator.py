"""Sliders that run a chain of formulas in the reader's browser.

Each formula is called once with Altair parameters in place of numbers: what it returns is the
expression that Vega evaluates.  The chain is never one nested expression.
"""

import html
import json
from dataclasses import dataclass, field

import altair as alt

from llmbook.charts.figure import Figure


@dataclass(frozen=True)
class Slider:
    """A number that the reader sets.

    Parameters
    ----------
    name : str
        The argument of the formulas.
    value : float
        Where it starts: the paper's number, in the formula's unit.
    label, unit : str
        As shown.
    scale : float
        Formula units in one shown unit: ``GB`` for a memory shown in GB.
    low, high, step : float
        Limits and step in shown units.
    """

    name: str
    value: float
    label: str
    unit: str
    low: float
    high: float
    step: float
    scale: float = 1.0

    def binding(self):
        """Return the control of the page."""
        title = f"{self.label} ({self.unit})" if self.unit else self.label
        return alt.binding_range(min=self.low, max=self.high, step=self.step, name=title)

    def shown(self, value):
        """Convert from the formula's unit to the shown one, without the dust of the division."""
        return float(f"{value / self.scale:.12g}")

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(self.low * self.scale, self.high * self.scale)


@dataclass(frozen=True)
class Choice:
    """One of several numbers, each with a name.

    Parameters
    ----------
    name : str
        The argument of the formulas.
    value : float
        Where it starts.
    label : str
    options : dict of str to float
        What the reader picks, and the number it stands for, in the formula's unit.
    """

    name: str
    value: float
    label: str
    options: dict
    scale: float = 1.0

    def binding(self):
        """Return the control of the page."""
        return alt.binding_select(
            options=list(self.options.values()), labels=list(self.options), name=self.label
        )

    def shown(self, value):
        """Return the value itself: an option stands for the formula's number."""
        return value

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(min(self.options.values()), max(self.options.values()))


@dataclass(frozen=True)
class Bundle:
    """Several numbers that are picked together by one name, such as those of a card.

    Parameters
    ----------
    name : str
        Of the control.
    label : str
    options : dict of str to dict of str to float
        What the reader picks, and the numbers that it stands for by the arguments' names, the
        same names for each.
    value : int
        Place of the option where it starts.
    """

    name: str
    label: str
    options: dict
    value: int = 0
    scale: int = 1

    def binding(self):
        """Return the control of the page."""
        places = list(range(len(self.options)))
        return alt.binding_select(options=places, labels=list(self.options), name=self.label)

    def shown(self, value):
        """Return the value itself: the place of an option."""
        return value

    def columns(self):
        """Return the numbers of all options by the name of the argument that they set.

        Returns
        -------
        dict of str to list of float
        """
        rows = list(self.options.values())
        return {name: [row[name] for row in rows] for name in rows[0]}


@dataclass(frozen=True)
class Column:
    """One number of a `Bundle`, as an input of the stages.

    Parameters
    ----------
    values : list of float
        By the place of the option.
    """

    values: list

    def allowed(self, domain):
        """Whether all its settings are inside a domain."""
        return domain.holds(min(self.values), max(self.values))


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

    Raises
    ------
    ValueError
        If a stage needs an argument that nothing before it gives, or an input can be set outside
        the domain of the formula that uses it.
    """

    def __init__(self, inputs, stages, picture, title, description):
        self.inputs = inputs
        self.stages = stages
        self.picture = picture
        self.title = title
        self.description = description
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
        for item in self._bundles():
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
        return Figure(chart, self.title, self.description, outputs=self._outputs())

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
        for item in self._bundles():
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

    def _outputs(self):
        known = self.evaluate()
        rows = "".join(
            _output_row(stage, known[stage.name] / stage.scale)
            for stage in self.stages
            if stage.shown
        )
        head = (
            '<tr><th scope="col">Result</th><th scope="col">At the start</th>'
            '<th scope="col">Yours</th></tr>'
        )
        return (
            f'<div class="llmbook-outputs"><table><thead>{head}</thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _bundles(self):
        return [item for item in self.inputs if isinstance(item, Bundle)]

    def _check(self):
        given = {item.name: item for item in self.inputs}
        for item in self._bundles():
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


def _output_row(stage, value):
    # The page's script writes numbers below zero with a minus sign, not with a hyphen.
    text = f"{value:{stage.format}}".replace("-", "\u2212")
    unit = f" {html.escape(stage.unit)}" if stage.unit else ""
    output = f'<output data-signal="show_{stage.name}" data-format="{stage.format}">{text}</output>'
    return (
        f'<tr><th scope="row">{html.escape(stage.label)}</th>'
        f"<td>{text}{unit}</td><td>{output}{unit}</td></tr>"
    )
