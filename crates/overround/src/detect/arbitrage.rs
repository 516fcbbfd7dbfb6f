//! Arbitrage: a set of prices that wins whatever happens; and low hold, which is what almost does.

use super::{Candidate, Detector, LegRef, at_most, max_total_stake};
use crate::identity::Identity;
use crate::ids::{MarketId, OutcomeIndex};
use crate::odds_event::Side;
use crate::opportunity::{Arbitrage, Kind, Kinds, Leg, Warning, Warnings};
use alloc::vec::Vec;
use overround_math::arbitrage::{profit_min, split_into};
use overround_math::settlement::MarketShape;

impl Detector<'_> {
    /// Arbitrages and low holds of one market.
    pub(super) fn arbitrages(&mut self, id: MarketId, detect: Kinds, found: &mut Vec<Candidate>) {
        let (n, has_lays) = {
            let market = &self.books.markets[id.index()];
            (market.n(), market.has_lays())
        };
        let drop_degraded = self.thresholds(id).drop_degraded;
        if detect.contains(Kind::Arbitrage) && self.gather_bests(id, drop_degraded) {
            let identity = Identity::of_market(1, self.profile, id);
            found.extend(self.arbitrage(identity, &self.scratch.legs));
        }
        if detect.contains(Kind::LowHold) && n <= 3 && self.gather_bests(id, false) {
            found.extend(self.low_hold(id, &self.scratch.legs));
        }
        if n >= 3 && has_lays && detect.contains(Kind::Arbitrage) {
            for outcome in 0..n {
                found.extend(self.back_lay(id, outcome, drop_degraded));
            }
        }
    }

    /// Puts the best price of every outcome in the scratch; returns whether each has one.
    fn gather_bests(&mut self, id: MarketId, drop_degraded: bool) -> bool {
        self.scratch.legs.clear();
        let n = self.books.markets[id.index()].n();
        for outcome in 0..n {
            let best = self.best(id, outcome, drop_degraded);
            self.scratch.legs.extend(best);
            if best.is_none() {
                return false;
            }
        }
        true
    }

    /// Back and lay of one outcome.
    fn back_lay(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<Candidate> {
        let back = self.best(id, outcome, drop_degraded)?;
        let lay = self.best_lay(id, outcome, drop_degraded)?;
        let mut identity = Identity::of_market(5, self.profile, id);
        identity.outcome = u16::try_from(outcome).ok().map(OutcomeIndex);
        self.arbitrage(identity, &[back, lay])
    }

    fn best_lay(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<LegRef> {
        let market = &self.books.markets[id.index()];
        let row = market.n() + outcome;
        let mut best: Option<LegRef> = None;
        for slot in 0..market.slots.len() {
            let net = self.net(id, row, slot);
            if net > best.map_or(1.0, |best| best.net)
                && !(drop_degraded && self.books.is_degraded(market.fixture, market.slots[slot]))
            {
                best = Some(LegRef { market: id, row, slot, net });
            }
        }
        best
    }

    fn arbitrage(&self, identity: Identity, legs: &[LegRef]) -> Option<Candidate> {
        let thresholds = self.thresholds(identity.market);
        let sum = sum_of(legs);
        if !self.is_arbitrage(identity, sum, thresholds.min_profit - thresholds.lifecycle.hysteresis) {
            return None;
        }
        let profit = 1.0 / sum - 1.0;
        Some(Candidate {
            identity,
            is_strict: self.is_arbitrage(identity, sum, thresholds.min_profit),
            is_capped: thresholds.max_profit > 0.0 && !at_most(profit, thresholds.max_profit),
            is_known: false,
            legs: legs.into(),
        })
    }

    /// The condition, by the figures alone.
    fn is_arbitrage(&self, identity: Identity, sum: f64, min_profit: f64) -> bool {
        at_most(sum * (1.0 + min_profit), 1.0) && at_most(-self.least_profit(identity, 1.0 / sum - 1.0), 0.0)
    }

    fn least_profit(&self, identity: Identity, profit: f64) -> f64 {
        let market = &self.books.markets[identity.market.index()];
        // Back and lay of one outcome are decided whatever the shape of the market.
        let shape = if identity.code == 5 { MarketShape::Listed } else { market.shape };
        profit_min(shape, market.line, profit)
    }

    /// A low hold, unless the same prices are an arbitrage by the figures.
    fn low_hold(&self, id: MarketId, legs: &[LegRef]) -> Option<Candidate> {
        let thresholds = self.thresholds(id);
        let identity = Identity::of_market(2, self.profile, id);
        let sum = sum_of(legs);
        let hold = 1.0 - 1.0 / sum;
        let is_loose = at_most(hold, thresholds.low_hold.max_hold + thresholds.lifecycle.hysteresis);
        if !is_loose || self.is_arbitrage(identity, sum, thresholds.min_profit) {
            return None;
        }
        let is_strict = at_most(hold, thresholds.low_hold.max_hold);
        Some(Candidate { identity, is_strict, is_capped: false, is_known: false, legs: legs.into() })
    }

    pub(super) fn sketch_arbitrage(&mut self, candidate: &Candidate, warnings: &mut Warnings, into: &mut Arbitrage) {
        let mut fractions = core::mem::take(&mut self.scratch.fractions);
        let net = &mut self.scratch.net;
        net.clear();
        net.extend(candidate.legs.iter().map(|leg| leg.net));
        fractions.clear();
        fractions.resize(net.len(), 0.0);
        let split = split_into(net, &mut fractions);
        into.legs.clear();
        for (&leg, &fraction) in candidate.legs.iter().zip(&fractions) {
            let leg = self.leg(leg, fraction);
            into.legs.push(leg);
        }
        self.scratch.fractions = fractions;
        into.profit = split.profit;
        into.profit_min = self.least_profit(candidate.identity, split.profit);
        into.booksum = split.booksum;
        into.gross_booksum = into.legs.iter().map(shown_implied).sum();
        (into.max_total_stake, into.max_total_stake_known) = max_total_stake(&into.legs);
        warnings.set(Warning::PushPossible, into.profit_min < into.profit);
        warnings.set(Warning::Suspicious, into.profit > super::warnings::SUSPICIOUS);
    }
}

/// Σ 1/net in order, as [`overround_math::arbitrage::booksum`] has it.
fn sum_of(legs: &[LegRef]) -> f64 {
    legs.iter().map(|leg| 1.0 / leg.net).sum()
}

/// 1/price as shown; of a lay 1/(1 + 1/(L − 1)).
fn shown_implied(leg: &Leg) -> f64 {
    match leg.side {
        Side::Back => 1.0 / leg.price,
        Side::Lay => 1.0 / (1.0 + 1.0 / (leg.price - 1.0)),
    }
}
