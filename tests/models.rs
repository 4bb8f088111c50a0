//! Models from folders, from wheels and from the Hub: what is refused and why, and what a fetch leaves behind.
//!
//! The models here are BERTs with a handful of weights, made on the spot.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parallax::encode::{Encoder, ModelEncoder, ModelFiles};
use safetensors::tensor::{Dtype, TensorView};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const WORDS: [&str; 8] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "bridge", "was", "closed"];
const WIDTH: usize = 8;
const INNER: usize = 16;
const LAYERS: usize = 2;

const MANIFEST: &str = "\
name = 'tiny'
version = '1'
dimensions = 8
layers = 2
pooling = 'mean'
normalise = true
max_tokens = 16
languages = ['eng']
alignment_layer = 1
";

const CONFIG: &str = r#"{"model_type": "bert", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
"intermediate_size": 16, "max_position_embeddings": 16, "vocab_size": 8, "hidden_act": "gelu", "layer_norm_eps": 1e-12}"#;

fn tokenizer(n_words: usize) -> String {
    let word = |id: usize| WORDS.get(id).map_or(format!("word{id}"), |word| (*word).to_owned());
    let vocabulary: BTreeMap<String, usize> = (0..n_words).map(|id| (word(id), id)).collect();
    serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"}, "decoder": null,
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"}
    })
    .to_string()
}

/// The weights with `prefix` before each name, as 32-bit floats or, where `half` is true, bfloat16.
fn weights(prefix: &str, half: bool) -> Vec<u8> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![WORDS.len(), WIDTH]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![16, WIDTH]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![2, WIDTH]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![WIDTH]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![WIDTH]),
    ];
    for layer in 0..LAYERS {
        for (part, rows, columns) in [
            ("attention.self.query", WIDTH, WIDTH),
            ("attention.self.key", WIDTH, WIDTH),
            ("attention.self.value", WIDTH, WIDTH),
            ("attention.output.dense", WIDTH, WIDTH),
            ("intermediate.dense", INNER, WIDTH),
            ("output.dense", WIDTH, INNER),
            ("attention.output.LayerNorm", WIDTH, 0),
            ("output.LayerNorm", WIDTH, 0),
        ] {
            let name = format!("encoder.layer.{layer}.{part}");
            let shape = if columns == 0 { vec![rows] } else { vec![rows, columns] };
            shapes.push((format!("{name}.weight"), shape));
            shapes.push((format!("{name}.bias"), vec![rows]));
        }
    }
    let data: Vec<Vec<u8>> =
        shapes.iter().map(|(name, shape)| values(name, shape.iter().product(), half)).collect();
    let dtype = if half { Dtype::BF16 } else { Dtype::F32 };
    let views = shapes.iter().zip(&data).map(|((name, shape), data)| {
        (format!("{prefix}{name}"), TensorView::new(dtype, shape.clone(), data).unwrap())
    });
    safetensors::serialize(views.collect::<BTreeMap<_, _>>(), None).unwrap()
}

/// Numbers between -1 and 1 that bfloat16 holds exactly, from the name.
fn values(name: &str, n: usize, half: bool) -> Vec<u8> {
    let mut state =
        name.bytes().fold(1_u32, |state, byte| state.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 24) as f32 - 128.0) / 128.0
    };
    (0..n).flat_map(|_| next().to_le_bytes().into_iter().skip(if half { 2 } else { 0 })).collect()
}

