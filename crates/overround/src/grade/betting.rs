//! Playing grades with a bankroll, under a model of how bets are accepted.
//!
//! [`play`] bets on opportunities in the order in which they were told and settles them when their results come. Money is whole cents
//! (hundredths of the unit of the feed's limits): stakes are rounded down, profits are rounded against us, so that the profits of all bets add
//! up to what the bankroll gained, exactly.
//!
//! # How a bet is accepted
//!
//! [`Acceptance`] is deliberately simple; each part is switched off by 0.
//!
//! 1. Every leg is asked for at the price told, all at once, and reaches its bookmaker `latency_us` later. What the recording says of
//!    that moment decides: a quote that is gone is refused; one that is worse than `tolerance` allows, too; otherwise it is matched at the
//!    price shown then, or at the one told if that is lower (nobody is given more than was asked for).
//! 2. With the chance `moved_share` the price has moved against us although the recording does not show it: winnings are less by
//!    `moved_by`. With the chance `rejected_share` a leg is refused for no reason given. These chances depend on the seed and the leg alone.
//! 3. Nothing larger than `limit_share` of the limit shown is taken, then as when told; where none is shown, no more than `unknown_limit`.
//!    The whole opportunity is made smaller beforehand so that no leg exceeds the limits told; a limit that has shrunk since leaves a leg
//!    matched in part.
//! 4. Where some of several legs are matched and others not, the rest is hedged `hedge_after_us` later: on what is missing, at the best
//!    price then of any bookmaker that may be used, so much that every result pays the same again. It is not refused. What it costs more
//!    than the leg would have is counted. Without a price the leg stays open, and luck decides.
//!
//! The moments of 1 and 4 must be [horizons](super::Settings::horizons_us) of the grades, which [`Acceptance::horizons`] names.

use super::draws::Draws;
use super::record::{Grade, GradeLeg, LegLook};
use crate::engine::{BetOn, QuoteNow};
use crate::ids::{BookmakerId, OpportunityId, ProfileId};
use crate::opportunity::{Figures, Kind, Kinds};
use crate::time::Timestamp;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use overround_math::settlement::Settlement;

/// How bets are accepted.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Acceptance {
    /// From told to the bookmaker's answer, in microseconds; 0: at the prices told.
    pub latency_us: i64,
    /// The share by which a net price may be lower than told and is still taken, in [0, 1).
    pub tolerance: f64,
    /// The chance that a price has moved against us unseen.
    pub moved_share: f64,
    /// By which share its winnings are then less, in [0, 1].
    pub moved_by: f64,
    /// The chance that a leg is refused.
    pub rejected_share: f64,
    /// Which share of a limit is taken.
    pub limit_share: f64,
    /// What is taken where no limit is shown, in units of the feed; `None`: anything.
    pub unknown_limit: Option<f64>,
    /// From the first answer to the hedge's, in microseconds.
    pub hedge_after_us: i64,
    /// All chance depends on it.
    pub seed: u64,
}

impl Acceptance {
    /// Everything is taken at once, at the prices told, within the limits shown.
    #[must_use]
    pub const fn ideal() -> Self {
        Self {
            latency_us: 0,
            tolerance: 0.0,
            moved_share: 0.0,
            moved_by: 0.0,
            rejected_share: 0.0,
            limit_share: 1.0,
            unknown_limit: None,
            hedge_after_us: 2_000_000,
            seed: 0,
        }
    }

    /// A bot that is not slow, and bookmakers that are not generous: an answer after 2 s, 1 % tolerance, every tenth price moved by 2 % of its
    /// winnings, every tenth bet refused, half of a limit, 200 where none is shown, a hedge 3 s later. Made up, not measured: put in
    /// your own.
    #[must_use]
    pub const fn cautious() -> Self {
        Self {
            latency_us: 2_000_000,
            tolerance: 0.01,
            moved_share: 0.1,
            moved_by: 0.02,
            rejected_share: 0.1,
            limit_share: 0.5,
            unknown_limit: Some(200.0),
            hedge_after_us: 3_000_000,
            seed: 0,
        }
    }

