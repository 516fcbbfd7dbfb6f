//! Small worlds made for one law: one fixture, one market or one ladder of lines, few bookmakers, all prices at once.

use overround::config::{Anchor, Config, ReferenceMode, UnknownEv};
use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape};
use overround::{
    BookmakerId, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OddsUpdate, OutcomeIndex, Side,
    Timestamp,
};
use overround_math::commission::{Base, Commission};
use overround_math::devig::Method;
use overround_math::line::Line;
use overround_math::odds::Odds;
use overround_math::pool::Pool;
use overround_testkit::cases::cases;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeMap;

/// Bookmakers by id. The first ones are in every world.
pub(crate) const NAMES: [&str; 8] =
    ["pinnacle", "bet365", "unibet", "coral", "betfair", "smarkets", "bwin", "a newcomer"];

/// Who stands in random worlds.
pub(crate) const RESIDENTS: u32 = 6;

/// Which quote: market, outcome, is it a lay, bookmaker.
pub(crate) type Cell = (u32, u16, bool, u32);

/// One fixture's market, or its markets of one family, and the prices of them.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    pub(crate) shape: MarketShape,
    /// Canonical lines in quarters, one per market, distinct; a single 0 for a shape without lines.
    pub(crate) lines: Vec<i32>,
    pub(crate) sport: Option<&'static str>,
    pub(crate) prices: BTreeMap<Cell, f64>,
}

impl Board {
    pub(crate) fn new(shape: MarketShape, lines: &[i32]) -> Self {
        let lines = if shape.has_line() { lines.to_vec() } else { vec![0] };
        Self { shape, lines, sport: None, prices: BTreeMap::new() }
    }

    /// With a back price.
    pub(crate) fn back(mut self, market: u32, outcome: u16, bookmaker: u32, price: f64) -> Self {
        self.prices.insert((market, outcome, false, bookmaker), price);
        self
    }

    pub(crate) fn outcomes(&self) -> u16 {
        outcomes_of(self.shape)
    }

    pub(crate) fn definitions(&self) -> Vec<OddsEvent> {
        let (key, sport, league) = (Key::of("fixture"), self.sport.map(Key::of), None);
        let (start, live) = (None, None);
        let ids = 0..u32::try_from(NAMES.len()).expect("few");
        let bookmaker = |(id, name): (u32, &&str)| {
            OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key: Key::of(name) })
        };
        let mut events: Vec<OddsEvent> = ids.zip(&NAMES).map(bookmaker).collect();
        events.push(OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(0), key, sport, league, start, live }));
        let (market_type, names): (&str, &[&str]) = match self.shape {
            MarketShape::TwoWay => ("moneyline", &["home", "away"]),
            MarketShape::DrawNoBet => ("draw_no_bet", &["home", "away"]),
            MarketShape::ThreeWay => ("match_result", &["home", "draw", "away"]),
            MarketShape::Spread => ("spread", &["home", "away"]),
            MarketShape::Total => ("total", &["over", "under"]),
            MarketShape::YesNo => ("both_to_score", &["yes", "no"]),
            _ => ("group", &["red", "green", "blue"]),
        };
        events.extend((0..).zip(&self.lines).map(|(id, &quarters)| {
            OddsEvent::Market(Box::new(MarketDefinition {
                market: MarketId(id),
                family: FamilyId(0),
                fixture: FixtureId(0),
                shape: self.shape,
                market_type: Key::of(market_type),
                period: Key::of("full_game"),
                participant: Key::NONE,
                line: Line::from_thousandths(quarters * 250).filter(|_| self.shape.has_line()),
                outcomes: names.iter().map(|name| Key::of(name)).collect(),
            }))
        }));
        events
    }
}

fn outcomes_of(shape: MarketShape) -> u16 {
    shape.outcomes().unwrap_or(3)
}

