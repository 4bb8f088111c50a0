"""Checks the tables of a run with another CSV reader than the one that wrote them.

    python3 .ci/check_tables.py out
"""

import csv
import json
import sys
from pathlib import Path

PARSERS = {"text": str, "integer": int, "number": float, "boolean": {"true": True, "false": False}.__getitem__}


def read(folder, name, columns):
    """The rows of a table; its header and every cell are what run.json says."""
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    assert reader.fieldnames == list(columns), f"{name}.csv: {reader.fieldnames} and not {list(columns)}"
    assert all(None not in row and None not in row.values() for row in rows), f"{name}.csv: a row has too many or too few fields"
    for row in rows:
        for column, kind in columns.items():
            if row[column]:
                PARSERS[kind](row[column])
    print(f"{name}.csv: {len(rows)} rows, {len(columns)} columns")
    return rows


def body(article):
    return Path(article["file"]).read_bytes().decode("utf-8-sig")


def main():
    folder = Path(sys.argv[1])
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    tables = {name: read(folder, name, columns) for name, columns in run["tables"].items()}
    for name in ("articles", "sentences", "events", "claims", "comparisons"):
        assert len(tables[name]) == run["counts"][name], f"{name}.csv and run.json disagree"
    bodies = {article["article_id"]: body(article) for article in tables["articles"]}
    sentences = {sentence["sentence_id"]: sentence for sentence in tables["sentences"]}
    for sentence in sentences.values():
        if sentence["field"] == "body":
            text = bodies[sentence["article_id"]]
            assert text[int(sentence["start_char"]) : int(sentence["end_char"])] == sentence["text"]
            bytes_ = text.encode()[int(sentence["start_byte"]) : int(sentence["end_byte"])]
            assert bytes_.decode() == sentence["text"]
    for row in tables["framing"]:
        for side in "ab":
            sentence = sentences[row[f"sentence_id_{side}"]]
            if row[f"evidence_{side}"] and sentence["field"] == "body":
                span = slice(int(row[f"start_char_{side}"]), int(row[f"end_char_{side}"]))
                assert bodies[sentence["article_id"]][span] == row[f"evidence_{side}"]
    for row in tables["measures"]:
        sentence = sentences[row["sentence_id"]]
        if sentence["field"] == "body":
            text = bodies[sentence["article_id"]]
            spans = [span.split("-") for span in row["spans"].split(";") if span]
            assert "; ".join(text[int(start) : int(end)] for start, end in spans) == row["words"]
    for row in tables["outlets"]:
        if row["estimate"]:
            assert float(row["ci_low"]) <= float(row["estimate"]) <= float(row["ci_high"])
        assert row["finding"]
    for row in tables["comparisons"] + tables["framing"]:
        for side in "ab":
            assert row[f"text_{side}"] == sentences[row[f"sentence_id_{side}"]]["text"]
    for event in tables["events"]:
        ids = [article["article_id"] for article in tables["articles"] if article["event_id"] == event["event_id"]]
        assert event["article_ids"].split("; ") == ids
    for row in tables["copies"]:
        assert bodies[row["article_id"]][int(row["start_char"]) : int(row["end_char"])] == row["text"]
    for claim in tables["claims"]:
        assert 1 <= int(claim["n_independent_outlets"]) <= int(claim["n_outlets"])
    assert all(mention["sentence_id"] in sentences for mention in tables["mentions"])
    print("every offset slices to its words")


if __name__ == "__main__":
    main()
