"""Trains the head for loaded language, measures it, and writes it with its figures.

    python models/train_loaded.py DATA

Data: loaded_pairs.jsonl, sentences of our own: one made-up fact told plainly and in loaded words. The head is logistic
regression on the mean token states of layers 4 and 6 of parallax-en/model.onnx. The measure adds the word list:
`z = head + LIST_WEIGHT * n / sqrt(words)` (src/annotate/loaded.rs). The head's scale and offset are fitted beside the list:
loaded sentences count one half, our plain ones a quarter, and a quarter NewsMTSC sentences (MIT) whose targets are all
neutral, which are plain for the most part and as hard as news is. Logits of our own sentences are from heads that saw no
sentence of their topic.

BABE's development file, where DATA has it, is only measured on: no text, label or word of it went into the head, the list
or the threshold. Of the two decisions that were taken with its figures in view the model card tells.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import minimize
from sklearn.metrics import f1_score, roc_auc_score

from corpora import newsmtsc_sentences, read_rows
from encoder import Encoder
from sentiment_head import fit_head
from word_list import WordList

ROOT = Path(__file__).parent.parent
MODEL = ROOT / "models" / "parallax-en"
LIST = WordList(ROOT / "src" / "annotate" / "lists" / "loaded_words.txt")
LAYERS, L2, FOLDS = [4, 6], 2.0, 6
LIST_WEIGHT = 5.0  # as in src/annotate/loaded.rs
WORD = re.compile(r"[^\W_]+(?:[-.,'’/&][^\W_]+)*")  # as in src/encode/words.rs


def of_list(texts):
    """What the list adds to the logit of each text."""
    words = np.array([max(1, len(WORD.findall(text))) for text in texts])
    counts = np.array([sum(label != "plain" for label in LIST.found(text)) for text in texts])
    return LIST_WEIGHT * counts / np.sqrt(words)


class Features:
    def __init__(self):
        self.encoder = Encoder(MODEL)

    def of(self, texts):
        return self.encoder.layer_means(texts, LAYERS).reshape(len(texts), -1).astype(np.float64)


def direction(features, labels):
    """Weight and bias of the logit of loaded over plain."""
    head = fit_head(features, np.eye(2)[labels], np.ones(len(labels)), {"hidden": 0, "l2": L2})
    weight, bias = head.layers[0]
    return weight[1] - weight[0], bias[1] - bias[0]


def scale_and_offset(logits, listed, labels, weights):
    """`a` and `c` for which the logistic loss of `a * logits + listed + c` is least."""

    def loss(x):
        z = x[0] * logits + listed + x[1]
        slope = weights * (1 / (1 + np.exp(-z)) - labels)
        return (weights * (np.logaddexp(0, z) - labels * z)).sum(), np.array([(slope * logits).sum(), slope.sum()])

    return minimize(loss, [1.0, 0.0], jac=True, method="L-BFGS-B").x


def figures(labels, scores):
    return {
        "auc": round(float(roc_auc_score(labels, scores)), 4),
        "macro_f1": round(float(f1_score(labels, scores >= 0, average="macro")), 4),
        "best_macro_f1": round(max(float(f1_score(labels, scores >= cut, average="macro")) for cut in np.quantile(scores, np.linspace(0.02, 0.98, 97))), 4),
        "called_loaded": round(float((scores >= 0).mean()), 4),
    }


def main():
    data, features = Path(sys.argv[1]), Features()
    pairs = [json.loads(line) for line in (ROOT / "models" / "loaded_pairs.jsonl").read_text(encoding="utf-8").splitlines()]
    texts = [pair["plain"] for pair in pairs] + [pair["loaded"] for pair in pairs]
    labels = np.repeat([0, 1], len(pairs))
    topics = sorted({pair["topic"] for pair in pairs})
    folds = np.tile([topics.index(pair["topic"]) % FOLDS for pair in pairs], 2)
    x, listed = features.of(texts), of_list(texts)

    unseen = np.zeros(len(texts))
    for fold in range(FOLDS):
        weight, bias = direction(x[folds != fold], labels[folds != fold])
        unseen[folds == fold] = x[folds == fold] @ weight + bias
    weight, bias = direction(x, labels)

    neutral = [sentence.text for sentence in newsmtsc_sentences(data) if set(sentence.labels) == {"neutral"}]
    of_neutral, listed_neutral = features.of(neutral) @ weight + bias, of_list(neutral)
    weights = np.concatenate([np.where(labels == 1, 0.5, 0.25) / len(pairs), np.full(len(neutral), 0.25 / len(neutral))])
    all_labels = np.concatenate([labels, np.zeros(len(neutral))])
    a, c = scale_and_offset(np.concatenate([unseen, of_neutral]), np.concatenate([listed, listed_neutral]), all_labels, weights)

    ours = a * unseen + listed + c
    found = {
        "pairs": len(pairs),
        "scale": round(float(a), 4),
        "offset": round(float(c), 4),
        "our_pairs": {
            "head": figures(labels, a * unseen + c),
            "list": figures(labels, listed - 1e-9),
            "both": figures(labels, ours),
        },
        "our_pairs_in_order": round(float((ours[labels == 1] > ours[labels == 0]).mean()), 4),
        "newsmtsc_neutral_called_loaded": round(float((a * of_neutral + listed_neutral + c >= 0).mean()), 4),
        "mean_logit_of_loaded": {
            side: round(float(np.mean([z for z, pair in zip(ours[labels == 1], pairs) if pair["against"] == side])), 2)
            for side in ("left", "right", "none")
        },
    }

    path = data / "loaded_language" / "babe_dev.jsonl.gz"
    if path.exists():
        rows = [row for row in read_rows(path) if row["label_bias"] != "No agreement"]
        outlets = sorted({row["outlet"] for row in rows}, key=len, reverse=True)
        masked = re.compile(rf"\b(?:{'|'.join(map(re.escape, outlets))})\b", re.IGNORECASE)
        sentences = [masked.sub("the outlet", row["text"]) for row in rows]
        biased = np.array([row["label_bias"] == "Biased" for row in rows], int)
        head, listed = features.of(sentences) @ weight + bias, of_list(sentences)
        found["babe_dev"] = {
            "head": figures(biased, a * head + c),
            "list": figures(biased, listed - 1e-9),
            "both": figures(biased, a * head + listed + c),
        }

    half = ((a * weight) / 2).astype(np.float32)
    offset = np.float32((a * bias + c) / 2)
    tensors = {"output.weight": np.stack([-half, half]), "output.bias": np.array([-offset, offset], np.float32)}
    path = MODEL / "heads" / "loaded_language.safetensors"
    save_file(tensors, path, {"classes": "plain,loaded", "layers": ",".join(map(str, LAYERS))})
    path.chmod(0o644)  # safetensors makes a file that only its owner can read
    text = json.dumps(found, indent=2) + "\n"
    (MODEL / "loaded_figures.json").write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
