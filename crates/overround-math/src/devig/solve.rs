//! Which code solves which method.

use super::block::{self, Block};
use super::closed::{self, Additive, BalancedBook, Closed, Goto, Multiplicative};
use super::drive;
use super::family::{Family, Found, FoundLanes};
use super::odds_ratio::OddsRatio;
use super::pair::{self, Answer, Form};
use super::power::Power;
use super::probit::Probit;
use super::shin::Shin;
use super::{Cause, DevigError, Method, Solution, jsd};
use crate::float::{ln, sqrt};
use core::marker::PhantomData;

/// The answer for two prices that have been checked, by the methods that need few operations for it.
#[inline(always)]
pub(super) fn quick_pair(method: Method, odds: [f64; 2]) -> Option<([f64; 2], Solution)> {
    let Answer { fair, at, booksum } = match method {
        Method::Multiplicative => form::<pair::Multiplicative, 2>(odds),
        Method::Additive | Method::DifferentialMarginWeighting => form::<pair::Additive, 2>(odds),
        Method::Shin => form::<pair::Shin, 2>(odds),
        Method::OddsRatio => form::<pair::OddsRatio, 2>(odds),
        _ => return None,
    };
    Some((fair, Solution { param: Some(at), booksum, iterations: 0 }))
}

/// Two prices by the method most ask for, spared the choice of a method and of a size.
#[inline(never)]
pub(super) fn power_pair(odds: &[f64; 2], fair: &mut [f64; 2]) -> Result<Solution, DevigError> {
    answer(Method::Power, &drive::single::<Power, 5, 2, 1>(odds, 1.0, fair))
}

/// Solves one market of more than two outcomes whose probabilities sum to 1 by the method that takes least time.
#[inline(always)]
pub(super) fn multiplicative(odds: &[f64], fair: &mut [f64]) -> Found {
    if let (&[a, b, c], [p, q, r]) = (odds, &mut *fair)
        && let Some(triple) = triple(Method::Multiplicative, 1.0, [a, b, c])
    {
        [*p, *q, *r] = triple.fair;
        return triple.found();
    }
    closed::single::<Multiplicative>(odds, 1.0, fair)
}

/// Solves one market by a method that is not the worst case. Prices and target have been checked.
#[inline(always)]
pub(super) fn single(method: Method, odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    if let (&[a, b], [p, q]) = (odds, &mut *fair)
        && let Some(pair) = pair(method, target, [a, b])
    {
        [*p, *q] = pair.fair;
        return pair.found();
    }
    if let (&[a, b, c], [p, q, r]) = (odds, &mut *fair)
        && let Some(triple) = triple(method, target, [a, b, c])
    {
        [*p, *q, *r] = triple.fair;
        return triple.found();
    }
    match method {
        Method::Multiplicative | Method::WorstCase => closed_single::<Multiplicative>(odds, target, fair),
        Method::Additive | Method::DifferentialMarginWeighting => closed_single::<Additive>(odds, target, fair),
        Method::BalancedBook => closed_single::<BalancedBook>(odds, target, fair),
        Method::Goto => closed_single::<Goto>(odds, target, fair),
        Method::Power => family_single::<Power, 5>(odds, target, fair),
        Method::Shin => family_single::<Shin, 4>(odds, target, fair),
        Method::OddsRatio | Method::Logarithmic => family_single::<OddsRatio, 4>(odds, target, fair),
        Method::Probit => family_single::<Probit, 5>(odds, target, fair),
        Method::Jsd => jsd::solve(odds.iter().copied(), target, fair, 1),
    }
}

/// Code that solves markets of one size side by side.
pub(super) trait Rule {
    /// Solves the first `LANES` markets of a block.
    fn lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES>;
}

/// Markets side by side where there are loops: enough to keep vector instructions busy while a chain of additions waits.
const LOOPED: usize = 8;

/// Markets side by side where all is unrolled: more have no room in registers.
const UNROLLED: usize = 4;

/// What shall be done with a rule.
pub(super) trait Visitor {
    type Output;

    /// `LANES`: how many markets are best solved at once.
    fn visit<R: Rule, const LANES: usize>(self) -> Self::Output;
}

