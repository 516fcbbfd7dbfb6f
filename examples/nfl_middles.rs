//! What are key numbers worth? Middles between lines that bookmakers offered on NFL games, their probability by the model of the
//! library with and without key numbers, and how often both bets won.
//!
//! ```text
//! cargo run --release -p overround-examples --bin nfl_middles -- lines/2022/week_*.csv lines/2023/week_*.csv
//! ```
//!
//! A file has two rows a game, one a team, with the columns `game_id`, `rotation` (odd: the away side), `score`, `opening_spread`,
//! `opening_total`, and per bookmaker X `X_spread`, `X_spread_odds`, `X_total`, `X_total_odds` (American; the total's price is the over's in
//! the away row, the under's in the home row). Such files come from scrapers of odds comparison pages; bring your own.
//!
//! The law of a game's result is that of [`overround_math::model`], fitted as the engine does it to the lines that at least three bookmakers
//! show at the end, margins removed by `power`. The other law is the same without its weights: a plain normal law of the same scale, fitted to
//! the same lines. A pair of lines a < b is a middle if a number lies between them; it is won if the result does. Pairs are those
//! of different bookmakers' last lines, each once a game however many show it (also where they never stood at one time, or the prices make it a
//! bad bet: the question is the probability), and the opening line with the last line of most bookmakers, the main line. Alternate lines are
//! not in such files; the fourth table has all half lines n − ½ and n + ½ for n within seven of the main line, as if they had been shown.
//!
//! The tables show the pairs, the games they are from, the mean probability of both laws, the share that was won, and its interval of 95 %:
//! Wilson's, of as many trials as there are games, since the pairs of one game stand and fall together, or, in the last two tables, exclude
//! each other, so that a game is won or not. At the end: how much better the law with key numbers foretold the results themselves, in
//! natural logarithms of their probabilities.

use overround_math::devig::{Method, devig};
use overround_math::float::{ln, sqrt};
use overround_math::line::Line;
use overround_math::middle::Middle;
use overround_math::model::{Law, LineProbability, Measure, SportTable, Table, fit, sport_table};
use overround_math::odds::Odds;
use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::error::Error;
use std::io::Read;
use std::process::ExitCode;

