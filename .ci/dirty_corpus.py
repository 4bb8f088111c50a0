"""Dirty copies of a corpus give the claims of the clean one.

Usage: dirty_corpus.py PROGRAM EVENT_ARTICLES FOLDER

Takes every sixth labelled event, writes its articles as people have them (markup in the text, lines broken as in a PDF with page numbers or hyphens, semicolons and
days first, all of it), compares each copy, and holds its pairs of sentences to those of the clean copy. Fails below 95% recall or precision. The articles may not be committed;
where they are not there, tests/inputs.rs has a small corpus of its own.
"""

import csv
import gzip
import html
import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

PROGRAM, ARTICLES, FOLDER = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
LEAST = 0.95
csv.field_size_limit(1 << 30)


def events():
    """The articles of every sixth event."""
    rows = [json.loads(line) for line in gzip.open(ARTICLES, "rt", encoding="utf-8")]
    kept = set(sorted({row["event"] for row in rows})[::6])
    return [row for row in rows if row["event"] in kept]


def marked(text):
    """Paragraphs as a content system exports them."""
    lines = [line for line in text.split("\n") if line.strip()]
    linked = [re.sub(r"\b(said|government|president)\b", r'<a href="/t/\1">\1</a>', html.escape(line)) for line in lines]
    return "".join(f'<p class="story">{line}</p>' for line in linked) + "<!-- end -->"


def wrapped(text, width=72):
    """Lines of a PDF: broken at a width, and a page number every forty lines."""
    lines = []
    for paragraph in text.split("\n"):
        if not paragraph.strip():
            continue
        lines += textwrap.wrap(paragraph, width, break_long_words=False) + [""]
    paged, page = [], 1
    for at, line in enumerate(lines):
        if at and at % 40 == 0:
            paged += ["", f"Page {page} of {len(lines) // 40 + 1}", ""]
            page += 1
        paged.append(line)
    return "\n".join(paged)


def hyphenated(text, width=60):
    """Broken lines of which some end within a word."""
    lines = []
    for paragraph in text.split("\n"):
        rest = paragraph.strip()
        while len(rest) > width:
            cut = rest.rfind(" ", 0, width)
            word = re.match(r"([A-Za-z]{4,})([a-z]{4,})", rest[cut + 1 :]) if cut > 0 else None
            if word and width - cut > 6 and word.group(0).islower():
                half = cut + 1 + min(width - cut - 2, len(word.group(0)) - 3)
                if half - cut > 3:
                    lines.append(rest[:half] + "-")
                    rest = rest[half:]
                    continue
            cut = cut if cut > 0 else rest.find(" ", width)
            if cut < 0:
                break
            lines.append(rest[:cut])
            rest = rest[cut + 1 :]
        lines += [rest, ""]
    return "\n".join(lines)


def day_first(date):
    year, month, day = date[:10].split("-") if date else ("", "", "")
    return f"{int(day)}.{int(month)}.{year}" if date else ""


def marked_and_broken(text):
    return "\n".join(f"<p>{wrapped(html.escape(line))}</p>" for line in text.split("\n") if line.strip())


def plain(text):
    return text


COPIES = {
    "clean": (",", plain, plain),
    "markup": (",", marked, plain),
    "broken lines": (",", wrapped, plain),
    "hyphens": (",", hyphenated, plain),
    "semicolons, days first": (";", plain, day_first),
    "markup, broken lines, semicolons, days first": (";", marked_and_broken, day_first),
}


def write(path, rows, delimiter, change, date):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["id", "source", "title", "content", "published"])
        for row in rows:
            day = date(row.get("date") or "")
            writer.writerow([row["article_id"], row["outlet"], row["headline"], change(row["body"]), day])


def pairs(folder):
    """The pairs of sentences that were matched, by their letters and hyphens."""
    letters = lambda text: re.sub(r"[^\w-]+", "", text.lower())  # noqa: E731
    with (folder / "comparisons.csv").open(newline="", encoding="utf-8") as file:
        return {(letters(row["text_a"]), letters(row["text_b"])) for row in csv.DictReader(file)}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    rows = events()
    clean, failed = None, False
    for name, (delimiter, change, date) in COPIES.items():
        path, out = FOLDER / f"{name}.csv", FOLDER / f"{name} out"
        write(path, rows, delimiter, change, date)
        subprocess.run([PROGRAM, "compare", path, "--out", out, "--quiet"], check=True)
        found = pairs(out)
        if clean is None:
            clean = found
            print(f"{len(rows)} articles, {len(clean)} pairs of sentences in the clean copy")
            continue
        both = len(clean & found)
        recall, precision = both / len(clean), both / len(found)
        failed |= min(recall, precision) < LEAST
        print(f"{name}: {recall:.3f} of the clean copy's pairs, {precision:.3f} of its own are among them")
    sys.exit(f"a copy is below {LEAST}" if failed else 0)


main()
