//! The engine at the ends of its ranges: times, lines and limits that no honest feed has.

use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side};
use overround::{
    BookmakerId, Config, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp,
};
use overround_math::line::Line;
use overround_math::odds::Odds;

fn definitions(start: i64, lines: &[i32]) -> Vec<OddsEvent> {
    let key = Key::of("f");
    let (sport, league, live) = (None, None, None);
    let start = Some(Timestamp(start));
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
