"""The tables that LLMCarbon's authors print, row by row beside what the formulas give.

The paper quotes one row of them.  What is only recalled of the others gets no verdict.
"""

from dataclasses import dataclass

from llmbook import data
from llmbook.carbon import llmcarbon, mlco2
from llmbook.formula import apply
from llmbook.quantities import DAY, HOUR, PERCENT, TONNE

QUOTED = {"gpt-3": "VI-1"}


@dataclass(frozen=True)
class SourceRow:
    """One number of a table of LLMCarbon's authors.

    Parameters
    ----------
    name : str
        Run and tool.
    printed : float
        t CO2e as they print it.
    recomputed : float
        t CO2e by the formula of the tool from the inputs of the same table.
    claim : str or None
        The claim of the paper that quotes the row; None for a number that is only recalled.
    """

    name: str
    printed: float
    recomputed: float
    claim: str | None = None

    @property
    def difference(self):
        """Percent by which the recomputed number lies above the printed one."""
        return (self.recomputed / self.printed - 1) / PERCENT


def by_llmcarbon(run):
    """Return what LLMCarbon gives for a run.

    Parameters
    ----------
    run : object
        A row of ``llmcarbon_runs``.

    Returns
    -------
    float
        t CO2e.
    """
    grid = run.carbon_intensity_kg_per_kwh
    return apply(llmcarbon.operational_kg, run, carbon_intensity=grid) / TONNE


def by_mlco2(run):
    """Return what mlco2 gives for a run: the printed days at TDP, without PUE.

    Parameters
    ----------
    run : object
        A row of ``llmcarbon_runs``.

    Returns
    -------
    float
        t CO2e.
    """
    hours = run.n_devices * run.days * DAY / HOUR
    return mlco2.footprint_kg(run.tdp_watts, hours, run.carbon_intensity_kg_per_kwh) / TONNE


def parts_t(per_unit):
    """Return the embodied carbon of all parts of LLMCarbon's example, by its use of their life.

    Parameters
    ----------
    per_unit : callable
        From a row of ``embodied_parts`` to kg CO2e of one unit.

    Returns
    -------
    float
        t CO2e.
    """
    parts = [part for part in data.table("embodied_parts") if part.count]
    kg = [
        llmcarbon.embodied_kg(
            1, per_unit(part), part.count, part.used_days * DAY, part.lifetime_days * DAY
        )
        for part in parts
    ]
    return sum(kg) / TONNE


def of_sizes(part):
    """Return kg CO2e of one unit of a part, from its size and its factor."""
    return part.size * part.carbon_per_amount


def rows():
    """Return every number of the tables.

    Returns
    -------
    list of SourceRow
        LLMCarbon's estimates, then those printed for mlco2, then the hardware of XLM.
    """
    runs = data.table("llmcarbon_runs")
    told = {row.id: row for row in data.table("llmcarbon_recalled")}
    estimates = [
        SourceRow(
            f"{run.name}, LLMCarbon",
            run.printed_tco2e or told[run.id].recalled_tco2e,
            by_llmcarbon(run),
            QUOTED.get(run.id),
        )
        for run in runs
    ]
    rivals = [
        SourceRow(f"{run.name}, mlco2", told[run.id].recalled_mlco2_tco2e, by_mlco2(run))
        for run in runs
    ]
    hardware = SourceRow(
        "XLM, the hardware", told["xlm"].recalled_embodied_tco2e, parts_t(of_sizes)
    )
    return [*estimates, *rivals, hardware]
