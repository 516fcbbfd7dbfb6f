//! Following what was told until its fixture is over.

mod looks;
mod moves;

use super::record::{Close, End, Grade, GradeLeg, Peak, Settled, Unsettled, headline, is_better, legs_of};
use super::settle::{is_by_the_end, result_of, settle_bet};
use super::{Ask, Settings};
use crate::ids::{FixtureId, MarketId, OpportunityId, ProfileId};
use crate::odds_event::{Ended, OddsEvent};
use crate::opportunity::{Expired, Kind, Opportunity, OpportunityEvent};
use crate::time::Timestamp;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use overround_math::settlement::MatchResult;

/// Follows opportunities. It is told everything twice: before the engine is, and after.
#[derive(Debug)]
pub(super) struct Grader {
    settings: Settings,
    /// By number.
    episodes: BTreeMap<u64, Grade>,
    /// What is told as open.
    open: BTreeMap<(OpportunityId, ProfileId), u64>,
    fixtures: BTreeMap<FixtureId, Followed>,
    /// By market: whose first move is waited for.
    watched: BTreeMap<MarketId, BTreeSet<u64>>,
    /// Results of single markets, leg by leg, of what they do not settle alone.
    results: BTreeMap<u64, Vec<Option<MarketResult>>>,
    /// What is still to be done: nothing of what is let go.
    tasks: BTreeSet<(Timestamp, Task)>,
    /// What was done at the present time, with the closes before it: if something more happens at that time, it is done again.
    latest: Vec<(Timestamp, Task, Closes)>,
    /// The time of the instant before the present batch.
    last: Option<Timestamp>,
    done: Vec<Grade>,
    next_number: u64,
    not_followed: u64,
}

/// Closes by number.
type Closes = Vec<(u64, Option<Close>)>;

/// A result of a market, and whether stakes come back for a reason that no guarantee covers.
type MarketResult = (MatchResult, bool);

/// Something to do at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Close(FixtureId),
    Look { number: u64, horizon: usize },
    Forget(FixtureId),
}

/// A fixture of which something was told.
#[derive(Debug, Default)]
struct Followed {
    live: bool,
    start: Option<Timestamp>,
    /// When its close is to be looked at, and when it is forgotten.
    close_at: Option<Timestamp>,
    forget_at: Option<Timestamp>,
    /// What is followed of it, ascending.
    numbers: Vec<u64>,
    is_over: bool,
}

impl Grader {
    pub(super) const fn new(settings: Settings) -> Self {
        Self {
            settings,
            episodes: BTreeMap::new(),
            open: BTreeMap::new(),
            fixtures: BTreeMap::new(),
            watched: BTreeMap::new(),
            results: BTreeMap::new(),
            tasks: BTreeSet::new(),
            latest: Vec::new(),
            last: None,
            done: Vec::new(),
            next_number: 0,
            not_followed: 0,
        }
    }

    pub(super) const fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn followed(&self) -> usize {
        self.episodes.len()
    }

    pub(super) const fn not_followed(&self) -> u64 {
        self.not_followed
    }

    /// When something is to be done.
    pub(super) fn next_task(&self) -> Option<Timestamp> {
        self.tasks.first().map(|&(at, _)| at)
    }

    /// How much is still to be done.
    #[cfg(test)]
    pub(super) fn tasks(&self) -> usize {
        self.tasks.len()
    }

    /// Does a batch put a followed fixture in play, or end it when its close is due, so that its close is now?
    pub(super) fn wants_close(&self, events: &[OddsEvent], now: Timestamp) -> bool {
        events.iter().any(|event| self.begins(event, now).or_else(|| self.closes(event, now)).is_some())
    }

