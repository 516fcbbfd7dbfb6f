//! The parts of a grade.

use crate::engine::{BetOn, FairFrom, QuoteNow};
use crate::ids::BookmakerId;
use crate::opportunity::{Figures, Kind, Leg, Opportunity, Reason};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::settlement::Settlement;

/// How one told opportunity turned out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Grade {
    /// Counts what was followed, from 0, in the order in which it was told.
    pub number: u64,
    /// As it was told first.
    pub told: Box<Opportunity>,
    /// The bets that are graded: of a low hold each side at the first of its bookmakers.
    pub legs: Vec<GradeLeg>,
    /// When the fixture was to start, as known when it was told.
    pub start: Option<Timestamp>,
    /// Do all legs stand in markets that the final result of the fixture settles (see [`result_of`](super::result_of))?
    pub is_settled_by_end: bool,
    /// One per horizon of the settings, in order; `None` where that moment never came.
    pub looks: Vec<Option<Look>>,
    /// Who moved first; `None` while nobody has, and of what was in play or over before anybody did.
    pub first_move: Option<FirstMove>,
    /// The best it was told at.
    pub peak: Peak,
    /// How often it was told again.
    pub updates: u32,
    /// How it went; `None` if it was still open.
    pub end: Option<End>,
    /// Its value at the close; `None` of what was told in play, and where there was no start or no reference before it.
    pub close: Option<Close>,
    /// What the result paid, or why that is not known.
    pub settled: Result<Settled, Unsettled>,
}

/// A bet that is graded.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradeLeg {
    /// On what.
    pub bet: BetOn,
    /// Where.
    pub bookmaker: BookmakerId,
    /// Decimal odds as shown when it was told.
    pub price: f64,
    /// After commission; of a lay as a back of "not o".
    pub net_price: f64,
    /// Of what the leg wins on when it was told: of an ev by the reference that leaves its bookmaker out, else by the one that leaves
    /// nobody out.
    pub fair_probability: Option<f64>,
    /// Share of the total stake; those of all legs sum to 1.
    pub stake_fraction: f64,
    /// The most that could be put at risk.
    pub limit: Option<f64>,
    /// Age of the quote in microseconds.
    pub age_us: i64,
}

impl GradeLeg {
    /// Whom its fair probability judges.
    pub(super) fn judged(&self, kind: Kind) -> Option<BookmakerId> {
        (kind == Kind::Ev).then_some(self.bookmaker)
    }
}

/// The same bets some time later.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Look {
    /// When: what happened at that time is in it.
    pub ts: Timestamp,
    /// Per leg.
    pub legs: Vec<LegLook>,
    /// The headline figure of these bets at the prices and references of now: ev, profit, hold; of a middle (Σ p)/S − 1, its expected
    /// payoff by the legs' fair probabilities p. `None` where a leg has no quote or what the figure needs is not known.
    pub figure: Option<f64>,
}

impl Look {
    /// Could every leg still be bet at the net price told, or a better one?
    #[must_use]
    pub fn is_executable(&self, legs: &[GradeLeg]) -> bool {
        let is_there = |(look, leg): (&LegLook, &GradeLeg)| {
            look.own.is_some_and(|quote| quote.net_price >= leg.net_price - PRICE_SLACK)
        };
        self.legs.iter().zip(legs).all(is_there)
    }
}

/// A net price that is less by this much is the same.
pub(super) const PRICE_SLACK: f64 = 1e-12;

/// One leg some time later.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LegLook {
    /// The quote that was told; `None` where it cannot be bet at.
    pub own: Option<QuoteNow>,
    /// The best quote on the same bet, of all bookmakers that the profile may use.
    pub best: Option<QuoteNow>,
    /// Of what the leg wins on, found as when it was told.
    pub fair_probability: Option<f64>,
}

/// Who moved first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FirstMove {
    /// Who.
    pub who: Mover,
    /// How long after it was told, in microseconds; 0 by a later instant of the same time.
    pub after_us: i64,
}

/// A leg, or what it is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mover {
    /// The price of a leg changed or could no longer be bet at: what the bookmaker of a price that was too high does.
    Leg,
    /// The reference changed, or there was none any more: what happens where not the price was behind, but what it was judged by.
    Reference,
    /// Both within one instant.
    Both,
}

impl Mover {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leg => "leg",
            Self::Reference => "reference",
            Self::Both => "both",
        }
    }
}

/// The best that an opportunity was told at.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Peak {
    /// When first.
    pub ts: Timestamp,
    /// See [`headline`].
    pub figure: f64,
}

/// How an opportunity went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct End {
    /// When.
    pub ts: Timestamp,
    /// Why.
    pub reason: Reason,
    /// How long it stood, in microseconds.
    pub lifetime_us: i64,
}

