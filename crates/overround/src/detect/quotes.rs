//! Single bets as they stand: what a profile could bet at, and what it is worth.

use super::{Detector, at_risk, side_probability};
use crate::engine::{BetOn, FairFrom, FairNow, QuoteNow};
use crate::fair::Reference;
use crate::ids::{BookmakerId, MarketId};
use crate::odds_event::Side;
use overround_math::float::{logit, sigmoid};
use overround_math::line::Line;

impl Detector<'_> {
    /// A bookmaker's own quote on a bet, where the profile may bet at it.
    pub(crate) fn quote_now(&self, bet: BetOn, bookmaker: BookmakerId) -> Option<QuoteNow> {
        let market = &self.books.markets[bet.market.index()];
        let row = match bet.side {
            Side::Back => bet.outcome.index(),
            Side::Lay => market.n() + bet.outcome.index(),
        };
        let slot = self.books.grid.cells(market.block).slot_of(bookmaker).filter(|_| row < market.block.rows())?;
        self.quote_in(bet.market, row, slot)
    }

    /// The best quote on a bet, or on what wins with it: in a market of two outcomes that is the other side of the other outcome. Highest
    /// net price, then back before lay, then rank.
    pub(crate) fn best_now(&self, bet: BetOn) -> Option<QuoteNow> {
        let market = &self.books.markets[bet.market.index()];
        let (n, outcome) = (market.n(), bet.outcome.index());
        let rows = match (bet.side, n) {
            (Side::Back, 2) => [Some(outcome), Some(2 + (1 - outcome.min(1)))],
            (Side::Lay, 2) => [Some(1 - outcome.min(1)), Some(2 + outcome)],
            (Side::Back, _) => [Some(outcome), None],
            (Side::Lay, _) => [Some(n + outcome), None],
        };
        let mut best: Option<QuoteNow> = None;
        for row in rows.into_iter().flatten().filter(|&row| row < market.block.rows()) {
            for slot in 0..market.slots() {
                if self.net(bet.market, row, slot) > best.map_or(1.0, |best| best.net_price) {
                    best = self.quote_in(bet.market, row, slot);
                }
            }
        }
        best
    }

    fn quote_in(&self, id: MarketId, row: usize, slot: usize) -> Option<QuoteNow> {
        let net_price = self.net(id, row, slot);
        let market = &self.books.markets[id.index()];
        let (outcome, side) = crate::books::side_of_row(row, market.n());
        let cells = self.books.grid.cells(market.block);
        let quote = cells.quote(row, slot);
        (net_price > 1.0).then(|| QuoteNow {
            bet: BetOn { market: id, outcome, side },
            bookmaker: cells.bookmaker(slot),
            price: quote.price(),
            net_price,
            limit: quote.limit().map(|limit| at_risk(limit, quote.price(), side)),
        })
    }

    /// The fair probability of what a bet wins on by the reference of its market.
    pub(crate) fn fair_now(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<f64> {
        let mut reference = Reference::default();
        let is_known = self.books.find_reference(bet.market, judged, &mut reference);
        is_known.then(|| side_probability(&reference.fair, bet.outcome, bet.side))
    }

    /// The same, and where the market itself has no reference, what the other lines of its family say.
    pub(crate) fn fair_by_ladder(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<FairNow> {
        if let Some(probability) = self.fair_now(bet, judged) {
            return Some(FairNow { probability, from: FairFrom::Market });
        }
        let market = &self.books.markets[bet.market.index()];
        let (family, threshold) = (market.family, market.threshold()?);
        self.scratch.laws.refresh(self.books, family);
        let by_law = self.scratch.laws.law(self.books, family).map(|law| law.above(threshold));
        let is_inside = |p: &f64| *p > 0.0 && *p < 1.0;
        let (above, from) = match by_law.filter(is_inside) {
            Some(above) => (above, FairFrom::Model),
            None => (self.between_lines(bet.market, threshold, judged)?, FairFrom::Ladder),
        };
        Some(FairNow { probability: side_probability(&[above, 1.0 - above], bet.outcome, bet.side), from })
    }

    /// The probability of "above", linear in logits between the nearest line on either side that has a reference.
    fn between_lines(&mut self, id: MarketId, threshold: Line, judged: Option<BookmakerId>) -> Option<f64> {
        let family = self.books.markets[id.index()].family.index();
        let (mut lower, mut upper) = (None, None);
        let mut reference = Reference::default();
        for rung in 0..self.books.families[family].ladder.len() {
            let (line, market) = self.books.families[family].ladder[rung];
            if line == threshold || (line > threshold && upper.is_some()) {
                continue;
            }
            if self.books.find_reference(market, judged, &mut reference) {
                let known = Some((line.as_f64(), logit(reference.fair[0])));
                *(if line < threshold { &mut lower } else { &mut upper }) = known;
            }
        }
        let ((a, x), (b, y)) = (lower?, upper?);
        let share = (threshold.as_f64() - a) / (b - a);
        Some(sigmoid(x + share * (y - x)))
    }
}
