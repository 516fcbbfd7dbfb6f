//! The legs as a solver sees them, and the least stakes that reach a level of payout.

use super::leg::number;
use super::{Aim, Funds, Leg, MAX_AMOUNT, MAX_LEGS, SLACK, StakeError};
use core::cell::Cell;

/// One leg in steps.
#[derive(Clone, Copy)]
pub(super) struct Row {
    /// Units of its currency per step; 1 for a placed stake.
    pub(super) step: i64,
    /// Cost and payout of one step, in the plan's currency.
    pub(super) cost: f64,
    pub(super) payout: f64,
    /// Cost of one step in its own currency.
    own_cost: f64,
    /// Fewest and most steps.
    pub(super) lo: i64,
    pub(super) hi: i64,
    account: Option<u16>,
    pub(super) aim: Aim,
    placed: bool,
}

impl Row {
    fn new(leg: &Leg, index: usize, accounts: usize) -> Result<Self, StakeError> {
        leg.check(index, accounts)?;
        let step = if leg.placed.is_some() { 1 } else { leg.step };
        let (lo, hi) = match leg.placed {
            Some(units) => (units, units),
            None => ((leg.min + step - 1) / step, leg.max / step),
        };
        if lo > hi {
            return Err(StakeError::Stake(index));
        }
        let units = number(step);
        Ok(Self {
            step,
            cost: leg.cost() * units,
            payout: leg.payout() * units,
            own_cost: leg.own_cost() * units,
            lo,
            hi,
            account: leg.account,
            aim: leg.aim(),
            placed: leg.placed.is_some(),
        })
    }

    const EMPTY: Self = Self {
        step: 1,
        cost: 0.0,
        payout: 1.0,
        own_cost: 0.0,
        lo: 0,
        hi: 0,
        account: None,
        aim: Aim::Even,
        placed: false,
    };

    /// The fewest steps that pay at least `amount` (≥ 0, but for the slack), or `None` if that is more than is allowed.
    pub(super) fn steps_for(&self, amount: f64) -> Option<i64> {
        let steps = amount / self.payout;
        let least = libm::ceil(steps - steps * SLACK);
        // Also false for an amount that is infinite or no number.
        if least <= number(self.hi) { Some(whole(least).max(self.lo)) } else { None }
    }

    /// The most steps that pay no more than `amount`, but for the slack; limits left aside.
    pub(super) fn steps_within(&self, amount: f64) -> i64 {
        let steps = amount / self.payout;
        whole(libm::floor(steps + steps * SLACK).min(number(MAX_AMOUNT)))
    }

    /// The fewest steps, fractions allowed, that reach `level`, or `cost` if it need only break even; the upper limit left aside.
    pub(super) fn relaxed_steps(&self, level: f64, cost: f64) -> f64 {
        let amount = if self.aim == Aim::Profit { level } else { cost };
        (amount / self.payout).max(number(self.lo))
    }
}

/// An integral number as an integer.
#[expect(clippy::cast_possible_truncation, reason = "callers pass integral values of at most 10¹²; a cast saturates")]
fn whole(value: f64) -> i64 {
    value as i64
}

/// Differences of profit below this mean nothing where payouts are about `level`.
pub(super) fn tolerance(level: f64) -> f64 {
    SLACK * level.max(1.0)
}

/// All legs and funds.
#[derive(Clone)]
pub(super) struct Table<'a> {
    rows: [Row; MAX_LEGS],
    len: usize,
    total: f64,
    bankrolls: &'a [i64],
    /// Legs that may still be looked at, over all calls of [`Self::least_into`].
    left: Cell<u32>,
}

/// More looks at legs than this are not taken by one search.
const MOST_LOOKS: u32 = 10_000_000;

impl<'a> Table<'a> {
    pub(super) fn new(legs: &[Leg], funds: &Funds<'a>) -> Result<Self, StakeError> {
        if legs.len() < 2 {
            return Err(StakeError::TooFewLegs);
        }
        if legs.len() > MAX_LEGS {
            return Err(StakeError::TooManyLegs);
        }
        if funds.total.is_some_and(|total| !(1..=MAX_AMOUNT).contains(&total))
            || funds.bankrolls.iter().any(|bankroll| !(0..=MAX_AMOUNT).contains(bankroll))
        {
            return Err(StakeError::Total);
        }
        let mut rows = [Row::EMPTY; MAX_LEGS];
        for (index, (row, leg)) in rows.iter_mut().zip(legs).enumerate() {
            *row = Row::new(leg, index, funds.bankrolls.len())?;
        }
        let total = funds.total.map_or(f64::INFINITY, number);
        let table = Self { rows, len: legs.len(), total, bankrolls: funds.bankrolls, left: Cell::new(MOST_LOOKS) };
        if table.aimed().next().is_none() {
            return Err(StakeError::NoAim);
        }
        if !table.is_bounded() {
            return Err(StakeError::Unbounded);
        }
        Ok(table)
    }

