//! The law of a result: probabilities of every margin or total, fitted to fair probabilities at a few lines.
//!
//! For what a ladder of half lines cannot say: pushes, quarter lines, single numbers, and lines that nobody quotes. A sport's
//! [`Table`] gives the shape of the law; [`fit`] places it.
//!
//! # Shape
//!
//! The probability of the number n is proportional to weight(n) × base(n). The weight is the table's (of |n| for a margin; 1 where the
//! table ends; 0 for a negative total). The base has a location and a scale:
//!
//! | base | base(n) | location | scale |
//! |---|---|---|---|
//! | [`Normal`](Base::Normal) | exp(−(n − μ)²/2σ²), \|n − μ\| ≤ min(8.5σ, 250) | μ | σ |
//! | [`Skellam`](Base::Skellam) | I_\|n\|(κ)·exp(θn), \|n\| ≤ 60 | θ = ½ ln(λ/λ′) | κ = 2√(λλ′) |
//! | [`Poisson`](Base::Poisson) | exp(ν(n ln m − ln n!)), 0 ≤ n ≤ 120 | m | ν, 1 being Poisson |
//!
//! I is the modified Bessel function: with weights 1 the second row is the difference of two Poisson numbers with means λ and λ′
//! (Skellam 1946). It is tilted at constant κ, so that a strong favourite also raises the total. The third row is the
//! Conway–Maxwell–Poisson law. Source of laws and weights, sport by sport: see [`SPORTS`].
//!
//! # Fit
//!
//! A fair probability u of "above" at a line is conditional on a decision: with A the mean share of the stake won above the line and B the
//! mean share lost, u = A/(A + B). At half lines these are the masses above and below; at an integer line its own mass is in
//! neither; at a quarter line they are the means of its two neighbours'. The residual of a line is r = ln A − ln B − logit u, and
//! location and scale minimise Σ (r/0.04)² + (ln(scale/table's)/e)², e being the table's
//! [`scale_error`](Table::scale_error) (for ν the difference, not the logarithm). One line leaves the scale at the table's. The slopes are exact,
//! d ln A/dx being the mean of the law's score over the stakes won; the method is Gauss and Newton's, damped until the sum falls.
//!
//! ```
//! use overround_math::line::Line;
//! use overround_math::middle::Middle;
//! use overround_math::model::{LineProbability, fit, sport_table};
//!
//! let nfl = sport_table("americanfootball", "nfl").unwrap();
//! let line = |value| Line::from_f64(value).unwrap();
//! // Home −3 at even chances of a decided bet: the margin is above 3 as often as below.
//! let law = fit(&nfl.margin, &[LineProbability { line: line(3.0), above: 0.5 }]).unwrap();
//! assert!((0.08..0.11).contains(&law.mass(3)));
//! let middle = Middle::new(line(2.5), line(3.5), 1.95, 1.95).unwrap();
//! assert!(law.judge(&middle).ev > 0.05);
//! ```

mod base;
mod fit;
mod tables;

pub use fit::fit;
pub use tables::SPORTS;

use crate::line::Line;
use crate::middle::{Middle, quality};
use crate::settlement::settle_above;
use core::fmt;
use core::ops::RangeInclusive;

/// What the result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Home score less away score.
    Margin,
    /// Sum of the scores.
    Total,
}

/// The family of a law, see the [module](self).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// Discrete normal.
    Normal,
    /// Difference of two Poisson numbers.
    Skellam,
    /// Poisson, and its relatives with another dispersion.
    Poisson,
}

/// The shape of a law of one sport's margins or totals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    /// What the result is.
    pub measure: Measure,
    /// The family.
    pub base: Base,
    /// The usual scale, > 0.
    pub scale: f64,
    /// How much the scale differs among fixtures: standard deviation of its logarithm (of ν itself).
    pub scale_error: f64,
    /// The number (of a margin its magnitude) that the first weight is for.
    pub first: u16,
    /// Weights of successive numbers, ≥ 0; 1 for every other number.
    pub weights: &'static [f64],
    /// Key numbers: those that come up markedly more often than their neighbours, or are known as such.
    pub keys: &'static [u16],
}

impl Table {
    /// How much more often the number comes up than the base has it.
    #[must_use]
    pub fn weight(&self, n: i64) -> f64 {
        if n < 0 && self.measure == Measure::Total {
            return 0.0;
        }
        let index = n.unsigned_abs().checked_sub(u64::from(self.first)).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.weights.get(index)).copied().unwrap_or(1.0)
    }

    /// Is it a key number?
    #[must_use]
    pub fn is_key(&self, n: i64) -> bool {
        (n >= 0 || self.measure == Measure::Margin) && self.keys.iter().any(|&key| u64::from(key) == n.unsigned_abs())
    }
}

/// The shapes of one sport's margins and totals, full game.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SportTable {
    /// Key of the sport, as fed.
    pub sport: &'static str,
    /// Key of the league; `None`: every league without an entry of its own.
    pub league: Option<&'static str>,
    /// Of spreads.
    pub margin: Table,
    /// Of totals.
    pub total: Table,
}

