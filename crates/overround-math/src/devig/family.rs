//! What a solved method is made of, and the state and the end of its search.

use super::Cause;

/// What is known of a market before its equation is solved.
#[derive(Clone, Copy, Debug)]
pub(super) struct Market {
    /// Number of outcomes.
    pub(super) outcomes: f64,
    /// The sum that the probabilities shall have.
    pub(super) target: f64,
    /// Σ 1/o.
    pub(super) booksum: f64,
    /// Target over booksum, if the method asks for it ([`Family::SHARE`]), else 0.
    pub(super) share: f64,
    /// Least of [`Family::prepare`].
    pub(super) least: f64,
    /// Greatest of [`Family::prepare`].
    pub(super) greatest: f64,
}

impl Market {
    #[inline(always)]
    pub(super) fn new<F: Family<SUMS>, const SUMS: usize>(
        outcomes: f64,
        target: f64,
        booksum: f64,
        least: f64,
        greatest: f64,
    ) -> Self {
        Self { outcomes, target, booksum, share: share::<F, SUMS>(target, booksum), least, greatest }
    }
}

/// [`Market::share`]: a division that not all need.
#[inline(always)]
pub(super) fn share<F: Family<SUMS>, const SUMS: usize>(target: f64, booksum: f64) -> f64 {
    if F::SHARE { target / booksum } else { 0.0 }
}

/// The state of the search for a parameter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Search {
    /// Where the sums are taken.
    pub(super) at: f64,
    /// How far from there the parameter is (see [`Family::end`]): 0 until the search is over.
    pub(super) step: f64,
    /// Size of the residual at the pass before.
    pub(super) best: f64,
    /// 1 while the search goes on, then 0.
    pub(super) open: f64,
    /// 1 if the fast step is not to be trusted, and [`Family::careful`] shall take it.
    pub(super) doubtful: f64,
}

impl Search {
    /// A residual that no longer falls and is below this is rounding.
    const NOISE: f64 = 1e-13;

    pub(super) const fn from(at: f64) -> Self {
        Self { at, step: 0.0, best: f64::INFINITY, open: 1.0, doubtful: 0.0 }
    }

    /// The search after a fast step to `next`. `sound`: the local model of the equation is good enough for that step;
    /// `close`: what is left after it is below rounding.
    #[inline(always)]
    pub(super) fn after(&self, residual: f64, step: f64, next: f64, sound: bool, close: bool) -> Self {
        let size = residual.abs();
        let falls = size <= 0.5 * self.best;
        let settled = (sound & close) | (!falls & (size <= Self::NOISE));
        Self {
            at: if settled { self.at } else { next },
            // Where the residual is rounding, so is the step that it gives.
            step: if settled & sound { step } else { 0.0 },
            best: if size < self.best { size } else { self.best },
            open: if settled { 0.0 } else { 1.0 },
            doubtful: if settled | (sound & falls) { 0.0 } else { 1.0 },
        }
    }
}

/// What a sum begins with: x + (−0) is x for every x, so that the compiler leaves the first addition out; x + 0 is not, for −0.
pub(super) const NOTHING: f64 = -0.0;

/// What all outcomes of a market share, at one parameter.
pub(super) type Constants = [f64; 4];

/// Moves a probability that was rounded to 0 or 1 to the next normal number inside, for methods whose answers lie there.
#[inline(always)]
pub(super) fn inside(p: f64) -> f64 {
    max(min(p, BELOW_ONE), f64::MIN_POSITIVE)
}

/// The greatest number below 1.
pub(super) const BELOW_ONE: f64 = 1.0 - 0.5 * f64::EPSILON;

/// A method whose parameter solves Σ p = target, falling in the parameter.
///
/// Convergence. A fast step is taken only if the residual has at least halved since the pass with the least one, so there can
/// be no more than some seventy of them; all others are [`Family::careful`] steps, which each family proves to converge from
/// everywhere. Searches end when the step is so small that the next would be below rounding.
pub(super) trait Family<const SUMS: usize> {
    /// Does the search begin with sums that need no parameter?
    const OPENING: bool;

    /// Does it ask for [`Market::share`]?
    const SHARE: bool = false;

    /// Do the terms need a square root? The drivers take it, in a loop of its own.
    const ROOT: bool;

    /// Is every answer of [`Family::finish`] inside (0, 1) whatever the prices?
    #[inline(always)]
    fn confined(_target: f64) -> bool {
        true
    }

    /// What of a price every pass needs.
    fn prepare(odds: f64) -> f64;

    /// The terms of the sums at [`Family::start`], the probability first.
    fn opening(implied: f64, prepared: f64) -> [f64; SUMS];

    /// Where to start.
    fn start(market: &Market) -> f64;

    /// What of a market all terms at a parameter share.
    fn constants(market: &Market, at: f64) -> Constants;

