//! The figures of a low hold: every side lists all bookmakers tied at best.

use super::{Candidate, Detector, LegRef, side_probability};
use crate::books::side_of_row;
use crate::fair::Values;
use crate::opportunity::{LowHold, LowHoldSide};
use alloc::vec::Vec;
use overround_math::arbitrage::{booksum, hold};

impl Detector<'_> {
    pub(super) fn describe_low_hold(&mut self, candidate: &Candidate) -> LowHold {
        let net: Vec<f64> = candidate.legs.iter().map(|leg| leg.net).collect();
        let sum = booksum(&net);
        let fair = self.books.reference(candidate.identity.market, None).map(|reference| reference.fair);
        let sides = candidate.legs.iter().map(|&leg| self.side(leg, fair.as_ref())).collect();
        LowHold { hold: hold(sum), booksum: sum, sides }
    }

    fn side(&self, first: LegRef, fair: Option<&Values>) -> LowHoldSide {
        let market = &self.books.markets[first.market.index()];
        let (outcome, side) = side_of_row(first.row, market.n());
        let quote = |slot| &self.books.grid.quotes[market.block.cell(first.row, slot)];
        let tied: Vec<usize> =
            (0..market.slots.len()).filter(|&slot| self.net(first.market, first.row, slot) == first.net).collect();
        LowHoldSide {
            outcome,
            bookmakers: tied.iter().map(|&slot| market.slots[slot]).collect(),
            side,
            price: quote(first.slot).price(),
            net_price: first.net,
            fair_probability: fair.map(|fair| side_probability(fair, outcome, side)),
            age_us: tied.iter().map(|&slot| quote(slot).age_us(self.books.now)).max().unwrap_or_default(),
        }
    }
}
