//! What a poll of one bookmaker's prices for one fixture brings.

use super::World;
use super::bookmaker::{Bookmaker, Link, Stamp, increment};
use super::slot::{Column, Family, Market, Phase, Slot};
use super::sport::MAX_OUTCOMES;
use crate::random::Random;
use overround::odds_event::{Filter, OddsUpdate, Side};
use overround::{FeedId, MarketId, OddsEvent, OutcomeIndex, Timestamp};
use overround_math::odds::Odds;

/// Which part of the sheet comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    First,
    Second,
    /// All that stands, unchanged or not; little of it is lost.
    Snapshot,
}

/// How many prices came, and how many of them had been there before.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) came: u64,
    pub(super) repeated: u64,
}

impl World {
    /// The records that a poll of the slot by the link brings.
    pub(super) fn poll(&mut self, link: &Link, slot: usize, part: Part, out: &mut Vec<OddsEvent>) {
        if self.slots[slot].phase == Phase::Over {
            return;
        }
        let families = self.slots[slot].families.len();
        let range = match part {
            Part::All | Part::Snapshot => 0..families,
            Part::First => 0..families.div_ceil(2),
            Part::Second => families.div_ceil(2)..families,
        };
        for family in range {
            if link.is_copy {
                self.copy(link, slot, family, out);
            } else {
                self.quote(link, slot, family, part, out);
            }
        }
    }

    /// A family by the feed that has it first hand.
    fn quote(&mut self, link: &Link, slot: usize, family: usize, part: Part, out: &mut Vec<OddsEvent>) {
        let book = &self.books[link.bookmaker];
        let slot = &mut self.slots[slot];
        let opinion = link.bookmaker * slot.families.len() + family;
        let has_jumped = slot.opinions[opinion].jump != slot.jump;
        // Keeps the share of repeats where it should be, whatever comes and goes.
        #[expect(clippy::cast_precision_loss, reason = "a share needs no exact counts")]
        let too_many = self.tally.repeated as f64 > self.params.repeats * self.tally.came as f64;
        let rate = (1.0 - self.params.repeats) * if too_many { 3.0 } else { 0.1 };
        let moves = has_jumped || self.random.happens(rate);
        if !moves && !book.repeats && part != Part::Snapshot {
            return;
        }
        if moves {
            let blunder =
                if self.random.happens(self.params.faults.blunders) { self.random.within(-1.0, 1.0) } else { 0.0 };
            let own = &mut slot.opinions[opinion];
            own.jump = slot.jump;
            own.shift = 0.8 * own.shift + 0.6 * self.params.disagreement * self.random.normal() + blunder;
        }
        let mut pen =
            Pen { random: &mut self.random, book, feed: link.feed, now: self.clock, tally: &mut self.tally, out };
        let Family { first, count, .. } = slot.families[family];
        let window = self.params.lines.max(1) as usize;
        let shown = shown_lines(slot, family, book.lag, window);
        for market in first..first + count {
            let is_shown = shown.contains(&(market - first));
            let column = slot.columns[link.bookmaker * slot.markets.len() + market];
            match (column.is_open, column.is_offered && is_shown) {
                (false, false) => {}
                (true, false) => pen.withdraw(slot, family, market),
                (true, true) if part == Part::Snapshot && pen.random.chance(1) => pen.lose(slot, market),
                (is_open, true) => {
                    let id = slot.market_id(family, market, &mut self.ids, pen.out);
                    if moves || !is_open {
                        pen.price(slot, family, market);
                    }
                    let is_main = market - first == shown.start + (shown.end - shown.start) / 2;
                    pen.say(slot, (market, id), !moves && is_open, is_main);
                }
            }
        }
    }

    /// A family by another feed: what stands, or stood before, with the bookmaker's time of it.
    fn copy(&mut self, link: &Link, slot: usize, family: usize, out: &mut Vec<OddsEvent>) {
        let book = &self.books[link.bookmaker];
        let slot = &self.slots[slot];
        let Family { first, count, .. } = slot.families[family];
        let is_late = self.random.chance(5);
        let now = self.clock - if is_late { 5_000_000 } else { 0 };
        let pen = Pen { random: &mut self.random, book, feed: link.feed, now, tally: &mut self.tally, out };
        for market in first..first + count {
            let column = slot.columns[link.bookmaker * slot.markets.len() + market];
            let (Some(id), true) = (slot.markets[market].id, column.is_open && !column.is_suspended) else { continue };
            let made = if is_late { column.made_before } else { column.made };
            let at = link.bookmaker * slot.cells_each + slot.markets[market].first_cell;
            for (outcome, cell) in (0_u16..).zip(&slot.cells[at..at + slot.markets[market].outcomes]) {
                let price = if is_late && cell[1] > 0.0 { cell[1] } else { cell[0] };
                let update = pen.update(id, outcome, price);
                pen.out.push(OddsEvent::Odds(OddsUpdate { source_ts: pen.stamp(made), ..update }));
                pen.tally.came += 1;
                pen.tally.repeated += u64::from(price == cell[0]);
            }
        }
    }
}

