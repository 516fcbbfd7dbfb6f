//! One opportunity's bets: how much is asked for, what the bookmakers answer, how the rest is hedged, what a result pays.

use super::ledger::{Bet, Status};
use super::{Plan, Stakes};
use crate::engine::QuoteNow;
use crate::grade::draws::Draws;
use crate::grade::record::{Grade, GradeLeg, LegLook};
use crate::opportunity::Figures;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// The most that is staked at once, in cents: a thousand million. Bankrolls that compound beyond any book's would run out of numbers.
const MOST_STAKED: i64 = 100_000_000_000;

/// What all legs together are to be, in cents: by the plan, within the limits told.
pub(super) fn stake(grade: &Grade, plan: &Plan, bankroll: i64) -> i64 {
    let money = as_f64(bankroll.max(0));
    // A share of nothing is nothing, also of a bet that cannot lose, whose fraction has no bound.
    let kelly = |fraction: f64| if fraction > 0.0 { fraction.min(plan.most_share.max(0.0)) * money } else { 0.0 };
    let wanted = match plan.stakes {
        Stakes::Flat(cents) => as_f64(cents),
        Stakes::Kelly(share) => kelly(share * kelly_of(grade)),
        Stakes::Prudent => match &grade.told.figures {
            Figures::Ev(ev) => kelly(ev.kelly_prudent),
            _ => kelly(0.5 * kelly_of(grade)),
        },
    };
    let limits = grade.legs.iter().filter_map(|leg| Some(limit(leg.limit, plan)? / leg.stake_fraction));
    whole(limits.fold(wanted, f64::min)).min(MOST_STAKED)
}

/// The most that is taken, in cents.
fn limit(shown: Option<f64>, plan: &Plan) -> Option<f64> {
    let acceptance = &plan.acceptance;
    shown.map(|limit| limit * acceptance.limit_share).or(acceptance.unknown_limit).map(|limit| 100.0 * limit)
}

fn kelly_of(grade: &Grade) -> f64 {
    match &grade.told.figures {
        Figures::Ev(ev) => ev.kelly,
        Figures::Arbitrage(_) => f64::INFINITY,
        Figures::LowHold(_) => 0.0,
        Figures::Middle(middle) => match middle.middle_probability {
            _ if middle.worst >= 0.0 => f64::INFINITY,
            // (p·b − (1 − p)·a)/(a·b) of a bet that gains b with chance p and else loses a.
            Some(p) if middle.best > 0.0 => {
                let (gain, loss) = (middle.best, -middle.worst);
                (p * gain - (1.0 - p) * loss) / (gain * loss)
            }
            _ => 0.0,
        },
    }
}

/// Asks for one leg: its share of the total.
pub(super) fn ask(grade: &Grade, (index, place): (usize, usize), total: i64, plan: &Plan) -> Bet {
    let leg = &grade.legs[place];
    Bet {
        grade: index,
        leg: place,
        on: leg.bet,
        bookmaker: leg.bookmaker,
        placed_ts: grade.told.ts,
        elapsed_us: plan.acceptance.latency_us.max(0),
        price: leg.price,
        price_matched: leg.price,
        net_matched: leg.net_price,
        size: whole(as_f64(total) * leg.stake_fraction),
        size_matched: 0,
        profit: 0,
        status: Status::Gone,
        is_hedge: false,
        settlement: None,
        settled_ts: None,
    }
}

/// The bookmaker's answer.
pub(super) fn answer(bet: &mut Bet, grade: &Grade, plan: &Plan) {
    let acceptance = &plan.acceptance;
    let leg = &grade.legs[bet.leg];
    let mut draws = draws_of(grade, acceptance.seed).about(place_number(bet.leg));
    // Drawn in any case, so that other chances stay what they are.
    let (moved, rejected) = (draws.next_unit() < acceptance.moved_share, draws.next_unit() < acceptance.rejected_share);
    let quote = look(grade, acceptance.latency_us).and_then(|legs| legs[bet.leg].own);
    let Some(quote) = quote else { return };
    if quote.net_price < leg.net_price {
        (bet.price_matched, bet.net_matched) = (quote.price, quote.net_price);
    }
    if moved {
        let less = |price: f64| 1.0 + (price - 1.0) * (1.0 - acceptance.moved_by);
        (bet.price_matched, bet.net_matched) = (less_shown(bet, acceptance.moved_by), less(bet.net_matched));
    }
    bet.status = if rejected {
        Status::Rejected
    } else if bet.net_matched < leg.net_price * (1.0 - acceptance.tolerance) - 1e-12 || bet.net_matched <= 1.0 {
        Status::Worse
    } else {
        bet.size_matched = limit(quote.limit, plan).map_or(bet.size, |limit| bet.size.min(whole(limit).max(0)));
        match bet.size_matched {
            0 => Status::Limit,
            all if all == bet.size => Status::Matched,
            _ => Status::Partial,
        }
    };
    if bet.size_matched == 0 {
        (bet.price_matched, bet.net_matched) = (leg.price, leg.net_price);
    }
}

