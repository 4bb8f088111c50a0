"""Holds what `copies` found to a comparison of every two texts: `python benches/check_copies.py found.jsonl`.

`found.jsonl` is the dump of the bench `copies`. Needs NumPy and SciPy. Words, runs and the choice of an original follow
the documentation, not the Rust code.
"""

import json
import re
import sys
import unicodedata
from collections import defaultdict

import numpy as np
from scipy.sparse import csr_matrix

MIN_WORDS, THRESHOLD, ROWS = 16, 0.5, 500


def words(text):
    text = unicodedata.normalize("NFKC", re.sub("['’ʼ]", "", text)).lower()
    return re.findall(r"[^\W_]+", text)


def unquoted(sentence):
    text, parts, start = sentence["text"].encode(), [], 0
    for begin, end in sentence["quotations"]:
        parts.append(text[start : max(begin, start)])
        start = max(end, start)
    return " ".join(part.decode() for part in [*parts, text[start:]])


def runs(words, length):
    return {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}


def runs_of_sentence(sentence):
    whole, own = words(sentence["text"]), len(words(unquoted(sentence)))
    return runs(whole, 3) if 2 * own >= max(MIN_WORDS, len(whole)) else set()


def alike(sets):
    """Every pair a < b of sets with Jaccard at the threshold, by b."""
    number, rows, columns = {}, [], []
    for row, shingles in enumerate(sets):
        rows += [row] * len(shingles)
        columns += [number.setdefault(shingle, len(number)) for shingle in shingles]
    matrix = csr_matrix((np.ones(len(rows), np.int32), (rows, columns)), shape=(len(sets), len(number)))
    sizes = np.asarray(matrix.sum(1)).ravel()
    matrix = matrix[:, np.asarray(matrix.sum(0)).ravel() > 1].tocsr()
    transposed, pairs = matrix.T.tocsr(), defaultdict(list)
    for start in range(0, len(sets), ROWS):
        shared = (matrix[start : start + ROWS] @ transposed).tocoo()
        jaccard = shared.data / (sizes[shared.row + start] + sizes[shared.col] - shared.data)
        for b, a, value in zip(shared.row + start, shared.col, jaccard):
            if a < b and value >= THRESHOLD:
                pairs[int(b)].append((float(value), -int(a)))
    return pairs


def originals(sets):
    pairs, found = alike(sets), []
    for item in range(len(sets)):
        before = [(value, minus) for value, minus in pairs.get(item, []) if found[-minus] == -minus]
        found.append(-max(before)[1] if before else item)
    return found, pairs


def report(name, ours, exact, pairs):
    n = range(len(ours))
    true, given = [i for i in n if exact[i] != i], [i for i in n if ours[i] != i]
    both = sum(ours[i] != i for i in true)
    below = sum(not any(-minus == ours[i] for _, minus in pairs.get(i, [])) for i in given)
    same = sum(ours[i] == exact[i] for i in true)
    print(f"{name}: {len(ours)} texts, {sum(map(len, pairs.values()))} pairs at {THRESHOLD}; {len(true)} copies, {both} found "
          f"({both / max(1, len(true)):.4f}), {same} with the same original; {len(given) - both} found that are none, {below} below the threshold")


def main():
    articles = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    articles.sort(key=lambda it: (it["date_published"] is None, it["date_published"] or "", it["article_id"]))
    place = {article["article_id"]: at for at, article in enumerate(articles)}
    texts = [[word for sentence in article["sentences"] for word in words(sentence["text"])] for article in articles]
    exact, pairs = originals([runs(text, 5) if len(text) >= MIN_WORDS else set() for text in texts])
    report("articles", [place[it["duplicate_of"] or it["article_id"]] for it in articles], exact, pairs)
    sentences = [sentence for article in articles for sentence in article["sentences"]]
    sets = [runs_of_sentence(sentence) for sentence in sentences]
    exact, pairs = originals(sets)
    place = {sentence["position"]: at for at, sentence in enumerate(sentences)}
    # Short sentences are copies in a span only, and so are those that are not compared.
    is_short = [len(words(unquoted(sentence))) < MIN_WORDS for sentence in sentences]
    exact = [at if is_short[at] else original for at, original in enumerate(exact)]
    ours = [at if is_short[at] else place[sentence["origin"]] for at, sentence in enumerate(sentences)]
    report("sentences", ours, exact, pairs)


main()
