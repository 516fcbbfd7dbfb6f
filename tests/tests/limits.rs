//! Limits: each at its edge, and feeds that are made to hurt. Would catch: a limit that is one off, a refusal that changes something, a
//! record that takes time or memory out of all proportion.

use overround::opportunity::{Kind, Kinds};
use overround::{Config, Engine, OddsEvent, Timestamp};
use overround_feed::{Catalog, CatalogOptions, Feed, Format, Limits, Reject, Replay, parse_line};
use std::fmt::Write;

fn options(change: impl FnOnce(&mut CatalogOptions)) -> CatalogOptions {
    let mut options = CatalogOptions::default();
    change(&mut options);
    options
}

/// Each line's fate.
fn fates(options: CatalogOptions, lines: &[String]) -> Vec<Result<(), Reject>> {
    let mut catalog = Catalog::new().with_options(options);
    let mut out = Vec::new();
    let fate = |line: &String| {
        let before = (catalog.snapshot(), out.len());
        let fate = parse_line(line.as_bytes()).and_then(|record| catalog.translate(&record, &mut out)).map(drop);
        if fate.is_err() {
            assert!(before == (catalog.snapshot(), out.len()), "what is refused changes nothing: {line}");
        }
        fate
    };
    lines.iter().map(fate).collect()
}

#[track_caller]
fn edge(options: CatalogOptions, accepted: &[String], refused: &str, known: &str) {
    let mut lines = accepted.to_vec();
    lines.push(refused.to_owned());
    lines.push(known.to_owned());
    let fates = fates(options, &lines);
    assert!(fates[..accepted.len()].iter().all(Result::is_ok), "{fates:?}");
    assert_eq!(fates[accepted.len()..], [Err(Reject::TooMany), Ok(())], "one too many; and what is known goes on");
}