/// Fewest bookmakers whose prices at a line make a reference.
const MIN_BOOKMAKERS: usize = 3;
/// Columns that take part in one: booksum, and margin per outcome.
const LEAST_BOOKSUM: f64 = 0.98;
const MOST_MARGIN: f64 = 0.10;
/// Larger sizes are one row: last lines that far apart are mostly mistaken ones.
const LARGE: Line = Line::from_thousandths(5_500).expect("within range");
/// How far from the main line alternate lines are looked at.
const REACH: i32 = 7;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: nfl_middles FILE... (CSV, two rows a game)");
        return ExitCode::from(2);
    }
    let Some(nfl) = sport_table("americanfootball", "nfl") else { return ExitCode::FAILURE };
    let mut games = Vec::new();
    for file in &files {
        let read = std::fs::File::open(file).map_err(Box::from).and_then(|file| read(file));
        match read {
            Ok(read) => games.extend(read),
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{} games with a score", games.len());
    for (title, measure) in [("Spreads", Measure::Margin), ("Totals", Measure::Total)] {
        println!("\n== {title}\n{}", Study::of(&games, nfl, measure).text());
    }
    ExitCode::SUCCESS
}

/// One game: its result and the lines on it, in result space (of a spread, the home margin).
#[derive(Clone, Debug, Default, PartialEq)]
struct Game {
    margin: Quotes,
    total: Quotes,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Quotes {
    result: i64,
    opening: Option<Line>,
    /// Per bookmaker the last line, with decimal prices above and below it.
    last: Vec<(Line, [f64; 2])>,
}

/// Reads a file.
fn read(file: impl Read) -> Result<Vec<Game>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_reader(file);
    let header = reader.headers()?.clone();
    let mut rows: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in reader.records() {
        let row = row?;
        let cells = header.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect();
        let row = Row { cells };
        rows.entry(row.cells.get("game_id").ok_or("no column game_id")?.clone()).or_default().push(row);
    }
    let books: Vec<&str> = header.iter().filter_map(|name| name.strip_suffix("_spread_odds")).collect();
    Ok(rows.values().filter_map(|rows| game(rows, &books)).collect())
}

struct Row {
    cells: BTreeMap<String, String>,
}

impl Row {
    fn number(&self, column: &str) -> Option<f64> {
        self.cells.get(column)?.parse().ok()
    }

    fn line(&self, column: &str) -> Option<Line> {
        self.number(column).and_then(Line::from_f64)
    }

    fn price(&self, column: &str) -> Option<f64> {
        self.number(column).and_then(|american| Odds::from_american(american).ok()).map(Odds::decimal)
    }

    fn score(&self) -> Option<i64> {
        self.line("score")
            .filter(|score| score.thousandths() % 1000 == 0)
            .map(|score| i64::from(score.thousandths()) / 1000)
    }
}

/// A game of two rows; `None` without a score.
fn game(rows: &[Row], books: &[&str]) -> Option<Game> {
    let row = |parity: i64| {
        rows.iter().find(|row| row.line("rotation").is_some_and(|n| i64::from(n.thousandths()) / 1000 % 2 == parity))
    };
    let (home, away) = (row(0)?, row(1)?);
    let (home_score, away_score) = (home.score()?, away.score()?);
    // Rows that contradict each other are no line.
    let spread = |book: &str| {
        let column = format!("{book}_spread");
        home.line(&column).filter(|&line| away.line(&column) == Some(-line)).map(|line| -line)
    };
    let total = |book: &str| {
        let column = format!("{book}_total");
        home.line(&column).filter(|&line| away.line(&column) == Some(line))
    };
    let mut game = Game {
        margin: Quotes { result: home_score - away_score, opening: spread("opening"), last: Vec::new() },
        total: Quotes { result: home_score + away_score, opening: total("opening"), last: Vec::new() },
    };
    for book in books.iter().filter(|&&book| book != "opening") {
        let (of_spread, of_total) = (format!("{book}_spread_odds"), format!("{book}_total_odds"));
        if let (Some(line), Some(above), Some(below)) = (spread(book), home.price(&of_spread), away.price(&of_spread)) {
            game.margin.last.push((line, [above, below]));
        }
        if let (Some(line), Some(above), Some(below)) = (total(book), away.price(&of_total), home.price(&of_total)) {
            game.total.last.push((line, [above, below]));
        }
    }
    Some(game)
}

impl Quotes {
    /// The pooled fair probability at each line that enough bookmakers show.
    fn references(&self) -> Vec<LineProbability> {
        let mut columns: BTreeMap<Line, Vec<f64>> = BTreeMap::new();
        for (line, prices) in &self.last {
            let booksum = 1.0 / prices[0] + 1.0 / prices[1];
            let mut fair = [0.0; 2];
            let is_solved = devig(Method::Power, prices, &mut fair).is_ok();
            if is_solved && booksum >= LEAST_BOOKSUM && (booksum - 1.0) / 2.0 <= MOST_MARGIN {
                columns.entry(*line).or_default().push(fair[0]);
            }
        }
        let references = columns.into_iter().filter(|(_, fair)| fair.len() >= MIN_BOOKMAKERS);
        references.map(|(line, fair)| LineProbability { line, above: mean(&fair) }).collect()
    }

    /// Pairs of different last lines, the lower one first.
    fn pairs(&self) -> BTreeSet<(Line, Line)> {
        let lines: BTreeSet<Line> = self.last.iter().map(|&(line, _)| line).collect();
        lines.iter().flat_map(|&a| lines.range(a..).skip(1).map(move |&b| (a, b))).collect()
    }

    /// The last line of most bookmakers, at a tie the lower.
    fn main_line(&self) -> Option<Line> {
        let mut counts: BTreeMap<Line, u32> = BTreeMap::new();
        self.last.iter().for_each(|&(line, _)| *counts.entry(line).or_default() += 1);
        let main = counts.into_iter().reduce(|most, next| if next.1 > most.1 { next } else { most })?;
        Some(main.0)
    }

    /// The opening line and the main line, if they differ.
    fn opening_pair(&self) -> Option<(Line, Line)> {
        let main = self.main_line()?;
        let opening = self.opening.filter(|&opening| opening != main)?;
        Some((opening.min(main), opening.max(main)))
    }

    /// Every number near the main line, with the half lines on either side.
    fn alternates(&self) -> impl Iterator<Item = (i64, (Line, Line))> {
        let main = self.main_line().map(|main| main.thousandths().div_euclid(1000));
        let numbers = main.into_iter().flat_map(|main| main - REACH..=main + REACH);
        numbers.filter_map(|n| {
            let pair = (Line::from_thousandths(n * 1000 - 500)?, Line::from_thousandths(n * 1000 + 500)?);
            Some((i64::from(n), pair))
        })
    }
}

/// The middles of all games in one measure.
#[derive(Debug)]
struct Study {
    /// With key numbers, and without.
    tables: [Table; 2],
    /// Games without a line that enough bookmakers show, or on which no law fits.
    unfitted: u32,
    /// By size: of last lines with each other, and with the opening one.
    bookmakers: BTreeMap<Line, Tally>,
    opening: BTreeMap<Line, Tally>,
    /// Of middles on one number, whatever their lines, by whether it is a key number.
    keys: BTreeMap<bool, Tally>,
    /// Of alternate lines on either side of a number, by that number if it is a key number (of a margin its magnitude).
    alternates: BTreeMap<Option<u64>, Tally>,
    /// Per game: ln P(result) with key numbers, less that without.
    gains: Vec<f64>,
}

impl Study {
    fn of(games: &[Game], nfl: &SportTable, measure: Measure) -> Self {
        let table = if measure == Measure::Margin { nfl.margin } else { nfl.total };
        let mut study = Self {
            tables: [table, Table { weights: &[], ..table }],
            unfitted: 0,
            bookmakers: BTreeMap::new(),
            opening: BTreeMap::new(),
            keys: BTreeMap::new(),
            alternates: BTreeMap::new(),
            gains: Vec::new(),
        };
        for (number, game) in games.iter().enumerate() {
            study.take(number, if measure == Measure::Margin { &game.margin } else { &game.total });
        }
        study
    }

    fn take(&mut self, game: usize, quotes: &Quotes) {
        let references = quotes.references();
        let [Ok(with), Ok(without)] = self.tables.map(|table| fit(&table, &references)) else {
            self.unfitted += 1;
            return;
        };
        self.gains.push(ln(with.mass(quotes.result)) - ln(without.mass(quotes.result)));
        let judge = |pair: (Line, Line)| Trial::of(game, pair, [&with, &without], quotes.result);
        let (pairs, opening) = (quotes.pairs(), quotes.opening_pair());
        let row = |trial: &Trial| trial.size.min(LARGE);
        pairs.iter().copied().filter_map(judge).for_each(|trial| trial.count(self.bookmakers.entry(row(&trial))));
        opening.and_then(judge).iter().for_each(|trial| trial.count(self.opening.entry(row(trial))));
        // 2.5 and 3.5, 2 and 3.5, 2.5 and 4 are one middle here.
        let single =
            pairs.into_iter().chain(opening).filter_map(judge).filter_map(|trial| Some((trial.number?, trial)));
        for (number, trial) in single.collect::<BTreeMap<_, _>>() {
            trial.count(self.keys.entry(self.tables[0].is_key(number)));
        }
        for (number, pair) in quotes.alternates() {
            let key = self.tables[0].is_key(number).then_some(number.unsigned_abs());
            judge(pair).iter().for_each(|trial| trial.count(self.alternates.entry(key)));
        }
    }

    fn text(&self) -> String {
        let size = |(&size, tally): (&Line, _)| {
            (if size == LARGE { "> 5".to_owned() } else { size.as_f64().to_string() }, tally)
        };
        let key = |(&is_key, tally)| ((if is_key { "key" } else { "other" }).to_owned(), tally);
        let number = |(&key, tally): (&Option<u64>, _)| (key.map_or("other".to_owned(), |key| key.to_string()), tally);
        let gain = mean(&self.gains);
        let variance = mean(&self.gains.iter().map(|x| (x - gain) * (x - gain)).collect::<Vec<_>>());
        let error = 1.96 * sqrt(variance / self.gains.iter().map(|_| 1.0).sum::<f64>());
        [
            format!("{} games, and {} on which no law fits\n", self.gains.len(), self.unfitted),
            section("Last lines of different bookmakers, by size", Pairs::Overlap, self.bookmakers.iter().map(size)),
            section("Opening line and last line, by size", Pairs::Overlap, self.opening.iter().map(size)),
            section("Both, on one number, each number once a game", Pairs::Exclude, self.keys.iter().map(key)),
            section("Half lines around a number, by key number", Pairs::Exclude, self.alternates.iter().map(number)),
            format!("ln P(result), with key numbers less plain: {gain:+.4} a game, ± {error:.4}\n"),
        ]
        .concat()
    }
}

/// A table with its sum.
fn section<'t>(title: &str, pairs: Pairs, rows: impl Iterator<Item = (String, &'t Tally)>) -> String {
    let mut all = Tally::default();
    let rows: String =
        rows.inspect(|(_, tally)| all.add(tally)).map(|(name, tally)| tally.text(&name, pairs)).collect();
    let heading = "           pairs  games  with keys   plain  settled  interval of 95 %";
    format!("{title}\n{heading}\n{rows}{}", all.text("all", pairs))
}

