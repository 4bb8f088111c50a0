"""Writes corpora in which the same words stand in very many articles, and how long each takes to compare.

    python benches/many_outlets.py target/release/parallax target/many
"""

import json
import subprocess
import sys
import time
from pathlib import Path

ONE = "The senate approved the fishing treaty with Kenya on Monday after a long debate."
WHO = "senate house council court board panel party union bank firm state city".split()
WHAT = "fishing trade water border energy tax road rail air sea land data".split()
WHERE = "Kenya Chad Peru Oman Cuba Fiji Laos Mali Togo Iran Iraq Niger".split()
STORY = " ".join(
    f"The {who} approved the {what} treaty with {where} on Monday after {hours} hours of debate."
    for who, what, where, hours in zip(WHO, WHAT, WHERE, range(3, 15))
)
CORPORA = [
    ("one sentence in 800 outlets", ONE, 800, 800),
    ("a story of 12 sentences in 200 outlets", STORY, 200, 200),
    ("1,000 rows of one story in two outlets", STORY, 1000, 2),
]


def main():
    binary, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (what, body, n_articles, n_outlets) in enumerate(CORPORA):
        articles, out = folder / f"{number}.jsonl", folder / f"{number}"
        lines = ({"article_id": f"a{at:04}", "outlet": f"outlet {at % n_outlets:04}", "body": body} for at in range(n_articles))
        articles.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        begin = time.perf_counter()
        command = ["/usr/bin/time", "-f", "%M", binary, "compare", str(articles), "--out", str(out), "--no-cache", "--quiet"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
        seconds, peak = time.perf_counter() - begin, int(said.split()[-1]) // 1000
        size = sum(path.stat().st_size for path in out.iterdir()) // 1_000_000
        n_rows = sum(1 for _ in (out / "comparisons.csv").open(encoding="utf-8")) - 1
        print(f"{what}: {seconds:.1f} s, {peak} MB, {size} MB of results, {n_rows} comparisons", flush=True)


if __name__ == "__main__":
    main()
