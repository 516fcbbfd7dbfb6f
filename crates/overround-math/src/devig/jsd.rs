//! Equal Jensen-Shannon distance between p and π.

use super::Cause;
use super::family::{Found, max, min};
use crate::float::{ln, ln_1p, sqrt};

/// Passes over a market at most; Halley's steps need some four, and halving the bracket sixty.
const MAX_PASSES: u32 = 120;
/// Steps for one outcome at most; halving reaches the least number above 0 sooner.
const MAX_STEPS: u32 = 1200;
/// Searches end when a step is below this part of its scale: both converge cubically, so the next is below rounding.
const CLOSE: f64 = 3e-6;

/// Solves the market of these prices; the answer for outcome i goes to `i * stride`.
///
/// With J the divergence of the laws (p, 1 − p) and (π, 1 − π), each p is the root of √J = |D| on the side of π that the sign of D
/// tells: below for D > 0. Σp falls in D. |D| ends where the first p reaches 0 or 1: that of the longest price for D > 0, of the
/// shortest for D < 0. If Σp has not come to the target by then, there is no root.
pub(super) fn solve(odds: impl Iterator<Item = f64> + Clone, target: f64, fair: &mut [f64], stride: usize) -> Found {
    let market = Market::new(odds.clone(), target);
    let found = |size: f64, passes, cause| {
        let end = size * market.sign;
        Found { end, last: (end, 0.0), booksum: market.booksum, extra: 0.0, passes, cause }
    };
    let (mut low, mut high) = (0.0, market.limit);
    let mut bounded = false;
    let mut size = market.start;
    for passes in 1..=MAX_PASSES {
        if size >= high {
            if !bounded && !market.reaches_target(odds.clone()) {
                return found(size, passes - 1, Some(Cause::NoRoot));
            }
            bounded = true;
            size = 0.5 * (low + high);
        }
        let sums = market.pass(odds.clone(), size, passes == 1, fair.iter_mut().step_by(stride));
        if sums.p * market.sign > 0.0 {
            low = size;
        } else {
            (high, bounded) = (size, true);
        }
        let next = size + halley(sums.p, sums.slope, sums.bend) * market.sign;
        let scale = min(market.narrowest, market.limit - size);
        let close = (next - size).abs() <= CLOSE * scale || high - low <= 4.0 * f64::EPSILON * high;
        if close && next < market.limit {
            let inside = market.finish(odds, next, fair.iter_mut().step_by(stride));
            return found(next, passes, if inside { None } else { Some(Cause::Outside) });
        }
        size = if next >= low { next } else { 0.5 * (low + high) };
    }
    found(size, MAX_PASSES, Some(Cause::NoRoot))
}

struct Market {
    target: f64,
    booksum: f64,
    /// The sign of D.
    sign: f64,
    /// |D| to the first order.
    start: f64,
    /// |D| where the first p reaches 0 or 1.
    limit: f64,
    /// The least of √(π (1 − π)): the scale on which the p change their course.
    narrowest: f64,
}

impl Market {
    fn new(odds: impl Iterator<Item = f64>, target: f64) -> Self {
        let (mut booksum, mut spread) = ([0.0; 2], 0.0);
        let (mut shortest, mut longest, mut narrowest) = (f64::INFINITY, 1.0, 1.0);
        for (i, price) in odds.enumerate() {
            booksum[i % 2] += 1.0 / price;
            spread += 2.0 * deviation(price);
            narrowest = min(deviation(price), narrowest);
            shortest = min(price, shortest);
            longest = max(price, longest);
        }
        let booksum = booksum[0] + booksum[1];
        let excess = booksum - target;
        let sign = if excess > 0.0 { 1.0 } else { -1.0 };
        let limit = if excess > 0.0 { distance_to_zero(longest) } else { distance_to_one(shortest) };
        Self { target, booksum, sign, start: excess.abs() / (core::f64::consts::SQRT_2 * spread), limit, narrowest }
    }

    /// Is the target passed before the first p reaches its end?
    fn reaches_target(&self, odds: impl Iterator<Item = f64>) -> bool {
        let end = if self.sign > 0.0 { 0.0 } else { 1.0 };
        let rest = odds.fold(-self.target, |rest, price| {
            let own = if self.sign > 0.0 { distance_to_zero(price) } else { distance_to_one(price) };
            rest + if own > self.limit { outcome(price, self.limit * self.sign, None).p } else { end }
        });
        rest * self.sign < 0.0
    }

    /// Probabilities and their sums, the target taken off.
    fn pass<'a>(
        &self,
        odds: impl Iterator<Item = f64>,
        size: f64,
        first: bool,
        fair: impl Iterator<Item = &'a mut f64>,
    ) -> Point {
        let mut sums = Point { p: -self.target, slope: 0.0, bend: 0.0 };
        for (price, p) in odds.zip(fair) {
            let at = outcome(price, size * self.sign, if first { None } else { Some(*p) });
            *p = at.p;
            sums = Point { p: sums.p + at.p, slope: sums.slope + at.slope, bend: sums.bend + at.bend };
        }
        sums
    }

    /// Writes the answer. Is it strictly inside (0, 1)?
    fn finish<'a>(&self, odds: impl Iterator<Item = f64>, size: f64, fair: impl Iterator<Item = &'a mut f64>) -> bool {
        let mut inside = true;
        for (price, p) in odds.zip(fair) {
            *p = again(price, size * self.sign);
            inside &= *p > 0.0 && *p < 1.0;
        }
        inside
    }
}

