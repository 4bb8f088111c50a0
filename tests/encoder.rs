//! The bundled model against sentence-transformers (golden files made by models/make_golden.py), and what must not
//! change an encoding.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use ndarray::{Array2, Axis};
use parallax::annotate::{loaded_language, loaded_words};
use parallax::encode::{Encoder, ModelEncoder, ModelFiles, OutletMask, hide_names};
use parallax::records::{LoadedWord, Span};
use proptest::prelude::*;

static ENCODER: LazyLock<ModelEncoder> =
    LazyLock::new(|| ModelEncoder::new(&ModelFiles::bundled().unwrap(), 2).unwrap());

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn sentences() -> Vec<String> {
    std::fs::read_to_string(golden("sentences.txt")).unwrap().lines().map(str::to_owned).collect()
}

fn reference() -> Array2<f32> {
    let bytes = std::fs::read(golden("embeddings.safetensors")).unwrap();
    let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let tensor = tensors.tensor("embeddings").unwrap();
    let values = tensor.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    Array2::from_shape_vec((tensor.shape()[0], tensor.shape()[1]), values).unwrap()
}

fn embed(texts: &[String]) -> Array2<f32> {
    ENCODER.embed(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
}

#[test]
fn embeddings_agree_with_sentence_transformers() {
    let (ours, reference) = (embed(&sentences()), reference());
    assert_eq!(ours.dim(), (200, 384));
    let cosines = (&ours * &reference).sum_axis(Axis(1));
    let (mean, least) = (cosines.mean().unwrap(), cosines.fold(1.0_f32, |a, &b| a.min(b)));
    println!("8-bit weights against sentence-transformers: cosine {mean:.5} on average, {least:.5} at least");
    assert!(mean >= 0.999, "cosine is {mean} on average");
    assert!(least >= 0.998, "cosine is {least} at least");
}

/// `benches/run` makes a model with the weights in 32 bits (90 MB, not in the repository), names its folder in
/// PARALLAX_FLOAT32 and runs this test with it.
#[test]
fn float32_weights_agree_with_sentence_transformers() {
    let Some(folder) = std::env::var_os("PARALLAX_FLOAT32") else {
        println!("PARALLAX_FLOAT32 is not set: the 32-bit weights are not compared");
        return;
    };
    let encoder = ModelEncoder::new(&ModelFiles::from_folder(Path::new(&folder)).unwrap(), 2).unwrap();
    let sentences = sentences();
    let ours = encoder.embed(&sentences.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    let cosines = (&ours * &reference()).sum_axis(Axis(1));
    let least = cosines.fold(1.0_f32, |a, &b| a.min(b));
    println!("32-bit weights against sentence-transformers: cosine {least:.6} at least");
    assert!(least >= 0.9999, "cosine is {least} at least");
}

/// How far figures lie from those of a reference whose products are of 32-bit floats: what rounding to 8 bits costs, and no more.
#[derive(Default)]
struct Off(Vec<f32>);

impl Off {
    fn add(&mut self, found: [f32; 3], expected: [f32; 3]) {
        self.0.extend(found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()));
    }

    fn check(&self, what: &str, mean: f32, most: f32) {
        let found = (
            self.0.iter().sum::<f32>() / self.0.len() as f32,
            self.0.iter().fold(0.0, |a: f32, &b| a.max(b)),
        );
        println!("{what}: {:.4} off on average, {:.4} at most", found.0, found.1);
        assert!(
            found.0 < mean && found.1 < most,
            "{what}: {:.4} off on average, {:.4} at most",
            found.0,
            found.1
        );
    }
}

#[test]
fn the_bundled_files_are_those_of_the_manifest() {
    ModelFiles::bundled().unwrap().verify().unwrap();
}

#[test]
fn an_encoding_does_not_depend_on_batch_order_or_threads() {
    let texts = sentences();
    let together = embed(&texts);
    let mut reversed: Vec<String> = texts.iter().rev().cloned().collect();
    let mut back = embed(&reversed);
    back.invert_axis(Axis(0));
    assert_eq!(together, back);
    reversed.truncate(37);
    for (text, row) in reversed.iter().zip(together.rows().into_iter().rev()) {
        assert_eq!(embed(std::slice::from_ref(text)).row(0), row, "{text}");
    }
    let one_thread = ModelEncoder::new(&ModelFiles::bundled().unwrap(), 1).unwrap();
    assert_eq!(one_thread.embed(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap(), together);
}

#[test]
fn sentiment_agrees_with_the_training_script() {
    let golden: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden("sentiment.json")).unwrap()).unwrap();
    let expected: Vec<[f32; 3]> = serde_json::from_value(golden["probabilities"].clone()).unwrap();
    let texts = sentences();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut off = Off::default();
    for (encoding, expected) in ENCODER.encode(&texts, &|_| ()).unwrap().iter().zip(expected) {
        let found = encoding.sentiment.unwrap();
        off.add([found.negative, found.neutral, found.positive], expected);
    }
    off.check("sentiment", 0.003, 0.02);
}

