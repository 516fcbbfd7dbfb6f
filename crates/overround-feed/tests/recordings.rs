//! Recordings that are not part of the repository: looked for beside it, in `../shared/data`, and skipped loudly where they are not.
//!
//! What is compared: the state that our records add up to, line by line, with the recording's own lines read by plain code over
//! `serde_json::Value` or cells split at commas; and the events of a direct replay with those of an import that is replayed.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use overround::Config;
use overround_feed::{Body, EventLines, Feed, Format, Replay, write_record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files of a folder of recordings whose names end so.
fn recordings(folder: &str, end: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    let Ok(entries) = std::fs::read_dir(&root) else {
        eprintln!("SKIPPED: no recordings in {}", root.display());
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(end));
    files.sort();
    assert!(!files.is_empty(), "recordings were looked for in {}", root.display());
    files
}

fn text(file: &Path) -> String {
    let mut text = String::new();
    overround_feed::io::open(file).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The events as lines, the records as our lines, and how many were rejected.
fn replay(mut feed: Feed<'_>) -> (Vec<u8>, Vec<u8>, u64) {
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let mut lines = EventLines::new(vec!["default".to_owned()]);
    let (mut events, mut records) = (Vec::new(), Vec::new());
    while let Some(item) = feed.next_item().unwrap() {
        if let Ok(record) = &item.record {
            write_record(record, &mut records);
        }
        let told = replay.apply(&item).unwrap_or_default().to_vec();
        told.iter().for_each(|event| events.extend_from_slice(lines.line(event, replay.catalog()).unwrap()));
    }
    let told = replay.finish().to_vec();
    told.iter().for_each(|event| events.extend_from_slice(lines.line(event, replay.catalog()).unwrap()));
    (events, records, replay.counts().rejected().map(|(_, n)| n).sum())
}

#[test]
fn an_import_replayed_tells_what_a_direct_replay_tells() {
    let files = [recordings("odds-series", "wnba_2026-08-07.ndjson.zst"), recordings("football-data", ".gz")].concat();
    for file in files {
        let (events, records, rejected) = replay(Feed::open(&file).unwrap());
        let (again, written, _) = replay(Feed::new(Box::new(&*records), Format::Overround));
        assert!(events == again && records == written, "{}", file.display());
        assert_eq!(rejected, 0, "{}", file.display());
        assert!(!events.is_empty(), "{}", file.display());
    }
}

/// Fixture, bookmaker, market, outcome, own line in thousandths.
type Quote = (String, String, String, String, Option<i64>);

/// Adds our records up.
#[derive(Default)]
struct State(BTreeMap<Quote, f64>);

impl State {
    fn apply(&mut self, body: &Body<'_>) {
        match body {
            Body::Odds(record) => {
                let line = record.line.map(|line| i64::from(line.thousandths()));
                let names = [&record.fixture, &record.bookmaker, &record.market, &record.outcome];
                let [fixture, bookmaker, market, outcome] = names.map(|name| name.to_string());
                self.0.insert((fixture, bookmaker, market, outcome, line), record.price.unwrap().shown());
            }
            Body::Removed(record) => {
                let line = record.line.map(|line| i64::from(line.thousandths()));
                let names = [&record.fixture, &record.bookmaker, &record.market, &record.outcome];
                let [fixture, bookmaker, market, outcome] = names.map(|name| name.as_ref().unwrap().to_string());
                let gone = self.0.remove(&(fixture, bookmaker, market, outcome, line));
                assert!(gone.is_some(), "what is removed was there: {record:?}");
            }
            _ => {}
        }
    }
}

/// What a line of the-odds-api lists, by other code.
fn listed<'a>(line: &'a Value) -> BTreeMap<Quote, f64> {
    let mut listed = BTreeMap::new();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |value: &'a Value| value.as_array().unwrap();
    for event in list(&line["data"]) {
        for bookmaker in list(&event["bookmakers"]) {
            for market in list(&bookmaker["markets"]) {
                for outcome in list(&market["outcomes"]) {
                    let name = match text(&outcome["name"]) {
                        name if name == text(&event["home_team"]) => "home",
                        name if name == text(&event["away_team"]) => "away",
                        name if name == "Over" => "over",
                        name if name == "Under" => "under",
                        other => panic!("an outcome {other}"),
                    };
                    let market = match market["key"].as_str().unwrap() {
                        "h2h" => "moneyline",
                        "spreads" => "spread",
                        "totals" => "total",
                        other => panic!("a market {other}"),
                    };
                    #[expect(clippy::cast_possible_truncation, reason = "points of recordings are small")]
                    let line = outcome["point"].as_f64().map(|point| (point * 1000.0).round() as i64);
                    let quote = (text(&event["id"]), text(&bookmaker["key"]), market.to_owned(), name.to_owned(), line);
                    listed.insert(quote, outcome["price"].as_f64().unwrap());
                }
            }
        }
    }
    listed
}

#[test]
fn the_records_of_the_odds_api_add_up_to_each_line() {
    for file in recordings("odds-series", "_2026-08-07.ndjson.zst") {
        let text = text(&file);
        let mut feed = Feed::open(&file).unwrap();
        let mut state = State::default();
        let mut lines = text.lines().zip(1..).peekable();
        let mut fixtures = BTreeSet::new();
        let mut compare = |state: &State, until: u64| {
            while let Some((line, number)) = lines.next_if(|&(_, number)| number < until) {
                let line: Value = serde_json::from_str(line).unwrap();
                assert!(state.0 == listed(&line), "{} line {number}", file.display());
            }
        };
        while let Some(item) = feed.next_item().unwrap() {
            compare(&state, item.line);
            let record = item.record.unwrap();
            if let Body::Fixture(record) = &record.body {
                fixtures.insert(record.fixture.to_string());
            }
            state.apply(&record.body);
        }
        compare(&state, u64::MAX);
        assert!(lines.next().is_none() && fixtures.len() >= 8);
    }
}

#[test]
fn the_records_of_football_data_add_up_to_each_row() {
    for file in recordings("football-data", ".gz") {
        let text = text(&file);
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let mut before = State::default();
        let mut feed = Feed::open(&file).unwrap();
        let mut closing: BTreeMap<String, State> = BTreeMap::new();
        while let Some(item) = feed.next_item().unwrap() {
            let record = item.record.unwrap();
            before.apply(&record.body);
            if let Body::Ended(ended) = &record.body {
                let fixture = ended.fixture.to_string();
                let of = before.0.iter().filter(|(quote, _)| quote.0 == fixture);
                let of = State(of.map(|(quote, price)| (quote.clone(), *price)).collect());
                closing.insert(fixture, of);
            }
        }
        // Of one bookmaker, the last prices before the match, read from the cells by name.
        for row in text.lines().skip(1) {
            let cells: BTreeMap<&str, &str> = header.iter().copied().zip(row.split(',')).collect();
            let state = closing.values().find(|state| {
                state.0.keys().any(|quote| quote.0.ends_with(&format!("_{}_{}", cells["HomeTeam"], cells["AwayTeam"])))
            });
            let state = state.unwrap();
            let prices: Vec<f64> = state
                .0
                .iter()
                .filter(|(quote, _)| quote.1 == "b365" && quote.2 == "match_result")
                .map(|(_, &price)| price)
                .collect();
            let is_closing = header.contains(&"B365CH");
            let names = if is_closing { ["B365CA", "B365CD", "B365CH"] } else { ["B365A", "B365D", "B365H"] };
            let expected: Vec<f64> = names.iter().filter_map(|name| cells[name].parse().ok()).collect();
            assert_eq!(prices, expected, "{row}");
        }
    }
}
