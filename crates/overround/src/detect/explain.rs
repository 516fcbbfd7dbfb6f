//! The same decisions once more, with everything that went into them.
//!
//! Nothing is decided here: each finding asks the functions by which detection judges, and writes down what they compare.

mod figures;
mod market;

use super::arbitrage::{LOW_HOLD_OUTCOMES, sum_of};
use super::{Candidate, Detector, LegRef, side_probability};
use crate::books::{QuoteKey, side_of_row};
use crate::explain::{
    Condition, Derivation, EvDerivation, Finding, LadderView, MiddleDerivation, Miss, Query, QuoteFault, Subject,
    Verdict,
};
use crate::fair::Reference;
use crate::identity::Identity;
use crate::ids::{BookmakerId, FamilyId, MarketId, OpportunityId, OutcomeIndex};
use crate::lifecycle::{Entry, State, also};
use crate::odds_event::Side;
use crate::opportunity::{Arbitrage, Ev, Figures, Kind, LowHold, Middle, Opportunity, ProbabilityFrom, Reason};
use crate::verify;
use alloc::boxed::Box;
use alloc::vec::Vec;
use market::Asked;
use smallvec::{SmallVec, smallvec};

/// Gives reasons for one family.
pub(crate) struct Examiner<'a> {
    pub(crate) detector: Detector<'a>,
    /// What the lifecycle knows of the family.
    entries: &'a [Entry],
}

/// What came of judging one thing.
struct Judgement {
    result: Result<(), Miss>,
    conditions: Vec<Condition>,
    /// The cap, where the kind has one.
    cap: Option<Condition>,
    /// What it would stand on; empty where figures cannot be worked out.
    legs: SmallVec<[LegRef; 3]>,
    derivation: Derivation,
}

impl Judgement {
    fn of(result: Result<(), Miss>, conditions: Vec<Condition>) -> Self {
        Self { result, conditions, cap: None, legs: SmallVec::new(), derivation: Derivation::None }
    }

    fn missed(miss: Miss) -> Self {
        Self::of(Err(miss), Vec::new())
    }
}

impl<'a> Examiner<'a> {
    /// For one family and profile.
    pub(crate) fn new(detector: Detector<'a>, family: FamilyId, entries: &'a [Entry]) -> Self {
        detector.scratch.laws.refresh(detector.books, family);
        Self { detector, entries }
    }

    /// Goes through all that could be told of a market. Of middles `is_shown` says by the lower market which to include.
    pub(crate) fn examine(
        &mut self,
        id: MarketId,
        query: &Query,
        is_shown: impl Fn(MarketId) -> bool,
        out: &mut Vec<Finding>,
    ) {
        for kind in Kind::ALL.into_iter().filter(|&kind| query.wants(kind)) {
            if !self.detector.rules().detect.contains(kind) {
                out.push(self.nothing(id, kind, Miss::NotDetected));
                continue;
            }
            match kind {
                Kind::Arbitrage => self.arbitrages(id, query, out),
                Kind::LowHold => {
                    let identity = Identity::of_market(2, self.detector.profile, id);
                    out.push(self.finding(identity));
                }
                Kind::Ev => self.evs(id, query, out),
                Kind::Middle => self.middles(id, query, &is_shown, out),
            }
        }
    }

    fn arbitrages(&mut self, id: MarketId, query: &Query, out: &mut Vec<Finding>) {
        let identity = Identity::of_market(1, self.detector.profile, id);
        out.push(self.finding(identity));
        let n = self.detector.books.markets[id.index()].n();
        if n < 3 || !self.detector.has_lay(id) {
            return;
        }
        for outcome in 0..n {
            if query.outcome.is_none_or(|wanted| wanted.index() == outcome) {
                let identity = self.detector.back_lay_identity(id, outcome);
                out.push(self.finding(identity));
            }
        }
    }

