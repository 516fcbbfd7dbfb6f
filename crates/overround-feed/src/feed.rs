//! Recorded feeds in: one file after its format, or several merged by time.

mod merge;
#[cfg(test)]
mod tests;

use crate::adapters::football_data::FootballData;
use crate::adapters::the_odds_api::{OddsApiOptions, TheOddsApi};
use crate::lines::LineReader;
use crate::record::{MAX_LINE_BYTES, Record, parse_line};
use crate::reject::Reject;
use core::fmt;
use overround::Timestamp;
use std::io::{self, BufRead, Read};
use std::path::Path;

pub use merge::Feeds;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Our NDJSON.
    Overround,
    /// [`adapters::the_odds_api`](crate::adapters::the_odds_api)
    TheOddsApi(OddsApiOptions),
    /// [`adapters::football_data`](crate::adapters::football_data)
    FootballData,
}

impl Format {
    /// The format of a file, by the beginning of its first line that is not blank: a list or an object with the keys `committed_at` and
    /// `data` is the-odds-api's, a table with the columns `HomeTeam` and `AwayTeam` is football-data's, all else is ours.
    ///
    /// ```
    /// use overround_feed::Format;
    /// assert_eq!(Format::detect(b"\nDiv,Date,HomeTeam,AwayTeam,FTHG\n"), Format::FootballData);
    /// assert_eq!(Format::detect(br#"{"type":"heartbeat","ts":1}"#), Format::Overround);
    /// ```
    #[must_use]
    pub fn detect(beginning: &[u8]) -> Self {
        let text = without_mark(beginning).trim_ascii_start();
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let has_column = |name: &str| line.split(|&byte| byte == b',').any(|cell| cell.trim_ascii() == name.as_bytes());
        if line.starts_with(b"[") || has_key_of_the_odds_api(line) {
            Self::TheOddsApi(OddsApiOptions::default())
        } else if has_column("HomeTeam") && has_column("AwayTeam") {
            Self::FootballData
        } else {
            Self::Overround
        }
    }

    /// The format of a name: `overround`, `the-odds-api`, `football-data`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "overround" => Some(Self::Overround),
            "the-odds-api" => Some(Self::TheOddsApi(OddsApiOptions::default())),
            "football-data" => Some(Self::FootballData),
            _ => None,
        }
    }
}

/// Do the object's own keys, as far as the beginning shows them, tell the-odds-api's before they tell ours?
fn has_key_of_the_odds_api(line: &[u8]) -> bool {
    let mut depth = 0_u32;
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                let start = at;
                while line.get(at).is_some_and(|&byte| byte != b'"') {
                    at += if line[at] == b'\\' { 2 } else { 1 };
                }
                let text = line.get(start..at).unwrap_or_default();
                at += 1;
                let is_key = line.get(at..).unwrap_or_default().trim_ascii_start().starts_with(b":");
                match text {
                    b"committed_at" | b"data" if is_key && depth == 1 => return true,
                    b"type" | b"ts" if is_key && depth == 1 => return false,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    false
}

/// One record of a feed, or what stands in its place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Item<'a> {
    /// Which of several inputs it is from.
    pub input: usize,
    /// Its line in that input, from 1.
    pub line: u64,
    /// The line as it stands; empty where the record is but a part of one.
    pub text: &'a [u8],
    /// The record, or why there is none.
    pub record: Result<Record<'a>, Reject>,
}

/// A recorded feed.
///
/// ```
/// use overround_feed::{Feed, Format};
/// let text = b"{\"type\":\"heartbeat\",\"ts\":1}\n{\"type\":\"nonsense\",\"ts\":2}\n";
/// let mut feed = Feed::new(Box::new(&text[..]), Format::Overround);
/// let mut accepted = 0;
/// while let Some(item) = feed.next_item()? {
///     match item.record {
///         Ok(_) => accepted += 1,
///         Err(reason) => println!("line {}: {reason}", item.line),
///     }
/// }
/// assert_eq!(accepted, 1);
/// # Ok::<(), overround_feed::FeedError>(())
/// ```
pub struct Feed<'r> {
    source: Source<'r>,
}

