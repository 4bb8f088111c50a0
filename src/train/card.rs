use std::fmt::Write;

use toml::{Table, Value};

use super::data::Data;
use super::figures::{Figure, SAMPLES, System};
use super::{Task, TrainOptions};
use crate::encode::HeadManifest;
use crate::report::printable;

/// With fewer groups than this an interval is a rough one.
const FEW_GROUPS: usize = 20;

/// What was measured, to be told on the terminal, in `head.toml` and in the card.
pub(super) struct Measured<'run> {
    pub options: &'run TrainOptions,
    pub data: &'run Data,
    /// The head first.
    pub systems: &'run [System],
    /// Macro-F1 of the head less that of TF-IDF.
    pub gain: Figure,
    pub l2: f64,
}

impl Measured<'_> {
    /// The table for the terminal.
    pub(super) fn summary(&self, name: &str) -> String {
        let mut page = String::new();
        let positive = if self.data.classes.len() == 2 { " (positive)" } else { "" };
        let _ = writeln!(page, "{name}: {}", self.rows());
        let _ = writeln!(page, "classes: {}{positive}", self.counts());
        let _ = writeln!(page, "{}\n", self.split());
        let width = self.systems.iter().map(|system| system.name.chars().count()).max().unwrap_or(0).max(24);
        let _ = writeln!(page, "{:width$}  {:22}{:22}{:22}", "", "macro-F1", "accuracy", self.auc_title());
        for system in self.systems {
            let figures = self.figures(system).map(|figure| format!("{figure:22}")).concat();
            let _ = writeln!(page, "{:width$}  {}", system.name, figures.trim_end());
        }
        let _ = writeln!(page, "{:width$}  {}", "gain over TF-IDF", shown(&self.gain));
        for note in self.notes() {
            let _ = writeln!(page, "\nnote: {note}");
        }
        page.lines().map(|line| format!("{}\n", printable(line).trim_end())).collect()
    }

    fn rows(&self) -> String {
        let data = self.data;
        let mut text = format!("{} rows", data.labels.len());
        if data.n_left_out > 0 {
            let _ = write!(text, ", {} more left out", data.n_left_out);
        }
        match &self.options.group {
            Some(field) => {
                let _ = write!(text, ", {} groups by `{field}`", data.groups.n());
            }
            None => text.push_str(", no group field"),
        }
        if self.options.mask_groups {
            let _ = write!(text, ", their names masked in {} texts", data.n_masked);
        }
        text
    }

    fn counts(&self) -> String {
        let count = |class: usize| self.data.labels.iter().filter(|&&label| label == class).count();
        let counts =
            self.data.classes.iter().enumerate().map(|(class, name)| format!("{name} {}", count(class)));
        counts.collect::<Vec<_>>().join(", ")
    }

    fn split(&self) -> String {
        let apart = match &self.options.group {
            Some(field) => format!("no `{field}` and no text in two of them"),
            None => "no text in two of them".to_owned(),
        };
        format!(
            "{}-fold cross-validation, {apart}; L2 chosen inside each fold. [95% of {SAMPLES} samples of groups]",
            self.options.folds
        )
    }

    fn auc_title(&self) -> &'static str {
        if self.data.classes.len() == 2 { "AUC" } else { "" }
    }

    /// Macro-F1, accuracy, AUC.
    fn figures(&self, system: &System) -> [String; 3] {
        [shown(&system.macro_f1), shown(&system.accuracy), system.auc.as_ref().map_or(String::new(), shown)]
    }

    /// What a reader of the figures should know.
    fn notes(&self) -> Vec<String> {
        let mut notes = vec![];
        let n = self.data.groups.n();
        match &self.options.group {
            None => notes.push(
                "without --group, rows of one outlet, event or author may lie on both sides of the split: the figures are \
                 too good for new ones"
                    .to_owned(),
            ),
            Some(_) if n < FEW_GROUPS => {
                notes.push(format!("{n} groups are few: the intervals are rough, and likely too narrow"));
            }
            Some(_) => {}
        }
        if self.gain.interval.is_none_or(|(low, _)| low <= 0.0) {
            notes.push("the head is not surely better than TF-IDF on these rows".to_owned());
        }
        notes
    }

    /// The table `[training]` of `head.toml`.
    pub(super) fn training(&self) -> Table {
        let options = self.options;
        let or_not_given = |text: &Option<String>| text.clone().unwrap_or_else(|| "not given".to_owned());
        let mut table = Table::new();
        let mut put = |key: &str, value: Value| {
            table.insert(key.to_owned(), value);
        };
        put("file", self.file_name().into());
        put("file_sha256", self.data.sha256.as_str().into());
        put("rows", count(self.data.labels.len()));
        put("rows_left_out", count(self.data.n_left_out));
        put("text_field", options.text.clone().into());
        put("label_field", options.label.clone().into());
        put("group_field", options.group.clone().unwrap_or_default().into());
        put("groups", count(self.data.groups.n()));
        put("masked_texts", count(self.data.n_masked));
        put("folds", count(options.folds));
        put("seed", Value::Integer(i64::try_from(options.seed).unwrap_or(i64::MAX)));
        put("l2", self.l2.into());
        put("licence", or_not_given(&options.licence).into());
        put("human_agreement", or_not_given(&options.human_agreement).into());
        put("macro_f1_gain_over_tfidf", value(&self.gain));
        let systems = self.systems.iter().map(|system| {
            let mut of_system = Table::new();
            of_system.insert("name".to_owned(), system.name.clone().into());
            of_system.insert("macro_f1".to_owned(), value(&system.macro_f1));
            of_system.insert("accuracy".to_owned(), value(&system.accuracy));
            if let Some(auc) = &system.auc {
                of_system.insert("auc".to_owned(), value(auc));
            }
            Value::Table(of_system)
        });
        put("figures", Value::Array(systems.collect()));
        table
    }

    /// The file's name without its folder, which is the user's own business.
    fn file_name(&self) -> String {
        self.options.file.file_name().unwrap_or_default().display().to_string()
    }

    /// The card.
    pub(super) fn card(&self, manifest: &HeadManifest) -> String {
        let (options, data) = (self.options, self.data);
        let or_not_given = |text: &Option<String>| text.clone().unwrap_or_else(|| "not given".to_owned());
        let layers: Vec<String> = manifest.layers.iter().map(usize::to_string).collect();
        let mut rows = String::new();
        for system in self.systems {
            let [macro_f1, accuracy, auc] = self.figures(system);
            let _ = writeln!(rows, "| {} | {macro_f1} | {accuracy} | {auc} |", system.name);
        }
        let shown_class = match data.classes.as_slice() {
            [_, positive] => format!("The figure in the tables is the probability of `{positive}`."),
            _ => "The figures in the tables are the probabilities of the classes.".to_owned(),
        };
        let notes: String = self.notes().iter().map(|note| format!("- {}.\n", sentence(note))).collect();
        format!(
            "# {name}\n\n\
             A head for parallax (task: {task}), trained with `parallax models train-head`. `head.toml` holds the hashes \
             and the figures below; `head.safetensors` the weights. Use: `parallax compare INPUT --head {name}=FOLDER`. \
             {shown_class}\n\n\
             ## Model\n\n\
             Softmax over a linear map of the mean token states of layers {layers} of {encoder} (sha256 \
             `{encoder_sha256}`); it is refused on any other encoder. Classes weigh the same in sum, L2 {l2}, L-BFGS.\n\n\
             ## Data\n\n\
             | | |\n|---|---|\n\
             | file | {file} |\n| rows | {row_text} |\n| classes | {counts} |\n| text, label, group field | `{text}`, \
             `{label}`, {group} |\n| licence | {licence} |\n| human agreement | {agreement} |\n\n\
             ## Figures\n\n\
             {split}\n\n\
             | | macro-F1 | accuracy | AUC |\n|---|---|---|---|\n{rows}\n\
             Gain over TF-IDF in macro-F1: {gain}. TF-IDF has the same rows, folds and class weights.{group_note}\n\n\
             {notes}\
             - There is no untouched test set: the figures are for rows like these, in cross-validation.\n\n\
             ## Known limits\n\n\
             - The probabilities are as if the classes were equally frequent, which they are not in the news: count with \
             them only after you have looked at a sample.\n\
             - It judges each sentence alone. Quoted words count like the outlet's own: look at `voice`.\n\
             - It knows the kind of text that it was trained on. Other topics, years, genres and outlets are worse.\n\
             - What its labels mean is decided by who labelled the file; the licence above is what whoever trained it \
             said.\n\n\
             ## Not for\n\n\
             {not_for} Judging a person, a journalist or an outlet by a single sentence or figure; deciding what is \
             published, hidden or paid for; telling whether a claim is true.\n",
            name = manifest.name,
            task = manifest.task,
            layers = layers.join(" and "),
            encoder = manifest.encoder.name,
            encoder_sha256 = manifest.encoder.sha256,
            l2 = self.l2,
            file = in_table(&self.file_name()),
            row_text = in_table(&self.rows()),
            counts = in_table(&self.counts()),
            text = options.text,
            label = options.label,
            group = options.group.as_ref().map_or("none".to_owned(), |group| format!("`{group}`")),
            licence = in_table(&or_not_given(&options.licence)),
            agreement = in_table(&or_not_given(&options.human_agreement)),
            split = self.split(),
            gain = shown(&self.gain),
            group_note = match &options.group {
                Some(field) => format!(
                    " \"{field} alone\" gives each row the most frequent class of its group, on folds drawn by row: how far \
                     the group's name alone would go where its rows are known."
                ),
                None => String::new(),
            },
            not_for = not_for(options.task),
        )
    }
}

