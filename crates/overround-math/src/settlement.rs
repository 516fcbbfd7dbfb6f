//! Settlement of bets: what a result pays.
//!
//! Every claim of a guarantee rests on this module: it is checked against each state of the result.
//!
//! ```
//! use overround_math::line::Line;
//! use overround_math::settlement::{MarketShape, MatchResult, Settlement, Side, settle};
//!
//! // Home −0.75 wins by one: −0.5 wins, −1 pushes.
//! let line = Line::from_thousandths(-750);
//! let found = settle(MarketShape::Spread, line, 0, Side::Back, MatchResult::Score { home: 2, away: 1 });
//! assert_eq!(found, Some(Settlement::HalfWin));
//! assert_eq!(Settlement::HalfWin.return_per_stake(1.9), 1.45);
//! ```

use crate::line::{Line, LineKind};

/// How the outcomes of a market settle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MarketShape {
    /// home, away; no tie (`moneyline`).
    TwoWay,
    /// home, away; stakes back at a draw.
    DrawNoBet,
    /// home, draw, away.
    ThreeWay,
    /// home, away, with a handicap line.
    Spread,
    /// over, under, with a line.
    Total,
    /// yes, no.
    YesNo,
    /// Any list of outcomes of which exactly one wins.
    Listed,
}

impl MarketShape {
    /// Do its markets have a line?
    #[must_use]
    pub const fn has_line(self) -> bool {
        matches!(self, Self::Spread | Self::Total)
    }

    /// How many outcomes its markets have; `None` for a list.
    #[must_use]
    pub const fn outcomes(self) -> Option<u16> {
        match self {
            Self::TwoWay | Self::DrawNoBet | Self::Spread | Self::Total | Self::YesNo => Some(2),
            Self::ThreeWay => Some(3),
            Self::Listed => None,
        }
    }
}

/// The side of a bet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum Side {
    /// On the outcome.
    #[default]
    Back,
    /// Against it: a back of "not o", its stake being the liability.
    Lay,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MatchResult {
    /// Final score of the market's period.
    Score {
        /// Of the home side.
        home: i32,
        /// Of the away side.
        away: i32,
    },
    /// The number the market's line is about: the total of a total (of a participant, for team totals and player props), the home
    /// side's margin of a spread.
    Number(i64),
    /// The index of the outcome that won.
    Winner(u16),
    /// Called off: every stake comes back.
    Void,
}

/// What becomes of a bet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Settlement {
    /// The whole stake wins.
    Win,
    /// Half of the stake wins, half comes back (quarter lines).
    HalfWin,
    /// The stake comes back.
    Push,
    /// Half of the stake comes back, half is lost (quarter lines).
    HalfLoss,
    /// The whole stake is lost.
    Loss,
}

impl Settlement {
    /// What a unit of stake at net price `net` returns, stake included: d, (d + 1)/2, 1, ½, 0.
    #[inline]
    #[must_use]
    pub fn return_per_stake(self, net: f64) -> f64 {
        match self {
            Self::Win => net,
            Self::HalfWin => (net + 1.0) / 2.0,
            Self::Push => 1.0,
            Self::HalfLoss => 0.5,
            Self::Loss => 0.0,
        }
    }

    /// What a unit of stake at net price `net` gains: d − 1, (d − 1)/2, 0, −½, −1.
    #[inline]
    #[must_use]
    pub fn profit_per_stake(self, net: f64) -> f64 {
        self.return_per_stake(net) - 1.0
    }

    /// Is the whole stake won or lost?
    #[must_use]
    pub const fn is_decided(self) -> bool {
        matches!(self, Self::Win | Self::Loss)
    }

    /// What becomes of the opposite bet.
    #[must_use]
    pub const fn mirror(self) -> Self {
        match self {
            Self::Win => Self::Loss,
            Self::HalfWin => Self::HalfLoss,
            Self::Push => Self::Push,
            Self::HalfLoss => Self::HalfWin,
            Self::Loss => Self::Win,
        }
    }
}

