"""Draws pairs for labelling differences in framing, and packs what readers wrote into models/framing_labels*.jsonl.

    python models/framing_labels.py draw DATA FOLDER       # FOLDER/tasks-N.jsonl: the pairs with their texts, for readers
    python models/framing_labels.py pack DATA FOLDER       # from FOLDER/labels-N.jsonl, one line a pair: {"pair", "differences"}
    python models/framing_labels.py agree                  # how far the two readers of a pair agree

Readers follow models/FRAMING_CODEBOOK.md and write {"pair": "B001-3", "differences": [{"dimension", "a", "b", "worth"}]}, where
"a" and "b" are words of the sentences or null. Every tenth pair is read by a second reader. The readers of the packed labels were
instances of a large language model, each given the codebook and its pairs and none another's labels. The
events that no network is trained on (event_pairs.HELD_OUT) have a file of their own. The texts stay outside the repository: what is packed are article ids and offsets in characters of the article's field.
"""

import argparse
import json
from itertools import combinations
from pathlib import Path

import numpy as np

from corpora import read_rows
from event_pairs import TermFrequency, held_out_events, plain_figures

FOLDER = Path(__file__).parent
FILES = "framing_labels.jsonl", "framing_labels_held_out.jsonl", "framing_labels_second.jsonl"
READERS, PAIRS, SECOND = 5, 430, 10
OF_WORDS = ("wording", "labelling", "loaded_language", "tone")
DIMENSIONS = "addition wording labelling loaded_language attribution certainty agency quantity quotation placement tone".split()


class Claims:
    """Every second event of three outlets: its articles and its pairs of sentences that are labelled SAME."""

    def __init__(self, data):
        folder = data / "claim_match"
        self.articles = {row["article_id"]: row for row in read_rows(folder / "event_articles.jsonl.gz")}
        events = read_rows(folder / "event_claims.jsonl.gz")
        self.unseen = held_out_events([event["event"] for event in events])
        self.events = [event for event in events if event["event"][0] == "B" and int(event["event"][1:]) % 2]
        self.places = {id: place for event in self.events for id, place in event["sentences"].items()}

    def outlet(self, id):
        return self.articles[id.split("#")[0]]["outlet"]

    def text(self, id):
        field, start, end = self.places[id]
        return self.articles[id.split("#")[0]][field][start:end]

    def drawn(self):
        """PAIRS pairs: of each claim and two outlets the most alike, then others at random."""
        first, rest, rng = [], [], np.random.default_rng(0)
        for event in self.events:
            seen = set()
            frequency = TermFrequency(self.text(id) for id in event["sentences"])
            terms = {id: frequency.vector(self.text(id)) for group in event["same"] for id in group}
            likeness = lambda a, b: plain_figures(0.0, terms[a], terms[b])[1]
            for group in event["same"]:
                by_outlets = {}
                for pair in combinations(sorted(group), 2):
                    outlets = tuple(map(self.outlet, pair))
                    if outlets[0] != outlets[1] and pair not in seen:
                        seen.add(pair)
                        by_outlets.setdefault(outlets, []).append(pair)
                for pairs in by_outlets.values():
                    pairs.sort(key=lambda pair: -likeness(*pair))
                    first.append(pairs[0])
                    rest += pairs[1:]
        others = rng.choice(len(rest), max(PAIRS - len(first), 0), replace=False) if rest else []
        drawn = sorted(first[:PAIRS] + [rest[row] for row in others])
        return [(f"{a.split('-')[0]}-{number}", a, b) for number, (a, b) in enumerate(drawn)]


def readers(number):
    """The readers of a pair: the second one of every tenth."""
    first = number * READERS // PAIRS
    return [first, (first + 1) % READERS] if number % SECOND == 0 else [first]


def task(claims, pair, a, b):
    side = {}
    for name, id in (("a", a), ("b", b)):
        article, place = id.split("#")
        index = -1 if place == "h" else int(place)
        near = {step: f"{article}#{index + step}" for step in (-1, 1)}
        count = sum(other.startswith(article + "#") for other in claims.places)
        side[name] = {
            "outlet": claims.outlet(id),
            "place": "headline" if place == "h" else f"sentence {index + 1} of {count - 1}",
            "before": claims.text(near[-1]) if near[-1] in claims.places and index > 0 else "",
            "sentence": claims.text(id),
            "after": claims.text(near[1]) if near[1] in claims.places and index >= 0 else "",
        }
    return {"pair": pair, **side}


