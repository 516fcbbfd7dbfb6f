//! The equations.

use super::{Cause, DevigError, Method, Solution, booksum};
use crate::float::{exp, ln, ln_1p, normal_cdf, normal_quantile_of, sqrt};

const MAX_ITERATIONS: u32 = 200;

pub(super) fn solve(method: Method, odds: &[f64], fair: &mut [f64]) -> Result<Solution, DevigError> {
    let n = f64::from(u32::try_from(odds.len()).unwrap_or(u32::MAX));
    let sum = booksum(odds);
    let over = sum - 1.0;
    let mut iterations = 0;
    let each = |fair: &mut [f64], f: &dyn Fn(f64) -> f64| fair.iter_mut().zip(odds).for_each(|(p, &o)| *p = f(o));
    let param = match method {
        Method::Multiplicative => {
            each(fair, &|o| 1.0 / o / sum);
            sum
        }
        Method::Additive | Method::DifferentialMarginWeighting => {
            each(fair, &|o| 1.0 / o - over / n);
            over / n
        }
        Method::BalancedBook => {
            let rest = odds.iter().fold(0.0, |sum, o| sum + (o - 1.0) / o);
            each(fair, &|o| (1.0 / o * (n - 1.0) - over) / rest);
            over / (n - 1.0)
        }
        Method::Goto => {
            let c = over / odds.iter().fold(0.0, |sum, o| sum + sqrt((o - 1.0) / o));
            each(fair, &|o| 1.0 / o - c * sqrt((o - 1.0) / o));
            c
        }
        Method::Power => power(odds, fair, &mut iterations),
        Method::Shin => shin(odds, sum, n, fair, &mut iterations),
        Method::OddsRatio => odds_ratio(odds, fair, &mut iterations),
        Method::Logarithmic => ln(odds_ratio(odds, fair, &mut iterations)),
        Method::Probit => probit(odds, n, fair, &mut iterations),
        Method::Jsd => {
            jsd(odds, fair, &mut iterations).ok_or(DevigError::NoValidAnswer { method, cause: Cause::NoRoot })?
        }
        Method::WorstCase => {
            worst_case(odds, fair)?;
            0.0
        }
    };
    if fair.iter().any(|&p| !(p > 0.0 && p < 1.0)) {
        return Err(DevigError::NoValidAnswer { method, cause: Cause::Outside });
    }
    Ok(Solution { param: (method != Method::WorstCase).then_some(param), booksum: sum, iterations })
}

/// Newton on ln Σ o^-k, convex and falling in k.
fn power(odds: &[f64], fair: &mut [f64], iterations: &mut u32) -> f64 {
    let mut k = 1.0;
    let longest = odds.iter().fold(0.0, |a, &o| if ln(o) > a { ln(o) } else { a });
    loop {
        let (mut sum, mut slope) = (-1.0, 0.0);
        for &o in odds {
            let l = ln(o);
            let p = if k == 1.0 { 1.0 / o } else { exp(-k * l) };
            sum += p;
            slope += p * l;
        }
        let step = ln_1p(sum) * (1.0 + sum) / slope;
        k += step;
        *iterations += 1;
        if (step * longest).abs() < 1e-13 || *iterations > MAX_ITERATIONS {
            break;
        }
    }
    fair.iter_mut().zip(odds).for_each(|(p, &o)| *p = 1.0 / o * exp((1.0 - k) * ln(o)));
    k
}

fn shin(odds: &[f64], booksum: f64, n: f64, fair: &mut [f64], iterations: &mut u32) -> f64 {
    let root = sqrt(booksum);
    let mut z = 2.0 * (booksum - 1.0) / ((root + 1.0) * (root + n - 2.0));
    let value = |o: f64, z: f64| {
        let pi = 1.0 / o;
        let a = pi * pi / booksum;
        let s = sqrt(z * z + 4.0 * (1.0 - z) * a);
        (if z >= 0.0 { 2.0 * a / (z + s) } else { (s - z) / (2.0 * (1.0 - z)) }, s)
    };
    loop {
        let (mut sum, mut slope) = (-1.0, 0.0);
        for &o in odds {
            let (p, s) = value(o, z);
            sum += p;
            slope += p * (1.0 - p) / s;
        }
        let step = sum / slope;
        let next = z + step;
        z = if next < 1.0 { next } else { 0.5 * (z + 1.0) };
        *iterations += 1;
        if step.abs() < 1e-15 || *iterations > MAX_ITERATIONS {
            break;
        }
    }
    fair.iter_mut().zip(odds).for_each(|(p, &o)| *p = value(o, z).0);
    z
}

/// Newton on ln c, steps at most 1.
fn odds_ratio(odds: &[f64], fair: &mut [f64], iterations: &mut u32) -> f64 {
    let mut c = 1.0;
    loop {
        let (mut sum, mut slope) = (-1.0, 0.0);
        for &o in odds {
            let p = 1.0 / (1.0 + c * (o - 1.0));
            sum += p;
            slope += p * (1.0 - p);
        }
        let step = sum / slope;
        let step = if step > 1.0 { 1.0 } else { step };
        let step = if step < -1.0 { -1.0 } else { step };
        c *= exp(step);
        *iterations += 1;
        if step.abs() < 1e-15 || *iterations > MAX_ITERATIONS {
            break;
        }
    }
    fair.iter_mut().zip(odds).for_each(|(p, &o)| *p = 1.0 / (1.0 + c * (o - 1.0)));
    c
}

