//! Why something is told, and why something is not.
//!
//! [`Engine::explain`](crate::Engine::explain) takes an open opportunity apart; [`Engine::why_not`](crate::Engine::why_not) goes through
//! everything that could be told of some markets and says of each what stands in its way. Both ask the functions that detection asks, so
//! that a comparison shown here is the comparison that decided. They change nothing that can be seen from outside.
//!
//! ```
//! use overround::explain::{Miss, Query, Verdict};
//! use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape};
//! use overround::opportunity::Kind;
//! use overround::{BookmakerId, Config, Engine, FamilyId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp};
//!
//! let mut engine = Engine::new(Config::recorded())?;
//! # let (sport, league, start, live) = (None, None, None, None);
//! let events = [
//!     OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(0), key: Key::of("final"), sport, league, start, live }),
//!     OddsEvent::Market(Box::new(MarketDefinition {
//!         market: MarketId(0),
//!         family: FamilyId(0),
//!         fixture: FixtureId(0),
//!         shape: MarketShape::TwoWay,
//!         market_type: Key::of("moneyline"),
//!         period: Key::of("full_game"),
//!         participant: Key::NONE,
//!         line: None,
//!         outcomes: vec![Key::of("home"), Key::of("away")],
//!     })),
//! ];
//! engine.apply_batch(Timestamp(1), &events, &mut Vec::new());
//!
//! let why = engine.why_not(&Query::market(MarketId(0)).with_kind(Kind::Arbitrage))?;
//! assert_eq!(why.findings[0].verdict, Verdict::Missed(Miss::NoPrice { outcome: OutcomeIndex(0), lay: false }));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod market;
mod query;
#[cfg(test)]
mod tests;
mod verdict;
mod warning;

pub use market::{ColumnFault, ColumnView, LeftOut, MarketView, NoReference, QuoteFault, QuoteView};
pub use market::{ReferenceView, StepEntry, StepView};
pub use query::{NoMarkets, Query, Target};
pub use verdict::{Condition, Miss, Relation, Test, Verdict};
pub use warning::{WarningReason, WarningView};

use crate::config::{ArbitrageRules, EvRules, Lifecycle, LowHoldRules, MiddleRules};
use crate::ids::{BookmakerId, MarketId, OpportunityId, OutcomeIndex, ProfileId};
use crate::odds_event::Side;
use crate::opportunity::{Kind, Kinds, Opportunity, ReferenceStep};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use overround_math::devig::Method;
use overround_math::ev::{ScoreInput, ScoreTerms};
use overround_math::line::Line;
use overround_math::model::FitError;
use overround_math::settlement::Settlement;

/// One open opportunity, taken apart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Explanation {
    /// The present.
    pub now: Timestamp,
    /// What is told, with its figures then and now.
    pub finding: Finding,
    /// The rules that it is judged by.
    pub rules: RulesView,
    /// The market it stands on; of a middle the lower line's, then the upper line's.
    pub markets: Vec<MarketView>,
}

/// Everything that could be told of some markets, and what stands in its way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WhyNot {
    /// The present.
    pub now: Timestamp,
    /// For each profile asked about: the markets asked about, and the other lines of middles over them, by id.
    pub markets: Vec<MarketView>,
    /// For each profile asked about: the rules of each market asked about.
    pub rules: Vec<RulesView>,
    /// By profile, market, kind, then outcome, side and rank, or the other line.
    pub findings: Vec<Finding>,
}

/// Something that could be told, and whether it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// Its kind.
    pub kind: Kind,
    /// Whose view.
    pub profile: ProfileId,
    /// What it is about.
    pub subject: Subject,
    /// The id under which it would be told; `None` where nothing could be, such as middles of a single line.
    pub id: Option<OpportunityId>,
    /// Is it told, and if not, why not?
    pub verdict: Verdict,
    /// Every comparison that was made, in order, down to the one that decided.
    pub conditions: Vec<Condition>,
    /// As last told, if it is open.
    pub told: Option<Box<Opportunity>>,
    /// Its figures as they stand, whether it is told or not; `None` where a price or what it is judged by is missing.
    pub today: Option<Box<Opportunity>>,
    /// The reasons of the warnings that `today` carries.
    pub warnings: Vec<WarningView>,
    /// What some figures are worked out from.
    pub derivation: Derivation,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// The market; of a middle the lower line's.
    pub market: MarketId,
    /// Of a middle the upper line's market.
    pub upper: Option<MarketId>,
    /// Of an ev, and of back against lay.
    pub outcome: Option<OutcomeIndex>,
    /// Of an ev.
    pub quote: Option<(Side, BookmakerId)>,
}

