import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmbook import data
from llmbook.carbon import accounting, llmcarbon, mlco2
from llmbook.carbon.accounting import Factor, Footprint, Kind, emissions_kg, energy_kwh, total_kg
from llmbook.glossary import GLOSSARY
from llmbook.quantities import DAY, HOUR


def test_energy_by_hand():
    # 2 kW for 3 hours, a quarter on top.
    assert energy_kwh(2000, 3 * HOUR, 1.25) == 7.5
    assert accounting.equipment_energy_kwh(7.5, 1.25) == 6
    assert emissions_kg(7.5, 0.4) == 3
    assert accounting.water_litres(7.5, 2) == 15
    assert total_kg(3, 0.5) == 3.5
    assert accounting.attributed_difference_kg(3, 0.5) == 2.5
    assert accounting.attributed_difference_kg(0.5, 3) == -2.5
    assert accounting.system_power_watts(400, 1600, 8) == 600


# Patterson et al. 2021, table 4: devices, days, W, PUE, net kg a kWh; MWh and net t as printed.
PATTERSON = {
    "Evolved Transformer NAS": (200, 6.8, 208, 1.10, 0.431, 7.5, 3.2),
    "T5": (512, 20, 310, 1.12, 0.545, 85.7, 46.7),
    "Meena": (1024, 30, 289, 1.09, 0.415, 232, 96.4),
    "GShard-600B": (1024, 3.1, 288, 1.09, 0.177, 24.1, 4.3),
    "Switch Transformer": (1024, 27, 245, 1.10, 0.330, 179, 59.1),
    "GPT-3": (10_000, 14.8, 330, 1.10, 0.429, 1287, 552.1),
}


@pytest.mark.parametrize("name", PATTERSON)
def test_the_table_of_patterson(name):
    devices, days, watts, pue, intensity, mwh, tonnes = PATTERSON[name]
    energy = energy_kwh(watts, devices * days * DAY, pue)
    assert energy / 1000 == pytest.approx(mwh, rel=0.01)
    assert emissions_kg(energy, intensity) / 1000 == pytest.approx(tonnes, rel=0.02)


def test_meena_to_four_digits():
    energy = energy_kwh(289, 1024 * 30 * DAY, 1.09)
    assert energy / 1000 == pytest.approx(232.25, abs=0.005)
    assert emissions_kg(energy, 0.415) / 1000 == pytest.approx(96.38, abs=0.005)


def test_transformers_of_patterson():
    assert energy_kwh(296, 8 * 3.5 * DAY, 1.59) == pytest.approx(316.3, abs=0.05)
    assert energy_kwh(227, 8 * 0.62 * DAY, 1.11) == pytest.approx(29.99, abs=0.005)


def test_the_overhead_of_gpt_3_counts_once():
    # The 1,287 MWh are those of the site; 502 t is what its machines alone emitted.
    site = 1_287_000
    machines = accounting.equipment_energy_kwh(site, 1.1)
    assert emissions_kg(site, 0.429) / 1000 == pytest.approx(552.1, abs=0.05)
    assert emissions_kg(machines, 0.429) / 1000 == pytest.approx(502, abs=0.2)


def test_bloom():
    dynamic = energy_kwh(400, 1_082_990 * HOUR, 1)
    assert dynamic == pytest.approx(433_196)
    parts = [emissions_kg(dynamic, 0.057), emissions_kg(256_646, 0.057)]
    assert parts[0] / 1000 == pytest.approx(24.692, abs=5e-4)
    assert parts[1] / 1000 == pytest.approx(14.63, abs=5e-3)
    # 50.49 t is the sum of the printed parts, 11.2 + 24.69 + 14.6; nothing rounded gives 50.53.
    whole = total_kg(sum(parts), 11_204) / 1000
    assert whole == pytest.approx(50.49, rel=1e-3)
    assert whole == pytest.approx(50.525, abs=5e-4)
    assert emissions_kg(energy_kwh(400, 1_082_990 * HOUR, 1.2), 0.057) / 1000 == pytest.approx(
        29.6, abs=0.05
    )


