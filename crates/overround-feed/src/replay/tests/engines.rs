//! Whatever stands behind a replay, one engine, shards or an engine that is graded: the same is told. Would catch: an instant that a stretch
//! loses or tears apart, a grade given before its instant has happened, an answer about what has not happened yet.

use super::*;
#[cfg(feature = "rayon")]
use ::core::num::NonZeroU32;
use overround::explain::{Miss, Verdict};
use overround::grade::Unsettled;

/// What a replay told and what it came to.
#[derive(Debug, PartialEq)]
struct Played {
    told: Vec<OpportunityEvent>,
    counts: Counts,
    digest: u64,
    changed: u64,
    quotes: u64,
}

/// And how much of that was told by the end of the feed.
fn play<E: Core>(replay: &mut Replay<E>, lines: &[String]) -> (Played, usize) {
    let mut told = Vec::new();
    for line in lines {
        // What is refused is counted.
        if let Ok(record) = parse_line(line.as_bytes()) {
            told.extend_from_slice(replay.apply_record(&record).unwrap_or_default());
        }
    }
    let by_then = told.len();
    told.extend_from_slice(replay.finish());
    let (stats, digest) = (replay.engine().stats(), replay.engine().digest());
    (Played { told, counts: replay.counts().clone(), digest, changed: stats.changed, quotes: stats.quotes }, by_then)
}

/// Prices of three fixtures that move by a rule without meaning; now and then one runs backwards or names what is not there.
fn busy(records: usize) -> Vec<String> {
    let mut state = 1_u64;
    let mut pick = |n: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % n).unwrap()
    };
    let mut ts = 10;
    let mut line = || {
        ts += [0, 0, 1, 7][pick(4)];
        let (back, outcome) = ([0, 0, 0, 0, 0, 5][pick(6)], ["home", "away", "home", "away", "draw"][pick(5)]);
        let (fixture, bookmaker) = (["f", "g", "h"][pick(3)], ["pinnacle", "a", "b"][pick(3)]);
        let price = [1.8, 1.9, 2.0, 2.1, 2.15][pick(5)];
        format!(
            r#"{{"type":"odds","ts":{},"fixture":"{fixture}","bookmaker":"{bookmaker}","market":"moneyline","outcome":"{outcome}","price":{price}}}"#,
            ts - back
        )
    };
    (0..records).map(|_| line()).collect()
}

#[cfg(feature = "rayon")]
#[test]
fn shards_tell_the_same_a_stretch_later() {
    let lines = busy(12_000);
    let (one, by_then) = play(&mut Replay::new(Config::recorded()).unwrap(), &lines);
    assert!(by_then > 1_000 && one.counts.clamped > 100 && one.counts.rejected().any(|(_, n)| n > 100));
    for shards in [1, 2, 5] {
        let shards = NonZeroU32::new(shards).unwrap();
        let mut replay = Replay::sharded(Config::recorded(), shards).unwrap();
        let (many, later) = play(&mut replay, &lines);
        assert!(many == one, "{shards} shards tell otherwise");
        assert!(0 < later && later < by_then, "{later} of {by_then}");
        assert_eq!(replay.engine().engine().digest(), one.digest);
        // Less than a stretch is told at the end alone.
        let (_, later) = play(&mut Replay::sharded(Config::recorded(), shards).unwrap(), &lines[..5_000]);
        assert_eq!(later, 0);
    }
}

#[test]
fn an_engine_that_is_graded_tells_the_same_at_the_same_time() {
    let lines = busy(1_000);
    let one = play(&mut Replay::new(Config::recorded()).unwrap(), &lines);
    let graded = play(&mut Replay::graded(Config::recorded(), Settings::default()).unwrap(), &lines);
    assert!(graded == one, "graded it tells otherwise");
    #[cfg(feature = "rayon")]
    {
        let shards = NonZeroU32::new(2).unwrap();
        let mut sharded = Replay::graded_sharded(Config::recorded(), Settings::default(), shards).unwrap();
        assert!(play(&mut sharded, &lines) == one, "graded and shared out it tells otherwise");
    }
}