    /// The same prices, placed stakes and total, without minima, maxima and bankrolls.
    pub(super) fn without_limits(&self) -> Self {
        let mut free = self.clone();
        for row in &mut free.rows[..self.len] {
            if !row.placed {
                (row.lo, row.hi) = (0, MAX_AMOUNT);
            }
            row.account = None;
        }
        free
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows[..self.len]
    }

    /// The rows whose least profit is maximised, with their indices.
    pub(super) fn aimed(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows().iter().enumerate().filter(|(_, row)| row.aim == Aim::Profit)
    }

    fn even(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows().iter().enumerate().filter(|(_, row)| row.aim == Aim::Even)
    }

    /// A level that no stakes pass.
    fn ceiling(&self) -> f64 {
        let by_leg = self.aimed().map(|(_, row)| row.payout * number(row.hi)).fold(f64::INFINITY, f64::min);
        let sum: f64 = self.aimed().map(|(_, row)| row.cost / row.payout).sum();
        by_leg.min(if sum > 0.0 { self.total / sum } else { f64::INFINITY })
    }

    /// Has a leg aimed at a maximum; or does the level cost something, and has the cost a bound?
    fn is_bounded(&self) -> bool {
        let has_maximum = |row: &Row| row.hi < MAX_AMOUNT / row.step;
        let has_bankroll = |row: &Row| row.account.is_some() && row.own_cost > 0.0;
        self.aimed().any(|(_, row)| has_maximum(row))
            || self.aimed().any(|(_, row)| row.cost > 0.0)
                && (self.total.is_finite()
                    || self.aimed().any(|(_, row)| has_bankroll(row))
                    || self.even().any(|(_, row)| has_maximum(row) || has_bankroll(row)))
    }

    /// Sets `steps` to the least ones whose payouts reach `level` on every result aimed at and their own cost on every other, and
    /// returns what they cost; `None` if limits, bankrolls or total forbid them.
    pub(super) fn least_into(&self, level: f64, steps: &mut [i64]) -> Result<Option<f64>, StakeError> {
        self.look()?;
        let mut cost = 0.0;
        for (i, row) in self.rows().iter().enumerate() {
            let amount = if row.aim == Aim::Profit { level } else { 0.0 };
            let Some(least) = row.steps_for(amount) else { return Ok(None) };
            steps[i] = least;
            cost += row.cost * number(least);
        }
        // Raising a leg that must break even raises the cost it has to cover: repeated until nothing moves, from what it is known to
        // reach.
        if self.even().next().is_some() {
            cost = cost.max(self.cost_at(level) * (1.0 - SLACK));
        }
        loop {
            if cost > self.total * (1.0 + SLACK) {
                return Ok(None);
            }
            let mut moved = false;
            for (i, row) in self.even() {
                let Some(least) = row.steps_for(cost) else { return Ok(None) };
                moved |= least > steps[i];
                steps[i] = least.max(steps[i]);
            }
            if !moved {
                return Ok(self.within_bankrolls(|i| number(steps[i])).then_some(cost));
            }
            self.look()?;
            cost = self.rows().iter().zip(&*steps).map(|(row, &steps)| row.cost * number(steps)).sum();
        }
    }

    /// Takes note that every leg is looked at once more.
    fn look(&self) -> Result<(), StakeError> {
        let legs = u32::try_from(self.len).map_err(|_| StakeError::TooManyLegs)?;
        self.left.set(self.left.get().checked_sub(legs).ok_or(StakeError::TooFine)?);
        Ok(())
    }

