//! Several engines that share the work by fixtures and answer as one.

mod ask;

use crate::config::Config;
use crate::deadlines::DeadlineKind;
use crate::detect::Combination;
use crate::engine::{BatchReport, Engine, Hedge, HedgeRequest, Stats};
use crate::error::{ConfigError, EventError, HedgeError, RestoreError};
use crate::explain::{Explanation, MarketView, NoMarkets, Query, Target, WhyNot};
use crate::ids::{FixtureId, MarketId, OpportunityId, ProfileId};
use crate::odds_event::OddsEvent;
use crate::opportunity::{Opportunity, OpportunityEvent};
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::num::NonZeroU32;
use rayon::prelude::*;
use twox_hash::XxHash3_64;

/// An [`Engine`] whose fixtures are shared out over shards that work in parallel: the same calls, the same outputs in the same order,
/// the same digest, for any number of shards. Needs the feature `rayon`; works on the pool that it is called from.
///
/// Fixtures never interact, so that each belongs to one shard. Every shard hears every odds event: what is about no single fixture
/// (time, sources, definitions, records held back) is kept by all alike, and an event about another's fixture costs a check and a
/// clock. So one odds event at a time gains nothing; give stretches of a feed to [`apply_run`](Self::apply_run), or large batches.
///
/// ```
/// use core::num::NonZeroU32;
/// use overround::{BookmakerId, Config, OddsEvent, Run, ShardedEngine, Timestamp};
///
/// let mut engine = ShardedEngine::new(Config::live(), NonZeroU32::new(2).ok_or("at least one")?)?;
/// let mut run = Run::new();
/// run.begin(Timestamp(1_000_000));
/// run.push(OddsEvent::Heartbeat(None));
/// run.begin(Timestamp(2_000_000));
/// run.push(OddsEvent::Heartbeat(Some(BookmakerId(7)))); // never defined
/// let mut out = Vec::new();
/// let reports = engine.apply_run(&run, &mut out);
/// assert_eq!((reports[0].accepted, reports[1].rejected.len()), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ShardedEngine {
    shards: Vec<Engine>,
    answers: Vec<Answer>,
}

/// What one shard told in a run: all outputs, and where those of each instant end.
#[derive(Debug, Default)]
struct Answer {
    out: Vec<OpportunityEvent>,
    ends: Vec<usize>,
    reports: Vec<BatchReport>,
}

/// A stretch of a feed: instants with their odds events, in order.
#[derive(Clone, Debug, Default)]
pub struct Run {
    events: Vec<OddsEvent>,
    begins: Vec<(Timestamp, usize)>,
}

impl Run {
    /// An empty stretch.
    #[must_use]
    pub const fn new() -> Self {
        Self { events: Vec::new(), begins: Vec::new() }
    }

    /// Begins another instant.
    pub fn begin(&mut self, now: Timestamp) {
        self.begins.push((now, self.events.len()));
    }

    /// Adds an odds event to the instant last begun; without one it belongs to none and is dropped.
    pub fn push(&mut self, event: OddsEvent) {
        if !self.begins.is_empty() {
            self.events.push(event);
        }
    }

    /// How many odds events.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.events.len()
    }

    /// Has it no instant at all?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.begins.is_empty()
    }

    /// Empties it; its room is kept.
    pub fn clear(&mut self) {
        self.events.clear();
        self.begins.clear();
    }

    /// The instants with their odds events.
    pub fn instants(&self) -> impl Iterator<Item = (Timestamp, &[OddsEvent])> {
        let ends = self.begins.iter().skip(1).map(|&(_, begin)| begin).chain([self.events.len()]);
        self.begins.iter().zip(ends).map(|(&(now, begin), end)| (now, &self.events[begin..end]))
    }
}

impl ShardedEngine {
    /// Shards that know nothing yet.
    ///
    /// # Errors
    /// As [`Engine::new`].
    pub fn new(config: Config, shards: NonZeroU32) -> Result<Self, ConfigError> {
        let of = shards.get();
        let shards: Result<Vec<Engine>, ConfigError> =
            (0..of).map(|index| Engine::new_shard(config.clone(), index, of)).collect();
        Ok(Self::of(shards?))
    }

