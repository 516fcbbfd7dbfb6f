//! The touch limit: what it costs to read the cache lines that a decision must read, and to write the price.
//!
//! For each odds event of a list, of a market that all its bookmakers quote:
//!
//! ```text
//! header    one line: where the market is, what it asks               read
//! slots     who quotes: 4 bytes a bookmaker                           read, and searched for the bookmaker
//! prices    net prices of all bookmakers, 8 bytes each                one word of each line read; one word written
//! compared  what prices are compared with: a word per outcome         read
//! clocks    seen and changed, 16 bytes a quote                        one line written
//! ```
//!
//! That is 7 lines with 12 bookmakers and two outcomes. Nothing is decided. The layout is as good as it gets: an array of headers, and for
//! each market one block of lines whose place follows from the market's number, so that no read but the search waits for another.

use crate::workload::Spec;
use overround::OddsEvent;
use overround::odds_event::OddsUpdate;
use std::hint::black_box;

/// A cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Line([u64; WORDS]);

const WORDS: usize = 8;

/// Headers and blocks.
#[derive(Debug)]
pub struct Touch {
    headers: Vec<Line>,
    blocks: Vec<Line>,
    layout: Layout,
}

/// Where what stands in a block, in lines.
#[derive(Clone, Copy, Debug)]
struct Layout {
    bookmakers: usize,
    prices: usize,
    clocks: usize,
    all: usize,
}

impl Touch {
    /// Room for `markets` of `outcomes` outcomes that `bookmakers` quote.
    ///
    /// # Panics
    /// If there are more bookmakers than a `u32` says.
    #[must_use]
    pub fn new(markets: u32, outcomes: u16, bookmakers: u32) -> Self {
        let bookmakers = bookmakers as usize;
        let cells = bookmakers * usize::from(outcomes);
        let prices = bookmakers.div_ceil(2 * WORDS);
        let compared = prices + cells.div_ceil(WORDS);
        let clocks = compared + usize::from(outcomes).div_ceil(WORDS);
        let layout = Layout { bookmakers, prices, clocks, all: clocks + (2 * cells).div_ceil(WORDS) };
        let mut blocks = vec![Line::default(); layout.all * markets as usize];
        for block in blocks.chunks_exact_mut(layout.all) {
            for (id, slot) in (0..).zip(0..bookmakers) {
                let word = &mut block[slot / 2 / WORDS].0[slot / 2 % WORDS];
                *word |= id << (slot % 2 * 32);
            }
        }
        Self { headers: vec![Line::default(); markets as usize], blocks, layout }
    }

    /// Room for a workload's markets.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[must_use]
    pub fn of(spec: &Spec) -> Self {
        Self::new(spec.markets, spec.shape.outcomes(), spec.bookmakers)
    }

    /// Touches what each odds event asks for; other events are passed over.
    pub fn all(&mut self, events: &[OddsEvent]) {
        let mut sum = 0;
        for event in events {
            if let OddsEvent::Odds(update) = event {
                sum ^= self.one(update);
            }
        }
        black_box(sum);
    }

    #[inline]
    fn one(&mut self, update: &OddsUpdate) -> u64 {
        let layout = self.layout;
        let mut sum = self.headers[update.market.index()].0[0];
        let block = &mut self.blocks[update.market.index() * layout.all..][..layout.all];
        let slot = slot_of(&block[..layout.prices], u64::from(update.bookmaker.0));
        let cell = update.outcome.index() * layout.bookmakers + slot;
        let price = update.price.map_or(0, |price| price.decimal().to_bits());
        for line in &block[layout.prices..layout.clocks] {
            sum ^= line.0[0];
        }
        block[layout.prices + cell / WORDS].0[cell % WORDS] = price;
        let clocks = &mut block[layout.clocks + 2 * cell / WORDS].0;
        clocks[2 * cell % WORDS] = price;
        clocks[(2 * cell + 1) % WORDS] = price;
        sum
    }

    /// Reads and writes one line, that of the quote's clocks.
    pub fn one_line(&mut self, events: &[OddsEvent]) {
        let layout = self.layout;
        let mut sum = 0;
        for event in events {
            if let OddsEvent::Odds(update) = event {
                let cell = update.outcome.index() * layout.bookmakers + update.bookmaker.index();
                let line = update.market.index() * layout.all + layout.clocks + 2 * cell / WORDS;
                let clocks = &mut self.blocks[line].0;
                sum ^= clocks[2 * cell % WORDS];
                clocks[2 * cell % WORDS] = sum;
            }
        }
        black_box(sum);
    }

    /// As [`one_line`](Self::one_line), but each waits for the line before, as the reply to one poll waits for another.
    pub fn one_line_at_a_time(&mut self, events: &[OddsEvent]) {
        let layout = self.layout;
        // Always 0, which the compiler does not know.
        let mut nothing = black_box(0);
        for event in events {
            if let OddsEvent::Odds(update) = event {
                let cell = update.outcome.index() * layout.bookmakers + update.bookmaker.index();
                let line = update.market.index() * layout.all + layout.clocks + 2 * cell / WORDS;
                let clocks = &mut self.blocks[line | nothing].0;
                nothing = usize::from(clocks[2 * cell % WORDS] == u64::MAX);
                clocks[2 * cell % WORDS] = 1;
            }
        }
        black_box(nothing);
    }

    /// Cache lines that one odds event touches.
    #[must_use]
    pub const fn lines(&self) -> usize {
        1 + self.layout.clocks + 1
    }
}

/// Where a bookmaker stands among those who quote; 0 if nowhere.
#[inline]
fn slot_of(lines: &[Line], bookmaker: u64) -> usize {
    let pairs = lines.iter().flat_map(|line| line.0);
    for (pair, word) in pairs.enumerate() {
        if word & u64::from(u32::MAX) == bookmaker {
            return 2 * pair;
        }
        if word >> 32 == bookmaker {
            return 2 * pair + 1;
        }
    }
    0
}
