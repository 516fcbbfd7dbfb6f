//! What a grader needs of an engine: one, or shards of one.

use crate::engine::{BatchReport, BetOn, Engine, FairNow, FixtureFacts, MarketFacts, QuoteNow, Stats};
use crate::ids::{BookmakerId, FixtureId, MarketId, ProfileId};
use crate::odds_event::OddsEvent;
use crate::opportunity::OpportunityEvent;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// An engine that can be graded: [`Engine`], and `ShardedEngine`. Not to be implemented elsewhere; every method is what the engine's own
/// of that name is.
#[expect(missing_docs, reason = "each is documented at the engine")]
pub trait Ask: sealed::Sealed {
    fn apply_batch(&mut self, now: Timestamp, events: &[OddsEvent], out: &mut Vec<OpportunityEvent>) -> BatchReport;
    fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>);
    fn next_deadline_at(&self) -> Option<Timestamp>;
    fn now(&self) -> Option<Timestamp>;
    /// From now on notes which markets an instant may have changed.
    fn note_touched(&mut self);
    /// What was noted since this was last called, in no order, some perhaps more than once.
    fn take_touched(&mut self) -> Vec<MarketId>;
    fn would_accept(&self, now: Timestamp, events: &[OddsEvent]) -> bool;
    fn quote(&mut self, bet: BetOn, bookmaker: BookmakerId, profile: ProfileId) -> Option<QuoteNow>;
    fn best_quote(&mut self, bet: BetOn, profile: ProfileId) -> Option<QuoteNow>;
    fn fair_probability(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<f64>;
    fn fair_by_ladder(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<FairNow>;
    fn market_facts(&self, market: MarketId) -> Option<MarketFacts<'_>>;
    fn fixture_facts(&self, fixture: FixtureId) -> Option<FixtureFacts>;
    fn stats(&self) -> Stats;
    fn digest(&self) -> u64;
}

pub(crate) mod sealed {
    /// Keeps the trait here.
    pub trait Sealed {}
}

macro_rules! ask {
    ($engine:ty) => {
        impl $crate::grade::ask::sealed::Sealed for $engine {}

        impl $crate::grade::Ask for $engine {
            fn apply_batch(
                &mut self,
                now: Timestamp,
                events: &[OddsEvent],
                out: &mut Vec<OpportunityEvent>,
            ) -> BatchReport {
                <$engine>::apply_batch(self, now, events, out)
            }

            fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
                <$engine>::advance(self, now, out);
            }

            fn next_deadline_at(&self) -> Option<Timestamp> {
                <$engine>::next_deadline(self).map(|(at, _)| at)
            }

            fn now(&self) -> Option<Timestamp> {
                <$engine>::now(self)
            }

            fn note_touched(&mut self) {
                <$engine>::note_touched(self);
            }

            fn take_touched(&mut self) -> Vec<MarketId> {
                <$engine>::take_touched(self)
            }

            fn would_accept(&self, now: Timestamp, events: &[OddsEvent]) -> bool {
                <$engine>::would_accept(self, now, events)
            }

            fn quote(&mut self, bet: BetOn, bookmaker: BookmakerId, profile: ProfileId) -> Option<QuoteNow> {
                <$engine>::quote(self, bet, bookmaker, profile)
            }

            fn best_quote(&mut self, bet: BetOn, profile: ProfileId) -> Option<QuoteNow> {
                <$engine>::best_quote(self, bet, profile)
            }

            fn fair_probability(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<f64> {
                <$engine>::fair_probability(self, bet, judged)
            }

            fn fair_by_ladder(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<FairNow> {
                <$engine>::fair_by_ladder(self, bet, judged)
            }

            fn market_facts(&self, market: MarketId) -> Option<MarketFacts<'_>> {
                <$engine>::market_facts(self, market)
            }

            fn fixture_facts(&self, fixture: FixtureId) -> Option<FixtureFacts> {
                <$engine>::fixture_facts(self, fixture)
            }

            fn stats(&self) -> Stats {
                <$engine>::stats(self)
            }

            fn digest(&self) -> u64 {
                <$engine>::digest(self)
            }
        }
    };
}

#[cfg(feature = "rayon")]
pub(crate) use ask;

ask!(Engine);
