//! The methods and their names.

use core::fmt;
use core::str::FromStr;

/// A way to remove the margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// Proportional: p = π/B.
    Multiplicative,
    /// Equal margin: p = π − (B − 1)/n.
    Additive,
    /// The same as [`Method::Additive`] under Buchdahl's name.
    DifferentialMarginWeighting,
    /// p = (π − z)/(1 − z).
    BalancedBook,
    /// p = π − c·√(1 − π).
    Goto,
    /// p = π^k.
    Power,
    /// Shin's insiders.
    Shin,
    /// Fair net odds are c times the net odds shown.
    OddsRatio,
    /// The same as [`Method::OddsRatio`] with the parameter ln c.
    Logarithmic,
    /// p = Φ(Φ⁻¹(π) − c).
    Probit,
    /// Equal Jensen-Shannon distance.
    Jsd,
    /// The least over several methods, outcome by outcome.
    WorstCase,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Multiplicative,
        Self::Additive,
        Self::DifferentialMarginWeighting,
        Self::BalancedBook,
        Self::Goto,
        Self::Power,
        Self::Shin,
        Self::OddsRatio,
        Self::Logarithmic,
        Self::Probit,
        Self::Jsd,
        Self::WorstCase,
    ];

    /// The members of [`Method::WorstCase`] where none are chosen.
    pub const WORST_CASE: [Self; 5] = [Self::Multiplicative, Self::Additive, Self::Power, Self::Shin, Self::Probit];

    /// The name in configuration, formats and command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Multiplicative => "multiplicative",
            Self::Additive => "additive",
            Self::DifferentialMarginWeighting => "differential_margin_weighting",
            Self::BalancedBook => "balanced_book",
            Self::Goto => "goto",
            Self::Power => "power",
            Self::Shin => "shin",
            Self::OddsRatio => "odds_ratio",
            Self::Logarithmic => "logarithmic",
            Self::Probit => "probit",
            Self::Jsd => "jsd",
            Self::WorstCase => "worst_case",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Method {
    type Err = UnknownMethod;

    fn from_str(text: &str) -> Result<Self, UnknownMethod> {
        Self::ALL.into_iter().find(|method| method.name() == text).ok_or(UnknownMethod)
    }
}

/// Not the name of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownMethod;

impl fmt::Display for UnknownMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown method; known are")?;
        Method::ALL.iter().try_for_each(|method| write!(f, " {method}"))
    }
}

impl core::error::Error for UnknownMethod {}
