//! The engine at the ends of its ranges: times, lines and limits that no honest feed has.

use crate::board::{self, Board, open, permissive};
use overround::config::Override;
use overround::odds_event::{
    BookmakerDefinition, Ended, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Scope, Side,
};
use overround::opportunity::{Figures, Kind, Kinds};
use overround::{
    BookmakerId, Config, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OpportunityEvent, OutcomeIndex,
    Timestamp,
};
use overround_math::line::Line;
use overround_math::odds::Odds;

fn definitions(start: impl Into<Option<i64>>, lines: &[i32]) -> Vec<OddsEvent> {
    let key = Key::of("f");
    let (sport, league, live) = (None, None, None);
    let start = start.into().map(Timestamp);
    let mut events = vec![
        OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(0), key: Key::of("pinnacle") }),
        OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(0), key, sport, league, start, live }),
    ];
    events.extend((0..).zip(lines).map(|(id, &line)| {
        OddsEvent::Market(Box::new(MarketDefinition {
            market: MarketId(id),
            family: FamilyId(0),
            fixture: FixtureId(0),
            shape: MarketShape::Total,
            market_type: Key::of("total"),
            period: Key::of("full_game"),
            participant: Key::NONE,
            line: Line::from_thousandths(line),
            outcomes: vec![Key::of("over"), Key::of("under")],
        }))
    }));
    events
}

fn odds(market: u32, outcome: u16, source_ts: Option<i64>) -> OddsEvent {
    OddsEvent::Odds(OddsUpdate {
        market: MarketId(market),
        bookmaker: BookmakerId(0),
        outcome: OutcomeIndex(outcome),
        side: Side::Back,
        feed: FeedId(0),
        active: true,
        main: None,
        price: Some(Odds::new(2.1).expect("a price")),
        limit: Some(0.0),
        source_ts: source_ts.map(Timestamp),
    })
}

/// Of two lays at one price, the first by rank is the leg, whichever came first. Would catch: rank by arrival, or the last of equals.
#[test]
fn of_equal_lays_the_first_by_rank() {
    for order in [[1, 2], [2, 1]] {
        let board = Board::new(MarketShape::ThreeWay, &[]).back(0, 0, 0, 4.0);
        let config = permissive();
        let mut engine = open(&config, &board);
        let mut out = Vec::new();
        for bookmaker in order {
            engine.apply(Timestamp(2), &board::odds((0, 0, true, bookmaker), Some(3.0)), &mut out).expect("accepted");
        }
        let open = engine.opportunities();
        let arbitrage = open.iter().find_map(|told| match &told.figures {
            Figures::Arbitrage(arbitrage) => Some(arbitrage),
            _ => None,
        });
        let legs: Vec<(Side, BookmakerId)> =
            arbitrage.expect("4.0 against 3.0").legs.iter().map(|leg| (leg.side, leg.bookmaker)).collect();
        assert_eq!(legs, [(Side::Back, BookmakerId(0)), (Side::Lay, BookmakerId(1))], "{order:?}");
    }
}

/// An odds event that closes a scope which holds too much has been in it: it is not held by the next one. Would catch: a scope that closes
/// before it takes the event in, which shows when a configuration lowers the limit while scopes are open.
#[test]
fn what_overflows_a_scope_is_applied_with_it() {
    let config = permissive();
    let mut engine = Engine::new(config.clone()).expect("valid");
    let mut out = Vec::new();
    let start = Timestamp(1);
    engine.apply_batch(start, &definitions(1_000_000_000, &[2500, 3500]), &mut out);
    let scope = |fixture| Scope { feed: FeedId(0), bookmaker: None, fixture };
    let opening = [OddsEvent::SnapshotBegin(scope(None)), odds(0, 0, None), odds(0, 1, None), odds(1, 0, None)];
    engine.apply_batch(start, &opening, &mut out);
    engine.apply(start, &OddsEvent::HoldBegin(scope(Some(FixtureId(0)))), &mut out).expect("accepted");
    let mut lower = config;
    lower.freshness.hold_limit = 1;
    engine.apply(start, &OddsEvent::Configure(Box::new(lower)), &mut out).expect("accepted");
    assert_eq!(engine.stats().quotes, 0, "all is held back");
    engine.apply(start, &odds(1, 1, None), &mut out).expect("accepted");
    assert_eq!(engine.stats().quotes, 4);
}

