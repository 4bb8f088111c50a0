"""Fits what the pair network's figures and the evidence come to, and forecasts how matching does on unseen events.

    cargo build --release --example event_pairs
    python models/train_decision.py DATA

`prior`: logistic regression on the evidence, on all events of event_claims: which pairs the network reads. `shared` and `same`:
logistic regression on the network's three figures and the log-odds of a prior, on the events that models/train_pair.py left out,
so that the figures are of events that the network never saw. `conflicting`: logistic regression on the network's figures and on what
a check found the two to clash on, on the pairs of all events in which a check found something, since few are labelled; the network has
seen five sixths of them. Fitted on the labels with the pairs of event_corrections.json. Writes
parallax-en/heads/decision.json and parallax-en/decision_figures.json; those are of cross-validation over the events left out.
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

import make_manifest
from event_pairs import CONFLICT, NONE, SAME, held_out_events, labelled_sentences, sigmoid

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "models" / "parallax-en"
BINARY = ROOT / "target" / "release" / "examples" / "event_pairs"
READ = ("read_shared", "read_same", "read_conflicting")
KINDS = ("number", "date", "place", "polarity", "modality")  # Conflict::ALL of src/records/framing.rs
MOST = 8.0  # src/cluster/decision.rs
LEAST_PRIOR = 0.05
FOLDS = 6
PENALTY = 0.1


class Logistic:
    """Logistic regression whose weights are for the figures as they are."""

    def __init__(self, figures, labels, penalty=PENALTY):
        mean, deviation = figures.mean(axis=0), np.maximum(figures.std(axis=0), 1e-6)
        model = LogisticRegression(C=penalty, max_iter=3000).fit((figures - mean) / deviation, labels)
        self.weights = model.coef_[0] / deviation
        self.bias = float(model.intercept_[0] - (self.weights * mean).sum())

    def log_odds(self, figures):
        return figures @ self.weights + self.bias

    def to_json(self):
        return {"bias": round(self.bias, 5), "weights": [round(float(weight), 5) for weight in self.weights]}


class Looked:
    """The pairs that matching looks at, with their figures and labels."""

    def __init__(self, data, rows, corrected):
        names = list(rows[0])
        self.evidence_names = names[names.index("clash_b") + 1 :]
        self.events = np.array([row["event"] for row in rows])
        self.evidence = np.array([[float(row[name]) for name in self.evidence_names] for row in rows])
        self.read = np.array([[float(row[name] or "nan") for name in READ] for row in rows])
        self.clashes = np.array([[row["conflict"] == kind for kind in KINDS] for row in rows], float)
        sentences, labels = labelled_sentences(data, corrected)
        of_place = {(article, field, start, end): id for id, (article, field, start, end) in zip(sentences.ids, sentences.places)}
        place = lambda row, side: (row[f"article_{side}"], row[f"field_{side}"], int(row[f"start_{side}"]), int(row[f"end_{side}"]))
        label = lambda row: labels.get(tuple(sorted(of_place.get(place(row, side), "") for side in "ab")), NONE)
        self.labels = np.array([label(row) for row in rows])
        # What is not looked at is lost: recall is of all labelled pairs.
        outlet = dict(zip(sentences.ids, sentences.outlets))
        event = dict(zip(sentences.ids, sentences.events))
        self.all = [(event[a], value) for (a, b), value in labels.items() if outlet[a] != outlet[b]]

    def total(self, events, values):
        return sum(event in events and value in values for event, value in self.all)


def kept_rows(options):
    """The pairs that matching looks at, all of them read by the network."""
    if options.keep and options.keep.exists():
        text = options.keep.read_text(encoding="utf-8")
    else:
        names = json.loads((MODEL / "heads" / "verifier.json").read_text(encoding="utf-8"))["evidence"]
        nothing = lambda n: {"bias": 0.0, "weights": [0.0] * n}
        n_read = len(READ)
        sizes = [len(names), len(names) + n_read, len(names) + n_read, n_read + len(KINDS)]
        write_decision(names, *map(nothing, sizes), least=0.0)
        text = looked_at(options.data)
        if options.keep:
            options.keep.write_text(text, encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def looked_at(data, model=MODEL):
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder) / "articles.jsonl"
        articles.write_bytes(gzip.decompress((data / "claim_match" / "event_articles.jsonl.gz").read_bytes()))
        return subprocess.run([BINARY, articles, model], check=True, stdout=subprocess.PIPE, text=True).stdout


def figures_of(read, prior):
    return np.column_stack([np.clip(read, -MOST, MOST) / MOST, prior])


def at_precision(score, any_match, same, precision, n_same):
    """The lowest threshold at which so many of the pairs above it are a match, and the recall of `same` there."""
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(any_match[order]) / np.arange(1, len(order) + 1)
    good = np.where(share >= precision)[0]
    good = good[good >= 20]
    return (float(score[order[good[-1]]]), float(same[order[: good[-1] + 1]].sum() / n_same)) if len(good) else (1.0, 0.0)


def write_decision(names, prior, shared, same, conflicting, least=LEAST_PRIOR):
    decision = {"evidence": names, "prior": prior, "least_prior": least, "shared": shared, "same": same, "conflicting": conflicting}
    (MODEL / "heads" / "decision.json").write_text(json.dumps(decision, indent=1) + "\n", encoding="utf-8", newline="\n")
    make_manifest.main()


def folded(combined, prior):
    """The weights of read figures and evidence of a model on read figures and a prior's log-odds."""
    weights = np.concatenate([combined.weights[: len(READ)], combined.weights[len(READ)] * prior.weights])
    result = Logistic.__new__(Logistic)
    result.weights, result.bias = weights, combined.bias + float(combined.weights[len(READ)] * prior.bias)
    return result


