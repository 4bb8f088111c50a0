"""Reads the labelled sets that the scripts of this folder train on."""

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

NEWSMTSC_ID = re.compile(r"(?P<article>allsides_\d+_(?P<event>\d+)|polusa_v1_\d+)_")


@dataclass
class Sentence:
    """`labels`: one a target (NewsMTSC). `event` is the group that never lies on both sides of a split."""

    text: str
    article: str
    event: str
    labels: list = field(default_factory=list)


def read_rows(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def newsmtsc_sentences(data: Path):
    """Distinct texts in the order of the file, with the labels of all their targets.

    An id is `allsides_ARTICLE_EVENT_SENTENCE_...` (the articles of an event share its number) or
    `polusa_v1_ARTICLE_...`, where the article stands for its event.
    """
    sentences = {}
    for row in read_rows(data / "sentiment" / "newsmtsc_train.jsonl.gz"):
        match = NEWSMTSC_ID.match(row["id"])
        sentence = sentences.setdefault(row["text"], Sentence(row["text"], match["article"], event_of(row["id"])))
        sentence.labels.append(row["label"])
    return list(sentences.values())


@dataclass
class Target:
    """One row of NewsMTSC: `text[start:end]` is the target; no event and no text is in two groups."""

    text: str
    start: int
    end: int
    label: str
    group: str = ""


def newsmtsc_targets(data: Path):
    """The rows in the order of the file. Events that share a text are one group, named after its first event."""
    rows = read_rows(data / "sentiment" / "newsmtsc_train.jsonl.gz")
    first = {}

    def root(name):
        while first.setdefault(name, name) != name:
            name = first[name]
        return name

    for row in rows:
        first[root(event_of(row["id"]))] = root("text " + row["text"])
    groups = {}
    targets = [Target(row["text"], row["start"], row["end"], row["label"]) for row in rows]
    for row, target in zip(rows, targets):
        target.group = groups.setdefault(root("text " + row["text"]), event_of(row["id"]))
    return targets


def event_of(row_id):
    match = NEWSMTSC_ID.match(row_id)
    return f"allsides_event_{match['event']}" if match["event"] else match["article"]


def nyt_rows(data: Path):
    """Snippets of editorials with the ratings of 20 people, each from -4 to 4, and their mean as `score`."""
    return read_rows(data / "sentiment" / "vader_nyt_half.jsonl.gz")
