//! What many candidates of an instant are described by alike, worked out once.
//!
//! A market of a thousand outcomes can hold a thousand +EVs per bookmaker, and a ladder thousands of middles over a few hundred legs. Were
//! each described by itself, one record could cost as much as the square of that. So while the lifecycle goes through the candidates of one
//! market, or the middles of one family, what was found for one is kept for the next: references, what other methods say of them, who is
//! complete and when it changed, what there is to be said of a leg. Nothing moves meanwhile, and afterwards it is forgotten; elsewhere, and
//! where there is but one candidate, everything is found afresh. Of a few candidates each looks at the columns for itself.

use super::ev::SCORE_METHODS;
use super::{Detector, LegRef, Scratch};
use crate::books::Books;
use crate::fair::Reference;
use crate::ids::{BookmakerId, MarketId};
use crate::opportunity::Leg;
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::pool::pool_into;

/// Up to so many candidates of a market, or legs, look at its columns each for themselves.
const FEW: usize = 3;

/// What is known while candidates are gone through. Its room is kept from one time to the next.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// The market whose candidates are gone through.
    market: Option<MarketId>,
    /// Which of `known` judges a slot's bookmaker; the last one judges nobody.
    asked: Vec<Asked>,
    known: Vec<Known>,
    /// How many of `known` are of this market.
    used: usize,
    /// Are there so many candidates that every column is looked at once for all?
    is_crowded: bool,
    /// By method of [`SCORE_METHODS`] and slot: the column solved by it.
    columns: [Vec<Solved>; SCORE_METHODS.len()],
    pub(super) survey: Survey,
    /// Are the legs of middles kept?
    keeps_legs: bool,
    /// Sorted by leg.
    legs: Vec<(LegKey, LegFacts)>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Asked {
    #[default]
    Not,
    None,
    Known(usize),
}

/// A reference, and what it would be by each of [`SCORE_METHODS`]; empty where a method has no answer.
#[derive(Debug, Default)]
struct Known {
    reference: Reference,
    is_solved: bool,
    by_method: [Vec<f64>; SCORE_METHODS.len()],
}

/// A column solved by another method than the market's.
#[derive(Clone, Debug, Default)]
struct Solved {
    is_known: bool,
    /// Empty where the method has no answer.
    fair: Vec<f64>,
}

/// What is known of every column of one market.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) market: Option<MarketId>,
    pub(super) complete: Vec<bool>,
    pub(super) changed: Vec<Option<Timestamp>>,
    /// The age of its oldest price; empty until one is asked for.
    oldest: Vec<Option<i64>>,
}

/// Market, row, slot.
type LegKey = (MarketId, usize, usize);

/// What there is to be said of a leg, whatever it is a leg of.
#[derive(Clone, Copy, Debug)]
pub(super) struct LegFacts {
    pub(super) is_degraded: bool,
    pub(super) is_outlier: bool,
    pub(super) is_lagging: bool,
    /// As told, but for its net price and share, which are a profile's.
    told: Option<Leg>,
}

impl Scratch {
    /// `count` candidates of a market will be gone through.
    pub(crate) fn open_market(&mut self, books: &Books, id: MarketId, count: usize) {
        if count < 2 {
            return;
        }
        let desk = &mut self.desk;
        let slots = books.markets[id.index()].slots();
        desk.market = Some(id);
        desk.used = 0;
        desk.is_crowded = count > FEW;
        desk.asked.clear();
        desk.asked.resize(slots + 1, Asked::Not);
        for columns in &mut desk.columns {
            columns.iter_mut().for_each(|column| column.is_known = false);
            if columns.len() < slots {
                columns.resize_with(slots, Solved::default);
            }
        }
    }

    /// `count` middles of one family will be gone through.
    pub(crate) fn open_middles(&mut self, count: usize) {
        self.desk.keeps_legs = count >= 2;
        self.desk.legs.clear();
    }

    /// They were gone through.
    pub(crate) fn close(&mut self) {
        self.desk.market = None;
        self.desk.survey.market = None;
        self.desk.keeps_legs = false;
    }
}

