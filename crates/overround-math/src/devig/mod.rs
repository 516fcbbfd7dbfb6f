//! Margin removal ("devig"): from the prices of one market to fair probabilities.
//!
//! [`devig()`] takes one market and [`batch`] many of one size; each [`Method`] is an assumption about whose price carries how much of the
//! margin. [`devig_to`] is for markets in which more than one outcome wins, [`one_sided`] for a price without its counterpart,
//! [`worst_case`] for the least of several methods, and [`add_margin`] puts a margin on.
//!
//! ```
//! use overround_math::devig::{Cause, DevigError, Method, devig};
//! let mut fair = [0.0; 4];
//! let solution = devig(Method::Shin, &[1.15, 5.0, 10.0, 25.0], &mut fair)?;
//! assert!((fair[0] - 0.780_952_64).abs() < 1e-8 && (solution.booksum - 1.209_565_22).abs() < 1e-8);
//! // Some methods would take more from a long price than it has, and say so.
//! let none = devig(Method::Additive, &[1.15, 5.0, 10.0, 25.0], &mut fair);
//! assert_eq!(none, Err(DevigError::NoValidAnswer { method: Method::Additive, cause: Cause::Outside }));
//! # Ok::<(), DevigError>(())
//! ```
//!
//! # How exact
//!
//! With u = 2⁻⁵³ and κ the condition of a probability (the sum over all prices of |d ln p/d ln o|: by so much rounding a price moves it),
//! answers are within 16 u (1 + κ) of the true ones relative to them, and closed forms within 8 u (1 + κ); on ordinary markets that is a
//! few units in the last place. A method that searches knows Σ p to u: beside a favourite of the fair probability q the others can be
//! off by up to 2u/(1 − q) as well, relative to them (4·10⁻¹⁴ by `odds_ratio` for 1.5 against three times 10⁶). Parameters are within
//! 10⁻¹² (1 + |c|), but for those of markets of an extreme favourite against nothing but extreme longshots (1.000001 against 10⁶), where
//! the booksum itself does not tell more.
//!
//! "Every market" in what [`Method`] says means prices up to 10¹². Of longer ones a search finds probabilities that sum to the target
//! within 10⁻¹³, which does not tell those that are smaller; towards the largest `f64` squares underflow, and it may end without an
//! answer, which is then an error.
//!
//! An answer depends on its own prices and their order alone: nothing is carried from one call to the next, and all platforms and builds
//! give the same bits. Searches start where they are known to converge and end after at most 200 passes; no market was met
//! that needs more than 43.

pub mod batch;
mod block;
mod closed;
mod drive;
mod error;
mod family;
mod inverse;
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
pub use inverse::add_margin;
pub use method::{Method, UnknownMethod};

/// What comes with an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Solution {
    /// The method's parameter (see each [`Method`]); `None` for [`Method::WorstCase`].
    pub param: Option<f64>,
    /// Σ 1/o, to a few units in the last place what [`booksum`] gives: sums run as is fastest for each method and size.
    pub booksum: f64,
    /// Passes over the market after the first; 0 for closed forms.
    pub iterations: u32,
}

/// Removes the margin from one market: `fair[i]` becomes the fair probability of the outcome priced `odds[i]`.
///
/// # Errors
/// As for [`devig_to`].
pub fn devig(method: Method, odds: &[f64], fair: &mut [f64]) -> Result<Solution, DevigError> {
    to(method, odds, 1.0, fair)
}

/// Removes the margin from a market in which the probabilities sum to `target`: the number of outcomes that win.
///
/// # Errors
/// Bad input, in this order: empty, NaN, infinite, a price ≤ 1, a single price, slices of unequal lengths, a target not in
/// (0, n); `fair` is then untouched. [`DevigError::NoValidAnswer`] if no answer lies strictly inside (0, 1): `fair` then holds what
/// the formula gives for the methods that have one, and nothing of use for the others.
pub fn devig_to(method: Method, odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
    to(method, odds, target, fair)
}

/// What most markets ask for, two prices and a short formula, without the room that searches need.
#[inline(always)]
fn to(method: Method, odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
    if let (Ok(prices), Ok(fair)) = (<&[f64; 2]>::try_from(odds), <&mut [f64; 2]>::try_from(&mut *fair))
        && target == 1.0
        && good(prices)
    {
        if method == Method::Power {
            return solve::power_pair(prices, fair);
        }
        if let Some((answer, solution)) = solve::quick_pair(method, *prices) {
            *fair = answer;
            return Ok(solution);
        }
    }
    if method == Method::Multiplicative && target == 1.0 {
        return multiplicative(odds, fair);
    }
    any(method, odds, target, fair)
}

/// The method that takes least time, spared what the others need: even a call takes one part in fifty of it for twenty prices.
#[inline(always)]
fn multiplicative(odds: &[f64], fair: &mut [f64]) -> Result<Solution, DevigError> {
    if odds.len() > 2 && fair.len() == odds.len() && good(odds) {
        solve::answer(Method::Multiplicative, &solve::multiplicative(odds, fair))
    } else {
        any(Method::Multiplicative, odds, 1.0, fair)
    }
}

#[inline(never)]
fn any(method: Method, odds: &[f64], target: f64, fair: &mut [f64]) -> Result<Solution, DevigError> {
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
    worst::check(members)?;
    check_all(odds, target, fair)?;
    worst::single(members, odds, target, fair)
}

/// The fair probability of an outcome of which only one side has a price, under the assumption that both sides together would have
/// the booksum `booksum`: the yes of a yes/no market that shows no "no", a player to score. Gives what [`devig`] gives for `price`
/// and the missing price 1/(booksum − 1/price), and the same [`Solution`].
///
/// ```
/// use overround_math::devig::{Method, one_sided};
/// let (fair, _) = one_sided(Method::Power, 4.0, 1.08)?;
/// assert!(fair > 0.19 && fair < 0.25 / 1.08);
/// # Ok::<(), overround_math::devig::DevigError>(())
/// ```
///
/// # Errors
/// As for [`devig`]; [`DevigError::Booksum`] if the booksum leaves no probability in (0, 1) for the other side.
pub fn one_sided(method: Method, price: f64, booksum: f64) -> Result<(f64, Solution), DevigError> {
    check([price, 2.0].into_iter())?;
    let missing = booksum - 1.0 / price;
    if !(missing > 0.0 && missing < 1.0 && 1.0 / missing > 1.0) {
        return Err(DevigError::Booksum);
    }
    let mut fair = [0.0; 2];
    let solution = devig(method, &[price, 1.0 / missing], &mut fair)?;
    Ok((fair[0], solution))
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

/// Are all prices finite and above 1? Doubts good ones above 2²⁵⁶, so that all of which it is sure are within [`pair::WIDE`].
#[inline(always)]
fn good(odds: &[f64]) -> bool {
    odds.iter().fold(0, |all, &price| all | above_one(price)) < SURE
}

/// How far the bits of a price are above those of 1. The bits of numbers above 0 are in the order of the numbers; whatever is not above 1,
/// infinite or NaN is [`SURE`] or more.
#[inline(always)]
fn above_one(price: f64) -> u64 {
    price.to_bits().wrapping_sub(1.0_f64.to_bits() + 1)
}

/// A power of two, so that many can be compared at once; belongs to 2²⁵⁶.
const SURE: u64 = 1 << 60;

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
