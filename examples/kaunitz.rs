//! "Beating the bookies with their own numbers": the rule of Kaunitz, Zhong and Kreiner (2017, arXiv:1710.02824) on seasons of
//! football-data.co.uk, which you bring yourself.
//!
//! ```text
//! cargo run --release -p overround-examples --bin kaunitz -- [--margin 0.05] season/E0.csv season/E1.csv.gz
//! ```
//!
//! The rule: with at least four bookmakers on an outcome, the probability of the outcome is 1/mean − 0.05, `mean` being the mean of their
//! prices. Of each match back the outcome for which (1/mean − 0.05)·max − 1 is greatest, at the highest price `max`, if that is above 0. Flat
//! stakes. It is applied a microsecond before kick-off, to the last prices shown: closing prices where the file has them. The mean is that of
//! the bookmakers with columns of their own, the one with the highest price among them; the paper had 32 bookmakers, a file has ten or fewer,
//! so that `max` is seldom far enough from `mean`: expect few bets or none, and try a smaller `--margin`. The betting exchange's column is
//! no bookmaker's and is left out.
//!
//! The configuration cannot say this rule: every method of removing margins works on one bookmaker's whole column before any
//! pooling, none takes away a constant, and a price never judges itself. So the rule is computed from the quotes of
//! [`Engine::market_book`]. What comes nearest is told as well: `+EV` by consensus, method `additive`, which takes
//! (booksum − 1)/3 from each implied probability (0.05 being what the rule takes), the bookmaker that is judged left out and three others
//! needed. The best +EV of each match is settled in the same way.
//!
//! Printed: matches judged, bets, share won (and as expected), mean price, yield (and as expected) with a normal interval of 95 %,
//! yield ± 1.96·s/√n, s the standard deviation of the profits per unit stake. Of some dozen bets such an interval says little.

use overround::odds_event::Side;
use overround::opportunity::Figures;
use overround::{Engine, FixtureId, MarketId, OddsEvent, OutcomeIndex, ProfileId, Timestamp};
use overround_feed::config::{ConfigFile, load};
use overround_feed::{Body, Catalog, EndedRecord, Feed, Record, Reject};
use overround_math::float::sqrt;
use overround_math::settlement::{MarketShape, MatchResult, settle};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

/// What is taken from 1/mean, unless `--margin` says otherwise.
const MARGIN: f64 = 0.05;
/// Fewest bookmakers on an outcome.
const MIN_BOOKMAKERS: u32 = 4;

/// The nearest that a configuration comes to the rule.
const CONFIG: &str = r#"
detect = ["ev"]
[fair]
mode = "consensus"
method = "additive"
min_books = 3
weights = { betfair_exchange = 0.0 }
[ev]
min = 0.0
[legs]
exclude = ["betfair_exchange"]
"#;

