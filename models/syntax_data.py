"""Reads a treebank in CoNLL-U as the words that `src/encode/words.rs` cuts, each with a tag, a head and a relation."""

import gzip
import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

WORD = re.compile(r"w+(?:[-.,'’/&]w+)*")
TAGS = [
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "SCONJ", "X",
    "VERB:fin", "VERB:inf", "VERB:ger", "VERB:part", "VERB:pass", "VERB:reduced",
]
RELATIONS = [
    "root", "nsubj", "nsubj:pass", "csubj", "csubj:pass", "obj", "iobj", "obl", "obl:agent", "aux", "aux:pass", "cop",
    "nmod", "nmod:poss", "case", "det", "amod", "nummod", "compound", "compound:prt", "flat", "appos", "conj", "cc", "mark",
    "advmod", "advcl", "acl", "acl:relcl", "xcomp", "ccomp", "parataxis", "expl", "fixed", "dep",
]
# Where several tokens of one word lie under different heads ("it's", "won't"), the first of these kinds speaks for the word.
RANK = {tag: rank for rank, tag in enumerate(["VERB", "NOUN", "PROPN", "PRON", "ADJ", "NUM", "ADV", "DET", "ADP", "SCONJ", "AUX"])}


@dataclass
class Token:
    form: str
    upos: str
    features: dict
    head: int  # position in the sentence, from 0; -1 for the root
    relation: str
    start: int
    end: int


@dataclass
class Sentence:
    """`words` are (start, end) in characters; the lists beside them have one entry a word. A head of -1 is the root."""

    document: str
    text: str
    lines: list
    words: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    heads: list = field(default_factory=list)
    relations: list = field(default_factory=list)


def words_of(text):
    """The words of a text as `src/encode/words.rs` cuts them, in characters."""
    kind = lambda c: c if c in "-.,'’/&" else "w" if unicodedata.category(c)[0] in "LMN" else " "
    return [match.span() for match in WORD.finditer("".join(map(kind, text)))]


def part_of(document):
    """`held_out` and `dev` are a sixth and a tenth of the documents, by the hash of their names."""
    number = int(hashlib.sha256(document.encode()).hexdigest(), 16) % 30
    return "held_out" if number < 5 else "dev" if number < 8 else "train"


def read_treebank(path: Path, counts: Counter):
    sentences, document, text, lines = [], "", "", []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("# newdoc id = "):
                document = line.removeprefix("# newdoc id = ")
            elif line.startswith("# text = "):
                text = line.removeprefix("# text = ")
            if line:
                lines.append(line)
                continue
            sentence = Sentence(document, text, lines)
            set_words(sentence, counts)
            sentences.append(sentence)
            lines = []
    return sentences


def tokens_of(sentence):
    """The syntactic words with their characters in the text. Those of one written word that does not spell them all share its
    characters."""
    tokens, at, pending, surface = [], 0, 0, None
    text = sentence.text
    for line in sentence.lines:
        if line.startswith("#"):
            continue
        number, form, _, upos, _, features, head, relation, _, misc = line.split("\t")
        if "." in number:
            continue
        if "-" in number:
            first, last = map(int, number.split("-"))
            at = skip_blanks(text, at)
            surface, pending = (at, at + len(form)), last - first + 1
            inner = at
            continue
        if pending:
            found = text.find(form, inner, surface[1])
            start, end = (found, found + len(form)) if found == inner else surface
            inner = end if found == inner else surface[1]
            pending -= 1
            at = surface[1] if pending == 0 else at
        else:
            at = skip_blanks(text, at)
            assert text.startswith(form, at), (text, form)
            start, end = at, at + len(form)
            at = end
        features = dict(part.split("=") for part in features.split("|")) if features != "_" else {}
        tokens.append(Token(form, upos, features, int(head) - 1, relation, start, end))
    return tokens


