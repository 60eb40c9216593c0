"""The command line: `llmbook ledger`, `book`, `rerun`, `impact` and `goldens`."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING

from llmbook import claims
from llmbook.claims.citation import citation

if TYPE_CHECKING:
    from llmbook.impact import Cell


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    # A ValueError of ours names the file, the row or the argument that it is about.
    except (ValueError, RuntimeError) as error:
        print(f"llmbook: {error}", file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] == "llmbook":
            raise
        print(
            f"llmbook: {error.name} is not installed; this command needs the book's source and its "
            "tools, which `make book` there installs",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        # On a terminal the progress and ^C stand in the line.
        start = "\n" if sys.stderr.isatty() else ""
        print(f"{start}llmbook: stopped", file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="llmbook", description="Build and check the book.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    ledger = commands.add_parser("ledger", help="print the claims of the paper with their verdicts")
    ledger.add_argument(
        "claims", nargs="*", type=str.upper, help="such as III-26; all when none is named"
    )
    ledger.add_argument("--json", action="store_true", help="every field, for a script")
    ledger.set_defaults(run=_ledger)
    build = commands.add_parser("book", help="execute the chapters and render the site")
    build.add_argument("--force", action="store_true", help="build even when nothing has changed")
    build.add_argument("--scenario", type=Path, metavar="FILE", help="with the file's numbers")
    build.set_defaults(run=_book)
    rerun = commands.add_parser("rerun", help="execute a chapter with numbers of your own")
    rerun.add_argument("chapter", nargs="?", help="such as 3-xpus")
    rerun.add_argument(
        "-p",
        dest="given",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a number in place of the paper's, such as n_params=405B or memory_bytes=1GB",
    )
    rerun.add_argument("--scenario", type=Path, metavar="FILE", help="more numbers, from a file")
    rerun.add_argument("--list", action="store_true", help="print what can be changed")
    rerun.set_defaults(run=_rerun)
    impact = commands.add_parser("impact", help="what would move if one cell of data/ were another")
    impact.add_argument(
        "change",
        metavar="TABLE:ROW:COLUMN=VALUE",
        help="such as data/accelerators.csv:h100-sxm:memory_bytes=141e9",
    )
    impact.add_argument(
        "--claims", action="store_true", help="only the claims, at once; the chapters are not run"
    )
    impact.set_defaults(run=_impact)
    goldens = commands.add_parser("goldens", help="execute the chapters and freeze the results")
    goldens.add_argument("names", nargs="*", help="chapters, all when none is named")
    goldens.set_defaults(run=_goldens)
    return parser


def _ledger(options: argparse.Namespace) -> None:
    wanted = [key.upper() for key in options.claims]
    for key in wanted:
        claims.result(key)
    rows = [row for row in claims.as_json() if not wanted or row["id"] in wanted]
    if options.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for row in rows:
        print(f"{row['id']:7} {row['verdict']:26} {row['finding']}")
        if options.claims:
            print(indent(citation(claims.result(row["id"])), " " * 8))


def _book(options: argparse.Namespace) -> None:
    from llmbook import book

    if options.scenario:
        site = book.build_scenario(options.scenario)
    else:
        site = book.build(force=options.force)
    print(f"the book is in {site}; open {site / 'index.html'}")


def _rerun(options: argparse.Namespace) -> None:
    from llmbook import book

    if options.list:
        if options.given or options.scenario:
            raise ValueError("--list takes neither -p nor --scenario; it runs nothing")
        print("\n".join(book.list_parameters(options.chapter)))
        return
    if not options.chapter:
        raise ValueError("name a chapter to run again; `llmbook rerun --list` shows them")
    page, notebook = book.rerun(options.chapter, options.given, options.scenario)
    print(f"your page is {page}\nyour notebook is {notebook}")


def _impact(options: argparse.Namespace) -> None:
    from llmbook import impact

    cell = impact.read_request(options.change)
    print(cell, *impact.claims_in_words(cell), sep="\n")
    if not options.claims:
        print(*_in_chapters(cell), sep="\n")


def _in_chapters(cell: "Cell") -> list[str]:
    try:
        from llmbook.book.moved import moved_in_chapters
    except ImportError:  # the package alone, without the tools that execute chapters
        return ["charts, tables and text: listed in the folder of the book's source only"]
    return moved_in_chapters(cell, None)


def _goldens(options: argparse.Namespace) -> None:
    from llmbook import book

    for path in book.write_goldens(options.names or None):
        print(path)
