//! Arbitrage: a set of prices that wins whatever happens; and low hold, which is what almost does.

use super::{Candidate, Detector, LegRef, at_most, max_total_stake};
use crate::identity::Identity;
use crate::ids::{MarketId, OutcomeIndex};
use crate::odds_event::Side;
use crate::opportunity::{Arbitrage, Kind, Kinds, Leg, Warning, Warnings};
use alloc::vec::Vec;
use overround_math::arbitrage::{booksum, profit_min, split_into};
use overround_math::commission::lay_as_back;
use overround_math::settlement::MarketShape;
use smallvec::{SmallVec, smallvec};

impl Detector<'_> {
    /// Arbitrages and low holds of one market.
    pub(super) fn arbitrages(&mut self, id: MarketId, detect: Kinds, found: &mut Vec<Candidate>) {
        let (n, has_lays) = {
            let market = &self.books.markets[id.index()];
            (market.n(), market.has_lays())
        };
        let drop_degraded = self.thresholds(id).drop_degraded;
        let bests = self.bests(id, false);
        let arbitrage_bests = if drop_degraded { self.bests(id, true) } else { bests.clone() };
        if let Some(legs) = arbitrage_bests.filter(|_| detect.contains(Kind::Arbitrage)) {
            let identity = Identity::of_market(1, self.profile, id);
            found.extend(self.arbitrage(identity, legs));
        }
        if let Some(legs) = bests.filter(|_| detect.contains(Kind::LowHold) && n <= 3) {
            found.extend(self.low_hold(id, legs));
        }
        if n >= 3 && has_lays && detect.contains(Kind::Arbitrage) {
            for outcome in 0..n {
                found.extend(self.back_lay(id, outcome, drop_degraded));
            }
        }
    }

    /// The best price of every outcome, if each has one.
    fn bests(&self, id: MarketId, drop_degraded: bool) -> Option<SmallVec<[LegRef; 3]>> {
        (0..self.books.markets[id.index()].n()).map(|outcome| self.best(id, outcome, drop_degraded)).collect()
    }

    /// Back and lay of one outcome.
    fn back_lay(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<Candidate> {
        let back = self.best(id, outcome, drop_degraded)?;
        let lay = self.best_lay(id, outcome, drop_degraded)?;
        let mut identity = Identity::of_market(5, self.profile, id);
        identity.outcome = u16::try_from(outcome).ok().map(OutcomeIndex);
        self.arbitrage(identity, smallvec![back, lay])
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

    fn arbitrage(&self, identity: Identity, legs: SmallVec<[LegRef; 3]>) -> Option<Candidate> {
        let thresholds = self.thresholds(identity.market);
        let sum = sum_of(&legs);
        if !self.is_arbitrage(identity, sum, thresholds.min_profit - thresholds.lifecycle.hysteresis) {
            return None;
        }
        let profit = 1.0 / sum - 1.0;
        Some(Candidate {
            identity,
            is_strict: self.is_arbitrage(identity, sum, thresholds.min_profit),
            is_capped: thresholds.max_profit > 0.0 && !at_most(profit, thresholds.max_profit),
            legs,
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
    fn low_hold(&self, id: MarketId, legs: SmallVec<[LegRef; 3]>) -> Option<Candidate> {
        let thresholds = self.thresholds(id);
        let identity = Identity::of_market(2, self.profile, id);
        let sum = sum_of(&legs);
        let hold = 1.0 - 1.0 / sum;
        let is_loose = at_most(hold, thresholds.low_hold.max_hold + thresholds.lifecycle.hysteresis);
        if !is_loose || self.is_arbitrage(identity, sum, thresholds.min_profit) {
            return None;
        }
        let is_strict = at_most(hold, thresholds.low_hold.max_hold);
        Some(Candidate { identity, is_strict, is_capped: false, legs })
    }

    pub(super) fn describe_arbitrage(&mut self, candidate: &Candidate, warnings: &mut Warnings) -> Arbitrage {
        let net: SmallVec<[f64; 3]> = candidate.legs.iter().map(|leg| leg.net).collect();
        let mut fractions: SmallVec<[f64; 3]> = smallvec![0.0; net.len()];
        let split = split_into(&net, &mut fractions);
        let legs: Vec<Leg> =
            candidate.legs.iter().zip(&fractions).map(|(&leg, &fraction)| self.leg(leg, fraction)).collect();
        let least = self.least_profit(candidate.identity, split.profit);
        warnings.set(Warning::PushPossible, least < split.profit);
        warnings.set(Warning::Suspicious, split.profit > super::warnings::SUSPICIOUS);
        let (max_total_stake, max_total_stake_known) = max_total_stake(&legs);
        Arbitrage {
            profit: split.profit,
            profit_min: least,
            booksum: split.booksum,
            gross_booksum: legs.iter().map(shown_implied).sum(),
            legs,
            max_total_stake,
            max_total_stake_known,
        }
    }
}

fn sum_of(legs: &[LegRef]) -> f64 {
    let net: SmallVec<[f64; 8]> = legs.iter().map(|leg| leg.net).collect();
    booksum(&net)
}

/// 1/price as shown; of a lay 1/(1 + 1/(L − 1)).
fn shown_implied(leg: &Leg) -> f64 {
    match leg.side {
        Side::Back => 1.0 / leg.price,
        Side::Lay => 1.0 / lay_as_back(leg.price).unwrap_or(leg.net_price),
    }
}
