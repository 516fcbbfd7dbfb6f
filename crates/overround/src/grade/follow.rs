//! Following what was told until its fixture is over.

use super::record::{
    Close, End, FirstMove, Grade, GradeLeg, LegClose, LegLook, Look, Mover, PRICE_SLACK, Peak, Settled, Unsettled,
    headline, is_better, legs_of,
};
use super::settle::{result_of, settle_bet};
use super::{Ask, Settings};
use crate::ids::{FixtureId, MarketId, OpportunityId, ProfileId};
use crate::odds_event::{Ended, OddsEvent};
use crate::opportunity::{Expired, Kind, Opportunity, OpportunityEvent};
use crate::time::Timestamp;
use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap};
use alloc::vec::Vec;
use core::cmp::Reverse;
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
    tasks: BinaryHeap<Reverse<(Timestamp, Task)>>,
    /// What was done at the present time, with the closes before it: if something more happens at that time, it is done again.
    latest: Vec<(Timestamp, Task, Closes)>,
    done: Vec<Grade>,
    next_number: u64,
    not_followed: u64,
}

/// Closes by number.
type Closes = Vec<(u64, Option<Close>)>;

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
            tasks: BinaryHeap::new(),
            latest: Vec::new(),
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
        self.tasks.peek().map(|&Reverse((at, _))| at)
    }

    /// Something more happens at a time, at which something may have been looked at already: that is undone, and will be done again.
    pub(super) fn reopen(&mut self, now: Timestamp) {
        for (due, task, closes) in core::mem::take(&mut self.latest).into_iter().filter(|(due, ..)| *due == now) {
            self.tasks.push(Reverse((due, task)));
            if let Task::Look { number, horizon } = task
                && let Some(grade) = self.episodes.get_mut(&number)
            {
                grade.looks[horizon] = None;
            }
            for (number, close) in closes {
                if let Some(grade) = self.episodes.get_mut(&number) {
                    grade.close = close;
                }
            }
        }
    }

    /// Does what is due up to `at`, which is the engine's present.
    pub(super) fn look(&mut self, engine: &mut impl Ask, at: Timestamp) {
        while let Some(Reverse((due, task))) = self.tasks.peek().copied().filter(|Reverse((due, _))| *due <= at) {
            self.tasks.pop();
            if due == at && !matches!(task, Task::Forget(_)) {
                let closes = self.closes_of(task);
                self.latest.push((due, task, closes));
            }
            match task {
                Task::Look { number, horizon } => self.look_again(engine, number, horizon, due),
                Task::Close(fixture) => {
                    if self.fixtures.get(&fixture).is_some_and(|followed| followed.close_at == Some(due)) {
                        self.close(engine, fixture, due);
                    }
                }
                Task::Forget(fixture) => {
                    if self.fixtures.get(&fixture).is_some_and(|followed| followed.forget_at == Some(due)) {
                        self.let_go(fixture);
                    }
                }
            }
        }
    }

    /// The closes that a task may write over.
    fn closes_of(&self, task: Task) -> Closes {
        let Task::Close(fixture) = task else { return Vec::new() };
        let numbers = self.fixtures.get(&fixture).map_or(&[][..], |followed| &followed.numbers);
        let close = |number: &u64| Some((*number, self.episodes.get(number)?.close.clone()));
        numbers.iter().filter_map(close).collect()
    }

    /// Does a batch put a followed fixture in play, so that its close is now?
    pub(super) fn wants_close(&self, events: &[OddsEvent], now: Timestamp) -> bool {
        events.iter().any(|event| self.begins(event, now).is_some())
    }

    /// A batch is about to be applied: the last look at what it will change.
    pub(super) fn before(&mut self, engine: &mut impl Ask, now: Timestamp, events: &[OddsEvent]) {
        for event in events {
            // By the time alone it may have begun before.
            let is_on = |fixture: &FixtureId| engine.fixture_facts(*fixture).is_some_and(|facts| facts.live);
            if let Some(fixture) = self.begins(event, now).filter(|fixture| !is_on(fixture)) {
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
        let (mut settled, mut all) = (0_usize, true);
        for number in numbers.unwrap_or_default() {
            let Some(grade) = self.episodes.get_mut(&number) else { continue };
            let is_on_it = grade.legs.iter().all(|leg| leg.bet.market == market);
            if grade.settled.is_err() && is_on_it {
                let result = |_: MarketId| Some((result, result == MatchResult::Void));
                grade.settled = settle_all(engine, now, &grade.legs, result);
                all &= grade.settled.is_ok();
                settled += 1;
            }
        }
        settled > 0 && all
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
        let legs = legs_of(told);
        for leg in &legs {
            self.watched.entry(leg.bet.market).or_default().insert(number);
        }
        for (horizon, &us) in self.settings.horizons_us.iter().enumerate() {
            self.tasks.push(Reverse((told.ts.plus_us(us), Task::Look { number, horizon })));
        }
        self.fixtures.entry(told.fixture).or_default().numbers.push(number);
        self.open.insert((told.id, told.profile), number);
        let grade = Grade {
            number,
            start: engine.fixture_facts(told.fixture).and_then(|facts| facts.start),
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
        if fixture.close_at != close_at {
            fixture.close_at = close_at;
            self.tasks.extend(close_at.map(|at| Reverse((at, Task::Close(id)))));
        }
        let forget_at = facts.forgotten_at.map(|at| at.max(now));
        if fixture.forget_at != forget_at {
            fixture.forget_at = forget_at;
            self.tasks.extend(forget_at.map(|at| Reverse((at, Task::Forget(id)))));
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

    fn look_again(&mut self, engine: &mut impl Ask, number: u64, horizon: usize, due: Timestamp) {
        let Some(grade) = self.episodes.get_mut(&number) else { return };
        let (kind, profile) = (grade.kind(), grade.told.profile);
        let mut legs = Vec::with_capacity(grade.legs.len());
        for leg in &grade.legs {
            legs.push(LegLook {
                own: engine.quote(leg.bet, leg.bookmaker, profile),
                best: engine.best_quote(leg.bet, profile),
                fair_probability: engine.fair_probability(leg.bet, leg.judged(kind)),
            });
        }
        let figure = figure_of(kind, &legs);
        grade.looks[horizon] = Some(Look { ts: due, legs, figure });
    }

    fn close(&mut self, engine: &mut impl Ask, id: FixtureId, ts: Timestamp) {
        let Some(fixture) = self.fixtures.get(&id) else { return };
        for number in &fixture.numbers {
            let Some(grade) = self.episodes.get_mut(number).filter(|grade| !grade.told.live) else { continue };
            let close = close_of(engine, ts, grade);
            // A later look counts, but not if there is nothing to be seen.
            if close.value.is_some() || grade.close.is_none() {
                grade.close = Some(close);
            }
        }
    }

    fn settle(&mut self, engine: &impl Ask, now: Timestamp, ended: &Ended) {
        let Some(fixture) = self.fixtures.get_mut(&ended.fixture) else { return };
        fixture.is_over = true;
        for number in &fixture.numbers {
            let Some(grade) = self.episodes.get_mut(number).filter(|grade| grade.settled.is_err()) else { continue };
            let result = |market| engine.market_facts(market).and_then(|facts| result_of(&facts, ended));
            grade.settled = settle_all(engine, now, &grade.legs, result);
        }
    }

    /// The fixture is over or forgotten: what was followed of it is done.
    fn let_go(&mut self, id: FixtureId) {
        let Some(fixture) = self.fixtures.remove(&id) else { return };
        for number in fixture.numbers {
            self.unwatch(number);
            let Some(mut grade) = self.episodes.remove(&number) else { continue };
            if self.open.get(&(grade.told.id, grade.told.profile)) == Some(&number) {
                self.open.remove(&(grade.told.id, grade.told.profile));
            }
            if grade.settled == Err(Unsettled::Open) {
                grade.settled = Err(Unsettled::Forgotten);
            }
            self.done.push(grade);
        }
    }

    /// Checks whose first move is waited for in the markets that a batch may have changed.
    fn watch(&mut self, engine: &mut impl Ask, now: Timestamp, events: &[OddsEvent]) {
        if self.watched.is_empty() {
            return;
        }
        let mut touched: BTreeSet<u64> = BTreeSet::new();
        for event in events {
            match event {
                OddsEvent::Odds(update) => touched.extend(self.watched.get(&update.market).into_iter().flatten()),
                OddsEvent::Bookmaker(_) | OddsEvent::Market(_) | OddsEvent::Heartbeat(_) | OddsEvent::Ended(_) => {}
                OddsEvent::SnapshotBegin(_) | OddsEvent::HoldBegin(_) => {}
                OddsEvent::Fixture(update) => touched.extend(self.numbers_of(Some(update.fixture))),
                OddsEvent::FixtureUnset(unset) => touched.extend(self.numbers_of(Some(unset.fixture))),
                OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => {
                    touched.extend(self.numbers_of(filter.fixture));
                }
                OddsEvent::SnapshotComplete(scope) | OddsEvent::HoldEnd(scope) | OddsEvent::Gap(scope) => {
                    touched.extend(self.numbers_of(scope.fixture));
                }
                OddsEvent::Source(signal) => touched.extend(self.numbers_of(signal.fixture)),
                OddsEvent::Barrier(barrier) => touched.extend(self.numbers_of(Some(barrier.fixture))),
                OddsEvent::Configure(_) => touched.extend(self.numbers_of(None)),
            }
        }
        touched.into_iter().for_each(|number| self.check_move(engine, number, now));
    }

    /// What is waited for of a fixture, or at all.
    fn numbers_of(&self, fixture: Option<FixtureId>) -> Vec<u64> {
        match fixture {
            Some(fixture) => self.fixtures.get(&fixture).map(|it| it.numbers.clone()).unwrap_or_default(),
            None => self.watched.values().flatten().copied().collect(),
        }
    }

    /// Has a leg or the reference moved since it was told?
    fn check_move(&mut self, engine: &mut impl Ask, number: u64, now: Timestamp) {
        let Some(grade) = self.episodes.get_mut(&number).filter(|grade| grade.first_move.is_none()) else { return };
        let Some(fixture) = self.fixtures.get(&grade.told.fixture) else { return };
        if now <= grade.told.ts {
            return;
        }
        // At the start everything moves, and for no reason of anybody's.
        let has_begun = fixture.live || fixture.start.is_some_and(|start| start <= now);
        if fixture.is_over || (has_begun && !grade.told.live) {
            self.unwatch(number);
            return;
        }
        let (kind, profile) = (grade.kind(), grade.told.profile);
        let (mut leg_moved, mut reference_moved) = (false, false);
        for leg in &grade.legs {
            let quote = engine.quote(leg.bet, leg.bookmaker, profile);
            leg_moved |= quote.is_none_or(|quote| (quote.net_price - leg.net_price).abs() > PRICE_SLACK);
            let fair = engine.fair_probability(leg.bet, leg.judged(kind));
            reference_moved |= match (leg.fair_probability, fair) {
                (Some(then), Some(now)) => (now - then).abs() * leg.net_price >= self.settings.moved_from.max(1e-12),
                (then, now) => then.is_some() != now.is_some(),
            };
        }
        let who = match (leg_moved, reference_moved) {
            (false, false) => return,
            (true, false) => Mover::Leg,
            (false, true) => Mover::Reference,
            (true, true) => Mover::Both,
        };
        grade.first_move = Some(FirstMove { who, after_us: now.since_us(grade.told.ts) });
        self.unwatch(number);
    }

    fn unwatch(&mut self, number: u64) {
        let Some(grade) = self.episodes.get(&number) else { return };
        for leg in &grade.legs {
            if let Some(numbers) = self.watched.get_mut(&leg.bet.market) {
                numbers.remove(&number);
                if numbers.is_empty() {
                    self.watched.remove(&leg.bet.market);
                }
            }
        }
    }
}

/// The headline figure of bets at the prices of now.
fn figure_of(kind: Kind, legs: &[LegLook]) -> Option<f64> {
    let (mut booksum, mut fair) = (0.0, Some(0.0));
    for leg in legs {
        booksum += 1.0 / leg.own?.net_price;
        fair = fair.zip(leg.fair_probability).map(|(sum, p)| sum + p);
    }
    match kind {
        Kind::Arbitrage => Some(1.0 / booksum - 1.0),
        Kind::LowHold => Some(1.0 - 1.0 / booksum),
        // Stakes of (1/d)/S: each leg returns p/S. Of a single leg that is p·d.
        Kind::Ev | Kind::Middle => fair.map(|fair| fair / booksum - 1.0),
    }
}

fn close_of(engine: &mut impl Ask, ts: Timestamp, grade: &Grade) -> Close {
    let mut value = Some(0.0);
    let of = |leg: &GradeLeg| {
        let fair = engine.fair_by_ladder(leg.bet, leg.judged(grade.kind()));
        let own = fair.map(|fair| fair.probability * leg.net_price - 1.0);
        value = value.zip(own).map(|(sum, own)| sum + leg.stake_fraction * own);
        LegClose {
            fair_probability: fair.map(|fair| fair.probability),
            from: fair.map(|fair| fair.from),
            value: own,
            net_price: engine.quote(leg.bet, leg.bookmaker, grade.told.profile).map(|quote| quote.net_price),
        }
    };
    let legs = grade.legs.iter().map(of).collect();
    Close { ts, legs, value }
}

/// Settles all legs, or none.
fn settle_all(
    engine: &impl Ask,
    ts: Timestamp,
    legs: &[GradeLeg],
    result: impl Fn(MarketId) -> Option<(MatchResult, bool)>,
) -> Result<Settled, Unsettled> {
    let mut settled = Settled { ts, legs: Vec::with_capacity(legs.len()), profit: 0.0, is_off: false };
    for leg in legs {
        let (result, is_off) = result(leg.bet.market).ok_or(Unsettled::NoResult)?;
        let facts = engine.market_facts(leg.bet.market).ok_or(Unsettled::NoResult)?;
        let settlement = settle_bet(&facts, leg.bet, result).ok_or(Unsettled::NoResult)?;
        settled.profit += leg.stake_fraction * settlement.profit_per_stake(leg.net_price);
        settled.is_off |= is_off;
        settled.legs.push(settlement);
    }
    Ok(settled)
}
