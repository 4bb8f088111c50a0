use super::pair::View;
use super::question::{ABOVE_ZERO, UNDECIDED};
use super::{Answer, Dimension, Figure, Measure, Pair, Question, Shown, Side, is_family};
use crate::records::{
    Attribution, CueKind, Dependency, Evidence, FramingDifference, Part, Reading, Span, Tag,
};

const ANONYMOUS_SOURCE: &str = "anonymous_source";
const DOUBTING_CUE: &str = "doubting_cue";
const ATTRIBUTION: &str = "attribution";

/// The measure.
pub(super) static MEASURE: Measure = Measure {
    name: "attribution",
    figures: &[
        Figure {
            name: ANONYMOUS_SOURCE,
            doc: "Share of the sentence's sources that cannot be told from the words, from 0 to 1.",
            question: Some(&QUESTION),
        },
        Figure {
            name: DOUBTING_CUE,
            doc: "Share of its cues that leave open whether it is so (\"claimed\"), from 0 to 1.",
            question: None,
        },
    ],
    dimensions: &[Dimension {
        name: ATTRIBUTION,
        doc: "Who is named as the source, and by which cue. Values: `none`, `unnamed`, `anonymous`, `pronoun` or `named`, then the kind of the cue, the cue and the source.",
        shown: Shown::ValueAndWords,
    }],
    readings,
    differences: |pair, _| difference(pair).into_iter().collect(),
    card: include_str!("../../docs/measures/attribution.md"),
    may_be_replaced: false,
};

static QUESTION: Question = Question {
    title: "Sources",
    question: "Is there a source that the words do not identify?",
    definition: "A source is whoever the words name for what is said. It is not identified if nobody could look up who it \
                 was: “officials said”, “critics argue”, “it was reported”. “The ministry said” and “Smith said” are identified.",
    is_of_voice: false,
    answers: &[
        Answer::new("no", "No", "No source is given, or every source could be looked up.", 0.0),
        Answer::new(
            "some",
            "One among several",
            "Several sources are given; some could be looked up, some not.",
            0.5,
        ),
        Answer::new("yes", "Yes", "A source is given, and the words do not say who it is.", 1.0),
        UNDECIDED,
    ],
    is_ordered: true,
    edges: &[ABOVE_ZERO, 0.75],
    bands: &["none", "some", "every"],
};

/// The share of the sentence's sources that the words do not name, with these; and the share of its cues of saying that leave open whether it is so,
/// with these. Neither for a sentence without any. Cues inside quotations are not looked at, so this is always the outlet's own
/// attribution.
fn readings(side: &Side<'_>) -> Vec<Reading> {
    let attributions = &side.annotations.attributions;
    let sources = attributions.iter().filter_map(|found| Some((found.source?, found.anonymous)));
    let cues = attributions.iter().filter(|found| found.cue_kind != CueKind::Other);
    let cues = cues.map(|found| (found.cue, found.cue_kind == CueKind::Doubting));
    let shares = [(ANONYMOUS_SOURCE, share(sources)), (DOUBTING_CUE, share(cues))];
    let reading = |(measure, share): (&'static str, Option<(f32, Vec<Span>)>)| {
        let (value, words) = share?;
        Some(Reading { measure: measure.into(), part: Part::Narration, value, words })
    };
    shares.into_iter().filter_map(reading).collect()
}

/// The share of the spans that are marked, and these; `None` without spans.
fn share(spans: impl Iterator<Item = (Span, bool)>) -> Option<(f32, Vec<Span>)> {
    let spans: Vec<(Span, bool)> = spans.collect();
    let marked: Vec<Span> = spans.iter().filter(|(_, is_marked)| *is_marked).map(|&(span, _)| span).collect();
    (!spans.is_empty()).then(|| (marked.len() as f32 / spans.len() as f32, marked))
}

/// Who a sentence is handed to.
struct Source<'run> {
    kind: Kind,
    cue_kind: Option<CueKind>,
    cue: &'run str,
    source: &'run str,
    span: Option<Span>,
}

/// How a source is given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Unnamed,
    Anonymous,
    Pronoun,
    Named,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Kind::None => NONE,
            Kind::Unnamed => "unnamed",
            Kind::Anonymous => ANONYMOUS,
            Kind::Pronoun => PRONOUN,
            Kind::Named => "named",
        }
    }

    /// True for a source that a reader knows by name.
    const fn is_known(self) -> bool {
        matches!(self, Kind::Named | Kind::Pronoun)
    }
}

/// The value of a side whose source is a pronoun.
pub(super) const PRONOUN: &str = "pronoun";
/// The value of a side without a source.
pub(super) const NONE: &str = "none";
/// The value of a side whose source nobody could look up.
pub(super) const ANONYMOUS: &str = "anonymous";

/// Who is named as the source, and by which cue, where that differs: one side has no source; one could be looked up and the other not; they are
/// two; or the cue of one takes a stand. A quotation's source may stand in the sentence beside it. The one who is called "he" on one side
/// and by name on the other is one source.
fn difference(pair: &Pair<'_, '_>) -> Option<FramingDifference> {
    let (of_a, of_b) = (source(pair.a), source(pair.b));
    let is_of_the_claim = pair.views().iter().all(|view| hands_over_the_claim(view));
    (is_of_the_claim && differs(&of_a, &of_b)).then(|| FramingDifference {
        dimension: ATTRIBUTION.into(),
        a: of_a.evidence(),
        b: of_b.evidence(),
        difference: None,
        salience: 0.0,
    })
}

