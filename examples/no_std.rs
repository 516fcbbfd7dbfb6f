//! The engine without the standard library: all of it is `core` and `alloc`. Of std only `main` uses anything, to run and to print here; a
//! device brings an allocator and a way to show what is found.
//!
//! ```text
//! cargo run --release -p overround-examples --bin no_std
//! ```
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use alloc::{format, vec};
use overround::odds_event::{BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, OddsUpdate, Side};
use overround::opportunity::{Figures, OpportunityEvent};
use overround::{
    BookmakerId, Config, ConfigError, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OutcomeIndex,
    Timestamp,
};
use overround_math::odds::Odds;

/// Names are the program's business: here they are constants, and their places are the ids.
const BOOKMAKERS: [&str; 2] = ["pinnacle", "kalshi"];

fn main() -> Result<(), ConfigError> {
    extern crate std;
    let found = watch()?;
    found.iter().for_each(|line| std::println!("{line}"));
    assert_eq!(found.len(), 2); // the arbitrage and its end
    Ok(())
}

/// Prices in, sentences out.
fn watch() -> Result<Vec<String>, ConfigError> {
    let mut engine = Engine::new(Config::recorded())?;
    let mut out = Vec::new();
    engine.apply_batch(Timestamp(0), &definitions(), &mut out);
    for (ts, bookmaker, outcome, price) in [(1, 0, 0, 2.10), (1, 0, 1, 1.80), (2, 1, 1, 2.02), (9, 1, 1, 1.80)] {
        let update = OddsUpdate {
            market: MarketId(0),
            bookmaker: BookmakerId(bookmaker),
            outcome: OutcomeIndex(outcome),
            side: Side::Back,
            feed: FeedId(0),
            active: true,
            main: None,
            price: Odds::new(price).ok(),
            limit: None,
            source_ts: None,
        };
        // Refused events change nothing; none is here.
        let _ = engine.apply(Timestamp(ts * 1_000_000), &OddsEvent::Odds(update), &mut out);
    }
    let sentence = |event: &OpportunityEvent| match event {
        OpportunityEvent::Detected(it) | OpportunityEvent::Updated(it) => match &it.figures {
            Figures::Arbitrage(found) => {
                Some(format!("{} s: {:.2} % whatever happens", it.ts.0 / 1_000_000, 100.0 * found.profit_min))
            }
            _ => None,
        },
        OpportunityEvent::Expired(it) if it.kind == overround::opportunity::Kind::Arbitrage => {
            Some(format!("{} s: gone, by {}", it.ts.0 / 1_000_000, it.reason.name()))
        }
        OpportunityEvent::Expired(_) => None,
    };
    Ok(out.iter().filter_map(sentence).collect())
}

fn definitions() -> Vec<OddsEvent> {
    let bookmakers = (0..).map(BookmakerId).zip(BOOKMAKERS);
    let define = |(bookmaker, name)| OddsEvent::Bookmaker(BookmakerDefinition { bookmaker, key: Key::of(name) });
    let mut events: Vec<OddsEvent> = bookmakers.map(define).collect();
    let fixture = FixtureId(0);
    let (sport, league, start, live) = (Some(Key::of("tennis")), None, None, None);
    events.push(OddsEvent::Fixture(FixtureUpdate { fixture, key: Key::of("final"), sport, league, start, live }));
    events.push(OddsEvent::Market(Box::new(MarketDefinition {
        market: MarketId(0),
        family: FamilyId(0),
        fixture,
        shape: MarketShape::TwoWay,
        market_type: Key::of("moneyline"),
        period: Key::of("full_game"),
        participant: Key::NONE,
        line: None,
        outcomes: vec![Key::of("home"), Key::of("away")],
    })));
    events
}
