//! Grading: what must hold of every grade, whatever is graded.

use core::num::NonZeroU32;
use overround::grade::betting::{Acceptance, Ledger, Plan, Repeat, Stakes, play};
use overround::grade::{Ask, Grade, Graded, Settings, Unsettled, headline};
use overround::opportunity::{Kind, Kinds};
use overround::{
    BatchReport, Engine, FixtureId, OddsEvent, Opportunity, OpportunityEvent, ProfileId, ShardedEngine, Timestamp,
};
use overround_math::settlement::Settlement;
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Features, Scenario, Step, seeds};
use overround_testkit::transform::{accepted_only, engine_of, events_of, take, time_of};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeMap;

fn settings() -> Settings {
    Settings::default().with_horizon(3_000_000).with_horizon(6_000_000)
}

fn graded<E: Ask>(engine: E) -> Graded<E> {
    Graded::new(engine, settings()).expect("good settings")
}

fn graded_take<E: Ask>(engine: &mut Graded<E>, now: Timestamp, step: &Step) -> (Vec<OpportunityEvent>, BatchReport) {
    let (mut out, mut report) = (Vec::new(), BatchReport::default());
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

/// Grades of a scenario, with everything that was told.
fn grades_of<E: Ask>(scenario: &Scenario, engine: E) -> (Vec<Grade>, Vec<OpportunityEvent>) {
    let mut graded = graded(engine);
    let (mut told, mut grades) = (Vec::new(), Vec::new());
    for step in &scenario.steps {
        let Some(now) = time_of(step) else { continue };
        told.extend(graded_take(&mut graded, now, step).0);
        grades.extend(graded.take_grades());
    }
    grades.extend(graded.finish());
    (grades, told)
}

/// A scenario in which fixtures end with results.
fn with_results(seed: u64) -> Scenario {
    let mut random = Random::new(seed);
    let features = Features { ends: true, ..Features::random(&mut random) };
    let scenario = Scenario::with_features(seed, features);
    let last = scenario.steps.iter().filter_map(time_of).max().unwrap_or_default();
    let mut scenario = accepted_only(&scenario);
    let fixtures = scenario.steps.iter().flat_map(events_of).filter_map(|event| match event {
        OddsEvent::Fixture(update) => Some(update.fixture.0),
        _ => None,
    });
    for fixture in 0..=fixtures.max().unwrap_or_default() {
        let ended = overround::odds_event::Ended {
            fixture: FixtureId(fixture),
            home_score: Some(i32::try_from(random.below(5)).unwrap_or_default()),
            away_score: Some(i32::try_from(random.below(5)).unwrap_or_default()),
            winner: None,
            void: random.chance(5),
        };
        // One that is over already is refused; time passes all the same.
        let events = vec![OddsEvent::Heartbeat(None), OddsEvent::Ended(ended)];
        scenario.steps.push(Step::Batch(last.plus_us(1_000_000), events));
    }
    scenario.steps.push(Step::Batch(last.plus_us(2_000_000), vec![OddsEvent::Heartbeat(None)]));
    scenario
}

fn plan(random: &mut Random) -> Plan {
    let mut plan = Plan::flat();
    plan.bankroll = random.between(1, 2_000_000);
    plan.stakes = match random.below(3) {
        0 => Stakes::Flat(random.between(1, 50_000)),
        1 => Stakes::Kelly(random.within(0.0, 1.0)),
        _ => Stakes::Prudent,
    };
    plan.kinds = Kinds::ALL;
    plan.lead_us = random.maybe(20, &[0, 60_000_000]);
    plan.repeat = random.pick(&[Repeat::Once, Repeat::Every]);
    let mut acceptance = if random.chance(30) { Acceptance::ideal() } else { Acceptance::cautious() };
    acceptance.latency_us = random.pick(&[0, 500_000, 1_000_000]);
    acceptance.hedge_after_us = 2_000_000;
    acceptance.seed = random.bits();
    if random.chance(50) {
        (acceptance.rejected_share, acceptance.moved_share) = (0.4, 0.4);
    }
    plan.acceptance = acceptance;
    plan
}

/// What the sums of a ledger must be.
fn assert_adds_up(ledger: &Ledger, grades: &[Grade], plan: &Plan) {
    let profits: i64 = ledger.bets.iter().map(|bet| bet.profit).sum();
    assert_eq!(ledger.start + profits, ledger.end, "the bet log is the bankroll");
    assert_eq!(ledger.positions.iter().map(|it| it.profit).sum::<i64>(), profits, "and the report");
    assert_eq!(ledger.positions.iter().map(|it| it.stake).sum::<i64>(), ledger.turnover());
    assert_eq!(ledger.equity.last().map_or(ledger.start, |last| last.1), ledger.end);
    assert_eq!(ledger.positions.iter().map(|it| it.bets).sum::<usize>(), ledger.bets.len());
    for bet in &ledger.bets {
        assert!(bet.size_matched <= bet.size && bet.size_matched >= 0, "{bet:?}");
        assert!(bet.profit >= -bet.size_matched, "no bet loses more than its stake: {bet:?}");
        assert!(bet.settlement != Settlement::Push || bet.profit == 0, "{bet:?}");
    }
    for position in &ledger.positions {
        let grade = &grades[position.grade];
        let mut ideal = Acceptance::ideal();
        ideal.seed = plan.acceptance.seed;
        let is_ideal = plan.acceptance == ideal;
        if let (true, Ok(settled)) = (is_ideal, &grade.settled) {
            // Per leg a cent of the stake and one of the profit are rounded off, each at its price.
            let slack: f64 = 0.01 + grade.legs.iter().map(|leg| leg.net_price + 1.0).sum::<f64>();
            let expected = settled.profit * cents(position.stake);
            assert!((cents(position.profit) - expected).abs() <= slack, "{expected} {position:?}");
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small amounts")]
fn cents(amount: i64) -> f64 {
    amount as f64
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Would catch: a look that moves time before a refused batch, that answers deadlines at other times, that writes anything.
    #[test]
    fn grading_changes_no_output(seed in seeds()) {
        let scenario = Scenario::with_features(seed, Features { bad: true, ..Features::ALL });
        let mut bare = engine_of(&scenario);
        let mut graded = graded(engine_of(&scenario));
        for step in &scenario.steps {
            let Some(now) = time_of(step).or_else(|| bare.next_deadline().map(|(at, _)| at)) else { continue };
            let expected = take(&mut bare, step);
            let (out, report) = graded_take(&mut graded, now, step);
            prop_assert_eq!(format!("{:?}", out), format!("{:?}", expected.out));
            prop_assert_eq!((report, graded.engine().digest()), (expected.report, expected.digest));
            prop_assert_eq!((bare.now(), bare.stats().clamped), (graded.engine().now(), graded.engine().stats().clamped));
        }
    }

    /// Would catch: looks at the shard of another fixture, an order of grades that depends on shards.
    #[test]
    fn shards_give_the_same_grades(seed in seeds()) {
        let scenario = with_results(seed);
        let shards = NonZeroU32::new(1 + u32::try_from(seed % 7).expect("small")).expect("at least one");
        let sharded = ShardedEngine::new(scenario.config.clone(), shards).expect("valid");
        let (ours, theirs) = (grades_of(&scenario, sharded), grades_of(&scenario, engine_of(&scenario)));
        prop_assert_eq!(format!("{:?}", ours), format!("{:?}", theirs));
    }

    /// Would catch: a look that is taken when it is called for, not as of its time.
    #[test]
    fn calling_early_and_often_gives_the_same_grades(seed in seeds()) {
        let scenario = with_results(seed);
        let (expected, _) = grades_of(&scenario, engine_of(&scenario));
        let mut random = Random::new(seed);
        let mut often = graded(engine_of(&scenario));
        let mut grades = Vec::new();
        for step in &scenario.steps {
            let Some(until) = time_of(step) else { continue };
            while let Some(at) = often.next_deadline().filter(|at| *at < until) {
                let early = Timestamp(random.between(often.engine().now().unwrap_or(at).0.min(at.0), at.0));
                often.advance(early, &mut Vec::new());
                often.advance(at, &mut Vec::new());
            }
            graded_take(&mut often, until, step);
            grades.extend(often.take_grades());
        }
        grades.extend(often.finish());
        prop_assert_eq!(format!("{:?}", grades), format!("{:?}", expected));
    }

    /// Every detection is graded once, and its end and peak are what was told. Would catch: episodes mixed up, lost or kept.
    #[test]
    fn a_grade_is_what_was_told(seed in seeds()) {
        let scenario = with_results(seed);
        let (grades, told) = grades_of(&scenario, engine_of(&scenario));
        let mut left: Vec<&Grade> = grades.iter().collect();
        left.sort_by_key(|grade| grade.number);
        prop_assert!(left.windows(2).all(|pair| pair[0].number + 1 == pair[1].number));
        let better = |a: f64, b: f64, kind: Kind| if kind == Kind::LowHold { a.min(b) } else { a.max(b) };
        let mut open: BTreeMap<(u64, ProfileId), (Opportunity, f64, u32)> = BTreeMap::new();
        for event in told {
            match event {
                OpportunityEvent::Detected(it) => {
                    let figure = headline(&it);
                    open.insert((it.id.0, it.profile), (*it, figure, 0));
                }
                OpportunityEvent::Updated(it) => {
                    let entry = open.get_mut(&(it.id.0, it.profile)).expect("told as open");
                    *entry = (entry.0.clone(), better(entry.1, headline(&it), it.kind()), entry.2 + 1);
                }
                OpportunityEvent::Expired(it) => {
                    let (first, peak, updates) = open.remove(&(it.id.0, it.profile)).expect("told as open");
                    let is_it = |grade: &&Grade| {
                        (grade.told.id, grade.told.profile, grade.told.detected_ts) == (it.id, it.profile, first.detected_ts)
                    };
                    let grade = left.remove(left.iter().position(is_it).expect("graded"));
                    let end = grade.end.expect("it ended");
                    prop_assert_eq!((end.ts, end.reason, end.lifetime_us), (it.ts, it.reason, it.lifetime_us));
                    prop_assert_eq!((&*grade.told, grade.peak.figure, grade.updates), (&first, peak, updates));
                }
            }
        }
        prop_assert_eq!(open.len(), left.len());
        prop_assert!(left.iter().all(|grade| grade.end.is_none()));
    }

    /// Would catch: a guarantee that the settled bets do not keep, stakes that do not sum to one.
    #[test]
    fn no_settlement_is_below_the_worst_claimed(seed in seeds()) {
        let scenario = with_results(seed);
        let (grades, _) = grades_of(&scenario, engine_of(&scenario));
        for grade in &grades {
            let total: f64 = grade.legs.iter().map(|leg| leg.stake_fraction).sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
            let Ok(settled) = &grade.settled else { continue };
            let holds = settled.is_off || settled.profit >= grade.claimed_worst() - 1e-9;
            prop_assert!(holds || matches!(grade.kind(), Kind::LowHold), "{:?}", grade);
        }
    }

    /// The sum of the bet log = the sum of the positions = the bankroll's end. Would catch: money that is made or lost in rounding, hedges
    /// left out, settlements paid twice.
    #[test]
    fn money_adds_up(seed in seeds()) {
        let scenario = with_results(seed);
        let (grades, _) = grades_of(&scenario, engine_of(&scenario));
        let mut random = Random::new(seed);
        for _ in 0..3 {
            let plan = plan(&mut random);
            let ledger = play(&grades, &plan);
            assert_adds_up(&ledger, &grades, &plan);
            prop_assert_eq!(&ledger, &play(&grades, &plan));
        }
    }
}

proptest! {
    #![proptest_config(cases(120))]

    /// Looks and closes are what a bare engine says that has been fed up to that time and no further. Would catch: looks before or after
    /// what happens at their time, closes by prices in play.
    #[test]
    fn looks_are_what_the_engine_said_then(seed in seeds()) {
        let scenario = with_results(seed);
        let (grades, _) = grades_of(&scenario, engine_of(&scenario));
        for grade in grades.iter().take(6) {
            let judged = (grade.kind() == Kind::Ev).then(|| grade.legs[0].bookmaker);
            for look in grade.looks.iter().flatten() {
                let mut then = engine_at(&scenario, look.ts);
                for (leg, seen) in grade.legs.iter().zip(&look.legs) {
                    let book = then.market_book(leg.bet.market, grade.told.profile);
                    let quote = book.and_then(|book| {
                        let is_it = |quote: &&overround::explain::QuoteView| {
                            (quote.bookmaker, quote.outcome, quote.side) == (leg.bookmaker, leg.bet.outcome, leg.bet.side)
                        };
                        let quote = *book.quotes.iter().find(is_it)?;
                        quote.net_price.filter(|_| quote.fault.is_none())
                    });
                    prop_assert_eq!(seen.own.map(|own| own.net_price), quote);
                    prop_assert_eq!(seen.fair_probability, then.fair_probability(leg.bet, judged));
                }
            }
            if let Some(close) = &grade.close {
                let mut then = engine_at(&scenario, close.ts);
                let live = then.fixture_facts(grade.told.fixture).is_none_or(|facts| facts.live);
                prop_assert!(close.ts >= grade.told.ts);
                let mut latest = Timestamp::MIN;
                let raised = scenario.steps.iter().filter_map(time_of).map(|at| {
                    latest = latest.max(at);
                    latest
                });
                if raised.filter(|at| *at == close.ts).count() > 1 {
                    // It was put in play by another instant of the very time at which something had happened.
                    continue;
                }
                prop_assert!(!live);
                for (leg, closed) in grade.legs.iter().zip(&close.legs) {
                    let fair = then.fair_by_ladder(leg.bet, judged);
                    prop_assert_eq!(closed.fair_probability, fair.map(|fair| fair.probability));
                }
            }
        }
    }

    /// Would catch: opportunities kept for ever.
    #[test]
    fn what_is_over_is_let_go(seed in seeds()) {
        let scenario = with_results(seed);
        let mut graded = graded(engine_of(&scenario));
        for step in &scenario.steps {
            graded_take(&mut graded, time_of(step).unwrap_or_default(), step);
        }
        prop_assert_eq!(graded.followed(), 0);
        prop_assert!(graded.finish().iter().all(|grade| grade.settled != Err(Unsettled::Open)));
        prop_assert!(graded.next_deadline().is_none() || graded.next_deadline() >= graded.engine().now());
    }
}

/// A bare engine that has been fed everything up to a time.
fn engine_at(scenario: &Scenario, ts: Timestamp) -> Engine {
    let mut engine = engine_of(scenario);
    // What comes later is raised to that time, whatever its own.
    for step in scenario.steps.iter().take_while(|step| time_of(step).is_some_and(|at| at <= ts)) {
        take(&mut engine, step);
    }
    engine.advance(ts, &mut Vec::new());
    engine
}

/// The laws are about something: each part of a grade occurs.
#[test]
fn every_part_of_a_grade_occurs() {
    let (mut settled, mut closed, mut looks, mut moved, mut hedges, mut off) = (0, 0, 0, 0, 0, 0);
    let mut kinds = BTreeMap::new();
    for seed in 0..300 {
        let scenario = with_results(seed);
        let (grades, _) = grades_of(&scenario, engine_of(&scenario));
        for grade in &grades {
            settled += usize::from(grade.settled.is_ok());
            off += usize::from(grade.settled.as_ref().is_ok_and(|settled| settled.is_off));
            closed += usize::from(grade.close.as_ref().is_some_and(|close| close.value.is_some()));
            looks += grade.looks.iter().flatten().count();
            moved += usize::from(grade.first_move.is_some());
            *kinds.entry(grade.kind()).or_insert(0) += 1;
        }
        let mut random = Random::new(seed);
        hedges += play(&grades, &plan(&mut random)).bets.iter().filter(|bet| bet.is_hedge).count();
    }
    println!("{settled} settled, {off} off, {closed} closed, {looks} looks, {moved} moved, {hedges} hedges, {kinds:?}");
    assert!(settled > 500 && off > 5 && closed > 50 && looks > 500 && moved > 200 && hedges > 20);
    assert_eq!(kinds.len(), 4);
}
