//! Reading one line of NDJSON.
//!
//! The line is scanned once; the text of each known key is kept as it stands and looked at only if the record's type has that key. So a
//! line that is JSON but wrong gets the reason that comes first in the order of [`Reject`], not that of the first wrong byte.

use super::scan::{Kind, Value, scan};
use super::{
    BarrierRecord, Body, Change, EndedRecord, FilterRecord, FixtureRecord, MarketRecord, Name, OddsRecord, Price,
    PriceForm, Record, RecordType, ScopeRecord, SourceRecord,
};
use crate::reject::Reject;
use crate::shape::{built_in_shape, needs_participant};
use overround::Timestamp;
use overround::odds_event::{BarrierCause, MarketDefinition, MarketShape, Side, SourceHealth, SourceRole};
use overround_math::line::Line;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The longest line in bytes, without its end.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// Reads one line, without its end, as far as it can be judged by itself: what depends on earlier records is judged by
/// [`Catalog::translate`](crate::Catalog::translate).
///
/// Of a key that stands twice the last counts. Keys that the record's type does not have are ignored, whatever they hold. Times and
/// scores are JSON integers (`1.0` is not one). A number beyond the range of f64 is an infinity, so a price of `1e400` is a bad price.
///
/// # Errors
/// The first of the reasons in the order of [`Reject`] that applies.
///
/// ```
/// use overround_feed::{Body, Reject, parse_line};
/// let line = br#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"total","line":2.5,"outcome":"over","american":-110}"#;
/// let Body::Odds(odds) = parse_line(line)?.body else { unreachable!() };
/// assert_eq!(odds.price.map(|price| price.odds().decimal()), Some(1.0 + 100.0 / 110.0));
/// assert_eq!(parse_line(br#"{"type":"odds","ts":1}"#), Err(Reject::MissingKey));
/// # Ok::<(), Reject>(())
/// ```
pub fn parse_line(line: &[u8]) -> Result<Record<'_>, Reject> {
    if line.len() > MAX_LINE_BYTES {
        return Err(Reject::TooLong);
    }
    let text = core::str::from_utf8(line).map_err(|_| Reject::BadJson)?;
    let fields = Fields::scan(text).ok_or(Reject::BadJson)?;
    let name = fields.raw(Key::Type).and_then(|raw| string(raw).ok()).ok_or(Reject::BadType)?;
    fields.record(RecordType::of_name(&name).ok_or(Reject::BadType)?)
}

macro_rules! keys {
    ($($key:ident = $name:literal,)*) => {
        /// The keys that records have.
        #[derive(Clone, Copy)]
        enum Key { $($key,)* }

        const KEYS: usize = [$(Key::$key,)*].len();

        // Compared as bytes: the compiler then branches on length and bytes instead of comparing text after text.
        #[inline]
        fn key_of(name: &str) -> Option<Key> {
            match name.as_bytes() {
                $($name => Some(Key::$key),)*
                _ => None,
            }
        }
    };
}

keys! {
    Type = b"type", Ts = b"ts", Feed = b"feed", Fixture = b"fixture", Bookmaker = b"bookmaker", Market = b"market",
    Period = b"period", Participant = b"participant", Line = b"line", Outcome = b"outcome", Side = b"side",
    Price = b"price", American = b"american", Probability = b"probability", Active = b"active", Limit = b"limit",
    SourceTs = b"source_ts", Main = b"main", Url = b"url", Sport = b"sport", League = b"league", Home = b"home",
    Away = b"away", Start = b"start", Live = b"live", Outcomes = b"outcomes", Stale = b"stale", Role = b"role",
    LastWriteTs = b"last_write_ts", Cause = b"cause", HomeScore = b"home_score", AwayScore = b"away_score",
    Winner = b"winner", Void = b"void",
}

/// A line, and where in it the value of every known key stands.
struct Fields<'a> {
    line: &'a str,
    values: [Value; KEYS],
}

/// A value that is there and not null.
#[derive(Clone, Copy)]
struct Raw<'a> {
    kind: Kind,
    text: &'a str,
}

impl<'a> Fields<'a> {
    /// `None` if the line is not one JSON object.
    fn scan(line: &'a str) -> Option<Self> {
        let mut values = [Value::default(); KEYS];
        scan(line, |name, value| {
            if let Some(key) = key_of(name) {
                values[key as usize] = value;
            }
        })?;
        Some(Self { line, values })
    }

