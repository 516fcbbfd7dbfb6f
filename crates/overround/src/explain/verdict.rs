//! What decided.

use super::market::{NoReference, QuoteFault};
use crate::ids::OutcomeIndex;
use crate::time::Timestamp;

/// Is something told, and if not, why not?
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// It is open: told as detected at `since`, and last told at `last`.
    Told {
        /// When the episode was told as detected.
        since: Timestamp,
        /// When it was last told: detected, or updated.
        last: Timestamp,
    },
    /// It is no opportunity.
    Missed(Miss),
    /// It would be told but for this cap.
    Capped(Condition),
    /// It stands, and is told at `until` if it stands that long without a break.
    Awaiting {
        /// Since when.
        since: Timestamp,
        /// When it will have stood long enough, under the rules of now.
        until: Timestamp,
    },
    /// Its figures do not bear recomputation result by result: a fault of the engine, which is why it is withheld.
    Withheld,
}

/// Why something is no opportunity: the first condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Miss {
    /// The profile does not ask for this kind.
    NotDetected,
    /// Markets with that many outcomes have no such opportunities.
    Outcomes(u32),
    /// Nobody has a price for this outcome that counts and may be used.
    NoPrice {
        /// The outcome.
        outcome: OutcomeIndex,
        /// A lay of it is what is missing (back against lay).
        lay: bool,
    },
    /// The one quote it would stand on cannot be used.
    Quote(QuoteFault),
    /// There is nothing to judge it by.
    NoReference(NoReference),
    /// Markets without a line have no middles.
    NoLine,
    /// No other line of the family is known: a middle needs two.
    SingleLine,
    /// The prices are an arbitrage by the figures, whether that is told or not: no low hold.
    IsArbitrage {
        /// 1/S − 1.
        profit: f64,
    },
    /// A middle that can lose, and whose expected payoff is unknown.
    UnknownEv,
    /// A comparison fails.
    Fails(Condition),
}

/// A comparison that decides, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Condition {
    /// Which.
    pub test: Test,
    /// The figure.
    pub value: f64,
    /// What it is compared with; hysteresis is in where the opportunity is open.
    pub bound: f64,
    /// The outcome.
    pub holds: bool,
}

impl Condition {
    pub(crate) const fn new(test: Test, value: f64, bound: f64, holds: bool) -> Self {
        Self { test, value, bound, holds }
    }

    /// A cap: 0 is none.
    pub(crate) fn cap(test: Test, value: f64, max: f64) -> Self {
        Self::new(test, value, max, max <= 0.0 || crate::detect::at_most(value, max))
    }

    /// How far the figure is beyond its bound; ≤ 0 (or within the slack) where it holds.
    #[must_use]
    pub fn excess(&self) -> f64 {
        match self.test.relation() {
            Relation::AtLeast => self.bound - self.value,
            Relation::AtMost => self.value - self.bound,
        }
    }
}

/// A comparison's direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// value ≥ bound − slack.
    AtLeast,
    /// value ≤ bound + slack.
    AtMost,
}

/// What is compared. The slack is [`EPSILON`](crate::config::EPSILON) but where it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Test {
    /// p·d ≥ 1 + `ev.min`.
    Ev,
    /// ev ≤ `ev.max`.
    EvCap,
    /// S·(1 + `arbitrage.min_profit`) ≤ 1.
    Booksum,
    /// profit_min ≥ 0.
    LeastProfit,
    /// profit ≤ `arbitrage.max_profit`.
    ProfitCap,
    /// hold = 1 − 1/S ≤ `low_hold.max_hold`.
    Hold,
    /// b − a ≥ `middle.min_size`.
    SizeMin,
    /// b − a ≤ `middle.max_size`; not made where that is 0.
    SizeMax,
    /// At least `middle.min_numbers` integers on which both legs win in full; no slack.
    Numbers,
    /// −worst ≤ `middle.max_loss`.
    Loss,
    /// worst ≥ 0: then the middle is told whatever its ev. Not needed; it stands only among conditions that hold.
    NeverLoses,
    /// ev ≥ `middle.min_ev`.
    MiddleEv,
}

impl Test {
    /// The comparison's direction.
    #[must_use]
    pub const fn relation(self) -> Relation {
        match self {
            Self::Ev | Self::LeastProfit | Self::SizeMin | Self::Numbers | Self::NeverLoses | Self::MiddleEv => {
                Relation::AtLeast
            }
            Self::EvCap | Self::Booksum | Self::ProfitCap | Self::Hold | Self::SizeMax | Self::Loss => Relation::AtMost,
        }
    }

    /// What is compared, as a formula.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Ev => "p·d ≥ 1 + ev.min",
            Self::EvCap => "ev ≤ ev.max",
            Self::Booksum => "S·(1 + arbitrage.min_profit) ≤ 1",
            Self::LeastProfit => "profit_min ≥ 0",
            Self::ProfitCap => "profit ≤ arbitrage.max_profit",
            Self::Hold => "1 − 1/S ≤ low_hold.max_hold",
            Self::SizeMin => "b − a ≥ middle.min_size",
            Self::SizeMax => "b − a ≤ middle.max_size",
            Self::Numbers => "count of numbers ≥ middle.min_numbers",
            Self::Loss => "−worst ≤ middle.max_loss",
            Self::NeverLoses => "worst ≥ 0",
            Self::MiddleEv => "ev ≥ middle.min_ev",
        }
    }

    /// A name for formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ev => "ev",
            Self::EvCap => "ev_cap",
            Self::Booksum => "booksum",
            Self::LeastProfit => "least_profit",
            Self::ProfitCap => "profit_cap",
            Self::Hold => "hold",
            Self::SizeMin => "size_min",
            Self::SizeMax => "size_max",
            Self::Numbers => "numbers",
            Self::Loss => "loss",
            Self::NeverLoses => "never_loses",
            Self::MiddleEv => "middle_ev",
        }
    }
}