/// A probability as a function of D, and its first two derivatives by D.
struct Point {
    p: f64,
    slope: f64,
    bend: f64,
}

/// The p at distance D from an implied probability, whatever was before.
pub(super) fn again(price: f64, distance: f64) -> f64 {
    outcome(price, distance, None).p
}

/// The p at distance D from an implied probability.
fn outcome(price: f64, distance: f64, start: Option<f64>) -> Point {
    let pi = 1.0 / price;
    let rest = (price - 1.0) * pi;
    // In the angle arcsin √p the distance is √2 D but for terms of the third order.
    let slope = -2.0 * core::f64::consts::SQRT_2 * deviation(price);
    let bend = 4.0 * (rest - pi);
    let near = pi + distance * (slope + 0.5 * bend * distance);
    if distance.abs() <= CLOSE * deviation(price) {
        return Point { p: near, slope: slope + bend * distance, bend };
    }
    let size = distance.abs();
    let below = distance > 0.0;
    let (mut low, mut high) = if below { (0.0, pi) } else { (pi, 1.0) };
    let mut p = start.unwrap_or(near);
    let mut j = Divergence::new(pi, rest, p);
    for _ in 0..MAX_STEPS {
        if !(p > low && p < high) {
            p = 0.5 * (low + high);
        }
        j = Divergence::new(pi, rest, p);
        let root = sqrt(j.value);
        if (root > size) == below {
            low = p
        } else {
            high = p
        }
        // √J and its derivatives.
        let first = 0.5 * j.slope / root;
        let step = halley(root - size, first, (0.5 * j.bend - first * first) / root);
        let last = p;
        p += step;
        if step.abs() <= CLOSE * min(last, 1.0 - last) {
            j.slope += j.bend * step;
            break;
        }
    }
    let slope = 2.0 * distance / j.slope;
    Point { p, slope, bend: (2.0 - j.bend * slope * slope) / j.slope }
}

/// The divergence from an implied probability and its first two derivatives by p.
struct Divergence {
    value: f64,
    slope: f64,
    bend: f64,
}

impl Divergence {
    /// From π, 1 − π and p.
    fn new(pi: f64, rest: f64, p: f64) -> Self {
        let middle = 0.5 * (pi + p);
        let other = 0.5 * (rest + (1.0 - p));
        let half = 0.5 * (pi - p);
        let (x, y) = (half / middle, half / other);
        Self {
            value: 0.5
                * (middle * entropy(x, pi / middle, p / middle) + other * entropy(y, (1.0 - p) / other, rest / other)),
            slope: 0.5 * (ln_1p(-x) - ln_1p(y)),
            bend: 0.5 * (1.0 / (p * (1.0 - p)) - 0.5 / (middle * other)),
        }
    }
}

/// (1 + x) ln(1 + x) + (1 − x) ln(1 − x) for |x| < 1, arranged so that little cancels, from x and both sums.
fn entropy(x: f64, more: f64, less: f64) -> f64 {
    let square = x * x;
    if square > 0.25 {
        return more * ln(more) + less * ln(less);
    }
    if square > 0.0625 {
        return x * (ln_1p(x) - ln_1p(-x)) + ln_1p(-square);
    }
    // Σ x^2k / (k (2k − 1)).
    const INVERSES: [f64; 13] = [
        1.0,
        1.0 / 6.0,
        1.0 / 15.0,
        1.0 / 28.0,
        1.0 / 45.0,
        1.0 / 66.0,
        1.0 / 91.0,
        1.0 / 120.0,
        1.0 / 153.0,
        1.0 / 190.0,
        1.0 / 231.0,
        1.0 / 276.0,
        1.0 / 325.0,
    ];
    square * INVERSES.iter().rev().fold(0.0, |sum, inverse| sum * square + inverse)
}

/// A step of Halley's method; Newton's where the two differ much.
fn halley(value: f64, slope: f64, bend: f64) -> f64 {
    let newton = -value / slope;
    let ratio = 0.5 * bend * newton / slope;
    if ratio.abs() <= 0.5 { newton / (1.0 + ratio) } else { newton }
}

/// √(π (1 − π)).
fn deviation(price: f64) -> f64 {
    sqrt(price - 1.0) / price
}

/// The distance of p = 0.
fn distance_to_zero(price: f64) -> f64 {
    let pi = 1.0 / price;
    distance_to_end(pi, (price - 1.0) * pi)
}

/// The distance of p = 1.
fn distance_to_one(price: f64) -> f64 {
    let pi = 1.0 / price;
    distance_to_end((price - 1.0) * pi, pi)
}

/// The distance of the law (0, 1) from the law (a, b).
fn distance_to_end(a: f64, b: f64) -> f64 {
    let middle = 1.0 - 0.5 * a;
    let value = a * core::f64::consts::LN_2 - ln_1p(-0.5 * a) + b * ln_1p(-0.5 * a / middle);
    sqrt(0.5 * value)
}
