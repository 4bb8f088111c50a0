"""Reference values for src/validate/alpha.rs, from the package krippendorff: `python tests/golden/make_alpha.py`.

Needs numpy and krippendorff 0.8 or later (`pip install krippendorff`).
"""

import json
from pathlib import Path

import krippendorff
import numpy as np

random = np.random.default_rng(11)


def case(n_units, n_annotators, n_answers, agreement, missing):
    truth = random.integers(0, n_answers, n_units)
    given = random.integers(0, n_answers, (n_annotators, n_units))
    labels = np.where(random.random((n_annotators, n_units)) < agreement, truth, given).astype(float)
    labels[random.random((n_annotators, n_units)) < missing] = np.nan
    alpha = lambda level: krippendorff.alpha(
        reliability_data=labels, value_domain=list(range(n_answers)), level_of_measurement=level
    )
    units = [[int(label) for label in unit if not np.isnan(label)] for unit in labels.T]
    return {"units": units, "n_answers": n_answers, "nominal": alpha("nominal"), "ordinal": alpha("ordinal")}


cases = [
    case(*sizes)
    for sizes in [
        (10, 2, 2, 0.5, 0.0),
        (40, 2, 3, 0.7, 0.0),
        (40, 3, 3, 0.7, 0.2),
        (100, 2, 4, 0.9, 0.1),
        (100, 5, 4, 0.3, 0.5),
        (25, 2, 2, 0.0, 0.1),
        (30, 4, 5, 0.6, 0.3),
        (200, 3, 3, 0.8, 0.6),
        (15, 2, 3, 0.95, 0.0),
        (60, 6, 2, 0.4, 0.4),
    ]
]
path = Path(__file__).with_name("alpha.json")
path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
