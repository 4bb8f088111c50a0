"""The functions: a whole run, the results of an earlier one, and single stages."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from . import _parallax
from .errors import UsageError
from .paths import PathLike
from .paths import path as _path
from .results import Results
from .table import Table, _need

if TYPE_CHECKING:  # pragma: no cover
    import numpy
    from numpy.typing import NDArray

#: Called with a stage's name, how many units of it are done, and how many there are (``None`` where that is not known).
Progress = Callable[[str, int, "int | None"], object]


def compare(
    articles: Any = None,
    *,
    model: PathLike | None = None,
    threads: int | None = None,
    cache: bool | PathLike | None = True,
    job: PathLike | None = None,
    progress: bool | Progress | None = None,
    **options: Any,
) -> Results:
    """Compares articles of several outlets, claim by claim.

    Args:
        articles: One of

            - a pandas or polars data frame, an Arrow table, or anything else with ``__arrow_c_stream__``: a row per article;
            - a list of dictionaries, one per article;
            - a path, or a list of paths, as on the command line: folders, ``.txt``, ``.html``, ``.csv``, ``.jsonl``, ``.xlsx``, ``.parquet``.

            An article needs ``outlet`` and ``text`` (or ``body``, ``content``), and should have ``headline``, ``date_published``, ``url`` and
            ``article_id``. For other names give ``read={"text": "my_column"}``. May be left out where the job file names inputs.
        model: A model's name or folder; by default the one that is part of the package.
        threads: Worker threads, by default one for each core. Results are the same for any number.
        cache: Where encodings are kept from run to run: ``True`` for the platform's folder, which the command line uses too, ``False`` for nowhere, or
            a folder. No result depends on it.
        job: A job file (TOML). What is given here wins over it.
        progress: ``True`` or ``False`` to show or hide progress on stderr (a bar, where ``tqdm`` is installed), or a function that is told of it. By default it is shown in
            notebooks and terminals.
        options: The sections of a job file: ``read``, ``copies``, ``group``, ``cluster``, ``framing``, ``statistics``, ``heads``, as dictionaries, such as
            ``cluster={"across_events": True}``.

    Returns:
        The tables: ``.claims``, ``.comparisons``, ``.framing``, ``.coverage`` and others, each an Arrow table with ``.to_pandas()`` and ``.to_polars()``.

    Raises:
        parallax.ParallaxError: with a class for each kind of fault in ``parallax.errors``. Single rows that cannot be used are listed in
            ``.rejected`` instead.
        KeyboardInterrupt: on Ctrl-C, as soon as the sentences in hand are done: within seconds while the model works; splitting and grouping are finished
            first. What was encoded is kept for the next run, where ``cache`` is on.

    After a run, a forked child of the process cannot run another one, since the threads of the first are not in it; with ``multiprocessing``, use the start method ``spawn``.
    """
    _not_forked()
    source = _source(articles)
    job_file = None if job is None else _path(job)
    with _told(progress) as tell:
        return Results(_parallax.compare(source, _settings(options, model, threads), job_file, _cache(cache), tell))


def read(folder: PathLike) -> Results:
    """The results that ``parallax compare --out FOLDER``, or ``Results.write``, left in a folder.

    Raises:
        parallax.errors.OutputError: where the folder holds none.
    """
    return Results(_parallax.Folder(_path(folder)))


def split(text: str, headline: str = "") -> Table:
    """Splits an article into sentences.

    Returns:
        ``index``, ``field`` (``headline`` or ``body``), ``start_char`` and ``end_char`` (offsets into that text, as Python counts), ``text``, ``kind``
        (``body``, ``headline``, ``caption``, ``boilerplate``, ...), ``voice``. A headline that the body repeats is no sentence of its own.
    """
    return Table("split", _parallax.split(text, headline))


def encode(
    texts: Sequence[str],
    *,
    model: PathLike | None = None,
    threads: int | None = None,
    cache: bool | PathLike | None = True,
    progress: bool | Progress | None = None,
) -> NDArray[numpy.float32]:
    """The embeddings of texts, each taken as one sentence. It needs numpy.

    Args:
        texts: Strings. The model reads so many tokens of each (``parallax models show``); the rest is cut off.
        model, threads, cache, progress: As for :func:`compare`.

    Returns:
        Shape ``(len(texts), dimensions)`` (384 for the model that is part of the package), ``float32``. Rows have length 1 where the
        model's manifest says so (the bundled one's do), so that a product of two rows is their cosine.

    Raises:
        parallax.ParallaxError: as :func:`compare`.
    """
    library = _need("numpy", "parallax.encode")
    _not_forked()
    if isinstance(texts, str):
        raise UsageError("texts is one string; give a list of strings")
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise UsageError(f"text {number} is of type {type(text).__name__}; give strings")
    whole = [_whole(text) for text in texts]
    with _told(progress) as tell:
        values, width = _parallax.encode(whole, _settings({}, model, threads), _cache(cache), tell)
    rows: NDArray[numpy.float32] = library.frombuffer(values, dtype="<f4").reshape(-1, width).copy()
    return rows


def match(
    pairs: Iterable[tuple[str, str]],
    *,
    model: PathLike | None = None,
    threads: int | None = None,
    cache: bool | PathLike | None = True,
    progress: bool | Progress | None = None,
    **options: Any,
) -> Table:
    """How the two sentences of each pair relate, by the network and the checks that ``compare`` uses.

    ``compare`` knows more: how rare each word is in its event. Here, words are as rare as among all the texts that are given, so give the pairs
    that belong together at once.

    Args:
        pairs: Pairs of strings, each string one sentence.
        model, threads, cache, progress, options: As for :func:`compare`; of the options ``cluster`` counts.

    Returns:
        A row per pair, in their order: ``text_a``, ``text_b``, ``relation`` (``same``, ``partial``, ``conflicting``, or ``none``), ``tier`` (``confirmed``, ``possible``;
        null for ``none``), ``shared`` (the probability that they share a proposition), ``same`` (that they mainly say the same), ``conflict`` (what they
        disagree on), ``conflict_words``, ``cosine``. Figures are not rounded.

    Raises:
        parallax.ParallaxError: as :func:`compare`.
    """
    _not_forked()
    both = []
    for number, pair in enumerate(pairs):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
            raise UsageError(f"pair {number} is no pair of strings; give a list such as [(first, second), ...]")
        both.append((_whole(pair[0]), _whole(pair[1])))
    with _told(progress) as tell:
        return Table("match", _parallax.relate(both, _settings(options, model, threads), _cache(cache), tell))


def _settings(options: Mapping[str, Any], model: PathLike | None, threads: int | None) -> str:
    settings = dict(options)
    for name, where in (("out", "Results.write"), ("formats", "Results.write"), ("inputs", "the first argument")):
        if name in settings:
            raise UsageError(f"`{name}` is no option of this function; use {where}")
    if model is not None:
        settings["model"] = os.path.expanduser(model)
    if threads is not None:
        settings["threads"] = threads
    if isinstance(settings.get("heads"), Mapping):
        settings["heads"] = {name: os.path.expanduser(folder) for name, folder in settings["heads"].items()}
    try:
        return json.dumps(settings, default=_plain, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{error}; give the words, numbers, lists and dictionaries that a job file may have") from error


def _cache(cache: bool | PathLike | None) -> bool | Path:
    if cache is None or isinstance(cache, bool):
        return bool(cache)
    return _path(cache)


#: The process in which a run was made.
_ran_in: int | None = None


def _not_forked() -> None:
    """Refuses to run in a forked child of a process that made a run: the threads that it would wait for are not there."""
    global _ran_in
    if _ran_in not in (None, os.getpid()):
        raise UsageError(
            "this process was forked from one that had used parallax, whose threads are not in it; start it by spawn: multiprocessing.get_context('spawn')"
        )
    _ran_in = os.getpid()


def _source(articles: Any) -> tuple[str, object]:
    """What the native function takes: paths, lines of JSON, or an Arrow stream."""
    if articles is None:
        return "paths", []
    if isinstance(articles, (str, os.PathLike)):
        return "paths", [_path(articles)]
    if _is_pandas(articles):
        # Not by Arrow: columns of mixed types have no Arrow type.
        return "lines", _lines(articles.to_dict("records"))
    if type(articles).__name__ == "LazyFrame":
        raise UsageError("articles is a lazy frame; collect() it first")
    if hasattr(articles, "__arrow_c_stream__"):
        return "table", _without_null_columns(articles)
    if isinstance(articles, Mapping):
        raise UsageError("articles is one dictionary; give a list of dictionaries, one for each article")
    if not isinstance(articles, Iterable):
        raise UsageError(f"articles is of type {type(articles).__name__}; {_WHAT_TO_GIVE}")
    rows = list(articles)
    if rows and all(isinstance(row, (str, os.PathLike)) for row in rows):
        return "paths", [_path(row) for row in rows]
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise UsageError(f"article {number} is of type {type(row).__name__}; {_WHAT_TO_GIVE}")
    return "lines", _lines(rows)


_WHAT_TO_GIVE = "give a data frame, an Arrow table, a list of dictionaries or a path"


def _without_null_columns(frame: Any) -> Any:
    """A frame of polars' with columns of nothing as columns of text: its Arrow form of the former is not what others read."""
    polars = sys.modules.get("polars")
    if polars is None or not isinstance(frame, polars.DataFrame):
        return frame
    return frame.with_columns(polars.selectors.by_dtype(polars.Null).cast(polars.String))


