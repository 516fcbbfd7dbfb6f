//! Methods with a closed form, for one market and for markets side by side.

use super::block::{Block, lane};
use super::family::{BELOW_ONE, Constants, Found, FoundLanes, NOTHING, count, min};
use crate::float::sqrt;

/// A method that needs the booksum and at most one more sum.
pub(super) trait Closed {
    /// Does it need square roots of 1 − π?
    const ROOT: bool = false;

    /// What of a price the second pass needs. `root`: √(1 − π) if wanted.
    #[inline(always)]
    fn prepare(implied: f64, _root: f64) -> f64 {
        implied
    }

    /// The term of the second sum.
    #[inline(always)]
    fn extra(_odds: f64, _prepared: f64) -> f64 {
        0.0
    }

    /// Is every probability inside (0, 1) whatever the prices?
    #[inline(always)]
    fn confined(_target: f64) -> bool {
        false
    }

    /// What all probabilities share; the last is the parameter.
    fn constants(sums: &Sums) -> Constants;

    /// Is every probability that [`Closed::probability`] gives below 1 without a ceiling, if they are confined?
    #[inline(always)]
    fn free(_constants: &Constants) -> bool {
        true
    }

    /// The probability; `FREE` may spare the ceiling.
    fn probability<const FREE: bool>(constants: &Constants, odds: f64, prepared: f64) -> f64;
}

/// The sums over a market.
pub(super) struct Sums {
    outcomes: f64,
    target: f64,
    booksum: f64,
    extra: f64,
}

impl Sums {
    /// 1/target: the same for all markets of a batch, and nothing to compute where the target is 1.
    #[inline(always)]
    fn per_winner(&self) -> f64 {
        1.0 / self.target
    }
}

/// p = π·target/B. The parameter is B/target.
pub(super) struct Multiplicative;

impl Closed for Multiplicative {
    /// Implied probabilities are no subnormal numbers to speak of: with such a target nothing becomes 0.
    #[inline(always)]
    fn confined(target: f64) -> bool {
        (1e-9..=1.0).contains(&target)
    }

    #[inline(always)]
    fn constants(sums: &Sums) -> Constants {
        let &Sums { target, booksum, .. } = sums;
        let ceiling = if Self::confined(target) { BELOW_ONE } else { f64::INFINITY };
        [target / booksum, ceiling, 0.0, booksum * sums.per_winner()]
    }

    /// With a margin: implied probabilities are below 1 themselves.
    #[inline(always)]
    fn free(&[factor, ..]: &Constants) -> bool {
        factor < 1.0
    }

    #[inline(always)]
    fn probability<const FREE: bool>(&[factor, ceiling, ..]: &Constants, _: f64, implied: f64) -> f64 {
        let p = implied * factor;
        if FREE { p } else { min(p, ceiling) }
    }
}

/// p = π − m.
pub(super) struct Additive;

impl Closed for Additive {
    #[inline(always)]
    fn constants(&Sums { outcomes, target, booksum, .. }: &Sums) -> Constants {
        [0.0, 0.0, 0.0, (booksum - target) / outcomes]
    }

    #[inline(always)]
    fn probability<const FREE: bool>(&[.., margin]: &Constants, _: f64, implied: f64) -> f64 {
        implied - margin
    }
}

/// p = (π − z)/(1 − z), with 1 − z = Σ(1 − π)/(n − target) as a sum that does not cancel.
pub(super) struct BalancedBook;

impl Closed for BalancedBook {
    #[inline(always)]
    fn extra(odds: f64, implied: f64) -> f64 {
        (odds - 1.0) * implied
    }

    #[inline(always)]
    fn constants(&Sums { outcomes, target, booksum, extra }: &Sums) -> Constants {
        let inverse = 1.0 / extra;
        [(outcomes - target) * inverse, (booksum - target) * inverse, 0.0, (booksum - target) / (outcomes - target)]
    }

    /// From 1 − π for a favourite, from π for others, so that no digits are lost where z is close to 1.
    #[inline(always)]
    fn probability<const FREE: bool>(&[slope, shift, ..]: &Constants, odds: f64, implied: f64) -> f64 {
        let short = 1.0 - (odds - 1.0) * implied * slope;
        let long = implied * slope - shift;
        if implied > 0.5 { short } else { long }
    }
}

/// p = π − c √(1 − π).
pub(super) struct Goto;

impl Closed for Goto {
    const ROOT: bool = true;

    #[inline(always)]
    fn prepare(_: f64, root: f64) -> f64 {
        root
    }

    #[inline(always)]
    fn extra(_: f64, root: f64) -> f64 {
        root
    }

    #[inline(always)]
    fn constants(&Sums { target, booksum, extra, .. }: &Sums) -> Constants {
        [0.0, 0.0, 0.0, (booksum - target) / extra]
    }

    #[inline(always)]
    fn probability<const FREE: bool>(&[.., c]: &Constants, odds: f64, root: f64) -> f64 {
        1.0 / odds - c * root
    }
}

