//! Bodies of the fuzz targets: each takes any bytes and panics only if something promised does not hold.
//!
//! The targets in `fuzz/` call them with what the fuzzer makes up; a test replays the committed corpus through them on stable.

use crate::compare::assert_agree;
use crate::scenario::Scenario;
use overround::{Config, Engine, OpportunityEvent};
use overround_feed::{Catalog, Reject, parse_line};
use overround_math::devig::{Method, devig as solve};

/// What a target runs.
pub type Body = fn(&[u8]);

/// All bodies by name.
pub const BODIES: &[(&str, Body)] =
    &[("feed_line", feed_line), ("feed_bytes", feed_bytes), ("devig", devig), ("engine", engine)];

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
            assert!(report.rejected.is_empty(), "the catalog refuses what the engine would: {report:?}");
        }
    }
    (engine.digest(), out)
}

/// Prices as eight bytes each: an answer inside (0, 1) with the right sum, or a typed error.
pub fn devig(data: &[u8]) {
    let odds: Vec<f64> =
        data.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap_or([0; 8]))).collect();
    let mut fair = vec![0.0; odds.len()];
    for method in Method::ALL {
        let Ok(solution) = solve(method, &odds, &mut fair) else { continue };
        assert!(fair.iter().all(|&p| p > 0.0 && p < 1.0), "{method:?} of {odds:?}: {fair:?}");
        assert!(solution.booksum.is_finite());
        if method != Method::WorstCase {
            let sum: f64 = fair.iter().sum();
            assert!((sum - 1.0).abs() < 1e-9, "{method:?} of {odds:?} sums to {sum}");
        }
    }
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
