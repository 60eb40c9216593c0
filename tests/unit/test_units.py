import pytest

from llmbook.units import UNITS, in_base, parse

# Each unit in the first one of its group, worked out by hand.
FACTORS = {
    "a size": {
        "B": 1,
        "kB": 1_000,
        "KB": 1_000,
        "MB": 1_000_000,
        "GB": 1_000_000_000,
        "TB": 1_000_000_000_000,
        "PB": 1_000_000_000_000_000,
        "KiB": 1_024,
        "MiB": 1_048_576,
        "GiB": 1_073_741_824,
        "TiB": 1_099_511_627_776,
    },
    "a bandwidth": {
        "B/s": 1,
        "kB/s": 1_000,
        "MB/s": 1_000_000,
        "GB/s": 1_000_000_000,
        "TB/s": 1_000_000_000_000,
    },
    # A year has 365.25 days of 86,400 s.
    "a time": {
        "s": 1,
        "us": 0.000_001,
        "ms": 0.001,
        "min": 60,
        "h": 3_600,
        "d": 86_400,
        "a": 31_557_600,
    },
    "a rate of computing": {
        "FLOP/s": 1,
        "GFLOP/s": 1_000_000_000,
        "TFLOP/s": 1_000_000_000_000,
        "PFLOP/s": 1_000_000_000_000_000,
    },
    "work": {
        "FLOP": 1,
        "GFLOP": 1_000_000_000,
        "TFLOP": 1_000_000_000_000,
        "PFLOP": 1_000_000_000_000_000,
    },
    "a power": {"W": 1, "kW": 1_000, "MW": 1_000_000},
    "an energy": {"kWh": 1, "Wh": 0.001, "MWh": 1_000, "GWh": 1_000_000},
    "a mass": {"kg": 1, "g": 0.001, "t": 1_000, "kt": 1_000_000, "Mt": 1_000_000_000},
    # 1 t/MWh is 1,000 kg for 1,000 kWh.
    "a carbon intensity": {"kg/kWh": 1, "g/kWh": 0.001, "t/MWh": 1},
    "money": {"USD": 1, "kUSD": 1_000, "MUSD": 1_000_000},
    "a rent": {"USD/h": 1},
    # 1 USD for a token is 1,000,000 USD for a million; 1 USD for a thousand is 1,000 USD.
    "a price of tokens": {"USD/Mtok": 1, "USD/token": 1_000_000, "USD/ktok": 1_000},
    "a share": {"1": 1, "%": 0.01},
}


def test_every_unit_is_what_it_says():
    found = {
        what: {symbol: pytest.approx(factor, rel=1e-15) for symbol, factor in units.items()}
        for what, units in FACTORS.items()
    }
    assert found == UNITS
    symbols = [symbol for units in FACTORS.values() for symbol in units]
    assert len(symbols) == len(set(symbols))
    assert all(in_base(key) == UNITS[what][key] for what in FACTORS for key in FACTORS[what])


@pytest.mark.parametrize(
    ("word", "symbol"),
    [
        ("bytes", "B"),
        ("seconds", "s"),
        ("milliseconds", "ms"),
        ("minutes", "min"),
        ("hours", "h"),
        ("days", "d"),
        ("years", "a"),
        ("watts", "W"),
        ("kilowatts", "kW"),
        ("kilograms", "kg"),
        ("tonnes", "t"),
        ("percent", "%"),
        ("dollars", "USD"),
        ("thousand", "k"),
        ("million", "M"),
        ("billion", "B"),
        ("trillion", "T"),
    ],
)
def test_a_word_is_its_symbol(word, symbol):
    unit = "tokens" if word.endswith("illion") or word == "thousand" else symbol
    assert parse("it", f"3 {word}", unit) == parse("it", f"3{symbol}", unit)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("65e9", "parameters", 65e9),
        (" 65E9 ", "parameters", 65e9),
        ("1_000", "cards", 1000),
        (".5", "bytes", 0.5),
        ("80GB", "bytes", 80e9),
        ("80 GB", "B", 80e9),
        ("16GiB", "bytes", 16 * 2**30),
        ("50ms", "seconds", 0.05),
        ("50ms", "s", 0.05),
        ("90 minutes", "hours", 1.5),
        ("21 days", "d", 21),
        ("1.4T", "tokens", 1.4e12),
        ("70B", "parameters", 70e9),
        ("3k", "users", 3000),
        ("3K", "users", 3000),
        ("3M", "users", 3_000_000),
        ("3 million", "users", 3_000_000),
        ("1.4 trillion tokens", "tokens", 1.4e12),
        ("8 cards", "cards", 8),
        ("2B", "bytes", 2),
        ("500kg", "tonnes", 0.5),
        ("40%", "fraction", 0.4),
        ("40%", "1", 0.4),
        ("40 percent", "percent", 40),
        ("312TFLOP/s", "FLOP/s", 312e12),
        ("2TB/s", "B/s", 2e12),
        ("429 g/kWh", "kg/kWh", 0.429),
        ("-3", "percent", -3),
    ],
)
def test_numbers_with_units(text, unit, value):
    assert parse("it", text, unit) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("80GB", "seconds", "it is a time in seconds, got '80GB', which is a size; its units are"),
        (
            "50ms",
            "bytes",
            "it is a size in bytes, got '50ms', which is a time; its units are",
        ),
        ("80Gb", "bytes", "it is a size in bytes, got '80Gb'; its units are B"),
        ("80GB", "parameters", "it is a number of parameters, got '80GB', which is a size"),
        ("5 horses", "cards", "it is a number of cards, got '5 horses'; a number may end in k"),
        ("many", "cards", "it must be a number in cards, got 'many'"),
        ("", "cards", "it must be a number in cards, got ''"),
        ("nan", "cards", "it must be a number"),
        ("inf", "cards", "it must be a number"),
        ("1e999", "cards", "it must be a finite number"),
        ("1e308TB", "bytes", "it must be a finite number"),
        ("True", "cards", "it must be a number"),
        ("1e", "cards", "it is a number of cards, got '1e'"),
        ("40%", "cards", "it is a number of cards, got '40%'"),
    ],
)
def test_what_is_refused(text, unit, message):
    with pytest.raises(ValueError) as refused:
        parse("it", text, unit)
    assert str(refused.value).startswith(message)
