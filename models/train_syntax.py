"""Trains the syntax head on the frozen encoder, measures it, and writes it with its figures.

    python models/train_syntax.py DATA [--ladder] [--states FILE] [--held-out FILE]

Data: syntax/ud_ewt (Universal Dependencies English EWT, CC BY-SA 4.0), split by document (`syntax_data.part_of`): a sixth held
out, a tenth to choose on (`dev`), the rest to train on. Words are those of `src/encode/words.rs`. `--ladder` measures every
candidate on `dev`; without it only the chosen one is trained. Figures are of the weights as they are stored. The intervals are 95% of 1,000 bootstrap samples of
documents. `--states` keeps the encoder's states (1 GB) between runs, `--held-out` writes the held-out documents, which
`parallax evaluate agency` scores.
"""

import argparse
import datetime
import hashlib
import json
import random
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from encoder import Encoder, equal_length_batches
from make_golden import GOLDEN, golden_sentences
from syntax_data import RELATIONS, TAGS, part_of, read_treebank, words_of
from syntax_head import SURFACE, SyntaxHead, surface

MODEL = Path(__file__).parent / "parallax-en"
LAYERS = 6
BATCH_WORDS, PROJECTION_WORDS, BOOTSTRAP_SAMPLES = 1500, 30000, 1000
CHOSEN = {"layers": [3, 4, 5], "components": 256, "hidden": 256, "context_layers": 2, "dropout": 0.25, "epochs": 20, "rate": 3e-3}
CANDIDATES = {
    "layers 3,4,5": CHOSEN,
    "layers 3,4,5, 256 hidden": CHOSEN | {"hidden": 256},
    "layers 3,4,5, two context layers": CHOSEN | {"context_layers": 2},
    "layers 4,6": CHOSEN | {"layers": [4, 6]},
}
PASSIVE, BY = TAGS.index("VERB:pass"), RELATIONS.index("obl:agent")
PAIRS = {
    "subject": [RELATIONS.index("nsubj"), RELATIONS.index("nsubj:pass")],
    "object": [RELATIONS.index("obj")],
    "by_agent": [BY],
}


class Corpus:
    """`states` [words, LAYERS, 384] in 16 bits for all sentences, `surface` [words, SURFACE]."""

    def __init__(self, data, path):
        self.counts = Counter()
        self.sentences = [s for s in read_treebank(data / "syntax" / "ud_ewt.conllu.gz", self.counts)]
        self.starts = np.cumsum([0] + [len(sentence.words) for sentence in self.sentences])
        self.part = np.array([part_of(sentence.document) for sentence in self.sentences])
        if path and path.exists():
            self.states = np.load(path, mmap_mode="r")
        else:
            self.states = word_states([s.text for s in self.sentences], [s.words for s in self.sentences], range(1, LAYERS + 1))
            if path:
                np.save(path, self.states)
        self.surface = np.concatenate([surface(sentence.text, sentence.words) for sentence in self.sentences])

    def rows(self, *parts):
        """Sentences of these parts that have a word."""
        return [row for row in np.flatnonzero(np.isin(self.part, parts)) if self.sentences[row].words]

    def inputs(self, layers):
        chosen = self.states[:, [layer - 1 for layer in layers]].astype(np.float32).reshape(len(self.states), -1)
        return np.concatenate([chosen, self.surface], axis=1)


def word_states(texts, words, layers):
    """Mean states of the pieces of each word: float16 [words of all texts, layers, 384]."""
    encoder = Encoder(MODEL)
    encodings = encoder.tokenizer.encode_batch(texts)
    starts = np.cumsum([0] + [len(spans) for spans in words])
    states = np.zeros((int(starts[-1]), len(layers), 384), np.float16)
    outputs = [f"token_states_{layer}" for layer in layers]
    for rows in equal_length_batches([encoding.ids for encoding in encodings]):
        ids = np.array([encodings[row].ids for row in rows], np.int64)
        of_batch = np.stack(encoder.session.run(outputs, {"input_ids": ids}), axis=1)
        for row, of_text in zip(rows, of_batch):
            for word, (start, end) in enumerate(words[row], starts[row]):
                pieces = [i for i, (left, right) in enumerate(encodings[row].offsets) if left < end and right > start]
                if pieces:
                    states[word] = of_text[:, pieces].mean(axis=1)
    return states


