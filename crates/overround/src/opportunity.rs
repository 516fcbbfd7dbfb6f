//! Opportunity events: the engine's outputs.
//!
//! They are changes to a view: detected, updated and expired, summed up, equal [`Engine::opportunities`](crate::Engine::opportunities).

use crate::ids::{BookmakerId, FamilyId, FixtureId, MarketId, OpportunityId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::devig::Method;
use overround_math::line::Line;

/// One output of the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum OpportunityEvent {
    /// An opportunity that was not told as open before.
    Detected(Box<Opportunity>),
    /// An open opportunity changed enough to be told again.
    Updated(Box<Opportunity>),
    /// An open opportunity is gone.
    Expired(Expired),
}

impl OpportunityEvent {
    /// The opportunity's id.
    #[must_use]
    pub fn id(&self) -> OpportunityId {
        match self {
            Self::Detected(opportunity) | Self::Updated(opportunity) => opportunity.id,
            Self::Expired(expired) => expired.id,
        }
    }

    /// Whose view it is about.
    #[must_use]
    pub fn profile(&self) -> ProfileId {
        match self {
            Self::Detected(opportunity) | Self::Updated(opportunity) => opportunity.profile,
            Self::Expired(expired) => expired.profile,
        }
    }

    /// When it was told.
    #[must_use]
    pub fn ts(&self) -> Timestamp {
        match self {
            Self::Detected(opportunity) | Self::Updated(opportunity) => opportunity.ts,
            Self::Expired(expired) => expired.ts,
        }
    }

    /// The family that it is about, by which the outputs of an instant are ordered.
    #[must_use]
    pub fn family(&self) -> FamilyId {
        match self {
            Self::Detected(opportunity) | Self::Updated(opportunity) => opportunity.family,
            Self::Expired(expired) => expired.family,
        }
    }

    /// The opportunity's kind.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Detected(opportunity) | Self::Updated(opportunity) => opportunity.kind(),
            Self::Expired(expired) => expired.kind,
        }
    }
}

/// Kind of an opportunity, in the order of output within a family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Kind {
    /// A set of prices that wins whatever happens.
    Arbitrage,
    /// A market that costs almost nothing to play.
    LowHold,
    /// A price above its fair value (+EV).
    Ev,
    /// Two prices between whose lines both bets win.
    Middle,
}

impl Kind {
    /// All kinds in the order of output.
    pub const ALL: [Self; 4] = [Self::Arbitrage, Self::LowHold, Self::Ev, Self::Middle];

    /// The name in formats: `arbitrage`, `low_hold`, `ev`, `middle`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arbitrage => "arbitrage",
            Self::LowHold => "low_hold",
            Self::Ev => "ev",
            Self::Middle => "middle",
        }
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Kinds(u8);

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(0b1111);

    /// With this kind in.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    /// Is it in?
    #[must_use]
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    /// The kinds, sorted by name: arbitrage, ev, low_hold, middle.
    pub fn iter_by_name(self) -> impl Iterator<Item = Kind> {
        [Kind::Arbitrage, Kind::Ev, Kind::LowHold, Kind::Middle].into_iter().filter(move |&kind| self.contains(kind))
    }
}

/// An opportunity as told at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Opportunity {
    /// When this was told.
    pub ts: Timestamp,
    /// Identity; `(id, profile, detected_ts)` names an episode.
    pub id: OpportunityId,
    /// Whose view.
    pub profile: ProfileId,
    /// The fixture.
    pub fixture: FixtureId,
    /// The family.
    pub family: FamilyId,
    /// The market; of a middle the first leg's.
    pub market: MarketId,
    /// As fed with the first leg's quote.
    pub main: Option<bool>,
    /// Is the fixture in play?
    pub live: bool,
    /// When the episode was first told.
    pub detected_ts: Timestamp,
    /// What to be careful about; never a filter.
    pub warnings: Warnings,
    /// The figures of its kind.
    pub figures: Figures,
    /// Kinds of other opportunities told as open on the same market and profile at the end of this instant.
    pub also: Kinds,
}

