"""Writes models/FIGURES.md: what `parallax evaluate` prints for each labelled set.

    python models/make_figures.py DATA target/release/parallax [TASK...]

DATA is the folder with the labelled sets. The figures need no Python; this only runs the commands and puts them together. With tasks named, those alone
are run, and the rest of the page stays: for a change that touches no other.
"""

import datetime
import re
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

OUT = Path(__file__).with_name("FIGURES.md")

TRAINED = "the shipped head was trained on these rows: not a figure on unseen data, see the card"
CHOSEN = "the verifier's weights and thresholds were chosen with these rows in view"
IN_PART = "the pair network was trained on five sixths of these events, the decision fitted on all: see decision_figures.json for events left out"
UNSEEN = "nothing was fitted on these rows"
FITTED = "the verifier was fitted with these rows: not a figure on unseen data"


@dataclass
class Run:
    """`shown`: the figures for the table. `split`: what the shipped system has seen of the rows."""

    task: str
    file: str
    shown: list
    split: str
    baseline: str
    arguments: str = ""


EVENT = "--group id --group-match 'allsides_\\d+_(\\d+)|polusa_v1_\\d+'"
GVFC = "--label theme1 --map 1=legality --map 2=policy_prescription --map 3=political --map 4=health_and_safety --map 5=security_and_defence --map 6=fairness_and_equality --map 7=public_opinion --map 8=cultural_identity --map 9=economic --map 99=-"
IN_EVENTS = ["both tiers: precision, any match", "both tiers: recall of same", "confirmed: precision, any match", "confirmed: recall of same", "average precision, any match", "conflicting: precision"]
IN_FRAMING = ["rows: share that is useful", "rows: share that is there, useful or trivial", "useful differences that are found", "pairs without a useful difference that get a row"]
CLAIMS = ["AUC", "balanced accuracy at possible", "false-merge rate at confirmed"]

RUNS = [
    Run("sentences", "sentences/golden_rules_en", ["boundary F1", "texts without a fault"], "the rules were written with these cases in view", "pySBD 47 of 48 texts, sentencex 43"),
    Run("sentences", "sentences/ud_ewt_docs", ["boundary F1"], "the rules were checked on these rows", "pySBD .90 to .91"),
    Run("sentences", "sentences/ud_gum_not_news_docs", ["boundary F1"], UNSEEN, "pySBD .973 on the interviews"),
    Run("sentiment", "sentiment/newsmtsc_train", ["macro-F1", "accuracy"], TRAINED, "", EVENT),
    Run("sentiment", "sentiment/vader_nyt_half", ["macro-F1", "Pearson's r with `score`"], TRAINED, "VADER r .503 on its family of sets"),
    Run("claims", "claim_match/nanco_dev", CLAIMS, FITTED, "test part: TF-IDF balanced accuracy .57 to .59 on sentences"),
    Run("claims", "claim_match/ecbplus_pairs_dev", CLAIMS, FITTED, "TF-IDF AUC .711", "--group topic"),
    Run("claims", "claim_match/mrpc_train", CLAIMS, CHOSEN, "TF-IDF AUC .753"),
    Run("claims", "claim_match/claimdiff_strength_train", CLAIMS, CHOSEN, "TF-IDF AUC .657", "--group topic"),
    Run("claims", "claim_match/claimdiff_weak_train", [*CLAIMS, "AUC of conflicting"], CHOSEN, "TF-IDF AUC .418", "--group topic"),
    Run("claims", "claim_match/perspectrum_clusters", CLAIMS, FITTED, ""),
    Run("claims", "claim_match/superpal_dev", ["recall at possible"], UNSEEN, "all pairs are the same claim"),
    Run("claims", "claim_match/stsb_dev", ["Spearman's r"], UNSEEN, "all-MiniLM-L6-v2 about .82"),
    Run("claims-in-events", "claim_match/event_articles", IN_EVENTS, IN_PART, "", "DATA/claim_match/event_claims.jsonl.gz"),
    Run("framing", "claim_match/event_articles", IN_FRAMING, "nothing was fitted on these pairs; they are of events that nothing was fitted on", "", "models/framing_labels_held_out.jsonl"),
    Run("framing", "claim_match/event_articles", IN_FRAMING, "the salience was fitted on these pairs: cross-validated figures are in framing_figures.json", "", "models/framing_labels.jsonl"),
    Run("relations", "claim_match/fever_symmetric_dev", ["macro-F1"], FITTED, ""),
    Run("relations", "claim_match/sick_train", ["macro-F1"], UNSEEN, ""),
    Run("events", "events/neus_allsides_val", ["B-cubed F1", "adjusted Rand index"], "the threshold was chosen on the train part", ""),
    Run("attribution", "attribution/polnear_dev_articles", ["sentence F1", "sentence macro-F1", "cue span-overlap F1", "source span-overlap F1", "content span-overlap F1"], "the rules were written on the train part", "TF-IDF sentence macro-F1 .757; annotators' alpha .754"),
    Run("certainty", "hedging/conll2010_wiki", ["F1 of uncertain", "macro-F1"], "Wikipedia, not news", "cue list F1 .628"),
    Run("loaded-language", "loaded_language/babe_dev", ["macro-F1", "AUC"], "nothing was fitted on these rows; the list's length was chosen with them in view", "TF-IDF outlet-disjoint .671; the outlet's name alone .736", "--map 'No agreement=-'"),
    Run("frames", "frames/gvfc_headlines", ["macro-F1"], "the list was written with the odd lines in view", "TF-IDF trained .673", GVFC),
]


