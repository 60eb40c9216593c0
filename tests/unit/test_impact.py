import re

import pytest

from llmbook import claims, cli, data, impact
from llmbook.charts.datasets import dataset
from llmbook.charts.ledger import ledger_table
from llmbook.claims import trace, what_if
from llmbook.claims.citation import citation


class TestRequest:
    def test_file_and_table_name_the_same_and_units_are_read(self):
        wanted = ("accelerators", "h100-sxm", "memory_bytes", 80e9, 141e9)
        for text in (
            "data/accelerators.csv:h100-sxm:memory_bytes=141e9",
            "accelerators:h100-sxm:memory_bytes=141GB",
        ):
            cell = impact.read_request(text)
            assert (cell.table, cell.row, cell.column, cell.old, cell.new) == wanted

    @pytest.mark.parametrize(
        ("text", "new"),
        [
            # A card is repaired in days, and 36 hours are 1.5 of them.
            ("ownership_costs:repair:central=14d", 14),
            ("ownership_costs:repair:central=14 days", 14),
            ("ownership_costs:repair:central=36h", 1.5),
            ("assistant_stages:question:value=3500 ms", 3.5),
            ("fleet_inputs:messages:central=5/d", 5),
            ("fleet_inputs:peak:central=150%", 1.5),
            ("peer_answers:request-energy-ecocost:answer=1kWh", 1000),
            ("claims:III-13:value=140 GB", 140),
            # 2 bytes for each of 140e9 parameters.
            ("claims:III-13:value=280e3 MB", 280),
            ("claims:III-18:value=1.5T", 1.5),
            ("claims:III-18:value=1500B", 1.5),
            # A count and a date are told from what they cannot be.
            ("models:llama-65b:n_layers=81", 81),
            ("training_runs:llama-65b:n_devices=4k", 4000),
        ],
    )
    def test_a_unit_may_stand_in_the_row(self, text, new):
        assert impact.read_request(text).new == pytest.approx(new)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("ownership_costs:repair:central=5GB", "central is a time in day, got '5GB', which is"),
            ("assistant_stages:question:value=5 W", "value is a time in s, got '5 W', which"),
            ("models:llama-65b:n_layers=80.5", "models:llama-65b: n_layers must be a whole number"),
            ("adoption:chatgpt:launched=2022-13-45", "adoption:chatgpt: launched must be of the f"),
            ("adoption:chatgpt:launched=2022-11-00", "adoption:chatgpt: launched must be of the f"),
            ("adoption:chatgpt:launched=2022-11-32", "adoption:chatgpt: launched must be of the f"),
            ("adoption:chatgpt:source=nosuch", "no reference is called 'nosuch'; the nearest are"),
            ("cards:a:b=1", "no table is called 'cards'; the nearest are"),
            ("accelerators:h100:x=1", "no row of accelerators is called 'h100'; the nearest are"),
            ("accelerators:h100-sxm:memory=1", "no column is called 'memory'; the nearest are"),
            ("accelerators:h100-sxm:memory_bytes=x", "memory_bytes must be a number in B"),
            ("accelerators:h100-sxm:memory_bytes=nan", "memory_bytes must be a number in B"),
            ("accelerators:h100-sxm:memory_bytes=5s", "memory_bytes is a size in B, got '5s'"),
            ("accelerators:h100-sxm:memory_bytes=-1", "accelerators:h100-sxm: memory_bytes must"),
            ("accelerators:h100-sxm:grade=good", "accelerators:h100-sxm: grade must be one of"),
            ("accelerators:h100-sxm:name=", "accelerators:h100-sxm: name must not be empty"),
            ("accelerators:h100-sxm:id=b", "id names the row and cannot be changed"),
            ("accelerators:h100-sxm:memory_bytes=80GB", "accelerators:h100-sxm:memory_bytes is 80"),
            ("training_runs:llama-65b:model=llama-66b", "no row of models is called 'llama-66b'"),
            ("accelerators:h100-sxm", "a change must read table.csv:row:column=value, got"),
            ("accelerators=3", "a change must read table.csv:row:column=value, got"),
        ],
    )
    def test_what_is_refused(self, text, message):
        with pytest.raises(ValueError) as refused:
            impact.read_request(text)
        assert str(refused.value).startswith(message)