    /// A batch is about to be applied: the last look at what it will change.
    pub(super) fn before(&mut self, engine: &mut impl Ask, now: Timestamp, events: &[OddsEvent]) {
        self.last = engine.now();
        for event in events {
            // By the time alone it may have begun before.
            let is_on = |fixture: &FixtureId| engine.fixture_facts(*fixture).is_some_and(|facts| facts.live);
            let begins = self.begins(event, now).filter(|fixture| !is_on(fixture));
            if let Some(fixture) = begins.or_else(|| self.closes(event, now)) {
                // Stepped to a moment before, or a while ago in the same one.
                let present = engine.now().unwrap_or(now);
                self.close(engine, fixture, present);
            }
            if let OddsEvent::Ended(ended) = event {
                self.settle(engine, now, ended);
            }
        }
    }

    /// A batch has been applied.
    pub(super) fn after(
        &mut self,
        engine: &mut impl Ask,
        now: Timestamp,
        events: &[OddsEvent],
        told: &[OpportunityEvent],
    ) {
        self.learn(engine, events);
        self.watch(engine, now, events);
        self.hear(engine, told);
        for event in events {
            match event {
                OddsEvent::Fixture(update) => self.refresh(engine, update.fixture, now),
                OddsEvent::FixtureUnset(unset) => self.refresh(engine, unset.fixture, now),
                OddsEvent::Configure(_) => {
                    let all: Vec<FixtureId> = self.fixtures.keys().copied().collect();
                    all.into_iter().for_each(|fixture| self.refresh(engine, fixture, now));
                }
                OddsEvent::Ended(ended) if self.fixtures.get(&ended.fixture).is_some_and(|it| it.is_over) => {
                    // What is due now is seen as it is after the end: nothing can be had any more.
                    self.look(engine, now);
                    self.let_go(ended.fixture);
                }
                _ => {}
            }
        }
    }

    /// The engine told something.
    pub(super) fn hear(&mut self, engine: &mut impl Ask, told: &[OpportunityEvent]) {
        for event in told {
            match event {
                OpportunityEvent::Detected(opportunity) => self.follow(engine, opportunity),
                OpportunityEvent::Updated(opportunity) => self.update(engine, opportunity),
                OpportunityEvent::Expired(expired) => self.expire(engine, expired),
            }
        }
    }

    /// A result of one market.
    pub(super) fn settle_market(
        &mut self,
        engine: &impl Ask,
        now: Timestamp,
        market: MarketId,
        result: MatchResult,
    ) -> bool {
        let Some(facts) = engine.market_facts(market) else { return false };
        let numbers = self.fixtures.get(&facts.fixture).map(|followed| followed.numbers.clone());
        let mut is_taken = false;
        for number in numbers.unwrap_or_default() {
            let Some(grade) = self.episodes.get_mut(&number).filter(|grade| grade.settled.is_err()) else { continue };
            let stands_on_it =
                |leg: &GradeLeg| leg.bet.market == market && settle_bet(&facts, leg.bet, result).is_some();
            if !grade.legs.iter().any(stands_on_it) {
                continue;
            }
            let known = self.results.entry(number).or_insert_with(|| alloc::vec![None; grade.legs.len()]);
            for (_, slot) in grade.legs.iter().zip(known.iter_mut()).filter(|(leg, _)| stands_on_it(leg)) {
                slot.get_or_insert((result, result == MatchResult::Void));
            }
            is_taken = true;
            if known.iter().all(Option::is_some) {
                grade.settled = settle_all(engine, now, &grade.legs, |place, _| known[place]);
                self.results.remove(&number);
            }
        }
        is_taken
    }

    pub(super) fn take_done(&mut self) -> Vec<Grade> {
        core::mem::take(&mut self.done)
    }

    pub(super) fn finish(&mut self) -> Vec<Grade> {
        let mut all = self.take_done();
        all.extend(core::mem::take(&mut self.episodes).into_values());
        self.open.clear();
        self.fixtures.clear();
        self.watched.clear();
        self.results.clear();
        self.tasks.clear();
        self.latest.clear();
        all
    }

