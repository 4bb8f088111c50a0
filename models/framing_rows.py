"""Draws rows of `framing` for readers to judge, and packs their verdicts into models/framing_rows*.jsonl.

    python models/framing_rows.py articles DATA SET OUT  # for a run: the articles of event_claims, or of the packed events of allsides_8k
    python models/framing_rows.py draw DATA RUN FOLDER [--seed N] [--unseen] [--one] [--rows N] [--least S]
    python models/framing_rows.py pack DATA FOLDER
    python models/framing_rows.py agree     # how far the two readers of a row agree
    python models/framing_rows.py table     # the verdicts by dimension, the reasons, and the rows of held-out events by their salience

RUN is what `parallax compare` wrote for the articles of event_articles, or of the packed events of allsides_8k (models/claim_pairs.py), with
`min_salience = 0.1` under `[framing]`, so that rows are judged that nobody is shown. Rows between two events are left out. The rows of allsides_8k were
drawn with `--rows 5000 --least 0.1`. FOLDER/tasks-N.txt is for the readers, who follow models/FRAMING_CODEBOOK.md (section "Rows") and write
FOLDER/verdicts-N.jsonl with lines {"row": "R12", "verdict": "useful"|"trivial"|"wrong", "why": ...}. Every tenth pair of sentences is read by a
second reader. --unseen draws from the events that no network is trained on, which have a file of their own and of which every row is read by two. What is packed are article ids and
offsets in characters of the article's field; the texts stay outside the repository. The readers of the packed verdicts were instances of a large
language model, none of whom saw another's verdicts. The last 1,646 rows of framing_rows.jsonl were drawn otherwise: of the pairs that had been judged, what
`framing_pairs` marks (models/train_salience.py) in other words than before 2026-11-30, from a salience of .2 on, and than before 2026-12-01 (those with
that date under `read`), from .1 or .15 on.
"""

import argparse
import csv
import datetime
import json
import math
import random
from collections import Counter, defaultdict
from pathlib import Path

from claim_pairs import article_events, articles_of

FOLDER = Path(__file__).parent
FILES = {False: "framing_rows.jsonl", True: "framing_rows_held_out.jsonl"}
SECOND_FILE = "framing_rows_second.jsonl"
OF_READER, SECOND = 170, 10
MOST = 0.9999  # a table has four digits of a probability
VERDICTS = ("useful", "trivial", "wrong")
REASONS = ("match", "said", "beside", "fragment", "unanswered", "source", "other")


class Run:
    """The rows and sentences of a run."""

    def __init__(self, folder):
        table = lambda name: list(csv.DictReader((folder / f"{name}.csv").open(encoding="utf-8", newline="")))
        self.sentences = {row["sentence_id"]: row for row in table("sentences")}
        of_article = defaultdict(list)
        for id, row in self.sentences.items():
            of_article[row["article_id"], row["field"]].append(id)
        self.around = {}
        for ids in of_article.values():
            ids.sort(key=lambda id: int(self.sentences[id]["start_char"]))
            for at, id in enumerate(ids):
                self.around[id] = (ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None, at, len(ids))
        self.pairs = defaultdict(list)
        for row in table("framing"):
            self.pairs[row["sentence_id_a"], row["sentence_id_b"]].append(row)
        self.probability = {(row["sentence_id_a"], row["sentence_id_b"]): float(row["probability"]) for row in table("comparisons")}

    def place(self, id):
        row = self.sentences[id]
        return [row["article_id"], row["field"], int(row["start_char"]), int(row["end_char"])]

    def text(self, id):
        return self.sentences[id]["text"] if id else ""


def span(row, side):
    start, end = row[f"start_char_{side}"], row[f"end_char_{side}"]
    return [int(start), int(end)] if start else None


def packed(event, run, row):
    places = {side: run.place(row[f"sentence_id_{side}"]) for side in "ab"}
    words = {f"words_{side}": span(row, side) for side in "ab"}
    probability = run.probability[row["sentence_id_a"], row["sentence_id_b"]]
    return {"event": event, "dimension": row["dimension"], **places, **words, "salience": float(row["salience"]), "probability": probability}


def shown(run, pair, rows):
    """What a reader gets of two sentences and the rows between them; `rows` are (id, row)."""
    lines = []
    for side, id in zip("AB", pair):
        before, after, at, n = run.around[id]
        place = "headline" if run.sentences[id]["field"] == "headline" else f"sentence {at + 1} of {n}"
        outlet = rows[0][1][f"outlet_{side.lower()}"]
        lines += [f"{side} = {outlet}, {place}", f"  before: {run.text(before)}", f"  {side}: {run.text(id)}", f"  after: {run.text(after)}"]
    for id, row in rows:
        sides = "  |  ".join(f"{side.upper()}: {quoted(row[f'evidence_{side}'])} [{value_of(run, row[f'value_{side}'])}]" for side in "ab")
        lines.append(f"{id} {row['dimension']}  {sides}")
    return "\n".join(lines) + "\n\n"


