"""Prints by how much the figures of a sentence differ between two prints of nearly the same words: what a difference has to exceed to be one.

    python models/noise_floor.py DATA target/release/parallax

Runs `parallax compare` on the articles of event_articles and takes the pairs of sentences of `comparisons` whose words are nearly the same: in lower
case, without what is in brackets, at least LIKE of the words of both together in both, and not all. `min_tone` and `min_head` under
[framing] are not below the 95th percentiles of sentiment and loaded_language.
"""

import csv
import gzip
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np

LIKE = 0.8
MEASURES = ("sentiment", "loaded_language", "certainty", "passive", "quoted_share")


def words(text):
    return set(re.findall(r"[a-z0-9]+", re.sub(r"\[.*?\]|\(.*?\)", " ", text.lower())))


def likeness(row):
    a, b = words(row["text_a"]), words(row["text_b"])
    return len(a & b) / max(len(a | b), 1)


def main():
    data, binary = Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        articles, out = Path(folder) / "articles.jsonl", Path(folder) / "out"
        with gzip.open(data / "claim_match" / "event_articles.jsonl.gz", "rt", encoding="utf-8") as lines, articles.open("w", encoding="utf-8") as kept:
            for line in lines:
                row = json.loads(line)
                row["date_published"] = row.pop("date")
                kept.write(json.dumps(row) + "\n")
        subprocess.run([binary, "compare", articles, "--out", out, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        table = lambda name: list(csv.DictReader((out / f"{name}.csv").open(encoding="utf-8")))
        value = {(row["sentence_id"], row["measure"], row["voice"]): float(row["value"]) for row in table("measures")}
        comparisons = [row for row in table("comparisons") if row["relation"] == "same"]
    near = [row for row in comparisons if LIKE <= likeness(row) < 1]
    print(f"{len(near)} of {len(comparisons)} pairs of sentences have nearly the same words")
    gaps = defaultdict(list)
    for row in near:
        for measure in MEASURES:
            for part in ("narration", "quotation", "all"):
                sides = [value.get((row[f"sentence_id_{side}"], measure, part)) for side in "ab"]
                if None not in sides:
                    gaps[measure].append(abs(sides[0] - sides[1]))
    for measure in MEASURES:
        if gaps[measure]:
            quantiles = [float(np.quantile(gaps[measure], at)) for at in (0.5, 0.9, 0.95)]
            print(f"{measure}: {len(gaps[measure])} pairs, half below {quantiles[0]:.3f}, 90% below {quantiles[1]:.3f}, 95% below {quantiles[2]:.3f}")


if __name__ == "__main__":
    main()
