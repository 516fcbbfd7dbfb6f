//! Scenarios changed in ways that must not matter, or must matter in a known way; and what the engine makes of them.

use crate::scenario::{Scenario, Step};
use overround::config::Config;
use overround::odds_event::{OddsUpdate, Side};
use overround::opportunity::Figures;
use overround::{
    BatchReport, Engine, FixtureId, Key, OddsEvent, Opportunity, OpportunityEvent, OutcomeIndex, Timestamp,
};
use overround_math::odds::Odds;
use std::collections::BTreeMap;

/// What an engine answered to one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Accepted and refused.
    pub report: BatchReport,
    /// What was told.
    pub out: Vec<OpportunityEvent>,
    /// The state after it.
    pub digest: u64,
}

/// A new engine for a scenario.
///
/// # Panics
/// If its configuration cannot be used.
#[must_use]
pub fn engine_of(scenario: &Scenario) -> Engine {
    Engine::new(scenario.config.clone()).expect("a configuration that can be used")
}

/// Takes one step.
pub fn take(engine: &mut Engine, step: &Step) -> Answer {
    let mut out = Vec::new();
    let mut report = BatchReport::default();
    match step {
        Step::Batch(now, events) => report = engine.apply_batch(*now, events, &mut out),
        Step::Apply(now, event) => match engine.apply(*now, event, &mut out) {
            Ok(()) => report.accepted = 1,
            Err(error) => report.rejected.push((0, error)),
        },
        Step::Advance(now) => engine.advance(*now, &mut out),
        Step::Wake => {
            if let Some((now, _)) = engine.next_deadline() {
                engine.advance(now, &mut out);
            }
        }
    }
    Answer { report, out, digest: engine.digest() }
}

/// Takes all steps with a new engine.
#[must_use]
pub fn replay(scenario: &Scenario) -> (Engine, Vec<Answer>) {
    let mut engine = engine_of(scenario);
    let answers = scenario.steps.iter().map(|step| take(&mut engine, step)).collect();
    (engine, answers)
}

/// Everything that was told, in order.
#[must_use]
pub fn told(answers: &[Answer]) -> Vec<OpportunityEvent> {
    answers.iter().flat_map(|answer| answer.out.iter().cloned()).collect()
}

/// The events of a step.
#[must_use]
pub fn events_of(step: &Step) -> &[OddsEvent] {
    match step {
        Step::Batch(_, events) => events,
        Step::Apply(_, event) => std::slice::from_ref(event),
        Step::Advance(_) | Step::Wake => &[],
    }
}

/// The time of a step, if it has one of its own.
#[must_use]
pub fn time_of(step: &Step) -> Option<Timestamp> {
    match step {
        Step::Batch(now, _) | Step::Apply(now, _) | Step::Advance(now) => Some(*now),
        Step::Wake => None,
    }
}

/// The scenario without refused events, without calls to deadlines, and without steps that have nothing left.
#[must_use]
pub fn accepted_only(scenario: &Scenario) -> Scenario {
    let mut engine = engine_of(scenario);
    let mut steps = Vec::new();
    for step in scenario.steps.iter().filter(|step| !matches!(step, Step::Wake)) {
        let answer = take(&mut engine, step);
        let refused: Vec<usize> = answer.report.rejected.iter().map(|(index, _)| *index as usize).collect();
        let kept: Vec<OddsEvent> = events_of(step)
            .iter()
            .enumerate()
            .filter(|(index, _)| !refused.contains(index))
            .map(|(_, event)| event.clone())
            .collect();
        match (step, time_of(step)) {
            (Step::Advance(_), _) => steps.push(step.clone()),
            (_, Some(now)) if !kept.is_empty() => steps.push(Step::Batch(now, kept)),
            _ => {}
        }
    }
    Scenario { config: scenario.config.clone(), steps }
}

// ---- time ----