/// The table for a sport and league; `None` if there is no model for them.
#[must_use]
pub fn sport_table(sport: &str, league: &str) -> Option<&'static SportTable> {
    let of_sport = || SPORTS.iter().filter(|table| table.sport == sport);
    of_sport().find(|table| table.league == Some(league)).or_else(|| of_sport().find(|table| table.league.is_none()))
}

/// A fair probability at a line, in result space: of a spread, home at line h wins above −h.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineProbability {
    /// The line.
    pub line: Line,
    /// That the result is above it, given a decision; strictly inside (0, 1).
    pub above: f64,
}

/// The most integers a law can spread over.
pub const MAX_SUPPORT: usize = 512;

/// Probabilities of successive integers; all others have none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Law {
    first: i64,
    count: usize,
    masses: [f64; MAX_SUPPORT],
    location: f64,
    scale: f64,
    misfit: f64,
}

impl Law {
    /// The probability of the number `n`.
    #[must_use]
    pub fn mass(&self, n: i64) -> f64 {
        let index = n.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        index.and_then(|index| self.masses().get(index)).copied().unwrap_or(0.0)
    }

    /// The first integer with a mass.
    #[must_use]
    pub const fn first(&self) -> i64 {
        self.first
    }

    /// The masses from the first integer on; they sum to 1.
    #[must_use]
    pub fn masses(&self) -> &[f64] {
        &self.masses[..self.count]
    }

    /// The fitted location: μ, θ or m, see the [module](self).
    #[must_use]
    pub const fn location(&self) -> f64 {
        self.location
    }

    /// The fitted scale: σ, κ or ν.
    #[must_use]
    pub const fn scale(&self) -> f64 {
        self.scale
    }

    /// The greatest residual |r| among the lines fitted to, in logits.
    #[must_use]
    pub const fn misfit(&self) -> f64 {
        self.misfit
    }

    /// The fair probability of a bet above the line, given a decision; 0 or 1 beyond the law's integers.
    #[must_use]
    pub fn above(&self, line: Line) -> f64 {
        let (mut won, mut lost) = (0.0, 0.0);
        for (n, &mass) in (self.first..).zip(self.masses()) {
            let (w, l) = shares(line, n);
            won += w * mass;
            lost += l * mass;
        }
        won / (won + lost)
    }

    /// The probability of a range of integers.
    #[must_use]
    pub fn mass_within(&self, numbers: &RangeInclusive<i64>) -> f64 {
        let last = i64::try_from(self.count).map_or(i64::MAX, |count| self.first + count - 1);
        let mass: f64 = (*numbers.start().max(&self.first)..=*numbers.end().min(&last)).map(|n| self.mass(n)).sum();
        mass.min(1.0)
    }

    /// What a middle is worth under this law.
    #[must_use]
    pub fn judge(&self, middle: &Middle) -> MiddleValue {
        let probability = self.mass_within(&middle.numbers());
        let (mut partial, mut count) = ([(0.0, 0.0); 2], 0);
        for (place, n) in partial.iter_mut().zip(middle.partial_numbers()) {
            *place = (self.mass(n), middle.payoff(n));
            count += 1;
        }
        let ev = middle.expected(probability, &partial[..count]);
        let break_even = middle.break_even(&partial[..count]);
        MiddleValue { probability, ev, break_even, quality: quality(probability, break_even) }
    }
}

/// A middle under a law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MiddleValue {
    /// Of the integers on which both legs win in full.
    pub probability: f64,
    /// Expected payoff per unit of total stake.
    pub ev: f64,
    /// See [`Middle::break_even`].
    pub break_even: f64,
    /// See [`quality`].
    pub quality: f64,
}

/// The shares of the stake that a bet above the line wins and loses at the number `n`.
fn shares(line: Line, n: i64) -> (f64, f64) {
    use crate::settlement::Settlement::{HalfLoss, HalfWin, Loss, Push, Win};
    match settle_above(line, n) {
        Win => (1.0, 0.0),
        HalfWin => (0.5, 0.0),
        Push => (0.0, 0.0),
        HalfLoss => (0.0, 0.5),
        Loss => (0.0, 1.0),
    }
}

/// Why no law fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FitError {
    /// No line.
    Empty,
    /// A probability not strictly inside (0, 1).
    Probability,
    /// A line, location or scale beyond what the law can hold.
    Range,
    /// The lines contradict each other, or the table: a residual above [`MOST_MISFIT`].
    Misfit,
}

/// The greatest residual of a fit, in logits.
pub const MOST_MISFIT: f64 = 0.25;

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "a fit needs at least one line",
            Self::Probability => "a fair probability must lie strictly between 0 and 1",
            Self::Range => "a line is beyond what the law can hold",
            Self::Misfit => "the lines contradict each other",
        })
    }
}

impl core::error::Error for FitError {}
