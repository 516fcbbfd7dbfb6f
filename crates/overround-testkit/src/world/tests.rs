use super::*;
use overround::Engine;
use overround::EventError;
use std::collections::BTreeMap;

fn stream(seed: u64, params: Params, instants: usize) -> Vec<Instant> {
    World::new(seed, params).take(instants).collect()
}

/// A name for each thing that may happen, faults with what tells them apart.
fn kind(event: &OddsEvent) -> &'static str {
    match event {
        OddsEvent::Bookmaker(_) => "bookmaker",
        OddsEvent::Fixture(it) if it.live == Some(true) => "start",
        OddsEvent::Fixture(it) if it.sport.is_none() && it.start.is_some() => "moved start",
        OddsEvent::Fixture(_) => "fixture",
        OddsEvent::FixtureUnset(_) => "unset",
        OddsEvent::Market(it) if it.line.is_some() => "line",
        OddsEvent::Market(_) => "market",
        OddsEvent::Odds(it) if !it.active => "inactive",
        OddsEvent::Odds(it) if it.side == overround::Side::Lay => "lay",
        OddsEvent::Odds(it) if it.feed.0 == 1 => "second feed",
        OddsEvent::Odds(_) => "odds",
        OddsEvent::Removed(it) if it.market_type.is_none() => "all removed",
        OddsEvent::Removed(_) => "removed",
        OddsEvent::Suspended(it) if it.market_type.is_none() => "all suspended",
        OddsEvent::Suspended(_) => "suspended",
        OddsEvent::SnapshotBegin(it) if it.fixture.is_some() => "snapshot of a fixture",
        OddsEvent::SnapshotBegin(it) if it.bookmaker.is_some() => "snapshot of a bookmaker",
        OddsEvent::SnapshotBegin(_) => "snapshot of a feed",
        OddsEvent::SnapshotComplete(_) => "snapshot complete",
        OddsEvent::HoldBegin(_) => "hold",
        OddsEvent::HoldEnd(_) => "hold end",
        OddsEvent::Gap(_) => "gap",
        OddsEvent::Source(it) if it.fixture.is_some() => "signal of a fixture",
        OddsEvent::Source(_) => "signal",
        OddsEvent::Barrier(_) => "barrier",
        OddsEvent::Heartbeat(Some(_)) => "heartbeat",
        OddsEvent::Heartbeat(None) => "keep-alive",
        OddsEvent::Ended(it) if it.void => "void",
        OddsEvent::Ended(_) => "ended",
        OddsEvent::Configure(_) => "configure",
        _ => "unknown to this test",
    }
}

/// Would catch: hidden inputs, or a parameter that is not one.
#[test]
fn a_seed_gives_one_stream() {
    let events = |seed| stream(seed, Params::small(), 2_000);
    // NaN limits are in it, which equal nothing.
    assert_eq!(format!("{:?}", events(1)), format!("{:?}", events(1)));
    assert_ne!(format!("{:?}", events(1)), format!("{:?}", events(2)));
    let mut world = World::new(1, Params::small());
    let mut batch = Vec::new();
    for instant in events(1) {
        assert_eq!((world.next_into(&mut batch), batch.len()), (instant.now, instant.events.len()));
    }
}

/// Would catch: a fault that was written and never happens.
#[test]
fn everything_happens() {
    let faults = Faults { moved_starts: 0.02, ..Params::large().faults };
    for params in [Params::small(), Params { fixtures: 30, lead_s: 100.0, play_s: 100.0, faults, ..Params::large() }] {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        let (mut backwards, mut latest) = (0, i64::MIN);
        for instant in World::new(5, params).take(60_000) {
            assert!(!instant.events.is_empty());
            backwards += u32::from(instant.now.0 < latest);
            latest = latest.max(instant.now.0);
            instant.events.iter().for_each(|event| *counts.entry(kind(event)).or_default() += 1);
        }
        assert_eq!(counts.len(), 30, "{:?}", counts);
        assert!(counts.values().all(|&count| count > 1), "{counts:?}");
        assert!(backwards > 3, "receive clocks run backwards");
    }
}