#[test]
fn target_sentiment_agrees_with_the_training_script_in_any_batch() {
    let golden: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden("target_sentiment.json")).unwrap()).unwrap();
    let rows = golden["rows"].as_array().unwrap();
    let mut mentions: Vec<(&str, Span)> = vec![];
    for row in rows {
        let offset = |end: &str| row[end].as_u64().unwrap() as usize;
        mentions.push((row["text"].as_str().unwrap(), Span::new(offset("start"), offset("end"))));
    }
    let mut off = Off::default();
    let found = ENCODER.target_sentiment(&mentions, &|_| ()).unwrap();
    for ((row, found), mention) in rows.iter().zip(&found).zip(&mentions) {
        let found = found.unwrap();
        let expected: [f32; 3] = serde_json::from_value(row["probabilities"].clone()).unwrap();
        off.add([found.negative, found.neutral, found.positive], expected);
        let alone = ENCODER.target_sentiment(&[*mention], &|_| ()).unwrap();
        assert_eq!(alone, [Some(found)]);
    }
    off.check("sentiment toward targets", 0.005, 0.04);
}

#[test]
fn pairs_are_read_as_by_the_reference_in_either_order_alone_or_together() {
    let golden: serde_json::Value =
        serde_json::from_slice(&std::fs::read(golden("pairs.json")).unwrap()).unwrap();
    let rows = golden.as_array().unwrap();
    let text = |row: usize, side: &str| rows[row][side].as_str().unwrap();
    let pairs: Vec<(&str, &str)> = (0..rows.len()).map(|row| (text(row, "a"), text(row, "b"))).collect();
    let mut off = Off::default();
    let found = ENCODER.pair_readings(&pairs, &|_| ()).unwrap();
    for ((row, found), &(a, b)) in rows.iter().zip(&found).zip(&pairs) {
        let found = found.unwrap();
        let expected: [f32; 3] = serde_json::from_value(row["logits"].clone()).unwrap();
        off.add([found.shared, found.same, found.conflicting], expected);
        assert_eq!(ENCODER.pair_readings(&[(b, a)], &|_| ()).unwrap(), [Some(found)]);
    }
    off.check("pairs, in log-odds", 0.03, 0.15);
    let one_thread = ModelEncoder::new(&ModelFiles::bundled().unwrap(), 1).unwrap();
    assert_eq!(one_thread.pair_readings(&pairs, &|_| ()).unwrap(), found);
    // A sentence beyond what is read, and one without words.
    let long = "word ".repeat(5000);
    assert!(ENCODER.pair_readings(&[(&long, ""), ("", "")], &|_| ()).unwrap().iter().all(Option::is_some));
}

#[test]
fn two_targets_of_one_sentence_differ() {
    let text = "Smith brilliantly rescued the negotiations while Brown lied to everyone.";
    let target = |name: &str| {
        let start = text.find(name).unwrap();
        (text, Span::new(start, start + name.len()))
    };
    let found = ENCODER.target_sentiment(&[target("Smith"), target("Brown")], &|_| ()).unwrap();
    let score = |i: usize| found[i].unwrap().score();
    assert!(score(0) > score(1) + 0.5, "{found:?}");
    // A target that the model does not read, since the text is cut before it.
    let long = format!("{}Brown lied.", "word ".repeat(400));
    let behind = (long.as_str(), Span::new(2000, 2005));
    assert_eq!(ENCODER.target_sentiment(&[behind], &|_| ()).unwrap(), [None]);
}

#[test]
fn the_words_that_drive_the_tone_are_the_loaded_ones() {
    let text = "The brutal regime praised its people.";
    let encoding = &ENCODER.encode(&[text], &|_| ()).unwrap()[0];
    let word = |better: fn(f32, f32) -> bool| {
        let words = encoding.words.spans.iter().zip(&encoding.tone);
        words.reduce(|best, next| if better(*next.1, *best.1) { next } else { best }).unwrap().0.slice(text)
    };
    assert_eq!(word(|a, b| a < b), "brutal");
    assert_eq!(word(|a, b| a > b), "praised");
}

