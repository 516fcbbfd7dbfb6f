//! The arena that holds every cell of every market.
//!
//! A market's block has `rows × capacity` cells, row by row: one row per outcome for back prices, then, from the first lay
//! quote on, one row per outcome for lay prices. Within a row the slots are in rank order, so that a best price is a scan of
//! contiguous net prices and every sum over bookmakers runs in rank order. Blocks that a market outgrew, or that a retired
//! fixture gave back, are reused by size.

use super::quote::Quote;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Parallel arrays over cells: hot ones apart from cold ones.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    /// Net price under the base commissions; 0 where the cell does not count as a bet.
    pub(crate) net: Vec<f64>,
    /// Fair probability of the cell's column; means something where the column takes part.
    pub(crate) fair: Vec<f64>,
    /// Does the quote count?
    pub(crate) counts: Vec<bool>,
    /// Everything else.
    pub(crate) quotes: Vec<Quote>,
    free: BTreeMap<usize, Vec<usize>>,
}

/// Where a market's cells are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) base: usize,
    pub(crate) rows: usize,
    pub(crate) capacity: usize,
}

impl Block {
    /// Index of a cell.
    #[inline]
    pub(crate) const fn cell(self, row: usize, slot: usize) -> usize {
        self.base + row * self.capacity + slot
    }

    const fn len(self) -> usize {
        self.rows * self.capacity
    }
}

impl Grid {
    /// Gives a block of at least the asked size, holding what `old` held in its first `slots` slots, and takes `old` back.
    pub(crate) fn grow(&mut self, old: Block, rows: usize, slots: usize, capacity: usize) -> Block {
        let new = self.allocate(rows, capacity);
        for row in 0..old.rows {
            for slot in 0..slots {
                self.copy(old.cell(row, slot), new.cell(row, slot));
            }
        }
        self.release(old);
        new
    }

    /// Makes room for a slot at `at` by moving the slots `at..slots` one to the right.
    pub(crate) fn open_slot(&mut self, block: Block, at: usize, slots: usize) {
        for row in 0..block.rows {
            for slot in (at..slots).rev() {
                self.copy(block.cell(row, slot), block.cell(row, slot + 1));
            }
            self.clear(block.cell(row, at));
        }
    }

    /// Puts the slots in another order: `order[new] = old`.
    pub(crate) fn reorder(&mut self, block: Block, order: &[usize]) {
        let mut row_of_cells = Vec::with_capacity(order.len());
        for row in 0..block.rows {
            row_of_cells.clear();
            row_of_cells.extend(order.iter().map(|&old| {
                let cell = block.cell(row, old);
                (self.net[cell], self.fair[cell], self.counts[cell], self.quotes[cell])
            }));
            for (slot, &(net, fair, counts, quote)) in row_of_cells.iter().enumerate() {
                let cell = block.cell(row, slot);
                (self.net[cell], self.fair[cell], self.counts[cell], self.quotes[cell]) = (net, fair, counts, quote);
            }
        }
    }

    /// The net prices of a row, 0 in slots that nobody has.
    #[inline]
    pub(crate) fn nets(&self, block: Block, row: usize) -> &[f64] {
        &self.net[block.cell(row, 0)..][..block.capacity]
    }

    /// The fair probabilities of a row.
    #[inline]
    pub(crate) fn fairs(&self, block: Block, row: usize) -> &[f64] {
        &self.fair[block.cell(row, 0)..][..block.capacity]
    }

    /// Takes a block back.
    pub(crate) fn release(&mut self, block: Block) {
        if block.len() == 0 {
            return;
        }
        (block.base..block.base + block.len()).for_each(|cell| self.clear(cell));
        self.free.entry(block.len()).or_default().push(block.base);
    }

    /// Bytes of all cells, free ones included.
    pub(crate) fn bytes(&self) -> usize {
        let numbers = (self.net.capacity() + self.fair.capacity()) * size_of::<f64>();
        numbers + self.counts.capacity() + self.quotes.capacity() * size_of::<Quote>()
    }

    fn allocate(&mut self, rows: usize, capacity: usize) -> Block {
        let length = rows * capacity;
        let base = self.free.get_mut(&length).and_then(Vec::pop).unwrap_or_else(|| {
            let base = self.net.len();
            self.net.resize(base + length, 0.0);
            self.fair.resize(base + length, 0.0);
            self.counts.resize(base + length, false);
            self.quotes.resize(base + length, Quote::default());
            base
        });
        Block { base, rows, capacity }
    }

    fn copy(&mut self, from: usize, to: usize) {
        self.net[to] = self.net[from];
        self.fair[to] = self.fair[from];
        self.counts[to] = self.counts[from];
        self.quotes[to] = self.quotes[from];
    }

    fn clear(&mut self, cell: usize) {
        self.net[cell] = 0.0;
        self.fair[cell] = 0.0;
        self.counts[cell] = false;
        self.quotes[cell] = Quote::default();
    }
}
