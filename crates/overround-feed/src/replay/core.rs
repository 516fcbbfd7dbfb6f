//! What a replay feeds: one engine, or shards of one.

use overround::grade::{Ask, Graded};
use overround::{BatchReport, Engine, OddsEvent, OpportunityEvent, Stats, Timestamp};
#[cfg(feature = "rayon")]
use overround::{ConfigError, Run, ShardedEngine};

/// An engine as a replay sees it: instants go in, and what they told comes out in order, at once or a stretch later.
///
/// [`Engine`] and `Shards` are, and what is [`Graded`]; it is not to be implemented elsewhere.
pub trait Core: sealed::Sealed {
    /// Takes an instant.
    #[doc(hidden)]
    fn take(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport;

    /// Catches up with what was put off.
    #[doc(hidden)]
    fn catch_up(&mut self, out: &mut Vec<OpportunityEvent>) -> BatchReport;

    /// See [`Engine::stats`].
    fn stats(&self) -> Stats;

    /// See [`Engine::digest`].
    fn digest(&self) -> u64;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Engine {}

impl Core for Engine {
    fn take(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport {
        self.apply_batch(now, events, out)
    }

    fn catch_up(&mut self, _: &mut Vec<OpportunityEvent>) -> BatchReport {
        BatchReport::default()
    }

    fn stats(&self) -> Stats {
        Self::stats(self)
    }

    fn digest(&self) -> u64 {
        Self::digest(self)
    }
}

impl<E: Ask> sealed::Sealed for Graded<E> {}

/// Shards that are graded work through one instant at a time: a look at how things stand cannot wait for the end of a stretch.
impl<E: Ask> Core for Graded<E> {
    fn take(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport {
        self.apply_batch(now, events, out)
    }

    fn catch_up(&mut self, _: &mut Vec<OpportunityEvent>) -> BatchReport {
        BatchReport::default()
    }

    fn stats(&self) -> Stats {
        self.engine().stats()
    }

    fn digest(&self) -> u64 {
        self.engine().digest()
    }
}

/// Shards that are fed stretches of many instants, so that each has enough to do. What an instant tells comes at the end of its
/// stretch.
#[cfg(feature = "rayon")]
#[derive(Debug)]
pub struct Shards {
    engine: ShardedEngine,
    run: Run,
}

/// Odds events of a stretch: enough that waiting for the slowest shard does not count, and few enough to stay in the cache.
#[cfg(feature = "rayon")]
const STRETCH: usize = 8_192;

#[cfg(feature = "rayon")]
impl Shards {
    /// That many shards that know nothing yet.
    ///
    /// # Errors
    /// If the configuration cannot be used.
    pub fn new(config: overround::Config, shards: core::num::NonZeroU32) -> Result<Self, ConfigError> {
        Ok(Self { engine: ShardedEngine::new(config, shards)?, run: Run::new() })
    }

    /// The engine. The present stretch is not in it yet.
    #[must_use]
    pub const fn engine(&self) -> &ShardedEngine {
        &self.engine
    }
}

#[cfg(feature = "rayon")]
impl sealed::Sealed for Shards {}

#[cfg(feature = "rayon")]
impl Core for Shards {
    fn take(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport {
        self.run.begin(now);
        events.iter().for_each(|event| self.run.push(event.clone()));
        if self.run.len() < STRETCH { BatchReport::default() } else { self.catch_up(out) }
    }

    fn catch_up(&mut self, out: &mut Vec<OpportunityEvent>) -> BatchReport {
        let reports = self.engine.apply_run(&self.run, out);
        self.run.clear();
        reports.into_iter().fold(BatchReport::default(), |mut all, report| {
            all.accepted = all.accepted.saturating_add(report.accepted);
            all.rejected.extend(report.rejected);
            all
        })
    }

    fn stats(&self) -> Stats {
        self.engine.stats()
    }

    fn digest(&self) -> u64 {
        self.engine.digest()
    }
}
