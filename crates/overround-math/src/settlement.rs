//! Settlement of bets.

/// How the outcomes of a market settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MarketShape {
    /// home, away; no tie (`moneyline`).
    TwoWay,
    /// home, away; stakes back at a draw.
    DrawNoBet,
    /// home, draw, away.
    ThreeWay,
    /// home, away, with a handicap line.
    Spread,
    /// over, under, with a line.
    Total,
    /// yes, no.
    YesNo,
    /// Any list of outcomes of which exactly one wins.
    Listed,
}

impl MarketShape {
    /// Do its markets have a line?
    #[must_use]
    pub const fn has_line(self) -> bool {
        matches!(self, Self::Spread | Self::Total)
    }
}