/// True where a sentence's sources are given the larger part of what both sentences say, or it has none: otherwise they are of something else.
fn hands_over_the_claim(view: &View<'_, '_>) -> bool {
    let side = view.side;
    let shared: Vec<usize> = view.shared().collect();
    let said = side.annotations.attributions.iter().filter(|of| of.cue_kind != CueKind::Other);
    let parts: Vec<Span> = said.clone().flat_map(|of| of.content.iter().chain(&of.source).copied()).collect();
    let is_said = |word: &&usize| parts.iter().any(|part| part.contains(&side.words()[**word]));
    said.count() == 0 || 2 * shared.iter().filter(is_said).count() >= shared.len()
}

fn differs(a: &Source<'_>, b: &Source<'_>) -> bool {
    // A cue that names no source ("it is alleged") is no source.
    let has_source = |of: &Source<'_>| !matches!(of.kind, Kind::None | Kind::Unnamed);
    if !has_source(a) || !has_source(b) {
        return has_source(a) != has_source(b);
    }
    let takes_a_stand = |of: &Source<'_>| matches!(of.cue_kind, Some(CueKind::Assertive | CueKind::Doubting));
    let stands = takes_a_stand(a) != takes_a_stand(b) || takes_a_stand(a) && a.cue_kind != b.cue_kind;
    if stands && !is_family(a.cue, b.cue) {
        return true;
    }
    if a.kind == Kind::Anonymous || b.kind == Kind::Anonymous {
        return a.kind != b.kind && (a.kind.is_known() || b.kind.is_known());
    }
    let words = |source: &str| -> Vec<String> {
        source.split(|c: char| !c.is_alphanumeric() && !"-'’.".contains(c)).map(str::to_owned).collect()
    };
    let are_named = a.kind == Kind::Named && b.kind == Kind::Named;
    let share_a_word = || {
        let theirs = words(b.source);
        words(a.source).iter().any(|x| x.len() > 2 && theirs.iter().any(|y| is_family(x, y)))
    };
    are_named && !share_a_word()
}

fn source<'run>(side: &Side<'run>) -> Source<'run> {
    let found = side.annotations.attributions.iter();
    let attribution = found
        .filter(|of| of.cue_kind != CueKind::Other && !is_modifier(side, &of.cue))
        .min_by_key(|of| of.source.is_none());
    let Some(attribution) = attribution else {
        return match side.carried {
            Some(carried) => Source {
                kind: kind(carried.source, carried.anonymous),
                cue_kind: None,
                cue: "",
                source: carried.source,
                span: None,
            },
            None => Source { kind: Kind::None, cue_kind: None, cue: "", source: "", span: None },
        };
    };
    let source = attribution.source.map_or("", |source| source.slice(side.text));
    Source {
        kind: attribution.source.map_or(Kind::Unnamed, |span| {
            kind(source, attribution.anonymous && !is_beside_name(side, &span))
        }),
        cue_kind: Some(attribution.cue_kind),
        cue: attribution.cue.slice(side.text),
        source,
        span: Some(words(attribution)),
    }
}

/// True for a cue that modifies a noun: "an indictment unveiled on Thursday".
fn is_modifier(side: &Side<'_>, cue: &Span) -> bool {
    let Some(parse) = &side.encoding.syntax else { return false };
    let mut words = side.words_in(cue);
    words.any(|word| {
        parse[word].tag == Tag::ReducedParticiple || parse[word].relation == Dependency::Adjectival
    })
}

/// True for a source that holds a name or is an apposition to one: "Michael Elliott, the head of an industry group".
fn is_beside_name(side: &Side<'_>, source: &Span) -> bool {
    let is_apposition = |name: &Span| {
        let words = source.slice(side.text).to_lowercase();
        side.text.get(name.end..source.start) == Some(", ") && !words.contains("source")
    };
    let mut names = side.annotations.names.iter().filter(|name| !name.is_place).map(|name| name.span);
    names.any(|name| source.contains(&name) || is_apposition(&name))
}

/// Sources that everybody could name.
const OFFICES: [&str; 12] = [
    "the president",
    "the attorney general",
    "the governor",
    "the mayor",
    "the prime minister",
    "the vice president",
    "the secretary of",
    "the speaker",
    "the house speaker",
    "the pope",
    "the king",
    "the queen",
];

fn kind(source: &str, anonymous: bool) -> Kind {
    const PRONOUNS: [&str; 10] = ["he", "she", "they", "it", "i", "we", "who", "him", "her", "them"];
    match source.to_lowercase() {
        lower if PRONOUNS.contains(&lower.as_str()) => Kind::Pronoun,
        lower if OFFICES.iter().any(|office| lower.starts_with(office)) => Kind::Named,
        _ if anonymous => Kind::Anonymous,
        _ => Kind::Named,
    }
}

impl Source<'_> {
    fn evidence(&self) -> Evidence {
        let cue_kind = self.cue_kind.map_or("", CueKind::as_str);
        let parts = [self.kind.as_str(), cue_kind, &self.cue.to_lowercase(), self.source];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Evidence { span: self.span, value: parts.join("; ") }
    }
}

/// Source and cue where they stand side by side; where other words part them, the source, or else the cue.
fn words(attribution: &Attribution) -> Span {
    const MOST_BETWEEN: usize = 2;
    let (cue, source) = (attribution.cue, attribution.source.unwrap_or(attribution.cue));
    let joined = Span::new(source.start.min(cue.start), source.end.max(cue.end));
    if joined.len() <= source.len() + cue.len() + MOST_BETWEEN { joined } else { source }
}