    /// The moments after the telling at which it must be known what could be bet at: those above 0 must be among the horizons.
    #[must_use]
    pub const fn horizons(&self) -> [i64; 2] {
        [self.latency_us, self.latency_us.saturating_add(self.hedge_after_us)]
    }
}

/// How much is bet.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Stakes {
    /// This much on every opportunity, all legs together, in cents.
    Flat(i64),
    /// This share of the Kelly fraction of the bankroll: 1 is full Kelly. Of an ev that told; of a middle that of a bet with its chances, its
    /// best payoff and its worst; of an arbitrage, which has none, all that [`Plan::most_share`] allows. Of a low hold nothing.
    Kelly(f64),
    /// The prudent Kelly fraction told with an ev; of other kinds as `Kelly(0.5)`.
    Prudent,
}

/// What is bet on, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// Money to begin with, in cents.
    pub bankroll: i64,
    /// How much on each.
    pub stakes: Stakes,
    /// The largest share of the bankroll that Kelly stakes put on one opportunity.
    pub most_share: f64,
    /// Which kinds.
    pub kinds: Kinds,
    /// Whose view; `None`: everybody's, each view's bets by themselves but from one bankroll.
    pub profile: Option<ProfileId>,
    /// Only what is told at least this long before the start, in microseconds: nothing in play, and nothing whose start is not known.
    /// `None`: whenever it is told.
    pub lead_us: Option<i64>,
    /// Is an opportunity that went and came again bet on again?
    pub repeat: Repeat,
    /// How bets are accepted.
    pub acceptance: Acceptance,
}

impl Plan {
    /// 100.00 on each ev, arbitrage and middle the first time it is told, out of 10,000.00, accepted ideally; at most 5 % of the bankroll.
    #[must_use]
    pub const fn flat() -> Self {
        Self {
            bankroll: 1_000_000,
            stakes: Stakes::Flat(10_000),
            most_share: 0.05,
            kinds: Kinds::NONE.with(Kind::Arbitrage).with(Kind::Ev).with(Kind::Middle),
            profile: None,
            lead_us: None,
            repeat: Repeat::Once,
            acceptance: Acceptance::ideal(),
        }
    }

    /// Is it of a kind and view that are bet on, and told early enough?
    #[must_use]
    pub fn wants(&self, grade: &Grade) -> bool {
        let is_early = |lead: i64| {
            let start = grade.start.filter(|_| !grade.told.live);
            start.is_some_and(|start| start.since_us(grade.told.ts) >= lead)
        };
        self.kinds.contains(grade.kind())
            && self.profile.is_none_or(|profile| profile == grade.told.profile)
            && self.lead_us.is_none_or(is_early)
    }

    /// The same with other stakes.
    #[must_use]
    pub const fn with_stakes(mut self, stakes: Stakes) -> Self {
        self.stakes = stakes;
        self
    }
}

/// What becomes of an opportunity that is detected again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Bet on the first time only.
    Once,
    /// Bet on every time.
    Every,
}

/// What came of playing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ledger {
    /// Every bet asked for, by when it was placed.
    pub bets: Vec<Bet>,
    /// Every opportunity bet on, in the same order.
    pub positions: Vec<Position>,
    /// The bankroll after each time at which something was settled, stakes of what is not settled yet at their cost; it begins with the
    /// start.
    pub equity: Vec<(Timestamp, i64)>,
    /// Money to begin with.
    pub start: i64,
    /// Money at the end: `start` + the profits of all bets.
    pub end: i64,
    /// Settled opportunities of the plan's kinds on which nothing was staked: Kelly says nothing, the bankroll is empty, or the limits are.
    pub not_staked: u64,
    /// Opportunities of the plan's kinds left out because their result is not known.
    pub unsettled: u64,
    /// What all hedges cost more than the legs they stand for would have, in cents.
    pub hedge_cost: i64,
    /// Legs that stayed open because there was nothing to hedge with.
    pub unhedged: u64,
}

