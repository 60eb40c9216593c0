"""A reader's code, right and wrong, and what the page is told of it."""

import sys

import pytest

from llmbook.scratchpad import LONGEST_OUTPUT, LONGEST_PROBLEM, run


def told(code):
    """What is printed, and what went wrong."""
    shown = []
    problem = run(code, shown.append)
    return "".join(shown), problem


class TestOutput:
    def test_what_is_printed_comes_line_by_line(self):
        shown = []
        assert run("print('a', 'b')\nprint('c')", shown.append) is None
        assert shown == ["a b\n", "c\n"]

    def test_the_value_of_the_last_line_is_shown(self):
        assert told("x = 20\nx + 1") == ("21\n", None)

    def test_a_last_line_without_a_value_shows_nothing(self):
        assert told("None") == ("", None)

    def test_a_line_without_an_end_is_not_lost(self):
        assert told("print('half', end='')") == ("half", None)

    def test_complaints_are_shown_like_prints(self):
        assert told("import sys; sys.stderr.write('mind this\\n'); None") == ("mind this\n", None)

    def test_names_of_one_run_are_gone_in_the_next(self):
        assert told("kept = 1") == ("", None)
        assert "NameError" in told("kept")[1]

    def test_functions_see_each_other(self):
        code = "def f(n): return g(n) + 1\ndef g(n): return 2 * n\nf(3)"
        assert told(code) == ("7\n", None)

    def test_nothing_is_no_error(self):
        assert told("") == told("# only words") == ("", None)

    def test_endless_output_is_cut(self):
        output, problem = told("for _ in range(100_000): print('again')")
        assert problem is None
        assert output.endswith("the rest of the output is left out")
        assert LONGEST_OUTPUT < len(output) < LONGEST_OUTPUT + 100

    def test_nothing_is_cut_in_silence(self):
        full = f"print('x' * {LONGEST_OUTPUT})"
        assert told(full)[0] == "x" * LONGEST_OUTPUT
        assert told(f"{full}; print('more')")[0].endswith("x\n… the rest of the output is left out")

    def test_half_a_line_is_shown_when_the_code_asks_for_it(self):
        shown = []
        assert run("print('.', end='', flush=True)\nprint('.', end='')", shown.append) is None
        assert shown == [".", "."]

    def test_the_streams_are_given_back(self):
        before = sys.stdin, sys.stdout, sys.stderr
        told("raise SystemExit")
        assert (sys.stdin, sys.stdout, sys.stderr) == before


class TestProblems:
    def test_a_message_is_cut_to_what_a_page_can_show(self):
        for code in ("raise ValueError('y' * 10_000_000)", "x = ('" + "y" * 10_000_000):
            _, problem = told(code)
            assert len(problem) < LONGEST_PROBLEM + 100
            assert problem.endswith("the rest of the message is left out")

    def test_the_line_is_named_and_quoted(self):
        assert (
            told("x = 1\ny = x / 0")[1] == "Line 2: y = x / 0\nZeroDivisionError: division by zero"
        )

    def test_what_was_printed_before_stays(self):
        output, problem = told("print('so far')\nmissing")
        assert output == "so far\n" and "Line 2: missing" in problem

    def test_each_call_on_the_way_is_a_line(self):
        problem = told("def f(n):\n    return 1 / n\n\nf(0)")[1]
        assert problem.splitlines()[:2] == ["Line 4: f(0)", "Line 2: return 1 / n"]

    def test_lines_of_the_package_are_left_out(self):
        code = "from llmbook.transformer import weight_bytes\nweight_bytes(-1, 2)"
        first, *others = told(code)[1].splitlines()
        assert first == "Line 2: weight_bytes(-1, 2)"
        assert len(others) == 1 and others[0].startswith("ValueError: n_params must be")

    @pytest.mark.parametrize(
        ("code", "told_line", "kind"),
        [
            ("x = 1\ny = (2", "Line 2: y = (2", "SyntaxError"),
            ("if True:\nx = 1", "Line 2: x = 1", "IndentationError"),
            ("return 3", "Line 1: return 3", "SyntaxError"),
        ],
    )
    def test_code_that_is_no_python(self, code, told_line, kind):
        first, second = told(code)[1].splitlines()
        assert first == told_line and second.startswith(f"{kind}: ")

    def test_code_that_cannot_be_read_at_all(self):
        assert "null byte" in told("x = 1\0")[1]

    def test_endless_calls_are_told_in_a_few_lines(self):
        problem = told("def f():\n    return f()\n\nf()")[1]
        assert "RecursionError" in problem and len(problem.splitlines()) < 10

    def test_of_many_calls_the_last_five_are_told(self):
        # f(7) to f(0) are 8 calls from line 2, after the one in line 4: 9, of which 4 are left out.
        problem = told("def f(n):\n    return f(n - 1) if n else 1 / 0\n\nf(7)")[1]
        calls = ["Line 2: return f(n - 1) if n else 1 / 0"] * 5
        assert problem.splitlines()[:-1] == ["… 4 calls before", *calls]

    @pytest.mark.parametrize("code", ["from llmbook import none", "import llmbook.none.at_all"])
    def test_a_module_that_may_be_left_out(self, code):
        """A box has no module that needs more than the standard library."""
        assert told(code)[1].endswith(
            "\nOf llmbook, the modules that need NumPy or another package are not here."
        )

    def test_a_package_that_is_not_there(self):
        problem = told("import not_installed.anywhere")[1]
        assert "ModuleNotFoundError" in problem and "standard library" in problem

    def test_a_name_that_is_not_in_its_module_has_no_hint(self):
        problem = told("from llmbook.transformer import no_such_thing")[1]
        assert problem.splitlines()[-1].startswith("ImportError: cannot import name")

    def test_an_exit_ends_the_code_only(self):
        assert told("import sys\nsys.exit(3)")[1].endswith("SystemExit: 3")

    def test_a_question_is_not_waited_for(self):
        assert "EOFError" in told("input('how many?')")[1]

    def test_an_error_that_cannot_be_printed(self):
        code = "class Odd(Exception):\n    def __str__(self): return 1 / 0\n\nraise Odd"
        assert "Odd" in told(code)[1]
