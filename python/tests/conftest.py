from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROWS = [
    {
        "article_id": "a",
        "outlet": "Post",
        "headline": "Bridge closed",
        "text": "The bridge was closed on Monday after cracks were found. “It is a scandal,” mayor Ann Lee said.",
        "date_published": "2024-03-04",
        "bias": 0.5,
    },
    {
        "article_id": "b",
        "outlet": "Star",
        "headline": "Bridge shut",
        "text": "The bridge was shut on Monday when cracks were found. Mayor Ann Lee called it a scandal.",
        "date_published": "2024-03-05",
        "bias": None,
    },
]


@pytest.fixture
def rows():
    return [dict(row) for row in ROWS]


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def seeds(cache):
    import parallax

    return parallax.compare(ROOT / "seeds", cache=cache)
