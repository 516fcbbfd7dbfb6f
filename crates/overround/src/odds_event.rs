//! Odds events: the engine's inputs.
//!
//! Definitions are odds events too, so a recorded sequence of `(Timestamp, OddsEvent)` is complete by itself. Ids must be
//! defined before they are used; an event that names an undefined id is refused with a typed error and changes nothing.

use crate::config::Config;
use crate::ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OutcomeIndex};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::line::Line;
use overround_math::odds::Odds;

pub use overround_math::settlement::{MarketShape, Side};

/// One input of the engine.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum OddsEvent {
    /// Defines a bookmaker. A repeat with the same key has no effect.
    Bookmaker(BookmakerDefinition),
    /// Defines a fixture or changes what is known of it.
    Fixture(FixtureUpdate),
    /// Makes unknown again what was known of a fixture.
    FixtureUnset(FixtureUnset),
    /// Defines a market. A repeat with the same content has no effect.
    Market(Box<MarketDefinition>),
    /// A price, or the end of its activity.
    Odds(OddsUpdate),
    /// All quotes that match go.
    Removed(Box<Filter>),
    /// All quotes that match become inactive until their next active [`OddsEvent::Odds`].
    Suspended(Box<Filter>),
    /// From here on matching records are held back until the snapshot is complete.
    SnapshotBegin(Scope),
    /// Applies what was held back as one batch and removes the quotes of the scope that did not come again.
    SnapshotComplete(Scope),
    /// From here on matching records are held back until [`OddsEvent::HoldEnd`]: an update that comes in parts.
    HoldBegin(Scope),
    /// Applies what was held back as one batch.
    HoldEnd(Scope),
    /// Records were lost: the scope's quotes do not count until a snapshot that covers them completes.
    Gap(Scope),
    /// An explicit word on the health of a source.
    Source(SourceSignal),
    /// Quotes of the fixture that have not moved since no longer count.
    Barrier(Barrier),
    /// Time passes; if a bookmaker is named, it is alive.
    Heartbeat(Option<BookmakerId>),
    /// The fixture is over: all it holds is freed.
    Ended(Ended),
    /// Replaces the configuration. Opportunities that it ends expire with the reason `config`.
    Configure(Box<Config>),
}

impl OddsEvent {
    /// Which kind it is.
    #[must_use]
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Bookmaker(_) => EventKind::Bookmaker,
            Self::Fixture(_) => EventKind::Fixture,
            Self::FixtureUnset(_) => EventKind::FixtureUnset,
            Self::Market(_) => EventKind::Market,
            Self::Odds(_) => EventKind::Odds,
            Self::Removed(_) => EventKind::Removed,
            Self::Suspended(_) => EventKind::Suspended,
            Self::SnapshotBegin(_) => EventKind::SnapshotBegin,
            Self::SnapshotComplete(_) => EventKind::SnapshotComplete,
            Self::HoldBegin(_) => EventKind::HoldBegin,
            Self::HoldEnd(_) => EventKind::HoldEnd,
            Self::Gap(_) => EventKind::Gap,
            Self::Source(_) => EventKind::Source,
            Self::Barrier(_) => EventKind::Barrier,
            Self::Heartbeat(_) => EventKind::Heartbeat,
            Self::Ended(_) => EventKind::Ended,
            Self::Configure(_) => EventKind::Configure,
        }
    }
}

/// The kinds of [`OddsEvent`], without their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is documented where its content is")]
pub enum EventKind {
    Bookmaker,
    Fixture,
    FixtureUnset,
    Market,
    Odds,
    Removed,
    Suspended,
    SnapshotBegin,
    SnapshotComplete,
    HoldBegin,
    HoldEnd,
    Gap,
    Source,
    Barrier,
    Heartbeat,
    Ended,
    Configure,
}

impl EventKind {
    /// All kinds, in the order of their declaration.
    pub const ALL: [Self; 17] = [
        Self::Bookmaker,
        Self::Fixture,
        Self::FixtureUnset,
        Self::Market,
        Self::Odds,
        Self::Removed,
        Self::Suspended,
        Self::SnapshotBegin,
        Self::SnapshotComplete,
        Self::HoldBegin,
        Self::HoldEnd,
        Self::Gap,
        Self::Source,
        Self::Barrier,
        Self::Heartbeat,
        Self::Ended,
        Self::Configure,
    ];
}

/// Defines a bookmaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BookmakerDefinition {
    /// Its dense id.
    pub bookmaker: BookmakerId,
    /// The key of its name: finds its configuration, breaks ties of rank, and enters opportunity ids.
    pub key: Key,
}

impl BookmakerDefinition {
    /// Most bookmakers of an engine: a definition beyond is refused as [`EventError::Conflict`](crate::EventError::Conflict).
    pub const MAX_BOOKMAKERS: usize = 65_520;
}

/// Defines a fixture or changes what is known of it: `None` leaves a field as it was ([`FixtureUnset`] makes it unknown).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FixtureUpdate {
    /// Its dense id.
    pub fixture: FixtureId,
    /// The key of its name; a repeat must carry the same.
    pub key: Key,
    /// Key of the sport's name.
    pub sport: Option<Key>,
    /// Key of the league's name.
    pub league: Option<Key>,
    /// Scheduled start.
    pub start: Option<Timestamp>,
    /// In play. Once fed, it overrides the judgement by `start`.
    pub live: Option<bool>,
}

