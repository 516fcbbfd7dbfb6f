//! The feed's records: what one line says, checked as far as a line can be checked by itself.
//!
//! [`parse_line`] reads one line of NDJSON; [`Catalog::translate`](crate::Catalog::translate) turns a [`Record`] into odds events;
//! [`write_record`](crate::write_record) writes it back. Adapters build records directly, so every field's type admits only
//! values that a line could have carried: a [`Name`] is not empty, a [`Price`] is in range, a [`Line`] is a multiple of 0.001.

mod parse;
mod scan;
#[cfg(test)]
mod tests;

use crate::reject::Reject;
use core::ops::Deref;
use overround::Timestamp;
use overround::odds_event::{BarrierCause, Side, SourceHealth};
use overround_math::line::Line;
use overround_math::odds::{Odds, OddsError};
use std::borrow::Cow;

pub(crate) use parse::check_list;
pub use parse::{MAX_LINE_BYTES, parse_line};

/// One record of a feed, borrowing its names from the line it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Record<'a> {
    /// Receive time.
    pub ts: Timestamp,
    /// Which connection or provider it came by; `None`: the one named "".
    pub feed: Option<Name<'a>>,
    /// What it says.
    pub body: Body<'a>,
}

/// What a record says, by its `type`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Body<'a> {
    /// `fixture`
    Fixture(Box<FixtureRecord<'a>>),
    /// `market`
    Market(Box<MarketRecord<'a>>),
    /// `odds`
    Odds(OddsRecord<'a>),
    /// `removed`
    Removed(Box<FilterRecord<'a>>),
    /// `suspended`
    Suspended(Box<FilterRecord<'a>>),
    /// `snapshot_begin`
    SnapshotBegin(ScopeRecord<'a>),
    /// `snapshot_complete`
    SnapshotComplete(ScopeRecord<'a>),
    /// `hold_begin`
    HoldBegin(ScopeRecord<'a>),
    /// `hold_end`
    HoldEnd(ScopeRecord<'a>),
    /// `gap`
    Gap(ScopeRecord<'a>),
    /// `source`
    Source(SourceRecord<'a>),
    /// `barrier`
    Barrier(BarrierRecord<'a>),
    /// `heartbeat`, and who is alive
    Heartbeat(Option<Name<'a>>),
    /// `ended`
    Ended(EndedRecord<'a>),
}

/// The `type` of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordType {
    /// `fixture`
    Fixture,
    /// `market`
    Market,
    /// `odds`
    Odds,
    /// `removed`
    Removed,
    /// `suspended`
    Suspended,
    /// `snapshot_begin`
    SnapshotBegin,
    /// `snapshot_complete`
    SnapshotComplete,
    /// `hold_begin`
    HoldBegin,
    /// `hold_end`
    HoldEnd,
    /// `gap`
    Gap,
    /// `source`
    Source,
    /// `barrier`
    Barrier,
    /// `heartbeat`
    Heartbeat,
    /// `ended`
    Ended,
}

impl RecordType {
    /// All types in the order of the format's description.
    pub const ALL: [Self; 14] = [
        Self::Fixture,
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
    ];

    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fixture => "fixture",
            Self::Market => "market",
            Self::Odds => "odds",
            Self::Removed => "removed",
            Self::Suspended => "suspended",
            Self::SnapshotBegin => "snapshot_begin",
            Self::SnapshotComplete => "snapshot_complete",
            Self::HoldBegin => "hold_begin",
            Self::HoldEnd => "hold_end",
            Self::Gap => "gap",
            Self::Source => "source",
            Self::Barrier => "barrier",
            Self::Heartbeat => "heartbeat",
            Self::Ended => "ended",
        }
    }

    /// The type of a name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            // Nearly all records are.
            "odds" => Some(Self::Odds),
            _ => Self::ALL.into_iter().find(|kind| kind.name() == name),
        }
    }
}

impl Body<'_> {
    /// Its `type`.
    #[must_use]
    pub const fn record_type(&self) -> RecordType {
        match self {
            Self::Fixture(_) => RecordType::Fixture,
            Self::Market(_) => RecordType::Market,
            Self::Odds(_) => RecordType::Odds,
            Self::Removed(_) => RecordType::Removed,
            Self::Suspended(_) => RecordType::Suspended,
            Self::SnapshotBegin(_) => RecordType::SnapshotBegin,
            Self::SnapshotComplete(_) => RecordType::SnapshotComplete,
            Self::HoldBegin(_) => RecordType::HoldBegin,
            Self::HoldEnd(_) => RecordType::HoldEnd,
            Self::Gap(_) => RecordType::Gap,
            Self::Source(_) => RecordType::Source,
            Self::Barrier(_) => RecordType::Barrier,
            Self::Heartbeat(_) => RecordType::Heartbeat,
            Self::Ended(_) => RecordType::Ended,
        }
    }
}

/// A name: 1 to 1,024 bytes of UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<'a>(Cow<'a, str>);

impl<'a> Name<'a> {
    /// The longest name.
    pub const MAX_BYTES: usize = 1024;
    /// The period of records that name none.
    pub const FULL_GAME: Name<'static> = Name(Cow::Borrowed("full_game"));

    /// A name.
    ///
    /// # Errors
    /// [`Reject::BadValue`] if it is empty or longer than [`Self::MAX_BYTES`].
    ///
    /// ```
    /// use overround_feed::{Name, Reject};
    /// assert_eq!(&*Name::new("pinnacle")?, "pinnacle");
    /// assert_eq!(Name::new(""), Err(Reject::BadValue));
    /// # Ok::<(), Reject>(())
    /// ```
    pub fn new(text: impl Into<Cow<'a, str>>) -> Result<Self, Reject> {
        let text = text.into();
        if text.is_empty() || text.len() > Self::MAX_BYTES { Err(Reject::BadValue) } else { Ok(Self(text)) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Name<'static> {
        Name(Cow::Owned(self.0.into_owned()))
    }

    /// The same, borrowed.
    #[must_use]
    pub fn borrowed(&self) -> Name<'_> {
        Name(Cow::Borrowed(&self.0))
    }
}

impl Deref for Name<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// What an update does to one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// The key is absent: the value stays as it was.
    #[default]
    Keep,
    /// The key is null: the value becomes unknown.
    Unset,
    /// The key has a value.
    Set(T),
}

impl<T> Change<T> {
    /// The value set, if any.
    #[must_use]
    pub fn set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Unset => None,
        }
    }

    /// The same of a reference.
    #[must_use]
    pub const fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Unset => Change::Unset,
            Self::Set(value) => Change::Set(value),
        }
    }

    /// The change with its value passed through `f`.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Unset => Change::Unset,
            Self::Set(value) => Change::Set(f(value)),
        }
    }
}

