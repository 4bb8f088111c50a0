"""Makes pairs of sentences of which we know how they relate: a sentence, and the same sentence altered.

    python models/altered_pairs.py DATA OUT.jsonl [--kinds negation,number] [--limit 2000]

Sentences come from sets that may be shipped: sentiment/newsmtsc_train (MIT) and claim_match/nanco_dev (BSD-3). A kind of
`CONFLICTS` changes what is claimed (label `conflicting`), a kind of `SAME` only how it is worded (label `equivalent`). Each
pair of either label also goes through up to three kinds of `SAME`, so that the number of changed words says nothing of the
label. A row: id, kind, text_a, text_b, label, group. The same data give the same rows on every machine.
"""

import argparse
import hashlib
import json
import random
import re
from pathlib import Path

from corpora import newsmtsc_sentences, read_rows

AUXILIARIES = "is are was were will would can could should must may might has had have does did do".split()
CONTRACTED = {"isn't": "is not", "aren't": "are not", "wasn't": "was not", "weren't": "were not", "won't": "will not",
              "wouldn't": "would not", "can't": "cannot", "couldn't": "could not", "shouldn't": "should not", "hasn't": "has not",
              "hadn't": "had not", "haven't": "have not", "doesn't": "does not", "didn't": "did not", "don't": "do not",
              "he's": "he is", "she's": "she is", "it's": "it is", "they're": "they are", "we're": "we are", "I'm": "I am",
              "that's": "that is", "there's": "there is", "he'll": "he will", "they've": "they have", "we've": "we have"}