/// A snapshot is bounded by the quotes that come into it though another scope holds them back, and by distinct ones alone. Would catch: a count of
/// records, which a restored engine no longer knows, and a set without a bound.
#[test]
fn a_snapshot_behind_a_hold_is_bounded_too() {
    let mut config = permissive();
    config.freshness.hold_limit = 2;
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::new();
    let start = Timestamp(1);
    engine.apply_batch(start, &definitions(1_000_000_000, &[2500, 3500]), &mut out);
    let scope = |fixture| Scope { feed: FeedId(0), bookmaker: None, fixture };
    let fixture = scope(Some(FixtureId(0)));
    let mut send = |event: &OddsEvent| {
        engine.apply(start, event, &mut out).expect("accepted");
        engine.stats().quotes
    };
    // The hold closes with the third record; the snapshot knows of one quote, then two.
    let counts = [
        OddsEvent::HoldBegin(scope(None)),
        OddsEvent::SnapshotBegin(fixture),
        odds(0, 0, None),
        odds(0, 0, None),
        odds(0, 0, None),
        odds(0, 1, None),
        odds(0, 1, None),
        odds(1, 0, None),
        OddsEvent::SnapshotComplete(fixture),
        odds(1, 1, None),
    ]
    .map(|event| send(&event));
    // Then it holds records itself, and is full with the third quote. Complete without begin removes nothing.
    assert_eq!(counts, [0, 0, 0, 0, 1, 1, 1, 3, 3, 4]);
    let counts = [
        OddsEvent::HoldBegin(scope(None)),
        OddsEvent::HoldBegin(Scope { bookmaker: Some(BookmakerId(0)), ..scope(None) }),
        OddsEvent::SnapshotBegin(fixture),
        odds(0, 0, None),
        odds(0, 1, None),
        odds(1, 0, None),
        OddsEvent::SnapshotComplete(fixture),
    ]
    .map(|event| send(&event));
    // Full at the third quote, of which it held none itself: so the fourth stays.
    assert_eq!(counts, [4; 7]);
}

/// A bookmaker that shares prices with the anchor is judged by a consensus of the others as soon as there is one, whoever completes it.
/// Would catch: a screen that took a consensus that was not there yet for one that never comes.
#[test]
fn a_consensus_that_comes_later_judges_who_shares_with_the_anchor() {
    // Nothing else stands in the market, for which it would be judged exactly anyway.
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.fair.groups = vec![vec![Key::of(board::NAMES[0]), Key::of(board::NAMES[1])]];
    let quotes = [[2.05, 1.85], [2.02, 1.8], [1.85, 1.92], [1.85, 1.92], [1.85, 1.92]];
    let evs = |order: [u32; 10]| {
        let mut engine = open(&config, &Board::new(MarketShape::TwoWay, &[]));
        let mut out = Vec::new();
        for (step, at) in (2..).zip(order) {
            let (bookmaker, outcome) = (at / 2, at % 2);
            let price = quotes[bookmaker as usize][outcome as usize];
            let cell = (0, u16::try_from(outcome).expect("two"), false, bookmaker);
            engine.apply(Timestamp(step), &board::odds(cell, Some(price)), &mut out).expect("accepted");
        }
        let is_ev = |told: &&overround::Opportunity| matches!(&told.figures, Figures::Ev(ev) if ev.bookmaker.0 == 1);
        engine.opportunities().iter().filter(is_ev).count()
    };
    assert_eq!(evs([0, 1, 4, 5, 6, 7, 8, 9, 2, 3]), 1, "2.02 against 1.92 and 1.85");
    assert_eq!(evs([0, 1, 4, 5, 6, 7, 8, 2, 3, 9]), 1, "whoever comes last");
}

/// What ends with the first price of a long batch is told at its end. Would catch: a market that is called quiet while the batch goes on, with
/// what stood in it forgotten.
#[test]
fn what_ends_early_in_a_long_batch_is_told() {
    let config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    let prices = [(0, 0, 1.9), (0, 1, 1.9), (1, 0, 2.2), (1, 1, 1.7)];
    let board = prices.into_iter().fold(Board::new(MarketShape::TwoWay, &[]), |board, (bookmaker, outcome, price)| {
        board.back(0, outcome, bookmaker, price)
    });
    let mut engine = open(&config, &board);
    assert_eq!(engine.opportunities().len(), 1, "2.2 where the anchor has 1.9 twice");
    let mut batch = vec![board::odds((0, 0, false, 1), Some(1.8))];
    let known = BookmakerDefinition { bookmaker: BookmakerId(0), key: Key::of(board::NAMES[0]) };
    batch.resize(100, OddsEvent::Bookmaker(known));
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(1), &batch, &mut out);
    assert!(matches!(out[..], [OpportunityEvent::Expired(_)]), "{out:?}");
    assert!(engine.opportunities().is_empty());
}

/// Every time at either end of i64, with limits that reach beyond it: each call returns, and nothing overflows.
#[test]
fn ends_of_time() {
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX];
    for start in ends {
        for source in ends {
            for limit_ms in [1, u64::MAX, i64::MAX as u64] {
                let mut config = Config::live();
                config.freshness.max_age_prematch_ms = limit_ms;
                config.freshness.max_age_live_ms = limit_ms;
                config.freshness.hold_timeout_ms = limit_ms;
                config.lifecycle.confirm_after_ms = limit_ms;
                config.freshness.role_hold_s = 1e300;
                let mut engine = Engine::new(config).expect("in range");
                let mut out = Vec::new();
                engine.apply_batch(Timestamp(i64::MIN), &definitions(start, &[2500]), &mut out);
                for now in ends {
                    for outcome in 0..2 {
                        let _ = engine.apply(Timestamp(now), &odds(0, outcome, Some(source)), &mut out);
                    }
                    engine.advance(Timestamp(now), &mut out);
                }
            }
        }
    }
}

