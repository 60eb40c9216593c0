import itertools

import pytest

from llmbook import costs, data, ownership
from llmbook.quantities import YEAR

PARTS = (
    "server",
    "network",
    "spares",
    "facility",
    "interest",
    "power",
    "maintenance",
    "staff",
)


@pytest.mark.parametrize("hour", ownership.card_hours(), ids=lambda row: row["accelerator"])
def test_the_parts_are_the_whole(hour):
    assert sum(hour[part] for part in PARTS) == pytest.approx(hour["owned"])
    assert hour["used"] == pytest.approx(hour["owned"] / hour["utilization"] / hour["availability"])
    assert all(hour[part] >= 0 for part in PARTS)


def test_an_h100_by_hand():
    hour = ownership.card_hour("h100-sxm")
    hours = 5 * 8766
    # 310,000 / 8 over five years; 10.96 % of network; 0.173 failures x 7 / 365.25 of spares.
    assert hour["server"] == pytest.approx(38_750 / hours)
    assert hour["network"] == pytest.approx(38_750 * 0.1096 / hours)
    assert hour["spares"] == pytest.approx(38_750 * 1.1096 * 0.173 * 7 / 365.25 / hours)
    assert hour["facility"] == pytest.approx(6250 / hours)
    # 1.275 kW x 0.75 x 1.25 x 0.087; 2 % of 38,750 a year; 2,500 / 8 a year.
    assert hour["power"] == pytest.approx(1.275 * 0.75 * 1.25 * 0.087)
    assert hour["maintenance"] == pytest.approx(775 / 8766)
    assert hour["staff"] == pytest.approx(312.5 / 8766)
    # At 11 % over five years each USD is paid back by 5 x 0.2706 = 1.353 USD.
    flat = sum(hour[part] for part in PARTS[:4])
    assert hour["interest"] / flat == pytest.approx(5 * 0.11 / (1 - 1.11**-5) - 1)
    assert hour["owned"] == pytest.approx(1.75, abs=0.005)


def test_energy_has_the_share_of_an_independent_model():
    """Cottier 2024 has 2 to 6 % for training runs, a model of a 1 GW site 0.6 of 8.5."""
    for card in ownership.cards():
        hour = ownership.card_hour(card)
        assert 0.02 < hour["power"] / hour["owned"] < 0.08


@pytest.mark.parametrize("card", ownership.cards())
def test_the_cases_enclose_what_one_quantity_does(card):
    low, central, high = (ownership.card_hour(card, case) for case in ownership.CASES)
    assert low["owned"] < central["owned"] < high["owned"]
    assert low["used"] < central["used"] < high["used"]
    for row in ownership.drivers(card):
        for end in ("at_low", "at_high"):
            assert low["used"] <= row[end] * (1 + 1e-12)
            assert row[end] <= high["used"] * (1 + 1e-12)


@pytest.mark.parametrize("used", [True, False])
def test_the_combined_range_lies_between(used):
    name = "used" if used else "owned"
    low, central, high = ownership.combined_range("h100-sxm", used)
    cheap, dear = (ownership.card_hour("h100-sxm", case)[name] for case in ("low", "high"))
    assert cheap < low < central < high < dear
    strongest = ownership.drivers("h100-sxm", used)[0]
    assert high >= max(strongest["at_low"], strongest["at_high"])


def test_no_interest_leaves_the_straight_line():
    hour = ownership.card_hour("a100-80", interest_rate=0.0)
    assert hour["interest"] == pytest.approx(0, abs=1e-12)
    assert hour["owned"] < ownership.card_hour("a100-80")["owned"]


def test_a_quotation_replaces_the_table():
    dear = ownership.card_hour("h100-sxm", server_usd=350_000.0)
    assert dear["server"] == pytest.approx(350_000 / 8 / (5 * 8766))
    assert "server_usd" not in {
        row["argument"] for row in ownership.drivers("h100-sxm", server_usd=350_000.0)
    }


def test_the_ranges_are_in_order_and_in_si():
    for card in ownership.cards():
        for name, (low, central, high) in ownership.ranges(card).items():
            assert low <= central <= high, (card, name)
    assert ownership.ranges("h100-sxm")["lifetime_seconds"] == (3 * YEAR, 5 * YEAR, 6 * YEAR)


def test_the_table_repeats_others_rightly():
    low, _, high = ownership.ranges("h100-sxm")["pue"]
    assert low == data.row("pue", "meta-fleet-2021").pue
    assert high == data.row("pue", "world-2023").pue
    power = ownership.ranges("h100-sxm")["system_power_watts"]
    assert power[0] == data.row("server_power", "h100-dgx").system_power_watts
    assert power[2] == data.row("server_power", "h100-superpod").system_power_watts
    for card in ("a100-80", "h100-sxm"):
        price = data.accelerator(card)
        ends = ownership.ranges(card)["server_usd"]
        assert (ends[0], ends[2]) == (8 * price.price_usd_low, 8 * price.price_usd_high)
    board = 8 * data.accelerator("mi300x").price_usd_low
    assert ownership.ranges("mi300x")["server_usd"] == pytest.approx(
        (board, board + 32_010, 1.64 * board)
    )
    assert ownership.ranges("a100-80")["server_usd"][1] == pytest.approx(8 * 15_000 * 1.66)


