"""Reads the labelled pairs that the verifier is trained on.

Only sets that may be shipped from: nanco_dev (BSD-3), perspectrum_clusters (CC BY-SA 4.0), fever_symmetric_dev (CC BY-SA 3.0),
the annotations of ecbplus_pairs_dev (CC BY 3.0), and altered_pairs.py on NewsMTSC (MIT) and NAnCo.
"""

import hashlib
import random
from collections import defaultdict
from dataclasses import dataclass

from altered_pairs import altered_pairs
from corpora import read_rows

FOLDS = 4


@dataclass(frozen=True)
class Pair:
    """`same` and `conflicting` are 0, 1 or None where the set does not say. `source` names the set, and after a `_` the part.

    Pairs of one question, topic, claim or event lie in one fold.
    """

    text_a: str
    text_b: str
    same: int | None
    conflicting: int | None
    fold: int
    source: str


def fold_of(group):
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % FOLDS


def labelled_pairs(data):
    """The pairs of the sets that people labelled."""
    folder = data / "claim_match"
    rows = read_rows(folder / "nanco_dev.jsonl.gz")
    questions = sorted({row["qid"] for row in rows})
    for row in rows:
        same = row["label"]
        yield Pair(row["text_a"], row["text_b"], same, 0 if same else None, questions.index(row["qid"]) % FOLDS, "nanco")
    for row in read_rows(folder / "ecbplus_pairs_dev.jsonl.gz"):
        same = int(row["label"] == "match")
        yield Pair(row["text_a"], row["text_b"], same, 0 if same else None, int(row["topic"]) % FOLDS, "ecb")
    for row in read_rows(folder / "fever_symmetric_dev.jsonl.gz"):
        conflicting = int(row["label"] == "contradiction")
        yield Pair(row["text_a"], row["text_b"], 1 - conflicting, conflicting, fold_of(row["text_b"]), "fever")
    yield from perspective_pairs(read_rows(folder / "perspectrum_clusters.jsonl.gz"), random.Random(0))


def perspective_pairs(rows, rng):
    """Perspectives on one claim: of one cluster, of two clusters on one side, and of two sides."""
    of_claim = defaultdict(list)
    for row in rows:
        of_claim[row["claim_id"]].append(row)
    for claim, clusters in of_claim.items():
        fold = fold_of(str(claim))
        for row in clusters:
            texts = row["paraphrases"]
            pairs = [(a, b) for number, a in enumerate(texts) for b in texts[number + 1 :]]
            yield from (Pair(a, b, 1, 0, fold, "perspectives_same") for a, b in rng.sample(pairs, min(2, len(pairs))))
            agreeing = [other for other in clusters if other is not row and other["stance"] == row["stance"]]
            opposing = [other for other in clusters if other["stance"] != row["stance"]]
            for others, share, conflicting, part in ((agreeing, 0.4, 0, "other"), (opposing, 0.7, 1, "opposed")):
                if others and rng.random() < share:
                    yield Pair(rng.choice(texts), rng.choice(rng.choice(others)["paraphrases"]), 0, conflicting, fold, f"perspectives_{part}")


def generated_pairs(data, limit):
    """`limit` pairs of altered_pairs.py, half of them the same; of the kinds of conflict negation counts twice."""
    rng, of_kind = random.Random(0), defaultdict(list)
    for row in altered_pairs(data):
        of_kind["same" if row["label"] == "equivalent" else row["kind"]].append(row)
    same = of_kind.pop("same")
    share = limit // 2 // (len(of_kind) + 1)
    chosen = [row for kind, rows in sorted(of_kind.items()) for row in rng.sample(rows, min(len(rows), share * (1 + (kind == "negation"))))]
    for row in chosen:
        yield Pair(row["text_a"], row["text_b"], 0, 1, fold_of(row["group"]), f"altered_{row['kind']}")
    for row in rng.sample(same, min(len(same), limit // 2)):
        yield Pair(row["text_a"], row["text_b"], 1, 0, fold_of(row["group"]), "altered_same")