/// Would catch: ids that skip, markets defined after their odds, families out of order; that is, a stream that an engine refuses for
/// other reasons than those meant. And all of those do come.
#[test]
fn an_engine_refuses_only_what_is_bad() {
    for (params, is_faultless) in [(Params::smooth(), true), (Params::small(), false), (Params::large(), false)] {
        let world = World::new(3, params);
        let mut engine = Engine::new(world.config()).expect("a configuration that can be used");
        let (mut out, mut reasons, mut events) = (Vec::new(), Vec::new(), 0);
        for instant in world.take(4_000) {
            let report = engine.apply_batch(instant.now, &instant.events, &mut out);
            for (index, event) in (0_u32..).zip(&instant.events).filter(|(_, event)| is_impostor(event)) {
                assert!(report.rejected.contains(&(index, EventError::Conflict)), "{event:?}");
            }
            reasons.extend(report.rejected.into_iter().map(|(_, reason)| reason));
            events += instant.events.len();
        }
        if is_faultless {
            assert_eq!(reasons, [], "nothing is wrong");
            continue;
        }
        let each = [EventError::UnknownMarket, EventError::MissingPrice, EventError::BadLimit, EventError::Conflict];
        assert!(reasons.len() < 100 || each.iter().all(|reason| reasons.contains(reason)), "{reasons:?}");
        assert!(reasons.len() * 50 < events, "{} of {events} are bad", reasons.len());
        assert!(!reasons.iter().any(|reason| matches!(reason, EventError::BadConfig(_))));
    }
}

/// A second name for something that has one already.
fn is_impostor(event: &OddsEvent) -> bool {
    match event {
        OddsEvent::Fixture(it) => it.key == overround::Key::of("another fixture"),
        OddsEvent::Bookmaker(it) => it.key == overround::Key::of("somebody else"),
        _ => false,
    }
}

/// Would catch: repeats that fade away as fixtures come and go. Counted by the engine, not by the generator.
#[test]
fn shares_are_near_what_is_asked_for() {
    for (asked, fixtures) in [(0.5, 20), (0.9, 40)] {
        let params = Params { repeats: asked, fixtures, ..Params::smooth() };
        let world = World::new(9, params);
        let mut engine = Engine::new(world.config()).expect("a configuration that can be used");
        let mut out = Vec::new();
        let mut instants = world;
        // The first prices of all are new to everybody.
        (0..4_000).for_each(|_| step(&mut engine, &mut instants, &mut out));
        let before = engine.stats();
        (0..6_000).for_each(|_| step(&mut engine, &mut instants, &mut out));
        let after = engine.stats();
        let (changed, same) = (after.changed - before.changed, after.unchanged - before.unchanged);
        #[expect(clippy::cast_precision_loss, reason = "counts of a test")]
        let share = same as f64 / (same + changed) as f64;
        assert!((share - asked).abs() < 0.1, "{share} of the prices are repeated, {asked} asked for");
    }
}

fn step(engine: &mut Engine, instants: &mut impl Iterator<Item = Instant>, out: &mut Vec<overround::OpportunityEvent>) {
    let instant = instants.next().expect("a world never ends");
    out.clear();
    engine.apply_batch(instant.now, &instant.events, out);
}

/// Would catch: a list of the past that grows with the stream.
#[test]
fn what_is_held_does_not_grow() {
    for params in [Params::small(), Params { fixtures: 20, lead_s: 60.0, play_s: 60.0, ..Params::large() }] {
        let mut world = World::new(11, params);
        let mut batch = Vec::new();
        (0..20_000).for_each(|_| _ = world.next_into(&mut batch));
        let (before, fixtures) = (world.footprint(), world.ids.fixtures);
        (0..100_000).for_each(|_| _ = world.next_into(&mut batch));
        assert!(world.ids.fixtures > 3 * fixtures, "{fixtures} fixtures, then {}", world.ids.fixtures);
        assert_eq!(world.footprint(), before);
    }
}

/// Would catch: prices nobody would show, or a world in which nothing is worth telling.
#[test]
fn prices_are_lifelike() {
    let mut world = World::new(2, Params { fixtures: 60, ..Params::large() });
    let mut engine = Engine::new(world.config()).expect("a configuration that can be used");
    let (mut batch, mut out) = (Vec::new(), Vec::new());
    let mut kinds = [0_u32; 4];
    for _ in 0..12_000 {
        let now = world.next_into(&mut batch);
        engine.apply_batch(now, &batch, &mut out);
        for event in out.drain(..).filter(|event| matches!(event, overround::OpportunityEvent::Detected(_))) {
            kinds[event.kind() as usize] += 1;
        }
        for event in &batch {
            if let OddsEvent::Odds(it) = event {
                let price = it.price.map_or(2.0, |odds| odds.decimal());
                assert!((1.005..=1_100.0).contains(&price), "{it:?}");
            }
        }
    }
    let [arbitrage, _, ev, _] = kinds;
    assert!(kinds.iter().all(|&count| count > 5), "{kinds:?}");
    // Of hundreds of thousands of prices, few are worth telling.
    assert!(arbitrage < 2_000 && ev < 20_000, "{kinds:?}");
    assert_eq!(engine.stats().withheld, 0);
}