def fit(found, rows, wanted, read_rows):
    """A prior on `rows`, and a model of the read figures and that prior's log-odds on `read_rows`."""
    prior = Logistic(found.evidence[rows], wanted[rows])
    log_odds = prior.log_odds(found.evidence)
    combined = Logistic(figures_of(found.read[read_rows], log_odds[read_rows]), wanted[read_rows], 1.0)
    return prior, folded(combined, prior)


def scores(found, model, rows):
    read = np.clip(found.read[rows], -MOST, MOST) / MOST
    return sigmoid(model.log_odds(np.hstack([read, found.evidence[rows]])))


def clash_figures(found):
    return np.hstack([np.clip(found.read, -MOST, MOST) / MOST, found.clashes])


def fit_conflicts(found, rows):
    """On those of the rows in which a check found a clash."""
    rows = rows & (found.clashes.sum(axis=1) > 0)
    return Logistic(clash_figures(found)[rows], found.labels[rows] == CONFLICT, 1.0)


def forecast_conflicts(found):
    """Of cross-validation over all events: what `conflicting` gives from each probability on."""
    number = {event: n for n, event in enumerate(sorted(set(found.events)))}
    folds = np.array([number[event] % FOLDS for event in found.events])
    score = np.zeros(len(folds))
    for fold in range(FOLDS):
        score[folds == fold] = sigmoid(fit_conflicts(found, folds != fold).log_odds(clash_figures(found)[folds == fold]))
    score[found.clashes.sum(axis=1) == 0] = 0
    wanted, n = found.labels == CONFLICT, found.total(set(found.events), (CONFLICT,))
    report = {"labelled": n, "with a clash": int((wanted & (found.clashes.sum(axis=1) > 0)).sum())}
    for least in (0.2, 0.35, 0.5):
        given = score >= least
        report[f"from {least} on: pairs, labelled"] = [int(given.sum()), int((given & wanted).sum())]
    return report


def forecast(found):
    """Figures of cross-validation over the events that the network did not see."""
    any_match, same = found.labels > NONE, found.labels == SAME
    unseen = held_out_events(found.events)
    out = np.isin(found.events, list(unseen))
    fold_of = {event: number % FOLDS for number, event in enumerate(sorted(unseen))}
    folds = np.array([fold_of.get(event, -1) for event in found.events])
    shared_score, same_score, prior_score = np.zeros(len(out)), np.zeros(len(out)), np.zeros(len(out))
    for fold in range(FOLDS):
        test, seen = folds == fold, (folds != fold)
        prior, shared = fit(found, seen, any_match, seen & out)
        _, main_same = fit(found, seen, same, seen & out)
        shared_score[test], same_score[test] = scores(found, shared, test), scores(found, main_same, test)
        prior_score[test] = sigmoid(prior.log_odds(found.evidence[test]))
    read = out & (prior_score >= LEAST_PRIOR)
    score = np.where(read, shared_score, prior_score * 1e-3)[out]

    n_same, n_any = found.total(unseen, (SAME,)), found.total(unseen, (1, SAME, CONFLICT))
    precision = lambda value: at_precision(score, any_match[out], same[out], value, n_same)
    rounded = lambda value: round(float(value), 4)
    average = lambda labels, value, n: rounded(average_precision_score(labels, value) * labels.sum() / n)
    called = same_score[out] >= shared_score[out] / 2
    least = score >= precision(0.9)[0]
    return {
        "events left out": len(unseen),
        "pairs looked at": int(out.sum()),
        "pairs read": int(read.sum()),
        "same among those looked at": rounded(same[out].sum() / n_same),
        "same among those read": rounded(same[read].sum() / n_same),
        "average precision, any match": average(any_match[out], score, n_any),
        "average precision, any match, by the evidence alone": average(any_match[out], prior_score[out], n_any),
        "average precision, any match, by the network alone": average(any_match[out], np.nan_to_num(found.read[out, 0], nan=-20.0), n_any),
        "average precision, same": average(same[out], same_score[out], n_same),
        **{
            f"precision {value}: threshold, recall of same": [rounded(part) for part in precision(value)]
            for value in (0.8, 0.85, 0.9, 0.95, 0.97)
        },
        "matches at .9 that are called same: precision, recall among them": [
            rounded(same[out][least & called].mean()),
            rounded((same[out] & least & called).sum() / max((same[out] & least).sum(), 1)),
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, help="a file for the pairs that are looked at, to be read again by the next run")
    options = parser.parse_args()
    rows = kept_rows(options)
    found = Looked(options.data, rows, True)
    report = {"labels as given": forecast(Looked(options.data, rows, False)), "with event_corrections.json": forecast(found)}
    report["conflicts"] = forecast_conflicts(found)
    print(json.dumps(report, indent=1))

    any_match, same = found.labels > NONE, found.labels == SAME
    everything, out = np.ones(len(any_match), bool), np.isin(found.events, list(held_out_events(found.events)))
    prior, shared = fit(found, everything, any_match, out)
    _, main_same = fit(found, everything, same, out)
    conflicting = fit_conflicts(found, everything)
    write_decision(found.evidence_names, *(model.to_json() for model in (prior, shared, main_same, conflicting)))
    (MODEL / "decision_figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