    /// Shards in the state that a snapshot holds, whatever number of shards wrote it.
    ///
    /// # Errors
    /// As [`Engine::restore`].
    pub fn restore(bytes: &[u8], shards: NonZeroU32) -> Result<Self, RestoreError> {
        let of = shards.get();
        let shards: Result<Vec<Engine>, RestoreError> =
            (0..of).into_par_iter().map(|index| Engine::restore_shard(bytes, index, of)).collect();
        let engine = Self::of(shards?);
        if engine.snapshot() == bytes { Ok(engine) } else { Err(RestoreError::Damaged) }
    }

    fn of(shards: Vec<Engine>) -> Self {
        Self { answers: shards.iter().map(|_| Answer::default()).collect(), shards }
    }

    /// See [`Engine::apply`].
    ///
    /// # Errors
    /// If the event is refused; then state, digest and `out` are as they were.
    pub fn apply(
        &mut self,
        now: Timestamp,
        event: &OddsEvent,
        out: &mut Vec<OpportunityEvent>,
    ) -> Result<(), EventError> {
        let report = self.apply_batch(now, core::slice::from_ref(event), out);
        report.rejected.first().map_or(Ok(()), |&(_, error)| Err(error))
    }

    /// See [`Engine::apply_batch`].
    pub fn apply_batch(
        &mut self,
        now: Timestamp,
        events: &[OddsEvent],
        out: &mut Vec<OpportunityEvent>,
    ) -> BatchReport {
        self.each(|shard, answer| answer.take(shard, now, events));
        self.merge(out).pop().unwrap_or_default()
    }

    /// Applies a stretch of a feed, each instant as [`apply_batch`](Self::apply_batch) would; one report for each.
    pub fn apply_run(&mut self, run: &Run, out: &mut Vec<OpportunityEvent>) -> Vec<BatchReport> {
        self.each(|shard, answer| run.instants().for_each(|(now, events)| answer.take(shard, now, events)));
        self.merge(out)
    }