# base, third person, past, participle, -ing, of verbs that news is made of.
VERBS = [line.split() for line in """
accept accepts accepted accepted accepting|accuse accuses accused accused accusing|add adds added added adding|agree agrees agreed agreed agreeing
allow allows allowed allowed allowing|announce announces announced announced announcing|approve approves approved approved approving
arrest arrests arrested arrested arresting|attack attacks attacked attacked attacking|attend attends attended attended attending
back backs backed backed backing|ban bans banned banned banning|block blocks blocked blocked blocking|build builds built built building
buy buys bought bought buying|call calls called called calling|cancel cancels canceled canceled canceling|change changes changed changed changing
charge charges charged charged charging|close closes closed closed closing|confirm confirms confirmed confirmed confirming
create creates created created creating|cut cuts cut cut cutting|decide decides decided decided deciding|deliver delivers delivered delivered delivering
deploy deploys deployed deployed deploying|discuss discusses discussed discussed discussing|drop drops dropped dropped dropping
end ends ended ended ending|endorse endorses endorsed endorsed endorsing|enter enters entered entered entering|expand expands expanded expanded expanding
face faces faced faced facing|file files filed filed filing|fire fires fired fired firing|give gives gave given giving|hire hires hired hired hiring
hold holds held held holding|impose imposes imposed imposed imposing|increase increases increased increased increasing
introduce introduces introduced introduced introducing|investigate investigates investigated investigated investigating|issue issues issued issued issuing
join joins joined joined joining|kill kills killed killed killing|launch launches launched launched launching|leave leaves left left leaving
lift lifts lifted lifted lifting|lose loses lost lost losing|make makes made made making|meet meets met met meeting|move moves moved moved moving
name names named named naming|offer offers offered offered offering|open opens opened opened opening|order orders ordered ordered ordering
pass passes passed passed passing|pay pays paid paid paying|praise praises praised praised praising|present presents presented presented presenting
publish publishes published published publishing|raise raises raised raised raising|receive receives received received receiving
reduce reduces reduced reduced reducing|reject rejects rejected rejected rejecting|release releases released released releasing
remove removes removed removed removing|replace replaces replaced replaced replacing|repeal repeals repealed repealed repealing
report reports reported reported reporting|resign resigns resigned resigned resigning|return returns returned returned returning
reveal reveals revealed revealed revealing|send sends sent sent sending|share shares shared shared sharing|sign signs signed signed signing
start starts started started starting|stop stops stopped stopped stopping|sue sues sued sued suing|support supports supported supported supporting
suspend suspends suspended suspended suspending|take takes took taken taking|test tests tested tested testing|travel travels traveled traveled traveling
use uses used used using|veto vetoes vetoed vetoed vetoing|visit visits visited visited visiting|vote votes voted voted voting
win wins won won winning|withdraw withdraws withdrew withdrawn withdrawing|write writes wrote written writing
""".strip().replace("\n", "|").split("|")]
BASE_OF_PAST = {past: base for base, _, past, _, _ in VERBS if past != base}
PAST_OF_BASE = {base: past for base, _, past, _, _ in VERBS}
# Pairs of which either is the other's opposite.
OPPOSITES = [pair.split("/") for pair in """
accepted/rejected accept/reject approved/rejected approve/reject allowed/banned allow/ban acquitted/convicted innocent/guilty arrested/released
rose/fell rise/fall rising/falling increased/decreased increase/decrease increasing/decreasing higher/lower more/fewer highest/lowest gained/lost
won/lost win/lose winning/losing victory/defeat supported/opposed support/oppose supporting/opposing supports/opposes supporters/opponents
praised/criticized praise/criticize praising/criticizing confirmed/denied confirm/deny confirms/denies confirming/denying passed/failed opened/closed
open/close opening/closing began/ended begin/end begins/ends started/stopped start/stop survived/died alive/dead ahead/behind before/after
strong/weak stronger/weaker improved/worsened better/worse success/failure successful/unsuccessful legal/illegal lawful/unlawful
expanded/reduced expand/reduce raised/cut raise/cut hired/fired joined/left agreed/refused agree/refuse majority/minority
most/few many/few always/never likely/unlikely possible/impossible true/false right/wrong safe/dangerous with/without
upheld/overturned uphold/overturn welcomed/condemned welcome/condemn defended/attacked protect/threaten public/private hot/cold early/late
first/last old/new large/small big/small long/short optimistic/pessimistic popular/unpopular friends/enemies ally/enemy allies/enemies
include/exclude includes/excludes included/excluded toward/against for/against love/hate loves/hates success/failure hope/fear
""".split()]
# Either may stand for the other.
SYNONYMS = [pair.split("/") for pair in """
big/large huge/enormous said/stated announced/declared about/roughly around/approximately nearly/almost began/started begin/start
buy/purchase bought/purchased help/aid told/informed choose/pick chose/picked end/conclude ended/concluded important/significant
several/various many/numerous often/frequently quickly/rapidly show/demonstrate shows/demonstrates showed/demonstrated
try/attempt tried/attempted trying/attempting get/obtain got/obtained need/require needs/requires needed/required keep/retain kept/retained
fight/battle money/funds children/kids people/individuals police/officers attorney/lawyer lawyers/attorneys lawmakers/legislators
probe/investigation vow/pledge vowed/pledged pledged/promised promise/pledge critics/detractors backers/supporters
election/vote also/additionally however/nevertheless while/whereas because/since although/though but/yet
slammed/blasted criticized/condemned rebuked/reprimanded urged/called-on warned/cautioned noted/observed argued/contended
whole/entire main/chief angry/furious happy/glad
""".split()]
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
PLACES = [group.split(",") for group in (
    "Iran,Iraq,Syria,Russia,China,Mexico,Canada,Germany,France,Israel,Afghanistan,Ukraine,Turkey,Japan,India,North Korea,South Korea,Saudi Arabia,Libya,"
    "Yemen,Venezuela,Cuba,Poland,Italy,Spain,Egypt,Pakistan,Brazil,Britain,Australia,Guatemala,Honduras,Sweden,Nigeria",
    "Texas,California,Florida,Ohio,Michigan,Pennsylvania,Wisconsin,Georgia,Arizona,Nevada,Iowa,Virginia,North Carolina,Colorado,Minnesota,Missouri,"
    "Alabama,Kentucky,Oregon,Maryland,Indiana,Tennessee,Louisiana,Oklahoma,Kansas,Utah,New Hampshire,South Carolina",
    "Chicago,Houston,Los Angeles,San Francisco,Seattle,Boston,Detroit,Atlanta,Dallas,Denver,Miami,Philadelphia,Baltimore,Portland,Charlotte,Minneapolis",
    "Moscow,Beijing,London,Paris,Berlin,Brussels,Tehran,Baghdad,Kabul,Jerusalem,Cairo,Tokyo,Seoul,Geneva,Vienna,Rome",
)]
ADVERBIALS = ["Meanwhile,", "In addition,", "At the same time,", "In the meantime,", "Also,", "In other news,"]
NAME = re.compile(r"\b(?:[A-Z][a-z]+ )?(?:[A-Z]\. )?[A-Z][a-z]{2,}\b")
NOT_NAMES = set("The This That These Those But And For With When While After Before His Her Their Its Our They She However Although Because Since What Why"
                " How Who Where There Here Then Now Also Some Many Most All Any Each Both Not Yet Still Just Even If In On At By From Mr Mrs Ms Dr Sen Rep"
                " Gov President Senate House Congress Republican Republicans Democrat Democrats Democratic American Americans White Court".split()) | set(WEEKDAYS) | set(MONTHS)


