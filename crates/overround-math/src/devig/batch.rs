//! Many markets of one size at once.
//!
//! The arrays are outcome by outcome: of `m` markets, outcome `o` of market `j` is at `o * m + j`. Four or eight markets are solved side by
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
use super::family::FoundLanes;
use super::solve::{Rule, Visitor};
use super::{DevigError, Method, SURE, Solution, above_one, check, check_target, solve, worst};

/// Markets side by side in a worst case.
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
    all(Wanted::by(method), outcomes, target, odds, fair, answers)
}

/// [`devig_to`] for the probabilities alone, which for formulas is faster: `valid[j]` says whether market `j` has an answer.
///
/// ```
/// use overround_math::devig::{Method, batch};
/// let odds = [1.91, 1.5, 0.9, /* against */ 1.91, 2.74, 13.0];
/// let (mut fair, mut valid) = ([0.0; 6], [false; 3]);
/// assert_eq!(batch::probabilities(Method::Shin, 2, 1.0, &odds, &mut fair, &mut valid)?, 2);
/// assert!((fair[0] - 0.5).abs() < 1e-15);
/// assert_eq!((fair[2], valid), (0.0, [true, true, false]));
/// # Ok::<(), overround_math::devig::DevigError>(())
/// ```
///
/// # Errors
/// As there.
pub fn probabilities(
    method: Method,
    outcomes: usize,
    target: f64,
    odds: &[f64],
    fair: &mut [f64],
    valid: &mut [bool],
) -> Result<usize, DevigError> {
    all(Wanted::by(method), outcomes, target, odds, fair, valid)
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

impl Wanted<'_> {
    fn by(method: Method) -> Self {
        if method == Method::WorstCase { Self::Least(&Method::WORST_CASE) } else { Self::One(method) }
    }
}

/// What is told of a market.
trait Answer: Copy {
    fn of(answer: Result<Solution, DevigError>) -> Self;

    fn is_valid(self) -> bool;

    /// Of markets that all have an answer.
    fn tell_all<const LANES: usize>(method: Method, found: &FoundLanes<LANES>, answers: &mut [Self; LANES]);
}

impl Answer for Result<Solution, DevigError> {
    fn of(answer: Self) -> Self {
        answer
    }

    fn is_valid(self) -> bool {
        self.is_ok()
    }

    #[inline(always)]
    fn tell_all<const LANES: usize>(method: Method, found: &FoundLanes<LANES>, answers: &mut [Self; LANES]) {
        let params = solve::published(method, found.end);
        for (i, answer) in answers.iter_mut().enumerate() {
            let (param, booksum, iterations) = (Some(params[i]), found.booksum[i], found.passes[i]);
            *answer = Ok(Solution { param, booksum, iterations });
        }
    }
}

impl Answer for bool {
    fn of(answer: Result<Solution, DevigError>) -> Self {
        answer.is_ok()
    }

    fn is_valid(self) -> bool {
        self
    }

    #[inline(always)]
    fn tell_all<const LANES: usize>(_: Method, _: &FoundLanes<LANES>, answers: &mut [Self; LANES]) {
        *answers = [true; LANES];
    }
}

fn all<A: Answer>(
    wanted: Wanted<'_>,
    outcomes: usize,
    target: f64,
    odds: &[f64],
    fair: &mut [f64],
    answers: &mut [A],
) -> Result<usize, DevigError> {
    let stride = answers.len();
    let size = outcomes.checked_mul(stride);
    if size != Some(odds.len()) || fair.len() != odds.len() {
        return Err(DevigError::Length { odds: odds.len(), fair: fair.len() });
    }
    let wrong = if outcomes < 2 { Err(DevigError::Single) } else { check_target(outcomes, target) };
    if let Err(error) = wrong {
        for (j, answer) in answers.iter_mut().enumerate() {
            *answer = A::of(Err(check(column(odds, stride, j)).err().unwrap_or(error)));
        }
        fair.fill(0.0);
        return Ok(0);
    }
    let markets = Markets { outcomes, target, odds, fair, answers };
    Ok(match wanted {
        // Good blocks have no prices above what direct rules can take.
        Wanted::One(method) => solve::rule(method, outcomes, target == 1.0, Sweep { method, markets }),
        Wanted::Least(members) => markets.sweep(wanted, |block, answers| worst_of(members, block, answers)),
    })
}

