//! Prices.
use core::fmt;

/// Decimal odds: finite, > 1, at most 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "f64", into = "f64"))]
pub struct Odds(f64);

impl Odds {
    /// The longest price.
    pub const MAX: f64 = 1_000_000.0;

    /// Decimal odds.
    ///
    /// # Errors
    /// If not in (1, 1,000,000].
    pub fn new(decimal: f64) -> Result<Self, OddsError> {
        if decimal > 1.0 && decimal <= Self::MAX { Ok(Self(decimal)) } else { Err(OddsError) }
    }

    /// American odds.
    ///
    /// # Errors
    /// Between −100 and 100, or out of range.
    pub fn from_american(american: f64) -> Result<Self, OddsError> {
        if american >= 100.0 {
            Self::new(1.0 + american / 100.0)
        } else if american <= -100.0 {
            Self::new(1.0 + 100.0 / -american)
        } else {
            Err(OddsError)
        }
    }

    /// Prediction-market probability in (0, 1).
    ///
    /// # Errors
    /// Out of range.
    pub fn from_probability(probability: f64) -> Result<Self, OddsError> {
        if probability > 0.0 && probability < 1.0 { Self::new(1.0 / probability) } else { Err(OddsError) }
    }

    /// Decimal odds.
    #[inline]
    #[must_use]
    pub const fn decimal(self) -> f64 {
        self.0
    }
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

/// A price out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OddsError;

impl fmt::Display for OddsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a price")
    }
}

impl core::error::Error for OddsError {}
