"""Fits how much a difference in framing is worth to a reader, and writes src/framing/salience.json and framing_figures.json.

    python models/train_salience.py DATA

Needs `cargo build --release --example framing_pairs`. Fitted on models/framing_labels.jsonl; models/framing_labels_held_out.jsonl is of events that
nothing here is fitted on. A logistic model of each dimension, whose weights are drawn to those of all dimensions together: one model of the
figures, and of the figures within each dimension, with one penalty. A difference counts as wanted where a reader calls it useful.
"""

import argparse
import csv
import gzip
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from event_pairs import sigmoid

FOLDER = Path(__file__).parent
BINARY = FOLDER.parent / "target" / "release" / "examples" / "framing_pairs"
OUT = FOLDER.parent / "src" / "framing" / "salience.json"
PENALTY, FOLDS = 0.03, 5
TRAINED, HELD_OUT = "framing_labels.jsonl", "framing_labels_held_out.jsonl"


def marked(data, labels):
    """What the measures mark in labelled pairs."""
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        articles.write_bytes(gzip.decompress((data / "claim_match" / "event_articles.jsonl.gz").read_bytes()))
        text = subprocess.run([BINARY, articles, FOLDER / labels], check=True, stdout=subprocess.PIPE, text=True).stdout
    return list(csv.DictReader(text.splitlines()))


class Marked:
    def __init__(self, rows, dimensions=None):
        names = list(rows[0])
        self.names = names[names.index("worth") + 1 :]
        self.n_missed = sum(row["worth"] == "missed useful" for row in rows)
        rows = [row for row in rows if not row["worth"].startswith("missed")]
        self.dimensions = dimensions or sorted({row["dimension"] for row in rows})
        self.figures = np.array([[float(row[name]) for name in self.names] for row in rows])
        self.of = np.array([self.dimensions.index(row["dimension"]) for row in rows])
        self.events = np.array([row["event"] for row in rows])
        self.useful = np.array([row["worth"] == "useful" for row in rows])
        self.there = np.array([row["worth"] != "none" for row in rows])


class Model:
    """A logistic regression on standardised figures, on them within each dimension, and on the dimension."""

    def __init__(self, marked, rows, inside=1.0):
        self.mean = marked.figures[rows].mean(axis=0)
        self.deviation = np.maximum(marked.figures[rows].std(axis=0), 1e-6)
        self.n, self.inside = len(marked.dimensions), inside
        self.fitted = LogisticRegression(C=PENALTY, max_iter=5000).fit(self.design(marked.figures, marked.of)[rows], marked.useful[rows])

    def design(self, figures, of):
        standard, which = (figures - self.mean) / self.deviation, np.eye(self.n)[of]
        within = [self.inside * standard * which[:, [dimension]] for dimension in range(self.n)]
        return np.hstack([which, standard, *within])

    def of_dimension(self, dimension):
        """Bias and weights for the figures as they are."""
        weights, width = self.fitted.coef_[0], len(self.mean)
        shared = weights[self.n : self.n + width]
        own = weights[self.n + width * (1 + dimension) :][:width]
        of_figures = (shared + self.inside * own) / self.deviation
        return float(self.fitted.intercept_[0] + weights[dimension] - of_figures @ self.mean), of_figures

    def score(self, marked):
        both = [self.of_dimension(dimension) for dimension in range(self.n)]
        log_odds = [both[of][0] + both[of][1] @ figures for of, figures in zip(marked.of, marked.figures)]
        return sigmoid(np.array(log_odds))


def cross_validated(marked, inside):
    events = sorted(set(marked.events))
    fold = np.array([events.index(event) % FOLDS for event in marked.events])
    score = np.zeros(len(fold))
    for number in range(FOLDS):
        score[fold == number] = Model(marked, fold != number, inside).score(marked)[fold == number]
    return score


def report_of(marked, score):
    precision = {}
    for least in (0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65):
        given = score >= least
        shares = [given.sum(), marked.useful[given].mean(), marked.there[given].mean(), marked.useful[given].sum() / marked.useful.sum()]
        precision[f"from {least} on: rows, useful, there, share of the useful ones that are marked"] = [round(float(share), 3) for share in shares]
    return {
        "marked": len(score),
        "useful among them": int(marked.useful.sum()),
        "useful that nothing marks": marked.n_missed,
        "average precision": round(float(average_precision_score(marked.useful, score)), 4),
        **precision,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    trained = Marked(marked(options.data, TRAINED))
    held_out = Marked(marked(options.data, HELD_OUT), trained.dimensions)
    everything = np.ones(len(trained.of), bool)
    model = Model(trained, everything)
    report = {
        "cross-validation over the events that it is fitted on": report_of(trained, cross_validated(trained, 1.0)),
        "the same, average precision with one set of weights for all dimensions": report_of(trained, cross_validated(trained, 0.0))["average precision"],
        "events held out": report_of(held_out, model.score(held_out)),
        "held out, average precision with one set of weights for all dimensions": report_of(held_out, Model(trained, everything, 0.0).score(held_out))["average precision"],
    }
    print(json.dumps(report, indent=1))
    of = lambda dimension: model.of_dimension(trained.dimensions.index(dimension))
    written = {
        "figures": trained.names,
        "dimensions": {
            dimension: {"bias": round(of(dimension)[0], 5), "weights": [round(float(weight), 5) for weight in of(dimension)[1]]}
            for dimension in trained.dimensions
        },
    }
    OUT.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8", newline="\n")
    (FOLDER / "framing_figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
