//! What records do to quotes.

use super::grid::part;
use super::{Basis, Books, Flags, Quote};
use crate::code::code_struct;
use crate::ids::{BookmakerId, FixtureId, MarketId, OutcomeIndex};
use crate::odds_event::{Filter, OddsUpdate, Scope, Side};
use crate::time::Timestamp;
use alloc::vec::Vec;

/// Names a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct QuoteKey {
    pub(crate) market: MarketId,
    pub(crate) outcome: OutcomeIndex,
    pub(crate) side: Side,
    pub(crate) bookmaker: BookmakerId,
}

code_struct!(QuoteKey { market, outcome, side, bookmaker });

impl QuoteKey {
    /// The quote that an odds record is about.
    pub(crate) const fn of(update: &OddsUpdate) -> Self {
        Self { market: update.market, outcome: update.outcome, side: update.side, bookmaker: update.bookmaker }
    }
}

/// What an odds record did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// Price or activity moved.
    Moved,
    /// Only clocks, limit and the like.
    Refreshed,
    /// It lost to a newer one of another feed.
    Superseded,
}

/// A back price that moved, of a quote that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    pub(crate) row: usize,
    pub(crate) slot: usize,
    /// Net prices.
    pub(crate) from: f64,
    pub(crate) to: f64,
    /// Do the bars follow from it?
    pub(crate) is_anchor: bool,
}

impl Books {
    /// Writes a back price into a market that is quiet, if nothing else than numbers changes, and looks whether it stays quiet: what a
    /// check, [`write`](Self::write) and the screen would do, for nearly all odds events. `None`: nothing was done.
    #[inline(always)]
    pub(crate) fn write_quiet(&mut self, update: &OddsUpdate) -> Option<Written> {
        let now = self.now;
        let new = Quote::of_usual(update, now)?;
        let market = self.markets.get_mut(update.market.index())?;
        let row = update.outcome.index();
        if !market.is_quiet() || update.side == Side::Lay || row >= market.n() || self.rules.has_other_commissions() {
            return None;
        }
        let rules = self.rules.set(market.rules);
        let bookmaker = self.bookmakers.get_mut(update.bookmaker.index())?;
        let anchor = rules.fair.bookmaker(update.bookmaker).anchor;
        // Bars that are a bound follow from one anchor, which is this one if it has a weight.
        let is_free = anchor.is_none_or(|weight| weight > 0.0 && market.basis == Basis::AnchorBound);
        if !(is_free && bookmaker.source.counts())
            || self.rules.bookmaker(update.bookmaker).commission.is_some()
            || update.limit.is_some_and(|limit| !OddsUpdate::is_limit(limit))
        {
            return None;
        }
        if let Some(limit) = rules.max_age_us(market.flags.has(Flags::LIVE)) {
            // The market has to be looked at before this quote can be too old.
            let base = if update.source_ts.is_some() { Timestamp(new.source) } else { now };
            let expiry = base.plus_us(limit).plus_us(1);
            if expiry <= now || market.recheck().is_none_or(|armed| expiry < armed) {
                return None;
            }
        }
        self.usual = market.block.at(0);
        let mut cells = self.grid.cells_mut(market.block);
        let slot = bookmaker.find(&cells, update.bookmaker)?;
        let from = cells.net(row, slot);
        if !cells.renew(row, slot, &new, new.price)? {
            return Some(Written::Refreshed);
        }
        let moved = Move { row, slot, from, to: new.price, is_anchor: anchor.is_some() };
        if !crate::detect::stays_quiet(&mut cells, market.basis, rules, moved) {
            market.moved(moved.is_anchor);
            market.flags.put(Flags::DIRTY, true);
            self.dirty.push(update.market);
        }
        Some(Written::Moved)
    }