    fn evs(&mut self, id: MarketId, query: &Query, out: &mut Vec<Finding>) {
        let market = &self.detector.books.markets[id.index()];
        let (n, has_lays) = (market.n(), self.detector.has_lay(id));
        let bookmakers: Vec<BookmakerId> = match query.bookmaker {
            Some(bookmaker) => alloc::vec![bookmaker],
            None => self.detector.standing(id).map(|slot| self.detector.books.cells(id).bookmaker(slot)).collect(),
        };
        let rows = if has_lays || query.side == Some(Side::Lay) { 2 * n } else { n };
        for row in 0..rows {
            let (outcome, side) = side_of_row(row, n);
            if query.outcome.is_some_and(|wanted| wanted != outcome) || query.side.is_some_and(|wanted| wanted != side)
            {
                continue;
            }
            if bookmakers.is_empty() {
                let mut finding = self.nothing(id, Kind::Ev, Miss::NoPrice { outcome, lay: side == Side::Lay });
                finding.subject.outcome = Some(outcome);
                out.push(finding);
            }
            for &bookmaker in &bookmakers {
                // Most bookmakers give no lay prices: only one that was asked for is said to have none.
                let key = QuoteKey { market: id, outcome, side, bookmaker };
                if side == Side::Lay && query.bookmaker.is_none() && !self.is_present(key) {
                    continue;
                }
                let mut identity = Identity::of_market(3, self.detector.profile, id);
                identity.outcome = Some(outcome);
                identity.quote = Some((side, bookmaker));
                out.push(self.finding(identity));
            }
        }
    }

    fn is_present(&self, key: QuoteKey) -> bool {
        let books = &self.detector.books;
        books.cell_of(key).is_some_and(|(row, slot)| self.detector.is_present(key.market, row, slot))
    }

    fn middles(&mut self, id: MarketId, query: &Query, is_shown: impl Fn(MarketId) -> bool, out: &mut Vec<Finding>) {
        let market = &self.detector.books.markets[id.index()];
        let Some(threshold) = market.threshold() else {
            out.push(self.nothing(id, Kind::Middle, Miss::NoLine));
            return;
        };
        let ladder = self.detector.books.families[market.family.index()].ladder.clone();
        if ladder.len() < 2 {
            out.push(self.nothing(id, Kind::Middle, Miss::SingleLine));
        }
        for (other_threshold, other) in ladder {
            if other == id {
                continue;
            }
            // Leg A backs the first outcome on the lower line.
            let is_lower = threshold < other_threshold;
            let is_asked = query.outcome.is_none_or(|outcome| (outcome.0 == 0) == is_lower);
            let (lower, upper) = if is_lower { (id, other) } else { (other, id) };
            if is_asked && is_shown(lower) {
                let identity = self.detector.middle_identity(lower, upper);
                out.push(self.finding(identity));
            }
        }
    }

    /// Judges one thing as detection does.
    pub(crate) fn finding(&mut self, identity: Identity) -> Finding {
        let entry = self.entries.iter().find(|entry| entry.identity == identity);
        let is_open = entry.is_some_and(|entry| entry.state == State::Open);
        let hysteresis = self.detector.thresholds(identity.market).lifecycle.hysteresis;
        let judgement = self.judge(identity, if is_open { hysteresis } else { 0.0 });
        let candidate =
            Candidate { identity, is_strict: true, is_capped: false, is_known: is_open, legs: judgement.legs.clone() };
        let told = entry.and_then(|entry| entry.told.clone());
        let today = (!candidate.legs.is_empty()).then(|| self.figures(&candidate, told.as_deref()));
        let warnings = today.as_deref().map(|today| self.detector.reasons_of(&candidate, today)).unwrap_or_default();
        debug_assert!(!is_open || judgement.result.is_ok(), "an open opportunity stands: {:?}", judgement.result);
        let verdict = match (entry, judgement.result) {
            (Some(Entry { state: State::Open, told: Some(told), .. }), _) => {
                Verdict::Told { since: told.detected_ts, last: told.ts }
            }
            (_, Err(miss)) => Verdict::Missed(miss),
            (entry, Ok(())) => match judgement.cap.filter(|cap| !cap.holds) {
                Some(cap) => Verdict::Capped(cap),
                None => self.untold(entry, &identity, today.as_deref()),
            },
        };
        Finding {
            kind: identity.kind(),
            profile: identity.profile,
            subject: subject_of(&identity),
            id: Some(identity.id(self.detector.books)),
            verdict,
            conditions: judgement.conditions.into_iter().chain(judgement.cap).collect(),
            told,
            today,
            warnings,
            derivation: judgement.derivation,
        }
    }

