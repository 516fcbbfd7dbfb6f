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
use alloc::vec::Vec;

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
    rows: u16,
    /// Outcomes.
    n: u16,
    parts: u8,
}

/// A column's state, as it is stored.
const STATE_BITS: usize = 8;

/// A part of a block that is there only if somebody needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Shown = 1,
    Limit = 2,
    Source = 4,
    Fair = 8,
}

const PARTS: [Part; 4] = [Part::Shown, Part::Limit, Part::Source, Part::Fair];

/// The quote counts.
const COUNTS: u16 = 1 << 15;

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

    /// Rows of prices.
    #[inline]
    pub(crate) fn rows(self) -> usize {
        usize::from(self.rows)
    }

    /// Slots that there is room for.
    #[inline]
    pub(crate) fn capacity(self) -> usize {
        usize::from(self.capacity)
    }

    /// Has it rows for lays?
    #[inline]
    pub(crate) fn has_lays(self) -> bool {
        self.rows > self.n
    }

    #[inline]
    fn has(self, part: Part) -> bool {
        self.parts & part as u8 != 0
    }

    #[inline]
    fn cells(self) -> usize {
        self.rows() * self.capacity()
    }

    #[inline]
    fn states(self) -> usize {
        self.capacity() / 2
    }

    #[inline]
    fn prices(self) -> usize {
        self.states() + self.capacity().div_ceil(STATE_BITS)
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

    /// Where a part begins, if it is there; of the end, how long it is.
    #[inline]
    fn part(self, part: Option<Part>) -> usize {
        let before = PARTS.into_iter().take_while(|&other| Some(other) != part).filter(|&other| self.has(other));
        let size = |part| if part == Part::Fair { self.n() * self.capacity() } else { self.cells() };
        self.clocks() + 2 * self.cells() + before.map(size).sum::<usize>()
    }

    fn words(self) -> usize {
        self.part(None)
    }

    #[inline]
    fn lines(self) -> usize {
        self.words().div_ceil(LINE)
    }

    #[inline]
    fn cell(self, row: usize, slot: usize) -> usize {
        row * self.capacity() + slot
    }
}

/// The words of one market's block.
#[derive(Clone, Copy)]
pub(crate) struct Cells<'a> {
    block: Block,
    words: &'a [u64],
}

impl<'a> Cells<'a> {
    /// The bookmaker of a slot.
    #[inline]
    pub(crate) fn bookmaker(&self, slot: usize) -> BookmakerId {
        let word = self.words[slot / 2];
        #[expect(clippy::cast_possible_truncation, reason = "half of a word")]
        BookmakerId((word >> (32 * (slot % 2))) as u32)
    }

    /// What is known of a slot's column.
    #[inline]
    pub(crate) fn state(&self, slot: usize) -> u8 {
        let word = self.words[self.block.states() + slot / STATE_BITS];
        word.to_le_bytes()[slot % STATE_BITS]
    }