/// `fixture`: a repeat changes only the keys it has.
#[derive(Clone, Debug, PartialEq)]
pub struct FixtureRecord<'a> {
    /// Its key.
    pub fixture: Name<'a>,
    /// Its sport.
    pub sport: Change<Name<'a>>,
    /// Its league.
    pub league: Change<Name<'a>>,
    /// The home side.
    pub home: Change<Name<'a>>,
    /// The away side.
    pub away: Change<Name<'a>>,
    /// Scheduled start.
    pub start: Change<Timestamp>,
    /// In play.
    pub live: Change<bool>,
}

impl<'a> FixtureRecord<'a> {
    /// A record that has no key but the fixture's.
    #[must_use]
    pub const fn new(fixture: Name<'a>) -> Self {
        Self {
            fixture,
            sport: Change::Keep,
            league: Change::Keep,
            home: Change::Keep,
            away: Change::Keep,
            start: Change::Keep,
            live: Change::Keep,
        }
    }
}

/// `market`: defines a market type without a built-in shape for one fixture, period and participant.
#[derive(Clone, Debug, PartialEq)]
pub struct MarketRecord<'a> {
    /// The fixture.
    pub fixture: Name<'a>,
    /// The market type.
    pub market: Name<'a>,
    /// The period.
    pub period: Name<'a>,
    /// Whom it is about.
    pub participant: Option<Name<'a>>,
    /// Canonical line, where a built-in shape has one.
    pub line: Option<Line>,
    /// The outcomes in order.
    pub outcomes: Vec<Name<'a>>,
}

