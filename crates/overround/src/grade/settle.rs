//! What a result means for a bet.

use crate::engine::{BetOn, MarketFacts};
use crate::ids::Key;
use crate::odds_event::{Ended, MarketShape};
use overround_math::settlement::{MatchResult, Settlement, settle};

/// Totals that are not about the score: its final values do not settle them.
const NOT_THE_SCORE: [&str; 2] = ["total_games", "total_rounds"];

/// Listed markets that the winner of the fixture decides; others list who scores first, or by how much.
const WHO_WINS: [&str; 3] = ["winner", "outright_winner", "champion"];

/// What an end says of one market, and whether stakes come back for a reason that no guarantee covers; `None` where it says nothing.
///
/// - Called off: every market, whatever its period.
/// - Else only markets of the full game that are about no participant alone.
/// - By the scores: two-way and three-way markets, spreads, totals (but of games and rounds), and whether both sides scored. A tie in a
///   two-way market goes to the winner if one is named, else stakes come back.
/// - By the winner, where no scores are given: two-way and three-way markets, and lists that have it; a draw gives stakes back where
///   nobody can bet on it.
///
/// ```
/// use overround::grade::result_of;
/// use overround::odds_event::{Ended, MarketShape};
/// use overround::{FixtureId, Key, MarketFacts};
/// # use overround::odds_event::{FixtureUpdate, MarketDefinition};
/// # use overround::{Config, Engine, FamilyId, MarketId, OddsEvent, Timestamp};
/// # let mut engine = Engine::new(Config::recorded())?;
/// # let fixture = FixtureUpdate { fixture: FixtureId(0), key: Key::of("f"), sport: None, league: None, start: None, live: None };
/// # let market = MarketDefinition {
/// #     market: MarketId(0), family: FamilyId(0), fixture: FixtureId(0), shape: MarketShape::ThreeWay,
/// #     market_type: Key::of("match_result"), period: Key::of("full_game"), participant: Key::NONE, line: None,
/// #     outcomes: vec![Key::of("home"), Key::of("draw"), Key::of("away")],
/// # };
/// # let events = [OddsEvent::Fixture(fixture), OddsEvent::Market(Box::new(market))];
/// # engine.apply_batch(Timestamp(1), &events, &mut Vec::new());
/// let facts: MarketFacts<'_> = engine.market_facts(MarketId(0)).ok_or("defined")?; // a match_result
/// let ended = Ended { fixture: FixtureId(0), home_score: Some(1), away_score: Some(1), winner: None, void: false };
/// let (result, is_off) = result_of(&facts, &ended).ok_or("settled")?;
/// assert_eq!((result, is_off), (overround_math::settlement::MatchResult::Score { home: 1, away: 1 }, false));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn result_of(facts: &MarketFacts<'_>, ended: &Ended) -> Option<(MatchResult, bool)> {
    if ended.void {
        return Some((MatchResult::Void, true));
    }
    if facts.period != Key::of("full_game") || facts.participant != Key::NONE {
        return None;
    }
    let winner = ended.winner.and_then(|key| facts.outcomes.iter().position(|&outcome| outcome == key));
    let winner = winner.and_then(|index| u16::try_from(index).ok()).map(MatchResult::Winner);
    let Some((home, away)) = ended.home_score.zip(ended.away_score) else {
        return match facts.shape {
            MarketShape::Listed if !WHO_WINS.iter().any(|name| facts.market_type == Key::of(name)) => None,
            MarketShape::ThreeWay | MarketShape::Listed => winner.map(|winner| (winner, false)),
            MarketShape::TwoWay | MarketShape::DrawNoBet => {
                let is_draw = ended.winner == Some(Key::of("draw"));
                let is_off = facts.shape == MarketShape::TwoWay;
                winner.map(|winner| (winner, false)).or_else(|| is_draw.then_some((MatchResult::Void, is_off)))
            }
            _ => None,
        };
    };
    let score = MatchResult::Score { home, away };
    match facts.shape {
        MarketShape::TwoWay if home == away => Some(winner.map_or((score, true), |winner| (winner, false))),
        MarketShape::TwoWay | MarketShape::DrawNoBet | MarketShape::ThreeWay | MarketShape::Spread => {
            Some((score, false))
        }
        MarketShape::Total => {
            let is_score = NOT_THE_SCORE.iter().all(|name| facts.market_type != Key::of(name));
            is_score.then_some((score, false))
        }
        MarketShape::YesNo if facts.market_type == Key::of("both_to_score") => {
            Some((MatchResult::Winner(u16::from(home <= 0 || away <= 0)), false))
        }
        _ => None,
    }
}

/// Settles a bet by a result of its market.
pub(super) fn settle_bet(facts: &MarketFacts<'_>, bet: BetOn, result: MatchResult) -> Option<Settlement> {
    settle(facts.shape, facts.line, bet.outcome.0, bet.side, result)
}
