"""Reference values for src/evaluate/figures.rs, from scikit-learn and SciPy: `python tests/golden/make_figures.py`."""

import json
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn import metrics

random = np.random.default_rng(5)


def binary(rows, ties):
    labels = random.integers(0, 2, rows)
    labels[:2] = [0, 1]
    scores = random.normal(labels * 0.8, 1).round(1 if ties else 9)
    copies = random.integers(0, 3, rows)
    copies[:2] = 1
    return {
        "labels": labels.tolist(),
        "scores": scores.tolist(),
        "weights": copies.tolist(),
        "auc": metrics.roc_auc_score(labels, scores, sample_weight=copies),
        "average_precision": metrics.average_precision_score(labels, scores, sample_weight=copies),
    }


def classes(rows, n):
    labels, given = random.integers(0, n, rows), random.integers(0, n, rows)
    given = np.where(random.random(rows) < 0.5, labels, given)
    present = sorted(set(labels.tolist()))
    return {
        "labels": labels.tolist(),
        "given": given.tolist(),
        "n": n,
        "macro_f1": metrics.f1_score(labels, given, labels=present, average="macro", zero_division=0),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, given),
        "accuracy": metrics.accuracy_score(labels, given),
    }


def correlation(rows):
    a = random.normal(size=rows).round(1)
    b = (a + random.normal(size=rows)).round(1)
    copies = random.integers(0, 3, rows)
    a_copied, b_copied = np.repeat(a, copies), np.repeat(b, copies)
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "weights": copies.tolist(),
        "pearson": pearsonr(a_copied, b_copied).statistic,
        "spearman": spearmanr(a_copied, b_copied).statistic,
    }


def grouping(rows, n):
    classes, groups = random.integers(0, n, rows), random.integers(0, n, rows)
    groups = np.where(random.random(rows) < 0.6, classes, groups)
    return {"groups": groups.tolist(), "classes": classes.tolist(), "adjusted_rand": metrics.adjusted_rand_score(classes, groups)}


golden = {
    "binary": [binary(60, False), binary(200, True), binary(7, True)],
    "classes": [classes(50, 2), classes(200, 3), classes(30, 5)],
    "correlation": [correlation(40), correlation(300)],
    "grouping": [grouping(30, 5), grouping(200, 40)],
}
Path(__file__).with_name("figures.json").write_text(json.dumps(golden) + "\n")
