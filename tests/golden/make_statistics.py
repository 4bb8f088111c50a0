"""Reference values for src/statistics, from ConvoKit's FightingWords and statsmodels.

    pip install numpy==2.4.6 pandas matplotlib scikit-learn==1.9.1 statsmodels==0.15.0
    pip install --no-deps convokit==5.0.0
    python tests/golden/make_statistics.py

ConvoKit's package asks for a parser and a text cleaner on import; the class needs neither, so its file is loaded alone.
"""

import importlib.metadata
import importlib.util
import json
import sys
import types
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(11)


def fighting_words():
    for name in ("cleantext", "convokit", "convokit.model"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["cleantext"].clean = None
    sys.modules["convokit"].Transformer = object
    sys.modules["convokit.model"].Corpus = sys.modules["convokit.model"].CorpusComponent = None
    path = importlib.metadata.distribution("convokit").locate_file("convokit/fighting_words/fightingWords.py")
    spec = importlib.util.spec_from_file_location("fighting_words", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.FightingWords


def log_odds(n_terms):
    terms = [f"term{i:02}" for i in range(n_terms)]
    ours, theirs = random.poisson(random.gamma(0.7, 6, (2, n_terms)))
    prior = random.gamma(1, 2, n_terms) + 0.01
    text = lambda counts: " ".join(term for term, n in zip(terms, counts) for _ in range(n))
    vectorizer = CountVectorizer(vocabulary=terms)
    found = fighting_words()(cv=vectorizer, prior=prior, text_func=lambda text: text)
    z = found._bayes_compare_language([text(ours)], [text(theirs)])
    return {
        "ours": ours.tolist(),
        "theirs": theirs.tolist(),
        "prior": prior.tolist(),
        "z": [float(z[term]) for term in terms],
    }


def adjusted(n):
    p = random.random(n) ** 3
    p[: n // 4] = p[n // 4 : 2 * (n // 4)]  # ties
    return {"p": p.tolist(), "adjusted": multipletests(p, method="fdr_bh")[1].tolist()}


golden = {"log_odds": [log_odds(n) for n in (2, 5, 40)], "benjamini_hochberg": [adjusted(n) for n in (1, 8, 100)]}
path = Path(__file__).with_name("statistics.json")
path.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
print("wrote", path.name)
