//! What shards answer to those who follow what was told: as one engine does.

use super::ShardedEngine;
use crate::engine::{BatchReport, BetOn, FairNow, FixtureFacts, MarketFacts, QuoteNow, Stats};
use crate::grade::ask::ask;
use crate::ids::{BookmakerId, FixtureId, MarketId, ProfileId};
use crate::odds_event::OddsEvent;
use crate::opportunity::OpportunityEvent;
use crate::time::Timestamp;
use alloc::vec::Vec;

impl ShardedEngine {
    /// See [`Engine::quote`](crate::Engine::quote).
    #[must_use]
    pub fn quote(&mut self, bet: BetOn, bookmaker: BookmakerId, profile: ProfileId) -> Option<QuoteNow> {
        self.owner_of(bet.market)?.quote(bet, bookmaker, profile)
    }

    /// See [`Engine::best_quote`](crate::Engine::best_quote).
    #[must_use]
    pub fn best_quote(&mut self, bet: BetOn, profile: ProfileId) -> Option<QuoteNow> {
        self.owner_of(bet.market)?.best_quote(bet, profile)
    }

    /// See [`Engine::fair_probability`](crate::Engine::fair_probability).
    #[must_use]
    pub fn fair_probability(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<f64> {
        self.owner_of(bet.market)?.fair_probability(bet, judged)
    }

    /// See [`Engine::fair_by_ladder`](crate::Engine::fair_by_ladder).
    #[must_use]
    pub fn fair_by_ladder(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<FairNow> {
        self.owner_of(bet.market)?.fair_by_ladder(bet, judged)
    }

    /// See [`Engine::market_facts`](crate::Engine::market_facts).
    #[must_use]
    pub fn market_facts(&self, market: MarketId) -> Option<MarketFacts<'_>> {
        self.shards[0].market_facts(market)
    }

    /// See [`Engine::fixture_facts`](crate::Engine::fixture_facts).
    #[must_use]
    pub fn fixture_facts(&self, fixture: FixtureId) -> Option<FixtureFacts> {
        self.shards[0].fixture_facts(fixture)
    }

    pub(crate) fn note_touched(&mut self) {
        self.shards.iter_mut().for_each(crate::Engine::note_touched);
    }

    pub(crate) fn take_touched(&mut self) -> Vec<MarketId> {
        self.shards.iter_mut().flat_map(crate::Engine::take_touched).collect()
    }

    /// All shards refuse alike.
    pub(crate) fn would_accept(&self, now: Timestamp, events: &[OddsEvent]) -> bool {
        self.shards[0].would_accept(now, events)
    }
}

ask!(ShardedEngine);
