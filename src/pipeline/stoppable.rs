use super::Observer;
use crate::encode::{Encoder, Fingerprint};
use crate::error::{Error, Result};
use crate::records::{Encoding, PairReading, Sentiment, Span, Words};

/// An encoder that fails with [`Error::Stopped`] when it is called after the observer of the run wanted it to stop; calls under way are finished. It gives what the
/// encoder alone gives.
pub struct Stoppable<'run> {
    encoder: &'run dyn Encoder,
    observer: &'run dyn Observer,
}

impl<'run> Stoppable<'run> {
    /// The encoder, to be stopped by the observer.
    pub fn new(encoder: &'run dyn Encoder, observer: &'run dyn Observer) -> Self {
        Self { encoder, observer }
    }

    /// Fails where the run is to stop: for the places between two phases.
    pub(super) fn check(&self) -> Result<()> {
        if self.observer.stop() { Err(Error::Stopped) } else { Ok(()) }
    }
}

impl Encoder for Stoppable<'_> {
    fn encode(&self, texts: &[&str], advance: &(dyn Fn(usize) + Sync)) -> Result<Vec<Encoding>> {
        self.check()?;
        self.encoder.encode(texts, advance)
    }

    fn words(&self, texts: &[&str]) -> Result<Vec<Words>> {
        self.check()?;
        self.encoder.words(texts)
    }

    fn target_sentiment(
        &self,
        mentions: &[(&str, Span)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<Sentiment>>> {
        self.check()?;
        self.encoder.target_sentiment(mentions, advance)
    }

    fn pair_readings(
        &self,
        pairs: &[(&str, &str)],
        advance: &(dyn Fn(usize) + Sync),
    ) -> Result<Vec<Option<PairReading>>> {
        self.check()?;
        self.encoder.pair_readings(pairs, advance)
    }

    fn languages(&self) -> &[String] {
        self.encoder.languages()
    }

    fn fingerprint(&self) -> Fingerprint {
        self.encoder.fingerprint()
    }
}