enum Source<'r> {
    Overround(Ndjson<'r>),
    TheOddsApi(Box<TheOddsApi<'r>>),
    FootballData(Box<FootballData<'r>>),
}

impl<'r> Feed<'r> {
    /// Opens a file, or standard input for `-`; its compression and format are recognised by its content.
    ///
    /// # Errors
    /// If it cannot be opened or read.
    pub fn open(path: &Path) -> Result<Feed<'static>, FeedError> {
        Feed::detect(crate::io::open(path)?, |format| format)
    }

    /// Reads a feed whose format its content shows; `adjust` may put options to what was found.
    ///
    /// # Errors
    /// If the beginning cannot be read.
    pub fn detect(mut reader: Box<dyn BufRead + 'r>, adjust: impl FnOnce(Format) -> Format) -> Result<Self, FeedError> {
        let beginning = look_ahead(&mut reader)?;
        let format = adjust(Format::detect(&beginning));
        Ok(Self::new(Box::new(io::Cursor::new(beginning).chain(reader)), format))
    }

    /// Reads a feed of a known format.
    #[must_use]
    pub fn new(reader: Box<dyn BufRead + 'r>, format: Format) -> Self {
        let source = match format {
            Format::Overround => Source::Overround(Ndjson::new(reader)),
            Format::TheOddsApi(options) => Source::TheOddsApi(Box::new(TheOddsApi::new(reader, options))),
            Format::FootballData => Source::FootballData(Box::new(FootballData::new(reader))),
        };
        Self { source }
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// If the input cannot be read, or is not of its format as a whole.
    pub fn next_item(&mut self) -> Result<Option<Item<'_>>, FeedError> {
        match &mut self.source {
            Source::Overround(source) => source.next_item(),
            Source::TheOddsApi(source) => source.next_item(),
            Source::FootballData(source) => source.next_item(),
        }
    }

    /// What [`Self::next_item`] will give.
    fn peek(&mut self) -> Result<Option<Peek>, FeedError> {
        match &mut self.source {
            Source::Overround(source) => source.peek(),
            Source::TheOddsApi(source) => source.peek(),
            Source::FootballData(source) => source.peek(),
        }
    }

    /// How many markets of another format were left out because they have no counterpart in ours.
    #[must_use]
    pub fn skipped_markets(&self) -> u64 {
        match &self.source {
            Source::TheOddsApi(source) => source.skipped_markets(),
            Source::Overround(_) | Source::FootballData(_) => 0,
        }
    }
}

impl fmt::Debug for Feed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::Overround(_) => "Feed(overround)",
            Source::TheOddsApi(_) => "Feed(the-odds-api)",
            Source::FootballData(_) => "Feed(football-data)",
        })
    }
}

/// What comes after a byte order mark.
fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Takes the beginning of an input: its first line that is not blank, or as much of it as tells the format.
fn look_ahead(reader: &mut dyn BufRead) -> io::Result<Vec<u8>> {
    const ENOUGH_BYTES: usize = 1 << 16;
    let mut beginning = Vec::new();
    loop {
        let more = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            buffer => buffer?,
        };
        let len = more.len();
        beginning.extend_from_slice(more);
        reader.consume(len);
        let has_line = without_mark(&beginning).trim_ascii_start().contains(&b'\n');
        if len == 0 || has_line || beginning.len() >= ENOUGH_BYTES {
            return Ok(beginning);
        }
    }
}

/// The next item of a source, as far as a merge must know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peek {
    /// A record with this time.
    At(Timestamp),
    /// A line without a time that could be trusted.
    Rejected,
}

/// Why a feed cannot be read on.
#[derive(Debug)]
#[non_exhaustive]
pub enum FeedError {
    /// The input cannot be read.
    Io(io::Error),
    /// The input as a whole is not of its format.
    Format {
        /// The line that shows it, from 1.
        line: u64,
        /// What is wrong, and what was expected.
        problem: String,
    },
}

impl fmt::Display for FeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Format { line, problem } => write!(f, "line {line}: {problem}"),
        }
    }
}

impl std::error::Error for FeedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Format { .. } => None,
        }
    }
}

impl From<io::Error> for FeedError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Our own format.
struct Ndjson<'r> {
    lines: LineReader<Box<dyn BufRead + 'r>>,
    /// Has the next line been read already?
    is_ahead: bool,
}

impl<'r> Ndjson<'r> {
    fn new(reader: Box<dyn BufRead + 'r>) -> Self {
        Self { lines: LineReader::new(reader, MAX_LINE_BYTES), is_ahead: false }
    }

    fn next_item(&mut self) -> Result<Option<Item<'_>>, FeedError> {
        if !core::mem::take(&mut self.is_ahead) && !self.lines.advance()? {
            return Ok(None);
        }
        let line = self.lines.line();
        Ok(Some(Item { input: 0, line: line.number, text: line.text, record: parse_line(line.text) }))
    }

    /// The line is parsed here and again when it is taken: only merges peek.
    fn peek(&mut self) -> Result<Option<Peek>, FeedError> {
        if !self.is_ahead && !self.lines.advance()? {
            return Ok(None);
        }
        self.is_ahead = true;
        Ok(Some(parse_line(self.lines.line().text).map_or(Peek::Rejected, |record| Peek::At(record.ts))))
    }
}