    /// The value of a key that is there and not null.
    fn raw(&self, key: Key) -> Option<Raw<'a>> {
        let value = self.values[key as usize];
        match value.kind {
            Kind::Absent | Kind::Null => None,
            kind => Some(Raw { kind, text: value.text(self.line) }),
        }
    }

    fn has(&self, key: Key) -> bool {
        !matches!(self.values[key as usize].kind, Kind::Absent | Kind::Null)
    }

    fn require(&self, keys: &[Key]) -> Result<(), Reject> {
        if keys.iter().all(|&key| self.has(key)) { Ok(()) } else { Err(Reject::MissingKey) }
    }

    /// A key's value, if it is there.
    fn opt<T>(&self, key: Key, read: impl FnOnce(Raw<'a>) -> Result<T, Reject>) -> Result<Option<T>, Reject> {
        self.raw(key).map(read).transpose()
    }

    /// A key's value, where [`Self::require`] has seen it.
    fn req<T>(&self, key: Key, read: impl FnOnce(Raw<'a>) -> Result<T, Reject>) -> Result<T, Reject> {
        read(self.raw(key).ok_or(Reject::MissingKey)?)
    }

    fn change<T>(&self, key: Key, read: impl FnOnce(Raw<'a>) -> Result<T, Reject>) -> Result<Change<T>, Reject> {
        match self.raw(key) {
            Some(raw) => read(raw).map(Change::Set),
            None if self.values[key as usize].kind == Kind::Null => Ok(Change::Unset),
            None => Ok(Change::Keep),
        }
    }

    fn record(&self, record_type: RecordType) -> Result<Record<'a>, Reject> {
        self.require(&[Key::Ts])?;
        self.require_for(record_type)?;
        let ts = self.req(Key::Ts, timestamp)?;
        let feed = self.opt(Key::Feed, string)?.filter(|feed| !feed.is_empty()).map(Name::new).transpose()?;
        let body = match record_type {
            RecordType::Fixture => Body::Fixture(Box::new(self.fixture()?)),
            RecordType::Market => Body::Market(Box::new(self.market()?)),
            RecordType::Odds => Body::Odds(self.odds()?),
            RecordType::Removed => Body::Removed(Box::new(self.filter()?)),
            RecordType::Suspended => Body::Suspended(Box::new(self.filter()?)),
            RecordType::SnapshotBegin => Body::SnapshotBegin(self.scope()?),
            RecordType::SnapshotComplete => Body::SnapshotComplete(self.scope()?),
            RecordType::HoldBegin => Body::HoldBegin(self.scope()?),
            RecordType::HoldEnd => Body::HoldEnd(self.scope()?),
            RecordType::Gap => Body::Gap(self.scope()?),
            RecordType::Source => Body::Source(self.source()?),
            RecordType::Barrier => Body::Barrier(BarrierRecord {
                fixture: self.req(Key::Fixture, name)?,
                cause: self.req(Key::Cause, cause)?,
            }),
            RecordType::Heartbeat => Body::Heartbeat(self.opt(Key::Bookmaker, name)?),
            RecordType::Ended => Body::Ended(self.ended()?),
        };
        Ok(Record { ts, feed, body })
    }

    /// Are all keys there that a type needs?
    fn require_for(&self, record_type: RecordType) -> Result<(), Reject> {
        let missing_unless = |there: bool| if there { Ok(()) } else { Err(Reject::MissingKey) };
        match record_type {
            RecordType::Fixture | RecordType::Ended => self.require(&[Key::Fixture]),
            RecordType::Barrier => self.require(&[Key::Fixture, Key::Cause]),
            RecordType::Market => {
                self.require(&[Key::Fixture, Key::Market, Key::Outcomes])?;
                missing_unless(!self.lacks_participant())
            }
            RecordType::Odds => {
                self.require(&[Key::Fixture, Key::Bookmaker, Key::Market, Key::Outcome])?;
                let priced = PRICE_KEYS.iter().any(|&(key, _)| self.has(key));
                missing_unless(priced || self.values[Key::Active as usize].kind == Kind::False)?;
                missing_unless(!self.lacks_participant())
            }
            RecordType::Removed | RecordType::Suspended => {
                missing_unless(self.has(Key::Bookmaker) || self.has(Key::Fixture))
            }
            RecordType::Source => {
                self.require(&[Key::Bookmaker])?;
                missing_unless(self.has(Key::Stale) || self.has(Key::Role))
            }
            RecordType::SnapshotBegin
            | RecordType::SnapshotComplete
            | RecordType::HoldBegin
            | RecordType::HoldEnd
            | RecordType::Gap
            | RecordType::Heartbeat => Ok(()),
        }
    }

    fn lacks_participant(&self) -> bool {
        let market = self.raw(Key::Market).and_then(|raw| string(raw).ok());
        !self.has(Key::Participant) && market.is_some_and(|market| needs_participant(&market))
    }

    fn fixture(&self) -> Result<FixtureRecord<'a>, Reject> {
        Ok(FixtureRecord {
            fixture: self.req(Key::Fixture, name)?,
            sport: self.change(Key::Sport, name)?,
            league: self.change(Key::League, name)?,
            home: self.change(Key::Home, name)?,
            away: self.change(Key::Away, name)?,
            start: self.change(Key::Start, timestamp)?,
            live: self.change(Key::Live, boolean)?,
        })
    }

    fn market(&self) -> Result<MarketRecord<'a>, Reject> {
        let mut record = MarketRecord {
            fixture: self.req(Key::Fixture, name)?,
            market: self.req(Key::Market, name)?,
            period: self.opt(Key::Period, name)?.unwrap_or(Name::FULL_GAME),
            participant: self.opt(Key::Participant, name)?,
            line: None,
            outcomes: self.req(Key::Outcomes, names)?,
        };
        let shown_line = self.opt(Key::Line, number)?;
        if built_in_shape(&record.market, None).is_none() {
            check_list(&record.outcomes)?;
        }
        record.line = shown_line.map(line).transpose()?;
        // A type that is not built in is a list, and lists have no lines.
        let shape = built_in_shape(&record.market, record.line).unwrap_or(MarketShape::Listed);
        check_line(shape, record.line)?;
        Ok(record)
    }

    fn odds(&self) -> Result<OddsRecord<'a>, Reject> {
        let mut record = OddsRecord {
            fixture: self.req(Key::Fixture, name)?,
            bookmaker: self.req(Key::Bookmaker, name)?,
            market: self.req(Key::Market, name)?,
            period: self.opt(Key::Period, name)?.unwrap_or(Name::FULL_GAME),
            participant: self.opt(Key::Participant, name)?,
            line: None,
            outcome: self.req(Key::Outcome, name)?,
            side: self.opt(Key::Side, side)?.unwrap_or(Side::Back),
            price: None,
            active: self.opt(Key::Active, boolean)?.unwrap_or(true),
            limit: self.opt(Key::Limit, limit)?,
            source_ts: self.opt(Key::SourceTs, timestamp)?,
            main: self.opt(Key::Main, boolean)?,
            url: self.opt(Key::Url, string)?,
        };
        let shown_line = self.opt(Key::Line, number)?;
        let shown_price = self.shown_price()?;
        if let Some((form, shown)) = shown_price {
            record.price = Some(Price::new(form, shown).map_err(|_| Reject::BadPrice)?);
        }
        record.line = shown_line.map(line).transpose()?;
        // The shape of a type that is not built in is for the catalog to know.
        if let Some(shape) = built_in_shape(&record.market, record.line) {
            check_line(shape, record.line)?;
        }
        Ok(record)
    }

    /// The one price that is there.
    fn shown_price(&self) -> Result<Option<(PriceForm, f64)>, Reject> {
        let mut shown = None;
        for (key, form) in PRICE_KEYS {
            if let Some(value) = self.opt(key, number)?
                && shown.replace((form, value)).is_some()
            {
                return Err(Reject::BadValue);
            }
        }
        Ok(shown)
    }

    fn filter(&self) -> Result<FilterRecord<'a>, Reject> {
        let mut record = FilterRecord {
            bookmaker: self.opt(Key::Bookmaker, name)?,
            fixture: self.opt(Key::Fixture, name)?,
            market: self.opt(Key::Market, name)?,
            period: self.opt(Key::Period, name)?,
            participant: self.opt(Key::Participant, name)?,
            line: None,
            outcome: self.opt(Key::Outcome, name)?,
            side: self.opt(Key::Side, side)?,
        };
        record.line = self.opt(Key::Line, number)?.map(line).transpose()?;
        Ok(record)
    }

    fn scope(&self) -> Result<ScopeRecord<'a>, Reject> {
        Ok(ScopeRecord { bookmaker: self.opt(Key::Bookmaker, name)?, fixture: self.opt(Key::Fixture, name)? })
    }

    fn source(&self) -> Result<SourceRecord<'a>, Reject> {
        let bookmaker = self.req(Key::Bookmaker, name)?;
        let fixture = self.opt(Key::Fixture, name)?;
        let health = match (self.opt(Key::Stale, boolean)?, self.opt(Key::Role, role)?) {
            (Some(stale), None) => SourceHealth::Stale(stale),
            (None, Some(role)) => SourceHealth::Role(role),
            _ => return Err(Reject::BadValue),
        };
        let last_write_ts = self.opt(Key::LastWriteTs, timestamp)?;
        Ok(SourceRecord { bookmaker, fixture, health, last_write_ts })
    }

    fn ended(&self) -> Result<EndedRecord<'a>, Reject> {
        Ok(EndedRecord {
            fixture: self.req(Key::Fixture, name)?,
            home_score: self.opt(Key::HomeScore, score)?,
            away_score: self.opt(Key::AwayScore, score)?,
            winner: self.opt(Key::Winner, name)?,
            void: self.opt(Key::Void, boolean)?.unwrap_or(false),
        })
    }
}

