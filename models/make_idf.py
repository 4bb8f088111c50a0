"""Writes parallax-en/heads/idf.safetensors: the inverse document frequency of each WordPiece.

    python models/make_idf.py DATA

A document is a sentence: the distinct texts of newsmtsc_train and vader_nyt_half, the sentences of ud_ewt_docs, the
distinct claims and perspectives of perspectrum_clusters. `idf` is float32 [vocabulary] and holds
ln((N + 1) / (df + 1)), df being the number of documents with the piece; a piece that none has gets ln(N + 1).
"""

import argparse
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from corpora import newsmtsc_sentences, nyt_rows, read_rows

MODEL = Path(__file__).parent / "parallax-en"


def sentences(data):
    yield from (sentence.text for sentence in newsmtsc_sentences(data))
    yield from (row["text"] for row in nyt_rows(data))
    for document in read_rows(data / "sentences" / "ud_ewt_docs.jsonl.gz"):
        yield from (document["text"][start:end] for start, end in document["sentence_spans"])
    for row in read_rows(data / "claim_match" / "perspectrum_clusters.jsonl.gz"):
        yield row["claim"]
        yield from row["paraphrases"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    documents = list(dict.fromkeys(sentences(parser.parse_args().data)))
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    frequencies = np.zeros(tokenizer.get_vocab_size(), np.int64)
    for encoding in tokenizer.encode_batch(documents, add_special_tokens=False):
        frequencies[list(set(encoding.ids))] += 1
    idf = np.log((len(documents) + 1) / (frequencies + 1)).astype(np.float32)
    metadata = {
        "task": "idf",
        "documents": str(len(documents)),
        "formula": "ln((N + 1) / (df + 1))",
        "sources": "newsmtsc_train, vader_nyt_half, ud_ewt_docs, perspectrum_clusters",
    }
    path = MODEL / "heads" / "idf.safetensors"
    path.parent.mkdir(exist_ok=True)
    save_file({"idf": idf}, path, metadata)
    path.chmod(0o644)  # safetensors makes a file that only its owner can read
    print(f"{len(documents)} sentences; {(frequencies > 0).sum()} of {len(idf)} pieces occur; highest idf {idf.max():.4f}")


if __name__ == "__main__":
    main()