def change_word(text, table, rng, both_ways=True):
    """`text` with one word of `table` replaced by its partner, or None."""
    partner = {}
    for left, right in table:
        partner.setdefault(left, []).append(right)
        if both_ways:
            partner.setdefault(right, []).append(left)
    found = [match for match in re.finditer(r"[A-Za-z-]+", text) if match.group().lower() in partner]
    if not found:
        return None
    match = rng.choice(found)
    word = rng.choice(partner[match.group().lower()]).replace("-on", " on")
    return replace(text, match.span(), word.capitalize() if match.group()[0].isupper() else word)


def replace(text, span, words):
    return text[: span[0]] + words + text[span[1] :]


def names(text):
    """Spans of words in capitals behind the first word, which has a capital anyway."""
    is_name = lambda match: match.start() > 0 and not set(match.group().split()) & NOT_NAMES
    return [match.span() for match in NAME.finditer(text) if is_name(match)]


def negation(text, rng, _):
    found = re.findall(r"\b(?:" + "|".join(AUXILIARIES) + r") not ", text)
    if found:
        phrase = rng.choice(found)
        return text.replace(phrase, phrase[:-4], 1)
    options = [("auxiliary", match) for match in re.finditer(r"\b(?:" + "|".join(AUXILIARIES) + r")\b(?! not)(?=\s+[a-z])", text)]
    options += [("past", match) for match in re.finditer(r"\b[a-z]+\b", text) if follows_a_subject(text, match)]
    if not options:
        return None
    kind, match = rng.choice(options)
    if kind == "auxiliary":
        return replace(text, match.span(), rng.choice(["{} not", "{} never"]).format(match.group()))
    base = BASE_OF_PAST[match.group()]
    return replace(text, match.span(), rng.choice(["did not {}", "never {p}", "refused to {}", "failed to {}", "denied that it {p}"]).format(base, p=match.group()))


def follows_a_subject(text, match):
    """True for a past form behind a noun or a pronoun, which is likely a verb and not a participle."""
    before = text[: match.start()].split()
    return match.group() in BASE_OF_PAST and bool(before) and before[-1].lower() not in {*AUXILIARIES, "be", "been", "being", "a", "an", "the", "of", "by", "and", ","}


