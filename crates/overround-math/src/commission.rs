//! What bookmakers charge, and what a lay is worth as a back.
//!
//! A *net price* is the price that pays the same without a commission. Detectors and stakes use net prices; margin removal uses prices
//! as shown.
//!
//! ```
//! use overround_math::commission::{Base, Commission, lay_as_back};
//!
//! let exchange = Commission::new(Base::Winnings, 0.04)?;
//! assert_eq!(exchange.back(1.8), Some(1.768));
//! assert_eq!(lay_as_back(1.5), Some(3.0));
//! # Ok::<(), overround_math::commission::CommissionError>(())
//! ```

use crate::odds::Odds;
use core::fmt;

/// A bookmaker's commission: what it is charged on, and a rate c with 0 ≤ c < 1.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Unchecked"))]
pub struct Commission {
    base: Base,
    rate: f64,
}

/// What a commission is charged on.
///
/// Sources: winnings, stake if won and gross are the three bases a scanner's manual tells apart (for 1.8 at 4 %: 1.768, 1.76, 1.728);
/// the fee per contract is that of prediction markets, before their rounding up to a cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Base {
    /// Net winnings: back 1 + (d − 1)(1 − c), lay 1 + (1 − c)/(L − 1).
    Winnings,
    /// Every stake, won or lost: back d/(1 + c), lay 1 + (1 − c)/(L − 1 + c).
    Stake,
    /// The stake of winning bets: back d − c.
    StakeIfWon,
    /// The gross return of winning bets: back d(1 − c).
    Gross,
    /// A fee of c·P(1 − P) per contract of price P: back 1/(P + c·P(1 − P)) with P = 1/d, lay 1/((1 − 1/L) + c·P(1 − P)) with P = 1/L.
    Contract,
}

impl Base {
    /// Is it defined for a lay?
    #[must_use]
    pub const fn is_defined_for_lay(self) -> bool {
        matches!(self, Self::Winnings | Self::Stake | Self::Contract)
    }
}

impl Commission {
    /// A commission.
    ///
    /// # Errors
    /// If the rate is not in [0, 1).
    pub fn new(base: Base, rate: f64) -> Result<Self, CommissionError> {
        if (0.0..1.0).contains(&rate) { Ok(Self { base, rate }) } else { Err(CommissionError) }
    }

    /// What it is charged on.
    #[must_use]
    pub const fn base(self) -> Base {
        self.base
    }

    /// The rate, in [0, 1).
    #[must_use]
    pub const fn rate(self) -> f64 {
        self.rate
    }

    /// The net price of a back bet at decimal odds `price`; `None` where it is ≤ 1, or where `price` is not a price (see [`Odds`]).
    #[inline]
    #[must_use]
    pub fn back(self, price: f64) -> Option<f64> {
        let c = self.rate;
        let net = match self.base {
            Base::Winnings => 1.0 + (price - 1.0) * (1.0 - c),
            Base::Stake => price / (1.0 + c),
            Base::StakeIfWon => price - c,
            Base::Gross => price * (1.0 - c),
            Base::Contract => {
                let p = 1.0 / price;
                1.0 / (p + c * p * (1.0 - p))
            }
        };
        counting(price, net)
    }

    /// The net price of a lay at decimal odds `price` as a back of "not o", its stake being the liability. `None` where that is ≤ 1
    /// or over 1,000,000, where `price` is not a price, and where the base is not [defined](Base::is_defined_for_lay) for a lay.
    #[inline]
    #[must_use]
    pub fn lay(self, price: f64) -> Option<f64> {
        let c = self.rate;
        let net = match self.base {
            Base::Winnings => 1.0 + (1.0 - c) / (price - 1.0),
            Base::Stake => 1.0 + (1.0 - c) / (price - 1.0 + c),
            Base::Contract => {
                let p = 1.0 / price;
                1.0 / ((1.0 - 1.0 / price) + c * p * (1.0 - p))
            }
            Base::StakeIfWon | Base::Gross => return None,
        };
        counting(price, net)
    }
}

/// A lay at decimal odds `price` as a back of "not o" without commission: 1 + 1/(L − 1). `None` over 1,000,000, or if `price` is not a
/// price.
#[inline]
#[must_use]
pub fn lay_as_back(price: f64) -> Option<f64> {
    counting(price, 1.0 + 1.0 / (price - 1.0))
}

/// The net price if both are prices.
fn counting(price: f64, net: f64) -> Option<f64> {
    let is_price = |d: f64| d > 1.0 && d <= Odds::MAX;
    (is_price(price) && is_price(net)).then_some(net)
}

/// A rate outside [0, 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommissionError;

impl fmt::Display for CommissionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a commission rate must be at least 0 and below 1")
    }
}

impl core::error::Error for CommissionError {}

/// As read, before the rate is checked.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(rename = "Commission", deny_unknown_fields)]
struct Unchecked {
    base: Base,
    rate: f64,
}

#[cfg(feature = "serde")]
impl TryFrom<Unchecked> for Commission {
    type Error = CommissionError;

