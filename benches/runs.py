#!/usr/bin/env python3
"""Seconds and peak memory of whole runs over the first articles of a JSONL file, by the number of articles.

    python3 benches/runs.py articles.jsonl --add 300 20        a cold run, then one with more articles
    python3 benches/runs.py articles.jsonl --sizes 200 400     runs with everything in the store

Rows need `text` and `outlet`; `id`, `title` (or `headline`), `date` and `url` are read where they are there. Needs
`cargo build --release`. The cache and the results lie in a temporary folder, or in --work, where a cache is kept for the next time.
"""
import argparse
import itertools
import pathlib
import subprocess
import tempfile
import time

BINARY = pathlib.Path(__file__).resolve().parent.parent / "target/release/parallax"


def run(folder, lines, n, cache):
    """Seconds and peak MB of a run over the first n lines."""
    articles = folder / f"first-{n}.jsonl"
    articles.write_text("".join(lines[:n]), encoding="utf-8")
    command = [BINARY, "compare", articles, "--out", folder / "out", "--cache", folder / cache, "--quiet"]
    begin = time.monotonic()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            # The system keeps the peak itself: it is read often enough to be read once near the end.
            peak = max(peak, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
        except (FileNotFoundError, ProcessLookupError, TypeError):
            pass
        time.sleep(0.02)
    if process.returncode not in (0, 3):
        raise SystemExit(f"the run over {n} articles failed with {process.returncode}")
    return time.monotonic() - begin, peak / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--add", nargs=2, type=int, metavar=("N", "MORE"))
    parser.add_argument("--sizes", nargs="*", type=int, default=[])
    parser.add_argument("--work", type=pathlib.Path)
    arguments = parser.parse_args()
    most = max([*arguments.sizes, sum(arguments.add or [0])])
    with arguments.file.open(encoding="utf-8") as file:
        lines = list(itertools.islice(file, most))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        if arguments.add:
            n, more = arguments.add
            with tempfile.TemporaryDirectory(dir=folder) as cold:
                first, _ = run(folder, lines, n, cold)
                second, _ = run(folder, lines, n + more, cold)
                again, _ = run(folder, lines, n + more, cold)
            with tempfile.TemporaryDirectory(dir=folder) as cold:
                all_cold, _ = run(folder, lines, n + more, cold)
            print(f"{n} articles, cold: {first:.1f} s")
            print(f"{n + more} articles, cold: {all_cold:.1f} s")
            print(f"{n + more} articles, {n} of them in the store: {second:.1f} s, {second / all_cold:.1%} of cold")
            print(f"{n + more} articles, all in the store: {again:.1f} s, {again / all_cold:.1%} of cold")
        for n in arguments.sizes:
            run(folder, lines, n, "cache")
            seconds, peak = run(folder, lines, n, "cache")
            print(f"{n} articles, all in the store: {seconds:.1f} s, {peak:.0f} MB")


if __name__ == "__main__":
    main()
