"""Checks that pandas reads the same from the Parquet and the CSV tables of a run, with the types of run.json.

    python .ci/check_parquet.py OUT
"""

import json
import sys
from pathlib import Path

import pandas as pd

GUARD = r"^'(?='*[=+\-@\t\r＝＋－＠])"
DTYPES = {"text": "object", "integer": "int64", "number": "float64", "boolean": "bool"}


def main():
    folder = Path(sys.argv[1])
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for name, columns in run["tables"].items():
        parquet = pd.read_parquet(folder / f"{name}.parquet")
        csv = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        assert list(parquet.columns) == list(csv.columns) == list(columns) and len(parquet) == len(csv), name
        for column, kind in columns.items():
            cells, words = parquet[column], csv[column].str.replace(GUARD, "", regex=True)
            assert (cells.isna() == (words == "")).all(), f"{name}.{column}"
            filled = cells.notna()
            if kind == "text":
                assert (cells[filled] == words[filled]).all(), f"{name}.{column}"
            elif kind == "boolean":
                assert (cells[filled].astype(str).str.lower() == words[filled]).all(), f"{name}.{column}"
            else:
                assert (cells[filled].astype(float) == words[filled].astype(float)).all(), f"{name}.{column}"
            if filled.all() and len(cells):
                assert cells.dtype == DTYPES[kind], f"{name}.{column} is {cells.dtype}"
        print(f"{name}.parquet: {len(parquet)} rows as in CSV")


if __name__ == "__main__":
    main()
