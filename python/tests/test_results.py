"""What comes out: tables, the page, the results of an earlier run."""

import json
import os

import polars
import pyarrow
import pytest

import parallax
from conftest import ROOT


def test_tables_are_attributes_items_and_arrow(seeds):
    for name in seeds.table_names:
        table = seeds[name]
        assert getattr(seeds, name) is table
        frame = table.to_polars()
        assert frame.columns == table.column_names == table.to_pyarrow().column_names == list(table.to_pandas().columns)
        assert len(frame) == len(table) == len(list(table)) == len(table.to_pandas())
        assert polars.DataFrame(table).equals(frame)
        assert table.doc and all(table.columns.values()), table.columns
        assert "<table>" in table._repr_html_() and name in repr(table)
    with pytest.raises(KeyError, match="claims"):
        seeds["claim"]


def test_rows_have_the_order_of_the_columns_and_results_are_a_mapping_of_tables(seeds):
    assert list(seeds.comparisons.to_pylist()[0]) == seeds.comparisons.column_names
    assert "claims" in seeds and list(seeds) == seeds.table_names and 0 not in seeds


def test_duckdb_reads_tables(seeds):
    duckdb = pytest.importorskip("duckdb")
    claims = seeds.claims  # noqa: F841
    assert duckdb.sql("select count(*) from claims").fetchall() == [(len(seeds.claims),)]


def test_types_are_those_of_the_columns(seeds):
    frame = seeds.outlets.to_pandas()
    assert str(frame["n_claims"].dtype) in ("int64", "Int64")
    types = {field.name: field.type for field in seeds.sentences.to_pyarrow().schema}
    assert types["start_char"] == pyarrow.int64() and types["sentiment"] == pyarrow.float64()
    assert types["text"] == pyarrow.string() and types["anonymous_source"] == pyarrow.bool_()


def test_offsets_are_those_of_python(seeds):
    for row in seeds.sentences:
        if row["field"] == "body":
            text = (ROOT / "seeds" / f"{row['article_id']}.txt").read_text(encoding="utf-8")
            assert text.replace("\r\n", "\n")[row["start_char"] : row["end_char"]] == row["text"] or "\r" in text


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_what_was_written_is_read_back(seeds, tmp_path, format):
    seeds.write(tmp_path, format)
    again = parallax.read(tmp_path)
    assert set(again.table_names) == set(seeds.table_names) and again.run == seeds.run
    for name in seeds.table_names:
        assert again[name] == seeds[name], name
        assert again[name].to_pyarrow().schema == seeds[name].to_pyarrow().schema, name
    assert again.report(tmp_path / "page.html").read_bytes() == (tmp_path / "report.html").read_bytes()
    with pytest.raises(parallax.errors.UsageError, match="copy that folder"):
        again.write(tmp_path / "other")


def test_the_page_is_that_of_the_command_line(seeds, tmp_path):
    seeds.write(tmp_path / "out")
    page = seeds.report(tmp_path)
    assert page == tmp_path / "report.html"
    assert page.read_bytes() == (tmp_path / "out/report.html").read_bytes()
    shown = seeds._repr_html_()
    assert "article" in shown.split("</p>")[0] and "allow-same-origin" not in shown
    assert len(shown) < 2_000_000


def test_a_report_replaces_files_alone(seeds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert seeds.report("report.html").stat().st_size > 100_000
    (tmp_path / "link.html").symlink_to("report.html")
    (tmp_path / "report.html").chmod(0o640)
    seeds.report("link.html")
    assert (tmp_path / "link.html").is_symlink() and (tmp_path / "report.html").stat().st_mode & 0o777 == 0o640
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(parallax.errors.WriteError, match="no file"):
        seeds.report("pipe")


@pytest.mark.parametrize("name", ["claims.csv", "run.json"])
def test_a_damaged_folder_says_so(seeds, tmp_path, name):
    seeds.write(tmp_path)
    if name == "claims.csv":
        text = (tmp_path / name).read_text(encoding="utf-8")
        n_columns = text.split("\r\n")[0].count(",")
        (tmp_path / name).write_text(text + "," * n_columns + "\r\n", encoding="utf-8")
    else:
        run = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        run["tables"]["claims"] = {}
        (tmp_path / name).write_text(json.dumps(run), encoding="utf-8")
    with pytest.raises(parallax.errors.TableError, match="row|no column"):
        parallax.read(tmp_path).claims


def test_what_a_person_sees_first(seeds):
    assert repr(seeds).startswith("<parallax results: 4 articles of 4 outlets on 3 events: ")
    assert repr(seeds.claims) == f"<parallax table claims: {len(seeds.claims)} rows, {len(seeds.claims.columns)} columns>"
