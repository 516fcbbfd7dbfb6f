//! Prices and the formats they are written in.
//!
//! ```
//! use overround_math::odds::Odds;
//! let price: Odds = "+150".parse()?;
//! assert_eq!(price.decimal(), 2.5);
//! assert_eq!(price.fractional(), 1.5);
//! assert_eq!("52%".parse::<Odds>()?.probability(), 0.52);
//! # Ok::<(), overround_math::odds::OddsError>(())
//! ```
use core::fmt;
use core::str::FromStr;

/// Decimal odds: finite, > 1, at most 1,000,000. What a winning unit stake returns, the stake included.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Odds(f64);

impl Odds {
    /// The longest price.
    pub const MAX: f64 = 1_000_000.0;

    /// Decimal odds ("European").
    ///
    /// # Errors
    /// [`OddsError::OutOfRange`] if not in (1, 1,000,000]; NaN is not.
    pub const fn new(decimal: f64) -> Result<Self, OddsError> {
        if decimal > 1.0 && decimal <= Self::MAX { Ok(Self(decimal)) } else { Err(OddsError::OutOfRange) }
    }

    /// American odds ("moneyline"): a ≥ 100 is the profit on a stake of 100, 1 + a/100; a ≤ −100 the stake for a profit of
    /// 100, 1 + 100/|a|.
    ///
    /// # Errors
    /// [`OddsError::American`] between −100 and 100; [`OddsError::OutOfRange`] beyond the range of prices.
    pub fn from_american(american: f64) -> Result<Self, OddsError> {
        if american >= 100.0 {
            Self::new(1.0 + american / 100.0)
        } else if american <= -100.0 {
            Self::new(1.0 + 100.0 / -american)
        } else {
            Err(OddsError::American)
        }
    }

    /// A prediction market's price, a probability in (0, 1): 1/p.
    ///
    /// # Errors
    /// [`OddsError::Probability`] outside (0, 1); [`OddsError::OutOfRange`] below a millionth or where 1/p rounds to 1.
    pub fn from_probability(probability: f64) -> Result<Self, OddsError> {
        if probability > 0.0 && probability < 1.0 { Self::new(1.0 / probability) } else { Err(OddsError::Probability) }
    }

    /// Fractional odds ("UK"), profit to stake: 5/2 is 3.5.
    ///
    /// # Errors
    /// [`OddsError::OutOfRange`] unless both are positive and the price is in range.
    pub fn from_fractional(profit: f64, stake: f64) -> Result<Self, OddsError> {
        if profit > 0.0 && stake > 0.0 { Self::new(1.0 + profit / stake) } else { Err(OddsError::OutOfRange) }
    }

    /// Hong Kong odds: profit per unit stake, 1 + h.
    ///
    /// # Errors
    /// [`OddsError::OutOfRange`].
    pub fn from_hong_kong(profit: f64) -> Result<Self, OddsError> {
        Self::new(1.0 + profit)
    }

    /// Malay odds: in (0, 1] the profit per unit stake, 1 + m; in \[−1, 0) minus the stake per unit profit, 1 + 1/|m|.
    ///
    /// # Errors
    /// [`OddsError::Malay`] beyond ±1 and at 0; [`OddsError::OutOfRange`].
    pub fn from_malay(malay: f64) -> Result<Self, OddsError> {
        if malay > 0.0 && malay <= 1.0 {
            Self::new(1.0 + malay)
        } else if (-1.0..0.0).contains(&malay) {
            Self::new(1.0 - 1.0 / malay)
        } else {
            Err(OddsError::Malay)
        }
    }

    /// Indonesian odds: American odds divided by 100.
    ///
    /// # Errors
    /// [`OddsError::Indonesian`] between −1 and 1; [`OddsError::OutOfRange`].
    pub fn from_indonesian(indonesian: f64) -> Result<Self, OddsError> {
        if indonesian >= 1.0 {
            Self::new(1.0 + indonesian)
        } else if indonesian <= -1.0 {
            Self::new(1.0 - 1.0 / indonesian)
        } else {
            Err(OddsError::Indonesian)
        }
    }

    /// Decimal odds.
    #[inline]
    #[must_use]
    pub const fn decimal(self) -> f64 {
        self.0
    }

    /// The implied probability, 1/d, margin included.
    #[inline]
    #[must_use]
    pub fn probability(self) -> f64 {
        1.0 / self.0
    }

    /// Profit per unit stake, d − 1: the value of the fractional odds.
    #[must_use]
    pub fn fractional(self) -> f64 {
        self.0 - 1.0
    }

    /// Hong Kong odds: profit per unit stake, d − 1.
    #[must_use]
    pub fn hong_kong(self) -> f64 {
        self.0 - 1.0
    }

    /// American odds, not rounded: 100(d − 1) from evens on, else −100/(d − 1).
    #[must_use]
    pub fn american(self) -> f64 {
        let profit = self.0 - 1.0;
        if profit >= 1.0 { 100.0 * profit } else { -100.0 / profit }
    }

    /// Malay odds: d − 1 up to evens, else −1/(d − 1).
    #[must_use]
    pub fn malay(self) -> f64 {
        let profit = self.0 - 1.0;
        if profit <= 1.0 { profit } else { -1.0 / profit }
    }

    /// Indonesian odds: d − 1 from evens on, else −1/(d − 1).
    #[must_use]
    pub fn indonesian(self) -> f64 {
        let profit = self.0 - 1.0;
        if profit >= 1.0 { profit } else { -1.0 / profit }
    }
}

/// Decimal ("1.91"), American with its sign ("+150", "-110"), probability ("52%") or fractional ("5/2"), blanks around ignored.
impl FromStr for Odds {
    type Err = OddsError;

    fn from_str(text: &str) -> Result<Self, OddsError> {
        let text = text.trim();
        if let Some(percent) = text.strip_suffix('%') {
            return Self::from_probability(number(percent.trim_end())? / 100.0);
        }
        if let Some((profit, stake)) = text.split_once('/') {
            return Self::from_fractional(number(profit)?, number(stake)?);
        }
        if text.starts_with(['+', '-']) { Self::from_american(number(text)?) } else { Self::new(number(text)?) }
    }
}

fn number(text: &str) -> Result<f64, OddsError> {
    text.parse().map_err(|_| OddsError::Syntax)
}

impl From<Odds> for f64 {
    fn from(odds: Odds) -> Self {
        odds.0
    }
}

impl TryFrom<f64> for Odds {
    type Error = OddsError;
    fn try_from(decimal: f64) -> Result<Self, OddsError> {
        Self::new(decimal)
    }
}

/// Why something is not a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OddsError {
    /// Decimal odds not in (1, 1,000,000].
    OutOfRange,
    /// American odds between −100 and 100.
    American,
    /// A probability not in (0, 1).
    Probability,
    /// Malay odds beyond ±1, or 0.
    Malay,
    /// Indonesian odds between −1 and 1.
    Indonesian,
    /// Not a number in any of the formats.
    Syntax,
}

impl fmt::Display for OddsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfRange => "not a price: decimal odds must lie above 1 and not above 1,000,000",
            Self::American => "not a price: American odds must not lie between -100 and +100",
            Self::Probability => "not a price: a probability must lie between 0% and 100%",
            Self::Malay => "not a price: Malay odds must lie between -1 and 1 and not be 0",
            Self::Indonesian => "not a price: Indonesian odds must not lie between -1 and 1",
            Self::Syntax => "not a price: write 1.91, +150, -110, 52% or 5/2",
        })
    }
}

impl core::error::Error for OddsError {}
