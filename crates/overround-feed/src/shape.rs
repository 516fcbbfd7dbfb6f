//! The market types that need no definition.

use overround::odds_event::MarketShape;
use overround_math::line::Line;

/// The shape of a market type by its name; `None` for types that a `market` record must define.
///
/// Only `player_*` looks at the line: with one it is an over/under, without one a yes/no question.
///
/// ```
/// use overround::odds_event::MarketShape;
/// use overround_feed::built_in_shape;
/// use overround_math::line::Line;
/// assert_eq!(built_in_shape("puck_line", Line::from_f64(-1.5)), Some(MarketShape::Spread));
/// assert_eq!(built_in_shape("player_points", Line::from_f64(22.5)), Some(MarketShape::Total));
/// assert_eq!(built_in_shape("player_points", None), Some(MarketShape::YesNo));
/// assert_eq!(built_in_shape("outright_winner", None), None);
/// ```
#[must_use]
pub fn built_in_shape(market: &str, line: Option<Line>) -> Option<MarketShape> {
    Some(match market.as_bytes() {
        b"moneyline" => MarketShape::TwoWay,
        b"draw_no_bet" => MarketShape::DrawNoBet,
        b"match_result" | b"moneyline_3way" | b"1x2" => MarketShape::ThreeWay,
        b"spread" | b"point_spread" | b"puck_line" | b"run_line" | b"asian_handicap" | b"set_handicap" => {
            MarketShape::Spread
        }
        b"total" | b"total_points" | b"total_goals" | b"total_runs" | b"total_games" | b"total_rounds"
        | b"team_total" => MarketShape::Total,
        b"both_to_score" => MarketShape::YesNo,
        _ if market.starts_with("player_") && line.is_some() => MarketShape::Total,
        _ if market.starts_with("player_") => MarketShape::YesNo,
        _ => return None,
    })
}

/// Must records of this market type name a participant?
#[must_use]
pub fn needs_participant(market: &str) -> bool {
    market == "team_total" || market.starts_with("player_")
}

/// The outcomes of a built-in shape in order; empty for [`MarketShape::Listed`], whose markets bring their own.
#[must_use]
pub fn built_in_outcomes(shape: MarketShape) -> &'static [&'static str] {
    match shape {
        MarketShape::TwoWay | MarketShape::DrawNoBet | MarketShape::Spread => &["home", "away"],
        MarketShape::ThreeWay => &["home", "draw", "away"],
        MarketShape::Total => &["over", "under"],
        MarketShape::YesNo => &["yes", "no"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_exactly() {
        for name in ["Moneyline", "moneyline ", "players", "player", "1X2", "total_cards"] {
            assert_eq!(built_in_shape(name, Line::from_thousandths(500)), None, "{name}");
            assert_eq!(built_in_shape(name, None), None, "{name}");
        }
    }

    #[test]
    fn every_built_in_shape_has_its_outcomes() {
        for name in ["moneyline", "draw_no_bet", "1x2", "spread", "total", "both_to_score", "player_goals"] {
            let shape = built_in_shape(name, None).unwrap();
            let outcomes = built_in_outcomes(shape);
            assert!(outcomes.len() >= 2, "{name}");
        }
        assert!(built_in_outcomes(MarketShape::Listed).is_empty());
    }
}
