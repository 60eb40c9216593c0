"""Make a chapter's notebook run, and read well, where the book is not."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

import nbformat
from nbformat import NotebookNode

from llmbook.book.address import site_url
from llmbook.charts import references

INSTALLS = "install"
_GLUED = re.compile(r"\{glue:text\}`([^`:]+)(?::([^`]*))?`")
_CITED = re.compile(r"\{cite\}`([^`]*)`")
_PAGE = re.compile(r"\]\((?:chapters/)?([\w-]+)\.md(?=[)#])")
_LABEL = re.compile(r"^\$\$ \([\w-]+\)$", re.M)
_TARGET = re.compile(r"^\(([\w-]+)\)=\n+", re.M)
_HEADING = re.compile(_TARGET.pattern + r"#+ (.+)$", re.M)
_TO_TARGET = re.compile(r"\[([^\]]+)\]\(([\w-]+)\)")
_TERM = re.compile(r"^([^\s].*)\n: ", re.M)
_EXERCISE = re.compile(r"^(`{3,})\{exercise\}[^\n]*\n(?::[^\n]*\n)*(.*?)^\1$", re.M | re.S)
_SOLUTION = re.compile(r"^(`{3,})\{solution-start\}[^\n]*\n(?::[^\n]*\n)*\1$", re.M)
_END = re.compile(r"^(`{3,})\{solution-end\}[^\n]*\n\1\n?", re.M)
_INSTALL = """\
# Install the book's package and what it needs, if missing, from a wheel nearby or from the site.
import importlib, importlib.util, pathlib, subprocess, sys

if not all(map(importlib.util.find_spec, {needed})):
    wheel, site = "{wheel}", "{site}"
    near = [path for folder in (".", "..") for path in pathlib.Path(folder).glob(wheel)]
    if not near and not site:
        raise FileNotFoundError(f"put {{wheel}}, which the site offers, beside this notebook")
    place = near[0].resolve().as_uri() if near else site + wheel
    wanted = f"llmbook[{extra}] @ {{place}}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", wanted], check=True)
    importlib.invalidate_caches()
"""
# Modules by which an extra of the package is known to be there; the package alone may be.
_CHARTS = ("llmbook", "altair", "pybtex")
_NEEDED = {"charts": _CHARTS, "retrieval": (*_CHARTS, "pyoxigraph", "ladybug")}
# What needs more packages than charts do.
_RETRIEVES = re.compile(r"llmbook[. ](?:import )?.*\b(?:retrieval|adaptation|pretrained)\b")


def portable(notebook: NotebookNode, wheel: str) -> NotebookNode:
    """The executed notebook with a first cell that installs the package and plain Markdown."""
    values = dict(_glued(notebook.cells))
    headings = dict(found for cell in notebook.cells for found in _HEADING.findall(cell.source))
    cells = [_plain(cell, values, headings) for cell in notebook.cells]
    return nbformat.from_dict({**notebook, "cells": [_install_cell(wheel, notebook), *cells]})


def _install_cell(wheel: str, notebook: NotebookNode) -> NotebookNode:
    retrieves = any(_RETRIEVES.search(cell.source) for cell in notebook.cells)
    extra = "retrieval" if retrieves else "charts"
    needed = json.dumps(_NEEDED[extra])
    source = _INSTALL.format(wheel=wheel, site=site_url(), extra=extra, needed=needed)
    return nbformat.v4.new_code_cell(source.rstrip(), metadata={"tags": [INSTALLS]})


def _glued(cells: Iterable[NotebookNode]) -> Iterable[tuple[str, str]]:
    """The names and values that the code gave to the sentences."""
    for cell in cells:
        for output in cell.get("outputs", ()):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name:
                yield name, next(text for kind, text in output.data.items() if "plain" in kind)


def _plain(cell: NotebookNode, values: dict[str, str], headings: dict[str, str]) -> NotebookNode:
    if cell.cell_type != "markdown":
        return cell
    text = _GLUED.sub(lambda found: _quoted(values[found[1]], found[2]), cell.source)
    text = _CITED.sub(lambda found: _sources(found[1].split(",")), text)
    text = _TO_TARGET.sub(lambda found: _in_notebook(found[1], headings.get(found[2])), text)
    text = _PAGE.sub(r"](\1.ipynb", text)
    text = _TARGET.sub("", _LABEL.sub("$$", text))
    text = _TERM.sub(r"**\1**: ", text)
    text = _EXERCISE.sub(r"**Exercise.** \2", text)
    text = _END.sub("", _SOLUTION.sub("**Solution.**", text))
    return nbformat.from_dict({**cell, "source": text})


def _sources(keys: Iterable[str]) -> str:
    """Author and year of each, with a link where one can be read."""
    named = [(references.label(key), references.address(key)) for key in map(str.strip, keys)]
    shown = [f"[{label}]({address})" if address else label for label, address in named]
    return f"({'; '.join(shown)})"


def _in_notebook(words: str, heading: str | None) -> str:
    """A link as notebooks name their headings; what has none is found by its words."""
    return f"[{words}](#{quote(heading.replace(' ', '-'))})" if heading else words


def _quoted(value: str, form: str | None) -> str:
    if value[:1] in "'\"":
        return value[1:-1]
    return format(float(value), form) if form else value
