//! Grading: how what was told turned out. Would you have got it, did it beat the close, did it pay?
//!
//! A pure module beside the engine. [`Graded`] is an engine whose opportunities are followed: the same calls, the same outputs, the same
//! digest; and for every opportunity that was told, in the end, a [`Grade`]:
//!
//! | figure | where |
//! |---|---|
//! | the headline figure and whether the prices told could still be had, 0.5, 1, 2, 5 and 30 s later (or when asked for) | [`Grade::looks`] |
//! | who moved first: a leg, or what it is judged by | [`Grade::first_move`] |
//! | the best it was told at, how long it stood, why it went | [`Grade::peak`], [`Grade::end`] |
//! | its value by the last reference before the start (closing-line value), where the line moved away by the ladder | [`Grade::close`] |
//! | what the result paid at the prices told, by the stake fractions told | [`Grade::settled`] |
//!
//! What is graded is the bets as first told, at the bookmakers named then. A later update is no new bet, but an opportunity that expires
//! and is detected again is graded again.
//!
//! [`betting`] plays grades with a bankroll, under a model of how bets are accepted; [`Tally`] sums them up, with intervals.
//!
//! Memory is bounded by what is open: an opportunity is let go when its fixture ends or is forgotten, and at most
//! [`Settings::most_followed`] are followed at once. An engine that is not graded pays nothing. A snapshot of the engine does not hold
//! what is being followed.
//!
//! ```
//! use overround::grade::{Graded, Settings};
//! use overround::{Config, Engine, OddsEvent, Timestamp};
//!
//! let mut graded = Graded::new(Engine::new(Config::recorded())?, Settings::default())?;
//! let mut told = Vec::new();
//! graded.apply(Timestamp(1_000_000), &OddsEvent::Heartbeat(None), &mut told)?;
//! assert!(graded.take_grades().is_empty()); // a grade comes when its fixture is over
//! assert!(graded.finish().is_empty()); // and what is still followed, when nothing more will come
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod ask;
pub mod betting;
mod draws;
mod follow;
mod graded;
mod record;
mod settle;
mod tally;
#[cfg(test)]
mod tests;

pub use ask::Ask;
pub use draws::Draws;
pub use graded::Graded;
pub use record::{
    Close, End, FirstMove, Grade, GradeLeg, LegClose, LegLook, Look, Mover, Peak, Settled, Unsettled, headline,
};
pub use settle::result_of;
pub use tally::{Interval, Survival, Tally};

use alloc::vec::Vec;
use core::fmt;

/// What a grader looks at.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settings {
    /// How long after it was told each opportunity is looked at again, in microseconds: ascending, above 0, at most [`Self::MOST_HORIZONS`].
    pub horizons_us: Vec<i64>,
    /// How many opportunities are followed at once; what is told beyond is counted and not graded.
    pub most_followed: u32,
    /// From which change of a leg's expected value on, by its fair probability alone, the reference has moved.
    pub moved_from: f64,
}

impl Settings {
    /// The most horizons.
    pub const MOST_HORIZONS: usize = 32;

    /// Also looks after `horizon_us`, if that is above 0.
    #[must_use]
    pub fn with_horizon(mut self, horizon_us: i64) -> Self {
        if horizon_us > 0
            && let Err(at) = self.horizons_us.binary_search(&horizon_us)
        {
            self.horizons_us.insert(at, horizon_us);
        }
        self
    }

    fn check(&self) -> Result<(), BadSettings> {
        let horizons = &self.horizons_us;
        let ascend = horizons.windows(2).all(|pair| pair[0] < pair[1]) && horizons.first().is_none_or(|&us| us > 0);
        if !ascend || horizons.len() > Self::MOST_HORIZONS {
            return Err(BadSettings::Horizons);
        }
        let is_fine = self.moved_from.is_finite() && self.moved_from >= 0.0;
        if is_fine { Ok(()) } else { Err(BadSettings::MovedFrom) }
    }
}

impl Default for Settings {
    /// 0.5, 1, 2, 5 and 30 s; a million opportunities; 0.0005, as the engine tells changes.
    fn default() -> Self {
        let horizons_us = alloc::vec![500_000, 1_000_000, 2_000_000, 5_000_000, 30_000_000];
        Self { horizons_us, most_followed: 1_000_000, moved_from: 0.0005 }
    }
}

/// Why nothing can be graded by these settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadSettings {
    /// Horizons must ascend from above 0, at most [`Settings::MOST_HORIZONS`].
    Horizons,
    /// `moved_from` must be a number ≥ 0.
    MovedFrom,
}

impl fmt::Display for BadSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Horizons => write!(f, "horizons must ascend from above 0, {} at most", Settings::MOST_HORIZONS),
            Self::MovedFrom => f.write_str("moved_from must be a number of at least 0"),
        }
    }
}

impl core::error::Error for BadSettings {}
