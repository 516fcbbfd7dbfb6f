//! Which part of the fixtures an engine keeps prices for.

use super::{Books, TOGETHER};
use crate::ids::{BookmakerId, FixtureId, MarketId};
use crate::odds_event::{OddsEvent, OddsUpdate};
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

/// Odds events of a batch that are gone through together: in a shard, those of which more may be to be done than that they were heard.
#[derive(Debug)]
pub(crate) struct Stretch<'a> {
    /// How many events were looked at.
    pub(crate) looked_at: usize,
    /// Those: themselves, where they are, and how many.
    own: [&'a OddsEvent; TOGETHER],
    places: [u16; TOGETHER],
    count: usize,
    /// Whose prices the others are, which another shard accepts: a bit for each bookmaker.
    heard: u64,
}

impl<'a> Stretch<'a> {
    /// Of so many bookmakers prices are sorted; those of later ones are gone through with the own ones.
    pub(crate) const BOOKMAKERS: usize = u64::BITS as usize;

    /// The own ones, in order.
    pub(crate) fn own(&self) -> &[&'a OddsEvent] {
        &self.own[..self.count]
    }

    /// The own ones with their places.
    pub(crate) fn placed(&self) -> impl Iterator<Item = (usize, &'a OddsEvent)> {
        self.places.iter().map(|&at| usize::from(at)).zip(self.own().iter().copied())
    }

    /// How many are another shard's.
    pub(crate) fn others(&self) -> u32 {
        u32::try_from(self.looked_at - self.count).unwrap_or(u32::MAX)
    }

    /// Whose prices those are.
    pub(crate) fn heard(&self) -> impl Iterator<Item = BookmakerId> {
        let mut left = self.heard;
        core::iter::from_fn(move || {
            let first = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            (first < u64::BITS).then_some(BookmakerId(first))
        })
    }
}

impl Books {
    /// Sorts prices by whose they are, up to [`TOGETHER`] own ones; an event that is no price ends the stretch, or is all of it. Where whose
    /// a price is cannot be foreseen, a jump for each would be taken wrongly half of the time: there is none. `events` is not empty.
    #[inline(never)]
    pub(crate) fn sort_out<'a>(&self, events: &'a [OddsEvent]) -> Stretch<'a> {
        const MOST: u16 = 1 << 12;
        let (mut own, mut places) = ([&events[0]; TOGETHER], [0; TOGETHER]);
        let (mut looked_at, mut count, mut heard) = (0, 0, 0);
        let known = self.bookmakers.len().min(Stretch::BOOKMAKERS);
        for (at, event) in (0..MOST).zip(events) {
            let OddsEvent::Odds(update) = event else { break };
            if count == TOGETHER {
                break;
            }
            let bookmaker = update.bookmaker.index();
            let is_others = self.elsewhere.takes(update) & (bookmaker < known);
            (own[count], places[count]) = (event, at);
            count += usize::from(!is_others);
            heard |= u64::from(is_others) << (bookmaker % Stretch::BOOKMAKERS);
            looked_at += 1;
        }
        if looked_at == 0 {
            (looked_at, count) = (1, 1);
        }
        Stretch { looked_at, own, places, count, heard }
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
    /// looked at. Nothing here is jumped over: whose a price is cannot be foreseen.
    #[inline(always)]
    pub(crate) fn takes(&self, update: &OddsUpdate) -> bool {
        let has_price = update.price.is_some() | !update.active;
        let has_limit = update.limit.is_none_or(OddsUpdate::is_limit);
        self.knows(update.market) & (update.outcome.0 < 2) & has_price & has_limit
    }

    /// Has it ever known a market?
    #[inline]
    pub(crate) fn is_used(&self) -> bool {
        !self.0.is_empty()
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
