//! Bringing the memory of several odds events into the cache at once.
//!
//! Writing one quote takes several reads that miss the cache, each waiting for the one before: header, head of the block, clocks. Over a
//! batch the first reads of all wait together, then the second, then the third. Nothing is changed or decided here.

use super::Books;
use super::grid::Block;
use crate::odds_event::{OddsEvent, Side};
use crate::pages::Known;
use core::hint::black_box;

/// Odds events whose memory is fetched together: what they touch fits the first-level cache.
pub(crate) const TOGETHER: usize = 32;

impl Books {
    /// Reads what writing the first [`TOGETHER`] of these events will read.
    #[inline(never)]
    pub(crate) fn warm(&self, events: &[OddsEvent]) {
        let events = &events[..events.len().min(TOGETHER)];
        let mut blocks = [Block::default(); TOGETHER];
        for (event, block) in events.iter().zip(&mut blocks) {
            if let OddsEvent::Odds(update) = event
                && let Known::Here(market) = self.markets.get(update.market.index())
            {
                *block = market.block;
            }
        }
        let mut sum = 0;
        for &block in blocks.iter().filter(|block| block.slots() > 0) {
            sum ^= self.grid.warm(block);
        }
        for (event, &block) in events.iter().zip(&blocks) {
            if let OddsEvent::Odds(update) = event
                && block.slots() > 0
            {
                let row = update.outcome.index() + if update.side == Side::Lay { block.n() } else { 0 };
                sum ^= self.grid.warm_quote(block, row, update.bookmaker);
            }
        }
        black_box(sum);
    }
}
