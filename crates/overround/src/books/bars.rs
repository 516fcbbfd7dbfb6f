//! The most that references give the outcomes of a market, by which a price can be seen to be no +EV, kept from one odds event to the next.
//!
//! With an anchor, eleven of twelve prices that move do not enter the reference: what the screen compares them with stays as it is.

use smallvec::SmallVec;

/// The bars of one market.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bars {
    pub(crate) basis: Basis,
    /// Per outcome: the most that any reference gives it. Means something unless the basis is [`Basis::Unknown`] or
    /// [`Basis::Consensus`].
    pub(crate) most: SmallVec<[f64; 3]>,
    /// Is it one reference for all?
    is_single: bool,
}

/// What the bars follow from, and so when they are void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Not found yet.
    #[default]
    Unknown,
    /// From the most that the anchor's fair probabilities can be: too low, but without a solve.
    AnchorBound,
    /// From the columns of anchors.
    Anchors,
    /// From any column.
    Everybody,
    /// No anchor takes part: there are no bars, the consensus is found each time.
    Consensus,
}

impl Bars {
    /// They are found.
    pub(crate) fn set(&mut self, basis: Basis, most: &[f64], is_single: bool) {
        self.basis = basis;
        self.is_single = is_single;
        self.most.clear();
        self.most.extend_from_slice(most);
    }

    /// The most that any reference gives to "not" the outcome.
    pub(crate) fn most_against(&self, outcome: usize) -> f64 {
        if self.is_single { 1.0 - self.most[outcome] } else { 1.0 }
    }

    /// They have to be found again.
    pub(crate) fn forget(&mut self) {
        self.basis = Basis::Unknown;
    }

    /// A back price of a bookmaker moved, or counts where it did not before, or the other way round.
    #[inline]
    pub(crate) fn moved(&mut self, is_anchor: bool) {
        if is_anchor || self.basis == Basis::Everybody {
            self.basis = Basis::Unknown;
        }
    }
}
