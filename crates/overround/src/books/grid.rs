//! What is held of a market's quotes: one block of words, hot ones first.
//!
//! ```text
//! head     slots: a bookmaker each, in rank order, and what is known of its column
//! prices   row by row, one row per outcome for back prices, then, from the first lay on, one per outcome for lays
//! most     per outcome, what a price is screened by
//! flags    which of the rest means something, whether the quote counts, the feed
//! clocks   per quote: when it was seen and when it changed
//! …        as far as anybody needs them: prices as shown, limits, times of the source, fair probabilities
//! ```
//!
//! A word of `prices` is the net price of a quote that counts as a bet. Of one that does not count it is the price as shown with its sign
//! turned, so that it loses every comparison; only where a net price is another than the one shown (a commission, a lay) does the
//! block hold both. A best price is then a scan of contiguous words, and sums over bookmakers run in rank order.

use super::arena::{Arena, LINE};
use super::quote::{Parts, Quote};
use crate::ids::BookmakerId;
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

/// All blocks.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    arena: Arena,
}

/// Where a market's block is, and what is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    /// Its first line.
    base: u32,
    /// Slots that there is room for; a multiple of 4.
    capacity: u16,
    /// Outcomes.
    n: u16,
    /// Slots that bookmakers have.
    slots: u16,
    parts: u8,
}

/// A part of a block that is there only if somebody needs it. Their order in the block is that of their bits.
pub(crate) mod part {
    /// Prices as shown, where they are not those of the hot words.
    pub(crate) const SHOWN: u8 = 1;
    /// Limits.
    pub(crate) const LIMIT: u8 = 2;
    /// Times of the source.
    pub(crate) const SOURCE: u8 = 4;
    /// Fair probabilities of back prices.
    pub(crate) const FAIR: u8 = 8;
    /// Not a part: every other has twice the rows, the second half for lays.
    pub(crate) const LAYS: u8 = 16;
}

/// Lines from the head to the bars of a two-way market with 12 bookmakers.
const USUAL: usize = 5;

/// Column states in a word.
const STATES: usize = 8;

/// The quote counts.
const COUNTS: u32 = 1 << 15;

impl Block {
    /// A block without slots for a market of `n` outcomes.
    pub(crate) fn empty(n: usize) -> Self {
        Self { n: u16::try_from(n).expect("a market has at most 4,096 outcomes"), ..Self::default() }
    }

    /// Outcomes of its market.
    #[inline]
    pub(crate) fn n(self) -> usize {
        usize::from(self.n)
    }

    /// Rows of prices; none before there is a slot.
    #[inline]
    pub(crate) fn rows(self) -> usize {
        if self.capacity == 0 { 0 } else { self.all_rows() }
    }

    #[inline]
    fn all_rows(self) -> usize {
        self.n() << u8::from(self.has_lays())
    }

    /// Such a block at another place.
    #[inline]
    pub(crate) fn at(self, base: u32) -> Self {
        Self { base, ..self }
    }

    /// Its first line.
    #[inline]
    pub(crate) fn base(self) -> u32 {
        self.base
    }

    /// Slots that bookmakers have.
    #[inline]
    pub(crate) fn slots(self) -> usize {
        usize::from(self.slots)
    }

    /// Slots that there is room for.
    #[inline]
    pub(crate) fn capacity(self) -> usize {
        usize::from(self.capacity)
    }

    /// Is there room for fair probabilities?
    #[inline]
    pub(crate) fn has_fairs(self) -> bool {
        self.has(part::FAIR)
    }

    /// Has it rows for lays?
    #[inline]
    pub(crate) fn has_lays(self) -> bool {
        self.parts & part::LAYS != 0
    }

    #[inline]
    fn has(self, part: u8) -> bool {
        self.parts & part != 0
    }

    #[inline]
    fn cells(self) -> usize {
        self.all_rows() * self.capacity()
    }

    #[inline]
    fn states(self) -> usize {
        self.capacity() / 2
    }

    #[inline]
    fn prices(self) -> usize {
        self.states() + self.capacity().div_ceil(STATES)
    }

    #[inline]
    fn most(self) -> usize {
        self.prices() + self.cells()
    }

    #[inline]
    fn flags(self) -> usize {
        self.most() + self.n()
    }

    #[inline]
    fn clocks(self) -> usize {
        self.flags() + self.cells() / 2
    }

