//! Kelly stakes on several bets at once: the fractions of the bankroll that make it grow fastest.
//!
//! - [`exclusive_into`]: outcomes of one market, of which at most one wins. Closed form.
//! - [`independent_into`]: bets that know nothing of each other. Newton's method on all 2ⁿ results, with a proven bound on what is missing.
//!
//! For a single bet both are [`ev::kelly`](crate::ev::kelly). A fraction of Kelly is the same fraction of every stake.
//!
//! ```
//! use overround_math::kelly::{exclusive_into, independent_into};
//!
//! let mut stakes = [0.0; 3];
//! let found = exclusive_into(&[0.5, 0.3, 0.2], &[2.2, 3.6, 3.5], &mut stakes)?;
//! assert!((found.reserve - 0.2 / (1.0 - 1.0 / 2.2 - 1.0 / 3.6)).abs() < 1e-12);
//! assert_eq!(stakes[2], 0.0);
//!
//! let mut stakes = [0.0; 2];
//! independent_into(&[0.55, 0.55], &[2.0, 2.0], &mut stakes)?;
//! assert!(stakes[0] > 0.099 && stakes[0] < 0.1, "a little less than alone");
//! # Ok::<(), overround_math::kelly::KellyError>(())
//! ```

use crate::float::{ln_1p, sqrt};
use crate::odds::Odds;
use core::fmt;

/// The most bets of [`independent_into`]: they have 2ⁿ results.
pub const MAX_INDEPENDENT: usize = 16;

/// What stakes on exclusive outcomes come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exclusive {
    /// R: an outcome is backed if its probability × price is above it. It is also the share of the bankroll left if none of the
    /// backed outcomes wins; 0 if one of them must.
    pub reserve: f64,
    /// The expected logarithm of the bankroll after the bets, in units of the bankroll before; ≥ 0.
    pub growth: f64,
}

/// Kelly fractions on outcomes of which at most one wins, with these probabilities, at these net prices.
///
/// Outcome i is backed with pᵢ − R/dᵢ if pᵢdᵢ > R, where R = (1 − Σp)/(1 − Σ1/d) over the backed outcomes: the set is the fixed point
/// reached from R = 1, since each outcome with pd > R lowers R and keeps it below its own pd. The denominator stays positive: an
/// outcome that would exhaust it has p > 1 − Σp. An outcome with pd < 1 can be backed, as a hedge of the others. Where prices are an
/// arbitrage and the probabilities sum to 1, every outcome is, with its probability.
///
/// Probabilities in [0, 1] sum to at most 1 (what is missing are outcomes that cannot be backed); prices are prices (see [`Odds`]).
///
/// Source: Smoczynski and Tomkins, "An explicit solution to the problem of optimizing the allocations of a bettor's wealth when
/// wagering on horse races", 2010.
///
/// # Errors
/// Slices of different lengths; a number out of range, with its index; probabilities that sum to more than 1.
pub fn exclusive_into(probabilities: &[f64], prices: &[f64], fractions: &mut [f64]) -> Result<Exclusive, KellyError> {
    check(probabilities, prices, fractions)?;
    let total: f64 = probabilities.iter().sum();
    if total > 1.0 + 1e-12 {
        return Err(KellyError::Sum);
    }
    let bets = || probabilities.iter().zip(prices);
    let mut reserve = 1.0;
    // Each round but the last adds an outcome.
    for _ in 0..=probabilities.len() {
        let (mut p_rest, mut q_rest) = (1.0, 1.0);
        for (&p, &d) in bets().filter(|&(p, d)| p * d > reserve) {
            p_rest -= p;
            q_rest -= 1.0 / d;
        }
        // At 0 but for rounding, one of the backed outcomes must win.
        let next = if p_rest < 1e-12 || q_rest <= 0.0 { 0.0 } else { p_rest / q_rest };
        if next >= reserve {
            break;
        }
        reserve = next;
    }
    let (mut growth, mut backed) = (0.0, 0.0);
    for (fraction, (&p, &d)) in fractions.iter_mut().zip(bets()) {
        *fraction = (p - reserve / d).max(0.0);
        if *fraction > 0.0 {
            backed += p;
            growth += p * ln_1p(p * d - 1.0);
        }
    }
    if backed < 1.0 && reserve > 0.0 {
        growth += (1.0 - backed) * ln_1p(reserve - 1.0);
    }
    Ok(Exclusive { reserve, growth })
}