/// One pair of lines on one game.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Trial {
    game: usize,
    size: Line,
    /// The number between the lines, if there is but one.
    number: Option<i64>,
    /// That the result lies between them, with key numbers and without.
    probability: [f64; 2],
    won: bool,
}

impl Trial {
    /// `None` if no number lies between the lines.
    fn of(game: usize, (a, b): (Line, Line), laws: [&Law; 2], result: i64) -> Option<Self> {
        let numbers = Middle::new(a, b, 2.0, 2.0)?.numbers();
        let size = Line::from_thousandths(b.thousandths() - a.thousandths())?;
        (!numbers.is_empty()).then(|| Self {
            game,
            size,
            number: (numbers.start() == numbers.end()).then_some(*numbers.start()),
            probability: laws.map(|law| law.mass_within(&numbers)),
            won: numbers.contains(&result),
        })
    }

    fn count<K: Ord>(&self, row: Entry<'_, K, Tally>) {
        let tally = row.or_default();
        tally.games.insert(self.game);
        tally.pairs += 1;
        tally.won += u32::from(self.won);
        tally.predicted.iter_mut().zip(self.probability).for_each(|(sum, p)| *sum += p);
    }
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tally {
    pairs: u32,
    games: BTreeSet<usize>,
    won: u32,
    /// Sums of probabilities.
    predicted: [f64; 2],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.pairs += other.pairs;
        self.games.extend(&other.games);
        self.won += other.won;
        self.predicted.iter_mut().zip(other.predicted).for_each(|(sum, p)| *sum += p);
    }