    /// Writes a quote. The market and outcome exist and the fixture is not retired.
    pub(crate) fn write(&mut self, update: &OddsUpdate, is_awaiting: bool) -> Written {
        if !is_awaiting && let Some(written) = self.write_usual(update) {
            return written;
        }
        let (id, now) = (update.market, self.now);
        let market = &mut self.markets[id.index()];
        let mut needed = if update.side == Side::Lay { part::LAYS | part::SHOWN } else { 0 };
        needed |= if update.limit.is_some() { part::LIMIT } else { 0 };
        needed |= if update.source_ts.is_some() { part::SOURCE } else { 0 };
        self.grid.require(&mut market.block, needed);
        let row = update.outcome.index() + if update.side == Side::Lay { market.n() } else { 0 };
        let slot = match self.grid.cells(market.block).slot_of(update.bookmaker) {
            Some(slot) => slot,
            None => self.open_slot(id, update.bookmaker),
        };

        let market = &mut self.markets[id.index()];
        let mut cells = self.grid.cells_mut(market.block);
        let mut quote = cells.quote(row, slot);
        if quote.outranks(update) {
            return Written::Superseded;
        }
        let counted = cells.counts(row, slot);
        self.quotes += u64::from(!quote.is_present());
        let moved = quote.write(update, now);
        quote.set_awaiting(is_awaiting);
        cells.put(row, slot, &quote);
        self.bases.set(id, market.block.base());
        if !moved && (market.entries > 0 || market.middles > 0) {
            self.refreshed.push(QuoteKey::of(update));
        }
        let written = if moved { Written::Moved } else { Written::Refreshed };
        if !market.flags.has(Flags::PLAIN) || is_awaiting {
            let gate = self.gate(id);
            self.refresh_quote(id, &gate, (row, slot), &quote, moved);
            return written;
        }
        // What is general is known of the market: the rest of the gate is about the quote alone.
        let rules = self.rules.set(market.rules);
        let max_age_us = rules.max_age_us(market.flags.has(Flags::LIVE));
        let counts = quote.is_active()
            && self.bookmakers[update.bookmaker.index()].source.counts()
            && max_age_us.is_none_or(|limit| quote.age_us(now) <= limit);
        if moved || counts != counted {
            self.set_standing(id, (row, slot), update.bookmaker, quote.price(), counts);
        }
        if let Some(limit) = max_age_us
            && counts
            && let Some(expiry) = quote.expiry(limit, now)
        {
            self.arm_recheck(id, expiry);
        }
        written
    }

    /// Writes a quote that counts, as it did before, and of which only numbers change; `None` for all others: then nothing is done.
    /// The same as [`write`](Self::write), without what cannot be here.
    #[inline(always)]
    pub(crate) fn write_usual(&mut self, update: &OddsUpdate) -> Option<Written> {
        let now = self.now;
        let new = Quote::of_usual(update, now)?;
        let market = &mut self.markets[update.market.index()];
        let rules = self.rules.set(market.rules);
        let max_age_us = rules.max_age_us(market.flags.has(Flags::LIVE));
        let age_us = if update.source_ts.is_some() { now.since_us(Timestamp(new.source)) } else { 0 };
        if !market.flags.has(Flags::PLAIN)
            || !self.bookmakers[update.bookmaker.index()].source.counts()
            || max_age_us.is_some_and(|limit| age_us > limit)
        {
            return None;
        }
        let is_back = update.side == Side::Back;
        if !is_back && !market.has_lays() {
            return None;
        }
        let mut cells = self.grid.cells_mut(market.block);
        let slot = self.bookmakers[update.bookmaker.index()].find(&cells, update.bookmaker)?;
        let commission = self.rules.bookmaker(update.bookmaker).commission;
        let net = if is_back && commission.is_none() {
            new.price
        } else {
            crate::detect::net_price(commission, new.price, is_back).unwrap_or(0.0)
        };
        let row = update.outcome.index() + if is_back { 0 } else { market.n() };
        let moved = cells.renew(row, slot, &new, net)?;
        if !moved {
            // Only what stands on it can change.
            if market.entries > 0 || market.middles > 0 {
                self.refreshed.push(QuoteKey::of(update));
            }
        } else {
            if is_back {
                market.moved(rules.fair.is_anchor(update.bookmaker));
            }
            if !market.flags.has(Flags::DIRTY) {
                market.flags.put(Flags::DIRTY, true);
                self.dirty.push(update.market);
            }
        }
        if let Some(limit) = max_age_us {
            let base = if update.source_ts.is_some() { Timestamp(new.source) } else { now };
            let expiry = base.plus_us(limit).plus_us(1);
            if expiry > now && market.recheck().is_none_or(|armed| expiry < armed) {
                self.arm_recheck(update.market, expiry);
            }
        }
        Some(if moved { Written::Moved } else { Written::Refreshed })
    }