def number(text, rng, _):
    found = [match for match in re.finditer(r"(?<![\w.,-])\$?(\d[\d,]*(?:\.\d+)?)(?![\d,]*[-\w])", text) if not is_year(match.group(1))]
    words = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in NUMBER_WORDS[2:]]
    if not found and not words:
        return None
    match = rng.choice(found + words)
    if match in words:
        other = [word for word in NUMBER_WORDS[2:] if word != match.group()]
        return replace(text, match.span(), rng.choice(other))
    value = float(match.group(1).replace(",", ""))
    changed = value * rng.choice([0.2, 0.35, 0.5, 0.65, 1.4, 1.7, 2.0, 3.0])
    digits = len(match.group(1).split(".")[1]) if "." in match.group(1) else 0
    if digits == 0:
        changed = max(round(changed), 1) if round(changed) != value else value + rng.choice([1, 2, 3])
    written = f"{changed:,.{digits}f}" if "," in match.group(1) else f"{changed:.{digits}f}"
    return None if written == match.group(1) else replace(text, match.span(1), written)


def is_year(digits):
    return re.fullmatch(r"(1[5-9]|20)\d\d", digits) is not None


def date(text, rng, _):
    options = []
    for group in (WEEKDAYS, MONTHS):
        options += [(match.span(), group) for match in re.finditer(r"\b(?:" + "|".join(group) + r")\b", text)]
    options += [(match.span(), None) for match in re.finditer(r"\b(?:1[89]|20)\d\d\b", text)]
    periods = "day week month year decade".split()
    options += [(match.span(1), periods) for match in re.finditer(r"\b(?:last|next|this|a|one) (day|week|month|year|decade)\b", text)]
    if not options:
        return None
    span, group = rng.choice(options)
    now = text[slice(*span)]
    if group is None:
        return replace(text, span, str(int(now) + rng.choice([-9, -4, -2, -1, 1, 2, 3])))
    return replace(text, span, rng.choice([other for other in group if other != now]))


def place(text, rng, _):
    options = [(match.span(), group) for group in PLACES for match in re.finditer(r"\b(?:" + "|".join(group) + r")\b", text)]
    if not options:
        return None
    span, group = rng.choice(options)
    now = text[slice(*span)]
    return text.replace(now, rng.choice([other for other in group if other != now]))


def agent(text, rng, pool):
    """Another name for one of the names, wherever it stands."""
    found = names(text)
    if not found or not pool:
        return None
    now = text[slice(*rng.choice(found))]
    other = rng.choice(pool)
    return None if other in text or now in other or other in now else text.replace(now, other)


def roles(text, rng, _):
    """Two names change places across a verb."""
    found = [span for span in names(text)]
    pairs = [(a, b) for a in found for b in found if a[1] < b[0] and text[slice(*a)] != text[slice(*b)] and has_verb(text[a[1] : b[0]])]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return text[: a[0]] + text[slice(*b)] + text[a[1] : b[0]] + text[slice(*a)] + text[b[1] :]


def has_verb(words):
    verbs = {form for forms in VERBS for form in forms} | set(AUXILIARIES) | {"said", "told", "accused", "over", "against"}
    return any(word in verbs for word in re.findall(r"[a-z]+", words)) and "," not in words and " and " not in words


def outcome(text, rng, _):
    return change_word(text, OPPOSITES, rng)


def plan(text, rng, _):
    """A plan for what was done, or the deed for a plan."""
    planned = re.search(r"\b(?:will|plans? to|planned to|is expected to|are expected to|intends? to|is set to|wants? to|hopes? to|could|may|might) ([a-z]+)\b", text)
    if planned and planned.group(1) in PAST_OF_BASE:
        return replace(text, planned.span(), rng.choice(["{}", "already {}"]).format(PAST_OF_BASE[planned.group(1)]))
    done = [match for match in re.finditer(r"\b[a-z]+\b", text) if follows_a_subject(text, match)]
    if not done:
        return None
    match = rng.choice(done)
    plans = ["plans to {}", "will {}", "may {}", "is expected to {}", "wants to {}", "threatened to {}", "offered to {}", "considered whether to {}"]
    return replace(text, match.span(), rng.choice(plans).format(BASE_OF_PAST[match.group()]))


