//! Margin removal ("devig"): from the prices of one market to fair probabilities.

pub mod batch;
mod block;
mod closed;
mod drive;
mod error;
mod family;
mod jsd;
mod method;
mod odds_ratio;
mod pair;
mod power;
mod probit;
mod shin;
mod solve;
mod worst;

pub use error::{Cause, DevigError};
pub use method::{Method, UnknownMethod};

/// What comes with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Solution {
    /// The method's parameter (see each [`Method`]); `None` for [`Method::WorstCase`].
    pub param: Option<f64>,
    /// Σ 1/o in index order.
    pub booksum: f64,
    /// Passes over the market after the first; 0 for closed forms.
    pub iterations: u32,
}

/// Removes the margin from one market: `fair[i]` becomes the fair probability of the outcome priced `odds[i]`.
///
/// # Errors
/// As for [`devig_to`].
pub fn devig(method: Method, odds: &[f64], fair: &mut [f64]) -> Result<Solution, DevigError> {
    devig_to(method, odds, 1.0, fair)
}

/// Removes the margin from a market in which the probabilities sum to `target`: the number of outcomes that win.
///
/// # Errors
/// Bad input, in this order: empty, NaN, infinite, a price ≤ 1, a single price, slices of unequal lengths, a target not in
/// (0, n); `fair` is then untouched. [`DevigError::NoValidAnswer`] if no answer lies strictly inside (0, 1): `fair` then holds what
/// the formula gives for the methods that have one, and nothing of use for the others.
pub fn devig_to(method: Method, odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
    check_all(odds, target, fair)?;
    if method == Method::WorstCase {
        return worst::single(&Method::WORST_CASE, odds, target, fair);
    }
    solve::answer(method, &solve::single(method, odds, target, fair))
}

/// [`Method::WorstCase`] with chosen members: the least probability of each outcome over their valid answers.
///
/// # Errors
/// [`DevigError::Members`] if there is none, or the worst case itself is one; else as for [`devig_to`].
pub fn worst_case(members: &[Method], odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
    if members.is_empty() || members.contains(&Method::WorstCase) {
        return Err(DevigError::Members);
    }
    check_all(odds, target, fair)?;
    worst::single(members, odds, target, fair)
}

/// Σ 1/o in index order; NaN or infinite only if the prices are not all positive.
#[must_use]
pub fn booksum(odds: &[f64]) -> f64 {
    odds.iter().fold(0.0, |sum, price| sum + 1.0 / price)
}

#[inline(always)]
fn check_all(odds: &[f64], target: f64, fair: &[f64]) -> Result<(), DevigError> {
    if !(odds.len() > 1 && good(odds)) {
        check(odds.iter().copied())?;
    }
    if fair.len() != odds.len() {
        return Err(DevigError::Length { odds: odds.len(), fair: fair.len() });
    }
    check_target(odds.len(), target)
}

/// Are all prices finite and above 1?
#[inline(always)]
fn good(odds: &[f64]) -> bool {
    let mut bad = [0.0; 4];
    let mut look = |i: usize, price: f64| bad[i] = if (price > 1.0) & (price < f64::INFINITY) { bad[i] } else { 1.0 };
    let (chunks, rest) = odds.as_chunks::<4>();
    for &[a, b, c, d] in chunks {
        look(0, a);
        look(1, b);
        look(2, c);
        look(3, d);
    }
    rest.iter().for_each(|&price| look(0, price));
    bad.into_iter().fold(0.0, family::max) == 0.0
}

/// What is wrong with the prices of a market.
#[cold]
#[inline(never)]
fn check(odds: impl Iterator<Item = f64> + Clone) -> Result<(), DevigError> {
    let position = |bad: fn(f64) -> bool| odds.clone().position(bad);
    if let Some(index) = position(f64::is_nan) {
        Err(DevigError::NotANumber { index })
    } else if let Some(index) = position(f64::is_infinite) {
        Err(DevigError::Infinite { index })
    } else if let Some(index) = position(|price| price <= 1.0) {
        Err(DevigError::NotAboveOne { index })
    } else {
        match odds.count() {
            0 => Err(DevigError::Empty),
            1 => Err(DevigError::Single),
            _ => Ok(()),
        }
    }
}

#[inline(always)]
fn check_target(outcomes: usize, target: f64) -> Result<(), DevigError> {
    if target > 0.0 && target < family::count(outcomes) { Ok(()) } else { Err(DevigError::Target) }
}
