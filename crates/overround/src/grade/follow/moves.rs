//! Who moved first.

use super::Grader;
use crate::grade::Ask;
use crate::grade::record::{FirstMove, Grade, GradeLeg, Mover, PRICE_SLACK};
use crate::ids::FixtureId;
use crate::odds_event::OddsEvent;
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl Grader {
    /// Checks whose first move is waited for in the markets that an instant may have changed: by its events, by the time alone, by the
    /// source of a quote that it wrote to elsewhere.
    pub(in crate::grade) fn watch(&mut self, engine: &mut impl Ask, now: Timestamp, events: &[OddsEvent]) {
        let markets = engine.take_touched();
        if self.watched.is_empty() {
            return;
        }
        let mut touched: BTreeSet<u64> = BTreeSet::new();
        touched.extend(markets.iter().filter_map(|market| self.watched.get(market)).flatten());
        for event in events {
            match event {
                OddsEvent::Odds(update) => touched.extend(self.watched.get(&update.market).into_iter().flatten()),
                OddsEvent::Bookmaker(_) | OddsEvent::Market(_) | OddsEvent::Heartbeat(_) | OddsEvent::Ended(_) => {}
                OddsEvent::SnapshotBegin(_) | OddsEvent::HoldBegin(_) => {}
                OddsEvent::Fixture(update) => touched.extend(self.numbers_of(Some(update.fixture))),
                OddsEvent::FixtureUnset(unset) => touched.extend(self.numbers_of(Some(unset.fixture))),
                OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => {
                    touched.extend(self.numbers_of(filter.fixture));
                }
                OddsEvent::SnapshotComplete(scope) | OddsEvent::HoldEnd(scope) | OddsEvent::Gap(scope) => {
                    touched.extend(self.numbers_of(scope.fixture));
                }
                OddsEvent::Source(signal) => touched.extend(self.numbers_of(signal.fixture)),
                OddsEvent::Barrier(barrier) => touched.extend(self.numbers_of(Some(barrier.fixture))),
                OddsEvent::Configure(_) => touched.extend(self.numbers_of(None)),
            }
        }
        touched.into_iter().for_each(|number| self.check_move(engine, number, now));
    }

    /// What is waited for of a fixture, or at all.
    fn numbers_of(&self, fixture: Option<FixtureId>) -> Vec<u64> {
        match fixture {
            Some(fixture) => self.fixtures.get(&fixture).map(|it| it.numbers.clone()).unwrap_or_default(),
            None => self.watched.values().flatten().copied().collect(),
        }
    }

    /// Has a leg or the reference moved since it was told?
    pub(super) fn check_move(&mut self, engine: &mut impl Ask, number: u64, now: Timestamp) {
        let Some(grade) = self.episodes.get_mut(&number) else { return };
        let is_waited_for = |leg: &GradeLeg| self.watched.get(&leg.bet.market).is_some_and(|it| it.contains(&number));
        if !grade.legs.first().is_some_and(is_waited_for) {
            return;
        }
        let Some(fixture) = self.fixtures.get(&grade.told.fixture) else { return };
        // At the start everything moves, and for no reason of anybody's.
        let has_begun = fixture.live || fixture.start.is_some_and(|start| start <= now);
        let is_over = fixture.is_over || engine.fixture_facts(grade.told.fixture).is_none();
        if is_over || (has_begun && !is_told_in_play(grade)) {
            self.unwatch(number);
            return;
        }
        let (kind, profile) = (grade.kind(), grade.told.profile);
        let (mut leg_moved, mut reference_moved) = (false, false);
        for leg in &grade.legs {
            let quote = engine.quote(leg.bet, leg.bookmaker, profile);
            leg_moved |= quote.is_none_or(|quote| (quote.net_price - leg.net_price).abs() > PRICE_SLACK);
            let fair = engine.fair_probability(leg.bet, leg.judged(kind));
            reference_moved |= match (leg.fair_probability, fair) {
                (Some(then), Some(now)) => (now - then).abs() * leg.net_price >= self.settings.moved_from.max(1e-12),
                (then, now) => then.is_some() != now.is_some(),
            };
        }
        let who = match (leg_moved, reference_moved) {
            (false, false) => return,
            (true, false) => Mover::Leg,
            (false, true) => Mover::Reference,
            (true, true) => Mover::Both,
        };
        grade.first_move = Some(FirstMove { who, after_us: now.since_us(grade.told.ts) });
        self.unwatch(number);
    }

    /// Its fixture has begun: nobody is waited for any more, but of what was told in play.
    pub(super) fn unwatch_begun(&mut self, number: u64) {
        if self.episodes.get(&number).is_some_and(|grade| !is_told_in_play(grade)) {
            self.unwatch(number);
        }
    }

    pub(super) fn unwatch(&mut self, number: u64) {
        let Some(grade) = self.episodes.get(&number) else { return };
        for leg in &grade.legs {
            if let Some(numbers) = self.watched.get_mut(&leg.bet.market) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.watched.remove(&leg.bet.market);
                }
            }
        }
    }
}

/// Was it told when its fixture had begun?
fn is_told_in_play(grade: &Grade) -> bool {
    grade.told.live || grade.start.is_some_and(|start| start <= grade.told.ts)
}
