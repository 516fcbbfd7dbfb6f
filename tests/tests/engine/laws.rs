//! Laws of the engine, each over random worlds with all kinds of events in them.
//!
//! A law needs no model: it compares the engine with itself, fed otherwise. What each would catch is said beside it.

use overround::odds_event::{Ended, SourceHealth, SourceSignal};
use overround::opportunity::{Figures, Warnings};
use overround::{
    BookmakerId, Engine, FamilyId, FixtureId, Key, OddsEvent, Opportunity, OpportunityEvent, OutcomeIndex, ProfileId,
    Side, Timestamp,
};
use overround_testkit::cases::cases;
use overround_testkit::compare::{differing, fold};
use overround_testkit::naive::Model;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Features, Scenario, Step, bookmakers_of, exact_two_way, seeds};
use overround_testkit::transform::{
    accepted_only, as_lay, engine_of, events_of, interleaved_otherwise, prices_only_of, renamed, replay, shifted,
    shifted_output, take, time_of, told, told_of,
};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

/// Which opportunity, with which legs and warnings: what does not depend on when it was told.
type Shape = ((FamilyId, u64, ProfileId), Vec<(OutcomeIndex, Side, BookmakerId, u64)>, Warnings);

fn shape(it: &Opportunity) -> Shape {
    let legs = match &it.figures {
        Figures::Arbitrage(figures) => {
            figures.legs.iter().map(|l| (l.outcome, l.side, l.bookmaker, l.price.to_bits())).collect()
        }
        Figures::Middle(figures) => {
            figures.legs.iter().map(|l| (l.outcome, l.side, l.bookmaker, l.price.to_bits())).collect()
        }
        Figures::Ev(ev) => vec![(ev.outcome, ev.side, ev.bookmaker, ev.price.to_bits())],
        Figures::LowHold(figures) => figures
            .sides
            .iter()
            .flat_map(|side| side.bookmakers.iter().map(|b| (side.outcome, side.side, *b, side.price.to_bits())))
            .collect(),
    };
    ((it.family, it.id.0, it.profile), legs, it.warnings)
}

/// When the prices under every open opportunity last moved, as of today.
fn changed(engine: &mut Engine) -> Vec<Vec<Timestamp>> {
    let open = engine.opportunities();
    let today = open.iter().filter_map(|told| engine.evaluate(told.id, told.profile));
    let of = |it: Opportunity| match it.figures {
        Figures::Arbitrage(figures) => figures.legs.iter().map(|leg| leg.changed_ts).collect(),
        Figures::Middle(figures) => figures.legs.iter().map(|leg| leg.changed_ts).collect(),
        Figures::Ev(ev) => vec![ev.changed_ts],
        Figures::LowHold(_) => Vec::new(),
    };
    today.map(of).collect()
}

fn headline(it: &Opportunity) -> f64 {
    match &it.figures {
        Figures::Arbitrage(figures) => figures.profit,
        Figures::LowHold(figures) => figures.hold,
        Figures::Ev(figures) => figures.ev,
        Figures::Middle(figures) => figures.ev.unwrap_or(figures.worst),
    }
}

fn shapes(view: &[Opportunity]) -> Vec<Shape> {
    view.iter().map(shape).collect()
}

