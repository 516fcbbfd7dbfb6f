//! Grading: what must hold of every grade, whatever is graded.

use core::num::NonZeroU32;
use overround::grade::betting::{Acceptance, Ledger, Plan, Repeat, Stakes, play};
use overround::grade::{Ask, Grade, Graded, Mover, Settings, Unsettled, headline};
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
    let stakes = |settled: bool| -> i64 {
        ledger.positions.iter().filter(|it| it.is_settled == settled).map(|it| it.stake).sum()
    };
    assert_eq!((stakes(true), stakes(false)), (ledger.turnover(), ledger.unsettled_stake));
    let matched: i64 = ledger.bets.iter().map(|bet| bet.size_matched).sum();
    assert_eq!(matched, ledger.turnover() + ledger.unsettled_stake);
    assert_eq!(ledger.equity.last().map_or(ledger.start, |last| last.1), ledger.end);
    assert_eq!(ledger.positions.iter().map(|it| it.bets).sum::<usize>(), ledger.bets.len());
    for bet in &ledger.bets {
        assert!(bet.size_matched <= bet.size && bet.size_matched >= 0, "{bet:?}");
        assert!(bet.profit >= -bet.size_matched, "no bet loses more than its stake: {bet:?}");
        assert!(bet.settlement.is_some_and(|it| it != Settlement::Push) || bet.profit == 0, "{bet:?}");
        assert!(bet.size > 0 && (!bet.is_hedge || bet.size_matched > 0), "nothing is asked for: {bet:?}");
    }
    assert!(least_at_hand(ledger, plan) >= 0, "more is staked than there is");
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

/// The least money that was ever at hand, by the bet log alone: what is asked for is held until the answer, what is matched until its result.
fn least_at_hand(ledger: &Ledger, plan: &Plan) -> i64 {
    let mut flows: Vec<(Timestamp, i64)> = Vec::new();
    for bet in &ledger.bets {
        let answered = bet.placed_ts.plus_us(bet.elapsed_us);
        if bet.is_hedge {
            flows.push((answered, -bet.size_matched));
        } else {
            flows.push((bet.placed_ts, -bet.size));
            flows.push((bet.placed_ts.plus_us(plan.acceptance.latency_us), bet.size - bet.size_matched));
        }
        if let Some(at) = bet.settled_ts {
            flows.push((at.max(answered), bet.size_matched + bet.profit));
        }
    }
    // What comes in at a time is there for what goes out then.
    flows.sort_by_key(|&(at, flow)| (at, -flow));
    let mut at_hand = ledger.start;
    flows
        .iter()
        .map(|(_, flow)| {
            at_hand += flow;
            at_hand
        })
        .fold(ledger.start, i64::min)
}

/// The same grades as they stood at a time: what is told later is not there, and what came later is something else.
fn as_known_at(grades: &[Grade], now: Timestamp, random: &mut Random) -> Vec<Grade> {
    let mut known: Vec<Grade> = grades.iter().filter(|grade| grade.told.ts <= now).cloned().collect();
    for grade in &mut known {
        for look in &mut grade.looks {
            look.take_if(|look| look.ts > now);
        }
        if grade.close.as_ref().is_some_and(|close| close.ts > now) {
            grade.close = None;
        }
        match &mut grade.settled {
            Ok(settled) if settled.ts > now && random.chance(50) => {
                settled.ts = settled.ts.plus_us(1_000_000);
                settled.legs.iter_mut().for_each(|leg| *leg = Settlement::Loss);
            }
            Ok(settled) if settled.ts > now => grade.settled = Err(Unsettled::Open),
            _ => {}
        }
    }
    known
}