/// The markets of a batch.
struct Markets<'a, A> {
    outcomes: usize,
    target: f64,
    odds: &'a [f64],
    fair: &'a mut [f64],
    answers: &'a mut [A],
}

impl<A: Answer> Markets<'_, A> {
    /// Solves them, by `blocks` where all markets of a block are good, and gives the number of answers.
    #[inline(always)]
    fn sweep<const LANES: usize>(
        self,
        wanted: Wanted<'_>,
        blocks: impl Fn(&mut Block<'_>, &mut [A; LANES]) -> usize,
    ) -> usize {
        let Markets { outcomes, target, odds, fair, answers } = self;
        let stride = answers.len();
        let mut solved = 0;
        let (chunks, rest) = answers.as_chunks_mut();
        let mut j = 0;
        for answers in chunks {
            let mut block = Block { outcomes, stride, odds: &odds[j..], target, fair: &mut fair[j..] };
            if good::<LANES>(&block) {
                solved += blocks(&mut block, answers);
            } else {
                solved += singly(wanted, &mut block, answers);
            }
            j += LANES;
        }
        if !rest.is_empty() {
            let mut block = Block { outcomes, stride, odds: &odds[j..], target, fair: &mut fair[j..] };
            solved += singly(wanted, &mut block, rest);
        }
        solved
    }
}

/// All markets of a batch by one method.
struct Sweep<'a, A> {
    method: Method,
    markets: Markets<'a, A>,
}

impl<A: Answer> Visitor for Sweep<'_, A> {
    type Output = usize;

    #[inline(never)]
    fn visit<R: Rule, const LANES: usize>(self) -> usize {
        let Self { method, markets } = self;
        markets.sweep(Wanted::One(method), |block, answers| tell(method, &R::lanes::<LANES>(block), answers))
    }
}

/// Markets one after the other.
#[cold]
#[inline(never)]
fn singly<A: Answer>(wanted: Wanted<'_>, block: &mut Block<'_>, answers: &mut [A]) -> usize {
    let mut solved = 0;
    for (i, answer) in answers.iter_mut().enumerate() {
        *answer = A::of(one(wanted, block, i));
        solved += usize::from(answer.is_valid());
    }
    solved
}

/// The market in lane `i` alone.
fn one(wanted: Wanted<'_>, block: &mut Block<'_>, i: usize) -> Result<Solution, DevigError> {
    let Block { outcomes, stride, target, .. } = *block;
    let mut block = Block { outcomes, stride, odds: &block.odds[i..], target, fair: &mut block.fair[i..] };
    if let Err(error) = check(column(block.odds, stride, 0)) {
        block.fair.iter_mut().step_by(stride).for_each(|p| *p = 0.0);
        return Err(error);
    }
    match wanted {
        Wanted::One(method) => solve::answer(method, &solve::lanes::<1>(method, &mut block).get(0)),
        Wanted::Least(members) => {
            let [answer] = worst::lanes(members, &mut block);
            answer
        }
    }
}

fn worst_of<A: Answer>(members: &[Method], block: &mut Block<'_>, answers: &mut [A; LANES]) -> usize {
    *answers = worst::lanes(members, block).map(A::of);
    answers.iter().filter(|answer| answer.is_valid()).count()
}

/// Writes the answers to a block, and gives their number.
#[inline(always)]
fn tell<A: Answer, const LANES: usize>(method: Method, found: &FoundLanes<LANES>, answers: &mut [A; LANES]) -> usize {
    if found.all() {
        A::tell_all(method, found, answers);
        return LANES;
    }
    let mut solved = 0;
    for (i, answer) in answers.iter_mut().enumerate() {
        *answer = A::of(solve::answer(method, &found.get(i)));
        solved += usize::from(answer.is_valid());
    }
    solved
}

fn column(odds: &[f64], stride: usize, j: usize) -> impl Iterator<Item = f64> + Clone + '_ {
    odds.iter().skip(j).step_by(stride.max(1)).copied()
}

/// As [`super::good`], of all prices of the block.
#[inline(always)]
fn good<const LANES: usize>(block: &Block<'_>) -> bool {
    let mut all = [0; LANES];
    for o in 0..block.outcomes {
        let prices = block.prices::<LANES>(o);
        for i in 0..LANES {
            all[i] |= above_one(prices[i]);
        }
    }
    all.into_iter().fold(0, |all, bits| all | bits) < SURE
}
