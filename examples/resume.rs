//! A program that is killed and goes on where it was: snapshot, kill, restore, the same outputs.
//!
//! ```text
//! cargo run --release -p overround-examples --bin resume -- recordings/evening.ndjson.zst
//! ```

use overround::Config;
use overround_feed::{EventLines, Feed, Replay};
use std::error::Error;
use std::path::Path;

/// Records between two snapshots.
const EVERY: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).unwrap_or("recordings/evening.ndjson.zst".to_owned());
    let path = Path::new(&path);

    let whole = run(path, None, u64::MAX)?.told;
    let killed = run(path, None, 27_182)?; // the kill
    let kept = killed.kept.ok_or("killed before the first snapshot")?;
    println!("killed at record 27182; the last snapshot is of record {}, {} bytes", kept.records, kept.state.len());
    let told_until_then = kept.told.clone();
    let resumed = run(path, Some(kept), u64::MAX)?.told;

    assert!(whole == [told_until_then, resumed].concat(), "the same outputs, byte for byte");
    println!("{} bytes of outputs, the same with and without the kill", whole.len());
    Ok(())
}

/// What a program writes to disk now and then: in one file, moved into place when it is whole.
struct Kept {
    /// How many records of the feed the state has seen.
    records: u64,
    state: Vec<u8>,
    /// What was told until then. A program that has sent it on need not keep it.
    told: Vec<u8>,
}

struct Ran {
    told: Vec<u8>,
    kept: Option<Kept>,
}

/// Plays from the beginning or from what was kept, up to the end or the record at which it is killed.
fn run(path: &Path, from: Option<Kept>, until: u64) -> Result<Ran, Box<dyn Error>> {
    let mut feed = Feed::open(path)?;
    let mut records = 0;
    let mut replay = match &from {
        Some(kept) => Replay::restore(&kept.state)?,
        None => Replay::new(Config::recorded())?,
    };
    // A log with positions would be opened there; a file is read past what is known.
    while records < from.as_ref().map_or(0, |kept| kept.records) {
        feed.next_item()?;
        records += 1;
    }
    let mut lines = EventLines::new(vec!["default".to_owned()]);
    let mut ran = Ran { told: Vec::new(), kept: None };
    while let Some(item) = feed.next_item()? {
        let told = replay.apply(&item).unwrap_or_default().to_vec();
        for event in &told {
            ran.told.extend_from_slice(lines.line(event, replay.catalog())?);
        }
        records += 1;
        if records == until {
            return Ok(ran); // no farewell: what is not kept is lost
        }
        if records.is_multiple_of(EVERY) {
            ran.kept = Some(Kept { records, state: replay.snapshot(), told: ran.told.clone() });
        }
    }
    for event in &replay.finish().to_vec() {
        ran.told.extend_from_slice(lines.line(event, replay.catalog())?);
    }
    Ok(ran)
}
