//! Fitting a law to fair probabilities at lines.

use super::base::{Curve, Point};
use super::{FitError, Law, LineProbability, MOST_MISFIT, Table, shares};
use crate::ev::BOOKMAKER_ERROR;
use crate::float::{ln, logit};

/// More rounds than this are not tried; a fit takes four to ten.
const MOST_ROUNDS: u32 = 100;
/// A step below this, in units of the parameters, is the last.
const LAST_STEP: f64 = 1e-11;

/// The law of a sport's margins or totals that agrees best with fair probabilities at lines; see the [module](super).
///
/// Lines may be of any kind and in any order (sums run in the order given); the same line twice counts twice.
///
/// # Errors
/// See [`FitError`].
pub fn fit(table: &Table, lines: &[LineProbability]) -> Result<Law, FitError> {
    if lines.iter().any(|at| !(at.above > 0.0 && at.above < 1.0)) {
        return Err(FitError::Probability);
    }
    let evenness = |at: &LineProbability| (at.above - 0.5).abs();
    let nearest = lines.iter().min_by(|a, b| evenness(a).total_cmp(&evenness(b))).ok_or(FitError::Empty)?;
    let mut point = Point::start(table, nearest.line.as_f64());
    let prior = point.scale;
    let mut system = System::at(table, lines, point, prior)?;
    let mut damping = 0.0;
    for _ in 0..MOST_ROUNDS {
        let (by_location, by_scale) = system.step(damping);
        let next = Point { location: point.location + by_location, scale: point.scale + by_scale };
        let is_last = by_location.abs().max(by_scale.abs()) < LAST_STEP;
        match System::at(table, lines, next, prior) {
            // Close to the minimum the sum is flat to rounding long before the point stands still.
            Ok(reached) if reached.objective <= system.objective * (1.0 + 1e-13) => {
                (point, system) = (next, reached);
                damping /= 10.0;
            }
            _ => damping = if damping < 1e-3 { 1e-3 } else { damping * 10.0 },
        }
        if is_last {
            break;
        }
    }
    if system.misfit > MOST_MISFIT {
        return Err(FitError::Misfit);
    }
    law(table, point, system.misfit)
}

/// The masses at a point, normalised.
fn law(table: &Table, point: Point, misfit: f64) -> Result<Law, FitError> {
    let curve = Curve::at(table, point)?;
    let sum: f64 = curve.masses[..curve.count].iter().sum();
    let mut masses = curve.masses;
    masses.iter_mut().for_each(|mass| *mass /= sum);
    let (location, scale) = point.shown(table.base);
    Ok(Law { first: curve.first, count: curve.count, masses, location, scale, misfit })
}

/// The sum to be minimised at a point, its slopes and, by Gauss and Newton, its curvature.
struct System {
    objective: f64,
    misfit: f64,
    gradient: [f64; 2],
    curvature: [f64; 3],
}

impl System {
    fn at(table: &Table, lines: &[LineProbability], point: Point, prior: f64) -> Result<Self, FitError> {
        let curve = Curve::at(table, point)?;
        let pull = (point.scale - prior) / table.scale_error;
        let stiffness = 1.0 / (table.scale_error * table.scale_error);
        let mut system = Self {
            objective: pull * pull,
            misfit: 0.0,
            gradient: [0.0, pull / table.scale_error],
            curvature: [0.0, 0.0, stiffness],
        };
        let weight = 1.0 / (BOOKMAKER_ERROR * BOOKMAKER_ERROR);
        for at in lines {
            let (residual, by_location, by_scale) = residual(&curve, at)?;
            system.objective += weight * (residual * residual);
            system.misfit = system.misfit.max(residual.abs());
            system.gradient[0] += weight * (residual * by_location);
            system.gradient[1] += weight * (residual * by_scale);
            system.curvature[0] += weight * (by_location * by_location);
            system.curvature[1] += weight * (by_location * by_scale);
            system.curvature[2] += weight * (by_scale * by_scale);
        }
        if lines.len() == 1 {
            // One line says nothing of the scale, which stands where it started.
            system.gradient[1] = 0.0;
            system.curvature[1] = 0.0;
        }
        Ok(system)
    }

    /// The step to where the sum would be least if it were quadratic; shorter the more it is damped.
    fn step(&self, damping: f64) -> (f64, f64) {
        let [a, b, c] = self.curvature;
        let (a, c) = (a * (1.0 + damping), c * (1.0 + damping));
        let [g, h] = self.gradient;
        let determinant = a * c - b * b;
        ((b * h - c * g) / determinant, (b * g - a * h) / determinant)
    }
}

/// r = ln A − ln B − logit u at a line, and its slopes.
fn residual(curve: &Curve, at: &LineProbability) -> Result<(f64, f64, f64), FitError> {
    let (mut won, mut lost) = ([0.0; 3], [0.0; 3]);
    for (i, n) in (0..curve.count).zip(curve.first..) {
        let (w, l) = shares(at.line, n);
        let mass = curve.masses[i];
        for (k, moment) in [mass, mass * curve.by_location[i], mass * curve.by_scale[i]].into_iter().enumerate() {
            won[k] += w * moment;
            lost[k] += l * moment;
        }
    }
    if !(won[0] > 0.0 && lost[0] > 0.0) {
        return Err(FitError::Range);
    }
    let slope = |k: usize| won[k] / won[0] - lost[k] / lost[0];
    Ok((ln(won[0]) - ln(lost[0]) - logit(at.above), slope(1), slope(2)))
}