/// What was asked for up to a time, and the answers that had come: by the number of the grade.
fn done_by(ledger: &Ledger, grades: &[Grade], now: Timestamp) -> Vec<String> {
    let placed = ledger.bets.iter().filter(|bet| bet.placed_ts <= now);
    let done = placed.filter_map(|bet| {
        let asked = format!("{} {} {} {:?} {}", grades[bet.grade].number, bet.leg, bet.is_hedge, bet.on, bet.price);
        let is_answered = bet.placed_ts.plus_us(bet.elapsed_us) <= now;
        let size = bet.size;
        match (is_answered, bet.is_hedge) {
            (true, _) => Some(format!("{asked} {size}: {:?} {} {}", bet.status, bet.size_matched, bet.net_matched)),
            (false, false) => Some(format!("{asked} {size}")),
            (false, true) => None,
        }
    });
    done.collect()
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

    /// What is bet up to a time depends on nothing that came later. Would catch: stakes that know of later refusals, hedges and results, money
    /// that is free because a bet will never be settled.
    #[test]
    fn no_bet_knows_the_future(seed in seeds()) {
        let scenario = with_results(seed);
        let (grades, _) = grades_of(&scenario, engine_of(&scenario));
        let mut random = Random::new(seed);
        for _ in 0..3 {
            let mut plan = plan(&mut random);
            // So little that what is tied up is missed.
            plan.bankroll = random.between(1, 60_000);
            let moments: Vec<Timestamp> = grades.iter().map(|grade| grade.told.ts).collect();
            if moments.is_empty() {
                return Ok(());
            }
            let now = random.pick(&moments).plus_us(random.pick(&[0, 500_000, 1_000_000, 2_500_000, 3_000_000]));
            let known = as_known_at(&grades, now, &mut random);
            prop_assert_eq!(
                done_by(&play(&known, &plan), &known, now),
                done_by(&play(&grades, &plan), &grades, now)
            );
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

    /// Who moved first is what a bare engine shows that is asked after every instant, deadlines among them. Would catch: moves that come by
    /// the time alone or by a source's writes elsewhere, moves of the kick-off.
    #[test]
    fn who_moved_first_is_what_every_instant_shows(seed in seeds()) {
        let scenario = with_results(seed);
        let (mut grades, _) = grades_of(&scenario, engine_of(&scenario));
        grades.sort_by_key(|grade| grade.number);
        grades.truncate(12);
        let mut moves = Moves { to_come: grades.iter().collect(), waiting: Vec::new(), found: BTreeMap::new() };
        let mut bare = engine_of(&scenario);
        for step in &scenario.steps {
            let Some(until) = time_of(step) else { continue };
            while let Some((at, _)) = bare.next_deadline().filter(|(at, _)| *at < until) {
                let at = bare.now().map_or(at, |latest| latest.max(at));
                let mut told = Vec::new();
                bare.advance(at, &mut told);
                moves.look(&mut bare, &told);
            }
            let told = take(&mut bare, step).out;
            moves.look(&mut bare, &told);
        }
        for grade in &grades {
            let found = moves.found.get(&grade.number).copied();
            prop_assert_eq!(grade.first_move.map(|first| (first.who, first.after_us)), found, "{:?}", grade);
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

/// Who has not moved yet.
struct Moves<'a> {
    to_come: Vec<&'a Grade>,
    waiting: Vec<&'a Grade>,
    found: BTreeMap<u64, (Mover, i64)>,
}

impl Moves<'_> {
    /// After an instant, with what it told.
    fn look(&mut self, engine: &mut Engine, told: &[OpportunityEvent]) {
        let Some(now) = engine.now() else { return };
        let found = &mut self.found;
        self.waiting.retain(|grade| {
            let Some(facts) = engine.fixture_facts(grade.told.fixture) else { return false };
            let had_begun = grade.told.live || grade.start.is_some_and(|start| start <= grade.told.ts);
            let has_begun = facts.live || facts.start.is_some_and(|start| start <= now);
            if has_begun && !had_begun {
                return false;
            }
            let (mut leg_moved, mut reference_moved) = (false, false);
            for leg in &grade.legs {
                let judged = (grade.kind() == Kind::Ev).then_some(leg.bookmaker);
                let quote = engine.quote(leg.bet, leg.bookmaker, grade.told.profile);
                leg_moved |= quote.is_none_or(|quote| (quote.net_price - leg.net_price).abs() > 1e-12);
                let fair = engine.fair_probability(leg.bet, judged);
                reference_moved |= match fair.zip(leg.fair_probability) {
                    Some((now, then)) => (now - then).abs() * leg.net_price >= settings().moved_from,
                    None => fair.is_some() != leg.fair_probability.is_some(),
                };
            }
            let who = match (leg_moved, reference_moved) {
                (false, false) => return true,
                (true, false) => Mover::Leg,
                (false, true) => Mover::Reference,
                (true, true) => Mover::Both,
            };
            found.insert(grade.number, (who, now.since_us(grade.told.ts)));
            false
        });
        for event in told {
            let OpportunityEvent::Detected(it) = event else { continue };
            if let Some(at) = self.to_come.iter().position(|grade| *grade.told == **it) {
                self.waiting.push(self.to_come.remove(at));
            }
        }
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