    fn follow(&mut self, engine: &mut impl Ask, told: &Opportunity) {
        if u32::try_from(self.episodes.len()).is_ok_and(|held| held >= self.settings.most_followed) {
            self.not_followed += 1;
            return;
        }
        let number = self.next_number;
        self.next_number += 1;
        let mut legs = legs_of(told);
        if told.kind() == Kind::LowHold {
            // Told without limits, which its quotes have all the same.
            for leg in &mut legs {
                leg.limit = engine.quote(leg.bet, leg.bookmaker, told.profile).and_then(|quote| quote.limit);
            }
        }
        for leg in &legs {
            self.watched.entry(leg.bet.market).or_default().insert(number);
        }
        for (horizon, &us) in self.settings.horizons_us.iter().enumerate() {
            self.tasks.insert((told.ts.plus_us(us), Task::Look { number, horizon }));
        }
        self.fixtures.entry(told.fixture).or_default().numbers.push(number);
        self.open.insert((told.id, told.profile), number);
        let grade = Grade {
            number,
            start: engine.fixture_facts(told.fixture).and_then(|facts| facts.start),
            is_settled_by_end: legs
                .iter()
                .all(|leg| engine.market_facts(leg.bet.market).is_some_and(|facts| is_by_the_end(&facts))),
            looks: alloc::vec![None; self.settings.horizons_us.len()],
            first_move: None,
            peak: Peak { ts: told.ts, figure: headline(told) },
            updates: 0,
            end: None,
            close: None,
            settled: Err(Unsettled::Open),
            legs,
            told: alloc::boxed::Box::new(told.clone()),
        };
        self.episodes.insert(number, grade);
        self.refresh(engine, told.fixture, told.ts);
    }

    fn update(&mut self, engine: &mut impl Ask, told: &Opportunity) {
        let Some(&number) = self.open.get(&(told.id, told.profile)) else { return };
        self.check_move(engine, number, told.ts);
        let Some(grade) = self.episodes.get_mut(&number) else { return };
        grade.updates = grade.updates.saturating_add(1);
        let figure = headline(told);
        if is_better(told.kind(), figure, grade.peak.figure) {
            grade.peak = Peak { ts: told.ts, figure };
        }
    }

    fn expire(&mut self, engine: &mut impl Ask, expired: &Expired) {
        let Some(number) = self.open.remove(&(expired.id, expired.profile)) else { return };
        self.check_move(engine, number, expired.ts);
        if let Some(grade) = self.episodes.get_mut(&number) {
            grade.end = Some(End { ts: expired.ts, reason: expired.reason, lifetime_us: expired.lifetime_us });
        }
    }

    /// Learns what is now known of a fixture, and arms what depends on it.
    fn refresh(&mut self, engine: &impl Ask, id: FixtureId, now: Timestamp) {
        let Some(facts) = engine.fixture_facts(id) else { return self.let_go(id) };
        let Some(fixture) = self.fixtures.get_mut(&id) else { return };
        (fixture.live, fixture.start) = (facts.live, facts.start);
        let close_at = facts.start.filter(|&start| !facts.live && start > now).map(|start| start.plus_us(-1));
        let forget_at = facts.forgotten_at.map(|at| at.max(now));
        let armed =
            [(&mut fixture.close_at, close_at, Task::Close(id)), (&mut fixture.forget_at, forget_at, Task::Forget(id))];
        for (known, at, task) in armed {
            if *known != at {
                known.take().map(|old| self.tasks.remove(&(old, task)));
                self.tasks.extend(at.map(|at| (at, task)));
                *known = at;
            }
        }
    }

    /// Learns what a batch has said of the fixtures, before what moved in it is looked at.
    fn learn(&mut self, engine: &impl Ask, events: &[OddsEvent]) {
        for event in events {
            let id = match event {
                OddsEvent::Fixture(update) => update.fixture,
                OddsEvent::FixtureUnset(unset) => unset.fixture,
                _ => continue,
            };
            let (Some(facts), Some(fixture)) = (engine.fixture_facts(id), self.fixtures.get_mut(&id)) else { continue };
            let had_begun = fixture.live || fixture.start.is_some_and(|start| Some(start) <= self.last);
            (fixture.live, fixture.start) = (facts.live, facts.start);
            if had_begun {
                // If it is put off after that, whoever moves then does not move first.
                fixture.numbers.clone().into_iter().for_each(|number| self.unwatch_begun(number));
            }
        }
    }