/// A model's folder with these files in place of the usual ones; an empty file is left out.
fn model(changes: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (weights, tokenizer) = (weights("", false), tokenizer(WORDS.len()));
    let mut files = BTreeMap::from([
        ("model.toml", MANIFEST.as_bytes()),
        ("config.json", CONFIG.as_bytes()),
        ("tokenizer.json", tokenizer.as_bytes()),
        ("model.safetensors", &weights),
    ]);
    files.extend(changes.iter().copied());
    for (name, bytes) in files.into_iter().filter(|(_, bytes)| !bytes.is_empty()) {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn load(folder: &Path) -> Result<ModelEncoder, String> {
    let files = ModelFiles::from_folder(folder);
    files
        .and_then(|files| ModelEncoder::new(&files, 2))
        .map_err(|error| format!("{:#}", anyhow::Error::from(error)))
}

fn encode(folder: &Path, text: &str) -> parallax::records::Encoding {
    load(folder).unwrap().encode(&[text], &|_| ()).unwrap().remove(0)
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_model_that_does_not_fit_is_refused_with_the_reason() {
    let manifest = |from: &str, to: &str| MANIFEST.replace(from, to).into_bytes();
    let config = |from: &str, to: &str| CONFIG.replace(from, to).into_bytes();
    let whole = weights("", false);
    let pinned =
        |path: &str, sha256: &str| format!("{MANIFEST}[sha256]\n'{path}' = '{sha256}'\n").into_bytes();
    let mut damaged = whole.clone();
    let end = damaged.len() - 4;
    damaged[end..].copy_from_slice(&f32::NAN.to_le_bytes());
    let cases: [(&str, Vec<u8>, &str); 22] = [
        (
            "model.toml",
            manifest("dimensions = 8", "dimensions = 9"),
            "dimensions = 9, config.json hidden_size = 8",
        ),
        ("model.toml", manifest("layers = 2", "layers = 3"), "layers = 3, config.json num_hidden_layers = 2"),
        ("model.toml", manifest("max_tokens = 16", "max_tokens = 17"), "16 positions"),
        ("model.toml", manifest("'mean'", "'median'"), "unknown variant `median`"),
        ("model.toml", manifest("_layer = 1", "_layer = 3"), "alignment_layer = 3 is above layers = 2"),
        ("model.toml", manifest("version", "versoin"), "unknown field `versoin`"),
        ("model.toml", pinned("tokenizer.json", &"0".repeat(64)), "tokenizer.json has sha256"),
        ("model.toml", pinned("../tokenizer.json", ""), "lies outside"),
        ("model.toml", pinned("/etc/passwd", ""), "lies outside"),
        ("model.toml", pinned("C:\\x", ""), "lies outside"),
        ("model.toml", pinned("pytorch_model.bin", ""), "never read"),
        ("model.toml", pinned("tokenizer.json", &hash(tokenizer(8).as_bytes())), "neither model.onnx nor"),
        ("config.json", config("\"bert\"", "\"roberta\""), "model_type is `roberta`"),
        ("config.json", config("\"gelu\"", "\"relu\""), "hidden_act is `relu`"),
        ("config.json", config("_heads\": 2", "_heads\": 3"), "3 heads do not share 8"),
        (
            "config.json",
            config("_size\": 16", "_size\": 32"),
            "`encoder.layer.0.intermediate.dense.weight` has the shape",
        ),
        ("config.json", vec![], "config.json is missing"),
        ("tokenizer.json", tokenizer(9).into_bytes(), "the tokenizer is of another model"),
        ("tokenizer.json", b"{".to_vec(), "tokenizer.json cannot be read"),
        ("tokenizer.json", vec![], "tokenizer.json is missing"),
        ("model.safetensors", whole[..whole.len() - 9].to_vec(), "model.safetensors"),
        ("model.safetensors", damaged, "the weights are damaged"),
    ];
    for (file, bytes, message) in cases {
        let refused = load(model(&[(file, &bytes)]).path()).unwrap_err();
        assert!(refused.contains(message), "{file}: {refused:?} does not say {message:?}");
    }
}

#[test]
fn a_table_with_many_more_rows_than_tokens_is_of_another_tokenizer() {
    let bundled = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/parallax-en");
    let folder = tempfile::tempdir().unwrap();
    let manifest = fs::read_to_string(bundled.join("model.toml")).unwrap();
    let manifest = manifest.split("[source]").next().unwrap();
    fs::write(folder.path().join("model.toml"), manifest).unwrap();
    fs::write(folder.path().join("tokenizer.json"), tokenizer(WORDS.len())).unwrap();
    fs::copy(bundled.join("model.onnx"), folder.path().join("model.onnx")).unwrap();
    let refused = load(folder.path()).unwrap_err();
    assert!(refused.contains("more than 128 further ones; the tokenizer is of another model"), "{refused}");
    fs::write(folder.path().join("tokenizer.json"), tokenizer(30_523)).unwrap();
    let refused = load(folder.path()).unwrap_err();
    assert!(refused.contains("no embedding for that one; the tokenizer is of another model"), "{refused}");
}

#[test]
fn a_pickle_is_never_read() {
    let folder = model(&[("model.safetensors", b""), ("pytorch_model.bin", b"\x80\x02}q\x00.")]);
    let refused = load(folder.path()).unwrap_err();
    assert!(
        refused
            .contains("(pytorch_model.bin), which is never read; convert the weights to model.safetensors"),
        "{refused}"
    );
}

#[test]
fn names_with_bert_before_them_and_16_bits_give_the_same() {
    let text = "The bridge was closed";
    let usual = encode(model(&[]).path(), text);
    for weights in [weights("bert.", false), weights("", true)] {
        assert_eq!(encode(model(&[("model.safetensors", &weights)]).path(), text), usual);
    }
}

#[test]
fn a_vocabulary_stands_for_a_tokenizer_and_has_a_hash_of_its_own() {
    let words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nbridge\nwas";
    let folder = model(&[("tokenizer.json", b""), ("vocab.txt", words.as_bytes())]);
    assert_eq!(encode(folder.path(), "The bridge").words.len(), 2);
    // The tokenizer that is made of it is no file whose hash could be compared.
    assert_eq!(parallax::models::verify(folder.path().to_str().unwrap()).unwrap(), 4);
}

#[test]
fn a_prefix_changes_the_embedding_and_no_span() {
    let text = "The bridge was closed";
    let usual = encode(model(&[]).path(), text);
    let manifest = MANIFEST.replace("layers = 2", "layers = 2\nprefix = 'the: '");
    let prefixed = encode(model(&[("model.toml", manifest.as_bytes())]).path(), text);
    assert_eq!(prefixed.words.spans, usual.words.spans);
    assert_ne!(prefixed.embedding, usual.embedding);
    let words: Vec<&str> = prefixed.words.spans.iter().map(|span| span.slice(text)).collect();
    assert_eq!(words, ["The", "bridge", "was", "closed"]);
}

#[test]
fn every_pooling_gives_embeddings_of_length_1() {
    for (pooling, normalise) in [("mean", true), ("cls", true), ("max", true), ("mean", false)] {
        let manifest = MANIFEST.replace("mean", pooling).replace("true", &normalise.to_string());
        let embedding = encode(model(&[("model.toml", manifest.as_bytes())]).path(), "the bridge").embedding;
        let length: f32 = embedding.iter().map(|value| value * value).sum();
        assert!((length - 1.0).abs() < 1e-5, "{pooling}: {length}");
    }
}

#[test]
fn the_usual_onnx_export_is_pooled_here() {
    let graph =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tiny_export.onnx")).unwrap();
    let with = |manifest: String| {
        model(&[
            ("model.toml", manifest.as_bytes()),
            ("model.onnx", &graph),
            ("model.safetensors", b""),
            ("config.json", b""),
        ])
    };
    let manifest = MANIFEST.replace("alignment_layer = 1", "alignment_layer = 2");
    let folder = with(manifest.clone());
    let encoder = load(folder.path()).unwrap();
    let texts = ["the bridge", "the bridge was closed", "closed was"];
    let together = encoder.encode(&texts, &|_| ()).unwrap();
    for (text, encoding) in texts.iter().zip(&together) {
        assert_eq!(&encoder.encode(&[text], &|_| ()).unwrap()[0], encoding, "{text}");
    }
    // The graph gives each token's row of a table, whose first dimension holds the id: [CLS] 2, the 4, bridge 5, [SEP] 3.
    let (mean, first) = (
        &together[0].embedding,
        encode(with(manifest.replace("mean", "cls")).path(), "the bridge").embedding,
    );
    assert!(
        (mean[0] / mean[1] - 3.5).abs() < 1e-5 && (first[0] / first[1] - 2.0).abs() < 1e-5,
        "{mean:?} {first:?}"
    );
    let refused = load(with(MANIFEST.to_owned()).path()).unwrap_err();
    assert!(refused.contains("its last layer only; set alignment_layer = 2"), "{refused}");
    let refused = load(with(manifest.replace("dimensions = 8", "dimensions = 9")).path()).unwrap_err();
    assert!(refused.contains("its embeddings have 8 dimensions, model.toml says 9"), "{refused}");
}

/// The binary with a cache of its own.
struct Cli {
    folder: TempDir,
    endpoint: String,
}

impl Cli {
    fn new(endpoint: &str) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), endpoint: endpoint.to_owned() }
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command.args(arguments).current_dir(self.folder.path()).env("NO_COLOR", "1");
        command
            .env("PARALLAX_CACHE", self.cache())
            .env("HF_ENDPOINT", &self.endpoint)
            .env_remove("ALL_PROXY");
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let code = status.code().unwrap();
        let output = format!("exit code {code}\n-- stdout\n{}-- stderr\n{}", text(stdout), text(stderr));
        output.replace(&self.cache().display().to_string(), "CACHE").replace(".exe", "")
    }

    fn cache(&self) -> std::path::PathBuf {
        self.folder.path().join("cache")
    }
}

