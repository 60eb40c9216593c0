import json
import sys

import pytest

from llmbook import claims, cli
from llmbook.claims.citation import citation


def test_ledger_prints_claim_verdict_and_finding(capsys):
    assert cli.main(["ledger", "III-26"]) == 0
    line, *quoted = capsys.readouterr().out.splitlines()
    assert line.startswith("III-26  reproduced with conditions ")
    assert "283 cards" in line and "284" in line
    assert [text.strip() for text in quoted] == citation(claims.result("III-26")).splitlines()


def test_a_claim_may_be_written_in_small_letters(capsys):
    assert cli.main(["ledger", "iii-26"]) == 0
    line, *_ = capsys.readouterr().out.splitlines()
    assert line.startswith("III-26 ")


def test_ledger_prints_all_and_as_json(capsys):
    assert cli.main(["ledger"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 30
    assert cli.main(["ledger", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["id"] == "I-1"


def test_errors_are_one_line_and_a_status(capsys):
    assert cli.main(["ledger", "III-62"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("llmbook: no row of claims is called 'III-62'")
    assert len(error.splitlines()) == 1


def test_unknown_commands_are_refused(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["publish"])
    assert stop.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_interruption_is_one_line(monkeypatch, capsys):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_ledger", interrupt)
    assert cli.main(["ledger"]) == 130
    assert capsys.readouterr().err == "llmbook: stopped\n"
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert cli.main(["ledger"]) == 130
    assert capsys.readouterr().err == "\nllmbook: stopped\n"


def test_impact_of_claims_alone_runs_no_chapter(monkeypatch, capsys):
    monkeypatch.setattr("llmbook.book.moved.moved_in_chapters", lambda *_: ["chapters ran"])
    request = ["impact", "data/accelerators.csv:h100-sxm:memory_bytes=141e9"]
    assert cli.main([*request, "--claims"]) == 0
    assert "chapters ran" not in capsys.readouterr().out
    assert cli.main(request) == 0
    assert capsys.readouterr().out.endswith("chapters ran\n")


def test_impact_without_the_tools_of_the_book_says_what_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "llmbook.book.moved", None)
    request = ["impact", "data/accelerators.csv:h100-sxm:memory_bytes=141e9"]
    assert cli.main(request) == 0
    assert "in the folder of the book's source only" in capsys.readouterr().out
