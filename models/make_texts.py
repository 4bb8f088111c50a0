"""Writes calibration.txt (400 sentences of NewsMTSC and some short ones) and tests/golden/sentences.txt (180 and 20 hard ones).

    python models/make_texts.py DATA

DATA is the folder that holds sentiment/newsmtsc_train.jsonl.gz (NewsMTSC, MIT). The short and the hard ones are ours;
they stand below. Articles are ordered by the SHA-256 of
their id; the golden sentences come from the first articles, the calibration sentences from the next, one an article, and
no event gives to both.
"""

import argparse
import hashlib
from pathlib import Path

from corpora import newsmtsc_sentences

GOLDEN, CALIBRATION = 180, 400
MODELS = Path(__file__).parent
# What news text rarely holds, and what a tokenizer or an encoder may get wrong.
HARD_SENTENCES = [
    ".",
    "…",
    "?!",
    "— — —",
    "“”",
    "No.",
    "Yes",
    "$ 1,234.56 (−7.8 %) ≈ €1.100,00",
    "“It’s ‘fine’,” she said — ‘fine’ being the word…",
    "Emmanuel Macron, Ursula von der Leyen et José Luis Rodríguez Zapatero se réunissent à Genève.",
    "Ångström, naïve façade, Đoković, Łódź, İstanbul, straße: Čapek’s œuvre.",
    "A decomposed cafe\u0301 and a re\u0301sume\u0301 with combining marks.",
    "Chinese leader Xi Jinping (习近平) met Japan’s 岸田文雄 in 北京 on Tuesday.",
    "日本の首相は火曜日に北京を訪れた。",
    "Президент заявил, что переговоры провалились.",
    "قال الرئيس إن المحادثات فشلت",
    "The vote passed 🎉🎉 but the minister 😡 called it a 👨‍👩‍👧 disgrace 🇺🇸!",
    "Tabs\tand  double  spaces and a no-break\u00a0space, a zero-width\u200bspace and a soft\u00adhyphen.",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2 + " was dissolved.",
    " ".join(
        f"In district {number} the council voted {number * 7 % 23} to {number * 5 % 19} to keep the bridge open,"
        for number in range(1, 25)
    )
    + " and the mayor called all of it a mistake.",
]

# Two tokens or ten: the mean of a short text has little to cancel an error with, and NewsMTSC has few of them.
SHORT_SENTENCES = [
    "!", "?", "...", "--", "“", ")", "*", "1.", "(b)", "2016", "50%", "- 30 -", "#", "&", "“…”", "???", "Why?", "Maybe.",
    "Thanks.", "Really?", "So what?", "Not yet.", "He lost.", "She won!", "Stop it.", "Of course not.", "Read more", "Advertisement",
    "Photo: Reuters", "Updated at 9:41 a.m.", "Who knew?", "It did not.", "They all left.", "What happened next?", "Wrong.",
    "Sad!", "Opinion", "LONDON —", "By the numbers", "I agree.", "Merci.", "Добро", "東京", "😀", "👍🏽", "Ö", "naïveté", "c’est la vie",
]


def draw(sentences):
    """One sentence an article, articles in the order of their hash: (event, text)."""
    by_article = {}
    for sentence in sentences:
        by_article.setdefault(sentence.article, []).append(sentence)
    key = lambda text: hashlib.sha256(text.encode()).hexdigest()
    for article in sorted(by_article, key=key):
        usable = [sentence for sentence in by_article[article] if is_plain(sentence.text)]
        if usable:
            chosen = min(usable, key=lambda sentence: key(sentence.text))
            yield chosen.event, chosen.text


def is_plain(text):
    """One line without addresses or markup."""
    return text == " ".join(text.split()) and "http" not in text and "=" not in text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    arguments = parser.parse_args()
    drawn = list(draw(newsmtsc_sentences(arguments.data)))
    golden = drawn[:GOLDEN]
    taken = {event for event, _ in golden}
    calibration = [text for event, text in drawn[GOLDEN:] if event not in taken][:CALIBRATION]
    write(MODELS / "calibration.txt", calibration + SHORT_SENTENCES)
    write(MODELS.parent / "tests" / "golden" / "sentences.txt", [text for _, text in golden] + HARD_SENTENCES)


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{path.name}: {len(lines)} lines, {min(map(len, lines))} to {max(map(len, lines))} characters")


if __name__ == "__main__":
    main()
