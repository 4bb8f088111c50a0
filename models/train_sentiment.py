"""Trains the sentiment head, measures it, and writes it with its figures.

    python models/train_sentiment.py DATA

Data: sentiment/newsmtsc_train (MIT), sentiment/vader_nyt_half (MIT) and the scores of models/sentiment_ratings.jsonl. Features: the mean of the token
states of some layers of models/parallax-en/model.onnx. Labels are soft: a NewsMTSC sentence gets the shares of its targets that are negative, neutral
and positive; an NYT snippet the shares of its 20 raters below, at and above 0; a rated sentence the shares of the NYT snippets whose mean is near its
score.

Every candidate is measured on five folds that share no event (NewsMTSC, rated sentences of it among them) and no article (NYT). The snippets that readers
of other sentences saw as examples are in no figure. The candidate with the highest Pearson's r is trained again on all rows and written to
parallax-en/heads/. The intervals are 95% of 1,000 bootstrap samples of events and articles.
"""

import argparse
import datetime
import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from corpora import newsmtsc_sentences, nyt_rows
from encoder import Encoder
from make_golden import GOLDEN, golden_sentences
from sentiment_head import fit_head, softmax
from sentiment_ratings import examples, ratings, texts

MODEL = Path(__file__).parent / "parallax-en"
CLASSES = ["negative", "neutral", "positive"]
FOLDS, BOOTSTRAP_SAMPLES = 5, 1000
LINEAR = {"hidden": 0, "l2": 0.03}
HIDDEN = {"hidden": 32, "l2": 0.3, "epochs": 10, "dropout": 0.4, "seeds": 3}
# How much a row weighs: of NewsMTSC, of NYT, rated by a reader.
WITHOUT_RATED, EQUAL, NYT_FIRST = (1.0, 1.0, 0.0), (1.0, 1.0, 1.0), (0.5, 2.0, 1.0)
CANDIDATES = {
    "linear, layers 3,4,5,6, without readers' scores": ([3, 4, 5, 6], LINEAR, WITHOUT_RATED),
    "hidden, layers 3,4,5,6, without readers' scores": ([3, 4, 5, 6], HIDDEN, WITHOUT_RATED),
    "linear, layers 3,4,5,6, all rows alike": ([3, 4, 5, 6], LINEAR, EQUAL),
    "hidden, layers 3,4,5,6, all rows alike": ([3, 4, 5, 6], HIDDEN, EQUAL),
    "linear, layers 3,4,5,6": ([3, 4, 5, 6], LINEAR, NYT_FIRST),
    "hidden, layer 6": ([6], HIDDEN, NYT_FIRST),
    "hidden, layers 3,4,5,6": ([3, 4, 5, 6], HIDDEN, NYT_FIRST),
    "hidden, layers 3,4,5,6, 15 epochs": ([3, 4, 5, 6], HIDDEN | {"epochs": 15}, NYT_FIRST),
}
N_GROUPS = 25  # groups of NYT snippets by their mean, that tell the shares of a score


class Corpus:
    """All rows: NewsMTSC sentences, NYT snippets, rated sentences. `targets` are soft labels [rows, 3], `kinds` 0, 1 and 2. A row of no fold is always trained on."""

    def __init__(self, data):
        news, editorials = newsmtsc_sentences(data), nyt_rows(data)
        self.news, self.nyt = len(news), slice(len(news), len(news) + len(editorials))
        self.texts = [sentence.text for sentence in news] + [row["text"] for row in editorials]
        self.groups = [sentence.event for sentence in news] + [f"nyt_{row['article']}" for row in editorials]
        self.labels = [[CLASSES.index(label) for label in sentence.labels] for sentence in news]
        self.scores = np.array([row["score"] for row in editorials])
        shown = {row["id"] for row in examples(editorials)}
        self.was_shown = np.array([row["id"] in shown for row in editorials])
        shares = [shares_of(labels) for labels in self.labels]
        shares += [shares_of([1 + int(np.sign(rating)) for rating in row["ratings"]]) for row in editorials]
        event_of = dict(zip(self.texts, self.groups))
        text_of, scores = texts(data), {id: score for id, score in ratings().items() if not id.startswith("nyt ")}
        self.texts += [text_of[id] for id in scores]
        self.groups += [event_of.get(text_of[id], "") for id in scores]
        people = np.array(shares, np.float32)
        self.targets = np.concatenate([people, shares_at(np.array(list(scores.values())), self.scores, people[self.nyt])]).astype(np.float32)
        self.kinds = np.repeat([0, 1, 2], [len(news), len(editorials), len(scores)])
        self.folds = np.array([int(hashlib.sha256(group.encode()).hexdigest(), 16) % FOLDS if group else FOLDS for group in self.groups])


