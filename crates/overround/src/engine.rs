//! The engine: odds events in, opportunity events out.

use crate::config::Config;
use crate::error::{ConfigError, EventError};
use crate::odds_event::OddsEvent;
use crate::opportunity::{Opportunity, OpportunityEvent};
use crate::time::Timestamp;
use alloc::vec::Vec;

/// Why [`Engine::next_deadline`] wants a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DeadlineKind {
    /// A fixture starts.
    Start,
    /// A quote may have become too old.
    Age,
    /// A source's role may change.
    Role,
    /// A candidate has stood long enough to be told.
    Confirm,
    /// A snapshot or hold has been open too long.
    Hold,
    /// A fixture is forgotten.
    Retention,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchReport {
    /// How many events were applied.
    pub accepted: u32,
    /// Index and reason of each that was refused.
    pub rejected: Vec<(u32, EventError)>,
}

/// Counts since the engine was made, and what it holds now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Odds events accepted.
    pub accepted: u64,
    /// `Odds` events that moved a price or activity.
    pub changed: u64,
    /// Times that ran backwards and were raised to the latest seen.
    pub clamped: u64,
    /// `Odds` events that lost to a newer one of another feed.
    pub superseded: u64,
    /// Opportunities withheld because recomputing them by settlement gave other figures.
    pub withheld: u64,
    /// Episodes not told, or ended, by a cap; by kind in the order of [`Kind::ALL`](crate::opportunity::Kind::ALL).
    pub capped: [u64; 4],
    /// Deadlines fired.
    pub deadlines: u64,
    /// Quotes held, active or not.
    pub quotes: u64,
    /// Markets held.
    pub markets: u64,
    /// Fixtures held.
    pub fixtures: u64,
}

/// Placeholder of the public API.
#[derive(Debug)]
pub struct Engine;

impl Engine {
    /// New engine.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self)
    }
    /// One event.
    pub fn apply(
        &mut self,
        now: Timestamp,
        event: &OddsEvent,
        out: &mut Vec<OpportunityEvent>,
    ) -> Result<(), EventError> {
        let _ = (now, event, out);
        Ok(())
    }
    /// Many.
    pub fn apply_batch(
        &mut self,
        now: Timestamp,
        events: &[OddsEvent],
        out: &mut Vec<OpportunityEvent>,
    ) -> BatchReport {
        let _ = (now, events, out);
        BatchReport::default()
    }
    /// Time passes.
    pub fn advance(&mut self, now: Timestamp, out: &mut Vec<OpportunityEvent>) {
        let _ = (now, out);
    }
    /// When to call advance.
    pub fn next_deadline(&self) -> Option<(Timestamp, DeadlineKind)> {
        None
    }
    /// The latest time seen.
    pub fn now(&self) -> Option<Timestamp> {
        None
    }
    /// Open opportunities as told, in the order of output.
    pub fn opportunities(&self) -> Vec<Opportunity> {
        Vec::new()
    }
    /// xxh3 over the state.
    pub fn digest(&self) -> u64 {
        0
    }
    /// Counts.
    pub fn stats(&self) -> Stats {
        Stats::default()
    }
}