LINE = re.compile(r"^(?P<name>\S.*?) {2,}(?P<value>[-0-9.]+) {3}(?P<interval>-|[-0-9.]+ to [-0-9.]+)$", re.MULTILINE)
DETAIL = re.compile(r"```sh\nparallax evaluate .*?\n```\n\n```text\n.*?```\n", re.DOTALL)
BASELINE = " (baseline)"


def evaluate(binary, data, run):
    path = data / f"{run.file}.jsonl.gz"
    arguments = [argument.replace("DATA/", f"{data}/") for argument in shlex.split(run.arguments)]
    command = [str(binary), "evaluate", run.task, str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def command_of(run):
    return f"parallax evaluate {run.task} DATA/{run.file}.jsonl.gz {run.arguments}".rstrip()


def shown_figures(run, printed):
    figures = {line["name"]: line for line in LINE.finditer(printed)}
    return "; ".join(f"{name} {with_interval(figures[name])}" for name in run.shown)


def with_interval(line):
    interval = "" if line["interval"] == "-" else f" [{line['interval'].replace(' to ', ', ')}]"
    return f"**{line['value']}**{interval}"


def baselines(printed):
    lines = (line for line in LINE.finditer(printed) if line["name"].endswith(BASELINE) and line["value"] != "-")
    return [f"{line['name'].removesuffix(BASELINE)} {line['value']}" for line in lines]


def previous():
    """{command: row and detail} of the page as it is, and its date."""
    text = OUT.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    details = DETAIL.findall(text)
    is_of = lambda run, row, detail: row.startswith(f"| {run.task} | `{run.file}` |") and detail.startswith(f"```sh\n{command_of(run)}\n")
    if not len(rows) == len(details) == len(RUNS) or not all(map(is_of, RUNS, rows, details)):
        raise SystemExit(f"{OUT} has other runs than this script: run it without tasks")
    return dict(zip(map(command_of, RUNS), zip(rows, details))), re.search(r"labelled sets, ([-0-9]+)", text)[1]


def main():
    data, binary, tasks = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    date = datetime.date.today().isoformat()
    if unknown := set(tasks) - {run.task for run in RUNS}:
        raise SystemExit(f"no task {', '.join(sorted(unknown))}")
    page = {}
    if tasks:
        page, before = previous()
        date = before if before == date else f"{before} ({', '.join(tasks)} on {date})"
    for run in RUNS:
        if tasks and run.task not in tasks:
            continue
        began = time.time()
        text = evaluate(binary, data, run)
        seconds = time.time() - began
        compared = "; ".join(baselines(text) + [run.baseline] * bool(run.baseline))
        row = f"| {run.task} | `{run.file}` | {shown_figures(run, text)} | {compared} | {run.split} |"
        page[command_of(run)] = (row, f"```sh\n{command_of(run)}\n```\n\n```text\n{text}```\n")
        print(run.task, run.file, f"{seconds:.0f} s", flush=True)
        rows, details = zip(*page.values())
        OUT.write_text(PAGE.format(date=date, rows="\n".join(rows), details="\n".join(details)), encoding="utf-8")


PAGE = """# Figures

What `parallax evaluate` prints for the labelled sets, {date}, with the bundled model and the shipped thresholds. `DATA` is a
folder with the sets (names, authors and licences: [parallax-en/README.md](parallax-en/README.md) and the sets' own pages); they
are not part of this repository. `python models/make_figures.py DATA target/release/parallax` writes this page.

In brackets: 95% of 1,000 grouped bootstrap samples (whole groups are drawn; the full output names them). "Seen" says what the
shipped rules, thresholds and weights have seen of the rows: only a figure on rows that nothing was fitted or chosen on tells how
well new text will go. Figures of the heads on rows that they never saw are in the model card, from cross-validation.

"To compare with": what carries our figure's name comes from the same run (the cosine, the coverage, the whole text's
sentiment). The rest was measured by others, with their own split and often on another part of the set: it says what is usual,
and no command here prints it.

| task | set | figures | to compare with | seen |
|---|---|---|---|---|
{rows}

`checkability` needs a head that a user trains (`parallax models train-head`, which prints cross-validated figures); none ships.

## Full output

{details}"""


if __name__ == "__main__":
    main()
