//! The sports of the evening: how they score, how long they last, what is offered on them.

use super::law::{Lump, Scoring};

/// One sport.
#[derive(Debug)]
pub(super) struct Sport {
    pub(super) name: &'static str,
    pub(super) leagues: &'static [&'static str],
    /// Rate multiplier of a side where points come in lumps, else expected points of a side.
    pub(super) home: f64,
    pub(super) away: f64,
    /// A step of strength (home against away) that moves the favourite's chance by about 0.1 in logit, and one of pace that
    /// moves the total's as much. Logarithms of rates where points come in lumps, else points.
    pub(super) strength_unit: f64,
    pub(super) pace_unit: f64,
    /// How far apart sides are: standard deviation of strength, in units.
    pub(super) strength_spread: f64,
    pub(super) scoring: Scoring,
    /// Playing time in seconds on the wall clock, without breaks and stops.
    pub(super) duration_s: f64,
    /// Number of periods and seconds of break between two.
    pub(super) periods: u8,
    pub(super) break_s: f64,
    pub(super) offer: Offer,
    /// Is the score told? Where it is not, only the winner is.
    pub(super) scores: bool,
    /// Do bookmakers stop taking bets when something is scored?
    pub(super) suspends_on_score: bool,
    /// How often something that changes chances becomes known, per hour: before the start and in play.
    pub(super) news_per_hour: (f64, f64),
    /// How often it is on the programme.
    pub(super) weight: usize,
}

/// What is offered on a sport.
#[derive(Debug)]
pub(super) struct Offer {
    /// Name and number of outcomes of the market for the winner.
    pub(super) winner: &'static str,
    pub(super) three_way: bool,
    pub(super) spread: Option<LineOffer>,
    pub(super) total: Option<LineOffer>,
    /// Name of the market for one side's points and its line grid.
    pub(super) team_total: Option<LineOffer>,
    /// Markets on goals alone: both to score, first team to score, the total of the first half.
    pub(super) goals: bool,
    /// Players with points of their own.
    pub(super) players: u8,
}

/// A family of lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineOffer {
    pub(super) market: &'static str,
    /// Distance of the lines of ordinary bookmakers and of those that quote in quarters or every half, in thousandths.
    pub(super) grid: i32,
    pub(super) fine_grid: i32,
    /// Where the ordinary grid starts: 500 for half lines only.
    pub(super) phase: i32,
    /// Distance of alternate lines.
    pub(super) alternate: i32,
    /// The line is always this far from 0 (puck line, run line).
    pub(super) fixed: Option<i32>,
}

const fn lines(market: &'static str, grid: i32, phase: i32, fine_grid: i32) -> LineOffer {
    LineOffer { market, grid, fine_grid, phase, alternate: 1000, fixed: None }
}

const fn fixed_line(market: &'static str, line: i32) -> LineOffer {
    LineOffer { market, grid: 1000, fine_grid: 1000, phase: 500, alternate: 1000, fixed: Some(line) }
}

const ONE: &[Lump] = &[Lump { points: 1, rate: 1.0 }];
/// Field goals, touchdowns with the extra point missed and made.
const FOOTBALL: &[Lump] =
    &[Lump { points: 3, rate: 1.7 }, Lump { points: 6, rate: 0.25 }, Lump { points: 7, rate: 2.3 }];

