//! What becomes of records: the reasons that depend on earlier ones, the definitions, and two laws. A refused record might as well not
//! have been there; and what the catalog accepts the engine accepts, so that the two never fall out of step.

use super::*;
use crate::record::parse_line;
use overround::Engine;
use proptest::prelude::*;

const HOUR_US: i64 = 3_600_000_000;

/// Feeds lines one by one; each may be followed by the reason for which it must be refused.
#[track_caller]
fn feed(lines: &[(&str, Option<Reject>)]) -> (Catalog, Vec<OddsEvent>) {
    let mut catalog = Catalog::new();
    let mut events = Vec::new();
    for (line, expected) in lines {
        let line = format!("{{{line}}}");
        let record = parse_line(line.as_bytes()).unwrap_or_else(|reason| panic!("{reason}: {line}"));
        let before = (events.len(), state(&mut catalog));
        let result = catalog.translate(&record, &mut events).map(drop);
        assert_eq!(result, expected.map_or(Ok(()), Err), "{line}");
        if expected.is_some() {
            assert_eq!((events.len(), state(&mut catalog)), before, "{line}");
        }
    }
    (catalog, events)
}

fn state(catalog: &mut Catalog) -> String {
    catalog.names.scratch.clear();
    catalog.names.last_family = Default::default();
    format!("{catalog:?}")
}

const FIXTURE: &str = r#""type":"fixture","ts":1,"fixture":"f""#;
const OUTRIGHT: &str = r#""type":"market","ts":1,"fixture":"f","market":"outright","outcomes":["x","y","z"]"#;
const OUTRIGHT_ODDS: &str =
    r#""type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"outright","outcome":"y","price":3"#;
const MONEYLINE: &str =
    r#""type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"home","price":2"#;