#[test]
fn the_list_and_the_errors_read_well() {
    let cli = Cli::new("");
    insta::assert_snapshot!("help_models", cli.run(&["models", "--help"]));
    insta::assert_snapshot!("help_models_fetch", cli.run(&["models", "fetch", "--help"]));
    insta::assert_snapshot!("list", cli.run(&["models", "list"]));
    insta::assert_snapshot!("show_bundled", cli.run(&["models", "show", "parallax-en"]));
    insta::assert_snapshot!("show_known", cli.run(&["models", "show", "all-MiniLM-L6-v2"]));
    insta::assert_snapshot!("verify_bundled", cli.run(&["models", "verify", "parallax-en"]));
    insta::assert_snapshot!("not_fetched", cli.run(&["models", "verify", "all-MiniLM-L6-v2"]));
    insta::assert_snapshot!("fetch_unknown", cli.run(&["models", "fetch", "nothing"]));
    let json = cli.run(&["models", "show", "parallax-en", "--json"]);
    assert!(json.contains("\"alignment_layer\": 5") && json.contains("\"macro_f1\""), "{json}");
}

/// How the stand-in for the Hub misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    /// The first connections for the weights break after some bytes.
    Cut(usize),
    /// The weights are not those that their etag says.
    Tampered,
    /// There are no weights but a pickle.
    PickleOnly,
    /// The weights go on for ever.
    Endless,
    /// The weights are announced with more bytes than anything has.
    Huge,
}

