//! football-data.co.uk: one CSV row a match, in UTF-8 or latin-1.
//!
//! | theirs | ours |
//! |---|---|
//! | `Div`, `Date`, `HomeTeam`, `AwayTeam` | fixture `{Div}_{yyyy-mm-dd}_{HomeTeam}_{AwayTeam}`, sport `soccer`, league = `Div` |
//! | `Date` and `Time` in UK local time; 12:00 UTC without a time | `start` |
//! | a prefix such as `B365` | bookmaker `b365`; `BFE` is `betfair_exchange`, `P` is `ps`; `Max*`, `Avg*`, `Bb*` are left out |
//! | `…H`, `…D`, `…A` | `match_result` |
//! | `…>2.5`, `…<2.5` | `total` 2.5 |
//! | `…AHH`, `…AHA` | `spread` at `AHh`, of closing prices at `AHCh`, the home side's line |
//! | `FTHG`, `FTAG` | `ended`, two hours after kick-off |
//!
//! Pre-match prices come an hour before kick-off, closing prices a second before it. A `C` between prefix and outcome means closing if the
//! prefix without it has a full set of columns too (`VC` is a bookmaker). Closing prices are a full state: if a row has any, its pre-match
//! quotes without a closing price are removed then. Blank and 0 are "no price". The records of a file are sorted by time; at equal times
//! they come in the order of rows and columns.

mod columns;
#[cfg(test)]
mod tests;

use super::plan::{Fixture, NameId, Plan, Quote, Step, What};
use super::time::{parse_time_of_day, parse_uk_date, uk_local, utc};
use crate::feed::{FeedError, Item, Peek};
use crate::record::{Price, PriceForm};
use crate::reject::Reject;
use columns::{Columns, PriceColumn, Stage};
use csv::StringRecord;
use overround::{Side, Timestamp};
use overround_math::line::Line;
use std::borrow::Cow;
use std::io::{BufRead, Read};

/// The largest file in bytes: it is sorted as a whole.
pub const MAX_FILE_BYTES: usize = 1 << 28;

const PRE_MATCH_US: i64 = -3_600_000_000;
const CLOSING_US: i64 = -1_000_000;
const ENDED_US: i64 = 7_200_000_000;

/// Reads a file.
pub(crate) struct FootballData<'r> {
    /// Until it is read.
    reader: Option<Box<dyn BufRead + 'r>>,
    plan: Plan,
}

impl<'r> FootballData<'r> {
    pub(crate) fn new(reader: Box<dyn BufRead + 'r>) -> Self {
        Self { reader: Some(reader), plan: Plan::default() }
    }

    pub(crate) fn next_item(&mut self) -> Result<Option<Item<'_>>, FeedError> {
        self.load()?;
        Ok(self.plan.next_item())
    }

    pub(crate) fn peek(&mut self) -> Result<Option<Peek>, FeedError> {
        self.load()?;
        Ok(self.plan.peek())
    }

    fn load(&mut self) -> Result<(), FeedError> {
        let Some(reader) = self.reader.take() else { return Ok(()) };
        let max = MAX_FILE_BYTES as u64;
        let mut bytes = Vec::new();
        if reader.take(max + 1).read_to_end(&mut bytes)? as u64 > max {
            return Err(FeedError::Format { line: 1, problem: "a file of more than 256 MiB".to_owned() });
        }
        let mut steps = read(&decode(&bytes), &mut self.plan)?;
        steps.sort_by_key(|step| step.ts);
        steps.into_iter().for_each(|step| self.plan.push(step));
        Ok(())
    }
}

fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match core::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::mem::decode_latin1(bytes),
    }
}

/// The steps of all rows, in their order.
fn read(text: &str, plan: &mut Plan) -> Result<Vec<Step>, FeedError> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut rows = reader.records();
    let header = rows.next().transpose().map_err(problem)?.unwrap_or_default();
    let columns = Columns::find(&header).map_err(|problem| FeedError::Format { line: 1, problem })?;
    let mut steps = Vec::new();
    for row in rows {
        let row = row.map_err(problem)?;
        if row.iter().all(str::is_empty) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line);
        let before = steps.len();
        let mut reader = RowReader { columns: &columns, row: &row, line, plan: &mut *plan, steps: &mut steps };
        if let Err(reason) = reader.read() {
            steps.truncate(before);
            let text = row.iter().collect::<Vec<_>>().join(",");
            steps.push(Step { ts: Timestamp::MIN, line, what: What::Rejected { reason, text } });
        }
    }
    Ok(steps)
}

fn problem(error: csv::Error) -> FeedError {
    let line = error.position().map_or(0, csv::Position::line);
    FeedError::Format { line, problem: format!("not a CSV file: {error}") }
}

struct RowReader<'a> {
    columns: &'a Columns,
    row: &'a StringRecord,
    line: u64,
    plan: &'a mut Plan,
    steps: &'a mut Vec<Step>,
}