/// The scenario with every time later by `us`.
#[must_use]
pub fn shifted(scenario: &Scenario, us: i64) -> Scenario {
    let event = |event: &OddsEvent| match event.clone() {
        OddsEvent::Fixture(mut it) => {
            it.start = it.start.map(|start| start.plus_us(us));
            OddsEvent::Fixture(it)
        }
        OddsEvent::Odds(mut it) => {
            it.source_ts = it.source_ts.map(|ts| ts.plus_us(us));
            OddsEvent::Odds(it)
        }
        OddsEvent::Source(mut it) => {
            it.last_write_ts = it.last_write_ts.map(|ts| ts.plus_us(us));
            OddsEvent::Source(it)
        }
        other => other,
    };
    let step = |step: &Step| match step {
        Step::Batch(now, events) => Step::Batch(now.plus_us(us), events.iter().map(event).collect()),
        Step::Apply(now, it) => Step::Apply(now.plus_us(us), event(it)),
        Step::Advance(now) => Step::Advance(now.plus_us(us)),
        Step::Wake => Step::Wake,
    };
    Scenario { config: scenario.config.clone(), steps: scenario.steps.iter().map(step).collect() }
}

/// An output with every time later by `us`.
#[must_use]
pub fn shifted_output(event: &OpportunityEvent, us: i64) -> OpportunityEvent {
    match event.clone() {
        OpportunityEvent::Detected(it) => OpportunityEvent::Detected(Box::new(shifted_opportunity(*it, us))),
        OpportunityEvent::Updated(it) => OpportunityEvent::Updated(Box::new(shifted_opportunity(*it, us))),
        OpportunityEvent::Expired(mut it) => {
            it.ts = it.ts.plus_us(us);
            OpportunityEvent::Expired(it)
        }
    }
}

fn shifted_opportunity(mut it: Opportunity, us: i64) -> Opportunity {
    it.ts = it.ts.plus_us(us);
    it.detected_ts = it.detected_ts.plus_us(us);
    let legs = match &mut it.figures {
        Figures::Arbitrage(it) => it.legs.iter_mut(),
        Figures::Middle(it) => it.legs.iter_mut(),
        Figures::Ev(it) => {
            it.seen_ts = it.seen_ts.plus_us(us);
            it.changed_ts = it.changed_ts.plus_us(us);
            [].iter_mut()
        }
        Figures::LowHold(_) => [].iter_mut(),
    };
    for leg in legs {
        leg.seen_ts = leg.seen_ts.plus_us(us);
        leg.changed_ts = leg.changed_ts.plus_us(us);
    }
    it
}

// ---- fixtures ----

/// Which fixture an event is about; `None` for what concerns all of them.
#[must_use]
pub fn fixture_of(event: &OddsEvent, markets: &BTreeMap<u32, FixtureId>) -> Option<FixtureId> {
    match event {
        OddsEvent::Odds(it) => markets.get(&it.market.0).copied(),
        OddsEvent::Removed(it) | OddsEvent::Suspended(it) => it.fixture,
        OddsEvent::Source(it) => it.fixture,
        OddsEvent::Barrier(it) => Some(it.fixture),
        _ => None,
    }
}

/// Which market belongs to which fixture.
#[must_use]
pub fn markets_of(scenario: &Scenario) -> BTreeMap<u32, FixtureId> {
    let all = scenario.steps.iter().flat_map(events_of);
    all.filter_map(|event| match event {
        OddsEvent::Market(it) => Some((it.market.0, it.fixture)),
        _ => None,
    })
    .collect()
}

/// Every batch with the events of later fixtures before those of earlier ones; each fixture's own order, and everything that
/// concerns all fixtures, stay in place.
#[must_use]
pub fn interleaved_otherwise(scenario: &Scenario) -> Scenario {
    let markets = markets_of(scenario);
    let mut other = scenario.clone();
    for step in &mut other.steps {
        if let Step::Batch(_, events) = step {
            let mut sorted = Vec::new();
            for part in events.split_inclusive(|event| fixture_of(event, &markets).is_none()) {
                let (mut own, rest): (Vec<OddsEvent>, Vec<OddsEvent>) =
                    part.iter().cloned().partition(|event| fixture_of(event, &markets).is_some());
                own.sort_by_key(|event| std::cmp::Reverse(fixture_of(event, &markets)));
                sorted.extend(own);
                sorted.extend(rest);
            }
            *events = sorted;
        }
    }
    other
}

/// The scenario in which only one fixture has prices.
#[must_use]
pub fn prices_only_of(scenario: &Scenario, fixture: FixtureId) -> Scenario {
    let markets = markets_of(scenario);
    let mut other = scenario.clone();
    for step in &mut other.steps {
        if let Step::Batch(_, events) = step {
            events.retain(|event| fixture_of(event, &markets).is_none_or(|it| it == fixture));
            // Time passes all the same.
            events.push(OddsEvent::Heartbeat(None));
        }
    }
    other
}

