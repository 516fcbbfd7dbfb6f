//! Stakes for one cash bet per outcome, amounts as numbers.

use super::leg::number;
use super::{Funds, Leg, MAX_AMOUNT, MAX_LEGS, StakeError, Status, plan_into};
use crate::odds::Odds;

/// How much money is to be split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// All stakes together.
    Total(f64),
    /// The stake of the leg with this index, as it is or will be placed; the others follow.
    Fixed {
        /// Index of the leg.
        leg: usize,
        /// Its stake; no limit binds it.
        stake: f64,
    },
}

/// What is asked of [`split_into`].
#[derive(Clone, Copy, Debug)]
pub struct SplitRequest<'a> {
    /// One net price per outcome; at least two.
    pub net_prices: &'a [f64],
    /// The money.
    pub budget: Budget,
    /// Stakes are multiples of this, if given; at most nine decimals.
    pub step: Option<f64>,
    /// The greatest stake of each leg, if it has one: empty, or as many as prices.
    pub limits: &'a [Option<f64>],
}

/// What stakes come to, in the money of the request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// The sum of the stakes.
    pub total: f64,
    /// The least payout less the total.
    pub profit_min: f64,
    /// The greatest payout less the total.
    pub profit_max: f64,
    /// Whether it is a sure profit, and if not, why.
    pub status: Status,
}

/// Splits money so that every outcome pays alike, or, with a step, so that the least payout less the total is as great as it can be.
///
/// Without a step: stakes (1/d)/S of the total, or those that pay what the fixed stake pays; less, in the same proportions, where a limit
/// binds. With a step: the exact optimum of [`plan_into`]; the total is an upper bound then, and what could not raise the worst case
/// stays unspent; the fixed stake need not be a multiple of the step. A payout is stake × net price, not rounded.
///
/// `stakes` and `payouts` have one place per price; on an error their content is undefined.
///
/// ```
/// use overround_math::stakes::{Budget, SplitRequest, split_into};
///
/// let (mut stakes, mut payouts) = ([0.0; 2], [0.0; 2]);
/// let request = SplitRequest {
///     net_prices: &[2.10, 2.05],
///     budget: Budget::Fixed { leg: 0, stake: 50.0 },
///     step: Some(1.0),
///     limits: &[],
/// };
/// let split = split_into(&request, &mut stakes, &mut payouts)?;
/// assert_eq!(stakes, [50.0, 51.0]);
/// assert!((split.profit_min - 3.55).abs() < 1e-12);
/// # Ok::<(), overround_math::stakes::StakeError>(())
/// ```
///
/// # Errors
/// What is wrong with the request, or that nothing fits.
pub fn split_into(request: &SplitRequest<'_>, stakes: &mut [f64], payouts: &mut [f64]) -> Result<Split, StakeError> {
    let count = request.net_prices.len();
    if stakes.len() != count || payouts.len() != count || !(request.limits.is_empty() || request.limits.len() == count)
    {
        return Err(StakeError::Lengths);
    }
    check(request)?;
    let (total, status) = match request.step {
        None => split_evenly(request, stakes)?,
        Some(step) => split_in_steps(request, step, stakes)?,
    };
    let (mut least, mut greatest) = (f64::INFINITY, 0.0_f64);
    for ((payout, stake), price) in payouts.iter_mut().zip(stakes).zip(request.net_prices) {
        *payout = *stake * price;
        least = least.min(*payout);
        greatest = greatest.max(*payout);
    }
    Ok(Split { total, profit_min: least - total, profit_max: greatest - total, status })
}

fn check(request: &SplitRequest<'_>) -> Result<(), StakeError> {
    let is_amount = |amount: f64| amount > 0.0 && amount <= number(MAX_AMOUNT);
    if request.net_prices.len() < 2 {
        return Err(StakeError::TooFewLegs);
    }
    if request.net_prices.len() > MAX_LEGS {
        return Err(StakeError::TooManyLegs);
    }
    if let Some(leg) = request.net_prices.iter().position(|&d| !(d > 1.0 && d <= Odds::MAX)) {
        return Err(StakeError::Price(leg));
    }
    if let Some(leg) = request.limits.iter().position(|limit| limit.is_some_and(|limit| limit.is_nan() || limit < 0.0))
    {
        return Err(StakeError::Stake(leg));
    }
    match request.budget {
        Budget::Total(total) if !is_amount(total) => Err(StakeError::Total),
        Budget::Fixed { leg, stake } if leg >= request.net_prices.len() || !is_amount(stake) => {
            Err(StakeError::Stake(leg))
        }
        _ => Ok(()),
    }
}

