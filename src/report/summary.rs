use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::run_json::on_one_independent_outlet;
use super::stake::at_stake;
use crate::framing::Shown;
use crate::pipeline::Run;
use crate::records::{
    Claim, ClaimId, Comparison, Evidence, Framing, FramingDifference, Rejection, Relation, SentenceId, Tier,
};
use crate::statistics::Estimate;

/// Longest sentence that is shown whole, in columns.
const MAX_TEXT: usize = 600;

/// Most sentences, and most pairs of outlets, that are shown of one claim.
const MAX_MENTIONS: usize = 8;
const MAX_PAIRS: usize = 3;

/// Most differences that are shown of one claim, the most salient ones, and most claims that are named for theirs.
const MAX_DIFFERENCES: usize = 3;
const MAX_AT_STAKE: usize = 3;

/// Most differences between outlets that are shown.
const MAX_DETECTED: usize = 12;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const CONFIRMED: Style = AnsiColor::Green.on_default();
const POSSIBLE: Style = AnsiColor::Yellow.on_default();
const CONFLICT: Style = AnsiColor::Red.on_default().bold();

/// How much of a run the summary shows.
#[derive(Debug, Clone, Copy)]
pub struct SummaryOptions {
    /// Width of the terminal in columns.
    pub width: usize,
    /// Most claims that are shown; the tables hold all.
    pub max_claims: usize,
}

impl Default for SummaryOptions {
    fn default() -> Self {
        Self { width: 100, max_claims: 20 }
    }
}

/// What a person wants to read first: the claims that several outlets share, side by side, with the differences in
/// their framing below. Holds ANSI styles; control characters of the articles are left out.
pub fn summary(run: &Run, rejected: &[Rejection], out: &Path, options: &SummaryOptions) -> String {
    let mut page = Page { text: String::new(), width: options.width.clamp(40, 120), run };
    page.head();
    for (position, claim) in run.claims.iter().enumerate().take(options.max_claims) {
        page.claim(position, claim);
    }
    page.outlets();
    page.foot(rejected, out, options.max_claims);
    page.text
}

struct Page<'run> {
    text: String,
    width: usize,
    run: &'run Run,
}

