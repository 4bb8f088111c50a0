"""Fits how much a difference in framing is worth to a reader, and writes src/framing/salience.json and framing_figures.json.

    python models/train_salience.py DATA

Needs `cargo build --release --example framing_pairs`. Fitted on models/framing_labels.jsonl (what readers note down in a pair of sentences) and
models/framing_rows.jsonl (what readers say of rows that a run marked, but for those whose sentences make no claim together, for which the
probability of the match counts, and those of words of links and captions, which reading mends); models/framing_labels_held_out.jsonl is of
events that nothing here is fitted on. Two models, of whose probabilities the mean counts: a logistic one of each dimension, whose weights are
drawn to those of all dimensions together (one model of the figures, and of the figures within each dimension, with one penalty), and boosted
trees of three questions each. A difference counts as wanted where a reader calls it useful.
"""

import argparse
import csv
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from claim_pairs import article_events, articles_of, every_article
from event_pairs import sigmoid

FOLDER = Path(__file__).parent
BINARY = FOLDER.parent / "target" / "release" / "examples" / "framing_pairs"
OUT = FOLDER.parent / "src" / "framing" / "salience.json"
PENALTY, FOLDS = 0.01, 5
TREES = {
    "n_estimators": 400,
    "max_depth": 3,
    "learning_rate": 0.04,
    "min_samples_leaf": 15,
    "subsample": 0.5,
    "max_features": 0.3,
    "random_state": 0,
}
TRAINED, HELD_OUT, JUDGED = "framing_labels.jsonl", "framing_labels_held_out.jsonl", "framing_rows.jsonl"
LEAST_COMMON = 0.6  # of the characters of two marks that are taken for one
LEFT_OUT = ("match", "other")
WORTH = {"useful": "useful", "trivial": "trivial", "wrong": "none"}


def marked(sets, event_of, labels):
    """What the measures mark in labelled pairs; `labels` are the lines of the file."""
    with tempfile.TemporaryDirectory() as folder:
        articles, pairs = Path(folder) / "articles.jsonl", Path(folder) / "labels.jsonl"
        known = every_article(sets)
        wanted = {pair["event"] for pair in labels}
        rows = ({**known[id], "event": event} for id, event in event_of.items() if event in wanted)
        articles.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        pairs.write_text("".join(json.dumps(pair) + "\n" for pair in labels), encoding="utf-8")
        text = subprocess.run([BINARY, articles, pairs], check=True, stdout=subprocess.PIPE, text=True).stdout
    return list(csv.DictReader(text.splitlines()))


def lines(name):
    return [json.loads(line) for line in (FOLDER / name).open(encoding="utf-8")]


def judged(sets, event_of):
    """What the measures mark that readers have judged as a row: of one dimension, with mostly the same words."""
    verdicts = {}
    for row in lines(JUDGED):
        # A run may put articles of two events into one; the labelled events are given.
        if event_of[row["a"][0]] == event_of[row["b"][0]] and row["why"] not in LEFT_OUT:
            verdicts.setdefault(json.dumps([row["a"], row["b"]]), []).append(row)
    pairs = [{"event": rows[0]["event"], "a": rows[0]["a"], "b": rows[0]["b"], "differences": []} for rows in verdicts.values()]
    by_place = {}
    for row in (row for rows in verdicts.values() for row in rows):
        by_place.setdefault((row["a"][0], row["b"][0], row["dimension"]), []).append(row)
    found = []
    for row in marked(sets, event_of, pairs):
        articles = [id.split("#")[0] for id in row["pair"].split(" ")]
        verdict = max(by_place.get((*articles, row["dimension"]), []), key=lambda of: common(of, row), default=None)
        if verdict and common(verdict, row) >= LEAST_COMMON:
            found.append({**row, "worth": WORTH[verdict["verdict"]]})
    return found


def common(verdict, row):
    """How much of the words of each side is the same, the smaller share; 0 where one of the two has words on a side and the other has none."""

    def share(side):
        of, ends = verdict[f"words_{side}"], row[f"words_{side}"]
        if not of or not ends:
            return float(bool(of) == bool(ends))
        start, end = map(int, ends.split(":"))
        return max(0, min(of[1], end) - max(of[0], start)) / max(of[1] - of[0], end - start)

    return min(share("a"), share("b"))


class Marked:
    def __init__(self, rows, dimensions=None):
        names = list(rows[0])
        self.names = names[names.index("worth") + 1 :]
        rows = [row for row in rows if not row["worth"].startswith("missed")]
        self.dimensions = dimensions or sorted({row["dimension"] for row in rows})
        self.figures = np.array([[float(row[name]) for name in self.names] for row in rows])
        self.of = np.array([self.dimensions.index(row["dimension"]) for row in rows])
        self.events = np.array([row["event"] for row in rows])
        self.useful = np.array([row["worth"] == "useful" for row in rows])
        self.there = np.array([row["worth"] != "none" for row in rows])


