//! Records into the engine, instant by instant.

mod core;
mod counts;
mod lines;
mod snapshot;
#[cfg(test)]
mod tests;

use crate::catalog::{Catalog, CatalogOptions};
use crate::feed::Item;
use crate::record::Record;
use crate::reject::Reject;
use counts::Gaps;
#[cfg(feature = "rayon")]
use overround::ShardedEngine;
use overround::explain::{Explanation, MarketView, NoMarkets, Query, WhyNot};
use overround::grade::{Ask, BadSettings, Grade, Graded, Settings};
use overround::{
    BatchReport, Config, ConfigError, Engine, EventError, MarketId, OddsEvent, OpportunityEvent, OpportunityId,
    ProfileId, Timestamp,
};

pub use self::core::Core;
#[cfg(feature = "rayon")]
pub use self::core::Shards;
pub use counts::{Counts, SlowSource};
pub use lines::{EventLines, KindCounts, write_refusal};
pub use snapshot::REPLAY_VERSION;

/// An engine (or, with the feature `rayon`, shards of one) that is fed records.
///
/// Records of one time that follow each other are one instant: the engine gets them as one batch when the first record of a later time
/// has been accepted, or at [`Self::finish`]. A time below the latest is raised to it and counted. A refused record changes nothing: it
/// neither ends an instant nor moves time. Deadlines between two records fire at their own times; after the last one nothing fires.
///
/// ```
/// use overround::{Config, OpportunityEvent};
/// use overround_feed::{Feed, Format, Replay};
///
/// let text = br#"
/// {"type":"odds","ts":1,"fixture":"final","bookmaker":"pinnacle","market":"moneyline","outcome":"home","price":2.10}
/// {"type":"odds","ts":1,"fixture":"final","bookmaker":"pinnacle","market":"moneyline","outcome":"away","price":1.80}
/// {"type":"odds","ts":2,"fixture":"final","bookmaker":"kalshi","market":"moneyline","outcome":"away","price":2.05}
/// "#;
/// let mut feed = Feed::new(Box::new(&text[..]), Format::Overround); // or Feed::open("odds.ndjson.zst".as_ref())?
/// let mut replay = Replay::new(Config::recorded())?;
/// let mut told = Vec::new();
/// while let Some(item) = feed.next_item()? {
///     match replay.apply(&item) {
///         Ok(events) => told.extend_from_slice(events),
///         Err(reason) => eprintln!("line {}: {reason}", item.line),
///     }
/// }
/// told.extend_from_slice(replay.finish());
///
/// let OpportunityEvent::Detected(opportunity) = &told[0] else { unreachable!() };
/// let market = replay.catalog().market(opportunity.market).expect("what is told has a name");
/// assert_eq!((opportunity.kind().name(), market.market), ("arbitrage", "moneyline"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Replay<E = Engine> {
    engine: E,
    catalog: Catalog,
    /// The instant that `pending` belongs to.
    instant: Option<Timestamp>,
    pending: Vec<OddsEvent>,
    out: Vec<OpportunityEvent>,
    counts: Counts,
    gaps: Gaps,
}

impl Replay {
    /// An engine with this configuration, and an empty catalog.
    ///
    /// # Errors
    /// If the configuration cannot be used.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Ok(Self::with(Engine::new(config.clone())?, &config))
    }

    /// Time passes up to `now`: what is collected for the present instant happens, if that is not later, and every deadline up to and
    /// including `now` fires at its own time. Returns what all that told. An instant later than `now` stays collected.
    pub fn advance(&mut self, now: Timestamp) -> &[OpportunityEvent] {
        self.out.clear();
        if let Some(instant) = self.instant.take_if(|instant| *instant <= now) {
            let report = self.engine.apply_batch(instant, &self.pending, &mut self.out);
            self.pending.clear();
            self.counts.refuse(&report);
        }
        self.engine.advance(now, &mut self.out);
        // An instant that is yet to come goes on, and so does the catalog's.
        if self.instant.is_none() {
            self.catalog.advance(now);
        }
        &self.out
    }

    /// Takes an open opportunity apart: see [`Engine::explain`]. The present instant is not in it yet.
    #[must_use]
    pub fn explain(&mut self, id: OpportunityId, profile: ProfileId) -> Option<Explanation> {
        self.engine.explain(id, profile)
    }

    /// All that is known of a market: see [`Engine::market_book`]. The present instant is not in it yet.
    #[must_use]
    pub fn market_book(&mut self, market: MarketId, profile: ProfileId) -> Option<MarketView> {
        self.engine.market_book(market, profile)
    }

    /// Says what stands in the way of what is not told: see [`Engine::why_not`]. The present instant is not in it yet.
    ///
    /// # Errors
    /// As [`Engine::why_not`].
    pub fn why_not(&mut self, query: &Query) -> Result<WhyNot, NoMarkets> {
        self.engine.why_not(query)
    }
}

#[cfg(feature = "rayon")]
impl Replay<Shards> {
    /// That many shards with this configuration, and an empty catalog. What is told is the same as for one engine, in the same order, but
    /// comes some thousand records later.
    ///
    /// # Errors
    /// If the configuration cannot be used.
    pub fn sharded(config: Config, shards: ::core::num::NonZeroU32) -> Result<Self, ConfigError> {
        Ok(Self::with(Shards::new(config.clone(), shards)?, &config))
    }
}

