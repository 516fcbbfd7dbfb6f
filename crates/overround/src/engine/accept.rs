//! What each odds event does: first it is checked, then it cannot fail.

use super::Engine;
use crate::books::{Fixture, Flags, Stretch};
use crate::deadlines::DeadlineKind;
use crate::error::EventError;
use crate::ids::{BookmakerId, FixtureId, MarketId};
use crate::intake::HoldKind;
use crate::odds_event::{Barrier, EventKind, Filter, FixtureUnset, OddsEvent, OddsUpdate, Scope, SourceSignal};
use crate::opportunity::OpportunityEvent;
use crate::pages::Known;
use crate::rules::Rules;
use crate::sources::FixtureSignal;
use crate::time::Timestamp;
use alloc::vec::Vec;

impl Engine {
    /// Would the event be accepted, fixtures forgotten before `now` being over? Changes nothing.
    pub(super) fn check(&self, event: &OddsEvent, now: Timestamp) -> Result<(), EventError> {
        match event {
            OddsEvent::Bookmaker(definition) => self.books.check_bookmaker(definition),
            OddsEvent::Fixture(update) => self.books.check_fixture(update, now),
            OddsEvent::FixtureUnset(unset) => self.books.check_is_on(unset.fixture, now),
            OddsEvent::Market(definition) => self.books.check_market(definition, now),
            OddsEvent::Odds(update) => self.check_odds(update, now),
            OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => self.check_filter(filter, now),
            OddsEvent::SnapshotBegin(scope)
            | OddsEvent::SnapshotComplete(scope)
            | OddsEvent::HoldBegin(scope)
            | OddsEvent::HoldEnd(scope)
            | OddsEvent::Gap(scope) => {
                self.check_names(scope.bookmaker)?;
                scope.fixture.map_or(Ok(()), |fixture| self.books.check_is_on(fixture, now))
            }
            OddsEvent::Source(signal) => {
                self.check_names(Some(signal.bookmaker))?;
                signal.fixture.map_or(Ok(()), |fixture| self.books.check_is_on(fixture, now))
            }
            OddsEvent::Barrier(barrier) => self.books.check_is_on(barrier.fixture, now),
            OddsEvent::Heartbeat(bookmaker) => self.check_names(*bookmaker),
            OddsEvent::Ended(ended) => self.books.check_is_on(ended.fixture, now),
            OddsEvent::Configure(config) => config.check().map_err(EventError::BadConfig),
        }
    }

    /// Applies a checked event at the present.
    pub(super) fn accept(&mut self, event: &OddsEvent) {
        match event {
            OddsEvent::Bookmaker(definition) => self.books.define_bookmaker(definition),
            OddsEvent::Fixture(update) => self.books.update_fixture(update),
            OddsEvent::FixtureUnset(unset) => self.unset_fixture(unset),
            OddsEvent::Market(definition) => self.books.define_market(definition),
            OddsEvent::Odds(update) => self.accept_odds(update),
            OddsEvent::Removed(filter) => self.accept_filter(filter, true),
            OddsEvent::Suspended(filter) => self.accept_filter(filter, false),
            OddsEvent::SnapshotBegin(scope) => self.begin(HoldKind::Snapshot, *scope),
            OddsEvent::SnapshotComplete(scope) => self.complete(HoldKind::Snapshot, *scope),
            OddsEvent::HoldBegin(scope) => self.begin(HoldKind::Hold, *scope),
            OddsEvent::HoldEnd(scope) => self.complete(HoldKind::Hold, *scope),
            OddsEvent::Gap(scope) => self.intake.gap(&mut self.books, *scope),
            OddsEvent::Source(signal) => self.accept_signal(signal),
            OddsEvent::Barrier(Barrier { fixture, .. }) => {
                self.books.fixtures[fixture.index()].barrier = Some(self.books.now);
                self.books.refresh_fixture(*fixture);
            }
            OddsEvent::Heartbeat(bookmaker) => bookmaker.iter().for_each(|&bookmaker| self.wrote(bookmaker)),
            OddsEvent::Ended(ended) => self.books.retire(ended.fixture),
            OddsEvent::Configure(config) => self.configure(config),
        }
    }

    /// Checks and applies an odds event of the present that is of the most frequent kind: an active back price in a market that is
    /// quiet. `false`: nothing was done. `is_sorted`: what another shard accepts has been sorted out.
    #[inline(always)]
    pub(super) fn accept_quiet(&mut self, event: &OddsEvent, is_sorted: bool) -> bool {
        let OddsEvent::Odds(update) = event else { return false };
        let is_done = self.write_quiet(update, is_sorted);
        if is_done {
            self.wrote(update.bookmaker);
        }
        is_done
    }