/// What was told of one fixture. `also` and order are its own too.
#[must_use]
pub fn told_of(
    out: &[OpportunityEvent],
    families: &dyn Fn(overround::FamilyId) -> FixtureId,
    fixture: FixtureId,
) -> Vec<OpportunityEvent> {
    let family = |event: &OpportunityEvent| match event {
        OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it) => it.family,
        OpportunityEvent::Expired(it) => it.family,
    };
    out.iter().filter(|event| families(family(event)) == fixture).cloned().collect()
}

// ---- names ----

/// The scenario with every bookmaker called otherwise; `names` are all of them. Ranks must be configured to stay as they are.
#[must_use]
pub fn renamed(scenario: &Scenario, names: &[&str]) -> Scenario {
    let map: BTreeMap<Key, Key> =
        names.iter().map(|name| (Key::of(name), Key::of(&format!("another {name}")))).collect();
    let key = |it: Key| map.get(&it).copied().unwrap_or(it);
    let event = |event: &OddsEvent| match event.clone() {
        OddsEvent::Bookmaker(mut it) => {
            it.key = key(it.key);
            OddsEvent::Bookmaker(it)
        }
        OddsEvent::Configure(it) => OddsEvent::Configure(Box::new(renamed_config(&it, &key))),
        other => other,
    };
    let mut other = scenario.clone();
    other.config = renamed_config(&scenario.config, &key);
    for step in &mut other.steps {
        match step {
            Step::Batch(_, events) => *events = events.iter().map(event).collect(),
            Step::Apply(_, it) => *it = event(it),
            Step::Advance(_) | Step::Wake => {}
        }
    }
    other
}

fn renamed_config(config: &Config, key: &dyn Fn(Key) -> Key) -> Config {
    fn keys<V: Clone>(map: &BTreeMap<Key, V>, key: &dyn Fn(Key) -> Key) -> BTreeMap<Key, V> {
        map.iter().map(|(name, value)| (key(*name), value.clone())).collect()
    }
    let list = |of: &Vec<Key>| of.iter().map(|name| key(*name)).collect::<Vec<Key>>();
    let mut to = config.clone();
    to.bookmakers = list(&to.bookmakers);
    to.fair.anchors.iter_mut().for_each(|anchor| anchor.bookmaker = key(anchor.bookmaker));
    to.fair.weights = keys(&to.fair.weights, key);
    to.fair.groups = to.fair.groups.iter().map(list).collect();
    to.freshness.budgets_s = keys(&to.freshness.budgets_s, key);
    to.commission = keys(&to.commission, key);
    to.legs.exclude = list(&to.legs.exclude);
    for profile in &mut to.profiles {
        profile.bookmakers = profile.bookmakers.as_ref().map(list);
        profile.commission = keys(&profile.commission, key);
        profile.legs.exclude = profile.legs.exclude.as_ref().map(list);
    }
    for patch in &mut to.overrides {
        if let Some(anchors) = &mut patch.fair.anchors {
            anchors.iter_mut().for_each(|anchor| anchor.bookmaker = key(anchor.bookmaker));
        }
        patch.fair.weights = patch.fair.weights.as_ref().map(|map| keys(map, key));
        patch.fair.groups = patch.fair.groups.as_ref().map(|groups| groups.iter().map(list).collect());
    }
    to
}

// ---- sides ----

/// A back of one of two outcomes as a lay of the other: the same bet. The limit becomes the backer's stake.
///
/// # Panics
/// If the price has no counterpart.
#[must_use]
pub fn as_lay(update: &OddsUpdate) -> OddsUpdate {
    let counterpart = |price: f64| 1.0 + 1.0 / (price - 1.0);
    OddsUpdate {
        side: Side::Lay,
        outcome: OutcomeIndex(1 - update.outcome.0),
        price: update.price.map(|odds| Odds::new(counterpart(odds.decimal())).expect("a price")),
        limit: update.limit.zip(update.price).map(|(limit, odds)| limit * (odds.decimal() - 1.0)),
        ..*update
    }
}