impl Replay<Graded> {
    /// As [`Replay::new`], and every opportunity told is followed until its fixture is over.
    ///
    /// # Errors
    /// If the configuration or the settings cannot be used.
    pub fn graded(config: Config, settings: Settings) -> Result<Self, BadGrading> {
        let engine = Engine::new(config.clone()).map_err(BadGrading::Config)?;
        Ok(Self::with(Graded::new(engine, settings).map_err(BadGrading::Settings)?, &config))
    }
}

#[cfg(feature = "rayon")]
impl Replay<Graded<ShardedEngine>> {
    /// As [`Replay::graded`], with that many shards. They work through one instant at a time, so that they help little.
    ///
    /// # Errors
    /// If the configuration or the settings cannot be used.
    pub fn graded_sharded(
        config: Config,
        settings: Settings,
        shards: ::core::num::NonZeroU32,
    ) -> Result<Self, BadGrading> {
        let engine = ShardedEngine::new(config.clone(), shards).map_err(BadGrading::Config)?;
        Ok(Self::with(Graded::new(engine, settings).map_err(BadGrading::Settings)?, &config))
    }
}

impl<E: Ask> Replay<Graded<E>> {
    /// The grades of fixtures that are over, since this was last called. The present instant is not in it yet.
    pub fn take_grades(&mut self) -> Vec<Grade> {
        self.engine.take_grades()
    }

    /// After [`Self::finish`]: the last grades, those of what was still followed among them.
    pub fn finish_grades(&mut self) -> Vec<Grade> {
        self.engine.finish()
    }
}

/// Why nothing can be graded.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BadGrading {
    /// The configuration cannot be used.
    Config(ConfigError),
    /// What is looked at cannot be.
    Settings(BadSettings),
}

impl ::core::fmt::Display for BadGrading {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::Config(error) => write!(f, "{error}"),
            Self::Settings(error) => write!(f, "{error}"),
        }
    }
}

impl ::core::error::Error for BadGrading {}

impl<E: Core> Replay<E> {
    fn with(engine: E, config: &Config) -> Self {
        let mut catalog = Catalog::new();
        catalog.configure(config);
        Self {
            gaps: Gaps::new(config),
            engine,
            catalog,
            instant: None,
            pending: Vec::new(),
            out: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// With other limits on what is named, and other hashes.
    #[must_use]
    pub fn with_options(mut self, options: CatalogOptions) -> Self {
        self.catalog = self.catalog.with_options(options);
        self
    }

    /// Takes an item of a feed. Returns what the instant before told, if this record begins another.
    ///
    /// # Errors
    /// Why the record is refused, or the line was.
    pub fn apply(&mut self, item: &Item<'_>) -> Result<&[OpportunityEvent], Reject> {
        match &item.record {
            Ok(record) => self.apply_record(record),
            Err(reason) => {
                self.counts.reject(*reason);
                Err(*reason)
            }
        }
    }

    /// Takes a record, as [`Self::apply`] does.
    ///
    /// # Errors
    /// Why the record is refused.
    pub fn apply_record(&mut self, record: &Record<'_>) -> Result<&[OpportunityEvent], Reject> {
        let first_new = self.pending.len();
        let now = match self.catalog.translate(record, &mut self.pending) {
            Ok(now) => now,
            Err(reason) => {
                self.counts.reject(reason);
                return Err(reason);
            }
        };
        self.counts.accept(record.body.record_type());
        self.counts.clamped += u64::from(record.ts < now);
        self.gaps.observe(now, &self.pending[first_new..]);
        self.out.clear();
        if let Some(instant) = self.instant.replace(now).filter(|&instant| instant != now) {
            let report = self.engine.take(instant, &self.pending[..first_new], &mut self.out);
            self.pending.drain(..first_new);
            self.counts.refuse(&report);
        }
        Ok(&self.out)
    }

    /// Ends the present instant, though more records of its time may come, which are then an instant of their own. Returns what it told.
    pub fn finish(&mut self) -> &[OpportunityEvent] {
        self.out.clear();
        if let Some(instant) = self.instant.take() {
            let report = self.engine.take(instant, &self.pending, &mut self.out);
            self.pending.clear();
            self.counts.refuse(&report);
            self.catalog.end_instant();
        }
        let report = self.engine.catch_up(&mut self.out);
        self.counts.refuse(&report);
        &self.out
    }

    /// The instant that records are being collected for; it has not happened yet.
    #[must_use]
    pub const fn instant(&self) -> Option<Timestamp> {
        self.instant
    }

    /// The engine. The present instant is not in it yet.
    #[must_use]
    pub const fn engine(&self) -> &E {
        &self.engine
    }

    /// The names of all that was fed.
    #[must_use]
    pub const fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// What was accepted and what was not.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Sources that are judged by how often they write and that write too seldom for it, so that they seem to come and go: their median
    /// gap exceeds their budget. None where the configuration does not judge sources.
    #[must_use]
    pub fn slow_sources(&self) -> Vec<SlowSource> {
        self.gaps.slow()
    }
}

/// The reason that stands for a refusal by the engine. The catalog has judged before and accepts nothing that the engine refuses.
fn reason_of(error: EventError) -> Reject {
    match error {
        EventError::RetiredFixture => Reject::RetiredFixture,
        EventError::UnknownFixture => Reject::UnknownFixture,
        EventError::UnknownOutcome => Reject::UnknownOutcome,
        EventError::MissingPrice | EventError::EmptyFilter => Reject::MissingKey,
        _ => Reject::BadValue,
    }
}

impl Counts {
    fn refuse(&mut self, report: &BatchReport) {
        debug_assert!(report.rejected.is_empty(), "the catalog accepted what the engine refuses: {report:?}");
        report.rejected.iter().for_each(|&(_, error)| self.reject(reason_of(error)));
    }
}
