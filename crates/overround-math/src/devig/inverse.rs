//! Prices from fair probabilities: margin put on instead of taken off.

use super::family::count;
use super::odds_ratio::OddsRatio;
use super::power::Power;
use super::probit::Probit;
use super::{Cause, DevigError, Method, Solution, drive, jsd};
use crate::float::{ln, sqrt};

/// Steps of a search at most; Newton's need some six, and halving the bracket sixty.
const MAX_STEPS: u32 = 120;

/// The prices at which `method` would find the probabilities `fair` under a margin: `odds[i]` for the outcome of probability `fair[i]`,
/// with Σ 1/o = `booksum`. The inverse of [`devig_to`](super::devig_to) with the sum of `fair` as its target, and the same parameter in
/// the answer.
///
/// ```
/// use overround_math::devig::{Method, add_margin, devig};
/// let mut odds = [0.0; 3];
/// let put_on = add_margin(Method::Shin, &[0.5, 0.3, 0.2], 1.05, &mut odds)?;
/// let mut fair = [0.0; 3];
/// let taken_off = devig(Method::Shin, &odds, &mut fair)?;
/// assert!((fair[2] - 0.2).abs() < 1e-15 && (taken_off.booksum - 1.05).abs() < 1e-15);
/// assert!((put_on.param.unwrap() - taken_off.param.unwrap()).abs() < 1e-14);
/// # Ok::<(), overround_math::devig::DevigError>(())
/// ```
///
/// # Errors
/// [`DevigError::Empty`] or [`DevigError::Single`] for too few probabilities; [`DevigError::Probability`] if one is not strictly inside
/// (0, 1); [`DevigError::Length`]; [`DevigError::Target`] if their sum rounds to n; [`DevigError::Booksum`] if the booksum is not in
/// (0, n); [`DevigError::NoInverse`] for [`Method::WorstCase`]; `odds` is then untouched. [`DevigError::NoValidAnswer`] if there are no
/// such prices above 1: only [`Method::Power`], [`Method::OddsRatio`], [`Method::Logarithmic`] and [`Method::Probit`] can reach every
/// booksum.
pub fn add_margin(method: Method, fair: &[f64], booksum: f64, odds: &mut [f64]) -> Result<Solution, DevigError> {
    check(method, fair, booksum, odds)?;
    let target = fair.iter().sum();
    let found = match method {
        Method::Multiplicative => {
            map(fair, odds, |p| p * (booksum / target));
            Ok(booksum / target)
        }
        Method::Additive | Method::DifferentialMarginWeighting => {
            let margin = (booksum - target) / count(fair.len());
            map(fair, odds, |p| p + margin);
            Ok(margin)
        }
        Method::BalancedBook => {
            let share = (booksum - target) / (count(fair.len()) - target);
            map(fair, odds, |p| p + share * (1.0 - p));
            Ok(share)
        }
        Method::Goto => Ok(goto(fair, target, booksum, odds)),
        Method::Shin => shin(fair, target, booksum, odds),
        // Families that are groups: the inverse is the method itself, to the other sum.
        _ => group(method, fair, booksum, odds),
    };
    let param = found.map_err(|cause| DevigError::NoValidAnswer { method, cause })?;
    for price in odds.iter_mut() {
        *price = 1.0 / *price;
    }
    if odds.iter().any(|&price| !(price > 1.0 && price < f64::INFINITY)) {
        return Err(DevigError::NoValidAnswer { method, cause: Cause::Outside });
    }
    Ok(Solution { param: Some(param), booksum: super::booksum(odds), iterations: 0 })
}

fn check(method: Method, fair: &[f64], booksum: f64, odds: &[f64]) -> Result<(), DevigError> {
    if method == Method::WorstCase {
        return Err(DevigError::NoInverse);
    }
    if let Some(index) = fair.iter().position(|&p| !(p > 0.0 && p < 1.0)) {
        return Err(DevigError::Probability { index });
    }
    match fair.len() {
        0 => return Err(DevigError::Empty),
        1 => return Err(DevigError::Single),
        n if n != odds.len() => return Err(DevigError::Length { odds: odds.len(), fair: n }),
        n if !(booksum > 0.0 && booksum < count(n)) => return Err(DevigError::Booksum),
        _ => {}
    }
    super::check_target(fair.len(), fair.iter().sum())
}