/// A stand-in for the Hub on this machine: the tiny model as `owner/tiny`.
struct Hub {
    endpoint: String,
    /// Where the last request for the weights began.
    last_start: Arc<AtomicUsize>,
}

impl Hub {
    fn new(fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let last_start = Arc::new(AtomicUsize::new(0));
        let start = Arc::clone(&last_start);
        std::thread::spawn(move || {
            let n_cuts = AtomicUsize::new(if let Fault::Cut(n) = fault { n } else { 0 });
            for stream in listener.incoming() {
                answer(&mut stream.unwrap(), fault, &n_cuts, &start);
            }
        });
        Self { endpoint, last_start }
    }
}

/// Answers one request and closes the connection. A request that is only looking is none that fails.
fn answer(stream: &mut TcpStream, fault: Fault, n_cuts: &AtomicUsize, last_start: &AtomicUsize) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let weights = weights("", false);
    let tokenizer = tokenizer(WORDS.len());
    let mut files = BTreeMap::from([
        ("config.json", CONFIG.as_bytes()),
        ("tokenizer.json", tokenizer.as_bytes()),
        ("README.md", b"---\nlanguage: en\nlicense: mit\n---\n# Tiny\n".as_slice()),
    ]);
    files
        .insert(if fault == Fault::PickleOnly { "pytorch_model.bin" } else { "model.safetensors" }, &weights);
    let path = request.split(' ').nth(1).unwrap_or("");
    if path == "/api/models/owner/tiny/revision/main" {
        let siblings: Vec<_> = files.keys().map(|name| serde_json::json!({"rfilename": name})).collect();
        let body = serde_json::json!({"siblings": siblings, "sha": "c0ffee"}).to_string();
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        return;
    }
    let Some(&body) = path.strip_prefix("/owner/tiny/resolve/main/").and_then(|name| files.get(name)) else {
        let _ = write!(stream, "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
    };
    let range =
        headers.iter().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
    let (start, end) = range.as_deref().unwrap_or("0-").split_once('-').unwrap();
    let (start, end): (usize, usize) = (start.parse().unwrap(), end.parse().unwrap_or(body.len() - 1));
    let is_weights = body.len() == weights.len();
    if is_weights && end > 0 {
        last_start.store(start, Ordering::SeqCst);
    }
    let mut part = body[start..=end].to_vec();
    let etag = hash(body);
    let size = if is_weights && fault == Fault::Huge { 1 << 40 } else { body.len() };
    let is_endless = is_weights && fault == Fault::Endless && part.len() > 1;
    let length = if is_endless { String::new() } else { format!("Content-Length: {}\r\n", part.len()) };
    let _ = write!(
        stream,
        "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nETag: \"{etag}\"\r\nx-repo-commit: c0ffee\r\n\
         Content-Range: bytes {start}-{end}/{size}\r\n{length}\r\n"
    );
    while is_endless && stream.write_all(&part).is_ok() {}
    if is_weights && part.len() > 1 {
        if fault == Fault::Tampered {
            *part.last_mut().unwrap() ^= 1;
        }
        if n_cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
            part.truncate(1000);
        }
    }
    let _ = stream.write_all(&part);
}

