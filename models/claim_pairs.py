"""Draws pairs of sentences for readers to judge, and packs their letters into models/claim_pairs.jsonl.

    cargo build --release --example event_pairs
    python models/claim_pairs.py draw DATA FOLDER NAME [--run RUN]
    python models/claim_pairs.py pack FOLDER        # adds them to what is packed
    python models/claim_pairs.py agree DATA         # how far readers agree, with one another and with event_claims
    python models/claim_pairs.py labels DATA OUT    # the events left out with these labels, for `parallax evaluate claims-in-events`

The pairs are those that matching looks at and that the decision calls likely enough: in every event of event_claims, and in events of allsides_8k that
RUN found (the tables of `parallax compare` for its 8,000 articles) and that share no article with an event of event_claims and no story with those left out (the first draw: with none of event_claims), and in the events
of neus_allsides_train (a headline and a few sentences of three outlets each) that share none with those of event_claims or with those left out. The
packed pairs were drawn with the decision of the time, which was fitted anew since.
FOLDER/BATCH.NN.txt is for the readers, who follow models/CLAIMS_CODEBOOK.md and write FOLDER/BATCH.a (of held-out events also a second reader,
FOLDER/BATCH.b) with lines `NUMBER LETTER`. No reader sees a label, a probability or another's letters. What is packed are article ids and
offsets in characters of the article's field; the texts stay outside the repository. The readers of the packed letters were instances of
a large language model.
"""

import argparse
import csv
import io
import json
import math
import random
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpora import read_rows
from event_pairs import CONFLICT, NONE, PARTIAL, SAME, held_out_events, labelled_sentences, sigmoid, stems

FOLDER = Path(__file__).parent
FILE = FOLDER / "claim_pairs.jsonl"
PREFIXES = {"event_claims": "TH", "allsides_8k": "N", "neus_allsides_train": "S"}  # of the batches of each set
SETS = tuple(PREFIXES)
BINARY = FOLDER.parent / "target" / "release" / "examples" / "event_pairs"
DECISION = FOLDER / "parallax-en" / "heads" / "decision.json"
READ = ("read_shared", "read_same", "read_conflicting")  # what the network says, in the rows of the example
MOST = 8.0  # src/cluster/decision.rs
LETTERS = {"N": NONE, "P": PARTIAL, "S": SAME, "C": CONFLICT}
LEAST, LEAST_HELD_OUT = 0.05, 0.03  # of the prior, or of the probability that they share a proposition
MOST_OF_EVENT = 130
OF_NEW_EVENT = {"allsides_8k": (70, 5), "neus_allsides_train": (40, 4)}  # the most pairs of an event, and the fewest
LENGTHS, MOST_ARTICLES = (900, 12_000), 3  # characters of an article of a new event, articles of it
STORY, SHORT_STORY = 0.35, 0.3  # cosine of two articles' words, and of a short event's and an article's, from which on they may tell one story
SHOWN, FILE_SIZE = 2500, 26_000  # characters of an article, and of a file, that a reader gets
OF_BATCH, OF_HELD_OUT_BATCH = 1000, 800  # pairs
NEW_HELD_OUT = 60  # new events that no network is trained on


@dataclass(frozen=True, order=True)
class Place:
    """A sentence: characters of a field of an article."""

    article: str
    field: str
    start: int
    end: int


def articles_of(data):
    """{set: {article id: fields}}."""
    events = {row["article_id"]: row for row in read_rows(data / "claim_match" / "event_articles.jsonl.gz")}
    whole = {
        row["id"]: {"article_id": row["id"], "outlet": row["outlet"], "headline": row["title"], "date": row["date"], "body": row["text"]}
        for row in read_rows(data / "scale" / "allsides_8k.jsonl.gz")
    }
    short = {
        (id := f"{event['event_id']}.{number}"): {"article_id": id, "outlet": f"outlet {number}", "headline": row["title"], "date": "", "body": row["text"]}
        for event in read_rows(data / "events" / "neus_allsides_train.jsonl.gz")
        for number, row in enumerate(event["articles"])
        if row["title"].strip() and row["text"].strip()
    }
    return dict(zip(SETS, (events, whole, short)))


def every_article(sets):
    """{article id: fields} of all sets."""
    return {id: row for articles in sets.values() for id, row in articles.items()}


