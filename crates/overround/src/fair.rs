//! Fair probabilities: columns with their margin removed, and references pooled from them.
//!
//! A column is solved only when a reference asks for it, and then kept until one of its quotes moves.

use crate::books::{Books, Column};
use crate::config::ReferenceMode;
use crate::explain::{ColumnFault, LeftOut, NoReference};
use crate::ids::{BookmakerId, MarketId, OutcomeIndex};
use crate::opportunity::ReferenceStep;
use crate::rules::{FairBookmaker, FairRules};
use alloc::vec::Vec;
use overround_math::devig::{Method, booksum, devig};
use overround_math::float::sqrt;
use overround_math::pool::pool_into;

/// What a price is judged by. Its lists are reused from one market to the next.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    pub(crate) step: ReferenceStep,
    /// Slots of those who take part, in rank order.
    pub(crate) members: Vec<usize>,
    /// Their weights, freshness in.
    pub(crate) weights: Vec<f64>,
    /// Fair probability per outcome.
    pub(crate) fair: Vec<f64>,
    groups: Vec<u32>,
}

impl Default for Reference {
    fn default() -> Self {
        Self {
            step: ReferenceStep::Anchor,
            members: Vec::new(),
            weights: Vec::new(),
            fair: Vec::new(),
            groups: Vec::new(),
        }
    }
}

/// Room for the numbers of one market, reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct FairScratch {
    prices: Vec<f64>,
    fair: Vec<f64>,
    columns: Vec<f64>,
}

impl Books {
    /// Finds the reference for judging a bookmaker, which is left out with everybody in its group; `None` judges nobody. Returns
    /// whether there is one; if not, `reference` means nothing.
    pub(crate) fn find_reference(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        reference: &mut Reference,
    ) -> bool {
        self.watch_reference(id, judged, reference, &mut ()).is_ok()
    }

    /// As [`Self::find_reference`], telling who is asked.
    pub(crate) fn watch_reference(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        reference: &mut Reference,
        watch: &mut impl Watch,
    ) -> Result<(), NoReference> {
        self.find_judges(id, judged, reference, watch)?;
        self.pool(id, reference);
        Ok(())
    }

    /// Finds who takes part in the reference; what they say is not pooled.
    pub(crate) fn find_judges(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        reference: &mut Reference,
        watch: &mut impl Watch,
    ) -> Result<(), NoReference> {
        let mode = self.fair_rules(id).mode;
        if mode != ReferenceMode::Consensus {
            self.gather(id, judged, ReferenceStep::Anchor, reference, watch);
            if !reference.members.is_empty() {
                return Ok(());
            }
        }
        let is_anchor = |bookmaker| self.fair_rules(id).bookmaker(bookmaker).anchor.is_some();
        if mode == ReferenceMode::Anchor {
            return Err(NoReference::NoAnchor);
        }
        if mode == ReferenceMode::AnchorElseConsensus && judged.is_some_and(is_anchor) {
            return Err(NoReference::JudgedIsAnchor);
        }
        self.gather(id, judged, ReferenceStep::Consensus, reference, watch);
        let (members, needed) = (reference.members.len(), self.fair_rules(id).min_books.max(1));
        if members < needed {
            return Err(too_few(members, needed));
        }
        Ok(())
    }

    /// Is the reference that judges nobody also the one for this bookmaker?
    pub(crate) fn is_reference_for(&self, id: MarketId, shared: &Reference, judged: BookmakerId) -> bool {
        let (rules, cells) = (self.fair_rules(id), self.cells(id));
        let judged_rules = rules.bookmaker(judged);
        let barred = shared.step == ReferenceStep::Consensus
            && rules.mode == ReferenceMode::AnchorElseConsensus
            && judged_rules.anchor.is_some();
        !barred
            && shared.members.iter().all(|&slot| {
                let member = cells.bookmaker(slot);
                member != judged && !is_same_group(rules.bookmaker(member), judged_rules)
            })
    }

    /// Who takes part in a step, with weights, in rank order.
    fn gather(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        step: ReferenceStep,
        reference: &mut Reference,
        watch: &mut impl Watch,
    ) {
        watch.step(step);
        reference.step = step;
        reference.members.clear();
        reference.weights.clear();
        reference.groups.clear();
        let mut next = 0;
        while let Some(slot) = self.gather_from(id, next, judged, reference, watch) {
            self.takes_part(id, slot);
            next = slot;
        }
    }

