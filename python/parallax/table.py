"""Tables as Arrow, to be handed to pandas, polars, pyarrow or DuckDB."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Iterator

from . import _parallax

if TYPE_CHECKING:  # pragma: no cover
    import pandas
    import polars
    import pyarrow

#: Rows that a notebook shows of a table.
_SHOWN = 10

#: Characters that a notebook shows of a cell.
_WIDTH = 120


def _need(module: str, why: str) -> Any:
    try:
        return __import__(module)
    except ImportError as error:
        raise ImportError(f"{why} needs {module}, which is not installed: pip install {module}") from error


class Table:
    """A table of a run, in Arrow's memory format.

    It has the Arrow PyCapsule interface, so whatever knows Arrow takes it: ``polars.DataFrame(claims)``, ``pyarrow.table(claims)``,
    ``duckdb.sql("select * from claims")``. Texts are those of the articles, figures of a run have four decimals at most, as in the files that
    ``parallax compare`` writes; an empty cell is null.
    """

    def __init__(self, name: str, native: _parallax.Table) -> None:
        self.name = name
        self._native = native

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._native.__arrow_c_stream__(requested_schema)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return self._native.column_names

    @property
    def num_rows(self) -> int:
        """The number of rows."""
        return self._native.num_rows

    @property
    def num_columns(self) -> int:
        """The number of columns."""
        return len(self.column_names)

    @property
    def doc(self) -> str:
        """What a row is."""
        return str(_docs().get(self.name, {}).get("doc", ""))

    @property
    def columns(self) -> dict[str, str]:
        """What each column holds, by its name. Columns that the input brought say nothing of themselves."""
        known = _docs().get(self.name, {}).get("columns", {})
        return {name: known.get(name, "") for name in self.column_names}

    def __len__(self) -> int:
        return self.num_rows

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same names and cells."""
        if not isinstance(other, Table):
            return NotImplemented
        return self.column_names == other.column_names and self.to_pylist() == other.to_pylist()

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dictionaries."""
        return [json.loads(line) for line in self._native.rows(self.num_rows)]

    def to_pyarrow(self) -> pyarrow.Table:
        """A ``pyarrow.Table``."""
        return _need("pyarrow", "Table.to_pyarrow").table(self)

    def to_pandas(self, **options: Any) -> pandas.DataFrame:
        """A ``pandas.DataFrame``, by pyarrow; ``options`` are those of ``pyarrow.Table.to_pandas``.

        Whole numbers stay whole numbers where cells are empty (pandas' ``Int64``), unless ``options`` say otherwise.
        """
        library = _need("pandas", "Table.to_pandas")
        arrow = _need("pyarrow", "Table.to_pandas")
        types = {arrow.int64(): library.Int64Dtype(), arrow.bool_(): library.BooleanDtype()}
        frame = self.to_pyarrow()
        nullable = {field.type for field in frame.schema if frame[field.name].null_count}
        options.setdefault("types_mapper", {kind: types[kind] for kind in nullable & types.keys()}.get)
        found: pandas.DataFrame = frame.to_pandas(**options)
        return found

    def to_polars(self) -> polars.DataFrame:
        """A ``polars.DataFrame``."""
        frame: polars.DataFrame = _need("polars", "Table.to_polars").DataFrame(self)
        return frame

    def __repr__(self) -> str:
        n = self.num_rows
        return f"<parallax table {self.name}: {n:,} row{'' if n == 1 else 's'}, {self.num_columns} columns>"

    def _repr_html_(self) -> str:
        rows = [json.loads(line) for line in self._native.rows(_SHOWN)]
        names = self.column_names

        def cell(value: object) -> str:
            text = "" if value is None else str(value)
            return escape(text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…")

        head = "".join(f'<th title="{escape(doc)}">{escape(name)}</th>' for name, doc in self.columns.items())
        body = "".join("<tr>" + "".join(f"<td>{cell(row[name])}</td>" for name in names) + "</tr>" for row in rows)
        more = f"{self.num_rows:,} rows" if self.num_rows > len(rows) else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{more}</p>"


def _docs() -> dict[str, Any]:
    global _known
    if _known is None:
        _known = json.loads(_parallax.schemas())
    return _known


_known: dict[str, Any] | None = None
