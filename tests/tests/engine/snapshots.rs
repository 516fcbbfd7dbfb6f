//! Snapshot and rest of the feed = whole, at every instant. Would catch: a part of the state that is not written, or that is worked out
//! otherwise on the way back than it came about.

use crate::board::{self, Board, permissive};
use overround::odds_event::MarketShape;
use overround::opportunity::{Kind, Kinds, Warning};
use overround::{Engine, OddsEvent, OpportunityEvent, RestoreError, SNAPSHOT_VERSION, Timestamp};
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

/// A price whose source's time lies ahead has no age yet, while that of another leg grows: at 60 s the engine warns without any record, and
/// so does one that was restored before. Would catch: a restored engine that waits for the next price to say so.
#[test]
fn ages_that_grow_apart_do_so_after_a_restore() {
    let a_minute = 60_000_000;
    let (two_way, total) = (MarketShape::TwoWay, MarketShape::Total);
    for (kind, shape, upper, prices) in [
        (Kind::Arbitrage, two_way, 0, [2.1, 2.1]),
        (Kind::LowHold, two_way, 0, [2.0, 1.98]),
        (Kind::Middle, total, 1, [1.95, 1.95]),
    ] {
        for (ahead, warned_at) in [(a_minute, None), (a_minute + 1, Some(Timestamp(a_minute + 1)))] {
            let config = overround::Config { detect: Kinds::NONE.with(kind), ..permissive() };
            let mut engine = board::open(&config, &Board::new(shape, &[10, 14]).back(0, 0, 0, prices[0]));
            let mut ahead_of_time = board::odds((upper, 1, false, 1), Some(prices[1]));
            if let OddsEvent::Odds(update) = &mut ahead_of_time {
                update.source_ts = Some(Timestamp(ahead));
            }
            board::feed(&mut engine, 0, &[ahead_of_time]);
            assert_eq!(engine.opportunities().len(), 1, "{kind:?}");
            let mut restored = Engine::restore(&engine.snapshot()).expect("just written");
            for engine in [&mut engine, &mut restored] {
                assert_eq!(engine.next_deadline().map(|(at, _)| at), warned_at, "{kind:?}");
                let mut out = Vec::new();
                engine.advance(Timestamp(a_minute), &mut out);
                assert!(out.is_empty(), "{kind:?}: {out:?}");
                engine.advance(Timestamp(a_minute + 1), &mut out);
                let is_warned = |told: &OpportunityEvent| match told {
                    OpportunityEvent::Updated(it) => it.warnings.contains(Warning::UnevenAges),
                    _ => false,
                };
                assert_eq!(out.iter().filter(|told| is_warned(told)).count(), usize::from(warned_at.is_some()));
            }
        }
    }
}

/// Laws of results are no part of the state: after a restore the first price of any line finds its family's again, and with it what it says of
/// middles between two other lines. Would catch: a middle that stands still until one of its own lines moves.
#[test]
fn a_law_moves_the_middles_between_other_lines_after_a_restore() {
    let middles = |engine: &mut Engine| {
        let mut out = Vec::new();
        let price = |outcome, price| board::odds((2, outcome, false, 0), Some(price));
        engine.apply_batch(Timestamp(1), &[price(0, 6.0), price(1, 1.12)], &mut out);
        out
    };
    // Over 2 against under 4 win together at three goals; only the anchor's line at 5.5 says how likely those are.
    let board = Board::new(MarketShape::Total, &[8, 16, 22]).back(0, 0, 1, 1.95).back(1, 1, 2, 1.95);
    let board = Board { sport: Some("soccer"), ..board.back(2, 0, 0, 9.0).back(2, 1, 0, 1.05) };
    let config = overround::Config { detect: Kinds::NONE.with(Kind::Middle), ..overround::Config::recorded() };
    let mut engine = board::open(&config, &board);
    assert_eq!(engine.opportunities().len(), 1, "a middle by the model");
    let mut restored = Engine::restore(&engine.snapshot()).expect("just written");
    let whole = middles(&mut engine);
    assert!(matches!(whole[..], [OpportunityEvent::Updated(_)]), "{whole:?}");
    assert_eq!(middles(&mut restored), whole);
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
