//! Why opportunities expire.

use super::*;
use overround::config::Degraded;
use overround::odds_event::SourceRole;
use overround::opportunity::Kind;

/// An open arbitrage of a (home) and b (away), fed at 0 s.
fn arbitrage_stage(config: Config) -> (Stage, MarketId) {
    let mut stage = Stage::new(config, &["a", "b", "pinnacle"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    stage.back(market, 1, 1, 2.05);
    assert_eq!(stage.open(), 1);
    (stage, market)
}

#[test]
fn ended_and_forgotten() {
    let (mut stage, market) = arbitrage_stage(only(Kind::Arbitrage));
    let out = stage.at(7).feed(ended());
    assert_eq!(expired(&out), Reason::Ended);
    let OpportunityEvent::Expired(told) = &out[0] else { unreachable!("it expired") };
    assert_eq!(told.lifetime_us, 7 * SECOND);
    assert_eq!(stage.refuse(OddsEvent::Odds(back(market, 0, 0, 2.1))), EventError::RetiredFixture);
    assert_eq!(stage.refuse(fixture(None)), EventError::RetiredFixture);

    let mut config = only(Kind::Arbitrage);
    config.freshness.start_barrier = false;
    let (mut stage, _) = arbitrage_stage(config);
    stage.feed(fixture(Some(10)));
    // 48 h after the start, at its own time although the call is late.
    let out = stage.model.advance(Timestamp((200 * 3600) * SECOND));
    let [live, gone] = out.as_slice() else { panic!("in play, then forgotten: {out:?}") };
    assert_eq!(warned(updated(std::slice::from_ref(live))), [Warning::Live]);
    assert_eq!(expired(std::slice::from_ref(gone)), Reason::Ended);
    assert_eq!(gone.ts(), Timestamp((48 * 3600 + 10) * SECOND));
}

#[test]
fn started_until_the_price_moves() {
    let (mut stage, market) = arbitrage_stage(only(Kind::Arbitrage));
    stage.feed(fixture(Some(10)));
    let out = stage.model.advance(Timestamp(11 * SECOND));
    assert_eq!((expired(&out), out[0].ts()), (Reason::Started, Timestamp(10 * SECOND)));
    assert!(stage.at(12).back(market, 0, 0, 2.1).is_empty(), "fed again, but not moved");
    assert!(stage.back(market, 0, 0, 2.11).is_empty());
    assert_eq!(arbitrage(detected(&stage.back(market, 1, 1, 2.06))).legs[0].price, 2.11);
}

#[test]
fn barrier_until_a_source_time_says_otherwise() {
    let (mut stage, market) = arbitrage_stage(only(Kind::Arbitrage));
    assert_eq!(expired(&stage.at(5).feed(barrier())), Reason::Barrier);
    let with_time = |bookmaker, outcome, price| {
        let update = back(market, bookmaker, outcome, price);
        OddsEvent::Odds(OddsUpdate { source_ts: Some(Timestamp(5 * SECOND)), ..update })
    };
    assert!(stage.feed(with_time(0, 0, 2.1)).is_empty());
    assert_eq!(stage.feed(with_time(1, 1, 2.05)).len(), 1);
}

#[test]
fn removed_suspended_price() {
    let (mut stage, _) = arbitrage_stage(only(Kind::Arbitrage));
    assert_eq!(expired(&stage.feed(OddsEvent::Removed(Box::new(of_bookmaker(0))))), Reason::Removed);
    let (mut stage, market) = arbitrage_stage(only(Kind::Arbitrage));
    assert_eq!(expired(&stage.feed(OddsEvent::Suspended(Box::new(of_bookmaker(1))))), Reason::Suspended);
    assert_eq!(stage.back(market, 1, 1, 2.05).len(), 1, "active again at the same price");
    assert_eq!(expired(&stage.back(market, 1, 1, 1.5)), Reason::Price);
}

#[test]
fn the_first_of_the_list_wins() {
    let (mut stage, _) = arbitrage_stage(only(Kind::Arbitrage));
    let out =
        stage.batch(&[OddsEvent::Suspended(Box::new(of_bookmaker(0))), OddsEvent::Removed(Box::new(of_bookmaker(1)))]);
    assert_eq!(expired(&out), Reason::Removed);
}

#[test]
fn source_by_signal_and_by_degraded_drop() {
    let (mut stage, _) = arbitrage_stage(only(Kind::Arbitrage));
    assert_eq!(expired(&stage.feed(signal(0, SourceHealth::Stale(true)))), Reason::Source);
    assert_eq!(stage.feed(signal(0, SourceHealth::Stale(false))).len(), 1, "and back at once");
    assert_eq!(expired(&stage.feed(signal(1, SourceHealth::Role(SourceRole::Offline)))), Reason::Source);

    let mut config = only(Kind::Arbitrage);
    config.arbitrage.degraded = Degraded::Drop;
    let (mut stage, market) = arbitrage_stage(config);
    stage.back(market, 2, 1, 2.04);
    // The next best is taken; when that goes, its own removal is the reason.
    let out = stage.feed(signal(1, SourceHealth::Role(SourceRole::Degraded)));
    assert_eq!(arbitrage(updated(&out)).legs[1].bookmaker, BookmakerId(2));
    assert_eq!(expired(&stage.feed(OddsEvent::Removed(Box::new(of_bookmaker(2))))), Reason::Removed);
}

#[test]
fn stale_one_microsecond_after_the_limit() {
    let mut config = only(Kind::Arbitrage);
    config.freshness.max_age_prematch_ms = 5_000;
    let (mut stage, _) = arbitrage_stage(config);
    assert!(stage.model.advance(Timestamp(5 * SECOND)).is_empty());
    let out = stage.model.advance(Timestamp(9 * SECOND));
    assert_eq!((expired(&out), out[0].ts()), (Reason::Stale, Timestamp(5 * SECOND + 1)));
}

#[test]
fn config_and_capped() {
    let (mut stage, market) = arbitrage_stage(only(Kind::Arbitrage));
    let mut stricter = only(Kind::Arbitrage);
    stricter.arbitrage.min_profit = 0.10;
    assert_eq!(expired(&stage.feed(OddsEvent::Configure(Box::new(stricter)))), Reason::Config);

    let mut capped = only(Kind::Arbitrage);
    capped.arbitrage.max_profit = 0.05;
    stage.feed(OddsEvent::Configure(Box::new(capped)));
    assert_eq!(stage.open(), 1);
    assert_eq!(expired(&stage.back(market, 0, 0, 2.5)), Reason::Capped);
    assert!(stage.back(market, 0, 0, 2.6).is_empty());
    assert_eq!(stage.model.counts().capped, [1, 0, 0, 0], "one episode");
    assert_eq!(stage.back(market, 0, 0, 2.1).len(), 1, "told when it is back under the cap");
}

#[test]
fn reference_only_when_the_quote_stands() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    stage.back(market, 1, 0, 2.1);
    assert_eq!(expired(&stage.column(market, 0, &[2.2, 1.8])), Reason::Reference);
    stage.column(market, 0, &[2.0, 2.0]);
    assert_eq!(expired(&stage.back(market, 1, 0, 2.0)), Reason::Price);
}

#[test]
fn a_low_hold_that_becomes_an_arbitrage_expires_by_price() {
    let mut stage = Stage::new(Config::recorded(), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.0);
    stage.back(market, 1, 1, 2.0);
    let out = stage.back(market, 0, 0, 2.1);
    let [OpportunityEvent::Detected(arbitrage), OpportunityEvent::Expired(low_hold)] = out.as_slice() else {
        panic!("arbitrage before low hold: {out:?}");
    };
    assert_eq!((arbitrage.kind(), low_hold.kind, low_hold.reason), (Kind::Arbitrage, Kind::LowHold, Reason::Price));
}