def contraction(text, rng, _):
    longer = [(short, long) for short, long in CONTRACTED.items() if re.search(rf"\b{short}\b", text)]
    shorter = [(short, long) for short, long in CONTRACTED.items() if f" {long} " in text]
    if longer:
        short, long = rng.choice(longer)
        return re.sub(rf"\b{short}\b", long, text, count=1)
    if shorter:
        short, long = rng.choice(shorter)
        return text.replace(f" {long} ", f" {short} ", 1)
    return None


def numeral(text, rng, _):
    words = {str(value): word for value, word in enumerate(NUMBER_WORDS) if value > 1}
    digits = {word: value for value, word in words.items()}
    found = [match for match in re.finditer(r"(?<![\w.,$-])(?:\d+|[a-z]+)(?![\w.,%-])", text) if match.group() in words or match.group() in digits]
    if not found:
        return None
    match = rng.choice(found)
    return replace(text, match.span(), words.get(match.group()) or digits[match.group()])


def rounding(text, rng, _):
    found = [match for match in re.finditer(r"(?<![\w.,$-])\d[\d,]{2,}(?![\w.,%-])", text) if not is_year(match.group())]
    if not found:
        return None
    match = rng.choice(found)
    value = int(match.group().replace(",", ""))
    step = 10 ** (len(str(value)) - 2)
    return replace(text, match.span(), f"{rng.choice(['about', 'around', 'roughly', 'some'])} {round(value / step) * step:,}")


def short_name(text, rng, _):
    found = [match for match in re.finditer(r"\b(?:(?:President|Sen\.|Rep\.|Gov\.|Secretary|Mr\.|Mrs\.|Dr\.|Ms\.) )(?=[A-Z])|\b[A-Z][a-z]+ (?=(?:Trump|Obama|Clinton|Biden|Bush|Sanders|Cruz|Rubio|McConnell|Pelosi|Romney|Musk|Pence|Putin|Kerry|Comey|Mueller|Kavanaugh|Warren|Ryan|Boehner|McCain|Holder|Sessions|Assad|Netanyahu|Abbott)\b)", text)]
    if not found:
        return None
    match = rng.choice(found)
    return replace(text, match.span(), "")


def country(text, rng, _):
    forms = ["United States", "U.S.", "US"]
    for form in forms:
        if re.search(rf"\bthe {re.escape(form)}(?!\w)", text):
            return text.replace(form, rng.choice([other for other in forms if other != form]), 1)
    return None


def speaker_moved(text, rng, _):
    """"S, X said." <-> "X said S." <-> "According to X, S." """
    said = re.fullmatch(r"([^\"“”]{25,}), ((?:[A-Z][\w.]+ ){0,2}[A-Z][a-z]+|officials|police|authorities) said\.", text)
    if said:
        statement, speaker = said.groups()
        speaker_first = speaker[0].upper() + speaker[1:]
        inner = statement if statement.split()[0] in {"I"} or statement[:2].isupper() else statement[0].lower() + statement[1:]
        return rng.choice([f"{speaker_first} said {inner}.", f"{speaker_first} said that {inner}.", f"According to {speaker}, {inner}."])
    said = re.fullmatch(r"((?:[A-Z][\w.]+ ){0,2}[A-Z][a-z]+|Officials|Police) said (?:that )?([a-z][^\"“”]{25,})\.", text)
    if said:
        speaker, statement = said.groups()
        return rng.choice([f"{statement[0].upper() + statement[1:]}, {speaker} said.", f"According to {speaker}, {statement}."])
    return None


def adverbial(text, rng, _):
    """A leading adverbial more or less."""
    leading = re.match(r"(?:On (?:" + "|".join(WEEKDAYS) + r")|Last \w+|Earlier \w+ \w+|In (?:recent|the past) \w+|However|Meanwhile|Still|But|And|Also|Now|Instead), ", text)
    if leading:
        rest = text[leading.end() :]
        return rest[0].upper() + rest[1:]
    first = text.split()[0] if text.split() else ""
    kept = first[:1] if first == "I" or first not in {"The", "A", "An", "In", "It", "He", "She", "They", "His", "Their", "This", "There", "Some"} else first[:1].lower()
    return f"{rng.choice(ADVERBIALS)} {kept}{text[1:]}"


