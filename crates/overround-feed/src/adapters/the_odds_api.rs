//! The Odds API: recorded responses of its v4 `/odds`.
//!
//! A file has lines `{"committed_at": RFC 3339, "data": [events]}`, or is one bare response, whose time is given by the caller. Each line
//! is the full state at `committed_at` and becomes one batch: for every event in file order a `fixture` record if anything in it is new or
//! changed, then an `odds` record for every price listed; at the end a `removed` record for every quote that is listed no longer, in the
//! order in which they were first listed. An event that is gone has lost its quotes; it is not `ended`.
//!
//! | theirs | ours |
//! |---|---|
//! | event `id`, bookmaker `key` | `fixture`, `bookmaker` |
//! | `sport_key` | sport up to the first `_`, league the rest |
//! | `commence_time` | `start` |
//! | `last_update` of the market, else of the bookmaker | `source_ts` |
//! | `h2h` | `match_result` if the sport is soccer or a draw was ever quoted for the event, else `moneyline` |
//! | `h2h_lay` | lay quotes of the same market |
//! | `spreads`, `totals` | `spread`, `total` |
//! | `player_*` with the outcomes Over and Under | the same key, participant = `description` |
//!
//! Other markets are left out and counted. A line that is not of this form is rejected as a whole; a price that cannot be used is rejected
//! by itself, and is as good as not listed.

mod response;
#[cfg(test)]
mod tests;

use super::parse_rfc3339;
use super::plan::{Fixture, NameId, Plan, Quote, Step, What};
use crate::feed::{FeedError, Item, Peek};
use crate::lines::LineReader;
use crate::lookup::LookupMap;
use crate::record::{Price, PriceForm};
use crate::reject::Reject;
use overround::{Side, Timestamp};
use overround_math::line::Line;
use response::{Bookmaker, Event, Market, Outcome, Response};
use std::io::{BufRead, Read};

/// The longest line in bytes. A whole response stands on one.
pub const MAX_LINE_BYTES: usize = 1 << 28;

/// How to read a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OddsApiOptions {
    /// How prices are written.
    pub prices: OddsApiPrices,
    /// The time of a bare response.
    pub ts: Option<Timestamp>,
}

impl OddsApiOptions {
    /// The same with prices written so.
    #[must_use]
    pub const fn with_prices(self, prices: OddsApiPrices) -> Self {
        Self { prices, ..self }
    }

    /// The same with a time for a bare response.
    #[must_use]
    pub const fn with_ts(self, ts: Timestamp) -> Self {
        Self { ts: Some(ts), ..self }
    }
}

/// How prices are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OddsApiPrices {
    /// American on lines of which every price is an integer of at least 100 in magnitude, else decimal.
    #[default]
    Detect,
    /// American.
    American,
    /// Decimal.
    Decimal,
}

/// Reads a recording.
pub(crate) struct TheOddsApi<'r> {
    input: Input<'r>,
    options: OddsApiOptions,
    plan: Plan,
    state: State,
}

enum Input<'r> {
    Unknown(Box<dyn BufRead + 'r>),
    Lines(LineReader<Box<dyn BufRead + 'r>>),
    End,
}

impl<'r> TheOddsApi<'r> {
    pub(crate) fn new(reader: Box<dyn BufRead + 'r>, options: OddsApiOptions) -> Self {
        Self { input: Input::Unknown(reader), options, plan: Plan::default(), state: State::default() }
    }

    pub(crate) fn skipped_markets(&self) -> u64 {
        self.state.skipped_markets
    }

    pub(crate) fn next_item(&mut self) -> Result<Option<Item<'_>>, FeedError> {
        self.load()?;
        Ok(self.plan.next_item())
    }

    pub(crate) fn peek(&mut self) -> Result<Option<Peek>, FeedError> {
        self.load()?;
        Ok(self.plan.peek())
    }

    /// Reads on until there is something to give or nothing more to read.
    fn load(&mut self) -> Result<(), FeedError> {
        while self.plan.is_empty() {
            match core::mem::replace(&mut self.input, Input::End) {
                Input::Unknown(mut reader) => {
                    let (first, blank_lines) = first_byte(&mut reader)?;
                    if first == Some(b'[') {
                        self.bare_response(reader)?;
                    } else {
                        self.input = Input::Lines(LineReader::after(reader, MAX_LINE_BYTES, blank_lines));
                    }
                }
                Input::Lines(mut lines) => {
                    if lines.advance()? {
                        let line = lines.line();
                        self.line(line.number, line.text);
                        self.input = Input::Lines(lines);
                    }
                }
                Input::End => return Ok(()),
            }
        }
        Ok(())
    }

    fn bare_response(&mut self, mut reader: Box<dyn BufRead + 'r>) -> Result<(), FeedError> {
        let problem = |problem: &str| FeedError::Format { line: 1, problem: problem.to_owned() };
        let ts = self.options.ts.ok_or_else(|| problem("a bare response has no time: give one (--ts)"))?;
        let mut text = Vec::new();
        let max = MAX_LINE_BYTES as u64;
        if reader.by_ref().take(max + 1).read_to_end(&mut text)? as u64 > max {
            return Err(problem("a response of more than 256 MiB"));
        }
        let events = response::parse_events(&text).map_err(|error| problem(&error))?;
        self.state.response(&mut self.plan, Timed { ts, line: 1 }, &events, self.options.prices);
        Ok(())
    }

    fn line(&mut self, line: u64, text: &[u8]) {
        let parsed = if text.len() > MAX_LINE_BYTES { Err(Reject::TooLong) } else { response::parse_line(text) };
        match parsed {
            Ok(Response { ts, events }) => {
                self.state.response(&mut self.plan, Timed { ts, line }, &events, self.options.prices);
            }
            Err(reason) => {
                let text = String::from_utf8_lossy(text).into_owned();
                self.plan.push(Step { ts: Timestamp(0), line, what: What::Rejected { reason, text } });
            }
        }
    }
}