/// `odds`: a price, or the end of its activity.
#[derive(Clone, Debug, PartialEq)]
pub struct OddsRecord<'a> {
    /// The fixture.
    pub fixture: Name<'a>,
    /// Whose price.
    pub bookmaker: Name<'a>,
    /// The market type.
    pub market: Name<'a>,
    /// The period.
    pub period: Name<'a>,
    /// Whom it is about.
    pub participant: Option<Name<'a>>,
    /// The outcome's own line as bookmakers show it.
    pub line: Option<Line>,
    /// The outcome.
    pub outcome: Name<'a>,
    /// Back or lay.
    pub side: Side,
    /// The price; an active quote has one.
    pub price: Option<Price>,
    /// May it be bet on?
    pub active: bool,
    /// Largest stake, ≥ 0 and finite; of a lay the backer's stake.
    pub limit: Option<f64>,
    /// The bookmaker's own time of the price.
    pub source_ts: Option<Timestamp>,
    /// Is this the bookmaker's main line?
    pub main: Option<bool>,
    /// Where to bet it.
    pub url: Option<Cow<'a, str>>,
}

/// A price in the form it was fed in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    form: PriceForm,
    shown: f64,
    odds: Odds,
}

/// How a price is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceForm {
    /// Decimal odds: key `price`.
    Decimal,
    /// American odds: key `american`.
    American,
    /// A probability in (0, 1): key `probability`.
    Probability,
}

impl Price {
    /// A price as shown.
    ///
    /// # Errors
    /// If it is out of range: decimal in (1, 1,000,000], American beyond ±100 (inclusive), probability in (0, 1).
    pub fn new(form: PriceForm, shown: f64) -> Result<Self, OddsError> {
        let odds = match form {
            PriceForm::Decimal => Odds::new(shown),
            PriceForm::American => Odds::from_american(shown),
            PriceForm::Probability => Odds::from_probability(shown),
        }?;
        Ok(Self { form, shown, odds })
    }

    /// As decimal odds.
    #[must_use]
    pub const fn odds(self) -> Odds {
        self.odds
    }

    /// How it is written.
    #[must_use]
    pub const fn form(self) -> PriceForm {
        self.form
    }

    /// As shown, in its form.
    #[must_use]
    pub const fn shown(self) -> f64 {
        self.shown
    }
}

impl From<Odds> for Price {
    fn from(odds: Odds) -> Self {
        Self { form: PriceForm::Decimal, shown: odds.decimal(), odds }
    }
}

/// Which quotes a `removed` or `suspended` record means: an absent filter matches all. It names a bookmaker or a fixture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FilterRecord<'a> {
    /// Only this bookmaker's.
    pub bookmaker: Option<Name<'a>>,
    /// Only this fixture's.
    pub fixture: Option<Name<'a>>,
    /// Only this market type.
    pub market: Option<Name<'a>>,
    /// Only this period.
    pub period: Option<Name<'a>>,
    /// Only this participant.
    pub participant: Option<Name<'a>>,
    /// Only this line: with `outcome` the outcome's own as bookmakers show it, else the canonical one.
    pub line: Option<Line>,
    /// Only this outcome.
    pub outcome: Option<Name<'a>>,
    /// Only this side.
    pub side: Option<Side>,
}

/// What a snapshot, hold or gap covers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScopeRecord<'a> {
    /// Only this bookmaker.
    pub bookmaker: Option<Name<'a>>,
    /// Only this fixture.
    pub fixture: Option<Name<'a>>,
}

/// `source`: an explicit word on the health of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRecord<'a> {
    /// Whose health.
    pub bookmaker: Name<'a>,
    /// Only for this fixture.
    pub fixture: Option<Name<'a>>,
    /// What is said.
    pub health: SourceHealth,
    /// When the source last wrote, as the provider says.
    pub last_write_ts: Option<Timestamp>,
}

/// `barrier`: quotes of the fixture that have not moved since no longer count.
#[derive(Clone, Debug, PartialEq)]
pub struct BarrierRecord<'a> {
    /// The fixture.
    pub fixture: Name<'a>,
    /// Why.
    pub cause: BarrierCause,
}

/// `ended`: the fixture is over.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedRecord<'a> {
    /// The fixture.
    pub fixture: Name<'a>,
    /// Final score of the home side.
    pub home_score: Option<i32>,
    /// Final score of the away side.
    pub away_score: Option<i32>,
    /// The winning outcome.
    pub winner: Option<Name<'a>>,
    /// All bets are off.
    pub void: bool,
}