def test_the_derived_rows_follow_from_what_they_cite():
    known = ownership.ranges("h100-sxm")
    year = 16_384 * 54 / 365.25
    failures = (268 / year, 419 / year, 365.25 / (47 * 8))
    assert known["failures_per_year"] == pytest.approx(failures, abs=5e-5)
    network = ((0.288 + 0.67584) / 19.84, (3.456 + 5.24288) / 79.36, 0.19 / 0.81)
    assert known["network_share"] == pytest.approx(network, abs=5e-5)
    assert known["recovery_seconds"][2] == pytest.approx(0.1 * 54 * 86_400 / 419, abs=0.05)
    assert known["facility_usd"][2] == 5 * 16_146
    # The price with InfiniBand in the source of Groq's deployment: 350,000 USD.
    assert 310_000 * (1 + network[1]) == pytest.approx(350_000, rel=0.02)


def test_beside_rentals():
    rows = ownership.beside_rentals("h100-sxm")
    assert [row["usd_per_hour"] for row in rows] == sorted(row["usd_per_hour"] for row in rows)
    assert len(rows) == sum(row.accelerator == "h100-sxm" for row in data.table("rentals"))
    for row in rows:
        shares = row["break_even_utilization"]
        assert shares["central"] == pytest.approx(row["owned"] / row["usd_per_hour"])
        assert shares["low"] < shares["central"] < shares["high"]
        assert row["date"]


def test_crossings_by_hand():
    # 8 cards at 2 USD: 11,688 USD a month; 1,000 tokens/s make 2,629.8 Mtok.
    found = ownership.crossings(2.0, 3.0, 8.0, 1000.0, 10.0)
    assert found["capacity_tokens"] == pytest.approx(2629.8e6)
    assert found["own_or_api"] == pytest.approx(1168.8e6)
    assert found["reserve_or_api"] == pytest.approx(1753.2e6)
    # 24 USD an hour for 3.6 Mtok; 11,688 / 6.667.
    assert found["rent_usd_per_mtok"] == pytest.approx(24 / 3.6)
    assert found["own_or_rent"] == pytest.approx(1753.2e6)
    assert found["cheapest"] == [(0.0, "rent"), (pytest.approx(1753.2e6), "own")]


def test_a_cheap_api_is_never_caught():
    found = ownership.crossings(2.0, 3.0, 8.0, 1000.0, 0.5)
    assert found["own_or_api"] is None
    assert found["cheapest"] == [(0.0, "api")]


def test_the_cheapest_way_is_the_cheapest():
    case = {"owned_usd_per_hour": 2.0, "usd_per_hour": 4.0, "n_devices": 8.0}
    found = ownership.crossings(
        **case, tokens_per_second=1500.0, api_usd_per_mtok=5.0, reserved_usd_per_hour=1.5
    )
    hours = 730.5

    def bills(tokens):
        used = tokens / 1500 / 3600
        return {
            "own": 16 * hours,
            "reserve": 12 * hours,
            "api": tokens * 5 / 1e6,
            "rent": used * 32,
        }

    starts = [*found["cheapest"], (found["capacity_tokens"], None)]
    assert len(found["cheapest"]) == 2
    for (start, way), (end, _) in itertools.pairwise(starts):
        middle = bills((start + end) / 2)
        assert min(middle, key=middle.get) == way


def test_groq_by_its_capital():
    # 576 cards at 19,948 USD are 11.49 million, over 43,830 or 26,298 hours.
    band = ownership.capital_band("groq-mixtral-8x7b", 500.0, 4)
    assert band["capital_usd"] == 576 * 19_948
    assert band["usd_per_hour_low"] == pytest.approx(11_490_048 / 43_830)
    assert band["usd_per_hour_high"] == pytest.approx(11_490_048 / 26_298)
    # 2,000 tokens/s are 7.2 Mtok an hour.
    assert band["usd_per_mtok_low"] == pytest.approx(11_490_048 / 43_830 / 7.2)
    users = ownership.users_to_pay(band["usd_per_hour_low"], 500.0, 0.27)
    at_price = ownership.capital_band("groq-mixtral-8x7b", 500.0, users)
    assert at_price["usd_per_mtok_low"] == pytest.approx(0.27)


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_a_band_needs_users_and_speed(bad):
    with pytest.raises(ValueError, match=r"^tokens_per_second must be"):
        ownership.capital_band("groq-mixtral-8x7b", bad, 3)
    with pytest.raises(ValueError, match=r"^concurrent_users must be"):
        ownership.capital_band("groq-mixtral-8x7b", 480.0, bad)


def test_bad_questions_are_refused():
    with pytest.raises(ValueError, match="gaudi-2"):
        ownership.card_hour("gaudi-2")
    with pytest.raises(ValueError, match="nearest are"):
        ownership.card_hour("h100")
    with pytest.raises(ValueError, match=r"^case must be one of low, central, high"):
        ownership.card_hour("h100-sxm", "middle")
    with pytest.raises(ValueError, match="'price'"):
        ownership.card_hour("h100-sxm", price=3.0)
    with pytest.raises(ValueError, match=r"^utilization must be"):
        ownership.card_hour("h100-sxm", utilization=0.0)
    with pytest.raises(ValueError, match="nearest are"):
        ownership.capital_band("groq", 480.0, 3)


def test_a_card_without_rents_has_none_beside_it():
    assert ownership.beside_rentals("mi300x") == []


def test_assumed_rows_are_unverified():
    rows = {row.id: row for row in data.table("ownership_costs")}
    for key in ("facility", "maintenance", "repair"):
        assert rows[key].grade == "unverified"
    assert costs.spares_for_repair(0.173, 0) == 0
