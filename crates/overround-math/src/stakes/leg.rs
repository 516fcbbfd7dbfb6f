//! A leg: what a unit of its stake costs and pays, and which stakes it allows.

use super::{MAX_AMOUNT, StakeError};
use crate::commission::{Base, Commission, lay_as_back};
use crate::odds::Odds;

/// A bet on one result, with the stakes it allows.
///
/// Amounts are integers in the smallest unit of the leg's own currency. The stake is the one written on the slip: of a lay the backer's
/// stake, of a free bet the voucher.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    cost: f64,
    payout: f64,
    pub(super) step: i64,
    pub(super) min: i64,
    pub(super) max: i64,
    pub(super) placed: Option<i64>,
    pub(super) account: Option<u16>,
    rate: f64,
    aim: Aim,
}

/// What is wanted on a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// The most profit: it is one of the results whose least profit is maximised.
    #[default]
    Profit,
    /// To lose nothing: its profit is to be at least 0.
    Even,
}

impl Leg {
    /// A bet of money at a net price: costs the stake, pays stake × price. A boosted price is such a price with a
    /// [maximum](Self::at_most).
    #[must_use]
    pub const fn cash(net_price: f64) -> Self {
        Self::of(1.0, net_price)
    }

    /// A bet whose stake is given and is not returned: costs nothing, pays stake × (price − 1).
    #[must_use]
    pub const fn free_bet(net_price: f64) -> Self {
        Self::of(0.0, net_price - 1.0)
    }

    /// A lay at decimal odds `price`, which pays unless the outcome wins. Per unit of the backer's stake it costs the liability and
    /// pays liability × net price; a commission on every stake is part of what it costs.
    ///
    /// `None` where the lay as a back is no bet, see [`Commission::lay`].
    #[must_use]
    pub fn lay(price: f64, commission: Option<Commission>) -> Option<Self> {
        let net = commission.map_or_else(|| lay_as_back(price), |commission| commission.lay(price))?;
        let liability = price - 1.0;
        Some(match commission.map(|commission| (commission.base(), commission.rate())) {
            Some((Base::Winnings, c)) => Self::of(liability, price - c),
            Some((Base::Stake, c)) => Self::of(liability + c, price),
            Some(_) => Self::of(price / net, price),
            None => Self::of(liability, price),
        })
    }

    const fn of(cost: f64, payout: f64) -> Self {
        Self {
            cost,
            payout,
            step: 1,
            min: 0,
            max: MAX_AMOUNT,
            placed: None,
            account: None,
            rate: 1.0,
            aim: Aim::Profit,
        }
    }

    /// Stakes are multiples of this; 1 by default.
    #[must_use]
    pub const fn step(self, units: i64) -> Self {
        Self { step: units, ..self }
    }

    /// The least stake; 0 by default.
    #[must_use]
    pub const fn at_least(self, units: i64) -> Self {
        Self { min: units, ..self }
    }

    /// The greatest stake; none by default.
    #[must_use]
    pub const fn at_most(self, units: i64) -> Self {
        Self { max: if units > MAX_AMOUNT { MAX_AMOUNT } else { units }, ..self }
    }

    /// The stake is this and stays so: placed already, or to be used whole. Step and limits do not bind it.
    #[must_use]
    pub const fn placed(self, units: i64) -> Self {
        Self { placed: Some(units), ..self }
    }

    /// What it costs comes out of the bankroll with this index in [`Funds`](super::Funds).
    #[must_use]
    pub const fn account(self, index: u16) -> Self {
        Self { account: Some(index), ..self }
    }

    /// The worth of one unit of its currency in units of the plan's; 1 by default.
    #[must_use]
    pub const fn rate(self, rate: f64) -> Self {
        Self { rate, ..self }
    }

    /// Its result need only break even.
    #[must_use]
    pub const fn even(self) -> Self {
        Self { aim: Aim::Even, ..self }
    }

    /// What a unit of its stake costs, in units of the plan's currency.
    #[must_use]
    pub fn cost(&self) -> f64 {
        self.cost * self.rate
    }

    /// What a unit of its stake pays on its result, in units of the plan's currency.
    #[must_use]
    pub fn payout(&self) -> f64 {
        self.payout * self.rate
    }

    /// What is wanted on its result.
    #[must_use]
    pub const fn aim(&self) -> Aim {
        self.aim
    }

    /// What a unit of its stake costs in its own currency.
    pub(super) const fn own_cost(&self) -> f64 {
        self.cost
    }

    /// Checks prices and amounts; `index` is for the error.
    pub(super) fn check(&self, index: usize, accounts: usize) -> Result<(), StakeError> {
        let is_price = self.payout > 0.0 && self.payout > self.cost && self.payout <= Odds::MAX && self.cost >= 0.0;
        let is_rate = self.rate > 0.0 && self.rate <= 1.0e9;
        let is_amount = |units: i64| (0..=MAX_AMOUNT).contains(&units);
        if !is_price || !is_rate {
            Err(StakeError::Price(index))
        } else if self.step < 1
            || ![self.step, self.min, self.max, self.placed.unwrap_or(0)].into_iter().all(is_amount)
            || self.min > self.max
        {
            Err(StakeError::Stake(index))
        } else if self.account.is_some_and(|account| usize::from(account) >= accounts) {
            Err(StakeError::Account(index))
        } else {
            Ok(())
        }
    }
}

/// An amount as a number: exact, amounts being far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "amounts are checked to be at most 10¹²")]
pub(super) const fn number(units: i64) -> f64 {
    units as f64
}