/// What stakes on independent bets come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Independent {
    /// The expected logarithm of the bankroll after the bets, in units of the bankroll before; ≥ 0.
    pub growth: f64,
    /// No fractions whatever grow faster than `growth + gap`.
    pub gap: f64,
    /// Newton steps taken.
    pub iterations: u32,
}

/// Kelly fractions on at most [`MAX_INDEPENDENT`] independent bets, with probabilities strictly inside (0, 1), at these net prices,
/// all placed before any is settled.
///
/// Maximises G(f) = E ln(1 + Σ fᵢXᵢ) over the 2ⁿ results, Xᵢ being dᵢ − 1 with probability pᵢ and −1 otherwise. Because the bets are
/// independent, ∂G/∂fᵢ at fᵢ = 0 has the sign of pᵢdᵢ − 1: so exactly the bets with an edge have a stake, the others 0, and on the
/// former the maximum is free of constraints. There G is strictly concave (the Xᵢ span all directions) and falls to −∞ at the edge of
/// its domain, so Newton's method with halved steps converges from f = 0, at last quadratically (Boyd and Vandenberghe, "Convex
/// Optimization", section 9.5.3).
///
/// It ends with a proof: G is concave, so G(g) − G(f) ≤ ∇G(f)·(g − f), and over all g ≥ 0 with Σg ≤ 1 the right side is at most
/// max(0, maxᵢ ∂ᵢG) − ∇G(f)·f. That is the `gap`; at most 10⁻¹².
///
/// # Errors
/// Slices of different lengths; a number out of range, with its index; too many bets; or that 200 steps did not close the gap.
pub fn independent_into(
    probabilities: &[f64],
    prices: &[f64],
    fractions: &mut [f64],
) -> Result<Independent, KellyError> {
    check(probabilities, prices, fractions)?;
    if let Some(index) = probabilities.iter().position(|&p| p <= 0.0 || p >= 1.0) {
        return Err(KellyError::Probability(index));
    }
    if probabilities.len() > MAX_INDEPENDENT {
        return Err(KellyError::TooMany);
    }
    let mut bets = Bets { win: [0.0; MAX_INDEPENDENT], p: [0.0; MAX_INDEPENDENT], count: 0 };
    for (&p, &d) in probabilities.iter().zip(prices).filter(|&(p, d)| p * d > 1.0) {
        (bets.p[bets.count], bets.win[bets.count]) = (p, d - 1.0);
        bets.count += 1;
    }
    let (found, stakes) = bets.maximise()?;
    let mut stakes = stakes.into_iter();
    for (fraction, (&p, &d)) in fractions.iter_mut().zip(probabilities.iter().zip(prices)) {
        *fraction = if p * d > 1.0 { stakes.next().unwrap_or(0.0).max(0.0) } else { 0.0 };
    }
    Ok(found)
}

type Vector = [f64; MAX_INDEPENDENT];

/// Independent bets, each with an edge.
struct Bets {
    p: Vector,
    /// What a unit of stake gains.
    win: Vector,
    count: usize,
}

impl Bets {
    const MOST_STEPS: u32 = 200;
    const GAP: f64 = 1e-12;

    fn maximise(&self) -> Result<(Independent, Vector), KellyError> {
        let mut f = [0.0; MAX_INDEPENDENT];
        let mut growth = 0.0;
        for iterations in 0..=Self::MOST_STEPS {
            let (gradient, hessian) = self.slopes(&f);
            let gap = self.gap(&f, &gradient);
            if gap <= Self::GAP {
                return Ok((Independent { growth, gap, iterations }, f));
            }
            let Some(step) = solve(&hessian, &gradient, self.count) else { break };
            let decrement: f64 = step.iter().zip(&gradient).map(|(s, g)| s * g).sum();
            // Half the step until it stays inside the domain and gains a tenth of what the slope promises. Close to the maximum,
            // where gains drown in rounding, the full step is right.
            let mut size = 1.0;
            loop {
                let mut next = f;
                next.iter_mut().zip(&step).for_each(|(next, step)| *next += size * step);
                if let Some(reached) = self.growth(&next)
                    && (decrement < 1e-10 || reached >= growth + 0.1 * size * decrement)
                {
                    (f, growth) = (next, reached);
                    break;
                }
                size /= 2.0;
                if size < 1e-12 {
                    return Err(KellyError::Unsolved);
                }
            }
        }
        Err(KellyError::Unsolved)
    }

    /// A bound on what any other fractions could gain.
    fn gap(&self, f: &Vector, gradient: &Vector) -> f64 {
        let steepest = gradient[..self.count].iter().copied().fold(0.0, f64::max);
        let along: f64 = gradient.iter().zip(f).map(|(g, f)| g * f).sum();
        (steepest - along).max(0.0)
    }

