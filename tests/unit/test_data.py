import json

import pytest

from llmbook import data

SCHEMA = {
    "fields": [
        {"name": "id", "type": "string", "constraints": {"required": True}},
        {"name": "size", "type": "number", "constraints": {"exclusiveMinimum": 0}},
        {"name": "kind", "type": "string", "constraints": {"enum": ["a", "b"]}},
        {"name": "held", "type": "boolean"},
        {"name": "date", "type": "string", "constraints": {"pattern": r"^\d{4}$"}},
    ],
    "primaryKey": "id",
}
HEADER = "id,size,kind,held,date\n"


def read(tmp_path, text):
    path = tmp_path / "things.csv"
    path.write_text(HEADER + text, encoding="utf-8")
    return data.read(path, SCHEMA)


def test_reads_types(tmp_path):
    (row,) = read(tmp_path, "x,1e3,a,true,2024\n")
    assert vars(row) == {"id": "x", "size": 1000.0, "kind": "a", "held": True, "date": "2024"}
    assert type(row.size) is float


def test_empty_cells_are_none(tmp_path):
    (row,) = read(tmp_path, "x,,,,\n")
    assert (row.size, row.kind, row.held) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x,many,a,true,2024\n", r"things.csv line 2: size must be a number, got 'many'"),
        ("x,nan,a,true,2024\n", r"line 2: size must be a number"),
        ("x,inf,a,true,2024\n", r"line 2: size must be a number"),
        ("x,-1,a,true,2024\n", r"line 2: size must be above 0, got -1"),
        ("x,1,c,true,2024\n", r"line 2: kind must be one of \['a', 'b'\], got 'c'"),
        ("x,1,a,yes,2024\n", r"line 2: held must be true or false, got 'yes'"),
        ("x,1,a,true,24\n", r"line 2: date must be of the form"),
        (",1,a,true,2024\n", r"line 2: id must not be empty"),
        ('"x"y,1,a,true,2024\n', r"things.csv line 2: ',' expected after"),
        ("x,1,a,true\n", r"line 2: 5 cells expected, got 4"),
        ("x,1,a,true,2024\nx,2,b,false,2024\n", r"id 'x' stands in two rows"),
    ],
)
def test_malformed_row_is_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read(tmp_path, text)


def test_malformed_header_is_named(tmp_path):
    path = tmp_path / "things.csv"
    path.write_text("id,weight\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"things.csv line 1: the columns must be"):
        data.read(path, SCHEMA)


def test_unknown_rows_list_the_nearest():
    with pytest.raises(ValueError, match=r"no row of models is called 'lama-65b'.*llama-65b"):
        data.model("lama-65b")
    with pytest.raises(ValueError, match=r"no row of accelerators is called 'h100'.*h100-sxm"):
        data.accelerator("h100")
    with pytest.raises(ValueError, match=r"no table is called 'model'.*models"):
        data.table("model")


def test_rows_cannot_be_changed():
    with pytest.raises(AttributeError, match="read-only"):
        data.model("llama-65b").n_layers = 1
    with pytest.raises(AttributeError, match="read-only"):
        del data.model("llama-65b").n_layers


def test_every_table_reads_and_has_a_unit_for_every_magnitude():
    for resource in data.package()["resources"]:
        assert data.table(resource["name"])
        for field in resource["schema"]["fields"]:
            assert field["type"] not in ("number", "integer") or field["unit"]


def test_frame_has_the_ids_as_index():
    frame = data.frame("models")
    assert frame.loc["llama-65b", "n_layers"] == 80


def test_an_installed_package_brings_its_tables(tmp_path, monkeypatch):
    (tmp_path / "_data").mkdir()
    monkeypatch.setattr(data, "_HERE", tmp_path)
    assert data.folder() == tmp_path / "_data"


def test_package_description_is_valid_json():
    text = (data.folder() / "datapackage.json").read_text(encoding="utf-8")
    assert json.loads(text) == data.package()
