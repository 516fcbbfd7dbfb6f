//! Unnormalised masses of a law, and how they respond to location and scale.

use super::{Base, FitError, MAX_SUPPORT, Table};
use crate::float::{exp, ln};

/// Location and scale as the fit moves them: μ and ln σ; θ and ln κ; ln m and ν.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    pub(super) location: f64,
    pub(super) scale: f64,
}

/// The law at a point: masses up to a factor, and the slopes of their logarithms.
pub(super) struct Curve {
    pub(super) first: i64,
    pub(super) count: usize,
    pub(super) masses: [f64; MAX_SUPPORT],
    /// d ln mass / d location, up to a constant.
    pub(super) by_location: [f64; MAX_SUPPORT],
    /// d ln mass / d scale, up to a constant.
    pub(super) by_scale: [f64; MAX_SUPPORT],
}

/// Largest |n| of a Skellam law.
const SKELLAM_REACH: u16 = 60;
/// Largest n of a Poisson law.
const POISSON_REACH: u16 = 120;
/// Half the width of a normal law, in scales and at most.
const NORMAL_REACH: (f64, f64) = (8.5, 250.0);

impl Point {
    /// The location and scale that people read.
    pub(super) fn shown(self, base: Base) -> (f64, f64) {
        match base {
            Base::Normal | Base::Skellam => (self.location, exp(self.scale)),
            Base::Poisson => (exp(self.location), self.scale),
        }
    }

    /// Where a fit starts: at the scale of the table and a line.
    pub(super) fn start(table: &Table, line: f64) -> Self {
        match table.base {
            Base::Normal => Self { location: line, scale: ln(table.scale) },
            Base::Skellam => Self { location: 0.0, scale: ln(table.scale) },
            Base::Poisson => Self { location: ln(line.max(0.3)), scale: table.scale },
        }
    }

    /// May a law stand here? The bounds keep every number below finite and the tails inside the reach.
    fn is_allowed(self, base: Base) -> bool {
        let (location, scale) = self.shown(base);
        match base {
            Base::Normal => location.abs() <= 100_000.0 && (0.5..=60.0).contains(&scale),
            Base::Skellam => location.abs() <= 2.5 && (0.5..=15.0).contains(&scale),
            Base::Poisson => (0.01..=45.0).contains(&location) && (0.3..=3.0).contains(&scale),
        }
    }
}

impl Curve {
    pub(super) fn at(table: &Table, point: Point) -> Result<Self, FitError> {
        if !point.is_allowed(table.base) {
            return Err(FitError::Range);
        }
        let mut curve = Self {
            first: 0,
            count: 0,
            masses: [0.0; MAX_SUPPORT],
            by_location: [0.0; MAX_SUPPORT],
            by_scale: [0.0; MAX_SUPPORT],
        };
        match table.base {
            Base::Normal => curve.normal(table, point),
            Base::Skellam => curve.skellam(table, point),
            Base::Poisson => curve.poisson(table, point),
        }
        Ok(curve)
    }

    fn push(&mut self, mass: f64, by_location: f64, by_scale: f64) {
        if let Some(place) = self.masses.get_mut(self.count) {
            *place = mass;
            self.by_location[self.count] = by_location;
            self.by_scale[self.count] = by_scale;
            self.count += 1;
        }
    }

    fn normal(&mut self, table: &Table, point: Point) {
        let (mu, sigma) = point.shown(Base::Normal);
        let reach = (NORMAL_REACH.0 * sigma).min(NORMAL_REACH.1);
        let lowest = libm::ceil(mu - reach);
        #[expect(clippy::cast_possible_truncation, reason = "an integral value below 10⁶")]
        let first = lowest as i64;
        self.first = first;
        let (mut n, mut number) = (first, lowest);
        while number <= mu + reach {
            let z = (number - mu) / sigma;
            self.push(table.weight(n) * exp(-0.5 * (z * z)), z / sigma, z * z);
            n += 1;
            number += 1.0;
        }
    }

    /// Bessel functions by Miller's backward recurrence I_{k−1} = I_{k+1} + (2k/κ)·I_k, relative to I₀.
    fn skellam(&mut self, table: &Table, point: Point) {
        const PLACES: usize = SKELLAM_REACH as usize + 2;
        let (theta, kappa) = point.shown(Base::Skellam);
        let mut bessel = [0.0; PLACES];
        bessel[PLACES - 2] = 1e-200;
        let mut k = f64::from(SKELLAM_REACH);
        for i in (0..PLACES - 2).rev() {
            bessel[i] = bessel[i + 2] + 2.0 * k / kappa * bessel[i + 1];
            k -= 1.0;
        }
        let reach = i64::from(SKELLAM_REACH);
        self.first = -reach;
        let mut number = -f64::from(SKELLAM_REACH);
        for n in -reach..=reach {
            let index = usize::try_from(n.unsigned_abs()).unwrap_or(PLACES);
            let before = if index == 0 { bessel[1] } else { bessel[index - 1] };
            let mass = bessel[index] / bessel[0] * exp(theta * number);
            self.push(table.weight(n) * mass, number, kappa * (before + bessel[index + 1]) / (2.0 * bessel[index]));
            number += 1.0;
        }
    }

    fn poisson(&mut self, table: &Table, point: Point) {
        let (log_mean, nu) = (point.location, point.scale);
        // ln base at n, less its greatest value, near m, which keeps exp in range.
        let mut logs = [0.0; POISSON_REACH as usize + 1];
        let (mut log_factorial, mut number, mut greatest) = (0.0, 0.0, f64::NEG_INFINITY);
        for place in &mut logs {
            if number > 0.0 {
                log_factorial += ln(number);
            }
            *place = number * log_mean - log_factorial;
            greatest = greatest.max(*place);
            number += 1.0;
        }
        number = 0.0;
        for (n, log) in (0_i64..).zip(logs) {
            self.push(table.weight(n) * exp(nu * (log - greatest)), nu * number, log);
            number += 1.0;
        }
    }
}
