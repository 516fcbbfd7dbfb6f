//! The best ways to bet on every outcome of a market, each outcome with another bookmaker.

use super::{Detector, LegRef};
use crate::assignment::Costs;
use crate::ids::MarketId;
use crate::opportunity::{Kind, Leg};
use alloc::vec::Vec;
use overround_math::arbitrage::split_into;

/// A bet on every outcome of a market, each with another bookmaker.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Combination {
    /// Σ 1/net price over the legs, in outcome order.
    pub booksum: f64,
    /// 1/booksum − 1: what it pays for every outcome alike; negative where there is no arbitrage.
    pub profit: f64,
    /// One leg per outcome, in outcome order.
    pub legs: Vec<Leg>,
}

/// The most outcomes of a market whose combinations are sought.
pub const MAX_COMBINED_OUTCOMES: usize = 64;

impl Detector<'_> {
    /// The `count` combinations with the least booksum, best first. None for a market of more than [`MAX_COMBINED_OUTCOMES`].
    pub(crate) fn combinations(&mut self, id: MarketId, count: usize) -> Vec<Combination> {
        let (n, slots) = {
            let market = &self.books.markets[id.index()];
            (market.n(), market.slots())
        };
        if n > MAX_COMBINED_OUTCOMES || slots == 0 {
            return Vec::new();
        }
        let mut costs = Costs::new(n, slots);
        for outcome in 0..n {
            for slot in 0..slots {
                let best = self.best_of(id, outcome, slot);
                best.iter().for_each(|leg| costs.set(outcome, slot, 1.0 / leg.net));
            }
        }
        costs.cheapest(count).into_iter().map(|way| self.combination(id, &way.columns)).collect()
    }

    fn combination(&mut self, id: MarketId, slots: &[usize]) -> Combination {
        let legs = slots.iter().enumerate().filter_map(|(outcome, &slot)| self.best_of(id, outcome, slot));
        let legs: Vec<LegRef> = legs.collect();
        let net: Vec<f64> = legs.iter().map(|leg| leg.net).collect();
        let mut fractions = alloc::vec![0.0; net.len()];
        let split = split_into(&net, &mut fractions);
        let mut told = Vec::with_capacity(legs.len());
        self.legs(&legs, &fractions, &mut told);
        Combination { booksum: split.booksum, profit: split.profit, legs: told }
    }

    /// May a leg of this kind in the market not come from a degraded source?
    pub(crate) fn drops_degraded(&self, id: MarketId, kind: Kind) -> bool {
        kind == Kind::Arbitrage && self.thresholds(id).drop_degraded
    }

    /// One bookmaker's best bet on an outcome: back, or in a market of two a lay of the other one; at equal net price the back.
    fn best_of(&self, id: MarketId, outcome: usize, slot: usize) -> Option<LegRef> {
        let market = &self.books.markets[id.index()];
        let lay_row = (market.n() == 2 && market.has_lays()).then_some(2 + (1 - outcome.min(1)));
        let mut best: Option<LegRef> = None;
        for row in core::iter::once(outcome).chain(lay_row) {
            let net = self.net(id, row, slot);
            if net > best.map_or(1.0, |best| best.net) {
                best = Some(LegRef { market: id, row, slot, net });
            }
        }
        best
    }

    /// The best price for every outcome but one, with all that is told of it, in outcome order; `None` where an outcome has none.
    pub(crate) fn other_legs(&mut self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<Vec<Leg>> {
        let n = self.books.markets[id.index()].n();
        (0..n).filter(|&other| other != outcome).map(|other| self.best_leg(id, other, drop_degraded)).collect()
    }

    /// The best price for an outcome, with all that is told of it.
    pub(crate) fn best_leg(&mut self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<Leg> {
        let best = self.best(id, outcome, drop_degraded)?;
        Some(self.leg(best, 0.0))
    }

    /// The best lay of an outcome.
    pub(crate) fn best_lay_leg(&mut self, id: MarketId, outcome: usize, drop_degraded: bool) -> Option<Leg> {
        let best = self.best_lay(id, outcome, drop_degraded)?;
        Some(self.leg(best, 0.0))
    }
}