@pytest.mark.parametrize(
    ("hours", "watts", "mwh", "tonnes"),
    [
        (82_432, 400, 36.3, 13.96),
        (135_168, 400, 59.5, 22.90),
        (530_432, 400, 233.4, 89.86),
        (1_022_362, 400, 449.84, 173.19),
        (184_320, 400, None, 31.224),
        (368_640, 400, None, 62.448),
        (1_038_336, 350, None, 153.907),
        (1_720_320, 400, None, 291.422),
    ],
)
def test_llama(hours, watts, mwh, tonnes):
    energy = energy_kwh(watts, hours * HOUR, 1.1)
    assert mwh is None or energy / 1000 == pytest.approx(mwh, rel=1e-3)
    assert emissions_kg(energy, 0.385) / 1000 == pytest.approx(tonnes, rel=1e-3)


@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        ("power_watts", -1.0, "at least 0"),
        ("device_seconds", -1.0, "above 0"),
        ("pue", 0.9, "at least 1"),
        ("pue", float("nan"), "at least 1"),
    ],
)
def test_bad_energy(argument, value, allowed):
    good = {"power_watts": 300, "device_seconds": 3600, "pue": 1.1}
    with pytest.raises(ValueError, match=f"^{argument} must be .*{allowed}.*got {value!r}"):
        energy_kwh(**good | {argument: value})


HERE = ("location", "average", "direct", "production")
FACTOR = Factor(0.4, *HERE)


def test_a_footprint_keeps_its_parts():
    footprint = FACTOR.footprint(1000, embodied_kg=50, offset_kg=100)
    assert footprint == Footprint(400, 50, Kind(*HERE), 100)
    assert footprint.total_kg == 450
    assert footprint.offset_kg == 100
    assert FACTOR.footprint(10) == Footprint(4, 0, Kind(*HERE), 0)
    assert Footprint(4, 0, Kind(*HERE)).offset_kg == 0
    assert FACTOR.footprint(10).total_kg == 4


def test_footprints_of_one_kind_add_and_compare():
    # Another region, counted in the same way.
    small, large = FACTOR.footprint(1000, 1, 2), Factor(0.5, *HERE).footprint(1000, 3, 4)
    assert small + large == Footprint(900, 4, Kind(*HERE), 6)
    assert small < large <= large
    assert large > small >= small
    assert not large < small
    assert not large <= small
    assert not small < small
    assert small == FACTOR.footprint(1000, 1, 2) != large
    # As much in all, but not in each part.
    assert FACTOR.footprint(0, 5) != FACTOR.footprint(10, 1)
    assert small != "400 kg"
    assert len({small, FACTOR.footprint(1000, 1, 2)}) == 1


MEETINGS = (
    operator.add,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
    operator.eq,
    operator.ne,
)


@pytest.mark.parametrize("meet", MEETINGS)
@pytest.mark.parametrize("place", range(4))
def test_factors_of_two_kinds_never_mix(meet, place):
    kinds = list(HERE)
    options = list(accounting.KINDS.values())[place]
    (kinds[place],) = set(options) - {HERE[place]}
    other = Factor(0.4, *kinds).footprint(1000)
    with pytest.raises(ValueError) as caught:
        meet(FACTOR.footprint(1000), other)
    assert f"({', '.join(HERE)})" in str(caught.value)
    assert f"({', '.join(kinds)})" in str(caught.value)


any_factor = st.builds(
    Factor, st.floats(0, 2), *(st.sampled_from(allowed) for allowed in accounting.KINDS.values())
)


