//! The model against examples worked by hand from the definitions.

mod kinds;
mod lifecycle;
mod reasons;
mod scopes;
mod sources;
mod warnings;

use super::Model;
use overround::config::Config;
use overround::odds_event::{
    Barrier, BarrierCause, BookmakerDefinition, Ended, Filter, FixtureUpdate, MarketDefinition, MarketShape,
    OddsUpdate, Scope, Side, SourceHealth, SourceSignal,
};
use overround::opportunity::{Arbitrage, Ev, Figures, LowHold, Middle, Reason, Warning};
use overround::{
    BookmakerId, EventError, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, Opportunity, OpportunityEvent,
    OutcomeIndex, Timestamp,
};
use overround_math::line::Line;
use overround_math::odds::Odds;

const SECOND: i64 = 1_000_000;

/// A model with fixture 0 and these bookmakers; ids are positions in the list.
struct Stage {
    model: Model,
    now: i64,
    markets: u32,
    families: Vec<(&'static str, FamilyId)>,
}

impl Stage {
    fn new(config: Config, bookmakers: &[&str]) -> Self {
        let mut stage = Self { model: Model::new(config), now: 0, markets: 0, families: Vec::new() };
        for (i, name) in (0_u32..).zip(bookmakers) {
            stage.feed(OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(i), key: Key::of(name) }));
        }
        stage.feed(fixture(None));
        stage
    }

    fn feed(&mut self, event: OddsEvent) -> Vec<OpportunityEvent> {
        self.model.apply(Timestamp(self.now), &event).expect("a good event")
    }

    fn refuse(&mut self, event: OddsEvent) -> EventError {
        self.model.apply(Timestamp(self.now), &event).expect_err("a bad event")
    }

    fn batch(&mut self, events: &[OddsEvent]) -> Vec<OpportunityEvent> {
        let (report, out) = self.model.apply_batch(Timestamp(self.now), events);
        assert!(report.rejected.is_empty(), "{report:?}");
        out
    }

    fn at(&mut self, seconds: i64) -> &mut Self {
        self.now = seconds * SECOND;
        self
    }

    fn market(&mut self, market_type: &'static str, shape: MarketShape, line: Option<f64>) -> MarketId {
        let next = FamilyId(u32::try_from(self.families.len()).expect("few"));
        let known = self.families.iter().find(|(name, _)| *name == market_type).map(|(_, family)| *family);
        let family = known.unwrap_or_else(|| {
            self.families.push((market_type, next));
            next
        });
        let outcomes: &[&str] = match shape {
            MarketShape::ThreeWay => &["home", "draw", "away"],
            MarketShape::Total => &["over", "under"],
            _ => &["home", "away"],
        };
        let market = MarketId(self.markets);
        self.markets += 1;
        self.feed(OddsEvent::Market(Box::new(MarketDefinition {
            market,
            family,
            fixture: FixtureId(0),
            shape,
            market_type: Key::of(market_type),
            period: Key::of("full_game"),
            participant: Key::NONE,
            line: line.map(|line| Line::from_f64(line).expect("a line")),
            outcomes: outcomes.iter().map(|name| Key::of(name)).collect(),
        })));
        market
    }

    fn moneyline(&mut self) -> MarketId {
        self.market("moneyline", MarketShape::TwoWay, None)
    }

    /// A bookmaker's back prices in a market, as one batch.
    fn column(&mut self, market: MarketId, bookmaker: u32, prices: &[f64]) -> Vec<OpportunityEvent> {
        let events: Vec<OddsEvent> =
            (0_u16..).zip(prices).map(|(o, price)| OddsEvent::Odds(back(market, bookmaker, o, *price))).collect();
        self.batch(&events)
    }

    fn back(&mut self, market: MarketId, bookmaker: u32, outcome: u16, price: f64) -> Vec<OpportunityEvent> {
        self.feed(OddsEvent::Odds(back(market, bookmaker, outcome, price)))
    }

    fn open(&self) -> usize {
        self.model.view().len()
    }
}

