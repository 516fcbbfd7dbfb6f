//! Pooling of probabilities over bookmakers.

/// How columns are pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Pool {
    /// Weighted mean.
    Mean,
    /// Weighted mean of logits, normalised.
    LogOdds,
    /// Median per outcome, normalised.
    Median,
}
