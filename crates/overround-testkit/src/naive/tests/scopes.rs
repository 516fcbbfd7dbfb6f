//! Snapshots, holds, gaps, and two feeds.

use super::*;
use overround::opportunity::Kind;

fn stage() -> (Stage, MarketId) {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    stage.back(market, 1, 1, 2.05);
    assert_eq!(stage.open(), 1);
    (stage, market)
}

#[test]
fn what_does_not_come_again_goes_at_complete() {
    let (mut stage, market) = stage();
    stage.feed(OddsEvent::SnapshotBegin(scope_of(0)));
    assert!(stage.back(market, 0, 1, 1.5).is_empty());
    assert_eq!(stage.open(), 1, "old quotes count meanwhile");
    assert_eq!(expired(&stage.feed(OddsEvent::SnapshotComplete(scope_of(0)))), Reason::Resync);
    assert_eq!(stage.model.quotes(), 2);
}

#[test]
fn a_hold_is_one_instant() {
    let (mut stage, market) = stage();
    stage.at(1).feed(OddsEvent::HoldBegin(scope_of(0)));
    assert!(stage.back(market, 0, 0, 1.5).is_empty());
    assert!(stage.at(2).back(market, 0, 0, 2.1).is_empty());
    assert!(stage.at(3).feed(OddsEvent::HoldEnd(scope_of(0))).is_empty(), "it came and went inside");
    assert_eq!(arbitrage(&stage.model.evaluate()[0]).legs[0].seen_ts, Timestamp(3 * SECOND), "seen when applied");
}

#[test]
fn a_timeout_applies_and_removes_nothing() {
    let (mut stage, market) = stage();
    stage.at(1).feed(OddsEvent::SnapshotBegin(scope_of(0)));
    stage.back(market, 0, 1, 1.5);
    let out = stage.model.advance(Timestamp(20 * SECOND));
    assert!(out.is_empty());
    assert_eq!(stage.model.quotes(), 3);
    assert!(stage.at(20).feed(OddsEvent::SnapshotComplete(scope_of(0))).is_empty(), "complete without begin");
    assert_eq!(stage.model.quotes(), 3);
}

#[test]
fn a_complete_at_the_very_time_of_the_timeout_wins() {
    let (mut stage, _) = stage();
    stage.at(1).feed(OddsEvent::SnapshotBegin(scope_of(0)));
    assert_eq!(expired(&stage.at(11).feed(OddsEvent::SnapshotComplete(scope_of(0)))), Reason::Resync);
}

#[test]
fn a_gap_lasts_until_a_snapshot_covers_it() {
    let (mut stage, market) = stage();
    let gap = Scope::default();
    assert_eq!(expired(&stage.feed(OddsEvent::Gap(gap))), Reason::Resync);
    assert!(stage.back(market, 0, 0, 2.2).is_empty(), "stored, but does not count");
    for bookmaker in 0..2 {
        assert!(stage.feed(OddsEvent::SnapshotBegin(scope_of(bookmaker))).is_empty());
        let (outcome, price) = if bookmaker == 0 { (0, 2.2) } else { (1, 2.05) };
        assert!(stage.back(market, bookmaker, outcome, price).is_empty());
        let out = stage.feed(OddsEvent::SnapshotComplete(scope_of(bookmaker)));
        assert_eq!(out.len(), usize::from(bookmaker == 1), "both parts are covered only after the second");
    }
    // Another feed's quotes are not touched by this feed's gap.
    let other = Scope { feed: FeedId(1), ..Scope::default() };
    assert!(stage.feed(OddsEvent::Gap(other)).is_empty());
}

#[test]
fn the_limit_applies_what_came() {
    let mut config = only(Kind::Arbitrage);
    config.freshness.hold_limit = 1;
    let mut stage = Stage::new(config, &["a", "b"]);
    let market = stage.moneyline();
    stage.feed(OddsEvent::HoldBegin(Scope::default()));
    assert!(stage.back(market, 0, 0, 2.1).is_empty());
    assert_eq!(stage.model.quotes(), 0);
    assert_eq!(stage.back(market, 1, 1, 2.05).len(), 1);
    assert_eq!(stage.back(market, 1, 1, 1.5).len(), 1, "the scope is closed");
}

#[test]
fn of_two_feeds_the_newer_source_time_wins() {
    let (mut stage, market) = stage();
    let by = |feed, price, seconds: Option<i64>| {
        let source_ts = seconds.map(|seconds| Timestamp(seconds * SECOND));
        OddsEvent::Odds(OddsUpdate { feed: FeedId(feed), source_ts, ..back(market, 0, 0, price) })
    };
    stage.at(20).feed(by(0, 2.1, Some(10)));
    assert!(stage.feed(by(1, 1.5, Some(9))).is_empty(), "older: loses");
    assert_eq!(stage.model.counts().superseded, 1);
    assert_eq!(stage.feed(by(1, 1.5, Some(10))).len(), 1, "as old: the later wins");
    assert_eq!(stage.feed(by(0, 2.1, None)).len(), 1, "without a time the later wins");
}