fn fixture(n: usize) -> String {
    format!(r#"{{"type":"fixture","ts":1,"fixture":"f{n}"}}"#)
}

fn odds(fixture: &str, bookmaker: &str, market: &str, outcome: &str) -> String {
    format!(
        r#"{{"type":"odds","ts":1,"fixture":"{fixture}","bookmaker":"{bookmaker}",{market},"outcome":"{outcome}","price":2.1}}"#
    )
}

fn total(line: f64) -> String {
    odds("f", "b", &format!(r#""market":"total","line":{line}"#), "over")
}

#[test]
fn fixtures() {
    let most = options(|it| it.limits.fixtures = 3);
    let accepted: Vec<String> = (0..3).map(fixture).collect();
    edge(most, &accepted, &fixture(3), &fixture(1));
    // Nor by a price, nor by a scope.
    edge(most, &accepted, &odds("f9", "b", r#""market":"moneyline""#, "home"), &fixture(1));
    edge(
        most,
        &accepted,
        r#"{"type":"snapshot_begin","ts":1,"fixture":"f9"}"#,
        r#"{"type":"gap","ts":1,"fixture":"f2"}"#,
    );
}

#[test]
fn bookmakers() {
    let most = options(|it| it.limits.bookmakers = 2);
    let price = |bookmaker: &str| odds("f", bookmaker, r#""market":"moneyline""#, "home");
    edge(most, &[price("a"), price("b")], &price("c"), &price("a"));
    edge(most, &[price("a"), price("b")], r#"{"type":"heartbeat","ts":1,"bookmaker":"c"}"#, &price("b"));
    let removed = |bookmaker: &str| format!(r#"{{"type":"removed","ts":1,"bookmaker":"{bookmaker}"}}"#);
    edge(most, &[price("a"), price("b")], &removed("c"), &removed("b"));
}

#[test]
fn lines_and_markets() {
    let ladder: Vec<String> = (0..5).map(|n| total(f64::from(n) + 0.5)).collect();
    edge(options(|it| it.limits.lines_per_family = 5), &ladder, &total(99.5), &total(2.5));
    edge(options(|it| it.limits.markets = 5), &ladder, &total(99.5), &total(2.5));
    let other = odds("f", "b", r#""market":"moneyline""#, "home");
    edge(options(|it| it.limits.markets_per_fixture = 5), &ladder, &other, &total(0.5));
    // Another fixture has its own.
    let elsewhere = fates(
        options(|it| it.limits.markets_per_fixture = 5),
        &[ladder, vec![odds("g", "b", r#""market":"moneyline""#, "home")]].concat(),
    );
    assert!(elsewhere.iter().all(Result::is_ok));
}

#[test]
fn cells_of_lists() {
    let list = r#"{"type":"market","ts":1,"fixture":"f0","market":"winner","outcomes":["p","q","r","s"]}"#.to_owned();
    let price = |bookmaker: &str, outcome: &str| odds("f0", bookmaker, r#""market":"winner""#, outcome);
    let accepted = [fixture(0), list, price("a", "p"), price("b", "q"), price("a", "s")];
    edge(options(|it| it.limits.cells_per_list = 8), &accepted, &price("c", "p"), &price("b", "r"));
}

#[test]
fn outcomes_of_a_list() {
    let list = |fixture: usize, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
        format!(
            r#"{{"type":"market","ts":1,"fixture":"f{fixture}","market":"winner","outcomes":[{}]}}"#,
            names.join(",")
        )
    };
    let known = list(0, &["p", "q", "r"]);
    let accepted = [fixture(0), fixture(1), known.clone()];
    edge(options(|it| it.limits.outcomes = 3), &accepted, &list(1, &["p", "q", "r", "s"]), &known);
}

/// Each limit has a name, by which the command sets it, and no two are the same number.
#[test]
fn limits_are_set_by_name() {
    let names: Vec<&str> = Limits::names().collect();
    let written = format!("{:?}", Limits::default());
    for (at, name) in names.iter().enumerate() {
        assert!(written.contains(&format!("{name}: ")), "{name} is a field of {written}");
        let mut limits = Limits::default();
        assert!(limits.set(name, 7));
        let changed = format!("{limits:?}");
        assert!(changed.contains(&format!("{name}: 7")), "{at}: {changed}");
        let differences = written.split(", ").zip(changed.split(", ")).filter(|(a, b)| a != b).count();
        assert_eq!(differences, 1, "{written} became {changed}");
    }
    assert_eq!(names.len(), written.matches(": ").count(), "each field has a name: {written}");
    let mut limits = Limits::default();
    assert!(limits.set("markets", u64::MAX) && limits.set("name_bytes", u64::MAX));
    assert_eq!((limits.markets, limits.name_bytes), (u32::MAX, u64::MAX));
    assert!(!limits.set("Markets", 1) && !limits.set("", 1));
}

#[test]
fn names_in_bytes() {
    let long = |n: usize| format!(r#"{{"type":"fixture","ts":1,"fixture":"f{n}","home":"{}"}}"#, "x".repeat(1000));
    let most = options(|it| it.limits.name_bytes = 3_050);
    edge(most, &[long(0), long(1), long(2)], &long(3), &long(1));
    let list = |ts: u32| {
        let names: Vec<String> = (0..2).map(|n| format!("\"{n}{}\"", "y".repeat(900))).collect();
        format!(r#"{{"type":"market","ts":{ts},"fixture":"f0","market":"winner","outcomes":[{}]}}"#, names.join(","))
    };
    assert_eq!(fates(most, &[long(0), long(1), list(1)]).last(), Some(&Err(Reject::TooMany)));
    assert_eq!(fates(most, &[long(0), list(1), list(2)]).last(), Some(&Ok(())));
}

/// Two names of one key, found by search: nothing could tell their opportunities apart.
#[test]
fn names_made_to_collide_are_refused() {
    let (one, other) = COLLIDING;
    assert_eq!(overround::Key::of(one), overround::Key::of(other), "they do collide");
    let usual = CatalogOptions::default();
    let named = |name: &str| format!(r#"{{"type":"fixture","ts":1,"fixture":"{name}"}}"#);
    let price = |fixture: &str, bookmaker: &str, who: &str| {
        odds(fixture, bookmaker, &format!(r#""market":"player_points","participant":"{who}","line":2.5"#), "over")
    };
    for (first, second) in [
        (named(one), named(other)),
        (price(one, "b", "p"), price(other, "b", "p")),
        (price("f", one, "p"), price("f", other, "p")),
        (price("f", "b", one), price("f", "b", other)),
        (
            format!(r#"{{"type":"heartbeat","ts":1,"feed":"{one}"}}"#),
            format!(r#"{{"type":"heartbeat","ts":1,"feed":"{other}"}}"#),
        ),
    ] {
        assert_eq!(fates(usual, &[first.clone(), second, first]), [Ok(()), Err(Reject::KeyCollision), Ok(())]);
    }
}

/// Answers do not depend on the hashes, whose seed a careful program draws at random.
#[test]
fn the_seed_of_the_hashes_changes_nothing() {
    let recording = format!("{}/../recordings/evening.ndjson.zst", env!("CARGO_MANIFEST_DIR"));
    let play = |seed: u64| {
        let mut feed = Feed::open(recording.as_ref()).expect("readable");
        let mut replay =
            Replay::new(Config::recorded()).expect("a preset").with_options(options(|it| it.hash_seed = seed));
        let mut told = 0;
        while let Some(item) = feed.next_item().expect("readable") {
            told += replay.apply(&item).expect("accepted").len();
        }
        told += replay.finish().len();
        (told, replay.engine().digest(), replay.catalog().snapshot())
    };
    assert!(play(0) == play(0x5eed_0bad));
}

/// Scopes beyond their most close the first; gaps beyond their most become one, and nothing counts that must not.
#[test]
fn scopes_and_gaps_are_bounded() {
    let mut engine = Engine::new(Config::recorded()).expect("a preset");
    let mut out = Vec::new();
    let mut catalog = Catalog::new();
    let mut feed = |engine: &mut Engine, line: &str| {
        let mut events: Vec<OddsEvent> = Vec::new();
        let now = catalog.translate(&parse_line(line.as_bytes()).expect("a line"), &mut events).expect("accepted");
        engine.apply_batch(now, &events, &mut out);
    };
    for n in 0..5_000 {
        feed(&mut engine, &format!(r#"{{"type":"hold_begin","ts":1,"fixture":"f{n}"}}"#));
        feed(&mut engine, &odds(&format!("f{n}"), "b", r#""market":"moneyline""#, "home"));
    }
    // What the first of them held back was applied when they were closed.
    assert_eq!((engine.stats().quotes, engine.stats().overflowed), (5_000 - 1_024, 5_000 - 1_024));
    for n in 0..5_000 {
        feed(&mut engine, &format!(r#"{{"type":"gap","ts":2,"fixture":"f{n}"}}"#));
    }
    let bytes = engine.snapshot().len();
    feed(&mut engine, r#"{"type":"gap","ts":2,"fixture":"f0"}"#);
    assert!(engine.snapshot().len() <= bytes + 64, "gaps are one by now");
    let market = overround::MarketId(4_999);
    let view = engine.market_book(market, overround::ProfileId(0)).expect("it is on");
    assert!(view.quotes.iter().all(|quote| quote.fault.is_some()), "nothing counts before a snapshot");
}

/// A feed, each line made by `line`; returns what was rejected by reason, and the bytes held at the end.
fn hostile(options: CatalogOptions, count: usize, line: impl Fn(usize) -> String) -> (Vec<(&'static str, u64)>, u64) {
    let mut replay = Replay::new(Config::live()).expect("a preset").with_options(options);
    let mut at = 0;
    // In pieces, so that the test itself holds little.
    while at < count {
        let mut text = String::new();
        for n in at..(at + 1_000).min(count) {
            let _ = writeln!(text, "{}", line(n));
        }
        at += 1_000;
        let mut feed = Feed::new(Box::new(std::io::Cursor::new(text)), Format::Overround);
        while let Some(item) = feed.next_item().expect("bytes in memory") {
            let _ = replay.apply(&item);
        }
    }
    replay.finish();
    let counts = replay.counts().rejected().filter(|&(_, n)| n > 0).map(|(reason, n)| (reason.name(), n)).collect();
    (counts, replay.engine().stats().bytes)
}

#[test]
fn hostile_feeds_end_in_counted_rejects_and_bounded_memory() {
    let small = options(|it| {
        it.limits.fixtures = 2_000;
        it.limits.lines_per_family = 64;
    });
    let price = |fixture: usize, line: usize, ts: usize| {
        format!(
            r#"{{"type":"odds","ts":{ts},"fixture":"f{fixture}","bookmaker":"b{}","market":"total","line":{line}.5,"outcome":"{}","price":{}}}"#,
            line % 7,
            if line.is_multiple_of(2) { "over" } else { "under" },
            1.5 + f64::from(u32::try_from(line % 50).expect("small")) / 10.0
        )
    };
    let (rejected, bytes) = hostile(small, 1_000_000, fixture);
    assert_eq!(rejected, [("too_many", 998_000)]);
    assert!(bytes < 4 << 20, "{bytes} bytes for 2,000 fixtures");
    let (rejected, bytes) = hostile(small, 100_000, |n| price(0, n, n));
    assert_eq!(rejected, [("too_many", 99_936)]);
    assert!(bytes < 4 << 20, "{bytes} bytes for 64 lines");
    let (rejected, _) =
        hostile(small, 40, |n| format!(r#"{{"type":"fixture","ts":1,"fixture":"{}{n}"}}"#, "x".repeat(1_000_000)));
    assert_eq!(rejected, [("bad_value", 40)]);
    let (rejected, _) =
        hostile(small, 40, |n| format!(r#"{{"a":{}1{}}}"#, "[".repeat(100_000 + n), "]".repeat(100_000 + n)));
    assert_eq!(rejected.iter().map(|(_, n)| n).sum::<u64>(), 40, "{rejected:?}");
    let (rejected, _) =
        hostile(small, 40, |n| price(n, 1, 1).replace("\"price\":", &format!("\"price\":{}", "9".repeat(10_000))));
    assert_eq!(rejected, [("bad_price", 40)]);
    let (rejected, _) =
        hostile(small, 40, |n| price(n, 1, 1).replace("\"ts\":1", &format!("\"ts\":{}", "1".repeat(10_000))));
    assert_eq!(rejected, [("bad_value", 40)]);
    let (rejected, _) = hostile(small, 40, |n| "x".repeat((1 << 20) + 1 + n));
    assert_eq!(rejected, [("too_long", 40)]);
}

/// One price completes the reference of a market of thousands of outcomes: nearly every other price in it is a +EV at once, each of which is
/// told, and an arbitrage of as many legs. Time in proportion to that is a second here; with its square this test does not end while anybody
/// waits.
#[test]
fn a_market_of_thousands_of_outcomes_is_told_at_once() {
    const N: usize = 2_000;
    let mut replay = Replay::new(Config::recorded()).expect("a preset");
    let mut told = 0;
    let mut feed = |line: String| {
        told += replay.apply_record(&parse_line(line.as_bytes()).expect("a line")).expect("accepted").len();
    };
    let names: Vec<String> = (0..N).map(|n| format!("\"o{n}\"")).collect();
    feed(fixture(0));
    feed(format!(r#"{{"type":"market","ts":1,"fixture":"f0","market":"winner","outcomes":[{}]}}"#, names.join(",")));
    // The first outcome is as likely as all others, and only the anchor prices it last.
    let mut price = |ts: usize, bookmaker: &str, outcome: usize, price: f64| {
        feed(format!(
            r#"{{"type":"odds","ts":{ts},"fixture":"f0","bookmaker":"{bookmaker}","market":"winner","outcome":"o{outcome}","price":{price}}}"#
        ));
    };
    for outcome in 1..N {
        for bookmaker in ["a", "b", "c", "d"] {
            price(2, bookmaker, outcome, 5_200.0);
        }
        price(2, "pinnacle", outcome, 3_880.0);
    }
    price(3, "pinnacle", 0, 1.95);
    price(4, "a", 0, 3.0);
    told += replay.finish().len();
    let open = replay.engine().opportunities();
    let of = |kind: Kind| open.iter().filter(|it| it.kind() == kind).count();
    assert_eq!((of(Kind::Ev), of(Kind::Arbitrage)), (4 * (N - 1) + 1, 1));
    assert!(told >= 4 * (N - 1) + 2, "{told}");
    // Each says what else is open there.
    assert!(open.iter().filter(|it| it.kind() == Kind::Arbitrage).all(|it| it.also == Kinds::NONE.with(Kind::Ev)));
}

/// For names of 4 to 8 bytes xxh3 is a permutation of 64 bits that depends on the length: going back from the hash of a name of eight bytes as
/// if it had seven gives a candidate, and one in some 100,000 is text.
const COLLIDING: (&str, &str) = ("vn_PSOpn", "?BYrlS{");

/// Time of the last instant is where it was left by what was accepted.
#[test]
fn what_is_refused_does_not_move_time() {
    let mut replay =
        Replay::new(Config::recorded()).expect("a preset").with_options(options(|it| it.limits.fixtures = 1));
    for (ts, name) in [(1, "a"), (900, "b"), (2, "a")] {
        let line = format!(r#"{{"type":"fixture","ts":{ts},"fixture":"{name}"}}"#);
        let _ = replay.apply_record(&parse_line(line.as_bytes()).expect("a line"));
    }
    assert_eq!(replay.instant(), Some(Timestamp(2)));
}

/// An instant that is ended though more of its time comes: a fixture that it put over is over. Found by fuzzing.
#[test]
fn an_instant_in_two_parts() {
    let mut replay = Replay::new(Config::recorded()).expect("a preset");
    let lines = [
        r#"{"type":"fixture","ts":999999999999999,"fixture":"f","start":5}"#,
        r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"a","market":"moneyline","outcome":"home","price":2.3}"#,
    ];
    replay.apply_record(&parse_line(lines[0].as_bytes()).expect("a line")).expect("accepted");
    replay.finish();
    let second = replay.apply_record(&parse_line(lines[1].as_bytes()).expect("a line"));
    assert_eq!(second.err(), Some(Reject::RetiredFixture));
    replay.finish();
}
