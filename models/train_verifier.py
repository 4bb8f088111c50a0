"""Fits the verifier of pairs of sentences and measures it.

    cargo build --release --example pair_evidence
    python models/train_verifier.py DATA [--keep FILE]

`same`: a sum of standardised figures with set weights (SAME); its slope and offset are fitted, so that one half means that as
much speaks for as against. `conflicting`: logistic regression on CONFLICT and on the same figures times `near`, fitted on
altered pairs and on pairs that people labelled. Its figures are of cross-validation, where the altered pairs of a kind are
judged by a fit that saw no pair of that kind and no pair of that fold. Writes parallax-en/heads/verifier.json and
parallax-en/verifier_figures.json.
"""

import argparse
import csv
import io
import json
import subprocess
import tempfile
import tomllib
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from train_sentiment import MODEL
from verifier_pairs import FOLDS, generated_pairs, labelled_pairs

ROOT = Path(__file__).parent.parent
BINARY = ROOT / "target" / "release" / "examples" / "pair_evidence"
N_GENERATED = 9_000
# Weights of the standardised figures. Learned ones were better on the sets that they were learned on and worse on others.
SAME = {
    "cosine": 1.0,
    "coverage_min": 1.0,
    "aligned_min": 1.0,
    "aligned_max": 0.5,
    "left_over_max": -1.0,
    "left_over_min": -0.5,
    "name_overlap": 0.3,
    "numbers_disagree": -0.3,
    "numbers_alone": -0.3,
}
CONFLICT = [
    "numbers_disagree", "figures_changed", "times_changed", "dates_disagree", "negation_answered", "negation_count", "opposites",
    "plan_answered", "plan_alone", "renamed", "replaced", "crossed", "names_alone_min", "names_alone_max", "changed",
    "left_over_min", "other_speaker", "near",
]  # fmt: skip
SAME_SETS, CONFLICT_SETS = ("nanco", "ecb", "perspectives"), ("altered", "fever", "ecb", "nanco")
# A set of many easy pairs must not outvote the others: each counts this much as a whole.
SHARES = {"nanco": 3.0, "ecb": 2.0, "fever": 1.0, "altered": 2.0}
PENALTY = 0.3
# The probabilities of the fit that were chosen as the two tiers of `same`; it is stretched so that they fall on the thresholds.
TIERS = {"possible": 0.73, "confirmed": 0.85}
# The example job holds the defaults of every key; a test holds it to them.
THRESHOLDS = tomllib.loads((ROOT / "seeds" / "job.toml").read_text(encoding="utf-8"))["cluster"]


def evidence_of(pairs):
    """The evidence on each pair: names, and float [pairs, names]. The texts of one set are one corpus, as in `evaluate`."""
    of_set, result = defaultdict(list), None
    for number, pair in enumerate(pairs):
        of_set[pair.source.split("_")[0]].append(number)
    for numbers in of_set.values():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "pairs.jsonl"
            path.write_text("".join(json.dumps({"text_a": pairs[n].text_a, "text_b": pairs[n].text_b}) + "\n" for n in numbers), encoding="utf-8")
            table = csv.reader(io.StringIO(subprocess.run([BINARY, path], check=True, stdout=subprocess.PIPE, text=True).stdout))
        names = next(table)
        result = np.zeros((len(pairs), len(names))) if result is None else result
        result[numbers] = [[float(value) for value in row] for row in table]
    return names, result


def kept_evidence(pairs, path):
    """The evidence, kept in a file if one is named; delete it when evidence.rs has changed."""
    if path and path.exists():
        kept = np.load(path)
        return kept["names"].tolist(), kept["evidence"]
    names, evidence = evidence_of(pairs)
    if path:
        np.savez(path, names=names, evidence=evidence)
    return names, evidence


class Logistic:
    """Logistic regression on standardised figures, with the weights of the plain ones."""

    def __init__(self, figures, labels, weights, penalty):
        mean, deviation = figures.mean(axis=0), np.maximum(figures.std(axis=0), 1e-6)
        model = LogisticRegression(C=penalty, max_iter=3000).fit((figures - mean) / deviation, labels, sample_weight=weights)
        self.weights = model.coef_[0] / deviation
        self.bias = float(model.intercept_[0] - (self.weights * mean).sum())

    def probabilities(self, figures):
        return 1 / (1 + np.exp(-(figures @ self.weights + self.bias)))


class Corpus:
    """The pairs with their labels, sets and evidence."""

    def __init__(self, data, keep):
        self.pairs = [*labelled_pairs(data), *generated_pairs(data, N_GENERATED)]
        names, evidence = kept_evidence(self.pairs, keep)
        # The last column is no evidence: it says which pairs src/cluster takes for an edit.
        self.names, self.evidence, self.is_edited = names[:-1], evidence[:, :-1], evidence[:, -1] > 0
        self.source = np.array([pair.source for pair in self.pairs])
        self.set = np.array([source.split("_")[0] for source in self.source])
        self.fold = np.array([pair.fold for pair in self.pairs])
        label = lambda value: -1 if value is None else value
        self.same = np.array([label(pair.same) for pair in self.pairs])
        self.conflicting = np.array([label(pair.conflicting) for pair in self.pairs])

    def column(self, name):
        return self.evidence[:, self.names.index(name)]


def shares(sets, labels):
    """Weights by which each set has its share, half of it for either label; 1 on average."""
    weights = np.zeros(len(labels))
    for name in set(sets):
        for label in (0, 1):
            rows = (sets == name) & (labels == label)
            weights[rows] = SHARES.get(name, 1.0) / max(rows.sum(), 1)
    return weights / weights.mean()