fn probit(odds: &[f64], n: f64, fair: &mut [f64], iterations: &mut u32) -> f64 {
    let quantile = |o: f64| normal_quantile_of(1.0 / o, (o - 1.0) / o);
    let share = normal_quantile_of(1.0 / n, (n - 1.0) / n);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for &o in odds {
        let x = quantile(o) - share;
        low = if x < low { x } else { low };
        high = if x > high { x } else { high };
    }
    let mut c = 0.0;
    c = if low > c { low } else { c };
    c = if high < c { high } else { c };
    loop {
        let (mut sum, mut slope) = (-1.0, 0.0);
        for &o in odds {
            let y = quantile(o) - c;
            sum += normal_cdf(y);
            slope += exp(-0.5 * y * y) * 0.398_942_280_401_432_7;
        }
        if sum > 0.0 {
            low = c
        } else {
            high = c
        }
        let step = sum / slope;
        let next = c + step;
        let next = if next >= low && next <= high { next } else { 0.5 * (low + high) };
        let moved = (next - c).abs();
        c = next;
        *iterations += 1;
        if moved < 1e-15 || *iterations > MAX_ITERATIONS {
            break;
        }
    }
    fair.iter_mut().zip(odds).for_each(|(p, &o)| *p = normal_cdf(quantile(o) - c));
    c
}

/// The Jensen-Shannon divergence of two Bernoulli laws and its derivative in p.
fn divergence(p: f64, pi: f64) -> (f64, f64) {
    let phi = |x: f64| x * (ln_1p(x) - ln_1p(-x)) + ln_1p(-x * x);
    let m = 0.5 * (p + pi);
    let d = 0.5 * (pi - p);
    let value = 0.5 * (m * phi(d / m) + (1.0 - m) * phi(d / (1.0 - m)));
    (value, 0.5 * (ln_1p(-d / m) - ln_1p(d / (1.0 - m))))
}

/// p on the side of D's sign with √JSD(p, π) = |D|, and dp/dD.
fn at_distance(pi: f64, distance: f64) -> (f64, f64) {
    let square = distance * distance;
    let (mut low, mut high) = if distance > 0.0 { (0.0, pi) } else { (pi, 1.0) };
    let mut p = pi - distance * sqrt(8.0 * pi * (1.0 - pi));
    for _ in 0..MAX_ITERATIONS {
        if !(p > low && p < high) {
            p = 0.5 * (low + high);
        }
        let (value, slope) = divergence(p, pi);
        if (value > square) == (distance > 0.0) {
            low = p
        } else {
            high = p
        }
        let step = (value - square) / slope;
        let next = p - step;
        let done = step.abs() <= 1e-16 * p;
        p = next;
        if done {
            break;
        }
    }
    (p, 2.0 * distance / divergence(p, pi).1)
}

fn jsd(odds: &[f64], fair: &mut [f64], iterations: &mut u32) -> Option<f64> {
    let at_end = |pi: f64, end: f64| {
        let m = 0.5 * (pi + end);
        let near = if end == 0.0 { -ln_1p(-m) } else { -ln(m) };
        let mixed = if end == 0.0 {
            pi * core::f64::consts::LN_2 + (1.0 - pi) * ln((1.0 - pi) / (1.0 - m))
        } else {
            pi * ln(pi / m) + (1.0 - pi) * core::f64::consts::LN_2
        };
        sqrt(0.5 * (near + mixed))
    };
    let (mut low, mut high) = (-1.0, 1.0);
    for &o in odds {
        let pi = 1.0 / o;
        let (most, least) = (at_end(pi, 0.0), -at_end(pi, 1.0));
        high = if most < high { most } else { high };
        low = if least > low { least } else { low };
    }
    let over = booksum(odds) - 1.0;
    let spread = odds.iter().fold(0.0, |sum, &o| sum + sqrt(8.0 * (o - 1.0)) / o);
    let mut distance = over / spread;
    loop {
        if !(distance > low && distance < high) {
            distance = 0.5 * (low + high);
        }
        let (mut sum, mut slope) = (-1.0, 0.0);
        for &o in odds {
            let pi = 1.0 / o;
            let (p, dp) = if distance == 0.0 { (pi, -sqrt(8.0 * pi * (1.0 - pi))) } else { at_distance(pi, distance) };
            sum += p;
            slope += dp;
        }
        if sum > 0.0 {
            low = distance
        } else {
            high = distance
        }
        let step = sum / slope;
        distance -= step;
        *iterations += 1;
        if step.abs() < 1e-16 || (high - low) < 1e-16 {
            break;
        }
        if *iterations > MAX_ITERATIONS {
            return None;
        }
    }
    let mut total = -1.0;
    for (p, &o) in fair.iter_mut().zip(odds) {
        let pi = 1.0 / o;
        *p = if distance == 0.0 { pi } else { at_distance(pi, distance).0 };
        total += *p;
    }
    (total.abs() < 1e-9).then_some(distance)
}

/// Members without a valid answer drop out.
fn worst_case(odds: &[f64], fair: &mut [f64]) -> Result<(), DevigError> {
    let mut least = [1.0; 64];
    let least = least.get_mut(..odds.len());
    let Some(least) = least else {
        return Err(DevigError::NoValidAnswer { method: Method::WorstCase, cause: Cause::NoRoot });
    };
    for method in [Method::Multiplicative, Method::Additive, Method::Power, Method::Shin, Method::Probit] {
        if solve(method, odds, fair).is_ok() {
            least.iter_mut().zip(&*fair).for_each(|(least, &p)| *least = if p < *least { p } else { *least });
        }
    }
    fair.copy_from_slice(least);
    Ok(())
}
