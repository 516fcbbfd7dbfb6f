//! +EV: a price above its fair value.

use super::{Candidate, Detector, LEADING_WITHIN_US, LegRef, at_most, at_risk, side_probability};
use crate::books::Column;
use crate::books::side_of_row;
use crate::config::ReferenceMode;
use crate::fair::{BRACKET_SLACK, Reference as FairReference, power_at_most};
use crate::identity::Identity;
use crate::ids::{BookmakerId, MarketId, OutcomeIndex};
use crate::odds_event::Side;
use crate::opportunity::{Ev, EvClass, Kind, Kinds, Reference, ReferenceStep, Warning, Warnings};
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
        if !self.may_have_ev(id) {
            return;
        }
        let mut shared = core::mem::take(&mut self.scratch.shared);
        if self.books.find_reference(id, None, &mut shared) {
            for slot in 0..self.books.markets[id.index()].slots.len() {
                let bookmaker = self.books.markets[id.index()].slots[slot];
                if !self.rules().may_use(bookmaker) {
                    continue;
                }
                if self.books.is_reference_for(id, &shared, bookmaker) {
                    self.evs_of(id, slot, &shared.fair, found);
                } else if self.books.find_reference(id, Some(bookmaker), &mut self.scratch.own) {
                    self.evs_of(id, slot, &self.scratch.own.fair, found);
                }
            }
        }
        self.scratch.shared = shared;
    }

    /// Could any price of a two-way market be an ev by its only anchor, if power gave it the most that it can? Spares the solve in
    /// nearly every market; true where the bound says nothing.
    fn may_have_ev(&self, id: MarketId) -> bool {
        let market = &self.books.markets[id.index()];
        let rules = self.books.fair_rules(id);
        if market.n() != 2 || rules.method != Method::Power || rules.mode == ReferenceMode::Consensus {
            return true;
        }
        let is_anchor = |&slot: &usize| rules.bookmaker(market.slots[slot]).anchor.is_some_and(|weight| weight > 0.0);
        let mut anchors = (0..market.slots.len()).filter(is_anchor);
        let (Some(anchor), None) = (anchors.next(), anchors.next()) else { return true };
        // Copies of the anchor are judged by others.
        if rules.bookmaker(market.slots[anchor]).group.is_some() {
            return true;
        }
        // A column that may be out leaves the judgement to others; one that is solved already costs nothing.
        if market.columns[anchor] != Column::Unsolved || !self.books.is_complete(id, anchor) {
            return true;
        }
        let price = |outcome| self.books.grid.quotes[market.block.cell(outcome, anchor)].price();
        let booksum = 1.0 / price(0) + 1.0 / price(1);
        if booksum < rules.booksum_min + BRACKET_SLACK || (booksum - 1.0) / 2.0 > rules.margin_max - BRACKET_SLACK {
            return true;
        }
        if self.books.freshness(market.fixture, market.slots[anchor]) <= 0.0 {
            return true;
        }
        let most = power_at_most([price(0), price(1)]);
        let thresholds = self.thresholds(id);
        let needed = 1.0 + thresholds.ev.min - thresholds.lifecycle.hysteresis - BRACKET_SLACK;
        (0..market.block.rows).any(|row| {
            // A lay of one outcome wins on the other.
            let wins_on = if row < 2 { row } else { 3 - row };
            (0..market.slots.len()).any(|slot| {
                let net = self.net(id, row, slot);
                slot != anchor && net > 1.0 && (most[wins_on] + BRACKET_SLACK) * net >= needed
            })
        })
    }

    fn evs_of(&self, id: MarketId, slot: usize, fair: &[f64], found: &mut Vec<Candidate>) {
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
                is_known: false,
                legs: smallvec![LegRef { market: id, row, slot, net }],
            });
        }
    }

    pub(super) fn sketch_ev(&mut self, candidate: &Candidate, warnings: &mut Warnings, into: &mut Ev) {
        let leg = candidate.legs[0];
        let id = leg.market;
        let bookmaker = self.books.markets[id.index()].slots[leg.slot];
        let is_known = self.books.find_reference(id, Some(bookmaker), &mut self.scratch.own);
        debug_assert!(is_known, "an ev has a reference");
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        let quote = &self.books.grid.quotes[market.block.cell(leg.row, leg.slot)];
        let reference = &self.scratch.own;
        (into.outcome, into.bookmaker, into.side) = (outcome, bookmaker, side);
        (into.price, into.net_price) = (quote.price(), leg.net);
        into.fair_probability = side_probability(&reference.fair, outcome, side);
        into.fair_price = 1.0 / into.fair_probability;
        into.ev = expected_value(into.fair_probability, leg.net);
        into.kelly = kelly(into.fair_probability, leg.net);
        into.class = self.class(id, leg, reference);
        into.limit = quote.limit().map(|limit| at_risk(limit, quote.price(), side));
        into.age_us = quote.age_us(self.books.now);
        (into.seen_ts, into.changed_ts) = (quote.seen(), quote.changed());
        let is_outlier = |slot: &usize| self.is_outlier(id, outcome.index(), *slot);
        let by_anchor = reference.step == ReferenceStep::Anchor;
        warnings.set(Warning::AnchorOutlier, by_anchor && reference.members.iter().any(is_outlier));
        warnings.set(Warning::SingleReference, reference.members.len() == 1);
        warnings.set(Warning::Suspicious, into.ev > super::warnings::SUSPICIOUS);
    }

    /// The score, the reference as told, and the other bookmakers' prices.
    pub(super) fn finish_ev(&mut self, candidate: &Candidate, into: &mut Ev) {
        let leg = candidate.legs[0];
        let id = leg.market;
        let mut reference = core::mem::take(&mut self.scratch.own);
        if self.books.find_reference(id, Some(into.bookmaker), &mut reference) {
            let score = score(&self.score_input(&reference, leg, into.fair_probability));
            (into.confidence, into.kelly_prudent) = (score.confidence, score.kelly_prudent);
            into.reference = self.told_reference(id, into.outcome, &reference);
        }
        self.scratch.own = reference;

        let market = &self.books.markets[id.index()];
        let grid = &self.books.grid;
        let cells = (0..market.slots.len()).map(|slot| market.block.cell(leg.row, slot));
        let peers = cells.filter(|&cell| grid.counts[cell]).map(|cell| grid.quotes[cell].price());
        let highest = peers.clone().fold(f64::MIN, f64::max);
        let lowest = peers.clone().fold(f64::MAX, f64::min);
        into.bookmakers = u32::try_from(peers.count()).unwrap_or(u32::MAX);
        (into.best_price, into.worst_price) =
            if into.side == Side::Back { (highest, lowest) } else { (lowest, highest) };
    }

    fn score_input(&mut self, reference: &FairReference, leg: LegRef, fair_probability: f64) -> ScoreInput {
        let id = leg.market;
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        // The logit of "not o" is that of o with its sign turned: its spread is the same, and it stays finite where 1 − p rounds to 1.
        let about = if side == Side::Lay && market.n() == 2 { 1 - outcome.index() } else { outcome.index() };
        let opinions: SmallVec<[f64; 12]> =
            reference.members.iter().map(|&slot| self.books.grid.fair[market.block.cell(about, slot)]).collect();
        let spread = dispersion(&reference.weights, &opinions);
        let (mut least, mut most) = (f64::MAX, f64::MIN);
        for method in SCORE_METHODS {
            if let Some(&p) = self.books.pooled_by(id, reference, method).get(about) {
                let x = logit(p);
                (least, most) = (least.min(x), most.max(x));
            }
        }
        let market = &self.books.markets[id.index()];
        let freshness = |slot: usize| self.books.freshness(market.fixture, market.slots[slot]);
        let least_fresh = reference.members.iter().map(|&slot| freshness(slot)).fold(1.0, f64::min);
        ScoreInput {
            fair_probability,
            net_price: leg.net,
            dispersion: spread.deviation,
            effective_books: spread.effective,
            method_range: if most > least { (most - least) / 2.0 } else { 0.0 },
            // Without budgets there is no measure of freshness: signals weigh in the reference and warn, that is all.
            freshness: if self.books.rules.config.freshness.sources { freshness(leg.slot) * least_fresh } else { 1.0 },
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
        self.books.find_reference(leg.market, Some(bookmaker), &mut self.scratch.own)
            && self.class(leg.market, leg, &self.scratch.own) == EvClass::Lagging
    }
}
