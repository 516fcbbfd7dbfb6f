//! A market as it stands.

use super::super::middle::is_half;
use super::super::{Detector, net_price};
use crate::books::{Quote, side_of_row};
use crate::config::{ArbitrageRules, Degraded};
use crate::explain::{
    ColumnView, LadderEntry, LadderStepView, LadderView, LeftOut, MarketView, ModelView, NoModel, QuoteFault,
    QuoteView, ReferenceView, RulesView, StepEntry, StepView,
};
use crate::fair::{Reference, Watch};
use crate::ids::{BookmakerId, MarketId};
use crate::laws::LawView;
use crate::odds_event::Side;
use crate::opportunity::{Reason, ReferenceStep};
use crate::rules::bar;
use alloc::vec::Vec;
use overround_math::commission::Commission;
use overround_math::devig::{booksum, devig};
use overround_math::middle::Middle as Payoffs;

/// Who was asked, by slot, in each step.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) steps: Vec<(ReferenceStep, Vec<Answer>)>,
}

/// A slot, and its weight or why it is left out.
type Answer = (usize, Result<f64, LeftOut>);

impl Watch for Asked {
    fn step(&mut self, step: ReferenceStep) {
        self.steps.push((step, Vec::new()));
    }

    fn asks(&mut self, slot: usize, weight: Result<f64, LeftOut>) {
        if let Some((_, entries)) = self.steps.last_mut() {
            entries.push((slot, weight));
        }
    }
}

