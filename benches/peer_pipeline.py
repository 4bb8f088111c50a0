"""What people would otherwise write: sentences by spaCy, embeddings by sentence-transformers, claims by its community detection, tone
by VADER, a table by pandas. The peer of `parallax compare` on the same articles.

    python benches/peer_pipeline.py articles.jsonl claims.csv [--threads 2]

A row has `outlet`, `text`, and may have `title`. Prints the seconds of each step and the peak memory. `benches/run_pipeline` runs both.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import pandas as pd
import spacy
import torch
from sentence_transformers import SentenceTransformer, util
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", default="sentence-transformers/all-MiniLM-L6-v2", help="a name, or a folder")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    clock = Clock()

    rows = [json.loads(line) for line in arguments.articles.read_text(encoding="utf-8").splitlines()]
    splitter = spacy.blank("en")
    splitter.add_pipe("sentencizer")
    splitter.max_length = 10_000_000
    sentences = [
        (number, row["outlet"], sentence.text.strip())
        for number, row in enumerate(rows)
        for field in ("title", "text")
        for sentence in splitter(row.get(field) or "").sents
        if sentence.text.strip()
    ]
    clock.lap(f"{len(rows)} articles, {len(sentences)} sentences")

    model = SentenceTransformer(arguments.model, device="cpu")
    embeddings = model.encode([text for _, _, text in sentences], batch_size=64, convert_to_tensor=True)
    clock.lap("embeddings")

    groups = util.community_detection(embeddings, threshold=0.8, min_community_size=2)
    clock.lap(f"{len(groups)} groups")

    analyser = SentimentIntensityAnalyzer()
    tone = [analyser.polarity_scores(text)["compound"] for _, _, text in sentences]
    clock.lap("tone")

    table = pd.DataFrame(
        {"claim": claim, "article": number, "outlet": outlet, "text": text, "tone": tone[at]}
        for claim, group in enumerate(groups)
        for at in group
        for number, outlet, text in [sentences[at]]
    )
    shared = table.groupby("claim")["outlet"].transform("nunique") > 1
    table[shared].to_csv(arguments.out, index=False)
    clock.lap(f"{table[shared]['claim'].nunique()} claims of two outlets")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"reference {time.perf_counter() - clock.start:.1f} s, {peak:.0f} MB")


class Clock:
    def __init__(self):
        self.start = self.last = time.perf_counter()

    def lap(self, what):
        now = time.perf_counter()
        print(f"  {now - self.last:7.1f} s  {what}", flush=True)
        self.last = now


if __name__ == "__main__":
    main()
