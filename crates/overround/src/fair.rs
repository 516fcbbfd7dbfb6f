//! Fair probabilities: columns with their margin removed, and references pooled from them.
//!
//! A column is solved only when a reference asks for it, and then kept until one of its quotes moves.

use crate::books::{Books, Column};
use crate::config::ReferenceMode;
use crate::ids::{BookmakerId, MarketId};
use crate::opportunity::ReferenceStep;
use crate::rules::{FairBookmaker, FairRules};
use crate::time::Timestamp;
use overround_math::devig::{Method, booksum, devig};
use overround_math::pool::pool_into;
use smallvec::{SmallVec, smallvec};

/// Probabilities or prices of one market's outcomes.
pub(crate) type Values = SmallVec<[f64; 4]>;

/// What a price is judged by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    pub(crate) step: ReferenceStep,
    /// Slots of those who take part, in rank order.
    pub(crate) members: SmallVec<[usize; 12]>,
    /// Their weights, freshness in.
    pub(crate) weights: SmallVec<[f64; 12]>,
    /// Fair probability per outcome.
    pub(crate) fair: Values,
}

impl Books {
    /// The reference for judging a bookmaker, which is left out with everybody in its group; `None` judges nobody.
    pub(crate) fn reference(&mut self, id: MarketId, judged: Option<BookmakerId>) -> Option<Reference> {
        let mode = self.fair_rules(id).mode;
        if mode != ReferenceMode::Consensus {
            let anchors = self.members(id, judged, ReferenceStep::Anchor);
            if !anchors.0.is_empty() {
                return Some(self.pool(id, ReferenceStep::Anchor, anchors));
            }
        }
        let is_anchor = |bookmaker| self.fair_rules(id).bookmaker(bookmaker).anchor.is_some();
        if mode == ReferenceMode::Anchor || mode == ReferenceMode::AnchorElseConsensus && judged.is_some_and(is_anchor)
        {
            return None;
        }
        let consensus = self.members(id, judged, ReferenceStep::Consensus);
        let enough = self.fair_rules(id).min_books.max(1);
        (consensus.0.len() >= enough).then(|| self.pool(id, ReferenceStep::Consensus, consensus))
    }

    /// Is the reference that judges nobody also the one for this bookmaker?
    pub(crate) fn is_reference_for(&self, id: MarketId, shared: &Reference, judged: BookmakerId) -> bool {
        let rules = self.fair_rules(id);
        let judged_rules = rules.bookmaker(judged);
        let barred = shared.step == ReferenceStep::Consensus
            && rules.mode == ReferenceMode::AnchorElseConsensus
            && judged_rules.anchor.is_some();
        let slots = &self.markets[id.index()].slots;
        !barred
            && shared
                .members
                .iter()
                .all(|&slot| slots[slot] != judged && !is_same_group(rules.bookmaker(slots[slot]), judged_rules))
    }

    /// Who takes part in a step, with weights, in rank order.
    fn members(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        step: ReferenceStep,
    ) -> (SmallVec<[usize; 12]>, SmallVec<[f64; 12]>) {
        let (mut members, mut weights) = (SmallVec::new(), SmallVec::new());
        let mut groups: SmallVec<[u32; 8]> = SmallVec::new();
        for slot in 0..self.markets[id.index()].slots.len() {
            let market = &self.markets[id.index()];
            let bookmaker = market.slots[slot];
            let rules = self.fair_rules(id);
            let own = rules.bookmaker(bookmaker);
            let configured = match step {
                ReferenceStep::Anchor => own.anchor.unwrap_or(0.0),
                ReferenceStep::Consensus => own.weight,
            };
            let is_judged =
                judged.is_some_and(|judged| judged == bookmaker || is_same_group(rules.bookmaker(judged), own));
            let is_copy = step == ReferenceStep::Consensus && own.group.is_some_and(|group| groups.contains(&group));
            if configured <= 0.0 || is_judged || is_copy {
                continue;
            }
            let weight = configured * self.freshness(market.fixture, bookmaker);
            if weight > 0.0 && self.takes_part(id, slot) {
                members.push(slot);
                weights.push(weight);
                groups.extend(own.group);
            }
        }
        (members, weights)
    }