/// What the bets were worth by the last reference before the start.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Close {
    /// When: a microsecond before the start, or before the fixture was told to be in play; what had happened by then is in it.
    pub ts: Timestamp,
    /// Per leg.
    pub legs: Vec<LegClose>,
    /// Closing-line value per unit of total stake, Σ fraction × (fair probability × net price told) − 1: the expected value of the bets by
    /// the close. `None` unless every leg has a fair probability. Of an arbitrage over all outcomes it is the profit, whatever the close;
    /// each leg's own says more.
    pub value: Option<f64>,
}

/// One leg at the close.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LegClose {
    /// Of what the leg wins on, found as when it was told; where its line had no reference any more, by the ladder.
    pub fair_probability: Option<f64>,
    /// How that was found.
    pub from: Option<FairFrom>,
    /// Fair probability × net price told − 1.
    pub value: Option<f64>,
    /// The net price that its bookmaker closed at.
    pub net_price: Option<f64>,
}

/// What a result paid.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Settled {
    /// When the result came.
    pub ts: Timestamp,
    /// What became of each leg.
    pub legs: Vec<Settlement>,
    /// Profit per unit of total stake at the net prices told, by the stake fractions told: Σ fraction × return − 1.
    pub profit: f64,
    /// Was it called off, or a tie in a market that should have none? Then stakes came back and no guarantee told holds.
    pub is_off: bool,
}

/// Why there is no settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unsettled {
    /// The fixture is not over yet, or the recording ended before.
    Open,
    /// The fixture was forgotten without a result.
    Forgotten,
    /// The result told does not settle this market: another period, a participant's, a list.
    NoResult,
}

impl Grade {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.told.kind()
    }

    /// Expected payoff per unit of total stake as claimed: ev; profit; −hold; a middle's ev, else its worst.
    #[must_use]
    pub fn claimed(&self) -> f64 {
        let figure = headline(&self.told);
        if self.kind() == Kind::LowHold { -figure } else { figure }
    }

    /// The least payoff per unit of total stake that was claimed: the whole stake of an ev; `profit_min`; −hold; a middle's worst. What
    /// [is off](Settled::is_off) excepted, no settlement of an arbitrage or middle is below it.
    #[must_use]
    pub fn claimed_worst(&self) -> f64 {
        match &self.told.figures {
            Figures::Arbitrage(figures) => figures.profit_min,
            Figures::LowHold(figures) => -figures.hold,
            Figures::Ev(_) => -1.0,
            Figures::Middle(figures) => figures.worst,
        }
    }

    /// Age of its oldest leg when it was told, in microseconds.
    #[must_use]
    pub fn age_us(&self) -> i64 {
        self.legs.iter().map(|leg| leg.age_us).max().unwrap_or_default()
    }

    /// How long it stood; of what was still open `None`.
    #[must_use]
    pub fn lifetime_us(&self) -> Option<i64> {
        self.end.map(|end| end.lifetime_us)
    }
}

/// The figure that an opportunity is known by: ev; profit; hold; a middle's ev, else its worst.
#[must_use]
pub fn headline(opportunity: &Opportunity) -> f64 {
    match &opportunity.figures {
        Figures::Arbitrage(figures) => figures.profit,
        Figures::LowHold(figures) => figures.hold,
        Figures::Ev(figures) => figures.ev,
        Figures::Middle(figures) => figures.ev.unwrap_or(figures.worst),
    }
}

/// Is a headline figure better than another?
pub(super) fn is_better(kind: Kind, figure: f64, than: f64) -> bool {
    if kind == Kind::LowHold { figure < than } else { figure > than }
}

/// The bets of an opportunity as told.
pub(super) fn legs_of(told: &Opportunity) -> Vec<GradeLeg> {
    let of = |leg: &Leg| GradeLeg {
        bet: BetOn { market: leg.market, outcome: leg.outcome, side: leg.side },
        bookmaker: leg.bookmaker,
        price: leg.price,
        net_price: leg.net_price,
        fair_probability: leg.fair_probability,
        stake_fraction: leg.stake_fraction,
        limit: leg.limit,
        age_us: leg.age_us,
    };
    match &told.figures {
        Figures::Arbitrage(figures) => figures.legs.iter().map(of).collect(),
        Figures::Middle(figures) => figures.legs.iter().map(of).collect(),
        Figures::Ev(ev) => alloc::vec![GradeLeg {
            bet: BetOn { market: told.market, outcome: ev.outcome, side: ev.side },
            bookmaker: ev.bookmaker,
            price: ev.price,
            net_price: ev.net_price,
            fair_probability: Some(ev.fair_probability),
            stake_fraction: 1.0,
            limit: ev.limit,
            age_us: ev.age_us,
        }],
        Figures::LowHold(figures) => {
            let sides = figures.sides.iter().map(|side| GradeLeg {
                bet: BetOn { market: told.market, outcome: side.outcome, side: side.side },
                bookmaker: side.bookmakers.first().copied().unwrap_or_default(),
                price: side.price,
                net_price: side.net_price,
                fair_probability: side.fair_probability,
                stake_fraction: (1.0 / side.net_price) / figures.booksum,
                limit: None,
                age_us: side.age_us,
            });
            sides.collect()
        }
    }
}