    /// Where a part is, if it is there: those before it have a word per cell.
    #[inline]
    fn part(self, part: u8) -> usize {
        self.clocks() + self.cells() * (2 + (self.parts & (part - 1)).count_ones() as usize)
    }

    fn lines(self) -> usize {
        let fair = if self.has(part::FAIR) { self.n() * self.capacity() } else { 0 };
        (self.part(part::FAIR) + fair).div_ceil(LINE)
    }

    #[inline]
    fn cell(self, row: usize, slot: usize) -> usize {
        row * self.capacity() + slot
    }
}

/// The words of one market's block.
#[derive(Clone, Copy)]
pub(crate) struct Cells<W> {
    block: Block,
    words: W,
}

impl<W: Deref<Target = [u64]>> Cells<W> {
    /// Outcomes of the market.
    #[inline]
    pub(crate) fn n(&self) -> usize {
        self.block.n()
    }

    /// The bookmaker of a slot.
    #[inline(always)]
    pub(crate) fn bookmaker(&self, slot: usize) -> BookmakerId {
        BookmakerId(half(&self.words, 0, slot))
    }

    /// A bookmaker's slot.
    #[inline(always)]
    pub(crate) fn slot_of(&self, bookmaker: BookmakerId) -> Option<usize> {
        // All are looked at, last ones first: where it is cannot be foreseen, and a jump taken wrongly costs more. Behind the last slot
        // may stand half a word of zeros.
        let pairs = &self.words[..self.block.slots().div_ceil(2)];
        let mut found = usize::MAX;
        for (pair, &word) in pairs.iter().enumerate().rev() {
            let (first, second) = (word & u64::from(u32::MAX), word >> 32);
            found = if second == u64::from(bookmaker.0) { 2 * pair + 1 } else { found };
            found = if first == u64::from(bookmaker.0) { 2 * pair } else { found };
        }
        (found < self.block.slots()).then_some(found)
    }

    /// A bookmaker's slot, looked for at the hint first.
    #[inline(always)]
    pub(crate) fn slot_near(&self, hint: usize, bookmaker: BookmakerId) -> Option<usize> {
        let is_there = hint < self.block.slots() && self.bookmaker(hint) == bookmaker;
        if is_there { Some(hint) } else { self.slot_of(bookmaker) }
    }

    /// What is known of a slot's column.
    #[inline(always)]
    pub(crate) fn state(&self, slot: usize) -> u8 {
        self.words[self.block.states() + slot / STATES].to_le_bytes()[slot % STATES]
    }

    /// The words of a row of prices: negative ones do not count, and slots that nobody has are 0.
    #[inline(always)]
    pub(crate) fn row(&self, row: usize) -> &[u64] {
        let at = self.block.prices() + self.block.cell(row, 0);
        &self.words[at..at + self.block.capacity()]
    }

    /// The highest net price of a row, 0 if there is none.
    #[inline(always)]
    pub(crate) fn best(&self, row: usize) -> f64 {
        greatest(self.row(row))
    }

    /// The highest fair probability of a row that any column ever had, as it is now or was.
    #[inline(always)]
    pub(crate) fn highest_fair(&self, outcome: usize) -> f64 {
        greatest(self.fairs(outcome))
    }