/// Writes implied probabilities where the prices will be.
fn map(fair: &[f64], implied: &mut [f64], f: impl Fn(f64) -> f64) {
    implied.iter_mut().zip(fair).for_each(|(pi, &p)| *pi = f(p));
}

/// Solves the fair odds for a sum of `booksum`, as if that were the sum of the probabilities.
fn group(method: Method, fair: &[f64], booksum: f64, implied: &mut [f64]) -> Result<f64, Cause> {
    let odds = fair.iter().map(|p| 1.0 / p);
    let found = match method {
        Method::Power => drive::lazily::<Power, 5>(odds, booksum),
        Method::Probit => drive::lazily::<Probit, 5>(odds, booksum),
        Method::Jsd => jsd::solve(odds, booksum, implied, 1),
        _ => drive::lazily::<OddsRatio, 4>(odds, booksum),
    };
    if let Some(cause) = found.cause {
        return Err(cause);
    }
    match method {
        Method::Power => map(fair, implied, |p| drive::again::<Power, 5>(&found, booksum, 1.0 / p)),
        Method::Probit => map(fair, implied, |p| drive::again::<Probit, 5>(&found, booksum, 1.0 / p)),
        Method::Jsd => {}
        _ => map(fair, implied, |p| drive::again::<OddsRatio, 4>(&found, booksum, 1.0 / p)),
    }
    Ok(match method {
        Method::Power => 1.0 / (1.0 + found.end),
        Method::Logarithmic => -ln(found.end),
        Method::OddsRatio => 1.0 / found.end,
        _ => -found.end,
    })
}

/// π = 1 − r² with r² + c r = 1 − p: Σ c r grows with c and is concave in it, so that Newton's method converges from everywhere.
fn goto(fair: &[f64], target: f64, booksum: f64, implied: &mut [f64]) -> f64 {
    let root = |c: f64, p: f64| {
        let s = sqrt(c * c + 4.0 * (1.0 - p));
        (if c > 0.0 { 2.0 * (1.0 - p) / (c + s) } else { 0.5 * (s - c) }, s)
    };
    let mut c = 0.0;
    for _ in 0..MAX_STEPS {
        let (mut sum, mut slope) = (target - booksum, 0.0);
        for &p in fair {
            let (r, s) = root(c, p);
            sum += c * r;
            slope += r * (1.0 - c / s);
        }
        let step = sum / slope;
        c -= step;
        if step.abs() <= 1e-16 * (1.0 + c.abs()) {
            break;
        }
    }
    map(fair, implied, |p| p + c * root(c, p).0);
    c
}

/// π = √(g B/T) with g = p² + z p (1 − p): Σ√g grows with z and is concave in it.
fn shin(fair: &[f64], target: f64, booksum: f64, implied: &mut [f64]) -> Result<f64, Cause> {
    let goal = sqrt(booksum * target);
    let sum = |z: f64| {
        fair.iter().fold((-goal, 0.0), |(sum, slope), &p| {
            let own = p * (1.0 - p);
            let root = sqrt(max_zero(p * p + z * own));
            (sum + root, slope + 0.5 * own / root)
        })
    };
    // The least z is that at which the g of the least probability is 0.
    let smallest = fair.iter().fold(1.0_f64, |least, &p| if p < least { p } else { least });
    let (mut low, mut high) = (-smallest / (1.0 - smallest), 1.0);
    if sum(low).0 >= 0.0 || sum(high).0 <= 0.0 {
        return Err(Cause::NoRoot);
    }
    let mut z = if low < 0.0 { 0.0 } else { 0.5 };
    for _ in 0..MAX_STEPS {
        let (excess, slope) = sum(z);
        if excess < 0.0 {
            low = z
        } else {
            high = z
        }
        let next = z - excess / slope;
        let next = if next > low && next < high { next } else { 0.5 * (low + high) };
        let step = (next - z).abs();
        z = next;
        if step <= 1e-17 || step <= 1e-16 * z.abs() {
            break;
        }
    }
    let scale = goal / target;
    map(fair, implied, |p| sqrt(max_zero(p * p + z * p * (1.0 - p))) * scale);
    Ok(z)
}

fn max_zero(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}