    /// Goes on from a slot to the end, or to the first whose column has to be solved before it is known whether it takes part.
    fn gather_from(
        &self,
        id: MarketId,
        from: usize,
        judged: Option<BookmakerId>,
        reference: &mut Reference,
        watch: &mut impl Watch,
    ) -> Option<usize> {
        let (market, cells, rules) = (&self.markets[id.index()], self.cells(id), self.fair_rules(id));
        let step = reference.step;
        let judged_rules = judged.map(|judged| rules.bookmaker(judged));
        for slot in from..market.slots() {
            let bookmaker = cells.bookmaker(slot);
            let own = rules.bookmaker(bookmaker);
            let configured = own.weight_in(step);
            let answer = if configured <= 0.0 {
                Err(own.without_weight(step))
            } else if judged == Some(bookmaker) {
                Err(LeftOut::Judged)
            } else if judged_rules.is_some_and(|judged| is_same_group(judged, own)) {
                Err(LeftOut::GroupOfJudged)
            } else if own.is_copy_in(step, &reference.groups) {
                Err(LeftOut::GroupTaken)
            } else {
                let weight = configured * self.freshness(market.fixture, bookmaker);
                match Column::of(cells.state(slot)) {
                    _ if weight <= 0.0 => Err(LeftOut::Source),
                    Column::In => Ok(weight),
                    Column::Out => Err(LeftOut::Column),
                    Column::Unsolved | Column::Bounded => return Some(slot),
                }
            };
            watch.asks(slot, answer);
            if let Ok(weight) = answer {
                reference.members.push(slot);
                reference.weights.push(weight);
                reference.groups.extend(own.group);
            }
        }
        None
    }

    fn pool(&mut self, id: MarketId, reference: &mut Reference) {
        let mut columns = core::mem::take(&mut self.scratch.columns);
        columns.clear();
        let (market, cells) = (&self.markets[id.index()], self.cells(id));
        for &slot in &reference.members {
            columns.extend((0..market.n()).map(|outcome| cells.fair(outcome, slot)));
        }
        reference.fair.clear();
        reference.fair.resize(market.n(), 0.0);
        pool_into(self.fair_rules(id).pool, &reference.weights, &columns, &mut reference.fair);
        self.scratch.columns = columns;
    }

    /// The reference's pooled probabilities had its columns been solved by another method; empty where that has no answer.
    pub(crate) fn pooled_by(&mut self, id: MarketId, reference: &Reference, method: Method) -> Vec<f64> {
        let (mut columns, mut column) = (Vec::new(), Vec::new());
        for &slot in &reference.members {
            self.solve_by(id, slot, method, &mut column);
            if column.is_empty() {
                return column;
            }
            columns.extend_from_slice(&column);
        }
        column.fill(0.0);
        pool_into(self.fair_rules(id).pool, &reference.weights, &columns, &mut column);
        column
    }

    /// A column's fair probabilities by a method; empty where that has no answer.
    pub(crate) fn solve_by(&mut self, id: MarketId, slot: usize, method: Method, fair: &mut Vec<f64>) {
        self.read_prices(id, slot);
        fair.clear();
        fair.resize(self.scratch.prices.len(), 0.0);
        if devig(method, &self.scratch.prices, fair).is_err() {
            fair.clear();
        }
    }

    /// Does the slot's column take part in references, weights apart? Solves it if need be.
    pub(crate) fn takes_part(&mut self, id: MarketId, slot: usize) -> bool {
        match self.column(id, slot) {
            Column::In => true,
            Column::Out => false,
            Column::Unsolved | Column::Bounded => {
                let is_in = self.solve(id, slot).is_ok();
                self.set_column(id, slot, if is_in { Column::In } else { Column::Out });
                is_in
            }
        }
    }

    /// Puts the column's fair probabilities in the grid, or says why it takes no part.
    pub(crate) fn solve(&mut self, id: MarketId, slot: usize) -> Result<(), ColumnFault> {
        if let Some(missing) = self.missing(id, slot) {
            return Err(ColumnFault::Incomplete(missing));
        }
        self.read_prices(id, slot);
        let sum = booksum(&self.scratch.prices);
        let n = self.scratch.prices.len();
        #[expect(clippy::cast_precision_loss, reason = "at most 4,096 outcomes")]
        let margin = (sum - 1.0) / n as f64;
        let rules = self.fair_rules(id);
        let method = rules.method;
        if sum < rules.booksum_min {
            return Err(ColumnFault::Booksum { booksum: sum, min: rules.booksum_min });
        }
        if margin > rules.margin_max {
            return Err(ColumnFault::Margin { margin, max: rules.margin_max });
        }
        self.scratch.fair.clear();
        self.scratch.fair.resize(n, 0.0);
        if !self.memo.devig(method, &self.scratch.prices, &mut self.scratch.fair) {
            return Err(ColumnFault::NoAnswer(method));
        }
        debug_assert!(is_bracketed(method, &self.scratch.prices, &self.scratch.fair), "{:?}", self.scratch.prices);
        for outcome in 0..n {
            let fair = self.scratch.fair[outcome];
            self.set_fair(id, outcome, slot, fair);
        }
        Ok(())
    }

    /// Has the column counting back quotes for every outcome?
    #[inline]
    pub(crate) fn is_complete(&self, id: MarketId, slot: usize) -> bool {
        self.missing(id, slot).is_none()
    }

