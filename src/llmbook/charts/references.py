"""Sources as links to their entry on the page of references."""

import functools
import html

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
    names = [" ".join(person.last_names).strip("{}") for person in entry.persons["author"]]
    shown = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return f"{shown} {entry.fields['year']}"


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
