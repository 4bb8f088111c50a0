"""What the pair network reads of each token beside its state, as in src/encode/pair.rs."""

import numpy as np

MARKS = 4  # shared with the other sentence, idf, and idf of the shared and of the others alone
IDF_SCALE = 10.0
MAX_TOKENS = 96  # of a sentence in a pair, special ones included


def marks(ids, others, idf):
    """float32 [tokens, MARKS]; `ids` and `others` are arrays of vocabulary ids."""
    weights = idf[ids] / IDF_SCALE
    shared = np.isin(ids, others).astype(np.float32)
    return np.stack([shared, weights, weights * shared, weights * (1 - shared)], axis=1).astype(np.float32)
