//! Random odds events of a cast, one step at a time.

use super::cast::Cast;
use super::{Step, random_config};
use crate::random::Random;
use overround::odds_event::{
    Barrier, BarrierCause, BookmakerDefinition, Ended, Filter, FixtureUnset, FixtureUpdate, MarketDefinition,
    OddsUpdate, Scope, Side, SourceHealth, SourceRole, SourceSignal,
};
use overround::{BookmakerId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex, Timestamp};
use overround_math::line::Line;
use overround_math::odds::Odds;

const SECOND: i64 = 1_000_000;

impl Cast {
    /// One more call, or a few.
    pub(crate) fn step(&mut self, random: &mut Random, steps: &mut Vec<Step>) {
        self.pass_time(random, steps);
        let now = Timestamp(if random.chance(3) { self.now - random.pick(&[1, SECOND]) } else { self.now });
        if random.chance(4) {
            // A bad record far in the future must not move time.
            let bad = OddsEvent::Heartbeat(Some(BookmakerId(999)));
            steps.push(Step::Apply(Timestamp(self.now + 3_600 * SECOND), bad));
        }
        if random.chance(30) {
            let event = self.event(random);
            steps.push(Step::Apply(now, event));
            return;
        }
        let mut events = Vec::new();
        for _ in 0..=random.below(4) {
            if random.chance(40) {
                if self.has_only_lines && random.chance(40) {
                    self.ladder(random, &mut events);
                } else {
                    self.column(random, &mut events);
                }
            } else {
                events.push(self.event(random));
            }
        }
        steps.push(Step::Batch(now, events));
    }

    fn pass_time(&mut self, random: &mut Random, steps: &mut Vec<Step>) {
        if random.chance(8) {
            steps.push(Step::Wake);
        }
        self.now += match random.below(20) {
            0..=5 => 0,
            6 => 1,
            7 => 1_000,
            8..=11 => random.pick(&[SECOND, 2 * SECOND, 5 * SECOND, 5 * SECOND + 1]),
            12..=14 => random.pick(&[10 * SECOND, 30 * SECOND, 45 * SECOND, 45 * SECOND + 1]),
            15 | 16 => random.pick(&[60 * SECOND, 60 * SECOND + 1, 61 * SECOND]),
            17 => random.pick(&[180 * SECOND, 300 * SECOND, 300 * SECOND + 1]),
            18 => random.pick(&[600 * SECOND, 3_600 * SECOND]),
            _ if random.chance(3) => random.pick(&[48 * 3_600 * SECOND, 50 * 3_600 * SECOND]),
            _ => 500_000,
        };
        if random.chance(6) {
            steps.push(Step::Advance(Timestamp(self.now)));
        }
    }

    fn bookmaker(&self, random: &mut Random) -> BookmakerId {
        BookmakerId(u32::try_from(random.below(self.names.len())).unwrap_or(0))
    }

    fn fixture(&self, random: &mut Random) -> FixtureId {
        FixtureId(u32::try_from(random.below(self.fixtures.len())).unwrap_or(0))
    }

    fn feed(&self, random: &mut Random) -> FeedId {
        FeedId(if self.features.feeds && random.chance(40) { 1 } else { 0 })
    }

    /// Mostly one that is defined, of a fixture that has not ended.
    fn market(&self, random: &mut Random) -> MarketId {
        let defined = self.markets.len() - self.late.len();
        let mut market = random.below(self.markets.len());
        for _ in 0..8 {
            if market < defined && !self.ended.contains(&self.markets[market].fixture) {
                break;
            }
            market = random.below(self.markets.len());
        }
        MarketId(u32::try_from(market).unwrap_or(0))
    }

    /// A bookmaker's whole market at once.
    fn column(&mut self, random: &mut Random, events: &mut Vec<OddsEvent>) {
        let market = self.market(random);
        let bookmaker = self.bookmaker(random);
        let feed = self.feed(random);
        let source_ts = self.source_ts(random);
        for outcome in 0..self.truths[market.index()].outcomes() {
            let mut update = self.odds(random, market, bookmaker, outcome);
            update.side = Side::Back;
            update.feed = feed;
            update.source_ts = source_ts;
            events.push(OddsEvent::Odds(update));
        }
    }

    /// A bookmaker's whole family at once, some lines at the very prices of the line before.
    fn ladder(&mut self, random: &mut Random, events: &mut Vec<OddsEvent>) {
        let family = self.markets[self.market(random).index()].family;
        let bookmaker = self.bookmaker(random);
        let mut before: Option<[Option<Odds>; 2]> = None;
        for index in (0..self.markets.len() - self.late.len()).filter(|&index| self.markets[index].family == family) {
            let market = MarketId(u32::try_from(index).unwrap_or(0));
            let copied = before.filter(|_| random.chance(40));
            let prices = [0, 1].map(|outcome| {
                let mut update = self.odds(random, market, bookmaker, outcome);
                (update.side, update.active) = (Side::Back, true);
                let own = Some(self.truths[index].price(random, outcome, Side::Back));
                update.price = copied.map_or(own, |prices| prices[outcome]);
                events.push(OddsEvent::Odds(update));
                update.price
            });
            before = Some(prices);
        }
    }

