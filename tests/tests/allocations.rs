//! No allocation per odds event in steady state.
//!
//! It would catch a list made anew for each market, a key turned back into a string, a map on the hot path. The first pass over the
//! same prices warms up: slots, blocks and scratch grow once.

use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side};
use overround::{
    BookmakerId, Config, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp,
};
use overround_math::line::Line;
use overround_math::odds::Odds;

const BOOKMAKERS: u32 = 20;

fn definitions(anchor: &str) -> Vec<OddsEvent> {
    let mut events: Vec<OddsEvent> = (0..BOOKMAKERS)
        .map(|id| {
            let key = if id == 0 { Key::of(anchor) } else { Key::of(&format!("bookmaker {id}")) };
            OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key })
        })
        .collect();
    let (sport, league, start, live) = (None, None, None, None);
    let key = Key::of("fixture");
    events.push(OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(0), key, sport, league, start, live }));
    // A 1X2, a list of seven, and a ladder of five totals.
    let market = |id: u32, family: u32, shape, name: &str, line: Option<i32>, n: u16| {
        OddsEvent::Market(Box::new(MarketDefinition {
            market: MarketId(id),
            family: FamilyId(family),
            fixture: FixtureId(0),
            shape,
            market_type: Key::of(name),
            period: Key::of("full_game"),
            participant: Key::NONE,
            line: line.and_then(Line::from_thousandths),
            outcomes: (0..n).map(|outcome| Key::of(&format!("outcome {outcome}"))).collect(),
        }))
    };
    events.push(market(0, 0, MarketShape::ThreeWay, "match_result", None, 3));
    events.push(market(1, 1, MarketShape::Listed, "winner", None, 7));
    events.extend((0..5).map(|i| {
        market(2 + i, 2, MarketShape::Total, "total", Some(1500 + 1000 * i32::try_from(i).expect("small")), 2)
    }));
    events
}

/// Every quote of every market, at prices that wander with `round` by a cent or two around 5 % margin.
fn quotes(round: u32) -> Vec<OddsEvent> {
    let mut events = Vec::new();
    for (market, n) in [(0, 3), (1, 7), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2)] {
        for bookmaker in 0..BOOKMAKERS {
            for outcome in 0..n {
                let wander = f64::from((7 * round + 3 * bookmaker + u32::from(outcome)) % 5) / 100.0;
                let price = f64::from(n) / 1.05 + wander;
                events.push(OddsEvent::Odds(OddsUpdate {
                    market: MarketId(market),
                    bookmaker: BookmakerId(bookmaker),
                    outcome: OutcomeIndex(outcome),
                    side: Side::Back,
                    feed: FeedId(0),
                    active: true,
                    main: None,
                    price: Some(Odds::new(price).expect("between 1 and 7")),
                    limit: Some(100.0),
                    source_ts: None,
                }));
            }
        }
    }
    events
}

fn allocations_of_a_round(anchor: &str, set: impl Fn(&mut Config)) -> (u64, usize) {
    let mut config = Config::recorded();
    // Telling allocates, as it hands out what it tells: keep everything just short of being told.
    config.ev.min = 10.0;
    config.arbitrage.min_profit = 10.0;
    config.low_hold.max_hold = -1.0;
    config.middle.max_loss = -1.0;
    set(&mut config);
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::with_capacity(1 << 16);
    engine.apply_batch(Timestamp(0), &definitions(anchor), &mut out);
    let rounds: Vec<Vec<OddsEvent>> = (0..6).map(quotes).collect();
    for (now, round) in (1..).zip(&rounds[..5]) {
        round.iter().for_each(|event| engine.apply(Timestamp(now), event, &mut out).expect("a good event"));
    }
    out.clear();
    let counted = allocation_counter::measure(|| {
        for event in &rounds[5] {
            engine.apply(Timestamp(10), event, &mut out).expect("a good event");
        }
    });
    (counted.count_total, out.len())
}

#[test]
fn nothing_is_allocated_per_odds_event() {
    assert_eq!(allocations_of_a_round("pinnacle", |_| {}), (0, 0), "reference by anchor");
    assert_eq!(allocations_of_a_round("no anchor", |_| {}), (0, 0), "reference by consensus");
}

#[test]
fn open_opportunities_that_do_not_change_allocate_nothing() {
    // Everything is open and stays within its last telling.
    let tell_once = |config: &mut Config| {
        config.low_hold.max_hold = 0.9;
        config.ev.min = -0.9;
        config.lifecycle.min_change = 10.0;
    };
    let (allocations, told) = allocations_of_a_round("pinnacle", tell_once);
    assert!(told > 0, "prices move, and a leg's new price is told");
    assert!(allocations < 40 * u64::try_from(told).expect("small"), "{allocations} allocations for {told} told");
}

/// What an engine says that it holds is about what it has allocated: a host divides its memory by that. Would catch: a part that is not
/// counted, or counted in other units.
#[test]
fn bytes_held_are_about_the_bytes_allocated() {
    let mut config = Config::recorded();
    config.low_hold.max_hold = 0.9;
    config.ev.min = -0.9;
    config.middle.max_loss = 1.0;
    config.middle.min_ev = -1.0;
    let mut engine = Engine::new(config).expect("valid");
    let mut out = Vec::new();
    let held = |engine: &Engine| i64::try_from(engine.stats().bytes).expect("small");
    engine.apply_batch(Timestamp(0), &definitions("pinnacle"), &mut out);
    let before = held(&engine);
    let allocated = allocation_counter::measure(|| {
        for now in 1..20 {
            for event in quotes(now) {
                engine.apply(Timestamp(now.into()), &event, &mut out).expect("a good event");
            }
            out = Vec::new();
        }
    });
    assert!(engine.opportunities().len() > 100, "most of it are opportunities");
    let (more, allocated) = (held(&engine) - before, allocated.bytes_current);
    assert!((allocated * 7 / 10..allocated * 11 / 10).contains(&more), "{more} held, {allocated} allocated");
}
