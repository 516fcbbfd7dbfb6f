//! Bodies of the fuzz targets: each takes any bytes and panics only if something promised does not hold.
//!
//! The targets in `fuzz/` call them with what the fuzzer makes up; a test replays the committed corpus through them on stable.

mod adapters;
mod bets;
mod prices;
mod snapshot;
mod tape;
mod text;

use crate::compare::assert_agree;
use crate::scenario::Scenario;
use overround::{Config, Engine, OpportunityEvent};
use overround_feed::{Catalog, Reject, parse_line};

pub use adapters::{football_data, the_odds_api};
pub use bets::{settlement, stakes};
pub use prices::{devig, prices};
pub use snapshot::snapshot;
pub use text::{config, feed_chunks};

/// What a target runs.
pub type Body = fn(&[u8]);

/// All bodies by name.
pub const BODIES: &[(&str, Body)] = &[
    ("prices", prices),
    ("devig", devig),
    ("stakes", stakes),
    ("settlement", settlement),
    ("config", config),
    ("feed_line", feed_line),
    ("feed_chunks", feed_chunks),
    ("feed_bytes", feed_bytes),
    ("the_odds_api", the_odds_api),
    ("football_data", football_data),
    ("snapshot", snapshot),
    ("engine", engine),
    ("odds_events", odds_events),
];

/// One feed line: read or refused for one reason, and never half known to the catalog.
pub fn feed_line(data: &[u8]) {
    let mut catalog = Catalog::new();
    let mut events = Vec::new();
    match parse_line(data) {
        Ok(record) => match catalog.translate(&record, &mut events) {
            Ok(_) => assert!(!events.is_empty(), "an accepted record says something"),
            Err(_) => assert!(events.is_empty(), "a refused record says nothing"),
        },
        Err(reject) => assert_ne!(reject, Reject::RetiredFixture, "no line knows that by itself"),
    }
}

/// A whole feed: the engine never panics, time never runs backwards in its outputs, and the same feed gives the same state twice.
pub fn feed_bytes(data: &[u8]) {
    let (first, out) = replay(data);
    let (second, _) = replay(data);
    assert_eq!(first, second, "the same feed twice");
    assert!(out.windows(2).all(|pair| pair[0].ts() <= pair[1].ts()), "outputs in order of time");
}

fn replay(data: &[u8]) -> (u64, Vec<OpportunityEvent>) {
    let mut engine = Engine::new(Config::live()).expect("the preset is valid");
    let mut catalog = Catalog::new();
    catalog.configure(engine.config());
    let (mut events, mut out) = (Vec::new(), Vec::new());
    for line in data.split(|&byte| byte == b'\n') {
        events.clear();
        let Ok(record) = parse_line(line) else { continue };
        if let Ok(now) = catalog.translate(&record, &mut events) {
            let report = engine.apply_batch(now, &events, &mut out);
            catalog.end_instant();
            assert!(report.rejected.is_empty(), "the catalog refuses what the engine would: {report:?}");
        }
    }
    (engine.digest(), out)
}

/// A random world against the naive model, chosen by the first eight bytes.
pub fn engine(data: &[u8]) {
    let mut seed = [0; 8];
    for (to, &from) in seed.iter_mut().zip(data) {
        *to = from;
    }
    let seed = u64::from_le_bytes(seed);
    assert_agree(seed, &Scenario::from_seed(seed));
}

/// A sequence of odds events against the naive model, each choice of which is a byte or a few.
pub fn odds_events(data: &[u8]) {
    assert_agree(0, &Scenario::from_tape(data));
}
