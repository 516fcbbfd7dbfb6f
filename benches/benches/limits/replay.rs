//! A recording end to end beside parsing its lines.

use crate::Effort;
use crate::report::{Bound, Row};
use overround::OddsEvent;
use overround::odds_event::OddsUpdate;
use overround_benches::measure::{Ratio, in_turn, ns_each};
use overround_benches::{Spec, config};
use overround_feed::{EventLines, Feed, Format, Replay, io, parse_line};
use overround_math::devig::Method;
use overround_math::odds::Odds;
use std::fs;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::Path;

/// The shipped recording, and a feed that polls.
pub(crate) fn both(effort: Effort) -> Vec<Row> {
    let evening = evening();
    let polled = polled(effort.divisor);
    vec![
        Row::ratio(
            "replay_evening",
            against_parsing(&evening, effort.rounds.min(9)),
            Bound::Most(1.6),
            "lines in memory to parsed records, ids, engine, and lines of what is told / `parse_line` over the same lines, already cut; \
             recordings/evening.ndjson.zst, uncompressed",
        ),
        Row::ratio(
            "replay_polled",
            against_parsing(&polled, effort.rounds.min(9)),
            Bound::Most(1.6),
            "the same of a feed that polls: 2,000 two-way markets of 12 bookmakers, one of ten lines changes a price",
        ),
    ]
}

fn evening() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings/evening.ndjson.zst");
    let file = fs::File::open(path).expect("the recording ships with the project");
    let mut text = Vec::new();
    io::decompress(file).and_then(|mut reader| reader.read_to_end(&mut text)).expect("it is whole");
    text
}

/// Opening prices and a pass, 100 lines to a millisecond.
fn polled(divisor: u32) -> Vec<u8> {
    let spec = Spec { changing: 10, ..Spec::two_way(2_000 / divisor, 300_000 / divisor) };
    let mut text = Vec::new();
    let mut lines = 0;
    let mut write = |event: &OddsEvent| {
        if let OddsEvent::Odds(update) = event {
            write_line(update, &spec, 1_759_276_800_000_000 + lines / 100 * 1_000, &mut text);
            lines += 1;
        }
    };
    spec.opening(|piece| piece.iter().for_each(&mut write));
    spec.moves().iter().for_each(&mut write);
    text
}

fn write_line(update: &OddsUpdate, spec: &Spec, ts: u64, text: &mut Vec<u8>) {
    let (market, bookmaker) = (update.market.0, update.bookmaker.0);
    let fixture = market / spec.per_fixture;
    let period = market % spec.per_fixture;
    let name = if bookmaker == 0 { "pinnacle".into() } else { format!("bookmaker_{bookmaker}") };
    let outcome = ["home", "away"][update.outcome.index()];
    let price = update.price.map_or(0.0, Odds::decimal);
    writeln!(
        text,
        "{{\"type\":\"odds\",\"ts\":{ts},\"fixture\":\"atp_2026_{fixture:05}\",\"bookmaker\":\"{name}\",\"market\":\"moneyline\",\
         \"period\":\"set_{period}\",\"outcome\":\"{outcome}\",\"price\":{price}}}"
    )
    .expect("a list takes all");
}

fn against_parsing(text: &[u8], rounds: usize) -> Ratio {
    let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
    let (_, digest) = whole(text);
    in_turn(
        rounds,
        || {
            ns_each(lines.len(), || {
                let (records, again) = whole(black_box(text));
                assert_eq!(
                    (records, again),
                    (lines.len() as u64, digest),
                    "every line is a good record, and tells the same"
                );
            })
        },
        || {
            ns_each(lines.len(), || {
                for line in &lines {
                    assert!(black_box(parse_line(black_box(line))).is_ok(), "every line is a record");
                }
            })
        },
    )
}

/// Plays a recording; returns how many records were accepted and the digest of all that was told.
fn whole(text: &[u8]) -> (u64, u64) {
    let mut feed = Feed::new(Box::new(text), Format::Overround);
    let mut replay = Replay::new(config(Method::Power)).expect("the configuration is valid");
    let mut lines = EventLines::new(vec!["default".into()]);
    let mut sink = std::io::sink();
    let mut accepted = 0;
    let mut tell = |replay: &mut Replay, told: &[overround::OpportunityEvent]| {
        for event in told {
            let line = lines.line(event, replay.catalog()).expect("what is told has names");
            sink.write_all(line).expect("a sink takes all");
        }
    };
    let mut told = Vec::new();
    while let Some(item) = feed.next_item().expect("memory can be read") {
        if let Ok(events) = replay.apply(&item) {
            accepted += 1;
            told.clear();
            told.extend_from_slice(events);
        }
        tell(&mut replay, &told);
        told.clear();
    }
    told.extend_from_slice(replay.finish());
    tell(&mut replay, &told);
    (accepted, lines.digest())
}
