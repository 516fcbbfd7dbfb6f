//! What a result means for a bet.

use crate::engine::{BetOn, MarketFacts};
use crate::ids::Key;
use crate::odds_event::{Ended, MarketShape};
use overround_math::settlement::{MatchResult, Settlement, settle};

/// The market types that a final result settles, by the shape that they must have: two-way and three-way markets, spreads and totals of
/// what the scores count, whether both sides scored, and lists of who can win the fixture. Nothing else is, however alike it looks: corners,
/// cards, sets, games, rounds, who qualifies.
const BY_THE_END: [(MarketShape, &[&str]); 7] = [
    (MarketShape::TwoWay, &["moneyline"]),
    (MarketShape::DrawNoBet, &["draw_no_bet"]),
    (MarketShape::ThreeWay, &["match_result", "moneyline_3way", "1x2"]),
    (MarketShape::Spread, &["spread", "point_spread", "puck_line", "run_line", "asian_handicap"]),
    (MarketShape::Total, &["total", "total_points", "total_goals", "total_runs"]),
    (MarketShape::YesNo, &["both_to_score"]),
    (MarketShape::Listed, &["winner", "outright_winner", "champion"]),
];

/// Does the final result of a fixture settle this market: is it one of those that it decides, of the full game, and about no participant
/// alone?
pub(super) fn is_by_the_end(facts: &MarketFacts<'_>) -> bool {
    let is_listed = |(shape, names): &(MarketShape, &[&str])| {
        *shape == facts.shape && names.iter().any(|name| facts.market_type == Key::of(name))
    };
    facts.participant == Key::NONE && facts.period == Key::of("full_game") && BY_THE_END.iter().any(is_listed)
}

/// What an end says of one market, and whether stakes come back for a reason that no guarantee covers; `None` where it says nothing.
///
/// - Called off: every market, whatever its type and period.
/// - Else only these market types, of the full game, about no participant alone, and in the shape that they have in feeds; whatever else there
///   is stays unsettled until [a result of its own](super::Graded::settle) comes:
///   `moneyline`, `draw_no_bet`; `match_result`, `moneyline_3way`, `1x2`; `spread`, `point_spread`, `puck_line`, `run_line`,
///   `asian_handicap`; `total`, `total_points`, `total_goals`, `total_runs`; `both_to_score`; the lists `winner`, `outright_winner`, `champion`.
/// - By the scores, all but the lists. A tie in a `moneyline` goes to the winner if one is named, else stakes come back.
/// - By the winner, where no scores are given: the two-way and three-way ones; a draw gives stakes back where nobody can bet on it. Always:
///   the lists that have the winner.
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
    if !is_by_the_end(facts) {
        return None;
    }
    let winner = ended.winner.and_then(|key| facts.outcomes.iter().position(|&outcome| outcome == key));
    let winner = winner.and_then(|index| u16::try_from(index).ok()).map(MatchResult::Winner);
    let Some((home, away)) = ended.home_score.zip(ended.away_score) else {
        return match facts.shape {
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
        MarketShape::TwoWay
        | MarketShape::DrawNoBet
        | MarketShape::ThreeWay
        | MarketShape::Spread
        | MarketShape::Total => Some((score, false)),
        MarketShape::YesNo => Some((MatchResult::Winner(u16::from(home <= 0 || away <= 0)), false)),
        MarketShape::Listed => winner.map(|winner| (winner, false)),
        _ => None,
    }
}

/// Settles a bet by a result of its market.
pub(super) fn settle_bet(facts: &MarketFacts<'_>, bet: BetOn, result: MatchResult) -> Option<Settlement> {
    settle(facts.shape, facts.line, bet.outcome.0, bet.side, result)
}
