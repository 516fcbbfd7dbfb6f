//! +EV: a price above its fair value.

use super::screen::is_below_consensus;
use super::{
    Candidate, Detector, LEADING_WITHIN_US, LegRef, Listen, Scratch, at_most, at_risk, require, side_probability,
};
use crate::books::{Books, side_of_row};
use crate::explain::{Condition, Miss, Test};
use crate::fair::Reference as FairReference;
use crate::identity::Identity;
use crate::ids::{MarketId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Ev, EvClass, Kind, Reference, ReferenceStep, Warning, Warnings};
use alloc::vec::Vec;
use overround_math::devig::Method;
use overround_math::ev::{ScoreInput, dispersion, expected_value, kelly, score};
use overround_math::float::logit;
use smallvec::{SmallVec, smallvec};

/// The methods whose disagreement enters the score.
pub(super) const SCORE_METHODS: [Method; 4] = [Method::Multiplicative, Method::OddsRatio, Method::Power, Method::Shin];

/// +EVs of one market for all profiles, into the list of each. References are everybody's: they are found once, and a profile costs no
/// more than a look at the prices it may use.
pub(crate) fn evs(books: &mut Books, scratch: &mut Scratch, id: MarketId, found: &mut [Vec<Candidate>]) {
    let mut profiles = core::mem::take(&mut scratch.profiles);
    let all = (0..books.rules.profiles().len()).map(ProfileId::at);
    profiles.extend(all.filter(|&profile| {
        let detector = Detector { books: &mut *books, scratch: &mut *scratch, profile };
        detector.rules().detect.contains(Kind::Ev)
    }));
    if !profiles.is_empty() {
        let (mut shared, mut own) = (core::mem::take(&mut scratch.shared), core::mem::take(&mut scratch.own));
        if books.find_reference(id, None, &mut shared) {
            for slot in 0..books.markets[id.index()].slots() {
                let bookmaker = books.cells(id).bookmaker(slot);
                let may_use = |books: &Books, profile: ProfileId| {
                    books.rules.profiles()[usize::from(profile.0)].may_use(bookmaker)
                };
                if !profiles.iter().any(|&profile| may_use(books, profile)) {
                    continue;
                }
                let fair = if books.is_reference_for(id, &shared, bookmaker) {
                    if is_far_below(books, id, slot, &shared.fair) {
                        continue;
                    }
                    &shared.fair
                } else if is_below_consensus(books, id, slot, &shared) {
                    continue;
                } else if books.find_reference(id, Some(bookmaker), &mut own) {
                    &own.fair
                } else {
                    continue;
                };
                for &profile in &profiles {
                    if may_use(books, profile) {
                        let detector = Detector { books: &mut *books, scratch: &mut *scratch, profile };
                        detector.evs_of(id, slot, fair, &mut found[usize::from(profile.0)]);
                    }
                }
            }
        }
        (scratch.shared, scratch.own) = (shared, own);
    }
    profiles.clear();
    scratch.profiles = profiles;
}

/// Is no price of a slot near its fair value, for any profile?
fn is_far_below(books: &Books, id: MarketId, slot: usize, fair: &[f64]) -> bool {
    let market = &books.markets[id.index()];
    let (cells, least) = (books.grid.cells(market.block), books.rules.set(market.rules).screen.ev);
    !books.rules.has_other_commissions()
        && (0..market.block.rows()).all(|row| {
            let (outcome, side) = side_of_row(row, market.n());
            side_probability(fair, outcome, side) * cells.net(row, slot) < least
        })
}

