//! What an adapter is about to give: steps that name things by number, so that a record can borrow its names.

use crate::feed::{Item, Peek};
use crate::lookup::LookupMap;
use crate::record::{Body, Change, EndedRecord, FilterRecord, FixtureRecord, Name, OddsRecord, Price, Record};
use crate::reject::Reject;
use overround::{Side, Timestamp};
use overround_math::line::Line;
use std::collections::VecDeque;

/// The number of a name in a [`Plan`].
pub(super) type NameId = u32;

/// A price of a bookmaker, whatever it is at the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Quote {
    pub(super) fixture: NameId,
    pub(super) bookmaker: NameId,
    pub(super) market: NameId,
    pub(super) participant: Option<NameId>,
    /// The outcome's own line.
    pub(super) line: Option<Line>,
    pub(super) outcome: NameId,
    pub(super) side: Side,
}

/// What is said of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fixture {
    pub(super) fixture: NameId,
    pub(super) sport: Option<NameId>,
    pub(super) league: Option<NameId>,
    pub(super) home: Option<NameId>,
    pub(super) away: Option<NameId>,
    pub(super) start: Timestamp,
}

/// One item to come.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) ts: Timestamp,
    /// The line of the input that it is from.
    pub(super) line: u64,
    pub(super) what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Fixture(Fixture),
    Odds { quote: Quote, price: Price, source_ts: Option<Timestamp> },
    Removed(Quote),
    Ended { fixture: NameId, home_score: i32, away_score: i32 },
    Rejected { reason: Reject, text: String },
}

/// Items to come, and the names they use.
#[derive(Debug, Default)]
pub(super) struct Plan {
    names: Vec<Box<str>>,
    ids: LookupMap<Box<str>, NameId>,
    steps: VecDeque<Step>,
    current: Option<Step>,
}

impl Plan {
    /// The number of a name.
    pub(super) fn name(&mut self, name: &str) -> Result<NameId, Reject> {
        if let Some(&id) = self.ids.get(name) {
            return Ok(id);
        }
        Name::new(name)?;
        let id = NameId::try_from(self.names.len()).expect("fewer than 2^32 names fit in memory");
        self.names.push(name.into());
        self.ids.insert(name.into(), id);
        Ok(id)
    }

    pub(super) fn push(&mut self, step: Step) {
        self.steps.push_back(step);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    pub(super) fn peek(&self) -> Option<Peek> {
        self.steps.front().map(|step| match step.what {
            What::Rejected { .. } => Peek::Rejected,
            _ => Peek::At(step.ts),
        })
    }

    /// The next item, if any is left.
    pub(super) fn next_item(&mut self) -> Option<Item<'_>> {
        self.current = Some(self.steps.pop_front()?);
        let step = self.current.as_ref()?;
        let record = self.body(&step.what).map(|body| Record { ts: step.ts, feed: None, body });
        let text = match &step.what {
            What::Rejected { text, .. } => text.as_bytes(),
            _ => b"",
        };
        Some(Item { input: 0, line: step.line, text, record })
    }

    fn body(&self, what: &What) -> Result<Body<'_>, Reject> {
        Ok(match *what {
            What::Fixture(fixture) => Body::Fixture(Box::new(self.fixture(fixture))),
            What::Odds { quote, price, source_ts } => Body::Odds(OddsRecord {
                fixture: self.text(quote.fixture),
                bookmaker: self.text(quote.bookmaker),
                market: self.text(quote.market),
                period: Name::FULL_GAME,
                participant: self.text_if(quote.participant),
                line: quote.line,
                outcome: self.text(quote.outcome),
                side: quote.side,
                price: Some(price),
                active: true,
                limit: None,
                source_ts,
                main: None,
                url: None,
            }),
            What::Removed(quote) => Body::Removed(Box::new(FilterRecord {
                bookmaker: Some(self.text(quote.bookmaker)),
                fixture: Some(self.text(quote.fixture)),
                market: Some(self.text(quote.market)),
                period: None,
                participant: self.text_if(quote.participant),
                line: quote.line,
                outcome: Some(self.text(quote.outcome)),
                side: Some(quote.side),
            })),
            What::Ended { fixture, home_score, away_score } => Body::Ended(EndedRecord {
                fixture: self.text(fixture),
                home_score: Some(home_score),
                away_score: Some(away_score),
                winner: None,
                void: false,
            }),
            What::Rejected { reason, .. } => return Err(reason),
        })
    }

    fn fixture(&self, fixture: Fixture) -> FixtureRecord<'_> {
        let change = |name: Option<NameId>| self.text_if(name).map_or(Change::Keep, Change::Set);
        FixtureRecord {
            sport: change(fixture.sport),
            league: change(fixture.league),
            home: change(fixture.home),
            away: change(fixture.away),
            start: Change::Set(fixture.start),
            ..FixtureRecord::new(self.text(fixture.fixture))
        }
    }

    fn text(&self, name: NameId) -> Name<'_> {
        let index = usize::try_from(name).expect("numbers are given out as indices");
        Name::new(&*self.names[index]).expect("what is no name gets no number")
    }

    fn text_if(&self, name: Option<NameId>) -> Option<Name<'_>> {
        name.map(|name| self.text(name))
    }
}
