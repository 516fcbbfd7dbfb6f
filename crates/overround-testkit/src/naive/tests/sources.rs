//! Budgets and roles.

use super::*;
use overround::opportunity::Kind;

/// a and b with budgets of 10 s, an open arbitrage fed at 0 s.
fn stage() -> (Stage, MarketId) {
    let mut config = only(Kind::Arbitrage);
    config.freshness.sources = true;
    config.freshness.budgets_s.insert(Key::of("a"), 10.0);
    config.freshness.budgets_s.insert(Key::of("b"), 10.0);
    let mut stage = Stage::new(config, &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    let out = stage.back(market, 1, 1, 2.05);
    assert_eq!(warned(detected(&out)), [], "the first write ever makes a source primary at once");
    (stage, market)
}

#[test]
fn falls_fire_one_microsecond_after_the_limits() {
    let (mut stage, _) = stage();
    let heartbeat = OddsEvent::Heartbeat(Some(BookmakerId(1)));
    stage.at(14).feed(heartbeat.clone());
    let out = stage.model.advance(Timestamp(16 * SECOND));
    assert_eq!(out[0].ts(), Timestamp(15 * SECOND + 1));
    assert_eq!(warned(updated(&out)), [Warning::DegradedSource]);
    stage.at(28).feed(heartbeat.clone());
    stage.at(42).feed(heartbeat.clone());
    stage.at(56).feed(heartbeat);
    let out = stage.model.advance(Timestamp(61 * SECOND));
    assert_eq!((expired(&out), out[0].ts()), (Reason::Source, Timestamp(60 * SECOND + 1)));
}

#[test]
fn a_rise_waits_for_the_hold() {
    let (mut stage, _) = stage();
    let alive = |bookmaker| OddsEvent::Heartbeat(Some(BookmakerId(bookmaker)));
    stage.model.advance(Timestamp(20 * SECOND));
    assert!(stage.model.view()[0].warnings.contains(Warning::DegradedSource));
    stage.at(20).feed(alive(0));
    stage.feed(alive(1));
    assert!(stage.model.advance(Timestamp(25 * SECOND - 1)).is_empty());
    let out = stage.model.advance(Timestamp(25 * SECOND));
    assert_eq!(warned(updated(&out)), []);
}

#[test]
fn a_write_at_the_moment_of_the_fall_is_in_time() {
    let (mut stage, market) = stage();
    stage.now = 15 * SECOND + 1;
    let out = stage.batch(&[OddsEvent::Odds(back(market, 0, 0, 2.1)), OddsEvent::Odds(back(market, 1, 1, 2.05))]);
    assert!(out.is_empty(), "{out:?}");
}

#[test]
fn a_source_that_never_wrote_is_offline_only_by_budget() {
    let mut config = only(Kind::Ev);
    config.freshness.sources = true;
    let mut stage = Stage::new(config, &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    let out = stage.back(market, 1, 0, 2.1);
    close(ev(detected(&out)).confidence, 0.983_466);
    // Pinnacle's 30 s: degraded after 45 s; f halves. b, at 90 s, is primary.
    stage.model.advance(Timestamp(46 * SECOND));
    let today = stage.model.evaluate();
    close(ev(&today[0]).confidence, 0.983_466 / 2.0);
}
