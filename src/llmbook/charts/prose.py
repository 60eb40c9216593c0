"""Numbers for the sentences of a chapter."""

from importlib.util import find_spec

if find_spec("myst_nb"):
    from myst_nb import glue as _glue
else:

    def _glue(name, value, display):
        """Without the builder of the book there is no page whose sentences quote the value."""


def glue(name, value):
    """Give a computed value a name by which the prose of the page quotes it.

    Parameters
    ----------
    name : str
        As in ``{glue:text}`name:.1f```.
    value : float or str
        A NumPy number is stored as a plain one, which the format of the quotation needs.
    """
    _glue(name, value.item() if hasattr(value, "item") else value, display=False)
