//! What opportunities warn of.

use super::*;
use overround::odds_event::SourceRole;
use overround::opportunity::Kind;

#[test]
fn same_bookmaker_and_suspicious() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.3);
    let out = stage.back(market, 0, 1, 2.3);
    assert_eq!(warned(detected(&out)), [Warning::SameBookmaker, Warning::Suspicious]);
}

#[test]
fn live_by_start_and_by_flag() {
    let mut config = only(Kind::Arbitrage);
    config.freshness.start_barrier = false;
    let mut stage = Stage::new(config, &["a", "b"]);
    stage.feed(fixture(Some(10)));
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    stage.back(market, 1, 1, 2.05);
    let out = stage.model.advance(Timestamp(10 * SECOND));
    assert_eq!(warned(updated(&out)), [Warning::Live]);
    stage.now = 11 * SECOND;
    let OddsEvent::Fixture(flag) = fixture(None) else { unreachable!("it is a fixture") };
    let out = stage.feed(OddsEvent::Fixture(FixtureUpdate { live: Some(false), ..flag }));
    assert_eq!(warned(updated(&out)), []);
}

#[test]
fn uneven_ages_beyond_a_minute_also_by_time_alone() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    assert_eq!(warned(detected(&stage.at(60).back(market, 1, 1, 2.05))), []);
    assert_eq!(warned(updated(&stage.at(61).back(market, 1, 1, 2.05))), [Warning::UnevenAges]);

    // A source time two minutes ahead: its age stays 0 while the other's grows.
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    let ahead = OddsUpdate { source_ts: Some(Timestamp(120 * SECOND)), ..back(market, 1, 1, 2.05) };
    assert_eq!(warned(detected(&stage.feed(OddsEvent::Odds(ahead)))), []);
    let out = stage.model.advance(Timestamp(90 * SECOND));
    assert_eq!(out[0].ts(), Timestamp(60 * SECOND + 1));
    assert_eq!(warned(updated(&out)), [Warning::UnevenAges]);
}

#[test]
fn degraded_source() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    stage.back(market, 1, 1, 2.05);
    let out = stage.feed(signal(1, SourceHealth::Role(SourceRole::Unknown)));
    assert_eq!(warned(updated(&out)), [Warning::DegradedSource]);
}

#[test]
fn lagging_when_half_of_the_reference_moved_since() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    assert_eq!(warned(detected(&stage.at(1).back(market, 1, 0, 2.1))), [Warning::SingleReference]);
    let out = stage.at(2).column(market, 0, &[1.98, 2.02]);
    assert_eq!(warned(updated(&out)), [Warning::LaggingLeg, Warning::SingleReference]);
    assert_eq!(ev(updated(&out)).class, overround::opportunity::EvClass::Lagging);
}

#[test]
fn outliers_among_five_others() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b", "c", "d", "e", "f", "g"]);
    let market = stage.moneyline();
    for bookmaker in 1..6 {
        stage.column(market, bookmaker, &[1.9, 1.9]);
    }
    stage.column(market, 6, &[1.9, 1.9]);
    // logit(1/1.6) − logit(1/1.9) = ln(0.9/0.6) = 0.405. The other side says 2.55: ln(1.55/0.9) = 0.54, and it is the price of the ev.
    let out = stage.column(market, 0, &[1.6, 2.55]);
    // Power on 1.6/2.55 puts home above 0.6: 1.9 is worth more than 1.14.
    assert_eq!(out.len(), 6, "everybody at 1.9 is now far off: {out:?}");
    for event in &out {
        let OpportunityEvent::Detected(told) = event else { panic!("only detections: {event:?}") };
        assert!(told.warnings.contains(Warning::AnchorOutlier));
        assert!(!told.warnings.contains(Warning::Outlier), "they agree with each other");
        assert!(told.warnings.contains(Warning::Suspicious));
    }
    // At 2.3 ln(1.3/0.9) = 0.37 from the median of the others.
    let out = stage.back(market, 1, 0, 2.3);
    assert!(updated(&out).warnings.contains(Warning::Outlier));
}
