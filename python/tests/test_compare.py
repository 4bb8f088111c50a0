"""A whole run: the same as the command line's, from whatever holds the articles."""

import datetime
import filecmp
import json
import os
import subprocess

import numpy
import pandas
import polars
import pyarrow
import pytest

import parallax
from conftest import ROOT

#: The command line that the results are held to; CI builds it first.
PROGRAM = ROOT / "target/release/parallax"


def without_chance(run):
    return {key: value for key, value in run.items() if key not in ("timings", "config", "inputs")}


def test_a_path_gives_the_bytes_of_the_command_line(seeds, tmp_path, cache):
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    formats = ["csv", "jsonl", "parquet"]
    flags = [flag for name in formats for flag in ("--format", name)]
    subprocess.run(
        [PROGRAM, "compare", "seeds", "--out", theirs, "--cache", cache, "--quiet", *flags], cwd=ROOT, check=True
    )
    assert seeds.write(ours, formats) == ours
    names = sorted(path.name for path in theirs.iterdir() if not path.name.startswith("."))
    assert len(names) == len(formats) * len(seeds.table_names) + 2
    same, differ, missing = filecmp.cmpfiles(theirs, ours, names, shallow=False)
    # The path of the inputs is another here, and seconds are; and both stand in run.json alone.
    assert not missing and set(differ) <= {"run.json"} | {f"{t}.{f}" for t in ("articles",) for f in formats}
    # From the same folder, only the seconds of run.json differ.
    code = "import parallax, sys; parallax.compare('seeds', cache=sys.argv[1]).write(sys.argv[2], ['csv', 'jsonl', 'parquet'])"
    again = tmp_path / "again"
    subprocess.run([os.sys.executable, "-c", code, cache, again], cwd=ROOT, check=True)
    same, differ, missing = filecmp.cmpfiles(theirs, again, names, shallow=False)
    assert not missing and differ == ["run.json"], differ
    runs = [json.loads((folder / "run.json").read_text()) for folder in (theirs, again)]
    for run in runs:
        del run["timings"], run["config"]["out"], run["config"]["formats"]
    assert runs[0] == runs[1]


def test_every_holder_of_rows_gives_the_same(rows, cache):
    results = {
        "dictionaries": parallax.compare(rows, cache=cache),
        "a generator": parallax.compare((row for row in rows), cache=cache),
        "pandas": parallax.compare(pandas.DataFrame(rows), cache=cache),
        "polars": parallax.compare(polars.DataFrame(rows), cache=cache),
        "pyarrow": parallax.compare(pyarrow.Table.from_pylist(rows), cache=cache),
        "batches": parallax.compare(pyarrow.Table.from_pylist(rows).to_reader(), cache=cache),
    }
    first = results["dictionaries"]
    assert len(first.claims) >= 1 and first.articles.to_pylist()[0]["group_bias"] == "0.5"
    for name, other in results.items():
        for table in first.table_names:
            assert other[table] == first[table], (name, table)


def test_cells_that_python_has_many_words_for(rows, cache):
    frame = pandas.DataFrame(rows)
    frame["date_published"] = pandas.to_datetime(frame["date_published"])
    frame["article_id"] = [7, 8]
    frame["seen"] = [pandas.NaT, numpy.int64(3)]
    articles = parallax.compare(frame, cache=cache).articles.to_pylist()
    assert [row["article_id"] for row in articles] == ["7", "8"]
    assert [row["date_published"] for row in articles] == ["2024-03-04", "2024-03-05"]
    assert [row["group_seen"] for row in articles] == [None, "3"]
    rows[0]["date_published"] = datetime.date(2024, 3, 4)
    assert parallax.compare(rows, cache=cache).articles.to_pylist()[0]["date_published"] == "2024-03-04"


def test_cells_that_json_has_no_word_for(rows, cache):
    import decimal

    for at, row in enumerate(rows):
        row["article_id"] = 12345678901234567890123 + at
        row["odd"] = [float("inf"), numpy.float32("nan")][at]
        row["nested"] = {("a", 1): [float("nan"), {1}]}
        row["half"] = {"a": ["\ud800"]}
        row["price"] = decimal.Decimal("1.50")
        row["array"] = numpy.arange(3)
        row["date_published"] = numpy.datetime64("2024-03-04T10:00", "ns")
    rows[0]["text"] += " Half a character: \ud800."
    rows[1]["text"] = rows[1]["text"].encode()
    results = parallax.compare(rows, cache=cache)
    articles = results.articles.to_pylist()
    assert not len(results.rejected) and len(results.claims) >= 1
    assert [row["article_id"] for row in articles] == ["12345678901234567890123", "12345678901234567890124"]
    assert [row["group_odd"] for row in articles] == ["inf", None]
    assert {row["date_published"] for row in articles} == {"2024-03-04"}
    assert articles[0]["group_price"] == "1.50" and articles[0]["group_array"] == "[0 1 2]"
    assert any("\ufffd" in row["text"] for row in results.sentences)


def test_columns_of_nothing(rows, cache):
    frame = polars.DataFrame(rows).with_columns(url=None, group=None)
    assert len(parallax.compare(frame, cache=cache).claims) >= 1


def test_files_and_job_files(tmp_path, rows, cache):
    path = tmp_path / "corpus.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    of_file = parallax.compare(str(path), cache=cache)
    assert parallax.compare([path], cache=cache).claims == of_file.claims
    assert parallax.compare(rows, cache=cache).comparisons == of_file.comparisons
    job = tmp_path / "job.toml"
    job.write_text("inputs = ['corpus.jsonl']\n[cluster]\npossible = 0.6\nconfirmed = 0.9\n")
    of_job = parallax.compare(job=job, cache=cache, threads=1, cluster={"confirmed": 0.95})
    assert of_job.run["config"]["cluster"]["possible"] == 0.6
    assert of_job.run["config"]["cluster"]["confirmed"] == 0.95
    assert of_job.articles == of_file.articles


def test_other_names_of_columns(rows, cache):
    frame = pandas.DataFrame(rows).rename(columns={"text": "content_raw", "outlet": "paper"})
    names = {"text": "content_raw", "outlet": "paper"}
    assert len(parallax.compare(frame, cache=cache, read=names).claims) >= 1


def test_results_do_not_depend_on_threads_or_order(rows, cache):
    one = parallax.compare(rows, threads=1, cache=False)
    other = parallax.compare(rows[::-1], threads=2, cache=cache)
    assert all(one[name] == other[name] for name in one.table_names if name != "articles")


def test_a_bad_row_is_rejected_and_the_rest_is_read(rows, cache):
    rows.append({"outlet": "Echo", "text": " "})
    results = parallax.compare(rows, cache=cache)
    assert results.rejected.to_pylist() == [
        {"file": "articles", "row": 3, "reason": "the text is empty; add it, or take the article out"}
    ]
    assert "1 rejected" in repr(results)


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", '"><img onerror=alert(1) src=x>', "<!--"])
def test_nothing_of_an_article_runs_in_a_notebook(rows, cache, text):
    for row in rows:
        row["text"] = f"The bridge was closed on Monday after cracks were found by {text} inspectors."
        row["headline"] = row["outlet"] = text + row["outlet"]
    results = parallax.compare(rows, cache=cache)
    shown = results._repr_html_() + results.sentences._repr_html_()
    assert text not in shown
    assert shown.count("<script") == 0 and shown.count("<iframe") == 1