    /// The first outcome for which the column has no counting back quote.
    #[inline]
    fn missing(&self, id: MarketId, slot: usize) -> Option<OutcomeIndex> {
        let (market, cells) = (&self.markets[id.index()], self.cells(id));
        let first = (0..market.n()).find(|&outcome| !cells.counts(outcome, slot))?;
        u16::try_from(first).ok().map(OutcomeIndex)
    }

    /// The column's prices as shown in a market of two outcomes.
    pub(crate) fn prices_of_two(&self, id: MarketId, slot: usize) -> [f64; 2] {
        let cells = self.cells(id);
        [0, 1].map(|outcome| cells.price(outcome, slot))
    }

    /// Puts the column's prices as shown in the scratch.
    fn read_prices(&mut self, id: MarketId, slot: usize) {
        let market = &self.markets[id.index()];
        let cells = self.grid.cells(market.block);
        self.scratch.prices.clear();
        self.scratch.prices.extend((0..market.n()).map(|outcome| cells.price(outcome, slot)));
    }

    /// The age of the column's oldest back quote.
    pub(crate) fn oldest_age_us(&self, id: MarketId, slot: usize) -> Option<i64> {
        let (market, cells) = (&self.markets[id.index()], self.cells(id));
        (0..market.n()).map(|outcome| cells.quote(outcome, slot).age_us(self.now)).max()
    }

    /// The rules of the market's fair probabilities.
    pub(crate) fn fair_rules(&self, id: MarketId) -> &FairRules {
        &self.rules.set(self.markets[id.index()].rules).fair
    }
}

/// Hears who is asked for a reference, and with what answer. `()` hears nothing, at no cost.
pub(crate) trait Watch {
    /// A step begins.
    fn step(&mut self, step: ReferenceStep);
    /// A bookmaker takes part with this weight, or is left out.
    fn asks(&mut self, slot: usize, weight: Result<f64, LeftOut>);
}

impl Watch for () {
    #[inline]
    fn step(&mut self, _: ReferenceStep) {}
    #[inline]
    fn asks(&mut self, _: usize, _: Result<f64, LeftOut>) {}
}

/// So many take part where more are needed.
pub(crate) fn too_few(members: usize, needed: usize) -> NoReference {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    NoReference::TooFew { members: count(members), needed: count(needed) }
}

impl FairBookmaker {
    /// Why it has no weight in a step.
    pub(crate) fn without_weight(&self, step: ReferenceStep) -> LeftOut {
        match (step, self.anchor) {
            (ReferenceStep::Anchor, None) => LeftOut::NotAnAnchor,
            _ => LeftOut::NoWeight,
        }
    }

    /// Its configured weight in a step; 0 where it takes no part.
    pub(crate) fn weight_in(&self, step: ReferenceStep) -> f64 {
        match step {
            ReferenceStep::Anchor => self.anchor.unwrap_or(0.0),
            ReferenceStep::Consensus => self.weight,
        }
    }

    /// Does a member of its group take part in the consensus already?
    pub(crate) fn is_copy_in(&self, step: ReferenceStep, groups: &[u32]) -> bool {
        step == ReferenceStep::Consensus && self.group.is_some_and(|group| groups.contains(&group))
    }
}

/// The greatest fair probabilities that `power` can give to two prices, without a solve: it lies between `odds_ratio` and
/// `balanced_book`, whichever side of 1 the booksum is on.
pub(crate) fn power_at_most(prices: [f64; 2]) -> [f64; 2] {
    let [(or_first, book_first), (or_second, book_second)] = power_bracket(prices);
    [or_first.max(book_first), or_second.max(book_second)]
}

/// Per outcome what `odds_ratio` and `balanced_book` give, in closed form.
fn power_bracket([first, second]: [f64; 2]) -> [(f64, f64); 2] {
    let (root_first, root_second) = (sqrt(first - 1.0), sqrt(second - 1.0));
    let per_root = 1.0 / (root_first + root_second);
    let (implied_first, implied_second) = (1.0 / first, 1.0 / second);
    let over = implied_first + implied_second - 1.0;
    let per_rest = 1.0 / (1.0 - over);
    [
        (root_second * per_root, (implied_first - over) * per_rest),
        (root_first * per_root, (implied_second - over) * per_rest),
    ]
}

/// Does the bracket hold, but for rounding? True of other methods and other numbers of outcomes.
fn is_bracketed(method: Method, prices: &[f64], fair: &[f64]) -> bool {
    let (Method::Power, &[first, second]) = (method, prices) else { return true };
    let within = |p: f64, (a, b): (f64, f64)| p >= a.min(b) - BRACKET_SLACK && p <= a.max(b) + BRACKET_SLACK;
    power_bracket([first, second]).into_iter().zip(fair).all(|(bracket, &p)| within(p, bracket))
}

/// Rounding of either end of the bracket is far below this.
pub(crate) const BRACKET_SLACK: f64 = 1e-9;

fn is_same_group(a: FairBookmaker, b: FairBookmaker) -> bool {
    a.group.is_some() && a.group == b.group
}