fn not_for(task: Task) -> &'static str {
    match task {
        Task::Sentiment => "Telling stance, approval or bias: sentiment is the tone of the words.",
        Task::LoadedLanguage => {
            "Calling an outlet or an article biased, or ranking outlets by bias: loaded words are a matter of wording, and \
             a plain sentence can mislead."
        }
        Task::Certainty => "Telling how certain a thing is: it is about how sure the words sound.",
        Task::Checkability => {
            "Telling what is worth checking for anyone but the people who labelled the file."
        }
        Task::Other => "Anything that the labels of the file do not say.",
    }
}

/// `0.754 [0.701, 0.802]`.
fn shown(figure: &Figure) -> String {
    let interval = figure.interval.map_or(String::new(), |(low, high)| format!(" [{low:.3}, {high:.3}]"));
    format!("{:.3}{interval}", figure.value)
}

fn value(figure: &Figure) -> Value {
    let rounded = |value: f64| Value::Float((value * 1e4).round() / 1e4 + 0.0);
    let mut table = Table::new();
    table.insert("value".to_owned(), rounded(figure.value));
    if let Some((low, high)) = figure.interval {
        table.insert("low".to_owned(), rounded(low));
        table.insert("high".to_owned(), rounded(high));
    }
    Value::Table(table)
}

fn count(n: usize) -> Value {
    Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Words of the user's in a cell of a Markdown table.
fn in_table(text: &str) -> String {
    printable(text).replace('|', "\\|")
}

/// With a capital.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
