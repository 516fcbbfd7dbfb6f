//! Stakes: how much on each leg, so that the worst case is as good as it can be.
//!
//! Three entries, from the simple to the general:
//! - [`split_into`]: amounts as numbers, one cash bet per outcome; a total, or one leg's stake given; rounding and limits if wanted.
//! - [`plan_into`]: amounts in integers of the smallest unit; steps, minima, maxima, bankrolls, currencies, stakes already placed, free
//!   bets, lays, and outcomes that need only break even. Exact: no other stakes have a better worst case.
//! - [`relax_into`]: the same without rounding.
//!
//! Each leg pays on exactly one result (of a market, or of back against lay), and each result has one leg. What such stakes pay when
//! bets push or settle by halves is answered by [`profit_settled`].
//!
//! ```
//! use overround_math::stakes::{Funds, Leg, Status, plan_into, profit_if};
//!
//! // 2.10 against 2.05 with 100.00, in steps of 5.00; amounts in cents.
//! let legs = [Leg::cash(2.10).step(500), Leg::cash(2.05).step(500)];
//! let mut stakes = [0; 2];
//! let plan = plan_into(&legs, &Funds { total: Some(10_000), bankrolls: &[] }, &mut stakes)?;
//! assert_eq!(stakes, [5000, 5000]);
//! assert_eq!(plan.status, Status::Profit);
//! assert!((plan.profit_min - 250.0).abs() < 1e-9);
//! assert!((profit_if(&legs, &stakes, 0) - 500.0).abs() < 1e-9);
//! # Ok::<(), overround_math::stakes::StakeError>(())
//! ```

mod error;
mod leg;
mod search;
mod split;
mod table;

pub use error::StakeError;
pub use leg::{Aim, Leg};
pub use split::{Budget, Split, SplitRequest, split_into};

use crate::settlement::Settlement;
use table::{Table, tolerance};

/// The most legs of one plan.
pub const MAX_LEGS: usize = 256;
/// The largest amount of money in a plan, in smallest units.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// Amounts that differ by less than this share of the payout count as equal.
pub const SLACK: f64 = 1e-13;

/// The money a plan may use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Funds<'a> {
    /// The most that all legs together may cost, stakes already placed included, in units of the plan's currency.
    pub total: Option<i64>,
    /// The most that the legs of each [account](Leg::account) may cost, in units of the account's currency.
    pub bankrolls: &'a [i64],
}

/// What stakes come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// What all legs cost (a lay its liability, a free bet nothing), in units of the plan's currency.
    pub cost: f64,
    /// The least profit over the results aimed at.
    pub profit_min: f64,
    /// The greatest profit over all results.
    pub profit_max: f64,
    /// Whether it is a sure profit, and if not, why.
    pub status: Status,
}

/// Whether stakes make a sure profit, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The worst case is a profit.
    Profit,
    /// The prices have no arbitrage: the stakes have the smallest loss for what they pay.
    NoEdge,
    /// The prices have one, but minima, maxima or bankrolls leave none of it.
    LimitsKillEdge,
    /// The prices have one within the limits, but steps leave none of it.
    RoundingKillsEdge,
}

/// Finds the stakes with the best worst case, in multiples of each leg's step.
///
/// Among all stakes within steps, minima, maxima, bankrolls and total it maximises the least profit over the results
/// [aimed at](Aim::Profit), every [other](Aim::Even) result at least breaking even.
///
/// Where there is no arbitrage the best is to stake nothing more than the minima and what is placed, which is seldom what was asked. So
/// if no stakes beat those, and they are not a profit, the money is spent instead: the greatest least payout that the total can buy or that
/// a placed stake sets, at the least cost, which is the smallest loss at that payout. (But if stakes are sunk already, and only steps keep a
/// hedge from helping, nothing is added.) The total need not be used up: what could not raise the worst case stays unspent.
///
/// The answer is exact but for [`SLACK`]. Why, and how long it takes: see the comment at the head of the search. A search that would
/// look at legs more than 10 million times, about a tenth of a second, is refused.
///
/// `stakes` has one place per leg; on an error its content is undefined.
///
/// # Errors
/// What is wrong with a leg or with the funds; that nothing fits; that nothing bounds the stakes; that steps are too fine.
pub fn plan_into(legs: &[Leg], funds: &Funds<'_>, stakes: &mut [i64]) -> Result<Plan, StakeError> {
    if stakes.len() != legs.len() {
        return Err(StakeError::Lengths);
    }
    let table = Table::new(legs, funds)?;
    search::best(&table, stakes)?;
    for (steps, row) in stakes.iter_mut().zip(table.rows()) {
        *steps *= row.step;
    }
    let mut plan = summary(legs, |leg| leg::number(stakes[leg]));
    plan.status = status(&table, &plan);
    if plan.status != Status::Profit && stakes.iter().all(|&stake| stake == 0) {
        return Err(StakeError::NothingFits);
    }
    Ok(plan)
}

