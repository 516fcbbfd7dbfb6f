//! When things are told, in which order, and what stands beside them.

use super::*;
use overround::ProfileId;
use overround::config::Profile;
use overround::opportunity::{Kind, Kinds};

fn pair(config: Config) -> (Stage, MarketId) {
    let mut stage = Stage::new(config, &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    (stage, market)
}

#[test]
fn a_quote_fed_again_tells_nothing() {
    let (mut stage, market) = pair(only(Kind::Arbitrage));
    stage.back(market, 1, 1, 2.05);
    assert!(stage.at(1).back(market, 1, 1, 2.05).is_empty());
    assert_eq!(stage.model.evaluate()[0].ts, Timestamp(SECOND));
    assert_eq!(stage.model.view()[0].ts, Timestamp(0));
}

#[test]
fn the_headline_must_move_by_min_change() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    stage.at(1).back(market, 1, 0, 2.1);
    // Multiplying both prices of the reference leaves 0.5: nothing moves but the warning that the leg lags.
    assert_eq!(stage.at(2).column(market, 0, &[1.99, 1.99]).len(), 1);
    assert!(stage.column(market, 0, &[1.98, 1.98]).is_empty());
    // 0.5002: ev + 0.0004
    let close_by = [1.0 / 0.5002, 1.0 / 0.4998];
    assert!(stage.column(market, 0, &close_by).is_empty());
    // 0.5003: ev + 0.0006 against what was told last
    let further = [1.0 / 0.5003, 1.0 / 0.4997];
    assert_eq!(stage.column(market, 0, &further).len(), 1);
}

#[test]
fn a_limit_tells_by_a_tenth() {
    let (mut stage, market) = pair(only(Kind::Arbitrage));
    let limited = |bookmaker, outcome, price, limit| {
        OddsEvent::Odds(OddsUpdate { limit: Some(limit), ..back(market, bookmaker, outcome, price) })
    };
    stage.back(market, 1, 1, 2.1);
    assert!(stage.feed(limited(0, 0, 2.1, 100.0)).is_empty(), "one limit is still unknown");
    let out = stage.feed(limited(1, 1, 2.1, 500.0));
    close(arbitrage(updated(&out)).max_total_stake.expect("known"), 200.0);
    assert!(stage.feed(limited(0, 0, 2.1, 109.0)).is_empty());
    assert_eq!(stage.feed(limited(0, 0, 2.1, 110.0)).len(), 1);
}

#[test]
fn confirmation_is_a_deadline_and_a_break_starts_it_over() {
    let mut config = only(Kind::Arbitrage);
    config.lifecycle.confirm_after_ms = 5_000;
    let (mut stage, market) = pair(config);
    assert!(stage.back(market, 1, 1, 2.05).is_empty());
    assert!(stage.at(3).back(market, 1, 1, 1.5).is_empty());
    assert!(stage.at(4).back(market, 1, 1, 2.05).is_empty());
    let out = stage.model.advance(Timestamp(60 * SECOND));
    assert_eq!((detected(&out).ts, detected(&out).detected_ts), (Timestamp(9 * SECOND), Timestamp(9 * SECOND)));
}

#[test]
fn hysteresis_holds_an_open_one() {
    let mut config = only(Kind::Arbitrage);
    config.arbitrage.min_profit = 0.02;
    config.lifecycle.hysteresis = 0.01;
    let (mut stage, market) = pair(config);
    stage.back(market, 1, 1, 2.05);
    // 2.1 · 1.99/4.09 = 1.0218; 2.1 · 1.97/4.07 = 1.0165; 2.1 · 1.95/4.05 = 1.0111; 2.1 · 1.92/4.02 = 1.003
    assert_eq!(stage.back(market, 1, 1, 1.97).len(), 1);
    assert_eq!(updated(&stage.back(market, 1, 1, 1.95)).kind(), Kind::Arbitrage);
    assert_eq!(expired(&stage.back(market, 1, 1, 1.92)), Reason::Price);
    assert!(stage.back(market, 1, 1, 1.97).is_empty(), "from outside the threshold itself counts");
}

#[test]
fn a_batch_tells_net_changes_only() {
    let (mut stage, market) = pair(only(Kind::Arbitrage));
    let out = stage.batch(&[
        OddsEvent::Odds(back(market, 1, 1, 2.05)),
        OddsEvent::Odds(back(market, 1, 1, 1.5)),
        OddsEvent::Removed(Box::new(of_bookmaker(0))),
    ]);
    assert!(out.is_empty());
}

#[test]
fn order_also_and_profiles() {
    let mut config = Config::recorded();
    config.profiles = vec![Profile::named("one"), Profile::named("two")];
    config.profiles[1].bookmakers = Some(vec![Key::of("a"), Key::of("b")]);
    let mut stage = Stage::new(config, &["a", "b", "pinnacle"]);
    let market = stage.moneyline();
    stage.column(market, 2, &[2.0, 2.0]);
    stage.column(market, 0, &[2.1, 1.5]);
    let out = stage.back(market, 1, 1, 2.1);
    // One: arbitrage, ev of b. (The ev of a and the low holds were told or are gone.) Two: the same.
    let told: Vec<(Kind, ProfileId)> = stage.model.view().iter().map(|it| (it.kind(), it.profile)).collect();
    assert_eq!(told.len(), 6);
    assert!(told.windows(2).all(|pair| pair[0].0 <= pair[1].0), "by kind: {told:?}");
    let kinds: Vec<Kind> = out.iter().map(OpportunityEvent::kind).collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
    for event in &out {
        if let OpportunityEvent::Detected(it) = event {
            let others = match it.kind() {
                Kind::Arbitrage => Kinds::NONE.with(Kind::Ev),
                _ => Kinds::NONE.with(Kind::Arbitrage).with(Kind::Ev),
            };
            assert_eq!(it.also, others);
        }
    }
}

#[test]
fn a_market_of_one_line_twice_and_other_contradictions_are_refused() {
    let (mut stage, market) = pair(Config::recorded());
    assert_eq!(stage.refuse(OddsEvent::Odds(back(MarketId(9), 0, 0, 2.0))), EventError::UnknownMarket);
    assert_eq!(stage.refuse(OddsEvent::Odds(back(market, 9, 0, 2.0))), EventError::UnknownBookmaker);
    assert_eq!(stage.refuse(OddsEvent::Odds(back(market, 0, 2, 2.0))), EventError::UnknownOutcome);
    let missing = OddsUpdate { price: None, ..back(market, 0, 0, 2.0) };
    assert_eq!(stage.refuse(OddsEvent::Odds(missing)), EventError::MissingPrice);
    let bad = OddsUpdate { limit: Some(f64::NAN), ..back(market, 0, 0, 2.0) };
    assert_eq!(stage.refuse(OddsEvent::Odds(bad)), EventError::BadLimit);
    assert_eq!(stage.refuse(OddsEvent::Removed(Box::default())), EventError::EmptyFilter);
    // Far in the future and bad: time stands still.
    stage.now = 1_000 * SECOND;
    stage.refuse(OddsEvent::Removed(Box::default()));
    assert_eq!(stage.model.now(), Some(Timestamp(0)));
}