    /// May [`Family::terms`] take its short way? It gives the same bits.
    fn easy(market: &Market, at: f64) -> bool;

    /// What [`Family::terms`] and [`Family::finish`] want the square root of.
    fn radicand(constants: &Constants, prepared: f64) -> f64;

    /// The terms of the sums, the probability first.
    fn terms<const EASY: bool>(constants: &Constants, odds: f64, prepared: f64, root: f64) -> [f64; SUMS];

    /// A fast step. The target is off the first sum.
    fn step(market: &Market, search: &Search, sums: [f64; SUMS]) -> Search;

    /// The end of a step that converges from everywhere.
    fn careful(market: &Market, at: f64, sums: [f64; SUMS]) -> f64;

    /// The parameter found.
    fn end(search: &Search) -> f64;

    /// Can this be the parameter? Not where rounding led the search astray, among prices so far apart that the sums do not tell the
    /// parameter.
    #[inline(always)]
    fn sane(end: f64) -> bool {
        end.abs() < f64::INFINITY
    }

    /// The probability at the end, from the constants there, where it was `p` a `step` before.
    fn finish(constants: &Constants, step: f64, prepared: f64, root: f64, p: f64) -> f64;
}

/// The end of a search.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// The parameter.
    pub(super) end: f64,
    /// Where it was at the last pass, and the step from there.
    pub(super) last: (f64, f64),
    /// Σ 1/o.
    pub(super) booksum: f64,
    /// The second sum of a closed form.
    pub(super) extra: f64,
    /// Passes after the first.
    pub(super) passes: u32,
    /// What is wrong with it.
    pub(super) cause: Option<Cause>,
}

impl Found {
    /// Without a search.
    #[inline(always)]
    pub(super) const fn closed(end: f64, booksum: f64, extra: f64, inside: bool) -> Self {
        let cause = if inside { None } else { Some(Cause::Outside) };
        Self { end, last: (end, 0.0), booksum, extra, passes: 0, cause }
    }

    #[inline(always)]
    pub(super) fn search<F: Family<SUMS>, const SUMS: usize>(
        market: &Market,
        search: &Search,
        passes: u32,
        inside: bool,
    ) -> Self {
        let end = F::end(search);
        let cause = if (search.open > 0.0) | !F::sane(end) {
            Some(Cause::NoRoot)
        } else if inside {
            None
        } else {
            Some(Cause::Outside)
        };
        let last = (search.at, search.step);
        Self { end, last, booksum: market.booksum, extra: 0.0, passes, cause }
    }
}

/// The ends of the searches of markets side by side.
pub(super) struct FoundLanes<const LANES: usize> {
    pub(super) end: [f64; LANES],
    pub(super) last: [[f64; LANES]; 2],
    pub(super) booksum: [f64; LANES],
    pub(super) extra: [f64; LANES],
    pub(super) passes: [u32; LANES],
    /// Above 0 where the search is not over.
    pub(super) open: [f64; LANES],
    /// Above 0 where the answer is not strictly inside (0, 1); `None` if it can be nowhere else.
    pub(super) outside: Option<[f64; LANES]>,
}

impl<const LANES: usize> FoundLanes<LANES> {
    /// Without searches.
    #[inline(always)]
    pub(super) fn closed(
        end: [f64; LANES],
        booksum: [f64; LANES],
        extra: [f64; LANES],
        outside: Option<[f64; LANES]>,
    ) -> Self {
        let zero = [0.0; LANES];
        Self { end, last: [end, zero], booksum, extra, passes: [0; LANES], open: zero, outside }
    }

    /// Has every market an answer?
    #[inline(always)]
    pub(super) fn all(&self) -> bool {
        fold(self.open, max) == 0.0 && self.outside.is_none_or(|outside| fold(outside, max) == 0.0)
    }

    #[inline(always)]
    pub(super) fn get(&self, i: usize) -> Found {
        let cause = if self.open[i] > 0.0 {
            Some(Cause::NoRoot)
        } else if self.outside.is_some_and(|outside| outside[i] > 0.0) {
            Some(Cause::Outside)
        } else {
            None
        };
        Found {
            end: self.end[i],
            last: (self.last[0][i], self.last[1][i]),
            booksum: self.booksum[i],
            extra: self.extra[i],
            passes: self.passes[i],
            cause,
        }
    }
}

#[inline(always)]
pub(super) fn min(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

#[inline(always)]
pub(super) fn max(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Folds an array by halves, which keeps vector instructions busy.
#[inline(always)]
pub(super) fn fold<const N: usize>(mut values: [f64; N], f: impl Fn(f64, f64) -> f64) -> f64 {
    let mut half = N / 2;
    while half > 0 {
        for i in 0..half {
            values[i] = f(values[i], values[i + half]);
        }
        half /= 2;
    }
    values[0]
}

#[inline(always)]
pub(super) fn count(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
