//! Going through time with a bankroll.

use super::ask::{answer, ask, hedge, settle, stake};
use super::ledger::{Bet, Ledger, Position};
use super::{Plan, Repeat};
use crate::grade::record::Grade;
use crate::ids::{OpportunityId, ProfileId};
use crate::time::Timestamp;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Plays grades by a plan.
///
/// Bets are placed in the order of their telling, at ties by number; what is settled at a time is paid before what is told then is bet on.
/// The bankroll that Kelly goes by counts open stakes at their cost, but no more is staked than is at hand. Nothing that is placed
/// depends on what came later: of grades that end alike up to a time, the bets up to that time are the same.
#[must_use]
pub fn play(grades: &[Grade], plan: &Plan) -> Ledger {
    let mut order: Vec<usize> = (0..grades.len()).filter(|&index| plan.wants(&grades[index])).collect();
    order.sort_by_key(|&index| (grades[index].told.ts, grades[index].number));
    let mut desk = Desk::new(grades, plan);
    desk.ledger.equity.extend(order.first().map(|&index| (grades[index].told.ts, plan.bankroll)));
    let mut seen: BTreeSet<(OpportunityId, ProfileId)> = BTreeSet::new();
    for index in order {
        let told = &grades[index].told;
        desk.run_until(told.ts);
        if plan.repeat == Repeat::Every || seen.insert((told.id, told.profile)) {
            desk.place(index);
        }
    }
    desk.run_until(Timestamp::MAX);
    desk.close()
}

/// What is to be done with an opportunity bet on; at one time in this order, what is waited for the longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Its result is paid.
    Pay,
    /// The bookmakers answer.
    Answer,
    /// What is missing is hedged.
    Hedge,
}

/// A bankroll at one time.
struct Desk<'a> {
    grades: &'a [Grade],
    plan: &'a Plan,
    ledger: Ledger,
    /// What no bet holds.
    cash: i64,
    /// By position: what was asked for.
    bets: Vec<Vec<Bet>>,
    /// What is to be done, when, and with which position.
    due: BTreeSet<(Timestamp, Step, usize)>,
}

impl<'a> Desk<'a> {
    fn new(grades: &'a [Grade], plan: &'a Plan) -> Self {
        let ledger = Ledger {
            bets: Vec::new(),
            positions: Vec::new(),
            equity: Vec::new(),
            start: plan.bankroll,
            end: plan.bankroll,
            not_staked: 0,
            unsettled: 0,
            unsettled_stake: 0,
            hedge_cost: 0,
            unhedged: 0,
            unhedged_stake: 0,
        };
        Self { grades, plan, ledger, cash: plan.bankroll, bets: Vec::new(), due: BTreeSet::new() }
    }

    /// Lets everything happen that is due up to a time.
    fn run_until(&mut self, now: Timestamp) {
        while let Some((at, step, place)) = self.due.pop_first() {
            if at > now {
                self.due.insert((at, step, place));
                return;
            }
            match step {
                Step::Pay => self.pay(at, place),
                Step::Answer => self.hear(at, place),
                Step::Hedge => self.hedge(at, place),
            }
        }
    }

    /// Asks for all legs of an opportunity that is told now; what is asked for is held.
    fn place(&mut self, index: usize) {
        let grade = &self.grades[index];
        let total = stake(grade, self.plan, self.ledger.end).min(self.cash);
        let bets: Vec<Bet> = (0..grade.legs.len()).map(|leg| ask(grade, (index, leg), total, self.plan)).collect();
        // A part of an arbitrage is none.
        if total < 1 || bets.iter().any(|bet| bet.size < 1) {
            self.ledger.not_staked += 1;
            return;
        }
        self.cash -= bets.iter().map(|bet| bet.size).sum::<i64>();
        let place = self.bets.len();
        self.bets.push(bets);
        let position =
            Position { grade: index, first_bet: 0, bets: 0, stake: 0, profit: 0, is_whole: false, is_settled: false };
        self.ledger.positions.push(position);
        self.due.insert((grade.told.ts.plus_us(self.plan.acceptance.latency_us.max(0)), Step::Answer, place));
    }

    /// The bookmakers answer: what they do not take is at hand again.
    fn hear(&mut self, now: Timestamp, place: usize) {
        let grade = &self.grades[self.ledger.positions[place].grade];
        let bets = &mut self.bets[place];
        for bet in bets.iter_mut() {
            answer(bet, grade, self.plan);
            self.cash = self.cash.saturating_add(bet.size - bet.size_matched);
        }
        let position = &mut self.ledger.positions[place];
        position.stake = bets.iter().map(|bet| bet.size_matched).sum();
        position.is_whole = bets.iter().all(|bet| bet.size_matched == bet.size);
        if position.stake > 0 && !position.is_whole && bets.len() > 1 {
            self.due.insert((now.plus_us(self.plan.acceptance.hedge_after_us.max(0)), Step::Hedge, place));
        } else {
            self.await_result(now, place);
        }
    }

    /// Bets on what is missing, with the money that is at hand now.
    fn hedge(&mut self, now: Timestamp, place: usize) {
        let grade = &self.grades[self.ledger.positions[place].grade];
        for hedged in hedge(&self.bets[place], grade, self.plan, self.cash) {
            self.ledger.hedge_cost += hedged.extra;
            self.ledger.unhedged += u64::from(hedged.open > 0);
            self.ledger.unhedged_stake += hedged.open;
            let Some(bet) = hedged.bet else { continue };
            self.cash -= bet.size_matched;
            self.ledger.positions[place].stake += bet.size_matched;
            self.bets[place].push(bet);
        }
        self.await_result(now, place);
    }

    /// Nothing more is bet on it.
    fn await_result(&mut self, now: Timestamp, place: usize) {
        let position = &mut self.ledger.positions[place];
        match &self.grades[position.grade].settled {
            Ok(settled) => {
                position.is_settled = true;
                self.due.insert((settled.ts.max(now), Step::Pay, place));
            }
            // Tied up to the end.
            Err(_) if position.stake > 0 => {
                self.ledger.unsettled += 1;
                self.ledger.unsettled_stake = self.ledger.unsettled_stake.saturating_add(position.stake);
            }
            Err(_) => {}
        }
    }

    fn pay(&mut self, now: Timestamp, place: usize) {
        let position = &mut self.ledger.positions[place];
        let grade = &self.grades[position.grade];
        self.bets[place].iter_mut().for_each(|bet| settle(bet, grade));
        position.profit = self.bets[place].iter().map(|bet| bet.profit).sum();
        let (stake, profit) = (position.stake, position.profit);
        if stake == 0 {
            return;
        }
        self.cash = self.cash.saturating_add(stake.saturating_add(profit));
        let ledger = &mut self.ledger;
        ledger.end = ledger.end.saturating_add(profit);
        match ledger.equity.as_mut_slice() {
            // The first is the start.
            [_, .., last] if last.0 == now => last.1 = ledger.end,
            _ => ledger.equity.push((now, ledger.end)),
        }
    }

    fn close(mut self) -> Ledger {
        for (position, bets) in self.ledger.positions.iter_mut().zip(self.bets) {
            (position.first_bet, position.bets) = (self.ledger.bets.len(), bets.len());
            self.ledger.bets.extend(bets);
        }
        self.ledger
    }
}