    fn pool(
        &self,
        id: MarketId,
        step: ReferenceStep,
        (members, weights): (SmallVec<[usize; 12]>, SmallVec<[f64; 12]>),
    ) -> Reference {
        let market = &self.markets[id.index()];
        let n = market.n();
        let mut columns: SmallVec<[f64; 32]> = SmallVec::with_capacity(members.len() * n);
        for &slot in &members {
            columns.extend((0..n).map(|outcome| self.grid.fair[market.block.cell(outcome, slot)]));
        }
        let mut fair: Values = smallvec![0.0; n];
        pool_into(self.fair_rules(id).pool, &weights, &columns, &mut fair);
        Reference { step, members, weights, fair }
    }

    /// The reference's pooled probabilities had its columns been solved by another method.
    pub(crate) fn pooled_by(&self, id: MarketId, reference: &Reference, method: Method) -> Option<Values> {
        let n = self.markets[id.index()].n();
        let mut columns: SmallVec<[f64; 32]> = smallvec![0.0; reference.members.len() * n];
        for (&slot, column) in reference.members.iter().zip(columns.chunks_exact_mut(n)) {
            devig(method, &self.shown_prices(id, slot), column).ok()?;
        }
        let mut fair: Values = smallvec![0.0; n];
        pool_into(self.fair_rules(id).pool, &reference.weights, &columns, &mut fair);
        Some(fair)
    }

    /// Does the slot's column take part in references, weights apart? Solves it if need be.
    pub(crate) fn takes_part(&mut self, id: MarketId, slot: usize) -> bool {
        if self.markets[id.index()].columns[slot] == Column::Unsolved {
            let state = self.solve(id, slot);
            self.markets[id.index()].columns[slot] = state;
        }
        self.markets[id.index()].columns[slot] == Column::In
    }

    fn solve(&mut self, id: MarketId, slot: usize) -> Column {
        if !self.is_complete(id, slot) {
            return Column::Out;
        }
        let prices = self.shown_prices(id, slot);
        let rules = self.fair_rules(id);
        let sum = booksum(&prices);
        let n = prices.len();
        #[expect(clippy::cast_precision_loss, reason = "at most 4,096 outcomes")]
        let margin = (sum - 1.0) / n as f64;
        let mut fair: Values = smallvec![0.0; n];
        if !(sum >= rules.booksum_min && margin <= rules.margin_max) || devig(rules.method, &prices, &mut fair).is_err()
        {
            return Column::Out;
        }
        let block = self.markets[id.index()].block;
        for (outcome, &fair) in fair.iter().enumerate() {
            self.grid.fair[block.cell(outcome, slot)] = fair;
        }
        Column::In
    }

    /// Has the column counting back quotes for every outcome?
    pub(crate) fn is_complete(&self, id: MarketId, slot: usize) -> bool {
        let market = &self.markets[id.index()];
        (0..market.n()).all(|outcome| self.grid.counts[market.block.cell(outcome, slot)])
    }

    /// The column's prices as shown.
    fn shown_prices(&self, id: MarketId, slot: usize) -> Values {
        let market = &self.markets[id.index()];
        (0..market.n()).map(|outcome| self.grid.quotes[market.block.cell(outcome, slot)].price()).collect()
    }

    /// When the column last changed: the latest of its counting back quotes.
    pub(crate) fn column_changed(&self, id: MarketId, slot: usize) -> Option<Timestamp> {
        let market = &self.markets[id.index()];
        let cells = (0..market.n()).map(|outcome| market.block.cell(outcome, slot));
        cells.filter(|&cell| self.grid.counts[cell]).map(|cell| self.grid.quotes[cell].changed()).max()
    }

    /// The rules of the market's fair probabilities.
    pub(crate) fn fair_rules(&self, id: MarketId) -> &FairRules {
        &self.rules.set(self.markets[id.index()].rules).fair
    }
}

fn is_same_group(a: FairBookmaker, b: FairBookmaker) -> bool {
    a.group.is_some() && a.group == b.group
}
