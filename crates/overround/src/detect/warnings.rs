//! What to be careful about. Warnings never filter.

use super::{Candidate, Detector, LegRef, UNEVEN_AGES_US};
use crate::books::QuoteKey;
use crate::ids::{BookmakerId, MarketId};
use crate::opportunity::{Figures, Kind, Leg, LowHoldSide, Opportunity, Warning, Warnings};
use crate::time::Timestamp;
use overround_math::float::logit;
use smallvec::SmallVec;

/// Profit or ev beyond this is more often a mistake than a gift.
pub(super) const SUSPICIOUS: f64 = 0.10;

/// Distance from the other bookmakers' median, in logit, beyond which a price is an outlier.
const OUTLIER_LOGIT: f64 = 0.15;

/// Fewest other bookmakers that make a median to compare with.
const OUTLIER_PEERS: usize = 5;

impl Detector<'_> {
    /// The warnings that are judged leg by leg, whatever the kind; and when the one about ages will change by itself.
    pub(super) fn common_warnings(&mut self, candidate: &Candidate, live: bool) -> (Warnings, Option<Timestamp>) {
        let legs = &candidate.legs;
        let mut warnings = Warnings::NONE;
        let mut recheck = None;
        warnings.set(Warning::Live, live);
        self.take_survey(legs);
        for &leg in legs {
            // Of an ev its class says whether it lags.
            let facts = self.leg_facts(leg, candidate.identity.kind() != Kind::Ev);
            warnings.set(Warning::DegradedSource, facts.is_degraded);
            warnings.set(Warning::Outlier, facts.is_outlier);
            warnings.set(Warning::LaggingLeg, facts.is_lagging);
        }
        if legs.len() > 1 {
            warnings.set(Warning::SameBookmaker, self.same_bookmaker(legs).is_some());
            let ages = self.ages(legs);
            warnings.set(Warning::UnevenAges, ages.are_uneven());
            recheck = ages.change_at(self.books.now);
        }
        (warnings, recheck)
    }

    /// The one bookmaker of all legs.
    pub(super) fn same_bookmaker(&self, legs: &[LegRef]) -> Option<BookmakerId> {
        let bookmaker = |leg: &LegRef| self.books.cells(leg.market).bookmaker(leg.slot);
        let first = legs.first().map(bookmaker)?;
        legs.iter().all(|leg| bookmaker(leg) == first).then_some(first)
    }

    /// The extremes of the legs' ages.
    pub(super) fn ages(&self, legs: &[LegRef]) -> Ages {
        let now = self.books.now;
        let quote = |leg: &LegRef| {
            let market = &self.books.markets[leg.market.index()];
            self.books.grid.cells(market.block).quote(leg.row, leg.slot)
        };
        let ages = || legs.iter().map(|leg| quote(leg).age_us(now));
        let bases = || legs.iter().map(|leg| quote(leg).age_base());
        Ages {
            youngest_us: ages().min().unwrap_or_default(),
            oldest_us: ages().max().unwrap_or_default(),
            first: bases().min().unwrap_or(now),
            last: bases().max().unwrap_or(now),
        }
    }

    /// When the ages of the legs of something told become uneven by the passing of time alone, and the market to judge again then.
    pub(crate) fn ages_change_at(&self, told: &Opportunity) -> Option<(MarketId, Timestamp)> {
        let legs: SmallVec<[LegRef; 3]> = aged_quotes(told)
            .filter_map(|key| {
                let (row, slot) = self.books.cell_of(key)?;
                Some(LegRef { market: key.market, row, slot, net: 0.0 })
            })
            .collect();
        let first = legs.first().filter(|_| legs.len() > 1)?;
        self.ages(&legs).change_at(self.books.now).map(|at| (first.market, at))
    }

    /// How far a back price as shown is from the median of the other bookmakers' complete columns, in logit, and how many those are;
    /// `None` if that is near, or there are too few.
    pub(super) fn outlier(&self, id: MarketId, outcome: usize, slot: usize) -> Option<(f64, usize)> {
        let market = &self.books.markets[id.index()];
        let cells = self.books.grid.cells(market.block);
        let own = cells.price(outcome, slot);
        let mut others: SmallVec<[f64; 64]> = SmallVec::new();
        let mut take = |other: usize, is_complete: bool| {
            if other != slot && is_complete {
                others.push(cells.price(outcome, other));
            }
        };
        match self.survey_of(id) {
            Some(survey) => {
                survey.complete.iter().enumerate().for_each(|(other, &is_complete)| take(other, is_complete))
            }
            None => (0..market.slots())
                .for_each(|other| take(other, (0..cells.n()).all(|outcome| cells.counts(outcome, other)))),
        }
        if others.len() < OUTLIER_PEERS {
            return None;
        }
        if is_amid(own, &others) {
            debug_assert!(!is_far(distance_from_median(own, &mut others)), "{own} amid {others:?}");
            return None;
        }
        let distance = distance_from_median(own, &mut others);
        is_far(distance).then_some((distance, others.len()))
    }
}

/// Is this distance in logit that of an outlier?
fn is_far(distance: f64) -> bool {
    distance.max(-distance) > OUTLIER_LOGIT
}

/// How far a price is from the median of the others, in logit. Sorts them.
fn distance_from_median(price: f64, others: &mut [f64]) -> f64 {
    // A higher price is a lower logit: the prices in the middle are those of the logits in the middle.
    others.sort_unstable_by(f64::total_cmp);
    let x = |price: f64| logit(1.0 / price);
    let (middle, is_odd) = (others.len() / 2, others.len() % 2 == 1);
    let median = if is_odd { x(others[middle]) } else { (x(others[middle]) + x(others[middle - 1])) / 2.0 };
    x(price) - median
}

/// Are so few of the prices far below and far above this one that their median is certainly near, in logit? That of 1/o is −ln(o − 1), so
/// that a distance is a ratio, and most prices are seen to be no outliers without a logarithm.
fn is_amid(price: f64, others: &[f64]) -> bool {
    // A little less than e^0.15: what rounding does is far smaller, but for prices next to 1.
    const NEAR: f64 = 1.161;
    const LEAST_PRICE: f64 = 1.001;
    let (least, most) = ((price - 1.0) / NEAR, (price - 1.0) * NEAR);
    let (below, above) = others.iter().fold((0, 0), |(below, above), other| {
        (below + usize::from(other - 1.0 < least), above + usize::from(other - 1.0 > most))
    });
    price > LEAST_PRICE && 2 * below.max(above) < others.len()
}

/// The extremes of the legs' ages, and of the times that these are counted from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ages {
    pub(super) youngest_us: i64,
    pub(super) oldest_us: i64,
    first: Timestamp,
    last: Timestamp,
}

impl Ages {
    /// Do they differ by more than a minute?
    pub(super) fn are_uneven(&self) -> bool {
        self.oldest_us - self.youngest_us > UNEVEN_AGES_US
    }

    /// Where a source time in the future makes that change by the passing of time alone, when it does.
    fn change_at(&self, now: Timestamp) -> Option<Timestamp> {
        let at = self.first.plus_us(UNEVEN_AGES_US).plus_us(1);
        let will_change = at > now && self.last.since_us(self.first) > UNEVEN_AGES_US;
        (!self.are_uneven() && will_change).then_some(at)
    }
}

/// The quotes whose ages are compared, and of an arbitrage their limits: the legs; of a low hold each side's first bookmaker.
pub(crate) fn aged_quotes(told: &Opportunity) -> impl Iterator<Item = QuoteKey> {
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
