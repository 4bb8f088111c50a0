"""Makes src/framing/irregular_forms.txt: forms of English verbs, nouns and adjectives that their lemma does not show.

    python models/make_forms.py DATA

From UD English EWT (CC BY-SA 4.0): each form with its lemma, in lower case, misspelt and short forms aside, where the two are not of one family
by their first letters (`is_family` in src/framing/family.rs).
"""

import gzip
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

OUT = Path(__file__).parent.parent / "src" / "framing" / "irregular_forms.txt"
LETTERS = re.compile(r"[a-z]{2,}")
LEAST = 2  # times that a form stands for a lemma where it has several
ODD = re.compile("Typo=Yes|Abbr=Yes|Style=")


def shares_its_beginning(a, b):
    """As in src/framing/family.rs."""
    n = next((at for at, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return n >= 4 and 4 * n >= 3 * min(len(a), len(b)) or (n >= 3 and n == min(len(a), len(b)))


def main():
    lemmas = defaultdict(Counter)
    for line in gzip.open(Path(sys.argv[1]) / "syntax" / "ud_ewt.conllu.gz", "rt", encoding="utf-8"):
        columns = line.rstrip("\n").split("\t")
        if len(columns) == 10 and columns[3] in ("VERB", "NOUN", "ADJ", "ADV") and not ODD.search(columns[5]):
            form, lemma = columns[1].lower(), columns[2].lower()
            if LETTERS.fullmatch(form) and LETTERS.fullmatch(lemma):
                lemmas[form][lemma] += 1
    rows = []
    for form, counts in sorted(lemmas.items()):
        alone = len(counts) == 1
        found = [lemma for lemma, n in sorted(counts.items()) if (alone or n >= LEAST) and not shares_its_beginning(form, lemma)]
        rows += [f"{form} {lemma}\n" for lemma in found]
    OUT.write_text("".join(rows), encoding="utf-8", newline="\n")
    print(f"{len(rows)} forms")


if __name__ == "__main__":
    main()
