"""What the browser's Python is given: the modules that need nothing installed, and the tables."""

import io
import shutil
import subprocess
import sys
import zipfile

import pytest
from test_imports import STANDARD_LIBRARY_ONLY

from llmbook import data
from llmbook.book import reader_package
from llmbook.book.reader_package import archive, standard_library_modules


def names():
    return set(zipfile.ZipFile(io.BytesIO(archive()[1])).namelist())


def test_every_module_without_packages_is_in_it():
    assert set(STANDARD_LIBRARY_ONLY) <= standard_library_modules()


@pytest.mark.parametrize("name", ["llmbook.charts", "llmbook.low_rank", "llmbook.retrieval.graph"])
def test_modules_with_packages_are_not(name):
    assert name not in standard_library_modules()


def test_what_makes_the_book_is_not_in_it():
    assert not [name for name in names() if name.startswith(("llmbook/book", "llmbook/cli"))]


def test_all_tables_are_in_it():
    tables = {f"llmbook/_data/{item['path']}" for item in data.package()["resources"]}
    assert tables | {"llmbook/_data/datapackage.json"} <= names()


def test_equal_sources_make_equal_files():
    first = archive()
    reader_package._archive.cache_clear()
    assert archive() == first


def test_another_cell_makes_another_name(tmp_path, monkeypatch):
    before = archive()[0]
    tables = shutil.copytree(data.folder(), tmp_path / "data")
    with (tables / "models.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tables))
    assert archive()[0] != before


def test_every_module_can_be_imported_from_it_alone(tmp_path):
    zipfile.ZipFile(io.BytesIO(archive()[1])).extractall(tmp_path)
    lines = ["import sys", f"sys.path.insert(0, {str(tmp_path)!r})"]
    lines += [f"import {name}" for name in sorted(standard_library_modules())]
    # Without -S the installed packages would be there.
    subprocess.run([sys.executable, "-I", "-S", "-c", "\n".join(lines)], check=True)