    /// Writes a quote that was changed otherwise, and judges it again.
    fn rewrite(&mut self, id: MarketId, (row, slot): (usize, usize), quote: &Quote, moved: bool) {
        self.grid.cells_mut(self.markets[id.index()].block).put(row, slot, quote);
        let gate = self.gate(id);
        self.refresh_quote(id, &gate, (row, slot), quote, moved);
    }

    /// Puts a quote where there is none, as it was; whether it counts is found when its market is judged again. `false`: there is one.
    pub(crate) fn place(&mut self, key: QuoteKey, quote: &Quote) -> bool {
        let market = &mut self.markets[key.market.index()];
        let row = key.outcome.index() + if key.side == Side::Lay { market.n() } else { 0 };
        let mut needed = if key.side == Side::Lay { part::LAYS } else { 0 };
        needed |= if quote.limit().is_some() { part::LIMIT } else { 0 };
        needed |= if quote.source_ts().is_some() { part::SOURCE } else { 0 };
        self.grid.require(&mut market.block, needed);
        let slot = match self.slot_of(key.market, key.bookmaker) {
            Some(slot) => slot,
            None => self.open_slot(key.market, key.bookmaker),
        };
        let mut cells = self.grid.cells_mut(self.markets[key.market.index()].block);
        let is_free = !cells.quote(row, slot).is_present();
        cells.put(row, slot, quote);
        cells.stand((row, slot), quote.price(), false, 0.0);
        self.quotes += 1;
        is_free
    }

    /// Removes the quotes that match.
    pub(crate) fn remove_matching(&mut self, filter: &Filter) {
        for key in self.matching(filter) {
            self.remove_quote(key, false);
        }
    }

    /// Makes the quotes that match inactive.
    pub(crate) fn suspend_matching(&mut self, filter: &Filter) {
        for key in self.matching(filter) {
            let (row, slot) = self.cell_of(key).expect("a matching quote has a cell");
            let mut quote = self.cells(key.market).quote(row, slot);
            if quote.suspend(self.now) {
                self.rewrite(key.market, (row, slot), &quote, true);
            }
        }
    }

    /// Removes one quote.
    pub(crate) fn remove_quote(&mut self, key: QuoteKey, by_resync: bool) {
        let Some((row, slot)) = self.cell_of(key) else { return };
        let mut quote = self.cells(key.market).quote(row, slot);
        if quote.is_present() {
            quote.remove(by_resync);
            self.quotes -= 1;
            self.rewrite(key.market, (row, slot), &quote, true);
        }
    }

    /// Present quotes last written by the scope's feed.
    pub(crate) fn quotes_in(&mut self, scope: &Scope) -> Vec<QuoteKey> {
        let markets = match (scope.fixture, scope.bookmaker) {
            (Some(fixture), _) => self.markets_in(fixture),
            (None, Some(bookmaker)) => self.markets_of(bookmaker),
            (None, None) => self.fixtures.iter().flat_map(|(_, fixture)| fixture.markets.iter().copied()).collect(),
        };
        let mut keys = Vec::new();
        for market in markets {
            self.collect(market, scope.bookmaker, |quote| quote.feed() == scope.feed, &mut keys);
        }
        keys
    }

    /// Sets whether a quote waits for a snapshot.
    pub(crate) fn set_awaiting(&mut self, key: QuoteKey, on: bool) {
        let Some((row, slot)) = self.cell_of(key) else { return };
        let mut quote = self.cells(key.market).quote(row, slot);
        quote.set_awaiting(on);
        self.rewrite(key.market, (row, slot), &quote, false);
    }

