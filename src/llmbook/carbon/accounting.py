"""The books: energy, what it emits, what may be added to what.

The overhead of the data centre enters once, in `energy_kwh`; everything after it takes the energy
of the whole site and has no place for a PUE.  Who multiplies the 1,287 MWh of GPT-3 by 1.1 again,
or takes them for the energy of the machines, is off by a tenth: 552 t or 502 t.
"""

from dataclasses import dataclass, fields

from llmbook.formula import Domain, check
from llmbook.glossary import GLOSSARY, checked
from llmbook.quantities import HOUR, THOUSAND

KINDS = {
    "market": ("location", "market"),
    "marginality": ("average", "marginal"),
    "scope": ("direct", "life-cycle"),
    "basis": ("production", "consumption"),
}

_JOULES_PER_KWH = THOUSAND * HOUR
_OFFSET = Domain("bought or claimed elsewhere", "kg CO2e", low=0.0, open_low=False)


@checked
def system_power_watts(power_watts, host_power_watts, devices_per_host):
    """Return the draw of one device with its share of the server.

    Parameters
    ----------
    power_watts : float
        Of one device.
    host_power_watts : float
        Of a server without its devices: processors, memory, disks, fans.
    devices_per_host : float

    Returns
    -------
    float
        W.
    """
    return power_watts + 1.0 * host_power_watts / devices_per_host


@checked
def energy_kwh(power_watts, device_seconds, pue):
    """Return the energy that the whole site takes, the only place where the PUE enters.

    Parameters
    ----------
    power_watts : float
        Mean draw of one device, with its share of the server if the server is to be counted.
    device_seconds : float
        Seconds times devices.
    pue : float
        Energy of the site over energy of its machines, 1 or more.

    Returns
    -------
    float
        kWh.

    Notes
    -----
    Patterson et al. 2021, section 2.5 (arXiv 2104.10350).
    """
    return 1.0 * power_watts * device_seconds / _JOULES_PER_KWH * pue


@checked
def equipment_energy_kwh(energy_kwh, pue):
    """Return the part of a site's energy that its machines took: the PUE out again.

    Parameters
    ----------
    energy_kwh : float
        Of the whole site.
    pue : float

    Returns
    -------
    float
        kWh.
    """
    return 1.0 * energy_kwh / pue


@checked
def emissions_kg(energy_kwh, carbon_intensity):
    """Return what making the energy emits.

    Parameters
    ----------
    energy_kwh : float
        Of the whole site, PUE included.
    carbon_intensity : float
        kg CO2e a kWh.

    Returns
    -------
    float
        kg CO2e.

    Notes
    -----
    Patterson et al. 2021, section 2.5 (arXiv 2104.10350).
    """
    return 1.0 * energy_kwh * carbon_intensity


@checked
def water_litres(energy_kwh, litres_per_kwh):
    """Return the water that the energy costs.

    Parameters
    ----------
    energy_kwh : float
    litres_per_kwh : float
        For the same energy: a site's cooling is quoted for that of its machines (see
        `equipment_energy_kwh`), a power plant's for that of the whole site.

    Returns
    -------
    float
        Litres.

    Notes
    -----
    Li et al. 2023, section 3 (arXiv 2304.03271).
    """
    return 1.0 * energy_kwh * litres_per_kwh


@checked
def total_kg(operational_kg, embodied_kg):
    """Return a footprint with both its parts.

    Parameters
    ----------
    operational_kg : float
        From the energy.
    embodied_kg : float
        From the manufacture, the share that this use has in the hardware's life.

    Returns
    -------
    float
        kg CO2e; nothing is taken off for offsets.

    Notes
    -----
    Gupta et al. 2021 (arXiv 2011.02839).
    """
    return 1.0 * operational_kg + embodied_kg


@checked
def attributed_difference_kg(kg_here, kg_there):
    """Return how much less is put to a run's account at another place.

    Parameters
    ----------
    kg_here, kg_there : float
        Of the same run at two places or in two years, counted in one way.

    Returns
    -------
    float
        kg CO2e; negative if the other place emits more.  A difference of averages says whose
        account the emissions stand on, not what moving the run would have avoided: for that
        both factors must be marginal.
    """
    return 1.0 * kg_here - kg_there


