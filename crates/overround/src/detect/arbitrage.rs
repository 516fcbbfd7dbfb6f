//! Arbitrage: a set of prices that wins whatever happens; and low hold, which is what almost does.

use super::{Candidate, Detector, LegRef, Listen, at_most, max_total_stake, require};
use crate::explain::{Condition, Miss, Test};
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
        let finds_arbitrages = detect.contains(Kind::Arbitrage);
        let mut has_bests = finds_arbitrages && self.gather_bests(id, drop_degraded).is_ok();
        if has_bests {
            let identity = Identity::of_market(1, self.profile, id);
            found.extend(self.arbitrage(identity, &self.scratch.legs));
        }
        if detect.contains(Kind::LowHold) && n <= LOW_HOLD_OUTCOMES {
            // A low hold may stand on degraded sources: where an arbitrage may too, its prices are the same.
            if drop_degraded || !finds_arbitrages {
                has_bests = self.gather_bests(id, false).is_ok();
            }
            if has_bests {
                let identity = Identity::of_market(2, self.profile, id);
                found.extend(self.low_hold(identity, &self.scratch.legs));
            }
        }
        if n >= 3 && has_lays && detect.contains(Kind::Arbitrage) {
            for outcome in 0..n {
                if let Ok(legs) = self.back_and_lay(id, outcome, drop_degraded) {
                    found.extend(self.arbitrage(self.back_lay_identity(id, outcome), &legs));
                }
            }
        }
    }

    /// Puts the best price of every outcome in the scratch.
    pub(super) fn gather_bests(&mut self, id: MarketId, drop_degraded: bool) -> Result<(), Miss> {
        self.scratch.legs.clear();
        let n = self.books.markets[id.index()].n();
        for outcome in 0..n {
            match self.best(id, outcome, drop_degraded) {
                Some(best) => self.scratch.legs.push(best),
                None => return Err(no_price(outcome, false)),
            }
        }
        Ok(())
    }

    pub(super) fn back_lay_identity(&self, id: MarketId, outcome: usize) -> Identity {
        let mut identity = Identity::of_market(5, self.profile, id);
        identity.outcome = u16::try_from(outcome).ok().map(OutcomeIndex);
        identity
    }

    /// Back and lay of one outcome.
    pub(super) fn back_and_lay(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Result<[LegRef; 2], Miss> {
        let back = self.best(id, outcome, drop_degraded).ok_or_else(|| no_price(outcome, false))?;
        let lay = self.best_lay(id, outcome, drop_degraded).ok_or_else(|| no_price(outcome, true))?;
        Ok([back, lay])
    }

    pub(super) fn best_lay(&self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<LegRef> {
        self.best_of_row(id, self.books.markets[id.index()].n() + outcome, 1.0, drop_degraded)
    }

    fn arbitrage(&self, identity: Identity, legs: &[LegRef]) -> Option<Candidate> {
        let sum = sum_of(legs);
        let hysteresis = self.thresholds(identity.market).lifecycle.hysteresis;
        self.judge_arbitrage(identity, sum, hysteresis, &mut ()).ok()?;
        Some(Candidate {
            identity,
            is_strict: self.judge_arbitrage(identity, sum, 0.0, &mut ()).is_ok(),
            is_capped: !self.profit_cap(identity.market, sum).holds,
            is_known: false,
            legs: legs.into(),
        })
    }

    /// The condition, by the figures alone, with the threshold widened by `slack`.
    pub(super) fn judge_arbitrage(
        &self,
        identity: Identity,
        sum: f64,
        slack: f64,
        listen: &mut impl Listen,
    ) -> Result<(), Miss> {
        let min_profit = self.thresholds(identity.market).min_profit - slack;
        let value = sum * (1.0 + min_profit);
        require(listen, Condition::new(Test::Booksum, value, 1.0, at_most(value, 1.0)))?;
        let least = self.least_profit(identity, 1.0 / sum - 1.0);
        require(listen, Condition::new(Test::LeastProfit, least, 0.0, at_most(-least, 0.0)))
    }

    pub(super) fn profit_cap(&self, id: MarketId, sum: f64) -> Condition {
        Condition::cap(Test::ProfitCap, 1.0 / sum - 1.0, self.thresholds(id).max_profit)
    }

    fn least_profit(&self, identity: Identity, profit: f64) -> f64 {
        let market = &self.books.markets[identity.market.index()];
        // Back and lay of one outcome are decided whatever the shape of the market.
        let shape = if identity.code == 5 { MarketShape::Listed } else { market.shape };
        profit_min(shape, market.line(), profit)
    }

    fn low_hold(&self, identity: Identity, legs: &[LegRef]) -> Option<Candidate> {
        let sum = sum_of(legs);
        let hysteresis = self.thresholds(identity.market).lifecycle.hysteresis;
        self.judge_low_hold(identity, sum, hysteresis, &mut ()).ok()?;
        let is_strict = self.judge_low_hold(identity, sum, 0.0, &mut ()).is_ok();
        Some(Candidate { identity, is_strict, is_capped: false, is_known: false, legs: legs.into() })
    }

    /// A low hold, with the threshold widened by `slack`, unless the same prices are an arbitrage by the figures.
    pub(super) fn judge_low_hold(
        &self,
        identity: Identity,
        sum: f64,
        slack: f64,
        listen: &mut impl Listen,
    ) -> Result<(), Miss> {
        let (hold, bound) = (1.0 - 1.0 / sum, self.thresholds(identity.market).low_hold.max_hold + slack);
        require(listen, Condition::new(Test::Hold, hold, bound, at_most(hold, bound)))?;
        match self.judge_arbitrage(identity, sum, 0.0, &mut ()) {
            Ok(()) => Err(Miss::IsArbitrage { profit: 1.0 / sum - 1.0 }),
            Err(_) => Ok(()),
        }
    }

    pub(super) fn sketch_arbitrage(&mut self, candidate: &Candidate, warnings: &mut Warnings, into: &mut Arbitrage) {
        let mut fractions = core::mem::take(&mut self.scratch.fractions);
        let net = &mut self.scratch.net;
        net.clear();
        net.extend(candidate.legs.iter().map(|leg| leg.net));
        fractions.clear();
        fractions.resize(net.len(), 0.0);
        let split = split_into(net, &mut fractions);
        self.legs(&candidate.legs, &fractions, &mut into.legs);
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

/// Most outcomes of a low hold.
pub(super) const LOW_HOLD_OUTCOMES: usize = 3;

fn no_price(outcome: usize, lay: bool) -> Miss {
    Miss::NoPrice { outcome: OutcomeIndex(u16::try_from(outcome).unwrap_or(u16::MAX)), lay }
}

/// Σ 1/net in order, as [`overround_math::arbitrage::booksum`] has it.
pub(super) fn sum_of(legs: &[LegRef]) -> f64 {
    legs.iter().map(|leg| 1.0 / leg.net).sum()
}

/// 1/price as shown; of a lay 1/(1 + 1/(L − 1)).
fn shown_implied(leg: &Leg) -> f64 {
    match leg.side {
        Side::Back => 1.0 / leg.price,
        Side::Lay => 1.0 / (1.0 + 1.0 / (leg.price - 1.0)),
    }
}