    /// Row and slot of a quote, if its bookmaker ever quoted the market on that side.
    pub(crate) fn cell_of(&self, key: QuoteKey) -> Option<(usize, usize)> {
        let market = &self.markets[key.market.index()];
        let slot = self.slot_of(key.market, key.bookmaker)?;
        let row = key.outcome.index() + if key.side == Side::Lay { market.n() } else { 0 };
        (row < market.block.rows()).then_some((row, slot))
    }

    /// Markets of a fixture; none if it is gone, as it may be when a record that was held back is applied.
    fn markets_in(&self, fixture: FixtureId) -> Vec<MarketId> {
        self.fixtures.get(fixture.index()).here().map_or_else(Vec::new, |fixture| fixture.markets.clone())
    }

    fn matching(&mut self, filter: &Filter) -> Vec<QuoteKey> {
        let markets = match (filter.fixture, filter.bookmaker) {
            (Some(fixture), _) => self.markets_in(fixture),
            (None, Some(bookmaker)) => self.markets_of(bookmaker),
            (None, None) => Vec::new(),
        };
        let mut keys = Vec::new();
        for id in markets {
            let market = &self.markets[id.index()];
            let family = &self.families[market.family.index()];
            let is_named = filter.market_type.is_none_or(|key| key == family.market_type)
                && filter.period.is_none_or(|key| key == family.period)
                && filter.participant.is_none_or(|key| key == family.participant);
            let has_line = filter.outcome.is_some() || filter.line.is_none() || filter.line == market.line();
            if !(is_named && has_line) {
                continue;
            }
            let at = keys.len();
            self.collect(id, filter.bookmaker, |_| true, &mut keys);
            let market = &self.markets[id.index()];
            let matches = |key: &QuoteKey| {
                let outcome = key.outcome.index();
                filter.side.is_none_or(|side| side == key.side)
                    && filter.outcome.is_none_or(|wanted| {
                        wanted == market.outcomes[outcome]
                            && (filter.line.is_none() || filter.line == market.own_line(outcome))
                    })
            };
            let mut kept = at;
            for i in at..keys.len() {
                if matches(&keys[i]) {
                    keys[kept] = keys[i];
                    kept += 1;
                }
            }
            keys.truncate(kept);
        }
        keys
    }

    /// Collects the market's present quotes of one bookmaker or all.
    pub(crate) fn collect(
        &self,
        id: MarketId,
        bookmaker: Option<BookmakerId>,
        wanted: impl Fn(&Quote) -> bool,
        keys: &mut Vec<QuoteKey>,
    ) {
        let market = &self.markets[id.index()];
        let cells = self.cells(id);
        for slot in 0..market.slots() {
            let of = cells.bookmaker(slot);
            if bookmaker.is_some_and(|bookmaker| bookmaker != of) {
                continue;
            }
            for row in 0..market.block.rows() {
                let quote = cells.quote(row, slot);
                if quote.is_present() && wanted(&quote) {
                    let (outcome, side) = side_of_row(row, market.n());
                    keys.push(QuoteKey { market: id, outcome, side, bookmaker: of });
                }
            }
        }
    }

    /// Makes a slot for a bookmaker that has none in the market, in rank order.
    #[cold]
    fn open_slot(&mut self, id: MarketId, bookmaker: BookmakerId) -> usize {
        let rank = self.rules.bookmaker(bookmaker).rank;
        let market = &mut self.markets[id.index()];
        let slots = market.slots();
        let cells = self.grid.cells(market.block);
        let at = (0..slots).position(|slot| self.rules.bookmaker(cells.bookmaker(slot)).rank >= rank).unwrap_or(slots);
        self.grid.open_slot(&mut market.block, at, bookmaker);
        market.basis = Basis::Unknown;
        self.bookmakers[bookmaker.index()].markets.push(id);
        at
    }
}

/// Outcome and side of a row in a market of `n` outcomes.
pub(crate) fn side_of_row(row: usize, n: usize) -> (OutcomeIndex, Side) {
    let (outcome, side) = if row < n { (row, Side::Back) } else { (row - n, Side::Lay) };
    (OutcomeIndex(u16::try_from(outcome).expect("a market has at most 4,096 outcomes")), side)
}
