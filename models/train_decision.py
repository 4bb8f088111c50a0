"""Fits what the pair network's figures and the evidence come to, and forecasts how matching does on unseen events.

    cargo build --release --example event_pairs
    python models/train_decision.py DATA

`prior`: logistic regression on the evidence, on all events of event_claims: which pairs the network reads. `shared` and `same`:
logistic regression on the network's three figures and the log-odds of a prior, on the events that models/train_pair.py left out, those of
allsides_8k among them, so that the figures are of events that the network never saw. `conflicting`: logistic regression on the network's figures
and on what a check found the two to clash on, on the pairs of all these events in which a check found something, since few are labelled; the
network has seen most of them.

A pair's label is what readers said of it (models/claim_pairs.py); where two differ, what event_claims says if it is with one of them, and the lesser
of the two otherwise. Pairs that no reader was shown have the label of event_claims with event_corrections.json. Writes parallax-en/heads/decision.json
and parallax-en/decision_figures.json; those are of cross-validation over the events of event_claims left out.
"""

import argparse
import json
import tomllib
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

import make_manifest
from claim_pairs import MOST, READ, articles_of, every_article, given_pairs, ids_by_event, judged_pairs, labelled_pairs, looked_at, pair_of, place
from event_pairs import CONFLICT, NONE, SAME, held_out_events, sigmoid

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "models" / "parallax-en"
KINDS = ("number", "date", "place", "polarity", "modality")  # Conflict::ALL of src/records/framing.rs
LEAST_PRIOR = 0.05
LEAST_SAME = 0.35  # src/cluster/mod.rs
# The example job holds the defaults of every key; a test holds it to them.
CLUSTER = tomllib.loads((ROOT / "seeds" / "job.toml").read_text(encoding="utf-8"))["cluster"]
TIERS = {"both tiers": CLUSTER["possible"], "confirmed": CLUSTER["confirmed"]}
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
    """The pairs that matching looks at, with their figures and labels; of new events those that a reader was shown."""

    def __init__(self, data, rows, judged=None):
        names = list(rows[0])
        self.evidence_names = names[names.index("clash_b") + 1 :]
        labels = labelled_pairs(data, judged) if judged else given_pairs(data, corrected=False)
        pairs = [pair_of((place(row, "a"), place(row, "b"))) for row in rows]
        kept = [(row, pair) for row, pair in zip(rows, pairs) if not is_new(row) or pair in labels]
        rows = [row for row, _ in kept]
        self.events = np.array([row["event"] for row in rows])
        self.is_new = np.array([is_new(row) for row in rows])
        self.evidence = np.array([[float(row[name]) for name in self.evidence_names] for row in rows])
        self.read = np.array([[float(row[name] or "nan") for name in READ] for row in rows])
        self.clashes = np.array([[row["conflict"] == kind for kind in KINDS] for row in rows], float)
        self.labels = np.array([labels.get(pair, (None, NONE))[1] for _, pair in kept])
        # What is not looked at is lost: recall is of all labelled pairs.
        self.all = list(labels.values())

    def total(self, events, values):
        return sum(event in events and value in values for event, value in self.all)


def is_new(row):
    """True for a pair of the events of allsides_8k that are left out: no others of that set are looked at."""
    return row["event"].startswith("N")