    /// The first slot whose column has this state.
    #[inline(always)]
    pub(crate) fn first_in_state(&self, state: u8) -> Option<usize> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        let slots = self.block.slots();
        for first in (0..slots).step_by(STATES) {
            // A byte is 0 where the state is the one wanted; slots that nobody has are not looked at.
            let others = self.words[self.block.states() + first / STATES] ^ (ONES * u64::from(state));
            let beyond = if slots - first < STATES { u64::MAX << (8 * (slots - first)) } else { 0 };
            let zeros = (others | beyond).wrapping_sub(ONES) & !(others | beyond) & (ONES << 7);
            if zeros != 0 {
                return Some(first + zeros.trailing_zeros() as usize / 8);
            }
        }
        None
    }

    /// The most that references give an outcome.
    #[inline(always)]
    pub(crate) fn most(&self, outcome: usize) -> f64 {
        f64::from_bits(self.words[self.block.most() + outcome])
    }

    /// Does the quote count?
    #[inline(always)]
    pub(crate) fn counts(&self, row: usize, slot: usize) -> bool {
        half(&self.words, self.block.flags(), self.block.cell(row, slot)) & COUNTS != 0
    }

    /// The net price under the base commissions; 0 where it does not count as a bet.
    #[inline(always)]
    pub(crate) fn net(&self, row: usize, slot: usize) -> f64 {
        let price = f64::from_bits(self.words[self.block.prices() + self.block.cell(row, slot)]);
        if price > 0.0 { price } else { 0.0 }
    }

    /// The price as shown; 0 if there never was one.
    #[inline(always)]
    pub(crate) fn price(&self, row: usize, slot: usize) -> f64 {
        let cell = self.block.cell(row, slot);
        if self.block.has(part::SHOWN) {
            return f64::from_bits(self.words[self.block.part(part::SHOWN) + cell]);
        }
        unsigned(f64::from_bits(self.words[self.block.prices() + cell]))
    }

    /// The fair probability by a slot's column; 0 where none was ever found.
    #[inline]
    pub(crate) fn fair(&self, outcome: usize, slot: usize) -> f64 {
        f64::from_bits(self.fairs(outcome).get(slot).copied().unwrap_or(0))
    }

    /// The words of a row of fair probabilities; none where none were ever found.
    #[inline(always)]
    pub(crate) fn fairs(&self, outcome: usize) -> &[u64] {
        if !self.block.has(part::FAIR) {
            return &[];
        }
        let at = self.block.part(part::FAIR) + self.block.cell(outcome, 0);
        &self.words[at..at + self.block.capacity()]
    }

    /// When price or activity last moved.
    #[inline(always)]
    pub(crate) fn changed(&self, row: usize, slot: usize) -> Timestamp {
        Timestamp(self.words[self.block.clocks() + 2 * self.block.cell(row, slot) + 1].cast_signed())
    }

    /// When the column last changed: the latest of its counting back quotes.
    #[inline]
    pub(crate) fn column_changed(&self, slot: usize) -> Option<Timestamp> {
        let counting = (0..self.n()).filter(|&outcome| self.counts(outcome, slot));
        counting.map(|outcome| self.changed(outcome, slot)).max()
    }

    /// The quote as a whole.
    #[inline(always)]
    pub(crate) fn quote(&self, row: usize, slot: usize) -> Quote {
        let cell = self.block.cell(row, slot);
        let part = |part: u8| if self.block.has(part) { self.words[self.block.part(part) + cell] } else { 0 };
        let flags = half(&self.words, self.block.flags(), cell);
        let clocks = self.block.clocks() + 2 * cell;
        Quote::of(Parts {
            price: self.price(row, slot),
            limit: f64::from_bits(part(part::LIMIT)),
            seen: self.words[clocks].cast_signed(),
            changed: self.words[clocks + 1].cast_signed(),
            source: part(part::SOURCE).cast_signed(),
            feed: (flags >> 16) as u16,
            flags: (flags & (COUNTS - 1)) as u16,
        })
    }
}

impl<W: DerefMut<Target = [u64]>> Cells<W> {
    /// Writes a quote but for its price, which is to be written with its standing if it is another.
    #[inline(always)]
    pub(crate) fn put(&mut self, row: usize, slot: usize, quote: &Quote) {
        let (block, parts) = (self.block, quote.parts());
        let cell = block.cell(row, slot);
        if block.has(part::LIMIT) {
            self.words[block.part(part::LIMIT) + cell] = parts.limit.to_bits();
        }
        if block.has(part::SOURCE) {
            self.words[block.part(part::SOURCE) + cell] = parts.source.cast_unsigned();
        }
        let clocks = block.clocks() + 2 * cell;
        self.words[clocks] = parts.seen.cast_unsigned();
        self.words[clocks + 1] = parts.changed.cast_unsigned();
        let counts = half(&self.words, block.flags(), cell) & COUNTS;
        put_half(&mut self.words, block.flags(), cell, u32::from(parts.flags) | u32::from(parts.feed) << 16 | counts);
    }