def skip_blanks(text, at):
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def set_words(sentence, counts):
    """Merges the tokens of each word; a word below a mark or a symbol takes that one's place."""
    tokens = tokens_of(sentence)
    spans = words_of(sentence.text)
    of_token, members = [None] * len(tokens), []
    position = 0
    for word, (start, end) in enumerate(spans):
        while position < len(tokens) and tokens[position].end <= start:
            position += 1
        inside = [i for i in range(position, len(tokens)) if tokens[i].start < end and of_token[i] is None]
        for i in inside:
            of_token[i] = word
        members.append(inside)
    counts["tokens"] += len(tokens)
    counts["words"] += len(spans)
    heads, relations = [token.head for token in tokens], [token.relation for token in tokens]
    for token in range(len(tokens)):
        if of_token[token] is None and tokens[token].upos != "PUNCT":
            counts["tokens that are no word and no punctuation"] += 1
    promote(tokens, of_token, heads, relations, counts)
    speakers = [speaker(tokens, heads, inside, counts) for inside in members]
    for word, token in enumerate(speakers):
        if token is None:  # two words in one token, such as "(and/or": the word hangs on the one before
            counts["words that are part of another word's token"] += 1
            add(sentence, spans[word], "X", max(word - 1, -1), "dep")
            continue
        head = heads[token]
        # A token of the word may hang on another word through one that is not the speaker: climb until outside.
        seen = set()
        while head >= 0 and of_token[head] == word and head not in seen:
            seen.add(head)
            head = heads[head]
        target = -1 if head < 0 or of_token[head] is None else of_token[head]
        target = -1 if target == word else target
        relation = "root" if target == -1 else relations[token]
        add(sentence, spans[word], tag_of(tokens, heads, relations, token), target, relation_class(relation))
    if sum(head == -1 for head in sentence.heads) != 1 and spans:
        counts["sentences whose words have several roots"] += 1


def add(sentence, span, tag, head, relation):
    sentence.words.append(span)
    sentence.tags.append(TAGS.index(tag))
    sentence.heads.append(head)
    sentence.relations.append(RELATIONS.index(relation))


def promote(tokens, of_token, heads, relations, counts):
    """Where a token that is no word has words below it, the first of them takes its place."""
    for _ in range(len(tokens)):
        below = [(heads[i], i) for i in range(len(tokens)) if of_token[i] is not None and heads[i] >= 0 and of_token[heads[i]] is None]
        if not below:
            return
        head, child = min(below)
        counts["words in the place of a symbol above them"] += 1
        relations[child] = relations[head]
        heads[child] = heads[head]
        for i in range(len(tokens)):
            if heads[i] == head and i != child:
                heads[i] = child
        heads[head] = child


def speaker(tokens, heads, inside, counts):
    """The token that stands for a word: the one whose head lies outside, the most telling one where there are several."""
    tops = [i for i in inside if heads[i] not in inside]
    if not tops:
        return None
    if len(tops) > 1:
        kinds = "+".join(tokens[i].upos for i in tops)
        counts["words with several heads"] += 1
        counts[f"  of them {kinds}"] += 1
    return min(tops, key=lambda i: RANK.get(tokens[i].upos, len(RANK)))


def is_passive(tokens, heads, relations, token):
    """A participle with a passive auxiliary or a passive subject, or one joined to such a participle."""
    for _ in range(len(tokens)):
        below = [relations[i] for i in range(len(tokens)) if heads[i] == token]
        if any(relation.split(":")[:2] in (["aux", "pass"], ["nsubj", "pass"], ["csubj", "pass"]) for relation in below):
            return True
        has_own = any(relation in ("aux", "cop", "nsubj", "csubj", "mark") for relation in below)
        head = heads[token]
        if relations[token] != "conj" or has_own or head < 0 or tokens[head].features.get("Voice") != "Pass":
            return False
        token = head
    return False


def tag_of(tokens, heads, relations, token):
    upos, features = tokens[token].upos, tokens[token].features
    if upos != "VERB":
        return upos if upos in TAGS else "X"
    form = features.get("VerbForm")
    if features.get("Voice") == "Pass" or form == "Part" and features.get("Tense") == "Past" and is_passive(tokens, heads, relations, token):
        return "VERB:pass" if is_passive(tokens, heads, relations, token) else "VERB:reduced"
    if form == "Ger" or form == "Part" and features.get("Tense") == "Pres":
        return "VERB:ger"
    return {"Inf": "VERB:inf", "Part": "VERB:part"}.get(form, "VERB:fin")


def relation_class(relation):
    """The relation itself where it is told apart here, else its main part."""
    main = relation.split(":")[0]
    return relation if relation in RELATIONS else main if main in RELATIONS else "dep"