/// Makes unknown again what was known of a fixture: each field that is set here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FixtureUnset {
    /// Its dense id.
    pub fixture: FixtureId,
    /// Its sport.
    pub sport: bool,
    /// Its league.
    pub league: bool,
    /// Its scheduled start: it has no start barrier and is not forgotten by itself.
    pub start: bool,
    /// In play: judged by the start again.
    pub live: bool,
}

/// Defines a market.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MarketDefinition {
    /// Its dense id.
    pub market: MarketId,
    /// The family it belongs to; all markets of a family share fixture, market type, period, participant and shape.
    pub family: FamilyId,
    /// The fixture it belongs to.
    pub fixture: FixtureId,
    /// How it settles.
    pub shape: MarketShape,
    /// Key of the market type's name as fed.
    pub market_type: Key,
    /// Key of the period's name.
    pub period: Key,
    /// Key of the participant's name, or [`Key::NONE`].
    pub participant: Key,
    /// Canonical line (of a spread the home side's); present exactly where the shape has lines.
    pub line: Option<Line>,
    /// Keys of the outcomes' names in order: at least two, at most [`Self::MAX_OUTCOMES`], distinct.
    pub outcomes: Vec<Key>,
}

impl MarketDefinition {
    /// The most outcomes of one market.
    pub const MAX_OUTCOMES: usize = 4096;
}

/// A price, or the end of its activity. It replaces the whole quote: what it leaves out is unknown from then on
/// (but an inactive one without a price keeps the price).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OddsUpdate {
    /// The market.
    pub market: MarketId,
    /// Whose price.
    pub bookmaker: BookmakerId,
    /// The outcome.
    pub outcome: OutcomeIndex,
    /// Back or lay.
    pub side: Side,
    /// Which connection it came by.
    pub feed: FeedId,
    /// May it be bet on? An active quote needs a price.
    pub active: bool,
    /// Is this the bookmaker's main line?
    pub main: Option<bool>,
    /// Decimal odds as shown.
    pub price: Option<Odds>,
    /// Largest stake, ≥ 0 and finite; of a lay the backer's stake.
    pub limit: Option<f64>,
    /// The bookmaker's own time of the price.
    pub source_ts: Option<Timestamp>,
}

impl OddsUpdate {
    /// May this be the largest stake: finite, and 0 or more?
    #[inline]
    pub(crate) const fn is_limit(limit: f64) -> bool {
        limit.is_finite() && limit >= 0.0
    }
}

/// Which quotes a record means: an absent field matches all. At least `bookmaker` or `fixture` is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Filter {
    /// Which connection the record came by (no filter: quotes of any feed match).
    pub feed: FeedId,
    /// Only this bookmaker's quotes.
    pub bookmaker: Option<BookmakerId>,
    /// Only this fixture's quotes.
    pub fixture: Option<FixtureId>,
    /// Only this market type.
    pub market_type: Option<Key>,
    /// Only this period.
    pub period: Option<Key>,
    /// Only this participant.
    pub participant: Option<Key>,
    /// Only this line: with `outcome` the outcome's own line as bookmakers show it, else the canonical one.
    pub line: Option<Line>,
    /// Only this outcome.
    pub outcome: Option<Key>,
    /// Only this side.
    pub side: Option<Side>,
}

/// What a snapshot, hold or gap covers: the quotes last written by `feed`, narrowed to a bookmaker, a fixture or both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scope {
    /// The connection.
    pub feed: FeedId,
    /// Only this bookmaker.
    pub bookmaker: Option<BookmakerId>,
    /// Only this fixture.
    pub fixture: Option<FixtureId>,
}

/// An explicit word on the health of a source. It acts at once, in both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceSignal {
    /// Whose health.
    pub bookmaker: BookmakerId,
    /// Only for this fixture; a fixture's signal and a bookmaker's are separate and the worse counts.
    pub fixture: Option<FixtureId>,
    /// What is said.
    pub health: SourceHealth,
    /// When the source last wrote, as the provider says. Informational.
    pub last_write_ts: Option<Timestamp>,
}

/// What a [`SourceSignal`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum SourceHealth {
    /// Stale: its quotes do not count; or no longer stale.
    Stale(bool),
    /// Its role.
    Role(SourceRole),
}

/// How far a source is to be trusted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum SourceRole {
    /// Weight 1.
    Primary,
    /// Weight 0.5: nothing is known.
    Unknown,
    /// Weight 0.5.
    Degraded,
    /// Weight 0: its quotes do not count.
    Offline,
}

impl SourceRole {
    /// The freshness weight: 1, 0.5, 0.5 or 0.
    #[inline]
    #[must_use]
    pub const fn weight(self) -> f64 {
        match self {
            Self::Primary => 1.0,
            Self::Unknown | Self::Degraded => 0.5,
            Self::Offline => 0.0,
        }
    }
}

/// Quotes of the fixture that have neither changed nor been given a source time since no longer count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Barrier {
    /// The fixture.
    pub fixture: FixtureId,
    /// Why.
    pub cause: BarrierCause,
}

/// Why a barrier fell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum BarrierCause {
    /// A score.
    Score,
    /// A period began or ended.
    Period,
    /// Play went on.
    Resume,
    /// An anchor's suspension was lifted.
    AnchorSuspended,
    /// Anything else.
    Other,
}

/// The end of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Ended {
    /// The fixture.
    pub fixture: FixtureId,
    /// Final score of the home side.
    pub home_score: Option<i32>,
    /// Final score of the away side.
    pub away_score: Option<i32>,
    /// Key of the winning outcome's name.
    pub winner: Option<Key>,
    /// All bets are off.
    pub void: bool,
}
