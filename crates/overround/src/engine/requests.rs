//! What a bettor asks on top of what is told: other combinations, and how to cover a bet that stands already.

use super::Engine;
use crate::detect::{Combination, Detector, Scratch};
use crate::error::HedgeError;
use crate::ids::{MarketId, OpportunityId, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Figures, Leg, Opportunity};
use crate::pages::Known;
use alloc::vec::Vec;
use overround_math::stakes::{Funds, Leg as Stake, Plan, plan_into};

/// A bet that stands, and how the rest is to be staked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HedgeRequest {
    /// The opportunity, as told.
    pub id: OpportunityId,
    /// Whose view it is.
    pub profile: ProfileId,
    /// Which of its legs was bet, by position; an ev has one leg, a low hold one per side.
    pub leg: usize,
    /// What was put at risk on it (of a lay the liability), in the smallest unit of money.
    pub placed: i64,
    /// Stakes on the other legs are multiples of this, ≥ 1, in the smallest unit.
    pub step: i64,
    /// Smallest units to one unit of the feed's limits: 100 where limits are in euros and stakes in cents.
    pub units_per_limit: f64,
}

/// The rest of the legs at today's prices, with their stakes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Hedge {
    /// The legs still to be bet, at the best prices of now, with what to put at risk on each.
    pub legs: Vec<(Leg, i64)>,
    /// What all stakes together come to, the placed one included. Results in which both legs of a middle win, or one pushes, only pay
    /// more than its least profit or return stakes; they are left out.
    pub plan: Plan,
}

impl Engine {
    /// The `count` best combinations of a market for a profile, best first: a bet on every outcome, each with another bookmaker. At equal
    /// booksum the order is the same every time, and not otherwise said. None for a market that is not known or over, that lacks
    /// prices, or that has more than [`MAX_COMBINED_OUTCOMES`](crate::MAX_COMBINED_OUTCOMES) outcomes. Time grows with
    /// `count` × outcomes⁴ × bookmakers + `count`² × outcomes at worst.
    pub fn combinations(&mut self, market: MarketId, profile: ProfileId, count: usize) -> Vec<Combination> {
        let is_known = matches!(self.books.markets.get(market.index()), Known::Here(_));
        if !is_known || usize::from(profile.0) >= self.books.rules.profiles().len() {
            return Vec::new();
        }
        let mut scratch = Scratch::default();
        Detector { books: &mut self.books, scratch: &mut scratch, profile }.combinations(market, count)
    }

    /// How to cover a leg of an open opportunity that has been bet at the price told: the stakes on the other legs, at the best prices of
    /// now and within their limits, whose worst case is the best there is. Where no profit is left it is the smallest loss, and the plan's
    /// status says why.
    ///
    /// # Errors
    /// If the opportunity is not open, has no such leg, an outcome has no price any more, or no stakes fit.
    pub fn hedge(&mut self, request: &HedgeRequest) -> Result<Hedge, HedgeError> {
        let entry = self.tracker.find(request.id, request.profile);
        let told = entry.and_then(|entry| entry.told.as_deref()).ok_or(HedgeError::NotOpen)?;
        let placed = placed_net(told, request.leg).ok_or(HedgeError::NoSuchLeg)?;
        let told = told.clone();
        let mut scratch = Scratch::default();
        let mut detector = Detector { books: &mut self.books, scratch: &mut scratch, profile: request.profile };
        let others = others(&mut detector, &told, request.leg).ok_or(HedgeError::NoPrice)?;
        let mut stakes = alloc::vec![Stake::cash(placed).placed(request.placed)];
        stakes.extend(others.iter().map(|leg| {
            let stake = Stake::cash(leg.net_price).step(request.step);
            leg.limit.map_or(stake, |limit| stake.at_most(whole(limit * request.units_per_limit)))
        }));
        let mut amounts = alloc::vec![0; stakes.len()];
        let plan = plan_into(&stakes, &Funds::default(), &mut amounts).map_err(HedgeError::Stakes)?;
        Ok(Hedge { legs: others.into_iter().zip(amounts.into_iter().skip(1)).collect(), plan })
    }
}

/// Net price of the leg that was bet, as told.
fn placed_net(told: &Opportunity, leg: usize) -> Option<f64> {
    match &told.figures {
        Figures::Arbitrage(figures) => figures.legs.get(leg).map(|leg| leg.net_price),
        Figures::Middle(figures) => figures.legs.get(leg).map(|leg| leg.net_price),
        Figures::LowHold(figures) => figures.sides.get(leg).map(|side| side.net_price),
        Figures::Ev(figures) => (leg == 0).then_some(figures.net_price),
    }
}

/// The best prices of now for what the leg does not win on.
fn others(detector: &mut Detector<'_>, told: &Opportunity, leg: usize) -> Option<Vec<Leg>> {
    let drop = detector.drops_degraded(told.market, told.kind());
    let n = |detector: &Detector<'_>| detector.books.markets[told.market.index()].n();
    // What a bet on one side of one outcome leaves: the other outcomes; of a lay among several, the outcome itself.
    let against = |detector: &mut Detector<'_>, outcome: usize, side: Side| match side {
        Side::Back => detector.other_legs(told.market, outcome, drop),
        Side::Lay => detector.best_leg(told.market, outcome, drop).map(|leg| alloc::vec![leg]),
    };
    match &told.figures {
        Figures::Middle(figures) => {
            let other = figures.legs.get(1 - leg.min(1))?;
            let outcome = 1 - leg.min(1);
            detector.best_leg(other.market, outcome, drop).map(|leg| alloc::vec![leg])
        }
        Figures::Ev(figures) => against(detector, figures.outcome.index(), figures.side),
        Figures::LowHold(figures) => {
            let side = figures.sides.get(leg)?;
            against(detector, side.outcome.index(), side.side)
        }
        Figures::Arbitrage(figures) => {
            let own = figures.legs.get(leg)?;
            let is_back_lay = figures.legs.len() == 2 && n(detector) > 2;
            if is_back_lay && own.side == Side::Back {
                return detector.best_lay_leg(told.market, own.outcome.index(), drop).map(|leg| alloc::vec![leg]);
            }
            against(detector, own.outcome.index(), own.side)
        }
    }
}

/// Whole units within a limit.
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate, and the largest stake is far below that")]
fn whole(units: f64) -> i64 {
    units as i64
}