impl Opportunity {
    /// One with nothing filled in, to be written over and over.
    pub(crate) fn blank(figures: Figures) -> Self {
        Self {
            ts: Timestamp(0),
            id: OpportunityId(0),
            profile: ProfileId(0),
            fixture: FixtureId(0),
            family: FamilyId(0),
            market: MarketId(0),
            main: None,
            live: false,
            detected_ts: Timestamp(0),
            warnings: Warnings::NONE,
            figures,
            also: Kinds::NONE,
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self.figures {
            Figures::Arbitrage(_) => Kind::Arbitrage,
            Figures::LowHold(_) => Kind::LowHold,
            Figures::Ev(_) => Kind::Ev,
            Figures::Middle(_) => Kind::Middle,
        }
    }
}

/// The figures of each kind. Fractions, never percent.
#[derive(Clone, Debug, PartialEq)]
pub enum Figures {
    /// Of an arbitrage.
    Arbitrage(Arbitrage),
    /// Of a low hold.
    LowHold(LowHold),
    /// Of a +EV.
    Ev(Ev),
    /// Of a middle.
    Middle(Middle),
}

/// A quote as part of an opportunity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The market (the two of a middle differ).
    pub market: MarketId,
    /// The outcome backed, or laid.
    pub outcome: OutcomeIndex,
    /// Where.
    pub bookmaker: BookmakerId,
    /// Back, or lay.
    pub side: Side,
    /// Decimal odds as shown.
    pub price: f64,
    /// After commission; of a lay as a back of "not o".
    pub net_price: f64,
    /// Of what the leg wins on (of a lay "not o"), by the reference that leaves nobody out.
    pub fair_probability: Option<f64>,
    /// Share of the total stake, in (0, 1); of a lay the liability's.
    pub stake_fraction: f64,
    /// The most that can be put at risk, in units of stake.
    pub limit: Option<f64>,
    /// Age in microseconds, ≥ 0.
    pub age_us: i64,
    /// Last accepted record for the quote.
    pub seen_ts: Timestamp,
    /// Last move of its price or activity.
    pub changed_ts: Timestamp,
}

/// A set of prices that wins whatever happens.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arbitrage {
    /// 1/booksum − 1: what it pays when every leg is decided.
    pub profit: f64,
    /// The least profit over all states of the result.
    pub profit_min: f64,
    /// Sum of 1/net price over the legs, in outcome order.
    pub booksum: f64,
    /// The same from prices as shown.
    pub gross_booksum: f64,
    /// One leg per outcome in outcome order; or back and lay of one outcome.
    pub legs: Vec<Leg>,
    /// The largest total stake, if every leg's limit is known.
    pub max_total_stake: Option<f64>,
    /// The bound from the limits that are known.
    pub max_total_stake_known: Option<f64>,
}

/// A market that costs almost nothing to play.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LowHold {
    /// 1 − 1/booksum; negative where the market pays, but less than an arbitrage must.
    pub hold: f64,
    /// Sum of 1/net price over the best prices, in outcome order.
    pub booksum: f64,
    /// Per outcome, in order.
    pub sides: Vec<LowHoldSide>,
}

/// The best price of one outcome, and everybody who has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LowHoldSide {
    /// The outcome backed, or laid.
    pub outcome: OutcomeIndex,
    /// All bookmakers tied at best on that side, in rank order.
    pub bookmakers: Vec<BookmakerId>,
    /// Back, or lay.
    pub side: Side,
    /// As shown by the first bookmaker.
    pub price: f64,
    /// After commission.
    pub net_price: f64,
    /// Of what the side wins on.
    pub fair_probability: Option<f64>,
    /// Age of the oldest of the tied quotes in microseconds.
    pub age_us: i64,
}

/// A price above its fair value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ev {
    /// The outcome backed, or laid.
    pub outcome: OutcomeIndex,
    /// Where.
    pub bookmaker: BookmakerId,
    /// Back, or lay.
    pub side: Side,
    /// Decimal odds as shown.
    pub price: f64,
    /// After commission; of a lay as a back of "not o".
    pub net_price: f64,
    /// Of what the bet wins on.
    pub fair_probability: f64,
    /// 1/fair probability.
    pub fair_price: f64,
    /// fair probability × net price − 1.
    pub ev: f64,
    /// Full Kelly fraction of the bankroll: ev/(net price − 1).
    pub kelly: f64,
    /// Kelly on a fair probability one standard error lower, discounted for size.
    pub kelly_prudent: f64,
    /// A score in [0, 1], not a probability.
    pub confidence: f64,
    /// Who moved last.
    pub class: EvClass,
    /// What it was judged by.
    pub reference: Reference,
    /// How many bookmakers have a counting quote of the same outcome and side.
    pub bookmakers: u32,
    /// The best of their prices as shown (of a lay the lowest).
    pub best_price: f64,
    /// The worst of them.
    pub worst_price: f64,
    /// The most that can be put at risk.
    pub limit: Option<f64>,
    /// Age in microseconds, ≥ 0.
    pub age_us: i64,
    /// Last accepted record for the quote.
    pub seen_ts: Timestamp,
    /// Last move of its price or activity.
    pub changed_ts: Timestamp,
}

