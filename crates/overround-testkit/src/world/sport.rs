//! Sports, what is asked about their contests, and the chances of each answer.

use overround::odds_event::MarketShape;
use overround_math::float::{exp, sigmoid};

/// The most outcomes of one market.
pub(super) const MAX_OUTCOMES: usize = 12;

/// A question about a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Moneyline,
    ThreeWay,
    DrawNoBet,
    BothScore,
    Total,
    Spread,
    TeamTotal,
    Player,
    Winner,
}

impl Question {
    pub(super) const fn shape(self) -> MarketShape {
        match self {
            Self::Moneyline => MarketShape::TwoWay,
            Self::ThreeWay => MarketShape::ThreeWay,
            Self::DrawNoBet => MarketShape::DrawNoBet,
            Self::BothScore => MarketShape::YesNo,
            Self::Total | Self::TeamTotal | Self::Player => MarketShape::Total,
            Self::Spread => MarketShape::Spread,
            Self::Winner => MarketShape::Listed,
        }
    }

    pub(super) const fn has_lines(self) -> bool {
        matches!(self, Self::Total | Self::Spread | Self::TeamTotal | Self::Player)
    }

    /// Names of the outcomes; of a listed market the first `runners` of them.
    pub(super) fn outcomes(self, runners: usize) -> &'static [&'static str] {
        const RUNNERS: [&str; MAX_OUTCOMES] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
        match self {
            Self::ThreeWay => &["home", "draw", "away"],
            Self::BothScore => &["yes", "no"],
            Self::Total | Self::TeamTotal | Self::Player => &["over", "under"],
            Self::Winner => RUNNERS.get(..runners).unwrap_or(&RUNNERS),
            _ => &["home", "away"],
        }
    }

    pub(super) const fn participant(self) -> Option<&'static str> {
        match self {
            Self::TeamTotal => Some("home"),
            Self::Player => Some("somebody"),
            _ => None,
        }
    }
}

/// A kind of contest. Figures are of the usual size in the sport; nothing depends on their being exact.
#[derive(Debug)]
pub(super) struct Sport {
    pub(super) name: &'static str,
    pub(super) leagues: [&'static str; 2],
    /// Mean and deviation of the sum of the scores.
    pub(super) total: (f64, f64),
    /// Deviation of the home margin.
    pub(super) margin_sd: f64,
    /// From line to line, in thousandths.
    pub(super) step: i32,
    /// Times that somebody scores, as far as bookmakers stop for it, and the points each time.
    pub(super) scores: (f64, f64),
    pub(super) periods: u8,
    pub(super) questions: &'static [(Question, &'static str, &'static str)],
}

const FULL: &str = "full_game";

pub(super) const SPORTS: [Sport; 6] = [
    Sport {
        name: "soccer",
        leagues: ["epl", "bundesliga"],
        total: (2.7, 1.65),
        margin_sd: 1.7,
        step: 250,
        scores: (2.7, 1.0),
        periods: 2,
        questions: &[
            (Question::ThreeWay, "match_result", FULL),
            (Question::Spread, "asian_handicap", FULL),
            (Question::Total, "total_goals", FULL),
            (Question::BothScore, "both_to_score", FULL),
            (Question::DrawNoBet, "draw_no_bet", FULL),
            (Question::ThreeWay, "1x2", "1st_half"),
        ],
    },
    Sport {
        name: "basketball",
        leagues: ["nba", "wnba"],
        total: (222.0, 17.0),
        margin_sd: 12.0,
        step: 500,
        scores: (7.0, 10.0),
        periods: 4,
        questions: &[
            (Question::Moneyline, "moneyline", FULL),
            (Question::Spread, "spread", FULL),
            (Question::Total, "total_points", FULL),
            (Question::TeamTotal, "team_total", FULL),
            (Question::Player, "player_points", FULL),
            (Question::Spread, "spread", "1st_half"),
        ],
    },
    Sport {
        name: "americanfootball",
        leagues: ["nfl", "ncaaf"],
        total: (45.0, 13.0),
        margin_sd: 13.0,
        step: 500,
        scores: (6.0, 5.0),
        periods: 4,
        questions: &[
            (Question::Moneyline, "moneyline", FULL),
            (Question::Spread, "point_spread", FULL),
            (Question::Total, "total", FULL),
            (Question::TeamTotal, "team_total", FULL),
        ],
    },
    Sport {
        name: "icehockey",
        leagues: ["nhl", "shl"],
        total: (6.1, 2.3),
        margin_sd: 2.4,
        step: 500,
        scores: (6.0, 1.0),
        periods: 3,
        questions: &[
            (Question::Moneyline, "moneyline", FULL),
            (Question::ThreeWay, "moneyline_3way", FULL),
            (Question::Spread, "puck_line", FULL),
            (Question::Total, "total_goals", FULL),
        ],
    },
    Sport {
        name: "tennis",
        leagues: ["atp", "wta"],
        total: (22.5, 4.5),
        margin_sd: 5.0,
        step: 1000,
        scores: (6.0, 2.0),
        periods: 3,
        questions: &[
            (Question::Moneyline, "moneyline", FULL),
            (Question::Spread, "spread", FULL),
            (Question::Total, "total_games", FULL),
        ],
    },
    Sport {
        name: "horseracing",
        leagues: ["ascot", "kentucky"],
        total: (0.0, 1.0),
        margin_sd: 1.0,
        step: 1000,
        scores: (0.0, 0.0),
        periods: 1,
        questions: &[(Question::Winner, "winner", FULL)],
    },
];

/// What the contest is expected to come to, as far as it goes into prices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Truth {
    /// Final home margin.
    pub(super) margin: f64,
    /// Final sum of the scores.
    pub(super) total: f64,
    /// Of everything that is neither, in logits.
    pub(super) form: f64,
    /// How much surer than before the start: 1/√(share of play that is left).
    pub(super) sure: f64,
}