def shares_at(scores, means, shares):
    """The shares of negative, neutral and positive ratings at some scores: those of the snippets near it, by their means, with straight lines between."""
    groups = np.array_split(np.argsort(means, kind="stable"), N_GROUPS)
    places = [means[rows].mean() for rows in groups]
    found = np.stack([np.interp(scores, places, [shares[rows, column].mean() for rows in groups]) for column in range(3)], axis=1)
    return found / found.sum(axis=1, keepdims=True)


def shares_of(labels):
    return np.bincount(labels, minlength=3) / len(labels)


def out_of_fold(corpus, predict):
    """`predict(train_rows, test_rows)` gives probabilities; every row is predicted by a head that saw no row of its group."""
    result = np.zeros((len(corpus.texts), 3))
    for fold in range(FOLDS):
        test = np.flatnonzero(corpus.folds == fold)
        result[test] = predict(np.flatnonzero(corpus.folds != fold), test)
    return result


def fitted(corpus, features, settings, weights, rows):
    weights = np.array(weights, np.float32)[corpus.kinds[rows]]
    rows, weights = rows[weights > 0], weights[weights > 0]
    return fit_head(features[rows], corpus.targets[rows], weights, settings)


def head_predictor(corpus, features, settings, weights):
    def predict(train, test):
        return fitted(corpus, features, settings, weights, train).probabilities(features[test])

    return predict


def tfidf_predictor(corpus):
    """Logistic regression on words and pairs of words; a soft label is three rows with its shares as weights."""

    def predict(train, test):
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        rows = words.fit_transform([corpus.texts[row] for row in train])
        copies, classes = np.nonzero(corpus.targets[train])
        model = LogisticRegression(C=3.0, max_iter=300)
        model.fit(rows[copies], classes, sample_weight=corpus.targets[train][copies, classes])
        return model.predict_proba(words.transform([corpus.texts[row] for row in test]))

    return predict


def vader_rows(texts):
    """VADER's compound score of each text, and one-hot classes by the thresholds of its authors (±0.05)."""
    vader = SentimentIntensityAnalyzer()
    compounds = np.array([vader.polarity_scores(text)["compound"] for text in texts])
    return compounds, np.eye(3)[1 + (compounds >= 0.05).astype(int) - (compounds <= -0.05)]


