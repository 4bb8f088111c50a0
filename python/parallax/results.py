"""What a run found."""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Union, overload

from . import _parallax
from .errors import UsageError
from .paths import path as _path
from .table import Table

#: Claims that a notebook shows: those with most at stake.
_CLAIMS = 40

#: Bytes of whole articles in what a notebook shows.
_TEXT = 400_000

#: Height of the view in a notebook, in pixels.
_HEIGHT = 640


class _TableOf:
    """The table of the attribute's name."""

    def __init__(self, doc: str) -> None:
        self.__doc__ = doc

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, results: None, owner: type) -> _TableOf: ...
    @overload
    def __get__(self, results: Results, owner: type) -> Table: ...
    def __get__(self, results: Results | None, owner: type) -> _TableOf | Table:
        return self if results is None else results[self._name]


class Results:
    """The tables of a run, its report and its ``run.json``.

    Each table is an attribute (``results.claims``) and an item (``results["claims"]``); it is made when it is first asked for.
    ``docs/tables.md`` says what the columns hold, and so does ``results.claims.columns``. In a notebook, the results show as
    the report's page with the claims that have most at stake.
    """

    def __init__(self, native: Union[_parallax.Run, _parallax.Folder]) -> None:
        self._native = native
        self._tables: dict[str, Table] = {}
        #: ``run.json``: version, settings, model, inputs with their hashes, counts, warnings, seconds.
        self.run: dict[str, Any] = json.loads(native.run_json())

    @property
    def table_names(self) -> list[str]:
        """The names of the tables."""
        return self._native.table_names()

    def __getitem__(self, name: str) -> Table:
        if name not in self._tables:
            if name not in self.table_names:
                raise KeyError(f"{name!r} is no table; there are {', '.join(self.table_names)}")
            self._tables[name] = Table(name, self._native.table(name))
        return self._tables[name]

    events = _TableOf("One row per event: its label, dates and number of outlets.")
    articles = _TableOf("One row per article, with its event and what is to be known of its text.")
    sentences = _TableOf("One row per sentence, with offsets and figures.")
    claims = _TableOf("One row per claim that two outlets or more have a part in.")
    mentions = _TableOf("One row per sentence of a claim.")
    comparisons = _TableOf("One row per claim and pair of outlets, side by side.")
    framing = _TableOf("One row per difference in framing, with the words on both sides.")
    measures = _TableOf("One row per sentence of a claim and measure.")
    targets = _TableOf("The sentiment toward names that outlets share on a claim.")
    attributions = _TableOf("Who statements are attributed to, by which words.")
    clauses = _TableOf("Who does what in the sentences of claims.")
    coverage = _TableOf("One row per claim and outlet: reported, or not observed with the reason.")
    outlets = _TableOf("Differences between outlets within shared claims, with intervals.")
    wordings = _TableOf("What outlets call the same things.")
    copies = _TableOf("Text that outlets carry from one another or from an agency.")
    rejected = _TableOf("Inputs that could not be used, with the reason.")

    def __iter__(self) -> Iterator[str]:
        return iter(self.table_names)

    def __contains__(self, name: object) -> bool:
        return name in self.table_names

    @property
    def warnings(self) -> list[str]:
        """What a reader of the results should know, in plain words."""
        return list(self.run["warnings"])

    def report(self, path: str | os.PathLike[str]) -> Path:
        """Writes ``report.html``, one file that needs no network, to ``path``, and gives the path.

        A folder gets a ``report.html``. A file that is there is replaced as a whole or not at all.

        Raises:
            parallax.errors.WriteError: where it cannot be written.
            parallax.errors.ResultsError: where there is no room for the tables that it is made of.
            parallax.errors.TableError: where a table of a folder that was read is damaged.
        """
        target = _path(path)
        if target.is_dir():
            target = target / "report.html"
        self._native.write_page(target)
        return target

    def write(self, folder: str | os.PathLike[str], formats: Iterable[str] = ("csv",)) -> Path:
        """Writes what ``parallax compare --out FOLDER`` writes: every table in each of ``formats`` (``csv``, ``jsonl``, ``parquet``), ``run.json`` and
        ``report.html``, all or nothing.

        Raises:
            parallax.errors.UsageError: for no format, or one that there is not.
            parallax.errors.OutputError: where the folder holds something else.
            parallax.errors.ResultsError: where it cannot be written.
        """
        if isinstance(self._native, _parallax.Folder):
            raise UsageError("these results were read from a folder; copy that folder")
        formats = [formats] if isinstance(formats, str) else list(formats)
        self._native.write(_path(folder), formats)
        return _path(folder)

    def _repr_html_(self) -> str:
        page = self._native.page(_CLAIMS, _TEXT)
        return (
            f"<p>{html.escape(self._counts())}</p>"
            f'<iframe title="parallax report" sandbox="allow-scripts allow-downloads" style="width:100%;height:{_HEIGHT}px;border:1px solid #ccc" '
            f'srcdoc="{html.escape(page)}"></iframe>'
        )

    def _counts(self) -> str:
        counts = self.run["counts"]

        def of(n: int, one: str) -> str:
            return f"{n:,} {one}{'' if n == 1 else 's'}"

        matched = counts["claims_confirmed"] + counts["claims_possible"]
        return (
            f"{of(counts['articles'], 'article')} of {of(counts['outlets'], 'outlet')} on {of(counts['events'], 'event')}: "
            f"{of(matched, 'claim')} that two outlets or more make ({counts['claims_confirmed']:,} confirmed), "
            f"{of(counts['comparisons'], 'comparison')}"
        )

    def __repr__(self) -> str:
        rejected = self.run["counts"]["rejected"]
        note = f", {rejected:,} rejected (see .rejected)" if rejected else ""
        return f"<parallax results: {self._counts()}{note}>"
