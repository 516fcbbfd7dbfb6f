//! What is asked.

use crate::ids::{BookmakerId, FamilyId, FixtureId, MarketId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::Kind;
use core::fmt;

/// Which things that are not told to give reasons for.
///
/// Narrowing by outcome, bookmaker and side picks evs; what is about a market as a whole is given all the same, as any of its quotes could
/// be part of it. Of middles an outcome picks those that would bet on it, and of back against lay those on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// Where.
    pub target: Target,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this view.
    pub profile: Option<ProfileId>,
    /// Only bets on this outcome.
    pub outcome: Option<OutcomeIndex>,
    /// Only evs of this bookmaker.
    pub bookmaker: Option<BookmakerId>,
    /// Only evs on this side.
    pub side: Option<Side>,
}

/// Where to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// One market, and all middles over it.
    Market(MarketId),
    /// All lines of a family.
    Family(FamilyId),
    /// All markets of a fixture.
    Fixture(FixtureId),
}

impl Query {
    /// Asks about one market.
    #[must_use]
    pub const fn market(market: MarketId) -> Self {
        Self::of(Target::Market(market))
    }

    /// Asks about all lines of a family.
    #[must_use]
    pub const fn family(family: FamilyId) -> Self {
        Self::of(Target::Family(family))
    }

    /// Asks about all markets of a fixture.
    #[must_use]
    pub const fn fixture(fixture: FixtureId) -> Self {
        Self::of(Target::Fixture(fixture))
    }

    const fn of(target: Target) -> Self {
        Self { target, kind: None, profile: None, outcome: None, bookmaker: None, side: None }
    }

    /// Only this kind.
    #[must_use]
    pub const fn with_kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Only this view.
    #[must_use]
    pub const fn with_profile(self, profile: ProfileId) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Only bets on this outcome.
    #[must_use]
    pub const fn with_outcome(self, outcome: OutcomeIndex) -> Self {
        Self { outcome: Some(outcome), ..self }
    }

    /// Only evs of this bookmaker.
    #[must_use]
    pub const fn with_bookmaker(self, bookmaker: BookmakerId) -> Self {
        Self { bookmaker: Some(bookmaker), ..self }
    }

    /// Only evs on this side.
    #[must_use]
    pub const fn with_side(self, side: Side) -> Self {
        Self { side: Some(side), ..self }
    }

    pub(crate) fn wants(&self, kind: Kind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
    }
}

/// Why there is nothing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoMarkets {
    /// The market, family or fixture was never defined.
    Unknown,
    /// Its fixture ended or was forgotten: nothing is held, and nothing will be told of it any more.
    Over,
}

impl fmt::Display for NoMarkets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("never defined: send its definition first"),
            Self::Over => f.write_str("the fixture ended or was forgotten"),
        }
    }
}

impl core::error::Error for NoMarkets {}