    /// The least cost of reaching `level` with fractions of steps allowed: a convex function of the level, infinite where the legs
    /// that must break even cannot. Upper limits are left aside.
    pub(super) fn cost_at(&self, level: f64) -> f64 {
        let aimed: f64 = self.aimed().map(|(_, row)| row.cost * row.relaxed_steps(level, 0.0)).sum();
        // The least solution of cost = aimed + Σ cost_j·max(lo_j, cost/payout_j): legs join once their minimum does not suffice.
        let mut cost = 0.0;
        for _ in 0..=self.len + 1 {
            let (mut base, mut share) = (aimed, 0.0);
            for (_, row) in self.even() {
                let minimum = number(row.lo);
                if cost > row.payout * minimum {
                    share += row.cost / row.payout;
                } else {
                    base += row.cost * minimum;
                }
            }
            if share >= 1.0 {
                return f64::INFINITY;
            }
            let next = base / (1.0 - share);
            if next <= cost {
                break;
            }
            cost = next;
        }
        cost
    }

    /// The best worst case with fractions of steps allowed; `None` if even the least stakes are forbidden.
    pub(super) fn relaxed_best(&self) -> Option<f64> {
        let highest = self.relaxed_highest()?;
        let level = self.relaxed_peak(highest);
        Some(level.max(self.floor_level()) - self.cost_at(level))
    }

    /// The level to stake for with fractions of steps allowed: the peak; where that is no better than the least stakes, these if they
    /// are a profit, or else the highest.
    pub(super) fn relaxed_choice(&self) -> Result<f64, StakeError> {
        let highest = self.relaxed_highest().ok_or(StakeError::Minima)?;
        let floor = self.floor_level();
        let worst = |level: f64| level.max(floor) - self.cost_at(level);
        let peak = self.relaxed_peak(highest);
        let tolerance = tolerance(highest);
        Ok(if worst(peak) > worst(0.0) + tolerance {
            peak
        } else if worst(0.0) > tolerance {
            0.0
        } else {
            highest
        })
    }

    /// The level that the least stakes reach.
    fn floor_level(&self) -> f64 {
        self.aimed().map(|(_, row)| row.payout * number(row.lo)).fold(f64::INFINITY, f64::min)
    }

    /// The highest level that limits, bankrolls and total allow, by bisection to the last bit.
    fn relaxed_highest(&self) -> Option<f64> {
        if !self.is_allowed(0.0) {
            return None;
        }
        let (mut low, mut high) = (0.0, self.ceiling() * (1.0 + SLACK));
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return Some(low);
            }
            if self.is_allowed(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    /// The level up to `highest` at which level − cost is greatest: that is concave and straight but for the levels where a leg passes
    /// its minimum, so it is one of those, or an end.
    pub(super) fn relaxed_peak(&self, highest: f64) -> f64 {
        let (mut peak, mut best) = (0.0, -self.cost_at(0.0));
        let mut consider = |level: f64| {
            let level = level.min(highest);
            let worst = level - self.cost_at(level);
            if worst > best {
                (peak, best) = (level, worst);
            }
        };
        consider(highest);
        for (_, row) in self.aimed() {
            consider(row.payout * number(row.lo));
        }
        for (_, row) in self.even() {
            consider(self.level_of_cost(row.payout * number(row.lo), highest));
        }
        peak
    }

    /// The highest level up to `highest` that costs no more than `cost`, or 0.
    fn level_of_cost(&self, cost: f64, highest: f64) -> f64 {
        let (mut low, mut high) = (0.0, highest);
        if self.cost_at(high) <= cost {
            return high;
        }
        loop {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                return low;
            }
            if self.cost_at(middle) <= cost {
                low = middle;
            } else {
                high = middle;
            }
        }
    }

    fn is_allowed(&self, level: f64) -> bool {
        let cost = self.cost_at(level);
        let steps = |i: usize| self.rows[i].relaxed_steps(level, cost);
        cost <= self.total * (1.0 + SLACK)
            && cost.is_finite()
            && self.rows().iter().enumerate().all(|(i, row)| steps(i) <= number(row.hi) * (1.0 + SLACK))
            && self.within_bankrolls(steps)
    }

    fn within_bankrolls(&self, steps: impl Fn(usize) -> f64) -> bool {
        self.bankrolls.iter().zip(0_u16..).all(|(&bankroll, account)| {
            let legs = self.rows().iter().enumerate().filter(|(_, row)| row.account == Some(account));
            let cost: f64 = legs.map(|(i, row)| row.own_cost * steps(i)).sum();
            cost <= number(bankroll) * (1.0 + SLACK)
        })
    }
}
