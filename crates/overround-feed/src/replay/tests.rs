//! What an instant is, and that a replay is nothing but the catalog and the engine.

mod engines;

use super::*;
use crate::feed::{Feed, Format};
use crate::record::{Name, parse_line};
use overround::opportunity::Kind;
use proptest::prelude::*;
use twox_hash::XxHash3_64;

/// Everything told, as lines of type, time and kind, and the reasons of what was refused.
fn replay(text: &str) -> (Replay, Vec<String>, Vec<(u64, Reject)>) {
    replay_with(text, Config::recorded())
}

fn replay_with(text: &str, config: Config) -> (Replay, Vec<String>, Vec<(u64, Reject)>) {
    let mut feed = Feed::new(Box::new(text.as_bytes()), Format::Overround);
    let mut replay = Replay::new(config).unwrap();
    let (mut told, mut refused) = (Vec::new(), Vec::new());
    while let Some(item) = feed.next_item().unwrap() {
        match replay.apply(&item) {
            Ok(events) => told.extend(events.iter().map(brief)),
            Err(reason) => refused.push((item.line, reason)),
        }
    }
    told.extend(replay.finish().iter().map(brief));
    (replay, told, refused)
}

fn brief(event: &OpportunityEvent) -> String {
    let name = match event {
        OpportunityEvent::Detected(_) => "detected",
        OpportunityEvent::Updated(_) => "updated",
        OpportunityEvent::Expired(_) => "expired",
    };
    format!("{name} {} {}", event.ts().0, event.kind().name())
}

fn odds(ts: i64, bookmaker: &str, outcome: &str, price: f64) -> String {
    format!(
        r#"{{"type":"odds","ts":{ts},"fixture":"f","bookmaker":"{bookmaker}","market":"moneyline","outcome":"{outcome}","price":{price}}}"#
    )
}

/// "a" turns a market round at one time: between the two halves 2.2 would meet 2.2.
fn turn(between: &str) -> String {
    [
        odds(1, "a", "home", 2.2),
        odds(1, "a", "away", 1.7),
        odds(2, "a", "away", 2.2),
        between.to_owned(),
        odds(2, "a", "home", 1.7),
        odds(3, "a", "home", 1.7),
    ]
    .join("\n")
}

#[test]
fn records_of_one_time_are_one_instant() {
    let (replay, told, refused) = replay(&turn(""));
    assert_eq!((told, refused), (vec![], vec![]));
    assert_eq!(replay.engine().stats().changed, 4);
}

