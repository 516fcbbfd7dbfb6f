//! Playing grades with a bankroll, under a model of how bets are accepted.
//!
//! [`play`] bets on opportunities in the order in which they were told. It goes through time as a bettor does: what is staked depends on
//! nothing that came later, what was asked for is held until the answer, a hedge has only the money that is then at hand, and what is matched
//! is tied up until its result comes. Where none ever comes, the stake is tied up to the end; then it is given back and
//! [counted apart](Ledger::unsettled). [`Plan::only_by_end`] does not bet on what no final result settles.
//!
//! Money is whole cents (hundredths of the unit of the feed's limits): stakes are rounded down, profits are rounded against us, so that
//! the profits of all bets add up to what the bankroll gained, exactly.
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
//!    The whole opportunity is made smaller beforehand so that no leg exceeds the limits told, and left alone if a leg would be less
//!    than a cent; a limit that has shrunk since leaves a leg matched in part.
//! 4. Where some of several legs are matched and others not, the rest is hedged `hedge_after_us` later: on what is missing, at the best
//!    price then of any bookmaker that may be used, so much that every result pays as much as the legs that are matched. A hedge is not
//!    refused, but takes no more than the limits then allow and the money at hand. What it costs more than the leg would have is counted, and
//!    what stays open, too; there luck decides.
//! 5. What is asked for after the result came is refused.
//!
//! The moments of 1 and 4 must be [horizons](super::Settings::horizons_us) of the grades, which [`Acceptance::horizons`] names.

mod ask;
mod ledger;
mod play;

pub use ledger::{Bet, Ledger, Position, Status};
pub use play::play;

use super::record::Grade;
use crate::ids::ProfileId;
use crate::opportunity::{Kind, Kinds};

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
    /// Only in markets that the final result of a fixture settles, which is known when it is told: see
    /// [`Grade::is_settled_by_end`]. Else what no result comes for ties up its stake until the end.
    pub only_by_end: bool,
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
            only_by_end: false,
            repeat: Repeat::Once,
            acceptance: Acceptance::ideal(),
        }
    }

    /// Is it of a kind, view and market that are bet on, and told early enough?
    #[must_use]
    pub fn wants(&self, grade: &Grade) -> bool {
        let is_early = |lead: i64| {
            let start = grade.start.filter(|_| !grade.told.live);
            start.is_some_and(|start| start.since_us(grade.told.ts) >= lead)
        };
        self.kinds.contains(grade.kind())
            && self.profile.is_none_or(|profile| profile == grade.told.profile)
            && self.lead_us.is_none_or(is_early)
            && (grade.is_settled_by_end || !self.only_by_end)
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
