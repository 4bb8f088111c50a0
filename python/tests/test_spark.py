"""What parallax.spark does without a cluster; tests/spark has the rest."""

import json

import pyarrow
import pytest

import parallax
from parallax import _parallax, spark


def test_without_pyspark_the_error_says_what_is_missing():
    with pytest.raises(ImportError, match="pip install pyspark"):
        spark.compare(None, "out", work="work")


def test_a_stage_is_a_function_over_arrow_tables():
    articles = pyarrow.table({
        "article_id": ["a", "b"],
        "outlet": ["Post", "Star"],
        "text": ["The bridge was closed on Monday.", "The bridge was shut on Monday."],
    })
    rows = pyarrow.table(_parallax.stage("map_articles", articles, "{}", "{}", False))
    assert rows.column_names == ["kind", "id", "key", "n", "record"]
    kinds = sorted(rows.column("kind").to_pylist())
    assert kinds == ["counts", "document", "document", "window", "window"]
    # The same bytes, whatever the threads and the order of the rows.
    articles = articles.take([1, 0])
    again = pyarrow.table(_parallax.stage("map_articles", articles, json.dumps({"threads": 1}), "{}", False))
    assert again.equals(rows)


def test_wrong_stages_and_rows_are_told():
    rows = pyarrow.table({"outlet": ["Post"]})
    with pytest.raises(parallax.errors.StageError, match="`kind` is missing"):
        _parallax.stage("group_articles", rows, "{}", "{}", False)
    with pytest.raises(parallax.errors.UsageError, match="match_pairs"):
        _parallax.stage("match", rows, "{}", "{}", False)
    with pytest.raises(parallax.errors.UsageError, match="place: unknown field `sentence`"):
        _parallax.stage("place_events", rows, "{}", json.dumps({"sentence": 1}), False)
