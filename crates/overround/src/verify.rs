//! Payoffs and net prices of every opportunity are recomputed from the raw quotes by this simpler code before it leaves the engine.
//!
//! Net prices come from the quote and the commission again, what an arbitrage or a middle guarantees is checked result by result through
//! settlement, what a middle between half lines is worth from its two payoffs, and the fair probability of an ev is worked out again
//! from the shown prices of its reference, past every cache. Which quotes count is asked of the same function as everywhere.

use crate::books::{Books, QuoteKey};
use crate::config::Config;
use crate::ids::{BookmakerId, MarketId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Arbitrage, Ev, Figures, Leg, Middle, Opportunity, ReferenceStep};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use overround_math::commission::{Commission, lay_as_back};
use overround_math::devig::{Method, devig};
use overround_math::line::Line;
use overround_math::pool::pool_into;
use overround_math::settlement::{MarketShape, MatchResult, settle};

/// Figures may differ from their recomputation by rounding only.
const TOLERANCE: f64 = 1e-9;

/// Fair probabilities of one market, worked out again past every cache of the engine. The +EVs of an instant share them.
#[derive(Debug, Default)]
pub(crate) struct Recomputed {
    market: Option<MarketId>,
    columns: BTreeMap<BookmakerId, Option<Vec<f64>>>,
    /// By step (is it the anchors'?) and whose prices.
    pooled: BTreeMap<(bool, Vec<BookmakerId>), Option<Vec<f64>>>,
}

impl Recomputed {
    /// Something may have moved.
    pub(crate) fn clear(&mut self) {
        self.market = None;
        self.columns.clear();
        self.pooled.clear();
    }
}

/// Do the figures hold?
pub(crate) fn holds(books: &Books, opportunity: &Opportunity, recomputed: &mut Recomputed) -> bool {
    let net_of = |key: QuoteKey| net(books, opportunity.profile, key);
    let leg_net = |leg: &Leg| {
        net_of(QuoteKey { market: leg.market, outcome: leg.outcome, side: leg.side, bookmaker: leg.bookmaker })
    };
    let legs_hold = |legs: &[Leg]| legs.iter().all(|leg| leg_net(leg).is_some_and(|net| is_close(net, leg.net_price)));
    match &opportunity.figures {
        Figures::Arbitrage(arbitrage) => legs_hold(&arbitrage.legs) && arbitrage_holds(books, arbitrage),
        Figures::Middle(middle) => legs_hold(&middle.legs) && middle_holds(books, middle),
        Figures::LowHold(low_hold) => {
            let sum: f64 = low_hold.sides.iter().map(|side| 1.0 / side.net_price).sum();
            let every_tie = low_hold.sides.iter().all(|side| {
                !side.bookmakers.is_empty()
                    && side.bookmakers.iter().all(|&bookmaker| {
                        let key =
                            QuoteKey { market: opportunity.market, outcome: side.outcome, side: side.side, bookmaker };
                        net_of(key).is_some_and(|net| is_close(net, side.net_price))
                    })
            });
            every_tie && is_close(low_hold.booksum, sum) && is_close(low_hold.hold, (sum - 1.0) / sum)
        }
        Figures::Ev(ev) => {
            let key =
                QuoteKey { market: opportunity.market, outcome: ev.outcome, side: ev.side, bookmaker: ev.bookmaker };
            let p = ev.fair_probability;
            // Win d − 1 with p, lose 1 with 1 − p.
            let is_ev = |net: f64| is_close(ev.ev, p * (net - 1.0) - (1.0 - p)) && is_close(net, ev.net_price);
            // Of a lay p is 1 − p(o), which rounds to 1 where the outcome is all but impossible.
            p > 0.0
                && p <= 1.0
                && net_of(key).is_some_and(is_ev)
                && fair_of(books, key, ev, recomputed).is_some_and(|fair| is_close(fair, p))
        }
    }
}

/// The net price of a counting quote, from scratch.
fn net(books: &Books, profile: ProfileId, key: QuoteKey) -> Option<f64> {
    let (row, slot) = books.cell_of(key)?;
    let market = &books.markets[key.market.index()];
    let quote = books.grid.cells(market.block).quote(row, slot);
    if books.obstacle(&books.gate(key.market), &quote, key.bookmaker).is_some() {
        return None;
    }
    let commission = commission(&books.rules.config, books, profile, key.bookmaker);
    match (key.side, commission) {
        (Side::Back, None) => Some(quote.price()),
        (Side::Back, Some(commission)) => commission.back(quote.price()),
        (Side::Lay, None) => lay_as_back(quote.price()),
        (Side::Lay, Some(commission)) => commission.lay(quote.price()),
    }
}