/// Settles a bet on the outcome with index `outcome` in the market's list.
///
/// `line` is the market's: the home side's of a spread (for the bet on away, too), the total's of a total. A tie on a [`TwoWay`]
/// market, which should not have one, pushes, as bookmakers have it.
///
/// `None` where the result does not settle the bet: an outcome or winner that the shape does not have, a line missing, a number for a
/// shape without line, a score for [`YesNo`] and [`Listed`], a bare winner on a quarter line.
///
/// [`TwoWay`]: MarketShape::TwoWay
/// [`YesNo`]: MarketShape::YesNo
/// [`Listed`]: MarketShape::Listed
#[must_use]
pub fn settle(
    shape: MarketShape,
    line: Option<Line>,
    outcome: u16,
    side: Side,
    result: MatchResult,
) -> Option<Settlement> {
    let has = |index: u16| shape.outcomes().is_none_or(|count| index < count);
    if !has(outcome) || shape.has_line() != line.is_some() {
        return None;
    }
    let back = match result {
        MatchResult::Void => Settlement::Push,
        MatchResult::Winner(winner) => {
            if !has(winner) || line.is_some_and(|line| line.kind() == LineKind::Quarter) {
                return None;
            }
            decided(winner == outcome)
        }
        MatchResult::Score { home, away } => {
            let (home, away) = (i64::from(home), i64::from(away));
            match shape {
                MarketShape::TwoWay | MarketShape::DrawNoBet => match sided(outcome, home - away) {
                    0 => Settlement::Push,
                    margin => decided(margin > 0),
                },
                MarketShape::ThreeWay => decided(outcome == three_way(home - away)),
                MarketShape::Spread => on_line(line?, outcome, shape, home - away),
                MarketShape::Total => on_line(line?, outcome, shape, home + away),
                MarketShape::YesNo | MarketShape::Listed => return None,
            }
        }
        MatchResult::Number(number) => on_line(line?, outcome, shape, number),
    };
    Some(match side {
        Side::Back => back,
        Side::Lay => back.mirror(),
    })
}

/// Settles a bet that wins when `number` is above `line`.
#[inline]
#[must_use]
pub fn settle_above(line: Line, number: i64) -> Settlement {
    let distance = number.saturating_mul(1000).saturating_sub(i64::from(line.thousandths()));
    match distance {
        0 => Settlement::Push,
        250 if line.kind() == LineKind::Quarter => Settlement::HalfWin,
        -250 if line.kind() == LineKind::Quarter => Settlement::HalfLoss,
        _ => decided(distance > 0),
    }
}

/// Settles a bet that wins when `number` is below `line`.
#[inline]
#[must_use]
pub fn settle_below(line: Line, number: i64) -> Settlement {
    settle_above(line, number).mirror()
}

/// The first outcome of a spread wins above the negated line, of a total above the line; the second is its mirror.
fn on_line(line: Line, outcome: u16, shape: MarketShape, number: i64) -> Settlement {
    let line = if shape == MarketShape::Spread { -line } else { line };
    let first = settle_above(line, number);
    if outcome == 0 { first } else { first.mirror() }
}

/// The margin as the outcome's side sees it.
const fn sided(outcome: u16, margin: i64) -> i64 {
    if outcome == 0 { margin } else { -margin }
}

/// The outcome (home, draw, away) of a home margin.
const fn three_way(margin: i64) -> u16 {
    match margin {
        1.. => 0,
        0 => 1,
        _ => 2,
    }
}

const fn decided(won: bool) -> Settlement {
    if won { Settlement::Win } else { Settlement::Loss }
}

#[cfg(test)]
mod tests {
    use super::*;
    use MatchResult::{Number, Score, Void, Winner};
    use Settlement::{HalfLoss, HalfWin, Loss, Push, Win};

    const SHAPES: [MarketShape; 7] = [
        MarketShape::TwoWay,
        MarketShape::DrawNoBet,
        MarketShape::ThreeWay,
        MarketShape::Spread,
        MarketShape::Total,
        MarketShape::YesNo,
        MarketShape::Listed,
    ];

    fn line(value: f64) -> Option<Line> {
        Some(Line::from_f64(value).unwrap())
    }

    fn back(shape: MarketShape, line: Option<Line>, outcome: u16, result: MatchResult) -> Option<Settlement> {
        settle(shape, line, outcome, Side::Back, result)
    }

    /// Half the stake on each neighbour of a quarter line, in twice the payoff's halves: independent of `settle_above`.
    fn by_halves(value: f64, number: i32) -> f64 {
        let plain = |l: f64| {
            let d = f64::from(number) - l;
            if d > 0.0 {
                1.0
            } else if d < 0.0 {
                -1.0
            } else {
                0.0
            }
        };
        if (value * 2.0).fract() == 0.0 { plain(value) } else { (plain(value - 0.25) + plain(value + 0.25)) / 2.0 }
    }

    #[test]
    fn quarter_lines_split_the_stake() {
        for quarter in -24..=24 {
            let value = f64::from(quarter) / 4.0;
            for number in -9..=9 {
                let found = back(MarketShape::Total, line(value), 0, Number(i64::from(number))).unwrap();
                let units = match found {
                    Win => 1.0,
                    HalfWin => 0.5,
                    Push => 0.0,
                    HalfLoss => -0.5,
                    Loss => -1.0,
                };
                assert_eq!(units, by_halves(value, number), "over {value}, {number}");
            }
        }
    }

