//! Bookmakers: how they price, what they show, how their records come.

use crate::random::Random;
use overround::{BookmakerId, FeedId, Key};

/// The names of the first bookmakers; the others are numbered.
pub(super) const NAMES: [&str; 20] = [
    "pinnacle",
    "betfair_ex_uk",
    "kalshi",
    "draftkings",
    "fanduel",
    "circa",
    "betmgm",
    "caesars",
    "bet365",
    "espnbet",
    "unibet_se",
    "unibet_nl",
    "fanatics",
    "hardrock",
    "betrivers",
    "bovada",
    "matchbook",
    "williamhill",
    "ladbrokes",
    "coral",
];

/// Exchanges, which take lays.
pub(super) const EXCHANGES: [&str; 2] = ["betfair_ex_uk", "matchbook"];

/// The steps in which a bookmaker shows prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grid {
    /// Decimal, a cent at short prices.
    Decimal,
    /// American, whole numbers.
    American,
    /// An exchange's increments.
    Exchange,
    /// Whole cents of a contract that pays one.
    Contract,
}

impl Grid {
    /// The price shown for one that is wanted, within [1.01, 1000].
    pub(super) fn shown(self, price: f64) -> f64 {
        let price = price.clamp(1.01, 1_000.0);
        match self {
            Self::Decimal => {
                let step = if price < 4.0 {
                    0.01
                } else if price < 20.0 {
                    0.1
                } else {
                    1.0
                };
                rounded(price, step).max(1.01)
            }
            Self::American if price >= 2.0 => 1.0 + rounded((price - 1.0) * 100.0, american_step(price)) / 100.0,
            Self::American => 1.0 + 100.0 / rounded(100.0 / (price - 1.0), american_step(1.0 / (price - 1.0) + 1.0)),
            Self::Exchange => rounded(price, increment(price)).max(1.01),
            Self::Contract => 100.0 / rounded(100.0 / price, 1.0).clamp(1.0, 99.0),
        }
    }
}

fn rounded(x: f64, step: f64) -> f64 {
    // Whole hundredths divide exactly as people write them.
    (x / step).round() * (step * 100.0) / 100.0
}

fn american_step(price: f64) -> f64 {
    if price < 2.5 {
        1.0
    } else if price < 6.0 {
        5.0
    } else {
        50.0
    }
}

/// An exchange's increment at a price.
pub(super) fn increment(price: f64) -> f64 {
    const STEPS: [(f64, f64); 9] = [
        (2.0, 0.01),
        (3.0, 0.02),
        (4.0, 0.05),
        (6.0, 0.1),
        (10.0, 0.2),
        (20.0, 0.5),
        (30.0, 1.0),
        (50.0, 2.0),
        (100.0, 5.0),
    ];
    STEPS.into_iter().find(|(below, _)| price < *below).map_or(10.0, |(_, step)| step)
}

/// The bookmaker's own time of a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stamp {
    None,
    /// When the price was made.
    Made,
    /// When it was asked for.
    Asked,
}

/// One bookmaker's habits.
#[derive(Clone, Debug)]
pub(super) struct Bookmaker {
    pub(super) id: BookmakerId,
    pub(super) key: Key,
    pub(super) name: String,
    /// 1/booksum of its prices is 1/(1 + margin).
    pub(super) margin: f64,
    /// By how many ticks its opinion is behind the truth.
    pub(super) lag: usize,
    pub(super) grid: Grid,
    pub(super) takes_lays: bool,
    /// Share of fixtures and of markets that it quotes.
    pub(super) coverage: f64,
    pub(super) plays_live: bool,
    /// It says what is unchanged too.
    pub(super) repeats: bool,
    pub(super) stamp: Stamp,
    pub(super) has_limits: bool,
    pub(super) says_main: bool,
    /// Its clock is ahead by so many microseconds.
    pub(super) ahead_us: i64,
    pub(super) is_down: bool,
    /// A signal that wants its opposite.
    pub(super) is_signalled: bool,
}

impl Bookmaker {
    pub(super) fn random(random: &mut Random, id: u32) -> Self {
        let index = BookmakerId(id).index();
        let name = NAMES.get(index).map_or_else(|| format!("bookmaker {id}"), |name| (*name).to_owned());
        let is_anchor = id == 0;
        let takes_lays = EXCHANGES.contains(&name.as_str());
        let grid = if takes_lays {
            Grid::Exchange
        } else if name == "kalshi" {
            Grid::Contract
        } else {
            random.pick(&[Grid::Decimal, Grid::American])
        };
        Self {
            id: BookmakerId(id),
            key: Key::of(&name),
            name,
            margin: if is_anchor || takes_lays { random.within(0.01, 0.025) } else { random.within(0.03, 0.08) },
            lag: if is_anchor { 0 } else { random.below(6) },
            grid,
            takes_lays,
            coverage: if is_anchor { 0.95 } else { random.within(0.5, 0.95) },
            plays_live: is_anchor || random.chance(75),
            repeats: random.chance(90),
            stamp: random.pick(&[Stamp::None, Stamp::Made, Stamp::Made, Stamp::Asked]),
            has_limits: takes_lays || random.chance(40),
            says_main: random.chance(40),
            ahead_us: if random.chance(10) { random.between(0, 90_000_000) } else { 0 },
            is_down: false,
            is_signalled: false,
        }
    }
}

/// How a bookmaker's records reach us by one feed.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) bookmaker: usize,
    pub(super) feed: FeedId,
    /// It repeats what another feed has brought, some of it late.
    pub(super) is_copy: bool,
    /// A snapshot is under way.
    pub(super) is_paused: bool,
    /// The slot whose turn it is.
    pub(super) cursor: usize,
    /// The slot whose second part is to come.
    pub(super) rest: Option<usize>,
}