/// The first byte that is not white space, which is left to be read, and how many lines were read before it.
fn first_byte(reader: &mut dyn BufRead) -> std::io::Result<(Option<u8>, u64)> {
    let mut lines = 0;
    loop {
        let buffer = match reader.fill_buf() {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        match buffer.iter().position(|byte| !byte.is_ascii_whitespace()) {
            Some(at) => return Ok((Some(buffer[at]), lines)),
            None if buffer.is_empty() => return Ok((None, lines)),
            None => {
                lines += buffer.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
                let len = buffer.len();
                reader.consume(len);
            }
        }
    }
}

/// When and where a response was recorded.
#[derive(Clone, Copy)]
struct Timed {
    ts: Timestamp,
    line: u64,
}

/// What the lines so far have said.
#[derive(Debug, Default)]
struct State {
    fixtures: LookupMap<NameId, Known>,
    /// By quote: the number of the last response that listed it.
    listed: LookupMap<Quote, u64>,
    /// The quotes of `listed` in the order in which they were first listed.
    order: Vec<Quote>,
    responses: u64,
    skipped_markets: u64,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    fixture: Fixture,
    /// Was a draw ever quoted?
    has_draw: bool,
}

impl State {
    fn response(&mut self, plan: &mut Plan, at: Timed, events: &[Event<'_>], prices: OddsApiPrices) {
        self.responses += 1;
        let form = match prices {
            OddsApiPrices::American => PriceForm::American,
            OddsApiPrices::Decimal => PriceForm::Decimal,
            OddsApiPrices::Detect if events.iter().flat_map(Event::prices).all(is_american) => PriceForm::American,
            OddsApiPrices::Detect => PriceForm::Decimal,
        };
        for event in events {
            if let Err(reason) = self.event(plan, at, event, form) {
                let text = format!("event {}", event.id.0);
                plan.push(Step { ts: at.ts, line: at.line, what: What::Rejected { reason, text } });
            }
        }
        let Self { listed, order, responses, .. } = self;
        order.retain(|quote| {
            let is_listed = listed.get(quote) == Some(responses);
            if !is_listed {
                listed.remove(quote);
                plan.push(Step { ts: at.ts, line: at.line, what: What::Removed(*quote) });
            }
            is_listed
        });
    }

    fn event(&mut self, plan: &mut Plan, at: Timed, event: &Event<'_>, form: PriceForm) -> Result<(), Reject> {
        let (sport, league) = match event.sport_key.0.split_once('_') {
            Some((sport, league)) => (sport, Some(league)),
            None => (&*event.sport_key.0, None),
        };
        let start = parse_rfc3339(&event.commence_time.0).ok_or(Reject::BadValue)?;
        let mut optional = |name: Option<&str>| name.map(|name| plan.name(name)).transpose();
        let (home, away) = (event.home_team.as_ref(), event.away_team.as_ref());
        let (home, away) = (optional(home.map(|name| &*name.0))?, optional(away.map(|name| &*name.0))?);
        let league_name = optional(league)?;
        let id = plan.name(&event.id.0)?;
        let fixture = Fixture { fixture: id, sport: Some(plan.name(sport)?), league: league_name, home, away, start };
        let known = self.fixtures.get(&id).copied();
        if known.is_none_or(|known| known.fixture != fixture) {
            plan.push(Step { ts: at.ts, line: at.line, what: What::Fixture(fixture) });
        }
        let has_draw = known.is_some_and(|known| known.has_draw) || event.quotes_draw();
        self.fixtures.insert(id, Known { fixture, has_draw });
        let result = if sport == "soccer" || has_draw { "match_result" } else { "moneyline" };
        for bookmaker in &event.bookmakers {
            for market in &bookmaker.markets {
                let Some(kind) = MarketKind::of(market, result) else {
                    self.skipped_markets += 1;
                    continue;
                };
                let source = Source { event, bookmaker, market, kind };
                for outcome in &market.outcomes {
                    self.price(plan, at, &source, outcome, form);
                }
            }
        }
        Ok(())
    }

    fn price(&mut self, plan: &mut Plan, at: Timed, source: &Source<'_, '_>, outcome: &Outcome<'_>, form: PriceForm) {
        let what = match source.read(plan, outcome, form) {
            Ok(what) => {
                if let What::Odds { quote, .. } = what
                    && self.listed.insert(quote, self.responses).is_none()
                {
                    self.order.push(quote);
                }
                what
            }
            Err(reason) => What::Rejected { reason, text: source.describe(outcome) },
        };
        plan.push(Step { ts: at.ts, line: at.line, what });
    }
}

fn is_american(price: f64) -> bool {
    price.abs() >= 100.0 && price.fract() == 0.0
}

/// Where a price stands.
struct Source<'a, 'e> {
    event: &'a Event<'e>,
    bookmaker: &'a Bookmaker<'e>,
    market: &'a Market<'e>,
    kind: MarketKind<'a>,
}

/// What a market of theirs is to us.
#[derive(Clone, Copy)]
enum MarketKind<'a> {
    Result { name: &'static str, side: Side },
    Spread,
    Total,
    Player(&'a str),
}

impl<'a> MarketKind<'a> {
    fn of(market: &'a Market<'_>, result: &'static str) -> Option<Self> {
        let is_over_under = || market.outcomes.iter().all(|outcome| matches!(&*outcome.name.0, "Over" | "Under"));
        match &*market.key.0 {
            "h2h" => Some(Self::Result { name: result, side: Side::Back }),
            "h2h_lay" => Some(Self::Result { name: result, side: Side::Lay }),
            "spreads" => Some(Self::Spread),
            "totals" => Some(Self::Total),
            key if key.starts_with("player_") && is_over_under() => Some(Self::Player(key)),
            _ => None,
        }
    }
}

impl Source<'_, '_> {
    fn read(&self, plan: &mut Plan, outcome: &Outcome<'_>, form: PriceForm) -> Result<What, Reject> {
        let (market, side) = match self.kind {
            MarketKind::Result { name, side } => (name, side),
            MarketKind::Spread => ("spread", Side::Back),
            MarketKind::Total => ("total", Side::Back),
            MarketKind::Player(key) => (key, Side::Back),
        };
        let participant = match (self.kind, &outcome.description) {
            (MarketKind::Player(_), Some(player)) => Some(plan.name(&player.0)?),
            (MarketKind::Player(_), None) => return Err(Reject::MissingKey),
            _ => None,
        };
        let source_ts = self.market.last_update.as_ref().or(self.bookmaker.last_update.as_ref());
        let source_ts = source_ts.map(|time| parse_rfc3339(&time.0).ok_or(Reject::BadValue)).transpose()?;
        let price = Price::new(form, outcome.price).map_err(|_| Reject::BadPrice)?;
        let line = match (self.kind, outcome.point) {
            (MarketKind::Result { .. }, _) => None,
            (_, point) => Some(point.and_then(Line::from_f64).ok_or(Reject::BadLine)?),
        };
        let quote = Quote {
            fixture: plan.name(&self.event.id.0)?,
            bookmaker: plan.name(&self.bookmaker.key.0)?,
            market: plan.name(market)?,
            participant,
            line,
            outcome: plan.name(self.outcome(&outcome.name.0).ok_or(Reject::UnknownOutcome)?)?,
            side,
        };
        Ok(What::Odds { quote, price, source_ts })
    }

    fn outcome(&self, name: &str) -> Option<&'static str> {
        let is = |team: &Option<response::Text<'_>>| team.as_ref().is_some_and(|team| team.0 == name);
        match self.kind {
            MarketKind::Total | MarketKind::Player(_) => match name {
                "Over" => Some("over"),
                "Under" => Some("under"),
                _ => None,
            },
            _ if is(&self.event.home_team) => Some("home"),
            _ if is(&self.event.away_team) => Some("away"),
            MarketKind::Result { name: "match_result", .. } if name == "Draw" => Some("draw"),
            _ => None,
        }
    }

    fn describe(&self, outcome: &Outcome<'_>) -> String {
        serde_json::json!({
            "fixture": self.event.id.0,
            "bookmaker": self.bookmaker.key.0,
            "market": self.market.key.0,
            "name": outcome.name.0,
            "price": outcome.price,
            "point": outcome.point,
        })
        .to_string()
    }
}