#[test]
fn what_is_refused_neither_ends_an_instant_nor_moves_time() {
    for between in [
        "nonsense",
        r#"{"type":"heartbeat","ts":"9"}"#,
        &odds(9, "a", "draw", 2.0),
        r#"{"type":"ended","ts":9,"fixture":"unheard of"}"#,
        " \t",
    ] {
        let (replay, told, refused) = replay(&turn(between));
        assert_eq!(told, [""; 0], "{between}");
        assert_eq!(refused.len(), usize::from(!between.trim().is_empty()), "{between}");
        assert_eq!((replay.counts().clamped, replay.engine().now()), (0, Some(Timestamp(3))), "{between}");
    }
    // An accepted one does end it.
    let (replay, told, _) = replay(&turn(r#"{"type":"heartbeat","ts":5}"#));
    assert_eq!(told[0], "detected 2 arbitrage");
    assert_eq!(replay.counts().clamped, 2);
    assert_eq!(replay.engine().now(), Some(Timestamp(5)));
}

#[test]
fn times_that_run_backwards_are_raised_and_counted() {
    let text = [odds(5, "a", "home", 2.2), odds(3, "a", "away", 2.2), odds(5, "a", "away", 2.3)].join("\n");
    let (replay, told, _) = replay(&text);
    assert_eq!(told, ["detected 5 arbitrage"]);
    assert_eq!(replay.counts().clamped, 1);
    assert_eq!(replay.engine().stats().clamped, 0);
}

#[test]
fn deadlines_fire_between_records_and_not_after_the_last() {
    let fixture = r#"{"type":"fixture","ts":0,"fixture":"f","start":10}"#;
    let beat = |ts: i64| format!("{{\"type\":\"heartbeat\",\"ts\":{ts}}}");
    let text = [fixture.to_owned(), odds(1, "a", "home", 2.2), odds(1, "a", "away", 2.2), beat(9)].join("\n");
    assert_eq!(replay(&text).1, ["detected 1 arbitrage"]);
    let text = [text, beat(50)].join("\n");
    // The start barrier falls at 10, whenever the next record comes.
    assert_eq!(replay(&text).1, ["detected 1 arbitrage", "expired 10 arbitrage"]);
}

#[test]
fn everything_is_counted() {
    let text = [
        "x",
        "{}",
        r#"{"type":"odds","ts":1}"#,
        &odds(1, "a", "home", 0.5),
        &odds(1, "a", "home", 2.0),
        &odds(1, "a", "draw", 2.0),
        r#"{"type":"ended","ts":2,"fixture":"f"}"#,
        &odds(2, "a", "home", 2.0),
    ]
    .join("\n");
    let (replay, _, _) = replay(&text);
    let records: Vec<_> = replay.counts().records().filter(|&(_, n)| n > 0).map(|(of, n)| (of.name(), n)).collect();
    assert_eq!(records, [("odds", 1), ("ended", 1)]);
    let rejected: Vec<_> = replay.counts().rejected().filter(|&(_, n)| n > 0).map(|(of, n)| (of.name(), n)).collect();
    let each = ["bad_json", "bad_type", "missing_key", "bad_price", "unknown_outcome", "retired_fixture"];
    assert_eq!(rejected, each.map(|name| (name, 1)));
}

#[test]
fn sources_that_poll_seldom_are_named() {
    let mut config = Config::live();
    config.freshness.budgets_s.insert(overround::Key::of("often"), 300.0);
    let poll = |minute: i64| {
        let ts = minute * 300_000_000;
        ["often", "seldom"].map(|bookmaker| odds(ts, bookmaker, "home", 2.0)).join("\n")
    };
    let text = (0..10).map(poll).collect::<Vec<_>>().join("\n");
    let (replay, _, _) = replay_with(&text, config);
    let slow: Vec<_> = replay
        .slow_sources()
        .into_iter()
        .map(|slow| {
            (replay.catalog().bookmaker(slow.bookmaker).unwrap().to_owned(), slow.budget_s, slow.gaps, slow.long_gaps)
        })
        .collect();
    assert_eq!(slow, [("seldom".to_owned(), 90.0, 9, 9)]);
    assert_eq!(self::replay(&text).0.slow_sources(), []);
}

/// "b" shows a price every five minutes, which is too seldom by default, and in between what is given.
fn seldom(between: &[&str]) -> String {
    let minute = |minute: i64| match minute % 5 {
        0 => odds(minute * 60_000_000, "b", "home", 2.0),
        _ => {
            let lines =
                between.iter().map(|what| format!(r#"{{"ts":{},"bookmaker":"b",{what}}}"#, minute * 60_000_000));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    (0..30).map(minute).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_source_writes_by_more_than_prices() {
    let is_slow = |between: &[&str]| {
        let (replay, _, refused) = replay_with(&seldom(between), Config::live());
        assert_eq!(refused, []);
        !replay.slow_sources().is_empty()
    };
    assert!(is_slow(&[]));
    for write in [
        r#""type":"heartbeat""#,
        r#""type":"suspended""#,
        r#""type":"removed","outcome":"away""#,
        r#""type":"snapshot_begin""#,
        r#""type":"snapshot_complete""#,
    ] {
        assert!(!is_slow(&[write]), "{write}");
    }
    // What is said of a source, or of the connection to it, is no word of its own.
    for other in [r#""type":"source","role":"primary""#, r#""type":"gap""#, r#""type":"hold_begin""#] {
        assert!(is_slow(&[other]), "{other}");
    }
}

#[test]
fn a_restored_replay_judges_sources_by_what_comes() {
    let mut config = Config::live();
    config.freshness.budgets_s.insert(overround::Key::of("b"), 200.0);
    let text = seldom(&[]);
    let (replay, _, _) = replay_with(&text, config);
    assert_eq!(replay.slow_sources().len(), 1);
    let mut again = Replay::restore(&replay.snapshot()).unwrap();
    assert_eq!((again.slow_sources(), again.counts()), (vec![], &Counts::default()));
    for line in [odds(10_000_000_000, "b", "home", 2.0), odds(10_200_000_001, "b", "home", 2.0)] {
        again.apply_record(&parse_line(line.as_bytes()).unwrap()).unwrap();
    }
    let slow: Vec<_> = again.slow_sources().iter().map(|slow| (slow.bookmaker.0, slow.budget_s, slow.gaps)).collect();
    assert_eq!(slow, [(0, 200.0, 1)]);
}

#[test]
fn time_passes_without_records() {
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let fixture = r#"{"type":"fixture","ts":0,"fixture":"f","start":10}"#.to_owned();
    for line in [fixture, odds(1, "a", "home", 2.2), odds(1, "a", "away", 2.2)] {
        replay.apply_record(&parse_line(line.as_bytes()).unwrap()).unwrap();
    }
    // An instant that is yet to come stays collected.
    assert_eq!(replay.advance(Timestamp(0)), []);
    assert_eq!(replay.instant(), Some(Timestamp(1)));
    assert_eq!(replay.advance(Timestamp(1)).iter().map(brief).collect::<Vec<_>>(), ["detected 1 arbitrage"]);
    assert_eq!(replay.instant(), None);
    assert_eq!(replay.advance(Timestamp(50)).iter().map(brief).collect::<Vec<_>>(), ["expired 10 arbitrage"]);
    let line = odds(3, "a", "home", 2.2);
    assert_eq!(replay.apply_record(&parse_line(line.as_bytes()).unwrap()), Ok(&[][..]));
    assert_eq!((replay.instant(), replay.counts().clamped), (Some(Timestamp(50)), 1));
}

/// A start long ago puts its fixture over when the instant that tells it is: a call for an earlier time does not end that instant.
#[test]
fn time_before_the_present_instant_does_not_end_it() {
    let at = 1_000_000_000_000;
    let told_over = format!(r#"{{"type":"fixture","ts":{at},"fixture":"f","start":0}}"#);
    let price = odds(at, "a", "home", 2.2);
    let price = parse_line(price.as_bytes()).unwrap();
    let fate = |advance: Option<i64>| {
        let mut replay = Replay::new(Config::recorded()).unwrap();
        replay.apply_record(&parse_line(told_over.as_bytes()).unwrap()).unwrap();
        advance.into_iter().for_each(|to| assert_eq!(replay.advance(Timestamp(to)), []));
        let fate = replay.apply_record(&price).map(drop);
        replay.finish();
        fate
    };
    assert_eq!(fate(None), Ok(()));
    assert_eq!(fate(Some(at - 1)), Ok(()));
    assert_eq!(fate(Some(at)), Err(Reject::RetiredFixture));
}

#[test]
fn a_refusal_by_the_engine_keeps_its_name() {
    let errors = [
        EventError::UnknownBookmaker,
        EventError::UnknownFixture,
        EventError::UnknownMarket,
        EventError::UnknownOutcome,
        EventError::RetiredFixture,
        EventError::Conflict,
        EventError::BadMarket,
        EventError::MissingPrice,
        EventError::BadLimit,
        EventError::EmptyFilter,
        EventError::BadConfig(ConfigError::OverlappingGroups),
    ];
    assert_eq!(errors.map(|error| error.name()), EventError::NAMES, "all of them");
    for error in errors {
        let reason = reason_of(error);
        match Reject::ALL.into_iter().find(|reason| reason.name() == error.name()) {
            Some(same) => assert_eq!(reason, same),
            None => assert!(matches!(reason, Reject::BadValue | Reject::MissingKey), "{error}: {reason}"),
        }
    }
}

#[test]
fn refusals_are_lines() {
    let mut out = Vec::new();
    let line = br#"{"type":"odds"}"#;
    let item = Item { input: 0, line: 7, text: line, record: parse_line(line) };
    write_refusal(&item, Reject::MissingKey, None, &mut out);
    let record =
        Record { ts: Timestamp(1), feed: None, body: crate::record::Body::Heartbeat(Some(Name::new("b").unwrap())) };
    let item = Item { text: b"", record: Ok(record), ..item };
    write_refusal(&item, Reject::RetiredFixture, Some("a\"b"), &mut out);
    let item = Item { text: b"\xff\n\x01", ..item };
    write_refusal(&item, Reject::BadJson, None, &mut out);
    let expected = [
        r#"{"line":7,"reason":"missing_key","text":"{\"type\":\"odds\"}"}"#,
        r#"{"file":"a\"b","line":7,"reason":"retired_fixture","text":"{\"type\":\"heartbeat\",\"ts\":1,\"bookmaker\":\"b\"}"}"#,
        "{\"line\":7,\"reason\":\"bad_json\",\"text\":\"\u{fffd}\\n\\u0001\"}",
        "",
    ];
    assert_eq!(String::from_utf8(out).unwrap(), expected.join("\n"));
}

#[test]
fn lines_are_digested_and_numbered() {
    let text = turn(r#"{"type":"heartbeat","ts":5}"#);
    let mut feed = Feed::new(Box::new(text.as_bytes()), Format::Overround);
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let mut lines = EventLines::new(vec!["default".to_owned()]);
    let mut all = Vec::new();
    let mut told = Vec::new();
    while let Some(item) = feed.next_item().unwrap() {
        told.extend_from_slice(replay.apply(&item).unwrap());
    }
    told.extend_from_slice(replay.finish());
    for event in &told {
        all.extend_from_slice(lines.line(event, replay.catalog()).unwrap());
    }
    assert_eq!(lines.digest(), XxHash3_64::oneshot(&all));
    let (kind, counts) = lines.kinds().next().unwrap();
    assert_eq!((kind, counts.detected, counts.expired, counts.open()), (Kind::Arbitrage, 1, 1, 0));
    assert_eq!(lines.expired_by().map(|(_, n)| n).sum::<u64>(), 1);
}

#[test]
fn what_is_told_again_is_counted_and_what_has_no_name_is_not() {
    let mut lines = EventLines::new(vec!["default".to_owned()]);
    let text = [odds(1, "a", "home", 2.2), odds(1, "a", "away", 2.2), odds(2, "a", "away", 2.3)];
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let mut told = Vec::new();
    for line in &text {
        told.extend_from_slice(replay.apply_record(&parse_line(line.as_bytes()).unwrap()).unwrap());
    }
    told.extend_from_slice(replay.finish());
    assert_eq!(told.iter().map(brief).collect::<Vec<_>>(), ["detected 1 arbitrage", "updated 2 arbitrage"]);
    for event in &told {
        lines.line(event, replay.catalog()).unwrap();
    }
    let digest = lines.digest();
    assert!(lines.line(&told[0], &Catalog::new()).is_err());
    let (_, counts) = lines.kinds().next().unwrap();
    assert_eq!((counts.detected, counts.updated, counts.expired, counts.open()), (1, 1, 0, 1));
    assert_eq!(lines.digest(), digest);
    assert!(format!("{lines:?}").contains("detected: 1, updated: 1, expired: 0"));
}

proptest! {
    /// The same by other code: all lines first, then batches of equal raised times.
    #[test]
    fn a_replay_is_catalog_and_engine(times in proptest::collection::vec((0..6_i64, 0..3_usize, 0..4_usize, 0..4_usize), 0..40)) {
        let lines: Vec<String> = times
            .iter()
            .map(|&(ts, bookmaker, outcome, price)| {
                odds(ts, ["a", "b", "c"][bookmaker], ["home", "away", "draw", "home"][outcome], [1.5, 2.0, 2.1, 2.5][price])
            })
            .collect();
        let (replayed, told, _) = replay(&lines.join("\n"));

        let mut catalog = Catalog::new();
        let mut batches: Vec<(Timestamp, Vec<OddsEvent>)> = Vec::new();
        for line in &lines {
            let mut events = Vec::new();
            if let Ok(now) = catalog.translate(&parse_line(line.as_bytes()).unwrap(), &mut events) {
                match batches.last_mut() {
                    Some((at, batch)) if *at == now => batch.extend(events),
                    _ => batches.push((now, events)),
                }
            }
        }
        let mut engine = Engine::new(Config::recorded()).unwrap();
        let mut out = Vec::new();
        for (at, batch) in &batches {
            engine.apply_batch(*at, batch, &mut out);
        }
        prop_assert_eq!(told, out.iter().map(brief).collect::<Vec<_>>());
        prop_assert_eq!(replayed.engine().digest(), engine.digest());
    }
}
