//! What came of playing.

use crate::engine::BetOn;
use crate::ids::BookmakerId;
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::settlement::Settlement;

/// What came of playing.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Ledger {
    /// Every bet asked for, in the order of the opportunities; of each its legs, then its hedges.
    pub bets: Vec<Bet>,
    /// Every opportunity bet on, by when it was told.
    pub positions: Vec<Position>,
    /// The bankroll after each time at which something was settled, stakes of what is not settled yet at their cost; it begins with the
    /// start.
    pub equity: Vec<(Timestamp, i64)>,
    /// Money to begin with.
    pub start: i64,
    /// Money at the end: `start` + the profits of all bets, stakes of what was never settled being given back.
    pub end: i64,
    /// Opportunities that the plan wants on which nothing was staked: Kelly says nothing, the limits are too small for every leg to have
    /// a cent, or no money was at hand.
    pub not_staked: u64,
    /// Opportunities bet on of which no result came: their stakes were tied up until the end, and are given back.
    pub unsettled: u64,
    /// Those stakes, in cents.
    pub unsettled_stake: i64,
    /// What all hedges cost more than as much of the legs they stand for would have at the price told, in cents.
    pub hedge_cost: i64,
    /// Legs that stayed open, or a part of them: nothing to hedge with, no limit or no money left for it.
    pub unhedged: u64,
    /// What those open parts would have cost at the prices told, in cents.
    pub unhedged_stake: i64,
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
    /// What was matched of all legs and hedges, in cents; 0 if everything was refused.
    pub stake: i64,
    /// What it gained, in cents.
    pub profit: i64,
    /// Were all legs matched as asked for?
    pub is_whole: bool,
    /// Did a result come?
    pub is_settled: bool,
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
    /// When the opportunity was told, which is when its legs were asked for.
    pub placed_ts: Timestamp,
    /// From then to the answer, in microseconds; of a hedge to the hedge's.
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
    /// What the result made of it, or would have of what was refused; `None` if none came.
    pub settlement: Option<Settlement>,
    /// When the result came.
    pub settled_ts: Option<Timestamp>,
}

/// What became of a bet when it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Status {
    /// Matched in full.
    Matched,
    /// Matched in part: the limit has shrunk; of a hedge, its limit or the money at hand was less than what was missing.
    Partial,
    /// Refused: the quote was gone.
    Gone,
    /// Refused: the price was worse than tolerated.
    Worse,
    /// Refused: the limit has shrunk to less than a cent.
    Limit,
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
            Self::Limit => "limit",
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

    /// What was matched in all of what a result came for.
    #[must_use]
    pub fn turnover(&self) -> i64 {
        self.positions.iter().filter(|position| position.is_settled).map(|position| position.stake).sum()
    }
}
