"""The calculators of the book, one function each: chapters call them with the paper's numbers."""

import altair as alt

from llmbook import data
from llmbook.carbon.accounting import (
    attributed_difference_kg,
    emissions_kg,
    energy_kwh,
    system_power_watts,
)
from llmbook.carbon.llmcarbon import operational_energy_kwh
from llmbook.charts.calculator import Bundle, Calculator, Choice, Slider, Stage, expression_text
from llmbook.charts.theme import COLORS, beside
from llmbook.quantities import (
    BILLION,
    DAY,
    GB,
    HOUR,
    MILLION,
    TFLOPS,
    THOUSAND,
    TONNE,
    TRILLION,
)
from llmbook.sizing import cards_needed, serving_bytes
from llmbook.training import (
    rental_usd,
    training_device_seconds,
    training_flops,
    training_seconds,
)
from llmbook.transformer import kv_cache_bytes, weight_bytes

_CARDS = ("groq-lpu-v1", "rtx-4090", "a100-40", "a100-80", "h100-sxm", "h200-sxm", "mi300x")


def cards_calculator(n_params, bytes_per_param, memory_bytes, model="llama-65b"):
    """Return the calculator of cards that hold a model's weights and KV cache.

    Parameters
    ----------
    n_params, bytes_per_param, memory_bytes : float
        Where the controls start.
    model : str
        Whose number of layers and width of a head the cache is computed with.

    Returns
    -------
    Calculator
    """
    shape = data.model(model)
    fixed = {"n_layers": shape.n_layers, "head_dim": shape.head_dim}
    inputs = [
        Slider("n_params", n_params, "Parameters", "billion", 1, 500, 0.5, BILLION, "III-26"),
        Choice(
            "bytes_per_param",
            bytes_per_param,
            "Weights stored as",
            _formats(bytes_per_param),
            claim="III-26",
        ),
        Choice("memory_bytes", memory_bytes, "Card", _memories(memory_bytes), claim="III-26"),
        Slider("batch_size", 1, "Conversations at once", "", 1, 256, 1),
        Slider("n_tokens", shape.context_tokens, "Tokens of each", "", 128, 32768, 128),
        Slider("n_kv_heads", shape.n_kv_heads, "Key and value heads", "", 1, 128, 1),
        Choice("bytes_per_value", 2.0, "Cache stored as", {"FP16": 2.0, "INT8": 1.0}),
    ]
    stages = [
        Stage("weights", weight_bytes, "Weights", "GB", scale=GB, claim="III-24"),
        Stage(
            "cards_weights",
            cards_needed,
            "Cards for the weights alone",
            "",
            ",.0f",
            renamed={"total_bytes": "weights"},
            claim="III-26",
        ),
        Stage(
            "cache",
            kv_cache_bytes,
            f"KV cache of {shape.n_layers:.0f} layers",
            "GB",
            ",.2f",
            scale=GB,
            fixed=fixed,
        ),
        Stage("total_bytes", serving_bytes, "Both together", "GB", scale=GB, fixed=fixed),
        Stage("cards", cards_needed, "Cards for both", "", ",.0f"),
    ]
    return Calculator(
        inputs,
        stages,
        _cards_picture,
        title="How many cards hold it, for the card you choose and for others",
        description="A point for each kind of card, on a log axis: the number of cards that hold "
        "weights and cache together. All points move with the controls. The paper counts no "
        "cache; one conversation of the model's full context is where we start.",
        name="cards",
    )


def _cards_picture(known):
    cards = [
        {"card": card.name, "memory": card.memory_bytes} for card in map(data.accelerator, _CARDS)
    ]
    needed = cards_needed(known["total_bytes"], alt.datum.memory)
    base = alt.Chart(alt.Data(values=cards)).transform_calculate(cards=expression_text(needed))
    x = alt.X(
        "cards:Q",
        scale=alt.Scale(type="log", domainMin=0.9),
        axis=alt.Axis(title="cards (log scale)", format=",f", values=[1, 10, 100, 1000, 10000]),
    )
    y = alt.Y("card:N", sort=None, title=None)
    base = base.encode(x=x, y=y)
    line = base.mark_rule().encode(x2=alt.datum(0.9))
    point = base.mark_point(filled=True, opacity=1, size=90, color=COLORS["blue"])
    text = base.mark_text(align="left", dx=7).encode(text=alt.Text("cards:Q", format=","))
    return alt.layer(line, point, text).properties(height=alt.Step(26), padding=beside(48))


