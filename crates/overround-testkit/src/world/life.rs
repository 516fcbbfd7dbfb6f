//! A fixture's life: announced, put off or brought forward, started, scored in, ended; and the truth that moves all the while.

use super::slot::{MEMORY, Phase, Slot};
use super::{World, micros};
use crate::random::Random;
use overround::odds_event::{Barrier, BarrierCause, Ended, Filter, FixtureUnset, FixtureUpdate};
use overround::{FeedId, Key, OddsEvent, Timestamp};

impl World {
    /// The slot's next happening; returns when it wants to be asked again.
    pub(super) fn live(&mut self, index: usize, out: &mut Vec<OddsEvent>) -> i64 {
        match self.slots[index].phase {
            Phase::Over => self.announce(index, out),
            Phase::Ahead => self.wait_for_start(index, out),
            Phase::Live => self.play(index, out),
        }
        let slot = &self.slots[index];
        let tick = micros(self.params.tick_s * self.random.within(0.7, 1.3));
        match slot.phase {
            Phase::Over => self.clock + micros(self.random.within(0.1, self.params.tick_s)),
            Phase::Ahead => slot.start.clamp(self.clock + 1, self.clock + tick),
            Phase::Live => slot.end.clamp(self.clock + 1, self.clock + tick / 2),
        }
    }

    fn announce(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        // The first ones are spread over a whole life, as if the world had gone on for long.
        let least = if self.is_young { 0.01 } else { 0.5 };
        let start = self.clock + micros(self.params.lead_s * self.random.within(least, 1.5));
        self.slots[index].plan(&mut self.random, &self.params, &self.books, &mut self.ids, start);
        let slot = &mut self.slots[index];
        let sport = slot.sport();
        let league = self.random.pick(&sport.leagues);
        let start = self.random.maybe(95, &[Timestamp(slot.start)]);
        slot.tells_start = start.is_some();
        out.push(OddsEvent::Fixture(FixtureUpdate {
            sport: self.random.maybe(97, &[Key::of(sport.name)]),
            league: self.random.maybe(80, &[Key::of(league)]),
            start,
            live: self.random.maybe(30, &[false]),
            ..blank(slot)
        }));
    }

    fn wait_for_start(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        let slot = &mut self.slots[index];
        slot.drift(&mut self.random, self.params.volatility);
        if self.clock >= slot.start {
            self.start(index, out);
            return;
        }
        if !self.random.happens(self.params.faults.moved_starts) {
            return;
        }
        let length = slot.end - slot.start;
        let fixture = slot.fixture;
        match self.random.below(5) {
            0 => {
                // Called off.
                out.push(OddsEvent::Ended(Ended {
                    fixture,
                    home_score: None,
                    away_score: None,
                    winner: None,
                    void: true,
                }));
                self.close(index);
                return;
            }
            // Kicks off early, the schedule being mended or not.
            1 => slot.start = self.clock,
            2 => {
                let unset =
                    FixtureUnset { fixture, sport: false, league: false, start: true, live: self.random.chance(50) };
                out.push(OddsEvent::FixtureUnset(unset));
                slot.tells_start = false;
                return;
            }
            _ => slot.start += micros(self.params.lead_s * self.random.within(0.05, 0.5)),
        }
        slot.end = slot.start + length;
        if self.random.chance(80) {
            slot.tells_start = true;
            out.push(OddsEvent::Fixture(FixtureUpdate { start: Some(Timestamp(slot.start)), ..blank(slot) }));
        }
    }

    fn start(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        self.in_play.push(index);
        let slot = &mut self.slots[index];
        slot.phase = Phase::Live;
        slot.jump += 1;
        if slot.says_live {
            out.push(OddsEvent::Fixture(FixtureUpdate { live: Some(true), ..blank(slot) }));
        }
        // Who does not quote in play takes the prices away, suspends them, or leaves them standing.
        for book in self.books.iter().filter(|book| !book.plays_live) {
            let filter = Filter { bookmaker: Some(book.id), fixture: Some(slot.fixture), ..Filter::default() };
            match self.random.below(3) {
                0 => out.push(OddsEvent::Removed(Box::new(filter))),
                1 => out.push(OddsEvent::Suspended(Box::new(filter))),
                _ => {}
            }
            let markets = slot.markets.len();
            let first = book.id.index() * markets;
            slot.columns[first..first + markets].iter_mut().for_each(|column| {
                (column.is_open, column.is_offered) = (false, false);
            });
        }
    }

