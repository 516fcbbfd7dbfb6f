//! Snapshot and rest of the feed = whole, at every instant. Would catch: a part of the state that is not written, or that is worked out
//! otherwise on the way back than it came about.

use overround::{Engine, RestoreError, SNAPSHOT_VERSION};
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, Step, seeds};
use overround_testkit::transform::{engine_of, take};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

/// The step with the time that the engine would choose in it.
fn fixed(engine: &Engine, step: &Step) -> Option<Step> {
    match step {
        Step::Wake => engine.next_deadline().map(|(now, _)| Step::Advance(now)),
        other => Some(other.clone()),
    }
}

/// Puts a right check sum under changed bytes.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let content = bytes.len() - 8;
    let sum = overround::Key::of_bytes(&bytes[..content]).0;
    bytes[content..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn snapshot_and_rest_are_the_whole(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut whole = engine_of(&scenario);
        let mut resumed = engine_of(&scenario);
        for step in &scenario.steps {
            let Some(step) = fixed(&whole, step) else { continue };
            let (expected, answer) = (take(&mut whole, &step), take(&mut resumed, &step));
            // Compared as text: a figure that is not a number would not equal itself.
            prop_assert_eq!(format!("{:?}", expected.out), format!("{:?}", answer.out));
            prop_assert_eq!(expected.report, answer.report);
            let bytes = resumed.snapshot();
            resumed = Engine::restore(&bytes).expect("what an engine wrote");
            prop_assert_eq!(&resumed.snapshot(), &bytes);
            prop_assert_eq!(resumed.digest(), expected.digest);
            prop_assert_eq!(format!("{:?}", resumed.opportunities()), format!("{:?}", whole.opportunities()));
            let (ours, theirs) = (resumed.stats(), whole.stats());
            prop_assert_eq!(
                (ours.quotes, ours.markets, ours.fixtures, ours.bookmakers, ours.held, ours.open),
                (theirs.quotes, theirs.markets, theirs.fixtures, theirs.bookmakers, theirs.held, theirs.open)
            );
            // It may wake earlier than needed, never later.
            if let Some((at, _)) = resumed.next_deadline() {
                prop_assert!(whole.next_deadline().is_some_and(|(first, _)| first <= at));
            }
        }
    }

    /// Whatever changed bytes say: they are refused, or make an engine that takes the rest of the feed.
    #[test]
    fn changed_bytes_are_refused_or_harmless(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let mut engine = engine_of(&scenario);
        let cut = random.between(0, scenario.steps.len() as i64) as usize;
        scenario.steps[..cut].iter().for_each(|step| drop(take(&mut engine, step)));
        let bytes = engine.snapshot();
        for _ in 0..40 {
            let mut changed = bytes.clone();
            let at = random.between(12, bytes.len() as i64 - 9) as usize;
            match random.between(0, 3) {
                0 => changed[at] = random.between(0, 255) as u8,
                1 => changed[at] ^= 1 << random.between(0, 7),
                2 => drop(changed.drain(at..(at + random.between(1, 9) as usize).min(bytes.len() - 8))),
                _ => drop(changed.splice(at..at, [0; 4])),
            }
            if changed == bytes {
                continue;
            }
            prop_assert_eq!(Engine::restore(&changed).err(), Some(RestoreError::Damaged), "the check sum is wrong");
            let Ok(mut odd) = Engine::restore(&sealed(changed)) else { continue };
            for step in &scenario.steps[cut..] {
                let _ = take(&mut odd, step);
            }
            prop_assert!(Engine::restore(&odd.snapshot()).is_ok());
        }
    }
}

/// The bytes of one state, as version 1 writes them. Would catch: a change of the format without a change of its version.
#[test]
fn the_bytes_of_a_version_stay() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("data/snapshot_v{SNAPSHOT_VERSION}.bin"));
    let engine = super::edges::an_engine_with_a_past();
    assert!(!engine.opportunities().is_empty() && engine.stats().held == 1, "it has something to save");
    let bytes = engine.snapshot();
    let golden = std::fs::read(&file).unwrap_or_default();
    if golden != bytes {
        let new = std::env::temp_dir().join(format!("snapshot_v{SNAPSHOT_VERSION}.bin"));
        std::fs::write(&new, &bytes).expect("a temporary folder");
        panic!(
            "a state has other bytes than {} holds: raise SNAPSHOT_VERSION, and put {} there",
            file.display(),
            new.display()
        );
    }
    assert_eq!(Engine::restore(&golden).expect("of this version").digest(), engine.digest());
}

#[test]
fn other_bytes_are_refused_with_a_reason() {
    let engine = Engine::new(overround::Config::live()).expect("valid");
    let bytes = engine.snapshot();
    assert_eq!(Engine::restore(b"").err(), Some(RestoreError::NotASnapshot));
    assert_eq!(Engine::restore(b"{\"type\":\"odds\"}").err(), Some(RestoreError::NotASnapshot));
    let mut other = bytes.clone();
    other[8..12].copy_from_slice(&(SNAPSHOT_VERSION + 1).to_le_bytes());
    let found = SNAPSHOT_VERSION + 1;
    assert_eq!(Engine::restore(&other).err(), Some(RestoreError::Version { found }));
    for cut in 8..bytes.len() {
        assert_eq!(Engine::restore(&bytes[..cut]).err(), Some(RestoreError::Damaged), "cut at {cut}");
    }
    let text = RestoreError::Version { found }.to_string();
    assert_eq!(text, "a snapshot of version 2, but this is version 1: feed the journal to a new engine instead");
}