fn main() -> ExitCode {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let mut margin = Some(MARGIN);
    if files.first().is_some_and(|first| first == "--margin") {
        margin = files.get(1).and_then(|text| text.parse().ok());
        files.drain(..files.len().min(2));
    }
    let Some(margin) = margin.filter(|_| !files.is_empty()) else {
        eprintln!("usage: kaunitz [--margin X] FILE... (seasons of football-data.co.uk, plain or compressed)");
        return ExitCode::from(2);
    };
    let (mut all, mut seasons) = (Season::default(), Vec::new());
    for file in &files {
        match Feed::open(Path::new(file)).map_err(Box::from).and_then(|feed| Season::read(feed, margin)) {
            Ok(season) => {
                all.add(&season);
                seasons.push((file.rsplit('/').next().unwrap_or(file), season));
            }
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    seasons.push(("all", all));
    println!("The rule, margin {margin}\n{HEADING}");
    seasons.iter().for_each(|(name, season)| println!("{}", season.line(name, &season.rule)));
    println!("\nThe engine's best +EV of each match, consensus, additive\n{HEADING}");
    seasons.iter().for_each(|(name, season)| println!("{}", season.line(name, &season.ev)));
    ExitCode::SUCCESS
}

const HEADING: &str = "file                                    matches   bets     won expected   price    yield expected  interval of 95 %";

/// A bet of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bet {
    outcome: OutcomeIndex,
    price: f64,
    /// As the rule has it.
    probability: f64,
}

impl Bet {
    fn expected(&self) -> f64 {
        self.probability * self.price - 1.0
    }
}

/// What became of the bets on one file, or several.
#[derive(Debug, Default)]
struct Season {
    /// Matches with a result in which the rule could judge an outcome.
    matches: u32,
    /// Bets by the rule, with their profits.
    rule: Vec<(Bet, f64)>,
    /// Bets on the engine's +EVs, with their profits.
    ev: Vec<(Bet, f64)>,
}

impl Season {
    /// Plays a file.
    fn read(mut feed: Feed<'_>, margin: f64) -> Result<Self, Box<dyn Error>> {
        let mut player = Player::new(margin)?;
        while let Some(item) = feed.next_item()? {
            if let Err(reason) = item.record.and_then(|record| player.take(&record)) {
                eprintln!("line {}: left out: {reason}", item.line);
            }
        }
        Ok(player.season)
    }

    fn add(&mut self, other: &Self) {
        self.matches += other.matches;
        self.rule.extend(&other.rule);
        self.ev.extend(&other.ev);
    }

    fn line(&self, name: &str, bets: &[(Bet, f64)]) -> String {
        let start = format!("{name:38} {:>8} {:>6}", self.matches, bets.len());
        let Some(summary) = Summary::of(bets) else { return start };
        let percent = |x: f64| format!("{:.1} %", 100.0 * x);
        let Summary { won, probability, price, profit, expected, error } = summary;
        let interval = error.map_or(String::new(), |error| {
            format!("  {:+.1} % to {:+.1} %", 100.0 * (profit - 1.96 * error), 100.0 * (profit + 1.96 * error))
        });
        let (won, probability, profit, expected) =
            (percent(won), percent(probability), percent(profit), percent(expected));
        format!("{start} {won:>7} {probability:>8} {price:>7.3} {profit:>8} {expected:>8}{interval}")
    }
}

/// Means over bets.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Summary {
    won: f64,
    probability: f64,
    price: f64,
    /// Per unit stake: the yield.
    profit: f64,
    expected: f64,
    /// Standard error of the yield, from two bets on.
    error: Option<f64>,
}

impl Summary {
    fn of(bets: &[(Bet, f64)]) -> Option<Self> {
        let n = bets.iter().map(|_| 1.0).sum::<f64>();
        let mean = |of: &dyn Fn(&(Bet, f64)) -> f64| bets.iter().map(of).sum::<f64>() / n;
        let profit = mean(&|bet| bet.1);
        let squares: f64 = bets.iter().map(|bet| (bet.1 - profit) * (bet.1 - profit)).sum();
        (n > 0.0).then(|| Self {
            won: mean(&|bet| if bet.1 > 0.0 { 1.0 } else { 0.0 }),
            probability: mean(&|bet| bet.0.probability),
            price: mean(&|bet| bet.0.price),
            profit,
            expected: mean(&|bet| bet.0.expected()),
            error: (n > 1.0).then(|| sqrt(squares / (n - 1.0) / n)),
        })
    }
}

/// Feeds an engine, and asks it a microsecond before each kick-off.
struct Player {
    engine: Engine,
    catalog: Catalog,
    /// What the rule takes from 1/mean.
    margin: f64,
    /// Odds events of the present instant, which have not happened yet.
    instant: Timestamp,
    pending: Vec<OddsEvent>,
    kick_offs: BTreeSet<(Timestamp, FixtureId)>,
    /// What was bet on a match: by the rule, on a +EV.
    bets: BTreeMap<FixtureId, [Option<Bet>; 2]>,
    season: Season,
}