def batches(corpus, rows, shuffle=None):
    """Sentences of nearly one length together, at most BATCH_WORDS words with the filling."""
    length = lambda row: len(corpus.sentences[row].words)
    order = sorted(rows, key=lambda row: length(row) + (shuffle.random() * 3 if shuffle else 0))
    found = []
    for row in order:
        if found and (len(found[-1]) + 1) * max(map(length, found[-1] + [row])) <= BATCH_WORDS:
            found[-1].append(row)
        else:
            found.append([row])
    if shuffle:
        shuffle.shuffle(found)
    return found


def tensors(corpus, inputs, rows):
    """Inputs, mask, heads (the root is the last position), tags, relations; -100 where there is no word."""
    n = max(len(corpus.sentences[row].words) for row in rows)
    values, mask = torch.zeros(len(rows), n, inputs.shape[1]), torch.zeros(len(rows), n, dtype=torch.bool)
    heads, tags, relations = (torch.full((len(rows), n), -100) for _ in range(3))
    for place, row in enumerate(rows):
        sentence = corpus.sentences[row]
        k = len(sentence.words)
        values[place, :k], mask[place, :k] = inputs[corpus.starts[row] : corpus.starts[row + 1]], True
        heads[place, :k] = torch.tensor([n if head < 0 else head for head in sentence.heads])
        tags[place, :k], relations[place, :k] = torch.tensor(sentence.tags), torch.tensor(sentence.relations)
    return values, mask, heads, tags, relations


