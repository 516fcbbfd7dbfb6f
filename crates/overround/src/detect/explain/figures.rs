//! What figures and warnings are worked out from.

use super::super::ev::{SCORE_METHODS, about};
use super::super::{Candidate, Detector, LegRef, side_probability};
use crate::books::side_of_row;
use crate::explain::{MiddleState, ScoreView, WarningReason, WarningView};
use crate::fair::Reference;
use crate::opportunity::{Figures, Opportunity, ReferenceStep, Warning};
use alloc::vec::Vec;
use overround_math::ev::ScoreTerms;
use overround_math::middle::Middle as Payoffs;

impl Detector<'_> {
    /// The numbers behind the score of an ev.
    pub(super) fn score_view(&mut self, leg: LegRef, reference: &Reference) -> ScoreView {
        let market = &self.books.markets[leg.market.index()];
        let (outcome, side) = side_of_row(leg.row, market.n());
        let about = about(outcome, side, market.n());
        let members = reference.members.iter().zip(&reference.weights);
        let opinions = members
            .map(|(&slot, &weight)| {
                (
                    self.books.grid.cells(market.block).bookmaker(slot),
                    weight,
                    self.books.grid.cells(market.block).fair(about, slot),
                )
            })
            .collect();
        let logits = self.logits(leg.market, reference, about);
        let input = self.score_input(reference, leg, side_probability(&reference.fair, outcome, side), logits);
        ScoreView {
            input,
            terms: ScoreTerms::new(&input),
            opinions,
            logits: SCORE_METHODS.into_iter().zip(logits).collect(),
            moved_since: count(self.moved_since(leg.market, leg, reference)),
        }
    }

    /// Why each warning of `today` is given.
    pub(super) fn reasons_of(&mut self, candidate: &Candidate, today: &Opportunity) -> Vec<WarningView> {
        let mut reasons = Vec::new();
        for warning in today.warnings.iter() {
            let before = reasons.len();
            let mut give = |reason: WarningReason| reasons.push(WarningView { warning, reason });
            match warning {
                Warning::DegradedSource | Warning::LaggingLeg | Warning::Outlier => {
                    candidate.legs.iter().filter_map(|&leg| self.reason_of_leg(warning, leg)).for_each(give);
                }
                Warning::AnchorOutlier => self.outlying_anchors(candidate.legs[0]).into_iter().for_each(give),
                Warning::Live => give(WarningReason::Live),
                Warning::SameBookmaker => {
                    self.same_bookmaker(&candidate.legs).map(WarningReason::SameBookmaker).into_iter().for_each(give);
                }
                Warning::UnevenAges => {
                    let ages = self.ages(&candidate.legs);
                    give(WarningReason::UnevenAges { youngest_us: ages.youngest_us, oldest_us: ages.oldest_us });
                }
                Warning::PushPossible | Warning::Suspicious => {
                    reason_of_figures(warning, today).into_iter().for_each(give);
                }
                Warning::SingleReference => self.single_reference(candidate, today).into_iter().for_each(give),
            }
            debug_assert!(reasons.len() > before, "a warning has a reason: {warning:?}");
        }
        reasons
    }

    fn reason_of_leg(&mut self, warning: Warning, leg: LegRef) -> Option<WarningReason> {
        let market = &self.books.markets[leg.market.index()];
        let (n, fixture, bookmaker) =
            (market.n(), market.fixture, self.books.grid.cells(market.block).bookmaker(leg.slot));
        match warning {
            Warning::DegradedSource => self
                .books
                .is_degraded(fixture, bookmaker)
                .then(|| WarningReason::Degraded { bookmaker, weight: self.books.freshness(fixture, bookmaker) }),
            Warning::LaggingLeg => self.lagging(leg).map(|(moved, of)| WarningReason::Lagging {
                bookmaker,
                moved: count(moved),
                of: count(of),
            }),
            _ => {
                let (outcome, _) = side_of_row(leg.row, n);
                let found = if leg.row < n { self.outlier(leg.market, leg.row, leg.slot) } else { None };
                found.map(|(distance, others)| WarningReason::Outlier {
                    market: leg.market,
                    outcome,
                    bookmaker,
                    distance,
                    others: count(others),
                })
            }
        }
    }

    fn outlying_anchors(&mut self, leg: LegRef) -> Vec<WarningReason> {
        let id = leg.market;
        let mut reference = Reference::default();
        let judged = self.books.cells(id).bookmaker(leg.slot);
        self.books.find_reference(id, Some(judged), &mut reference);
        let market = &self.books.markets[id.index()];
        let (outcome, _) = side_of_row(leg.row, market.n());
        let members = reference.members.iter().filter(|_| reference.step == ReferenceStep::Anchor);
        members
            .filter_map(|&slot| {
                let (distance, others) = self.outlier(id, outcome.index(), slot)?;
                let bookmaker = self.books.grid.cells(market.block).bookmaker(slot);
                Some(WarningReason::Outlier { market: id, outcome, bookmaker, distance, others: count(others) })
            })
            .collect()
    }

    fn single_reference(&mut self, candidate: &Candidate, today: &Opportunity) -> Option<WarningReason> {
        let only = match &today.figures {
            Figures::Ev(ev) => ev.reference.bookmakers.first().copied(),
            _ => {
                let (lower, upper) = (candidate.identity.market, candidate.identity.upper?);
                let mut asked = super::Asked::default();
                self.ladder(lower, upper, &mut asked)?;
                let (_, members) = asked.steps.last()?;
                let (slot, _) = members.iter().find(|(_, weight)| weight.is_ok())?;
                Some(self.books.cells(lower).bookmaker(*slot))
            }
        };
        only.map(WarningReason::SingleReference)
    }
}

fn reason_of_figures(warning: Warning, today: &Opportunity) -> Option<WarningReason> {
    match (warning, &today.figures) {
        (Warning::PushPossible, Figures::Arbitrage(it)) => {
            Some(WarningReason::Push { profit_min: it.profit_min, profit: it.profit })
        }
        (_, Figures::Arbitrage(it)) => Some(WarningReason::Suspicious(it.profit)),
        (_, Figures::Ev(it)) => Some(WarningReason::Suspicious(it.ev)),
        (_, Figures::Middle(it)) => it.ev.map(WarningReason::Suspicious),
        (_, Figures::LowHold(_)) => None,
    }
}

/// Payoffs over all results: a leg's settlement changes only between the floor of its line less 1 and the floor plus 2, so that every
/// run of like results begins at one of the integers there.
pub(super) fn states(payoffs: &Payoffs) -> Vec<MiddleState> {
    let floor = |line: overround_math::line::Line| i64::from(line.thousandths()).div_euclid(1000);
    let (a, b) = (floor(payoffs.lower()), floor(payoffs.upper()));
    let mut numbers: Vec<i64> = (a - 1..=a + 2).chain(b - 1..=b + 2).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut states: Vec<MiddleState> = Vec::new();
    for n in numbers {
        let [above, below] = payoffs.settlements(n);
        match states.last_mut() {
            Some(last) if (last.above, last.below) == (above, below) => {}
            last => {
                if let Some(last) = last {
                    last.to = Some(n - 1);
                }
                let from = (n >= a).then_some(n);
                states.push(MiddleState { from, to: None, above, below, payoff: payoffs.payoff(n) });
            }
        }
    }
    states
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
