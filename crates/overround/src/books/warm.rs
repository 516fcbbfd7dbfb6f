//! Bringing the memory of several odds events into the cache at once.
//!
//! Writing one quote takes several reads that miss the cache, each waiting for the one before: header, head of the block, clocks. Over a
//! batch the first reads of all wait together, then the second, then the third. The loops are short on purpose: a processor looks
//! some hundred instructions ahead, and what it does not see it does not fetch. Nothing is changed or decided here.

use super::Books;
use super::grid::Block;
use crate::odds_event::{OddsEvent, Side};
use crate::pages::Known;
use core::hint::black_box;

/// Odds events whose memory is fetched together: what they touch fits the first-level cache.
pub(crate) const TOGETHER: usize = 32;

/// Where the bookmaker of an odds event probably stands in its market.
pub(crate) type SlotHint = u16;

/// Nothing is known.
pub(crate) const NO_HINT: SlotHint = SlotHint::MAX;

impl Books {
    /// Reads what writing the first [`TOGETHER`] of these events will read, and finds their slots as they are now.
    #[inline(never)]
    pub(crate) fn warm(&self, events: &[OddsEvent]) -> [SlotHint; TOGETHER] {
        let events = &events[..events.len().min(TOGETHER)];
        let mut blocks = [Block::default(); TOGETHER];
        let mut hints = [NO_HINT; TOGETHER];
        let mut clocks = [0; TOGETHER];
        let mut sum = 0;
        for (event, block) in events.iter().zip(&mut blocks) {
            if let OddsEvent::Odds(update) = event
                && let Known::Here(market) = self.markets.get(update.market.index())
            {
                *block = market.block;
            }
        }
        for &block in blocks.iter().filter(|block| block.slots() > 0) {
            sum ^= self.grid.warm(block);
        }
        for (((event, &block), hint), clock) in events.iter().zip(&blocks).zip(&mut hints).zip(&mut clocks) {
            if let OddsEvent::Odds(update) = event
                && block.slots() > 0
                && let Some(slot) = self.grid.cells(block).slot_of(update.bookmaker)
            {
                let row = update.outcome.index() + if update.side == Side::Lay { block.n() } else { 0 };
                *hint = SlotHint::try_from(slot).unwrap_or(NO_HINT);
                *clock = block.clock_of(row, slot);
            }
        }
        for (&block, &clock) in blocks.iter().zip(&clocks).filter(|(block, _)| block.slots() > 0) {
            sum ^= self.grid.word(block, clock);
        }
        black_box(sum);
        hints
    }
}
