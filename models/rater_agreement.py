"""Prints how far people agree on the NYT snippets: the rating of each of the 20 places with the mean of the other 19.

    python models/rater_agreement.py DATA
"""

import sys
from pathlib import Path

import numpy as np

from corpora import nyt_rows


def main():
    ratings = np.array([row["ratings"] for row in nyt_rows(Path(sys.argv[1]))], dtype=float)
    places = range(ratings.shape[1])
    agreement = [np.corrcoef(ratings[:, place], np.delete(ratings, place, axis=1).mean(axis=1))[0, 1] for place in places]
    print(f"{len(ratings)} snippets: Pearson's r {np.mean(agreement):.3f} on average, {min(agreement):.3f} to {max(agreement):.3f}")


if __name__ == "__main__":
    main()
