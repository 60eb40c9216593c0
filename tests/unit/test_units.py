import pytest

from llmbook.units import parse


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
