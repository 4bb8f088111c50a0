"""parallax: what several news outlets say about the same events, claim by claim, and how the wording moves.

>>> import parallax
>>> results = parallax.compare([
...     {"outlet": "Post", "text": "The bridge was closed on Monday after cracks were found."},
...     {"outlet": "Star", "text": "The bridge was shut on Monday when cracks were found."},
... ])
>>> len(results.claims)
1
>>> [row["text_b"] for row in results.comparisons]
['The bridge was shut on Monday when cracks were found.']

It is the same program as the command line ``parallax``: the same articles and options give the same bytes. Everything runs on this
machine; nothing is sent anywhere. What comes out is evidence, and no verdict on an outlet.
"""

from __future__ import annotations

from . import errors
from ._parallax import VERSION as __version__
from .errors import ParallaxError
from .results import Results
from .stages import compare, encode, match, read, split
from .table import Table

__all__ = ["ParallaxError", "Results", "Table", "compare", "encode", "errors", "match", "read", "split"]
