//! An engine that a workload is played on.

use crate::digests;
use crate::workload::{OPENING, Spec};
use overround::odds_event::OddsEvent;
use overround::{Config, Engine, OpportunityEvent, Timestamp};

/// Time between two calls.
pub const STEP_US: i64 = 100;

/// An engine with a workload's opening prices, and the time.
#[derive(Debug)]
pub struct Player {
    /// The engine.
    pub engine: Engine,
    /// When the next call is.
    pub now: Timestamp,
    /// How many opportunity events have been told.
    pub told: u64,
    out: Vec<OpportunityEvent>,
}

impl Player {
    /// Feeds the opening prices.
    ///
    /// # Panics
    /// If the configuration or an event is refused.
    #[must_use]
    pub fn open(spec: &Spec, config: Config) -> Self {
        let mut engine = Engine::new(config).expect("the configuration is valid");
        let mut out = Vec::new();
        spec.opening(|piece| {
            let report = engine.apply_batch(OPENING, piece, &mut out);
            assert!(report.rejected.is_empty(), "{:?}", report.rejected.first());
            out.clear();
        });
        Self { engine, now: OPENING.plus_us(1_000_000), told: 0, out }
    }

    /// As [`open`](Self::open), and one pass that is seen to have moved as many prices as it was meant to, and to have led where it led
    /// before.
    ///
    /// # Panics
    /// If it has not.
    #[must_use]
    pub fn checked(spec: &Spec, config: &Config, events: &[OddsEvent], batch: Option<usize>) -> Self {
        let mut player = Self::open(spec, config.clone());
        player.pass(spec, events, batch);
        let way = batch.map_or_else(|| "single".into(), |size| format!("batch={size}"));
        let profiles = config.profiles.len().max(1);
        digests::check(&format!("{spec} {} profiles={profiles} {way}", config.fair.method), &player.engine);
        player
    }

    /// Feeds odds events one by one.
    ///
    /// # Panics
    /// If one is refused.
    pub fn singles(&mut self, events: &[OddsEvent]) {
        for event in events {
            self.out.clear();
            self.now = self.now.plus_us(STEP_US);
            self.engine.apply(self.now, event, &mut self.out).expect("a good event");
            self.told += self.out.len() as u64;
        }
    }

    /// Feeds odds events in batches.
    ///
    /// # Panics
    /// If one is refused.
    pub fn batches(&mut self, events: &[OddsEvent], size: usize) {
        for batch in events.chunks(size) {
            self.out.clear();
            self.now = self.now.plus_us(STEP_US);
            let report = self.engine.apply_batch(self.now, batch, &mut self.out);
            assert!(report.rejected.is_empty(), "{:?}", report.rejected.first());
            self.told += self.out.len() as u64;
        }
    }

    /// Feeds a pass, one by one or in batches of `batch`.
    ///
    /// # Panics
    /// If an event is refused, or if not as many events changed a price as were meant to.
    pub fn pass(&mut self, spec: &Spec, events: &[OddsEvent], batch: Option<usize>) {
        let before = self.engine.stats().changed;
        match batch {
            None => self.singles(events),
            Some(size) => self.batches(events, size),
        }
        let changed = self.engine.stats().changed - before;
        assert_eq!(changed, u64::from(spec.events * spec.changing / 200 * 2), "{spec}: prices that moved");
    }
}

/// Slices of a list, one after the other, over and over.
#[derive(Debug)]
pub struct Slices<'a> {
    events: &'a [OddsEvent],
    size: usize,
    at: usize,
}

impl<'a> Slices<'a> {
    /// Slices of `size` odds events; `size` divides the length of the list.
    ///
    /// # Panics
    /// If it does not.
    #[must_use]
    pub fn new(events: &'a [OddsEvent], size: usize) -> Self {
        assert!(size > 0 && events.len().is_multiple_of(size), "whole slices");
        Self { events, size, at: 0 }
    }

    /// The next slice and its place in the list.
    pub fn next_slice(&mut self) -> (usize, &'a [OddsEvent]) {
        let at = self.at;
        self.at = (at + self.size) % self.events.len();
        (at, &self.events[at..at + self.size])
    }
}