def draw(claims, folder):
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [[] for _ in range(READERS)]
    for number, (pair, a, b) in enumerate(claims.drawn()):
        for reader in readers(number):
            tasks[reader].append(task(claims, pair, a, b))
    for reader, of_reader in enumerate(tasks):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in of_reader)
        (folder / f"tasks-{reader}.jsonl").write_text(lines, encoding="utf-8")


def located(claims, id, words, pair):
    """The offsets of `words` in the article's field; an error where the sentence does not hold them."""
    if not words:
        return None
    field, start, _ = claims.places[id]
    at = claims.text(id).find(words)
    if at < 0:
        raise SystemExit(f"{pair}: {words!r} is not in {claims.text(id)!r}")
    return [start + at, start + at + len(words)]


def packed(claims, pair, a, b, differences):
    def of_difference(found):
        if found["dimension"] not in DIMENSIONS or found["worth"] not in ("useful", "trivial"):
            raise SystemExit(f"{pair}: {found}")
        return {
            "dimension": found["dimension"],
            "a": located(claims, a, found["a"], pair),
            "b": located(claims, b, found["b"], pair),
            "worth": found["worth"],
        }

    place = lambda id: [id.split("#")[0], *claims.places[id]]
    return {"event": a.split("-")[0], "a": place(a), "b": place(b), "differences": [of_difference(found) for found in differences]}


def pack(claims, folder):
    read = [
        {row["pair"]: row["differences"] for row in map(json.loads, (folder / f"labels-{reader}.jsonl").open(encoding="utf-8"))}
        for reader in range(READERS)
    ]
    first, second = [], []
    for number, (pair, a, b) in enumerate(claims.drawn()):
        for rows, reader in zip((first, second), readers(number)):
            rows.append(packed(claims, pair, a, b, read[reader][pair]))
    held_out = [row for row in first if row["event"] in claims.unseen]
    trained = [row for row in first if row["event"] not in claims.unseen]
    for name, rows in zip(FILES, (trained, held_out, second)):
        (FOLDER / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    print(f"{len(trained)} pairs, {len(held_out)} of events held out, {len(second)} of both read twice")


def rows(name):
    return [json.loads(line) for line in (FOLDER / name).open(encoding="utf-8")]


def is_one(found, other):
    """True for two labels of one dimension whose words on a side are mostly the same; choices of words count as one dimension."""
    kind = lambda label: "words" if label["dimension"] in OF_WORDS else label["dimension"]
    share = lambda x, y: (min(x[1], y[1]) - max(x[0], y[0])) / min(x[1] - x[0], y[1] - y[0])
    near = any(found[side] and other[side] and share(found[side], other[side]) >= 0.5 for side in "ab")
    return kind(found) == kind(other) and (near or found["dimension"] == "placement")


def agree():
    first = {json.dumps([row["a"], row["b"]]): row["differences"] for name in FILES[:2] for row in rows(name)}
    useful = lambda differences: [label for label in differences if label["worth"] == "useful"]
    both = [(useful(first[json.dumps([row["a"], row["b"]])]), useful(row["differences"])) for row in rows(FILES[2])]
    found = lambda of, by: sum(any(is_one(label, other) for other in by) for label in of)
    recall = sum(found(a, b) for a, b in both) / sum(len(a) for a, _ in both)
    precision = sum(found(b, a) for a, b in both) / sum(len(b) for _, b in both)
    same = sum(bool(a) == bool(b) for a, b in both)
    print(f"useful labels: {sum(len(a) for a, _ in both)} of the first reader, {sum(len(b) for _, b in both)} of the second")
    print(f"F1 of the two: {2 * precision * recall / (precision + recall):.3f}; none or some, the same in {same} of {len(both)} pairs")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("draw", "pack", "agree"))
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("folder", type=Path, nargs="?")
    options = parser.parse_args()
    if options.command == "agree":
        agree()
    else:
        {"draw": draw, "pack": pack}[options.command](Claims(options.data), options.folder)


if __name__ == "__main__":
    main()