    /// Applies an event as an instant of its own if it is of the most frequent kind and nothing else happens. `false`: nothing was
    /// done.
    #[inline]
    pub(super) fn apply_quiet(&mut self, now: Timestamp, event: &OddsEvent, out: &mut Vec<OpportunityEvent>) -> bool {
        let OddsEvent::Odds(update) = event else { return false };
        let is_alone = self.has_begun
            && now >= self.books.now
            && self.books.deadlines.peek().is_none_or(|next| next.at > now)
            && !self.books.rules.config.freshness.sources;
        if !is_alone {
            return false;
        }
        let before = core::mem::replace(&mut self.books.now, now);
        if !self.write_quiet(update, false) {
            self.books.now = before;
            return false;
        }
        // Without budgets a write is remembered, and nothing follows.
        self.books.bookmakers[update.bookmaker.index()].source.wrote_alone(now);
        if !self.books.dirty.is_empty() {
            self.end_instant(out);
        }
        true
    }

    /// [`Books::write_quiet`], counted. `is_sorted`: what another shard accepts has been sorted out, by [`Books::sort_out`].
    #[inline(always)]
    fn write_quiet(&mut self, update: &OddsUpdate, is_sorted: bool) -> bool {
        if !self.intake.lets_all_through() {
            return false;
        }
        if !(is_sorted && update.bookmaker.index() < Stretch::BOOKMAKERS)
            && self.books.elsewhere.knows(update.market)
            && self.books.elsewhere.takes(update)
            && update.bookmaker.index() < self.books.bookmakers.len()
        {
            self.counts.events[EventKind::Odds as usize] += 1;
            return true;
        }
        let Some(written) = self.books.write_quiet(update) else { return false };
        self.intake.count(written);
        self.counts.events[EventKind::Odds as usize] += 1;
        #[cfg(debug_assertions)]
        self.tracker.check_quiet_still(&mut self.books, update.market);
        true
    }

    /// Prices that are another shard's, which accepts them.
    pub(super) fn hear_others(&mut self, stretch: &Stretch<'_>) {
        self.counts.events[EventKind::Odds as usize] += u64::from(stretch.others());
        stretch.heard().for_each(|bookmaker| self.wrote(bookmaker));
    }

    fn unset_fixture(&mut self, unset: &FixtureUnset) {
        let fixture = &mut self.books.fixtures[unset.fixture.index()];
        fixture.sport = fixture.sport.filter(|_| !unset.sport);
        fixture.league = fixture.league.filter(|_| !unset.league);
        fixture.start = fixture.start.filter(|_| !unset.start);
        fixture.live_flag = fixture.live_flag.filter(|_| !unset.live);
        self.books.arm_retention(unset.fixture);
        self.books.refresh_fixture(unset.fixture);
    }

    #[inline]
    fn check_odds(&self, update: &OddsUpdate, now: Timestamp) -> Result<(), EventError> {
        let market = match self.books.markets.get(update.market.index()) {
            Known::Here(market) if update.bookmaker.index() < self.books.bookmakers.len() => market,
            Known::Never => return Err(EventError::UnknownMarket),
            Known::Here(_) | Known::Gone => {
                self.check_names(Some(update.bookmaker))?;
                return Err(EventError::RetiredFixture);
            }
        };
        // A fixture that is on stays on until a deadline.
        let is_on = market.flags.has(Flags::PLAIN) && self.books.deadlines.peek().is_none_or(|next| next.at >= now);
        if !is_on {
            self.books.check_is_on(market.fixture, now)?;
        }
        if update.outcome.index() >= market.n() {
            return Err(EventError::UnknownOutcome);
        }
        if update.active && update.price.is_none() {
            return Err(EventError::MissingPrice);
        }
        if update.limit.is_some_and(|limit| !OddsUpdate::is_limit(limit)) {
            return Err(EventError::BadLimit);
        }
        Ok(())
    }

    fn check_filter(&self, filter: &Filter, now: Timestamp) -> Result<(), EventError> {
        if filter.bookmaker.is_none() && filter.fixture.is_none() {
            return Err(EventError::EmptyFilter);
        }
        self.check_names(filter.bookmaker)?;
        filter.fixture.map_or(Ok(()), |fixture| self.books.check_is_on(fixture, now))
    }

    fn check_names(&self, bookmaker: Option<BookmakerId>) -> Result<(), EventError> {
        match bookmaker {
            Some(bookmaker) if bookmaker.index() >= self.books.bookmakers.len() => Err(EventError::UnknownBookmaker),
            _ => Ok(()),
        }
    }

    fn accept_odds(&mut self, update: &OddsUpdate) {
        self.wrote(update.bookmaker);
        self.intake.odds(&mut self.books, update);
    }

    fn accept_filter(&mut self, filter: &Filter, is_removal: bool) {
        filter.bookmaker.iter().for_each(|&bookmaker| self.wrote(bookmaker));
        self.intake.filter(&mut self.books, filter, is_removal);
    }

    fn begin(&mut self, kind: HoldKind, scope: Scope) {
        if kind == HoldKind::Snapshot {
            scope.bookmaker.iter().for_each(|&bookmaker| self.wrote(bookmaker));
        }
        self.intake.begin(&mut self.books, kind, scope);
    }

