"""How many claims of one run another run over the same articles has as well.

    python benches/kept_claims.py ALL CANDIDATES

Both are folders that `parallax compare` wrote as CSV. A claim is kept where two of its sentences are in one claim of the other run.
"""

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path

csv.field_size_limit(10**9)


def rows(folder, table):
    with (Path(folder) / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def claims(folder):
    """The tier and the sentences of each claim."""
    sentences = defaultdict(set)
    for row in rows(folder, "mentions"):
        sentences[row["claim_id"]].add(row["sentence_id"])
    return [(row["tier"], sentences[row["claim_id"]]) for row in rows(folder, "claims")]


def main():
    of_all, of_other = map(claims, sys.argv[1:])
    claims_of = defaultdict(set)
    for number, (_, sentences) in enumerate(of_other):
        for sentence in sentences:
            claims_of[sentence].add(number)
    n, kept = Counter(), Counter()
    for tier, sentences in of_all:
        shared = Counter(number for sentence in sentences for number in claims_of[sentence])
        n[tier] += 1
        kept[tier] += max(shared.values(), default=0) >= min(2, len(sentences))
    for tier in sorted(n):
        print(f"{tier}: {kept[tier]} of {n[tier]} kept, {kept[tier] / n[tier]:.1%}")
    for folder in sys.argv[1:]:
        print(f"{folder}: {sum(row['sentiment'] != '' for row in rows(folder, 'sentences'))} sentences with figures")


if __name__ == "__main__":
    main()