/// The fair probability of what a bet wins on, from the shown prices of its reference bookmakers.
fn fair_of(books: &Books, key: QuoteKey, ev: &Ev, recomputed: &mut Recomputed) -> Option<f64> {
    if recomputed.market != Some(key.market) {
        recomputed.clear();
        recomputed.market = Some(key.market);
    }
    let Recomputed { columns, pooled, .. } = recomputed;
    let whose = (ev.reference.step == ReferenceStep::Anchor, ev.reference.bookmakers.clone());
    let fair = pooled.entry(whose).or_insert_with(|| pool(books, key.market, ev, columns)).as_ref()?;
    let outcome = key.outcome.index();
    Some(match key.side {
        Side::Back => fair[outcome],
        // Of two outcomes a lay wins on the other one; fair probabilities need not sum to 1.
        Side::Lay if fair.len() == 2 => fair[1 - outcome],
        Side::Lay => 1.0 - fair[outcome],
    })
}

/// The fair probabilities of a market by the reference of an ev.
fn pool(books: &Books, id: MarketId, ev: &Ev, known: &mut BTreeMap<BookmakerId, Option<Vec<f64>>>) -> Option<Vec<f64>> {
    let market = &books.markets[id.index()];
    let rules = books.fair_rules(id);
    let (mut weights, mut columns) = (Vec::new(), Vec::new());
    for &bookmaker in &ev.reference.bookmakers {
        let column = known.entry(bookmaker).or_insert_with(|| column(books, id, bookmaker, ev.reference.method));
        columns.extend_from_slice(column.as_ref()?);
        let own = rules.bookmaker(bookmaker).weight_in(ev.reference.step);
        weights.push(own * books.freshness(market.fixture, bookmaker));
    }
    let mut fair = alloc::vec![0.0; market.n()];
    pool_into(rules.pool, &weights, &columns, &mut fair);
    Some(fair)
}

/// A bookmaker's fair probabilities, from its counting prices as shown.
fn column(books: &Books, id: MarketId, bookmaker: BookmakerId, method: Method) -> Option<Vec<f64>> {
    let market = &books.markets[id.index()];
    let gate = books.gate(id);
    let prices: Vec<f64> = (0..market.n())
        .map(|outcome| {
            let outcome = OutcomeIndex(u16::try_from(outcome).ok()?);
            let (row, slot) = books.cell_of(QuoteKey { market: id, outcome, side: Side::Back, bookmaker })?;
            let quote = books.grid.cells(market.block).quote(row, slot);
            books.obstacle(&gate, &quote, bookmaker).is_none().then(|| quote.price())
        })
        .collect::<Option<_>>()?;
    let mut column = alloc::vec![0.0; prices.len()];
    devig(method, &prices, &mut column).ok()?;
    Some(column)
}

fn commission(config: &Config, books: &Books, profile: ProfileId, bookmaker: BookmakerId) -> Option<Commission> {
    let key = books.bookmakers[bookmaker.index()].key;
    let own = &config.profiles[usize::from(profile.0)].commission;
    own.get(&key).or_else(|| config.commission.get(&key)).copied()
}

/// Settles all legs over every result of the market.
fn arbitrage_holds(books: &Books, arbitrage: &Arbitrage) -> bool {
    let Some(first) = arbitrage.legs.first() else { return false };
    let market = &books.markets[first.market.index()];
    let payoff = |result: MatchResult| payoff(market.shape, market.line(), &arbitrage.legs, result);
    let mut least = f64::MAX;
    let mut decided = f64::MAX;
    match market.line() {
        Some(line) if market.shape.has_line() => {
            let threshold = market.threshold().unwrap_or(line);
            for n in around(threshold) {
                let Some(payoff) = payoff(MatchResult::Number(n)) else { return false };
                least = least.min(payoff);
            }
            // Far from the line every leg is decided.
            decided = payoff(MatchResult::Number(around(threshold)[0])).unwrap_or(f64::MIN);
        }
        _ => {
            for payoff in payoffs_by_winner(market.shape, market.n(), &arbitrage.legs) {
                let Some(payoff) = payoff else { return false };
                least = least.min(payoff);
                decided = decided.min(payoff);
            }
            if market.shape == MarketShape::DrawNoBet {
                least = least.min(payoff(MatchResult::Void).unwrap_or(f64::MIN));
            }
        }
    }
    let fractions: f64 = arbitrage.legs.iter().map(|leg| leg.stake_fraction).sum();
    is_close(fractions, 1.0) && is_close(least, arbitrage.profit_min) && is_close(decided, arbitrage.profit)
}

/// What the legs pay for each winner. Of many legs each is settled twice, against its own outcome and against another: what it pays is the
/// same for all others, so that the time does not grow with the square of outcomes.
fn payoffs_by_winner(shape: MarketShape, n: usize, legs: &[Leg]) -> Vec<Option<f64>> {
    const MANY: usize = 64;
    let outcomes = u16::try_from(n).unwrap_or(u16::MAX);
    if legs.len() <= MANY {
        return (0..outcomes).map(|winner| payoff(shape, None, legs, MatchResult::Winner(winner))).collect();
    }
    let single = |leg: &Leg, winner: u16| payoff(shape, None, core::slice::from_ref(leg), MatchResult::Winner(winner));
    let mut own = alloc::vec![Some(0.0); n];
    let mut rest = Some(0.0);
    for leg in legs {
        let other = single(leg, (leg.outcome.0 + 1) % outcomes);
        let more = single(leg, leg.outcome.0).zip(other).map(|(own, other)| own - other);
        rest = rest.zip(other).map(|(sum, payoff)| sum + payoff);
        let own = &mut own[leg.outcome.index()];
        *own = own.zip(more).map(|(sum, more)| sum + more);
    }
    own.into_iter().map(|own| own.zip(rest).map(|(own, rest)| own + rest)).collect()
}

