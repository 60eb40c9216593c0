"""Where the site and its sources are on the web, as the one who publishes them says."""

import os
import re

from llmbook.book.errors import BuildError

SITE_VARIABLE = "LLMBOOK_SITE_URL"
REPOSITORY_VARIABLE = "LLMBOOK_REPOSITORY"
# The branch on which the publishing puts the executed notebooks, because Colab reads branches.
NOTEBOOK_BRANCH = "notebooks"


def site_url() -> str:
    """The address of the published site with a slash at its end; empty if nobody named one."""
    allowed = "an address that begins with https://"
    address = _named(SITE_VARIABLE, r"https://[^\s\"'<>\\]+", allowed)
    return f"{address.rstrip('/')}/" if address else ""


def repository() -> str:
    """The repository on GitHub as owner/name; empty if nobody named one."""
    return _named(REPOSITORY_VARIABLE, r"[\w.-]+/[\w.-]+", "owner/name of a repository on GitHub")


def colab(name: str) -> str:
    """Where Colab opens the executed notebook of a chapter."""
    return (
        "https://colab.research.google.com/github/"
        f"{repository()}/blob/{NOTEBOOK_BRANCH}/{name}.ipynb"
    )


def binder(page: str) -> str:
    """Where Binder opens the source of a chapter."""
    return f"https://mybinder.org/v2/gh/{repository()}/HEAD?urlpath=lab/tree/{page}.md"


def _named(variable: str, pattern: str, allowed: str) -> str:
    value = os.environ.get(variable, "")
    if value and not re.fullmatch(pattern, value):
        raise BuildError(f"{variable} is {value!r}; it must be {allowed}")
    return value
