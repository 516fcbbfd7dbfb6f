//! Which code solves which method.

use super::block::{self, Block};
use super::closed::{self, Additive, BalancedBook, Closed, Goto, Multiplicative};
use super::drive;
use super::family::{Family, Found, FoundLanes};
use super::odds_ratio::OddsRatio;
use super::pair::{self, Pair};
use super::power::Power;
use super::probit::Probit;
use super::shin::Shin;
use super::{Cause, DevigError, Method, Solution, jsd};
use crate::float::{ln, sqrt};

/// The answer for two prices that have been checked, by the methods that need few operations for it.
#[inline(always)]
pub(super) fn quick_pair(method: Method, odds: [f64; 2]) -> Option<([f64; 2], Solution)> {
    let Pair { fair, at, booksum } = match method {
        Method::Multiplicative => pair::multiplicative(odds),
        Method::Additive | Method::DifferentialMarginWeighting => pair::additive(odds),
        Method::Shin => pair::shin(odds),
        Method::OddsRatio => pair::odds_ratio(odds, odds.map(|price| sqrt(price - 1.0))),
        _ => return None,
    };
    Some((fair, Solution { param: Some(at), booksum, iterations: 0 }))
}

/// Two prices by the method most ask for, spared the choice of a method and of a size.
#[inline(never)]
pub(super) fn power_pair(odds: &[f64; 2], fair: &mut [f64; 2]) -> Result<Solution, DevigError> {
    answer(Method::Power, &drive::single::<Power, 5, 2, 1>(odds, 1.0, fair))
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

/// Solves the first `LANES` markets of a block in the same way.
#[inline(always)]
pub(super) fn lanes<const LANES: usize>(method: Method, block: &mut Block<'_>) -> FoundLanes<LANES> {
    let pairs = block.outcomes == 2 && block.target == 1.0;
    match method {
        Method::Multiplicative | Method::WorstCase if pairs => {
            pair_lanes(block, false, |odds, _| pair::multiplicative(odds))
        }
        Method::Multiplicative | Method::WorstCase => closed_lanes::<Multiplicative, LANES>(block),
        Method::Additive | Method::DifferentialMarginWeighting if pairs => {
            pair_lanes(block, false, |odds, _| pair::additive(odds))
        }
        Method::Additive | Method::DifferentialMarginWeighting => closed_lanes::<Additive, LANES>(block),
        Method::BalancedBook => closed_lanes::<BalancedBook, LANES>(block),
        Method::Goto => closed_lanes::<Goto, LANES>(block),
        Method::Power => family_lanes::<Power, 5, LANES>(block),
        Method::Shin if pairs => pair_lanes(block, false, |odds, _| pair::shin(odds)),
        Method::Shin => family_lanes::<Shin, 4, LANES>(block),
        Method::OddsRatio | Method::Logarithmic if pairs => pair_lanes(block, true, pair::odds_ratio),
        Method::OddsRatio | Method::Logarithmic => family_lanes::<OddsRatio, 4, LANES>(block),
        Method::Probit if pairs => pair_lanes(block, false, |odds, _| pair::probit(odds)),
        Method::Probit => family_lanes::<Probit, 5, LANES>(block),
        Method::Jsd => jsd_lanes(block),
    }
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

/// The closed form for two outcomes, if there is one for this method and target.
#[inline(always)]
fn pair(method: Method, target: f64, odds: [f64; 2]) -> Option<Pair> {
    if target != 1.0 {
        return None;
    }
    match method {
        Method::Additive | Method::DifferentialMarginWeighting => Some(pair::additive(odds)),
        Method::Shin => Some(pair::shin(odds)),
        Method::OddsRatio | Method::Logarithmic => Some(pair::odds_ratio(odds, odds.map(|price| sqrt(price - 1.0)))),
        Method::Probit => Some(pair::probit(odds)),
        _ => None,
    }
}

/// Two and three outcomes as arrays, so that the compiler knows the size.
#[inline(always)]
fn closed_single<C: Closed>(odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    match (odds, &mut *fair) {
        (&[a, b], [p, q]) => {
            let mut out = [0.0; 2];
            let found = closed::single::<C, 2>(&[a, b], target, &mut out);
            [*p, *q] = out;
            found
        }
        (&[a, b, c], [p, q, r]) => {
            let mut out = [0.0; 3];
            let found = closed::single::<C, 2>(&[a, b, c], target, &mut out);
            [*p, *q, *r] = out;
            found
        }
        _ => closed_many::<C>(odds, target, fair),
    }
}

#[inline(never)]
fn closed_many<C: Closed>(odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    closed::single::<C, 4>(odds, target, fair)
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

/// Two and three outcomes as constants, so that the compiler unrolls.
#[inline(always)]
fn family_lanes<F: Family<SUMS>, const SUMS: usize, const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
    match block.outcomes {
        2 => block::solve::<F, SUMS, LANES, 2>(&mut block.of(2)),
        3 => block::solve::<F, SUMS, LANES, 3>(&mut block.of(3)),
        _ => block::solve::<F, SUMS, LANES, 32>(block),
    }
}

#[inline(always)]
fn closed_lanes<C: Closed, const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
    match block.outcomes {
        2 => closed::block::<C, LANES>(&mut block.of(2)),
        3 => closed::block::<C, LANES>(&mut block.of(3)),
        _ => closed::block::<C, LANES>(block),
    }
}

#[inline(always)]
fn pair_lanes<const LANES: usize>(
    block: &mut Block<'_>,
    root: bool,
    rule: impl Fn([f64; 2], [f64; 2]) -> Pair,
) -> FoundLanes<LANES> {
    let odds = [block.prices::<LANES>(0), block.prices::<LANES>(1)];
    let mut roots = [[0.0; LANES]; 2];
    let mut fair = [[0.0; LANES]; 2];
    let (mut at, mut booksum) = ([0.0; LANES], [0.0; LANES]);
    if root {
        for k in 0..2 {
            for i in 0..LANES {
                roots[k][i] = sqrt(odds[k][i] - 1.0);
            }
        }
    }
    for i in 0..LANES {
        let pair = rule([odds[0][i], odds[1][i]], [roots[0][i], roots[1][i]]);
        fair[0][i] = pair.fair[0];
        fair[1][i] = pair.fair[1];
        at[i] = pair.at;
        booksum[i] = pair.booksum;
    }
    block.store(0, &fair[0]);
    block.store(1, &fair[1]);
    FoundLanes::closed(at, booksum, [0.0; LANES], None)
}

/// One after the other: its searches have too many turns to go side by side.
fn jsd_lanes<const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
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
