//! Many markets of one size at once.
//!
//! The arrays are outcome by outcome: of `m` markets, outcome `o` of market `j` is at `o * m + j`. Eight markets are solved side by
//! side, and every market gets the same bits as from [`super::devig_to`] alone.
//!
//! ```
//! use overround_math::devig::{Method, Solution, batch};
//! // Three two-way markets.
//! let odds = [1.91, 1.5, 1.05, /* against */ 1.91, 2.74, 13.0];
//! let mut fair = [0.0; 6];
//! let mut answers = [Ok(Solution::default()); 3];
//! assert_eq!(batch::devig(Method::Power, 2, &odds, &mut fair, &mut answers)?, 3);
//! assert_eq!(fair[0], 0.5);
//! assert!((fair[1] - 0.65315228).abs() < 1e-8 && (fair[1] + fair[4] - 1.0).abs() < 1e-15);
//! # Ok::<(), overround_math::devig::DevigError>(())
//! ```

use super::block::Block;
use super::family::{fold, min};
use super::{DevigError, Method, Solution, check, check_target, solve, worst};

/// Markets solved side by side.
const LANES: usize = 8;

/// [`devig_to`] with the target 1.
///
/// # Errors
/// As there.
pub fn devig(
    method: Method,
    outcomes: usize,
    odds: &[f64],
    fair: &mut [f64],
    answers: &mut [Result<Solution, DevigError>],
) -> Result<usize, DevigError> {
    devig_to(method, outcomes, 1.0, odds, fair, answers)
}

/// Removes the margins from `answers.len()` markets of `outcomes` outcomes each, as [`super::devig_to`] does from one, and gives
/// the number of those that have an answer. The fair probabilities of a market with bad input become 0.
///
/// # Errors
/// [`DevigError::Length`] if `odds` or `fair` is not `outcomes * answers.len()` long; nothing is written then. What is wrong with a
/// single market is in its answer.
pub fn devig_to(
    method: Method,
    outcomes: usize,
    target: f64,
    odds: &[f64],
    fair: &mut [f64],
    answers: &mut [Result<Solution, DevigError>],
) -> Result<usize, DevigError> {
    let wanted = if method == Method::WorstCase { Wanted::Least(&Method::WORST_CASE) } else { Wanted::One(method) };
    all(wanted, outcomes, target, odds, fair, answers)
}

/// [`Method::WorstCase`] with chosen members, as [`super::worst_case`] is for one market.
///
/// # Errors
/// [`DevigError::Members`] if there is none, or the worst case itself is one; else as for [`devig_to`].
pub fn worst_case(
    members: &[Method],
    outcomes: usize,
    target: f64,
    odds: &[f64],
    fair: &mut [f64],
    answers: &mut [Result<Solution, DevigError>],
) -> Result<usize, DevigError> {
    worst::check(members)?;
    all(Wanted::Least(members), outcomes, target, odds, fair, answers)
}

/// What is asked of each market.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// A method's answer.
    One(Method),
    /// The least over several.
    Least(&'a [Method]),
}

fn all(
    wanted: Wanted<'_>,
    outcomes: usize,
    target: f64,
    odds: &[f64],
    fair: &mut [f64],
    answers: &mut [Result<Solution, DevigError>],
) -> Result<usize, DevigError> {
    let stride = answers.len();
    let size = outcomes.checked_mul(stride);
    if size != Some(odds.len()) || fair.len() != odds.len() {
        return Err(DevigError::Length { odds: odds.len(), fair: fair.len() });
    }
    if let Err(error) = check_target(outcomes, target) {
        for (j, answer) in answers.iter_mut().enumerate() {
            *answer = Err(check(column(odds, stride, j)).err().unwrap_or(error));
        }
        fair.fill(0.0);
        return Ok(0);
    }
    let mut solved = 0;
    let mut chunks = answers.chunks_exact_mut(LANES);
    let mut j = 0;
    for answers in &mut chunks {
        let mut block = Block { outcomes, stride, odds: &odds[j..], target, fair: &mut fair[j..] };
        if good(&block) {
            solved += several::<LANES>(wanted, &mut block, answers);
        } else {
            for (i, answer) in answers.iter_mut().enumerate() {
                *answer = one(wanted, &mut block, i);
                solved += usize::from(answer.is_ok());
            }
        }
        j += LANES;
    }
    let mut block = Block {
        outcomes,
        stride,
        odds: odds.get(j..).unwrap_or(&[]),
        target,
        fair: fair.get_mut(j..).unwrap_or(&mut []),
    };
    for (i, answer) in chunks.into_remainder().iter_mut().enumerate() {
        *answer = one(wanted, &mut block, i);
        solved += usize::from(answer.is_ok());
    }
    Ok(solved)
}

/// The market in lane `i` alone.
fn one(wanted: Wanted<'_>, block: &mut Block<'_>, i: usize) -> Result<Solution, DevigError> {
    let Block { outcomes, stride, target, .. } = *block;
    let mut block = Block { outcomes, stride, odds: &block.odds[i..], target, fair: &mut block.fair[i..] };
    if let Err(error) = check(column(block.odds, stride, 0)) {
        block.fair.iter_mut().step_by(stride).for_each(|p| *p = 0.0);
        return Err(error);
    }
    let mut answers = [Ok(Solution::default())];
    several::<1>(wanted, &mut block, &mut answers);
    let [answer] = answers;
    answer
}

/// The first `N` markets of a block without bad input.
#[inline(always)]
fn several<const N: usize>(
    wanted: Wanted<'_>,
    block: &mut Block<'_>,
    answers: &mut [Result<Solution, DevigError>],
) -> usize {
    let method = match wanted {
        Wanted::One(method) => method,
        Wanted::Least(members) => {
            let all = worst::lanes::<N>(members, block);
            answers.iter_mut().zip(all).for_each(|(answer, one)| *answer = one);
            return all.iter().filter(|answer| answer.is_ok()).count();
        }
    };
    let found = solve::lanes::<N>(method, block);
    if found.all() {
        let params = solve::published(method, found.end);
        for (i, answer) in answers.iter_mut().enumerate().take(N) {
            let (param, booksum, iterations) = (Some(params[i]), found.booksum[i], found.passes[i]);
            *answer = Ok(Solution { param, booksum, iterations });
        }
        return N;
    }
    let mut solved = 0;
    for (i, answer) in answers.iter_mut().enumerate().take(N) {
        *answer = solve::answer(method, &found.get(i));
        solved += usize::from(answer.is_ok());
    }
    solved
}

fn column(odds: &[f64], stride: usize, j: usize) -> impl Iterator<Item = f64> + Clone + '_ {
    odds.iter().skip(j).step_by(stride.max(1)).copied()
}

/// Are all prices of the block finite and above 1? May doubt good ones whose sum overflows.
#[inline(always)]
fn good(block: &Block<'_>) -> bool {
    let (mut least, mut sum) = ([f64::INFINITY; LANES], [0.0; LANES]);
    for o in 0..block.outcomes {
        let prices = block.prices::<LANES>(o);
        for i in 0..LANES {
            least[i] = min(prices[i], least[i]);
            sum[i] += prices[i];
        }
    }
    (fold(least, min) > 1.0) & (fold(sum, |a, b| a + b) < f64::INFINITY)
}