    /// Replaces the numbers of a quote that counts and whose marks stay as they are; returns whether its price moved. `None` where
    /// anything else changes, or there is no room: then nothing is done.
    #[inline(always)]
    pub(crate) fn renew(&mut self, row: usize, slot: usize, new: &Parts, net: f64) -> Option<bool> {
        let block = self.block;
        let cell = block.cell(row, slot);
        let marks = u32::from(new.flags) | u32::from(new.feed) << 16 | COUNTS;
        let has_both = block.has(part::SHOWN);
        if half(&self.words, block.flags(), cell) != marks || !(has_both || net.to_bits() == new.price.to_bits()) {
            return None;
        }
        // What the marks speak of, the block has had room for since they were made; elsewhere stands a 0.
        if block.has(part::LIMIT) {
            self.words[block.part(part::LIMIT) + cell] = new.limit.to_bits();
        }
        if block.has(part::SOURCE) {
            self.words[block.part(part::SOURCE) + cell] = new.source.cast_unsigned();
        }
        let clocks = block.clocks() + 2 * cell;
        self.words[clocks] = new.seen.cast_unsigned();
        let shown = if has_both { block.part(part::SHOWN) } else { block.prices() } + cell;
        let moved = self.words[shown] != new.price.to_bits();
        if moved {
            self.words[clocks + 1] = new.changed.cast_unsigned();
            self.words[shown] = new.price.to_bits();
            self.words[block.prices() + cell] = net.to_bits();
            if row < block.n() {
                self.set_state(slot, 0);
            }
        }
        Some(moved)
    }

    /// Writes a quote's price as shown, whether it counts, and its net price.
    #[inline(always)]
    pub(crate) fn stand(&mut self, (row, slot): (usize, usize), price: f64, counts: bool, net: f64) {
        let block = self.block;
        let cell = block.cell(row, slot);
        let has_both = block.has(part::SHOWN);
        debug_assert!(
            has_both || !counts || net.to_bits() == price.to_bits(),
            "there is no room for the price as shown"
        );
        let hot = match (counts, has_both) {
            (true, _) => net,
            (false, true) => 0.0,
            (false, false) => 0.0 - price,
        };
        self.words[block.prices() + cell] = hot.to_bits();
        if has_both {
            self.words[block.part(part::SHOWN) + cell] = price.to_bits();
        }
        let flags = half(&self.words, block.flags(), cell);
        put_half(&mut self.words, block.flags(), cell, if counts { flags | COUNTS } else { flags & !COUNTS });
    }

    /// Sets the most that references give each outcome.
    pub(crate) fn set_most(&mut self, most: &[f64]) {
        let (at, n) = (self.block.most(), self.block.n());
        self.words[at..at + n].iter_mut().zip(most).for_each(|(word, &most)| *word = most.to_bits());
    }

    /// Sets what is known of a slot's column.
    #[inline(always)]
    pub(crate) fn set_state(&mut self, slot: usize, state: u8) {
        put_byte(&mut self.words, self.block.states(), slot, state);
    }

    /// Writes the fair probability of an outcome by a slot's column; there must be room.
    #[inline]
    pub(crate) fn set_fair(&mut self, outcome: usize, slot: usize, fair: f64) {
        let at = self.block.part(part::FAIR) + self.block.cell(outcome, slot);
        self.words[at] = fair.to_bits();
    }

    /// Copies all that a slot of another block holds to a slot of this one.
    fn copy(&mut self, to: usize, from: &Cells<&[u64]>, slot: usize) {
        put_half(&mut self.words, 0, to, from.bookmaker(slot).0);
        self.set_state(to, from.state(slot));
        for row in 0..from.block.all_rows() {
            self.put(row, to, &from.quote(row, slot));
            self.stand((row, to), from.price(row, slot), from.counts(row, slot), from.net(row, slot));
        }
        if from.block.has(part::FAIR) {
            (0..from.block.n()).for_each(|outcome| self.set_fair(outcome, to, from.fair(outcome, slot)));
        }
    }
}

impl Grid {
    /// Reads a word of each line that writing to a usual block and judging its market read.
    #[inline(always)]
    pub(crate) fn warm(&self, base: u32) -> u64 {
        self.arena.warm::<USUAL>(base)
    }

    /// Reads the flags and the clocks of a quote, if there is one.
    #[inline(always)]
    pub(crate) fn warm_quote(&self, block: Block, row: usize, slot: usize) -> u64 {
        let cell = block.cell(row, slot);
        self.arena.read(block.base, block.flags() + cell / 2) ^ self.arena.read(block.base, block.clocks() + 2 * cell)
    }

    /// The words of a block, to read.
    #[inline(always)]
    pub(crate) fn cells(&self, block: Block) -> Cells<&[u64]> {
        Cells { block, words: if block.capacity == 0 { &[] } else { self.arena.block(block.base) } }
    }

    /// The words of a block, to write.
    #[inline(always)]
    pub(crate) fn cells_mut(&mut self, block: Block) -> Cells<&mut [u64]> {
        Cells { block, words: if block.capacity == 0 { &mut [] } else { self.arena.block_mut(block.base) } }
    }

