//! A replay that stops and goes on elsewhere tells what it would have told. Would catch: a name, a fixture's end, a record of the present
//! instant or a scope that does not come along; damage that is not noticed.

use overround::{Config, OpportunityEvent, Timestamp};
use overround_feed::{Catalog, Feed, Replay, SnapshotError, parse_line, write_event};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

fn recording() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../recordings/evening.ndjson.zst")
}

fn lines(events: &[OpportunityEvent], catalog: &Catalog) -> Vec<u8> {
    let mut lines = Vec::new();
    let names = ["default".to_owned()];
    events.iter().for_each(|event| write_event(event, catalog, &names, &mut lines).expect("it has a name"));
    lines
}

/// Plays the shipped recording; between two records at each of these places it is written, dropped and restored.
fn play(stops: &[usize], config: &Config) -> (Vec<u8>, u64, Vec<u8>) {
    let mut feed = Feed::open(&recording()).expect("readable");
    let mut replay = Replay::new(config.clone()).expect("a configuration that can be used");
    let mut told = Vec::new();
    let mut count = 0;
    while let Some(item) = feed.next_item().expect("readable") {
        let now = replay.apply(&item).unwrap_or_default().to_vec();
        told.extend(lines(&now, replay.catalog()));
        count += 1;
        if stops.contains(&count) {
            let bytes = replay.snapshot();
            drop(replay);
            replay = Replay::restore(&bytes).expect("what a replay writes is restored");
            assert!(replay.snapshot() == bytes, "restored and written again");
        }
    }
    let last = replay.finish().to_vec();
    told.extend(lines(&last, replay.catalog()));
    (told, replay.engine().digest(), replay.catalog().snapshot())
}

#[test]
fn stopping_anywhere_changes_nothing() {
    let mut live = Config::live();
    live.freshness.budgets_s.insert(overround::Key::of("kalshi"), 20.0);
    for config in [Config::recorded(), live] {
        let whole = play(&[], &config);
        assert!(whole.0.len() > 100_000, "the recording tells a lot");
        // Among them are places within an instant, within a hold and behind the gap.
        let stopped = play(&[1, 2, 777, 5_000, 20_011, 33_333, 60_000, 66_619], &config);
        assert!(whole == stopped, "stopped and restored it tells otherwise");
    }
}

#[test]
fn names_of_the_present_instant_come_along() {
    let mut replay = Replay::new(Config::recorded()).expect("a preset");
    let line = |outcome: &str, ts: i64| {
        format!(
            r#"{{"type":"odds","ts":{ts},"fixture":"f","bookmaker":"{outcome}","market":"moneyline","outcome":"{outcome}","price":2.2,"limit":0.1}}"#
        )
    };
    for line in [line("home", 5), line("away", 5)] {
        replay.apply_record(&parse_line(line.as_bytes()).expect("a line")).expect("accepted");
    }
    let mut again = Replay::restore(&replay.snapshot()).expect("restored");
    assert_eq!(again.instant(), Some(Timestamp(5)));
    let told = again.finish().to_vec();
    assert_eq!(told, replay.finish());
    assert!(matches!(told[..], [OpportunityEvent::Detected(_), ..]));
}

fn small() -> Vec<u8> {
    let mut replay = Replay::new(Config::live()).expect("a preset");
    let mut feed = Feed::open(&recording()).expect("readable");
    for _ in 0..60 {
        let item = feed.next_item().expect("readable").expect("more");
        replay.apply(&item).expect("accepted");
    }
    replay.snapshot()
}

#[test]
fn versions_are_told_apart() {
    let mut bytes = small();
    bytes[8] = 9;
    assert_eq!(Replay::restore(&bytes).err(), Some(SnapshotError::Version { found: 9 }));
    assert_eq!(Replay::restore(b"something else").err(), Some(SnapshotError::NotASnapshot));
    assert_eq!(Catalog::restore(&small(), &Config::live()).err(), Some(SnapshotError::NotASnapshot));
}

proptest! {
    #![proptest_config(overround_testkit::cases::cases(300))]

    /// Every change of a byte and every cut is noticed.
    #[test]
    fn damage_is_noticed(at in any::<prop::sample::Index>(), with in 1_u8..=255, cut in any::<bool>()) {
        thread_local!(static BYTES: Vec<u8> = small());
        let mut bytes = BYTES.with(Clone::clone);
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= with }
        prop_assert!(Replay::restore(&bytes).is_err());
    }
}