#[test]
fn a_model_of_the_hub_is_fetched_whole_and_found_by_its_name() {
    let hub = Hub::new(Fault::None);
    let cli = Cli::new(&hub.endpoint);
    insta::assert_snapshot!("fetched", cli.run(&["models", "fetch", "hf:owner/tiny@main"]));
    assert!(cli.run(&["models", "fetch", "hf:owner/tiny@main"]).contains("is there already, and sound"));
    let list = cli.run(&["models", "list"]);
    assert!(
        list.lines().any(|line| line.starts_with("tiny ") && line.ends_with(" mit           fetched")),
        "{list}"
    );
    assert!(cli.run(&["models", "verify"]).contains("tiny: sound"));
    assert!(cli.run(&["models", "show", "tiny"]).contains("repository owner/tiny"));
    let left: Vec<_> =
        fs::read_dir(cli.cache().join("models")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["tiny"], "nothing but the model");

    fs::write(cli.folder.path().join("a.txt"), "The bridge was closed.").unwrap();
    fs::write(cli.folder.path().join("b.txt"), "The bridge was closed.").unwrap();
    let compared = cli.run(&["compare", "a.txt", "b.txt", "--model", "tiny", "--out", "out"]);
    assert!(compared.starts_with("exit code 0"), "{compared}");

    fs::write(cli.cache().join("models/tiny/tokenizer.json"), tokenizer(7)).unwrap();
    let verified = cli.run(&["models", "verify", "tiny"]);
    assert!(
        verified.starts_with("exit code 1") && verified.contains("tokenizer.json has sha256"),
        "{verified}"
    );
    let again = cli.run(&["models", "fetch", "hf:owner/tiny@main"]);
    assert!(again.contains("tiny is fetched from"), "{again}");
    assert!(cli.run(&["models", "verify", "tiny"]).starts_with("exit code 0"));
}

#[test]
fn a_connection_that_breaks_is_taken_up_where_it_broke() {
    // Three attempts a fetch: the first fetch fails, the second goes on where that ended.
    let hub = Hub::new(Fault::Cut(4));
    let cli = Cli::new(&hub.endpoint);
    let first = cli.run(&["models", "fetch", "hf:owner/tiny@main"]);
    assert!(first.starts_with("exit code 1") && first.contains("what arrived is kept"), "{first}");
    assert!(!cli.cache().join("models/tiny").exists());
    let second = cli.run(&["models", "fetch", "hf:owner/tiny@main"]);
    assert!(second.starts_with("exit code 0"), "{second}");
    assert_eq!(
        hub.last_start.load(Ordering::SeqCst),
        4000,
        "the fifth request asks for what is missing only"
    );
    assert!(cli.run(&["models", "verify", "tiny"]).starts_with("exit code 0"));
}