/// Chooses the rule for a method and a size, once for many markets. `direct`: the target is 1, and no price above [`pair::WIDE`], which
/// only the probit can take.
#[inline(always)]
pub(super) fn rule<V: Visitor>(method: Method, outcomes: usize, direct: bool, visitor: V) -> V::Output {
    let (pairs, triples) = (direct && outcomes == 2, direct && outcomes == 3);
    match method {
        Method::Multiplicative | Method::WorstCase if pairs => {
            visitor.visit::<Direct<pair::Multiplicative, 2>, UNROLLED>()
        }
        Method::Multiplicative | Method::WorstCase if triples => {
            visitor.visit::<Direct<pair::Multiplicative, 3>, UNROLLED>()
        }
        Method::Multiplicative | Method::WorstCase => closed_rule::<Multiplicative, V>(outcomes, visitor),
        Method::Additive | Method::DifferentialMarginWeighting if pairs => {
            visitor.visit::<Direct<pair::Additive, 2>, UNROLLED>()
        }
        Method::Additive | Method::DifferentialMarginWeighting => closed_rule::<Additive, V>(outcomes, visitor),
        Method::BalancedBook => closed_rule::<BalancedBook, V>(outcomes, visitor),
        Method::Goto => closed_rule::<Goto, V>(outcomes, visitor),
        Method::Power => family_rule::<Power, 5, V>(outcomes, visitor),
        Method::Shin if pairs => visitor.visit::<Direct<pair::Shin, 2>, UNROLLED>(),
        Method::Shin => family_rule::<Shin, 4, V>(outcomes, visitor),
        Method::OddsRatio | Method::Logarithmic if pairs => visitor.visit::<Direct<pair::OddsRatio, 2>, UNROLLED>(),
        Method::OddsRatio | Method::Logarithmic if triples => visitor.visit::<Direct<pair::OddsRatio, 3>, UNROLLED>(),
        Method::OddsRatio | Method::Logarithmic => family_rule::<OddsRatio, 4, V>(outcomes, visitor),
        Method::Probit if pairs => visitor.visit::<Direct<pair::Probit, 2>, UNROLLED>(),
        Method::Probit => family_rule::<Probit, 5, V>(outcomes, visitor),
        Method::Jsd => visitor.visit::<OneByOne, LOOPED>(),
    }
}

/// Solves the first `LANES` markets of a block in the same way.
pub(super) fn lanes<const LANES: usize>(method: Method, block: &mut Block<'_>) -> FoundLanes<LANES> {
    struct Here<'a, 'b, const LANES: usize>(&'a mut Block<'b>);
    impl<const LANES: usize> Visitor for Here<'_, '_, LANES> {
        type Output = FoundLanes<LANES>;

        #[inline(never)]
        fn visit<R: Rule, const BEST: usize>(self) -> FoundLanes<LANES> {
            R::lanes(self.0)
        }
    }
    let is_narrow = |o| block.prices::<LANES>(o).into_iter().all(|price| price <= pair::WIDE);
    let direct = block.target == 1.0
        && matches!(block.outcomes, 2 | 3)
        && (method == Method::Probit || (0..block.outcomes).all(is_narrow));
    rule(method, block.outcomes, direct, Here(block))
}

/// The probability of outcome `i` again, bit for bit, after its market was solved.
pub(super) fn again(
    method: Method,
    found: &Found,
    target: f64,
    outcomes: usize,
    odds: impl Fn(usize) -> f64,
    i: usize,
) -> f64 {
    if outcomes == 2
        && let Some(pair) = pair(method, target, [odds(0), odds(1)])
    {
        return pair.fair[i];
    }
    if outcomes == 3
        && let Some(triple) = triple(method, target, [odds(0), odds(1), odds(2)])
    {
        return triple.fair[i];
    }
    let price = odds(i);
    match method {
        Method::Multiplicative | Method::WorstCase => closed::again::<Multiplicative>(found, outcomes, target, price),
        Method::Additive | Method::DifferentialMarginWeighting => {
            closed::again::<Additive>(found, outcomes, target, price)
        }
        Method::BalancedBook => closed::again::<BalancedBook>(found, outcomes, target, price),
        Method::Goto => closed::again::<Goto>(found, outcomes, target, price),
        Method::Power => drive::again::<Power, 5>(found, target, price),
        Method::Shin => drive::again::<Shin, 4>(found, target, price),
        Method::OddsRatio | Method::Logarithmic => drive::again::<OddsRatio, 4>(found, target, price),
        Method::Probit => drive::again::<Probit, 5>(found, target, price),
        Method::Jsd => jsd::again(price, found.end),
    }
}

