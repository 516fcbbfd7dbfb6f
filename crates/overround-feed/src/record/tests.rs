//! What each line is refused for, and that whatever is read can be written and read again.

use super::*;
use crate::write::write_record;
use overround::odds_event::SourceRole;
use proptest::prelude::*;

const ODDS: &str = r#""type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"home""#;

fn odds(rest: &str) -> String {
    format!("{{{ODDS},{rest}}}")
}

#[track_caller]
fn refused(line: impl AsRef<[u8]>, reason: Reject) {
    let line = line.as_ref();
    assert_eq!(parse_line(line).map(drop), Err(reason), "{}", String::from_utf8_lossy(line));
}

#[track_caller]
fn accepted(line: &str) -> Record<'_> {
    parse_line(line.as_bytes()).unwrap_or_else(|reason| panic!("{reason}: {line}"))
}

#[test]
fn a_line_over_one_mib_is_too_long() {
    let pad = |len: usize| {
        let head = r#"{"type":"heartbeat","ts":1,"pad":""#;
        format!("{head}{}\"}}", "x".repeat(len - head.len() - 2))
    };
    accepted(&pad(MAX_LINE_BYTES));
    refused(pad(MAX_LINE_BYTES + 1), Reject::TooLong);
}

#[test]
fn what_is_not_one_json_object_in_utf8_is_bad_json() {
    for line in [
        "",
        " ",
        "null",
        "[]",
        "\"type\"",
        "{",
        "{}{}",
        "{} x",
        "{'type':1}",
        "{\"type\":\"odds\",}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":.5}",
        "{\"a\":\"\u{1}\"}",
        "{\"a\":tru}",
        "\u{feff}{}",
    ] {
        refused(line, Reject::BadJson);
    }
    refused(b"{\"type\":\"\xff\"}", Reject::BadJson);
    refused(format!("{{\"a\":{}", "[".repeat(500_000)), Reject::BadJson);
}

#[test]
fn depth_is_no_danger() {
    let deep = format!("{{\"type\":\"heartbeat\",\"ts\":1,\"a\":{}{}}}", "[".repeat(400_000), "]".repeat(400_000));
    accepted(&deep);
    let deep = format!("{{\"type\":\"heartbeat\",\"ts\":1,\"bookmaker\":{}{}}}", "[".repeat(9_999), "]".repeat(9_999));
    refused(deep, Reject::BadValue);
    let deep = format!("{{\"type\":{}{}}}", "[".repeat(9_999), "]".repeat(9_999));
    refused(deep, Reject::BadType);
    let deep = format!(
        r#"{{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":{}{}}}"#,
        "[".repeat(9_999),
        "]".repeat(9_999)
    );
    refused(deep, Reject::BadValue);
}

#[test]
fn a_missing_or_unknown_type_is_bad_type() {
    for line in ["{}", r#"{"type":null}"#, r#"{"type":1}"#, r#"{"type":"Odds","ts":"x"}"#, r#"{"type":""}"#] {
        refused(line, Reject::BadType);
    }
}

