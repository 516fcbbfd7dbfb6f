//! Random small worlds, rich in coincidences: few bookmakers, few prices near the fair ones, many lines, ties, exact booksums of 1,
//! times on and beside every limit, and bad events left in.

mod cast;
mod config;
mod prices;
mod records;

use cast::Cast;
pub use config::random_config;

use crate::random::Random;
use overround::config::{ReferenceMode, UnknownEv};
use overround::{Config, Key, MarketId, OddsEvent, Timestamp};
use overround_math::odds::Odds;
use proptest::prelude::{Strategy, any};

/// One call on the engine.
#[derive(Clone, Debug)]
pub enum Step {
    /// `apply_batch`.
    Batch(Timestamp, Vec<OddsEvent>),
    /// `apply`.
    Apply(Timestamp, OddsEvent),
    /// `advance`.
    Advance(Timestamp),
    /// `advance` to the engine's own next deadline, if it has one.
    Wake,
}

/// Which parts of the engine a scenario uses.
#[derive(Clone, Copy, Debug)]
pub struct Features {
    /// Budgets, roles and signals.
    pub sources: bool,
    /// Snapshots, holds and gaps.
    pub scopes: bool,
    /// `confirm_after_ms` and `hysteresis`.
    pub policy: bool,
    /// Several profiles.
    pub profiles: bool,
    /// Overrides.
    pub overrides: bool,
    /// `Configure` in the middle.
    pub configure: bool,
    /// Two feeds that carry the same bookmakers.
    pub feeds: bool,
    /// Lay quotes and commissions.
    pub lays: bool,
    /// Events that must be refused.
    pub bad: bool,
    /// Ends, barriers, starts within reach.
    pub ends: bool,
}

impl Features {
    /// Everything at once.
    pub const ALL: Self = Self {
        sources: true,
        scopes: true,
        policy: true,
        profiles: true,
        overrides: true,
        configure: true,
        feeds: true,
        lays: true,
        bad: true,
        ends: true,
    };

    /// Prices alone.
    pub const NONE: Self = Self {
        sources: false,
        scopes: false,
        policy: false,
        profiles: false,
        overrides: false,
        configure: false,
        feeds: false,
        lays: false,
        bad: false,
        ends: false,
    };

    /// Each part with a chance of one half.
    pub fn random(random: &mut Random) -> Self {
        let mut flip = || random.chance(50);
        Self {
            sources: flip(),
            scopes: flip(),
            policy: flip(),
            profiles: flip(),
            overrides: flip(),
            configure: flip(),
            feeds: flip(),
            lays: flip(),
            bad: flip(),
            ends: flip(),
        }
    }
}

/// A configuration and what happens under it.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Of the engine when it is made.
    pub config: Config,
    /// Calls in order.
    pub steps: Vec<Step>,
}

/// When every scenario begins, in microseconds: 2026-08-07T12:00:00Z.
pub const EPOCH: i64 = 1_786_104_000_000_000;

impl Scenario {
    /// The scenario of a seed, with random features.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let features = Features::random(&mut random);
        Self::with_features(seed, features)
    }

    /// The scenario of a seed with these features.
    #[must_use]
    pub fn with_features(seed: u64, features: Features) -> Self {
        Self::drawn(Random::new(seed ^ 0x5eed), features)
    }

    /// The scenario that a tape of bytes chooses: its features first, then, one after the other, whatever happens. It ends with the tape.
    #[must_use]
    pub fn from_tape(tape: &[u8]) -> Self {
        let mut random = Random::from_tape(tape);
        let features = Features::random(&mut random);
        Self::drawn(random, features)
    }

    fn drawn(mut random: Random, features: Features) -> Self {
        let has_tape = !random.is_spent();
        let mut cast = Cast::random(&mut random, features);
        let config = random_config(&mut random, &cast.names, features);
        let mut steps = Vec::new();
        let definitions = cast.definitions(&mut random);
        steps.push(Step::Batch(Timestamp(EPOCH), definitions));
        let length = 8 + random.below(40);
        for _ in 0..length {
            if has_tape && random.is_spent() {
                break;
            }
            cast.step(&mut random, &mut steps);
        }
        Self { config, steps }
    }

    /// How many odds events there are.
    #[must_use]
    pub fn events(&self) -> usize {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Batch(_, events) => events.len(),
                Step::Apply(..) => 1,
                Step::Advance(_) | Step::Wake => 0,
            })
            .sum()
    }
}

