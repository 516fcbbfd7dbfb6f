//! The recording that ships with the project is what its simulator makes, and all four kinds of opportunity are in it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use overround::Config;
use overround::opportunity::{Kind, OpportunityEvent};
use overround_cli::simulate::{Settings, Simulator};
use overround_feed::{Feed, Replay, io};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../recordings/evening.ndjson.zst")
}

#[test]
fn the_simulator_makes_it_again() {
    let mut shipped = Vec::new();
    io::open(&recording()).unwrap().read_to_end(&mut shipped).unwrap();
    let mut simulator = Simulator::new(Settings { seed: 2026, fixtures: 24, minutes: 48, bookmakers: 10 });
    let mut made = Vec::with_capacity(shipped.len());
    while simulator.next_line(&mut made) {}
    let differs = shipped.split(|&byte| byte == b'\n').zip(made.split(|&byte| byte == b'\n')).position(|(a, b)| a != b);
    assert_eq!((differs, shipped.len()), (None, made.len()), "line that differs, length");
    assert!(std::fs::metadata(recording()).unwrap().len() < 1 << 20, "it is to stay under 1 MB");
}

#[test]
fn all_four_kinds_occur_and_no_record_is_refused() {
    let mut feed = Feed::open(&recording()).unwrap();
    let mut replay = Replay::new(Config::recorded()).unwrap();
    let mut kinds = BTreeSet::new();
    let mut take = |told: &[OpportunityEvent]| {
        kinds.extend(
            told.iter().filter(|event| matches!(event, OpportunityEvent::Detected(_))).map(|event| event.kind()),
        );
    };
    while let Some(item) = feed.next_item().unwrap() {
        take(replay.apply(&item).unwrap_or_else(|reason| panic!("line {}: {reason}", item.line)));
    }
    take(replay.finish());
    assert_eq!(kinds.into_iter().collect::<Vec<Kind>>(), Kind::ALL);
    assert!(replay.catalog().fixtures() >= 20 && replay.catalog().bookmakers() >= 8);
}