def days_calculator(n_params, n_tokens, n_devices, peak_flops, mfu):
    """Return the calculator of the days and the rent of a training run.

    Parameters
    ----------
    n_params, n_tokens, n_devices, peak_flops, mfu : float
        Where the controls start.

    Returns
    -------
    Calculator
    """
    inputs = [
        Slider(
            "n_active_params", n_params, "Parameters", "billion", 1, 500, 0.5, BILLION, "III-11"
        ),
        Slider("n_tokens", n_tokens, "Tokens", "trillion", 0.1, 20, 0.1, TRILLION, "III-21"),
        Slider("n_devices", n_devices, "Cards", "", 8, 32768, 8, claim="III-21"),
        Choice("peak_flops", peak_flops, "Card", _rates(peak_flops)),
        Slider("mfu", round(mfu, 3), "MFU", "", 0.05, 0.7, 0.001),
        Slider("usd_per_hour", 2.0, "Rent of a card", "USD an hour", 0.5, 15, 0.1),
    ]
    stages = [
        Stage("flops", training_flops, "Model FLOPs, 6ND", "ZFLOP", ",.1f", scale=1e21),
        Stage(
            "device_seconds",
            training_device_seconds,
            "Card-hours",
            "million",
            ",.3f",
            scale=HOUR * MILLION,
        ),
        Stage("seconds", training_seconds, "Time", "days", ",.1f", scale=DAY, claim="III-21"),
        Stage("usd", rental_usd, "Rent", "million USD", ",.2f", scale=MILLION),
    ]
    return Calculator(
        inputs,
        stages,
        _days_picture,
        title="How long the training takes, by the MFU that is reached",
        description="A falling curve of days of training against MFU from 0.05 to 0.7, with a "
        "point at the MFU chosen. Curve and point move with the controls.",
        name="days",
    )


def _days_picture(known):
    names = ("n_active_params", "n_tokens", "n_devices", "peak_flops")
    given = [known[name] for name in names]
    shares = [{"share": round(0.05 + 0.01 * step, 2)} for step in range(66)]
    curve_days = training_seconds(*given, alt.datum.share) / DAY
    x = alt.X("share:Q", title="MFU", scale=alt.Scale(domain=[0.05, 0.7]))
    y = alt.Y("days:Q", title="days")
    curve = (
        alt.Chart(alt.Data(values=shares))
        .transform_calculate(days=expression_text(curve_days))
        .mark_line()
        .encode(x=x, y=y)
    )
    point = (
        alt.Chart(alt.Data(values=[{}]))
        .transform_calculate(share="mfu", days=expression_text(known["seconds"] / DAY))
        .mark_point(size=120, filled=True, opacity=1, color=COLORS["orange"])
        .encode(x=x, y=y)
    )
    return curve + point


def _formats(start):
    rows = (data.row("number_formats", key) for key in ("fp32", "fp16", "int8", "int4"))
    options = {f"{row.name}, {row.bytes_per_value:g} B": row.bytes_per_value for row in rows}
    return _with_start(options, start, "{:g} B a parameter")


def _memories(start):
    options = {card.name: card.memory_bytes for card in map(data.accelerator, _CARDS)}
    # Two kinds of card with the same memory are one option: it is the memory that counts.
    merged = {}
    for name, memory in options.items():
        merged.setdefault(memory, []).append(name)
    named = {f"{' or '.join(names)}": memory for memory, names in merged.items()}
    return _with_start(named, start, "{:g} B of memory")


def _rates(start):
    keys = ("v100-32", "a100-80", "h100-sxm", "mi300x", "b200", "tpu-v4", "tpu-v5p")
    cards = map(data.accelerator, keys)
    options = {f"{card.name}, {card.fp16_flops / TFLOPS:,.0f} TFLOP/s": card for card in cards}
    rates = {name: card.fp16_flops for name, card in options.items()}
    return _with_start(rates, start, "{:g} FLOP/s")


def _with_start(options, start, words):
    """Make sure that the number the chapter was run with is among the options."""
    if start in options.values():
        return options
    return {words.format(start): start} | options


_COUNTRIES = ("World", "United States", "France", "Sweden", "Germany", "Poland", "China", "India")
_YEAR = "2020"  # of GPT-3's training
_HOME = "United States"


