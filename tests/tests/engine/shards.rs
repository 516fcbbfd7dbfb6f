//! Sharded = serial: the same outputs in the same order, the same reports and digest, for any number of shards. Would catch: a clock or
//! source that only the shard of one fixture heard of, a limit counted by shard, an order that depends on who was first.

use crate::board::odds;
use core::num::NonZeroU32;
use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape};
use overround::{
    BatchReport, BookmakerId, Config, Engine, FamilyId, FixtureId, HedgeRequest, Key, MarketId, OddsEvent,
    OpportunityEvent, ProfileId, Run, ShardedEngine, Timestamp,
};
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, Step, seeds};
use overround_testkit::transform::{engine_of, take};
use proptest::prelude::{prop_assert_eq, proptest};

fn shards(n: i64) -> NonZeroU32 {
    NonZeroU32::new(u32::try_from(n).expect("small")).expect("at least one")
}

fn sharded_take(engine: &mut ShardedEngine, now: Timestamp, step: &Step) -> (Vec<OpportunityEvent>, BatchReport) {
    let mut out = Vec::new();
    let mut report = BatchReport::default();
    match step {
        Step::Batch(now, events) => report = engine.apply_batch(*now, events, &mut out),
        Step::Apply(now, event) => match engine.apply(*now, event, &mut out) {
            Ok(()) => report.accepted = 1,
            Err(error) => report.rejected.push((0, error)),
        },
        Step::Advance(_) | Step::Wake => engine.advance(now, &mut out),
    }
    (out, report)
}

/// Prices are sorted by the bookmakers of a machine word. Would catch: a bookmaker beyond it who is not heard, or heard twice; a place that is
/// not the event's.
#[test]
fn more_bookmakers_than_a_word_has_bits() {
    let bookmaker = |id| {
        OddsEvent::Bookmaker(BookmakerDefinition {
            bookmaker: BookmakerId(id),
            key: Key::of(&format!("bookmaker {id}")),
        })
    };
    let mut events: Vec<OddsEvent> = (0..70).map(bookmaker).collect();
    for id in 0..6 {
        let key = Key::of(&format!("fixture {id}"));
        let (fixture, sport, league, start, live) = (FixtureId(id), None, None, None, None);
        events.push(OddsEvent::Fixture(FixtureUpdate { fixture, key, sport, league, start, live }));
        events.push(OddsEvent::Market(Box::new(MarketDefinition {
            market: MarketId(id),
            family: FamilyId(id),
            fixture,
            shape: MarketShape::TwoWay,
            market_type: Key::of("moneyline"),
            period: Key::of("full_game"),
            participant: Key::NONE,
            line: None,
            outcomes: ["home", "away"].map(Key::of).into(),
        })));
    }
    let mut serial = Engine::new(Config::live()).expect("valid");
    let mut sharded = [1, 2, 3].map(|n| ShardedEngine::new(Config::live(), shards(n)).expect("valid"));
    let mut random = Random::new(70);
    for at in 0..200 {
        let now = Timestamp(1_000_000 * (at + 1));
        let mut expected = Vec::new();
        let report = serial.apply_batch(now, &events, &mut expected);
        for sharded in &mut sharded {
            let mut out = Vec::new();
            assert_eq!(sharded.apply_batch(now, &events, &mut out), report);
            assert_eq!((out, sharded.digest()), (expected.clone(), serial.digest()));
            assert_eq!(sharded.stats().events, serial.stats().events);
        }
        assert_eq!(report.rejected.is_empty(), at == 0 || events.iter().all(|event| !is_bad(event)));
        events.clear();
        for _ in 0..random.between(1, 150) {
            // Now and then a bookmaker or an outcome that there is not.
            let (bookmaker, outcome) =
                (random.below(71) as u32, u16::from(random.chance(50)) * random.between(1, 2) as u16);
            let price = 1.8 + 0.01 * random.below(40) as f64;
            events.push(odds(
                (random.below(6) as u32, outcome, false, bookmaker),
                Some(price).filter(|_| !random.chance(5)),
            ));
        }
    }
    assert!(serial.stats().open.iter().sum::<u64>() > 0, "something is told");
}