/// The price shown when winnings are less by a share: of a lay it is higher.
fn less_shown(bet: &Bet, by: f64) -> f64 {
    match bet.on.side {
        crate::Side::Back => 1.0 + (bet.price_matched - 1.0) * (1.0 - by),
        crate::Side::Lay => 1.0 + (bet.price_matched - 1.0) / (1.0 - by).max(1e-6),
    }
}

/// What could be bet at a while after the telling: per leg; `None` where that is not known, or the result has come. At 0 it is what was
/// told.
fn look(grade: &Grade, after_us: i64) -> Option<Vec<LegLook>> {
    if after_us <= 0 {
        let told = |leg: &GradeLeg| {
            let GradeLeg { bet, bookmaker, price, net_price, limit, .. } = *leg;
            let own = Some(QuoteNow { bet, bookmaker, price, net_price, limit });
            LegLook { own, best: own, fair_probability: leg.fair_probability }
        };
        return Some(grade.legs.iter().map(told).collect());
    }
    let at = grade.told.ts.plus_us(after_us);
    let is_over = |at: Timestamp| grade.settled.as_ref().is_ok_and(|settled| settled.ts <= at);
    grade.looks.iter().flatten().find(|look| look.ts == at && !is_over(at)).map(|look| look.legs.clone())
}

/// What became of one leg that was not matched in full.
pub(super) struct Hedged {
    pub(super) bet: Option<Bet>,
    /// What it cost more than as much of the leg would have at the price told, in cents.
    pub(super) extra: i64,
    /// What the rest would have cost at the price told, in cents.
    pub(super) open: i64,
}

/// Bets on what is missing, at the best prices some time later, with the money at hand.
pub(super) fn hedge(asked: &[Bet], grade: &Grade, plan: &Plan, mut at_hand: i64) -> Vec<Hedged> {
    let [_, after_us] = plan.acceptance.horizons();
    let look = look(grade, after_us);
    let paid = |bet: &Bet| as_f64(bet.size_matched) * bet.net_matched;
    // What every result is to pay: as much as the best that is matched.
    let payout = asked.iter().map(paid).fold(0.0, f64::max);
    let mut hedges = Vec::new();
    for bet in asked.iter().filter(|bet| bet.size_matched < bet.size) {
        let told = grade.legs[bet.leg].net_price;
        let missing = payout - paid(bet);
        let Some(quote) = look.as_ref().and_then(|legs| legs[bet.leg].best) else {
            hedges.push(Hedged { bet: None, extra: 0, open: whole(missing / told).max(0) });
            continue;
        };
        let wanted = whole(missing / quote.net_price).max(0);
        let most = limit(quote.limit, plan).map_or(i64::MAX, |limit| whole(limit).max(0));
        let size = wanted.min(most).min(at_hand.max(0));
        at_hand -= size;
        // What it pays in the place of the leg would have cost less at the price told.
        let extra = whole(as_f64(size) * (1.0 - quote.net_price / told));
        let open = if size < wanted { whole((missing - as_f64(size) * quote.net_price) / told).max(0) } else { 0 };
        let hedge = Bet {
            on: quote.bet,
            bookmaker: quote.bookmaker,
            elapsed_us: after_us.max(0),
            price: quote.price,
            price_matched: quote.price,
            net_matched: quote.net_price,
            size: wanted,
            size_matched: size,
            status: if size == wanted { Status::Matched } else { Status::Partial },
            is_hedge: true,
            ..*bet
        };
        hedges.push(Hedged { bet: Some(hedge).filter(|_| size > 0), extra, open });
    }
    hedges
}

/// What the result makes of a bet: that of its leg, since a hedge wins with the leg that it stands for.
pub(super) fn settle(bet: &mut Bet, grade: &Grade) {
    let Ok(settled) = &grade.settled else { return };
    let settlement = settled.legs[bet.leg];
    bet.settled_ts = Some(settled.ts);
    bet.settlement = Some(settlement);
    bet.profit = whole(as_f64(bet.size_matched) * settlement.profit_per_stake(bet.net_matched));
}

fn draws_of(grade: &Grade, seed: u64) -> Draws {
    let told = &grade.told;
    Draws::new(seed).about(told.id.0).about(u64::from(told.profile.0)).about(told.ts.0.unsigned_abs())
}

fn place_number(place: usize) -> u64 {
    u64::try_from(place).unwrap_or(u64::MAX)
}

/// Whole cents, rounded down; what is a millionth of a cent short is arithmetic.
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn whole(cents: f64) -> i64 {
    let cents = cents + 1e-6;
    let towards_zero = cents as i64;
    if as_f64(towards_zero) > cents { towards_zero - 1 } else { towards_zero }
}

#[expect(clippy::cast_precision_loss, reason = "amounts of money are below 2^53 cents")]
const fn as_f64(cents: i64) -> f64 {
    cents as f64
}
