//! Shin's insiders.

use super::family::{BELOW_ONE, Constants, Family, Market, Search, max, min};
use crate::float::sqrt;

/// The search is for z, from a point not above the root.
///
/// With h = 1 − z, k = target/B and s² = z² + 4hkπ² the probability is p = (s − z)/2h. H = 2h(Σp − target) is a sum of s, so
/// convex in z, but for a linear term. Left of the root Newton's steps on H approach it without passing; right of the root
/// they lead to its left where H falls, and where it rises h is doubled. z = 1 is always a second root of H: Σp itself has
/// none there.
pub(super) struct Shin;

impl Family<4> for Shin {
    const OPENING: bool = false;
    const ROOT: bool = true;
    const SHARE: bool = true;

    #[inline(always)]
    fn confined(target: f64) -> bool {
        target <= 1.0
    }

    /// π².
    #[inline(always)]
    fn prepare(odds: f64) -> f64 {
        let implied = 1.0 / odds;
        implied * implied
    }

    #[inline(always)]
    fn opening(_: f64, _: f64) -> [f64; 4] {
        [0.0; 4]
    }

    /// Newton's step on H from 0.
    #[inline(always)]
    fn start(market: &Market) -> f64 {
        let Market { outcomes, target, booksum, .. } = *market;
        let root = sqrt(target * booksum);
        let slope = root + outcomes - 2.0 * target;
        let start = 2.0 * target * (booksum - target) / ((root + target) * slope);
        if slope > 0.0 { start } else { 0.0 }
    }

    /// z, 4hk, 1/2h, and above what p is cut off: with a target above 1 it may truly be 1 and more.
    #[inline(always)]
    fn constants(market: &Market, at: f64) -> Constants {
        let h = 1.0 - at;
        let ceiling = if Self::confined(market.target) { BELOW_ONE } else { f64::INFINITY };
        [at, 4.0 * h * market.share, 0.5 / h, ceiling]
    }

    #[inline(always)]
    fn easy(_: &Market, at: f64) -> bool {
        at.abs() <= EASY
    }

    #[inline(always)]
    fn radicand(&[z, factor, ..]: &Constants, square: f64) -> f64 {
        z * z + factor * square
    }

    /// p and its first three derivatives by z, the first with the opposite sign.
    ///
    /// For a sum the difference s − z is good enough while h is not small.
    #[inline(always)]
    fn terms<const SHORT: bool>(constants: &Constants, _: f64, square: f64, s: f64) -> [f64; 4] {
        let &[z, _, half, _] = constants;
        let short = (s - z) * half;
        let p = if SHORT || z.abs() <= EASY { short } else { probability(constants, square, s) };
        let h = 1.0 - z;
        let inverse = 1.0 / s;
        let d1 = p * (1.0 - p) * inverse;
        let v = (p - 0.5) + (p - 0.5);
        let x = h * d1;
        let d2 = -2.0 * d1 * inverse * (v + x);
        let d3 = 3.0 * inverse * (d2 * (v + 2.0 * x) + 2.0 * d1 * d1);
        [p, d1, d2, d3]
    }

    /// Householder's method of order four, in one division.
    #[inline(always)]
    fn step(market: &Market, search: &Search, [excess, s1, s2, s3]: [f64; 4]) -> Search {
        let slope2 = s1 * s1;
        let bend = s2 * excess;
        let numerator = slope2 - 0.5 * bend;
        let denominator = (slope2 - bend) * s1 - (s3 * excess) * (excess * (1.0 / 6.0));
        let step = excess * numerator / denominator;
        let next = search.at + step;
        let scale2 = Self::radicand(&Self::constants(market, search.at), market.least);
        let sound = (bend.abs() <= 1.2 * slope2) & (denominator >= 0.05 * (slope2 * s1)) & (next < 1.0);
        search.after(excess, step, next, sound, step * step <= 2.5e-9 * scale2)
    }

    fn careful(_: &Market, at: f64, [excess, s1, ..]: [f64; 4]) -> f64 {
        let h = 1.0 - at;
        let slope = s1 + excess / h;
        let next = if slope > 0.0 { at + excess / slope } else { 1.0 - 2.0 * h };
        if next < 1.0 { next } else { 1.0 - 0.5 * h }
    }

    #[inline(always)]
    fn end(search: &Search) -> f64 {
        search.at + search.step
    }

    #[inline(always)]
    fn finish(constants: &Constants, _: f64, square: f64, s: f64, _: f64) -> f64 {
        // In this order, so that 0/0 of squares that underflowed is the least there is.
        min(max(probability(constants, square, s), f64::MIN_POSITIVE), constants[3])
    }
}

/// (s − z)/2h, or the equal 2kπ²/(s + z) where that difference would cancel.
#[inline(always)]
fn probability(&[z, factor, half, _]: &Constants, square: f64, s: f64) -> f64 {
    let sum = s + z.abs();
    let numerator = if z >= 0.0 { factor * square } else { sum };
    let quotient = numerator / if z >= 0.0 { sum } else { 1.0 };
    quotient * half
}

/// Where |z| is below this, 1/h is below 2.
const EASY: f64 = 0.5;
