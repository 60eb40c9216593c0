"""The calculator of the capstone: a model and its users, all the way to money and carbon."""

import altair as alt

from llmbook import fleet_inputs, fleet_plan
from llmbook.charts.calculator import Bundle, Calculator, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS
from llmbook.quantities import DAY, GB, MILLION, MS, PERCENT, TONNE, YEAR

_MW, _MWH = 1e6, 1e3

# What the table under the chart shows: label, unit, format, scale.
_SHOWN = {
    "weights": ("Weights of one copy", "GB", ",.1f", GB),
    "fewest_cards": ("Fewest cards for the weights", "", ",.0f", 1.0),
    "context_share": ("Prompt and answer over the context", "%", ",.0f", PERCENT),
    "cache": ("KV cache of a full copy", "GB", ",.1f", GB),
    "prompt_seconds": ("TTFT of the mean prompt, no queue", "ms", ",.0f", MS),
    "full_tpot": ("TPOT of a full copy", "ms", ",.1f", MS),
    "instance_rate": ("Requests/s of one copy, limits kept", "", ",.2f", 1.0),
    "peak_rate": ("Requests/s of all in the busiest hour", "", ",.0f", 1.0),
    "mean_instances": ("Copies for the mean hour", "", ",.0f", 1.0),
    "n_instances": ("Copies for the busiest hour", "", ",.0f", 1.0),
    "n_devices": ("Cards, reserve and repair included", "", ",.0f", 1.0),
    "largest_share": ("Of Meta's plan for the end of 2024", "%", ",.1f", PERCENT),
    "failures": ("Cards that fail in a day", "", ",.2f", 1.0),
    "racks": ("Racks", "", ",.0f", 1.0),
    "connected_watts": ("Power to be connected", "MW", ",.2f", _MW),
    "rented_usd": ("Cost of a user and month, rented", "USD", ",.3f", 1.0),
    "owned_usd": ("Cost of a user and month, owned", "USD", ",.3f", 1.0),
    "energy_kwh": ("Energy of a year", "MWh", ",.0f", _MWH),
    "operational_kg": ("From the energy, a year", "t CO2e", ",.0f", TONNE),
    "embodied_kg": ("From making the cards, a year", "t CO2e", ",.0f", TONNE),
    "message_grams": ("One answer", "g CO2e", ",.3f", 1.0),
    "overtaking": ("Until serving has used the training's energy", "days", ",.1f", 1.0),
}


def fleet_calculator(instances, n_users, **changes):
    """Return the calculator of a fleet.

    Parameters
    ----------
    instances : list of tuple
        Each an `llmbook.instances.Instance` and the row of ``training_runs`` of its model; all on
        the same card, a model perhaps under several levels.  The first is chosen at the start.
    n_users : float
        Where the control starts.
    **changes : float
        Other inputs that do not start at their central values.

    Returns
    -------
    Calculator
        The stages are the links of `llmbook.fleet_plan`.
    """
    start = fleet_inputs.inputs_of(instances[0][0], n_users, instances[0][1], **changes)
    models = {
        _name(instance): fleet_inputs.columns(instance, training)
        for instance, training in instances
    }
    inputs = [Bundle("model", "Model, and its limits of TTFT and TPOT", models), *_sliders(start)]
    given = {item.name for item in inputs} | set(next(iter(models.values())))
    return Calculator(
        inputs,
        [_stage(link, start, given) for link in fleet_plan.CHAIN],
        _fleet_picture,
        title="What a fleet takes, from the weights to the carbon",
        description="Four horizontal bars of cards, each with all of the one above: for the mean "
        "hour, for the busiest hour, with one spare copy at each site, with the cards under "
        "repair. All bars move with the controls; the results follow below.",
        name="fleet",
    )


def _name(instance):
    cards = "1 card" if instance.cards == 1 else f"{instance.cards} cards"
    limits = f"{instance.level.ttft_limit:g} s and {instance.level.tpot_limit / MS:g} ms"
    return f"{instance.engine.model.name} on {cards} a copy, {limits}"


def _sliders(start):
    def slider(name, label, unit, low, high, step, scale=1.0):
        return Slider(name, start[name], label, unit, low, high, step, scale)

    return [
        slider("n_users", "Weekly users", "million", 0.1, 2000, 0.1, MILLION),
        slider("messages_per_day", "Messages of a user and day", "", 0.1, 20, 0.001),
        slider("prompt_tokens", "Tokens of a prompt", "", 16, 4096, 0.1),
        slider("answer_tokens", "Tokens of an answer", "", 16, 2048, 0.1),
        slider("peak_factor", "Busiest hour over mean hour", "", 1, 5, 0.1),
        slider("n_sites", "Sites", "", 1, 20, 1),
        slider("failures_per_year", "Failures of a card", "a year", 0, 1, 0.001),
        slider("repair_seconds", "Repair", "days", 0, 60, 1, DAY),
        slider("rent_usd_per_hour", "Rent of a card", "USD/h", 0.5, 13, 0.01),
        slider("owner_usd_per_hour", "Cost of an own card", "USD/h", 0.3, 6, 0.01),
        slider("load_share", "Mean draw over rated draw", "", 0.2, 1, 0.01),
        slider("pue", "PUE", "", 1, 2, 0.01),
        slider("carbon_intensity", "Carbon of the grid", "kg CO2e/kWh", 0, 1, 0.0001),
        slider("carbon_per_amount", "Making of a card", "kg CO2e", 0, 1500, 1),
        slider("lifetime_seconds", "Life of a card", "years", 1, 10, 0.5, YEAR),
    ]


def _stage(link, start, given):
    names = [link.renamed.get(name, name) for name in link.function.domains]
    before = {other.name for other in fleet_plan.CHAIN}
    by_argument = {link.renamed.get(name, name): name for name in link.function.domains}
    fixed = {
        by_argument[name]: start[name]
        for name in names
        if name not in given and name not in before and name in start
    }
    label, unit, form, scale = _SHOWN.get(link.name, (link.name, "", ",.1f", 1.0))
    return Stage(
        link.name,
        link.function,
        label,
        unit,
        form,
        scale,
        fixed=fixed | link.fixed,
        renamed=link.renamed,
        shown=link.name in _SHOWN,
    )


def _fleet_picture(known):
    copies = {
        "mean hour": known["mean_instances"],
        "busiest hour": known["n_instances"],
        "one spare copy a site": known["placed"],
    }
    cards = {name: count * known["tensor_parallel"] for name, count in copies.items()}
    cards["cards under repair"] = known["n_devices"] * 1.0
    x = alt.X("cards:Q", title="cards", scale=alt.Scale(zero=True), axis=alt.Axis(format=",f"))
    y = alt.Y("step:N", sort=list(cards), title=None)
    layers = []
    for name, count in cards.items():
        base = alt.Chart(alt.Data(values=[{"step": name}])).transform_calculate(
            cards=expression_text(count)
        )
        color = COLORS["orange" if name == "cards under repair" else "blue"]
        layers.append(base.mark_bar(height=14, color=color).encode(x=x, y=y))
        # Inside the chart even at the longest bar.
        text = base.mark_text(align="left", dx=4, dy=-13)
        layers.append(text.encode(x=alt.value(0), y=y, text=alt.Text("cards:Q", format=",.0f")))
    return alt.layer(*layers).properties(height=alt.Step(40))
