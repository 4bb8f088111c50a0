"""The stages of `parallax` one after the other, each divided into calls as a scheduler (Slurm, GNU parallel) would: a call is one process that reads
and writes a file. Needs pyarrow. docs/spark.md explains the rows.

    python examples/stages.py parallax articles.jsonl out --jobs 2

`out` gets each table as a Parquet file; seconds and keys are printed.
"""

import argparse
import collections
import concurrent.futures
import itertools
import json
import subprocess
import tempfile
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet

TYPES = {"kind": pyarrow.string(), "id": pyarrow.string(), "key": pyarrow.int64(), "n": pyarrow.int64(), "record": pyarrow.binary()}
SCHEMA = pyarrow.schema(list(TYPES.items()))
Row = collections.namedtuple("Row", TYPES)
ARTICLE = {"article_id": ["article_id", "id"], "outlet": ["outlet"], "headline": ["headline", "title"], "date_published": ["date_published", "date"], "body": ["body", "text"]}


class Stages:
    """Runs stages and keeps how long they took."""

    def __init__(self, binary, jobs, job_file, cache, folder):
        self.binary, self.jobs, self.folder = binary, jobs, Path(folder)
        self.settings = [*([] if job_file is None else ["--job", job_file]), *([] if cache is None else ["--cache", cache])]
        self.seconds = collections.Counter()
        self.numbers = itertools.count()

    def call(self, name, table, *flags):
        """One call: rows in a file, rows out of a file."""
        given = self.folder / f"{next(self.numbers)}.arrow"
        with pyarrow.ipc.new_stream(given, table.schema) as stream:
            stream.write_table(table, max_chunksize=1000)
        out = given.with_suffix(".out")
        with out.open("wb") as file:
            subprocess.run([self.binary, "stage", name, given, *self.settings, *flags], check=True, stdout=file)
        columns = pyarrow.ipc.open_stream(out.read_bytes()).read_all().to_pydict()
        given.unlink()
        out.unlink()
        return [Row(*cells) for cells in zip(*columns.values())]

    def calls(self, name, tables):
        """Some calls at once, each on one thread."""
        begin = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            found = list(pool.map(lambda table: self.call(name, table, "--threads", "1"), tables))
        self.seconds[name] += time.perf_counter() - begin
        return [row for rows in found for row in rows]

    def by_key(self, name, rows, with_all=()):
        """A call for each key."""
        of_key = collections.defaultdict(list)
        for row in rows:
            of_key[row.key].append(row)
        # The largest first, so that no process is left alone with it.
        keys = sorted(of_key.values(), key=len, reverse=True)
        return self.calls(name, [arrow([*rows, *with_all]) for rows in keys])

    def at_once(self, name, rows):
        begin = time.perf_counter()
        found = self.call(name, arrow(rows))
        self.seconds[name] += time.perf_counter() - begin
        return found


def arrow(rows):
    return pyarrow.table([pyarrow.array(cells, kind) for cells, kind in zip(zip(*rows), TYPES.values())], schema=SCHEMA)


def of(rows, *kinds):
    return [row for row in rows if row.kind in kinds]


def chunks(rows, size):
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def say_keys(what, rows):
    sizes = sorted(collections.Counter(row.key for row in rows).values(), reverse=True)
    print(f"{what}: {len(sizes)} keys, {sum(sizes)} articles in all of them, the largest have {sizes[:3]}", flush=True)


def compare(stages, articles):
    """The tables, each a list of Arrow tables."""
    names = list(ARTICLE)
    inputs = [pyarrow.table({name: [row[name] for row in part] for name in names}) for part in chunks(articles, 256)]
    mapped = stages.calls("map_articles", inputs)
    documents = [row for row in of(mapped, "document") if row.n == 1]
    counts = stages.at_once("merge_counts", of(mapped, "counts"))
    counted = stages.calls("count_names", [arrow([*part, *counts]) for part in chunks(documents, 1000)])
    with_all = stages.at_once("merge_counts", [*counts, *counted])
    say_keys("windows", of(mapped, "window"))
    grouped = stages.by_key("group_articles", of(mapped, "window"))
    copied = stages.by_key("find_copies", of(mapped, "document"))
    placed = stages.at_once("place_events", [*grouped, *of(copied, "copied")])
    document = {row.id: row for row in documents}

    def with_documents(rows):
        return [document[row.id]._replace(key=row.key, n=row.n) for row in of(rows, "article")]

    say_keys("matched", of(placed, "article"))
    matched = stages.by_key("match_pairs", [*with_documents(placed), *of(placed, "event")], with_all)
    resolved = stages.at_once("resolve_claims", [*of(matched, "claim", "tie"), *grouped])
    key_of = {row.id: row.key for row in of(resolved, "article")}
    say_keys("compared", of(resolved, "article"))
    of_articles = [row._replace(key=key_of[row.id]) for row in [*of(placed, "copied"), *of(matched, "figures")]]
    to_compare = [*with_documents(resolved), *of(resolved, "event", "claim"), *of_articles]
    compared = stages.by_key("compare_claims", to_compare, with_all)
    aligned = of(compared, "aligned")
    copies = collections.defaultdict(list)
    for row in of(placed, "copied"):
        copies[row.id].append(row)
    parts = [[*part, *(row for of_part in part for row in copies[of_part.id])] for part in chunks(documents, 1000)]
    uses = stages.calls("count_uses", [arrow([*part, *with_all, *aligned]) for part in parts])
    finished = stages.at_once("finish_tables", [*of(compared, "observed"), *aligned, *uses, *of(mapped, "rejected"), *with_all])
    print(f"{len(of(placed, 'dropped'))} articles dropped from matching, {len(of(resolved, 'claim'))} claims", flush=True)
    tables = collections.defaultdict(list)
    for row in [*compared, *copied, *finished]:
        if row.kind.startswith("table:"):
            tables[row.kind.removeprefix("table:")].append(pyarrow.ipc.open_stream(row.record).read_all())
    return tables


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("articles")
    parser.add_argument("out", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--job", help="a job file with settings")
    parser.add_argument("--cache", help="a folder in which encodings are kept from call to call")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in Path(arguments.articles).read_text(encoding="utf-8").splitlines()]
    first = {name: next((other for other in names if other in rows[0]), None) for name, names in ARTICLE.items()}
    articles = [{name: str(row.get(column) or "") for name, column in first.items()} for row in rows]
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=arguments.out) as folder:
        stages = Stages(arguments.binary, arguments.jobs, arguments.job, arguments.cache, folder)
        tables = compare(stages, articles)
    for name, parts in tables.items():
        pyarrow.parquet.write_table(pyarrow.concat_tables(parts), arguments.out / f"{name}.parquet")
    for name, seconds in stages.seconds.items():
        print(f"{name}: {seconds:.1f} s, {1000 * seconds * arguments.jobs / len(articles):.1f} seconds of {arguments.jobs} processes for 1,000 articles")


if __name__ == "__main__":
    main()