    fn play(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        let slot = &mut self.slots[index];
        if self.clock >= slot.end {
            self.end(index, out);
            return;
        }
        let sport = slot.sport();
        let (gone, length) = (slot.play_gone(self.clock), self.params.play_s);
        slot.drift(&mut self.random, self.params.volatility * 2.0);
        slot.truths[0].sure = 1.0 / overround_math::float::sqrt((1.0 - gone).max(0.05));
        let barrier = |cause| OddsEvent::Barrier(Barrier { fixture: slot.fixture, cause });
        let per_tick = sport.scores.0 * self.params.tick_s / 2.0 / length;
        let is_new_period = gone * f64::from(sport.periods) > f64::from(slot.periods) + 1.0;
        if self.random.happens(per_tick) {
            out.push(barrier(BarrierCause::Score));
            slot.score(&mut self.random, 1.0 - gone);
            self.suspend_after_score(index, out);
        } else if is_new_period {
            let cause = if self.random.chance(70) { BarrierCause::Period } else { BarrierCause::Resume };
            out.push(barrier(cause));
            slot.periods += 1;
        } else if self.random.chance(1) {
            let cause = self.random.pick(&[BarrierCause::AnchorSuspended, BarrierCause::Other]);
            out.push(barrier(cause));
        }
    }

    fn suspend_after_score(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        let slot = &mut self.slots[index];
        for book in self.books.iter().filter(|book| book.plays_live && !book.is_down) {
            if !self.random.chance(40) {
                continue;
            }
            let fixture = Some(slot.fixture);
            out.push(OddsEvent::Suspended(Box::new(Filter { bookmaker: Some(book.id), fixture, ..Filter::default() })));
            let markets = slot.markets.len();
            let first = book.id.index() * markets;
            slot.columns[first..first + markets].iter_mut().for_each(|column| column.is_suspended = column.is_open);
        }
        if self.random.chance(5) {
            // The provider suspends the whole fixture.
            let filter = Filter { feed: FeedId(0), fixture: Some(slot.fixture), ..Filter::default() };
            out.push(OddsEvent::Suspended(Box::new(filter)));
            slot.columns.iter_mut().for_each(|column| column.is_suspended = column.is_open);
        }
    }

    fn end(&mut self, index: usize, out: &mut Vec<OddsEvent>) {
        let slot = &self.slots[index];
        // Nobody would ever forget a fixture of which neither start nor end were told.
        if !self.random.happens(self.params.faults.silent_ends) || !slot.tells_start {
            let [home, away] = slot.scores.map(Some);
            let winner = slot.families[0].question.outcomes(slot.runners).first().map(|name| Key::of(name));
            let void = self.random.chance(1);
            let fixture = slot.fixture;
            out.push(OddsEvent::Ended(Ended { fixture, home_score: home, away_score: away, winner, void }));
        }
        self.close(index);
    }

    /// Takes the fixture out of the slot, keeping its name for records that come too late.
    fn close(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.phase = Phase::Over;
        let market = slot.markets.iter().find_map(|market| market.id);
        self.late[self.late_at] = (Some(slot.fixture), market);
        self.late_at = (self.late_at + 1) % self.late.len();
        self.in_play.retain(|&other| other != index);
    }
}

impl Slot {
    /// The share of play that is gone.
    fn play_gone(&self, now: i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "times within one play, far below 2^53 µs")]
        let share = (now - self.start) as f64 / (self.end - self.start).max(1) as f64;
        share.clamp(0.0, 1.0)
    }

    /// The truth moves a little, by so many logits in the usual case.
    fn drift(&mut self, random: &mut Random, volatility: f64) {
        let sport = self.sport();
        let truth = self.truths[0];
        self.truths.copy_within(..MEMORY - 1, 1);
        let unit = volatility / (1.7 * truth.sure.max(1.0));
        self.truths[0].margin += random.normal() * unit * sport.margin_sd;
        self.truths[0].total = (truth.total + random.normal() * unit * sport.total.1).max(0.3);
        self.truths[0].form = (truth.form + random.normal() * volatility).clamp(-2.0, 2.0);
    }

    /// Somebody scores: what was to be expected of it had been priced in.
    fn score(&mut self, random: &mut Random, left: f64) {
        let points = self.sport().scores.1;
        let by_home = random.chance(50);
        #[expect(clippy::cast_possible_truncation, reason = "a few points")]
        let whole = points as i32;
        self.scores[usize::from(!by_home)] += whole;
        let truth = &mut self.truths[0];
        truth.margin += if by_home { points } else { -points } * 0.9;
        truth.total += points * left;
        self.jump += 1;
    }
}

/// An update of the fixture that says nothing.
fn blank(slot: &Slot) -> FixtureUpdate {
    FixtureUpdate { fixture: slot.fixture, key: slot.key, sport: None, league: None, start: None, live: None }
}