def carbon_calculator(run):
    """Return the calculator of the energy and the emissions of a training run.

    Parameters
    ----------
    run : object
        A row of ``llmcarbon_runs``: where the controls start.

    Returns
    -------
    Calculator
    """
    grid = run.carbon_intensity_kg_per_kwh
    host = run.system_power_watts - run.tdp_watts
    inputs = [
        Slider(
            "n_active_params", run.n_active_params, "Parameters", "billion", 1, 500, 0.5, BILLION
        ),
        Slider("n_tokens", run.n_tokens, "Tokens", "trillion", 0.1, 20, 0.1, TRILLION),
        Slider("n_devices", run.n_devices, "Cards", "", 8, 32768, 8),
        Bundle("card", "Card", _rates_and_powers(run)),
        Slider("efficiency", run.efficiency, "MFU", "", 0.05, 0.7, 0.001),
        Slider("host_power_watts", host, "Server's share of a card", "W", 0, 1000, 5),
        Slider("pue", run.pue, "PUE", "", 1, 2, 0.01),
        Choice("carbon_intensity", grid, "Grid", _grids(grid)),
    ]
    stages = [
        Stage(
            "used_seconds",
            training_seconds,
            "Time",
            "days",
            ",.1f",
            scale=DAY,
            renamed={"mfu": "efficiency"},
        ),
        Stage(
            "system_power_watts",
            system_power_watts,
            "Power of a card with its share",
            "W",
            ",.0f",
            fixed={"devices_per_host": 1.0},
        ),
        Stage("energy_kwh", operational_energy_kwh, "Energy", "MWh", ",.0f", scale=THOUSAND),
        Stage("emissions", emissions_kg, "Emissions", "t CO₂e", ",.1f", scale=TONNE, claim="VI-1"),
    ]
    return Calculator(
        inputs,
        stages,
        _carbon_picture,
        title="What a training run emits, on the grid you choose and on others",
        description="Horizontal bars, one a country: the emissions of the same energy on its grid "
        "of 2020, and a dashed line, the run as set. All move with the controls. At the start "
        "stands GPT-3 as LLMCarbon has it; the factors of the countries count the life cycle of "
        "the power plants, the factor of GPT-3 is its operator's.",
        name="carbon",
    )


def _carbon_picture(known):
    places = [{"grid": name, "intensity": value} for name, value in _grids(None).items()]
    tonnes = emissions_kg(known["energy_kwh"], alt.datum.intensity) / TONNE
    x = alt.X("tonnes:Q", title="t CO₂e", axis=alt.Axis(format=",f"))
    y = alt.Y("grid:N", sort=None, title=None)
    base = (
        alt.Chart(alt.Data(values=places))
        .transform_calculate(tonnes=expression_text(tonnes))
        .encode(x=x, y=y)
    )
    bar = base.mark_bar(height=14)
    text = base.mark_text(align="left", dx=4).encode(text=alt.Text("tonnes:Q", format=",.0f"))
    run = alt.Chart(alt.Data(values=[{}])).transform_calculate(
        tonnes=expression_text(known["emissions"] / TONNE)
    )
    rule = run.mark_rule(strokeDash=[4, 3]).encode(x=x)
    return alt.layer(bar, text, rule).properties(height=alt.Step(26), padding=beside(48))


def _rates_and_powers(run):
    """Return what a card brings, the one of the run first: peak rate and TDP go together."""
    keys = ("a100-80", "h100-sxm", "mi300x", "b200")
    cards = {run.accelerator_name: (run.peak_flops, run.tdp_watts)}
    for card in map(data.accelerator, keys):
        cards[card.name] = (card.fp16_flops, card.tdp_watts)
    return {
        f"{name}, {rate / TFLOPS:,.0f} TFLOP/s, {watts:.0f} W": {
            "peak_flops": rate,
            "power_watts": watts,
        }
        for name, (rate, watts) in cards.items()
    }


def _grids(start):
    options = {f"{country} {_YEAR}": _yearly_grids()[country, _YEAR] for country in _COUNTRIES}
    return options if start is None else _with_start(options, start, "{:g} kg a kWh, as reported")


def _yearly_grids():
    """Return the factors of one kind by country and year: they may be compared."""
    kind = ("location", "average", "life-cycle", "production")
    return {
        (row.country, row.year): row.carbon_intensity_kg_per_kwh
        for row in data.table("grid_intensity")
        if (row.accounting, row.method, row.scope, row.basis) == kind and row.year
    }