class Straight:
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


class Boosted:
    """Trees of three questions each, on the figures and on the dimension."""

    def __init__(self, marked, rows):
        self.fitted = GradientBoostingClassifier(**TREES).fit(self.design(marked)[rows], marked.useful[rows])

    def design(self, marked):
        return np.hstack([marked.figures, np.eye(len(marked.dimensions))[marked.of]])

    def score(self, marked):
        return self.fitted.predict_proba(self.design(marked))[:, 1]

    def written(self):
        """Log-odds before any tree, and the trees."""

        def node(tree, at):
            if tree.children_left[at] < 0:
                return round(float(self.fitted.learning_rate * tree.value[at, 0, 0]), 6)
            below, above = node(tree, tree.children_left[at]), node(tree, tree.children_right[at])
            return {"figure": int(tree.feature[at]), "most": float(tree.threshold[at]), "below": below, "above": above}

        prior = self.fitted.init_.class_prior_[1]
        return float(np.log(prior / (1 - prior))), [node(tree.tree_, 0) for tree in self.fitted.estimators_[:, 0]]


class Both:
    def __init__(self, marked, rows):
        self.straight, self.boosted = Straight(marked, rows), Boosted(marked, rows)

    def score(self, marked):
        return (self.straight.score(marked) + self.boosted.score(marked)) / 2


def cross_validated(marked, make):
    events = sorted(set(marked.events))
    fold = np.array([events.index(event) % FOLDS for event in marked.events])
    score = np.zeros(len(fold))
    for number in range(FOLDS):
        score[fold == number] = make(marked, fold != number).score(marked)[fold == number]
    return score


def report_of(marked, score, rows):
    useful, there, score = marked.useful[rows], marked.there[rows], score[rows]
    precision = {}
    for least in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        given = score >= least
        shares = [given.sum(), useful[given].mean(), there[given].mean(), useful[given].sum() / useful.sum()]
        precision[f"from {least} on: rows, useful, there, share of the useful ones that are marked"] = [round(float(share), 3) for share in shares]
    return {
        "marked": len(score),
        "useful among them": int(useful.sum()),
        "average precision": round(float(average_precision_score(useful, score)), 4),
        **precision,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    sets = articles_of(options.data)
    event_of, _ = article_events(sets)
    of_pairs, of_rows = marked(sets, event_of, lines(TRAINED)), judged(sets, event_of)
    trained = Marked(of_pairs + of_rows)
    n_pairs = len(Marked(of_pairs, trained.dimensions).of)
    held_out = Marked(marked(sets, event_of, lines(HELD_OUT)), trained.dimensions)
    everything = np.ones(len(trained.of), bool)
    ways = {"both": Both, "logistic": Straight, "trees": Boosted, "logistic, one set of weights for all dimensions": lambda *of: Straight(*of, inside=0.0)}
    precision = lambda useful, score: round(float(average_precision_score(useful, score)), 4)
    compared = {}
    for name, make in ways.items():
        crossed = cross_validated(trained, make)
        compared[name] = {
            "labelled pairs, cross-validation": precision(trained.useful[:n_pairs], crossed[:n_pairs]),
            "judged rows, cross-validation": precision(trained.useful[n_pairs:], crossed[n_pairs:]),
            "held out": precision(held_out.useful, make(trained, everything).score(held_out)),
        }
        if name == "both":
            kept = crossed
    model = Both(trained, everything)
    rows = np.arange(len(trained.of)) >= n_pairs
    report = {
        "average precision": compared,
        "labelled pairs, cross-validation over the events": report_of(trained, kept, ~rows),
        "judged rows, cross-validation over the events": report_of(trained, kept, rows),
        "events held out": report_of(held_out, model.score(held_out), np.ones(len(held_out.of), bool)),
    }
    print(json.dumps(report, indent=1))
    of = lambda dimension: model.straight.of_dimension(trained.dimensions.index(dimension))
    start, trees = model.boosted.written()
    written = {
        "figures": trained.names,
        "dimensions": {
            dimension: {"bias": round(of(dimension)[0], 5), "weights": [round(float(weight), 5) for weight in of(dimension)[1]]}
            for dimension in trained.dimensions
        },
        "start": start,
    }
    text = json.dumps(written, indent=1)[:-2] + ',\n "trees": [\n' + ",\n".join("  " + json.dumps(tree) for tree in trees) + "\n ]\n}\n"
    OUT.write_text(text, encoding="utf-8", newline="\n")
    (FOLDER / "framing_figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
