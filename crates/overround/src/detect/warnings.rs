//! What to be careful about. Warnings never filter.

use super::{Candidate, Detector, LegRef, UNEVEN_AGES_US};
use crate::books::QuoteKey;
use crate::ids::MarketId;
use crate::opportunity::{Figures, Leg, LowHoldSide, Opportunity, Warning, Warnings};
use overround_math::float::logit;
use smallvec::SmallVec;

/// Profit or ev beyond this is more often a mistake than a gift.
pub(super) const SUSPICIOUS: f64 = 0.10;

/// Distance from the other bookmakers' median, in logit, beyond which a price is an outlier.
const OUTLIER_LOGIT: f64 = 0.15;

/// Fewest other bookmakers that make a median to compare with.
const OUTLIER_PEERS: usize = 5;

impl Detector<'_> {
    /// The warnings that are judged leg by leg, whatever the kind.
    pub(super) fn common_warnings(&mut self, candidate: &Candidate, live: bool) -> Warnings {
        let legs = &candidate.legs;
        let mut warnings = Warnings::NONE;
        warnings.set(Warning::Live, live);
        for &leg in legs {
            let market = &self.books.markets[leg.market.index()];
            let is_back = leg.row < market.n();
            let is_degraded = self.books.is_degraded(market.fixture, market.slots[leg.slot]);
            warnings.set(Warning::DegradedSource, is_degraded);
            warnings.set(Warning::Outlier, is_back && self.is_outlier(leg.market, leg.row, leg.slot));
            warnings.set(Warning::LaggingLeg, self.is_lagging(leg));
        }
        if legs.len() > 1 {
            let bookmaker = |leg: &LegRef| self.books.markets[leg.market.index()].slots[leg.slot];
            let first = bookmaker(&legs[0]);
            warnings.set(Warning::SameBookmaker, legs.iter().all(|leg| bookmaker(leg) == first));
            warnings.set(Warning::UnevenAges, self.has_uneven_ages(legs));
        }
        warnings
    }

    /// Do the legs' ages differ by more than a minute? Where a source time in the future makes that change by the passing of
    /// time alone, the market is looked at again when it does.
    fn has_uneven_ages(&mut self, legs: &[LegRef]) -> bool {
        let now = self.books.now;
        let quote = |leg: &LegRef| {
            let market = &self.books.markets[leg.market.index()];
            &self.books.grid.quotes[market.block.cell(leg.row, leg.slot)]
        };
        let ages: SmallVec<[i64; 3]> = legs.iter().map(|leg| quote(leg).age_us(now)).collect();
        let oldest = ages.iter().copied().max().unwrap_or_default();
        let youngest = ages.iter().copied().min().unwrap_or_default();
        let is_uneven = oldest - youngest > UNEVEN_AGES_US;
        if !is_uneven {
            let base = |leg: &LegRef| quote(leg).age_base();
            let first = legs.iter().map(base).min().unwrap_or(now);
            let last = legs.iter().map(base).max().unwrap_or(now);
            let at = first.plus_us(UNEVEN_AGES_US).plus_us(1);
            if at > now && last.since_us(first) > UNEVEN_AGES_US {
                self.books.arm_recheck(legs[0].market, at);
            }
        }
        is_uneven
    }

    /// Arms the time at which the ages of the legs of something told become uneven.
    pub(crate) fn watch_ages(&mut self, told: &Opportunity) {
        let legs: SmallVec<[LegRef; 3]> = first_quotes(told)
            .filter_map(|key| {
                let (row, slot) = self.books.cell_of(key)?;
                Some(LegRef { market: key.market, row, slot, net: 0.0 })
            })
            .collect();
        if legs.len() > 1 {
            self.has_uneven_ages(&legs);
        }
    }

    /// Is a back price as shown far from the median of the other bookmakers' complete columns?
    pub(super) fn is_outlier(&self, id: MarketId, outcome: usize, slot: usize) -> bool {
        let market = &self.books.markets[id.index()];
        let x = |slot: usize| logit(1.0 / self.books.grid.quotes[market.block.cell(outcome, slot)].price());
        let mut others: SmallVec<[f64; 64]> = (0..market.slots.len())
            .filter(|&other| other != slot && self.books.is_complete(id, other))
            .map(x)
            .collect();
        if others.len() < OUTLIER_PEERS {
            return false;
        }
        others.sort_unstable_by(f64::total_cmp);
        let middle = others.len() / 2;
        let median = if others.len() % 2 == 1 { others[middle] } else { (others[middle - 1] + others[middle]) / 2.0 };
        let distance = x(slot) - median;
        distance.max(-distance) > OUTLIER_LOGIT
    }
}

/// The quotes whose ages are compared: the legs; of a low hold each side's first bookmaker.
fn first_quotes(told: &Opportunity) -> impl Iterator<Item = QuoteKey> {
    let (legs, sides) = match &told.figures {
        Figures::Arbitrage(figures) => (figures.legs.as_slice(), [].as_slice()),
        Figures::Middle(figures) => (figures.legs.as_slice(), [].as_slice()),
        Figures::LowHold(figures) => ([].as_slice(), figures.sides.as_slice()),
        Figures::Ev(_) => ([].as_slice(), [].as_slice()),
    };
    let leg =
        |leg: &Leg| QuoteKey { market: leg.market, outcome: leg.outcome, side: leg.side, bookmaker: leg.bookmaker };
    let side = |side: &LowHoldSide| {
        let bookmaker = *side.bookmakers.first()?;
        Some(QuoteKey { market: told.market, outcome: side.outcome, side: side.side, bookmaker })
    };
    legs.iter().map(leg).chain(sides.iter().filter_map(side))
}
