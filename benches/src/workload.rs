//! Workloads: markets with all their quotes, and odds events after that.

use crate::random::SplitMix;
use overround::config::Profile;
use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side};
use overround::{BookmakerId, Config, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp};
use overround_math::devig::Method;
use overround_math::float;
use overround_math::line::Line;
use overround_math::odds::Odds;
use std::fmt;

/// How reference bookmakers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// `pinnacle` is among the bookmakers.
    Anchor,
    /// It is not.
    Consensus,
}

/// Which markets the odds events are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Each as often as another.
    Uniform,
    /// The k-th most popular 1/k as often as the most popular one; popularity has nothing to do with ids.
    Zipf,
}

/// What the markets ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Home or away; every market a family of its own.
    TwoWay,
    /// Home, draw or away; every market a family of its own.
    ThreeWay,
    /// Totals on 30 half lines to a family, of a sport without a law of results.
    Ladder,
    /// The same of the NBA, whose law is fitted when a middle asks for it.
    LadderWithLaw,
}

impl Shape {
    /// Outcomes of a market.
    #[must_use]
    pub const fn outcomes(self) -> u16 {
        if matches!(self, Self::ThreeWay) { 3 } else { 2 }
    }

    /// Markets of a family.
    #[must_use]
    pub const fn lines(self) -> u32 {
        if matches!(self, Self::Ladder | Self::LadderWithLaw) { LINES } else { 1 }
    }
}

const LINES: u32 = 30;

/// A workload in a few numbers. Every bookmaker quotes every outcome; prices are in cents, about 4 % of margin and up to 3 % of
/// disagreement; in one market of a hundred a bookmaker is off by 8 %, so that there is something to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What the markets ask.
    pub shape: Shape,
    /// How many.
    pub markets: u32,
    /// How many of them belong to one fixture.
    pub per_fixture: u32,
    /// How many bookmakers quote them.
    pub bookmakers: u32,
    /// How they are judged.
    pub by: By,
    /// Which markets are written to.
    pub choice: Choice,
    /// Only the first so many markets are written to; 0: all.
    pub reach: u32,
    /// How many odds events of a hundred change a price.
    pub changing: u32,
    /// Odds events of a pass.
    pub events: u32,
    /// Do quotes come with a limit and a time of their source?
    pub is_detailed: bool,
    /// Where the random numbers of the odds events begin; opening prices are always the same.
    pub seed: u64,
}

/// When the opening prices come: 1 October 2025.
pub const OPENING: Timestamp = Timestamp(1_759_276_800_000_000);
const DAY_US: i64 = 86_400_000_000;

impl Spec {
    /// The usual workload: ten two-way markets per fixture, 12 bookmakers with an anchor, all markets alike, every odds event a move.
    #[must_use]
    pub const fn two_way(markets: u32, events: u32) -> Self {
        Self {
            shape: Shape::TwoWay,
            markets,
            per_fixture: 10,
            bookmakers: 12,
            by: By::Anchor,
            choice: Choice::Uniform,
            reach: 0,
            changing: 100,
            events,
            is_detailed: false,
            seed: 1,
        }
    }

