//! Views of the whole state: counts and digest.

use super::Engine;
use crate::books::Books;
use crate::ids::{Key, MarketId};
use crate::intake::HoldKind;
use crate::lifecycle::{Entry, State};
use alloc::vec::Vec;
use twox_hash::XxHash3_64;

/// Counts since the engine was made, and what it holds now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Odds events accepted.
    pub accepted: u64,
    /// [`OddsEvent::Odds`](crate::OddsEvent::Odds) that moved a price or activity.
    pub changed: u64,
    /// Calls whose time ran backwards and was raised to the latest seen.
    pub clamped: u64,
    /// `Odds` that lost to a newer one of another feed.
    pub superseded: u64,
    /// Snapshots and holds that were closed because they held too much or too long.
    pub overflowed: u64,
    /// Opportunities withheld because recomputing them by settlement gave other figures.
    pub withheld: u64,
    /// Episodes not told, or ended, by a cap; by kind in the order of [`Kind::ALL`](crate::opportunity::Kind::ALL).
    pub capped: [u64; 4],
    /// Deadlines fired.
    pub deadlines: u64,
    /// Bookmakers defined.
    pub bookmakers: u64,
    /// Fixtures held.
    pub fixtures: u64,
    /// Markets held.
    pub markets: u64,
    /// Quotes held, active or not.
    pub quotes: u64,
    /// Opportunities told as open.
    pub open: u64,
}

impl Engine {
    /// Counts since the engine was made, and what it holds now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let held = self.books.fixtures.iter().filter(|fixture| !fixture.retired);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Stats {
            accepted: self.accepted,
            changed: self.intake.changed,
            clamped: self.clamped,
            superseded: self.intake.superseded,
            overflowed: self.intake.overflowed,
            withheld: self.tracker.withheld,
            capped: self.tracker.capped,
            deadlines: self.fired,
            bookmakers: count(self.books.bookmakers.len()),
            fixtures: count(held.clone().count()),
            markets: held.map(|fixture| count(fixture.markets.len())).sum(),
            quotes: self.books.quotes,
            open: count(self.tracker.open().len()),
        }
    }

    /// xxh3-64 over the state: equal digests, equal states, whatever way led there. In it are the configuration, the time, every
    /// definition, quote, signal, gap and record held back, and what was told; counts, buffers and derived values are not.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut state = Words::default();
        state.put([self.books.now.0 as u64, u64::from(self.has_begun)]);
        state.put_text(&self.books.rules.config);
        for bookmaker in &self.books.bookmakers {
            state.put([bookmaker.key.0]);
            state.put(bookmaker.source.words());
        }
        for fixture in &self.books.fixtures {
            state.put([fixture.key.0, u64::from(fixture.retired)]);
            if fixture.retired {
                continue;
            }
            state.put([fixture.sport, fixture.league].map(|key| key.unwrap_or(Key::NONE).0));
            let times = [fixture.start, fixture.barrier];
            state.put(times.map(|at| at.map_or(0, |at| at.0 as u64)));
            let known = times.map(|at| u64::from(at.is_some()));
            state.put([known[0], known[1], fixture.live_flag.map_or(0, |live| 1 + u64::from(live))]);
            for (bookmaker, signal) in &fixture.signals {
                state.put([u64::from(bookmaker.0), signal.word()]);
            }
            fixture.markets.iter().for_each(|&market| put_market(&self.books, market, &mut state));
            for &family in &fixture.families {
                self.put_entries(family.index(), &mut state);
            }
        }
        self.put_intake(&mut state);
        XxHash3_64::oneshot(&state.bytes)
    }

    fn put_entries(&self, family: usize, state: &mut Words) {
        let Some(entries) = self.tracker.families.get(family) else { return };
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_unstable_by_key(|entry| entry.identity);
        for entry in entries {
            let (code, since) = match entry.state {
                State::Pending { since, .. } => (1, since.0 as u64),
                State::Capped => (2, 0),
                State::Open => (3, 0),
            };
            state.put([entry.id.0, u64::from(entry.identity.profile.0), code, since]);
            if let Some(told) = &entry.told {
                state.put_text(told);
            }
        }
    }

    fn put_intake(&self, state: &mut Words) {
        for hold in &self.intake.holds {
            state.put([u64::from(hold.kind == HoldKind::Snapshot), hold.begun.0 as u64]);
            state.put_text(&(hold.scope, &hold.held, &hold.came));
        }
        for gap in &self.intake.gaps {
            state.put_text(&(gap.scope, &gap.covered));
        }
    }
}

/// Little-endian words, one after the other.
#[derive(Default)]
struct Words {
    bytes: Vec<u8>,
}

impl Words {
    fn put<const N: usize>(&mut self, words: [u64; N]) {
        words.iter().for_each(|word| self.bytes.extend_from_slice(&word.to_le_bytes()));
    }

    /// Things of many fields, as the text that names each of them; numbers in it read back as the same bits.
    fn put_text(&mut self, thing: &impl core::fmt::Debug) {
        let text = alloc::format!("{thing:?}");
        self.put([u64::try_from(text.len()).unwrap_or(u64::MAX)]);
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

fn put_market(books: &Books, id: MarketId, state: &mut Words) {
    let market = &books.markets[id.index()];
    let family = &books.families[market.family.index()];
    state.put([u64::from(id.0), u64::from(market.family.0)]);
    state.put([family.market_type.0, family.period.0, family.participant.0]);
    state.put_text(&(market.shape, market.line, &market.outcomes));
    for (slot, bookmaker) in market.slots.iter().enumerate() {
        for row in 0..market.block.rows {
            // A quote that is gone leaves no trace.
            let quote = &books.grid.quotes[market.block.cell(row, slot)];
            if quote.is_present() {
                state.put([u64::from(bookmaker.0), u64::try_from(row).unwrap_or(u64::MAX)]);
                state.put(quote.words());
            }
        }
    }
}
