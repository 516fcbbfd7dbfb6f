//! p = Φ(Φ⁻¹(π) − c).

use super::family::{Constants, Family, Market, Search, inside, max};
use crate::float::{normal_parts, normal_quantile_of, sqrt};

/// The search is for c, from 0.
///
/// The careful step cannot pass the root. Where a term Φ(y) is concave in the direction of the step its tangent bounds it; where it is
/// convex, the tangent of the logarithm of the smaller of Φ(y) and Φ(−y) does, because both are log-concave; its slope is at most
/// 1 + |y|, and eˣ ≤ 1 + x + x² for x ≤ 1. So a step d changes Σp by no more than d Σφ + d² Σφ(1 + |y|).
pub(super) struct Probit;

impl Family<5> for Probit {
    const OPENING: bool = true;
    const ROOT: bool = false;

    #[inline(always)]
    fn prepare(odds: f64) -> f64 {
        let implied = 1.0 / odds;
        normal_quantile_of(implied, (odds - 1.0) * implied)
    }

    #[inline(always)]
    fn opening(implied: f64, quantile: f64) -> [f64; 5] {
        derivatives([implied, normal_parts(quantile)[1]], quantile)
    }

    #[inline(always)]
    fn start(_: &Market) -> f64 {
        0.0
    }

    #[inline(always)]
    fn constants(_: &Market, at: f64) -> Constants {
        [at, 0.0, 0.0, 0.0]
    }

    #[inline(always)]
    fn easy(_: &Market, _: f64) -> bool {
        true
    }

    #[inline(always)]
    fn radicand(_: &Constants, _: f64) -> f64 {
        0.0
    }

    #[inline(always)]
    fn terms<const EASY: bool>(&[c, ..]: &Constants, _: f64, quantile: f64, _: f64) -> [f64; 5] {
        derivatives(normal_parts(quantile - c), quantile - c)
    }

    /// Householder's method of order four, in one division.
    #[inline(always)]
    fn step(market: &Market, search: &Search, [excess, s1, s2, s3, _]: [f64; 5]) -> Search {
        let slope2 = s1 * s1;
        let bend = s2 * excess;
        let numerator = slope2 - 0.5 * bend;
        let denominator = (slope2 - bend) * s1 - (s3 * excess) * (excess * (1.0 / 6.0));
        let step = excess * numerator / denominator;
        let sound = (bend.abs() <= 1.2 * slope2) & (denominator >= 0.05 * (slope2 * s1)) & (step.abs() <= 1.0);
        let scale = 1.0 + max(market.greatest.abs(), market.least.abs());
        search.after(excess, step, search.at + step, sound, step.abs() * scale <= 5e-5)
    }

    fn careful(market: &Market, at: f64, [excess, s1, .., bound]: [f64; 5]) -> f64 {
        let size = 2.0 * excess.abs() / (s1 + sqrt(s1 * s1 + 4.0 * excess.abs() * bound));
        let widest = 1.0 + max((market.greatest - at).abs(), (market.least - at).abs());
        let size = if size * widest <= 1.0 { size } else { 1.0 / widest };
        if excess > 0.0 { at + size } else { at - size }
    }

    #[inline(always)]
    fn end(search: &Search) -> f64 {
        search.at + search.step
    }

    #[inline(always)]
    fn finish(&[c, ..]: &Constants, _: f64, quantile: f64, _: f64, _: f64) -> f64 {
        inside(normal_parts(quantile - c)[0])
    }
}

/// p, its first three derivatives by c, the first with the opposite sign, and what bounds a step.
#[inline(always)]
fn derivatives([p, density]: [f64; 2], y: f64) -> [f64; 5] {
    [p, density, -y * density, (1.0 - y * y) * density, (1.0 + y.abs()) * density]
}
