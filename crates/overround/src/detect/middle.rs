//! Middles: two prices between whose lines both bets win.

use super::{Candidate, Detector, LegRef, Listen, at_most, require};
use crate::books::Market;
use crate::config::{EPSILON, ReferenceMode, UnknownEv};
use crate::explain::{Condition, LeftOut, Miss, Test};
use crate::fair::Watch;
use crate::identity::Identity;
use crate::ids::MarketId;
use crate::opportunity::{Kind, Middle, MiddleNumber, ProbabilityFrom, ReferenceStep, Warning, Warnings};
use alloc::vec::Vec;
use overround_math::line::{Line, LineKind};
use overround_math::middle::{Middle as Payoffs, quality};
use overround_math::pool::pool_one;
use smallvec::{SmallVec, smallvec};

/// Rounding of a booksum is far below this.
const ROUNDING: f64 = 1e-9;

/// The chance of the numbers between two half lines, by the fair law of the ladder.
pub(super) struct Ladder {
    pub(super) probability: f64,
    members: usize,
}

/// A middle's chances and what they are worth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value {
    probability: f64,
    pub(super) ev: f64,
    break_even: f64,
    pub(super) from: ProbabilityFrom,
    /// Of a ladder: how many bookmakers.
    judges: Option<usize>,
}