    /// Its line in a table.
    fn text(&self, name: &str, pairs_of_a_game: Pairs) -> String {
        let (pairs, games) = (self.pairs, self.games.len());
        let count: f64 = self.games.iter().map(|_| 1.0).sum();
        let [with, without] = self.predicted.map(|sum| 100.0 * sum / f64::from(pairs));
        let settled = 100.0 * f64::from(self.won) / f64::from(pairs);
        let (low, high) = match pairs_of_a_game {
            Pairs::Overlap => wilson(f64::from(self.won) / f64::from(pairs), count),
            Pairs::Exclude => {
                let (low, high) = wilson(f64::from(self.won) / count, count);
                (low * count / f64::from(pairs), high * count / f64::from(pairs))
            }
        };
        let (low, high) = (100.0 * low, 100.0 * high);
        format!(
            "{name:>7} {pairs:>7} {games:>6} {with:>8.2} % {without:>5.2} % {settled:>6.2} %  {low:.2} % to {high:.2} %\n"
        )
    }
}

/// How the middles of one game hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pairs {
    /// A number may lie in several.
    Overlap,
    /// At most one is won.
    Exclude,
}

fn mean(numbers: &[f64]) -> f64 {
    let (sum, count) = numbers.iter().fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    sum / count
}

/// Wilson's interval of 95 % for a share seen in `n` trials (E. B. Wilson, 1927).
fn wilson(share: f64, n: f64) -> (f64, f64) {
    const Z: f64 = 1.96;
    let centre = (share + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * sqrt(share * (1.0 - share) / n + Z * Z / (4.0 * n * n));
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up: four bookmakers have home −2.5, −3.5 twice and once the wrong way round; the home side wins by 3. Over 45.5 and 46.5.
    const GAMES: &str = "\
game_id,rotation,score,opening_spread,opening_total,1_spread,1_spread_odds,1_total,1_total_odds,2_spread,2_spread_odds,2_total,\
2_total_odds,3_spread,3_spread_odds,3_total,3_total_odds,4_spread,4_spread_odds,4_total,4_total_odds,5_spread,5_spread_odds,\
5_total,5_total_odds
g,101,20,1.5,44.5,2.5,-110,45.5,-110,2.5,-110,45.5,-110,2.5,-110,45.5,-110,3.5,-130,46.5,+105,3.5,-110,46.5,-110
g,102,23,-1.5,44.5,-2.5,-110,45.5,-110,-2.5,-110,45.5,-110,-2.5,-110,45.5,-110,-3.5,+110,46.5,-125,3.5,-110,46.5,
h,103,,1.5,44.5,2.5,-110,45.5,-110,,,,,,,,,,,,,,,,
h,104,,-1.5,44.5,-2.5,-110,45.5,-110,,,,,,,,,,,,,,,,
";

    fn line(value: f64) -> Line {
        Line::from_f64(value).unwrap()
    }

    #[test]
    fn a_made_up_game_has_its_lines_in_result_space() {
        let games = read(GAMES.as_bytes()).unwrap();
        let [game] = &games[..] else { panic!("one game has a score") };
        assert_eq!((game.margin.result, game.total.result), (3, 43));
        assert_eq!((game.margin.opening, game.total.opening), (Some(line(1.5)), Some(line(44.5))));
        // The home side at −3.5 pays 2.10 and wins above 3.5. The fifth's spreads contradict each other, its under has no price.
        assert_eq!(game.margin.last.len(), 4);
        assert_eq!(game.margin.last[3], (line(3.5), [2.1, 1.0 + 100.0 / 130.0]));
        assert_eq!(game.total.last.len(), 4);
        // The over's price is in the away row.
        assert_eq!(game.total.last[3], (line(46.5), [2.05, 1.8]));
        // Three bookmakers with the same price on both sides.
        assert_eq!(game.margin.references(), [LineProbability { line: line(2.5), above: 0.5 }]);
        assert_eq!(game.margin.opening_pair(), Some((line(1.5), line(2.5))));
        assert_eq!(game.margin.pairs().into_iter().collect::<Vec<_>>(), [(line(2.5), line(3.5))]);
    }

    #[test]
    fn a_middle_on_three_is_won_by_three_and_likelier_with_key_numbers() {
        let games = read(GAMES.as_bytes()).unwrap();
        let nfl = sport_table("americanfootball", "nfl").unwrap();
        let spreads = Study::of(&games, nfl, Measure::Margin);
        // Of the pairs (1.5, 2.5) and (2.5, 3.5), which hold 2 and 3.
        let three = &spreads.keys[&true];
        assert_eq!((three.pairs, three.won, three.games.len()), (1, 1, 1));
        assert_eq!((spreads.keys[&false].pairs, spreads.keys[&false].won), (1, 0));
        // Plain: the mass at 3 of a normal law whose median is 2.5, φ(0.5/13)/13.
        assert!((three.predicted[1] - 0.030_665).abs() < 1e-4, "{}", three.predicted[1]);
        assert!(three.predicted[0] > 2.0 * three.predicted[1]);
        assert_eq!((spreads.bookmakers[&line(1.0)].won, spreads.opening[&line(1.0)].won), (1, 0));
        // Numbers from 2 − 7 to 2 + 7: −3 and 3 in one row.
        let alternates = spreads.alternates.iter().map(|(key, tally)| (*key, tally.pairs, tally.won));
        assert_eq!(alternates.collect::<Vec<_>>(), [(None, 11, 0), (Some(3), 2, 1), (Some(6), 1, 0), (Some(7), 1, 0)]);
        // 45 between the opening line and three others, 46 between those and the fourth: no key numbers, and not the result, 43.
        let totals = Study::of(&games, nfl, Measure::Total);
        assert_eq!((totals.bookmakers[&line(1.0)].won, totals.opening[&line(1.0)].won), (0, 0));
        assert_eq!(totals.keys.iter().map(|(key, tally)| (*key, tally.pairs)).collect::<Vec<_>>(), [(false, 2)]);
        assert_eq!(totals.alternates[&Some(43)].won, 1);
    }

    #[test]
    fn lines_without_a_number_between_them_are_no_middle() {
        let law = |table: Table| fit(&table, &[LineProbability { line: line(2.5), above: 0.5 }]).unwrap();
        let law = law(sport_table("americanfootball", "nfl").unwrap().margin);
        let trial = |a, b| Trial::of(0, (line(a), line(b)), [&law, &law], 3);
        assert_eq!((trial(2.5, 3.0), trial(3.0, 3.5), trial(3.0, 4.0)), (None, None, None));
        let of = |a, b| trial(a, b).map(|trial| (trial.number, trial.won)).unwrap();
        assert_eq!(of(2.0, 3.5), (Some(3), true));
        assert_eq!(of(3.0, 4.5), (Some(4), false));
        assert_eq!(of(2.5, 4.5), (None, true));
    }

    #[test]
    fn wilson_as_published() {
        // 0 of 10: 0 to z²/(n + z²).
        let (low, high) = wilson(0.0, 10.0);
        assert!(low.abs() < 1e-12 && (high - 3.8416 / 13.8416).abs() < 1e-12);
        let mut tally = Tally { pairs: 30, won: 5, ..Tally::default() };
        tally.games.extend(0..10);
        // 5 of 10: (5 + z²/2 ± z·√(2.5 + z²/4))/(10 + z²), 0.2366 to 0.7634, a third of that a pair.
        assert!(tally.text("", Pairs::Exclude).ends_with("16.67 %  7.89 % to 25.45 %\n"));
        // Agresti and Coull 1998: the centre is pulled to a half.
        let (low, high) = wilson(0.1, 50.0);
        assert!((low - 0.0435).abs() < 1e-4 && (high - 0.2136).abs() < 1e-4, "{low} {high}");
    }
}