    /// The followed fixture that an event puts in play.
    fn begins(&self, event: &OddsEvent, now: Timestamp) -> Option<FixtureId> {
        let OddsEvent::Fixture(update) = event else { return None };
        let fixture = self.fixtures.get(&update.fixture).filter(|fixture| !fixture.live)?;
        let is_begun = fixture.start.is_some_and(|start| start <= now);
        // The close is what stood before the start: a flag that comes later makes no new one.
        let begins = !is_begun && (update.live == Some(true) || update.start.is_some_and(|start| start <= now));
        begins.then_some(update.fixture)
    }

    /// The followed fixture that an event ends at the very time of its close.
    fn closes(&self, event: &OddsEvent, now: Timestamp) -> Option<FixtureId> {
        let OddsEvent::Ended(ended) = event else { return None };
        let is_due = self.fixtures.get(&ended.fixture)?.close_at == Some(now);
        is_due.then_some(ended.fixture)
    }

    fn settle(&mut self, engine: &impl Ask, now: Timestamp, ended: &Ended) {
        let Some(fixture) = self.fixtures.get_mut(&ended.fixture) else { return };
        fixture.is_over = true;
        for number in &fixture.numbers {
            let Some(grade) = self.episodes.get_mut(number).filter(|grade| grade.settled.is_err()) else { continue };
            let own = self.results.remove(number).unwrap_or_default();
            let by_end = |market| engine.market_facts(market).and_then(|facts| result_of(&facts, ended));
            let result =
                |place: usize, leg: &GradeLeg| own.get(place).copied().flatten().or_else(|| by_end(leg.bet.market));
            grade.settled = settle_all(engine, now, &grade.legs, result);
        }
    }

    /// The fixture is over or forgotten: what was followed of it is done.
    fn let_go(&mut self, id: FixtureId) {
        let Some(fixture) = self.fixtures.remove(&id) else { return };
        fixture.close_at.map(|at| self.tasks.remove(&(at, Task::Close(id))));
        fixture.forget_at.map(|at| self.tasks.remove(&(at, Task::Forget(id))));
        for number in fixture.numbers {
            self.unwatch(number);
            self.results.remove(&number);
            let Some(mut grade) = self.episodes.remove(&number) else { continue };
            if self.open.get(&(grade.told.id, grade.told.profile)) == Some(&number) {
                self.open.remove(&(grade.told.id, grade.told.profile));
            }
            if grade.settled == Err(Unsettled::Open) {
                grade.settled = Err(Unsettled::Forgotten);
            }
            for (horizon, &us) in self.settings.horizons_us.iter().enumerate() {
                self.tasks.remove(&(grade.told.ts.plus_us(us), Task::Look { number, horizon }));
            }
            self.done.push(grade);
        }
    }
}

/// Settles all legs, or none.
fn settle_all(
    engine: &impl Ask,
    ts: Timestamp,
    legs: &[GradeLeg],
    result: impl Fn(usize, &GradeLeg) -> Option<MarketResult>,
) -> Result<Settled, Unsettled> {
    let mut settled = Settled { ts, legs: Vec::with_capacity(legs.len()), profit: 0.0, is_off: false };
    for (place, leg) in legs.iter().enumerate() {
        let (result, is_off) = result(place, leg).ok_or(Unsettled::NoResult)?;
        let facts = engine.market_facts(leg.bet.market).ok_or(Unsettled::NoResult)?;
        let settlement = settle_bet(&facts, leg.bet, result).ok_or(Unsettled::NoResult)?;
        settled.profit += leg.stake_fraction * settlement.profit_per_stake(leg.net_price);
        settled.is_off |= is_off;
        settled.legs.push(settlement);
    }
    Ok(settled)
}
