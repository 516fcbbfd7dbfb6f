//! Snapshot bytes, with a check sum that fits: the damage that check sums are not there for.

use super::tape::Tape;
use crate::scenario::{Scenario, Step};
use overround::{Config, Engine};
use overround_feed::{Catalog, parse_line};
use twox_hash::XxHash3_64;

const CHECKSUM_BYTES: usize = 8;

/// The first byte says what of: an engine or a catalog; and whether the rest is the snapshot but for its check sum, or chooses a world (how
/// much of a feed) whose snapshot is then changed at a few places. What is restored writes the same bytes and lives on; all else is a typed
/// error.
pub fn snapshot(data: &[u8]) {
    let [first, rest @ ..] = data else { return };
    let mut bytes = match first % 4 {
        0 | 2 => rest.to_vec(),
        1 => changed(&mut Tape(rest), world),
        _ => changed(&mut Tape(rest), names),
    };
    let _ = Engine::restore(&bytes);
    bytes.extend_from_slice(&XxHash3_64::oneshot(&bytes).to_le_bytes());
    if first % 4 < 2 {
        match Engine::restore(&bytes) {
            Ok(engine) => live_on(engine, &bytes),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        return;
    }
    match Catalog::restore(&bytes, &Config::live()) {
        Ok(catalog) => name_on(catalog, &bytes),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A snapshot without its check sum, with a few of its bytes changed.
fn changed(tape: &mut Tape<'_>, make: fn(&mut Tape<'_>) -> Vec<u8>) -> Vec<u8> {
    let mut bytes = make(tape);
    bytes.truncate(bytes.len() - CHECKSUM_BYTES);
    while !tape.is_empty() {
        let at = usize::from(tape.u16()) % bytes.len().max(1);
        let value = tape.u8();
        match tape.u8() % 4 {
            0 => bytes.truncate(at.max(1)),
            1 => bytes.insert(at, value),
            _ => bytes[at] = value,
        }
    }
    bytes
}

/// The snapshot of an engine in a random world.
fn world(tape: &mut Tape<'_>) -> Vec<u8> {
    let scenario = Scenario::from_seed(tape.u8().into());
    let mut engine = Engine::new(scenario.config.clone()).expect("a configuration that can be used");
    let mut out = Vec::new();
    for step in scenario.steps.iter().take(usize::from(tape.u8())) {
        match step {
            Step::Batch(now, events) => drop(engine.apply_batch(*now, events, &mut out)),
            Step::Apply(now, event) => drop(engine.apply(*now, event, &mut out)),
            Step::Advance(now) => engine.advance(*now, &mut out),
            Step::Wake => {}
        }
    }
    engine.snapshot()
}

/// Lines that name all that a catalog can hold.
const LINES: [&str; 8] = [
    r#"{"type":"fixture","ts":1,"fixture":"f","sport":"soccer","league":"epl","home":"A","away":"B","start":9,"live":false}"#,
    r#"{"type":"odds","ts":2,"fixture":"f","bookmaker":"b","market":"total","line":2.5,"outcome":"over","price":1.9}"#,
    r#"{"type":"odds","ts":2,"fixture":"f","bookmaker":"c","market":"spread","line":-1.5,"outcome":"away","price":2.1,"feed":"x"}"#,
    r#"{"type":"market","ts":3,"fixture":"f","market":"winner","outcomes":["p","q","r"]}"#,
    r#"{"type":"odds","ts":3,"fixture":"f","bookmaker":"c","market":"winner","outcome":"q","price":5}"#,
    r#"{"type":"odds","ts":4,"fixture":"g","bookmaker":"b","market":"player_points","participant":"P","outcome":"yes","price":3}"#,
    r#"{"type":"odds","ts":4,"fixture":"g","bookmaker":"b","market":"player_points","participant":"P","line":7.5,"outcome":"under","price":3}"#,
    r#"{"type":"ended","ts":5,"fixture":"f","home_score":1,"away_score":0}"#,
];

/// The snapshot of a catalog that has heard so many lines.
fn names(tape: &mut Tape<'_>) -> Vec<u8> {
    let mut catalog = Catalog::new();
    for line in LINES.iter().take(usize::from(tape.u8())) {
        let record = parse_line(line.as_bytes()).expect("a line that can be read");
        catalog.translate(&record, &mut Vec::new()).expect("a record that is accepted");
    }
    catalog.snapshot()
}

fn name_on(mut catalog: Catalog, bytes: &[u8]) {
    assert_eq!(catalog.snapshot(), bytes, "restored and written again");
    let mut events = Vec::new();
    for line in LINES {
        let record = parse_line(line.as_bytes()).expect("a line that can be read");
        let _ = catalog.translate(&record, &mut events);
    }
    let again = catalog.snapshot();
    let restored = Catalog::restore(&again, &Config::live()).expect("what a catalog writes is restored");
    assert_eq!(restored.snapshot(), again);
}

fn live_on(mut engine: Engine, bytes: &[u8]) {
    assert_eq!(engine.snapshot(), bytes, "restored and written again");
    let mut out = Vec::new();
    // That what was told still stands is for the check sum to vouch for: it shows when its market is judged next.
    let told = engine.opportunities();
    assert!(told.is_sorted_by_key(|told| (told.family, told.kind(), told.id, told.profile)));
    for _ in 0..64 {
        let Some((when, _)) = engine.next_deadline() else { break };
        engine.advance(when, &mut out);
    }
    let _ = engine.digest();
}
