//! Closed forms for two outcomes, and for three, whose probabilities sum to 1: in few divisions and without differences that cancel.
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
    /// Does it want √(x y)? The callers take it, in a loop of its own.
    const ROOT: bool = false;

    /// The answer, from the prices and √(x y) if wanted.
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