/// From the deviation of a normal law to the slope of a logistic one.
const SLOPE: f64 = 1.702;

impl Sport {
    /// Where a ladder is even.
    pub(super) fn centre(&self, question: Question, truth: &Truth) -> f64 {
        match question {
            Question::Spread => -truth.margin,
            Question::TeamTotal => (truth.total + truth.margin) / 2.0,
            Question::Player => truth.total / 10.0,
            _ => truth.total,
        }
    }

    /// The chances of the outcomes at a line, in an opinion that differs by `shift` logits. Each is within (0, 1), their sum is 1.
    pub(super) fn chances(&self, question: Question, line: f64, truth: &Truth, shift: f64, into: &mut [f64]) {
        let by_margin = SLOPE * truth.sure / self.margin_sd;
        let by_total = SLOPE * truth.sure / self.total.1;
        let two = |p: f64, into: &mut [f64]| {
            into[0] = p;
            into[1] = 1.0 - p;
        };
        let centre = self.centre(question, truth);
        match question {
            Question::Moneyline => two(held(by_margin * truth.margin + shift), into),
            Question::Spread => two(held(by_margin * (line - centre) + shift), into),
            Question::Total => two(held(by_total * (centre - line) + shift), into),
            Question::TeamTotal => two(held(1.4 * by_total * (centre - line) + shift), into),
            Question::Player => two(held(5.0 * by_total * (centre - line) + shift), into),
            Question::BothScore => two(held(0.3 * (truth.total - self.total.0) + truth.form + shift), into),
            Question::ThreeWay | Question::DrawNoBet => {
                let home = held(by_margin * (truth.margin - 0.5) + shift);
                let away = held(by_margin * (-truth.margin - 0.5) - shift);
                if question == Question::DrawNoBet {
                    two(home / (home + away), into);
                } else {
                    into.copy_from_slice(&[home, (1.0 - home - away).max(0.002), away]);
                }
            }
            Question::Winner => runners(truth, shift, into),
        }
    }
}

/// A chance that stays where prices can be shown.
fn held(x: f64) -> f64 {
    sigmoid(x.clamp(-6.0, 6.0))
}

/// Every runner a little weaker than the one before; form and opinion lift every other one.
fn runners(truth: &Truth, shift: f64, into: &mut [f64]) {
    let mut sum = 0.0;
    let mut strength = 0.0;
    let mut sign = 1.0;
    for chance in &mut *into {
        *chance = exp(strength + sign * (truth.form + shift));
        sum += *chance;
        strength -= 0.25;
        sign = -sign;
    }
    into.iter_mut().for_each(|chance| *chance /= sum);
}