def _places():
    """Return the factors of the run's year and of the last one, country by country.

    The last one is the last that the country of the run has.
    """
    grids = _yearly_grids()
    last = max(year for country, year in grids if country == _HOME)
    rows = sorted(grids)
    return {
        (country, year): grids[country, year] for country, year in rows if year in (_YEAR, last)
    }


def place_calculator(run):
    """Return the calculator of a training run moved to another place.

    Parameters
    ----------
    run : object
        A row of ``carbon_runs``: where the controls start.

    Returns
    -------
    Calculator
    """
    grids = _places()
    named = list(grids)
    best_pue = min(site.pue for site in data.table("pue"))
    inputs = [
        Slider(
            "device_seconds",
            run.device_hours * HOUR,
            "Card-hours",
            "million",
            0.001,
            50,
            0.001,
            MILLION * HOUR,
        ),
        Slider("power_watts", run.power_watts, "Power of a card", "W", 100, 1500, 5),
        Slider("pue_here", run.pue, "PUE of the site", "", 1, 2, 0.01),
        _place("here", "Where and when it ran", grids, named.index((_HOME, _YEAR))),
        Slider("pue_there", best_pue, "PUE of the other site", "", 1, 2, 0.01),
        _place("there", "Where and when else", grids, named.index(("Norway", _YEAR))),
    ]
    stages = [
        _site_energy("here", "Energy"),
        _site_emissions("here", "Emissions"),
        _site_energy("there", "Energy at the other site"),
        _site_emissions("there", "Emissions at the other site"),
        Stage("difference", attributed_difference_kg, "Difference", "t CO₂e", scale=TONNE),
    ]
    return Calculator(
        inputs,
        stages,
        _place_picture,
        title="What is put to a run's account, in each country, with the PUE of the other site",
        description="Points on a log axis, two a country, for the year of the run and for the last "
        "of the table, countries in the order of their grids: the emissions of the same run there. "
        "A dashed line marks the run where it was. All move with the controls. The factors are of "
        "one kind: yearly averages of the power made in the country, life cycle included. The "
        "difference is one of accounts, not of what was avoided.",
        name="place",
    )


def _site_energy(site, label):
    return Stage(
        f"energy_{site}",
        energy_kwh,
        label,
        "MWh",
        ",.0f",
        scale=THOUSAND,
        renamed={"pue": f"pue_{site}"},
    )


def _place(site, label, grids, start):
    # By its name and not by its factor: two places may have the same.
    options = {
        f"{country} {year}": {f"grid_{site}": grid} for (country, year), grid in grids.items()
    }
    return Bundle(f"place_{site}", label, options, start)


def _site_emissions(site, label):
    renamed = {"energy_kwh": f"energy_{site}", "carbon_intensity": f"grid_{site}"}
    return Stage(f"kg_{site}", emissions_kg, label, "t CO₂e", scale=TONNE, renamed=renamed)


def _place_picture(known):
    grids = _places()
    places = [
        {"grid": country, "year": year, "intensity": value}
        for (country, year), value in sorted(
            # All of the year of the run come first: the countries stand in the order of that year.
            grids.items(),
            key=lambda pair: (pair[0][1] != _YEAR, pair[1]),
        )
    ]
    tonnes = emissions_kg(known["energy_there"], alt.datum.intensity) / TONNE
    x = alt.X(
        "tonnes:Q",
        title="t CO₂e (log scale)",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(format=",r", values=[10.0**power for power in range(-3, 7)]),
    )
    points = (
        alt.Chart(alt.Data(values=places))
        .transform_calculate(tonnes=expression_text(tonnes))
        .mark_point(filled=True, opacity=1, size=60)
        .encode(
            x=x,
            y=alt.Y("grid:N", sort=None, title=None),
            color=alt.Color("year:N", sort=None, title=None),
            shape=alt.Shape("year:N", sort=None, title=None),
            tooltip=["grid:N", "year:N", "tonnes:Q"],
        )
    )
    run = alt.Chart(alt.Data(values=[{}])).transform_calculate(
        tonnes=expression_text(known["kg_here"] / TONNE)
    )
    rule = run.mark_rule(strokeDash=[4, 3]).encode(x=x)
    return alt.layer(points, rule).properties(height=alt.Step(16))