impl Detector<'_> {
    /// The market as it stands for the profile.
    pub(crate) fn market_view(&mut self, id: MarketId) -> MarketView {
        let slots: Vec<usize> = self.standing(id).collect();
        let columns = slots.iter().map(|&slot| self.column_view(id, slot)).collect();
        let reference = self.reference_view(id, None, &mut Reference::default());
        let market = &self.books.markets[id.index()];
        let fixture = &self.books.fixtures[market.fixture.index()];
        let gate = self.books.gate(id);
        let cells = (0..market.block.rows()).flat_map(|row| slots.iter().map(move |&slot| (row, slot)));
        let is_shown = |&(row, slot): &(usize, usize)| row < market.n() || self.is_present(id, row, slot);
        MarketView {
            market: id,
            profile: self.profile,
            fixture: market.fixture,
            family: market.family,
            line: market.line(),
            live: fixture.is_live(self.books.now),
            start: fixture.start,
            start_barrier: gate.start,
            barrier: gate.barrier,
            max_age_us: gate.max_age_us,
            quotes: cells.filter(is_shown).map(|(row, slot)| self.quote_view(id, row, slot)).collect(),
            columns,
            reference,
        }
    }

    /// The slots in which any quote stands: a bookmaker whose quotes are all gone is no part of the state.
    pub(super) fn standing(&self, id: MarketId) -> impl Iterator<Item = usize> {
        (0..self.books.markets[id.index()].slots()).filter(move |&slot| self.stands(id, slot))
    }

    /// Does any lay quote stand in the market?
    pub(super) fn has_lay(&self, id: MarketId) -> bool {
        let market = &self.books.markets[id.index()];
        let mut rows = market.n()..market.block.rows();
        rows.any(|row| (0..market.slots()).any(|slot| self.is_present(id, row, slot)))
    }

    fn stands(&self, id: MarketId, slot: usize) -> bool {
        (0..self.books.markets[id.index()].block.rows()).any(|row| self.is_present(id, row, slot))
    }

    pub(super) fn is_present(&self, id: MarketId, row: usize, slot: usize) -> bool {
        self.books.grid.cells(self.books.markets[id.index()].block).quote(row, slot).is_present()
    }

    fn quote_view(&self, id: MarketId, row: usize, slot: usize) -> QuoteView {
        let market = &self.books.markets[id.index()];
        let (outcome, side) = side_of_row(row, market.n());
        let bookmaker = self.books.grid.cells(market.block).bookmaker(slot);
        let quote: Quote = self.books.grid.cells(market.block).quote(row, slot);
        let commission = self.commission(bookmaker);
        let price = (quote.price() > 0.0).then(|| quote.price());
        QuoteView {
            outcome,
            side,
            bookmaker,
            price,
            commission,
            net_price: price.and_then(|price| net_price(commission, price, side == Side::Back)),
            limit: quote.limit(),
            main: quote.main(),
            feed: quote.feed(),
            seen_ts: quote.seen(),
            changed_ts: quote.changed(),
            source_ts: quote.source_ts(),
            age_us: quote.age_us(self.books.now),
            freshness: self.books.freshness(market.fixture, bookmaker),
            fault: self.fault(id, row, slot),
        }
    }

    fn commission(&self, bookmaker: BookmakerId) -> Option<Commission> {
        let own = self.rules().own_commission(bookmaker);
        own.unwrap_or_else(|| self.books.rules.bookmaker(bookmaker).commission)
    }

    /// Why [`Self::net`] gives no price to bet at, if it gives none.
    pub(super) fn fault(&self, id: MarketId, row: usize, slot: usize) -> Option<QuoteFault> {
        let market = &self.books.markets[id.index()];
        let cells = self.books.grid.cells(market.block);
        let bookmaker = self.books.grid.cells(market.block).bookmaker(slot);
        let obstacle = self.books.obstacle(&self.books.gate(id), &cells.quote(row, slot), bookmaker);
        debug_assert_eq!(obstacle.is_none(), cells.counts(row, slot), "a cell is judged whenever its quote may count");
        let config = &self.books.rules.config;
        let profile = &config.profiles[usize::from(self.profile.0)];
        let fault = match obstacle {
            // How it went is not part of the state.
            Some(Reason::Resync) if !self.is_present(id, row, slot) => Some(QuoteFault::DoesNotCount(Reason::Removed)),
            Some(reason) => Some(QuoteFault::DoesNotCount(reason)),
            None => bar(self.books.bookmakers[bookmaker.index()].key, profile, config),
        };
        let has_price = self.net(id, row, slot) > 1.0;
        debug_assert!(fault.is_none() || !has_price, "what has a fault has no price to bet at");
        fault.or((!has_price).then_some(QuoteFault::NoNetPrice))
    }

    fn column_view(&mut self, id: MarketId, slot: usize) -> ColumnView {
        let fault = self.books.solve(id, slot).err();
        let market = &self.books.markets[id.index()];
        let bookmaker = self.books.grid.cells(market.block).bookmaker(slot);
        let cells = self.books.grid.cells(market.block);
        let prices: Vec<Option<f64>> =
            (0..market.n()).map(|outcome| cells.counts(outcome, slot).then(|| cells.price(outcome, slot))).collect();
        let complete: Option<Vec<f64>> = prices.iter().copied().collect();
        let rules = self.books.fair_rules(id);
        let mut fair = alloc::vec![0.0; market.n()];
        let solved = complete.as_ref().and_then(|prices| devig(rules.method, prices, &mut fair).ok());
        let sum = complete.as_ref().map(|prices| booksum(prices));
        let own = rules.bookmaker(bookmaker);
        let counting = (0..market.n()).filter(|&outcome| cells.counts(outcome, slot));
        let ages = counting.map(|outcome| cells.quote(outcome, slot).age_us(self.books.now));
        #[expect(clippy::cast_precision_loss, reason = "at most 4,096 outcomes")]
        let margin = |sum: f64| (sum - 1.0) / market.n() as f64;
        ColumnView {
            bookmaker,
            booksum: sum,
            margin: sum.map(margin),
            param: solved.and_then(|solved| solved.param),
            fair: solved.map(|_| fair),
            prices,
            fault,
            anchor_weight: own.anchor,
            weight: own.weight,
            group: own.group,
            freshness: self.books.freshness(market.fixture, bookmaker),
            age_us: ages.max(),
            changed_ts: self.books.cells(id).column_changed(slot),
        }
    }

    /// Finds the reference as detection does, and tells who was asked.
    pub(super) fn reference_view(
        &mut self,
        id: MarketId,
        judged: Option<BookmakerId>,
        reference: &mut Reference,
    ) -> ReferenceView {
        let mut asked = Asked::default();
        let found = self.books.watch_reference(id, judged, reference, &mut asked);
        let rules = self.books.fair_rules(id);
        let cells = self.books.cells(id);
        let entries = |entries: Vec<Answer>| {
            let standing = entries.into_iter().filter(|&(slot, _)| self.stands(id, slot));
            standing.map(|(slot, weight)| StepEntry { bookmaker: cells.bookmaker(slot), weight }).collect()
        };
        ReferenceView {
            judged,
            mode: rules.mode,
            method: rules.method,
            pool: rules.pool,
            min_books: u32::try_from(rules.min_books).unwrap_or(u32::MAX),
            steps: asked.steps.into_iter().map(|(step, list)| StepView { step, entries: entries(list) }).collect(),
            fair: found.map(|()| reference.fair.clone()),
        }
    }

    /// What was asked of a ladder.
    pub(super) fn ladder_view(&mut self, lower: MarketId, upper: MarketId, asked: Asked) -> LadderView {
        let markets = &self.books.markets;
        let is_half = is_half(&markets[lower.index()]) && is_half(&markets[upper.index()]);
        let probability = self.ladder(lower, upper, &mut ()).map(|ladder| ladder.probability);
        let mut steps = Vec::new();
        for (step, list) in asked.steps {
            let mut entries = Vec::new();
            for (slot, weight) in list {
                if self.stands(lower, slot) {
                    entries.push(self.ladder_entry((lower, slot), upper, weight));
                }
            }
            steps.push(LadderStepView { step, entries });
        }
        LadderView { is_half, steps, probability }
    }

    fn ladder_entry(
        &mut self,
        (lower, slot): (MarketId, usize),
        upper: MarketId,
        weight: Result<f64, LeftOut>,
    ) -> LadderEntry {
        let bookmaker = self.books.cells(lower).bookmaker(slot);
        let upper_slot = self.books.slot_of(upper, bookmaker).filter(|&slot| self.stands(upper, slot));
        let weight = match weight {
            Err(LeftOut::NotAnAnchor | LeftOut::NoWeight) | Ok(_) => weight,
            Err(_) if upper_slot.is_none() => Err(LeftOut::OneLine),
            Err(_) => weight,
        };
        let takes_part = self.books.takes_part(lower, slot);
        let upper_slot = upper_slot.filter(|&slot| takes_part && self.books.takes_part(upper, slot));
        let above = upper_slot.map(|upper_slot| (self.fair_above(lower, slot), self.fair_above(upper, upper_slot)));
        LadderEntry { bookmaker, above, weight }
    }

    /// The law of results that a middle is judged by.
    pub(super) fn model_view(&mut self, id: MarketId, payoffs: &Payoffs) -> Result<ModelView, NoModel> {
        let family = self.books.markets[id.index()].family;
        let LawView { lines, law } = self.scratch.laws.view(self.books, family);
        let law = law?;
        Ok(ModelView {
            lines: lines.iter().map(|it| (it.line, it.above, law.above(it.line))).collect(),
            location: law.location(),
            scale: law.scale(),
            misfit: law.misfit(),
            partial: payoffs.partial_numbers().map(|n| (n, law.mass(n), payoffs.payoff(n))).collect(),
        })
    }

    /// The rules of a market for the profile.
    pub(crate) fn rules_view(&self, id: MarketId) -> RulesView {
        let set = self.books.rules.set(self.books.markets[id.index()].rules);
        let thresholds = self.thresholds(id).clone();
        RulesView {
            market: id,
            profile: self.profile,
            overrides: set.overrides(),
            detect: self.rules().detect,
            ev: thresholds.ev,
            arbitrage: ArbitrageRules {
                min_profit: thresholds.min_profit,
                max_profit: thresholds.max_profit,
                degraded: if thresholds.drop_degraded { Degraded::Drop } else { Degraded::Warn },
            },
            low_hold: thresholds.low_hold,
            middle: thresholds.middle,
            lifecycle: thresholds.lifecycle,
        }
    }
}