impl Player {
    fn new(margin: f64) -> Result<Self, Box<dyn Error>> {
        let config = load(Some(ConfigFile { name: "kaunitz", text: CONFIG }), &[])?.config;
        let mut catalog = Catalog::new();
        catalog.configure(&config);
        Ok(Self {
            engine: Engine::new(config)?,
            catalog,
            margin,
            instant: Timestamp::MIN,
            pending: Vec::new(),
            kick_offs: BTreeSet::new(),
            bets: BTreeMap::new(),
            season: Season::default(),
        })
    }

    fn take(&mut self, record: &Record<'_>) -> Result<(), Reject> {
        let first_new = self.pending.len();
        let now = self.catalog.translate(record, &mut self.pending)?;
        if now != self.instant {
            let new = self.pending.split_off(first_new);
            self.engine.apply_batch(self.instant, &self.pending, &mut Vec::new());
            self.pending = new;
            self.instant = now;
            self.bet_before(now);
        }
        match &record.body {
            Body::Fixture(fixture) => {
                let id = self.catalog.fixture_id(&fixture.fixture);
                self.kick_offs.extend(fixture.start.set().zip(id));
            }
            Body::Ended(ended) => self.settle(ended),
            _ => {}
        }
        Ok(())
    }

    /// Bets on the matches that start up to `now`, at the prices a microsecond before.
    fn bet_before(&mut self, now: Timestamp) {
        while let Some((start, fixture)) = self.kick_offs.pop_first() {
            if start > now {
                self.kick_offs.insert((start, fixture));
                break;
            }
            self.engine.advance(start.plus_us(-1), &mut Vec::new());
            let mut markets = self.catalog.markets_of(fixture);
            let market = markets.find(|(_, info)| info.shape == MarketShape::ThreeWay).map(|(market, _)| market);
            if let Some(rule) = market.and_then(|market| rule(&mut self.engine, market, self.margin)) {
                self.bets.insert(fixture, [rule, market.and_then(|market| best_ev(&self.engine, market))]);
            }
        }
    }

    fn settle(&mut self, ended: &EndedRecord<'_>) {
        let Some(id) = self.catalog.fixture_id(&ended.fixture) else { return };
        let (Some(home), Some(away)) = (ended.home_score, ended.away_score) else { return };
        let Some([rule, ev]) = self.bets.remove(&id) else { return };
        self.season.matches += 1;
        for (bet, bets) in [(rule, &mut self.season.rule), (ev, &mut self.season.ev)] {
            let Some(bet) = bet else { continue };
            let result = MatchResult::Score { home, away };
            let settled = settle(MarketShape::ThreeWay, None, bet.outcome.0, Side::Back, result);
            bets.extend(settled.map(|settled| (bet, settled.profit_per_stake(bet.price))));
        }
    }
}

/// The rule on one market: `None` if it has too few bookmakers to be judged, `Some(None)` if there is no bet.
fn rule(engine: &mut Engine, market: MarketId, margin: f64) -> Option<Option<Bet>> {
    let view = engine.market_book(market, ProfileId(0))?;
    let bets = (0..3).map(OutcomeIndex).filter_map(|outcome| {
        let quotes = view.quotes.iter().filter(|quote| quote.outcome == outcome && quote.fault.is_none());
        let (mut count, mut sum, mut max) = (0_u32, 0.0, 0.0_f64);
        for price in quotes.filter_map(|quote| quote.price) {
            (count, sum, max) = (count + 1, sum + price, max.max(price));
        }
        let probability = f64::from(count) / sum - margin;
        (count >= MIN_BOOKMAKERS).then_some(Bet { outcome, price: max, probability })
    });
    // Of equal ones the first.
    let best = bets.reduce(|best, bet| if bet.expected() > best.expected() { bet } else { best });
    best.map(|best| (best.expected() > 0.0).then_some(best))
}