@given(one=any_factor, other=any_factor, meet=st.sampled_from(MEETINGS))
def test_only_equal_kinds_meet(one, other, meet):
    footprints = one.footprint(10), other.footprint(20)
    if one.kind == other.kind:
        meet(*footprints)
    else:
        with pytest.raises(ValueError, match="of one kind"):
            meet(*footprints)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kg_per_kwh": -0.1}, "^kg_per_kwh must be .*at least 0.*got -0.1"),
        ({"kg_per_kwh": float("nan")}, "^kg_per_kwh must be .*got nan"),
        ({"market": "residual"}, "^market must be one of location, market, got 'residual'"),
        ({"marginality": "x"}, "^marginality must be one of average, marginal, got 'x'"),
        ({"scope": "x"}, "^scope must be one of direct, life-cycle, got 'x'"),
        ({"basis": None}, "^basis must be one of production, consumption, got None"),
    ],
)
def test_bad_factors(change, message):
    names = ("market", "marginality", "scope", "basis")
    good = {"kg_per_kwh": 0.4, **dict(zip(names, HERE, strict=True))}
    with pytest.raises(ValueError, match=message):
        Factor(**good | change)


@pytest.mark.parametrize("part", ["operational_kg", "embodied_kg", "offset_kg"])
def test_bad_footprints(part):
    good = {"operational_kg": 1, "embodied_kg": 1, "kind": Kind(*HERE), "offset_kg": 1}
    with pytest.raises(ValueError, match=f"^{part} must be .*at least 0.*got -1"):
        Footprint(**good | {part: -1})


@pytest.mark.parametrize("kind", [None, "location", HERE])
def test_a_footprint_of_unknown_kind_is_refused(kind):
    with pytest.raises(ValueError, match=r"^kind must be a Kind, .*got"):
        Footprint(1.0, 1.0, kind)


def arguments(function):
    return st.fixed_dictionaries(
        {name: st.floats(*GLOSSARY[name].usual) for name in function.domains}
    )


ESTIMATES = (mlco2.footprint_kg, llmcarbon.operational_kg, llmcarbon.inference_kg, energy_kwh)
POWERS = {"power_watts", "system_power_watts"}


@given(data=st.data(), function=st.sampled_from(ESTIMATES))
def test_doubling_power_doubles_energy_and_footprint(data, function):
    run = data.draw(arguments(function))
    (power,) = POWERS & run.keys()
    assert function(**run | {power: 2 * run[power]}) == pytest.approx(2 * function(**run))


@given(run=arguments(llmcarbon.operational_kg))
def test_overhead_multiplies_once(run):
    bare = llmcarbon.operational_kg(**run | {"pue": 1.0})
    assert llmcarbon.operational_kg(**run) == pytest.approx(run["pue"] * bare)


@given(run=arguments(energy_kwh))
def test_overhead_comes_out_as_it_went_in(run):
    bare = energy_kwh(**run | {"pue": 1.0})
    assert accounting.equipment_energy_kwh(energy_kwh(**run), run["pue"]) == pytest.approx(bare)


@given(run=arguments(llmcarbon.operational_kg))
def test_inference_on_the_same_tokens_is_a_third(run):
    assert 3 * llmcarbon.inference_kg(**run) == pytest.approx(llmcarbon.operational_kg(**run))


@given(run=arguments(llmcarbon.operational_kg), factor=st.floats(1, 100))
def test_more_devices_finish_sooner_and_emit_the_same(run, factor):
    more = run | {"n_devices": run["n_devices"] * factor}
    assert llmcarbon.operational_kg(**more) == pytest.approx(llmcarbon.operational_kg(**run))


@given(run=arguments(mlco2.footprint_kg))
def test_both_estimators_keep_the_same_books(run):
    energy = energy_kwh(run["power_watts"], run["device_hours"] * HOUR, 1)
    assert emissions_kg(energy, run["carbon_intensity"]) == pytest.approx(mlco2.footprint_kg(**run))