    /// Something that meets every condition, and yet is not told.
    fn untold(&self, entry: Option<&Entry>, identity: &Identity, today: Option<&Opportunity>) -> Verdict {
        if let Some(Entry { state: State::Pending { since, .. }, .. }) = entry {
            let wait = self.detector.thresholds(identity.market).confirm_after_us();
            return Verdict::Awaiting { since: *since, until: since.plus_us(wait) };
        }
        debug_assert!(
            today.is_some_and(|today| !verify::holds(self.detector.books, today, &mut verify::Recomputed::default())),
            "what stands is told unless its recomputation differs: {identity:?}"
        );
        Verdict::Withheld
    }

    /// Its figures at the present, told or not.
    fn figures(&mut self, candidate: &Candidate, told: Option<&Opportunity>) -> Box<Opportunity> {
        let mut today = Opportunity::blank(match candidate.identity.kind() {
            Kind::Arbitrage => Figures::Arbitrage(Arbitrage::default()),
            Kind::LowHold => Figures::LowHold(LowHold::default()),
            Kind::Ev => Figures::Ev(Ev::default()),
            Kind::Middle => Figures::Middle(Middle::default()),
        });
        self.detector.sketch(candidate, &mut today);
        self.detector.finish(candidate, &mut today);
        today.detected_ts = told.map_or(today.ts, |told| told.detected_ts);
        today.also = also(self.entries, &candidate.identity);
        Box::new(today)
    }

    /// A kind of which nothing can be there.
    fn nothing(&self, id: MarketId, kind: Kind, miss: Miss) -> Finding {
        Finding {
            kind,
            profile: self.detector.profile,
            subject: Subject { market: id, upper: None, outcome: None, quote: None },
            id: None::<OpportunityId>,
            verdict: Verdict::Missed(miss),
            conditions: Vec::new(),
            told: None,
            today: None,
            warnings: Vec::new(),
            derivation: Derivation::None,
        }
    }

    fn judge(&mut self, identity: Identity, slack: f64) -> Judgement {
        match identity.code {
            2 => self.judge_low_hold(identity, slack),
            3 => self.judge_ev(identity, slack),
            4 => self.judge_middle(identity, slack),
            _ => self.judge_arbitrage(identity, slack),
        }
    }

    fn judge_arbitrage(&mut self, identity: Identity, slack: f64) -> Judgement {
        let drop_degraded = self.detector.thresholds(identity.market).drop_degraded;
        let legs: SmallVec<[LegRef; 3]> = match identity.outcome {
            Some(outcome) => match self.detector.back_and_lay(identity.market, outcome.index(), drop_degraded) {
                Ok(legs) => SmallVec::from_slice(&legs),
                Err(miss) => return Judgement::missed(miss),
            },
            None => match self.detector.gather_bests(identity.market, drop_degraded) {
                Ok(()) => SmallVec::from_slice(&self.detector.scratch.legs),
                Err(miss) => return Judgement::missed(miss),
            },
        };
        let sum = sum_of(&legs);
        let mut conditions = Vec::new();
        let result = self.detector.judge_arbitrage(identity, sum, slack, &mut conditions);
        let cap = cap_of(self.detector.profit_cap(identity.market, sum));
        Judgement { cap, legs, ..Judgement::of(result, conditions) }
    }

