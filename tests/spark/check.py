"""The tables of Apache Spark are those of one process, row by row, also where a worker is killed.

    python tests/spark/check.py FOLDER [--file ARTICLES.jsonl] [--articles N] [--period-days N]
"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path

import psutil
import pyarrow
import pyarrow.parquet

os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable

import pyspark  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

import parallax  # noqa: E402
from parallax import spark  # noqa: E402

CLUSTER = "local-cluster[2,1,1024]"
COLUMNS = "article_id string, outlet string, headline string, date_published string, text string"


def of_file(path):
    """Articles of a JSON Lines file."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield (
            str(row.get("article_id") or row["id"]),
            row["outlet"],
            row.get("headline") or row.get("title") or "",
            row.get("date_published") or row.get("date") or "",
            row.get("body") or row["text"],
        )


def of_seeds():
    """The seeds, each as three outlets print it, one with words of its own."""
    changes = [("said", "said"), ("said", "claimed"), ("protest", "riot")]
    for seed in sorted(Path("seeds").glob("*.txt")):
        text = seed.read_text(encoding="utf-8")
        for number, (old, new) in enumerate(changes):
            lines = [line for at, line in enumerate(text.replace(old, new).splitlines()) if number == 0 or at % 5 != number]
            yield f"{seed.stem}-{number}", f"{seed.stem.split('-')[0]} {number}", "", f"2018-12-0{number + 3}", "\n".join(lines)


def rows_of(table):
    """The rows of a table without where they were read, in an order that does not depend on it."""
    names = sorted(set(table.column_names) - {"row", "file"})
    return sorted(json.dumps(row, sort_keys=True) for row in table.select(names).to_pylist())


class Killer(threading.Thread):
    """Kills one worker process as soon as a stage has begun."""

    def __init__(self, session, stage):
        super().__init__(daemon=True)
        self.session, self.stage, self.killed = session, stage, None

    def run(self):
        tracker = self.session.sparkContext.statusTracker()
        marker = Path(self.stage)
        while self.killed is None:
            time.sleep(0.05)
            if not marker.exists() or not tracker.getActiveJobsIds():
                continue
            for process in psutil.Process().children(recursive=True):
                # A process that has just ended has no command line.
                with contextlib.suppress(psutil.Error):
                    if "CoarseGrainedExecutorBackend" in " ".join(process.cmdline()):
                        process.kill()
                        self.killed = process.pid
                        return


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--file")
    parser.add_argument("--articles", type=int, default=0)
    parser.add_argument("--period-days", type=int, default=30)
    parser.add_argument("--sentences", type=int, default=2_000, help="of a key")
    arguments = parser.parse_args()
    rows = list(of_file(arguments.file) if arguments.file else of_seeds())
    rows = rows[: arguments.articles or len(rows)]
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    # Other than what one process does by itself: several windows, and the choice of sentences. Rows of framing that a reader would hardly keep, or the
    # articles made of the seeds have none.
    options = {"group": {"period_days": arguments.period_days}, "encode": {"sentences": "candidates"}, "framing": {"min_salience": 0.01}}
    names = [column.split()[0] for column in COLUMNS.split(", ")]

    begin = time.perf_counter()
    expected = parallax.compare([dict(zip(names, row)) for row in rows], cache=False, **options)
    expected = {name: rows_of(pyarrow.table(getattr(expected, name))) for name in expected.table_names}
    n_claims, n_framing = (len(expected[name]) for name in ("claims", "framing"))
    if min(n_claims, n_framing) == 0:
        sys.exit(f"{n_claims} claims and {n_framing} rows of framing: nothing to compare")
    print(f"one process: {len(rows)} articles, {n_claims} claims, {n_framing} rows of framing, {time.perf_counter() - begin:.1f} s", flush=True)

    session = (
        SparkSession.builder.master(CLUSTER)
        .config("spark.ui.enabled", "false")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.adaptive.enabled", "false")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    articles = session.createDataFrame(rows, COLUMNS).repartition(4)
    for what, stage in [("undisturbed", None), ("one worker killed", folder / "work-1" / "placed" / "_SUCCESS")]:
        number = 0 if stage is None else 1
        killer = None if stage is None else Killer(session, stage)
        if killer:
            killer.start()
        begin = time.perf_counter()
        out, work = folder / f"out-{number}", folder / f"work-{number}"
        done = spark.compare(articles, f"file:{out}", work=f"file:{work}", sentences_of_a_key=arguments.sentences, **options)
        seconds = time.perf_counter() - begin
        if killer and killer.killed is None:
            sys.exit("no worker was killed")
        for name, rows_expected in expected.items():
            found = rows_of(pyarrow.parquet.read_table(out / name))
            if found != rows_expected:
                missing, more = sorted(set(rows_expected) - set(found)), sorted(set(found) - set(rows_expected))
                sys.exit(f"{what}: the table {name} has {len(found)} rows and not {len(rows_expected)}; missing {missing[:1]}, more {more[:1]}")
        print(f"Spark {pyspark.__version__}, {CLUSTER}, {what}: the same rows in {len(expected)} tables, {seconds:.1f} s, {done}", flush=True)
    session.stop()


if __name__ == "__main__":
    main()