impl Detector<'_> {
    /// Middles between one market and the lines of its family from rung `first` on; `skip` names lines already done.
    pub(crate) fn middles(
        &mut self,
        id: MarketId,
        first: usize,
        skip: impl Fn(MarketId) -> bool,
        found: &mut Vec<Candidate>,
    ) {
        if !self.rules().detect.contains(Kind::Middle) {
            return;
        }
        let market = &self.books.markets[id.index()];
        let Some(threshold) = market.threshold() else { return };
        let family = market.family.index();
        let (above, below) = (self.kept_best(id, 0), self.kept_best(id, 1));
        if above.net == 0.0 && below.net == 0.0 {
            return;
        }
        // The least payoff is that of one leg winning and the other losing, 1/booksum − 1: most pairs of lines end here.
        let thresholds = self.thresholds(id);
        let most_loss = thresholds.middle.max_loss + thresholds.lifecycle.hysteresis + ROUNDING;
        let most_booksum = if most_loss < 1.0 { 1.0 / (1.0 - most_loss) } else { f64::INFINITY };
        for i in first..self.books.families[family].ladder.len() {
            let (other_threshold, other) = self.books.families[family].ladder[i];
            if other == id {
                continue;
            }
            let (lower, upper) = if threshold < other_threshold {
                ((id, above), (other, self.kept_best(other, 1)))
            } else {
                ((other, self.kept_best(other, 0)), (id, below))
            };
            let has_both = lower.1.net > 0.0 && upper.1.net > 0.0;
            if has_both && 1.0 / lower.1.net + 1.0 / upper.1.net <= most_booksum && !skip(other) {
                found.extend(self.middle(lower.1.leg(lower.0), upper.1.leg(upper.0)));
            }
        }
    }

    fn middle(&mut self, above: LegRef, below: LegRef) -> Option<Candidate> {
        let payoffs = self.payoffs(above, below)?;
        let hysteresis = self.thresholds(above.market).lifecycle.hysteresis;
        self.judge_lines(above.market, &payoffs, hysteresis, &mut ()).ok()?;
        let ev = self.value(&payoffs, above, below, &mut ()).map(|value| value.ev);
        self.judge_payoffs(above.market, &payoffs, ev, hysteresis, &mut ()).ok()?;
        let is_strict = self.judge_lines(above.market, &payoffs, 0.0, &mut ()).is_ok()
            && self.judge_payoffs(above.market, &payoffs, ev, 0.0, &mut ()).is_ok();
        Some(Candidate {
            identity: self.middle_identity(above.market, below.market),
            is_strict,
            is_capped: false,
            is_known: false,
            legs: smallvec![above, below],
        })
    }

    pub(super) fn middle_identity(&self, lower: MarketId, upper: MarketId) -> Identity {
        let mut identity = Identity::of_market(4, self.profile, lower);
        identity.upper = Some(upper);
        identity
    }

    /// The conditions on lines and loss, with thresholds widened by `slack`.
    pub(super) fn judge_lines(
        &self,
        lower: MarketId,
        payoffs: &Payoffs,
        slack: f64,
        listen: &mut impl Listen,
    ) -> Result<(), Miss> {
        let rules = &self.thresholds(lower).middle;
        let thousandths = i64::from(payoffs.upper().thousandths()) - i64::from(payoffs.lower().thousandths());
        #[expect(clippy::cast_precision_loss, reason = "at most 4e9, exact in an f64")]
        let size = thousandths as f64 / 1000.0;
        require(listen, Condition::new(Test::SizeMin, size, rules.min_size, size >= rules.min_size - EPSILON))?;
        if rules.max_size > 0.0 {
            require(listen, Condition::new(Test::SizeMax, size, rules.max_size, at_most(size, rules.max_size)))?;
        }
        let numbers = payoffs.numbers();
        let count = (numbers.end() - numbers.start()).saturating_add(1).max(0);
        #[expect(clippy::cast_precision_loss, reason = "at most 4e6, exact in an f64")]
        let shown = count as f64;
        let bound = f64::from(rules.min_numbers);
        require(listen, Condition::new(Test::Numbers, shown, bound, count >= i64::from(rules.min_numbers)))?;
        let (loss, bound) = (-payoffs.worst(), rules.max_loss + slack);
        require(listen, Condition::new(Test::Loss, loss, bound, at_most(loss, bound)))
    }

    /// The condition on the expected payoff, with the threshold widened by `slack`; none where nothing can be lost.
    pub(super) fn judge_payoffs(
        &self,
        lower: MarketId,
        payoffs: &Payoffs,
        ev: Option<f64>,
        slack: f64,
        listen: &mut impl Listen,
    ) -> Result<(), Miss> {
        let rules = &self.thresholds(lower).middle;
        let worst = payoffs.worst();
        if at_most(-worst, 0.0) {
            listen.hear(Condition::new(Test::NeverLoses, worst, 0.0, true));
            return Ok(());
        }
        match ev {
            None if rules.unknown_ev == UnknownEv::Tell => Ok(()),
            None => Err(Miss::UnknownEv),
            Some(ev) => {
                let bound = rules.min_ev - slack;
                require(listen, Condition::new(Test::MiddleEv, ev, bound, at_most(bound, ev)))
            }
        }
    }

    pub(super) fn payoffs(&self, above: LegRef, below: LegRef) -> Option<Payoffs> {
        let threshold = |leg: LegRef| -> Option<Line> { self.books.markets[leg.market.index()].threshold() };
        Payoffs::new(threshold(above)?, threshold(below)?, above.net, below.net)
    }

    pub(super) fn sketch_middle(&mut self, candidate: &Candidate, warnings: &mut Warnings, into: &mut Middle) {
        let (above, below) = (candidate.legs[0], candidate.legs[1]);
        let payoffs = self.payoffs(above, below).expect("a middle has two lines in order");
        let value = self.value(&payoffs, above, below, &mut ());
        (into.lower, into.upper) = (payoffs.lower(), payoffs.upper());
        (into.worst, into.best, into.booksum) = (payoffs.worst(), payoffs.best(), payoffs.booksum());
        into.middle_probability = value.map(|value| value.probability);
        into.probability_from = value.map(|value| value.from);
        into.ev = value.map(|value| value.ev);
        // Without results that settle in parts it does not depend on any probability.
        let undecided = || payoffs.is_decided().then(|| payoffs.break_even(&[]));
        into.break_even = value.map(|value| value.break_even).or_else(undecided);
        into.quality = value.map(|value| quality(value.probability, value.break_even));
        self.legs(&candidate.legs, &payoffs.fractions(), &mut into.legs);
        warnings.set(Warning::SingleReference, value.is_some_and(|value| value.judges == Some(1)));
        warnings.set(Warning::Suspicious, into.ev.is_some_and(|ev| ev > super::warnings::SUSPICIOUS));
    }

    /// The integers on which both legs win, with the probability of each as far as it is known.
    pub(super) fn finish_middle(&mut self, candidate: &Candidate, into: &mut Middle) {
        let (above, below) = (candidate.legs[0], candidate.legs[1]);
        let payoffs = self.payoffs(above, below).expect("a middle has two lines in order");
        let family = self.books.markets[above.market.index()].family;
        let numbers = payoffs.numbers();
        let only = into.middle_probability.filter(|_| numbers.start() == numbers.end());
        let is_by_model = into.probability_from == Some(ProbabilityFrom::Model);
        let law = if is_by_model { self.scratch.laws.law(self.books, family) } else { None };
        into.numbers.clear();
        into.numbers.extend(numbers.take(Middle::MAX_NUMBERS).map(|n| MiddleNumber {
            n,
            probability: law.map_or(only, |law| Some(law.mass(n))),
            key: self.books.is_key(family, n),
        }));
    }

    /// What is known of a middle's chances: by the ladder between two half lines, else by the model.
    pub(super) fn value(
        &mut self,
        payoffs: &Payoffs,
        above: LegRef,
        below: LegRef,
        watch: &mut impl Watch,
    ) -> Option<Value> {
        if let Some(ladder) = self.ladder(above.market, below.market, watch) {
            return Some(Value {
                probability: ladder.probability,
                ev: payoffs.expected(ladder.probability, &[]),
                break_even: payoffs.break_even(&[]),
                from: ProbabilityFrom::Ladder,
                judges: Some(ladder.members),
            });
        }
        let family = self.books.markets[above.market.index()].family;
        let value = self.scratch.laws.law(self.books, family)?.judge(payoffs);
        Some(Value {
            probability: value.probability,
            ev: value.ev,
            break_even: value.break_even,
            from: ProbabilityFrom::Model,
            judges: None,
        })
    }

    /// The chance that the result falls between two half lines: the pooled differences of each reference bookmaker's own fair
    /// probabilities of "above". Who takes part is found as for a reference, on both lines; a negative difference leaves one out.
    pub(super) fn ladder(&mut self, lower: MarketId, upper: MarketId, watch: &mut impl Watch) -> Option<Ladder> {
        let markets = &self.books.markets;
        if !(is_half(&markets[lower.index()]) && is_half(&markets[upper.index()])) {
            return None;
        }
        let mode = self.books.fair_rules(lower).mode;
        if mode != ReferenceMode::Consensus
            && let Some(ladder) = self.ladder_step(lower, upper, ReferenceStep::Anchor, watch)
        {
            return Some(ladder);
        }
        if mode == ReferenceMode::Anchor {
            return None;
        }
        let enough = self.books.fair_rules(lower).min_books;
        self.ladder_step(lower, upper, ReferenceStep::Consensus, watch).filter(|ladder| ladder.members >= enough)
    }

    fn ladder_step(
        &mut self,
        lower: MarketId,
        upper: MarketId,
        step: ReferenceStep,
        watch: &mut impl Watch,
    ) -> Option<Ladder> {
        watch.step(step);
        let mut weights: SmallVec<[f64; 64]> = SmallVec::new();
        let mut differences: SmallVec<[f64; 64]> = SmallVec::new();
        let mut groups: SmallVec<[u32; 8]> = SmallVec::new();
        for slot in 0..self.books.markets[lower.index()].slots() {
            let opinion = self.opinion(lower, slot, upper, step, &groups);
            watch.asks(slot, opinion.map(|(weight, ..)| weight));
            if let Ok((weight, difference, group)) = opinion {
                weights.push(weight);
                differences.push(difference);
                groups.extend(group);
            }
        }
        let pool = self.books.fair_rules(lower).pool;
        (!weights.is_empty())
            .then(|| Ladder { probability: pool_one(pool, &weights, &differences), members: weights.len() })
    }

    /// The weight of a bookmaker, by its slot on the lower line, its difference of fair probabilities of "above", and its group; or why it
    /// is left out. `groups` take part already.
    fn opinion(
        &mut self,
        lower: MarketId,
        slot: usize,
        upper: MarketId,
        step: ReferenceStep,
        groups: &[u32],
    ) -> Result<(f64, f64, Option<u32>), LeftOut> {
        let market = &self.books.markets[lower.index()];
        let (fixture, bookmaker) = (market.fixture, self.books.grid.cells(market.block).bookmaker(slot));
        let own = self.books.fair_rules(lower).bookmaker(bookmaker);
        let configured = own.weight_in(step);
        if configured <= 0.0 {
            return Err(own.without_weight(step));
        }
        let upper_slot = self.books.slot_of(upper, bookmaker).ok_or(LeftOut::OneLine)?;
        if own.is_copy_in(step, groups) {
            return Err(LeftOut::GroupTaken);
        }
        let weight = configured * self.books.freshness(fixture, bookmaker);
        if weight <= 0.0 {
            return Err(LeftOut::Source);
        }
        if !self.books.takes_part(lower, slot) {
            return Err(LeftOut::Column);
        }
        if !self.books.takes_part(upper, upper_slot) {
            return Err(LeftOut::UpperColumn);
        }
        let difference = self.fair_above(lower, slot) - self.fair_above(upper, upper_slot);
        if difference >= 0.0 { Ok((weight, difference, own.group)) } else { Err(LeftOut::Negative(-difference)) }
    }

    /// The fair probability of the result above the line by a column that takes part.
    pub(super) fn fair_above(&self, id: MarketId, slot: usize) -> f64 {
        self.books.cells(id).fair(0, slot)
    }
}

pub(super) fn is_half(market: &Market) -> bool {
    market.line().is_some_and(|line| line.kind() == LineKind::Half)
}