/// A price fed; `None` takes it away. Every other bookmaker says how much may be staked.
pub(crate) fn odds((market, outcome, lay, bookmaker): Cell, price: Option<f64>) -> OddsEvent {
    OddsEvent::Odds(OddsUpdate {
        market: MarketId(market),
        bookmaker: BookmakerId(bookmaker),
        outcome: OutcomeIndex(outcome),
        side: if lay { Side::Lay } else { Side::Back },
        feed: FeedId(0),
        active: price.is_some(),
        main: None,
        price: price.map(|price| Odds::new(price).expect("a price")),
        limit: (bookmaker % 2 == 1).then(|| 100.0 * f64::from(bookmaker)),
        source_ts: None,
    })
}

pub(crate) fn feed(engine: &mut Engine, at: i64, events: &[OddsEvent]) {
    let report = engine.apply_batch(Timestamp(at), events, &mut Vec::new());
    assert!(report.rejected.is_empty(), "{report:?}");
}

/// A law that most worlds say something about: too many that say nothing fail it.
pub(crate) fn telling() -> ProptestConfig {
    let usual = cases(1000);
    ProptestConfig { max_global_rejects: usual.cases, ..usual }
}

/// An engine that has heard all of the board.
pub(crate) fn open(config: &Config, board: &Board) -> Engine {
    let mut engine = Engine::new(config.clone()).expect("valid");
    let mut events = board.definitions();
    events.extend(board.prices.iter().map(|(&cell, &price)| odds(cell, Some(price))));
    feed(&mut engine, 0, &events);
    engine
}

/// Everything is told that the figures allow, and nobody is asked what is fair.
pub(crate) fn permissive() -> Config {
    let mut config = Config::recorded();
    config.bookmakers = NAMES.map(Key::of).to_vec();
    config.fair.mode = ReferenceMode::Anchor;
    config.fair.anchors.clear();
    config.arbitrage.min_profit = 0.0;
    config.middle.min_size = 0.25;
    config.middle.min_numbers = 0;
    config.middle.max_loss = 1.0;
    config.middle.unknown_ev = UnknownEv::Tell;
    config
}

pub(crate) const SHAPES: [MarketShape; 7] = [
    MarketShape::Spread,
    MarketShape::Total,
    MarketShape::TwoWay,
    MarketShape::DrawNoBet,
    MarketShape::ThreeWay,
    MarketShape::YesNo,
    MarketShape::Listed,
];

/// Distinct lines, in quarters.
fn lines() -> impl Strategy<Value = Vec<i32>> {
    prop::collection::btree_set(-20..=20, 1..6).prop_map(|lines| lines.into_iter().collect())
}

/// Prices around the even ones, on the hundredths where ties are, or anywhere.
pub(crate) fn quotes() -> impl Strategy<Value = Vec<(usize, u16, bool, u32, f64)>> {
    let factor =
        prop_oneof![4 => (85..=125).prop_map(|cents| f64::from(cents) / 100.0), 3 => 0.85..1.25, 1 => 0.6..12.0];
    prop::collection::vec((0..6_usize, 0..6_u16, prop::bool::weighted(0.25), 0..RESIDENTS, factor), 2..30)
}

/// A board of single prices by anybody: rarely is a column complete.
pub(crate) fn boards(shapes: &'static [MarketShape]) -> impl Strategy<Value = Board> {
    (select(shapes), lines(), quotes()).prop_map(|(shape, lines, quotes)| {
        let mut board = Board::new(shape, &lines);
        let n = board.outcomes();
        let markets = board.lines.len();
        board.prices = quotes
            .into_iter()
            .map(|(market, outcome, lay, bookmaker, factor)| {
                // A lay at the even price is a back of the rest at its even price.
                let price = if lay { 1.0 + (f64::from(n) - 1.0) / factor } else { (f64::from(n) * factor).max(1.01) };
                ((u32::try_from(market % markets).expect("few"), outcome % n, lay, bookmaker), price)
            })
            .collect();
        board
    })
}