    /// E ln of the bankroll; `None` outside the domain.
    fn growth(&self, f: &Vector) -> Option<f64> {
        let mut growth = 0.0;
        for result in 0..self.results() {
            let (p, gain) = self.result(result, f);
            if gain <= -1.0 {
                return None;
            }
            growth += p * ln_1p(gain);
        }
        Some(growth)
    }

    /// The gradient, and the lower half of the negated Hessian.
    fn slopes(&self, f: &Vector) -> (Vector, [Vector; MAX_INDEPENDENT]) {
        let (mut gradient, mut hessian) = ([0.0; MAX_INDEPENDENT], [[0.0; MAX_INDEPENDENT]; MAX_INDEPENDENT]);
        for result in 0..self.results() {
            let (p, gain) = self.result(result, f);
            let bankroll = 1.0 + gain;
            for i in 0..self.count {
                let xi = self.gain(result, i) / bankroll;
                gradient[i] += p * xi;
                for (j, entry) in hessian[i].iter_mut().enumerate().take(i + 1) {
                    *entry += p * xi * (self.gain(result, j) / bankroll);
                }
            }
        }
        (gradient, hessian)
    }

    const fn results(&self) -> u32 {
        1 << self.count
    }

    /// Bit i of a result says whether bet i wins.
    fn gain(&self, result: u32, i: usize) -> f64 {
        if result >> i & 1 == 1 { self.win[i] } else { -1.0 }
    }

    /// A result's probability and what it gains.
    fn result(&self, result: u32, f: &Vector) -> (f64, f64) {
        let (mut p, mut gain) = (1.0, 0.0);
        for (i, f) in f.iter().enumerate().take(self.count) {
            p *= if result >> i & 1 == 1 { self.p[i] } else { 1.0 - self.p[i] };
            gain += f * self.gain(result, i);
        }
        (p, gain)
    }
}

/// Solves `matrix`·x = `right` for a symmetric positive definite matrix given by its lower half (Cholesky); `None` if it is not.
fn solve(matrix: &[Vector; MAX_INDEPENDENT], right: &Vector, n: usize) -> Option<Vector> {
    let mut lower = *matrix;
    for i in 0..n {
        for j in 0..=i {
            let products = lower[i].iter().zip(&lower[j]).take(j).map(|(a, b)| a * b);
            let sum = lower[i][j] - products.sum::<f64>();
            lower[i][j] = if i != j {
                sum / lower[j][j]
            } else if sum > 0.0 {
                sqrt(sum)
            } else {
                return None;
            };
        }
    }
    let mut x = *right;
    for i in 0..n {
        for k in 0..i {
            x[i] -= lower[i][k] * x[k];
        }
        x[i] /= lower[i][i];
    }
    for i in (0..n).rev() {
        for k in i + 1..n {
            x[i] -= lower[k][i] * x[k];
        }
        x[i] /= lower[i][i];
    }
    Some(x)
}

fn check(probabilities: &[f64], prices: &[f64], fractions: &[f64]) -> Result<(), KellyError> {
    if probabilities.len() != prices.len() || fractions.len() != prices.len() {
        return Err(KellyError::Lengths);
    }
    if let Some(index) = probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(KellyError::Probability(index));
    }
    match prices.iter().position(|&d| !(d > 1.0 && d <= Odds::MAX)) {
        Some(index) => Err(KellyError::Price(index)),
        None => Ok(()),
    }
}

/// Why there are no Kelly stakes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KellyError {
    /// Slices of different lengths.
    Lengths,
    /// The probability with this index is out of range.
    Probability(usize),
    /// The price with this index is not a price.
    Price(usize),
    /// Probabilities of exclusive outcomes sum to more than 1.
    Sum,
    /// More than [`MAX_INDEPENDENT`] independent bets.
    TooMany,
    /// The gap could not be closed: probabilities or prices too extreme for floating point.
    Unsolved,
}

impl fmt::Display for KellyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lengths => f.write_str("there must be as many probabilities and places as prices"),
            Self::Probability(index) => write!(f, "bet {index}: the probability is out of range"),
            Self::Price(index) => write!(f, "bet {index}: not a price above 1 and at most 1000000"),
            Self::Sum => f.write_str("probabilities of exclusive outcomes must not sum to more than 1"),
            Self::TooMany => write!(f, "at most {MAX_INDEPENDENT} independent bets are possible"),
            Self::Unsolved => f.write_str("probabilities or prices are too extreme to be solved"),
        }
    }
}

impl core::error::Error for KellyError {}
