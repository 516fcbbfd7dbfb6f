//! Looking again: after the telling, and at the close.

use super::{Close, Closes, Grader, Task};
use crate::grade::Ask;
use crate::grade::record::{Grade, GradeLeg, LegClose, LegLook, Look};
use crate::ids::FixtureId;
use crate::opportunity::Kind;
use crate::time::Timestamp;
use alloc::vec::Vec;

impl Grader {
    /// Something more happens at a time, at which something may have been looked at already: that is undone, and will be done again.
    pub(in crate::grade) fn reopen(&mut self, now: Timestamp) {
        for (due, task, closes) in core::mem::take(&mut self.latest).into_iter().filter(|(due, ..)| *due == now) {
            let is_followed = match task {
                Task::Look { number, .. } => self.episodes.contains_key(&number),
                Task::Close(fixture) => self.fixtures.get(&fixture).is_some_and(|it| it.close_at == Some(due)),
                Task::Forget(_) => false,
            };
            if !is_followed {
                continue;
            }
            self.tasks.insert((due, task));
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
    pub(in crate::grade) fn look(&mut self, engine: &mut impl Ask, at: Timestamp) {
        self.latest.retain(|(due, ..)| *due == at);
        while let Some((due, task)) = self.tasks.first().copied().filter(|(due, _)| *due <= at) {
            self.tasks.pop_first();
            if due == at && !matches!(task, Task::Forget(_)) {
                let closes = self.closes_of(task);
                self.latest.push((due, task, closes));
            }
            match task {
                Task::Look { number, horizon } => self.look_again(engine, number, horizon, due),
                Task::Close(fixture) => self.close(engine, fixture, due),
                Task::Forget(fixture) => self.let_go(fixture),
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

    pub(super) fn close(&mut self, engine: &mut impl Ask, id: FixtureId, ts: Timestamp) {
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