/// A board of columns by bookmakers who roughly agree, some of them incomplete, and some lays.
pub(crate) fn priced_boards() -> impl Strategy<Value = Board> {
    let column = (prop::bool::weighted(0.85), prop::array::uniform3(0.95..1.05_f64), -0.01..0.07_f64);
    let columns = prop::collection::vec(column, 36);
    let lays = prop::collection::vec((0..6_usize, 0..6_u16, 0..RESIDENTS, 0.97..1.08_f64), 0..4);
    let chances = prop::array::uniform3(0.3..1.0_f64);
    (select(SHAPES.as_slice()), lines(), chances, columns, lays).prop_map(|(shape, lines, chances, columns, lays)| {
        let board = Board::new(shape, &lines);
        let n = board.outcomes();
        let chances = |market: usize| {
            let mut chances = chances;
            if shape.has_line() {
                let threshold = if shape == MarketShape::Spread { -board.lines[market] } else { board.lines[market] };
                chances[0] *= 1.12_f64.powi(-threshold);
            }
            let total: f64 = chances[..usize::from(n)].iter().sum();
            chances.map(|chance| chance / total)
        };
        let markets = board.lines.len();
        let mut prices = BTreeMap::new();
        for market in 0..markets {
            for bookmaker in 0..RESIDENTS {
                let (complete, noise, margin) = columns[market * 6 + bookmaker as usize];
                for outcome in (0..n).filter(|&outcome| complete || outcome == 0) {
                    let i = usize::from(outcome);
                    let chance = (chances(market)[i] * noise[i] * (1.0 + margin)).min(0.97);
                    let cell = (u32::try_from(market).expect("few"), outcome, false, bookmaker);
                    prices.insert(cell, 1.0 / chance);
                }
            }
        }
        for (market, outcome, bookmaker, factor) in lays {
            let (market, outcome) = (market % markets, outcome % n);
            let price = (factor / chances(market)[usize::from(outcome)]).max(1.02);
            prices.insert((u32::try_from(market).expect("few"), outcome, true, bookmaker), price);
        }
        Board { prices, ..board }
    })
}

/// What each bookmaker takes.
pub(crate) fn fees() -> impl Strategy<Value = BTreeMap<Key, Commission>> {
    let bases = [Base::Winnings, Base::Stake, Base::StakeIfWon, Base::Gross, Base::Contract];
    let fee = (select(NAMES.as_slice()), select(bases.to_vec()), 0.0..0.08_f64);
    let fees = prop::collection::vec(fee, 0..4);
    fees.prop_map(|fees| {
        let of = |(name, base, rate)| (Key::of(name), Commission::new(base, rate).expect("a rate"));
        fees.into_iter().map(of).collect()
    })
}

/// References of every kind: who may be an anchor, who copies whom.
pub(crate) fn references() -> impl Strategy<Value = Config> {
    let modes = [ReferenceMode::Anchor, ReferenceMode::AnchorElseConsensus, ReferenceMode::Consensus];
    let methods = [Method::Power, Method::Multiplicative, Method::Shin, Method::OddsRatio];
    let pools = [Pool::Mean, Pool::LogOdds, Pool::Median];
    let names = &NAMES[..RESIDENTS as usize];
    let anchors = prop::sample::subsequence(names, 1..4);
    let groups = (prop::sample::subsequence(names, 0..=6).prop_shuffle(), 0..=6_usize);
    (select(modes.to_vec()), select(methods.to_vec()), select(pools.to_vec()), anchors, groups, 1..4_u32).prop_map(
        |(mode, method, pool, anchors, (grouped, cut), min_books)| {
            let mut config = permissive();
            (config.fair.mode, config.fair.method, config.fair.pool) = (mode, method, pool);
            config.fair.anchors = anchors.iter().map(|name| Anchor { bookmaker: Key::of(name), weight: 1.0 }).collect();
            let (first, second) = grouped.split_at(cut.min(grouped.len()));
            let group = |names: &[&str]| names.iter().map(|name| Key::of(name)).collect::<Vec<Key>>();
            config.fair.groups = [first, second].into_iter().map(group).filter(|group| !group.is_empty()).collect();
            config.fair.min_books = min_books;
            // Whatever has a reference is told.
            config.ev.min = -1.0;
            config
        },
    )
}