impl RowReader<'_> {
    fn read(&mut self) -> Result<(), Reject> {
        let (fixture, kick_off) = self.fixture()?;
        let pre_match = self.prices(fixture, Stage::PreMatch, kick_off.plus_us(PRE_MATCH_US));
        let closing_ts = kick_off.plus_us(CLOSING_US);
        let closing = self.prices(fixture, Stage::Closing, closing_ts);
        if !closing.is_empty() {
            for quote in pre_match.into_iter().filter(|quote| !closing.contains(quote)) {
                self.push(closing_ts, What::Removed(quote));
            }
        }
        let ended_ts = kick_off.plus_us(ENDED_US);
        match (self.goals(self.columns.home_goals), self.goals(self.columns.away_goals)) {
            (Ok(Some(home_score)), Ok(Some(away_score))) => {
                self.push(ended_ts, What::Ended { fixture, home_score, away_score });
            }
            (Ok(_), Ok(_)) => {}
            (Err(reason), _) | (_, Err(reason)) => {
                self.push(ended_ts, What::Rejected { reason, text: "FTHG, FTAG".to_owned() });
            }
        }
        Ok(())
    }

    /// Tells the fixture; returns it and its start.
    fn fixture(&mut self) -> Result<(NameId, Timestamp), Reject> {
        let Columns { division, date, time, home, away, .. } = *self.columns;
        let cell = |at: usize| self.row.get(at).filter(|text| !text.is_empty()).ok_or(Reject::MissingKey);
        let (division, date, home, away) = (cell(division)?, cell(date)?, cell(home)?, cell(away)?);
        let date = parse_uk_date(date).ok_or(Reject::BadValue)?;
        let kick_off = match time.and_then(|time| self.row.get(time)).filter(|text| !text.is_empty()) {
            Some(time) => uk_local(date.to_datetime(parse_time_of_day(time).ok_or(Reject::BadValue)?)),
            None => utc(date.at(12, 0, 0, 0)),
        };
        let start = kick_off.ok_or(Reject::BadValue)?;
        let fixture = self.plan.name(&format!("{division}_{date}_{home}_{away}"))?;
        let what = What::Fixture(Fixture {
            fixture,
            sport: Some(self.plan.name("soccer")?),
            league: Some(self.plan.name(division)?),
            home: Some(self.plan.name(home)?),
            away: Some(self.plan.name(away)?),
            start,
        });
        self.push(start.plus_us(PRE_MATCH_US), what);
        Ok((fixture, start))
    }

    /// Tells the prices of a stage; returns the quotes that have one.
    fn prices(&mut self, fixture: NameId, stage: Stage, ts: Timestamp) -> Vec<Quote> {
        let columns = self.columns;
        let mut quotes = Vec::new();
        for column in columns.prices.iter().filter(|column| column.stage == stage) {
            match self.price(fixture, column) {
                Ok(Some((quote, price))) => {
                    quotes.push(quote);
                    self.push(ts, What::Odds { quote, price, source_ts: None });
                }
                Ok(None) => {}
                Err(reason) => {
                    let cell = self.row.get(column.at).unwrap_or_default();
                    self.push(ts, What::Rejected { reason, text: format!("{}: {cell}", column.name) });
                }
            }
        }
        quotes
    }

    fn price(&mut self, fixture: NameId, column: &PriceColumn) -> Result<Option<(Quote, Price)>, Reject> {
        let cell = self.row.get(column.at).unwrap_or_default();
        if cell.is_empty() {
            return Ok(None);
        }
        let shown = parse_number(cell).ok_or(Reject::BadValue)?;
        if shown == 0.0 {
            return Ok(None);
        }
        let price = Price::new(PriceForm::Decimal, shown).map_err(|_| Reject::BadPrice)?;
        let home_line = match column.line_at {
            Some(at) => self.row.get(at).and_then(parse_number).and_then(Line::from_f64).map(Some),
            None => Some(column.line),
        };
        let home_line = home_line.ok_or(Reject::BadLine)?;
        let quote = Quote {
            fixture,
            bookmaker: self.plan.name(&column.bookmaker)?,
            market: self.plan.name(column.market)?,
            participant: None,
            line: if column.is_away_handicap() { home_line.map(|line| -line) } else { home_line },
            outcome: self.plan.name(column.outcome)?,
            side: Side::Back,
        };
        Ok(Some((quote, price)))
    }

    fn goals(&self, column: Option<usize>) -> Result<Option<i32>, Reject> {
        match column.and_then(|at| self.row.get(at)).filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map(Some).map_err(|_| Reject::BadValue),
            None => Ok(None),
        }
    }

    fn push(&mut self, ts: Timestamp, what: What) {
        self.steps.push(Step { ts, line: self.line, what });
    }
}

/// A decimal number; names of numbers such as `inf` are none.
fn parse_number(text: &str) -> Option<f64> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
    if is_number { text.parse().ok() } else { None }
}
