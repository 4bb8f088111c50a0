"""Checks the tables of a run with another CSV reader than the one that wrote them.

    python3 .ci/check_tables.py out
"""

import csv
import json
import sys
from pathlib import Path

COLUMNS = {
    "articles": "article_id outlet headline url date_published language event_id n_sentences n_claims duplicate_of "
    "warnings",
    "sentences": "sentence_id article_id outlet index start_char end_char start_byte end_byte text kind voice "
    "sentiment_negative sentiment_neutral sentiment_positive sentiment certainty source cue anonymous_source copy_of",
    "attributions": "sentence_id article_id outlet source source_start_char source_end_char source_sentence_id anonymous cue "
    "cue_start_char cue_end_char cue_kind kind content content_spans",
    "clauses": "sentence_id article_id outlet verb verb_start_char verb_end_char clause_voice agent agent_start_char "
    "agent_end_char patient patient_start_char patient_end_char voice",
    "claims": "claim_id event_id text n_sentences n_articles n_outlets n_independent_outlets n_disputing tier",
    "mentions": "claim_id sentence_id article_id outlet similarity probability relation tier",
    "targets": "claim_id sentence_id article_id outlet target words start_char end_char sentiment_negative sentiment_neutral "
    "sentiment_positive sentiment voice",
    "comparisons": "claim_id event_id outlet_a outlet_b sentence_id_a sentence_id_b text_a text_b similarity "
    "probability conflict_probability relation conflict sentiment_a sentiment_b sentiment_difference",
    "framing": "claim_id outlet_a outlet_b sentence_id_a sentence_id_b dimension evidence_a start_char_a end_char_a "
    "evidence_b start_char_b end_char_b value_a value_b difference voice_a voice_b",
    "measures": "claim_id event_id sentence_id article_id outlet measure voice value words spans copy_of",
    "outlets": "outlet_a outlet_b measure voice estimate ci_low ci_high effect_size n_claims n_events n_sentences n_copied "
    "p_value p_adjusted finding corrected corrected_ci_low corrected_ci_high n_labelled",
    "wordings": "term outlet n_aligned alternatives n_uses n_words n_uses_others n_words_others log_odds z",
    "coverage": "claim_id outlet status reason n_sentences first_position",
    "copies": "article_id outlet start_char end_char source_article_id source_outlet source_start_char source_end_char "
    "n_words jaccard text",
    "rejected": "file row reason",
}


def read(folder, name):
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        rows = list(reader)
    missing = [column for column in COLUMNS[name].split() if column not in reader.fieldnames]
    assert not missing, f"{name}.csv: columns {missing} are missing"
    assert all(None not in row and None not in row.values() for row in rows), f"{name}.csv: a row has too many or too few fields"
    print(f"{name}.csv: {len(rows)} rows, {len(reader.fieldnames)} columns")
    return rows


def body(article):
    return Path(article["file"]).read_bytes().decode("utf-8-sig")


def main():
    folder = Path(sys.argv[1])
    tables = {name: read(folder, name) for name in COLUMNS}
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for name in ("articles", "sentences", "claims", "comparisons"):
        assert len(tables[name]) == run["counts"][name], f"{name}.csv and run.json disagree"
    bodies = {article["article_id"]: body(article) for article in tables["articles"]}
    sentences = {sentence["sentence_id"]: sentence for sentence in tables["sentences"]}
    for sentence in sentences.values():
        if sentence["field"] == "body":
            text = bodies[sentence["article_id"]]
            assert text[int(sentence["start_char"]) : int(sentence["end_char"])] == sentence["text"]
            bytes_ = text.encode()[int(sentence["start_byte"]) : int(sentence["end_byte"])]
            assert bytes_.decode() == sentence["text"]
    for row in tables["framing"]:
        for side in "ab":
            sentence = sentences[row[f"sentence_id_{side}"]]
            if row[f"evidence_{side}"] and sentence["field"] == "body":
                span = slice(int(row[f"start_char_{side}"]), int(row[f"end_char_{side}"]))
                assert bodies[sentence["article_id"]][span] == row[f"evidence_{side}"]
    for row in tables["measures"]:
        sentence = sentences[row["sentence_id"]]
        if sentence["field"] == "body":
            text = bodies[sentence["article_id"]]
            spans = [span.split("-") for span in row["spans"].split(";") if span]
            assert "; ".join(text[int(start) : int(end)] for start, end in spans) == row["words"]
    for row in tables["outlets"]:
        if row["estimate"]:
            assert float(row["ci_low"]) <= float(row["estimate"]) <= float(row["ci_high"])
        assert row["finding"]
    for row in tables["copies"]:
        assert bodies[row["article_id"]][int(row["start_char"]) : int(row["end_char"])] == row["text"]
    for claim in tables["claims"]:
        assert 1 <= int(claim["n_independent_outlets"]) <= int(claim["n_outlets"])
    assert all(mention["sentence_id"] in sentences for mention in tables["mentions"])
    print("every offset slices to its words")


if __name__ == "__main__":
    main()