def lines(text):
    return impact.claims_in_words(impact.read_request(text))


class TestClaims:
    def test_value_and_verdict_from_what_to_what(self):
        found = lines("accelerators:a100-80:memory_bytes=81GB")
        assert found[0] == "1 claim would move"
        assert "    from our sources: 80 → 81 GB" in found
        assert "    verdict: reproduced → contradicted" in found
        assert found[-1] == "claims that rest on the cell and stay: III-14"

    def test_every_claim_on_a_shape_moves(self):
        found = lines("models:llama-65b:n_layers=81")
        keys = [line.split()[0] for line in found if line.startswith("  I") and "III-" in line]
        assert keys == ["III-11", "III-13", "III-15", "III-24", "III-26"]

    def test_a_cell_that_nothing_rests_on(self):
        assert lines("accelerators:h100-sxm:price_usd_low=1") == ["no claims would move"]

    def test_an_empty_cell_breaks_its_claim(self):
        found = lines("accelerators:a100-80:memory_bytes=")
        assert any(line.startswith("    can no longer be computed: the cell") for line in found)

    def test_evidence_moves_a_verdict(self):
        (row,) = [row for row in data.table("evidence") if row.claim == "III-16"]
        found = lines(f"evidence:{row.id}:stance=supports")
        assert "    verdict: contradicted → supported" in found

    def test_nothing_stays_changed(self):
        before = claims.results()
        lines("models:llama-65b:n_layers=81")
        assert data.model("llama-65b").n_layers == 80
        assert [claims.ledger.recompute(row) for row in data.table("claims")] == list(before)

    def test_it_is_printed(self, capsys):
        asked = ["impact", "accelerators:a100-80:memory_bytes=81GB", "--claims"]
        assert cli.main(asked) == 0
        assert capsys.readouterr().out.startswith(
            "accelerators:a100-80:memory_bytes: 80,000,000,000 → 81,000,000,000\n1 claim"
        )
        assert cli.main(["impact", "accelerators:a100:memory_bytes=81GB"]) == 1


class TestTrace:
    def test_cells_that_a_claim_names_are_read(self):
        assert trace.cells_read("III-25") == {"accelerators/groq-lpu-v1/memory_bytes"}

    def test_a_count_rests_on_the_whole_shape(self):
        read = trace.cells_read("III-11")
        assert "models/llama-65b/n_layers" in read and "models/llama-65b/d_ff" in read
        assert {cell.split("/")[1] for cell in read} == {"llama-65b"}

    def test_a_claim_on_a_table_rests_on_its_rows(self):
        resting = trace.resting()
        assert resting["accelerators/mi300x/memory_bytes"] == ("III-14",)
        assert "accelerators/mi300x/price_usd_low" not in resting

    def test_a_claim_on_one_device_rests_on_no_other(self):
        rows = {tuple(cell.split("/")[:2]) for cell in trace.cells_read("V-15")}
        assert {row for table, row in rows if table == "devices"} == {"phone-iphone-15-pro"}

    def test_every_claim_is_linked_from_the_tables(self):
        linked = {key for keys in trace.resting().values() for key in keys}
        linked |= {row.claim for row in data.table("evidence")}
        assert linked == {row.id for row in data.table("claims")}

    def test_a_change_of_a_cell_moves_only_claims_that_rest_on_it(self):
        for cell, keys in trace.resting().items():
            table, key, column = cell.split("/")
            value = getattr(data.row(table, key), column)
            if isinstance(value, float) and not isinstance(value, bool):
                moved = what_if.moves([(table, key, column, value + 1)])
                assert {move.before.id for move in moved if move.before.kind == "numeric"} <= set(
                    keys
                ), cell