@dataclass(frozen=True)
class Kind:
    """What a kg CO2e of electricity counts.

    Parameters
    ----------
    market : {"location", "market"}
        The grid that the power comes from, or the contracts that it was bought with.
    marginality : {"average", "marginal"}
        All plants of the grid, or those that run because of this use.
    scope : {"direct", "life-cycle"}
        What the plants burn, or also their fuel's supply, building and end.
    basis : {"production", "consumption"}
        Power made in the region, or used there, imports included.

    Raises
    ------
    ValueError
        If a value is none of these.
    """

    market: str
    marginality: str
    scope: str
    basis: str

    def __post_init__(self):
        for name, allowed in KINDS.items():
            value = getattr(self, name)
            if value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, got {value!r}")

    def __str__(self):
        return ", ".join(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class Factor:
    """How much a kWh emits, and what that counts.

    Parameters
    ----------
    kg_per_kwh : float
    market, marginality, scope, basis : str
        See `Kind`.

    Raises
    ------
    ValueError
        If the factor is negative or its kind unknown.
    """

    kg_per_kwh: float
    market: str
    marginality: str
    scope: str
    basis: str

    def __post_init__(self):
        check("kg_per_kwh", self.kg_per_kwh, GLOSSARY["carbon_intensity"])
        _ = self.kind

    @property
    def kind(self):
        """What its kg count."""
        return Kind(self.market, self.marginality, self.scope, self.basis)

    def footprint(self, energy_kwh, embodied_kg=0.0, offset_kg=0.0):
        """Account for energy made with this factor.

        Parameters
        ----------
        energy_kwh : float
            Of the whole site, PUE included.
        embodied_kg : float
            The share of the hardware's manufacture.
        offset_kg : float
            Offsets, noted beside the footprint.

        Returns
        -------
        Footprint
        """
        operational_kg = emissions_kg(energy_kwh, self.kg_per_kwh)
        return Footprint(operational_kg, embodied_kg, self.kind, offset_kg)


@dataclass(frozen=True)
class Footprint:
    """What was emitted, counted in one way.

    Footprints are added and compared with ``+``, ``==``, ``<``, ``<=``, ``>`` and ``>=``, and many
    are added with ``sum``.  Equal are those of which every part is.

    Parameters
    ----------
    operational_kg, embodied_kg : float
        kg CO2e.
    kind : Kind
        Of the factors behind the operational part.
    offset_kg : float
        Kept apart: no property takes it off.

    Raises
    ------
    ValueError
        If a part is negative, the kind is not a `Kind`, or a footprint meets something else, or
        one that was counted in a different way.
    """

    operational_kg: float
    embodied_kg: float
    kind: Kind
    offset_kg: float = 0.0

    def __post_init__(self):
        if not isinstance(self.kind, Kind):
            raise ValueError(
                f"kind must be a Kind, which says what the factors count, got {self.kind!r}"
            )
        check("operational_kg", self.operational_kg, GLOSSARY["operational_kg"])
        check("embodied_kg", self.embodied_kg, GLOSSARY["embodied_kg"])
        check("offset_kg", self.offset_kg, _OFFSET)

    @property
    def total_kg(self):
        """Both parts, offsets left aside."""
        return total_kg(self.operational_kg, self.embodied_kg)

    def __add__(self, other):
        self._meet(other, "added")
        return Footprint(
            self.operational_kg + other.operational_kg,
            self.embodied_kg + other.embodied_kg,
            self.kind,
            self.offset_kg + other.offset_kg,
        )

    def __radd__(self, other):
        # What `sum` starts with; any other number is no footprint.
        if type(other) is int and other == 0:
            return self
        return self + other

    def __eq__(self, other):
        # That two kinds differ would read as a finding; something else is no footprint at all.
        if not isinstance(other, Footprint):
            return NotImplemented
        self._meet(other, "compared")
        return all(
            getattr(self, field.name) == getattr(other, field.name) for field in fields(self)
        )

    def __lt__(self, other):
        self._meet(other, "compared")
        return self.total_kg < other.total_kg

    def __le__(self, other):
        self._meet(other, "compared")
        return self.total_kg <= other.total_kg

    def __gt__(self, other):
        self._meet(other, "compared")
        return self.total_kg > other.total_kg

    def __ge__(self, other):
        self._meet(other, "compared")
        return self.total_kg >= other.total_kg

    def _meet(self, other, what):
        if not isinstance(other, Footprint):
            raise ValueError(
                f"a footprint can be {what} with another Footprint only, which says what it "
                f"counts, got {other!r}"
            )
        if self.kind != other.kind:
            raise ValueError(
                f"footprints can be {what} only if their factors are of one kind, "
                f"got ({self.kind}) and ({other.kind})"
            )