def synonym(text, rng, _):
    return change_word(text, SYNONYMS, rng)


def aside_left_out(text, rng, _):
    """Without what stands between two commas or dashes behind a name."""
    found = [match for match in re.finditer(r", (?:who|which|a|an|the|whose)\b[^,.;:\"“”]{8,70}, (?=[a-z])| [-–—]{1,2} [^-–—\"“”]{8,70} [-–—]{1,2} ", text)]
    if not found:
        return None
    match = rng.choice(found)
    return replace(text, match.span(), " ")


CONFLICTS = {"negation": negation, "number": number, "date": date, "place": place, "agent": agent, "roles": roles, "outcome": outcome, "plan": plan}
SAME = {"contraction": contraction, "numeral": numeral, "rounding": rounding, "short_name": short_name, "country": country, "speaker_moved": speaker_moved,
        "adverbial": adverbial, "synonym": synonym, "aside_left_out": aside_left_out}


def reworded(text, rng, at_least):
    """`text` through one to three kinds of `SAME`; with `at_least` 0 also through none. Returns the text and the kinds."""
    done, wanted = [], rng.randint(at_least, 3)
    for kind in rng.sample(sorted(SAME), len(SAME)):
        changed = SAME[kind](text, rng, None) if len(done) < wanted else None
        if changed and changed != text:
            text, done = changed, done + [kind]
    return text, done


def pairs_of(text, group, pool, kinds=None):
    """The altered pairs of one sentence: for each kind that fits, one row; and one row that says the same."""
    rows = []
    for kind in sorted(kinds or CONFLICTS):
        rng = random.Random(hashlib.sha256(f"{kind} {text}".encode()).hexdigest())
        altered = CONFLICTS[kind](text, rng, pool)
        changed, _ = reworded(altered, rng, 0) if altered else (None, [])
        if changed and altered != text:
            rows.append({"kind": kind, "text_a": text, "text_b": changed, "label": "conflicting", "group": group})
    rng = random.Random(hashlib.sha256(f"same {text}".encode()).hexdigest())
    changed, done = reworded(text, rng, 1)
    if done:
        rows.append({"kind": "+".join(sorted(done)), "text_a": text, "text_b": changed, "label": "equivalent", "group": group})
    return rows


def shippable_sentences(data):
    """(text, group), from 40 to 320 characters."""
    sentences = [(sentence.text, sentence.event) for sentence in newsmtsc_sentences(data)]
    passages = {row[side]: row["qid"] for row in read_rows(data / "claim_match" / "nanco_dev.jsonl.gz") for side in ("text_a", "text_b")}
    return [(text, group) for text, group in [*sentences, *passages.items()] if 40 <= len(text) <= 320]


def altered_pairs(data, kinds=None):
    """Every row of every sentence, with an id."""
    sentences = shippable_sentences(data)
    pool = sorted({text[slice(*span)] for text, _ in sentences for span in names(text) if " " in text[slice(*span)]})
    rows = [row for text, group in sentences for row in pairs_of(text, group, pool, kinds)]
    return [{"id": f"altered-{number}"} | row for number, row in enumerate(rows)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kinds", default=",".join(CONFLICTS))
    parser.add_argument("--limit", type=int, default=0, help="rows of each label; 0 is all")
    options = parser.parse_args()
    rows = altered_pairs(options.data, options.kinds.split(","))
    if options.limit:
        order = random.Random(0).sample(rows, len(rows))
        rows = [row for label in ("conflicting", "equivalent") for row in [row for row in order if row["label"] == label][: options.limit]]
    options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{options.out.name}: {len(rows)} pairs")


if __name__ == "__main__":
    main()