    /// See [`Engine::advance`].
    pub fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        self.each(|shard, answer| {
            shard.advance(now, &mut answer.out);
            answer.ends.push(answer.out.len());
            answer.reports.push(BatchReport::default());
        });
        self.merge(out);
    }

    /// See [`Engine::next_deadline`].
    #[must_use]
    pub fn next_deadline(&self) -> Option<(Timestamp, DeadlineKind)> {
        self.shards.iter().filter_map(Engine::next_deadline).min()
    }

    /// See [`Engine::now`].
    #[must_use]
    pub fn now(&self) -> Option<Timestamp> {
        self.shards[0].now()
    }

    /// See [`Engine::config`].
    #[must_use]
    pub fn config(&self) -> &Config {
        self.shards[0].config()
    }

    /// See [`Engine::opportunities`].
    #[must_use]
    pub fn opportunities(&self) -> Vec<Opportunity> {
        let mut all: Vec<Opportunity> = self.shards.iter().flat_map(Engine::opportunities).collect();
        all.sort_unstable_by_key(|told| (told.family, told.kind(), told.id, told.profile));
        all
    }

    /// See [`Engine::is_retired`].
    #[must_use]
    pub fn is_retired(&self, fixture: FixtureId, now: Timestamp) -> bool {
        self.shards[0].is_retired(fixture, now)
    }

    /// See [`Engine::snapshot`]: the bytes that one engine would write.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        crate::engine::write_snapshot(&self.shards)
    }

    /// See [`Engine::digest`].
    #[must_use]
    pub fn digest(&self) -> u64 {
        XxHash3_64::oneshot(&self.snapshot())
    }

    /// See [`Engine::stats`]. What all shards count alike is counted once; bytes are those of all shards.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = self.shards.iter().map(Engine::stats);
        let first = stats.next().unwrap_or_default();
        stats.fold(first, Stats::with_shard)
    }

    /// See [`Engine::explain`].
    #[must_use]
    pub fn explain(&mut self, id: OpportunityId, profile: ProfileId) -> Option<Explanation> {
        self.shards.iter_mut().find_map(|shard| shard.explain(id, profile))
    }

    /// See [`Engine::evaluate`].
    #[must_use]
    pub fn evaluate(&mut self, id: OpportunityId, profile: ProfileId) -> Option<Opportunity> {
        self.shards.iter_mut().find_map(|shard| shard.evaluate(id, profile))
    }

    /// See [`Engine::why_not`].
    ///
    /// # Errors
    /// As [`Engine::why_not`].
    pub fn why_not(&mut self, query: &Query) -> Result<WhyNot, NoMarkets> {
        // All shards know what is defined; the one whose fixture it is knows the prices.
        let fixture = self.shards[0].fixture_of(query.target)?;
        let owner = self.shards.iter().position(|shard| shard.owns(fixture)).unwrap_or_default();
        self.shards[owner].why_not(query)
    }

    /// See [`Engine::market_book`].
    #[must_use]
    pub fn market_book(&mut self, market: MarketId, profile: ProfileId) -> Option<MarketView> {
        self.owner_of(market)?.market_book(market, profile)
    }

    /// See [`Engine::combinations`].
    pub fn combinations(&mut self, market: MarketId, profile: ProfileId, count: usize) -> Vec<Combination> {
        self.owner_of(market).map_or_else(Vec::new, |shard| shard.combinations(market, profile, count))
    }

    /// See [`Engine::hedge`].
    ///
    /// # Errors
    /// As [`Engine::hedge`].
    pub fn hedge(&mut self, request: &HedgeRequest) -> Result<Hedge, HedgeError> {
        let answers = self.shards.iter_mut().map(|shard| shard.hedge(request));
        let mut found = answers.filter(|answer| *answer != Err(HedgeError::NotOpen));
        found.next().unwrap_or(Err(HedgeError::NotOpen))
    }

    fn owner_of(&mut self, market: MarketId) -> Option<&mut Engine> {
        let fixture = self.shards[0].fixture_of(Target::Market(market)).ok()?;
        self.shards.iter_mut().find(|shard| shard.owns(fixture))
    }

    /// Lets every shard work, each into its own answer.
    fn each(&mut self, work: impl Fn(&mut Engine, &mut Answer) + Sync) {
        self.shards.par_iter_mut().zip(&mut self.answers).for_each(|(shard, answer)| work(shard, answer));
    }

    /// Appends what the shards told in the order in which one engine tells it: call by call, instant by instant, family by family.
    /// Every family is told of by one shard, in order.
    fn merge(&mut self, out: &mut Vec<OpportunityEvent>) -> Vec<BatchReport> {
        let steps = self.answers[0].ends.len();
        if self.answers.iter().any(|answer| !answer.out.is_empty()) {
            let mut told: Vec<_> = self.answers.iter_mut().map(|it| (it.out.drain(..), it.ends.iter(), 0)).collect();
            for _ in 0..steps {
                let begin = out.len();
                for (events, ends, done) in &mut told {
                    let end = ends.next().copied().unwrap_or(*done);
                    out.extend(events.by_ref().take(end - *done));
                    *done = end;
                }
                out[begin..].sort_by_key(|event| (event.ts(), event.family()));
            }
        }
        for answer in &mut self.answers {
            answer.out.clear();
            answer.ends.clear();
        }
        // All shards refuse alike.
        let reports = core::mem::take(&mut self.answers[0].reports);
        self.answers.iter_mut().for_each(|answer| answer.reports.clear());
        reports
    }
}

impl Answer {
    fn take(&mut self, shard: &mut Engine, now: Timestamp, events: &[OddsEvent]) {
        self.reports.push(shard.apply_batch(now, events, &mut self.out));
        self.ends.push(self.out.len());
    }
}
