//! Bringing the memory of several odds events into the cache at once.
//!
//! Writing one quote takes several reads that miss the cache, each waiting for the one before: header, head of the block, clocks. Where
//! the block of a market was last is known without its header, and what is where in it is guessed from other blocks, so that over a
//! batch all reads wait together. The loops are short on purpose: a processor looks some hundred instructions ahead, and what it does not
//! see it does not fetch. For one odds event by itself it does not pay: reading more lines than will be used costs more than waiting twice.
//! Nothing is decided here.

use super::Books;
use crate::ids::MarketId;
use crate::odds_event::{OddsEvent, OddsUpdate, Side};
use crate::pages::Known;
use alloc::vec::Vec;
use core::hint::black_box;

/// Odds events whose memory is fetched together: what they touch fits the first-level cache.
pub(crate) const TOGETHER: usize = 32;

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
    /// Reads the block of an event, as if it were like the one before: most are.
    #[inline(always)]
    fn warm_block(&self, update: &OddsUpdate) -> u64 {
        let Some(bookmaker) = self.bookmakers.get(update.bookmaker.index()) else { return 0 };
        let base = self.bases.get(update.market);
        let quote = self.usual.at(base);
        self.grid.warm(base) ^ self.grid.warm_quote(quote, update.outcome.index(), usize::from(bookmaker.near))
    }

    /// Reads what writing these events will read, [`TOGETHER`] at most.
    #[inline(never)]
    pub(crate) fn warm<'a>(&mut self, events: impl Iterator<Item = &'a OddsEvent> + Clone) {
        let mut blocks = [self.usual; TOGETHER];
        let mut sum = 0;
        let mut count = 0;
        for (event, block) in events.clone().zip(&mut blocks) {
            if let OddsEvent::Odds(update) = event {
                sum ^= self.warm_block(update);
                if let Known::Here(market) = self.markets.get(update.market.index()) {
                    *block = market.block;
                }
            }
            count += 1;
        }
        for (event, &block) in events.zip(&blocks) {
            if let OddsEvent::Odds(update) = event
                && block.at(0) != self.usual
                && let Some(bookmaker) = self.bookmakers.get(update.bookmaker.index())
            {
                let row = update.outcome.index() + if update.side == Side::Lay { block.n() } else { 0 };
                sum ^= self.grid.warm_quote(block, row, usize::from(bookmaker.near));
            }
        }
        if count > 0 {
            self.usual = blocks[count - 1].at(0);
        }
        black_box(sum);
    }
}