class Stories:
    """How much the words of two articles have in common; how rare a word is, is counted over `whole`."""

    def __init__(self, whole):
        self.n = len(whole)
        self.articles_with = Counter(stem for row in whole.values() for stem in self.bag(row))

    def bag(self, row):
        return Counter(stem for stem in stems(f"{row['headline']} {row['body'][:2500]}") if len(stem) > 2)

    def vector(self, row):
        """Of length 1."""
        rare = {
            stem: math.log1p(n) * math.log(self.n / (1 + self.articles_with[stem]))
            for stem, n in self.bag(row).items()
            if self.articles_with[stem] < self.n / 5
        }
        length = math.sqrt(sum(weight**2 for weight in rare.values())) or 1.0
        return {stem: weight / length for stem, weight in rare.items()}

    def nearest(self, row, others):
        """The highest cosine of an article and the vectors of others."""
        words = self.vector(row)
        return max(sum(weight * other.get(stem, 0) for stem, weight in words.items()) for other in others)


def left_out(sets, judged):
    """The articles of the events that no network is trained on."""
    articles, of_claims = every_article(sets), ids_by_event(sets["event_claims"])
    found = {id for event in held_out_events(of_claims) for id in of_claims[event]}
    for places, is_unseen in zip(judged.places, judged.is_unseen()):
        if is_unseen:
            found.update(place.article for place in places)
    return {id: articles[id] for id in sorted(found)}


def new_events(sets, judged, run):
    """{event: article ids} of the packed events of allsides_8k that networks are trained on, and of RUN's events that have no article of a packed one or of
    event_claims and share no story with those left out.
    """
    events, whole, _ = sets.values()
    packed, of_packed = defaultdict(set), {}
    for name, event, places, is_unseen in zip(judged.sets, judged.events, judged.places, judged.is_unseen()):
        if name == "allsides_8k":
            of_packed.update((place.article, event) for place in places)
            if not is_unseen:
                packed[event].update(place.article for place in places)
    table = list(csv.DictReader((run / "articles.csv").open(encoding="utf-8", newline="")))
    groups = defaultdict(list)
    for row in table:
        if not row["duplicate_of"]:
            groups[row["event_id"]].append(row["article_id"])
    known = {row["body"][:200] for row in events.values()} | {row["headline"].lower().strip() for row in events.values()}
    stories = Stories(whole)
    old = [stories.vector(row) for row in left_out(sets, judged).values()]
    found = []
    for ids in groups.values():
        chosen, outlets = [], set()
        for id in sorted(ids):
            row = whole[id]
            if row["outlet"] not in outlets and LENGTHS[0] <= len(row["body"]) <= LENGTHS[1]:
                outlets.add(row["outlet"])
                chosen.append(id)
        is_known = any(id in of_packed or whole[id]["body"][:200] in known or whole[id]["headline"].lower().strip() in known for id in ids)
        if len(chosen) < 2 or is_known:
            continue
        if max(stories.nearest(whole[id], old) for id in ids) <= STORY:
            found.append(chosen[:MOST_ARTICLES])
    random.Random(1).shuffle(found)
    # Those of the first draw are N..., and the last of them are left out (`is_unseen`).
    names = [event for event in of_packed.values() if event.startswith("M")]
    prefix, first = ("M", 1 + max((int(event[1:]) for event in names), default=-1)) if of_packed else ("N", 0)
    return {**{event: sorted(ids) for event, ids in packed.items()}, **{f"{prefix}{number:03}": ids for number, ids in enumerate(found, first)}}


def short_events(sets, judged):
    """{event: article ids} of neus_allsides_train that share no story with an event of event_claims, or with another that no network is trained on."""
    events, whole, short = sets.values()
    stories = Stories(whole)
    old = [stories.vector(row) for row in {**events, **left_out(sets, judged)}.values()]
    of_event = defaultdict(list)
    for id in short:
        of_event[id.rpartition(".")[0]].append(id)
    text = lambda ids, field: " ".join(short[id][field] for id in ids)
    return {
        event: ids
        for event, ids in of_event.items()
        if stories.nearest({field: text(ids, field) for field in ("headline", "body")}, old) <= SHORT_STORY
    }