def kept_rows(options, judged):
    """The pairs that matching looks at, all of them read by the network."""
    if options.keep and options.keep.exists():
        rows = json.loads(options.keep.read_text(encoding="utf-8"))
    else:
        names = json.loads((MODEL / "heads" / "verifier.json").read_text(encoding="utf-8"))["evidence"]
        nothing = lambda n: {"bias": 0.0, "weights": [0.0] * n}
        n_read = len(READ)
        sizes = [len(names), len(names) + n_read, len(names) + n_read, n_read + len(KINDS)]
        write_decision(names, *map(nothing, sizes), least=0.0)
        sets = articles_of(options.data)
        of_event = ids_by_event(sets["event_claims"])
        for event, places, is_unseen in zip(judged.events, judged.places, judged.is_unseen()):
            if is_unseen:
                of_event[event] = sorted({*of_event[event], *(place.article for place in places)})
        rows = looked_at(every_article(sets), of_event)
        if options.keep:
            options.keep.write_text(json.dumps(rows), encoding="utf-8")
    return rows


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
    number = {event: n for n, event in enumerate(sorted(set(found.events[~found.is_new])))}
    folds = np.array([number[event] % FOLDS if event in number else -1 for event in found.events])
    score = np.zeros(len(folds))
    for fold in range(FOLDS):
        score[folds == fold] = sigmoid(fit_conflicts(found, folds != fold).log_odds(clash_figures(found)[folds == fold]))
    score[found.clashes.sum(axis=1) == 0] = 0
    score[found.is_new] = 0
    wanted, n = (found.labels == CONFLICT) & ~found.is_new, found.total(set(number), (CONFLICT,))
    report = {"labelled": n, "with a clash": int((wanted & (found.clashes.sum(axis=1) > 0)).sum())}
    for least in (0.2, 0.35, 0.5):
        given = score >= least
        report[f"from {least} on: pairs, labelled"] = [int(given.sum()), int((given & wanted).sum())]
    return report


def forecast(found):
    """Figures of cross-validation over the events that the network did not see."""
    any_match, same = found.labels > NONE, found.labels == SAME
    unseen = held_out_events(found.events[~found.is_new])
    out = np.isin(found.events, list(unseen))
    fold_of = {event: number % FOLDS for number, event in enumerate(sorted(unseen))}
    folds = np.array([fold_of.get(event, -1) for event in found.events])
    shared_score, same_score, prior_score = np.zeros(len(out)), np.zeros(len(out)), np.zeros(len(out))
    for fold in range(FOLDS):
        test, seen = folds == fold, (folds != fold)
        prior, shared = fit(found, seen & ~found.is_new, any_match, seen & (out | found.is_new))
        _, main_same = fit(found, seen & ~found.is_new, same, seen & (out | found.is_new))
        shared_score[test], same_score[test] = scores(found, shared, test), scores(found, main_same, test)
        prior_score[test] = sigmoid(prior.log_odds(found.evidence[test]))
    read = out & (prior_score >= LEAST_PRIOR)
    score = np.where(read, shared_score, prior_score * 1e-3)[out]

    n_same, n_any = found.total(unseen, (SAME,)), found.total(unseen, (1, SAME, CONFLICT))
    precision = lambda value: at_precision(score, any_match[out], same[out], value, n_same)
    rounded = lambda value: round(float(value), 4)
    average = lambda labels, value, n: rounded(average_precision_score(labels, value) * labels.sum() / n)
    called = same_score[out] >= LEAST_SAME
    nine_of_ten = score >= precision(0.9)[0]
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
        **{
            f"{tier}, before the checks: precision, recall of same": [
                rounded(any_match[out][score >= least].mean()),
                rounded(same[out][score >= least].sum() / n_same),
            ]
            for tier, least in TIERS.items()
        },
        "matches at .9 that are called same: precision, recall among them": [
            rounded(same[out][nine_of_ten & called].mean()),
            rounded((same[out] & nine_of_ten & called).sum() / max((same[out] & nine_of_ten).sum(), 1)),
        ],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--keep", type=Path, help="a file for the pairs that are looked at, to be read again by the next run")
    options = parser.parse_args()
    judged = judged_pairs()
    rows = kept_rows(options, judged)
    found = Looked(options.data, rows, judged)
    report = {"labels as given": forecast(Looked(options.data, rows)), "with the readers' letters": forecast(found)}
    report["conflicts"] = forecast_conflicts(found)
    print(json.dumps(report, indent=1))

    any_match, same = found.labels > NONE, found.labels == SAME
    of_claims = ~found.is_new
    out = np.isin(found.events, list(held_out_events(found.events[of_claims]))) | found.is_new
    prior, shared = fit(found, of_claims, any_match, out)
    _, main_same = fit(found, of_claims, same, out)
    conflicting = fit_conflicts(found, np.ones(len(out), bool))
    write_decision(found.evidence_names, *(model.to_json() for model in (prior, shared, main_same, conflicting)))
    (MODEL / "decision_figures.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
