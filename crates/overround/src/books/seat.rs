//! Which part of the fixtures an engine keeps prices for.

use crate::ids::{FixtureId, MarketId};
use crate::odds_event::OddsUpdate;
use alloc::vec::Vec;

/// One of several engines that share the fixtures by turns. All of them hear everything, so that clocks, sources, definitions and
/// what is held back are the same in all; only the owner of a fixture keeps its quotes and tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seat {
    index: u32,
    of: u32,
}

impl Seat {
    /// The seat of an engine that is alone.
    pub(crate) const ALL: Self = Self { index: 0, of: 1 };

    /// Seat `index` of `of`.
    #[cfg(feature = "rayon")]
    pub(crate) const fn new(index: u32, of: u32) -> Self {
        Self { index, of }
    }

    /// Is the fixture this one's?
    #[inline]
    pub(crate) const fn owns(self, fixture: FixtureId) -> bool {
        self.of == 1 || fixture.0 % self.of == self.index
    }
}

/// Markets of fixtures that others own, with nothing that could refuse a price: what is left to do with one is seen without reading the
/// market itself. It knows the ones last heard of; ids that are far apart share a place.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere(Vec<Place>);

#[derive(Clone, Copy, Debug, Default)]
struct Place {
    market: MarketId,
    /// How many; 0 where nothing is known.
    outcomes: u16,
}

impl Elsewhere {
    /// Is the market one of them?
    #[inline(always)]
    pub(crate) fn knows(&self, market: MarketId) -> bool {
        self.place(market).is_some_and(|place| place.outcomes > 0)
    }

    /// Is this a price that an owner accepts, of a bookmaker that there is?
    #[inline(always)]
    pub(crate) fn takes(&self, update: &OddsUpdate) -> bool {
        self.place(update.market).is_some_and(|place| update.outcome.0 < place.outcomes)
            && (update.price.is_some() || !update.active)
            && update.limit.is_none_or(OddsUpdate::is_limit)
    }

    #[inline(always)]
    fn place(&self, market: MarketId) -> Option<&Place> {
        let mask = self.0.len().wrapping_sub(1);
        self.0.get(market.index() & mask).filter(|place| place.market == market)
    }

    /// Keeps a market of so many outcomes in mind, among `held` that there are.
    pub(crate) fn learn(&mut self, market: MarketId, outcomes: usize, held: usize) {
        let wanted = held.next_power_of_two();
        if self.0.len() < wanted {
            // What was in it is heard of again.
            self.0 = alloc::vec![Place::default(); wanted];
        }
        let mask = self.0.len() - 1;
        self.0[market.index() & mask] = Place { market, outcomes: u16::try_from(outcomes).unwrap_or(0) };
    }

    /// Something may refuse its prices from now on.
    pub(crate) fn forget(&mut self, market: MarketId) {
        if self.knows(market) {
            let mask = self.0.len() - 1;
            self.0[market.index() & mask].outcomes = 0;
        }
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<Place>()
    }
}