#[test]
fn the_loaded_words_of_a_sentence_raise_its_score() {
    struct Case {
        plain: &'static str,
        loaded: &'static str,
        /// Words of the loaded sentence that are shown.
        shown: &'static [&'static str],
    }
    let cases = [
        Case {
            plain: "The council voted to raise the fee for parking.",
            loaded: "The shameless council rammed through yet another ludicrous fee for parking.",
            shown: &["shameless", "rammed through", "yet another", "ludicrous"],
        },
        Case {
            plain: "The singer’s fourth album will appear in June.",
            loaded: "The singer’s dazzling fourth album is nothing short of a masterpiece.",
            shown: &["dazzling", "nothing short of", "masterpiece"],
        },
    ];
    for case in cases {
        let read = |text: &str| {
            let encoding = &ENCODER.encode(&[text], &|_| ()).unwrap()[0];
            let head = encoding.loaded.as_ref().unwrap();
            assert_eq!(head.shares.len(), encoding.words.len());
            loaded_language(&loaded_words(text), head, &encoding.words.spans)
        };
        let (plain, loaded) = (read(case.plain), read(case.loaded));
        assert!(plain.score < 0.5 && loaded.score > 0.5, "{} {}", plain.score, loaded.score);
        let shown: Vec<&str> = loaded.words.iter().map(|word| word.span.slice(case.loaded)).collect();
        for word in case.shown {
            assert!(shown.contains(word), "{word} is not among {shown:?}");
        }
    }
}

#[test]
fn the_name_of_an_outlet_does_not_move_the_loaded_score() {
    let mask = OutletMask::new(["Morning Rant", "Daily Plain"]).unwrap();
    let read = |text: &str| {
        let encoding = ENCODER.encode(&[text], &|_| ()).unwrap().remove(0);
        let listed = loaded_words(text);
        let score = |listed: &[LoadedWord], head| loaded_language(listed, head, &encoding.words.spans).score;
        let before = encoding.loaded.as_ref().unwrap();
        let masked = hide_names(&*ENCODER, &mask, &[(text, &encoding)]).unwrap().remove(0);
        let after = masked.as_ref().map_or(before, |masked| masked.loaded.as_ref().unwrap());
        assert_eq!(after.shares.len(), encoding.words.len());
        let n = masked.as_ref().map_or(0, |masked| masked.names.len());
        let hides = |word: &LoadedWord| masked.as_ref().is_some_and(|masked| masked.hides(&word.span));
        let kept: Vec<LoadedWord> = listed.iter().copied().filter(|word| !hides(word)).collect();
        (n, score(&listed, before), score(&kept, after), after.shares.clone())
    };
    let (n_rant, rant, rant_masked, shares) = read("A reporter for the Morning Rant asked twice.");
    let (n_plain, plain, plain_masked, _) = read("A reporter for the Daily Plain asked twice.");
    assert_eq!((n_rant, n_plain), (1, 1));
    assert!(rant - plain > 0.1, "{rant} {plain}");
    assert_eq!(rant_masked, plain_masked);
    assert_eq!(shares[4..6], [0.0, 0.0]);
    let (n, before, after, _) = read("A reporter asked twice.");
    assert_eq!((n, before), (0, after));
}

#[test]
fn a_text_that_is_too_long_is_cut_and_says_so() {
    let long = "word ".repeat(1_000_000);
    let encodings = ENCODER.encode(&[&long, "A short one."], &|_| ()).unwrap();
    assert!(encodings[0].truncated && !encodings[1].truncated);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_has_a_unit_embedding_and_words_that_slice(texts in prop::collection::vec("\\PC{0,60}", 1..6)) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for (text, encoding) in texts.iter().zip(ENCODER.encode(&texts, &|_| ()).unwrap()) {
            let length: f32 = encoding.embedding.iter().map(|value| value * value).sum();
            prop_assert!((length - 1.0).abs() < 1e-4);
            prop_assert_eq!(encoding.words.spans.len(), encoding.tone.len());
            for span in &encoding.words.spans {
                prop_assert!(!span.slice(text).trim().is_empty());
            }
        }
    }
}