/// An opportunity that was bet on.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Position {
    /// Its place in the list of grades.
    pub grade: usize,
    /// Its first bet and how many there are.
    pub first_bet: usize,
    /// How many bets, hedges among them.
    pub bets: usize,
    /// What was matched of all legs, in cents.
    pub stake: i64,
    /// What it gained, in cents.
    pub profit: i64,
    /// Were all legs matched as asked for?
    pub is_whole: bool,
}

/// One bet asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Bet {
    /// The place of its opportunity in the list of grades.
    pub grade: usize,
    /// Which leg; of a hedge the one that it stands for.
    pub leg: usize,
    /// On what.
    pub on: BetOn,
    /// Where.
    pub bookmaker: BookmakerId,
    /// When it was asked for.
    pub placed_ts: Timestamp,
    /// From the telling to the answer, in microseconds.
    pub elapsed_us: i64,
    /// Decimal odds asked for, as shown.
    pub price: f64,
    /// Decimal odds matched; those of a refused bet are those asked for.
    pub price_matched: f64,
    /// After commission; of a lay as a back of "not o".
    pub net_matched: f64,
    /// What was asked for, at risk, in cents; of a lay the liability.
    pub size: i64,
    /// What was matched.
    pub size_matched: i64,
    /// What it gained.
    pub profit: i64,
    /// What became of it when it was asked for.
    pub status: Status,
    /// Is it a hedge?
    pub is_hedge: bool,
    /// What the result made of it.
    pub settlement: Settlement,
    /// When the result came.
    pub settled_ts: Timestamp,
}

/// What became of a bet when it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Status {
    /// Matched in full.
    Matched,
    /// Matched in part: the limit has shrunk.
    Partial,
    /// Refused: the quote was gone.
    Gone,
    /// Refused: the price was worse than tolerated.
    Worse,
    /// Refused for no reason given.
    Rejected,
}

impl Status {
    /// The name in bet logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Partial => "partial",
            Self::Gone => "gone",
            Self::Worse => "worse",
            Self::Rejected => "rejected",
        }
    }
}

impl Ledger {
    /// The greatest fall of the bankroll from a height that it had reached, in cents.
    #[must_use]
    pub fn drawdown(&self) -> i64 {
        let (mut height, mut fall) = (i64::MIN, 0);
        for &(_, money) in &self.equity {
            height = height.max(money);
            fall = fall.max(height - money);
        }
        fall
    }

    /// What was matched in all.
    #[must_use]
    pub fn turnover(&self) -> i64 {
        self.bets.iter().map(|bet| bet.size_matched).sum()
    }
}

/// Plays grades by a plan. Only what is settled is bet on: what became of the rest is not known.
///
/// Bets are placed in the order of their telling, at ties by number; what is settled at a time is paid before what is told then is bet on.
/// The bankroll that Kelly goes by counts open stakes at their cost, but no more is staked than is at hand.
#[must_use]
pub fn play(grades: &[Grade], plan: &Plan) -> Ledger {
    let mut ledger = Ledger {
        bets: Vec::new(),
        positions: Vec::new(),
        equity: Vec::new(),
        start: plan.bankroll,
        end: plan.bankroll,
        not_staked: 0,
        unsettled: 0,
        hedge_cost: 0,
        unhedged: 0,
    };
    let mut order: Vec<usize> = (0..grades.len()).filter(|&index| plan.wants(&grades[index])).collect();
    order.sort_by_key(|&index| (grades[index].told.ts, grades[index].number));
    ledger.equity.extend(order.first().map(|&index| (grades[index].told.ts, plan.bankroll)));
    let mut seen: BTreeSet<(OpportunityId, ProfileId)> = BTreeSet::new();
    let mut unpaid: BTreeMap<(Timestamp, usize), Position> = BTreeMap::new();
    let mut cash = plan.bankroll;
    for index in order {
        let grade = &grades[index];
        while let Some(entry) = unpaid.first_entry().filter(|entry| entry.key().0 <= grade.told.ts) {
            let ((ts, _), position) = entry.remove_entry();
            cash = cash.saturating_add(position.stake.saturating_add(position.profit));
            ledger.pay(ts, position);
        }
        if plan.repeat == Repeat::Once && !seen.insert((grade.told.id, grade.told.profile)) {
            continue;
        }
        let Ok(settled) = &grade.settled else {
            ledger.unsettled += 1;
            continue;
        };
        let total = stake(grade, plan, ledger.end).min(cash);
        if total < 1 {
            ledger.not_staked += 1;
            continue;
        }
        let position = place(&mut ledger, grades, index, plan, (total, cash));
        cash -= position.stake;
        unpaid.insert((settled.ts, ledger.positions.len()), position);
        ledger.positions.push(position);
    }
    for ((ts, _), position) in unpaid {
        ledger.pay(ts, position);
    }
    ledger
}

