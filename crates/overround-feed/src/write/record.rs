//! Feed records out.

use super::json::{Json, Object};
use crate::record::{Body, Change, FilterRecord, FixtureRecord, MarketRecord, Name, OddsRecord, PriceForm, Record};
use overround::odds_event::{BarrierCause, Side, SourceHealth, SourceRole};

/// Appends a record as one line of our feed format, with its newline. [`parse_line`](crate::parse_line) reads the same record back.
///
/// ```
/// use overround_feed::{parse_line, write_record};
/// let line = br#"{"ts":7,"bookmaker":"b","type":"heartbeat","more":0}"#;
/// let mut out = Vec::new();
/// write_record(&parse_line(line)?, &mut out);
/// assert_eq!(out, b"{\"type\":\"heartbeat\",\"ts\":7,\"bookmaker\":\"b\"}\n");
/// # Ok::<(), overround_feed::Reject>(())
/// ```
pub fn write_record(record: &Record<'_>, out: &mut Vec<u8>) {
    let mut object = Object::open(out);
    object.field("type", record.body.record_type().name());
    object.field("ts", record.ts.0);
    name(&mut object, "feed", record.feed.as_ref());
    match &record.body {
        Body::Fixture(record) => fixture(&mut object, record),
        Body::Market(record) => market(&mut object, record),
        Body::Odds(record) => odds(&mut object, record),
        Body::Removed(record) | Body::Suspended(record) => filter(&mut object, record),
        Body::SnapshotBegin(scope)
        | Body::SnapshotComplete(scope)
        | Body::HoldBegin(scope)
        | Body::HoldEnd(scope)
        | Body::Gap(scope) => {
            name(&mut object, "bookmaker", scope.bookmaker.as_ref());
            name(&mut object, "fixture", scope.fixture.as_ref());
        }
        Body::Source(record) => {
            object.field("bookmaker", record.bookmaker.as_str());
            name(&mut object, "fixture", record.fixture.as_ref());
            match record.health {
                SourceHealth::Stale(stale) => object.field("stale", stale),
                SourceHealth::Role(role) => object.field("role", role_name(role)),
            }
            object.field_if("last_write_ts", record.last_write_ts.map(|ts| ts.0));
        }
        Body::Barrier(record) => {
            object.field("fixture", record.fixture.as_str());
            object.field("cause", cause_name(record.cause));
        }
        Body::Heartbeat(bookmaker) => name(&mut object, "bookmaker", bookmaker.as_ref()),
        Body::Ended(record) => {
            object.field("fixture", record.fixture.as_str());
            object.field_if("home_score", record.home_score.map(i64::from));
            object.field_if("away_score", record.away_score.map(i64::from));
            name(&mut object, "winner", record.winner.as_ref());
            object.field_if("void", record.void.then_some(true));
        }
    }
    object.close();
    out.push(b'\n');
}

fn fixture(object: &mut Object<'_>, record: &FixtureRecord<'_>) {
    fn change<T>(object: &mut Object<'_>, key: &str, change: &Change<T>, write: impl FnOnce(&T, &mut Vec<u8>)) {
        match change {
            Change::Keep => {}
            Change::Unset => object.field(key, None::<bool>),
            Change::Set(value) => write(value, object.key(key)),
        }
    }
    let text = |name: &Name<'_>, out: &mut Vec<u8>| name.as_str().write(out);
    object.field("fixture", record.fixture.as_str());
    change(object, "sport", &record.sport, text);
    change(object, "league", &record.league, text);
    change(object, "home", &record.home, text);
    change(object, "away", &record.away, text);
    change(object, "start", &record.start, |start, out| start.0.write(out));
    change(object, "live", &record.live, |live, out| live.write(out));
}

fn market(object: &mut Object<'_>, record: &MarketRecord<'_>) {
    object.field("fixture", record.fixture.as_str());
    object.field("market", record.market.as_str());
    period(object, &record.period);
    name(object, "participant", record.participant.as_ref());
    object.field_if("line", record.line);
    object.values("outcomes", record.outcomes.iter().map(Name::as_str));
}

fn odds(object: &mut Object<'_>, record: &OddsRecord<'_>) {
    object.field("fixture", record.fixture.as_str());
    object.field("bookmaker", record.bookmaker.as_str());
    object.field("market", record.market.as_str());
    period(object, &record.period);
    name(object, "participant", record.participant.as_ref());
    object.field_if("line", record.line);
    object.field("outcome", record.outcome.as_str());
    object.field_if("side", (record.side == Side::Lay).then_some("lay"));
    if let Some(price) = record.price {
        let key = match price.form() {
            PriceForm::Decimal => "price",
            PriceForm::American => "american",
            PriceForm::Probability => "probability",
        };
        object.field(key, price.shown());
    }
    object.field_if("active", (!record.active).then_some(false));
    object.field_if("limit", record.limit);
    object.field_if("source_ts", record.source_ts.map(|ts| ts.0));
    object.field_if("main", record.main);
    object.field_if("url", record.url.as_deref());
}

fn filter(object: &mut Object<'_>, record: &FilterRecord<'_>) {
    name(object, "bookmaker", record.bookmaker.as_ref());
    name(object, "fixture", record.fixture.as_ref());
    name(object, "market", record.market.as_ref());
    name(object, "period", record.period.as_ref());
    name(object, "participant", record.participant.as_ref());
    object.field_if("line", record.line);
    name(object, "outcome", record.outcome.as_ref());
    object.field_if("side", record.side.map(side_name));
}

fn name(object: &mut Object<'_>, key: &str, name: Option<&Name<'_>>) {
    object.field_if(key, name.map(Name::as_str));
}

fn period(object: &mut Object<'_>, period: &Name<'_>) {
    object.field_if("period", (*period != Name::FULL_GAME).then(|| period.as_str()));
}

pub(super) const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Back => "back",
        Side::Lay => "lay",
    }
}

const fn role_name(role: SourceRole) -> &'static str {
    match role {
        SourceRole::Primary => "primary",
        SourceRole::Unknown => "unknown",
        SourceRole::Degraded => "degraded",
        SourceRole::Offline => "offline",
    }
}

const fn cause_name(cause: BarrierCause) -> &'static str {
    match cause {
        BarrierCause::Score => "score",
        BarrierCause::Period => "period",
        BarrierCause::Resume => "resume",
        BarrierCause::AnchorSuspended => "anchor_suspended",
        _ => "other",
    }
}