impl Detector<'_> {
    fn evs_of(&self, id: MarketId, slot: usize, fair: &[f64], found: &mut Vec<Candidate>) {
        let market = &self.books.markets[id.index()];
        let bound = self.least_product(id, self.thresholds(id).lifecycle.hysteresis);
        let nets = self.nets(id);
        for row in 0..market.block.rows() {
            let net = nets.of(row, slot);
            let (outcome, side) = side_of_row(row, market.n());
            let product = side_probability(fair, outcome, side) * net;
            if net <= 1.0 || !at_most(bound, product) {
                continue;
            }
            found.push(Candidate {
                identity: self.ev_identity(id, row, slot),
                is_strict: self.judge_ev(id, product, 0.0, &mut ()).is_ok(),
                is_capped: !self.ev_cap(id, product).holds,
                is_known: false,
                legs: smallvec![LegRef { market: id, row, slot, net }],
            });
        }
    }

    pub(super) fn ev_identity(&self, id: MarketId, row: usize, slot: usize) -> Identity {
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(row, market.n());
        let mut identity = Identity::of_market(3, self.profile, id);
        identity.outcome = Some(outcome);
        identity.quote = Some((side, self.books.grid.cells(market.block).bookmaker(slot)));
        identity
    }

    /// The condition on the product of probability and net price, with the threshold widened by `slack`.
    #[inline]
    pub(super) fn judge_ev(
        &self,
        id: MarketId,
        product: f64,
        slack: f64,
        listen: &mut impl Listen,
    ) -> Result<(), Miss> {
        let bound = self.least_product(id, slack);
        require(listen, Condition::new(Test::Ev, product, bound, at_most(bound, product)))
    }

    /// The least product of probability and net price of a +EV.
    #[inline]
    fn least_product(&self, id: MarketId, slack: f64) -> f64 {
        1.0 + (self.thresholds(id).ev.min - slack)
    }

    pub(super) fn ev_cap(&self, id: MarketId, product: f64) -> Condition {
        Condition::cap(Test::EvCap, product - 1.0, self.thresholds(id).ev.max)
    }

    pub(super) fn sketch_ev(&mut self, candidate: &Candidate, warnings: &mut Warnings, into: &mut Ev) {
        let leg = candidate.legs[0];
        let id = leg.market;
        let bookmaker = self.books.cells(id).bookmaker(leg.slot);
        let is_known = self.ask(id, Some(leg.slot));
        debug_assert!(is_known, "an ev has a reference");
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        let quote = self.books.grid.cells(market.block).quote(leg.row, leg.slot);
        let reference = self.asked(id, Some(leg.slot));
        (into.outcome, into.bookmaker, into.side) = (outcome, bookmaker, side);
        (into.price, into.net_price) = (quote.price(), leg.net);
        into.fair_probability = side_probability(&reference.fair, outcome, side);
        into.fair_price = 1.0 / into.fair_probability;
        into.ev = expected_value(into.fair_probability, leg.net);
        into.kelly = kelly(into.fair_probability, leg.net);
        into.class = self.class(id, leg, reference);
        warnings.set(Warning::LaggingLeg, into.class == EvClass::Lagging);
        into.limit = quote.limit().map(|limit| at_risk(limit, quote.price(), side));
        into.age_us = quote.age_us(self.books.now);
        (into.seen_ts, into.changed_ts) = (quote.seen(), quote.changed());
        let is_outlier = |slot: &usize| self.outlier(id, outcome.index(), *slot).is_some();
        let by_anchor = reference.step == ReferenceStep::Anchor;
        warnings.set(Warning::AnchorOutlier, by_anchor && reference.members.iter().any(is_outlier));
        warnings.set(Warning::SingleReference, reference.members.len() == 1);
        warnings.set(Warning::Suspicious, into.ev > super::warnings::SUSPICIOUS);
    }

    /// The score, the reference as told, and the other bookmakers' prices.
    pub(super) fn finish_ev(&mut self, candidate: &Candidate, into: &mut Ev) {
        let leg = candidate.legs[0];
        let id = leg.market;
        if self.ask(id, Some(leg.slot)) {
            self.survey_ages(id);
            let about = about(into.outcome, into.side, self.books.markets[id.index()].n());
            let logits = self.asked_by_methods(id, leg.slot, about).map(|p| p.map(logit));
            let reference = self.asked(id, Some(leg.slot));
            let score = score(&self.score_input(reference, leg, into.fair_probability, logits));
            (into.confidence, into.kelly_prudent) = (score.confidence, score.kelly_prudent);
            into.reference = self.told_reference(id, into.outcome, reference);
        }
        let market = &self.books.markets[id.index()];
        let cells = self.books.grid.cells(market.block);
        let counting = (0..market.slots()).filter(|&slot| cells.counts(leg.row, slot));
        let peers = counting.map(|slot| cells.price(leg.row, slot));
        let highest = peers.clone().fold(f64::MIN, f64::max);
        let lowest = peers.clone().fold(f64::MAX, f64::min);
        into.bookmakers = u32::try_from(peers.count()).unwrap_or(u32::MAX);
        (into.best_price, into.worst_price) =
            if into.side == Side::Back { (highest, lowest) } else { (lowest, highest) };
    }

    /// What the score is made from; `logits` as [`Self::logits`] gives them.
    pub(super) fn score_input(
        &self,
        reference: &FairReference,
        leg: LegRef,
        fair_probability: f64,
        logits: [Option<f64>; SCORE_METHODS.len()],
    ) -> ScoreInput {
        let id = leg.market;
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        let about = about(outcome, side, market.n());
        let opinions: SmallVec<[f64; 12]> =
            reference.members.iter().map(|&slot| self.books.grid.cells(market.block).fair(about, slot)).collect();
        let spread = dispersion(&reference.weights, &opinions);
        let (mut least, mut most) = (f64::MAX, f64::MIN);
        for x in logits.into_iter().flatten() {
            (least, most) = (least.min(x), most.max(x));
        }
        let freshness =
            |slot: usize| self.books.freshness(market.fixture, self.books.grid.cells(market.block).bookmaker(slot));
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

    /// The pooled logit of an outcome by each of [`SCORE_METHODS`]; `None` where a method has no answer.
    pub(super) fn logits(
        &mut self,
        id: MarketId,
        reference: &FairReference,
        about: usize,
    ) -> [Option<f64>; SCORE_METHODS.len()] {
        SCORE_METHODS.map(|method| self.books.pooled_by(id, reference, method).get(about).map(|&p| logit(p)))
    }

    fn told_reference(&self, id: MarketId, outcome: OutcomeIndex, reference: &FairReference) -> Reference {
        let market = &self.books.markets[id.index()];
        let cells = self.books.grid.cells(market.block);
        let age = |&slot: &usize| self.oldest_age_us(id, slot);
        let single = (reference.members.len() == 1).then(|| reference.members[0]);
        Reference {
            step: reference.step,
            method: self.books.fair_rules(id).method,
            bookmakers: reference
                .members
                .iter()
                .map(|&slot| self.books.grid.cells(market.block).bookmaker(slot))
                .collect(),
            price: single.map(|slot| cells.price(outcome.index(), slot)),
            age_us: reference.members.iter().filter_map(age).max().unwrap_or_default(),
        }
    }

    /// Who moved last, the quote or what it is judged by. Lagging is tried first.
    pub(super) fn class(&self, id: MarketId, leg: LegRef, reference: &FairReference) -> EvClass {
        let changed = self.books.cells(id).changed(leg.row, leg.slot);
        if 2 * self.moved_since(id, leg, reference) >= reference.members.len() {
            return EvClass::Lagging;
        }
        let column_changed = self.column_changes(id);
        let mut others = (0..self.books.markets[id.index()].slots()).filter(|&slot| slot != leg.slot);
        let is_last = others.all(|slot| column_changed(slot).is_none_or(|column| changed > column));
        if is_last && self.books.now.since_us(changed) <= LEADING_WITHIN_US {
            EvClass::Leading
        } else {
            EvClass::Steady
        }
    }

    /// How many of the reference's columns changed after the quote did.
    pub(super) fn moved_since(&self, id: MarketId, leg: LegRef, reference: &FairReference) -> usize {
        let changed = self.books.cells(id).changed(leg.row, leg.slot);
        let column_changed = self.column_changes(id);
        let moved_since = |slot: usize| column_changed(slot).is_some_and(|column| column > changed);
        reference.members.iter().filter(|&&slot| moved_since(slot)).count()
    }

    /// Of a leg that lags behind the reference that leaves its bookmaker out: how many of its columns changed since, and how many there
    /// are.
    pub(super) fn lagging(&mut self, leg: LegRef) -> Option<(usize, usize)> {
        if !self.ask_judges(leg.market, leg.slot) {
            return None;
        }
        let reference = self.asked(leg.market, Some(leg.slot));
        let is_lagging = self.class(leg.market, leg, reference) == EvClass::Lagging;
        is_lagging.then(|| (self.moved_since(leg.market, leg, reference), reference.members.len()))
    }
}

/// Which outcome a bet's logits are about. That of "not o" is that of o with its sign turned: its spread is the same, and it stays
/// finite where 1 − p rounds to 1.
pub(super) fn about(outcome: OutcomeIndex, side: Side, n: usize) -> usize {
    if side == Side::Lay && n == 2 { 1 - outcome.index() } else { outcome.index() }
}