    /// Other markets, a family to a fixture if they have lines.
    #[must_use]
    pub const fn of_shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        if shape.lines() > 1 {
            self.per_fixture = shape.lines();
        }
        self
    }

    /// The whole list in an engine's words: definitions and opening prices, in pieces of a fixture each.
    pub fn opening(&self, mut take: impl FnMut(&[OddsEvent])) {
        let bookmaker = |id: u32| BookmakerDefinition { bookmaker: BookmakerId(id), key: self.name_of(id) };
        let mut piece: Vec<OddsEvent> = (0..self.bookmakers).map(|id| OddsEvent::Bookmaker(bookmaker(id))).collect();
        take(&piece);
        for first in (0..self.markets).step_by(self.per_fixture as usize) {
            piece.clear();
            piece.push(OddsEvent::Fixture(self.fixture(first / self.per_fixture)));
            for market in first..self.markets.min(first + self.per_fixture) {
                piece.push(OddsEvent::Market(Box::new(self.market(market))));
                for bookmaker in 0..self.bookmakers {
                    for outcome in 0..self.shape.outcomes() {
                        piece.push(OddsEvent::Odds(self.quote((market, bookmaker, outcome), 0)));
                    }
                }
            }
            take(&piece);
        }
    }

    /// One pass of odds events. An event that is to change a price differs from the price that its quote has then, and an event that is
    /// not to is the same: also when the list is played again and again, as each quote is moved an even number of times, forth and back.
    ///
    /// # Panics
    /// If there are more quotes than memory.
    #[must_use]
    pub fn moves(&self) -> Vec<OddsEvent> {
        let mut random = SplitMix(self.seed);
        let pairs = self.events * self.changing / 200;
        let reach = if self.reach == 0 { self.markets } else { self.reach };
        let popular = Popularity::new(self.choice, reach);
        let any = |random: &mut SplitMix| {
            let market = popular.pick(random);
            let outcome = random.below(u32::from(self.shape.outcomes()));
            (market, random.below(self.bookmakers), u16::try_from(outcome).expect("three at most"))
        };
        let mut places = Vec::new();
        for _ in 0..pairs {
            let place = any(&mut random);
            places.extend([(place, true), (place, true)]);
        }
        places.extend((2 * pairs..self.events).map(|_| (any(&mut random), false)));
        random.shuffle(&mut places);
        let mut offsets = vec![0_i8; self.quotes()];
        let event = |((market, bookmaker, outcome), moves): ((u32, u32, u16), bool)| {
            let row = (market as usize * self.bookmakers as usize) + bookmaker as usize;
            let offset = &mut offsets[row * usize::from(self.shape.outcomes()) + usize::from(outcome)];
            if moves {
                *offset = if *offset != 0 {
                    0
                } else if random.below(2) == 0 {
                    1
                } else {
                    -1
                };
            }
            OddsEvent::Odds(self.quote((market, bookmaker, outcome), *offset))
        };
        places.into_iter().map(event).collect()
    }

    /// How many quotes there are.
    #[must_use]
    pub fn quotes(&self) -> usize {
        self.markets as usize * self.bookmakers as usize * usize::from(self.shape.outcomes())
    }

    fn name_of(&self, id: u32) -> Key {
        if id == 0 && self.by == By::Anchor { Key::of("pinnacle") } else { Key::of(&format!("bookmaker {id}")) }
    }

    /// What is known of a fixture.
    #[must_use]
    pub fn fixture(&self, id: u32) -> FixtureUpdate {
        let sport = match self.shape {
            Shape::TwoWay => "tennis",
            Shape::ThreeWay => "soccer",
            Shape::Ladder => "netball",
            Shape::LadderWithLaw => "basketball",
        };
        let league = if self.shape == Shape::LadderWithLaw { "nba" } else { "league" };
        FixtureUpdate {
            fixture: FixtureId(id),
            key: Key::of(&format!("fixture {id}")),
            sport: Some(Key::of(sport)),
            league: Some(Key::of(league)),
            // Spread over three days, the first after any pass is over.
            start: Some(OPENING.plus_us(DAY_US + i64::from(id % 300) * (DAY_US / 100))),
            live: None,
        }
    }

    /// A market's definition.
    #[must_use]
    pub fn market(&self, id: u32) -> MarketDefinition {
        let within = id % self.per_fixture / self.shape.lines();
        let (shape, market_type, outcomes): (_, _, &[&str]) = match self.shape {
            Shape::TwoWay => (MarketShape::TwoWay, "moneyline", &["home", "away"]),
            Shape::ThreeWay => (MarketShape::ThreeWay, "match_result", &["home", "draw", "away"]),
            Shape::Ladder | Shape::LadderWithLaw => (MarketShape::Total, "total", &["over", "under"]),
        };
        let period = if within == 0 { "full_game".into() } else { format!("period {within}") };
        let half = || i32::try_from(id % LINES).map(|line| 200_500 + 1_000 * line).ok();
        MarketDefinition {
            market: MarketId(id),
            family: FamilyId(id / self.shape.lines()),
            fixture: FixtureId(id / self.per_fixture),
            shape,
            market_type: Key::of(market_type),
            period: Key::of(&period),
            participant: Key::NONE,
            line: half().filter(|_| self.shape.lines() > 1).and_then(Line::from_thousandths),
            outcomes: outcomes.iter().map(|name| Key::of(name)).collect(),
        }
    }

    /// A quote of a market by a bookmaker for an outcome, `offset` cents beside its opening price.
    ///
    /// # Panics
    /// Never: all prices are between 1.1 and 9.
    #[must_use]
    pub fn quote(&self, (market, bookmaker, outcome): (u32, u32, u16), offset: i8) -> OddsUpdate {
        let mut of_market = SplitMix(3 ^ u64::from(market) << 20);
        let is_off = of_market.below(100) == 0
            && 1 + of_market.below(self.bookmakers - 1) == bookmaker
            && of_market.below(u32::from(self.shape.outcomes())) == u32::from(outcome);
        let mut of_quote = SplitMix(u64::from(market) << 24 ^ u64::from(bookmaker) << 8 ^ u64::from(outcome));
        let noise = 0.97 + 0.04 * of_quote.unit() + if is_off { 0.08 } else { 0.0 };
        let cents = (100.0 / (self.fair(market, outcome) * 1.04) * noise).round() + f64::from(offset);
        OddsUpdate {
            market: MarketId(market),
            bookmaker: BookmakerId(bookmaker),
            outcome: OutcomeIndex(outcome),
            side: Side::Back,
            feed: FeedId(0),
            active: true,
            main: None,
            price: Some(Odds::new(cents / 100.0).expect("between 1.1 and 9")),
            limit: self.is_detailed.then_some(500.0),
            source_ts: self.is_detailed.then_some(OPENING),
        }
    }

    /// The true chance of an outcome.
    fn fair(&self, market: u32, outcome: u16) -> f64 {
        let x = SplitMix(u64::from(market / self.shape.lines())).unit();
        let home = match self.shape {
            Shape::TwoWay => 0.30 + 0.4 * x,
            Shape::ThreeWay => {
                let home = 0.25 + 0.25 * x;
                return [home, 0.28, 0.72 - home][usize::from(outcome)];
            }
            Shape::Ladder | Shape::LadderWithLaw => {
                let above_centre = f64::from(market % LINES) - f64::from(LINES - 1) / 2.0 + 2.0 * x;
                1.0 / (1.0 + float::exp(above_centre / 10.0))
            }
        };
        if outcome == 0 { home } else { 1.0 - home }
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = match self.shape {
            Shape::TwoWay => "two_way",
            Shape::ThreeWay => "three_way",
            Shape::Ladder => "ladder",
            Shape::LadderWithLaw => "ladder_with_law",
        };
        let by = if self.by == By::Anchor { "anchor" } else { "consensus" };
        let choice = if self.choice == Choice::Uniform { "uniform" } else { "zipf" };
        let Self { markets, bookmakers, per_fixture, changing, events, .. } = self;
        write!(f, "{shape} {markets}x{bookmakers} {per_fixture}/fixture {by} {choice} {changing}% {events}")?;
        for (name, value, usual) in [("reach", u64::from(self.reach), 0), ("seed", self.seed, 1)] {
            if value != usual {
                write!(f, " {name}={value}")?;
            }
        }
        Ok(())
    }
}

