"""``compare`` on Apache Spark, 3.5 or 4: the phases of the local run, each on some of the rows, with the tables of the local run.

>>> from parallax import spark
>>> spark.compare(session.read.parquet("articles"), "results", work="work")   # doctest: +SKIP

What runs is the native code of this package in the workers (``mapInArrow``); Spark divides the rows, moves them and starts again what a lost worker had. docs/spark.md has the layout of
the results, what a cluster needs and what it costs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from . import _parallax
from .errors import UsageError
from .paths import PathLike
from .stages import _settings
from .table import _need

if TYPE_CHECKING:  # pragma: no cover
    from pyspark.sql import DataFrame, SparkSession

#: What goes from stage to stage.
ROW = "kind string, id string, key long, n long, record binary"

#: Articles that are split and encoded at once.
_ARTICLES = 256


@dataclass(frozen=True)
class Keys:
    """How the articles of a stage are spread over its keys: what one task has to do."""

    #: Number of keys.
    n: int
    #: Number of articles of the largest, those that are repeated there as neighbours included.
    largest: int
    #: Number of articles of all keys together.
    all: int


@dataclass(frozen=True)
class Compared:
    """What :func:`compare` did."""

    #: Rows of each table.
    tables: dict[str, int]
    #: Articles of events that are too large (``most_articles``), which were not matched. The table ``dropped`` has them.
    n_dropped: int
    #: The windows in which articles are grouped.
    windows: Keys
    #: The parts in which sentences are matched.
    matched: Keys
    #: The parts in which claims are compared.
    compared: Keys
    #: Seconds from the start of each stage to the start of the next.
    seconds: dict[str, float]


def compare(
    articles: DataFrame,
    out: str,
    *,
    work: str,
    sentences_of_a_key: int = 20_000,
    most_articles: int = 2_000,
    model: PathLike | None = None,
    threads: int = 1,
    cache: PathLike | None = None,
    **options: Any,
) -> Compared:
    """Compares articles of several outlets, claim by claim, on a cluster.

    Args:
        articles: A row per article, with the columns that :func:`parallax.compare` takes; each has an ``article_id`` of its own. Dates are of a
            date's type or written as 2019-07-12, unless ``read={"date_order": ...}`` says how they are to be read.
        out: Folder that all machines reach (``hdfs:``, ``s3a:``, ``file:``): each table becomes a folder of Parquet files in it. The order of rows is not
            that of the local run; what stood in those folders is replaced.
        work: Folder that all machines reach, for what goes from stage to stage: some 1.3 kB a sentence. It can be deleted afterwards.
        sentences_of_a_key: Sentences of the events that are matched in one task, but for an event that has more. A task needs some 500 MB and 11 kB for each.
        most_articles: Most articles of one event that are matched.
        model: A model's name or folder, the same on all machines; by default the one that is part of the package.
        threads: Threads of a task (``spark.task.cpus``).
        cache: Folder of each machine's own disk in which encodings are kept from task to task: what is encoded to be matched is not encoded again to be compared.
            By default each task forgets them.
        options: As for :func:`parallax.compare`. With ``group={"period_days": 30}`` articles are compared with those of their month and of the days around it
            alone: without it all articles are grouped in one task.

    Returns:
        What was done.

    Raises:
        parallax.errors.UsageError: for options that cannot be used, and ``across_events``, which cannot be done in parts.
        pyspark.errors.PythonException: where a worker fails, with the error of the stage in its text.
    """
    _need("pyspark", "parallax.spark")
    settings = _settings(options, model, threads)
    run = _Run(articles.sparkSession, work, settings, sentences_of_a_key, most_articles, None if cache is None else str(cache))
    mapped = run.stage("map_articles", articles, n=None)
    counts = run.merged(mapped.where("kind = 'counts'"), [])
    if not counts:
        raise UsageError("nothing to compare; there is no row in articles")
    documents = mapped.where("kind = 'document' and n = 1")
    counts = run.merged(run.apply("count_names", documents, counts), counts)

    of_windows = mapped.where("kind = 'window'")
    windows = _keys(of_windows)
    grouped = run.stage("group_articles", of_windows, n=windows.n).collect()
    copied = run.stage("find_copies", mapped.where("kind = 'document'"), n=windows.n)
    copies = copied.where("kind = 'copied'").collect()

    placed = run.rows(run.on_driver("place_events", [*grouped, *copies]), "placed")
    of_placed = _with_documents(placed, documents)
    to_match = of_placed.unionByName(placed.where("kind = 'event'"))
    match_keys = _keys(of_placed)
    matched = run.stage("match_pairs", to_match, n=match_keys.n, context=counts)

    found = matched.where("kind in ('claim', 'tie')").collect()
    resolved = run.rows(run.on_driver("resolve_claims", [*grouped, *found]), "resolved")
    keys = resolved.where("kind = 'article'").select("id", "key")
    of_articles = placed.where("kind = 'copied'").unionByName(matched.where("kind = 'figures'"))
    of_resolved = _with_documents(resolved, documents)
    to_compare = (
        of_resolved.unionByName(resolved.where("kind in ('event', 'claim')"))
        .unionByName(of_articles.drop("key").join(keys, "id").select("kind", "id", "key", "n", "record"))
    )
    compare_keys = _keys(of_resolved)
    compared = run.stage("compare_claims", to_compare, n=compare_keys.n, context=counts)

    observed = compared.where("kind in ('observed', 'aligned')").collect()
    aligned = [row for row in observed if row["kind"] == "aligned"]
    to_count = documents.unionByName(placed.where("kind = 'copied'")).repartition("id")
    uses = run.apply("count_uses", to_count, [*counts, *aligned]).collect()
    rejected = mapped.where("kind = 'rejected'").collect()
    last = run.rows(run.on_driver("finish_tables", [*observed, *uses, *rejected, *counts]), "finished")

    with_tables = compared.unionByName(copied).unionByName(last).where("kind like 'table:%'")
    tables = {row["kind"][len("table:") :]: row["n"] for row in with_tables.groupBy("kind").agg({"n": "sum"}).toDF("kind", "n").collect()}
    run.begin("writing tables")
    for name in sorted(tables):
        _table(with_tables.where(f"kind = 'table:{name}'")).write.mode("overwrite").parquet(f"{out}/{name}")
    dropped = placed.where("kind = 'dropped'").selectExpr("id as article_id")
    dropped.write.mode("overwrite").parquet(f"{out}/dropped")
    return Compared(tables, dropped.count(), windows, match_keys, compare_keys, run.seconds())


class _Run:
    """A job's settings and where its rows are."""

    def __init__(
        self, session: SparkSession, work: str, settings: str, sentences: int, articles: int, cache: str | None
    ) -> None:
        self.session = session
        self.work = work
        self.settings = settings
        self.place = json.dumps({"sentences": sentences, "articles": articles})
        self.cache = cache
        self.begun: list[tuple[str, float]] = []

    def begin(self, name: str) -> None:
        self.begun.append((name, time.perf_counter()))

    def seconds(self) -> dict[str, float]:
        ends = [at for _, at in self.begun[1:]] + [time.perf_counter()]
        seconds: dict[str, float] = {}
        for (name, start), end in zip(self.begun, ends):
            seconds[name] = round(seconds.get(name, 0.0) + end - start, 1)
        return seconds

    def stage(self, name: str, rows: DataFrame, n: int | None, context: Sequence[Any] = ()) -> DataFrame:
        """Runs a stage on the cluster and writes what it gives: by keys, of which there are ``n``, or on the rows as they come."""
        self.begin(name)
        by_key = rows if n is None else rows.repartition(max(n, 1), "key")
        given = self.apply(name, by_key, context)
        given.write.mode("overwrite").parquet(f"{self.work}/{name}")
        return self.session.read.schema(ROW).parquet(f"{self.work}/{name}")

    def apply(self, name: str, rows: DataFrame, context: Sequence[Any]) -> DataFrame:
        """A stage on the rows of each partition, with the rows of ``context`` beside them."""
        if not self.begun or self.begun[-1][0] != name:
            self.begin(name)
        known = self.session.sparkContext.broadcast([tuple(row) for row in context])
        return rows.mapInArrow(_work(name, self.settings, self.place, self.cache, known), ROW)

    def on_driver(self, name: str, rows: Iterable[Any]) -> list[tuple[Any, ...]]:
        """A stage whose rows all come together here."""
        self.begin(name)
        settings = json.dumps({**json.loads(self.settings), "threads": 0})
        given = _run(name, _arrow([tuple(row) for row in rows]), settings, self.place, None)
        return [tuple(row.values()) for batch in given for row in batch.to_pylist()]

    def merged(self, counted: DataFrame, rows: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Counts, added up: most of the work on the cluster, so that only some of them come here."""
        of_parts = self.apply("merge_counts", counted.coalesce(8), []).collect()
        return self.on_driver("merge_counts", [*rows, *of_parts]) if of_parts else []

    def rows(self, rows: Sequence[tuple[Any, ...]], name: str) -> DataFrame:
        """Rows of the driver, written so that they are not sent along with every task."""
        frame = self.session.createDataFrame([(kind, id, key, n, bytearray(record)) for kind, id, key, n, record in rows], ROW)
        frame.write.mode("overwrite").parquet(f"{self.work}/{name}")
        return self.session.read.schema(ROW).parquet(f"{self.work}/{name}")


def _work(name: str, settings: str, place: str, cache: str | None, known: Any) -> Callable[[Iterator[Any]], Iterator[Any]]:
    def work(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        if name == "map_articles":
            for batch in batches:
                for start in range(0, batch.num_rows, _ARTICLES):
                    yield from _run(name, pyarrow.Table.from_batches([batch.slice(start, _ARTICLES)]), settings, place, cache)
            return
        given = [batch for batch in batches if batch.num_rows]
        if given:
            rows = pyarrow.Table.from_batches(given)
            context = _arrow(known.value)
            yield from _run(name, pyarrow.concat_tables([rows.cast(context.schema), context]), settings, place, cache)

    return work


def _run(name: str, rows: Any, settings: str, place: str, cache: str | None) -> list[Any]:
    import pyarrow

    store = False if cache is None else Path(cache)
    batches: list[Any] = pyarrow.table(_parallax.stage(name, rows, settings, place, store)).to_batches()
    return batches


def _arrow(rows: Sequence[tuple[Any, ...]]) -> Any:
    """Rows as an Arrow table."""
    import pyarrow

    types = {"kind": pyarrow.string(), "id": pyarrow.string(), "key": pyarrow.int64(), "n": pyarrow.int64(), "record": pyarrow.binary()}
    columns = [pyarrow.array([row[at] for row in rows], kind) for at, kind in enumerate(types.values())]
    return pyarrow.table(columns, schema=pyarrow.schema(list(types.items())))


def _with_documents(placed: DataFrame, documents: DataFrame) -> DataFrame:
    """The documents under the keys under which ``placed`` has their articles."""
    articles = placed.where("kind = 'article'").select("id", "key", "n")
    return articles.join(documents.select("kind", "id", "record"), "id").select("kind", "id", "key", "n", "record")


def _keys(rows: DataFrame) -> Keys:
    sizes = [row["count"] for row in rows.groupBy("key").count().collect()]
    return Keys(len(sizes), max(sizes, default=0), sum(sizes))


def _table(rows: DataFrame) -> DataFrame:
    """The rows of a table, which each row of ``rows`` has as an Arrow stream."""
    import pyarrow
    from pyspark.sql.pandas.types import from_arrow_schema

    def read(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        for batch in batches:
            for record in batch.column("record"):
                yield from pyarrow.ipc.open_stream(record.as_buffer())

    first = rows.first()
    if first is None:
        raise UsageError("a table without a part; this is a fault of parallax")
    schema = from_arrow_schema(pyarrow.ipc.open_stream(first["record"]).schema)
    return rows.select("record").mapInArrow(read, schema)