impl Ledger {
    fn pay(&mut self, ts: Timestamp, position: Position) {
        self.end = self.end.saturating_add(position.profit);
        match self.equity.as_mut_slice() {
            // The first is the start.
            [_, .., last] if last.0 == ts => last.1 = self.end,
            _ => self.equity.push((ts, self.end)),
        }
    }
}

/// The most that is staked at once, in cents: a thousand million. Bankrolls that compound beyond any book's would run out of numbers.
const MOST_STAKED: i64 = 100_000_000_000;

/// What all legs together are to be, in cents: by the plan, within the limits told.
fn stake(grade: &Grade, plan: &Plan, bankroll: i64) -> i64 {
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

/// Bets on one opportunity: `money` is what is to be staked, and what is at hand.
fn place(ledger: &mut Ledger, grades: &[Grade], index: usize, plan: &Plan, money: (i64, i64)) -> Position {
    let grade = &grades[index];
    let (total, at_hand) = money;
    let first_bet = ledger.bets.len();
    let at_answer = look(grade, plan.acceptance.latency_us);
    for (place, leg) in grade.legs.iter().enumerate() {
        let size = whole(as_f64(total) * leg.stake_fraction);
        let bet = ask_for(grade, (index, place), leg, size, at_answer.as_ref().map(|legs| legs[place]), plan);
        ledger.bets.push(bet);
    }
    let legs = first_bet..ledger.bets.len();
    let is_whole = ledger.bets[legs.clone()].iter().all(|bet| bet.size_matched == bet.size);
    let any = ledger.bets[legs.clone()].iter().any(|bet| bet.size_matched > 0);
    if !is_whole && any && grade.legs.len() > 1 {
        let staked: i64 = ledger.bets[legs.clone()].iter().map(|bet| bet.size_matched).sum();
        hedge(ledger, grade, legs, plan, at_hand - staked);
    }
    let bets = &ledger.bets[first_bet..];
    Position {
        grade: index,
        first_bet,
        bets: bets.len(),
        stake: bets.iter().map(|bet| bet.size_matched).sum(),
        profit: bets.iter().map(|bet| bet.profit).sum(),
        is_whole,
    }
}

/// What could be bet at a while after the telling: per leg; `None` where that is not known. At 0 it is what was told.
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
    grade.looks.iter().flatten().find(|look| look.ts == at).map(|look| look.legs.clone())
}