/// How often markets are picked.
enum Popularity {
    Uniform(u32),
    /// Sums of 1/k.
    Zipf(Vec<f64>),
}

impl Popularity {
    fn new(choice: Choice, markets: u32) -> Self {
        match choice {
            Choice::Uniform => Self::Uniform(markets),
            Choice::Zipf => Self::Zipf(
                (1..=markets)
                    .scan(0.0, |sum, k| {
                        *sum += 1.0 / f64::from(k);
                        Some(*sum)
                    })
                    .collect(),
            ),
        }
    }

    fn pick(&self, random: &mut SplitMix) -> u32 {
        match self {
            Self::Uniform(markets) => random.below(*markets),
            Self::Zipf(sums) => {
                let at = random.unit() * sums.last().copied().unwrap_or_default();
                let rank = sums.partition_point(|&sum| sum <= at).min(sums.len() - 1);
                let markets = u64::try_from(sums.len()).expect("came from a u32");
                // Times a prime larger than any number of markets: a permutation.
                u32::try_from(rank as u64 * 2_147_483_647 % markets).expect("below a u32")
            }
        }
    }
}

/// All four detectors on, nothing dropped for age or source, margins removed by `method`.
#[must_use]
pub fn config(method: Method) -> Config {
    let mut config = Config::recorded();
    config.fair.method = method;
    config
}

/// `count` bettors that may bet with seven bookmakers of twelve each and want 1 to 3 % of expected value.
#[must_use]
pub fn with_profiles(mut config: Config, count: u32) -> Config {
    if count > 1 {
        config.profiles = (0..count)
            .map(|id| {
                let mut profile = Profile::named(&format!("bettor {id}"));
                profile.bookmakers =
                    Some((0..7).map(|k| Key::of(&format!("bookmaker {}", 1 + (id + k * 3) % 11))).collect());
                profile.ev.min = Some(0.01 + 0.001 * f64::from(id % 21));
                profile
            })
            .collect();
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::play::Player;

    fn small(choice: Choice, changing: u32, shape: Shape) -> Spec {
        Spec { choice, changing, ..Spec::two_way(120, 4_000).of_shape(shape) }
    }

    /// What would slip through otherwise: a bench of moves that moves nothing from the second pass on.
    #[test]
    fn as_many_prices_move_as_are_meant_to_on_every_pass() {
        for choice in [Choice::Uniform, Choice::Zipf] {
            for changing in [0, 10, 100] {
                for shape in [Shape::TwoWay, Shape::ThreeWay, Shape::Ladder, Shape::LadderWithLaw] {
                    let spec = small(choice, changing, shape);
                    let events = spec.moves();
                    assert_eq!(events, spec.moves(), "the same seed, the same odds events");
                    let mut player = Player::open(&spec, config(Method::Power));
                    for batch in [None, Some(100), None] {
                        player.pass(&spec, &events, batch);
                    }
                }
            }
        }
    }

    #[test]
    fn something_is_told_now_and_then() {
        let spec = Spec { markets: 5_000, ..Spec::two_way(5_000, 50_000) };
        let mut player = Player::open(&spec, config(Method::Power));
        player.pass(&spec, &spec.moves(), None);
        let share = player.told * 10_000 / u64::from(spec.events);
        assert!((5..=50).contains(&share), "{share} of 10,000 odds events");
    }

    #[test]
    fn popular_markets_come_oftener() {
        let count = |choice| {
            let spec = small(choice, 100, Shape::TwoWay);
            let mut counts = vec![0; spec.markets as usize];
            for event in spec.moves() {
                if let OddsEvent::Odds(update) = event {
                    counts[update.market.index()] += 1;
                }
            }
            counts.sort_unstable();
            counts
        };
        assert!(count(Choice::Zipf)[119] > 5 * count(Choice::Uniform)[119], "the most popular one");
        assert!(count(Choice::Uniform)[0] > 10, "the least popular one");
    }
}
