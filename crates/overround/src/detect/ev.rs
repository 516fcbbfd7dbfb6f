//! +EV: a price above its fair value.

use super::{Candidate, Detector, LEADING_WITHIN_US, LegRef, at_most, at_risk, side_probability};
use crate::books::side_of_row;
use crate::fair::{Reference as FairReference, Values};
use crate::identity::Identity;
use crate::ids::{BookmakerId, MarketId, OutcomeIndex};
use crate::odds_event::Side;
use crate::opportunity::{Ev, EvClass, Kind, Kinds, Reference, Warning, Warnings};
use alloc::vec::Vec;
use overround_math::devig::Method;
use overround_math::ev::{ScoreInput, dispersion, expected_value, kelly, score};
use overround_math::float::logit;
use smallvec::{SmallVec, smallvec};

/// The methods whose disagreement enters the score.
const SCORE_METHODS: [Method; 4] = [Method::Multiplicative, Method::OddsRatio, Method::Power, Method::Shin];

impl Detector<'_> {
    /// +EVs of one market.
    pub(super) fn evs(&mut self, id: MarketId, detect: Kinds, found: &mut Vec<Candidate>) {
        if !detect.contains(Kind::Ev) {
            return;
        }
        let Some(shared) = self.books.reference(id, None) else { return };
        for slot in 0..self.books.markets[id.index()].slots.len() {
            let bookmaker = self.books.markets[id.index()].slots[slot];
            if !self.rules().may_use(bookmaker) {
                continue;
            }
            if self.books.is_reference_for(id, &shared, bookmaker) {
                self.evs_of(id, slot, &shared.fair, found);
            } else if let Some(own) = self.books.reference(id, Some(bookmaker)) {
                self.evs_of(id, slot, &own.fair, found);
            }
        }
    }

    fn evs_of(&self, id: MarketId, slot: usize, fair: &Values, found: &mut Vec<Candidate>) {
        let market = &self.books.markets[id.index()];
        let thresholds = self.thresholds(id);
        for row in 0..market.block.rows {
            let net = self.net(id, row, slot);
            let (outcome, side) = side_of_row(row, market.n());
            let product = side_probability(fair, outcome, side) * net;
            let meets = |min: f64| at_most(1.0 + min, product);
            if net <= 1.0 || !meets(thresholds.ev.min - thresholds.lifecycle.hysteresis) {
                continue;
            }
            let mut identity = Identity::of_market(3, self.profile, id);
            identity.outcome = Some(outcome);
            identity.quote = Some((side, market.slots[slot]));
            found.push(Candidate {
                identity,
                is_strict: meets(thresholds.ev.min),
                is_capped: thresholds.ev.max > 0.0 && !at_most(product - 1.0, thresholds.ev.max),
                legs: smallvec![LegRef { market: id, row, slot, net }],
            });
        }
    }

    pub(super) fn describe_ev(&mut self, candidate: &Candidate, warnings: &mut Warnings) -> Ev {
        let leg = candidate.legs[0];
        let id = leg.market;
        let bookmaker = self.books.markets[id.index()].slots[leg.slot];
        let reference = self.books.reference(id, Some(bookmaker)).expect("an ev has a reference");
        let (outcome, side) = side_of_row(leg.row, self.books.markets[id.index()].n());
        let fair_probability = side_probability(&reference.fair, outcome, side);
        let ev = expected_value(fair_probability, leg.net);
        let score = score(&self.score_input(&reference, leg, fair_probability));
        let by_anchor = reference.step == crate::opportunity::ReferenceStep::Anchor;
        let is_outlier = |slot: &usize| self.is_outlier(id, outcome.index(), *slot);
        warnings.set(Warning::AnchorOutlier, by_anchor && reference.members.iter().any(is_outlier));
        warnings.set(Warning::SingleReference, reference.members.len() == 1);
        warnings.set(Warning::Suspicious, ev > super::warnings::SUSPICIOUS);

        let market = &self.books.markets[id.index()];
        let grid = &self.books.grid;
        let quote = &grid.quotes[market.block.cell(leg.row, leg.slot)];
        let peers: SmallVec<[f64; 16]> = (0..market.slots.len())
            .map(|slot| market.block.cell(leg.row, slot))
            .filter(|&cell| grid.counts[cell])
            .map(|cell| grid.quotes[cell].price())
            .collect();
        let highest = peers.iter().copied().fold(f64::MIN, f64::max);
        let lowest = peers.iter().copied().fold(f64::MAX, f64::min);
        let (best_price, worst_price) = if side == Side::Back { (highest, lowest) } else { (lowest, highest) };
        Ev {
            outcome,
            bookmaker,
            side,
            price: quote.price(),
            net_price: leg.net,
            fair_probability,
            fair_price: 1.0 / fair_probability,
            ev,
            kelly: kelly(fair_probability, leg.net),
            kelly_prudent: score.kelly_prudent,
            confidence: score.confidence,
            class: self.class(id, leg, &reference),
            reference: self.told_reference(id, outcome, &reference),
            bookmakers: u32::try_from(peers.len()).unwrap_or(u32::MAX),
            best_price,
            worst_price,
            limit: quote.limit().map(|limit| at_risk(limit, quote.price(), side)),
            age_us: quote.age_us(self.books.now),
            seen_ts: quote.seen(),
            changed_ts: quote.changed(),
        }
    }

    fn score_input(&self, reference: &FairReference, leg: LegRef, fair_probability: f64) -> ScoreInput {
        let id = leg.market;
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        let of_side = |fair: f64| if side == Side::Back { fair } else { 1.0 - fair };
        let opinions: SmallVec<[f64; 12]> = reference
            .members
            .iter()
            .map(|&slot| of_side(self.books.grid.fair[market.block.cell(outcome.index(), slot)]))
            .collect();
        let spread = dispersion(&reference.weights, &opinions);
        let (mut least, mut most) = (f64::MAX, f64::MIN);
        for method in SCORE_METHODS {
            if let Some(fair) = self.books.pooled_by(id, reference, method) {
                let x = logit(side_probability(&fair, outcome, side));
                (least, most) = (least.min(x), most.max(x));
            }
        }
        let freshness = |slot: usize| self.books.freshness(market.fixture, market.slots[slot]);
        let least_fresh = reference.members.iter().map(|&slot| freshness(slot)).fold(1.0, f64::min);
        ScoreInput {
            fair_probability,
            net_price: leg.net,
            dispersion: spread.deviation,
            effective_books: spread.effective,
            method_range: if most > least { (most - least) / 2.0 } else { 0.0 },
            freshness: freshness(leg.slot) * least_fresh,
        }
    }

    fn told_reference(&self, id: MarketId, outcome: OutcomeIndex, reference: &FairReference) -> Reference {
        let market = &self.books.markets[id.index()];
        let grid = &self.books.grid;
        let cell = |outcome: usize, slot: usize| market.block.cell(outcome, slot);
        let age = |&slot: &usize| {
            (0..market.n()).map(|outcome| grid.quotes[cell(outcome, slot)].age_us(self.books.now)).max()
        };
        let single = (reference.members.len() == 1).then(|| reference.members[0]);
        Reference {
            step: reference.step,
            method: self.books.fair_rules(id).method,
            bookmakers: reference.members.iter().map(|&slot| market.slots[slot]).collect(),
            price: single.map(|slot| grid.quotes[cell(outcome.index(), slot)].price()),
            age_us: reference.members.iter().filter_map(age).max().unwrap_or_default(),
        }
    }

    /// Who moved last, the quote or what it is judged by. Lagging is tried first.
    pub(super) fn class(&self, id: MarketId, leg: LegRef, reference: &FairReference) -> EvClass {
        let market = &self.books.markets[id.index()];
        let changed = self.books.grid.quotes[market.block.cell(leg.row, leg.slot)].changed();
        let moved_since = |slot: usize| self.books.column_changed(id, slot).is_some_and(|column| column > changed);
        let moved = reference.members.iter().filter(|&&slot| moved_since(slot)).count();
        if 2 * moved >= reference.members.len() {
            return EvClass::Lagging;
        }
        let mut others = (0..market.slots.len()).filter(|&slot| slot != leg.slot);
        let is_last = others.all(|slot| self.books.column_changed(id, slot).is_none_or(|column| changed > column));
        if is_last && self.books.now.since_us(changed) <= LEADING_WITHIN_US {
            EvClass::Leading
        } else {
            EvClass::Steady
        }
    }

    /// Is a leg lagging behind the reference that leaves its bookmaker out?
    pub(super) fn is_lagging(&mut self, leg: LegRef) -> bool {
        let bookmaker: BookmakerId = self.books.markets[leg.market.index()].slots[leg.slot];
        let reference = self.books.reference(leg.market, Some(bookmaker));
        reference.is_some_and(|reference| self.class(leg.market, leg, &reference) == EvClass::Lagging)
    }
}
