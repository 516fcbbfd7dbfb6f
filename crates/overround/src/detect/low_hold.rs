//! The figures of a low hold: every side lists all bookmakers tied at best.

use super::{Candidate, Detector, LegRef, side_probability};
use crate::books::side_of_row;
use crate::opportunity::{LowHold, LowHoldSide};
use overround_math::arbitrage::{booksum, hold};

impl Detector<'_> {
    pub(super) fn sketch_low_hold(&mut self, candidate: &Candidate, into: &mut LowHold) {
        let net = &mut self.scratch.net;
        net.clear();
        net.extend(candidate.legs.iter().map(|leg| leg.net));
        into.booksum = booksum(net);
        into.hold = hold(into.booksum);
        let id = candidate.identity.market;
        let is_known = self.ask(id, None);
        let fair = is_known.then(|| self.asked(id, None).fair.as_slice());
        into.sides.resize_with(candidate.legs.len(), LowHoldSide::default);
        for (&leg, side) in candidate.legs.iter().zip(&mut into.sides) {
            self.sketch_side(leg, fair, side);
        }
    }

    fn sketch_side(&self, first: LegRef, fair: Option<&[f64]>, into: &mut LowHoldSide) {
        let market = &self.books.markets[first.market.index()];
        let (outcome, side) = side_of_row(first.row, market.n());
        let quote = |slot| self.books.grid.cells(market.block).quote(first.row, slot);
        let nets = self.nets(first.market);
        let is_tied = |&slot: &usize| nets.of(first.row, slot) == first.net;
        let tied = (0..market.slots()).filter(is_tied);
        into.bookmakers.clear();
        into.bookmakers.extend(tied.clone().map(|slot| self.books.grid.cells(market.block).bookmaker(slot)));
        (into.outcome, into.side) = (outcome, side);
        (into.price, into.net_price) = (quote(first.slot).price(), first.net);
        into.fair_probability = fair.map(|fair| side_probability(fair, outcome, side));
        into.age_us = tied.map(|slot| quote(slot).age_us(self.books.now)).max().unwrap_or_default();
    }
}