#[test]
fn a_type_without_a_shape_needs_a_market_record() {
    feed(&[
        (OUTRIGHT, Some(Reject::UnknownFixture)),
        (OUTRIGHT_ODDS, Some(Reject::UnknownMarketShape)),
        (FIXTURE, None),
        (OUTRIGHT_ODDS, Some(Reject::UnknownMarketShape)),
        (OUTRIGHT, None),
        (OUTRIGHT_ODDS, None),
        // Another period is another market, which has no list of its own.
        (&format!(r#"{OUTRIGHT_ODDS},"period":"first_half""#), Some(Reject::UnknownMarketShape)),
        (&format!(r#"{OUTRIGHT_ODDS},"participant":"p""#), Some(Reject::UnknownMarketShape)),
        (&format!(r#"{OUTRIGHT_ODDS},"line":1"#), Some(Reject::BadLine)),
        (&format!(r#"{OUTRIGHT_ODDS},"outcome":"w""#), Some(Reject::UnknownOutcome)),
    ]);
}

#[test]
fn a_market_record_may_not_contradict_what_is_known() {
    let market = |name: &str, rest: &str| format!(r#""type":"market","ts":1,"fixture":"f","market":"{name}",{rest}"#);
    feed(&[
        // The contradiction of a built-in list comes before the unknown fixture.
        (&market("moneyline", r#""outcomes":["away","home"]"#), Some(Reject::MarketConflict)),
        (&market("moneyline", r#""outcomes":["home","away"]"#), Some(Reject::UnknownFixture)),
        (FIXTURE, None),
        (&market("moneyline", r#""outcomes":["home"]"#), Some(Reject::MarketConflict)),
        (&market("moneyline", r#""outcomes":["home","away","draw"]"#), Some(Reject::MarketConflict)),
        (&market("moneyline", r#""outcomes":["home","away"]"#), None),
        (&market("moneyline", r#""outcomes":["home","away"]"#), None),
        (&market("1x2", r#""outcomes":["home","draw","away"]"#), None),
        (&market("spread", r#""line":-3.5,"outcomes":["home","away"]"#), None),
        (
            &market("player_points", r#""participant":"p","line":9.5,"outcomes":["yes","no"]"#),
            Some(Reject::MarketConflict),
        ),
        (&market("player_points", r#""participant":"p","outcomes":["yes","no"]"#), None),
        (&market("player_points", r#""participant":"p","line":9.5,"outcomes":["over","under"]"#), None),
        (OUTRIGHT, None),
        (OUTRIGHT, None),
        (&market("outright", r#""outcomes":["x","z","y"]"#), Some(Reject::MarketConflict)),
        (&market("outright", r#""outcomes":["x","y"]"#), Some(Reject::MarketConflict)),
    ]);
}

#[test]
fn outcomes_must_be_the_markets() {
    let odds = |market: &str, outcome: &str, rest: &str| {
        format!(
            r#""type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"{market}","outcome":"{outcome}","price":2{rest}"#
        )
    };
    let player = r#","participant":"p""#;
    feed(&[
        (&odds("moneyline", "draw", ""), Some(Reject::UnknownOutcome)),
        (&odds("moneyline", "Home", ""), Some(Reject::UnknownOutcome)),
        (&odds("match_result", "draw", ""), None),
        (&odds("total", "home", r#","line":2.5"#), Some(Reject::UnknownOutcome)),
        (&odds("both_to_score", "yes", ""), None),
        (&odds("player_goals", "over", player), Some(Reject::UnknownOutcome)),
        (&odds("player_goals", "yes", player), None),
        (&odds("player_goals", "yes", &format!(r#"{player},"line":0.5"#)), Some(Reject::UnknownOutcome)),
        (&odds("player_goals", "over", &format!(r#"{player},"line":0.5"#)), None),
    ]);
}

#[test]
fn some_records_need_a_fixture_that_was_seen() {
    let records = [
        OUTRIGHT,
        r#""type":"removed","ts":1,"fixture":"f""#,
        r#""type":"suspended","ts":1,"fixture":"f","bookmaker":"new""#,
        r#""type":"source","ts":1,"bookmaker":"new","fixture":"f","stale":true"#,
        r#""type":"barrier","ts":1,"fixture":"f","cause":"score""#,
        r#""type":"ended","ts":1,"fixture":"f""#,
    ];
    let (catalog, events) = feed(&records.map(|record| (record, Some(Reject::UnknownFixture))));
    assert_eq!((catalog.fixtures(), catalog.bookmakers(), events.len()), (0, 0, 0));
    for seen_by in [FIXTURE, MONEYLINE, r#""type":"snapshot_begin","ts":1,"fixture":"f""#] {
        let mut lines = vec![(seen_by, None)];
        lines.extend(records.map(|record| (record, None)));
        feed(&lines);
    }
}

#[test]
fn an_ended_fixture_takes_no_more_records() {
    let over = Some(Reject::RetiredFixture);
    feed(&[
        (FIXTURE, None),
        (OUTRIGHT, None),
        (r#""type":"ended","ts":1,"fixture":"f""#, None),
        (r#""type":"ended","ts":1,"fixture":"f""#, over),
        (FIXTURE, over),
        (OUTRIGHT, over),
        (OUTRIGHT_ODDS, over),
        (MONEYLINE, over),
        (r#""type":"removed","ts":1,"fixture":"f","bookmaker":"b""#, over),
        (r#""type":"barrier","ts":1,"fixture":"f","cause":"other""#, over),
        (r#""type":"gap","ts":1,"fixture":"f""#, over),
        (r#""type":"source","ts":1,"fixture":"f","bookmaker":"b","role":"offline""#, over),
        // All other reasons come before.
        (&format!(r#"{MONEYLINE},"outcome":"draw""#), Some(Reject::UnknownOutcome)),
        (&format!(r#"{OUTRIGHT_ODDS},"period":"p""#), Some(Reject::UnknownMarketShape)),
        (r#""type":"heartbeat","ts":1"#, None),
    ]);
}

#[test]
fn a_fixture_is_over_when_the_retention_has_passed() {
    let over = Some(Reject::RetiredFixture);
    let at = |ts: i64| format!(r#"{MONEYLINE},"ts":{ts}"#);
    feed(&[
        (&format!(r#"{FIXTURE},"start":0"#), None),
        // A refused record in the far future moves no time.
        (&at(1_000 * HOUR_US), over),
        (&at(48 * HOUR_US), None),
        (&at(48 * HOUR_US + 1), over),
        (&format!(r#"{FIXTURE},"ts":{},"start":{}"#, 48 * HOUR_US, HOUR_US), None),
        (&at(48 * HOUR_US + 1), None),
        // Times that run backwards are raised first.
        (r#""type":"heartbeat","ts":999999999999999"#, None),
        (&at(0), over),
        // One that is first heard of too late is there until the instant ends, and then it is over.
        (r#""type":"fixture","ts":0,"fixture":"g","start":0"#, None),
        (&format!(r#"{MONEYLINE},"fixture":"g","ts":999999999999999"#), None),
        (&format!(r#"{MONEYLINE},"fixture":"g","ts":1000000000000000"#), over),
        (r#""type":"fixture","ts":1000000000000000,"fixture":"g","start":1000000000000000"#, over),
    ]);
}

#[test]
fn null_makes_unknown_again_what_a_fixture_had() {
    let (catalog, events) = feed(&[
        (r#""type":"fixture","ts":0,"fixture":"f","start":0,"live":true,"sport":"golf","home":"x""#, None),
        (r#""type":"fixture","ts":0,"fixture":"f","home":null"#, None),
        (r#""type":"fixture","ts":0,"fixture":"f","start":null,"live":null,"league":"l""#, None),
        // Without a start it is never over by itself.
        (&format!(r#"{MONEYLINE},"ts":{}"#, 1_000 * HOUR_US), None),
    ]);
    let fixture = catalog.fixture(FixtureId(0)).unwrap();
    assert_eq!((fixture.start, fixture.live, &fixture.home), (None, None, &None));
    assert_eq!(fixture.sport.as_deref(), Some("golf"));
    let unset: Vec<_> = events.iter().filter(|event| matches!(event, OddsEvent::FixtureUnset(_))).collect();
    let expected = FixtureUnset { fixture: FixtureId(0), sport: false, league: false, start: true, live: true };
    assert_eq!(unset, [&OddsEvent::FixtureUnset(expected)]);
    let mut engine = Engine::new(Config::recorded()).unwrap();
    assert_eq!(engine.apply_batch(Timestamp(0), &events, &mut Vec::new()).rejected, []);
    assert!(!engine.is_retired(FixtureId(0), Timestamp(1_000 * HOUR_US)));
}

#[test]
fn retention_is_that_of_the_configuration() {
    let mut config = Config::recorded();
    config.lifecycle.retention_after_start_h = 1.0;
    config.overrides.push(overround::config::Override {
        matches: overround::config::OverrideMatch { sport: Some(Key::of("golf")), ..Default::default() },
        lifecycle: overround::config::LifecyclePatch { retention_after_start_h: Some(100.0), ..Default::default() },
        ..Default::default()
    });
    let (mut catalog, _) = feed(&[
        (r#""type":"fixture","ts":0,"fixture":"a","start":0"#, None),
        (r#""type":"fixture","ts":0,"fixture":"b","start":0,"sport":"golf""#, None),
    ]);
    let over =
        |catalog: &Catalog, name, hours| catalog.is_over(catalog.fixture_id(name).unwrap(), Timestamp(hours * HOUR_US));
    assert!(!over(&catalog, "a", 48) && over(&catalog, "a", 49));
    catalog.configure(&config);
    assert!(!over(&catalog, "a", 1) && over(&catalog, "a", 2));
    assert!(!over(&catalog, "b", 100) && over(&catalog, "b", 101));
}

#[test]
fn the_two_sides_of_a_spread_meet_in_one_market() {
    let odds = |outcome: &str, line: f64| {
        format!(
            r#""type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"spread","outcome":"{outcome}","line":{line},"price":2"#
        )
    };
    let (catalog, events) = feed(&[
        (&odds("away", 3.5), None),
        (&odds("home", -3.5), None),
        (&odds("away", 4.5), None),
        (&odds("home", 3.5), None),
        (&odds("home", 0.0), None),
        (&odds("away", -0.0), None),
    ]);
    let of = |event: &OddsEvent| match event {
        OddsEvent::Odds(update) => Some((update.market.0, update.outcome.0)),
        _ => None,
    };
    let odds: Vec<(u32, u16)> = events.iter().filter_map(of).collect();
    assert_eq!(odds, [(0, 1), (0, 0), (1, 1), (2, 0), (3, 0), (3, 1)]);
    let market = catalog.market(MarketId(0)).unwrap();
    assert_eq!(market.line.map(Line::as_f64), Some(-3.5));
    assert_eq!(market.own_line(OutcomeIndex(1)).map(Line::as_f64), Some(3.5));
    assert_eq!(market.outcomes().collect::<Vec<_>>(), ["home", "away"]);
    assert_eq!(catalog.markets_of(FixtureId(0)).count(), 4);
}

#[test]
fn names_that_run_together_stay_apart() {
    let odds = |fixture: &str, period: &str| {
        format!(
            r#""type":"odds","ts":1,"fixture":"{fixture}","period":"{period}","bookmaker":"b","market":"moneyline","outcome":"home","price":2"#
        )
    };
    let (catalog, _) = feed(&[
        (&odds("a", "bc"), None),
        (&odds("ab", "c"), None),
        (&odds("a\\u0000", "bc"), None),
        (&odds("a", "\\u0000bc"), None),
        (&odds("a", "bc"), None),
    ]);
    assert_eq!((catalog.fixtures(), catalog.markets()), (3, 4));
}

#[test]
fn definitions_come_once_and_first() {
    let (_, events) = feed(&[(MONEYLINE, None), (MONEYLINE, None)]);
    let [
        OddsEvent::Bookmaker(bookmaker),
        OddsEvent::Fixture(fixture),
        OddsEvent::Market(market),
        OddsEvent::Odds(one),
        OddsEvent::Odds(two),
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(bookmaker.key, Key::of("b"));
    assert_eq!((fixture.key, fixture.start), (Key::of("f"), None));
    assert_eq!((market.market_type, market.period), (Key::of("moneyline"), Key::of("full_game")));
    assert_eq!(market.outcomes, [Key::of("home"), Key::of("away")]);
    assert_eq!(one, two);
}

#[test]
fn feeds_are_numbered_and_bounded() {
    let mut catalog = Catalog::new();
    let mut events = Vec::new();
    for number in 0..Catalog::MAX_FEEDS {
        let line = format!(r#"{{"type":"heartbeat","ts":1,"feed":"{number}"}}"#);
        let result = catalog.translate(&parse_line(line.as_bytes()).unwrap(), &mut events);
        assert_eq!(result.is_ok(), number < Catalog::MAX_FEEDS - 1, "one of them is the feed named by nothing");
    }
    assert_eq!(catalog.feed(FeedId(u16::MAX)), Some("65534"));
}

#[test]
fn other_hashes_find_the_same_names() {
    let lines = [
        r#"{"type":"fixture","ts":1,"fixture":"f","sport":"golf"}"#,
        r#"{"type":"market","ts":1,"fixture":"f","market":"outright","outcomes":["x","y","z"]}"#,
        r#"{"type":"odds","ts":1,"feed":"second","fixture":"f","bookmaker":"b","market":"outright","outcome":"y","price":3}"#,
        r#"{"type":"odds","ts":1,"fixture":"g","bookmaker":"a","market":"total","line":2.5,"outcome":"over","price":3}"#,
        r#"{"type":"odds","ts":1,"fixture":"g","bookmaker":"b","market":"player_points","participant":"p","outcome":"yes","price":3}"#,
    ];
    let mut catalog = Catalog::default();
    let say = |catalog: &mut Catalog| {
        let mut events = Vec::new();
        for line in lines {
            catalog.translate(&parse_line(line.as_bytes()).unwrap(), &mut events).unwrap();
        }
        events
    };
    say(&mut catalog);
    let (names, known) = (catalog.snapshot(), say(&mut catalog));
    let options = CatalogOptions { hash_seed: 0x0123_4567_89ab_cdef, ..CatalogOptions::default() };
    let mut again = catalog.with_options(options);
    assert_eq!((again.fixture_id("g"), again.bookmaker_id("a")), (Some(FixtureId(1)), Some(BookmakerId(1))));
    assert_eq!(say(&mut again), known, "nothing is named anew");
    assert_eq!(again.snapshot(), names);
}

/// No line gives these, but whoever builds records can.
#[test]
fn records_that_no_line_gives_are_judged_too() {
    let name = |name: &'static str| Name::new(name).unwrap();
    let body = |line: &'static str| parse_line(line.as_bytes()).unwrap().body;
    let Body::Odds(odds) =
        body(r#"{"type":"odds","ts":1,"fixture":"f","bookmaker":"b","market":"moneyline","outcome":"home","price":2}"#)
    else {
        panic!("odds")
    };
    let Body::Market(market) = body(r#"{"type":"market","ts":1,"fixture":"f","market":"m","outcomes":["x","y"]}"#)
    else {
        panic!("a market")
    };
    let market = |change: fn(&mut MarketRecord<'_>)| {
        let mut market = market.clone();
        change(&mut market);
        Body::Market(market)
    };
    let mut catalog = Catalog::new();
    let mut events = Vec::new();
    catalog.translate(&parse_line(format!("{{{FIXTURE}}}").as_bytes()).unwrap(), &mut events).unwrap();
    let before = (events.len(), state(&mut catalog));
    for (body, reason) in [
        (Body::Odds(OddsRecord { price: None, ..odds.clone() }), Reject::MissingKey),
        (Body::Odds(OddsRecord { limit: Some(-1.0), ..odds.clone() }), Reject::BadValue),
        (Body::Odds(OddsRecord { limit: Some(f64::NAN), ..odds.clone() }), Reject::BadValue),
        (Body::Odds(OddsRecord { limit: Some(f64::INFINITY), ..odds.clone() }), Reject::BadValue),
        (Body::Odds(OddsRecord { market: name("player_points"), ..odds.clone() }), Reject::MissingKey),
        (Body::Odds(OddsRecord { market: name("total"), ..odds.clone() }), Reject::BadLine),
        (Body::Removed(Box::default()), Reject::MissingKey),
        (Body::Suspended(Box::default()), Reject::MissingKey),
        (market(|market| market.outcomes.truncate(1)), Reject::BadValue),
        (market(|market| market.outcomes[1] = market.outcomes[0].clone()), Reject::BadValue),
        (market(|market| market.line = Line::from_f64(2.5)), Reject::BadLine),
    ] {
        let record = Record { ts: Timestamp(2), feed: None, body };
        assert_eq!(catalog.translate(&record, &mut events).err(), Some(reason), "{record:?}");
        assert_eq!((events.len(), state(&mut catalog)), before, "{record:?}");
    }
    // An inactive quote needs no price.
    let record =
        Record { ts: Timestamp(2), feed: None, body: Body::Odds(OddsRecord { price: None, active: false, ..odds }) };
    assert_eq!(catalog.translate(&record, &mut events), Ok(Timestamp(2)));
}

/// Lines over few names, at times around the end of their fixtures, many of them wrong.
fn any_line() -> impl Strategy<Value = String> {
    let fixture = prop_oneof![Just("f"), Just("g")];
    let bookmaker = prop_oneof![Just("b"), Just("c")];
    let market = prop_oneof![
        Just(r#""market":"moneyline""#),
        Just(r#""market":"spread","line":-0.5"#),
        Just(r#""market":"spread","line":0.5"#),
        Just(r#""market":"player_points","participant":"p""#),
        Just(r#""market":"player_points","participant":"p","line":1.5"#),
        Just(r#""market":"outright""#),
        Just(r#""market":"outright","line":1"#),
    ];
    let outcome = prop_oneof![Just("home"), Just("away"), Just("over"), Just("yes"), Just("draw")];
    let list = prop_oneof![Just(r#"["home","away"]"#), Just(r#"["home","draw","away"]"#), Just(r#"["over","under"]"#)];
    let scope = prop_oneof![
        Just("snapshot_begin"),
        Just("snapshot_complete"),
        Just("hold_begin"),
        Just("gap"),
        Just("suspended")
    ];
    let hours = prop_oneof![0..30_i64, 40..60_i64].boxed();
    let body = prop_oneof![
        2 => (fixture.clone(), hours.clone()).prop_map(|(f, start)| {
            format!(r#""type":"fixture","fixture":"{f}","start":{}"#, start * HOUR_US)
        }),
        2 => (fixture.clone(), market.clone(), list).prop_map(|(f, market, list)| {
            format!(r#""type":"market","fixture":"{f}",{market},"outcomes":{list}"#)
        }),
        8 => (fixture.clone(), bookmaker.clone(), market, outcome, any::<bool>()).prop_map(|(f, b, market, outcome, bad)| {
            let price = if bad { "1" } else { "2.1" };
            format!(r#""type":"odds","fixture":"{f}","bookmaker":"{b}",{market},"outcome":"{outcome}","price":{price}"#)
        }),
        2 => (scope, fixture.clone(), bookmaker.clone()).prop_map(|(scope, f, b)| {
            format!(r#""type":"{scope}","fixture":"{f}","bookmaker":"{b}""#)
        }),
        1 => (fixture.clone(), bookmaker).prop_map(|(f, b)| {
            format!(r#""type":"source","fixture":"{f}","bookmaker":"{b}","role":"degraded""#)
        }),
        1 => fixture.clone().prop_map(|f| format!(r#""type":"ended","fixture":"{f}""#)),
        1 => fixture.prop_map(|f| format!(r#""type":"fixture","fixture":"{f}","start":null,"live":null"#)),
        1 => Just(r#""type":"heartbeat""#.to_owned()),
    ];
    (hours, body).prop_map(|(ts, body)| format!(r#"{{"ts":{},{body}}}"#, ts * HOUR_US))
}

proptest! {
    #[test]
    fn a_refused_record_might_as_well_not_have_been_there(lines in proptest::collection::vec(any_line(), 0..60)) {
        let mut all = (Catalog::new(), Vec::new());
        let mut accepted = (Catalog::new(), Vec::new());
        for line in &lines {
            let Ok(record) = parse_line(line.as_bytes()) else { continue };
            if all.0.translate(&record, &mut all.1).is_ok() {
                prop_assert!(accepted.0.translate(&record, &mut accepted.1).is_ok());
            }
        }
        prop_assert_eq!(all.1, accepted.1);
    }

    #[test]
    fn what_the_catalog_accepts_the_engine_accepts(lines in proptest::collection::vec(any_line(), 0..60)) {
        let mut catalog = Catalog::new();
        let mut engine = Engine::new(Config::recorded()).unwrap();
        let mut batch: (Option<Timestamp>, Vec<OddsEvent>) = (None, Vec::new());
        let mut out = Vec::new();
        for line in &lines {
            let mut events = Vec::new();
            let Ok(record) = parse_line(line.as_bytes()) else { continue };
            let Ok(now) = catalog.translate(&record, &mut events) else { continue };
            prop_assert!(!events.is_empty());
            if let (Some(at), false) = (batch.0, batch.0 == Some(now)) {
                prop_assert_eq!(engine.apply_batch(at, &batch.1, &mut out).rejected, vec![]);
                batch.1.clear();
            }
            batch.0 = Some(now);
            batch.1.append(&mut events);
        }
        if let Some(at) = batch.0 {
            prop_assert_eq!(engine.apply_batch(at, &batch.1, &mut out).rejected, vec![]);
            // And what it says is over is over.
            for fixture in (0..2).map(FixtureId) {
                for later in [1, HOUR_US, 30 * HOUR_US, 200 * HOUR_US] {
                    let now = Timestamp(at.0 + later);
                    prop_assert_eq!(catalog.is_over(fixture, now), engine.is_retired(fixture, now));
                }
            }
        }
        prop_assert_eq!(engine.stats().clamped, 0);
    }
}