fn fixture(start_s: Option<i64>) -> OddsEvent {
    OddsEvent::Fixture(FixtureUpdate {
        fixture: FixtureId(0),
        key: Key::of("fixture"),
        sport: Some(Key::of("soccer")),
        league: None,
        start: start_s.map(|seconds| Timestamp(seconds * SECOND)),
        live: None,
    })
}

fn back(market: MarketId, bookmaker: u32, outcome: u16, price: f64) -> OddsUpdate {
    OddsUpdate {
        market,
        bookmaker: BookmakerId(bookmaker),
        outcome: OutcomeIndex(outcome),
        side: Side::Back,
        feed: FeedId(0),
        active: true,
        main: None,
        price: Some(Odds::new(price).expect("a price")),
        limit: None,
        source_ts: None,
    }
}

fn lay(market: MarketId, bookmaker: u32, outcome: u16, price: f64) -> OddsUpdate {
    OddsUpdate { side: Side::Lay, ..back(market, bookmaker, outcome, price) }
}

fn barrier() -> OddsEvent {
    OddsEvent::Barrier(Barrier { fixture: FixtureId(0), cause: BarrierCause::Score })
}

fn ended() -> OddsEvent {
    OddsEvent::Ended(Ended { fixture: FixtureId(0), home_score: None, away_score: None, winner: None, void: false })
}

fn of_bookmaker(bookmaker: u32) -> Filter {
    Filter { bookmaker: Some(BookmakerId(bookmaker)), ..Filter::default() }
}

fn scope_of(bookmaker: u32) -> Scope {
    Scope { bookmaker: Some(BookmakerId(bookmaker)), ..Scope::default() }
}

fn signal(bookmaker: u32, health: SourceHealth) -> OddsEvent {
    OddsEvent::Source(SourceSignal { bookmaker: BookmakerId(bookmaker), fixture: None, health, last_write_ts: None })
}

/// Only arbitrages, from 0.5 %.
fn only(kind: overround::opportunity::Kind) -> Config {
    let mut config = Config::recorded();
    config.detect = overround::opportunity::Kinds::NONE.with(kind);
    config
}

#[track_caller]
fn detected(out: &[OpportunityEvent]) -> &Opportunity {
    match out {
        [OpportunityEvent::Detected(it)] => it,
        other => panic!("not one detection: {other:#?}"),
    }
}

#[track_caller]
fn updated(out: &[OpportunityEvent]) -> &Opportunity {
    match out {
        [OpportunityEvent::Updated(it)] => it,
        other => panic!("not one update: {other:#?}"),
    }
}

#[track_caller]
fn expired(out: &[OpportunityEvent]) -> Reason {
    match out {
        [OpportunityEvent::Expired(it)] => it.reason,
        other => panic!("not one expiry: {other:#?}"),
    }
}

#[track_caller]
fn arbitrage(opportunity: &Opportunity) -> &Arbitrage {
    match &opportunity.figures {
        Figures::Arbitrage(it) => it,
        other => panic!("not an arbitrage: {other:?}"),
    }
}

#[track_caller]
fn ev(opportunity: &Opportunity) -> &Ev {
    match &opportunity.figures {
        Figures::Ev(it) => it,
        other => panic!("not an ev: {other:?}"),
    }
}

#[track_caller]
fn low_hold(opportunity: &Opportunity) -> &LowHold {
    match &opportunity.figures {
        Figures::LowHold(it) => it,
        other => panic!("not a low hold: {other:?}"),
    }
}

#[track_caller]
fn middle(opportunity: &Opportunity) -> &Middle {
    match &opportunity.figures {
        Figures::Middle(it) => it,
        other => panic!("not a middle: {other:?}"),
    }
}

#[track_caller]
fn close(ours: f64, by_hand: f64) {
    assert!((ours - by_hand).abs() < 5e-6, "{ours} is not {by_hand}");
}

fn warned(opportunity: &Opportunity) -> Vec<Warning> {
    opportunity.warnings.iter().collect()
}