/// Who moved last: the quote, or what it is judged by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvClass {
    /// At least half of the reference columns have changed since the quote did.
    Lagging,
    /// The quote changed last of all columns of the market, within the last 60 s.
    Leading,
    /// Neither.
    #[default]
    Steady,
}

impl EvClass {
    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lagging => "lagging",
            Self::Leading => "leading",
            Self::Steady => "steady",
        }
    }
}

/// What a +EV was judged by.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Which step found it.
    pub step: ReferenceStep,
    /// How the margin was removed.
    pub method: Method,
    /// Who took part, in rank order.
    pub bookmakers: Vec<BookmakerId>,
    /// The price of the outcome as shown, if a single bookmaker took part.
    pub price: Option<f64>,
    /// Age of the oldest quote of the columns that took part, in microseconds.
    pub age_us: i64,
}

impl Default for Reference {
    fn default() -> Self {
        let step = ReferenceStep::Anchor;
        Self { step, method: Method::Power, bookmakers: Vec::new(), price: None, age_us: 0 }
    }
}

/// How a reference was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceStep {
    /// The anchors that take part.
    Anchor,
    /// All that take part, one per group.
    Consensus,
}

impl ReferenceStep {
    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anchor => "anchor",
            Self::Consensus => "consensus",
        }
    }
}

/// Two prices between whose lines both bets win. Payoffs are per unit of total stake.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Middle {
    /// Leg A wins above this, in result space (a total, or the home margin).
    pub lower: Line,
    /// Leg B wins below this.
    pub upper: Line,
    /// The integers on which both legs win in full, ascending; of more than [`Self::MAX_NUMBERS`] the first.
    pub numbers: Vec<MiddleNumber>,
    /// Least payoff over all results.
    pub worst: f64,
    /// Greatest payoff over all results.
    pub best: f64,
    /// Sum of 1/net price of the two legs.
    pub booksum: f64,
    /// Probability of the numbers.
    pub middle_probability: Option<f64>,
    /// Where that probability is from.
    pub probability_from: Option<ProbabilityFrom>,
    /// Expected payoff.
    pub ev: Option<f64>,
    /// The probability of the numbers at which the expected payoff is 0.
    pub break_even: Option<f64>,
    /// middle_probability/(middle_probability + max(break_even, 0)).
    pub quality: Option<f64>,
    /// Leg A, then leg B.
    pub legs: Vec<Leg>,
}

impl Middle {
    /// The most numbers that are listed. More lie between lines that no bookmaker offers on one game; that a feed claims so does not make
    /// what is told, and kept, as long as it likes. Figures are of all numbers.
    pub const MAX_NUMBERS: usize = 1024;
}

/// One integer on which both legs of a middle win.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MiddleNumber {
    /// The total, or the home margin.
    pub n: i64,
    /// Its probability; `None` where only the sum over all numbers is known.
    pub probability: Option<f64>,
    /// Is it a key number of its sport? `None` for sports without a table.
    pub key: Option<bool>,
}

/// Where the probability of a middle is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbabilityFrom {
    /// The difference of fair probabilities at the two lines.
    Ladder,
    /// A model of the result.
    Model,
}

impl ProbabilityFrom {
    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ladder => "ladder",
            Self::Model => "model",
        }
    }
}

/// An open opportunity that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// When.
    pub ts: Timestamp,
    /// Identity.
    pub id: OpportunityId,
    /// Whose view.
    pub profile: ProfileId,
    /// Its kind.
    pub kind: Kind,
    /// The family it stood in.
    pub family: FamilyId,
    /// Why.
    pub reason: Reason,
    /// ts − detected_ts in microseconds.
    pub lifetime_us: i64,
}

/// Why an opportunity expired: the first that holds, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The fixture ended or was forgotten.
    Ended,
    /// The fixture started and a quote has not moved since.
    Started,
    /// A barrier fell and a quote has not moved since.
    Barrier,
    /// A quote was removed.
    Removed,
    /// A quote did not come again in a snapshot, or awaits one.
    Resync,
    /// A quote is suspended.
    Suspended,
    /// A quote's source is offline or stale by signal (or degraded, where that bars it).
    Source,
    /// A quote is too old.
    Stale,
    /// The configuration changed.
    Config,
    /// A figure passed its cap.
    Capped,
    /// The legs stand where they stood; what they are judged by moved.
    Reference,
    /// Prices moved.
    Price,
}