/// Solves one market: sums over the outcomes of even and of odd index apart, as [`block`] has them.
#[inline(always)]
pub(super) fn single<C: Closed>(odds: &[f64], target: f64, fair: &mut [f64]) -> Found {
    let mut booksum = [NOTHING; 2];
    let mut extra = [NOTHING; 2];
    let (pairs, rest) = odds.as_chunks();
    let (fair_pairs, fair_rest) = fair.as_chunks_mut();
    for (odds, fair) in pairs.iter().zip(fair_pairs) {
        *fair = take::<C, 2>(odds, &mut booksum, &mut extra);
    }
    if let (&[odds], [fair]) = (rest, fair_rest) {
        [*fair] = take::<C, 1>(&[odds], &mut booksum, &mut extra);
    }
    let booksum = booksum[0] + booksum[1];
    let sums = Sums { outcomes: count(odds.len()), target, booksum, extra: extra[0] + extra[1] };
    let constants = C::constants(&sums);
    let confined = C::confined(target);
    let inside = if C::free(&constants) {
        close::<C, true>(&constants, odds, fair, confined)
    } else {
        close::<C, false>(&constants, odds, fair, confined)
    };
    Found::closed(constants[3], booksum, sums.extra, inside)
}

/// Writes the answer. Is it strictly inside (0, 1)?
#[inline(always)]
fn close<C: Closed, const FREE: bool>(constants: &Constants, odds: &[f64], fair: &mut [f64], confined: bool) -> bool {
    let mut inside = true;
    for (fair, &odds) in fair.iter_mut().zip(odds) {
        let p = C::probability::<FREE>(constants, odds, *fair);
        inside &= confined | ((p > 0.0) & (p < 1.0));
        *fair = p;
    }
    inside
}

#[inline(always)]
fn take<C: Closed, const WIDTH: usize>(
    odds: &[f64; WIDTH],
    booksum: &mut [f64; 2],
    extra: &mut [f64; 2],
) -> [f64; WIDTH] {
    let (implied, prepared, terms) = outcomes::<C, WIDTH>(odds);
    for i in 0..WIDTH {
        booksum[i % 2] += implied[i];
        extra[i % 2] += terms[i];
    }
    prepared
}

/// Implied probabilities, what the second pass needs, and terms of the second sum.
#[inline(always)]
fn outcomes<C: Closed, const WIDTH: usize>(odds: &[f64; WIDTH]) -> ([f64; WIDTH], [f64; WIDTH], [f64; WIDTH]) {
    let mut implied = [0.0; WIDTH];
    let mut roots = [0.0; WIDTH];
    let mut prepared = [0.0; WIDTH];
    let mut terms = [0.0; WIDTH];
    for i in 0..WIDTH {
        implied[i] = 1.0 / odds[i];
        roots[i] = (odds[i] - 1.0) * implied[i];
    }
    if C::ROOT {
        for root in &mut roots {
            *root = sqrt(*root);
        }
    }
    for i in 0..WIDTH {
        prepared[i] = C::prepare(implied[i], roots[i]);
        terms[i] = C::extra(odds[i], prepared[i]);
    }
    (implied, prepared, terms)
}

/// The probability of one outcome again, bit for bit.
pub(super) fn again<C: Closed>(found: &Found, outcomes: usize, target: f64, odds: f64) -> f64 {
    let sums = Sums { outcomes: count(outcomes), target, booksum: found.booksum, extra: found.extra };
    let (_, [prepared], _) = self::outcomes::<C, 1>(&[odds]);
    C::probability::<false>(&C::constants(&sums), odds, prepared)
}

/// Solves `LANES` markets.
#[inline(always)]
pub(super) fn block<C: Closed, const LANES: usize>(block: &mut Block<'_>) -> FoundLanes<LANES> {
    let mut booksum = [[NOTHING; LANES]; 2];
    let mut extra = [[NOTHING; LANES]; 2];
    for o in 0..block.outcomes {
        let (implied, prepared, terms) = outcomes::<C, LANES>(&block.prices(o));
        let (booksum, extra) = (&mut booksum[o % 2], &mut extra[o % 2]);
        for i in 0..LANES {
            booksum[i] += implied[i];
            extra[i] += terms[i];
        }
        block.store(o, &prepared);
    }
    let booksum = add(&booksum);
    let extra = add(&extra);
    let mut constants = [[0.0; LANES]; 4];
    for i in 0..LANES {
        let sums = Sums { outcomes: count(block.outcomes), target: block.target, booksum: booksum[i], extra: extra[i] };
        let lane = C::constants(&sums);
        for k in 0..4 {
            constants[k][i] = lane[k];
        }
    }
    let mut free = true;
    for i in 0..LANES {
        free &= C::free(&lane(&constants, i));
    }
    let outside = if free {
        close_block::<C, LANES, true>(block, &constants)
    } else {
        close_block::<C, LANES, false>(block, &constants)
    };
    FoundLanes::closed(constants[3], booksum, extra, outside)
}

/// Writes the answers; above 0 where one is not strictly inside (0, 1), if that can be.
#[inline(always)]
fn close_block<C: Closed, const LANES: usize, const FREE: bool>(
    block: &mut Block<'_>,
    constants: &[[f64; LANES]; 4],
) -> Option<[f64; LANES]> {
    let confined = C::confined(block.target);
    let mut outside = [0.0; LANES];
    for o in 0..block.outcomes {
        let prices = block.prices::<LANES>(o);
        let prepared = block.load::<LANES>(o);
        let mut p = [0.0; LANES];
        for i in 0..LANES {
            p[i] = C::probability::<FREE>(&lane(constants, i), prices[i], prepared[i]);
            if !confined {
                outside[i] = if (p[i] > 0.0) & (p[i] < 1.0) { outside[i] } else { 1.0 };
            }
        }
        block.store(o, &p);
    }
    if confined { None } else { Some(outside) }
}

#[inline(always)]
fn add<const LANES: usize>(sums: &[[f64; LANES]; 2]) -> [f64; LANES] {
    let mut all = [0.0; LANES];
    for i in 0..LANES {
        all[i] = sums[0][i] + sums[1][i];
    }
    all
}
