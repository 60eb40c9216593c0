"""A book of one chapter, to build and to spoil."""

import shutil

from place import ROOT

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# One

"""
CHAPTER = (
    HEADER
    + """```{code-cell} ipython3
from myst_nb import glue
glue("answer", 42, display=False)
6 * 7
```

The answer is {glue:text}`answer`, of $x$.
"""
)
FILES = {
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n  - file: chapters/one\n",
    "index.md": "# Home\n\nThe first page.\n",
    "chapters/one.md": CHAPTER,
    "data/references.bib": "",
    "data/table.csv": "a\n1\n",
    "src/module.py": "A = 1\n",
    "requirements.txt": "numpy==1\n",
}


def make(root, changed=()):
    """Write the book into a folder, with other texts of some files; return the folder."""
    for name, text in (FILES | dict(changed)).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for name in ("_config.yml", "package-lock.json"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "chapters" / "_static", root / "chapters" / "_static")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    return root