/// "f" is an arbitrage that ends 1:0, "g" one that nobody says more of.
fn two_fixtures<E: Ask>(mut replay: Replay<Graded<E>>) -> Vec<Grade> {
    let price = |fixture: &str, outcome: &str| odds(1, "a", outcome, 2.2).replace("\"f\"", &format!("\"{fixture}\""));
    let apply = |replay: &mut Replay<Graded<E>>, line: &str| {
        replay.apply_record(&parse_line(line.as_bytes()).unwrap()).map(drop).unwrap();
    };
    for (fixture, outcome) in [("f", "home"), ("f", "away"), ("g", "home"), ("g", "away")] {
        apply(&mut replay, &price(fixture, outcome));
    }
    apply(&mut replay, r#"{"type":"ended","ts":20,"fixture":"f","home_score":1,"away_score":0}"#);
    assert_eq!(replay.take_grades(), [], "the instant that ends it has not happened");
    apply(&mut replay, r#"{"type":"heartbeat","ts":30}"#);
    let mut grades = replay.take_grades();
    assert_eq!(grades.len(), 1);
    assert_eq!(replay.take_grades(), [], "each grade is given once");
    replay.finish();
    grades.extend(replay.finish_grades());
    assert_eq!(replay.finish_grades(), []);
    let of: Vec<_> = grades.iter().map(|grade| &*replay.catalog().fixture(grade.told.fixture).unwrap().key).collect();
    assert_eq!(of, ["f", "g"]);
    grades
}

#[test]
fn grades_come_when_a_fixture_is_over_and_the_last_at_the_end() {
    let grades = two_fixtures(Replay::graded(Config::recorded(), Settings::default()).unwrap());
    assert!((grades[0].settled.as_ref().unwrap().profit - 0.1).abs() < 1e-12);
    assert_eq!(grades[1].settled, Err(Unsettled::Open));
    #[cfg(feature = "rayon")]
    {
        let shards = NonZeroU32::new(2).unwrap();
        let sharded = two_fixtures(Replay::graded_sharded(Config::recorded(), Settings::default(), shards).unwrap());
        assert_eq!(sharded, grades);
    }
}

#[test]
fn what_cannot_be_used_is_said_before_anything_is_played() {
    let mut config = Config::recorded();
    config.ev.min = f64::NAN;
    let mut settings = Settings::default();
    settings.horizons_us = vec![2, 1];
    let of = |error: BadGrading| error.to_string();
    let bad_config = ConfigError::OutOfRange("ev.min");
    assert_eq!(Replay::new(config.clone()).unwrap_err(), bad_config);
    let error = Replay::graded(config.clone(), Settings::default()).unwrap_err();
    assert_eq!((error.clone(), of(error)), (BadGrading::Config(bad_config), "`ev.min` is out of range".to_owned()));
    let error = Replay::graded(Config::recorded(), settings.clone()).unwrap_err();
    assert_eq!(error, BadGrading::Settings(BadSettings::Horizons));
    assert_eq!(of(error), "horizons must ascend from above 0, 32 at most");
    #[cfg(feature = "rayon")]
    {
        let shards = NonZeroU32::new(2).unwrap();
        assert_eq!(Replay::sharded(config.clone(), shards).unwrap_err(), bad_config);
        let error = Replay::graded_sharded(config, Settings::default(), shards).unwrap_err();
        assert_eq!(error, BadGrading::Config(bad_config));
        let error = Replay::graded_sharded(Config::recorded(), settings, shards).unwrap_err();
        assert_eq!(error, BadGrading::Settings(BadSettings::Horizons));
    }
}

#[test]
fn questions_can_be_narrowed() {
    let lay = odds(1, "b", "home", 3.0).replace("\"price\"", "\"side\":\"lay\",\"price\"");
    let lines = [odds(1, "a", "home", 2.0), odds(1, "a", "away", 1.9), odds(1, "b", "home", 1.8), lay];
    let mut replay = Replay::new(Config::recorded()).unwrap();
    play(&mut replay, &lines);
    let all = Query::market(MarketId(0)).with_kind(Kind::Ev);
    let mut count = |query: Query| replay.why_not(&query).unwrap().findings.len();
    let of = |outcome| all.with_outcome(overround::OutcomeIndex(outcome));
    let by = |bookmaker| all.with_bookmaker(overround::BookmakerId(bookmaker));
    let on = |side| all.with_side(side);
    let (back, lay) = (overround::Side::Back, overround::Side::Lay);
    assert!(count(of(0)) > 0 && count(of(1)) > 0 && count(on(lay)) > 0);
    // What is asked for by halves is what is asked for at once.
    assert_eq!(count(of(0)) + count(of(1)), count(all));
    assert_eq!(count(by(0).with_side(back)) + count(by(1).with_side(back)), count(on(back)));
    assert_eq!(count(on(back)) + count(on(lay)), count(all));
    // That there is no lay price is said of a bookmaker who was asked for, and nothing of one that nobody knows.
    assert_eq!((count(on(lay)), count(by(1).with_side(lay)), count(by(9))), (1, 2, 0));
    let over = parse_line(br#"{"type":"ended","ts":2,"fixture":"f"}"#).unwrap();
    replay.apply_record(&over).unwrap();
    replay.finish();
    let texts = [(0, "the fixture ended or was forgotten"), (1, "never defined: send its definition first")];
    for (market, text) in texts {
        assert_eq!(replay.why_not(&Query::market(MarketId(market))).unwrap_err().to_string(), text);
    }
}

#[test]
fn questions_are_about_what_has_happened() {
    let mut replay = Replay::new(Config::recorded()).unwrap();
    for line in [odds(1, "a", "home", 2.2), odds(1, "a", "away", 2.2)] {
        replay.apply_record(&parse_line(line.as_bytes()).unwrap()).unwrap();
    }
    let (market, profile) = (MarketId(0), ProfileId(0));
    let query = Query::market(market).with_kind(Kind::Arbitrage);
    assert_eq!((replay.market_book(market, profile), replay.why_not(&query).err()), (None, Some(NoMarkets::Unknown)));
    let [OpportunityEvent::Detected(told)] = replay.finish() else { panic!("one arbitrage") };
    let id = told.id;
    assert_eq!(replay.explain(id, profile).unwrap().finding.id, Some(id));
    assert_eq!(replay.market_book(market, profile).unwrap().quotes.len(), 2);
    assert!(matches!(replay.why_not(&query).unwrap().findings[0].verdict, Verdict::Told { since: Timestamp(1), .. }));

    let removed = parse_line(br#"{"type":"removed","ts":2,"fixture":"f","outcome":"away"}"#).unwrap();
    replay.apply_record(&removed).unwrap();
    assert!(replay.explain(id, profile).is_some(), "the instant that ends it has not happened");
    replay.finish();
    assert_eq!(replay.explain(id, profile), None);
    let verdict = replay.why_not(&query).unwrap().findings[0].verdict;
    let missing = Miss::NoPrice { outcome: overround::OutcomeIndex(1), lay: false };
    assert_eq!(verdict, Verdict::Missed(missing));
}
