//! p = π^k.

use super::family::{Constants, Family, Market, Search, inside};
use crate::float::{exp_times, ln_1p_normal, ln_normal};

/// The search is for k − 1, from 0. Σ π^k falls and is convex in k, and so is its logarithm, from which the careful steps are
/// Newton's: from the left they approach the root without passing it, from the right the first one leads to its left.
pub(super) struct Power;

impl Family<5> for Power {
    const OPENING: bool = true;
    const ROOT: bool = false;

    #[inline(always)]
    fn prepare(odds: f64) -> f64 {
        ln_normal(odds)
    }

    #[inline(always)]
    fn opening(implied: f64, ln_odds: f64) -> [f64; 5] {
        moments(implied, ln_odds)
    }

    #[inline(always)]
    fn start(_: &Market) -> f64 {
        0.0
    }

    #[inline(always)]
    fn constants(_: &Market, at: f64) -> Constants {
        [-at, 0.0, 0.0, 0.0]
    }

    #[inline(always)]
    fn easy(market: &Market, at: f64) -> bool {
        (at * market.greatest).abs() <= 0.34
    }

    #[inline(always)]
    fn radicand(_: &Constants, _: f64) -> f64 {
        0.0
    }

    #[inline(always)]
    fn terms<const EASY: bool>(&[minus, ..]: &Constants, odds: f64, ln_odds: f64, _: f64) -> [f64; 5] {
        moments(exp_times::<EASY>(minus * ln_odds, 1.0 / odds), ln_odds)
    }

    /// Householder's method of order five on Σ π^k, all terms times powers of the slope so that one division is enough.
    #[inline(always)]
    fn step(market: &Market, search: &Search, [excess, s1, s2, s3, s4]: [f64; 5]) -> Search {
        let slope2 = s1 * s1;
        let excess2 = excess * excess;
        let bend = s2 * excess;
        let numerator = (slope2 - bend) * s1 + (s3 * excess2) * (1.0 / 6.0);
        let denominator = (slope2 - 1.5 * bend) * slope2
            + ((0.25 * (bend * bend) + (1.0 / 3.0) * ((s3 * excess2) * s1)) - (s4 * excess) * (excess2 * (1.0 / 24.0)));
        let step = excess * numerator / denominator;
        let next = search.at + step;
        let sound = (bend.abs() <= 1.2 * slope2) & (denominator >= 0.03 * (slope2 * slope2)) & (next > -1.0);
        search.after(excess, step, next, sound, step.abs() * market.greatest <= 3e-4)
    }

    fn careful(market: &Market, at: f64, [excess, s1, ..]: [f64; 5]) -> f64 {
        let next = at + ln_1p_normal(excess / market.target) * (excess + market.target) / s1;
        // At k = 0 every term is 1, and the root is to the right.
        if next > -1.0 { next } else { -1.0 }
    }

    #[inline(always)]
    fn end(search: &Search) -> f64 {
        search.at + search.step
    }

    /// p e^t with e^t to the fourth order.
    #[inline(always)]
    fn finish(_: &Constants, step: f64, ln_odds: f64, _: f64, p: f64) -> f64 {
        let t = -step * ln_odds;
        let t2 = t * t;
        inside(p + p * t * ((1.0 + 0.5 * t) + t2 * (1.0 / 6.0 + t * (1.0 / 24.0))))
    }
}

/// p lⁱ for i = 0..4.
#[inline(always)]
fn moments(p: f64, l: f64) -> [f64; 5] {
    let l2 = l * l;
    let p1 = p * l;
    [p, p1, p * l2, p1 * l2, (p * l2) * l2]
}
