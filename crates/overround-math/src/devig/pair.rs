//! Closed forms for two outcomes, and for three, whose probabilities sum to 1: in few divisions and without differences that
//! cancel, but for one that only corrects.
//!
//! Of two, with x = o − 1 and y = o' − 1, which are exact, S = o + o' and D = o o': B = S/D, B − 1 = (1 − x y)/D, and every other
//! quantity is a quotient of sums of positive products.

use super::family::{BELOW_ONE, Found, inside, min};
use crate::float::{normal_cdf, normal_quantile_of};

/// Up to this price products of prices cannot overflow.
pub(super) const WIDE: f64 = 1e100;

/// The answer for a few prices; always inside (0, 1).
#[derive(Clone, Copy)]
pub(super) struct Answer<const N: usize> {
    pub(super) fair: [f64; N],
    pub(super) at: f64,
    pub(super) booksum: f64,
}

impl<const N: usize> Answer<N> {
    #[inline(always)]
    pub(super) fn found(&self) -> Found {
        Found::closed(self.at, self.booksum, 0.0, true)
    }
}

/// A closed form for prices up to [`WIDE`].
pub(super) trait Form<const N: usize> {
    /// Does it want a square root? The callers take it, in a loop of its own.
    const ROOT: bool = false;

    /// What it wants the square root of.
    #[inline(always)]
    fn radicand(_odds: [f64; N]) -> f64 {
        0.0
    }

    /// The answer, from the prices and the root if wanted.
    fn solve(odds: [f64; N], root: f64) -> Answer<N>;
}

/// p = π/B = o'/S.
pub(super) struct Multiplicative;

impl Form<2> for Multiplicative {
    #[inline(always)]
    fn solve([a, b]: [f64; 2], _: f64) -> Answer<2> {
        let sum = a + b;
        let inverse = 1.0 / sum;
        let booksum = sum / (a * b);
        Answer { fair: [min(b * inverse, BELOW_ONE), min(a * inverse, BELOW_ONE)], at: booksum, booksum }
    }
}

/// The same for three: p = o' o''/(o o' + o o'' + o' o'').
impl Form<3> for Multiplicative {
    #[inline(always)]
    fn solve([a, b, c]: [f64; 3], _: f64) -> Answer<3> {
        let products = [b * c, a * c, a * b];
        let sum = (products[0] + products[1]) + products[2];
        let inverse = 1.0 / sum;
        let booksum = sum / (products[2] * c);
        Answer { fair: products.map(|product| min(product * inverse, BELOW_ONE)), at: booksum, booksum }
    }
}

/// p = (π + 1 − π')/2 = (o' + y o)/2D.
pub(super) struct Additive;

impl Form<2> for Additive {
    #[inline(always)]
    fn solve(odds: [f64; 2], _: f64) -> Answer<2> {
        let Even { shares, above, half, sum } = Even::new(odds);
        Answer { fair: shares.map(|share| min(share * half, BELOW_ONE)), at: above * half, booksum: (sum + sum) * half }
    }
}

/// The same probabilities as [`Additive`]. With d = π − π', z = (B − 1)(B − d²)/(B (1 − d²)) and 1 − d² = 4 p p'.
pub(super) struct Shin;

impl Form<2> for Shin {
    #[inline(always)]
    fn solve(odds: [f64; 2], _: f64) -> Answer<2> {
        let Even { shares, above, half, sum } = Even::new(odds);
        // S D − (o − o')² in other words: at least a third of what it is taken from.
        let numerator = sum * (4.0 - above) - 4.0 * above;
        let fair = shares.map(|share| share * half);
        let at = (above * half) * (numerator * half) / (sum * (fair[0] * fair[1]));
        Answer { fair: fair.map(|p| min(p, BELOW_ONE)), at, booksum: (sum + sum) * half }
    }
}

/// What [`Additive`] and [`Shin`] share: 2D p, 1 − x y, 1/2D and S.
struct Even {
    shares: [f64; 2],
    above: f64,
    half: f64,
    sum: f64,
}

impl Even {
    #[inline(always)]
    fn new([a, b]: [f64; 2]) -> Self {
        let (x, y) = (a - 1.0, b - 1.0);
        Self { shares: [b + y * a, a + x * b], above: 1.0 - x * y, half: 0.5 / (a * b), sum: a + b }
    }
}