    /// The prices of a row as words: negative ones do not count, and slots that nobody has are 0.
    #[inline]
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = f64> + Clone + 'a {
        let at = self.block.prices() + self.block.cell(row, 0);
        self.words[at..at + self.block.capacity()].iter().map(|&word| f64::from_bits(word))
    }

    /// The highest net price of a row, 0 if there is none; in four lanes, as the compiler may not reorder comparisons by itself.
    #[inline]
    pub(crate) fn best(&self, row: usize) -> f64 {
        let larger = |a: f64, b: f64| if b > a { b } else { a };
        let at = self.block.prices() + self.block.cell(row, 0);
        let mut lanes = [0.0; 4];
        for chunk in self.words[at..at + self.block.capacity()].chunks_exact(4) {
            for (lane, &word) in lanes.iter_mut().zip(chunk) {
                *lane = larger(*lane, f64::from_bits(word));
            }
        }
        larger(larger(lanes[0], lanes[1]), larger(lanes[2], lanes[3]))
    }

    /// The most that references give an outcome.
    #[inline]
    pub(crate) fn most(&self, outcome: usize) -> f64 {
        f64::from_bits(self.words[self.block.most() + outcome])
    }

    /// Does the quote count?
    #[inline]
    pub(crate) fn counts(&self, row: usize, slot: usize) -> bool {
        self.flags(row, slot) & u32::from(COUNTS) != 0
    }

    /// The net price under the base commissions; 0 where it does not count as a bet.
    #[inline]
    pub(crate) fn net(&self, row: usize, slot: usize) -> f64 {
        let price = f64::from_bits(self.words[self.block.prices() + self.block.cell(row, slot)]);
        if price > 0.0 { price } else { 0.0 }
    }

    /// The price as shown; 0 if there never was one.
    #[inline]
    pub(crate) fn price(&self, row: usize, slot: usize) -> f64 {
        let cell = self.block.cell(row, slot);
        if self.block.has(Part::Shown) {
            return f64::from_bits(self.words[self.block.part(Some(Part::Shown)) + cell]);
        }
        let price = f64::from_bits(self.words[self.block.prices() + cell]);
        if price < 0.0 { -price } else { price }
    }

    /// The fair probability by a slot's column; 0 where none was ever found.
    #[inline]
    pub(crate) fn fair(&self, outcome: usize, slot: usize) -> f64 {
        if !self.block.has(Part::Fair) {
            return 0.0;
        }
        f64::from_bits(self.words[self.block.part(Some(Part::Fair)) + self.block.cell(outcome, slot)])
    }

    /// The fair probabilities of a row, by slot; none where none were ever found.
    #[inline]
    pub(crate) fn fairs(&self, outcome: usize) -> impl Iterator<Item = f64> + Clone + 'a {
        let row = if self.block.has(Part::Fair) {
            let at = self.block.part(Some(Part::Fair)) + self.block.cell(outcome, 0);
            &self.words[at..at + self.block.capacity()]
        } else {
            &[]
        };
        row.iter().map(|&word| f64::from_bits(word))
    }

    /// The quote as a whole.
    #[inline]
    pub(crate) fn quote(&self, row: usize, slot: usize) -> Quote {
        let cell = self.block.cell(row, slot);
        let part = |part: Part| if self.block.has(part) { self.words[self.block.part(Some(part)) + cell] } else { 0 };
        let flags = self.flags(row, slot);
        let clocks = self.block.clocks() + 2 * cell;
        #[expect(clippy::cast_possible_truncation, reason = "half of a word")]
        Quote::of(Parts {
            price: self.price(row, slot),
            limit: f64::from_bits(part(Part::Limit)),
            seen: self.words[clocks].cast_signed(),
            changed: self.words[clocks + 1].cast_signed(),
            source: part(Part::Source).cast_signed(),
            feed: (flags >> 16) as u16,
            flags: flags as u16 & !COUNTS,
        })
    }

    #[inline]
    fn flags(&self, row: usize, slot: usize) -> u32 {
        let cell = self.block.cell(row, slot);
        let word = self.words[self.block.flags() + cell / 2];
        #[expect(clippy::cast_possible_truncation, reason = "half of a word")]
        let flags = (word >> (32 * (cell % 2))) as u32;
        flags
    }
}