    #[test]
    fn two_outcomes_mirror_each_other_and_a_lay_mirrors_its_back() {
        for quarter in -12..=12 {
            let at = line(f64::from(quarter) / 4.0);
            for home in 0..6 {
                for away in 0..6 {
                    let result = Score { home, away };
                    for (shape, at) in [
                        (MarketShape::Spread, at),
                        (MarketShape::Total, at),
                        (MarketShape::TwoWay, None),
                        (MarketShape::DrawNoBet, None),
                    ] {
                        let first = back(shape, at, 0, result).unwrap();
                        assert_eq!(back(shape, at, 1, result), Some(first.mirror()));
                        assert_eq!(settle(shape, at, 0, Side::Lay, result), Some(first.mirror()));
                    }
                    // Away at its own line is home mirrored.
                    let swapped = Score { home: away, away: home };
                    let own = at.map(|l| -l);
                    assert_eq!(back(MarketShape::Spread, at, 1, result), back(MarketShape::Spread, own, 0, swapped));
                }
            }
        }
    }

    #[test]
    fn scores_margins_and_totals_agree() {
        for (home, away) in [(0, 0), (3, 1), (1, 4), (24, 21)] {
            let (h, a) = (i64::from(home), i64::from(away));
            for quarter in -20..=200 {
                let at = line(f64::from(quarter) / 4.0);
                let score = Score { home, away };
                assert_eq!(back(MarketShape::Spread, at, 0, score), back(MarketShape::Spread, at, 0, Number(h - a)));
                assert_eq!(back(MarketShape::Total, at, 1, score), back(MarketShape::Total, at, 1, Number(h + a)));
            }
        }
    }

    #[test]
    fn explaining_examples() {
        use MarketShape::{DrawNoBet, Listed, Spread, ThreeWay, Total, TwoWay, YesNo};
        let draw = Score { home: 1, away: 1 };
        for (shape, at, outcome, result, expected) in [
            (ThreeWay, None, 1, draw, Some(Win)),
            (ThreeWay, None, 0, draw, Some(Loss)),
            (ThreeWay, None, 2, Score { home: 0, away: 1 }, Some(Win)),
            (DrawNoBet, None, 0, draw, Some(Push)),
            (TwoWay, None, 1, draw, Some(Push)),
            (Spread, line(-3.5), 0, Score { home: 24, away: 20 }, Some(Win)),
            (Spread, line(-3.0), 1, Score { home: 23, away: 20 }, Some(Push)),
            (Spread, line(0.25), 0, draw, Some(HalfWin)),
            (Spread, line(0.25), 1, draw, Some(HalfLoss)),
            (Total, line(2.75), 0, Score { home: 2, away: 1 }, Some(HalfWin)),
            (Total, line(2.25), 0, Score { home: 2, away: 0 }, Some(HalfLoss)),
            (Total, line(2.3), 0, Score { home: 2, away: 0 }, Some(Loss)),
            (Total, line(224.5), 1, Winner(1), Some(Win)),
            (YesNo, None, 0, Winner(1), Some(Loss)),
            (Listed, None, 700, Winner(700), Some(Win)),
            (YesNo, None, 0, draw, None),
            (Listed, None, 0, draw, None),
            (Total, line(2.25), 0, Winner(0), None),
            (Total, None, 0, draw, None),
            (TwoWay, line(1.0), 0, draw, None),
            (TwoWay, None, 0, Number(3), None),
            (TwoWay, None, 2, draw, None),
            (ThreeWay, None, 0, Winner(3), None),
        ] {
            assert_eq!(back(shape, at, outcome, result), expected, "{shape:?} {at:?} {outcome} {result:?}");
        }
    }

    #[test]
    fn void_returns_every_stake() {
        for shape in SHAPES {
            let at = if shape.has_line() { line(2.25) } else { None };
            for side in [Side::Back, Side::Lay] {
                let settled = settle(shape, at, 0, side, Void).unwrap();
                assert_eq!(settled.return_per_stake(7.0), 1.0);
            }
        }
    }

    #[test]
    fn a_lay_gains_what_its_backer_loses() {
        // Backer's stake 1 at price L; the liability is L − 1, the lay's price as a back 1 + 1/(L − 1).
        for price in [1.25, 2.0, 6.0] {
            let liability = price - 1.0;
            let net = crate::commission::lay_as_back(price).unwrap();
            for settled in [Win, HalfWin, Push, HalfLoss, Loss] {
                let backer = settled.profit_per_stake(price);
                let layer = liability * settled.mirror().profit_per_stake(net);
                assert!((backer + layer).abs() < 1e-12, "{settled:?}");
            }
        }
    }

    #[test]
    fn returns_at_extremes_do_not_overflow() {
        for number in [i64::MAX, i64::MIN] {
            for value in [-2_000_000.0, 0.25, 2_000_000.0] {
                let found = back(MarketShape::Total, line(value), 0, Number(number)).unwrap();
                assert_eq!(found, if number > 0 { Win } else { Loss });
            }
        }
        let score = Score { home: i32::MAX, away: i32::MIN };
        assert_eq!(back(MarketShape::Spread, line(0.0), 0, score), Some(Win));
    }
}
