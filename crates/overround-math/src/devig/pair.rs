//! Closed forms of solved methods for two outcomes whose probabilities sum to 1.

use super::closed::{self, Multiplicative};
use super::family::{Found, inside};
use crate::float::{normal_cdf, normal_quantile_of};

/// The answer for two prices; always inside (0, 1).
#[derive(Clone, Copy)]
pub(super) struct Pair {
    pub(super) fair: [f64; 2],
    pub(super) at: f64,
    pub(super) booksum: f64,
}

impl Pair {
    #[inline(always)]
    pub(super) fn found(&self) -> Found {
        Found::closed(self.at, self.booksum, 0.0, true)
    }
}

/// p = π/B.
#[inline(always)]
pub(super) fn multiplicative(odds: [f64; 2]) -> Pair {
    let mut fair = [0.0; 2];
    let Found { end, booksum, .. } = closed::single::<Multiplicative, 2>(&odds, 1.0, &mut fair);
    Pair { fair, at: end, booksum }
}

/// p = (π + 1 − π')/2: nothing cancels. Below 1 also when rounded, because π is at most 1 − 2⁻⁵².
#[inline(always)]
pub(super) fn additive(odds: [f64; 2]) -> Pair {
    let [implied, rest] = complements(odds);
    let booksum = implied[0] + implied[1];
    let fair = [0.5 * (implied[0] + rest[1]), 0.5 * (implied[1] + rest[0])];
    Pair { fair, at: 0.5 * (booksum - 1.0), booksum }
}

/// The same probabilities as [`additive`].
#[inline(always)]
pub(super) fn shin(odds: [f64; 2]) -> Pair {
    let Pair { fair, booksum, .. } = additive(odds);
    let d = 1.0 / odds[0] - 1.0 / odds[1];
    // 1 − d² = 4 p p'.
    let at = (booksum - 1.0) * (booksum - d * d) / (booksum * (4.0 * fair[0] * fair[1]));
    Pair { fair, at, booksum }
}

/// p = √(o' − 1)/(√(o − 1) + √(o' − 1)), from these roots.
#[inline(always)]
pub(super) fn odds_ratio(odds: [f64; 2], roots: [f64; 2]) -> Pair {
    let inverse = 1.0 / (roots[0] + roots[1]);
    Pair {
        fair: [inside(roots[1] * inverse), inside(roots[0] * inverse)],
        at: 1.0 / (roots[0] * roots[1]),
        booksum: 1.0 / odds[0] + 1.0 / odds[1],
    }
}

/// p = Φ((x − x')/2).
pub(super) fn probit(odds: [f64; 2]) -> Pair {
    let [implied, rest] = complements(odds);
    let a = normal_quantile_of(implied[0], rest[0]);
    let b = normal_quantile_of(implied[1], rest[1]);
    let half = 0.5 * (a - b);
    Pair {
        fair: [inside(normal_cdf(half)), inside(normal_cdf(-half))],
        at: 0.5 * (a + b),
        booksum: implied[0] + implied[1],
    }
}

/// π and 1 − π.
#[inline(always)]
fn complements(odds: [f64; 2]) -> [[f64; 2]; 2] {
    let implied = [1.0 / odds[0], 1.0 / odds[1]];
    [implied, [(odds[0] - 1.0) * implied[0], (odds[1] - 1.0) * implied[1]]]
}