impl Reason {
    /// All reasons in the order in which they are tried.
    pub const ALL: [Self; 12] = [
        Self::Ended,
        Self::Started,
        Self::Barrier,
        Self::Removed,
        Self::Resync,
        Self::Suspended,
        Self::Source,
        Self::Stale,
        Self::Config,
        Self::Capped,
        Self::Reference,
        Self::Price,
    ];

    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Started => "started",
            Self::Barrier => "barrier",
            Self::Removed => "removed",
            Self::Resync => "resync",
            Self::Suspended => "suspended",
            Self::Source => "source",
            Self::Stale => "stale",
            Self::Config => "config",
            Self::Capped => "capped",
            Self::Reference => "reference",
            Self::Price => "price",
        }
    }
}

/// One thing to be careful about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Warning {
    /// A reference anchor's own price is an outlier.
    AnchorOutlier,
    /// A leg's source is degraded.
    DegradedSource,
    /// What a leg is judged by has moved since the leg did.
    LaggingLeg,
    /// The fixture is in play.
    Live,
    /// A leg is far from the median of the other bookmakers.
    Outlier,
    /// A push would cost some of the profit.
    PushPossible,
    /// All legs are at one bookmaker.
    SameBookmaker,
    /// The reference is a single bookmaker.
    SingleReference,
    /// Too good: profit or ev over 0.10.
    Suspicious,
    /// The legs' ages differ by more than 60 s.
    UnevenAges,
}

impl Warning {
    /// All warnings, sorted by name.
    pub const ALL: [Self; 10] = [
        Self::AnchorOutlier,
        Self::DegradedSource,
        Self::LaggingLeg,
        Self::Live,
        Self::Outlier,
        Self::PushPossible,
        Self::SameBookmaker,
        Self::SingleReference,
        Self::Suspicious,
        Self::UnevenAges,
    ];

    /// The name in formats.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnchorOutlier => "anchor_outlier",
            Self::DegradedSource => "degraded_source",
            Self::LaggingLeg => "lagging_leg",
            Self::Live => "live",
            Self::Outlier => "outlier",
            Self::PushPossible => "push_possible",
            Self::SameBookmaker => "same_bookmaker",
            Self::SingleReference => "single_reference",
            Self::Suspicious => "suspicious",
            Self::UnevenAges => "uneven_ages",
        }
    }
}

/// A set of warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Warnings(u16);

crate::code::code_newtype!(Kinds, Warnings);

impl Warnings {
    /// No warning.
    pub const NONE: Self = Self(0);

    /// Puts it in if `on`.
    pub fn set(&mut self, warning: Warning, on: bool) {
        if on {
            self.0 |= 1 << warning as u16;
        }
    }

    /// Is it in?
    #[must_use]
    pub const fn contains(self, warning: Warning) -> bool {
        self.0 & (1 << warning as u16) != 0
    }

    /// The set as bits, for snapshots.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// The warnings, sorted by name.
    pub fn iter(self) -> impl Iterator<Item = Warning> {
        Warning::ALL.into_iter().filter(move |&warning| self.contains(warning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn warnings_are_sorted_by_name() {
        let names = Warning::ALL.map(Warning::name);
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        for warning in Warning::ALL {
            assert_eq!(warning.name().replace('_', ""), alloc::format!("{warning:?}").to_lowercase());
        }
    }

    /// All sets of ten warnings.
    #[test]
    fn a_set_holds_what_was_put_in() {
        for bits in 0..1_u16 << Warning::ALL.len() {
            let is_in = |at: usize| bits >> at & 1 == 1;
            let mut set = Warnings::NONE;
            for (at, warning) in Warning::ALL.into_iter().enumerate() {
                set.set(warning, is_in(at));
            }
            let expected: Vec<Warning> =
                Warning::ALL.into_iter().enumerate().filter(|&(at, _)| is_in(at)).map(|(_, warning)| warning).collect();
            assert_eq!((set.iter().collect::<Vec<_>>(), set.bits()), (expected, bits));
        }
    }

    #[test]
    fn reasons_and_kinds_are_named_as_they_are_called() {
        let lower = |debug: alloc::string::String| debug.to_lowercase();
        for reason in Reason::ALL {
            assert_eq!(reason.name(), lower(alloc::format!("{reason:?}")));
        }
        for kind in Kind::ALL {
            assert_eq!(kind.name().replace('_', ""), lower(alloc::format!("{kind:?}")));
        }
        for from in [ProbabilityFrom::Ladder, ProbabilityFrom::Model] {
            assert_eq!(from.name(), lower(alloc::format!("{from:?}")));
        }
    }
}
