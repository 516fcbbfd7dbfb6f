//! A market as it stands: quotes, columns, and who is asked for fair probabilities.

use crate::config::ReferenceMode;
use crate::ids::{BookmakerId, FamilyId, FeedId, FixtureId, MarketId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Reason, ReferenceStep};
use crate::time::Timestamp;
use alloc::vec::Vec;
use core::fmt;
use overround_math::commission::Commission;
use overround_math::devig::Method;
use overround_math::line::Line;
use overround_math::pool::Pool;

/// One market as it stands, for one profile.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MarketView {
    /// Which.
    pub market: MarketId,
    /// Whose view: faults and commissions are the profile's.
    pub profile: ProfileId,
    /// Its fixture.
    pub fixture: FixtureId,
    /// Its family.
    pub family: FamilyId,
    /// Its canonical line.
    pub line: Option<Line>,
    /// Is the fixture in play?
    pub live: bool,
    /// The fixture's start.
    pub start: Option<Timestamp>,
    /// Quotes that have not moved since the start do not count: the start has passed, and the rules say so.
    pub start_barrier: Option<Timestamp>,
    /// The fixture's latest barrier.
    pub barrier: Option<Timestamp>,
    /// The greatest age at which a quote counts, in microseconds; `None`: any.
    pub max_age_us: Option<i64>,
    /// All quotes of bookmakers that have any here, and gaps where one of those has no back quote: back before lay, by outcome, in rank
    /// order.
    pub quotes: Vec<QuoteView>,
    /// Each bookmaker's back prices, in rank order.
    pub columns: Vec<ColumnView>,
    /// The reference that judges nobody: legs' fair probabilities are from it.
    pub reference: ReferenceView,
}

/// One quote as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct QuoteView {
    /// The outcome.
    pub outcome: OutcomeIndex,
    /// Back or lay.
    pub side: Side,
    /// Whose.
    pub bookmaker: BookmakerId,
    /// Decimal odds as shown; `None` if there is no quote, or one that never had a price.
    pub price: Option<f64>,
    /// What the bookmaker charges this profile.
    pub commission: Option<Commission>,
    /// The price after commission, of a lay as a back of "not o"; `None` where it is no price to bet at.
    pub net_price: Option<f64>,
    /// The largest stake as fed.
    pub limit: Option<f64>,
    /// The bookmaker's main line?
    pub main: Option<bool>,
    /// Which feed wrote it last.
    pub feed: FeedId,
    /// Last accepted record for it.
    pub seen_ts: Timestamp,
    /// Last move of its price or activity.
    pub changed_ts: Timestamp,
    /// The bookmaker's own time of the price.
    pub source_ts: Option<Timestamp>,
    /// Microseconds since `source_ts`, or since it was seen; never negative. This is what is compared with the greatest age.
    pub age_us: i64,
    /// The freshness weight of its source for this fixture: 1 primary, 0.5 degraded or unknown, 0 offline or stale.
    pub freshness: f64,
    /// Why it cannot be used by the profile; `None` if it can.
    pub fault: Option<QuoteFault>,
}

/// Why a quote cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuoteFault {
    /// It does not count. [`Reason::Removed`] where there is none, however it went, and where there never was one.
    DoesNotCount(Reason),
    /// The profile may not use the bookmaker: it is not in its list.
    NotListed,
    /// The bookmaker is never a leg: it is in `legs.exclude`.
    Excluded,
    /// After commission there is no price above 1 (or, of a lay, one over 1,000,000).
    NoNetPrice,
}

/// One bookmaker's back prices in a market, and what can be made of them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ColumnView {
    /// Whose.
    pub bookmaker: BookmakerId,
    /// By outcome: the price as shown where the quote counts.
    pub prices: Vec<Option<f64>>,
    /// Σ 1/price, if complete.
    pub booksum: Option<f64>,
    /// Margin per outcome, (booksum − 1)/n, if complete.
    pub margin: Option<f64>,
    /// What removing the margin gives, if there is an answer; whether it takes part in references or not.
    pub fair: Option<Vec<f64>>,
    /// The method's parameter (see [`Method`]).
    pub param: Option<f64>,
    /// Why it takes no part in references, weights apart.
    pub fault: Option<ColumnFault>,
    /// Weight among the anchors; `None` if it is none.
    pub anchor_weight: Option<f64>,
    /// Weight in a consensus.
    pub weight: f64,
    /// Number of its group in `fair.groups`.
    pub group: Option<u32>,
    /// The freshness weight of its source.
    pub freshness: f64,
    /// Age of its oldest counting quote, in microseconds.
    pub age_us: Option<i64>,
    /// The latest change of its counting quotes.
    pub changed_ts: Option<Timestamp>,
}

