//! The form of a response.

use super::parse_rfc3339;
use crate::reject::Reject;
use overround::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;

/// A text, borrowed from the line where it has no escapes.
#[derive(Debug, Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A line of a recording.
#[derive(Debug)]
pub(super) struct Response<'a> {
    pub(super) ts: Timestamp,
    pub(super) events: Vec<Event<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) id: Text<'a>,
    #[serde(borrow)]
    pub(super) sport_key: Text<'a>,
    #[serde(borrow)]
    pub(super) commence_time: Text<'a>,
    #[serde(borrow)]
    pub(super) home_team: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) away_team: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) bookmakers: Vec<Bookmaker<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Bookmaker<'a> {
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) last_update: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) markets: Vec<Market<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Market<'a> {
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) last_update: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) outcomes: Vec<Outcome<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Outcome<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) price: f64,
    pub(super) point: Option<f64>,
    #[serde(borrow)]
    pub(super) description: Option<Text<'a>>,
}

impl Event<'_> {
    pub(super) fn prices(&self) -> impl Iterator<Item = f64> {
        let markets = self.bookmakers.iter().flat_map(|bookmaker| &bookmaker.markets);
        markets.flat_map(|market| &market.outcomes).map(|outcome| outcome.price)
    }

    pub(super) fn quotes_draw(&self) -> bool {
        let markets = self.bookmakers.iter().flat_map(|bookmaker| &bookmaker.markets);
        markets
            .filter(|market| matches!(&*market.key.0, "h2h" | "h2h_lay"))
            .any(|market| market.outcomes.iter().any(|outcome| outcome.name.0 == "Draw"))
    }
}

/// Reads a line of a recording.
pub(super) fn parse_line(line: &[u8]) -> Result<Response<'_>, Reject> {
    #[derive(Deserialize)]
    struct Document<'a> {
        #[serde(borrow)]
        committed_at: Option<Text<'a>>,
        #[serde(borrow)]
        data: Option<Vec<Event<'a>>>,
    }
    let text = core::str::from_utf8(line).map_err(|_| Reject::BadJson)?;
    if !text.trim_ascii_start().starts_with('{') {
        return Err(Reject::BadJson);
    }
    let document: Document<'_> =
        serde_json::from_str(text).map_err(|error| if error.is_data() { Reject::BadValue } else { Reject::BadJson })?;
    let (Some(committed_at), Some(events)) = (document.committed_at, document.data) else {
        return Err(Reject::MissingKey);
    };
    Ok(Response { ts: parse_rfc3339(&committed_at.0).ok_or(Reject::BadValue)?, events })
}

/// Reads a bare response.
pub(super) fn parse_events(text: &[u8]) -> Result<Vec<Event<'_>>, String> {
    serde_json::from_slice(text).map_err(|error| format!("not a response of The Odds API: {error}"))
}