/// p = √y/(√x + √y) = (y + r)/(x + y + 2r) with r = √(x y).
pub(super) struct OddsRatio;

impl Form<2> for OddsRatio {
    const ROOT: bool = true;

    #[inline(always)]
    fn radicand([a, b]: [f64; 2]) -> f64 {
        (a - 1.0) * (b - 1.0)
    }

    #[inline(always)]
    fn solve([a, b]: [f64; 2], root: f64) -> Answer<2> {
        let (x, y) = (a - 1.0, b - 1.0);
        let inverse = 1.0 / ((x + y) + (root + root));
        let product = a * b;
        let both = 1.0 / (root * product);
        Answer {
            fair: [min((y + root) * inverse, BELOW_ONE), min((x + root) * inverse, BELOW_ONE)],
            at: product * both,
            booksum: (a + b) * (root * both),
        }
    }
}

/// With the denominators cleared, 1/(1 + c x) + 1/(1 + c y) + 1/(1 + c z) = 1 says c³ P − c S − 2 = 0 for the product P and the sum S of
/// x, y and z: a cubic with one root above 0. For c = √(S/P) (1 + w) it becomes w (1 + w) (2 + w) = 2v with v = 1/(S √(S/P)), and v is at
/// most 3^(−3/2), as a geometric mean is not above the arithmetic one: one function w(v) for all markets. A polynomial gives it within
/// 7e-7 (the best of degree five that is 0 at 0; `tests/vectors/cubic.py`). One step of Halley's method leaves about 1.75 times the third
/// power of that (at w = 0; less above), far below rounding.
impl Form<3> for OddsRatio {
    const ROOT: bool = true;

    #[inline(always)]
    fn radicand(odds: [f64; 3]) -> f64 {
        let [x, y, z] = odds.map(|price| price - 1.0);
        ((x + y) + z) / ((x * y) * z)
    }

    #[inline(always)]
    fn solve(odds: [f64; 3], root: f64) -> Answer<3> {
        let nets @ [x, y, z] = odds.map(|price| price - 1.0);
        let v = 1.0 / (((x + y) + z) * root);
        let start = nearly(v);
        let whole = 1.0 + start;
        let excess = (start * (2.0 + start)) * whole - (v + v);
        let slope = 3.0 * (whole * whole) - 1.0;
        let at = root * (1.0 + (start - excess * slope / (slope * slope - 3.0 * (whole * excess))));
        let [a, b, other] = odds;
        let product = a * b;
        Answer {
            fair: nets.map(|net| min(1.0 / (1.0 + at * net), BELOW_ONE)),
            at,
            booksum: (product + (a + b) * other) / (product * other),
        }
    }
}

/// w(v) of [`OddsRatio`] for three outcomes, within 7e-7.
#[inline(always)]
fn nearly(v: f64) -> f64 {
    let v2 = v * v;
    v * ((0.999_824_385_098_803_6 - v * 1.485_539_016_954_799_2)
        + v2 * ((3.598_814_792_973_666 - v * 7.833_933_581_011_577) + v2 * 9.089_109_056_162_526))
}

/// p = Φ((x − x')/2) of the scores x and x' of π and π'.
pub(super) struct Probit;

impl Form<2> for Probit {
    fn solve(odds: [f64; 2], _: f64) -> Answer<2> {
        let implied = odds.map(|price| 1.0 / price);
        let [a, b] = [0, 1].map(|i| normal_quantile_of(implied[i], (odds[i] - 1.0) * implied[i]));
        let half = 0.5 * (a - b);
        Answer {
            fair: [inside(normal_cdf(half)), inside(normal_cdf(-half))],
            at: 0.5 * (a + b),
            booksum: implied[0] + implied[1],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nearly;

    #[test]
    fn the_cubic_starts_near_its_root() {
        let top = 1.0 / 27.0_f64.sqrt();
        for k in 0..=10_000 {
            let v = top * f64::from(k) / 10_000.0;
            let (mut low, mut high) = (0.0, 0.16);
            for _ in 0..60 {
                let w = 0.5 * (low + high);
                if w * (1.0 + w) * (2.0 + w) < 2.0 * v { low = w } else { high = w }
            }
            assert!((nearly(v) - low).abs() <= 7e-7, "{v}");
        }
    }
}
