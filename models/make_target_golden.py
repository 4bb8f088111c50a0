"""Writes tests/golden/target_sentiment.json: what the target sentiment head gives for 28 rows of NewsMTSC and 14 of our own.

    python models/make_target_golden.py DATA

`start` and `end` are offsets in the UTF-8 bytes of `text`. The NewsMTSC rows (MIT) are the first by the SHA-256 of the
text, one a group, half of them with a letter beyond ASCII in front of the target's end; ours are from check_target.py.
"""

import argparse
import hashlib
import json
from pathlib import Path

from check_target import SENTENCES, rows_of
from corpora import newsmtsc_targets
from encoder import Encoder, TargetHead
from make_golden import GOLDEN
from sentiment_head import softmax
from train_sentiment import CLASSES, MODEL

NEWS_ROWS, OWN_ROWS, LONGEST = 28, 14, 400


def news_rows(data):
    """(text, start, end) in characters."""
    plain, others, groups = [], [], set()
    for row in sorted(newsmtsc_targets(data), key=lambda row: hashlib.sha256(row.text.encode()).hexdigest()):
        chosen = plain if row.text[: row.end].isascii() else others
        if row.group not in groups and len(row.text) <= LONGEST and len(chosen) < NEWS_ROWS // 2:
            groups.add(row.group)
            chosen.append((row.text, row.start, row.end))
    return plain + others


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    rows = news_rows(parser.parse_args().data) + rows_of(SENTENCES)[:OWN_ROWS]
    shares = softmax(TargetHead(MODEL / "heads" / "target_sentiment.onnx").logits(Encoder(MODEL), rows))
    golden = {
        "classes": CLASSES,
        "rows": [
            {
                "text": text,
                "start": len(text[:start].encode()),
                "end": len(text[:end].encode()),
                "probabilities": [round(float(share), 6) for share in given],
            }
            for (text, start, end), given in zip(rows, shares)
        ],
    }
    (GOLDEN / "target_sentiment.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
