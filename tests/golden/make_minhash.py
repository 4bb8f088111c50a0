"""Reference values for src/group/copies/minhash.rs, from datasketch 2.0.0: `python tests/golden/make_minhash.py`.

The permutations and the hash of a run of words are those of the Rust code; the signatures and the estimates are what
datasketch makes of them. The texts are our own.
"""

import itertools
import json
import re
from pathlib import Path

from datasketch import MinHash

N = 128
LENGTH = 3
MASK = 0xFFFFFFFF

TEXTS = [
    "The bridge over the river was closed on Monday after engineers found cracks in its main pillar, the city said.",
    "The bridge over the river was closed on Monday after engineers found deep cracks in its main pillar, the city said.",
    "The bridge over the river was closed on Tuesday after engineers found cracks in its main pillar, officials said.",
    "The bridge over the river was closed on Monday after engineers found cracks in its main pillar, the city said. "
    "Buses will take another way until the pillar is mended, which may last until spring.",
    "Buses will take another way until the pillar is mended, which may last until spring, said the mayor's office.",
    "“We’ll open it when it’s safe,” the mayor said; the café beside the bridge lost half of its guests.",
    "Trains were late.",
    "Two words",
]


def mix(number):
    number ^= number >> 16
    number = number * 0x85EBCA6B & MASK
    number ^= number >> 13
    number = number * 0xC2B2AE35 & MASK
    return number ^ number >> 16


def fnv1a(text):
    number = 0x811C9DC5
    for byte in text.encode():
        number = (number ^ byte) * 0x01000193 & MASK
    return number


PERMUTATIONS = ([mix(2 * i + 2) | 1 for i in range(N)], [mix(2 * i + 1) for i in range(N)])


def shingles(text):
    words = re.findall(r"[^\W_]+", re.sub("['’]", "", text.lower()))
    return {" ".join(words[i : i + LENGTH]) for i in range(len(words) - LENGTH + 1)}


def minhash(text):
    made = MinHash(N, hashfunc=fnv1a, permutations=PERMUTATIONS, scheme="affine32")
    made.update_batch(shingles(text))
    return made


def pair(a, b):
    ours, theirs = shingles(TEXTS[a]), shingles(TEXTS[b])
    return {
        "a": a,
        "b": b,
        "jaccard": len(ours & theirs) / max(1, len(ours | theirs)),
        "estimate": minhash(TEXTS[a]).jaccard(minhash(TEXTS[b])),
    }


def main():
    # The last text has no run of words: its signature is checked, and no estimate.
    pairs = [pair(a, b) for a, b in itertools.combinations(range(len(TEXTS) - 1), 2)]
    texts = [{"text": text, "signature": minhash(text).hashvalues.tolist()} for text in TEXTS]
    golden = {"length": LENGTH, "texts": texts, "pairs": pairs}
    Path(__file__).with_name("minhash.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


main()
