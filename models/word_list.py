"""Counts the phrases of a word list in a text, as src/annotate/phrases.rs finds them."""

import re

TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_][^\W_]*(?:['’][^\W\d_][^\W_]*)?|\d[^\W_]*(?:[.,]\d[^\W_]*)*|[^\w\s]")


def tokens(text):
    return [token.lower().replace("’", "'") for token in TOKEN.findall(text)]


class WordList:
    """`#` starts a comment, `[label]` a section; phrases stand with `, ` between them, their tokens with blanks."""

    def __init__(self, path):
        self.by_first = {}
        label = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            line = line.split("#")[0].strip()
            if line.startswith("[") and line.endswith("]"):
                label = line[1:-1]
                continue
            for phrase in filter(None, line.split(", ")):
                first, *rest = phrase.split()
                self.by_first.setdefault(first, []).append((rest, label))
        for phrases in self.by_first.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def found(self, text):
        """The label of each phrase in order; the longest that starts at a word counts, a possessive is its word."""
        words, position, labels = tokens(text), 0, []
        while position < len(words):
            here = self.by_first.get(words[position], [])
            hit = next(((rest, label) for rest, label in here if words[position + 1 : position + 1 + len(rest)] == rest), None)
            if hit is None:
                own = self.by_first.get(words[position].removesuffix("'s"), [])
                hit = next(((rest, label) for rest, label in own if not rest), None)
            if hit is not None:
                labels.append(hit[1])
                position += len(hit[0])
            position += 1
        return labels
