//! What bookmakers charge.

/// A bookmaker's commission.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Commission {
    base: Base,
    rate: f64,
}

/// What a commission is charged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Base {
    /// Net winnings.
    Winnings,
    /// Every stake.
    Stake,
    /// The stake of winning bets.
    StakeIfWon,
    /// The gross return.
    Gross,
    /// A fee per contract.
    Contract,
}

impl Commission {
    /// The net price of a back bet; `None` where it is ≤ 1.
    pub fn back(self, _price: f64) -> Option<f64> {
        None
    }
    /// The net price of a lay as a back of "not o".
    pub fn lay(self, _price: f64) -> Option<f64> {
        None
    }
}
