"""Sources as links to their entry on the page of references."""

import functools
import html
import re

from pybtex.database import parse_file

from llmbook import data


@functools.cache
def _entries():
    return parse_file(data.folder() / "references.bib").entries


def label(key):
    """Return the name and year of a source.

    Parameters
    ----------
    key : str
        Of ``references.bib``.

    Returns
    -------
    str
        Such as ``"Touvron et al. 2023"``.

    Raises
    ------
    ValueError
        If there is no such reference.
    """
    if key not in _entries():
        raise ValueError(f"no reference is called {key!r} in references.bib")
    entry = _entries()[key]
    names = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    shown = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{shown} {entry.fields['year']}"


def address(key):
    """Return where a source can be read.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
        Empty if the entry names no place on the web.
    """
    fields = _entries()[key].fields
    for field, start in (("doi", "https://doi.org/"), ("eprint", "https://arxiv.org/abs/")):
        if field in fields:
            return start + fields[field]
    found = re.search(r"https?://[^\s{}]+", fields.get("url") or fields.get("howpublished", ""))
    return found[0] if found else ""


def link(key, folder=""):
    """Return a link to a source's entry.

    Parameters
    ----------
    key : str
    folder : str
        From the page to the chapters.

    Returns
    -------
    str
        HTML.
    """
    return f'<a href="{folder}references.html#{key}">{html.escape(label(key))}</a>'