    fn complete(&mut self, kind: HoldKind, scope: Scope) {
        if kind == HoldKind::Snapshot {
            scope.bookmaker.iter().for_each(|&bookmaker| self.wrote(bookmaker));
        }
        self.intake.complete(&mut self.books, kind, scope);
    }

    fn accept_signal(&mut self, signal: &SourceSignal) {
        let Some(fixture) = signal.fixture else {
            let source = &mut self.books.bookmakers[signal.bookmaker.index()].source;
            let before = source.weight();
            source.hear(signal.health);
            if source.weight() != before {
                self.books.refresh_bookmaker(signal.bookmaker);
            }
            return;
        };
        let signals = &mut self.books.fixtures[fixture.index()].signals;
        match signals.binary_search_by_key(&signal.bookmaker, |&(bookmaker, _)| bookmaker) {
            Ok(at) => {
                signals[at].1.hear(signal.health);
                if signals[at].1 == FixtureSignal::default() {
                    signals.remove(at);
                }
            }
            Err(at) => {
                let mut heard = FixtureSignal::default();
                heard.hear(signal.health);
                if heard != FixtureSignal::default() {
                    signals.insert(at, (signal.bookmaker, heard));
                }
            }
        }
        for market in self.books.fixtures[fixture.index()].markets.clone() {
            self.books.find_standing(market);
            self.books.refresh_source(market, signal.bookmaker);
        }
    }

    /// The bookmaker's source wrote. Its role is judged at the end of the instant.
    fn wrote(&mut self, bookmaker: BookmakerId) {
        if self.books.bookmakers[bookmaker.index()].source.wrote(self.books.now) {
            self.writers.push(bookmaker);
        }
    }

    /// Judges the sources that wrote in this instant, or all of them after another configuration came into force.
    pub(super) fn judge_writers(&mut self) {
        let mut writers = core::mem::take(&mut self.writers);
        if self.books.rules.config.freshness.sources {
            writers.iter().for_each(|&bookmaker| self.judge_source(bookmaker));
        } else if self.is_configured {
            writers.iter().for_each(|&bookmaker| self.unjudge_source(bookmaker));
        }
        for bookmaker in writers.drain(..) {
            self.books.bookmakers[bookmaker.index()].source.has_written = false;
        }
        self.writers = writers;
    }

    fn unjudge_source(&mut self, bookmaker: BookmakerId) {
        let source = &mut self.books.bookmakers[bookmaker.index()].source;
        let before = source.weight();
        source.unjudge();
        if source.weight() != before {
            self.books.refresh_bookmaker(bookmaker);
        }
    }

    /// Finds a source's role by budget, and when to look again.
    pub(super) fn judge_source(&mut self, bookmaker: BookmakerId) {
        let now = self.books.now;
        let hold_us = self.books.rules.role_hold_us();
        let rules = *self.books.rules.bookmaker(bookmaker);
        let source = &mut self.books.bookmakers[bookmaker.index()].source;
        let before = source.weight();
        source.judge(now, &rules, hold_us);
        // A write only puts falls off, so that a deadline armed before it stays and is merely early.
        if let Some(at) = source.next_change(now, &rules, hold_us)
            && source.recheck.is_none_or(|armed| at < armed)
        {
            source.recheck = Some(at);
            self.books.deadlines.push(at, DeadlineKind::Role, bookmaker.0);
        }
        if self.books.bookmakers[bookmaker.index()].source.weight() != before {
            self.books.refresh_bookmaker(bookmaker);
        }
    }

    /// Puts another configuration in force and judges everything again.
    fn configure(&mut self, config: &crate::Config) {
        let Ok(rules) = self.books.rules.reconfigured(config.clone()) else { return };
        self.put_in_force(rules);
        self.is_configured = true;
    }

    fn put_in_force(&mut self, rules: Rules) {
        self.books.rules = rules;
        self.books.rank_again();
        // All of them: those that were over in this instant are judged once more at its end.
        let markets: Vec<MarketId> = self.books.markets.iter().map(|(index, _)| MarketId::at(index)).collect();
        for market in markets {
            self.books.find_rules(market);
        }
        self.intake.arm_again(&mut self.books);
        self.writers.clear();
        for (id, bookmaker) in (0_u32..).zip(&mut self.books.bookmakers) {
            bookmaker.source.recheck = None;
            bookmaker.source.has_written = true;
            self.writers.push(BookmakerId(id));
        }
        let markets = |fixture: &Fixture| fixture.markets.clone();
        let fixtures = self.books.fixtures.iter().filter(|(_, fixture)| !fixture.retired);
        let fixtures: Vec<_> = fixtures.map(|(index, fixture)| (FixtureId::at(index), markets(fixture))).collect();
        for (fixture, markets) in fixtures {
            self.books.arm_retention(fixture);
            markets.into_iter().for_each(|market| self.judge_again(market));
        }
    }

    /// Recomputes all that the configuration enters into of one market.
    fn judge_again(&mut self, market: MarketId) {
        self.books.forget_columns(market);
        self.books.price_again(market);
        self.books.touch(market);
    }
}