def fit_same(corpus):
    """Weights of the plain evidence and a bias."""
    of_people = corpus.set != "altered"
    weights, bias = np.zeros(len(corpus.names)), 0.0
    for name, weight in SAME.items():
        values = corpus.column(name)[of_people]
        weights[corpus.names.index(name)] = weight / values.std()
        bias -= weight * values.mean() / values.std()
    rows = np.isin(corpus.set, SAME_SETS) & (corpus.same >= 0)
    sums = corpus.evidence[rows] @ weights + bias
    scale = Logistic(sums[:, None], corpus.same[rows], shares(corpus.set[rows], corpus.same[rows]), 100.0)
    return stretched(weights * scale.weights[0], bias * scale.weights[0] + scale.bias)


def stretched(weights, bias):
    log_odds = lambda share: np.log(share / (1 - share))
    chosen, wanted = ([log_odds(of[tier]) for tier in ("possible", "confirmed")] for of in (TIERS, THRESHOLDS))
    slope = (wanted[1] - wanted[0]) / (chosen[1] - chosen[0])
    return weights * slope, bias * slope + wanted[0] - slope * chosen[0]


def conflict_figures(corpus):
    """CONFLICT, then the same times `near`: float [pairs, 2 * len(CONFLICT)]."""
    figures = np.stack([corpus.column(name) for name in CONFLICT], axis=1)
    return np.hstack([figures, figures * corpus.column("near")[:, None]])


def fit_conflict(corpus, figures, rows):
    weights = shares(corpus.set[rows], corpus.conflicting[rows])
    return Logistic(figures[rows], corpus.conflicting[rows], weights, PENALTY)


def cross_validated(corpus, figures):
    """Probabilities of a conflict; of an altered pair by a fit without its kind and without its fold."""
    usable = np.isin(corpus.set, CONFLICT_SETS) & (corpus.conflicting >= 0)
    kinds = sorted({source for source in corpus.source if source.startswith("altered") and source != "altered_same"})
    result = np.zeros(len(corpus.pairs))
    for fold in range(FOLDS):
        inside = corpus.fold == fold
        for kind in [None, *kinds]:
            wanted = inside & (corpus.source == kind if kind else ~np.isin(corpus.source, kinds))
            seen = usable & ~inside & (corpus.source != kind if kind else True)
            result[wanted] = fit_conflict(corpus, figures, seen).probabilities(figures[wanted])
    return result


def balanced_accuracy(labels, given):
    return float((given[labels == 1].mean() + 1 - given[labels == 0].mean()) / 2)


def report(corpus, same, conflicting):
    rounded = lambda value: round(float(value), 4)
    possible = (same >= THRESHOLDS["possible"]) & (conflicting < THRESHOLDS["conflicting"])
    confirmed = possible & (same >= THRESHOLDS["confirmed"]) & (conflicting < THRESHOLDS["doubtful"]) & ~corpus.is_edited
    found = {"same": {}, "conflicting": {}, "altered": {}}
    for name in SAME_SETS:
        rows = (corpus.set == name) & (corpus.same >= 0)
        labels = corpus.same[rows]
        found["same"][name] = {
            "pairs": int(rows.sum()),
            "auc": rounded(roc_auc_score(labels, same[rows])),
            "auc_cosine": rounded(roc_auc_score(labels, corpus.column("cosine")[rows])),
            "balanced_accuracy_possible": rounded(balanced_accuracy(labels, possible[rows])),
            "recall_confirmed": rounded(confirmed[rows][labels == 1].mean()),
            "false_merges_confirmed": rounded(confirmed[rows][labels == 0].mean()),
        }
    for name in ("altered", "fever", "perspectives"):
        rows = (corpus.set == name) & (corpus.conflicting >= 0)
        found["conflicting"][name] = {"pairs": int(rows.sum()), "auc": rounded(roc_auc_score(corpus.conflicting[rows], conflicting[rows]))}
    for kind in sorted({source for source in corpus.source if source.startswith("altered")}):
        rows = corpus.source == kind
        found["altered"][kind.removeprefix("altered_")] = {"pairs": int(rows.sum()), "confirmed": rounded(confirmed[rows].mean()), "conflicting": rounded((conflicting[rows] >= THRESHOLDS["conflicting"]).mean())}
    conflicts = (corpus.set == "altered") & (corpus.conflicting == 1)
    found["altered"]["all conflicts"] = {"pairs": int(conflicts.sum()), "confirmed": rounded(confirmed[conflicts].mean()), "conflicting": rounded((conflicting[conflicts] >= THRESHOLDS["conflicting"]).mean())}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, help="a file for the evidence, to be read again by the next run")
    options = parser.parse_args()
    corpus = Corpus(options.data, options.keep)
    weights, bias = fit_same(corpus)
    same = 1 / (1 + np.exp(-(corpus.evidence @ weights + bias)))
    figures = conflict_figures(corpus)
    found = report(corpus, same, cross_validated(corpus, figures))
    print(json.dumps(found, indent=1))

    usable = np.isin(corpus.set, CONFLICT_SETS) & (corpus.conflicting >= 0)
    fitted = fit_conflict(corpus, figures, usable)
    places = [corpus.names.index(name) for name in CONFLICT]
    of_evidence = np.zeros(2 * len(corpus.names))
    of_evidence[[*places, *(len(corpus.names) + place for place in places)]] = fitted.weights
    rounded = lambda values: [round(float(value), 5) for value in values]
    verifier = {
        "evidence": corpus.names,
        "same": {"bias": round(float(bias), 5), "weights": rounded(weights)},
        "conflicting": {"bias": round(fitted.bias, 5), "weights": rounded(of_evidence)},
    }
    (MODEL / "heads" / "verifier.json").write_text(json.dumps(verifier, indent=1) + "\n", encoding="utf-8", newline="\n")
    (MODEL / "verifier_figures.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