impl Detector<'_> {
    /// Is there a reference that judges the slot's bookmaker, or nobody? If so [`Self::asked`] has it.
    pub(super) fn ask(&mut self, id: MarketId, judged: Option<usize>) -> bool {
        let bookmaker = judged.map(|slot| self.books.cells(id).bookmaker(slot));
        if self.scratch.desk.market != Some(id) {
            let into = if judged.is_some() { &mut self.scratch.own } else { &mut self.scratch.shared };
            return self.books.find_reference(id, bookmaker, into);
        }
        let seat = self.scratch.desk.seat(judged);
        if let Asked::Not = self.scratch.desk.asked[seat] {
            let found = self.look_up(id, bookmaker);
            self.scratch.desk.asked[seat] = found;
        }
        matches!(self.scratch.desk.asked[seat], Asked::Known(_))
    }

    /// As [`Self::ask`] for a bookmaker, where only who judges is of interest, not what they say.
    pub(super) fn ask_judges(&mut self, id: MarketId, judged: usize) -> bool {
        if self.scratch.desk.market == Some(id) {
            return self.ask(id, Some(judged));
        }
        let bookmaker = self.books.cells(id).bookmaker(judged);
        self.books.find_judges(id, Some(bookmaker), &mut self.scratch.own, &mut ()).is_ok()
    }

    /// What [`Self::ask`] found.
    pub(super) fn asked(&self, id: MarketId, judged: Option<usize>) -> &Reference {
        let scratch = &*self.scratch;
        if scratch.desk.market == Some(id) {
            return &scratch.desk.known[scratch.desk.at(judged)].reference;
        }
        if judged.is_some() { &scratch.own } else { &scratch.shared }
    }

    /// Most bookmakers have no part in the reference that judges nobody: then it is theirs too.
    fn look_up(&mut self, id: MarketId, bookmaker: Option<BookmakerId>) -> Asked {
        if let Some(bookmaker) = bookmaker
            && self.ask(id, None)
            && self.books.is_reference_for(id, self.asked(id, None), bookmaker)
        {
            return Asked::Known(self.scratch.desk.at(None));
        }
        let desk = &mut self.scratch.desk;
        if desk.known.len() == desk.used {
            desk.known.push(Known::default());
        }
        let known = &mut desk.known[desk.used];
        known.is_solved = false;
        if !self.books.find_reference(id, bookmaker, &mut known.reference) {
            return Asked::None;
        }
        desk.used += 1;
        Asked::Known(desk.used - 1)
    }

    /// Probability of an outcome by the reference that judges the slot's bookmaker, had its columns been solved by each of
    /// [`SCORE_METHODS`]; `None` where a method has no answer. It has been asked for.
    pub(super) fn asked_by_methods(
        &mut self,
        id: MarketId,
        judged: usize,
        outcome: usize,
    ) -> [Option<f64>; SCORE_METHODS.len()] {
        if self.scratch.desk.market != Some(id) {
            let own = core::mem::take(&mut self.scratch.own);
            let fair = SCORE_METHODS.map(|method| self.books.pooled_by(id, &own, method).get(outcome).copied());
            self.scratch.own = own;
            return fair;
        }
        let at = self.scratch.desk.at(Some(judged));
        self.scratch.desk.solve(self.books, id, at);
        self.scratch.desk.known[at].by_method.each_ref().map(|fair| fair.get(outcome).copied())
    }

    /// What there is to be said of a leg; whether it lags only where that is asked.
    pub(super) fn leg_facts(&mut self, leg: LegRef, asks_lagging: bool) -> LegFacts {
        let key = (leg.market, leg.row, leg.slot);
        let place = self.scratch.desk.keeps_legs.then(|| self.scratch.desk.place(key));
        if let Some(Ok(at)) = place {
            return self.scratch.desk.legs[at].1;
        }
        let market = &self.books.markets[leg.market.index()];
        let (fixture, is_back) = (market.fixture, leg.row < market.n());
        let facts = LegFacts {
            is_degraded: self.books.is_degraded(fixture, self.books.cells(leg.market).bookmaker(leg.slot)),
            is_outlier: is_back && self.outlier(leg.market, leg.row, leg.slot).is_some(),
            is_lagging: asks_lagging && self.lagging(leg).is_some(),
            told: None,
        };
        if let Some(Err(at)) = place {
            self.scratch.desk.legs.insert(at, (key, facts));
        }
        facts
    }

    /// A leg as told, if one like it was.
    pub(super) fn kept_leg(&self, leg: LegRef) -> Option<Leg> {
        let desk = &self.scratch.desk;
        let at = desk.place((leg.market, leg.row, leg.slot)).ok().filter(|_| desk.keeps_legs)?;
        desk.legs[at].1.told
    }

    /// The leg is told like this.
    pub(super) fn keep_leg(&mut self, leg: LegRef, told: Leg) {
        let desk = &mut self.scratch.desk;
        if desk.keeps_legs
            && let Ok(at) = desk.place((leg.market, leg.row, leg.slot))
        {
            desk.legs[at].1.told = Some(told);
        }
    }

    /// Looks at every column of a market once, where there are many legs or candidates to look from.
    pub(super) fn take_survey(&mut self, legs: &[LegRef]) {
        let Some(id) = legs.first().map(|leg| leg.market) else { return };
        let desk = &mut self.scratch.desk;
        let is_crowded = desk.market == Some(id) && desk.is_crowded;
        if desk.survey.market == Some(id) || !(is_crowded || legs.len() > FEW) {
            return;
        }
        let slots = self.books.markets[id.index()].slots();
        let survey = &mut desk.survey;
        survey.market = Some(id);
        survey.complete.clear();
        survey.complete.extend((0..slots).map(|slot| self.books.is_complete(id, slot)));
        survey.changed.clear();
        survey.changed.extend((0..slots).map(|slot| self.books.cells(id).column_changed(slot)));
        survey.oldest.clear();
    }

    /// What is known of all columns of the market, where that was looked at.
    pub(super) fn survey_of(&self, id: MarketId) -> Option<&Survey> {
        Some(&self.scratch.desk.survey).filter(|survey| survey.market == Some(id))
    }

    /// When each column last changed.
    pub(super) fn column_changes(&self, id: MarketId) -> impl Fn(usize) -> Option<Timestamp> {
        let (survey, cells) = (self.survey_of(id), self.books.cells(id));
        move |slot| survey.map_or_else(|| cells.column_changed(slot), |survey| survey.changed[slot])
    }

    /// Looks at the ages of all columns of the market, where much is told of it.
    pub(super) fn survey_ages(&mut self, id: MarketId) {
        let survey = &mut self.scratch.desk.survey;
        if survey.market == Some(id) && survey.oldest.is_empty() {
            let slots = self.books.markets[id.index()].slots();
            survey.oldest.extend((0..slots).map(|slot| self.books.oldest_age_us(id, slot)));
        }
    }

    /// The age of the column's oldest back price.
    pub(super) fn oldest_age_us(&self, id: MarketId, slot: usize) -> Option<i64> {
        let kept = self.survey_of(id).and_then(|survey| survey.oldest.get(slot));
        kept.map_or_else(|| self.books.oldest_age_us(id, slot), |&oldest| oldest)
    }
}

