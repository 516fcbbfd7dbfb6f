//! Small recordings, and the lines of ours that they become.

use super::*;
use crate::record::parse_line;
use crate::write::write_record;

/// The records as our lines; what is rejected as `reason: text`.
fn lines(text: &str, options: OddsApiOptions) -> (Vec<String>, u64) {
    let mut adapter = TheOddsApi::new(Box::new(text.as_bytes()), options);
    let mut lines = Vec::new();
    while let Some(item) = adapter.next_item().unwrap() {
        let line = match &item.record {
            Ok(record) => {
                let mut line = Vec::new();
                write_record(record, &mut line);
                // What is imported can be read.
                assert_eq!(parse_line(line.trim_ascii_end()).as_ref(), Ok(record));
                line
            }
            Err(reason) => format!("{reason}: {}", String::from_utf8_lossy(item.text)).into_bytes(),
        };
        lines.push(String::from_utf8(line).unwrap().trim_end().to_owned());
    }
    (lines, adapter.skipped_markets())
}

fn event(sport: &str, markets: &str) -> String {
    format!(
        r#"{{"id":"e","sport_key":"{sport}","commence_time":"1970-01-01T01:00:00Z","home_team":"H","away_team":"A","bookmakers":[{{"key":"b","last_update":"1970-01-01T00:00:01Z","markets":[{markets}]}}]}}"#
    )
}

fn line(second: u32, events: &str) -> String {
    format!("{{\"committed_at\":\"1970-01-01T00:00:{second:02}Z\",\"data\":[{events}]}}\n")
}

