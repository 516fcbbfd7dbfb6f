//! What the bars of a market follow from: the most that references give each outcome, by which a price can be seen to be no +EV.
//!
//! With an anchor, eleven of twelve prices that move do not enter the reference: what the screen compares them with stays as it is.

/// What the bars follow from, and so when they are void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Not found yet.
    #[default]
    Unknown,
    /// From the most that the only anchor's fair probabilities can be: higher than the truth, but without a solve.
    AnchorBound,
    /// From the columns of anchors: one reference judges everybody.
    Anchor,
    /// From the columns of anchors: several references.
    Anchors,
    /// From any column.
    Everybody,
    /// No anchor takes part: the consensus is found each time. While the market is quiet, its bars are the highest opinions since it was
    /// last looked at.
    Consensus,
}
