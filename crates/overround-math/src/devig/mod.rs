//! Margin removal ("devig"): from the prices of one market to fair probabilities.

mod error;
mod method;
mod solve;

pub use error::{Cause, DevigError};
pub use method::{Method, UnknownMethod};

/// What comes with an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
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
/// Bad input, in this order: empty, NaN, infinite, a price ≤ 1, a single price, slices of unequal lengths; `fair` is then untouched.
/// [`DevigError::NoValidAnswer`] if no answer lies strictly inside (0, 1): `fair` then holds what the closed forms give, and
/// nothing of use for the others.
pub fn devig(method: Method, odds: &[f64], fair: &mut [f64]) -> Result<Solution, DevigError> {
    check(odds)?;
    if fair.len() != odds.len() {
        return Err(DevigError::Length { odds: odds.len(), fair: fair.len() });
    }
    solve::solve(method, odds, fair)
}

/// Σ 1/o in index order; NaN or infinite only if the prices are not all positive.
#[must_use]
pub fn booksum(odds: &[f64]) -> f64 {
    odds.iter().fold(0.0, |sum, price| sum + 1.0 / price)
}

fn check(odds: &[f64]) -> Result<(), DevigError> {
    if odds.len() > 1 && odds.iter().all(|&price| price > 1.0 && price < f64::INFINITY) {
        return Ok(());
    }
    let position = |bad: fn(&f64) -> bool| odds.iter().position(bad);
    if odds.is_empty() {
        Err(DevigError::Empty)
    } else if let Some(index) = position(|price| price.is_nan()) {
        Err(DevigError::NotANumber { index })
    } else if let Some(index) = position(|price| price.is_infinite()) {
        Err(DevigError::Infinite { index })
    } else if let Some(index) = position(|&price| price <= 1.0) {
        Err(DevigError::NotAboveOne { index })
    } else {
        Err(DevigError::Single)
    }
}