class Figures:
    """Figures of one system, with the same bootstrap samples for each system."""

    def __init__(self, corpus):
        self.corpus = corpus
        self.news_row = np.repeat(np.arange(corpus.news), [len(labels) for labels in corpus.labels])
        self.news_label = np.concatenate(corpus.labels)
        news_groups, nyt_groups = corpus.groups[: corpus.news], corpus.groups[corpus.nyt]
        self.news_group = np.unique(news_groups, return_inverse=True)[1]
        members = [np.flatnonzero((np.array(nyt_groups) == group) & ~corpus.was_shown) for group in sorted(set(nyt_groups))]
        self.nyt_members = [rows for rows in members if len(rows)]
        random = np.random.default_rng(0)
        groups = self.news_group.max() + 1
        self.news_samples = random.multinomial(groups, np.full(groups, 1 / groups), BOOTSTRAP_SAMPLES)
        self.nyt_samples = random.integers(0, len(self.nyt_members), (BOOTSTRAP_SAMPLES, len(self.nyt_members)))

    def news(self, probabilities):
        """macro-F1 and accuracy over the NewsMTSC rows: values, and samples [BOOTSTRAP_SAMPLES]."""
        guess = probabilities[: self.corpus.news].argmax(axis=1)[self.news_row]
        tables = np.zeros((self.news_group.max() + 1, 9))
        np.add.at(tables, (self.news_group[self.news_row], self.news_label * 3 + guess), 1)
        value = table_figures(tables.sum(axis=0, keepdims=True))
        samples = table_figures(self.news_samples @ tables)
        return {name: (value[name][0], samples[name]) for name in value}

    def nyt(self, balance):
        """Pearson's and Spearman's r of `balance` (positive minus negative) with the raters' mean."""
        scores = self.corpus.scores
        value = correlations(balance[~self.corpus.was_shown], scores[~self.corpus.was_shown])
        samples = [np.concatenate([self.nyt_members[group] for group in sample]) for sample in self.nyt_samples]
        sampled = [correlations(balance[rows], scores[rows]) for rows in samples]
        return {name: (value[name], np.array([figures[name] for figures in sampled])) for name in value}

    def calibration_error(self, probabilities):
        """Expected calibration error over the NewsMTSC rows: ten bins of equal width by the highest probability."""
        rows = probabilities[: self.corpus.news][self.news_row]
        confidence, right = rows.max(axis=1), rows.argmax(axis=1) == self.news_label
        bins = np.minimum((confidence * 10).astype(int), 9)
        return sum(abs(confidence[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(rows)

    def of(self, probabilities, balance=None):
        if balance is None:
            balance = probabilities[:, 2] - probabilities[:, 0]
        return self.news(probabilities) | self.nyt(balance[self.corpus.nyt])


def table_figures(tables):
    """`tables` [n, 9]: counts of label x guess."""
    tables = tables.reshape(-1, 3, 3)
    right = np.diagonal(tables, axis1=1, axis2=2)
    f1 = 2 * right / (tables.sum(axis=1) + tables.sum(axis=2))
    return {"macro_f1": f1.mean(axis=1), "accuracy": right.sum(axis=1) / tables.sum(axis=(1, 2))}


def correlations(left, right):
    return {
        "pearson": np.corrcoef(left, right)[0, 1],
        "spearman": np.corrcoef(rankdata(left), rankdata(right))[0, 1],
    }


def with_interval(value, samples):
    low, high = np.percentile(samples, [2.5, 97.5])
    return {"value": round(float(value), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def best_temperature(probabilities, targets):
    """The factor on the scores that gives the least cross-entropy on predictions of unseen rows."""
    scores = np.log(probabilities + 1e-12)
    loss = lambda factor: -(targets * np.log(softmax(scores * factor) + 1e-12)).sum()
    return float(minimize_scalar(loss, bounds=(0.3, 3.0), method="bounded").x)


def report(name, figures):
    print(f"{name:45}", "  ".join(f"{key} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for key, f in figures.items()), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--features", type=Path, help="a .npy file that keeps the features between runs")
    arguments = parser.parse_args()
    corpus, encoder = Corpus(arguments.data), Encoder(MODEL)
    states = load_states(arguments.features, encoder, corpus.texts)
    measure = Figures(corpus)

    baselines, samples = {}, {}
    compounds, guesses = vader_rows(corpus.texts)
    for name, raw in (
        ("VADER", measure.of(guesses, compounds)),
        ("TF-IDF, logistic regression", measure.of(out_of_fold(corpus, tfidf_predictor(corpus)))),
    ):
        samples[name] = raw
        baselines[name] = {key: with_interval(*pair) for key, pair in raw.items()}
        report(name, baselines[name])

    candidates, predictions = {}, {}
    for name, (layers, settings, weights) in CANDIDATES.items():
        features = states[:, layers].reshape(len(states), -1)
        predictions[name] = out_of_fold(corpus, head_predictor(corpus, features, settings, weights))
        samples[name] = measure.of(predictions[name])
        candidates[name] = {key: with_interval(*pair) for key, pair in samples[name].items()}
        report(name, candidates[name])

    chosen = max(candidates, key=lambda name: candidates[name]["pearson"]["value"])
    layers, settings, weights = CANDIDATES[chosen]
    by_people = corpus.kinds < 2
    factor = best_temperature(predictions[chosen][by_people], corpus.targets[by_people])
    scaled = softmax(np.log(predictions[chosen] + 1e-12) * factor)
    errors = {"before": measure.calibration_error(predictions[chosen]), "after": measure.calibration_error(scaled)}
    head = fitted(corpus, states[:, layers].reshape(len(states), -1), settings, weights, np.arange(len(states))).scaled(factor)
    write_head(head, layers)
    write_golden(head, layers, encoder)

    gains = {
        f"{key} over {name}": with_interval(value - samples[name][key][0], drawn - samples[name][key][1])
        for name in baselines
        for key, (value, drawn) in samples[chosen].items()
    }
    figures = {
        "command": "python models/train_sentiment.py DATA",
        "date": datetime.date.today().isoformat(),
        "model_sha256": hashlib.sha256((MODEL / "model.onnx").read_bytes()).hexdigest(),
        "rows": {
            "newsmtsc_targets": int(len(measure.news_label)),
            "newsmtsc_sentences": corpus.news,
            "newsmtsc_events": int(measure.news_group.max() + 1),
            "nyt_snippets": len(corpus.scores),
            "nyt_snippets_in_figures": int((~corpus.was_shown).sum()),
            "nyt_articles": len(measure.nyt_members),
            "rated": int((corpus.kinds == 2).sum()),
        },
        "chosen": {"name": chosen, "layers": layers, "settings": settings, "weights": weights, "score_factor": round(factor, 4)},
        "figures": candidates[chosen],
        "gain_of_chosen": gains,
        "expected_calibration_error": {key: round(float(error), 4) for key, error in errors.items()},
        "baselines": baselines,
        "candidates": candidates,
    }
    (MODEL / "sentiment_figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(json.dumps({key: figures[key] for key in ("rows", "chosen", "gain_of_chosen", "expected_calibration_error")}, indent=2))


def load_states(path, encoder, texts):
    """Layer means [texts, 7, 384]."""
    if path and path.exists():
        return np.load(path)
    states = encoder.layer_means(texts, range(7))
    if path:
        np.save(path, states)
    return states


def write_head(head, layers):
    names = ["hidden", "output"][-len(head.layers) :]
    tensors = {}
    for name, (weight, bias) in zip(names, head.layers):
        tensors[name + ".weight"] = np.ascontiguousarray(weight, np.float32)
        tensors[name + ".bias"] = np.ascontiguousarray(bias, np.float32)
    metadata = {
        "task": "sentiment",
        "classes": ",".join(CLASSES),
        "layers": ",".join(map(str, layers)),
        "pooling": "mean",
        "activation": "relu",
    }
    path = MODEL / "heads" / "sentiment.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_file(tensors, path, metadata)
    path.chmod(0o644)  # safetensors makes a file that only its owner can read


def write_golden(head, layers, encoder):
    sentences = golden_sentences()
    features = encoder.layer_means(sentences, layers).reshape(len(sentences), -1)
    rows = [[round(float(share), 6) for share in row] for row in head.probabilities(features)]
    golden = {"classes": CLASSES, "probabilities": rows}
    (GOLDEN / "sentiment.json").write_text(json.dumps(golden) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