def _is_pandas(articles: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(articles, pandas.DataFrame)


def _lines(rows: Iterable[Mapping[Any, Any]]) -> str:
    return "\n".join(json.dumps({_whole(str(name)): _cell(value) for name, value in row.items()}, allow_nan=False) for row in rows)


def _cell(value: Any) -> Any:
    """A cell as JSON has it. What stands for nothing, in any of the ways of Python's libraries, is nothing; what JSON has no word for is text."""
    if isinstance(value, str):
        return _whole(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if type(value).__name__ in ("NAType", "NaTType", "datetime64"):
        return None if str(value) in ("<NA>", "NaT") else str(value)
    if type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0:
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else value if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**64 else str(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    try:
        return json.loads(_whole(json.dumps(value, default=str, allow_nan=False, ensure_ascii=False)))
    except (TypeError, ValueError, RecursionError):
        return _whole(str(value))


def _whole(text: str) -> str:
    """The text with U+FFFD for what is half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _plain(value: Any) -> Any:
    """What the options have that JSON has no word for."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        return value.item()
    raise TypeError(f"an option is of type {type(value).__name__}")


class _Lines:
    """Progress as one line on stderr that is written anew."""

    def __init__(self) -> None:
        self._width = 0

    def tell(self, stage: str, done: int, total: int | None) -> None:
        line = f"{stage}: {done:,} of {total:,}" if total else stage
        self._write("\r" + line.ljust(self._width))
        self._width = len(line)

    def close(self) -> None:
        self._write("\r" + " " * self._width + "\r")

    @staticmethod
    def _write(text: str) -> None:
        # Where nobody can be told, the run goes on.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text)
            sys.stderr.flush()


class _Bars:
    """Progress as a bar of tqdm's for each stage."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bar: Any = None
        self._stage: tuple[str, int | None] | None = None

    def tell(self, stage: str, done: int, total: int | None) -> None:
        if self._stage != (stage, total):
            self.close()
            self._stage = (stage, total)
            self._bar = self._tqdm(total=total, desc=stage, leave=False)
        self._bar.n = done
        self._bar.refresh()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@contextlib.contextmanager
def _told(progress: bool | Progress | None) -> Iterator[Progress | None]:
    """What is to be told of the progress, as long as there is some."""
    if callable(progress):
        yield progress
    elif _is_watched() if progress is None else progress:
        shown = _shown()
        try:
            yield shown.tell
        finally:
            shown.close()
    else:
        yield None


def _shown() -> _Lines | _Bars:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _Lines()
    return _Bars(tqdm)


def _is_watched() -> bool:
    """Whether somebody looks: a notebook, or a terminal."""
    shell = sys.modules.get("IPython")
    if shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell":
        return True
    return sys.stderr is not None and not sys.stderr.closed and sys.stderr.isatty()