/// Which lines of a family a bookmaker shows, by place: those around the centre as it sees it.
fn shown_lines(slot: &Slot, family: usize, lag: usize, window: usize) -> std::ops::Range<usize> {
    let Family { question, first, count, .. } = slot.families[family];
    if !question.has_lines() {
        return 0..count;
    }
    let centre = slot.sport().centre(question, &slot.truths[lag]);
    let markets = &slot.markets[first..first + count];
    let below = markets.iter().filter(|market| market.line.is_some_and(|line| line.as_f64() < centre)).count();
    let start = below.saturating_sub(window / 2).min(count.saturating_sub(window));
    start..(start + window).min(count)
}

/// Writes one bookmaker's records.
struct Pen<'a> {
    random: &'a mut Random,
    book: &'a Bookmaker,
    feed: FeedId,
    now: i64,
    tally: &'a mut Tally,
    out: &'a mut Vec<OddsEvent>,
}

impl Pen<'_> {
    fn column<'s>(&self, slot: &'s mut Slot, market: usize) -> &'s mut Column {
        let index = self.book.id.index() * slot.markets.len() + market;
        &mut slot.columns[index]
    }

    /// The line is shown no longer.
    fn withdraw(&mut self, slot: &mut Slot, family: usize, market: usize) {
        let of = &slot.families[family];
        self.out.push(OddsEvent::Removed(Box::new(Filter {
            feed: self.feed,
            bookmaker: Some(self.book.id),
            fixture: Some(slot.fixture),
            market_type: Some(of.market_type),
            period: Some(of.period),
            line: slot.markets[market].line,
            ..Filter::default()
        })));
        self.lose(slot, market);
    }

    /// The quotes are gone and nobody says so.
    fn lose(&mut self, slot: &mut Slot, market: usize) {
        let column = self.column(slot, market);
        (column.is_open, column.is_suspended) = (false, false);
    }

    /// Makes new prices of a market.
    fn price(&mut self, slot: &mut Slot, family: usize, market: usize) {
        let of = slot.families[family];
        let Market { line, outcomes, first_cell, .. } = slot.markets[market];
        let shift = slot.opinions[self.book.id.index() * slot.families.len() + family].shift;
        let mut chances = [0.0; MAX_OUTCOMES];
        let chances = &mut chances[..outcomes];
        let line = line.map_or(0.0, |line| line.as_f64());
        slot.sport().chances(of.question, line, &slot.truths[self.book.lag], shift, chances);
        let first = self.book.id.index() * slot.cells_each + first_cell;
        for (cell, chance) in slot.cells[first..first + outcomes].iter_mut().zip(chances) {
            let shown = self.book.grid.shown(1.0 / (*chance * (1.0 + self.book.margin)));
            *cell = [shown, cell[0]];
        }
        let now = self.now;
        let limit =
            if self.book.has_limits { self.random.pick(&[25.0, 100.0, 250.0, 500.0, 1_000.0, 5_000.0]) } else { 0.0 };
        let column = self.column(slot, market);
        column.made_before = if column.made == 0 { now } else { column.made };
        (column.made, column.limit) = (now, limit);
    }

    /// Says what stands in a market.
    fn say(&mut self, slot: &mut Slot, (market, id): (usize, MarketId), is_repeat: bool, is_main: bool) {
        let stays_shut = self.random.chance(20);
        let column = self.column(slot, market);
        let was_suspended = column.is_suspended;
        column.is_suspended &= stays_shut;
        column.is_open = true;
        let column = *column;
        let Market { outcomes, first_cell, .. } = slot.markets[market];
        let first = self.book.id.index() * slot.cells_each + first_cell;
        let source_ts = self.stamp(column.made);
        let limit = self.book.has_limits.then_some(column.limit);
        let main = (self.book.says_main && slot.markets[market].line.is_some()).then_some(is_main);
        for (outcome, cell) in (0_u16..).zip(&slot.cells[first..first + outcomes]) {
            let mut update = OddsUpdate { source_ts, limit, main, ..self.update(id, outcome, cell[0]) };
            if column.is_suspended {
                update = OddsUpdate { active: false, price: update.price.filter(|_| outcome == 0), ..update };
            }
            self.out.push(OddsEvent::Odds(update));
            let is_repeated = !was_suspended && (is_repeat || cell[0] == cell[1]);
            let mut records = 1;
            if self.book.takes_lays {
                let lay = cell[0] + 2.0 * increment(cell[0]);
                let price = update.price.and_then(|_| Odds::new(lay).ok());
                self.out.push(OddsEvent::Odds(OddsUpdate { side: Side::Lay, price, ..update }));
                records = 2;
            }
            self.tally.came += records;
            self.tally.repeated += if is_repeated { records } else { 0 };
        }
    }

    /// A back price with nothing else said. Its price is there: all that are shown lie within the range of prices.
    fn update(&self, market: MarketId, outcome: u16, price: f64) -> OddsUpdate {
        OddsUpdate {
            market,
            bookmaker: self.book.id,
            outcome: OutcomeIndex(outcome),
            side: Side::Back,
            feed: self.feed,
            active: true,
            main: None,
            price: Odds::new(price).ok(),
            limit: None,
            source_ts: None,
        }
    }

    /// The bookmaker's own time of prices made then.
    fn stamp(&self, made: i64) -> Option<Timestamp> {
        match self.book.stamp {
            Stamp::None => None,
            Stamp::Made => Some(Timestamp(made + self.book.ahead_us - 300_000)),
            Stamp::Asked => Some(Timestamp(self.now + self.book.ahead_us - 80_000)),
        }
    }
}