/// Scenarios by seed. Shrinking a seed is of no use: minimise the scenario itself (see [`crate::minimise::minimise`]).
pub fn seeds() -> impl Strategy<Value = u64> {
    any::<u64>().no_shrink()
}

/// The names of the bookmakers that a scenario defines, in the order of their ids.
#[must_use]
pub fn bookmakers_of(scenario: &Scenario) -> Vec<&'static str> {
    let first = scenario.steps.iter().find_map(|step| match step {
        Step::Batch(_, events) => Some(events),
        _ => None,
    });
    let defined = first.into_iter().flatten().filter_map(|event| match event {
        OddsEvent::Bookmaker(definition) => Some(definition.key),
        _ => None,
    });
    defined.filter_map(|key| BOOKMAKERS.into_iter().find(|name| Key::of(name) == key)).collect()
}

/// Two-way markets only, back prices whose counterparts as lays are exact, and nobody to judge by: the same bets on either side.
#[must_use]
pub fn exact_two_way(seed: u64) -> Scenario {
    let mut random = Random::new(seed);
    let mut scenario = Scenario::with_features(seed, Features::NONE);
    scenario.config = Config::recorded();
    scenario.config.fair.mode = ReferenceMode::Anchor;
    scenario.config.fair.anchors.clear();
    scenario.config.middle.unknown_ev = UnknownEv::Tell;
    scenario.config.middle.max_loss = 0.5;
    scenario.config.low_hold.max_hold = 0.2;
    let names = bookmakers_of(&scenario).len();
    let two_way: Vec<MarketId> = scenario
        .steps
        .iter()
        .flat_map(|step| if let Step::Batch(_, events) = step { events.as_slice() } else { &[] })
        .filter_map(|event| match event {
            OddsEvent::Market(it) if it.outcomes.len() == 2 => Some(it.market),
            _ => None,
        })
        .collect();
    let mut keep = |event: &mut OddsEvent| match event {
        OddsEvent::Odds(update) => {
            // `outlier` looks at backs and at five others: five bookmakers never have that many.
            let known = update.bookmaker.index() < names.min(5) && two_way.contains(&update.market);
            let price = random.pick(&[1.125, 1.25, 1.5, 2.0, 2.0, 3.0, 3.0, 5.0]);
            update.price = Odds::new(price).ok();
            known
        }
        OddsEvent::Removed(_) | OddsEvent::Suspended(_) => false,
        _ => true,
    };
    for step in &mut scenario.steps {
        if let Step::Apply(now, event) = step {
            *step = Step::Batch(*now, vec![event.clone()]);
        }
        if let Step::Batch(_, events) = step {
            events.retain_mut(&mut keep);
        }
    }
    scenario
}

const BOOKMAKERS: [&str; 8] =
    ["pinnacle", "draftkings", "betfair_ex_uk", "circa", "fanduel", "kalshi", "espnbet", "unibet_se"];

/// Every name that scenarios use, for printing them.
pub const NAMES: [&str; 47] = [
    "pinnacle",
    "draftkings",
    "betfair_ex_uk",
    "circa",
    "fanduel",
    "kalshi",
    "espnbet",
    "unibet_se",
    "soccer",
    "basketball",
    "epl",
    "nba",
    "moneyline",
    "1x2",
    "total",
    "total_goals",
    "spread",
    "asian_handicap",
    "draw_no_bet",
    "both_to_score",
    "winner",
    "full_game",
    "1st_half",
    "somebody",
    "home",
    "draw",
    "away",
    "over",
    "under",
    "yes",
    "no",
    "a",
    "b",
    "c",
    "d",
    "fixture 0",
    "fixture 1",
    "fixture 2",
    "somebody 0",
    "somebody 1",
    "somebody 2",
    "somebody 3",
    "somebody 4",
    "somebody 5",
    "somebody 6",
    "somebody 7",
    "somebody 8",
];
