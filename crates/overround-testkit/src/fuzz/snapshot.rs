//! Snapshot bytes, with a check sum that fits: the damage that check sums are not there for.

use super::tape::Tape;
use crate::scenario::{Scenario, Step};
use overround::Engine;
use twox_hash::XxHash3_64;

const CHECKSUM_BYTES: usize = 8;

/// An even first byte: the rest is a snapshot but for its check sum. An odd one: the next chooses a world, whose snapshot is then changed at
/// a few places. An engine that is restored writes the same bytes and lives on; all else is a typed error.
pub fn snapshot(data: &[u8]) {
    let [first, rest @ ..] = data else { return };
    let mut bytes = if first % 2 == 0 { rest.to_vec() } else { changed(&mut Tape(rest)) };
    let _ = Engine::restore(&bytes);
    bytes.extend_from_slice(&XxHash3_64::oneshot(&bytes).to_le_bytes());
    match Engine::restore(&bytes) {
        Ok(engine) => live_on(engine, &bytes),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// A world's snapshot without its check sum, with a few of its bytes changed.
fn changed(tape: &mut Tape<'_>) -> Vec<u8> {
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
    let mut bytes = engine.snapshot();
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

fn live_on(mut engine: Engine, bytes: &[u8]) {
    assert_eq!(engine.snapshot(), bytes, "restored and written again");
    let mut out = Vec::new();
    for told in engine.opportunities() {
        let _ = engine.explain(told.id, told.profile);
        let _ = engine.evaluate(told.id, told.profile);
    }
    for _ in 0..64 {
        let Some((when, _)) = engine.next_deadline() else { break };
        engine.advance(when, &mut out);
    }
    let _ = engine.digest();
}