impl Grid {
    /// The words of a block.
    #[inline]
    pub(crate) fn cells(&self, block: Block) -> Cells<'_> {
        if block.capacity == 0 {
            return Cells { block, words: &[] };
        }
        Cells { block, words: self.arena.block(block.base, block.lines()) }
    }

    /// Writes a quote. If its price is another, it does not count until [`set`](Self::set) says so.
    #[inline]
    pub(crate) fn put(&mut self, block: &mut Block, row: usize, slot: usize, quote: &Quote) {
        let parts = quote.parts();
        if parts.limit.to_bits() != 0 {
            self.add(block, Part::Limit);
        }
        if parts.source != 0 {
            self.add(block, Part::Source);
        }
        let cells = self.cells(*block);
        let is_priced_anew = cells.price(row, slot).to_bits() != parts.price.to_bits();
        let counts = if cells.counts(row, slot) { COUNTS } else { 0 };
        let (known, cell) = (*block, block.cell(row, slot));
        let words = self.arena.block_mut(known.base, known.lines());
        if known.has(Part::Limit) {
            words[known.part(Some(Part::Limit)) + cell] = parts.limit.to_bits();
        }
        if known.has(Part::Source) {
            words[known.part(Some(Part::Source)) + cell] = parts.source.cast_unsigned();
        }
        let clocks = known.clocks() + 2 * cell;
        words[clocks] = parts.seen.cast_unsigned();
        words[clocks + 1] = parts.changed.cast_unsigned();
        put_half(words, known.flags(), cell, u32::from(parts.flags | counts) | u32::from(parts.feed) << 16);
        if is_priced_anew {
            self.set(block, (row, slot), parts.price, false, 0.0);
        }
    }

    /// Sets whether a quote with this price as shown counts, and its net price.
    #[inline]
    pub(crate) fn set(&mut self, block: &mut Block, (row, slot): (usize, usize), price: f64, counts: bool, net: f64) {
        let is_plain = !counts || net.to_bits() == price.to_bits();
        if !is_plain && !block.has(Part::Shown) {
            self.add(block, Part::Shown);
        }
        let (known, cell) = (*block, block.cell(row, slot));
        let words = self.arena.block_mut(known.base, known.lines());
        words[known.prices() + cell] = if counts {
            net.to_bits()
        } else if known.has(Part::Shown) || price == 0.0 {
            0
        } else {
            (-price).to_bits()
        };
        if known.has(Part::Shown) {
            words[known.part(Some(Part::Shown)) + cell] = price.to_bits();
        }
        let flags = half(words, known.flags(), cell);
        let counting = if counts { flags | u32::from(COUNTS) } else { flags & !u32::from(COUNTS) };
        put_half(words, known.flags(), cell, counting);
    }

    /// Sets the most that references give each outcome.
    pub(crate) fn set_most(&mut self, block: Block, most: &[f64]) {
        let words = self.arena.block_mut(block.base, block.lines());
        let place = words[block.most()..].iter_mut().take(block.n());
        place.zip(most).for_each(|(word, &most)| *word = most.to_bits());
    }

    /// Sets what is known of a slot's column.
    #[inline]
    pub(crate) fn set_state(&mut self, block: Block, slot: usize, state: u8) {
        let words = self.arena.block_mut(block.base, block.lines());
        let word = &mut words[block.states() + slot / STATE_BITS];
        let mut bytes = word.to_le_bytes();
        bytes[slot % STATE_BITS] = state;
        *word = u64::from_le_bytes(bytes);
    }

    /// Writes the fair probability of an outcome by a slot's column.
    #[inline]
    pub(crate) fn set_fair(&mut self, block: &mut Block, outcome: usize, slot: usize, fair: f64) {
        self.add(block, Part::Fair);
        let at = block.part(Some(Part::Fair)) + block.cell(outcome, slot);
        self.arena.block_mut(block.base, block.lines())[at] = fair.to_bits();
    }

    /// Makes room for `rows` rows and `capacity` slots, of which `slots` are held.
    pub(crate) fn grow(&mut self, block: &mut Block, rows: usize, slots: usize, capacity: usize) {
        let small = |size: usize| u16::try_from(size).expect("rows and slots are limited to what fits");
        let wanted = Block { rows: small(rows), capacity: small(capacity), ..*block };
        self.rebuild(block, wanted, slots);
    }

    /// Gives the slot at `at` to a bookmaker, moving the slots `at..slots` one to the right. There must be room.
    pub(crate) fn open_slot(&mut self, block: Block, at: usize, slots: usize, bookmaker: BookmakerId) {
        let words = self.arena.block_mut(block.base, block.lines());
        for slot in (at..slots).rev() {
            copy_slot(words, (block, slot), None, (block, slot + 1));
        }
        clear_slot(words, block, at);
        put_half(words, 0, at, bookmaker.0);
    }

    /// Puts the slots in another order: `order[new] = old`.
    pub(crate) fn reorder(&mut self, block: Block, order: &[usize]) {
        if block.capacity == 0 {
            return;
        }
        let words = self.arena.block_mut(block.base, block.lines());
        let before: Vec<u64> = words.to_vec();
        for (slot, &old) in order.iter().enumerate() {
            copy_slot(words, (block, old), Some(&before), (block, slot));
        }
    }

    /// Takes a block back.
    pub(crate) fn release(&mut self, block: Block) {
        if block.capacity > 0 {
            self.arena.release(block.base, block.lines());
        }
    }

    /// Bytes of all blocks, free ones included.
    pub(crate) fn bytes(&self) -> usize {
        self.arena.bytes()
    }

    /// Makes sure that a part is there.
    #[inline]
    fn add(&mut self, block: &mut Block, part: Part) {
        if !block.has(part) {
            let wanted = Block { parts: block.parts | part as u8, ..*block };
            self.rebuild(block, wanted, block.capacity());
        }
    }

    /// Moves what the first slots hold into another block.
    fn rebuild(&mut self, block: &mut Block, mut wanted: Block, slots: usize) {
        wanted.base = self.arena.allocate(wanted.lines());
        if block.capacity > 0 {
            let before: Vec<u64> = self.arena.block(block.base, block.lines()).to_vec();
            let words = self.arena.block_mut(wanted.base, wanted.lines());
            for slot in 0..slots {
                copy_slot(words, (*block, slot), Some(&before), (wanted, slot));
            }
            for outcome in 0..block.n() {
                words[wanted.most() + outcome] = before[block.most() + outcome];
            }
            self.arena.release(block.base, block.lines());
        }
        *block = wanted;
    }
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