/// Finds the stakes with the best worst case without rounding: steps are left aside, all else is as in [`plan_into`].
///
/// Closed but for a bisection to the last bit where a limit binds.
///
/// # Errors
/// As [`plan_into`].
pub fn relax_into(legs: &[Leg], funds: &Funds<'_>, stakes: &mut [f64]) -> Result<Plan, StakeError> {
    if stakes.len() != legs.len() {
        return Err(StakeError::Lengths);
    }
    let table = Table::new(legs, funds)?;
    let level = table.relaxed_choice()?;
    let cost = table.cost_at(level);
    for (stake, row) in stakes.iter_mut().zip(table.rows()) {
        *stake = row.relaxed_steps(level, cost) * leg::number(row.step);
    }
    let mut plan = summary(legs, |leg| stakes[leg]);
    plan.status = status(&table, &plan);
    if plan.status != Status::Profit && stakes.iter().all(|&stake| stake == 0.0) {
        return Err(StakeError::NothingFits);
    }
    Ok(plan)
}

/// The profit, in units of the plan's currency, if the leg with index `result` wins and all others lose.
#[must_use]
pub fn profit_if(legs: &[Leg], stakes: &[i64], result: usize) -> f64 {
    let payout =
        legs.get(result).zip(stakes.get(result)).map_or(0.0, |(leg, &stake)| leg.payout() * leg::number(stake));
    payout - cost(legs, |leg| leg::number(stakes[leg]), stakes.len())
}

/// The profit, in units of the plan's currency, if each leg settles as `settlements` says: pushes and halves included, more than one
/// winner allowed. A free bet that pushes is worth nothing here, whether or not the voucher comes back.
#[must_use]
pub fn profit_settled(legs: &[Leg], stakes: &[i64], settlements: &[Settlement]) -> f64 {
    let mut profit = 0.0;
    for ((leg, &stake), settlement) in legs.iter().zip(stakes).zip(settlements) {
        let per_unit = match settlement {
            Settlement::Win => leg.payout(),
            Settlement::HalfWin => (leg.payout() + leg.cost()) / 2.0,
            Settlement::Push => leg.cost(),
            Settlement::HalfLoss => leg.cost() / 2.0,
            Settlement::Loss => 0.0,
        };
        profit += (per_unit - leg.cost()) * leg::number(stake);
    }
    profit
}

fn cost(legs: &[Leg], stake: impl Fn(usize) -> f64, count: usize) -> f64 {
    legs.iter().take(count).enumerate().map(|(i, leg)| leg.cost() * stake(i)).sum()
}

/// Cost and profits of stakes; the status is left to the caller.
fn summary(legs: &[Leg], stake: impl Fn(usize) -> f64) -> Plan {
    let cost = cost(legs, &stake, legs.len());
    let (mut profit_min, mut profit_max) = (f64::INFINITY, f64::NEG_INFINITY);
    for (i, leg) in legs.iter().enumerate() {
        let profit = leg.payout() * stake(i) - cost;
        profit_max = profit_max.max(profit);
        if leg.aim() == Aim::Profit {
            profit_min = profit_min.min(profit);
        }
    }
    Plan { cost, profit_min, profit_max, status: Status::Profit }
}

/// A worst case beside what the prices alone, and prices within limits, could give.
fn status(table: &Table<'_>, plan: &Plan) -> Status {
    let is_profit = |profit: f64| profit > tolerance(plan.cost + plan.profit_max.max(0.0));
    if is_profit(plan.profit_min) {
        Status::Profit
    } else if !table.without_limits().relaxed_best().is_some_and(is_profit) {
        Status::NoEdge
    } else if !table.relaxed_best().is_some_and(is_profit) {
        Status::LimitsKillEdge
    } else {
        Status::RoundingKillsEdge
    }
}
