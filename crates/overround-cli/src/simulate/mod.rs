//! A made-up but lifelike evening of odds: the same seed gives the same bytes on every platform.
//!
//! The simulator knows the true chances: strengths of two sides drift, jump with news, and contests are played out by the same laws that
//! prices are made from. Bookmakers follow, each with its own lag, margin, opinions, price ladder and habits: one is sharp
//! (`pinnacle`), some push changes and some are polled, some stop taking bets when something happens and some fall asleep, and now
//! and then somebody types a wrong number. What can be found in such an evening is found for the reasons it is found in life.
//!
//! ```
//! use overround_cli::simulate::{Settings, Simulator};
//! let settings = Settings { seed: 7, fixtures: 2, minutes: 5, bookmakers: 3 };
//! let (mut once, mut twice) = (Vec::new(), Vec::new());
//! let mut simulator = Simulator::new(settings);
//! while simulator.next_line(&mut once) {}
//! for line in Simulator::new(settings) {
//!     twice.extend_from_slice(line.as_bytes());
//! }
//! assert!(once.starts_with(br#"{"type":"fixture","ts":1761498000"#) && once == twice);
//! ```

mod bookmakers;
mod chances;
mod contest;
mod desk;
mod draw;
mod item;
mod ladder;
mod law;
mod names;
mod run;
mod sheet;
mod sports;
mod truth;

pub use chances::{Chance, Question};
use overround_feed::{Record, write_record};
use run::Run;

/// The most fixtures of an evening.
pub const MOST_FIXTURES: u32 = 100_000;
/// The longest evening in minutes: one day, so that no fixture is forgotten before it ends.
pub const MOST_MINUTES: u32 = 1440;
/// The most bookmakers.
pub const MOST_BOOKMAKERS: u16 = bookmakers::MOST;

/// What evening is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Everything is drawn from it.
    pub seed: u64,
    /// How many fixtures are on; raised or lowered into 1 to [`MOST_FIXTURES`].
    pub fixtures: u32,
    /// How long the recording is; in 1 to [`MOST_MINUTES`].
    pub minutes: u32,
    /// How many bookmakers quote, `pinnacle` first; in 1 to [`MOST_BOOKMAKERS`].
    pub bookmakers: u16,
}

impl Default for Settings {
    /// 24 fixtures, 240 minutes, 12 bookmakers, seed 0.
    fn default() -> Self {
        Self { seed: 0, fixtures: 24, minutes: 240, bookmakers: 12 }
    }
}

/// An evening, record by record in the order of time. It ends by itself; memory does not grow with the length of the evening.
///
/// As an iterator it gives lines of NDJSON with their newlines; [`next_record`](Self::next_record) and
/// [`next_line`](Self::next_line) give the same without allocating each.
pub struct Simulator(Run);

impl Simulator {
    /// The evening of these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Run::new(Settings {
            fixtures: settings.fixtures.clamp(1, MOST_FIXTURES),
            minutes: settings.minutes.clamp(1, MOST_MINUTES),
            bookmakers: settings.bookmakers.clamp(1, MOST_BOOKMAKERS),
            ..settings
        }))
    }

    /// The next record.
    pub fn next_record(&mut self) -> Option<Record<'_>> {
        let item = self.0.next()?;
        Some(self.0.cast().record(item))
    }

    /// Appends the next record as a line with its newline; false at the end.
    pub fn next_line(&mut self, out: &mut Vec<u8>) -> bool {
        self.next_record().map(|record| write_record(&record, out)).is_some()
    }
}

impl Iterator for Simulator {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut line = Vec::new();
        self.next_line(&mut line).then(|| String::from_utf8(line).expect("records are written as UTF-8"))
    }
}

#[cfg(test)]
mod tests;
