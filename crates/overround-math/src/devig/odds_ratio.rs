//! p = 1 / (1 + c (o − 1)).

use super::family::{Constants, Family, Market, Search, inside};

/// The search begins at c = 1; [`Search::at`] is c, [`Search::step`] is of ln c.
///
/// Σ p falls and is convex in c, and is concave in 1/c: Newton's steps in c from the left, and in 1/c from the right, do not
/// pass the root.
pub(super) struct OddsRatio;

impl Family<4> for OddsRatio {
    const OPENING: bool = true;
    const ROOT: bool = false;

    #[inline(always)]
    fn prepare(odds: f64) -> f64 {
        odds - 1.0
    }

    #[inline(always)]
    fn opening(implied: f64, net: f64) -> [f64; 4] {
        sums_of(implied, net)
    }

    #[inline(always)]
    fn start(_: &Market) -> f64 {
        1.0
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
    fn terms<const EASY: bool>(&[c, ..]: &Constants, _: f64, net: f64, _: f64) -> [f64; 4] {
        sums_of(1.0 / (1.0 + c * net), c * net)
    }

    /// Householder's method of order four in ln c, in one division. The second and third derivatives only correct the step that the
    /// first gives, so that digits lost in these differences do no harm.
    #[inline(always)]
    fn step(_: &Market, search: &Search, [excess, q, qp, qq]: [f64; 4]) -> Search {
        let second = q - 2.0 * qp;
        let third = q - 6.0 * qq;
        let slope2 = q * q;
        let bend = second * excess;
        let numerator = slope2 - 0.5 * bend;
        let denominator = (slope2 - bend) * q + (third * excess) * (excess * (1.0 / 6.0));
        let step = excess * numerator / denominator;
        let sound = (bend.abs() <= 1.2 * slope2) & (denominator >= 0.05 * (slope2 * q)) & (step.abs() <= 2.0);
        // e^step, as far as a start of the next pass needs it: positive for every step.
        let growth = 1.0 + step * (1.0 + step * (0.5 + step * (1.0 / 6.0 + step * (1.0 / 24.0))));
        let next = search.at * growth;
        search.after(excess, step, next, sound, step.abs() <= 5e-5)
    }

    fn careful(_: &Market, at: f64, [excess, q, ..]: [f64; 4]) -> f64 {
        let newton = excess / q;
        if newton > 0.0 { at * (1.0 + newton) } else { at / (1.0 - newton) }
    }

    #[inline(always)]
    fn end(search: &Search) -> f64 {
        let t = search.step;
        search.at + search.at * t * (1.0 + t * (0.5 + t * (1.0 / 6.0)))
    }

    #[inline(always)]
    fn sane(end: f64) -> bool {
        (end > 0.0) & (end < f64::INFINITY)
    }

    #[inline(always)]
    fn finish(&[c, ..]: &Constants, _: f64, net: f64, _: f64, _: f64) -> f64 {
        inside(1.0 / (1.0 + c * net))
    }
}

/// p, q = p (1 − p), q p and q²; g = c (o − 1) = (1 − p)/p. But for the sign, the derivatives of p by ln c are q, q − 2 q p and
/// q − 6 q².
#[inline(always)]
fn sums_of(p: f64, g: f64) -> [f64; 4] {
    let q = p * (g * p);
    [p, q, q * p, q * q]
}
