"""Single stages."""

import numpy
import pytest

import parallax


def test_split_gives_offsets_and_kinds():
    text = "NEW YORK (AP) — The café closed. “It’s over,” she said.\n\nRead more: the café"
    rows = parallax.split(text, "Café closes").to_pylist()
    assert rows[0]["field"] == "headline" and rows[0]["text"] == "Café closes"
    body = [row for row in rows if row["field"] == "body"]
    assert all(text[row["start_char"] : row["end_char"]] == row["text"] for row in body)
    assert [row["kind"] for row in body] == ["dateline", "body", "body", "boilerplate"]
    assert body[2]["voice"] != "narration"
    assert len(parallax.split("")) == 0


def test_encode_gives_unit_rows(cache):
    texts = ["The bridge was closed.", "The bridge was shut.", "Rates rose by a half.", "The bridge was closed."]
    rows = parallax.encode(texts, cache=cache)
    assert rows.shape == (4, 384) and rows.dtype == numpy.float32
    assert numpy.allclose(numpy.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert (rows[0] == rows[3]).all() and rows[0] @ rows[1] > 0.8 > 0.4 > rows[0] @ rows[2]
    assert parallax.encode([], cache=cache).shape == (0, 384)
    rows[0, 0] = 1  # it is the caller's own
    with pytest.raises(parallax.errors.UsageError, match="list of strings"):
        parallax.encode("one string")


def test_match_says_how_sentences_relate(cache):
    pairs = [
        ("The bridge was closed on Monday after cracks were found.", "The bridge was shut on Monday when cracks were found."),
        ("The storm killed 12 people in Ohio on Friday.", "The storm killed 16 people in Ohio on Friday."),
        ("Rates rose by half a point.", "The mayor resigned on Friday."),
    ]
    rows = parallax.match(pairs, cache=cache).to_pylist()
    assert [(row["text_a"], row["text_b"]) for row in rows] == pairs
    assert [row["relation"] for row in rows] == ["same", "conflicting", "none"]
    assert (rows[1]["conflict"], rows[1]["conflict_words"]) == ("number", "12 | 16")
    assert rows[2]["tier"] is None and 0 <= rows[2]["shared"] < rows[0]["shared"] <= 1
    turned = parallax.match([(b, a) for a, b in pairs], cache=cache).to_pylist()
    assert [row["shared"] for row in turned] == [row["shared"] for row in rows]
    assert len(parallax.match([])) == 0
