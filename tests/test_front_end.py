"""The packages that the site ships fit each other and what Python writes for them."""

import json

import vl_convert
from sphinxcontrib import katex

from place import ROOT

WANTED = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]


def minor(version):
    return ".".join(version.split(".")[:2])


def test_charts_are_drawn_by_the_versions_that_python_checks_them_with():
    assert WANTED["vega"] == vl_convert.get_vega_version()
    assert WANTED["vega-embed"] == vl_convert.get_vega_embed_version()
    assert minor(WANTED["vega-lite"]) == vl_convert.get_vegalite_versions()[-1]


def test_formulas_are_styled_by_the_version_that_renders_them():
    assert WANTED["katex"] == katex.katex_version


def test_lock_names_no_registry():
    assert "resolved" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_lock_holds_the_bundler_for_other_machines():
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for machine in ("linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"):
        assert f"node_modules/@esbuild/{machine}" in packages
