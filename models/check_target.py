"""Tries the target sentiment head on sentences of our own: two targets in one sentence, and one sentence with many names.

    python models/check_target.py

The sentences were written before the head was tried on them, each to show one way of going wrong.
"""

import numpy as np

from encoder import Encoder, TargetHead
from sentiment_head import softmax
from train_sentiment import CLASSES, MODEL

# (what it tests, sentence, [(target, its label)])
SENTENCES = [
    ("two objects", "Smith praised Jones but attacked Brown.", [("Jones", "positive"), ("Brown", "negative")]),
    ("two objects", "The senator defended Miller and condemned Walsh.", [("Miller", "positive"), ("Walsh", "negative")]),
    ("two objects", "Voters admire Garcia but have grown tired of Novak.", [("Garcia", "positive"), ("Novak", "negative")]),
    ("contrast", "Unlike the corrupt Harris, Klein has an honest record.", [("Harris", "negative"), ("Klein", "positive")]),
    ("contrast", "While Owens kept his promises, Reed broke every one of his.", [("Owens", "positive"), ("Reed", "negative")]),
    ("contrast", "Lopez looked confident and prepared; Turner stumbled through his answers.", [("Lopez", "positive"), ("Turner", "negative")]),
    ("contrast", "The Greens won the debate, and the Liberals embarrassed themselves.", [("Greens", "positive"), ("Liberals", "negative")]),
    ("winner and loser", "Parker crushed Dixon in a landslide.", [("Parker", "positive"), ("Dixon", "negative")]),
    ("winner and loser", "Dixon was humiliated by Parker.", [("Dixon", "negative"), ("Parker", "positive")]),
    ("speaker and target", "Miller called Evans a liar and a coward.", [("Miller", "neutral"), ("Evans", "negative")]),
    ("speaker and target", "“Evans is a brilliant leader,” said Miller.", [("Evans", "positive"), ("Miller", "neutral")]),
    ("cause and sufferer", "Hundreds of families lost their homes because of Carter's reckless policy.", [("families", "negative"), ("Carter", "negative")]),
    ("negation", "Nobody has ever accused Bennett of dishonesty.", [("Bennett", "positive")]),
    ("negation", "Foster did not deserve the praise he was given.", [("Foster", "negative")]),
    ("negation", "The court cleared Hughes of all charges.", [("Hughes", "positive")]),
    ("irony", "Morgan, that great friend of the taxpayer, billed the state for three holidays.", [("Morgan", "negative")]),
    ("bad news, no blame", "Patel was killed in the earthquake on Friday.", [("Patel", "neutral")]),
    ("bad news, no blame", "Rivera will report on the flood damage on Monday.", [("Rivera", "neutral")]),
    ("plain report", "Bailey met Ross in Geneva on Tuesday.", [("Bailey", "neutral"), ("Ross", "neutral")]),
    ("plain report", "Cooper said the committee would publish its report next week.", [("Cooper", "neutral"), ("committee", "neutral")]),
]
NAMES = ["Trump", "Clinton", "Obama", "Biden", "Sanders", "Romney", "Cruz", "Pence", "Ryan", "Smith", "Jones", "Garcia", "Patel", "Kim"]
TEMPLATES = [
    "{} met reporters on Tuesday.",
    "The committee will hear {} next week.",
    "{} spoke for an hour about trade.",
    "The two sides asked {} for an answer.",
]


def rows_of(sentences):
    """(text, start, end) of each target, in order."""
    return [(text, text.index(target), text.index(target) + len(target)) for _, text, targets in sentences for target, _ in targets]


def main():
    encoder, head = Encoder(MODEL), TargetHead(MODEL / "heads" / "target_sentiment.onnx")
    shares = softmax(head.logits(encoder, rows_of(SENTENCES)))
    expected = [label for _, _, targets in SENTENCES for _, label in targets]
    row, right, pairs = 0, 0, []
    for kind, text, targets in SENTENCES:
        print(f"{kind}: {text}")
        for target, label in targets:
            guess = CLASSES[shares[row].argmax()]
            right += guess == label
            print(f"    {'ok   ' if guess == label else 'WRONG'} {target}: {label}, given {guess} {np.round(shares[row], 2)}")
            row += 1
        if len({label for _, label in targets}) == 2:
            wanted = CLASSES.index(targets[0][1]) - CLASSES.index(targets[1][1])
            balance = shares[row - 2 : row, 2] - shares[row - 2 : row, 0]
            pairs.append((balance[0] - balance[1]) * wanted > 0)
    print(f"{right} of {len(expected)} labels; {sum(pairs)} of {len(pairs)} pairs with different labels in the right order")

    rows = [(template.format(name), template.index("{}"), template.index("{}") + len(name)) for name in NAMES for template in TEMPLATES]
    balance = softmax(head.logits(encoder, rows)) @ [-1, 0, 1]
    means = balance.reshape(len(NAMES), -1).mean(axis=1)
    print("positive minus negative, mean of four neutral sentences:", ", ".join(f"{name} {mean:+.2f}" for name, mean in zip(NAMES, means)))
    print(f"from {means.min():+.2f} to {means.max():+.2f}, standard deviation between names {means.std():.3f}")


if __name__ == "__main__":
    main()
