//! The exact search for stakes in whole steps.
//!
//! **The problem.** Leg i in mᵢ steps, loᵢ ≤ mᵢ ≤ hiᵢ, costs cᵢmᵢ and pays rᵢmᵢ on result i. With C = Σ cᵢmᵢ, maximise
//! W = min over results aimed at of rᵢmᵢ − C, where rⱼmⱼ ≥ C on all others, C ≤ total, and each account's cost ≤ its bankroll.
//!
//! **Least stakes.** Fix a level v and ask for rᵢmᵢ ≥ v on the results aimed at. If m and m′ satisfy that and rⱼmⱼ ≥ C on the others,
//! so does their minimum leg by leg, its cost being no higher. So there are least stakes m(v): ⌈v/rᵢ⌉ (or loᵢ) where aimed at, and the
//! least fixed point of mⱼ = ⌈C/rⱼ⌉ elsewhere. Every limit is an upper bound on sums of stakes, so if m(v) breaks one, all stakes that
//! reach v do; and m(v) costs least. Hence the best W is the greatest v − C(m(v)), and since m(v) changes only at multiples of some rᵢ
//! aimed at, it suffices to try those levels, from the least stakes' up to the highest allowed one, which is found by bisection over
//! the multiples of each rᵢ (what is allowed at a level is allowed below it).
//!
//! **Bound.** Let U(v) = v − the least cost with fractions of steps allowed. W(v) ≤ U(v), and U is concave. So from the peak of U the
//! search walks up and down, level by level, and each way stops where U is no better than the best W so far: beyond, no level is. At
//! a fixed total T (in steps) and booksum S < 1 a level less than (n + 1)/S steps below the highest is within reach, so the walk ends after
//! about n/(1 − S) levels, whatever the total; n legs each. Where there is no arbitrage the walk is empty.
//!
//! **Slack.** A payout within 10⁻¹³ of a level reaches it, and a gain within 10⁻¹³ of the greatest payout is none: prices are binary
//! fractions, and without this 3.6 × 10 would not be 1.2 × 30. The answer is optimal within that.

use super::StakeError;
use super::leg::number;
use super::table::{Row, Table, tolerance};

/// Sets `steps` to those with the best worst case. Where no stakes beat the least ones, these stay if they are a profit, or if the prices
/// alone could beat them; else to those that reach the highest level allowed.
pub(super) fn best(table: &Table<'_>, steps: &mut [i64]) -> Result<(), StakeError> {
    let Some(least_cost) = table.least_into(0.0, steps)? else {
        return Err(StakeError::Minima);
    };
    let least = lowest_payout(table, steps) - least_cost;
    let highest = highest(table, steps)?;
    let tolerance = tolerance(highest);
    let mut walk = Walk { table, steps, tolerance, best: least, level: None };
    let peak = table.relaxed_peak(highest);
    walk.consider(peak)?;
    walk.along(peak, |level| above(table, level).filter(|&next| next <= highest))?;
    walk.along(peak, |level| below(table, level))?;
    let could_gain = peak - table.cost_at(peak) > least + tolerance;
    let is_sunk = least < -tolerance;
    let chosen = walk.level.unwrap_or(if least > tolerance || (is_sunk && could_gain) { 0.0 } else { highest });
    table.least_into(chosen, steps)?.map(|_| ()).ok_or(StakeError::NothingFits)
}

struct Walk<'a, 't> {
    table: &'a Table<'t>,
    steps: &'a mut [i64],
    tolerance: f64,
    /// The best worst case so far, and the level it was found at (none: the least stakes).
    best: f64,
    level: Option<f64>,
}

impl Walk<'_, '_> {
    /// Tries the levels from `start` on, until none further can be better.
    fn along(&mut self, start: f64, next: impl Fn(f64) -> Option<f64>) -> Result<(), StakeError> {
        let mut at = start;
        while let Some(level) = next(at) {
            if level - self.table.cost_at(level) <= self.best + self.tolerance {
                return Ok(());
            }
            self.consider(level)?;
            at = level;
        }
        Ok(())
    }

    fn consider(&mut self, level: f64) -> Result<(), StakeError> {
        let Some(cost) = self.table.least_into(level, self.steps)? else { return Ok(()) };
        let worst = lowest_payout(self.table, self.steps) - cost;
        if worst > self.best + self.tolerance {
            (self.best, self.level) = (worst, Some(level));
        }
        Ok(())
    }
}

fn lowest_payout(table: &Table<'_>, steps: &[i64]) -> f64 {
    table.aimed().map(|(i, row)| row.payout * number(steps[i])).fold(f64::INFINITY, f64::min)
}

/// The highest level allowed, a multiple of some payout. `steps` is scratch memory.
fn highest(table: &Table<'_>, steps: &mut [i64]) -> Result<f64, StakeError> {
    let mut highest = 0.0_f64;
    for (_, row) in table.aimed() {
        // Invariant: `low` is allowed (0 stands for the least stakes), `high` is not.
        let (mut low, mut high) = (0, row.hi + 1);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if table.least_into(row.payout * number(middle), steps)?.is_some() {
                low = middle;
            } else {
                high = middle;
            }
        }
        highest = highest.max(row.payout * number(low));
    }
    Ok(highest)
}

/// The next level above `level` at which some leg aimed at takes another step.
fn above(table: &Table<'_>, level: f64) -> Option<f64> {
    let next = |row: &Row| row.payout * number((row.steps_within(level) + 1).max(row.lo));
    table.aimed().map(|(_, row)| next(row)).min_by(f64::total_cmp)
}

/// The next level below `level` at which some leg aimed at can do with a step less.
fn below(table: &Table<'_>, level: f64) -> Option<f64> {
    let next = |row: &Row| {
        let steps = row.steps_for(level)?;
        (steps > row.lo).then(|| row.payout * number(steps - 1))
    };
    table.aimed().filter_map(|(_, row)| next(row)).max_by(f64::total_cmp)
}
