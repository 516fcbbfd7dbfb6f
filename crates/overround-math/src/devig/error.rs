//! Why there is no answer.

use core::fmt;

use super::Method;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DevigError {
    /// No price at all.
    Empty,
    /// A price is not a number.
    NotANumber {
        /// The first such price.
        index: usize,
    },
    /// A price is infinite.
    Infinite {
        /// The first such price.
        index: usize,
    },
    /// A price is not above 1.
    NotAboveOne {
        /// The first such price.
        index: usize,
    },
    /// One price is no market.
    Single,
    /// The slices differ in length.
    Length {
        /// Length of the prices.
        odds: usize,
        /// Length of the answer.
        fair: usize,
    },
    /// The target sum of the probabilities is not in (0, n).
    Target,
    /// The booksum is not possible.
    Booksum,
    /// A probability is not strictly inside (0, 1).
    Probability {
        /// The first such probability.
        index: usize,
    },
    /// The method cannot be turned round.
    NoInverse,
    /// The members of a worst case are none, or contain the worst case.
    Members,
    /// The method has no answer with all probabilities strictly inside (0, 1).
    NoValidAnswer {
        /// The method asked for.
        method: Method,
        /// What goes wrong.
        cause: Cause,
    },
}

/// What goes wrong when a method has no valid answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The formula leaves (0, 1).
    Outside,
    /// The equation has no root.
    NoRoot,
}

impl fmt::Display for DevigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no prices"),
            Self::NotANumber { index } => write!(f, "price {index} is not a number"),
            Self::Infinite { index } => write!(f, "price {index} is infinite"),
            Self::NotAboveOne { index } => write!(f, "price {index} is not above 1"),
            Self::Single => f.write_str("one price is no market"),
            Self::Length { odds, fair } => write!(f, "{odds} prices, but room for {fair} probabilities"),
            Self::Target => f.write_str("the target must lie above 0 and below the number of outcomes"),
            Self::Booksum => {
                f.write_str("the booksum must lie above 0, and leave every implied probability inside (0, 1)")
            }
            Self::Probability { index } => write!(f, "probability {index} is not inside (0, 1)"),
            Self::NoInverse => f.write_str("a worst case over several methods cannot be turned round"),
            Self::Members => f.write_str("a worst case needs members other than itself"),
            Self::NoValidAnswer { method, cause: Cause::Outside } => {
                write!(f, "no valid answer: {method} puts a probability outside (0, 1)")
            }
            Self::NoValidAnswer { method, cause: Cause::NoRoot } => {
                write!(f, "no valid answer: {method} has no solution with all probabilities inside (0, 1)")
            }
        }
    }
}

impl core::error::Error for DevigError {}
