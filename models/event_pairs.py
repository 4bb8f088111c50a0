"""Reads the events with labelled sentences, and the pairs of their sentences that are worth a look."""

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from corpora import read_rows

NONE, PARTIAL, SAME, CONFLICT = range(4)
WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?")
ENDINGS = ("ing", "edly", "ed", "es", "ly", "s")
UNSEEN, UNSEEN_RATE = 30, 0.01  # src/cluster/lexical.rs


HELD_OUT = 6  # every so many-th event is left out of the networks' training


def held_out_events(events):
    """The events that no network is trained on."""
    return {event for number, event in enumerate(sorted(set(events))) if number % HELD_OUT == 0}


def sigmoid(value):
    return 1 / (1 + np.exp(-value))


@dataclass
class Sentences:
    """`ids` as in event_claims, `places` are (article, field, start, end)."""

    ids: list
    texts: list
    places: list
    events: np.ndarray
    outlets: np.ndarray


@dataclass
class Pairs:
    """Two sentences of different outlets' articles on one event each: int [pairs, 2], their `plain_figures` and their labels."""

    sentences: np.ndarray
    figures: np.ndarray
    labels: np.ndarray

    @property
    def likeness(self):
        return likeness(self.figures)


CORRECTIONS = Path(__file__).parent / "event_corrections.json"


def labelled_sentences(data, corrected=False):
    """The sentences of event_claims, and the label of every two that have one.

    `corrected` adds the pairs of event_corrections.json: those without a label among the surest matches of a network that had not
    seen them, where a second reading found that they share a proposition.
    """
    folder = data / "claim_match"
    articles = {row["article_id"]: row for row in read_rows(folder / "event_articles.jsonl.gz")}
    ids, texts, places, events, outlets, labels = [], [], [], [], [], {}

    def label(a, b, value):
        pair = tuple(sorted((a, b)))
        labels[pair] = max(labels.get(pair, NONE), value)

    for event in read_rows(folder / "event_claims.jsonl.gz"):
        for sentence, (field, start, end) in event["sentences"].items():
            article = articles[sentence.split("#")[0]]
            ids.append(sentence)
            texts.append(article[field][start:end])
            places.append((article["article_id"], field, start, end))
            events.append(event["event"])
            outlets.append(article["outlet"])
        for group in event["same"]:
            for a, b in combinations(group, 2):
                label(a, b, SAME)
        for a, b in event["partial"]:
            label(a, b, PARTIAL)
        for a, b, *_ in event["conflict"]:
            label(a, b, CONFLICT)
    if corrected:
        found = json.loads(CORRECTIONS.read_text(encoding="utf-8"))
        for name, value in (("same", SAME), ("partial", PARTIAL)):
            for a, b in found[name]:
                label(a, b, value)
    return Sentences(ids, texts, places, np.array(events), np.array(outlets)), labels


def event_pairs(sentences, labels, embeddings):
    """Every pair within an event."""
    of_event = defaultdict(list)
    for row, event in enumerate(sentences.events):
        of_event[event].append(row)
    pairs, figures, found = [], [], []
    for rows in of_event.values():
        frequency = TermFrequency(sentences.texts[row] for row in rows)
        terms = {row: frequency.vector(sentences.texts[row]) for row in rows}
        cosines = embeddings[rows] @ embeddings[rows].T
        for i, j in combinations(range(len(rows)), 2):
            a, b = rows[i], rows[j]
            if sentences.outlets[a] != sentences.outlets[b]:
                pairs.append((a, b))
                figures.append(plain_figures(cosines[i, j], terms[a], terms[b]))
                found.append(labels.get(tuple(sorted((sentences.ids[a], sentences.ids[b]))), NONE))
    return Pairs(np.array(pairs), np.array(figures, np.float32), np.array(found))


def plain_figures(cosine, a, b):
    """Cosine of two sentences' embeddings, cosine of their terms, and how much they have in common however long they are."""
    common = a.keys() & b.keys()
    shared = sum((a[stem][0] + b[stem][0]) / 2 for stem in common)
    return cosine, sum(a[stem][1] * b[stem][1] for stem in common), math.log1p(shared) / 4


def likeness(figures):
    """Mean of the cosines of embeddings and of terms."""
    return figures[:, :2].mean(axis=1)


class TermFrequency:
    """In how many sentences of an event each stem stands, as in src/cluster/lexical.rs."""

    def __init__(self, texts):
        bags = [set(stems(text)) for text in texts]
        self.n_sentences, self.sentences_with = len(bags), Counter(stem for bag in bags for stem in bag)

    def idf(self, stem):
        return math.log((self.n_sentences + UNSEEN + 1) / (self.sentences_with[stem] + UNSEEN * UNSEEN_RATE + 0.5))

    def vector(self, text):
        """{stem: (idf, weight)}, the weights being of length 1."""
        weighted = {stem: (self.idf(stem), math.log1p(n) * self.idf(stem)) for stem, n in Counter(stems(text)).items()}
        length = math.sqrt(sum(weight**2 for _, weight in weighted.values())) or 1.0
        return {stem: (idf, weight / length) for stem, (idf, weight) in weighted.items()}


def stems(text):
    return [stem(word) for word in WORD.findall(text.lower())]


def stem(word):
    """A light stem, as in src/cluster/lexical.rs."""
    word = re.sub(r"['’]s?$", "", word)
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word