def train(corpus, inputs, rows, settings, seed=0):
    """AdamW with a rate that rises for a tenth of the steps and then falls to 0."""
    torch.manual_seed(seed)
    shuffle = random.Random(seed)
    keys = ("hidden", "context_layers", "dropout")
    head = SyntaxHead(inputs.shape[1], len(TAGS), len(RELATIONS), **{key: settings[key] for key in keys})
    optimiser = torch.optim.AdamW(head.parameters(), lr=settings["rate"], weight_decay=0.01, betas=(0.9, 0.98))
    epochs = [batches(corpus, rows, shuffle) for _ in range(settings["epochs"])]
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings["rate"], total_steps=sum(map(len, epochs)) + 1, pct_start=0.1, anneal_strategy="linear"
    )
    loss_of = torch.nn.CrossEntropyLoss()
    for number, epoch in enumerate(epochs):
        total = 0.0
        for batch in epoch:
            values, mask, heads, tags, relations = tensors(corpus, inputs, batch)
            states = head.words(values, mask)
            loss = loss_of(head.arcs(states, mask).flatten(0, 1), heads.flatten())
            loss = loss + loss_of(head.relations(states, heads.clamp(min=0)).flatten(0, 1), relations.flatten())
            loss = loss + loss_of(head.tag(states).flatten(0, 1), tags.flatten())
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(head.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {number + 1}: loss {total / len(epoch):.3f}", flush=True)
    return head.eval()


def predict(corpus, inputs, head, rows):
    """Tags, heads and relations of each sentence; a head of -1 is the root."""
    found = {}
    with torch.no_grad():
        for batch in batches(corpus, rows):
            values, mask, *_ = tensors(corpus, inputs, batch)
            states = head.words(values, mask)
            heads = head.arcs(states, mask).argmax(2)
            relations = head.relations(states, heads)
            relations[..., 0] = -1e9
            relations = relations.argmax(2).masked_fill(heads == mask.shape[1], 0)
            heads = heads.masked_fill(heads == mask.shape[1], -1)
            for place, row in enumerate(batch):
                k = len(corpus.sentences[row].words)
                found[row] = tuple(part[place, :k].numpy() for part in (head.tag(states).argmax(2), heads, relations))
    return found


def counts_of(sentence, found):
    """What the figures are sums of."""
    tags, heads, relations = map(np.array, (sentence.tags, sentence.heads, sentence.relations))
    given_tags, given_heads, given_relations = found
    same_head = heads == given_heads
    passive, given_passive = tags == PASSIVE, given_tags == PASSIVE
    counts = {
        "words": len(tags), "tags": (tags == given_tags).sum(), "heads": same_head.sum(),
        "heads and relations": (same_head & (relations == given_relations)).sum(),
        "passive": passive.sum(), "passive given": given_passive.sum(), "passive both": (passive & given_passive).sum(),
    }
    named = [set(heads[relations == BY]), set(given_heads[given_relations == BY])]
    both = np.flatnonzero(passive & given_passive)
    counts["named right"] = sum((verb in named[0]) == (verb in named[1]) for verb in both)
    for name, classes in PAIRS.items():
        pair, given = np.isin(relations, classes), np.isin(given_relations, classes)
        counts |= {name: pair.sum(), name + " given": given.sum(), name + " both": (pair & given & same_head).sum()}
    return counts


def figures_of(counts):
    """`counts` by name: arrays of one shape."""
    f1 = lambda name: 2 * counts[name + " both"] / (counts[name] + counts[name + " given"])
    return {
        "tag_accuracy": counts["tags"] / counts["words"],
        "uas": counts["heads"] / counts["words"],
        "las": counts["heads and relations"] / counts["words"],
        "passive_precision": counts["passive both"] / counts["passive given"],
        "passive_recall": counts["passive both"] / counts["passive"],
        "agentless_or_by_accuracy": counts["named right"] / counts["passive both"],
    } | {name + "_f1": f1(name) for name in PAIRS}


def measure(corpus, found):
    """Each figure with its interval."""
    rows = sorted(found)
    documents = {name: n for n, name in enumerate(sorted({corpus.sentences[row].document for row in rows}))}
    of_row = [counts_of(corpus.sentences[row], found[row]) for row in rows]
    names = list(of_row[0])
    table = np.zeros((len(documents), len(names)))
    for row, counts in zip(rows, of_row):
        table[documents[corpus.sentences[row].document]] += [counts[name] for name in names]
    n = len(documents)
    samples = np.random.default_rng(0).multinomial(n, np.full(n, 1 / n), BOOTSTRAP_SAMPLES) @ table
    values = figures_of(dict(zip(names, table.sum(axis=0))))
    with np.errstate(invalid="ignore"):
        samples = figures_of(dict(zip(names, samples.T)))
    interval = lambda name: dict(zip(("low", "high"), np.nanpercentile(samples[name], [2.5, 97.5]).round(4)))
    return {name: {"value": round(float(value), 4)} | interval(name) for name, value in values.items()}


def report(name, figures):
    print(f"{name:30}", "  ".join(f"{key} {f['value']:.3f} [{f['low']:.3f}, {f['high']:.3f}]" for key, f in figures.items()), flush=True)


def projection(raw, settings):
    """The linear map from raw inputs to what the head is trained on: the first principal components of the standardised states,
    each with variance 1, and the surface figures as they are. Returns (mean [width], map [width, components + SURFACE])."""
    n_states = raw.shape[1] - SURFACE
    sample = raw[:: len(raw) // PROJECTION_WORDS + 1]
    mean, deviation = sample.mean(axis=0), np.maximum(sample.std(axis=0), 0.05)  # a few are always 0
    mean[n_states:], deviation[n_states:] = 0, 1
    scaled = ((sample - mean) / deviation)[:, :n_states]
    values, vectors = np.linalg.eigh(scaled.T @ scaled / len(scaled))
    values, vectors = values[::-1][: settings["components"]], vectors[:, ::-1][:, : settings["components"]]
    print(f"{values.sum() / n_states:.3f} of the variance is in {len(values)} components", flush=True)
    matrix = np.zeros((raw.shape[1], len(values) + SURFACE), np.float32)
    matrix[:n_states, : len(values)] = vectors / np.sqrt(values)
    matrix[n_states:, len(values) :] = np.eye(SURFACE)
    return mean, matrix / deviation[:, None]


def fit(corpus, settings):
    """A head for raw inputs, and those."""
    raw = corpus.inputs(settings["layers"])
    rows = corpus.rows("train")
    words = np.concatenate([np.arange(corpus.starts[row], corpus.starts[row + 1]) for row in rows])
    mean, matrix = projection(raw[words], settings)
    projected = np.concatenate([(raw[start : start + 8192] - mean) @ matrix for start in range(0, len(raw), 8192)])
    head = train(corpus, torch.from_numpy(projected), rows, settings)
    with torch.no_grad():
        weight = head.input.weight @ torch.from_numpy(matrix.T)
        bias = head.input.bias - weight @ torch.from_numpy(mean)
        head.input = torch.nn.Linear(*matrix.shape[:1], len(weight))
        head.input.weight.copy_(weight)
        head.input.bias.copy_(bias)
        for parameter in head.parameters():
            parameter.copy_(parameter.half().float())
    return head, torch.from_numpy(raw)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--ladder", action="store_true", help="measure every candidate on the dev documents")
    parser.add_argument("--states", type=Path, help="a .npy file that keeps the encoder's states between runs")
    parser.add_argument("--held-out", type=Path, help="where the held-out documents are written, in CoNLL-U")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    corpus = Corpus(arguments.data, arguments.states)
    if arguments.held_out:
        write_held_out(corpus, arguments.held_out)
    for name, count in corpus.counts.most_common(12):
        print(f"{count:7} {name}")
    dev, chosen = {}, None
    for name, settings in CANDIDATES.items():
        if settings is CHOSEN or arguments.ladder:
            head, inputs = fit(corpus, settings)
            dev[name] = measure(corpus, predict(corpus, inputs, head, corpus.rows("dev")))
            report(name + ", dev", dev[name])
            if settings is CHOSEN:
                chosen, held_out = head, measure(corpus, predict(corpus, inputs, head, corpus.rows("held_out")))
                report(name + ", held out", held_out)
    head = chosen
    write_head(head)
    write_golden(corpus, head)
    figures = {
        "command": "python models/train_syntax.py DATA",
        "date": datetime.date.today().isoformat(),
        "model_sha256": hashlib.sha256((MODEL / "model.onnx").read_bytes()).hexdigest(),
        "documents": dict(sorted(Counter(part_of(name) for name in {s.document for s in corpus.sentences}).items())),
        "sentences": dict(sorted(Counter(corpus.part.tolist()).items())),
        "words": dict(corpus.counts.most_common()),
        "chosen": CHOSEN,
        "held_out": held_out,
        "dev": dev,
    }
    (MODEL / "syntax_figures.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8", newline="\n")


def write_held_out(corpus, path):
    lines = ["\n".join(s.lines) + "\n\n" for s, part in zip(corpus.sentences, corpus.part) if part == "held_out"]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def write_head(head):
    tensors = {name: np.ascontiguousarray(value.detach().numpy(), np.float16) for name, value in head.named_parameters()}
    metadata = {"task": "syntax", "layers": ",".join(map(str, CHOSEN["layers"])), "tags": ",".join(TAGS), "relations": ",".join(RELATIONS)}
    path = MODEL / "heads" / "syntax.safetensors"
    path.write_bytes(with_sorted_header(save(tensors, metadata)))


def with_sorted_header(file):
    """The same tensors; the writer takes the names of the metadata from a hash map, in any order."""
    length = int.from_bytes(file[:8], "little")
    header = json.dumps(json.loads(file[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + file[8 + length :]


def write_golden(corpus, head):
    """What the head says of the golden sentences, for the test `agency`."""
    texts = golden_sentences()
    words = [words_of(text) for text in texts]
    states = word_states(texts, words, CHOSEN["layers"]).astype(np.float32)
    rows, start = [], 0
    for text, spans in zip(texts, words):
        if not spans:
            rows.append({"tags": [], "heads": [], "relations": []})
            continue
        inputs = np.concatenate([states[start : start + len(spans)].reshape(len(spans), -1), surface(text, spans)], axis=1)
        start += len(spans)
        with torch.no_grad():
            mask = torch.ones(1, len(spans), dtype=torch.bool)
            found = head.words(torch.from_numpy(inputs)[None], mask)
            heads = head.arcs(found, mask).argmax(2)
            relations = head.relations(found, heads)
            relations[..., 0] = -1e9
            relations = relations.argmax(2).masked_fill(heads == len(spans), 0)[0].tolist()
            heads = [-1 if place == len(spans) else place for place in heads[0].tolist()]
            rows.append({"tags": head.tag(found).argmax(2)[0].tolist(), "heads": heads, "relations": relations})
    golden = {"tags": TAGS, "relations": RELATIONS, "sentences": rows}
    (GOLDEN / "syntax.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