pub(super) const SPORTS: &[Sport] = &[
    Sport {
        name: "soccer",
        leagues: &["epl", "spain_la_liga", "italy_serie_a", "efl_champ"],
        home: 1.5,
        away: 1.2,
        strength_unit: 0.12,
        pace_unit: 0.039,
        strength_spread: 3.5,
        scoring: Scoring::Lumps { lumps: ONE, overtime: None },
        duration_s: 5700.0,
        periods: 2,
        break_s: 900.0,
        offer: Offer {
            winner: "match_result",
            three_way: true,
            spread: Some(lines("spread", 1000, 500, 250)),
            total: Some(lines("total", 1000, 500, 250)),
            team_total: None,
            goals: true,
            players: 0,
        },
        scores: true,
        suspends_on_score: true,
        news_per_hour: (0.10, 0.12),
        weight: 7,
    },
    Sport {
        name: "basketball",
        leagues: &["nba", "euroleague"],
        home: 114.5,
        away: 112.0,
        strength_unit: 0.8,
        pace_unit: 1.05,
        strength_spread: 6.5,
        scoring: Scoring::Flow { margin_deviation: 12.5, total_deviation: 17.5 },
        duration_s: 5400.0,
        periods: 4,
        break_s: 240.0,
        offer: Offer {
            winner: "moneyline",
            three_way: false,
            spread: Some(lines("spread", 500, 0, 500)),
            total: Some(lines("total", 500, 0, 500)),
            team_total: None,
            goals: false,
            players: 2,
        },
        scores: true,
        suspends_on_score: false,
        news_per_hour: (0.18, 0.05),
        weight: 6,
    },
    Sport {
        name: "americanfootball",
        leagues: &["nfl", "ncaaf"],
        home: 1.03,
        away: 0.96,
        strength_unit: 0.038,
        pace_unit: 0.019,
        strength_spread: 6.0,
        scoring: Scoring::Lumps { lumps: FOOTBALL, overtime: Some(3) },
        duration_s: 9300.0,
        periods: 4,
        break_s: 400.0,
        offer: Offer {
            winner: "moneyline",
            three_way: false,
            spread: Some(lines("spread", 500, 0, 500)),
            total: Some(lines("total", 500, 0, 500)),
            team_total: Some(lines("team_total", 1000, 500, 500)),
            goals: false,
            players: 0,
        },
        scores: true,
        suspends_on_score: true,
        news_per_hour: (0.15, 0.05),
        weight: 5,
    },
    Sport {
        name: "icehockey",
        leagues: &["nhl"],
        home: 3.15,
        away: 2.9,
        strength_unit: 0.055,
        pace_unit: 0.026,
        strength_spread: 3.5,
        scoring: Scoring::Lumps { lumps: ONE, overtime: Some(1) },
        duration_s: 7200.0,
        periods: 3,
        break_s: 1080.0,
        offer: Offer {
            winner: "moneyline",
            three_way: false,
            spread: Some(fixed_line("puck_line", 1500)),
            total: Some(lines("total", 500, 0, 500)),
            team_total: None,
            goals: false,
            players: 0,
        },
        scores: true,
        suspends_on_score: true,
        news_per_hour: (0.15, 0.03),
        weight: 4,
    },
    Sport {
        name: "baseball",
        leagues: &["mlb"],
        home: 4.5,
        away: 4.35,
        strength_unit: 0.042,
        pace_unit: 0.021,
        strength_spread: 4.0,
        scoring: Scoring::Lumps { lumps: ONE, overtime: Some(1) },
        duration_s: 9600.0,
        periods: 9,
        break_s: 60.0,
        offer: Offer {
            winner: "moneyline",
            three_way: false,
            spread: Some(fixed_line("run_line", 1500)),
            total: Some(lines("total", 500, 0, 500)),
            team_total: None,
            goals: false,
            players: 0,
        },
        scores: true,
        suspends_on_score: true,
        news_per_hour: (0.12, 0.04),
        weight: 1,
    },
    Sport {
        name: "tennis",
        leagues: &["atp_paris", "wta_guangzhou"],
        home: 0.0,
        away: 0.0,
        strength_unit: 0.8,
        pace_unit: 1.0,
        strength_spread: 10.0,
        scoring: Scoring::Flow { margin_deviation: 12.5, total_deviation: 17.5 },
        duration_s: 4200.0,
        periods: 3,
        break_s: 120.0,
        offer: Offer {
            winner: "moneyline",
            three_way: false,
            spread: None,
            total: None,
            team_total: None,
            goals: false,
            players: 0,
        },
        scores: false,
        suspends_on_score: false,
        news_per_hour: (0.04, 0.05),
        weight: 1,
    },
];
