//! Workloads shared by the benches: the same seed gives the same odds events on every machine.

use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side};
use overround::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex};
use overround_math::odds::Odds;

/// How reference bookmakers are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// `pinnacle` is among the bookmakers.
    Anchor,
    /// It is not.
    Consensus,
}

/// Two-way markets with every bookmaker quoting both outcomes, and single price moves after that.
#[derive(Debug)]
pub struct Workload {
    /// Definitions and opening prices.
    pub setup: Vec<OddsEvent>,
    /// Price moves, each changing one price by a step or two around its fair value.
    pub moves: Vec<OddsEvent>,
}

impl Workload {
    /// `markets` moneylines of one fixture each, quoted by `bookmakers`, and `moves` price moves spread evenly over them.
    ///
    /// # Panics
    /// If a number does not fit an id.
    #[must_use]
    pub fn two_way(markets: u32, bookmakers: u32, by: By, moves: usize, seed: u64) -> Self {
        let mut random = SplitMix(seed);
        let mut setup = Vec::new();
        for id in 0..bookmakers {
            let name = if id == 0 && by == By::Anchor { "pinnacle".into() } else { format!("bookmaker {id}") };
            let key = Key::of(&name);
            setup.push(OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key }));
        }
        for id in 0..markets {
            let key = Key::of(&format!("fixture {id}"));
            let (sport, league, start, live) = (None, None, None, None);
            setup.push(OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(id), key, sport, league, start, live }));
            setup.push(OddsEvent::Market(Box::new(MarketDefinition {
                market: MarketId(id),
                family: FamilyId(id),
                fixture: FixtureId(id),
                shape: MarketShape::TwoWay,
                market_type: Key::of("moneyline"),
                period: Key::of("full_game"),
                participant: Key::NONE,
                line: None,
                outcomes: vec![Key::of("home"), Key::of("away")],
            })));
            for bookmaker in 0..bookmakers {
                for outcome in 0..2 {
                    setup.push(quote(id, bookmaker, outcome, &mut random));
                }
            }
        }
        let moves = (0..moves)
            .map(|_| {
                let (market, bookmaker) = (random.below(markets), random.below(bookmakers));
                let outcome = if random.below(2) == 0 { 0 } else { 1 };
                quote(market, bookmaker, outcome, &mut random)
            })
            .collect();
        Self { setup, moves }
    }
}

/// A price with about 5 % margin on the market's fair value, in cents.
fn quote(market: u32, bookmaker: u32, outcome: u16, random: &mut SplitMix) -> OddsEvent {
    let home = 0.30 + 0.4 * f64::from(market % 101) / 100.0;
    let fair = if outcome == 0 { home } else { 1.0 - home };
    let noise = 0.97 + 0.04 * f64::from(random.below(1000)) / 1000.0;
    let cents = (100.0 / (fair * 1.04) * noise).round();
    OddsEvent::Odds(OddsUpdate {
        market: MarketId(market),
        bookmaker: BookmakerId(bookmaker),
        outcome: OutcomeIndex(outcome),
        side: Side::Back,
        feed: FeedId(0),
        active: true,
        main: None,
        price: Some(Odds::new(cents / 100.0).expect("between 1.3 and 4")),
        limit: None,
        source_ts: None,
    })
}

/// A small generator with good enough bits (Steele, Lea and Flood's SplitMix64).
#[derive(Clone, Debug)]
pub struct SplitMix(pub u64);

impl SplitMix {
    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, nearly uniform.
    ///
    /// # Panics
    /// Never: the remainder fits.
    pub fn below(&mut self, bound: u32) -> u32 {
        u32::try_from(self.next_u64() % u64::from(bound)).expect("below a u32")
    }
}