def value_of(run, value):
    """The value of a side, with the words of a sentence that it names."""
    name, _, id = value.partition("; ")
    return f"{name}: {run.text(id)}" if id in run.sentences else value


def quoted(words):
    return f"«{words}»" if words else "–"


def write_articles(data, name, out):
    """The articles of the events of a set that networks are trained on."""
    sets = articles_of(data)
    events, unseen = article_events(sets)
    ids = [id for id in sets[name] if id in events and events[id] not in unseen]
    with out.open("w", encoding="utf-8") as file:
        for row in map(sets[name].get, ids):
            fields = {"article_id": row["article_id"], "outlet": row["outlet"], "headline": row["headline"], "date_published": row["date"], "body": row["body"]}
            file.write(json.dumps(fields) + "\n")
    print(f"{len(ids)} articles")


def draw(data, run, options):
    events, unseen = article_events(articles_of(data))
    if strange := sorted({id.split("#")[0] for pair in run.pairs for id in pair} - set(events)):
        raise SystemExit(f"{options.run} has articles of no known event, such as {strange[0]}")
    event_of = lambda pair: events[pair[0].split("#")[0]]
    is_of_one = lambda pair: event_of(pair) == events[pair[1].split("#")[0]]
    of_labels = {row["event"] for name in ("framing_labels.jsonl", "framing_labels_held_out.jsonl") for row in map(json.loads, (FOLDER / name).open())}
    rng = random.Random(options.seed)
    pairs = [pair for pair in sorted(run.pairs) if is_of_one(pair) and (event_of(pair) in unseen) == options.unseen]
    if options.unseen:
        pairs = [pair for pair in pairs if event_of(pair) not in of_labels]
    rng.shuffle(pairs)
    taken, number, chosen = 0, 0, []
    for pair in pairs:
        rows = [row for row in run.pairs[pair] if float(row["salience"]) >= options.least]
        if options.one:
            rows = rng.sample(rows, min(1, len(rows)))
        if not rows:
            continue
        chosen.append((pair, [(f"R{number + n}", row) for n, row in enumerate(rows)]))
        number += len(rows)
        if number >= options.rows:
            break
    readers = max(-(-number // OF_READER), 2 if options.unseen else 1)
    tasks = [[] for _ in range(readers)]
    options.folder.mkdir(parents=True, exist_ok=True)
    with (options.folder / "rows.jsonl").open("w") as out:
        for at, (pair, rows) in enumerate(chosen):
            first = at * readers // len(chosen)
            is_read_twice = options.unseen or at % SECOND == 0 and readers > 1
            both = [first, (first + 1) % readers] if is_read_twice else [first]
            for reader in both:
                tasks[reader].append(shown(run, pair, rows))
            for id, row in rows:
                out.write(json.dumps({"row": id, "readers": both, "unseen": options.unseen, **packed(event_of(pair), run, row)}) + "\n")
    for reader, blocks in enumerate(tasks):
        (options.folder / f"tasks-{reader}.txt").write_text("".join(blocks), encoding="utf-8")
    print(f"{number} rows of {len(chosen)} pairs for {readers} readers")
    print(dict(Counter(row["dimension"] for _, rows in chosen for _, row in rows)))


def pack(options):
    rows = [json.loads(line) for line in (options.folder / "rows.jsonl").open()]
    verdicts = {}
    for path in options.folder.glob("verdicts-*.jsonl"):
        reader = int(path.stem.split("-")[1])
        for line in filter(str.strip, path.open(encoding="utf-8")):
            found = json.loads(line)
            if found["verdict"] not in VERDICTS or found["verdict"] == "wrong" and found.get("why") not in REASONS:
                raise SystemExit(f"{path}: {line}")
            verdicts[reader, found["row"]] = found
    out = {name: [] for name in (*FILES.values(), SECOND_FILE)}
    if any(row.get("read") == options.read for name in out for row in rows_of(name)):
        raise SystemExit(f"a reading {options.read!r} is packed already; give this one another name with --read")
    missing = 0
    for row in rows:
        id, readers, unseen = (row.pop(name) for name in ("row", "readers", "unseen"))
        for reader, name in zip(readers, (FILES[unseen], SECOND_FILE)):
            found = verdicts.get((reader, id))
            missing += found is None
            if found:
                why = found.get("why") if found["verdict"] == "wrong" else None
                out[name].append({**row, "verdict": found["verdict"], "why": why, "read": options.read})
    if missing:
        raise SystemExit(f"{missing} verdicts are missing; nothing is packed")
    for name, found in out.items():
        if found:
            with (FOLDER / name).open("a", encoding="utf-8", newline="\n") as file:
                file.writelines(json.dumps(row) + "\n" for row in found)
            print(name, len(found), dict(Counter(row["verdict"] for row in found)))


def rows_of(name):
    return [json.loads(line) for line in (FOLDER / name).open(encoding="utf-8")]


def key_of(row):
    return json.dumps([row.get(name) for name in ("dimension", "a", "b", "words_a", "words_b", "read")])


def agree():
    second = rows_of(SECOND_FILE)
    readings = [(name, read) for name in FILES.values() for read in sorted({row.get("read", "") for row in rows_of(name)})]
    for name, read in readings:
        first = {key_of(row): row["verdict"] for row in rows_of(name) if row.get("read", "") == read}
        both = Counter((first[key_of(row)], row["verdict"]) for row in second if key_of(row) in first)
        n = sum(both.values())
        if not n:
            print(f"{name} {read}: each row read once")
            continue
        same = sum(count for (a, b), count in both.items() if a == b) / n
        by_reader = [Counter() for _ in range(2)]
        for verdicts, count in both.items():
            for reader, verdict in zip(by_reader, verdicts):
                reader[verdict] += count
        chance = sum(by_reader[0][verdict] * by_reader[1][verdict] for verdict in VERDICTS) / n**2
        print(f"{name} {read}: {n} rows read twice, the same verdict for {same:.3f} (kappa {(same - chance) / (1 - chance):.3f})")


def table():
    rows = rows_of(FILES[False])
    print(f"{len(rows)} rows", dict(Counter(row["verdict"] for row in rows)), dict(Counter(row["why"] for row in rows if row["why"])))
    for dimension in sorted({row["dimension"] for row in rows}):
        print(f"  {dimension}", dict(Counter(row["verdict"] for row in rows if row["dimension"] == dimension)))
    held_out, second = rows_of(FILES[True]), {key_of(row): row for row in rows_of(SECOND_FILE)}
    for date in sorted({row["read"] for row in held_out}):
        first = [row for row in held_out if row["read"] == date]
        readers = first, [second[key_of(row)] for row in first]
        print(f"events held out, read on {date}, by the salience that a row had then: rows; of each reader useful, trivial, wrong")
        for least in (0.35, 0.4, 0.45, 0.5, 0.6):
            counts = [Counter(row["verdict"] for row in rows if row["salience"] >= least) for rows in readers]
            print(f"  from {least}: {sum(counts[0].values())};", "; ".join(", ".join(str(count[verdict]) for verdict in VERDICTS) for count in counts))
    once_marked([row for row in held_out if "probability" in row])


def once_marked(rows):
    """How sure a match must be that carries a row: `probability` is that of the two sentences sharing a proposition, by the network of 84,374 pairs.

    A row that was read twice counts once, with the last verdict of its first readers.
    """
    rows = list({key_of({**row, "read": None}): row for row in rows}.values())
    is_match = [row["why"] != "match" for row in rows]
    print("events held out, first readers: probability of the match; rows, of them no match, useful")
    for least, most in ((0, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 1)):
        of = [row for row in rows if least <= row["probability"] < most + (most == 1)]
        print(f"  {least} to {most}: {len(of)}, {sum(row['why'] == 'match' for row in of)}, {sum(row['verdict'] == 'useful' for row in of)}")
    surely = [min(row["probability"], MOST) for row in rows]
    log_odds = [math.log(of / (1 - of)) for of in surely]
    # The shift of the log-odds at which as many matches are expected as there are: the most likely one.
    below, above = -10.0, 10.0
    for _ in range(60):
        shift = (below + above) / 2
        expected = sum(1 / (1 + math.exp(-value - shift)) for value in log_odds)
        below, above = (shift, above) if expected < sum(is_match) else (below, shift)
    print(f"  odds of a match once a difference is marked, as a share of those before: {math.exp(shift):.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    of_draw, of_pack = commands.add_parser("draw"), commands.add_parser("pack")
    commands.add_parser("agree")
    commands.add_parser("table")
    of_articles = commands.add_parser("articles")
    for command in (of_articles, of_draw, of_pack):
        command.add_argument("data", type=Path)
    of_articles.add_argument("set", choices=("event_claims", "allsides_8k"))
    of_articles.add_argument("out", type=Path)
    of_draw.add_argument("run", type=Path)
    for command in (of_draw, of_pack):
        command.add_argument("folder", type=Path)
    of_pack.add_argument("--read", default=datetime.date.today().isoformat(), help="the day of the reading, or another name of it")
    of_draw.add_argument("--seed", type=int, default=0)
    of_draw.add_argument("--rows", type=int, default=1700)
    of_draw.add_argument("--least", type=float, default=0.15, help="least salience of a row")
    of_draw.add_argument("--unseen", action="store_true", help="events that no network is trained on and that have no framing labels")
    of_draw.add_argument("--one", action="store_true", help="one row a pair of sentences")
    options = parser.parse_args()
    if options.command == "agree":
        agree()
    elif options.command == "table":
        table()
    elif options.command == "articles":
        write_articles(options.data, options.set, options.out)
    elif options.command == "draw":
        draw(options.data, Run(options.run), options)
    else:
        pack(options)


if __name__ == "__main__":
    main()
