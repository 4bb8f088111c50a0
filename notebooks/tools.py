"""What the notebooks share: where the repository is, and how tables and pictures look."""

import os
import re
from html import escape
from pathlib import Path

import altair
import pandas
from IPython.display import HTML, display

HERE = Path.cwd()
ROOT = next((up for up in (HERE, *HERE.parents) if (up / "Cargo.toml").is_file() and (up / "seeds").is_dir()), HERE)

#: The colours of outlets and states, told apart by people who see few colours (Okabe and Ito).
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]

# Pictures as PNG: a notebook shows them without a network.
altair.renderers.enable("png", ppi=110)
altair.theme.enable("none")


def show(frame, title=""):
    """Shows a table with its long texts wrapped. What comes from an article is escaped, and "$" stays a dollar."""
    html = frame.to_html(index=False, border=0, justify="left", na_rep="–", max_rows=40)
    html = html.replace("<td>", '<td style="text-align:left; vertical-align:top">')
    heading = f"<p><b>{escape(title)}</b></p>" if title else ""
    display(HTML(f'<div class="tex2jax_ignore" style="overflow-x:auto">{heading}{html}</div>'))


def short(text, width=60):
    """The beginning of a text."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def check_claims(results):
    """Stops where the tables do not hold what a claim table must hold."""
    sentences = results.sentences.to_pandas().set_index("sentence_id")
    claims, mentions = results.claims.to_pandas(), results.mentions.to_pandas()
    assert claims.claim_id.is_unique and mentions.claim_id.isin(claims.claim_id).all()
    for text in claims.text:
        words = [word for word in text.split() if any(letter.isalpha() for letter in word)]
        assert len(words) >= 3, f"no statement: {text!r}"
        assert not re.search(r"</?[a-z]+[^<>]*>|&[a-z]+;", text), f"markup: {text!r}"
    comparisons = results.comparisons.to_pandas()
    for side in "ab":
        texts = sentences.text.loc[comparisons[f"sentence_id_{side}"]].to_numpy()
        assert (texts == comparisons[f"text_{side}"].to_numpy()).all()
    assert (comparisons.outlet_a != comparisons.outlet_b).all()
    counts = results.run["counts"]
    assert counts["claims"] == len(claims) and counts["comparisons"] == len(comparisons)


def program():
    """The command line, for what has no function in the package; ``None`` where it is not built."""
    path = Path(os.environ.get("PARALLAX", ROOT / "target/release/parallax"))
    return path if path.is_file() else None


pandas.set_option("display.max_colwidth", None)
pandas.set_option("display.html.use_mathjax", False)