fn is_bad(event: &OddsEvent) -> bool {
    matches!(event, OddsEvent::Odds(update) if update.bookmaker.0 > 69 || update.outcome.0 > 1)
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn shards_answer_as_one(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let mut serial = engine_of(&scenario);
        let mut sharded = ShardedEngine::new(scenario.config.clone(), shards(random.between(1, 8))).expect("valid");
        for step in &scenario.steps {
            let now = match step {
                Step::Wake => match serial.next_deadline() {
                    Some((now, _)) => now,
                    None => continue,
                },
                Step::Advance(now) | Step::Apply(now, _) | Step::Batch(now, _) => *now,
            };
            let expected = take(&mut serial, step);
            let (out, report) = sharded_take(&mut sharded, now, step);
            prop_assert_eq!(format!("{:?}", out), format!("{:?}", expected.out));
            prop_assert_eq!((report, sharded.digest()), (expected.report, expected.digest));
            prop_assert_eq!(sharded.now(), serial.now());
            prop_assert_eq!(format!("{:?}", sharded.opportunities()), format!("{:?}", serial.opportunities()));
            let (ours, theirs) = (sharded.stats(), serial.stats());
            prop_assert_eq!((ours.events, ours.rejected, ours.clamped), (theirs.events, theirs.rejected, theirs.clamped));
            prop_assert_eq!((ours.changed, ours.unchanged), (theirs.changed, theirs.unchanged));
            prop_assert_eq!((ours.quotes, ours.columns, ours.open), (theirs.quotes, theirs.columns, theirs.open));
            prop_assert_eq!((ours.superseded, ours.capped), (theirs.superseded, theirs.capped));
            let (market, profile) = (MarketId(random.below(6) as u32), ProfileId(0));
            let (ours, theirs) = (sharded.market_book(market, profile), serial.market_book(market, profile));
            prop_assert_eq!(format!("{:?}", ours), format!("{:?}", theirs));
            let (ours, theirs) =
                (sharded.combinations(market, profile, 2), serial.combinations(market, profile, 2));
            prop_assert_eq!(format!("{:?}", ours), format!("{:?}", theirs));
            for told in serial.opportunities().into_iter().take(1) {
                let (id, profile) = (told.id, told.profile);
                let request = HedgeRequest { id, profile, leg: 0, placed: 1_000, step: 10, units_per_limit: 100.0 };
                let (ours, theirs) = (sharded.hedge(&request), serial.hedge(&request));
                prop_assert_eq!(format!("{:?}", ours), format!("{:?}", theirs));
            }
            if random.chance(10) {
                sharded = ShardedEngine::restore(&serial.snapshot(), shards(random.between(1, 8))).expect("just written");
                serial = Engine::restore(&sharded.snapshot()).expect("just written");
            }
        }
    }

    /// A stretch of a feed at once = its instants one by one.
    #[test]
    fn a_run_is_its_instants(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let mut serial = engine_of(&scenario);
        let mut sharded = ShardedEngine::new(scenario.config.clone(), shards(random.between(1, 8))).expect("valid");
        let mut run = Run::new();
        let (mut out, mut expected) = (Vec::new(), Vec::new());
        let mut reports = Vec::new();
        for step in &scenario.steps {
            let (now, events): (Timestamp, &[OddsEvent]) = match step {
                Step::Batch(now, events) => (*now, events),
                Step::Apply(now, event) => (*now, core::slice::from_ref(event)),
                Step::Advance(_) | Step::Wake => continue,
            };
            run.begin(now);
            events.iter().for_each(|event| run.push(event.clone()));
            reports.push(serial.apply_batch(now, events, &mut expected));
            if random.chance(20) {
                prop_assert_eq!(sharded.apply_run(&run, &mut out), core::mem::take(&mut reports));
                prop_assert_eq!(sharded.digest(), serial.digest());
                run.clear();
            }
        }
        prop_assert_eq!(sharded.apply_run(&run, &mut out), reports);
        prop_assert_eq!(sharded.digest(), serial.digest());
        prop_assert_eq!(format!("{:?}", out), format!("{:?}", expected));
    }
}