impl Page<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn head(&mut self) {
        let run = self.run;
        let matches: Vec<&Claim> = run.claims.iter().filter(|claim| claim.is_match()).collect();
        let confirmed = matches.iter().filter(|claim| claim.tier == Tier::Confirmed).count();
        let counts = [
            count(run.corpus.documents().len(), "article"),
            count(run.outlets.names().len(), "outlet"),
            count(run.events.len(), "event"),
            count(run.corpus.n_sentences(), "sentence"),
        ];
        self.line(&format!("{BOLD}{}{BOLD:#}", counts.join(" · ")));
        if !run.is_encoded_whole {
            let encoded = count(run.figures.iter().flatten().count(), "sentence");
            self.line(&format!(
                "{encoded} may be in a claim by their words and were read by the model; `--encode all` reads all"
            ));
        }
        let shared = count(matches.len(), "claim");
        let others = run.claims.iter().filter(|claim| !claim.is_match());
        let (disputed, partial): (Vec<&Claim>, Vec<&Claim>) =
            others.partition(|claim| claim.disputing().count() > 0);
        let mut line = format!(
            "{shared} shared by two outlets or more: {confirmed} confirmed, {} possible",
            matches.len() - confirmed
        );
        if !partial.is_empty() {
            line += &format!("; {} more shared in part", partial.len());
        }
        if !disputed.is_empty() {
            line += &format!("; {}", count(disputed.len(), "conflict"));
        }
        self.line(&line);
        self.copies();
        self.at_stake();
    }

    /// The claims with most at stake, where there are more claims than that.
    fn at_stake(&mut self) {
        let run = self.run;
        let claim_of: BTreeMap<ClaimId, &Claim> = run.claims.iter().map(|claim| (claim.id, claim)).collect();
        let mut claims: Vec<(f64, &Claim)> = run
            .framing
            .chunk_by(|x, y| x.claim == y.claim)
            .filter_map(|of_claim| {
                let claim = claim_of[&of_claim[0].claim];
                let salience = most_salient(of_claim.iter()).into_iter().map(f64::from);
                let weight = at_stake(salience, claim.disputing().count() > 0);
                (weight > 0.0).then_some((weight, claim))
            })
            .collect();
        if claims.len() <= MAX_AT_STAKE {
            return;
        }
        claims.sort_by(|(x, a), (y, b)| y.total_cmp(x).then(a.id.cmp(&b.id)));
        self.line("most at stake:");
        for (_, claim) in claims.into_iter().take(MAX_AT_STAKE) {
            let text = printable(run.corpus.sentence(&claim.medoid).text());
            let text = shorten(&text, self.width - 16);
            self.line(&format!("  {BOLD}{}{BOLD:#}  {text}", claim.id));
        }
    }

    /// What carries the words of another, where anything does.
    fn copies(&mut self) {
        let run = self.run;
        let duplicates = run.copies.duplicate_of.len();
        let alone = on_one_independent_outlet(run);
        if duplicates > 0 || !run.copies.spans.is_empty() {
            self.line(&format!(
                "copied text: {}, {}; {} on one independent outlet",
                count(duplicates, "near-duplicate article"),
                count(run.copies.spans.len(), "copied span"),
                count(alone, "claim")
            ));
        }
    }

    fn claim(&mut self, position: usize, claim: &Claim) {
        let (style, what) = match claim.tier {
            _ if !claim.is_match() && claim.disputing().count() > 0 => (CONFLICT, "conflict"),
            _ if !claim.is_match() => (POSSIBLE, "shared in part"),
            Tier::Confirmed => (CONFIRMED, "confirmed match"),
            Tier::Possible => (POSSIBLE, "possible match"),
        };
        let independent = self.independence(position, claim);
        self.line(&format!("\n{BOLD}{}{BOLD:#}  {style}{what}{style:#}{independent}", claim.id));
        let partial = claim.partial.iter().map(|partial| &partial.mention.sentence);
        let mentions = claim.mentions.iter().map(|mention| &mention.sentence);
        let mut mentions: Vec<&SentenceId> =
            if claim.is_match() { mentions.collect() } else { mentions.chain(partial).collect() };
        mentions.sort_by_key(|sentence| (self.outlet(sentence), *sentence));
        let width = mentions.iter().map(|sentence| columns(self.outlet(sentence))).max().unwrap_or(0).min(24);
        for sentence in mentions.iter().take(MAX_MENTIONS) {
            self.mention(sentence, width);
        }
        self.more(mentions.len(), MAX_MENTIONS, "more sentence", "mentions");
        let comparisons = self.run.comparisons.iter().zip(&self.run.framing);
        // What says a part of a claim differs in what it says, not only in how.
        let is_shown = |comparison: &Comparison| comparison.relation != Relation::Partial;
        let comparisons: Vec<(&Comparison, &Framing)> = comparisons
            .filter(|(comparison, _)| comparison.claim == claim.id && is_shown(comparison))
            .collect();
        let salience = most_salient(comparisons.iter().map(|(_, framing)| *framing));
        let least = salience.get(MAX_DIFFERENCES - 1).copied().unwrap_or(0.0);
        let is_shown = |(comparison, framing): &&(&Comparison, &Framing)| {
            comparison.relation == Relation::Conflicting
                || framing.differences.iter().any(|of| of.salience >= least)
        };
        let shown: Vec<&(&Comparison, &Framing)> = comparisons.iter().filter(is_shown).collect();
        for (comparison, framing) in shown.iter().take(MAX_PAIRS) {
            self.comparison(comparison, framing, comparisons.len() > 1, least);
        }
        self.more(shown.len(), MAX_PAIRS, "more pair of outlets", "comparisons");
        self.more(salience.len(), MAX_DIFFERENCES, "more difference", "framing");
    }

    /// How many of a claim's outlets are independent; empty where all are.
    fn independence(&self, position: usize, claim: &Claim) -> String {
        let outlets: BTreeSet<&str> =
            claim.mentions.iter().map(|mention| self.outlet(&mention.sentence)).collect();
        match self.run.independent_outlets[position] {
            independent if independent == outlets.len() => String::new(),
            independent => format!("  {DIM}{} outlets, {independent} independent{DIM:#}", outlets.len()),
        }
    }

    /// Says how much of a claim is not shown and which table holds it.
    fn more(&mut self, n: usize, most: usize, what: &str, table: &str) {
        if n > most {
            self.line(&format!("    {DIM}… and {} in the table {table}{DIM:#}", count(n - most, what)));
        }
    }

    fn mention(&mut self, sentence: &SentenceId, outlet_width: usize) {
        let outlet = fit(&printable(self.outlet(sentence)), outlet_width);
        let text = shorten(&printable(self.run.corpus.sentence(sentence).text()), MAX_TEXT);
        let indent = " ".repeat(outlet_width + 4);
        let wrapped = textwrap::fill(
            &text,
            textwrap::Options::new(self.width).initial_indent(&indent).subsequent_indent(&indent),
        );
        self.line(&format!("  {BOLD}{outlet}{BOLD:#}  {}", wrapped.trim_start()));
    }

    fn comparison(&mut self, comparison: &Comparison, framing: &Framing, name_outlets: bool, least: f32) {
        if name_outlets {
            let (a, b) = (self.outlet(&comparison.sentence_a), self.outlet(&comparison.sentence_b));
            let (a, b) = (shorten(&printable(a), 36), shorten(&printable(b), 36));
            self.line(&format!("    {DIM}{a} | {b}{DIM:#}"));
        }
        if let (Relation::Conflicting, Some(conflict)) = (comparison.relation, comparison.conflict) {
            let words = comparison.clash.map_or(String::new(), |[of_a, of_b]| {
                let sides = [(of_a, &comparison.sentence_a), (of_b, &comparison.sentence_b)];
                let [a, b] =
                    sides.map(|(span, id)| printable(span.slice(self.run.corpus.sentence(id).text())));
                format!("  “{a}” | “{b}”")
            });
            self.line(&format!("    {CONFLICT}conflicting: {}{CONFLICT:#}{words}", conflict.as_str()));
        }
        let mut last = "";
        for difference in framing.differences.iter().filter(|of| of.salience >= least) {
            let name = &*difference.dimension;
            let label = if last == name { "" } else { name };
            last = name;
            let a = self.side(difference, &difference.a, &comparison.sentence_a);
            let b = self.side(difference, &difference.b, &comparison.sentence_b);
            let gap = if columns(&a) + columns(&b) + 22 <= self.width { "  " } else { "\n                 " };
            self.line(&format!("    {DIM}{label:<12}{DIM:#} {a}{gap}{DIM}|{DIM:#}  {b}"));
        }
    }

    /// One side of a difference in a few words.
    fn side(&self, difference: &FramingDifference, evidence: &Evidence, sentence: &SentenceId) -> String {
        let text = self.run.corpus.sentence(sentence).text();
        let words = evidence
            .span
            .map(|span| format!("“{}”", printable(span.slice(text)).trim_matches(['“', '”', '"'])));
        let value = evidence.value.split(';').next().unwrap_or_default();
        let figure = |has_plus: bool| {
            let value: f32 = evidence.value.parse().unwrap_or_default();
            let sign = if has_plus && value > 0.0 { "+" } else { "" };
            format!("{sign}{value:.2} ")
        };
        let side = match (self.run.measures.shown(&difference.dimension), words) {
            (Shown::Words, Some(words)) => words,
            (Shown::Figure, words) => figure(false) + &words.unwrap_or_default(),
            (Shown::SignedFigure, words) => figure(true) + &words.unwrap_or_default(),
            (Shown::ValueAndWords, Some(words)) => format!("{value} {words}"),
            (Shown::Words | Shown::ValueAndWords, None) => value.to_owned(),
        };
        shorten(side.trim(), self.width - 20)
    }

    /// Which differences between outlets stand out over all claims, or that none can be told.
    fn outlets(&mut self) {
        let run = self.run;
        let options = &run.options.statistics;
        if run.estimates.of_pairs.is_empty() {
            return;
        }
        self.line(&format!("\n{BOLD}Outlets, within matched claims{BOLD:#}"));
        let estimated: Vec<_> =
            run.estimates.of_pairs.iter().filter_map(|pair| Some((pair, pair.estimate?))).collect();
        if estimated.is_empty() {
            self.line(&format!(
                "  not compared: no two have {} claims of {} events in common",
                options.min_claims, options.min_events
            ));
            self.pairs_left_out();
            return;
        }
        let is_detected = |estimate: &Estimate| estimate.p_adjusted < options.false_discovery_rate;
        let mut detected: Vec<_> = estimated.iter().filter(|(_, estimate)| is_detected(estimate)).collect();
        detected.sort_by(|(_, a), (_, b)| {
            let size = |estimate: &Estimate| estimate.effect_size.unwrap_or_default().abs();
            size(b).total_cmp(&size(a))
        });
        for (pair, estimate) in detected.iter().take(MAX_DETECTED) {
            let name = |outlet: usize| shorten(&printable(&run.outlets.names()[outlet]), 30);
            let (low, high) = estimate.interval;
            self.line(&format!(
                "  {:<18} {:<9}  {} less {}: {:+.3} [{low:+.3}, {high:+.3}], {}, {}",
                pair.measure,
                pair.part.as_str(),
                name(pair.outlet_a),
                name(pair.outlet_b),
                estimate.value,
                count(pair.n_claims, "claim"),
                count(pair.n_events, "event"),
            ));
        }
        self.more(detected.len(), MAX_DETECTED, "more difference", "outlets");
        self.line(&format!(
            "  {DIM}no detectable difference in {} of {}{DIM:#}",
            estimated.len() - detected.len(),
            count(estimated.len(), "comparison")
        ));
        self.pairs_left_out();
    }

    fn pairs_left_out(&mut self) {
        let n = self.run.estimates.n_pairs_left_out;
        if n > 0 {
            let claims = count(self.run.options.statistics.min_claims, "claim");
            self.line(&format!(
                "  {DIM}no row in outlets for {} with fewer than {claims} in common{DIM:#}",
                count(n, "pair")
            ));
        }
    }

    fn foot(&mut self, rejected: &[Rejection], out: &Path, max_claims: usize) {
        let run = self.run;
        if run.claims.is_empty() {
            self.line("\nNo claim is shared. Outlets may report different events, or word them too differently to match.");
        } else if run.claims.len() > max_claims {
            let more = run.claims.len() - max_claims;
            self.line(&format!("\n… and {} in claims.csv and comparisons.csv", count(more, "more claim")));
        }
        let documents = run.corpus.documents().iter();
        let warned = documents.filter(|document| !run.warnings_of(document).is_empty()).count();
        if warned > 0 {
            self.line(&format!(
                "\n{} with a warning: see the column `warnings` of articles",
                count(warned, "article")
            ));
        }
        if !rejected.is_empty() {
            self.line(&format!("\n{} rejected: see the table `rejected`", count(rejected.len(), "input")));
        }
        let _ = writeln!(
            self.text,
            "\nTables, run.json and report.html (open it in a browser) are in {}",
            printable(&out.display().to_string())
        );
    }

    fn outlet(&self, sentence: &SentenceId) -> &str {
        self.run.corpus.sentence(sentence).outlet()
    }
}