    /// Makes sure that parts are there.
    #[inline]
    pub(crate) fn require(&mut self, block: &mut Block, parts: u8) {
        if parts & !block.parts != 0 {
            if block.capacity == 0 {
                // There is nothing to move yet.
                block.parts |= parts;
                return;
            }
            let wanted = Block { parts: block.parts | parts, ..*block };
            let order: Vec<usize> = (0..block.slots()).collect();
            self.rebuild(block, wanted, &order);
        }
    }

    /// Gives the slot at `at` to a bookmaker, moving those from there on one to the right.
    pub(crate) fn open_slot(&mut self, block: &mut Block, at: usize, bookmaker: BookmakerId) {
        let slots = block.slots();
        let small = |size: usize| u16::try_from(size).expect("bookmakers are limited to what fits");
        let capacity = if slots < block.capacity() { block.capacity } else { small(next_capacity(slots)) };
        let order: Vec<usize> = (0..slots).map(|slot| slot + usize::from(slot >= at)).collect();
        self.rebuild(block, Block { capacity, slots: small(slots + 1), ..*block }, &order);
        put_half(self.arena.block_mut(block.base), 0, at, bookmaker.0);
    }

    /// Puts the slots in another order: what was in slot `old` goes to `order[old]`.
    pub(crate) fn reorder(&mut self, block: &mut Block, order: &[usize]) {
        if block.capacity > 0 {
            self.rebuild(block, *block, order);
        }
    }

    /// Takes a block back, and leaves one without slots.
    pub(crate) fn release(&mut self, block: &mut Block) {
        if block.capacity > 0 {
            self.arena.release(block.base, block.lines());
        }
        *block = Block::empty(block.n());
    }

    /// Bytes of all blocks, free ones included.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.bytes()
    }

    /// Moves what the slots hold into another block: that of slot `old` to `order[old]`.
    fn rebuild(&mut self, block: &mut Block, mut wanted: Block, order: &[usize]) {
        wanted.base = self.arena.allocate(wanted.lines());
        if block.capacity > 0 {
            let old: Vec<u64> = self.arena.block(block.base)[..block.lines() * LINE].to_vec();
            let from = Cells { block: *block, words: old.as_slice() };
            let mut cells = self.cells_mut(wanted);
            for (slot, &to) in order.iter().enumerate() {
                cells.copy(to, &from, slot);
            }
            for outcome in 0..block.n() {
                cells.words[wanted.most() + outcome] = from.words[block.most() + outcome];
            }
            self.arena.release(block.base, block.lines());
        }
        *block = wanted;
    }
}

/// Slots of a block, in classes, so that blocks can be reused.
fn next_capacity(slots: usize) -> usize {
    match slots {
        0..4 => 4,
        4..8 => 8,
        8..12 => 12,
        12..16 => 16,
        _ => (slots + 1).next_multiple_of(16),
    }
}

/// The greatest of some words as numbers, 0 if none is above; in four lanes, as the compiler may not reorder comparisons by itself.
#[inline(always)]
fn greatest(words: &[u64]) -> f64 {
    let larger = |a: f64, b: f64| if b > a { b } else { a };
    let mut lanes = [0.0; 4];
    // Rows are as long as there is room for slots: a multiple of four.
    let (chunks, _) = words.as_chunks::<4>();
    for chunk in chunks {
        for (lane, &word) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, f64::from_bits(word));
        }
    }
    larger(larger(lanes[0], lanes[1]), larger(lanes[2], lanes[3]))
}

#[inline]
fn unsigned(price: f64) -> f64 {
    if price < 0.0 { -price } else { price }
}

#[inline]
fn half(words: &[u64], at: usize, index: usize) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "half of a word")]
    let half = (words[at + index / 2] >> (32 * (index % 2))) as u32;
    half
}

#[inline]
fn put_half(words: &mut [u64], at: usize, index: usize, value: u32) {
    let shift = 32 * (index % 2);
    let word = &mut words[at + index / 2];
    *word = *word & !(u64::from(u32::MAX) << shift) | u64::from(value) << shift;
}

#[inline]
fn put_byte(words: &mut [u64], at: usize, index: usize, value: u8) {
    let shift = 8 * (index % STATES);
    let word = &mut words[at + index / STATES];
    *word = *word & !(0xff << shift) | u64::from(value) << shift;
}