/// The best of the market's open +EVs.
fn best_ev(engine: &Engine, market: MarketId) -> Option<Bet> {
    let open = engine.opportunities();
    let bets = open.iter().filter(|open| open.market == market).filter_map(|open| match &open.figures {
        Figures::Ev(ev) => Some(Bet { outcome: ev.outcome, price: ev.net_price, probability: ev.fair_probability }),
        _ => None,
    });
    bets.reduce(|best, bet| if bet.expected() > best.expected() { bet } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use overround_feed::Format;

    /// Made up. Bookmakers B365, BW, IW, LB, and the exchange, which is never asked.
    const SEASON: &str = "\
Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,BWH,BWD,BWA,IWH,IWD,IWA,LBH,LBD,LBA,BFEH,BFED,BFEA
X1,01/01/11,Lone,High,2,1,2,3.3,3.6,2,3.3,3.6,2,3.3,3.6,3,3.3,3.6,9,9,9
X1,02/01/11,All,Alike,2,1,2,3.3,3.6,2,3.3,3.6,2,3.3,3.6,2,3.3,3.6,9,9,9
X1,03/01/11,Two,Chances,0,1,2,3.3,3.6,2,3.3,3.6,2,3.3,3.6,3,6,3.6,9,9,9
X1,04/01/11,Only,Three,2,1,2,3.3,3.6,2,3.3,3.6,,,,3,3.3,3.6,9,9,9
X1,05/01/11,Just,Zero,2,1,1.5,3.3,4,1.5,3.3,3.5,1.5,3.3,3.5,1.5,3.3,5,9,9,9
X1,06/01/11,Not,Played,,,2,3.3,3.6,2,3.3,3.6,2,3.3,3.6,3,3.3,3.6,9,9,9
";

    fn season() -> Season {
        season_with(MARGIN)
    }

    fn season_with(margin: f64) -> Season {
        Season::read(Feed::new(Box::new(SEASON.as_bytes()), Format::FootballData), margin).unwrap()
    }

    #[test]
    fn a_made_up_season_has_the_answers_of_pen_and_paper() {
        let season = season();
        // Not those with too few bookmakers or no result.
        assert_eq!(season.matches, 4);
        // Home 3 against a mean of 9/4 pays (4/9 − 0.05)·3 − 1 = 0.1833; draw 6 against 15.9/4 pays (4/15.9 − 0.05)·6 − 1 = 0.2094, which
        // is more; away 5 against 4 pays (0.25 − 0.05)·5 − 1 = 0, which is not above 0.
        let bets: Vec<_> = season.rule.iter().map(|(bet, profit)| (bet.outcome.0, bet.price, *profit)).collect();
        assert_eq!(bets, [(0, 3.0, 2.0), (1, 6.0, -1.0)]);
        let summary = Summary::of(&season.rule).unwrap();
        assert_eq!((summary.won, summary.price, summary.profit), (0.5, 4.5, 0.5));
        let expected = f64::midpoint((4.0 / 9.0 - 0.05) * 3.0 - 1.0, (4.0 / 15.9 - 0.05) * 6.0 - 1.0);
        assert!((summary.expected - expected).abs() < 1e-12);
        // Profits 2 and −1: standard deviation 3/√2, error 1.5.
        assert!((summary.error.unwrap() - 1.5).abs() < 1e-12);
    }

    #[test]
    fn a_smaller_margin_bets_on_more() {
        // Away 5 against 4 is now above 0, and lost.
        let season = season_with(0.049);
        assert_eq!(season.rule.len(), 3);
        assert_eq!((season.rule[2].0.outcome.0, season.rule[2].0.price, season.rule[2].1), (2, 5.0, -1.0));
    }

    #[test]
    fn the_engine_judges_by_the_other_bookmakers() {
        let season = season();
        // Three other columns alike: 1/2 less a third of 1/2 + 1/3.3 + 1/3.6 − 1.
        let third = (1.0 / 2.0 + 1.0 / 3.3 + 1.0 / 3.6 - 1.0) / 3.0;
        let (first, profit) = season.ev[0];
        assert_eq!((first.outcome.0, first.price, profit), (0, 3.0, 2.0));
        assert!((first.probability - (0.5 - third)).abs() < 1e-12);
        // The draw at 6 has (1/3.3 − third)·6, more than the home side's at 3.
        assert_eq!((season.ev[1].0.outcome.0, season.ev[1].1), (1, -1.0));
    }
}