/// The salience of every difference, the highest first.
fn most_salient<'run>(framing: impl Iterator<Item = &'run Framing>) -> Vec<f32> {
    let mut salience: Vec<f32> =
        framing.flat_map(|framing| framing.differences.iter().map(|of| of.salience)).collect();
    salience.sort_by(|x, y| y.total_cmp(x));
    salience
}

fn count(n: usize, noun: &str) -> String {
    match noun {
        _ if n == 1 => format!("1 {noun}"),
        "more pair of outlets" => format!("{n} more pairs of outlets"),
        _ => format!("{n} {noun}s"),
    }
}

/// Without control characters and without those that turn the direction of writing, so that no article and no file name
/// can move the cursor, change the colours of a terminal or show its letters in another order.
pub fn printable(text: &str) -> String {
    let is_harmful =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_harmful(c) { ' ' } else { c }).collect()
}

/// Display width in columns.
fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

/// Cut or filled up to `width` columns.
fn fit(text: &str, width: usize) -> String {
    let short = shorten(text, width);
    let fill = width.saturating_sub(columns(&short));
    short + &" ".repeat(fill)
}

/// At most `width` columns, with an ellipsis where something was cut.
fn shorten(text: &str, width: usize) -> String {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += columns(c.encode_utf8(&mut [0; 4]));
        if used > width {
            let mut kept = text[..at].chars();
            kept.next_back(); // room for the ellipsis
            return kept.as_str().trim_end().to_owned() + "…";
        }
    }
    text.to_owned()
}
