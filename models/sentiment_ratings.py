"""Draws sentences for readers to rate, and packs their scores into models/sentiment_ratings.jsonl.

    python models/sentiment_ratings.py draw DATA FOLDER
    python models/sentiment_ratings.py pack FOLDER
    python models/sentiment_ratings.py agree DATA   # scores of snippets that 20 people rated, beside theirs

The sentences are those of NewsMTSC (MIT), of reviews, answers, newsgroups and weblogs in UD EWT (CC BY-SA 4.0), of Perspectrum's perspectives (CC BY-SA 4.0), and some of the
snippets of editorials (MIT) that 20 people rated. FOLDER/BATCH.NN.txt is for the readers: forty rated snippets as examples, which are in no figure,
then numbered sentences. They write FOLDER/BATCH.scores with lines `NUMBER SCORE`: the mean that they would expect of twenty raters, from -4 to 4.
The readers of the packed scores were instances of a large language model.
"""

import argparse
import gzip
import json
import random
import re
from pathlib import Path

import numpy as np

from corpora import nyt_rows, read_rows

FOLDER = Path(__file__).parent
FILE = FOLDER / "sentiment_ratings.jsonl"
EXAMPLES, OF_EDITORIALS, OF_WEB = 40, 400, 6000
GENRES = ("weblog", "newsgroup", "reviews", "answers")
WORDS = range(5, 46)  # of a sentence
OF_BATCH, OF_FILE = 1000, 160


def examples(rows):
    """The snippets that readers see with their score, from the most negative to the most positive."""
    chosen = random.Random(0).sample(sorted(rows, key=lambda row: row["id"]), EXAMPLES)
    return sorted(chosen, key=lambda row: row["score"])


def texts(data):
    """{id: text} of everything that may be rated."""
    found = {}
    for row in read_rows(data / "sentiment" / "newsmtsc_train.jsonl.gz"):
        found.setdefault(row["text"], f"newsmtsc {row['id']}")
    found = {id: text for text, id in found.items()}
    with gzip.open(data / "syntax" / "ud_ewt.conllu.gz", "rt", encoding="utf-8") as lines:
        id = ""
        for line in lines:
            if line.startswith("# sent_id = "):
                id = line.removeprefix("# sent_id = ").strip()
            elif line.startswith("# text = ") and id.startswith(GENRES):
                found[f"ud_ewt {id}"] = line.removeprefix("# text = ").strip()
    for row in read_rows(data / "claim_match" / "perspectrum_clusters.jsonl.gz"):
        found[f"perspectrum {row['id']}"] = row["paraphrases"][0].strip()
    found |= {f"nyt {row['id']}": row["text"] for row in nyt_rows(data)}
    return found


def draw(data, folder):
    rng, rows = random.Random(1), nyt_rows(data)
    shown = {f"nyt {row['id']}" for row in examples(rows)}
    of_set, seen = {}, set()
    for id, text in sorted(texts(data).items()):
        if len(text.split()) in WORDS and text not in seen and id not in shown:
            seen.add(text)
            of_set.setdefault(id.split()[0], []).append((id, " ".join(text.split())))
    of_set["ud_ewt"] = rng.sample(of_set["ud_ewt"], OF_WEB)
    of_set["nyt"] = rng.sample(of_set["nyt"], OF_EDITORIALS)
    drawn = [row for rows in of_set.values() for row in rows]
    rng.shuffle(drawn)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ids.json").write_text(json.dumps([id for id, _ in drawn]))
    header = [f"{row['score']:+.1f}  {row['text']}" for row in examples(rows)]
    for start in range(0, len(drawn), OF_FILE):
        lines = [f"{number} {text}" for number, (_, text) in enumerate(drawn[start : start + OF_FILE], start)]
        batch, part = divmod(start, OF_BATCH // OF_FILE * OF_FILE)
        (folder / f"{batch:02}.{part // OF_FILE:02}.txt").write_text("\n".join(["# examples", *header, "# to be rated", *lines]) + "\n", encoding="utf-8")
    print({name: len(rows) for name, rows in of_set.items()}, "in", len(list(folder.glob("*.txt"))), "files")


def pack(folder):
    ids, found = json.loads((folder / "ids.json").read_text()), {}
    for path in sorted(folder.glob("*.scores")):
        for line in filter(str.strip, path.open(encoding="utf-8")):
            match = re.fullmatch(r"(\d+) ([+-]?[0-4](?:\.\d)?)", line.strip())
            if not match or int(match[1]) in found or abs(float(match[2])) > 4:
                raise SystemExit(f"{path}: {line}")
            found[int(match[1])] = float(match[2])
    if missing := set(range(len(ids))) - found.keys():
        raise SystemExit(f"without a score: {sorted(missing)[:20]}")
    rows = sorted((ids[number], score) for number, score in found.items())
    FILE.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    print(f"{FILE}: {len(rows)} scores")


def ratings():
    """{id: score}."""
    return dict(map(json.loads, FILE.open(encoding="utf-8")))


def agree(data):
    people = {f"nyt {row['id']}": row["score"] for row in nyt_rows(data)}
    both = np.array([(score, people[id]) for id, score in ratings().items() if id in people])
    print(f"{len(both)} snippets: Pearson's r {np.corrcoef(both.T)[0, 1]:.3f}, mean {both[:, 0].mean():.2f} and {both[:, 1].mean():.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, arguments in (("draw", ("data", "folder")), ("pack", ("folder",)), ("agree", ("data",))):
        command = commands.add_parser(name)
        for argument in arguments:
            command.add_argument(argument, type=Path)
    options = vars(parser.parse_args())
    {"draw": draw, "pack": pack, "agree": agree}[options.pop("command")](**options)


if __name__ == "__main__":
    main()