/// Copies all that a slot holds to a slot of another block or of the same; `before` holds the words to read from, if they are others.
fn copy_slot(words: &mut [u64], (old, from): (Block, usize), before: Option<&[u64]>, (new, to): (Block, usize)) {
    let read = |words: &[u64], at: usize| before.map_or(words[at], |before| before[at]);
    let read_half = |words: &[u64], at: usize, index: usize| half(before.unwrap_or(words), at, index);
    let bookmaker = read_half(words, 0, from);
    put_half(words, 0, to, bookmaker);
    let state = read(words, old.states() + from / STATE_BITS).to_le_bytes()[from % STATE_BITS];
    let word = &mut words[new.states() + to / STATE_BITS];
    let mut bytes = word.to_le_bytes();
    bytes[to % STATE_BITS] = state;
    *word = u64::from_le_bytes(bytes);
    for row in 0..old.rows() {
        let (a, b) = (old.cell(row, from), new.cell(row, to));
        let price = f64::from_bits(read(words, old.prices() + a));
        let flags = read_half(words, old.flags(), a);
        put_half(words, new.flags(), b, flags);
        // Where the price as shown has a place of its own now, that of one that does not count is no longer turned.
        let is_split = new.has(Part::Shown) && !old.has(Part::Shown);
        let hot = if is_split && price < 0.0 { 0.0 } else { price };
        words[new.prices() + b] = hot.to_bits();
        if is_split {
            words[new.part(Some(Part::Shown)) + b] = if price < 0.0 { -price } else { price }.to_bits();
        }
        for clock in 0..2 {
            words[new.clocks() + 2 * b + clock] = read(words, old.clocks() + 2 * a + clock);
        }
        for part in PARTS.into_iter().filter(|&part| old.has(part) && (part != Part::Fair || row < old.n())) {
            words[new.part(Some(part)) + b] = read(words, old.part(Some(part)) + a);
        }
    }
}

fn clear_slot(words: &mut [u64], block: Block, slot: usize) {
    put_half(words, 0, slot, 0);
    let word = &mut words[block.states() + slot / STATE_BITS];
    let mut bytes = word.to_le_bytes();
    bytes[slot % STATE_BITS] = 0;
    *word = u64::from_le_bytes(bytes);
    for row in 0..block.rows() {
        let cell = block.cell(row, slot);
        words[block.prices() + cell] = 0;
        put_half(words, block.flags(), cell, 0);
        words[block.clocks() + 2 * cell..][..2].fill(0);
        for part in PARTS.into_iter().filter(|&part| block.has(part) && (part != Part::Fair || row < block.n())) {
            words[block.part(Some(part)) + cell] = 0;
        }
    }
}
