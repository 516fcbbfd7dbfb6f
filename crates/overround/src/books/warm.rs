//! Bringing the memory of several odds events into the cache at once.
//!
//! Writing one quote takes several reads that miss the cache, each waiting for the one before: header, head of the block, clocks. Where
//! the block of a market was last is known without its header, and over a batch the first reads of all wait together, then the
//! second. The loops are short on purpose: a processor looks some hundred instructions ahead, and what it does not see it does not
//! fetch. Nothing is decided here.

use super::Books;
use super::grid::Block;
use crate::ids::MarketId;
use crate::odds_event::{OddsEvent, Side};
use crate::pages::Known;
use alloc::vec::Vec;
use core::hint::black_box;

/// Odds events whose memory is fetched together: what they touch fits the first-level cache.
pub(crate) const TOGETHER: usize = 32;

/// Where the bookmaker of an odds event probably stands in its market.
pub(crate) type SlotHint = u16;

/// Nothing is known.
pub(crate) const NO_HINT: SlotHint = SlotHint::MAX;

/// Where the blocks of markets probably are. A table that only saves time: what it says is never relied on.
#[derive(Debug, Default)]
pub(crate) struct Bases(Vec<u32>);

impl Bases {
    /// A place for each of so many markets; ids that are far apart share one.
    pub(crate) fn make_room(&mut self, markets: usize) {
        if self.0.len() < markets {
            self.0.resize(markets.next_power_of_two(), 0);
        }
    }

    /// The market's block begins at this line now.
    #[inline]
    pub(crate) fn set(&mut self, market: MarketId, base: u32) {
        let mask = self.0.len().wrapping_sub(1);
        if let Some(place) = self.0.get_mut(market.index() & mask) {
            *place = base;
        }
    }

    #[inline(always)]
    fn get(&self, market: MarketId) -> u32 {
        let mask = self.0.len().wrapping_sub(1);
        self.0.get(market.index() & mask).copied().unwrap_or(0)
    }

    /// Bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.0.capacity() * size_of::<u32>()
    }
}

impl Books {
    /// Reads what writing an event by itself will read: there is nothing else to wait for, so that all of its market's clocks may come.
    #[inline]
    pub(crate) fn warm_one(&self, event: &OddsEvent) {
        if let OddsEvent::Odds(update) = event {
            black_box(self.grid.warm_all(self.bases.get(update.market)));
        }
    }

    /// Reads what writing the first [`TOGETHER`] of these events will read, and finds their slots as they are now.
    #[inline(never)]
    pub(crate) fn warm(&mut self, events: &[OddsEvent]) -> [SlotHint; TOGETHER] {
        let events = &events[..events.len().min(TOGETHER)];
        let mut blocks = [Block::default(); TOGETHER];
        let mut hints = [NO_HINT; TOGETHER];
        let mut clocks = [0; TOGETHER];
        let mut sum = 0;
        for (event, block) in events.iter().zip(&mut blocks) {
            if let OddsEvent::Odds(update) = event {
                sum ^= self.grid.warm(self.bases.get(update.market));
                if let Known::Here(market) = self.markets.get(update.market.index()) {
                    *block = market.block;
                }
            }
        }
        for (((event, &block), hint), clock) in events.iter().zip(&blocks).zip(&mut hints).zip(&mut clocks) {
            if let OddsEvent::Odds(update) = event
                && block.slots() > 0
                && let Some(bookmaker) = self.bookmakers.get_mut(update.bookmaker.index())
                && let Some(slot) = self.grid.cells(block).slot_near(usize::from(bookmaker.near), update.bookmaker)
            {
                let row = update.outcome.index() + if update.side == Side::Lay { block.n() } else { 0 };
                *hint = SlotHint::try_from(slot).unwrap_or(NO_HINT);
                *clock = block.clock_of(row, slot);
                bookmaker.near = *hint;
            }
        }
        for (&block, &clock) in blocks.iter().zip(&clocks).filter(|(block, _)| block.slots() > 0) {
            sum ^= self.grid.warm_rest(block, clock);
        }
        black_box(sum);
        hints
    }
}
