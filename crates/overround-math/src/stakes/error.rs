//! What can be wrong with a request for stakes.

use core::fmt;

/// Why there are no stakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StakeError {
    /// Fewer than two legs.
    TooFewLegs,
    /// More than [`MAX_LEGS`](super::MAX_LEGS) legs.
    TooManyLegs,
    /// Slices of different lengths.
    Lengths,
    /// The price of the leg with this index is not a price, or its rate is not a positive number.
    Price(usize),
    /// Step, minimum, maximum or placed stake of the leg with this index contradict each other, are negative or too large.
    Stake(usize),
    /// The account of the leg with this index has no bankroll.
    Account(usize),
    /// The total is not a positive amount, or too large; or a bankroll is negative or too large.
    Total,
    /// The step is not a positive amount, or it or the fixed stake has more than nine decimals.
    Step,
    /// No leg aims at a profit.
    NoAim,
    /// The minima and placed stakes alone cost more than there is, or cannot break even where they must.
    Minima,
    /// No stake on every outcome fits within total, limits and steps.
    NothingFits,
    /// Neither a total nor a limit bounds the stakes.
    Unbounded,
    /// More than 10 million looks at legs: take a larger step or a smaller total.
    TooFine,
}

impl fmt::Display for StakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewLegs => f.write_str("at least two prices are needed"),
            Self::TooManyLegs => write!(f, "at most {} legs are possible", super::MAX_LEGS),
            Self::Lengths => f.write_str("there must be as many places and limits as legs"),
            Self::Price(leg) => write!(f, "leg {leg}: not a price above 1 and at most 1000000, or not a positive rate"),
            Self::Stake(leg) => {
                write!(f, "leg {leg}: step, limits or placed stake are out of range or contradict each other")
            }
            Self::Account(leg) => write!(f, "leg {leg}: its account has no bankroll"),
            Self::Total => f.write_str("the total and every bankroll must be amounts above 0, and not too large"),
            Self::Step => {
                f.write_str("the step must be an amount above 0 with at most nine decimals, as must a fixed stake")
            }
            Self::NoAim => f.write_str("no leg aims at a profit"),
            Self::Minima => f.write_str("the smallest stakes allowed already cost more than there is"),
            Self::NothingFits => f.write_str("no stake on every outcome fits within total, limits and rounding"),
            Self::Unbounded => f.write_str("neither a total nor a limit bounds the stakes"),
            Self::TooFine => f.write_str("too many candidates: take a larger step or a smaller total"),
        }
    }
}

impl core::error::Error for StakeError {}
