"""Run a reader's code and tell in a few lines what came of it.

The boxes of the site call this in the browser's Python, which has the standard library only.
"""

import ast
import contextlib
import io
import sys
import traceback

FILE = "<your code>"
LONGEST_OUTPUT = 50_000
LONGEST_PROBLEM = 5_000
# A function that calls itself for ever has a thousand lines that say the same.
MOST_FRAMES = 5


def run(code, show):
    """Run code as a notebook runs a cell: the value of its last line is shown too.

    Parameters
    ----------
    code : str
    show : callable
        Called with each piece of text that the code prints, line by line.

    Returns
    -------
    str or None
        What went wrong, and in which lines of the code; None if nothing did.
    """
    output = _Output(show)
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
        _without_keyboard(),
    ):
        try:
            _execute(ast.parse(code, FILE))
        # Whatever the code raises, SystemExit included, is told; nothing of it ends the page.
        except BaseException as error:
            return describe(error, code)
        finally:
            output.flush()
    return None


def describe(error, code):
    """Tell of an error in the lines of the code, leaving out those of Python and the package.

    Parameters
    ----------
    error : BaseException
    code : str

    Returns
    -------
    str
    """
    lines = code.splitlines()
    if isinstance(error, SyntaxError) and error.filename == FILE:
        return _cut(f"{_quoted(lines, error.lineno)}\n{type(error).__name__}: {error.msg}")
    numbers = [frame.lineno for frame in _frames(error) if frame.filename == FILE]
    places = [_quoted(lines, number) for number in numbers[-MOST_FRAMES:]]
    if len(numbers) > MOST_FRAMES:
        places.insert(0, f"… {len(numbers) - MOST_FRAMES} calls before")
    said = "".join(traceback.format_exception_only(error)).strip()
    return _cut("\n".join([*places, said, *_hints(error)]))


def _cut(text):
    """As much of a message as a page can show."""
    if len(text) <= LONGEST_PROBLEM:
        return text
    return f"{text[:LONGEST_PROBLEM]}\n… the rest of the message is left out"


class _Output(io.TextIOBase):
    """Passes on whole lines, up to a length that a page can show."""

    def __init__(self, show):
        self.show = show
        self.waiting = ""
        self.left = LONGEST_OUTPUT
        self.cut = False

    def writable(self):
        return True

    def write(self, text):
        kept, lost = text[: self.left], text[self.left :]
        self.waiting += kept
        self.left -= len(kept)
        if lost.strip() and not self.cut:
            self.waiting += "\n… the rest of the output is left out"
            self.cut = True
        if "\n" in self.waiting:
            self.flush()
        return len(text)

    def flush(self):
        if self.waiting:
            self.show(self.waiting)
        self.waiting = ""


@contextlib.contextmanager
def _without_keyboard():
    """A page has no keyboard to ask: `input` says at once that nothing comes."""
    before, sys.stdin = sys.stdin, io.StringIO()
    try:
        yield
    finally:
        sys.stdin = before


def _execute(tree):
    names = {"__name__": "__main__"}
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), FILE, "eval"), names)
        if value is not None:
            print(repr(value))


def _frames(error):
    return traceback.extract_tb(error.__traceback__)


def _quoted(lines, number):
    if not number or number > len(lines):
        return f"Line {number}"
    return f"Line {number}: {lines[number - 1].strip()}"


def _hints(error):
    if not isinstance(error, ImportError) or not error.name:
        return []
    missing = isinstance(error, ModuleNotFoundError)
    package, _, module = error.name.partition(".")
    if package == __package__ and (missing or not module):
        return ["Of llmbook, the modules that need NumPy or another package are not here."]
    if not missing or package in sys.stdlib_module_names:
        return []
    return ["Here are the standard library and llmbook's formulas, data and claims."]
