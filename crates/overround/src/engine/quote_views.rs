//! Single bets as they stand: what could be bet at now, and what it is worth. For those who follow what was told.

use super::Engine;
use crate::detect::{Detector, Scratch};
use crate::ids::{BookmakerId, FixtureId, Key, MarketId, OutcomeIndex, ProfileId};
use crate::odds_event::{MarketShape, OddsEvent, Side};
use crate::pages::Known;
use crate::time::Timestamp;
use alloc::vec::Vec;
use overround_math::line::Line;

/// What is bet on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BetOn {
    /// The market.
    pub market: MarketId,
    /// The outcome backed, or laid.
    pub outcome: OutcomeIndex,
    /// Back, or lay.
    pub side: Side,
}

/// A price that could be bet at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuoteNow {
    /// What it is a price of. Among two outcomes a lay of one stands for a back of the other.
    pub bet: BetOn,
    /// Whose.
    pub bookmaker: BookmakerId,
    /// Decimal odds as shown.
    pub price: f64,
    /// After commission; of a lay as a back of "not o".
    pub net_price: f64,
    /// The most that can be put at risk, in units of stake.
    pub limit: Option<f64>,
}

/// A fair probability, and where it is from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FairNow {
    /// Of what the bet wins on; where the line can push, given a decision.
    pub probability: f64,
    /// How it was found.
    pub from: FairFrom,
}

/// Where a fair probability is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FairFrom {
    /// The reference of the market itself.
    Market,
    /// The law of the sport's results, fitted to the references of the family's lines.
    Model,
    /// The nearest lines on either side that have a reference, linear in logits between them.
    Ladder,
}

/// What a market is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MarketFacts<'a> {
    /// Its fixture.
    pub fixture: FixtureId,
    /// How it settles.
    pub shape: MarketShape,
    /// Its canonical line.
    pub line: Option<Line>,
    /// Key of the market type's name.
    pub market_type: Key,
    /// Key of the period's name.
    pub period: Key,
    /// Key of the participant's name, or [`Key::NONE`].
    pub participant: Key,
    /// Keys of the outcomes' names, in order.
    pub outcomes: &'a [Key],
}

/// What is known of a fixture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FixtureFacts {
    /// Its scheduled start.
    pub start: Option<Timestamp>,
    /// Is it in play?
    pub live: bool,
    /// The instant at whose end it is forgotten, unless it ends before.
    pub forgotten_at: Option<Timestamp>,
}

impl Engine {
    /// A bookmaker's quote on a bet as it stands, if the profile could bet at it: it counts, the profile may use the bookmaker, and after
    /// commission there is a price. `None` for what is not known or over, too. Nothing changes by asking.
    #[must_use]
    pub fn quote(&mut self, bet: BetOn, bookmaker: BookmakerId, profile: ProfileId) -> Option<QuoteNow> {
        self.looked_at(bet, profile, |detector| detector.quote_now(bet, bookmaker))
    }

    /// The best quote that the profile could bet at on this: highest net price, then back before lay, then rank. In a market of two
    /// outcomes a lay of the other one wins with it and is as good.
    #[must_use]
    pub fn best_quote(&mut self, bet: BetOn, profile: ProfileId) -> Option<QuoteNow> {
        self.looked_at(bet, profile, |detector| detector.best_now(bet))
    }

    /// The fair probability of what the bet wins on, by the reference of its market: for judging `judged`, which is left out with its
    /// group, or leaving nobody out. Nothing that can be seen changes; margins removed on the way are remembered.
    #[must_use]
    pub fn fair_probability(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<f64> {
        self.looked_at(bet, ProfileId(0), |detector| detector.fair_now(bet, judged))
    }

    /// As [`fair_probability`](Self::fair_probability); where a market with a line has no reference of its own, by the law of its sport's
    /// results fitted to the other lines (before the start, for the full game; nobody is left out), else between the lines beside it.
    #[must_use]
    pub fn fair_by_ladder(&mut self, bet: BetOn, judged: Option<BookmakerId>) -> Option<FairNow> {
        self.looked_at(bet, ProfileId(0), |detector| detector.fair_by_ladder(bet, judged))
    }

    /// What a market is; `None` if it is not known or over.
    #[must_use]
    pub fn market_facts(&self, market: MarketId) -> Option<MarketFacts<'_>> {
        let market = self.books.markets.get(market.index()).here()?;
        let family = self.books.families.get(market.family.index()).here()?;
        Some(MarketFacts {
            fixture: market.fixture,
            shape: market.shape,
            line: market.line(),
            market_type: family.market_type,
            period: family.period,
            participant: family.participant,
            outcomes: &market.outcomes,
        })
    }

    /// What is known of a fixture; `None` if it is not known or over.
    #[must_use]
    pub fn fixture_facts(&self, fixture: FixtureId) -> Option<FixtureFacts> {
        let fixture = self.books.fixtures.get(fixture.index()).here().filter(|fixture| !fixture.retired)?;
        let live = fixture.is_live(self.books.now);
        Some(FixtureFacts { start: fixture.start, live, forgotten_at: fixture.retention_at })
    }

    /// From now on notes which markets an instant may have changed. Nothing else does.
    pub(crate) fn note_touched(&mut self) {
        self.tracker.touched.get_or_insert_default();
    }

    /// What was noted since this was last called, in no order, some perhaps more than once.
    pub(crate) fn take_touched(&mut self) -> Vec<MarketId> {
        self.tracker.touched.as_mut().map(core::mem::take).unwrap_or_default()
    }

    /// Would a batch at `now` move time: is there an event in it that is accepted?
    pub(crate) fn would_accept(&self, now: Timestamp, events: &[OddsEvent]) -> bool {
        let time = self.raised(now);
        events.iter().any(|event| self.check(event, time).is_ok())
    }

    fn looked_at<T>(
        &mut self,
        bet: BetOn,
        profile: ProfileId,
        look: impl FnOnce(&mut Detector<'_>) -> Option<T>,
    ) -> Option<T> {
        let Known::Here(market) = self.books.markets.get(bet.market.index()) else { return None };
        let is_defined = usize::from(profile.0) < self.books.rules.profiles().len();
        if bet.outcome.index() >= market.n() || !is_defined {
            return None;
        }
        let mut scratch = Scratch::default();
        look(&mut Detector { books: &mut self.books, scratch: &mut scratch, profile })
    }
}
