//! Margin removal.

/// A way to remove the margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Method {
    /// Proportional.
    Multiplicative,
    /// Equal margin.
    Additive,
    /// The default.
    Power,
    /// Insiders.
    Shin,
    /// Odds ratio.
    OddsRatio,
}