    fn odds(&self, random: &mut Random, market: MarketId, bookmaker: BookmakerId, outcome: usize) -> OddsUpdate {
        let side = if self.features.lays && random.chance(30) { Side::Lay } else { Side::Back };
        let active = !random.chance(4);
        let price = self.truths[market.index()].price(random, outcome, side);
        OddsUpdate {
            market,
            bookmaker,
            outcome: OutcomeIndex(u16::try_from(outcome).unwrap_or(0)),
            side,
            feed: self.feed(random),
            active,
            main: random.maybe(20, &[true, false]),
            price: if active || random.chance(50) { Some(price) } else { None },
            limit: random.maybe(40, &[0.0, 50.0, 100.0, 105.0, 250.0, 1000.0]),
            source_ts: if random.chance(30) { self.source_ts(random) } else { None },
        }
    }

    fn source_ts(&self, random: &mut Random) -> Option<Timestamp> {
        let offset = random.maybe(
            40,
            &[
                0,
                0,
                -1,
                -SECOND,
                -5 * SECOND,
                -30 * SECOND,
                -61 * SECOND,
                -300 * SECOND,
                SECOND,
                62 * SECOND,
                130 * SECOND,
            ],
        )?;
        Some(Timestamp(self.now + offset))
    }

    fn event(&mut self, random: &mut Random) -> OddsEvent {
        if self.features.bad && random.chance(8) {
            return self.bad(random);
        }
        if let Some(market) = self.late.first().cloned()
            && random.chance(15)
        {
            self.late.remove(0);
            return OddsEvent::Market(Box::new(market));
        }
        match random.below(100) {
            0..=3 => OddsEvent::Removed(Box::new(self.filter(random))),
            4..=7 => OddsEvent::Suspended(Box::new(self.filter(random))),
            8..=19 if self.features.scopes => self.scope_event(random),
            20..=26 if self.features.sources => self.source_event(random),
            27..=30 if self.features.ends => self.fixture_event(random),
            31 | 32 if self.features.configure => {
                OddsEvent::Configure(Box::new(random_config(random, &self.names, self.features)))
            }
            33 => OddsEvent::Heartbeat(random.given(70, |random| self.bookmaker(random))),
            34 => OddsEvent::Fixture(FixtureUpdate {
                live: random.maybe(60, &[true, false]),
                sport: random.maybe(20, &["soccer", "basketball"]).map(Key::of),
                start: None,
                ..self.fixtures[self.fixture(random).index()]
            }),
            35 => OddsEvent::Market(Box::new(self.markets[random.below(self.markets.len())].clone())),
            _ => {
                let market = self.market(random);
                let outcome = random.below(self.truths[market.index()].outcomes());
                let bookmaker = self.bookmaker(random);
                OddsEvent::Odds(self.odds(random, market, bookmaker, outcome))
            }
        }
    }

    fn filter(&self, random: &mut Random) -> Filter {
        let market = &self.markets[self.market(random).index()];
        let fixture = if random.chance(60) { Some(market.fixture) } else { None };
        let bookmaker = if fixture.is_none() || random.chance(70) { Some(self.bookmaker(random)) } else { None };
        let mut filter = Filter { feed: self.feed(random), bookmaker, fixture, ..Filter::default() };
        if random.chance(60) {
            filter.market_type = Some(market.market_type);
            filter.period = random.maybe(20, &[market.period]);
            filter.participant = random.maybe(20, &[market.participant]);
            filter.outcome = random.given(40, |random| market.outcomes[random.below(market.outcomes.len())]);
            filter.side = random.maybe(20, &[Side::Back, Side::Lay]);
            if let Some(line) = market.line.filter(|_| random.chance(40)) {
                filter.line = Some(if random.chance(50) { line } else { -line });
            }
        }
        filter
    }

    fn scope(&self, random: &mut Random) -> Scope {
        Scope {
            feed: self.feed(random),
            bookmaker: random.given(60, |random| self.bookmaker(random)),
            fixture: random.given(40, |random| self.fixture(random)),
        }
    }

    fn scope_event(&mut self, random: &mut Random) -> OddsEvent {
        if !self.begun.is_empty() && random.chance(50) {
            let (snapshot, scope) = self.begun.swap_remove(random.below(self.begun.len()));
            return if snapshot { OddsEvent::SnapshotComplete(scope) } else { OddsEvent::HoldEnd(scope) };
        }
        let scope = self.scope(random);
        match random.below(12) {
            0..=4 => {
                let scope = if random.chance(50) { self.wanted.pop().unwrap_or(scope) } else { scope };
                self.begun.push((true, scope));
                OddsEvent::SnapshotBegin(scope)
            }
            5 | 6 => {
                self.begun.push((false, scope));
                OddsEvent::HoldBegin(scope)
            }
            7 => OddsEvent::SnapshotComplete(scope),
            8 => OddsEvent::HoldEnd(scope),
            _ => {
                self.wanted.push(scope);
                OddsEvent::Gap(scope)
            }
        }
    }

