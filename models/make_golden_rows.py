"""Writes models/golden/*.jsonl: a few rows of shippable sets, on which tests repeat the figures of the model cards.

    python models/make_golden_rows.py DATA
"""

import json
import sys
from pathlib import Path

from corpora import NEWSMTSC_ID, read_rows

OUT = Path(__file__).parent / "golden"


def every(rows, n):
    """`n` rows at equal distances, in their order."""
    return [rows[index * len(rows) // n] for index in range(n)]


def newsmtsc(row):
    event = NEWSMTSC_ID.match(row["id"])["article"]
    return {key: row[key] for key in ("id", "text", "start", "end", "label")} | {"article": event}


def main():
    data = Path(sys.argv[1])
    claims = data / "claim_match"
    files = {
        "newsmtsc": [newsmtsc(row) for row in every(read_rows(data / "sentiment" / "newsmtsc_train.jsonl.gz"), 200)],
        "nyt": [
            {key: row[key] for key in ("id", "article", "text", "score", "label")}
            for row in every(read_rows(data / "sentiment" / "vader_nyt_half.jsonl.gz"), 120)
        ],
        "perspectrum": [
            {key: row[key] for key in ("id", "claim_id", "paraphrases")}
            for row in read_rows(claims / "perspectrum_clusters.jsonl.gz")[:150]
        ],
        "fever_symmetric": every(read_rows(claims / "fever_symmetric_dev.jsonl.gz"), 120),
        "ewt": every(
            [
                {key: row[key] for key in ("doc_id", "text", "sentence_spans")}
                for row in read_rows(data / "sentences" / "ud_ewt_docs.jsonl.gz")
                if row["genre"] in ("newsgroup", "weblog")
            ],
            20,
        ),
    }
    OUT.mkdir(exist_ok=True)
    for name, rows in files.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (OUT / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