impl Desk {
    /// Where the answer about a slot is kept.
    fn seat(&self, judged: Option<usize>) -> usize {
        judged.unwrap_or(self.asked.len() - 1)
    }

    fn at(&self, judged: Option<usize>) -> usize {
        match self.asked[self.seat(judged)] {
            Asked::Known(at) => at,
            Asked::Not | Asked::None => unreachable!("what there is was asked for"),
        }
    }

    fn place(&self, key: LegKey) -> Result<usize, usize> {
        self.legs.binary_search_by_key(&key, |&(key, _)| key)
    }

    /// Pools a reference from columns solved by each of the methods.
    fn solve(&mut self, books: &mut Books, id: MarketId, at: usize) {
        let known = &mut self.known[at];
        if core::mem::replace(&mut known.is_solved, true) {
            return;
        }
        let n = books.markets[id.index()].n();
        let mut rows = Vec::new();
        for (method, (columns, fair)) in
            SCORE_METHODS.into_iter().zip(self.columns.iter_mut().zip(&mut known.by_method))
        {
            rows.clear();
            fair.clear();
            let has_answer = known.reference.members.iter().all(|&slot| {
                let column = &mut columns[slot];
                if !core::mem::replace(&mut column.is_known, true) {
                    books.solve_by(id, slot, method, &mut column.fair);
                }
                rows.extend_from_slice(&column.fair);
                !column.fair.is_empty()
            });
            if has_answer {
                fair.resize(n, 0.0);
                pool_into(books.fair_rules(id).pool, &known.reference.weights, &rows, fair);
            }
        }
    }
}
