//! The table of sports: shapes, scales, weights and key numbers, with their sources.
//!
//! Only statistics were taken from the data sets named; margins and totals are of the full game.
//!
//! **American football (NFL).** Final scores of the regular seasons 2002 to 2021 and 2024 (5,422 games, data set `nfl` of the R package
//! SportsAnalytics270; those before the extra point was moved back in 2015 count half) and closing lines of 2011 to 2021 (2,941 games,
//! archive of sportsbookreviewonline.com as scraped by FinnedAI/sportsbookreview-scraper). Scale: for margins the one of the greatest
//! likelihood, 13.0 points; for totals 13.2, the standard deviation of results about the closing line being 13.29. Weights: how
//! much more often a number came up than the unweighted law around each closing line has it, by iterative proportional
//! fitting; margins beyond 28 as one group set to 1; totals shrunk towards 1 by n/(n + 25), n the number of games. The seasons 2022
//! and 2023 were left out, to test on. Published for comparison: margin 3 in 14 to 16 %, 7 in 9 to 11 % of games.
//!
//! **Basketball.** NBA regular seasons 2015-16 to 2024-25 (11,974 games, data set `nba_games` of the same package): margins have standard
//! deviation 14.54, closing lines taken as 6.3, hence 13.1; totals within a season 19.95, lines taken as 6, hence 19. Weights of margins
//! as for the NFL, beyond 24 set to 1. No game is drawn. WNBA: weights of the NBA; scale of the margin where moneylines and spreads of one
//! day's recorded prices agree (median 12.7); scale of the total in proportion to the root of the points scored (163 against 225).
//!
//! **Soccer.** 45,029 matches of European leagues, 2012-13 to 2024-25, with 1X2 prices (data set `f_data_sm` of the same package): 2.757
//! goals a match, variance 2.793, hence Poisson (exponent 1). κ and the weight of the draw by greatest likelihood of the margins
//! given the prices: 2.4 and 1.05.
//!
//! **Ice hockey (NHL).** Full games end by overtime or shoot-out with a margin of one, which adds a goal to a tied total. Two equal sides
//! with 6 goals between them (κ = 6): a tie has I₀(6)e⁻⁶ = 16.7 %; it moves to ±1, whose weight is (I₀ + 2I₁)/2I₁ = 1.548, and one game in 47 %
//! ends by one goal, as published. Of a total of t goals, even, the tied share C(t, t/2)/2ᵗ moves to t + 1.

use super::{Base, Measure, SportTable, Table};

/// Every sport and league with a model; the league `None` stands for every league of its sport that has no entry of its own.
pub const SPORTS: [SportTable; 5] = [
    SportTable {
        sport: "soccer",
        league: None,
        margin: Table {
            measure: Measure::Margin,
            base: Base::Skellam,
            scale: 2.4,
            scale_error: 0.15,
            first: 0,
            weights: &[1.05],
            keys: &[1],
        },
        total: Table {
            measure: Measure::Total,
            base: Base::Poisson,
            scale: 1.0,
            scale_error: 0.05,
            first: 0,
            weights: &[],
            keys: &[2, 3],
        },
    },
    SportTable {
        sport: "icehockey",
        league: Some("nhl"),
        margin: Table {
            measure: Measure::Margin,
            base: Base::Skellam,
            scale: 6.0,
            scale_error: 0.15,
            first: 0,
            weights: &[0.0, 1.548],
            keys: &[1],
        },
        total: Table {
            measure: Measure::Total,
            base: Base::Poisson,
            scale: 1.0,
            scale_error: 0.05,
            first: 0,
            weights: &[
                0.0, 1.167, 0.5, 1.25, 0.625, 1.313, 0.688, 1.365, 0.727, 1.41, 0.754, 1.451, 0.774, 1.489, 0.791,
                1.524,
            ],
            keys: &[5, 7],
        },
    },
    SportTable {
        sport: "americanfootball",
        league: Some("nfl"),
        margin: Table {
            measure: Measure::Margin,
            base: Base::Normal,
            scale: 13.0,
            scale_error: 0.05,
            first: 0,
            weights: &[
                0.08, 0.60, 0.62, 2.22, 0.71, 0.59, 1.06, 1.53, 0.68, 0.29, 1.05, 0.46, 0.35, 0.56, 1.14, 0.42, 0.60,
                0.94, 0.74, 0.42, 0.84, 1.17, 0.44, 0.55, 1.23, 0.80, 0.67, 1.02, 1.61,
            ],
            keys: &[3, 6, 7, 10, 14],
        },
        total: Table {
            measure: Measure::Total,
            base: Base::Normal,
            scale: 13.2,
            scale_error: 0.05,
            first: 20,
            weights: &[
                1.15, 0.94, 1.06, 1.71, 0.87, 0.82, 1.41, 1.48, 0.80, 1.03, 1.48, 0.90, 0.87, 1.42, 1.13, 0.81, 1.07,
                1.37, 0.82, 0.87, 1.22, 1.29, 0.68, 1.21, 1.33, 0.93, 0.81, 1.15, 0.97, 0.84, 0.93, 1.33, 0.84, 0.69,
                0.90, 1.09, 0.67, 1.03, 0.99, 0.78, 0.71, 0.87, 0.97, 0.85, 0.88, 1.27, 0.93, 0.84, 0.84, 1.19, 0.85,
            ],
            keys: &[37, 41, 43, 44, 47, 51],
        },
    },
    SportTable {
        sport: "basketball",
        league: Some("nba"),
        margin: basketball_margin(13.1),
        total: basketball_total(19.0),
    },
    SportTable {
        sport: "basketball",
        league: Some("wnba"),
        margin: basketball_margin(12.7),
        total: basketball_total(16.2),
    },
];

const fn basketball_margin(scale: f64) -> Table {
    Table {
        measure: Measure::Margin,
        base: Base::Normal,
        scale,
        scale_error: 0.05,
        first: 0,
        weights: &[
            0.0, 0.80, 0.96, 1.07, 1.07, 1.20, 1.23, 1.25, 1.34, 1.27, 1.07, 1.08, 1.04, 0.97, 1.03, 1.01, 0.99, 0.83,
            0.93, 0.92, 0.97, 0.99, 0.77, 0.96, 0.82,
        ],
        keys: &[],
    }
}

const fn basketball_total(scale: f64) -> Table {
    Table { measure: Measure::Total, base: Base::Normal, scale, scale_error: 0.05, first: 0, weights: &[], keys: &[] }
}