/// What the caller is told.
#[inline(always)]
pub(super) fn answer(method: Method, found: &Found) -> Result<Solution, DevigError> {
    match found.cause {
        Some(cause) => Err(DevigError::NoValidAnswer { method, cause }),
        None => {
            let [param] = published(method, [found.end]);
            Ok(Solution { param: Some(param), booksum: found.booksum, iterations: found.passes })
        }
    }
}

/// Parameters as they are told.
#[inline(always)]
pub(super) fn published<const LANES: usize>(method: Method, end: [f64; LANES]) -> [f64; LANES] {
    match method {
        Method::Power => end.map(|end| 1.0 + end),
        Method::Logarithmic => end.map(ln),
        _ => end,
    }
}

/// The closed form for two outcomes, if there is one for this method, target and size of prices.
#[inline(always)]
fn pair(method: Method, target: f64, odds: [f64; 2]) -> Option<Answer<2>> {
    let is_direct = target == 1.0 && (method == Method::Probit || odds.iter().all(|&price| price <= pair::WIDE));
    if !is_direct {
        return None;
    }
    match method {
        Method::Multiplicative | Method::WorstCase => Some(form::<pair::Multiplicative, 2>(odds)),
        Method::Additive | Method::DifferentialMarginWeighting => Some(form::<pair::Additive, 2>(odds)),
        Method::Shin => Some(form::<pair::Shin, 2>(odds)),
        Method::OddsRatio | Method::Logarithmic => Some(form::<pair::OddsRatio, 2>(odds)),
        Method::Probit => Some(form::<pair::Probit, 2>(odds)),
        _ => None,
    }
}

/// The same for three outcomes.
#[inline(always)]
fn triple(method: Method, target: f64, odds: [f64; 3]) -> Option<Answer<3>> {
    let is_direct = target == 1.0 && odds.iter().all(|&price| price <= pair::WIDE);
    if !is_direct {
        return None;
    }
    match method {
        Method::Multiplicative => Some(form::<pair::Multiplicative, 3>(odds)),
        Method::OddsRatio | Method::Logarithmic => Some(form::<pair::OddsRatio, 3>(odds)),
        _ => None,
    }
}

#[inline(always)]
fn form<F: Form<N>, const N: usize>(odds: [f64; N]) -> Answer<N> {
    let root = if F::ROOT { sqrt(F::radicand(odds)) } else { 0.0 };
    F::solve(odds, root)
}

/// Two and three outcomes as arrays, so that the compiler knows the size.
#[inline(always)]
fn closed_single<C: Closed>(odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    match (odds, &mut *fair) {
        (&[a, b], [p, q]) => {
            let mut out = [0.0; 2];
            let found = closed::single::<C>(&[a, b], target, &mut out);
            [*p, *q] = out;
            found
        }
        (&[a, b, c], [p, q, r]) => {
            let mut out = [0.0; 3];
            let found = closed::single::<C>(&[a, b, c], target, &mut out);
            [*p, *q, *r] = out;
            found
        }
        _ => closed::single::<C>(odds, target, fair),
    }
}

#[inline(never)]
fn family_single<F: Family<SUMS>, const SUMS: usize>(odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    match (odds, &mut *fair) {
        (&[a, b], [p, q]) => {
            let mut out = [0.0; 2];
            let found = drive::single::<F, SUMS, 2, 1>(&[a, b], target, &mut out);
            [*p, *q] = out;
            found
        }
        (&[a, b, c], [p, q, r]) => {
            let mut out = [0.0; 3];
            let found = drive::single::<F, SUMS, 2, 1>(&[a, b, c], target, &mut out);
            [*p, *q, *r] = out;
            found
        }
        _ => drive::single::<F, SUMS, 4, 8>(odds, target, fair),
    }
}