/// Asks for one leg.
fn ask_for(
    grade: &Grade,
    (index, place): (usize, usize),
    leg: &GradeLeg,
    size: i64,
    look: Option<LegLook>,
    plan: &Plan,
) -> Bet {
    let acceptance = &plan.acceptance;
    let mut draws = draws_of(grade, acceptance.seed).about(place_number(place));
    // Drawn in any case, so that other chances stay what they are.
    let (moved, rejected) = (draws.next_unit() < acceptance.moved_share, draws.next_unit() < acceptance.rejected_share);
    let mut bet = Bet {
        grade: index,
        leg: place,
        on: leg.bet,
        bookmaker: leg.bookmaker,
        placed_ts: grade.told.ts,
        elapsed_us: acceptance.latency_us.max(0),
        price: leg.price,
        price_matched: leg.price,
        net_matched: leg.net_price,
        size,
        size_matched: 0,
        profit: 0,
        status: Status::Gone,
        is_hedge: false,
        settlement: Settlement::Push,
        settled_ts: grade.told.ts,
    };
    settle(&mut bet, grade);
    let Some(quote) = look.and_then(|look| look.own) else { return bet };
    if quote.net_price < leg.net_price {
        (bet.price_matched, bet.net_matched) = (quote.price, quote.net_price);
    }
    if moved {
        let less = |price: f64| 1.0 + (price - 1.0) * (1.0 - acceptance.moved_by);
        (bet.price_matched, bet.net_matched) = (less_shown(&bet, acceptance.moved_by), less(bet.net_matched));
    }
    let status = if rejected {
        Status::Rejected
    } else if bet.net_matched < leg.net_price * (1.0 - acceptance.tolerance) - 1e-12 || bet.net_matched <= 1.0 {
        Status::Worse
    } else {
        bet.size_matched = limit(quote.limit, plan).map_or(size, |limit| size.min(whole(limit)));
        if bet.size_matched == size { Status::Matched } else { Status::Partial }
    };
    bet.status = status;
    if bet.size_matched == 0 {
        (bet.price_matched, bet.net_matched) = (leg.price, leg.net_price);
    }
    settle(&mut bet, grade);
    bet
}

/// The price shown when winnings are less by a share: of a lay it is higher.
fn less_shown(bet: &Bet, by: f64) -> f64 {
    match bet.on.side {
        crate::Side::Back => 1.0 + (bet.price_matched - 1.0) * (1.0 - by),
        crate::Side::Lay => 1.0 + (bet.price_matched - 1.0) / (1.0 - by).max(1e-6),
    }
}

/// Bets on what is missing, at the best prices some time later.
fn hedge(ledger: &mut Ledger, grade: &Grade, legs: core::ops::Range<usize>, plan: &Plan, mut at_hand: i64) {
    let [_, after_us] = plan.acceptance.horizons();
    let look = look(grade, after_us);
    let asked: Vec<Bet> = ledger.bets[legs].to_vec();
    // What every result was to pay.
    let payout = asked.iter().map(|bet| as_f64(bet.size) * grade.legs[bet.leg].net_price).fold(0.0, f64::max);
    for bet in asked.iter().filter(|bet| bet.size_matched < bet.size) {
        let quote = look.as_ref().and_then(|legs| legs[bet.leg].best);
        let Some(quote) = quote else {
            ledger.unhedged += 1;
            continue;
        };
        let missing = payout - as_f64(bet.size_matched) * bet.net_matched;
        let size = whole(missing / quote.net_price).min(at_hand).max(0);
        at_hand -= size;
        ledger.hedge_cost += size - (bet.size - bet.size_matched);
        let mut hedge = Bet {
            on: quote.bet,
            bookmaker: quote.bookmaker,
            elapsed_us: after_us.max(0),
            price: quote.price,
            price_matched: quote.price,
            net_matched: quote.net_price,
            size,
            size_matched: size,
            status: Status::Matched,
            is_hedge: true,
            ..*bet
        };
        settle(&mut hedge, grade);
        ledger.bets.push(hedge);
    }
}

/// What the result makes of a bet: that of its leg, since a hedge wins with the leg that it stands for.
fn settle(bet: &mut Bet, grade: &Grade) {
    let Ok(settled) = &grade.settled else { return };
    bet.settled_ts = settled.ts;
    bet.settlement = settled.legs[bet.leg];
    bet.profit = whole(as_f64(bet.size_matched) * bet.settlement.profit_per_stake(bet.net_matched));
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