fn families(scenario: &Scenario) -> impl Fn(FamilyId) -> FixtureId {
    let all: Vec<(FamilyId, FixtureId)> = scenario
        .steps
        .iter()
        .flat_map(events_of)
        .filter_map(|event| match event {
            OddsEvent::Market(it) => Some((it.family, it.fixture)),
            _ => None,
        })
        .collect();
    move |family| {
        all.iter().find(|(it, _)| *it == family).map(|(_, fixture)| *fixture).expect("told of a defined family")
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Would catch: a half-applied refusal, a refusal that moves time or writes to the caller's buffer.
    #[test]
    fn a_refused_event_leaves_no_trace(seed in seeds()) {
        let scenario = Scenario::with_features(seed, Features { bad: true, ..Features::ALL });
        let mut engine = engine_of(&scenario);
        let mut cleaned = engine_of(&scenario);
        for step in &scenario.steps {
            let before = (engine.digest(), engine.opportunities(), engine.now(), engine.next_deadline());
            let answer = take(&mut engine, step);
            if !matches!(step, Step::Advance(_) | Step::Wake) && answer.report.accepted == 0 {
                prop_assert!(answer.out.is_empty());
                let after = (engine.digest(), engine.opportunities(), engine.now(), engine.next_deadline());
                prop_assert_eq!(before, after);
                continue;
            }
            let good: Vec<OddsEvent> = (0_u32..)
                .zip(events_of(step))
                .filter(|(index, _)| answer.report.rejected.iter().all(|(bad, _)| bad != index))
                .map(|(_, event)| event.clone())
                .collect();
            let same = match step {
                Step::Batch(now, _) | Step::Apply(now, _) => take(&mut cleaned, &Step::Batch(*now, good)),
                other => take(&mut cleaned, other),
            };
            prop_assert!(same.report.rejected.is_empty());
            prop_assert_eq!(answer.out, same.out);
            prop_assert_eq!(answer.digest, same.digest);
        }
    }

    /// Would catch: hidden inputs (addresses, hash seeds, clocks), or state that outlives its engine.
    #[test]
    fn the_same_feed_twice_gives_the_same(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        prop_assert_eq!(replay(&scenario).1, replay(&scenario).1);
    }

    /// Would catch: a deadline that is missed, fired at the wrong time, or changes something when fired early.
    #[test]
    fn one_late_call_equals_many_punctual_ones(seed in seeds()) {
        let scenario = accepted_only(&Scenario::from_seed(seed));
        let (_, late) = replay(&scenario);
        let mut engine = engine_of(&scenario);
        let mut random = Random::new(seed);
        for (step, expected) in scenario.steps.iter().zip(&late) {
            let mut out = Vec::new();
            let until = time_of(step).expect("no calls to deadlines are left");
            while let Some(now) = engine.now().filter(|now| *now < until) {
                let Some((deadline, _)) = engine.next_deadline().filter(|(at, _)| *at < until) else { break };
                prop_assert!(deadline > now, "a deadline lies ahead");
                if random.chance(30) {
                    let early = Timestamp(random.between(now.0, deadline.0 - 1));
                    let told = out.len();
                    engine.advance(early, &mut out);
                    prop_assert_eq!(told, out.len(), "nothing happens before the next deadline");
                }
                engine.advance(deadline, &mut out);
            }
            let answer = take(&mut engine, step);
            out.extend(answer.out);
            prop_assert_eq!(&out, &expected.out);
            prop_assert_eq!(answer.digest, expected.digest);
        }
    }

    /// Would catch: an engine that tells phantoms inside a batch, or whose result depends on how events are cut into calls.
    #[test]
    fn a_batch_equals_its_events_one_by_one(seed in seeds()) {
        let features = Features { policy: false, configure: false, ends: false, ..Features::ALL };
        let mut scenario = Scenario::with_features(seed, features);
        scenario.config.lifecycle.min_change = 0.0;
        scenario.config.profiles.iter_mut().for_each(|profile| profile.lifecycle.min_change = None);
        scenario.config.overrides.iter_mut().for_each(|patch| patch.lifecycle.min_change = None);
        // What is due at this very time is judged after the first event alone, but after the whole batch: here nothing ever is.
        scenario.config.freshness.hold_timeout_ms = 12_345;
        scenario.config.lifecycle.retention_after_start_h = 1_000.0;
        scenario.config.freshness.sources = false;
        let (mut whole, mut single) = (engine_of(&scenario), engine_of(&scenario));
        for step in &scenario.steps {
            let Step::Batch(now, events) = step else {
                // They may wake for different reasons: one of them has seen candidates that the other has not.
                if !matches!(step, Step::Wake) {
                    take(&mut whole, step);
                    take(&mut single, step);
                }
                continue;
            };
            let mut view = whole.opportunities();
            let batch = take(&mut whole, step);
            prop_assert!(fold(&mut view, &batch.out).is_ok(), "each id at most once, and fitting");
            for event in events {
                take(&mut single, &Step::Apply(*now, event.clone()));
            }
            let (ours, theirs) = (whole.opportunities(), single.opportunities());
            prop_assert_eq!(shapes(&ours), shapes(&theirs));
            for (a, b) in ours.iter().zip(&theirs) {
                prop_assert!((headline(a) - headline(b)).abs() < 1e-12);
            }
        }
    }

    /// Would catch: figures or order that depend on what other fixtures do.
    #[test]
    fn fixtures_never_interact(seed in seeds()) {
        let features = Features { scopes: false, sources: false, bad: false, ..Features::ALL };
        let scenario = accepted_only(&Scenario::with_features(seed, features));
        let of = families(&scenario);
        let (_, usual) = replay(&scenario);
        let (_, other) = replay(&interleaved_otherwise(&scenario));
        for (a, b) in usual.iter().zip(&other) {
            prop_assert_eq!(&a.out, &b.out);
            prop_assert_eq!(a.digest, b.digest);
        }
        for fixture in (0..3).map(FixtureId) {
            let (_, alone) = replay(&prices_only_of(&scenario, fixture));
            let (ours, theirs) = (told_of(&told(&usual), &of, fixture), told_of(&told(&alone), &of, fixture));
            prop_assert_eq!(differing("among others", &ours, "alone", &theirs), None);
        }
    }

    /// Would catch: absolute time in any figure.
    #[test]
    fn later_times_give_later_outputs(seed in seeds(), us in -1_000_000_000_000_i64..1_000_000_000_000) {
        let scenario = Scenario::from_seed(seed);
        let expected: Vec<OpportunityEvent> =
            told(&replay(&scenario).1).iter().map(|event| shifted_output(event, us)).collect();
        prop_assert_eq!(expected, told(&replay(&shifted(&scenario, us)).1));
    }

    /// Would catch: an update told, or a change time moved, by a record that says nothing new.
    #[test]
    fn an_unchanged_quote_changes_nothing_but_clocks(seed in seeds()) {
        let features = Features { scopes: false, sources: false, ..Features::ALL };
        let scenario = accepted_only(&Scenario::with_features(seed, features));
        let mut engine = engine_of(&scenario);
        for step in &scenario.steps {
            take(&mut engine, step);
            let view = engine.opportunities();
            let now = engine.now().expect("time has begun");
            let Some(last @ OddsEvent::Odds(_)) = events_of(step).last() else { continue };
            let superseded = engine.stats().superseded;
            let again = take(&mut engine, &Step::Apply(now, last.clone()));
            if engine.stats().superseded == superseded && again.report.accepted == 1 {
                prop_assert!(again.out.is_empty(), "{:?}", again.out);
                prop_assert_eq!(view, engine.opportunities());
            }
            let mut later = Engine::restore(&engine.snapshot()).expect("just written");
            let again = take(&mut later, &Step::Apply(Timestamp(now.0 + 1), last.clone()));
            if later.stats().superseded == 0 && again.report.accepted == 1 && again.out.is_empty() {
                prop_assert_eq!(changed(&mut engine), changed(&mut later));
            }
        }
    }

    /// Would catch: a bookmaker-wide flip that misses a market, or does not come back.
    #[test]
    fn stale_and_fresh_again_restores_the_view(seed in seeds()) {
        let features = Features { policy: false, sources: false, bad: false, ..Features::ALL };
        let mut scenario = accepted_only(&Scenario::with_features(seed, features));
        scenario.config.lifecycle.min_change = 0.0;
        let (mut engine, _) = replay(&scenario);
        let before = shapes(&engine.opportunities());
        let now = engine.now().expect("time has begun");
        for bookmaker in (0_u32..).zip(bookmakers_of(&scenario)).map(|(id, _)| BookmakerId(id)) {
            for stale in [true, false] {
                let health = SourceHealth::Stale(stale);
                let signal = OddsEvent::Source(SourceSignal { bookmaker, fixture: None, health, last_write_ts: None });
                let answer = take(&mut engine, &Step::Apply(now, signal));
                prop_assert_eq!(answer.report.accepted, 1);
                let without = |it: &Shape| stale && it.1.iter().any(|(.., b, _)| *b == bookmaker);
                prop_assert!(!shapes(&engine.opportunities()).iter().any(without), "stale quotes are no legs");
            }
        }
        prop_assert_eq!(before, shapes(&engine.opportunities()));
    }

    /// Would catch: a lay judged, ranked or limited otherwise than the back that it is.
    #[test]
    fn lays_of_the_other_outcome_are_the_same_bets(seed in seeds()) {
        let scenario = exact_two_way(seed);
        let mut laid = scenario.clone();
        for step in &mut laid.steps {
            if let Step::Batch(_, events) = step {
                for event in events {
                    if let OddsEvent::Odds(update) = event {
                        *update = as_lay(update);
                    }
                }
            }
        }
        let (back, lay) = (told(&replay(&scenario).1), told(&replay(&laid).1));
        prop_assert_eq!(back.len(), lay.len());
        for (a, b) in back.iter().zip(&lay) {
            prop_assert_eq!((a.id(), a.kind(), a.ts()), (b.id(), b.kind(), b.ts()));
            let (OpportunityEvent::Detected(a) | OpportunityEvent::Updated(a)) = a else { continue };
            let (OpportunityEvent::Detected(b) | OpportunityEvent::Updated(b)) = b else { panic!("both tell figures") };
            prop_assert_eq!(headline(a), headline(b));
            prop_assert_eq!(bets(a), bets(b));
            prop_assert_eq!(a.warnings, b.warnings);
        }
    }

    /// Would catch: anything that is still held for what is over.
    #[test]
    fn nothing_is_left_after_every_fixture_ended(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let (mut engine, _) = replay(&scenario);
        let now = engine.now().expect("time has begun");
        for fixture in (0..3).map(FixtureId) {
            let ended = Ended { fixture, home_score: None, away_score: None, winner: None, void: true };
            take(&mut engine, &Step::Apply(now, OddsEvent::Ended(ended)));
        }
        prop_assert!(engine.opportunities().is_empty());
        let stats = engine.stats();
        prop_assert_eq!((stats.quotes, stats.markets, stats.fixtures), (0, 0, 0));
        prop_assert_eq!((stats.columns, stats.open), (0, [0; 4]));
        let mut out = Vec::new();
        engine.advance(now.plus_us(100 * 3_600_000_000), &mut out);
        prop_assert!(out.is_empty());
    }

    /// Would catch: a name, or its hash, where a rank belongs.
    #[test]
    fn other_names_change_only_names(seed in seeds()) {
        let features = Features { sources: false, configure: false, ..Features::ALL };
        let mut scenario = Scenario::with_features(seed, features);
        let names = bookmakers_of(&scenario);
        scenario.config.bookmakers = names.iter().map(|name| Key::of(name)).collect();
        let (_, usual) = replay(&scenario);
        let (_, other) = replay(&renamed(&scenario, &names));
        for (a, b) in usual.iter().zip(&other) {
            prop_assert_eq!(&a.report, &b.report);
            prop_assert_eq!(nameless(&a.out), nameless(&b.out));
        }
    }

    /// Would catch: a view that drifts from what a fresh judgement of the same quotes says.
    #[test]
    fn the_view_equals_a_judgement_from_scratch(seed in seeds()) {
        let features = Features { policy: false, ..Features::ALL };
        let mut scenario = Scenario::with_features(seed, Features { configure: false, ..features });
        scenario.config.lifecycle.min_change = 0.0;
        scenario.config.profiles.iter_mut().for_each(|profile| profile.lifecycle.min_change = None);
        scenario.config.overrides.iter_mut().for_each(|patch| patch.lifecycle.min_change = None);
        let mut engine = engine_of(&scenario);
        let mut model = Model::new(scenario.config.clone());
        for step in &scenario.steps {
            let wake = Step::Advance(engine.next_deadline().map_or(Timestamp(0), |(at, _)| at));
            let step = if matches!(step, Step::Wake) { &wake } else { step };
            take(&mut engine, step);
            match step {
                Step::Batch(now, events) => drop(model.apply_batch(*now, events)),
                Step::Apply(now, event) => drop(model.apply(*now, event)),
                Step::Advance(now) => drop(model.advance(*now)),
                Step::Wake => {}
            }
            let (view, scratch) = (engine.opportunities(), model.evaluate());
            prop_assert_eq!(shapes(&view), shapes(&scratch));
            for (a, b) in view.iter().zip(&scratch) {
                prop_assert!((headline(a) - headline(b)).abs() < 1e-9);
            }
        }
    }
}

/// The bets of an opportunity by what they win on: bookmaker, net price, limit.
fn bets(it: &Opportunity) -> Vec<(u16, BookmakerId, f64, Option<f64>)> {
    let wins = |outcome: OutcomeIndex, side: Side| if side == Side::Lay { 1 - outcome.0 } else { outcome.0 };
    match &it.figures {
        Figures::Arbitrage(figures) => {
            figures.legs.iter().map(|l| (wins(l.outcome, l.side), l.bookmaker, l.net_price, l.limit)).collect()
        }
        Figures::Middle(figures) => {
            figures.legs.iter().map(|l| (wins(l.outcome, l.side), l.bookmaker, l.net_price, l.limit)).collect()
        }
        Figures::LowHold(figures) => figures
            .sides
            .iter()
            .flat_map(|s| s.bookmakers.iter().map(|b| (wins(s.outcome, s.side), *b, s.net_price, None)))
            .collect(),
        Figures::Ev(figures) => {
            vec![(wins(figures.outcome, figures.side), figures.bookmaker, figures.net_price, figures.limit)]
        }
    }
}

/// Outputs without ids, in an order that does not depend on them.
fn nameless(out: &[OpportunityEvent]) -> Vec<String> {
    let mut texts: Vec<String> = out
        .iter()
        .map(|event| {
            let id = format!("OpportunityId({})", event.id().0);
            format!("{event:?}").replace(&id, "OpportunityId")
        })
        .collect();
    texts.sort();
    texts
}

/// The comparison itself must not be blind.
#[test]
fn differences_are_seen() {
    assert!(differing("a", &[1.0], "b", &[1.0 + 1e-12]).is_none());
    assert!(differing("a", &[1.0], "b", &[1.0 + 1e-6]).is_some());
    assert!(differing("a", &[1], "b", &[2]).is_some());
    assert!(differing("a", &["x"], "b", &[]).is_some());
}