/// Why a column takes no part in references.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum ColumnFault {
    /// It lacks a counting quote for this outcome, and maybe for later ones.
    Incomplete(OutcomeIndex),
    /// Its booksum is below `fair.reference_booksum_min`.
    Booksum {
        /// Σ 1/price.
        booksum: f64,
        /// The least.
        min: f64,
    },
    /// Its margin per outcome is above `fair.reference_margin_max`.
    Margin {
        /// (booksum − 1)/n.
        margin: f64,
        /// The greatest.
        max: f64,
    },
    /// The method has no answer strictly inside (0, 1).
    NoAnswer(Method),
}

/// Who was asked for fair probabilities, and what came of it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ReferenceView {
    /// Whom it judges: left out with its group.
    pub judged: Option<BookmakerId>,
    /// Which steps are tried.
    pub mode: ReferenceMode,
    /// How margins are removed.
    pub method: Method,
    /// How columns are pooled.
    pub pool: Pool,
    /// Fewest bookmakers of a consensus.
    pub min_books: u32,
    /// Steps tried, in order; the last one is the reference if there is one.
    pub steps: Vec<StepView>,
    /// The pooled probability of each outcome, or why there is none.
    pub fair: Result<Vec<f64>, NoReference>,
}

/// One step of a reference.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepView {
    /// Which.
    pub step: ReferenceStep,
    /// Who was asked, in rank order.
    pub entries: Vec<StepEntry>,
}

/// A bookmaker in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct StepEntry {
    /// Who.
    pub bookmaker: BookmakerId,
    /// Its weight with freshness in, or why it is left out.
    pub weight: Result<f64, LeftOut>,
}

/// Why a bookmaker is left out of a reference.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum LeftOut {
    /// In the step of the anchors: it is none.
    NotAnAnchor,
    /// Its configured weight is 0.
    NoWeight,
    /// It is the one that is judged.
    Judged,
    /// It is in a group with the one that is judged.
    GroupOfJudged,
    /// One of its group takes part already.
    GroupTaken,
    /// Its source is offline or stale.
    Source,
    /// Its column takes no part: see [`ColumnView::fault`].
    Column,
    /// Of a ladder: it does not quote the other line.
    OneLine,
    /// Of a ladder: its column on the upper line takes no part.
    UpperColumn,
    /// Of a ladder: "above" is likelier on the upper line than on the lower one, by that much.
    Negative(f64),
}

/// Why there is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoReference {
    /// No anchor takes part, and the mode is `anchor`.
    NoAnchor,
    /// No anchor takes part, and the judged bookmaker is itself an anchor: those are never judged by a consensus.
    JudgedIsAnchor,
    /// Fewer bookmakers take part than a consensus needs.
    TooFew {
        /// How many do.
        members: u32,
        /// How many must.
        needed: u32,
    },
}

impl fmt::Display for NoReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnchor => f.write_str("no anchor takes part, and fair.mode is \"anchor\""),
            Self::JudgedIsAnchor => {
                f.write_str("no other anchor takes part, and an anchor is never judged by a consensus")
            }
            Self::TooFew { members, needed } => {
                write!(f, "too few take part in the consensus: {members}, where fair.min_books asks for {needed}")
            }
        }
    }
}

impl LeftOut {
    /// The reason in a few words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::NotAnAnchor => "not an anchor",
            Self::NoWeight => "weight 0",
            Self::Judged => "is the one judged",
            Self::GroupOfJudged => "in a group with the one judged",
            Self::GroupTaken => "one of its group takes part already",
            Self::Source => "source offline or stale",
            Self::Column => "column takes no part",
            Self::OneLine => "does not quote the upper line",
            Self::UpperColumn => "column on the upper line takes no part",
            Self::Negative(_) => "above is likelier on the upper line than on the lower",
        }
    }
}

impl fmt::Display for ColumnFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete(_) => f.write_str("incomplete"),
            Self::Booksum { booksum, min } => {
                write!(f, "booksum {booksum:.4} below fair.reference_booksum_min {min}")
            }
            Self::Margin { margin, max } => {
                write!(f, "margin per outcome {margin:.4} above fair.reference_margin_max {max}")
            }
            Self::NoAnswer(method) => write!(f, "no answer of {method} strictly inside (0, 1)"),
        }
    }
}