    fn source_event(&self, random: &mut Random) -> OddsEvent {
        if random.chance(30) {
            return OddsEvent::Heartbeat(Some(self.bookmaker(random)));
        }
        let health = match random.below(7) {
            0 | 1 => SourceHealth::Stale(true),
            2 | 3 => SourceHealth::Stale(false),
            _ => SourceHealth::Role(random.pick(&[
                SourceRole::Primary,
                SourceRole::Primary,
                SourceRole::Unknown,
                SourceRole::Degraded,
                SourceRole::Offline,
            ])),
        };
        let fixture = random.given(40, |random| self.fixture(random));
        OddsEvent::Source(SourceSignal { bookmaker: self.bookmaker(random), fixture, health, last_write_ts: None })
    }

    fn fixture_event(&mut self, random: &mut Random) -> OddsEvent {
        let fixture = self.fixture(random);
        match random.below(9) {
            0 => {
                self.ended.push(fixture);
                OddsEvent::Ended(Ended { fixture, home_score: Some(1), away_score: Some(0), winner: None, void: false })
            }
            1 | 2 => OddsEvent::Fixture(FixtureUpdate {
                start: Some(Timestamp(self.now + random.pick(&[-SECOND, 0, 1, SECOND, 30 * SECOND, 3_600 * SECOND]))),
                live: random.maybe(10, &[true]),
                ..self.fixtures[fixture.index()]
            }),
            3 => OddsEvent::FixtureUnset(FixtureUnset {
                fixture,
                sport: random.chance(50),
                league: random.chance(50),
                start: random.chance(50),
                live: random.chance(50),
            }),
            _ => OddsEvent::Barrier(Barrier { fixture, cause: BarrierCause::Score }),
        }
    }

    /// Something that must be refused, or looks as if.
    fn bad(&self, random: &mut Random) -> OddsEvent {
        let market = self.market(random);
        let bookmaker = self.bookmaker(random);
        let good = OddsUpdate { active: true, ..self.odds(random, market, bookmaker, 0) };
        let good = OddsUpdate { price: good.price.or(Odds::new(2.0).ok()), ..good };
        let odds = |update: OddsUpdate| OddsEvent::Odds(update);
        let definition = self.markets[market.index()].clone();
        let market_event = |definition: MarketDefinition| OddsEvent::Market(Box::new(definition));
        let unknown = FixtureId(77);
        match random.below(19) {
            0 => odds(OddsUpdate { market: MarketId(999), ..good }),
            1 => odds(OddsUpdate { bookmaker: BookmakerId(999), ..good }),
            2 => odds(OddsUpdate { outcome: OutcomeIndex(9), ..good }),
            3 => odds(OddsUpdate { price: None, ..good }),
            4 => odds(OddsUpdate { limit: Some(random.pick(&[f64::NAN, -1.0, f64::INFINITY])), ..good }),
            5 => odds(OddsUpdate { limit: Some(-0.0), ..good }),
            6 => OddsEvent::Removed(Box::default()),
            7 => OddsEvent::Suspended(Box::new(Filter { fixture: Some(unknown), ..Filter::default() })),
            8 => OddsEvent::Gap(Scope { fixture: Some(unknown), ..Scope::default() }),
            9 => OddsEvent::SnapshotBegin(Scope { bookmaker: Some(BookmakerId(999)), ..Scope::default() }),
            10 => OddsEvent::Barrier(Barrier { fixture: unknown, cause: BarrierCause::Other }),
            11 => OddsEvent::Ended(Ended {
                fixture: unknown,
                home_score: None,
                away_score: None,
                winner: None,
                void: true,
            }),
            12 => OddsEvent::Bookmaker(BookmakerDefinition { bookmaker, key: Key::of("somebody else") }),
            13 => OddsEvent::Fixture(FixtureUpdate { key: Key::of("another"), ..self.fixtures[0] }),
            14 => market_event(MarketDefinition { outcomes: vec![Key::of("a")], ..definition }),
            15 => market_event(MarketDefinition { market: MarketId(500), ..definition }),
            16 => {
                let next = MarketId(u32::try_from(self.markets.len() - self.late.len()).unwrap_or(0));
                let line = Line::from_thousandths(random.pick(&[1_500, 2_500, 7_500]));
                market_event(MarketDefinition {
                    market: next,
                    line,
                    outcomes: vec![Key::of("a"), Key::of("a")],
                    ..definition
                })
            }
            17 => OddsEvent::Source(SourceSignal {
                bookmaker: BookmakerId(999),
                fixture: None,
                health: SourceHealth::Stale(true),
                last_write_ts: None,
            }),
            _ => {
                let mut config = random_config(random, &self.names, self.features);
                config.ev.min = f64::NAN;
                OddsEvent::Configure(Box::new(config))
            }
        }
    }
}