/// What the figures of a kind are worked out from, beside prices and thresholds.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Derivation {
    /// Nothing else.
    #[default]
    None,
    /// Of an ev.
    Ev(Box<EvDerivation>),
    /// Of a middle.
    Middle(Box<MiddleDerivation>),
}

/// What an ev is judged and scored by.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct EvDerivation {
    /// Who was asked for a fair probability, the judged bookmaker and its group left out.
    pub reference: ReferenceView,
    /// How far the reference is trusted; `None` without one.
    pub score: Option<ScoreView>,
}

/// The numbers behind confidence, prudent Kelly and class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ScoreView {
    /// p, d, D, n_eff, M and f.
    pub input: ScoreInput,
    /// x, y, s and g.
    pub terms: ScoreTerms,
    /// What each reference bookmaker's own column says of the outcome (of a lay in a market of two the other one), with its weight.
    pub opinions: Vec<(BookmakerId, f64, f64)>,
    /// The pooled logit of that outcome by each method; `None` where a method has no answer for a bookmaker of the reference.
    pub logits: Vec<(Method, Option<f64>)>,
    /// How many of the reference's columns changed after the quote did: half of them or more make it lagging.
    pub moved_since: u32,
}

/// What a middle pays, and where its probability is from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MiddleDerivation {
    /// Payoffs over all results, ascending.
    pub states: Vec<MiddleState>,
    /// The chance of the numbers between the lines.
    pub ladder: LadderView,
    /// The law of results that is asked where the ladder says nothing, or why there is none; `None` where the ladder answers.
    pub model: Option<Result<ModelView, NoModel>>,
}

/// A law of results, fitted to the lines of a family.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelView {
    /// Each line that has a reference: the line in result space, its pooled fair probability of "above", and what the law makes of it.
    pub lines: Vec<(Line, f64, f64)>,
    /// The fitted location.
    pub location: f64,
    /// The fitted scale.
    pub scale: f64,
    /// The greatest residual among the lines, in logits.
    pub misfit: f64,
    /// Results on which a leg of the middle settles in parts: the number, its probability, and the payoff.
    pub partial: Vec<(i64, f64, f64)>,
}

/// Why there is no law of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoModel {
    /// There is none for the sport, or for what the market is about: laws are for the full game as a whole.
    NoTable,
    /// The fixture is in play; laws are for before the start.
    InPlay,
    /// Nothing fits the lines.
    Fit(FitError),
}

/// A run of results on which both legs of a middle fare alike.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct MiddleState {
    /// The first of them; `None`: from below.
    pub from: Option<i64>,
    /// The last of them; `None`: upwards.
    pub to: Option<i64>,
    /// What becomes of leg A.
    pub above: Settlement,
    /// What becomes of leg B.
    pub below: Settlement,
    /// Profit per unit of total stake.
    pub payoff: f64,
}

impl fmt::Display for NoModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTable => f.write_str("there is no model of results for this sport and market"),
            Self::InPlay => f.write_str("the model of results is for before the start"),
            Self::Fit(error) => write!(f, "the model of results fits nothing: {error}"),
        }
    }
}

/// The chance of the numbers between two half lines, by bookmakers that take part on both.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct LadderView {
    /// Are both lines half lines? Without that nothing is known.
    pub is_half: bool,
    /// Steps tried, in order; the last one gave the probability if there is one.
    pub steps: Vec<LadderStepView>,
    /// The pooled difference.
    pub probability: Option<f64>,
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LadderStepView {
    /// Which.
    pub step: ReferenceStep,
    /// Who was asked, in rank order.
    pub entries: Vec<LadderEntry>,
}

/// What a bookmaker says of a ladder.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LadderEntry {
    /// Who.
    pub bookmaker: BookmakerId,
    /// Its fair probability of "above" on the lower line and on the upper line, where it has both.
    pub above: Option<(f64, f64)>,
    /// Its weight, or why it is left out.
    pub weight: Result<f64, LeftOut>,
}

/// The rules of one market for one profile: overrides and the profile's own keys are in.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RulesView {
    /// The market.
    pub market: MarketId,
    /// The profile.
    pub profile: ProfileId,
    /// Positions in the configuration of the overrides in force.
    pub overrides: Vec<u32>,
    /// Which kinds are told.
    pub detect: Kinds,
    /// +EV.
    pub ev: EvRules,
    /// Arbitrage.
    pub arbitrage: ArbitrageRules,
    /// Low hold.
    pub low_hold: LowHoldRules,
    /// Middles.
    pub middle: MiddleRules,
    /// Confirmation, hysteresis, smallest change.
    pub lifecycle: Lifecycle,
}
