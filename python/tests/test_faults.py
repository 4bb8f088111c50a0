"""Faults, Ctrl-C and progress."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars
import pytest

import parallax
from conftest import ROOT
from parallax import errors


def test_every_kind_of_error_has_a_class():
    source = (ROOT / "src/error.rs").read_text()
    variants = re.findall(r"^    ([A-Z]\w+)(?: \{|,)$", source.split("pub enum Error")[1].split("\n}\n")[0], re.M)
    assert len(variants) > 12
    for variant in variants:
        assert issubclass(getattr(errors, f"{variant}Error"), parallax.ParallaxError), variant
    named = re.findall(r'=> "(\w+)",', (ROOT / "python/src/error.rs").read_text())
    assert {f"{variant}Error" for variant in variants} | {"ParallaxError"} == set(named)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: parallax.compare("no/such/folder"), errors.ReadError, "no/such/folder: cannot be read: No such file"),
        (lambda: parallax.compare([]), errors.UsageError, "nothing to compare"),
        (lambda: parallax.compare(), errors.UsageError, "nothing to compare"),
        (lambda: parallax.compare(3), errors.UsageError, "articles is of type int"),
        (lambda: parallax.compare(""), errors.UsageError, "a path is empty"),
        (lambda: parallax.compare("seeds", cache=""), errors.UsageError, "a path is empty"),
        (lambda: parallax.compare("seeds", cluster={"possible": object()}), errors.UsageError, "an option is of type object"),
        (lambda: parallax.compare(polars.DataFrame(), job="seeds/job.toml"), errors.UsageError, "there is no row"),
        (lambda: parallax.compare(polars.LazyFrame()), errors.UsageError, "collect() it first"),
        (lambda: parallax.match([("a", None)]), errors.UsageError, "pair 0 is no pair of strings"),
        (lambda: parallax.encode([None]), errors.UsageError, "text 0 is of type NoneType"),
        (lambda: parallax.compare([3]), errors.UsageError, "article 0 is of type int"),
        (lambda: parallax.compare({"text": "a"}), errors.UsageError, "one dictionary"),
        (lambda: parallax.compare([{"text": "a"}]), errors.NothingReadError, "field `outlet` is missing"),
        (lambda: parallax.compare("x", clster={}), errors.ConfigError, "did you mean `cluster`?"),
        (lambda: parallax.compare("x", cluster={"possibl": 1}), errors.ConfigError, "did you mean `possible`?"),
        (lambda: parallax.compare("x", cluster={"possible": 7}), errors.ConfigError, "`cluster.possible` is 7"),
        (lambda: parallax.compare("x", out="y"), errors.UsageError, "`out` is no option"),
        (lambda: parallax.compare("seeds", model="no-such-model"), errors.ModelError, "no-such-model"),
        (lambda: parallax.compare(job="no-such.toml"), errors.ReadError, "no-such.toml: cannot be read"),
        (lambda: parallax.read("."), errors.OutputError, "holds no run.json"),
    ],
)
def test_faults_say_where_what_and_how(call, error, message, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)


def test_a_frame_without_a_column_is_named():
    with pytest.raises(errors.MissingColumnError, match=r"column `outlet` is missing \(found: text, paper; is it `paper`\?\)"):
        parallax.compare(polars.DataFrame({"text": ["a"], "paper": ["b"]}))


def test_results_of_others_are_not_overwritten(seeds, tmp_path):
    (tmp_path / "claims.csv").write_text("mine")
    with pytest.raises(errors.OutputError, match="holds claims.csv"):
        seeds.write(tmp_path)
    assert (tmp_path / "claims.csv").read_text() == "mine"
    with pytest.raises(errors.WriteError):
        seeds.report(tmp_path / "no" / "such" / "folder.html")
    for formats in ("xls", []):
        with pytest.raises(errors.UsageError, match="give some of csv, jsonl, parquet"):
            seeds.write(tmp_path / "new", formats)


def test_progress_is_told_of_every_stage(rows, cache):
    told = []
    parallax.compare(rows, cache=cache, progress=lambda *of: told.append(of))
    stages = list(dict.fromkeys(stage for stage, done, total in told))
    assert stages[:3] == ["reading", "loading the model", "splitting"] and "matching" in stages
    assert all(total is None or 0 <= done <= total for _, done, total in told)


def test_what_progress_raises_stops_the_run(rows):
    def stop(stage, done, total):
        if stage == "loading the model":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        parallax.compare(rows, cache=False, progress=stop)


def corpus(n):
    words = [f"Officials in district {i} said on Monday that the budget of school {i * 7} will rise by {i + 3} percent." for i in range(40)]
    return [{"outlet": f"O{k % 3}", "text": " ".join(w.replace("school", f"school{k} {k * j}") for j, w in enumerate(words))} for k in range(n)]


def test_ctrl_c_stops_a_run_and_python_goes_on(tmp_path):
    code = (
        "import sys, parallax\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_faults import corpus\n"
        "def told(stage, done, total):\n"
        "    if stage == 'encoding' and done > 0: print('encoding', flush=True)\n"
        "try:\n"
        "    parallax.compare(corpus(400), cache=sys.argv[2], progress=told)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped', flush=True)\n"
        "print(len(parallax.split('It rained. It snowed.')))\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert run.stdout.readline().strip() == "encoding"
    began = time.monotonic()
    run.send_signal(signal.SIGINT)
    rest = [line for line in run.stdout.read().split() if line != "encoding"]
    assert run.wait() == 0 and rest == ["stopped", "2"]
    assert time.monotonic() - began < 20
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) > 100_000, "what was encoded is kept"


def test_a_forked_child_is_told_and_a_spawned_one_works(tmp_path):
    code = (
        "import os, sys, multiprocessing, parallax\n"
        "def child(): print(len(parallax.encode(['It rained.'], cache=False)), flush=True)\n"
        "if __name__ == '__main__':\n"
        "    parallax.encode(['It rained.'], cache=False)\n"
        "    for method in ('fork', 'spawn'):\n"
        "        process = multiprocessing.get_context(method).Process(target=child)\n"
        "        process.start(); process.join(60); print(process.exitcode, flush=True)\n"
    )
    (tmp_path / "forks.py").write_text(code)
    run = subprocess.run([sys.executable, tmp_path / "forks.py"], capture_output=True, text=True, timeout=200)
    assert "start it by spawn" in run.stderr, run.stderr
    assert run.stdout.split() == ["1", "1", "0"], "the exit code of the fork; what the spawned child prints, and its exit code"


def test_other_threads_of_python_run_meanwhile():
    import threading

    ticks = []
    done = threading.Event()

    def tick():
        while not done.wait(0.01):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    thread.start()
    parallax.compare(corpus(6), cache=False)
    done.set()
    thread.join()
    assert len(ticks) > 10