#[test]
fn what_the_hub_should_not_send_is_refused() {
    let refused = |fault: Fault, arguments: &[&str]| {
        let hub = Hub::new(fault);
        let cli = Cli::new(&hub.endpoint);
        let output = cli.run(&[&["models", "fetch"], arguments].concat());
        assert!(output.starts_with("exit code 1"), "{output}");
        assert!(!cli.cache().join("models/tiny").exists());
        output
    };
    let endless = refused(Fault::Endless, &["hf:owner/tiny@main"]);
    assert!(
        endless.contains("bytes that were announced; it was deleted") && !endless.contains("panicked"),
        "{endless}"
    );
    assert!(refused(Fault::Huge, &["hf:owner/tiny@main"]).contains("files of more than 4 GB are not read"));
    let taken = refused(Fault::None, &["hf:owner/tiny@main", "--name", "all-MiniLM-L6-v2"]);
    assert!(taken.contains("is the name of another model that is known here"), "{taken}");
    assert!(refused(Fault::Tampered, &["hf:owner/tiny@main"]).contains("did not arrive as it was sent"));
    assert!(
        refused(Fault::PickleOnly, &["hf:owner/tiny@main"])
            .contains("(pytorch_model.bin), which is never read")
    );
    assert!(refused(Fault::None, &["hf:owner/nothing@main"]).contains("not found on the Hub (404)"));
    let pin = format!("model.safetensors={}", "0".repeat(64));
    let wrong_pin = refused(Fault::None, &["hf:owner/tiny@main", "--sha256", &pin]);
    assert!(wrong_pin.contains(&hash(&weights("", false))), "{wrong_pin}");
    let no_such_file = format!("weights.bin={}", "0".repeat(64));
    assert!(
        refused(Fault::None, &["hf:owner/tiny@main", "--sha256", &no_such_file])
            .contains("has no weights.bin")
    );
}

#[test]
fn without_a_network_the_error_says_what_can_be_done() {
    // A port that nothing listens on.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let cli = Cli::new(&format!("http://127.0.0.1:{port}"));
    let output = cli.run(&["models", "fetch", "hf:owner/tiny@main"]);
    assert!(output.starts_with("exit code 1") && output.contains("the Hub cannot be reached"), "{output}");
}

/// Whoever can write into the cache cannot give a known model's name to another.
#[test]
fn other_files_under_a_known_name_are_not_used() {
    let cli = Cli::new("");
    let models = cli.cache().join("models");
    fs::create_dir_all(&models).unwrap();
    let tiny = model(&[]);
    fs::rename(tiny.path(), models.join("all-MiniLM-L6-v2")).unwrap();
    fs::write(cli.folder.path().join("a.txt"), "The bridge was closed.").unwrap();
    for arguments in
        [&["compare", "a.txt", "--model", "all-MiniLM-L6-v2"][..], &["models", "verify", "all-MiniLM-L6-v2"]]
    {
        let refused = cli.run(arguments);
        assert!(refused.starts_with("exit code 1"), "{refused}");
        assert!(refused.contains("is not the file that is known by this name; fetch it again"), "{refused}");
    }
    // By its path it is a model like any other.
    let folder = models.join("all-MiniLM-L6-v2");
    let compared = cli.run(&["compare", "a.txt", "--model", folder.to_str().unwrap()]);
    assert!(compared.starts_with("exit code 0"), "{compared}");
}

#[cfg(unix)]
#[test]
fn an_index_cannot_fill_the_disk() {
    use std::os::unix::fs::PermissionsExt;

    let cli = Cli::new("");
    let python = cli.folder.path().join("python3");
    // In place of pip: a file with a hole of five gigabytes.
    fs::write(&python, "#!/bin/sh\ncd \"${TMPDIR:-/tmp}\" && exec dd if=/dev/zero of=parallax-wheel-$$ bs=1 count=1 seek=5368709120 2>&1\n").unwrap();
    fs::set_permissions(&python, fs::Permissions::from_mode(0o755)).unwrap();
    let fetch = |path: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command.args(["models", "fetch", "pypi:tiny==1"]).env("PARALLAX_CACHE", cli.cache());
        let output = command.env("PATH", path).env("TMPDIR", cli.folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let refused = fetch(&format!("{}:/usr/bin:/bin", cli.folder.path().display()));
    assert!(refused.contains("pip download failed"), "{refused}");
    for entry in fs::read_dir(cli.folder.path()).unwrap() {
        assert!(entry.unwrap().metadata().unwrap().len() < 5 << 30);
    }
    let without = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/bin/sh", without.path().join("sh")).unwrap();
    let refused = fetch(without.path().to_str().unwrap());
    assert!(refused.contains("python3 cannot be started"), "{refused}");
}