    fn judge_low_hold(&mut self, identity: Identity, slack: f64) -> Judgement {
        let n = self.detector.books.markets[identity.market.index()].n();
        if n > LOW_HOLD_OUTCOMES {
            return Judgement::missed(Miss::Outcomes(u32::try_from(n).unwrap_or(u32::MAX)));
        }
        if let Err(miss) = self.detector.gather_bests(identity.market, false) {
            return Judgement::missed(miss);
        }
        let legs = SmallVec::from_slice(&self.detector.scratch.legs);
        let mut conditions = Vec::new();
        let result = self.detector.judge_low_hold(identity, sum_of(&legs), slack, &mut conditions);
        Judgement { legs, ..Judgement::of(result, conditions) }
    }

    fn judge_ev(&mut self, identity: Identity, slack: f64) -> Judgement {
        let id = identity.market;
        let (Some(outcome), Some((side, bookmaker))) = (identity.outcome, identity.quote) else {
            return Judgement::missed(Miss::Quote(QuoteFault::DoesNotCount(Reason::Removed)));
        };
        let key = QuoteKey { market: id, outcome, side, bookmaker };
        let Some((row, slot)) = self.detector.books.cell_of(key) else {
            return Judgement::missed(Miss::Quote(QuoteFault::DoesNotCount(Reason::Removed)));
        };
        if let Some(fault) = self.detector.fault(id, row, slot) {
            return Judgement::missed(Miss::Quote(fault));
        }
        let leg = LegRef { market: id, row, slot, net: self.detector.net(id, row, slot) };
        let mut found = Reference::default();
        let reference = self.detector.reference_view(id, Some(bookmaker), &mut found);
        if let Err(none) = reference.fair {
            let derivation = Derivation::Ev(Box::new(EvDerivation { reference, score: None }));
            return Judgement { derivation, ..Judgement::missed(Miss::NoReference(none)) };
        }
        let product = side_probability(&found.fair, outcome, side) * leg.net;
        let mut conditions = Vec::new();
        let result = self.detector.judge_ev(id, product, slack, &mut conditions);
        let score = Some(self.detector.score_view(leg, &found));
        Judgement {
            cap: cap_of(self.detector.ev_cap(id, product)),
            legs: smallvec![leg],
            derivation: Derivation::Ev(Box::new(EvDerivation { reference, score })),
            ..Judgement::of(result, conditions)
        }
    }

    fn judge_middle(&mut self, identity: Identity, slack: f64) -> Judgement {
        let lower = identity.market;
        let upper = identity.upper.unwrap_or(lower);
        let no_price = |outcome: u16| Judgement::missed(Miss::NoPrice { outcome: OutcomeIndex(outcome), lay: false });
        let Some(above) = self.detector.best(lower, 0, false) else { return no_price(0) };
        let Some(below) = self.detector.best(upper, 1, false) else { return no_price(1) };
        let Some(payoffs) = self.detector.payoffs(above, below) else {
            return Judgement::missed(Miss::Quote(QuoteFault::NoNetPrice));
        };
        let mut asked = Asked::default();
        let value = self.detector.value(&payoffs, above, below, &mut asked);
        let ev = value.map(|value| value.ev);
        let mut conditions = Vec::new();
        let result = self
            .detector
            .judge_lines(lower, &payoffs, slack, &mut conditions)
            .and_then(|()| self.detector.judge_payoffs(lower, &payoffs, ev, slack, &mut conditions));
        let ladder: LadderView = self.detector.ladder_view(lower, upper, asked);
        let states = figures::states(&payoffs);
        let is_by_ladder = value.is_some_and(|value| value.from == ProbabilityFrom::Ladder);
        let model = (!is_by_ladder).then(|| self.detector.model_view(lower, &payoffs));
        Judgement {
            legs: smallvec![above, below],
            derivation: Derivation::Middle(Box::new(MiddleDerivation { states, ladder, model })),
            ..Judgement::of(result, conditions)
        }
    }
}

/// A cap that is set.
fn cap_of(cap: Condition) -> Option<Condition> {
    (cap.bound > 0.0).then_some(cap)
}

fn subject_of(identity: &Identity) -> Subject {
    Subject { market: identity.market, upper: identity.upper, outcome: identity.outcome, quote: identity.quote }
}
