"""Writes models/golden/*.jsonl and agency.conllu: a few rows of shippable sets, on which tests repeat the figures of the model cards.

    python models/make_golden_rows.py DATA
"""

import json
import sys
from collections import Counter
from pathlib import Path

from corpora import NEWSMTSC_ID, read_rows
from syntax_data import part_of, read_treebank

OUT = Path(__file__).parent / "golden"
GOLDEN_SENTENCES = 400


def every(rows, n):
    """`n` rows at equal distances, in their order."""
    return [rows[index * len(rows) // n] for index in range(n)]


def newsmtsc(row):
    event = NEWSMTSC_ID.match(row["id"])["article"]
    return {key: row[key] for key in ("id", "text", "start", "end", "label")} | {"article": event}


def held_out_sentences(data):
    """Web logs and newsgroups that the syntax head did not see, with the columns that the task `agency` reads."""
    sentences = read_treebank(data / "syntax" / "ud_ewt.conllu.gz", Counter())
    chosen = [s for s in sentences if part_of(s.document) == "held_out" and s.document.startswith(("weblog", "newsgroup"))]
    lines = []
    for sentence in chosen[:GOLDEN_SENTENCES]:
        for line in sentence.lines:
            columns = line.split("\t")
            if len(columns) == 10:
                features = "Voice=Pass" if "Voice=Pass" in columns[5] else "_"
                lines.append("\t".join([*columns[:2], "_", columns[3], "_", features, *columns[6:9], "_"]))
            elif line.startswith(("# newdoc", "# sent_id", "# text =")):
                lines.append(line)
        lines.append("")
    return "\n".join(lines) + "\n"


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
    (OUT / "agency.conllu").write_text(held_out_sentences(data), encoding="utf-8", newline="\n")
    for name, rows in files.items():
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (OUT / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
