//! Why a warning is given.

use crate::ids::{BookmakerId, MarketId, OutcomeIndex};
use crate::opportunity::Warning;

/// A warning and its reason. One warning has as many as there are legs that give it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct WarningView {
    /// Which.
    pub warning: Warning,
    /// Why.
    pub reason: WarningReason,
}

/// Why a warning is given.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum WarningReason {
    /// A leg's source counts with a weight below 1.
    Degraded {
        /// Whose.
        bookmaker: BookmakerId,
        /// Its freshness weight.
        weight: f64,
    },
    /// So many of the reference's columns changed after the leg did.
    Lagging {
        /// Whose leg.
        bookmaker: BookmakerId,
        /// How many of the reference's columns moved since.
        moved: u32,
        /// How many there are.
        of: u32,
    },
    /// The fixture is in play.
    Live,
    /// A price, of a leg or of an anchor, is far from the median of the other bookmakers' complete columns.
    Outlier {
        /// The market.
        market: MarketId,
        /// The outcome.
        outcome: OutcomeIndex,
        /// Whose price.
        bookmaker: BookmakerId,
        /// logit(1/price) less the median; beyond ±0.15.
        distance: f64,
        /// How many others there are, at least 5.
        others: u32,
    },
    /// The least profit over all results is less than the profit.
    Push {
        /// The least profit.
        profit_min: f64,
        /// The profit.
        profit: f64,
    },
    /// All legs are there.
    SameBookmaker(BookmakerId),
    /// The reference has but one bookmaker.
    SingleReference(BookmakerId),
    /// Profit or ev, over 0.10.
    Suspicious(f64),
    /// Ages of the youngest and the oldest leg in microseconds: more than 60 s apart.
    UnevenAges {
        /// The youngest leg's.
        youngest_us: i64,
        /// The oldest leg's.
        oldest_us: i64,
    },
}