fn closed_rule<C: Closed, V: Visitor>(outcomes: usize, visitor: V) -> V::Output {
    match outcomes {
        2 => visitor.visit::<Formula<C, 2>, UNROLLED>(),
        3 => visitor.visit::<Formula<C, 3>, UNROLLED>(),
        _ => visitor.visit::<Formula<C, 0>, LOOPED>(),
    }
}

fn family_rule<F: Family<SUMS>, const SUMS: usize, V: Visitor>(outcomes: usize, visitor: V) -> V::Output {
    match outcomes {
        2 => visitor.visit::<Searched<F, SUMS, 2, 2>, LOOPED>(),
        3 => visitor.visit::<Searched<F, SUMS, 3, 3>, LOOPED>(),
        _ => visitor.visit::<Searched<F, SUMS, 0, 32>, LOOPED>(),
    }
}

/// A closed form for `SIZE` outcomes, which the compiler unrolls, or for any number if that is 0.
struct Formula<C, const SIZE: usize>(PhantomData<C>);

impl<C: Closed, const SIZE: usize> Rule for Formula<C, SIZE> {
    #[inline(always)]
    fn lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
        closed::block::<C, LANES>(&mut block.of(if SIZE == 0 { block.outcomes } else { SIZE }))
    }
}

/// A search, of sizes as [`Formula`] has; `ROOM` outcomes keep their probabilities (see [`drive::single`]).
struct Searched<F, const SUMS: usize, const SIZE: usize, const ROOM: usize>(PhantomData<F>);

impl<F: Family<SUMS>, const SUMS: usize, const SIZE: usize, const ROOM: usize> Rule for Searched<F, SUMS, SIZE, ROOM> {
    #[inline(always)]
    fn lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
        block::solve::<F, SUMS, LANES, ROOM>(&mut block.of(if SIZE == 0 { block.outcomes } else { SIZE }))
    }
}

/// A closed form for two or three outcomes.
struct Direct<F, const N: usize>(PhantomData<F>);

impl<F: Form<N>, const N: usize> Rule for Direct<F, N> {
    #[inline(always)]
    fn lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
        let odds: [[f64; LANES]; N] = core::array::from_fn(|o| block.prices(o));
        let mut roots = [0.0; LANES];
        let mut fair = [[0.0; LANES]; N];
        let (mut at, mut booksum) = ([0.0; LANES], [0.0; LANES]);
        if F::ROOT {
            for i in 0..LANES {
                roots[i] = F::radicand(odds.map(|odds| odds[i]));
            }
            for root in &mut roots {
                *root = sqrt(*root);
            }
        }
        for i in 0..LANES {
            let answer = F::solve(odds.map(|odds| odds[i]), roots[i]);
            for (fair, p) in fair.iter_mut().zip(answer.fair) {
                fair[i] = p;
            }
            at[i] = answer.at;
            booksum[i] = answer.booksum;
        }
        for (o, fair) in fair.iter().enumerate() {
            block.store(o, fair);
        }
        FoundLanes::closed(at, booksum, [0.0; LANES], None)
    }
}

/// One after the other: its searches have too many turns to go side by side.
struct OneByOne;

impl Rule for OneByOne {
    fn lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
        let all: [Found; LANES] = core::array::from_fn(|i| {
            let prices = block.odds[i..].iter().step_by(block.stride).copied();
            jsd::solve(prices, block.target, &mut block.fair[i..], block.stride)
        });
        let with = |cause| all.map(|found| if found.cause == Some(cause) { 1.0 } else { 0.0 });
        FoundLanes {
            end: all.map(|found| found.end),
            last: [all.map(|found| found.end), [0.0; LANES]],
            booksum: all.map(|found| found.booksum),
            extra: [0.0; LANES],
            passes: all.map(|found| found.passes),
            open: with(Cause::NoRoot),
            outside: Some(with(Cause::Outside)),
        }
    }
}