/// What begins to stand in the last instant there is will never be confirmed, and is saved as it is. Would have caught: a snapshot
/// that its own engine refuses.
#[test]
fn what_stands_at_the_end_of_time_can_be_saved() {
    let mut config = Config::recorded();
    config.lifecycle.confirm_after_ms = 1;
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(0), &definitions(None, &[2500, 3500]), &mut out);
    let quotes = [odds(0, 0, None), odds(0, 1, None), odds(1, 0, None), odds(1, 1, None)];
    engine.apply_batch(Timestamp::MAX, &quotes, &mut out);
    assert!(out.is_empty(), "{out:?}");
    let again = Engine::restore(&engine.snapshot()).expect("what an engine wrote");
    assert_eq!(again.digest(), engine.digest());
}

/// The farthest lines there are: a middle between them has its size and its numbers, as many as are listed.
#[test]
fn ends_of_lines() {
    let mut engine = Engine::new(Config::recorded()).expect("valid");
    let mut out = Vec::new();
    let lines = [-2_000_000_000, 2_000_000_000];
    engine.apply_batch(Timestamp(0), &definitions(1, &lines), &mut out);
    let quotes = [odds(0, 0, None), odds(0, 1, None), odds(1, 0, None), odds(1, 1, None)];
    let report = engine.apply_batch(Timestamp(0), &quotes, &mut out);
    assert!(report.rejected.is_empty() && !out.is_empty());
}

/// An engine in the midst of things: a middle and more told, a snapshot in progress, a gap, a fixture that is over.
pub(crate) fn an_engine_with_a_past() -> Engine {
    let mut config = Config::live();
    config.freshness.budgets_s.insert(Key::of("pinnacle"), 3_600.0);
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(0), &definitions(7_200_000_000, &[2500, 3000]), &mut out);
    let (sport, league, live) = (Some(Key::of("soccer")), None, None);
    let over = FixtureUpdate { fixture: FixtureId(1), key: Key::of("g"), sport, league, start: None, live };
    engine.apply(Timestamp(0), &OddsEvent::Fixture(over), &mut out).expect("new");
    let ended = Ended { fixture: FixtureId(1), home_score: Some(1), away_score: None, winner: None, void: false };
    engine.apply(Timestamp(1), &OddsEvent::Ended(ended), &mut out).expect("known");
    for (market, outcome) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        engine.apply(Timestamp(1_000_000), &odds(market, outcome, Some(500_000)), &mut out).expect("known");
    }
    let scope = Scope { feed: FeedId(3), ..Scope::default() };
    engine.apply(Timestamp(2_000_000), &OddsEvent::Gap(scope), &mut out).expect("always");
    let scope = Scope { bookmaker: Some(BookmakerId(0)), ..Scope::default() };
    engine.apply(Timestamp(2_000_000), &OddsEvent::SnapshotBegin(scope), &mut out).expect("known");
    engine.apply(Timestamp(3_000_000), &odds(0, 1, None), &mut out).expect("held back");
    engine
}

/// A start that is put off again and again leaves nothing behind: what is armed for no time any more is swept out.
#[test]
fn starts_that_move_take_no_room() {
    let mut engine = Engine::new(Config::recorded()).expect("valid");
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(0), &definitions(1, &[2500]), &mut out);
    let before = engine.stats().bytes;
    for n in 0..100_000 {
        let (key, sport, league, live) = (Key::of("f"), None, None, None);
        let start = Some(Timestamp(1_000_000_000 + (n * 7919) % 1_000_003));
        let moved = FixtureUpdate { fixture: FixtureId(0), key, sport, league, start, live };
        engine.apply(Timestamp(0), &OddsEvent::Fixture(moved), &mut out).expect("known");
    }
    assert!(engine.stats().bytes < before + 100_000, "{} bytes, {before} before", engine.stats().bytes);
}

/// A fixture that is over and a configuration with fewer overrides in one instant: what is judged for the last time has rules too.
#[test]
fn an_end_and_another_configuration_at_once() {
    let mut config = Config::recorded();
    let mut rule = Override::default();
    rule.matches.market = Some(Key::of("total"));
    config.overrides.push(rule);
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(0), &definitions(7_200_000_000, &[2500, 3000]), &mut out);
    let ended = Ended { fixture: FixtureId(0), home_score: None, away_score: None, winner: None, void: true };
    let configure = OddsEvent::Configure(Box::new(Config::recorded()));
    let batch = [odds(0, 0, None), odds(0, 1, None), OddsEvent::Ended(ended), configure];
    let report = engine.apply_batch(Timestamp(1), &batch, &mut out);
    assert!(report.rejected.is_empty() && engine.opportunities().is_empty());
}
