//! Which quotes count, and why the others do not.

use super::{Books, Column, Quote};
use crate::deadlines::DeadlineKind;
use crate::ids::{BookmakerId, FixtureId, MarketId};
use crate::opportunity::Reason;
use crate::time::Timestamp;

/// What all quotes of a market must pass at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    now: Timestamp,
    fixture: FixtureId,
    is_retired: bool,
    pub(crate) start: Option<Timestamp>,
    pub(crate) barrier: Option<Timestamp>,
    pub(crate) max_age_us: Option<i64>,
}

impl Gate {
    /// The first time at which the quote, which counts now, is too old if it stays as it is; `None` at the end of time.
    fn expiry(&self, quote: &Quote) -> Option<Timestamp> {
        self.max_age_us.map(|limit| quote.age_base().plus_us(limit).plus_us(1)).filter(|&at| at > self.now)
    }
}

impl Books {
    /// What the market's quotes must pass now.
    pub(crate) fn gate(&self, id: MarketId) -> Gate {
        let market = &self.markets[id.index()];
        let fixture = &self.fixtures[market.fixture.index()];
        let rules = self.rules.set(market.rules);
        Gate {
            now: self.now,
            fixture: market.fixture,
            is_retired: fixture.retired,
            start: fixture.start.filter(|&start| rules.start_barrier && start <= self.now),
            barrier: fixture.barrier,
            max_age_us: if fixture.is_live(self.now) { rules.max_age_live_us } else { rules.max_age_prematch_us },
        }
    }

    /// Why the quote does not count: the first that holds in the order of [`Reason`]; `None` if it counts.
    pub(crate) fn obstacle(&self, gate: &Gate, quote: &Quote, bookmaker: BookmakerId) -> Option<Reason> {
        if gate.is_retired {
            Some(Reason::Ended)
        } else if !quote.is_present() {
            Some(if quote.is_gone_by_resync() { Reason::Resync } else { Reason::Removed })
        } else if gate.start.is_some_and(|start| !quote.passes(start)) {
            Some(Reason::Started)
        } else if gate.barrier.is_some_and(|barrier| !quote.passes(barrier)) {
            Some(Reason::Barrier)
        } else if quote.is_awaiting() {
            Some(Reason::Resync)
        } else if !quote.is_active() {
            Some(Reason::Suspended)
        } else if self.freshness(gate.fixture, bookmaker) == 0.0 {
            Some(Reason::Source)
        } else if gate.max_age_us.is_some_and(|limit| quote.age_us(gate.now) > limit) {
            Some(Reason::Stale)
        } else {
            None
        }
    }

    /// Judges one cell again; returns when it will be too old. `moved`: its price or activity is another than when it was last
    /// judged.
    fn judge_cell(&mut self, id: MarketId, gate: &Gate, (row, slot): (usize, usize), moved: bool) -> Option<Timestamp> {
        let market = &self.markets[id.index()];
        let bookmaker = market.slots[slot];
        let cell = market.block.cell(row, slot);
        let is_back = row < market.n();
        let quote = &self.grid.quotes[cell];
        let counts = self.obstacle(gate, quote, bookmaker).is_none();
        let expiry = if counts { gate.expiry(quote) } else { None };
        if !moved && counts == self.grid.counts[cell] {
            return expiry;
        }
        let price = self.grid.quotes[cell].price();
        self.grid.counts[cell] = counts;
        self.grid.net[cell] = if counts { self.base_net(bookmaker, price, is_back) } else { 0.0 };
        if is_back {
            let is_anchor = self.fair_rules(id).bookmaker(bookmaker).anchor.is_some();
            let market = &mut self.markets[id.index()];
            market.columns[slot] = Column::Unsolved;
            market.bars.moved(is_anchor);
        }
        self.touch(id);
        expiry
    }

    /// Judges one cell again.
    pub(crate) fn refresh_cell(&mut self, id: MarketId, gate: &Gate, cell: (usize, usize), moved: bool) {
        if let Some(expiry) = self.judge_cell(id, gate, cell, moved) {
            self.arm_recheck(id, expiry);
        }
    }

    /// Judges every cell of a market again, and arms its next recheck once.
    fn refresh_cells(&mut self, id: MarketId, moved: bool) {
        let gate = self.gate(id);
        let market = &self.markets[id.index()];
        let (rows, slots) = (market.block.rows, market.slots.len());
        let cells = (0..rows).flat_map(|row| (0..slots).map(move |slot| (row, slot)));
        let first = cells.filter_map(|cell| self.judge_cell(id, &gate, cell, moved)).min();
        if let Some(expiry) = first {
            self.arm_recheck(id, expiry);
        }
    }

    /// Net price under everybody's commissions; 0 where it does not count as a bet.
    fn base_net(&self, bookmaker: BookmakerId, price: f64, is_back: bool) -> f64 {
        crate::detect::net_price(self.rules.bookmaker(bookmaker).commission, price, is_back).unwrap_or(0.0)
    }

    /// Looks at the market's ages again no later than `at`.
    pub(crate) fn arm_recheck(&mut self, id: MarketId, at: Timestamp) {
        let recheck = &mut self.markets[id.index()].recheck;
        if recheck.is_none_or(|armed| at < armed) {
            *recheck = Some(at);
            self.deadlines.push(at, DeadlineKind::Age, id.0);
        }
    }

    /// Judges every cell of a market again.
    pub(crate) fn refresh_market(&mut self, id: MarketId) {
        self.refresh_cells(id, false);
    }

    /// Judges every market of a fixture again, after something that concerns the whole fixture.
    pub(crate) fn refresh_fixture(&mut self, id: FixtureId) {
        for family in self.fixtures[id.index()].families.clone() {
            self.families[family.index()].sport = self.sport_of(&self.families[family.index()]);
        }
        let markets = core::mem::take(&mut self.fixtures[id.index()].markets);
        for &market in &markets {
            if self.find_rules(market) {
                self.forget_columns(market);
            }
            self.markets[market.index()].bars.forget();
            self.refresh_market(market);
            self.touch(market);
        }
        self.fixtures[id.index()].markets = markets;
    }

    /// Judges every market again in which the bookmaker stands: its source changed.
    pub(crate) fn refresh_bookmaker(&mut self, bookmaker: BookmakerId) {
        for market in self.markets_of(bookmaker) {
            self.refresh_source(market, bookmaker);
        }
    }

    /// Judges a bookmaker's cells of one market again, and the market with its new weight.
    pub(crate) fn refresh_source(&mut self, market: MarketId, bookmaker: BookmakerId) {
        let Some(slot) = self.markets[market.index()].slot_of(bookmaker) else { return };
        let gate = self.gate(market);
        for row in 0..self.markets[market.index()].block.rows {
            self.refresh_cell(market, &gate, (row, slot), false);
        }
        let is_anchor = self.fair_rules(market).bookmaker(bookmaker).anchor.is_some();
        self.markets[market.index()].bars.moved(is_anchor);
        self.touch(market);
    }

    /// Finds every net price again: commissions or ranks changed.
    pub(crate) fn price_again(&mut self, id: MarketId) {
        self.markets[id.index()].recheck = None;
        self.refresh_cells(id, true);
    }

    /// All columns are to be solved again.
    pub(crate) fn forget_columns(&mut self, id: MarketId) {
        let market = &mut self.markets[id.index()];
        market.columns.iter_mut().for_each(|column| *column = Column::Unsolved);
        market.bars.forget();
    }
}
