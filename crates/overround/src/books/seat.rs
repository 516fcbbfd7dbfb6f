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
/// market itself. A bit for each market that there ever was.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere(Vec<u64>);

impl Elsewhere {
    /// Is the market one of them?
    #[inline(always)]
    pub(crate) fn knows(&self, market: MarketId) -> bool {
        self.0.get(market.index() / 64).is_some_and(|word| word >> (market.index() % 64) & 1 == 1)
    }

    /// Is this a price that an owner accepts, of a bookmaker that there is? Every market has two outcomes; of a third more has to be
    /// looked at.
    #[inline(always)]
    pub(crate) fn takes(&self, update: &OddsUpdate) -> bool {
        self.knows(update.market)
            && update.outcome.0 < 2
            && (update.price.is_some() || !update.active)
            && update.limit.is_none_or(OddsUpdate::is_limit)
    }

    /// Keeps a market in mind.
    pub(crate) fn learn(&mut self, market: MarketId) {
        let word = market.index() / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (market.index() % 64);
    }

    /// Something may refuse its prices from now on.
    pub(crate) fn forget(&mut self, market: MarketId) {
        if let Some(word) = self.0.get_mut(market.index() / 64) {
            *word &= !(1 << (market.index() % 64));
        }
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u64>()
    }
}
