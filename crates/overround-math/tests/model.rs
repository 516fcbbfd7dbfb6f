//! Laws of results: against a solution by other means, against what they must obey, and against what happened.
//!
//! The vectors in `vectors/model.jsonl` were solved from the formulas of the module's documentation with another language's library
//! (bisection for one line, a simplex search for several; Bessel and gamma functions of its own). They would catch a wrong
//! slope, a wrong weight, a fit that stops early. Recorded scores and prices, where present, would catch a wrong table.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use overround_math::devig::{Method, devig};
use overround_math::line::Line;
use overround_math::middle::Middle;
use overround_math::model::{FitError, Law, LineProbability, Measure, SPORTS, Table, fit, sport_table};
use proptest::prelude::*;
use std::io::Read;
use std::path::{Path, PathBuf};

fn line(value: f64) -> Line {
    Line::from_f64(value).unwrap()
}

fn at(value: f64, above: f64) -> LineProbability {
    LineProbability { line: line(value), above }
}

fn table(sport: &str, league: &str, measure: Measure) -> &'static Table {
    let sport = sport_table(sport, league).unwrap();
    match measure {
        Measure::Margin => &sport.margin,
        Measure::Total => &sport.total,
    }
}

#[test]
fn vectors_solved_by_other_means() {
    let text = include_str!("vectors/model.jsonl");
    let mut count = 0;
    for row in text.lines() {
        let vector: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = |key: &str| vector[key].as_str().unwrap();
        let measure = if text("measure") == "margin" { Measure::Margin } else { Measure::Total };
        let lines: Vec<LineProbability> = vector["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| at(pair[0].as_f64().unwrap(), pair[1].as_f64().unwrap()))
            .collect();
        let law = fit(table(text("sport"), text("league"), measure), &lines).unwrap();
        let tolerance = if lines.len() == 1 { 1e-9 } else { 1e-6 };
        let close = |found: f64, expected: &serde_json::Value| {
            let expected = expected.as_f64().unwrap();
            assert!(
                (found - expected).abs() <= tolerance * expected.abs().max(1.0),
                "{row}: {found} is not {expected}"
            );
        };
        close(law.location(), &vector["location"]);
        close(law.scale(), &vector["scale"]);
        for pair in vector["masses"].as_array().unwrap() {
            close(law.mass(pair[0].as_i64().unwrap()), &pair[1]);
        }
        close(law.above(line(vector["above"][0].as_f64().unwrap())), &vector["above"][1]);
        count += 1;
    }
    assert_eq!(count, 40);
}

#[test]
fn skellam_and_poisson_are_what_their_names_say() {
    let free = |base: &Table| Table { weights: &[], ..*base };
    // λ = 1.6 and λ′ = 0.9 by convolution: κ = 2·1.2, so that the table's scale is the right one.
    let poisson =
        |mean: f64, n: i32| libm::exp(-mean) * libm::pow(mean, f64::from(n)) / libm::tgamma(f64::from(n) + 1.0);
    let margin = |k: i32| (0..40).map(|j| poisson(1.6, j + k.max(0)) * poisson(0.9, j - k.min(0))).sum::<f64>();
    let above: f64 = (1..30).map(margin).sum();
    let law = fit(&free(table("soccer", "epl", Measure::Margin)), &[at(0.5, above)]).unwrap();
    assert!((-8..=8).all(|k| (law.mass(i64::from(k)) - margin(k)).abs() < 1e-9));
    // The same total at two lines: Poisson with mean 2.5.
    let over = |least: i32| 1.0 - (0..least).map(|n| poisson(2.5, n)).sum::<f64>();
    let lines = [at(2.5, over(3)), at(3.5, over(4))];
    let law = fit(table("soccer", "epl", Measure::Total), &lines).unwrap();
    assert!((law.location() - 2.5).abs() < 1e-9 && (law.scale() - 1.0).abs() < 1e-9);
    assert!((0..=8).all(|n| (law.mass(i64::from(n)) - poisson(2.5, n)).abs() < 1e-9));
}

/// Every table with a probability at a line where its results are.
fn placed() -> impl Strategy<Value = (&'static Table, f64, f64)> {
    let tables: Vec<(&Table, f64, f64)> = SPORTS
        .iter()
        .flat_map(|sport| {
            let total = if sport.total.scale > 1.0 { (40.0, 60.0) } else { (2.0, 6.5) };
            let margin = if sport.margin.scale > 10.0 { (-12.0, 12.0) } else { (-1.5, 1.5) };
            [(&sport.margin, margin.0, margin.1), (&sport.total, total.0, total.1)]
        })
        .collect();
    (prop::sample::select(tables), 0.0..1.0_f64, 0.25..0.75_f64).prop_map(|((table, low, high), x, above)| {
        let value = libm::rint((low + (high - low) * x) * 4.0) / 4.0;
        (table, value, above)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_line_is_met_exactly_with_the_scale_of_the_table((table, value, above) in placed()) {
        let law = fit(table, &[at(value, above)]).unwrap();
        prop_assert!((law.above(line(value)) - above).abs() < 1e-11, "{} {above}", law.above(line(value)));
        prop_assert!((law.scale() - table.scale).abs() < 1e-12);
        prop_assert!((law.masses().iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(law.masses().iter().all(|&mass| mass >= 0.0));
    }

    #[test]
    fn a_likelier_above_moves_the_law_up((table, value, above) in placed()) {
        let (low, high) = (fit(table, &[at(value, above - 0.05)]).unwrap(), fit(table, &[at(value, above)]).unwrap());
        prop_assert!(low.location() < high.location());
        for step in -12..=12 {
            let other = line(value + f64::from(step) / 4.0);
            prop_assert!(low.above(other) <= high.above(other) + 1e-12);
        }
    }

    #[test]
    fn probabilities_fall_along_half_lines((table, value, above) in placed()) {
        let law = fit(table, &[at(value, above)]).unwrap();
        let start = value.floor() + 0.5;
        let along: Vec<f64> = (0..20).map(|k| law.above(line(start + f64::from(k)))).collect();
        prop_assert!(along.windows(2).all(|pair| pair[1] <= pair[0]));
    }

    #[test]
    fn lines_of_one_law_give_it_back((table, value, above) in placed()) {
        let law = fit(table, &[at(value, above)]).unwrap();
        let step = if table.scale > 10.0 { 3.0 } else { 1.0 };
        let lines: Vec<LineProbability> = [0.0, step, -step]
            .iter()
            .map(|shift| value + shift)
            .filter(|&other| table.measure == Measure::Margin || other > 0.3)
            .map(|other| at(other, law.above(line(other))))
            .filter(|at| at.above > 1e-6 && at.above < 1.0 - 1e-6)
            .collect();
        let again = fit(table, &lines).unwrap();
        prop_assert!((again.location() - law.location()).abs() < 1e-6 && again.misfit() < 1e-6, "{again:?}");
    }

    #[test]
    fn margins_mirror((table, value, above) in placed()) {
        prop_assume!(table.measure == Measure::Margin);
        let law = fit(table, &[at(value, above), at(value + 1.5, above * 0.9)]);
        let mirrored = fit(table, &[at(-value, 1.0 - above), at(-value - 1.5, 1.0 - above * 0.9)]);
        match (law, mirrored) {
            (Ok(law), Ok(mirrored)) => {
                prop_assert!((-30..=30).all(|n| (law.mass(n) - mirrored.mass(-n)).abs() < 1e-9));
            }
            (law, mirrored) => prop_assert_eq!(law.err(), mirrored.err()),
        }
    }

    #[test]
    fn a_middle_is_judged_by_its_masses((table, value, above) in placed(), size in 1..12_i32, d in 1.8..2.1_f64, e in 1.8..2.1_f64) {
        let law = fit(table, &[at(value, above)]).unwrap();
        let middle = Middle::new(line(value), line(value + f64::from(size) / 4.0), d, e).unwrap();
        let judged = law.judge(&middle);
        let all = (-700..700).map(|n| law.mass(n) * middle.payoff(n)).sum::<f64>();
        prop_assert!((judged.ev - all).abs() < 1e-12);
        // The expected payoff is 0 where the numbers have their break-even probability: so it is S⁻¹ times the excess.
        let excess = (judged.probability - judged.break_even) / middle.booksum();
        prop_assert!((judged.ev - excess).abs() < 1e-9, "{} {excess}", judged.ev);
    }
}

#[test]
fn what_cannot_be_fitted_has_a_reason() {
    let nfl = table("americanfootball", "nfl", Measure::Margin);
    let error = |lines: &[LineProbability]| fit(nfl, lines).map(|law| law.location()).unwrap_err();
    assert_eq!(error(&[]), FitError::Empty);
    for bad in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(error(&[at(3.0, 0.5), at(3.5, bad)]), FitError::Probability);
    }
    assert_eq!(error(&[at(2.5, 0.5), at(22.5, 0.5)]), FitError::Misfit, "a line 20 points off is a bad row");
    assert_eq!(error(&[at(1e6, 0.5)]), FitError::Range);
    assert_eq!(error(&[at(3.0, 0.5), at(700.5, 0.5)]), FitError::Range);
    let goals = table("soccer", "epl", Measure::Total);
    assert_eq!(
        fit(goals, &[at(-0.5, 0.9)]).map(|law| law.location()),
        Err(FitError::Range),
        "a total is never negative"
    );
    assert!(fit(goals, &[at(0.5, 1e-9)]).is_err());
    assert!(fit(table("soccer", "epl", Measure::Margin), &[at(29.5, 0.5)]).is_err());
}

#[test]
fn leagues_without_a_table_have_no_model() {
    assert!(sport_table("tennis", "atp").is_none());
    assert!(sport_table("americanfootball", "ncaaf").is_none());
    assert!(sport_table("soccer", "anything").is_some());
    assert!(sport_table("icehockey", "nhl").is_some());
}

#[test]
fn tables_are_sound() {
    for sport in SPORTS {
        assert_eq!((sport.margin.measure, sport.total.measure), (Measure::Margin, Measure::Total));
        for table in [sport.margin, sport.total] {
            assert!(table.scale > 0.0 && table.scale_error > 0.0);
            assert!(table.weights.iter().all(|&weight| (0.0..3.0).contains(&weight)));
            assert!(table.keys.is_sorted());
            assert_eq!(table.weight(-7) > 0.0, table.measure == Measure::Margin);
        }
    }
    let nfl = table("americanfootball", "nfl", Measure::Margin);
    assert!(nfl.is_key(3) && nfl.is_key(-7) && !nfl.is_key(5));
    assert!(!table("americanfootball", "nfl", Measure::Total).is_key(-41));
}

#[test]
fn published_frequencies() {
    // Margins of three in 14 to 16 % and of seven in 9 to 11 % of NFL games; one goal in about 47 % of NHL games.
    let share = |law: &Law, n: i64| law.mass(n) + law.mass(-n);
    let nfl = table("americanfootball", "nfl", Measure::Margin);
    let (mut three, mut seven) = (0.0, 0.0);
    for spread in [-9.5, -6.5, -3.5, -2.5, 1.5, 2.5, 3.5, 4.5, 6.5, 7.5] {
        let law = fit(nfl, &[at(spread, 0.5)]).unwrap();
        three += share(&law, 3) / 10.0;
        seven += share(&law, 7) / 10.0;
    }
    assert!((0.14..0.16).contains(&three) && (0.085..0.11).contains(&seven), "{three} {seven}");
    let nhl = fit(table("icehockey", "nhl", Measure::Margin), &[at(0.0, 0.54)]).unwrap();
    assert!((share(&nhl, 1) - 0.47).abs() < 0.015 && nhl.mass(0) == 0.0, "{}", share(&nhl, 1));
}

/// A folder beside the repository that holds recorded data, if it is there.
fn recorded(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: no recorded data at {}", path.display());
    None
}

/// Fair probability of the first of two American prices.
fn fair(first: f64, second: f64) -> Option<f64> {
    let decimal = |a: f64| if a > 0.0 { 1.0 + a / 100.0 } else { 1.0 - 100.0 / a };
    let mut fair = [0.0; 2];
    devig(Method::Power, &[decimal(first), decimal(second)], &mut fair).ok()?;
    Some(fair[0])
}

/// One recorded game: margin and total, and one bookmaker's spread and total in result space.
struct Game {
    margin: i64,
    total: i64,
    spread: LineProbability,
    over: LineProbability,
}

/// NFL games of two seasons that the table has not seen; prices of the first bookmaker in the file whose lines are sane.
fn games(folder: &Path) -> Vec<Game> {
    let mut games = Vec::new();
    for season in ["2022", "2023"] {
        let mut weeks: Vec<PathBuf> =
            std::fs::read_dir(folder.join(season)).unwrap().map(|entry| entry.unwrap().path()).collect();
        weeks.sort();
        for week in weeks {
            let text = std::fs::read_to_string(week).unwrap();
            let mut rows = text.lines().map(|row| row.split(',').collect::<Vec<_>>());
            let header: Vec<&str> = rows.next().unwrap();
            let column = |name: &str| header.iter().position(|found| *found == name).unwrap();
            let rows: Vec<Vec<&str>> = rows.collect();
            for away in rows.iter().filter(|row| row[column("rotation")].parse::<f64>().is_ok_and(|r| r % 2.0 == 1.0)) {
                let same = |row: &&Vec<&str>| row[column("game_id")] == away[column("game_id")] && *row != away;
                let Some(home) = rows.iter().find(same) else { continue };
                let number = |row: &[&str], name: &str| row[column(name)].parse::<f64>().ok();
                let game = || {
                    let scores = (number(home, "score")?, number(away, "score")?);
                    let (spread, other) = (number(home, "8_spread")?, number(away, "8_spread")?);
                    let total = number(away, "8_total")?;
                    if spread != -other || total < 30.0 {
                        return None;
                    }
                    let covers = fair(number(home, "8_spread_odds")?, number(away, "8_spread_odds")?)?;
                    let over = fair(number(away, "8_total_odds")?, number(home, "8_total_odds")?)?;
                    let whole = |value: f64| format!("{value:.0}").parse::<i64>().unwrap();
                    Some(Game {
                        margin: whole(scores.0 - scores.1),
                        total: whole(scores.0 + scores.1),
                        spread: at(-spread, covers),
                        over: at(total, over),
                    })
                };
                games.extend(game());
            }
        }
    }
    games
}

#[test]
fn two_seasons_of_football_are_likelier_with_key_numbers_than_without() {
    let Some(folder) = recorded("nfl-lines") else { return };
    let games = games(&folder);
    assert!(games.len() > 500, "{}", games.len());
    let mut shares = [[0.0; 2]; 3];
    let mut likelihoods = [0.0; 4];
    let nfl = sport_table("americanfootball", "nfl").unwrap();
    let plain = |table: &Table| Table { weights: &[], ..*table };
    for game in &games {
        let margin = fit(&nfl.margin, &[game.spread]).unwrap();
        let total = fit(&nfl.total, &[game.over]).unwrap();
        for (row, n) in shares.iter_mut().zip([3, 7, 10]) {
            row[0] += margin.mass(n) + margin.mass(-n);
            row[1] += f64::from(u8::from(game.margin.abs() == n));
        }
        let without =
            [fit(&plain(&nfl.margin), &[game.spread]).unwrap(), fit(&plain(&nfl.total), &[game.over]).unwrap()];
        likelihoods[0] += libm::log(margin.mass(game.margin));
        likelihoods[1] += libm::log(without[0].mass(game.margin));
        likelihoods[2] += libm::log(total.mass(game.total));
        likelihoods[3] += libm::log(without[1].mass(game.total));
    }
    eprintln!(
        "{} games; margins 3, 7, 10 expected and seen: {shares:?}; log-likelihoods: {likelihoods:?}",
        games.len()
    );
    for [expected, seen] in shares {
        // Within three standard deviations of a count.
        assert!((seen - expected).abs() < 3.0 * libm::sqrt(expected), "{shares:?}");
    }
    assert!(likelihoods[0] > likelihoods[1] + 30.0, "{likelihoods:?}");
    assert!(likelihoods[2] > likelihoods[3], "{likelihoods:?}");
}

/// Matches of one season of three leagues: margin, total, Pinnacle's closing handicap in result space and over 2.5.
fn matches(folder: &Path) -> Vec<Game> {
    let mut games = Vec::new();
    for league in ["D1", "E0", "I1"] {
        let file = std::fs::File::open(folder.join(format!("2024-25_{league}.csv.gz"))).unwrap();
        let mut bytes = Vec::new();
        flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let mut rows = text.lines().map(|row| row.trim_start_matches('\u{feff}').split(',').collect::<Vec<_>>());
        let header = rows.next().unwrap();
        let column = |name: &str| header.iter().position(|found| *found == name).unwrap();
        for row in rows {
            let number = |name: &str| row.get(column(name)).and_then(|cell| cell.parse::<f64>().ok());
            let price = |name: &str| number(name).filter(|&price| price > 1.0);
            let game = || {
                let goals =
                    [number("FTHG")?, number("FTAG")?].map(|goals| format!("{goals:.0}").parse::<i64>().unwrap());
                let two = |first: f64, second: f64| {
                    let mut fair = [0.0; 2];
                    devig(Method::Power, &[first, second], &mut fair).ok().map(|_| fair[0])
                };
                let covers = two(price("PCAHH")?, price("PCAHA")?)?;
                Some(Game {
                    margin: goals[0] - goals[1],
                    total: goals[0] + goals[1],
                    spread: at(-number("AHCh")?, covers),
                    over: at(2.5, two(price("PC>2.5")?, price("PC<2.5")?)?),
                })
            };
            games.extend(game());
        }
    }
    games
}

#[test]
fn a_season_of_soccer_comes_out_as_the_laws_say() {
    let Some(folder) = recorded("football-data") else { return };
    let games = matches(&folder);
    assert!(games.len() > 900, "{}", games.len());
    let soccer = sport_table("soccer", "epl").unwrap();
    // Margins −3 to 3 and totals 0 to 6: expected and seen.
    let (mut margins, mut totals) = ([[0.0; 2]; 7], [[0.0; 2]; 7]);
    for game in &games {
        let margin = fit(&soccer.margin, &[game.spread]).unwrap();
        let total = fit(&soccer.total, &[game.over]).unwrap();
        for (row, n) in margins.iter_mut().zip(-3..) {
            row[0] += margin.mass(n);
            row[1] += f64::from(u8::from(game.margin == n));
        }
        for (row, n) in totals.iter_mut().zip(0..) {
            row[0] += total.mass(n);
            row[1] += f64::from(u8::from(game.total == n));
        }
    }
    eprintln!("{} matches; margins −3 to 3: {margins:.1?}; totals 0 to 6: {totals:.1?}", games.len());
    for [expected, seen] in margins.into_iter().chain(totals) {
        assert!((seen - expected).abs() < 3.0 * libm::sqrt(expected), "{margins:?} {totals:?}");
    }
}
