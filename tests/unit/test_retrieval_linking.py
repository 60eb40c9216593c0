import pytest

from llmbook.retrieval.facts import book_facts
from llmbook.retrieval.linking import Limit, Linker
from llmbook.retrieval.names import phrase, stem, tokens

LINKER = Linker(book_facts())


def things(question):
    """The ids that each name of a question stands for."""
    return [{t.value for t in span.meanings} for span in LINKER.link(question).of("name")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("the H100 SXM", {"h100-sxm"}),
        ("an A100 80GB", {"a100-80"}),
        ("A100 40 GB", {"a100-40"}),
        ("LLaMA-65B", {"llama-65b"}),
        ("llama 3 8b", {"llama-3-8b"}),
        ("Llama 3.1 405B", {"llama-3.1-405b"}),
        ("the M3 Max", {"apple-m3-max"}),
        ("the M3", {"apple-m3"}),
        ("AWS", {"Amazon Web Services"}),
        ("H100", {"h100-sxm", "h100-pcie", "h100-nvl"}),
        ("NVIDIA", {"NVIDIA"}),
        ("TPUs", {"TPU"}),
    ],
)
def test_names(name, found):
    assert things(f"What about {name}?") == [found]


@pytest.mark.parametrize("typed", ["Falcn-40B", "Flacon-40B", "FALCON 40b"])
def test_a_slip_in_letters_is_forgiven(typed):
    assert things(f"How long did {typed} train?") == [{"falcon-40b"}]


def test_a_slip_and_a_part_of_a_name_are_less_sure():
    def quality(name):
        return LINKER.link(f"How long did {name} train?").of("name")[0].meanings[0].quality

    assert quality("Falcon-40B") == 1 > quality("A100 80GB") > 0.9
    assert quality("Falcn-40B") == pytest.approx(0.9)


@pytest.mark.parametrize("name", ["Llama 4", "GPT-4", "A100 160 GB", "RTX 4090 Ti", "Pythia 13B"])
def test_a_slip_in_digits_is_not(name):
    links = LINKER.link(f"How much memory does {name} need?")
    exact = [t for s in links.of("name") for t in s.meanings if t.quality == 1 and t.column == "id"]
    assert links.of("unknown") or not exact, links


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("more than 80 GB", Limit(">", 80e9, "B")),
        ("at least 1.5 TB/s", Limit(">=", 1.5e12, "B/s")),
        ("under 2 dollars", Limit("<", 2.0, "USD")),
        ("less than $2", Limit("<", 2.0, "USD")),
        ("over 100 billion", Limit(">", 100e9, "")),
        ("more than 1,000 W", Limit(">", 1000.0, "W")),
        ("at most 300 watts", Limit("<=", 300.0, "W")),
    ],
)
def test_limits(words, limit):
    found = LINKER.link(f"Which things have {words}?").of("threshold")
    assert [span.meanings for span in found] == [(limit,)]


def test_a_number_before_a_property_is_what_it_equals():
    found = LINKER.link("Which models have 80 layers?").of("threshold")
    assert [span.meanings for span in found] == [(Limit("=", 80.0),)]


def test_years_are_no_limits():
    links = LINKER.link("Which models were released after 2023?")
    assert not links.of("threshold")
    assert [span.meanings for span in links.of("year")] == [(("after", "2023"),)]


def test_names_are_masked_by_their_kind():
    links = LINKER.link("Does the L4 draw more power than Mistral 7B has layers?")
    assert "the accelerator draw" in links.masked and "the model has" in links.masked


def test_the_nearest_names_are_offered():
    assert "GeForce RTX 4090" in LINKER.nearest("GeForce RTX 4080")


@pytest.mark.parametrize(
    ("word", "stemmed"),
    [("cards", "card"), ("class", "class"), ("families", "family"), ("gas", "gas")],
)
def test_stems(word, stemmed):
    assert stem(word) == stemmed


def test_tokens():
    assert [t for t, _, _ in tokens("NVIDIA's 80GB, Llama 3.1 (1.4B) d_ff")] == [
        *("nvidia", "80", "gb", "llama", "3.1", "1.4b", "d_ff")
    ]
    assert phrase("Key-value heads") == ("key", "value", "head")


@pytest.mark.parametrize("text", ["", "   ", "???", "\0", "漢字", "a" * 10_000])
def test_any_text_is_taken(text):
    assert LINKER.link(text).question == text