#[test]
fn every_needed_key_is_missed() {
    let full: [(&str, &[&str]); 14] = [
        ("fixture", &[r#""fixture":"f""#]),
        ("market", &[r#""fixture":"f""#, r#""market":"m""#, r#""outcomes":["a","b"]"#]),
        (
            "odds",
            &[
                r#""fixture":"f""#,
                r#""bookmaker":"b""#,
                r#""market":"moneyline""#,
                r#""outcome":"home""#,
                r#""price":2"#,
            ],
        ),
        ("removed", &[r#""fixture":"f""#]),
        ("suspended", &[r#""bookmaker":"b""#]),
        ("snapshot_begin", &[]),
        ("snapshot_complete", &[]),
        ("hold_begin", &[]),
        ("hold_end", &[]),
        ("gap", &[]),
        ("source", &[r#""bookmaker":"b""#, r#""stale":true"#]),
        ("barrier", &[r#""fixture":"f""#, r#""cause":"score""#]),
        ("heartbeat", &[]),
        ("ended", &[r#""fixture":"f""#]),
    ];
    for (name, keys) in full {
        let mut keys = keys.to_vec();
        keys.push(r#""ts":1"#);
        let line = |keys: &[&str]| format!("{{\"type\":\"{name}\",{}}}", keys.join(","));
        assert_eq!(accepted(&line(&keys)).body.record_type().name(), name);
        for left_out in 0..keys.len() {
            let mut keys = keys.clone();
            let key = keys.remove(left_out);
            // A missing key comes before a bad value, and null is as good as absent.
            let null = format!("{}:null", key.split(':').next().unwrap());
            keys.push(&null);
            keys.push(r#""feed":7"#);
            refused(line(&keys), Reject::MissingKey);
        }
    }
}

#[test]
fn participants_are_needed_where_the_market_is_about_one() {
    for market in ["team_total", "player_points"] {
        let rest = format!(r#""market":"{market}","outcome":"over","line":2.5,"price":2"#);
        refused(odds(&rest), Reject::MissingKey);
        accepted(&odds(&format!(r#"{rest},"participant":"p""#)));
        refused(odds(&format!(r#"{rest},"participant":"""#)), Reject::BadValue);
        let market =
            format!(r#"{{"type":"market","ts":1,"fixture":"f","market":"{market}","outcomes":["over","under"]}}"#);
        refused(market, Reject::MissingKey);
    }
}

#[test]
fn an_inactive_quote_needs_no_price() {
    refused(odds(r#""active":true"#), Reject::MissingKey);
    refused(odds(r#""active":0"#), Reject::MissingKey);
    let line = odds(r#""active":false"#);
    let Body::Odds(record) = accepted(&line).body else { panic!() };
    assert_eq!((record.active, record.price), (false, None));
    refused(odds(r#""active":false,"price":0"#), Reject::BadPrice);
}

#[test]
fn wrong_values_are_bad_values() {
    let long = "x".repeat(1025);
    for rest in [
        r#""price":2,"ts":1.0"#,
        r#""price":2,"ts":1e3"#,
        r#""price":2,"ts":"1""#,
        r#""price":2,"ts":9223372036854775808"#,
        r#""price":true"#,
        r#""price":"1.9""#,
        r#""price":[2]"#,
        r#""price":2,"american":-110"#,
        r#""active":false,"price":2,"probability":0.5"#,
        r#""price":1,"american":1"#,
        r#""price":2,"limit":-1"#,
        r#""price":2,"limit":-0.001"#,
        r#""price":2,"limit":1e400"#,
        r#""price":2,"limit":"5""#,
        r#""price":2,"fixture":"""#,
        r#""price":2,"fixture":7"#,
        r#""price":2,"fixture":"\ud800""#,
        r#""price":2,"outcome":["home"]"#,
        r#""price":2,"feed":7"#,
        r#""price":2,"period":"""#,
        r#""price":2,"side":"Back""#,
        r#""price":2,"side":"""#,
        r#""price":2,"main":1"#,
        r#""price":2,"active":1"#,
        r#""price":2,"source_ts":1.5"#,
        r#""price":2,"url":7"#,
        r#""price":2,"line":"1""#,
        r#""price":2,"line":false"#,
        // Bad values come before bad prices and bad lines.
        r#""price":0.5,"line":0.0001,"limit":-1"#,
    ] {
        refused(odds(rest), Reject::BadValue);
    }
    refused(odds(&format!(r#""price":2,"bookmaker":"{long}""#)), Reject::BadValue);
    accepted(&odds(&format!(r#""price":2,"bookmaker":"{}""#, &long[1..])));
    for line in [
        r#"{"type":"fixture","ts":1,"fixture":"f","live":0}"#,
        r#"{"type":"fixture","ts":1,"fixture":"f","home":""}"#,
        r#"{"type":"fixture","ts":1,"fixture":"f","start":1.5}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":"ab"}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":[]}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":["a"]}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":["a","a"]}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":["a",""]}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":["a",2]}"#,
        r#"{"type":"source","ts":1,"bookmaker":"b","stale":true,"role":"primary"}"#,
        r#"{"type":"source","ts":1,"bookmaker":"b","role":"best"}"#,
        r#"{"type":"source","ts":1,"bookmaker":"b","stale":"yes"}"#,
        r#"{"type":"barrier","ts":1,"fixture":"f","cause":"goal"}"#,
        r#"{"type":"ended","ts":1,"fixture":"f","home_score":1.0}"#,
        r#"{"type":"ended","ts":1,"fixture":"f","home_score":3000000000}"#,
        r#"{"type":"ended","ts":1,"fixture":"f","void":1}"#,
        r#"{"type":"removed","ts":1,"fixture":"f","side":"both"}"#,
    ] {
        refused(line, Reject::BadValue);
    }
}

#[test]
fn prices_out_of_range_are_bad_prices() {
    for rest in [
        r#""price":1"#,
        r#""price":0"#,
        r#""price":-2"#,
        r#""price":1000000.1"#,
        r#""price":1e400"#,
        r#""american":0"#,
        r#""american":99.9"#,
        r#""american":-99"#,
        r#""american":1e9"#,
        r#""american":-1e20"#,
        r#""probability":0"#,
        r#""probability":1"#,
        r#""probability":-0.1"#,
        r#""probability":1e-7"#,
        // A bad price comes before a bad line.
        r#""price":0.5,"line":0.0001"#,
    ] {
        refused(odds(rest), Reject::BadPrice);
    }
    for (rest, decimal) in [
        (r#""price":1000000"#, 1e6),
        (r#""price":1.0000001"#, 1.000_000_1),
        (r#""american":100"#, 2.0),
        (r#""american":-100"#, 2.0),
        (r#""american":150.5"#, 2.505),
        (r#""probability":0.25"#, 4.0),
        (r#""price":null,"american":-200"#, 1.5),
    ] {
        let line = odds(rest);
        let Body::Odds(record) = accepted(&line).body else { panic!() };
        assert_eq!(record.price.map(|price| price.odds().decimal()), Some(decimal), "{rest}");
    }
}

#[test]
fn lines_are_multiples_of_a_thousandth_where_the_shape_has_them() {
    let spread = |line: &str| odds(&format!(r#""market":"spread","price":2,"line":{line}"#));
    for line in ["0.0005", "1e-4", "2000000.001", "-2000001", "1e400"] {
        refused(spread(line), Reject::BadLine);
    }
    for (text, thousandths) in
        [("-0", 0), ("-0.0", 0), ("-3.5", -3500), ("0.001", 1), ("25e-1", 2500), ("2e6", 2_000_000_000)]
    {
        let line = spread(text);
        let Body::Odds(record) = accepted(&line).body else { panic!() };
        assert_eq!(record.line.map(Line::thousandths), Some(thousandths), "{text}");
    }
    refused(odds(r#""market":"spread","price":2"#), Reject::BadLine);
    refused(odds(r#""market":"spread","price":2,"line":null"#), Reject::BadLine);
    refused(odds(r#""price":2,"line":0"#), Reject::BadLine);
    accepted(&odds(r#""market":"unheard_of","price":2,"line":0"#));
    refused(r#"{"type":"market","ts":1,"fixture":"f","market":"spread","outcomes":["home","away"]}"#, Reject::BadLine);
    refused(
        r#"{"type":"market","ts":1,"fixture":"f","market":"unheard_of","line":1,"outcomes":["a","b"]}"#,
        Reject::BadLine,
    );
    refused(r#"{"type":"removed","ts":1,"fixture":"f","line":0.0001}"#, Reject::BadLine);
    accepted(r#"{"type":"removed","ts":1,"fixture":"f","market":"moneyline","line":1}"#);
}

#[test]
fn of_a_repeated_key_the_last_counts() {
    let line = odds(r#""price":"x","price":2"#);
    accepted(&line);
    refused(odds(r#""price":2,"price":null"#), Reject::MissingKey);
    refused(odds(r#""price":2,"type":"nothing""#), Reject::BadType);
}

#[test]
fn keys_that_a_type_does_not_have_are_ignored() {
    accepted(r#"{"type":"heartbeat","ts":-5,"price":"x","line":[],"more":{"a":1e999},"fixture":""}"#);
}

#[test]
fn escapes_are_read() {
    let line = r#"{"\u0074ype":"\u006fdds","ts":1,"fixture":"a\"b\u00e9\ud83d\ude00","bookmaker":"b\/","market":"moneyline","outcome":"home","price":2}"#;
    let Body::Odds(record) = accepted(line).body else { panic!() };
    assert_eq!(record.fixture.as_str(), "a\"bé😀");
    assert_eq!(record.bookmaker.as_str(), "b/");
}

#[test]
fn a_fixture_tells_absent_from_null() {
    let Body::Fixture(record) = accepted(r#"{"type":"fixture","ts":1,"fixture":"f","live":null,"sport":"golf"}"#).body
    else {
        panic!()
    };
    assert_eq!(record.live, Change::Unset);
    assert_eq!(record.start, Change::Keep);
    assert_eq!(record.sport.set().as_deref(), Some("golf"));
}

#[test]
fn a_record_is_the_same_when_it_owns_its_names() {
    let name = accepted(r#"{"type":"heartbeat","ts":1,"feed":"x"}"#).feed.unwrap();
    let kept: Name<'static> = name.clone().into_owned();
    assert_eq!((&*kept, kept.borrowed()), ("x", name));
    let shown = |text: &str| {
        let line = odds(text);
        let Body::Odds(record) = accepted(&line).body else { panic!() };
        record.price.map(|price| (price.form(), price.shown(), price.odds().decimal()))
    };
    assert_eq!(shown(r#""american":-110"#), Some((PriceForm::American, -110.0, 1.0 + 100.0 / 110.0)));
    assert_eq!(shown(r#""probability":0.5"#), Some((PriceForm::Probability, 0.5, 2.0)));
    let decimal = Price::from(overround_math::odds::Odds::new(1.91).unwrap());
    assert_eq!(Some(decimal), Price::new(PriceForm::Decimal, 1.91).ok());
}

#[test]
fn the_feed_named_by_nothing_is_the_default() {
    assert_eq!(accepted(r#"{"type":"heartbeat","ts":1,"feed":""}"#).feed, None);
    assert_eq!(accepted(r#"{"type":"heartbeat","ts":1,"feed":"x"}"#).feed.as_deref(), Some("x"));
}

fn any_name() -> impl Strategy<Value = Name<'static>> {
    prop_oneof!["[a-z_]{1,6}", "\\PC{1,9}", "[\"\\\\\u{0}-\u{1f}é😀]{1,9}"].prop_map(|text| Name::new(text).unwrap())
}

fn any_change<T: Clone + core::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Change<T>> {
    prop_oneof![Just(Change::Keep), Just(Change::Unset), value.prop_map(Change::Set)].boxed()
}

fn any_line() -> impl Strategy<Value = Line> {
    prop_oneof![-20_000..20_000, -2_000_000_000..=2_000_000_000].prop_map(|line| Line::from_thousandths(line).unwrap())
}

fn any_price() -> impl Strategy<Value = Price> {
    let form = prop_oneof![Just(PriceForm::Decimal), Just(PriceForm::American), Just(PriceForm::Probability)];
    let shown = prop_oneof![1.0..20.0, -900.0..900.0, 0.0..1.0, any::<f64>()];
    (form, shown).prop_filter_map("a price", |(form, shown)| Price::new(form, shown).ok())
}

fn any_side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Back), Just(Side::Lay)]
}

fn any_odds() -> impl Strategy<Value = OddsRecord<'static>> {
    let markets = prop_oneof![
        Just("moneyline"),
        Just("spread"),
        Just("team_total"),
        Just("player_points"),
        Just("outright"),
        Just("total")
    ];
    let names = (any_name(), any_name(), markets, any_name(), any_name(), any_name());
    let rest = (
        any_line(),
        any_side(),
        proptest::option::of(any_price()),
        proptest::option::of(0.0..f64::MAX),
        any::<[Option<i64>; 1]>(),
        any::<(bool, Option<bool>)>(),
        proptest::option::of("\\PC{0,9}"),
    );
    (names, rest).prop_map(|((fixture, bookmaker, market, period, participant, outcome), rest)| {
        let (line, side, price, limit, [source_ts], (active, main), url) = rest;
        let has_line = built_in_has_line(market).unwrap_or(active);
        OddsRecord {
            fixture,
            bookmaker,
            market: Name::new(market).unwrap(),
            period,
            participant: Some(participant),
            line: has_line.then_some(line),
            outcome,
            side,
            price,
            active: active && price.is_some(),
            limit,
            source_ts: source_ts.map(Timestamp),
            main,
            url: url.map(Cow::Owned),
        }
    })
}

/// Of the names that [`any_odds`] uses.
fn built_in_has_line(market: &str) -> Option<bool> {
    match market {
        "moneyline" => Some(false),
        "spread" | "team_total" | "total" => Some(true),
        _ => None,
    }
}

fn any_body() -> impl Strategy<Value = Body<'static>> {
    let scope = (proptest::option::of(any_name()), proptest::option::of(any_name()))
        .prop_map(|(bookmaker, fixture)| ScopeRecord { bookmaker, fixture });
    let filter = (
        any_name(),
        proptest::array::uniform5(proptest::option::of(any_name())),
        proptest::option::of(any_line()),
        any_side(),
    )
        .prop_map(|(bookmaker, [fixture, market, period, participant, outcome], line, side)| FilterRecord {
            bookmaker: Some(bookmaker),
            fixture,
            market,
            period,
            participant,
            line,
            outcome,
            side: Some(side),
        });
    let health = prop_oneof![
        any::<bool>().prop_map(SourceHealth::Stale),
        prop::sample::select(vec![SourceRole::Primary, SourceRole::Unknown, SourceRole::Degraded, SourceRole::Offline])
            .prop_map(SourceHealth::Role),
    ];
    let cause = prop::sample::select(vec![
        BarrierCause::Score,
        BarrierCause::Period,
        BarrierCause::Resume,
        BarrierCause::AnchorSuspended,
        BarrierCause::Other,
    ]);
    let scoped = prop::sample::select(vec![
        Body::SnapshotBegin as fn(ScopeRecord<'static>) -> Body<'static>,
        Body::SnapshotComplete,
        Body::HoldBegin,
        Body::HoldEnd,
        Body::Gap,
    ]);
    let changes = (
        any_change(any_name()),
        any_change(any_name()),
        any_change(any_name()),
        any_change(any_name()),
        any_change(any::<i64>().prop_map(Timestamp)),
        any_change(any::<bool>()),
    );
    prop_oneof![
        4 => any_odds().prop_map(Body::Odds),
        1 => (any_name(), changes).prop_map(|(fixture, (sport, league, home, away, start, live))| {
            Body::Fixture(Box::new(FixtureRecord { fixture, sport, league, home, away, start, live }))
        }),
        1 => (any_name(), proptest::collection::btree_set(any_name(), 2..6)).prop_map(|(fixture, outcomes)| {
            Body::Market(Box::new(MarketRecord {
                fixture,
                market: Name::new("outright").unwrap(),
                period: Name::FULL_GAME,
                participant: None,
                line: None,
                outcomes: outcomes.into_iter().collect(),
            }))
        }),
        1 => (filter, any::<bool>()).prop_map(|(filter, is_removed)| {
            if is_removed { Body::Removed(Box::new(filter)) } else { Body::Suspended(Box::new(filter)) }
        }),
        1 => (scoped, scope).prop_map(|(body, scope)| body(scope)),
        1 => (any_name(), proptest::option::of(any_name()), health, any::<Option<i64>>()).prop_map(
            |(bookmaker, fixture, health, ts)| Body::Source(SourceRecord { bookmaker, fixture, health, last_write_ts: ts.map(Timestamp) })
        ),
        1 => (any_name(), cause).prop_map(|(fixture, cause)| Body::Barrier(BarrierRecord { fixture, cause })),
        1 => proptest::option::of(any_name()).prop_map(Body::Heartbeat),
        1 => (any_name(), any::<(Option<i32>, Option<i32>)>(), proptest::option::of(any_name()), any::<bool>()).prop_map(
            |(fixture, (home_score, away_score), winner, void)| Body::Ended(EndedRecord { fixture, home_score, away_score, winner, void })
        ),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(ts in any::<i64>(), feed in proptest::option::of(any_name()), body in any_body()) {
        let record = Record { ts: Timestamp(ts), feed, body };
        let mut line = Vec::new();
        write_record(&record, &mut line);
        prop_assert_eq!(line.pop(), Some(b'\n'));
        prop_assert!(!line.contains(&b'\n'));
        prop_assert_eq!(parse_line(&line), Ok(record));
    }

    #[test]
    fn any_bytes_give_a_record_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse_line(&bytes);
    }

    #[test]
    fn any_cut_or_changed_line_gives_a_record_or_a_reason(body in any_body(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut line = Vec::new();
        write_record(&Record { ts: Timestamp(0), feed: None, body }, &mut line);
        let at = at.index(line.len());
        let _ = parse_line(&line[..at]);
        line[at] = byte;
        let _ = parse_line(&line);
    }

    /// An oracle that shares no code with ours but the JSON library's own reading of a value.
    #[test]
    fn numbers_are_read_to_the_nearest_f64(bits in any::<u64>(), digits in "-?[1-9][0-9]{0,25}(\\.[0-9]{1,25})?([eE][-+]?[0-9]{1,2})?") {
        let shortest = f64::from_bits(bits);
        for text in [shortest.is_finite().then(|| format!("{shortest:e}")), Some(digits)].into_iter().flatten() {
            let line = odds(&format!(r#""price":2,"limit":{text}"#));
            let expected: f64 = serde_json::from_str(&text).unwrap();
            match parse_line(line.as_bytes()) {
                Ok(Record { body: Body::Odds(record), .. }) => prop_assert_eq!(record.limit, Some(expected)),
                other => prop_assert!(expected < 0.0, "{:?}", other),
            }
        }
    }
}