const PRICE_KEYS: [(Key, PriceForm); 3] = [
    (Key::Price, PriceForm::Decimal),
    (Key::American, PriceForm::American),
    (Key::Probability, PriceForm::Probability),
];

/// A list of outcomes that can be a market's: at least two, not too many, distinct (their keys too, which the engine knows them by).
pub(crate) fn check_list(outcomes: &[Name<'_>]) -> Result<(), Reject> {
    if !(2..=MarketDefinition::MAX_OUTCOMES).contains(&outcomes.len()) {
        return Err(Reject::BadValue);
    }
    let distinct: BTreeSet<overround::Key> = outcomes.iter().map(|name| overround::Key::of(name)).collect();
    if distinct.len() < outcomes.len() {
        return Err(Reject::BadValue);
    }
    Ok(())
}

fn check_line(shape: MarketShape, line: Option<Line>) -> Result<(), Reject> {
    if shape.has_line() == line.is_some() { Ok(()) } else { Err(Reject::BadLine) }
}

#[inline]
fn string(raw: Raw<'_>) -> Result<Cow<'_, str>, Reject> {
    match raw.kind {
        Kind::String => Ok(Cow::Borrowed(raw.text)),
        // Escapes that name no character (half a surrogate pair) are only seen here.
        Kind::Escaped => serde_json::from_str(raw.text).map(Cow::Owned).map_err(|_| Reject::BadValue),
        _ => Err(Reject::BadValue),
    }
}

#[inline]
fn name(raw: Raw<'_>) -> Result<Name<'_>, Reject> {
    Name::new(string(raw)?)
}

fn names(raw: Raw<'_>) -> Result<Vec<Name<'_>>, Reject> {
    /// Borrowed from the line where it has no escapes.
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let items: Vec<Text<'_>> = serde_json::from_str(raw.text).map_err(|_| Reject::BadValue)?;
    items.into_iter().map(|Text(item)| Name::new(item)).collect()
}

fn number(raw: Raw<'_>) -> Result<f64, Reject> {
    // Each number of JSON is one to Rust too, read to the nearest f64.
    if raw.kind == Kind::Number { raw.text.parse().map_err(|_| Reject::BadValue) } else { Err(Reject::BadValue) }
}

fn timestamp(raw: Raw<'_>) -> Result<Timestamp, Reject> {
    integer(raw).map(Timestamp)
}

fn score(raw: Raw<'_>) -> Result<i32, Reject> {
    i32::try_from(integer(raw)?).map_err(|_| Reject::BadValue)
}

fn integer(raw: Raw<'_>) -> Result<i64, Reject> {
    if raw.kind == Kind::Number { raw.text.parse().map_err(|_| Reject::BadValue) } else { Err(Reject::BadValue) }
}

fn boolean(raw: Raw<'_>) -> Result<bool, Reject> {
    match raw.kind {
        Kind::True => Ok(true),
        Kind::False => Ok(false),
        _ => Err(Reject::BadValue),
    }
}

fn limit(raw: Raw<'_>) -> Result<f64, Reject> {
    let limit = number(raw)?;
    // −0 becomes 0.
    if limit >= 0.0 && limit.is_finite() { Ok(limit + 0.0) } else { Err(Reject::BadValue) }
}

fn line(shown: f64) -> Result<Line, Reject> {
    Line::from_f64(shown).ok_or(Reject::BadLine)
}

fn side(raw: Raw<'_>) -> Result<Side, Reject> {
    match &*string(raw)? {
        "back" => Ok(Side::Back),
        "lay" => Ok(Side::Lay),
        _ => Err(Reject::BadValue),
    }
}

fn role(raw: Raw<'_>) -> Result<SourceRole, Reject> {
    match &*string(raw)? {
        "primary" => Ok(SourceRole::Primary),
        "degraded" => Ok(SourceRole::Degraded),
        "offline" => Ok(SourceRole::Offline),
        "unknown" => Ok(SourceRole::Unknown),
        _ => Err(Reject::BadValue),
    }
}

fn cause(raw: Raw<'_>) -> Result<BarrierCause, Reject> {
    match &*string(raw)? {
        "score" => Ok(BarrierCause::Score),
        "period" => Ok(BarrierCause::Period),
        "resume" => Ok(BarrierCause::Resume),
        "anchor_suspended" => Ok(BarrierCause::AnchorSuspended),
        "other" => Ok(BarrierCause::Other),
        _ => Err(Reject::BadValue),
    }
}