/// The limit of a leg; infinite if it has none or is fixed.
fn limit(request: &SplitRequest<'_>, index: usize) -> f64 {
    match request.budget {
        Budget::Fixed { leg, .. } if leg == index => f64::INFINITY,
        _ => request.limits.get(index).copied().flatten().unwrap_or(f64::INFINITY),
    }
}

/// Stakes that pay alike; their sum, and what became of the edge.
fn split_evenly(request: &SplitRequest<'_>, stakes: &mut [f64]) -> Result<(f64, Status), StakeError> {
    let prices = request.net_prices;
    let booksum = crate::arbitrage::booksum(prices);
    let wanted = match request.budget {
        Budget::Total(total) => total / booksum,
        Budget::Fixed { leg, stake } => stake * prices[leg],
    };
    let payout = prices.iter().enumerate().fold(wanted, |payout, (i, d)| payout.min(limit(request, i) * d));
    if payout <= 0.0 {
        return Err(StakeError::NothingFits);
    }
    let is_limited = payout < wanted;
    for (stake, d) in stakes.iter_mut().zip(prices) {
        *stake = payout / d;
    }
    let total = match request.budget {
        Budget::Total(total) if !is_limited => total,
        Budget::Total(_) => stakes.iter().sum(),
        Budget::Fixed { leg, stake } => {
            stakes[leg] = stake;
            stakes.iter().sum()
        }
    };
    let status = if booksum >= 1.0 {
        Status::NoEdge
    } else if is_limited && payout <= total {
        Status::LimitsKillEdge
    } else {
        Status::Profit
    };
    Ok((total, status))
}

/// The exact optimum in multiples of a step.
fn split_in_steps(request: &SplitRequest<'_>, step: f64, stakes: &mut [f64]) -> Result<(f64, Status), StakeError> {
    let scale = scale(request, step)?;
    let units = |amount: f64| floor_units(amount * number(scale));
    let step = units(step).filter(|&step| step >= 1).ok_or(StakeError::Step)?;
    let mut legs = [Leg::cash(2.0); MAX_LEGS];
    let mut placed = [0_i64; MAX_LEGS];
    let count = request.net_prices.len();
    for (i, (leg, &price)) in legs.iter_mut().zip(request.net_prices).enumerate() {
        *leg = Leg::cash(price).step(step);
        if let Some(most) = units(limit(request, i)) {
            *leg = leg.at_most(most);
        }
    }
    let mut total = None;
    match request.budget {
        Budget::Total(amount) => {
            total = Some(units(amount).filter(|&units| units >= 1).ok_or(StakeError::NothingFits)?)
        }
        Budget::Fixed { leg, stake } => legs[leg] = legs[leg].placed(units(stake).ok_or(StakeError::Stake(leg))?),
    }
    let placed = &mut placed[..count];
    let plan = plan_into(&legs[..count], &Funds { total, bankrolls: &[] }, placed)?;
    for (stake, &units) in stakes.iter_mut().zip(&*placed) {
        *stake = number(units) / number(scale);
    }
    Ok((number(placed.iter().sum()) / number(scale), plan.status))
}

/// The units, a power of ten, into which one unit of money is to be divided so that the step, and a fixed stake, are whole.
fn scale(request: &SplitRequest<'_>, step: f64) -> Result<i64, StakeError> {
    let is_whole = |amount: f64, scale: i64| libm::rint(amount * number(scale)) / number(scale) == amount;
    (0..=9)
        .map(|decimals| 10_i64.pow(decimals))
        .find(|&scale| {
            is_whole(step, scale)
                && match request.budget {
                    Budget::Fixed { stake, .. } => is_whole(stake, scale),
                    Budget::Total(_) => true,
                }
        })
        .filter(|_| step > 0.0)
        .ok_or(StakeError::Step)
}

/// The integer below, but for the rounding error of a decimal fraction; `None` where there is no bound, or one beyond every amount.
fn floor_units(units: f64) -> Option<i64> {
    let whole = libm::floor(units + units * super::SLACK);
    #[expect(clippy::cast_possible_truncation, reason = "an integral value within range by the check")]
    (whole >= 0.0 && whole <= number(MAX_AMOUNT)).then_some(whole as i64)
}