fn h2h(key: &str, prices: &[(&str, f64)]) -> String {
    let outcomes: Vec<String> =
        prices.iter().map(|(name, price)| format!(r#"{{"name":"{name}","price":{price}}}"#)).collect();
    format!(r#"{{"key":"{key}","last_update":"1970-01-01T00:00:02Z","outcomes":[{}]}}"#, outcomes.join(","))
}

/// An odds or removed record of the one fixture and bookmaker.
fn ours(kind: &str, second: u32, rest: &str) -> String {
    let ts = second * 1_000_000;
    match kind {
        "odds" => format!(r#"{{"type":"odds","ts":{ts},"fixture":"e","bookmaker":"b",{rest}}}"#),
        _ => format!(r#"{{"type":"removed","ts":{ts},"bookmaker":"b","fixture":"e",{rest}}}"#),
    }
}

const FIXTURE: &str = r#"{"type":"fixture","ts":5000000,"fixture":"e","sport":"icehockey","league":"nhl","home":"H","away":"A","start":3600000000}"#;

#[test]
fn a_line_is_a_full_state() {
    let text = [
        line(5, &event("icehockey_nhl", &h2h("h2h", &[("A", -120.0), ("H", 110.0)]))),
        line(6, &event("icehockey_nhl", &h2h("h2h", &[("A", -120.0)]))),
        line(7, ""),
        line(8, &event("icehockey_nhl", &h2h("h2h", &[("A", -120.0)]))),
    ]
    .concat();
    let expected = [
        FIXTURE.to_owned(),
        ours("odds", 5, r#""market":"moneyline","outcome":"away","american":-120.0,"source_ts":2000000"#),
        ours("odds", 5, r#""market":"moneyline","outcome":"home","american":110.0,"source_ts":2000000"#),
        // Unchanged prices come again, the fixture does not; what is listed no longer goes.
        ours("odds", 6, r#""market":"moneyline","outcome":"away","american":-120.0,"source_ts":2000000"#),
        ours("removed", 6, r#""market":"moneyline","outcome":"home","side":"back""#),
        ours("removed", 7, r#""market":"moneyline","outcome":"away","side":"back""#),
        ours("odds", 8, r#""market":"moneyline","outcome":"away","american":-120.0,"source_ts":2000000"#),
    ];
    assert_eq!(lines(&text, OddsApiOptions::default()), (expected.into(), 0));
}

#[test]
fn a_fixture_comes_again_when_it_changes() {
    let first = event("icehockey_nhl", "");
    let second = first.replace("01:00:00Z", "02:00:00Z");
    let text = [line(5, &first), line(6, &first), line(7, &second), line(8, &second)].concat();
    let (lines, _) = lines(&text, OddsApiOptions::default());
    let again = FIXTURE.replace("\"ts\":5000000", "\"ts\":7000000").replace("3600000000", "7200000000");
    assert_eq!(lines, [FIXTURE.to_owned(), again]);
}

#[test]
fn markets_are_named_as_ours() {
    let spreads =
        r#"{"key":"spreads","outcomes":[{"name":"H","price":1.9,"point":-1.5},{"name":"A","price":2,"point":1.5}]}"#;
    let totals =
        r#"{"key":"totals","outcomes":[{"name":"Over","price":1.9,"point":6},{"name":"Under","price":2,"point":6}]}"#;
    let player = r#"{"key":"player_points","outcomes":[{"name":"Over","description":"P","price":1.9,"point":0.5}]}"#;
    let scorer = r#"{"key":"player_goal_scorer_anytime","outcomes":[{"name":"Yes","description":"P","price":3.5}]}"#;
    let other = r#"{"key":"alternate_spreads","outcomes":[{"name":"H","price":1.1,"point":-9.5}]}"#;
    let lay = h2h("h2h_lay", &[("H", 2.1)]);
    let text = line(5, &event("icehockey_nhl", &[spreads, totals, player, scorer, other, &lay].join(",")));
    let expected = [
        FIXTURE.to_owned(),
        // Without a time of the market that of the bookmaker.
        ours("odds", 5, r#""market":"spread","line":-1.5,"outcome":"home","price":1.9,"source_ts":1000000"#),
        ours("odds", 5, r#""market":"spread","line":1.5,"outcome":"away","price":2.0,"source_ts":1000000"#),
        ours("odds", 5, r#""market":"total","line":6.0,"outcome":"over","price":1.9,"source_ts":1000000"#),
        ours("odds", 5, r#""market":"total","line":6.0,"outcome":"under","price":2.0,"source_ts":1000000"#),
        ours(
            "odds",
            5,
            r#""market":"player_points","participant":"P","line":0.5,"outcome":"over","price":1.9,"source_ts":1000000"#,
        ),
        ours("odds", 5, r#""market":"moneyline","outcome":"home","side":"lay","price":2.1,"source_ts":2000000"#),
    ];
    assert_eq!(lines(&text, OddsApiOptions::default()), (expected.into(), 2));
}

#[test]
fn a_draw_makes_a_three_way_market_for_good() {
    let two = h2h("h2h", &[("H", 2.5), ("A", 2.6)]);
    let three = h2h("h2h", &[("H", 2.5), ("Draw", 3.5)]);
    let text = ["icehockey_nhl", "icehockey_nhl", "icehockey_nhl"]
        .iter()
        .zip([&two, &three, &two])
        .zip(5..)
        .map(|((sport, market), second)| line(second, &event(sport, market)))
        .collect::<String>();
    let odds = |second, market: &str, outcome: &str, price: &str| {
        ours(
            "odds",
            second,
            &format!(r#""market":"{market}","outcome":"{outcome}","price":{price},"source_ts":2000000"#),
        )
    };
    let removed = |second, market: &str, outcome: &str| {
        ours("removed", second, &format!(r#""market":"{market}","outcome":"{outcome}","side":"back""#))
    };
    let expected = [
        FIXTURE.to_owned(),
        odds(5, "moneyline", "home", "2.5"),
        odds(5, "moneyline", "away", "2.6"),
        odds(6, "match_result", "home", "2.5"),
        odds(6, "match_result", "draw", "3.5"),
        removed(6, "moneyline", "home"),
        removed(6, "moneyline", "away"),
        odds(7, "match_result", "home", "2.5"),
        odds(7, "match_result", "away", "2.6"),
        removed(7, "match_result", "draw"),
    ];
    assert_eq!(lines(&text, OddsApiOptions::default()).0, expected);
    // In soccer it is one from the start.
    let (soccer, _) = lines(&line(5, &event("soccer_epl", &two)), OddsApiOptions::default());
    assert!(soccer[1].contains("match_result"), "{soccer:?}");
}

#[test]
fn prices_are_american_if_all_of_a_line_can_be() {
    let price = |prices: &[(&str, f64)], options| {
        let (lines, _) = lines(&line(5, &event("icehockey_nhl", &h2h("h2h", prices))), options);
        lines[1].split(',').find(|part| part.contains("price") || part.contains("american")).map(str::to_owned)
    };
    let detect = OddsApiOptions::default();
    assert_eq!(price(&[("H", 150.0), ("A", -170.0)], detect), Some("\"american\":150.0".to_owned()));
    assert_eq!(price(&[("H", 150.0), ("A", 1.5)], detect), Some("\"price\":150.0".to_owned()));
    assert_eq!(price(&[("H", 150.5)], detect), Some("\"price\":150.5".to_owned()));
    let decimal = detect.with_prices(OddsApiPrices::Decimal);
    assert_eq!(price(&[("H", 150.0)], decimal), Some("\"price\":150.0".to_owned()));
    let american = detect.with_prices(OddsApiPrices::American);
    assert_eq!(price(&[("H", 150.5)], american), Some("\"american\":150.5".to_owned()));
}

#[test]
fn what_cannot_be_used_is_rejected_alone_and_is_not_listed() {
    let good = h2h("h2h", &[("H", 2.5)]);
    let bad = h2h("h2h", &[("H", 1.0), ("Nobody", 2.0), ("Draw", 2.0)]);
    let spreads = r#"{"key":"spreads","outcomes":[{"name":"H","price":1.9},{"name":"H","price":1.9,"point":0.0001}]}"#;
    let player = r#"{"key":"player_points","outcomes":[{"name":"Over","price":1.9,"point":0.5}]}"#;
    let text = [
        line(5, &event("icehockey_nhl", &good)),
        "{\"committed_at\":\"1970-01-01T00:00:06Z\"}\n".to_owned(),
        "{\"committed_at\":\"yesterday\",\"data\":[]}\n".to_owned(),
        "{\"committed_at\":\"1970-01-01T00:00:06Z\",\"data\":[{}]}\n".to_owned(),
        "[1]\n{\n".to_owned(),
        line(7, &event("icehockey_nhl", &[&bad, spreads, player].map(str::to_owned).join(","))),
    ]
    .concat();
    let (lines, _) = lines(&text, OddsApiOptions::default());
    let reasons: Vec<&str> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    let expected = [
        "{\"type\"",
        "{\"type\"",
        "missing_key",
        "bad_value",
        "bad_value",
        "bad_json",
        "bad_json",
        "bad_price",
        "unknown_outcome",
        "{\"type\"",
        "bad_line",
        "bad_line",
        "missing_key",
        "{\"type\"",
    ];
    assert_eq!(reasons, expected, "{lines:#?}");
    assert_eq!(
        lines[7],
        r#"bad_price: {"bookmaker":"b","fixture":"e","market":"h2h","name":"H","point":null,"price":1.0}"#
    );
    // The draw made it a three-way market; the price that was listed before is gone.
    assert_eq!(lines[13], ours("removed", 7, r#""market":"moneyline","outcome":"home","side":"back""#));
}

#[test]
fn an_event_that_cannot_be_used_is_rejected_alone() {
    let good = event("icehockey_nhl", &h2h("h2h", &[("H", 2.5)]));
    let late = good.replace("1970-01-01T01:00:00Z", "soon").replace("\"id\":\"e\"", "\"id\":\"late\"");
    let nameless =
        good.replace("\"home_team\":\"H\"", "\"home_team\":\"\"").replace("\"id\":\"e\"", "\"id\":\"nameless\"");
    let (lines, _) = lines(&line(5, &[late, nameless, good].join(",")), OddsApiOptions::default());
    assert_eq!(lines[..3], ["bad_value: event late", "bad_value: event nameless", FIXTURE]);
    assert_eq!(lines.len(), 4, "{lines:#?}");
}

#[test]
fn a_sport_without_a_league_has_none() {
    let total = r#"{"key":"totals","outcomes":[{"name":"Over","price":2.5,"point":5.5},{"name":"Odd","price":2.5,"point":5.5}]}"#;
    let (lines, _) = lines(&line(5, &event("golf", total)), OddsApiOptions::default());
    assert_eq!(lines[0], FIXTURE.replace(r#""icehockey","league":"nhl""#, r#""golf""#));
    assert!(lines[1].contains(r#""market":"total","line":5.5,"outcome":"over""#), "{}", lines[1]);
    // Nothing is guessed of an outcome that a total does not have.
    assert!(lines[2].starts_with("unknown_outcome: "), "{}", lines[2]);
}

#[test]
fn a_bare_response_needs_a_time() {
    let text = format!("\n[\n{}\n]\n", event("icehockey_nhl", &h2h("h2h", &[("H", 2.5)])));
    let (lines, _) = lines(&text, OddsApiOptions::default().with_ts(Timestamp(5_000_000)));
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], FIXTURE);
    let error = |text: &'static str, options| {
        TheOddsApi::new(Box::new(text.as_bytes()), options).next_item().map(drop).unwrap_err().to_string()
    };
    assert_eq!(error("[]", OddsApiOptions::default()), "line 1: a bare response has no time: give one (--ts)");
    let timed = OddsApiOptions::default().with_ts(Timestamp(0));
    assert!(error("[{}]", timed).starts_with("line 1: not a response of The Odds API: missing field `id`"));
}
