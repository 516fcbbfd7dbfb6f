//! Which quotes count, and why the others do not.

use super::grid::part;
use super::{Basis, Books, Column, Flags, Quote};
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
        self.max_age_us.and_then(|limit| quote.expiry(limit, self.now))
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
            max_age_us: rules.max_age_us(fixture.is_live(self.now)),
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
    fn judge_cell(
        &mut self,
        id: MarketId,
        gate: &Gate,
        (row, slot): (usize, usize),
        quote: &Quote,
        moved: bool,
    ) -> Option<Timestamp> {
        let cells = self.cells(id);
        let (bookmaker, counted) = (cells.bookmaker(slot), cells.counts(row, slot));
        let counts = self.obstacle(gate, quote, bookmaker).is_none();
        let expiry = if counts { gate.expiry(quote) } else { None };
        if moved || counts != counted {
            self.set_standing(id, (row, slot), bookmaker, quote.price(), counts);
        }
        expiry
    }

    /// Writes a quote's price as shown, whether it counts, and at what net price; its market is to be judged again.
    #[inline(always)]
    pub(super) fn set_standing(
        &mut self,
        id: MarketId,
        (row, slot): (usize, usize),
        bookmaker: BookmakerId,
        price: f64,
        counts: bool,
    ) {
        let market = &mut self.markets[id.index()];
        let is_back = row < market.n();
        let commission = self.rules.bookmaker(bookmaker).commission;
        let net = if counts { crate::detect::net_price(commission, price, is_back).unwrap_or(0.0) } else { 0.0 };
        if counts && net.to_bits() != price.to_bits() {
            self.grid.require(&mut market.block, part::SHOWN);
            self.bases.set(id, market.block.base());
        }
        let mut cells = self.grid.cells_mut(market.block);
        cells.stand((row, slot), price, counts, net);
        if is_back {
            cells.set_state(slot, Column::Unsolved as u8);
            market.moved(self.rules.set(market.rules).fair.is_anchor(bookmaker));
        }
        if !market.flags.has(Flags::DIRTY) {
            market.flags.put(Flags::DIRTY, true);
            self.dirty.push(id);
        }
    }

    /// Judges one cell again.
    pub(crate) fn refresh_cell(&mut self, id: MarketId, gate: &Gate, (row, slot): (usize, usize), moved: bool) {
        let quote = self.cells(id).quote(row, slot);
        self.refresh_quote(id, gate, (row, slot), &quote, moved);
    }

    /// Judges one cell again, which holds this quote.
    pub(super) fn refresh_quote(
        &mut self,
        id: MarketId,
        gate: &Gate,
        cell: (usize, usize),
        quote: &Quote,
        moved: bool,
    ) {
        if let Some(expiry) = self.judge_cell(id, gate, cell, quote, moved) {
            self.arm_recheck(id, expiry);
        }
    }

    /// Judges every cell of a market again, and arms its next recheck once.
    fn refresh_cells(&mut self, id: MarketId, moved: bool) {
        let gate = self.gate(id);
        let market = &self.markets[id.index()];
        let (rows, slots) = (market.block.rows(), market.slots());
        let mut first: Option<Timestamp> = None;
        for (row, slot) in (0..rows).flat_map(|row| (0..slots).map(move |slot| (row, slot))) {
            let quote = self.cells(id).quote(row, slot);
            if let Some(expiry) = self.judge_cell(id, &gate, (row, slot), &quote, moved) {
                first = Some(first.map_or(expiry, |first| first.min(expiry)));
            }
        }
        if let Some(expiry) = first {
            self.arm_recheck(id, expiry);
        }
    }

    /// Looks at the market's ages again no later than `at`.
    pub(crate) fn arm_recheck(&mut self, id: MarketId, at: Timestamp) {
        let market = &mut self.markets[id.index()];
        if market.recheck().is_none_or(|armed| at < armed) {
            market.recheck = at;
            self.deadlines.push(at, DeadlineKind::Age, id.0);
        }
    }

    /// No look at the ages is due any more.
    pub(crate) fn disarm_recheck(&mut self, id: MarketId) {
        self.markets[id.index()].recheck = Timestamp::MIN;
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
        let Some(slot) = self.slot_of(market, bookmaker) else { return };
        let gate = self.gate(market);
        for row in 0..self.markets[market.index()].block.rows() {
            self.refresh_cell(market, &gate, (row, slot), false);
        }
        let is_anchor = self.fair_rules(market).is_anchor(bookmaker);
        self.markets[market.index()].moved(is_anchor);
        self.touch(market);
    }

    /// Finds every net price again: commissions or ranks changed.
    pub(crate) fn price_again(&mut self, id: MarketId) {
        self.disarm_recheck(id);
        self.refresh_cells(id, true);
    }

    /// All columns are to be solved again.
    pub(crate) fn forget_columns(&mut self, id: MarketId) {
        for slot in 0..self.markets[id.index()].slots() {
            self.set_column(id, slot, Column::Unsolved);
        }
        self.markets[id.index()].basis = Basis::Unknown;
    }
}