class TestPages:
    def test_a_cell_links_to_its_claims_and_others_do_not(self):
        page = dataset("accelerators").html()
        wanted = '80,000,000,000<small class="llmbook-rests"><a href="ledger.html#III-14">'
        assert wanted in page
        assert page.count("llmbook-rests") == sum(
            cell.startswith("accelerators/") for cell in trace.resting()
        )

    def test_a_row_of_the_ledger_tables_links_to_its_claim(self):
        assert '<a href="ledger.html#III-26">III-26</a>' in dataset("claim_inputs").html()
        assert '<a href="ledger.html#III-26">III-26</a>' in dataset("claims").html()

    def test_each_row_of_the_ledger_can_be_quoted(self):
        page = ledger_table("III", "", anchors=True).html()
        assert page.count('class="llmbook-citation"') == 30
        assert "llmbook-citation" not in ledger_table("III", "").html()


class TestCitation:
    def test_a_number_has_formula_inputs_version_and_place(self):
        text = citation(claims.result("III-26"))
        assert "section III, paragraph 3" in text
        assert "The paper: 283. Verdict: reproduced with conditions." in text
        assert "283 cards from the paper's own inputs, 284 cards from sourced inputs" in text
        assert "Formula: llmbook.claims.section_3.cards." in text
        assert (
            "n_params = 65285660672 (models/llama-65b/n_params), in the paper 65000000000" in text
        )
        assert "Version: llmbook 0.1.0." in text

    def test_a_number_is_quoted_so_that_it_can_be_compared(self):
        seconds = 6 * 175e9 * 300e9 / (125e12 * 0.197)  # of one card
        tonnes = seconds * 330 * 1.1 / 3.6e6 * 0.429 / 1000
        quoted = re.search(r"Recomputed: (\S+) t from", citation(claims.result("VI-1")))
        assert float(quoted[1]) == pytest.approx(tonnes, rel=1e-11)

    def test_a_number_of_a_whole_table_names_its_columns(self):
        text = citation(claims.result("III-1"))
        assert "accelerators.csv (cores, kind, launched); events.csv (date)" in text

    def test_a_statement_has_its_finding(self):
        result = claims.result("III-3")
        assert f"Found: {result.finding}" in citation(result)

    def test_every_claim_can_be_quoted(self):
        for result in claims.results():
            assert result.place in citation(result)


class TestYours:
    def test_a_parameter_stands_for_a_cell_by_its_name_or_its_value(self):
        by_name = what_if.meaning("III-13", "n_params", 65e9)
        assert by_name.cells == {"models/llama-65b/n_params"}
        by_value = what_if.meaning("III-26", "groq_memory", 230e6)
        assert by_value.cells == {"accelerators/groq-lpu-v1/memory_bytes"}

    def test_a_printed_result_stands_for_itself_and_where_it_goes_in(self):
        meant = what_if.meaning("VI-3", "actual_t", 536.69)
        assert meant.restates == "VI-3"
        found = {item.claim.id: item.value for item in what_if.recompute([(meant, 500.0)])}
        # (553.87 / 500 - 1) in percent
        assert found["VI-2"] == pytest.approx(10.774)
        assert found["VI-3"] == 500

    def test_several_inputs_of_one_claim(self):
        changes = [
            (what_if.meaning("III-13", "n_params", 65e9), 130e9),
            (what_if.meaning("III-26", "int8_bytes", 1.0), 2.0),
            (what_if.meaning("III-26", "groq_memory", 230e6), 1e9),
        ]
        found = {item.claim.id: item for item in what_if.recompute(changes)}
        # 130e9 parameters of 2 bytes on cards of 1e9 bytes
        assert found["III-26"].value == 260
        assert found["III-26"].ratio == pytest.approx(260 / 283)
        assert "III-21" not in found

    def test_what_cannot_be_computed_says_why(self):
        changes = [(what_if.meaning("III-26", "groq_memory", 230e6), -1.0)]
        found = {item.claim.id: item for item in what_if.recompute(changes)}
        assert found["III-26"].value is None and "memory_bytes" in found["III-26"].problem

    def test_an_unknown_claim_is_refused(self):
        with pytest.raises(ValueError, match="no row of claims is called 'III-99'"):
            what_if.meaning("III-99", "n_params", 1.0)