/// Settles both legs over all integers near the lines, which show every payoff there is.
fn middle_holds(books: &Books, middle: &Middle) -> bool {
    let [above, below] = middle.legs.as_slice() else { return false };
    let shape = books.markets[above.market.index()].shape;
    let single = |leg: &Leg, n: i64| {
        let line = books.markets[leg.market.index()].line();
        payoff(shape, line, core::slice::from_ref(leg), MatchResult::Number(n))
    };
    let mut worst = f64::MAX;
    let mut best = f64::MIN;
    for n in around(middle.lower).into_iter().chain(around(middle.upper)) {
        let Some(payoff) = single(above, n).zip(single(below, n)).map(|(a, b)| a + b) else { return false };
        worst = worst.min(payoff);
        best = best.max(payoff);
    }
    is_close(worst, middle.worst) && is_close(best, middle.best) && expectation_holds(middle)
}

/// Between half lines both legs win or one does, so that the expected payoff follows from the two payoffs; elsewhere it lies between.
fn expectation_holds(middle: &Middle) -> bool {
    let Some((p, ev)) = middle.middle_probability.zip(middle.ev) else { return true };
    let (least, span) = (middle.worst, middle.best - middle.worst);
    let slack = TOLERANCE * (1.0 + span);
    let lies_between = p >= 0.0 && p <= 1.0 + slack && least - slack <= ev && ev <= middle.best + slack;
    let are_half = [middle.lower, middle.upper].iter().all(|line| line.thousandths().rem_euclid(1000) == 500);
    let follows = || {
        let breaks_even = |at: f64| is_close(least + at * span, 0.0);
        is_close(ev, least + p * span) && middle.break_even.is_some_and(breaks_even)
    };
    lies_between && (!are_half || follows())
}

/// What the legs pay per unit of total stake.
fn payoff(shape: MarketShape, line: Option<Line>, legs: &[Leg], result: MatchResult) -> Option<f64> {
    legs.iter()
        .map(|leg| {
            let settlement = settle(shape, line, leg.outcome.0, leg.side, result)?;
            Some(leg.stake_fraction * (settlement.return_per_stake(leg.net_price) - 1.0))
        })
        .sum()
}

/// Integers near a line, from one where it is decided below to one where it is decided above.
fn around(line: Line) -> [i64; 5] {
    let floor = i64::from(line.thousandths()).div_euclid(1000);
    [floor - 1, floor, floor + 1, floor + 2, floor + 3]
}

fn is_close(a: f64, b: f64) -> bool {
    let distance = (a - b).max(b - a);
    distance <= TOLERANCE * (1.0 + a.max(-a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn leg(outcome: u16, side: Side, net_price: f64, stake_fraction: f64) -> Leg {
        Leg {
            market: MarketId(0),
            outcome: OutcomeIndex(outcome),
            bookmaker: BookmakerId(0),
            side,
            price: net_price,
            net_price,
            fair_probability: None,
            stake_fraction,
            limit: None,
            age_us: 0,
            seen_ts: Timestamp(0),
            changed_ts: Timestamp(0),
        }
    }

    /// Legs beyond the number up to which every result is settled, some of them lays, some outcomes twice and some never: against settling
    /// every leg over every result.
    #[test]
    fn many_legs_pay_what_settling_each_result_says() {
        let n = 90_u16;
        let legs: Vec<Leg> = (0..80)
            .map(|i: u16| {
                let side = if i % 7 == 3 { Side::Lay } else { Side::Back };
                leg(i * 5 % 60, side, 1.5 + f64::from(i), 0.001 * f64::from(i + 1))
            })
            .collect();
        let payoffs = payoffs_by_winner(MarketShape::Listed, n.into(), &legs);
        assert_eq!(payoffs.len(), usize::from(n));
        let mut seen = Vec::new();
        for (winner, found) in (0..n).zip(payoffs) {
            let each: f64 = legs
                .iter()
                .map(|leg| {
                    let wins = (leg.outcome.0 == winner) == (leg.side == Side::Back);
                    leg.stake_fraction * if wins { leg.net_price - 1.0 } else { -1.0 }
                })
                .sum();
            let found = found.expect("every result is decided");
            assert!((found - each).abs() < 1e-9, "{winner}: {found}, settled {each}");
            seen.push(each);
        }
        assert!(seen.iter().any(|payoff| (payoff - seen[0]).abs() > 0.1), "results differ: {seen:?}");
    }
}
