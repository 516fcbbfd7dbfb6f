//! Payoffs and net prices of every opportunity are recomputed from the raw quotes by this simpler code before it leaves the engine.
//!
//! Net prices come from the quote and the commission again, what an arbitrage or a middle guarantees is checked result by result through
//! settlement, what a middle between half lines is worth from its two payoffs, and the fair probability of an ev is worked out again
//! from the shown prices of its reference, past every cache. Which quotes count is asked of the same function as everywhere.

use crate::books::{Books, QuoteKey};
use crate::config::Config;
use crate::ids::{BookmakerId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Arbitrage, Ev, Figures, Leg, Middle, Opportunity};
use alloc::vec::Vec;
use overround_math::commission::{Commission, lay_as_back};
use overround_math::devig::devig;
use overround_math::line::Line;
use overround_math::pool::pool_into;
use overround_math::settlement::{MarketShape, MatchResult, settle};

/// Figures may differ from their recomputation by rounding only.
const TOLERANCE: f64 = 1e-9;

/// Do the figures hold?
pub(crate) fn holds(books: &Books, opportunity: &Opportunity) -> bool {
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
                && fair_of(books, key, ev).is_some_and(|fair| is_close(fair, p))
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
fn fair_of(books: &Books, key: QuoteKey, ev: &Ev) -> Option<f64> {
    let market = &books.markets[key.market.index()];
    let rules = books.fair_rules(key.market);
    let (mut weights, mut columns) = (Vec::new(), Vec::new());
    for &bookmaker in &ev.reference.bookmakers {
        let prices: Vec<f64> = (0..market.n())
            .map(|outcome| {
                let outcome = OutcomeIndex(u16::try_from(outcome).ok()?);
                let key = QuoteKey { market: key.market, outcome, side: Side::Back, bookmaker };
                let (row, slot) = books.cell_of(key)?;
                let quote = books.grid.cells(market.block).quote(row, slot);
                books.obstacle(&books.gate(key.market), &quote, bookmaker).is_none().then(|| quote.price())
            })
            .collect::<Option<_>>()?;
        let mut column = alloc::vec![0.0; prices.len()];
        devig(ev.reference.method, &prices, &mut column).ok()?;
        columns.extend(column);
        let own = rules.bookmaker(bookmaker).weight_in(ev.reference.step);
        weights.push(own * books.freshness(market.fixture, bookmaker));
    }
    let mut fair = alloc::vec![0.0; market.n()];
    pool_into(rules.pool, &weights, &columns, &mut fair);
    let outcome = key.outcome.index();
    Some(match key.side {
        Side::Back => fair[outcome],
        // Of two outcomes a lay wins on the other one; fair probabilities need not sum to 1.
        Side::Lay if fair.len() == 2 => fair[1 - outcome],
        Side::Lay => 1.0 - fair[outcome],
    })
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
    let outcomes = u16::try_from(market.n()).unwrap_or(u16::MAX);
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
            for winner in 0..outcomes {
                let Some(payoff) = payoff(MatchResult::Winner(winner)) else { return false };
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