def looked_at(articles, events, model=DECISION.parent.parent):
    """The rows of the example event_pairs for {event: article ids}."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "articles.jsonl"
        rows = ({**articles[id], "event": event} for event, ids in events.items() for id in ids)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        text = subprocess.run([BINARY, path, model], check=True, stdout=subprocess.PIPE, text=True).stdout
    return list(csv.DictReader(io.StringIO(text)))


def place(row, side):
    return Place(row[f"article_{side}"], row[f"field_{side}"], int(row[f"start_{side}"]), int(row[f"end_{side}"]))


def likely(rows):
    """The prior of each row, and the probability that the two share a proposition."""
    decision = json.loads(DECISION.read_text(encoding="utf-8"))
    evidence = np.array([[float(row[name]) for name in decision["evidence"]] for row in rows])
    read = np.array([[float(row[name] or "nan") for name in READ] for row in rows])
    probability = lambda model, figures: sigmoid(figures @ np.array(model["weights"]) + model["bias"])
    prior = probability(decision["prior"], evidence)
    shared = probability(decision["shared"], np.hstack([np.clip(np.nan_to_num(read), -MOST, MOST) / MOST, evidence]))
    return prior, np.where(np.isnan(read[:, 0]), prior, shared)


def likeliest(rows, least, most, known):
    """The numbers of the rows to read, at most so many of an event; not those of `known` pairs."""
    prior, probability = likely(rows)
    of_event = defaultdict(list)
    for number, row in enumerate(rows):
        if max(prior[number], probability[number]) >= least and pair_of((place(row, "a"), place(row, "b"))) not in known:
            of_event[row["event"]].append(number)
    return {event: sorted(sorted(numbers, key=lambda number: -probability[number])[:most]) for event, numbers in of_event.items()}


def sheet(event, numbers, rows, articles):
    """An event as its readers see it."""
    ids = sorted({row[f"article_{side}"] for row in (rows[number] for number in numbers) for side in "ab"})
    letter = {id: chr(ord("A") + at) for at, id in enumerate(ids)}
    text = lambda place: articles[place.article][place.field][place.start : place.end].replace("\n", " ")
    lines = [f"=== EVENT {event}"]
    for id in ids:
        row = articles[id]
        lines.append(f"--- {letter[id]} ({row['outlet']}, {row['date']}): {row['headline']}\n{' '.join(row['body'].split())[:SHOWN]}")
    lines.append(f"--- PAIRS of {event}")
    partners = defaultdict(list)
    for number in numbers:
        partners[place(rows[number], "a")].append(number)
    for first, of_first in sorted(partners.items(), key=lambda item: (item[0].article, item[0].field != "headline", item[0].start)):
        lines.append(f"[{letter[first.article]}] {text(first)}")
        for number in of_first:
            second = place(rows[number], "b")
            lines.append(f"  {number} [{letter[second.article]}] {text(second)}")
    return lines


def files(lines):
    """The lines of some events in pieces of FILE_SIZE characters; a piece that begins within pairs names the sentence they are of."""
    piece, size, first, is_pairs = [], 0, "", False
    for line in lines:
        is_pairs = line.startswith("--- PAIRS") or (is_pairs and not line.startswith("==="))
        first = line if is_pairs and line.startswith("[") else first
        if size > FILE_SIZE and (is_pairs or line.startswith("===")):
            yield piece
            piece, size = ["--- PAIRS (continued)", *([first] if line.startswith("  ") else [])] if is_pairs else [], 0
        piece.append(line)
        size += len(line)
    yield piece


def ids_by_event(events):
    """{event: article ids} of event_claims."""
    found = defaultdict(list)
    for row in events.values():
        found[row["event"]].append(row["article_id"])
    return found


def draw(data, folder, name, run):
    sets, judged = articles_of(data), judged_pairs()
    of_claims = ids_by_event(sets["event_claims"])
    if name == "event_claims":
        of_event = of_claims
    else:
        of_event = new_events(sets, judged, run) if name == "allsides_8k" else short_events(sets, judged)
    known = {pair_of(places) for places in judged.places}
    folder.mkdir(parents=True, exist_ok=True)
    rows = looked_at(sets[name], of_event)
    (folder / f"{name}.json").write_text(json.dumps([[row["event"], *(vars(place(row, side)) for side in "ab")] for row in rows]))
    sheets = lambda prefix, events, of_batch: write(folder, prefix, events, rows, sets[name], of_batch)
    if name == "event_claims":
        held_out = held_out_events(of_claims)
        those = lambda events, wanted: {event: numbers for event, numbers in events.items() if (event in held_out) == wanted}
        sheets("H", those(likeliest(rows, LEAST_HELD_OUT, len(rows), known), True), OF_HELD_OUT_BATCH)
        sheets("T", those(likeliest(rows, LEAST, MOST_OF_EVENT, known), False), OF_BATCH)
    else:
        most, fewest = OF_NEW_EVENT[name]
        sheets(PREFIXES[name], {event: numbers for event, numbers in likeliest(rows, LEAST, most, known).items() if len(numbers) >= fewest}, OF_BATCH)


def write(folder, prefix, events, rows, articles, of_batch):
    batches, n = [[]], 0
    for event, numbers in sorted(events.items()):
        if n >= of_batch:
            batches.append([])
            n = 0
        batches[-1] += sheet(event, numbers, rows, articles)
        n += len(numbers)
    for at, lines in enumerate(batches):
        for part, piece in enumerate(files(lines)):
            (folder / f"{prefix}{at:02}.{part:02}.txt").write_text("\n".join(piece) + "\n", encoding="utf-8")
    print(f"{prefix}: {sum(map(len, events.values()))} pairs of {len(events)} events in {len(batches)} batches")


def letters(folder, prefix, reader):
    """{number of the pair: letter} of a reader. A line that is none, a pair without a letter and a letter without a pair are errors."""
    found = {}
    for path in sorted(folder.glob(f"{prefix}[0-9][0-9].{reader}")):
        of_file = set()
        for line in filter(str.strip, path.open(encoding="utf-8")):
            match = re.fullmatch(r"(\d+) ([NPSC])", line.strip())
            if not match or int(match[1]) in found:
                raise SystemExit(f"{path}: {line}")
            of_file.add(int(match[1]))
            found[int(match[1])] = match[2]
        shown = {int(n) for sheet in folder.glob(f"{path.stem}.*.txt") for n in re.findall(r"^  (\d+) \[", sheet.read_text(encoding="utf-8"), re.MULTILINE)}
        if wrong := shown ^ of_file:
            raise SystemExit(f"{path}: pairs without a letter, or not of this batch: {sorted(wrong)[:20]}")
    return found


def pack(folder):
    judged = judged_pairs()
    found = {(name, event, places): letters for name, event, places, letters in zip(judged.sets, judged.events, judged.places, judged.letters)}
    packed = {pair_of(places) for places in judged.places}
    for name, prefixes in PREFIXES.items():
        if not (folder / f"{name}.json").exists():
            continue
        rows = json.loads((folder / f"{name}.json").read_text())
        first, second = ({number: letter for prefix in prefixes for number, letter in letters(folder, prefix, reader).items()} for reader in "ab")
        for number in sorted(first):
            event, *places = rows[number]
            places = tuple(Place(**place) for place in places)
            if pair_of(places) in packed:
                raise SystemExit(f"pair {number} of {name} is packed already")
            found[name, event, places] = first[number] + second.get(number, "")
    of_event = defaultdict(dict)
    for (name, event, places), letters_of in found.items():
        of_event[name, event][places] = letters_of
    lines = []
    for (name, event), pairs in sorted(of_event.items(), key=lambda item: (SETS.index(item[0][0]), item[0][1])):
        at = {place: row for row, place in enumerate(dict.fromkeys(place for places in pairs for place in places))}
        rows = [[*(at[place] for place in places), letters_of] for places, letters_of in pairs.items()]
        lines.append(json.dumps({"set": name, "event": event, "sentences": [list(vars(place).values()) for place in at], "pairs": rows}, separators=(",", ":")) + "\n")
    FILE.write_text("".join(lines), encoding="utf-8", newline="\n")
    print(f"{FILE}: {len(lines)} events")


@dataclass
class Judged:
    """What readers said of pairs of sentences: `set` and `event` of each, its two places, and a letter or two."""

    sets: list
    events: list
    places: list
    letters: list

    def is_unseen(self):
        """bool [pairs]: those of events that no network is trained on."""
        new = sorted({event for name, event in zip(self.sets, self.events) if name == "allsides_8k" and event.startswith("N")})
        unseen = set(new[-NEW_HELD_OUT:]) | held_out_events(event for name, event in zip(self.sets, self.events) if name == "event_claims")
        return np.array([event in unseen for event in self.events])


def judged_pairs():
    judged = Judged([], [], [], [])
    for event in map(json.loads, FILE.open(encoding="utf-8")):
        places = [Place(*place) for place in event["sentences"]]
        for a, b, found in event["pairs"]:
            judged.sets.append(event["set"])
            judged.events.append(event["event"])
            judged.places.append((places[a], places[b]))
            judged.letters.append(found)
    return judged


def article_events(sets):
    """{article id: event} of event_claims and of the packed events of allsides_8k, and the events that no network is trained on."""
    judged = judged_pairs()
    event_of = {row["article_id"]: row["event"] for row in sets["event_claims"].values()}
    unseen = held_out_events(event_of.values())
    for name, event, places, is_unseen in zip(judged.sets, judged.events, judged.places, judged.is_unseen()):
        if name == "allsides_8k":
            event_of.update((place.article, event) for place in places)
            unseen |= {event} if is_unseen else set()
    return event_of, unseen


def merged(letters, given):
    """The label of a pair that event_claims gives one and that readers gave some letters."""
    found = [LETTERS[letter] for letter in letters]
    return given if not found or given in found else min(found)


def pair_of(places):
    """The places of a pair, whichever stands first."""
    return tuple(sorted(places))


def given_pairs(data, corrected=True):
    """{pair: (event, label)} of the pairs that event_claims labels, with event_corrections.json if `corrected`."""
    sentences, labels = labelled_sentences(data, corrected)
    place_of = {id: Place(*place) for id, place in zip(sentences.ids, sentences.places)}
    event_of, outlet_of = dict(zip(sentences.ids, sentences.events)), dict(zip(sentences.ids, sentences.outlets))
    return {pair_of((place_of[a], place_of[b])): (event_of[a], label) for (a, b), label in labels.items() if outlet_of[a] != outlet_of[b]}


def labelled_pairs(data, judged):
    """The same, and what readers said of these and of other pairs."""
    found = given_pairs(data)
    for event, places, letters in zip(judged.events, judged.places, judged.letters):
        pair = pair_of(places)
        found[pair] = (event, merged(letters, found.get(pair, (event, NONE))[1]))
    return found


def write_labels(data, out):
    sentences, _ = labelled_sentences(data)
    pairs = labelled_pairs(data, judged_pairs())
    rows = {event: {"event": event, "sentences": {}, "same": [], "partial": [], "conflict": []} for event in sorted(held_out_events(sentences.events))}
    id_of = lambda place: f"{place.article}#{place.field}{place.start}"
    given = zip((Place(*place) for place in sentences.places), sentences.events)
    for place, event in (*given, *((place, event) for pair, (event, _) in pairs.items() for place in pair)):
        if event in rows:
            rows[event]["sentences"][id_of(place)] = [place.field, place.start, place.end]
    names = {SAME: "same", PARTIAL: "partial", CONFLICT: "conflict"}
    for pair, (event, label) in sorted(pairs.items()):
        if event in rows and label in names:
            rows[event][names[label]].append([*map(id_of, pair), *(["read"] if label == CONFLICT else [])])
    out.write_text("".join(json.dumps(row) + "\n" for row in rows.values()), encoding="utf-8")


def agree(data):
    judged, given = judged_pairs(), given_pairs(data)
    print(len(judged.letters), "pairs of", len(set(judged.events)), "events", dict(Counter(found[0] for found in judged.letters)))
    both = [(LETTERS[found[0]], LETTERS[found[1]]) for found in judged.letters if len(found) == 2]
    print(f"read twice: {len(both)};", f1(both))
    of_claims = [
        (given.get(pair_of(places), (None, NONE))[1], found)
        for name, places, found in zip(judged.sets, judged.places, judged.letters)
        if name == "event_claims"
    ]
    for reader in range(2):
        print(f"labels given and reader {reader + 1}, events left out:", f1([(label, LETTERS[found[reader]]) for label, found in of_claims if len(found) == 2]))
    pairs = [(label, LETTERS[found]) for label, found in of_claims if len(found) == 1]
    print("labels given and the reader, other events:", f1(pairs))
    print("  given, read: pairs", {f"{'NPSC'[a]}{'NPSC'[b]}": n for (a, b), n in sorted(Counter(pairs).items())})


def f1(pairs):
    """How far two readings agree."""
    score = lambda holds: 2 * sum(holds(a) and holds(b) for a, b in pairs) / max(sum(holds(a) + holds(b) for a, b in pairs), 1)
    return f"F1 of any match {score(lambda label: label > NONE):.3f}, of the same {score(lambda label: label == SAME):.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of = {name: commands.add_parser(name) for name in ("draw", "pack", "agree", "labels")}
    for name, arguments in (("draw", ("data", "folder")), ("pack", ("folder",)), ("agree", ("data",)), ("labels", ("data", "out"))):
        for argument in arguments:
            of[name].add_argument(argument, type=Path)
    of["draw"].add_argument("name", choices=SETS)
    of["draw"].add_argument("--run", type=Path, help="the tables of a run over allsides_8k")
    options = vars(parser.parse_args())
    if options["command"] == "draw" and (options["name"] == "allsides_8k") != (options["run"] is not None):
        parser.error("allsides_8k, and only that, takes --run")
    {"draw": draw, "pack": pack, "agree": agree, "labels": write_labels}[options.pop("command")](**options)


if __name__ == "__main__":
    main()