@given(run=arguments(mlco2.footprint_kg))
def test_the_web_page_stays_within_its_roundings(run):
    shown = mlco2.web_typed_footprint_kg(**run)
    slack = 0.005 * (1 + run["carbon_intensity"]) + 1e-9
    assert shown == pytest.approx(mlco2.footprint_kg(**run), abs=slack, rel=1e-12)
    # Up to a gram is cut off, then half a hundredth of a kg is rounded.
    moved = mlco2.web_intensity(run["carbon_intensity"]) - run["carbon_intensity"]
    assert -0.006 - 1e-12 < moved <= 0.005 + 1e-12


@given(part=arguments(llmcarbon.embodied_kg), factor=st.floats(0.01, 1))
def test_shorter_lives_and_idle_parts_never_cost_less(part, factor):
    share = llmcarbon.embodied_kg(**part)
    for key in ("lifetime_seconds", "utilization"):
        assert llmcarbon.embodied_kg(**part | {key: part[key] * factor}) >= share * (1 - 1e-12)


@given(part=arguments(llmcarbon.embodied_kg), pieces=st.integers(1, 50))
def test_uses_share_the_whole_of_a_life(part, pieces):
    life = part | {"used_seconds": part["lifetime_seconds"] * part["utilization"]}
    whole = part["amount"] * part["carbon_per_amount"] * part["count"]
    assert llmcarbon.embodied_kg(**life) == pytest.approx(whole)
    piece = life | {"used_seconds": life["used_seconds"] / pieces}
    assert pieces * llmcarbon.embodied_kg(**piece) == pytest.approx(whole)


GOOD_RUN = {
    "n_active_params": 175e9,
    "n_tokens": 300e9,
    "n_devices": 10_000,
    "peak_flops": 125e12,
    "efficiency": 0.197,
    "system_power_watts": 330,
    "pue": 1.1,
    "carbon_intensity": 0.429,
}


@pytest.mark.parametrize("estimate", [llmcarbon.operational_kg, llmcarbon.inference_kg])
@pytest.mark.parametrize(
    ("argument", "value", "allowed"),
    [
        ("system_power_watts", -330, "at least 0"),
        ("pue", 0.99, "at least 1"),
        ("pue", -1, "at least 1"),
        ("carbon_intensity", -0.1, "at least 0"),
        ("carbon_intensity", float("nan"), "at least 0"),
        ("efficiency", 0, "above 0 and at most 1"),
        ("efficiency", 1.1, "above 0 and at most 1"),
    ],
)
def test_bad_runs(estimate, argument, value, allowed):
    with pytest.raises(ValueError, match=f"^{argument} must be .*{allowed}.*got {value!r}"):
        estimate(**GOOD_RUN | {argument: value})


@pytest.mark.parametrize(
    ("table", "wrong", "right"),
    [
        ("grid_intensity", "us-20200", "us-2020"),
        ("cloud_regions", "gcp-us-central-2021", "gcp-us-central1-2021"),
        ("mlco2_devices", "v100-sxm2-32", "v100-sxm2-32-head"),
        ("server_power", "dgx-h100", "h100-dgx"),
    ],
)
def test_an_unknown_region_or_device_names_the_nearest(table, wrong, right):
    with pytest.raises(ValueError, match=f"no row of {table} is called '{wrong}'.*{right}"):
        data.row(table, wrong)


def test_many_footprints_are_added_with_sum():
    parts = [
        Factor(0.5, "location", "average", "direct", "production").footprint(kwh, 1)
        for kwh in (2, 4, 6)
    ]
    # 1 + 2 + 3 kg of energy and 1 kg each of hardware.
    assert sum(parts).total_kg == 9


@pytest.mark.parametrize("stray", [1, 0.0, True, None, "2 kg"])
@pytest.mark.parametrize("meet", [operator.add, operator.lt, operator.le, operator.gt, operator.ge])
def test_a_footprint_meets_footprints_only(meet, stray):
    one = Factor(0.5, "location", "average", "direct", "production").footprint(2)
    for pair in ((one, stray), (stray, one)):
        with pytest.raises(ValueError, match=r"with another Footprint only.*got"):
            meet(*pair)