    fn try_from(unchecked: Unchecked) -> Result<Self, CommissionError> {
        Self::new(unchecked.base, unchecked.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASES: [Base; 5] = [Base::Winnings, Base::Stake, Base::StakeIfWon, Base::Gross, Base::Contract];

    fn of(base: Base, rate: f64) -> Commission {
        Commission::new(base, rate).unwrap()
    }

    fn close(a: Option<f64>, b: f64) {
        let a = a.unwrap();
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn published_figures_of_each_base() {
        close(of(Base::Winnings, 0.04).back(1.8), 1.768);
        close(of(Base::StakeIfWon, 0.04).back(1.8), 1.76);
        close(of(Base::Gross, 0.04).back(1.8), 1.728);
        close(of(Base::Stake, 0.25).back(2.5), 2.0);
        // 50 cents and a fee of 0.07·0.5·0.5 = 1.75 cents.
        close(of(Base::Contract, 0.07).back(2.0), 1.0 / 0.5175);
    }

    #[test]
    fn a_lay_pays_what_its_cash_flows_say() {
        for (lay, c) in [(1.2, 0.02), (2.0, 0.05), (3.05, 0.05), (11.0, 0.0)] {
            // Backer's stake 1: risk L − 1, win 1; the commission on winnings is taken from what is won.
            let risk = lay - 1.0;
            close(of(Base::Winnings, c).lay(lay), (risk + 1.0 - c) / risk);
            // Charged on the backer's stake whatever happens: paid in with the risk.
            close(of(Base::Stake, c).lay(lay), (risk + 1.0) / (risk + c));
            // Buying "no" at 1 − 1/L with the fee of the "yes" price.
            let p = 1.0 / lay;
            close(of(Base::Contract, c).lay(lay), 1.0 / (1.0 - p + c * p * (1.0 - p)));
        }
    }

    #[test]
    fn contract_charges_yes_and_no_alike() {
        for p in [0.1, 0.5, 0.83] {
            let fee = of(Base::Contract, 0.07);
            close(fee.lay(1.0 / p), fee.back(1.0 / (1.0 - p)).unwrap());
        }
    }

    #[test]
    fn rate_zero_changes_nothing() {
        for base in BASES {
            for price in [1.01, 1.91, 2.0, 3.7, 1000.0] {
                close(of(base, 0.0).back(price), price);
                if base.is_defined_for_lay() {
                    close(of(base, 0.0).lay(price), lay_as_back(price).unwrap());
                }
            }
        }
    }

    #[test]
    fn more_commission_is_never_better() {
        for base in BASES {
            for price in [1.2, 2.0, 9.0] {
                let mut before = (f64::INFINITY, f64::INFINITY);
                for k in 0..100 {
                    let commission = of(base, f64::from(k) / 100.0);
                    let now = (commission.back(price).unwrap_or(1.0), commission.lay(price).unwrap_or(1.0));
                    assert!(now.0 <= before.0 && now.1 <= before.1, "{base:?} {price} {k}");
                    before = now;
                }
            }
        }
    }

    #[test]
    fn what_does_not_count_is_none() {
        assert_eq!(of(Base::Stake, 0.5).back(1.5), None);
        assert_eq!(of(Base::StakeIfWon, 0.5).back(1.5), None);
        assert_eq!(of(Base::Gross, 0.5).back(2.0), None);
        assert_eq!(of(Base::Gross, 0.1).lay(2.0), None);
        assert_eq!(of(Base::StakeIfWon, 0.1).lay(2.0), None);
        assert_eq!(lay_as_back(1.000_000_9), None, "over 1,000,000");
        assert!(lay_as_back(1.000_001_1).is_some());
        for bad in [f64::NAN, f64::INFINITY, 1.0, 0.99, 0.0, -3.0, 1_000_000.1] {
            assert_eq!(lay_as_back(bad), None);
            for base in BASES {
                assert_eq!(of(base, 0.3).back(bad), None, "{base:?} {bad}");
                assert_eq!(of(base, 0.3).lay(bad), None, "{base:?} {bad}");
            }
        }
    }

    #[test]
    fn rates_outside_the_range_are_refused() {
        for bad in [1.0, -0.01, f64::NAN, f64::INFINITY] {
            assert_eq!(Commission::new(Base::Winnings, bad), Err(CommissionError));
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn written_and_read_as_in_a_configuration() {
        let read = |text: &str| serde_json::from_str::<Commission>(text);
        let exchange = read(r#"{"base":"winnings","rate":0.05}"#).unwrap();
        assert_eq!(exchange, of(Base::Winnings, 0.05));
        assert_eq!(serde_json::to_string(&exchange).unwrap(), r#"{"base":"winnings","rate":0.05}"#);
        assert_eq!(read(r#"{"base":"stake_if_won","rate":0}"#).unwrap(), of(Base::StakeIfWon, 0.0));
        for bad in [
            r#"{"base":"winnings","rate":1}"#,
            r#"{"base":"winnings","rate":-0.1}"#,
            r#"{"base":"profits","rate":0.1}"#,
            r#"{"base":"winnings"}"#,
            r#"{"base":"winnings","rate":0.1,"cap":3}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
