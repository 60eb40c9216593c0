"""A build gives the whole book or leaves the one that stood; tried on a book of one chapter."""

import re
import shutil
import zipfile

import nbformat
import pytest

from llmbook import book
from llmbook.book import assets, site
from llmbook.book.folders import PREFIX
from llmbook.book.key import SITE_KEY_FILE, asset_key, cache_key, site_key
from small_book import CHAPTER, make

RAISING = CHAPTER.replace("6 * 7", "1 / 0")
HOLED = CHAPTER.replace("`answer`", "`question`")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A book that was built once."""
    root = make(tmp_path_factory.mktemp("finished"))
    book.build(root=root)
    return root


@pytest.fixture
def root(finished, tmp_path):
    """A copy of the built book, to spoil."""
    return shutil.copytree(finished, tmp_path / "book", symlinks=True)


def page(root):
    return (root / "_build" / "html" / "chapters" / "one.html").read_text()


def write(root, text):
    (root / "chapters" / "one.md").write_text(text)


def assert_fails_twice_and_leaves_the_old_site(root, message):
    before = page(root)
    for _ in range(2):
        with pytest.raises(book.BuildError, match=message):
            book.build(root=root)
    assert page(root) == before
    assert not list((root / "_build").glob(f"{PREFIX}*"))


def test_page_shows_what_was_computed(finished):
    assert re.search(r"The answer is\s*(<[^>]*>)*42", page(finished))
    assert 'class="katex"' in page(finished)


def test_page_fetches_from_no_other_site(finished):
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=.(?:https?:)?//", page(finished))
    assert "THEBE" not in page(finished)


def test_notebook_is_offered_with_its_outputs(finished):
    path = finished / "_build" / "html" / "notebooks" / "one.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    assert "../notebooks/one.ipynb" in page(finished)
    assert any(cell.get("outputs") for cell in cells)


def test_raising_cell_fails_each_time(root):
    write(root, RAISING)
    assert_fails_twice_and_leaves_the_old_site(
        root, r"chapters/one: code cell 1 .* raised ZeroDivisionError: division by zero"
    )


def test_dying_kernel_is_told_with_its_cell(root):
    write(root, CHAPTER.replace("6 * 7", "import os; os._exit(3)"))
    with pytest.raises(book.BuildError, match=r"chapters/one: code cell 1 .*: Kernel died"):
        book.build(root=root)


def test_missing_number_fails_each_time(root):
    write(root, HOLED)
    assert_fails_twice_and_leaves_the_old_site(root, "question")


def test_full_disk_is_told_in_one_line(root, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    write(root, CHAPTER.replace("6 * 7", "6 * 8"))
    monkeypatch.setattr(site, "_make", full)
    assert_fails_twice_and_leaves_the_old_site(root, "No space left on device")


def test_interrupted_build_leaves_the_old_site(root, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    before = page(root)
    monkeypatch.setattr(site, "_make", interrupted)
    with pytest.raises(KeyboardInterrupt):
        book.build(root=root, force=True)
    assert page(root) == before
    assert not list((root / "_build").glob(f"{PREFIX}*"))


def test_leftovers_of_a_killed_build_are_mended(root):
    build = root / "_build"
    (build / f"{PREFIX}dead").mkdir()
    (build / "html").rename(build / "html.old")
    book.build(root=root)
    assert "One" in page(root)
    assert not list(build.glob(f"{PREFIX}*")) and not (build / "html.old").exists()


def test_unchanged_book_is_not_built_again(root, monkeypatch):
    monkeypatch.setattr(site, "_make", lambda *_: pytest.fail("it was built again"))
    assert book.build(root=root) == root.resolve() / "_build" / "html"


def test_change_is_built_and_stale_pages_go(root):
    stale = root / "_build" / "html" / "stale.html"
    stale.write_text("left from a chapter that was renamed")
    (root / "src" / "module.py").write_text("A = 2\n")
    caches = root / "_build" / "cache"
    old = {path.name for path in caches.iterdir()}
    book.build(root=root)
    assert not stale.exists()
    assert {path.name for path in caches.iterdir()} == {cache_key(root)}
    assert cache_key(root) not in old


def test_changed_tag_of_a_cell_shows(root):
    assert "tag_hide-input" not in page(root)
    write(root, CHAPTER.replace("ipython3\n", "ipython3\n:tags: [hide-input]\n"))
    book.build(root=root)
    assert "tag_hide-input" in page(root)


@pytest.mark.parametrize("name", ["src/module.py", "data/table.csv", "requirements.txt"])
def test_numbers_are_computed_again_after_a_change_in(name, root):
    before = cache_key(root), site_key(root)
    (root / name).write_text("something else\n")
    assert cache_key(root) != before[0] and site_key(root) != before[1]


@pytest.mark.parametrize("name", ["index.md", "_config.yml", "_toc.yml", "chapters/one.md"])
def test_pages_are_written_again_after_a_change_in(name, root):
    before = cache_key(root), site_key(root)
    (root / name).write_text("something else\n")
    assert cache_key(root) == before[0] and site_key(root) != before[1]


def test_new_name_is_a_change(root):
    before = cache_key(root)
    (root / "data" / "table.csv").rename(root / "data" / "other.csv")
    assert cache_key(root) != before


def test_litter_is_no_change(root):
    before = site_key(root)
    litter = root / "src" / "__pycache__" / "module.cpython-311.pyc"
    litter.parent.mkdir()
    litter.write_bytes(b"x")
    (root / "chapters" / ".one.md.swp").write_text("x")
    assert site_key(root) == before


def test_scripts_are_bundled_again_after_a_change(root):
    before = asset_key(root)
    (root / "chapters" / "_static" / "css" / "page.css").write_text("body { color: red }\n")
    assert asset_key(root) != before
    folder = assets.ensure_assets(site.find_layout(root))
    assert "color:red" in (folder / "llmbook.css").read_text()


def test_site_knows_what_it_was_made_from(finished):
    assert (finished / "_build" / "html" / SITE_KEY_FILE).read_text() == site_key(finished)


def test_goldens_are_equal_when_made_twice(root):
    first = book.write_goldens(root=root)[0].read_bytes()
    assert book.write_goldens(root=root)[0].read_bytes() == first


def test_failing_chapter_leaves_its_golden(root):
    path = book.write_goldens(root=root)[0]
    before = path.read_bytes()
    write(root, RAISING)
    with pytest.raises(book.BuildError, match="chapters/one: code cell 1"):
        book.write_goldens(root=root)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_golden_of_a_removed_chapter_goes(root):
    path = book.write_goldens(root=root)[0]
    orphan = shutil.copy(path, path.with_name("gone.ipynb"))
    book.write_goldens(root=root)
    assert not orphan.exists()


def test_unknown_chapter_lists_the_known(root):
    with pytest.raises(book.BuildError, match="no such chapter: two; there are one"):
        book.write_goldens(["two"], root=root)


def test_folder_without_a_book_says_so(tmp_path):
    with pytest.raises(book.BuildError, match="no book here"):
        book.build(root=tmp_path)


def test_a_page_that_raises_while_written_ends_the_build(root):
    """The server that renders maths is running by then and must not keep the build waiting."""
    (root / "raiser.py").write_text(
        "def refuse(app, name, *_):\n"
        "    if name == 'chapters/one':\n"
        "        raise RuntimeError('no such luck')\n"
        "def setup(app):\n"
        "    app.connect('html-page-context', refuse)\n"
    )
    config = root / "_config.yml"
    text = config.read_text()
    config.write_text(text.replace("sphinx:\n", "sphinx:\n  local_extensions:\n    raiser: .\n"))
    before = page(root)
    with pytest.raises(book.BuildError, match="no such luck"):
        book.build(root=root)
    assert page(root) == before


def test_half_an_entry_of_the_cache_is_filled_again(root):
    entries = list((root / "_build" / "cache").rglob("base.ipynb"))
    assert entries
    for entry in entries:
        entry.write_text("")
    book.build(root=root, force=True)
    assert "42" in page(root)


def test_launch_buttons_lead_to_the_repository_of_the_publisher(root, monkeypatch):
    assert "colab" not in page(root)
    monkeypatch.setenv("LLMBOOK_REPOSITORY", "someone/book")
    book.build(root=root)
    assert "https://colab.research.google.com/github/someone/book/blob/notebooks/one.ipynb" in (
        page(root)
    )
    assert "https://mybinder.org/v2/gh/someone/book/HEAD?urlpath=lab/tree/chapters/one.md" in (
        page(root)
    )


def test_site_comes_in_one_file_too(finished):
    names = zipfile.ZipFile(finished / "_build" / "html" / "book.zip").namelist()
    assert {"book/index.html", "book/notebooks/one.ipynb"} <= set(names)
