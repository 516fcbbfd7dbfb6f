//! The engine against the naive model: same reports, same outputs in the same order, same view, after every call.
//!
//! What each group would catch: an engine that keeps a figure it should have recomputed, forgets a deadline, tells in another order,
//! counts a quote that does not count, or answers a bad event differently. The model recomputes everything after each instant.

use overround_testkit::compare::{Coverage, assert_agree};
use overround_testkit::edge::on_the_edge;
use overround_testkit::scenario::{Features, Scenario, Step, seeds};
use overround_testkit::transform::{events_of, time_of};
use overround_testkit::world::World;
use proptest::prelude::{ProptestConfig, proptest};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::cell::RefCell;

/// The same cases everywhere: the number is fixed here and no environment variable or regression file adds to it.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Runs `cases` scenarios with seeds from one fixed stream, and sums up what they reached.
fn agree(cases: u32, stream: u8, scenario: impl Fn(u64) -> Scenario) -> Coverage {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[stream; 32]));
    let coverage = RefCell::new(Coverage::default());
    let result = runner.run(&seeds(), |seed| {
        coverage.borrow_mut().add(&assert_agree(seed, &scenario(seed)));
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    coverage.into_inner()
}

#[test]
fn prices_alone() {
    let coverage = agree(300, 1, |seed| Scenario::with_features(seed, Features::NONE));
    assert!(coverage.detected.iter().all(|&told| told > 20), "every kind is reached: {coverage:?}");
}

#[test]
fn every_mix_of_features() {
    let coverage = agree(1_500, 2, Scenario::from_seed);
    assert!(coverage.detected.iter().all(|&told| told > 50), "every kind is reached: {coverage:?}");
    assert!(coverage.expired.iter().all(|&told| told > 10), "every reason is reached: {coverage:?}");
    assert!(coverage.warned.iter().all(|&told| told > 3), "every warning is reached: {coverage:?}");
    assert!(coverage.refused > 300, "bad events are in: {coverage:?}");
}

#[test]
fn everything_at_once() {
    agree(200, 3, |seed| Scenario::with_features(seed, Features::ALL));
}

/// Lifelike days in small: fixtures that come, play, end and are replaced, while bookmakers fail and come back.
#[test]
fn small_worlds() {
    let coverage = agree(250, 5, |seed| World::scenario(seed, 60));
    assert!(coverage.detected.iter().all(|&told| told > 100), "every kind is reached: {coverage:?}");
    let unreached = coverage.expired.iter().filter(|&&told| told < 10).count();
    assert!(unreached == 0, "every reason is reached: {coverage:?}");
    assert!(coverage.refused > 200, "bad events are in: {coverage:?}");
}

/// Many instants as one, at the time of their last: more events than the engine looks at before it looks at their markets.
fn in_large_batches(scenario: &Scenario) -> Scenario {
    let mut steps = Vec::new();
    let mut together = Vec::new();
    for step in &scenario.steps {
        together.extend_from_slice(events_of(step));
        if let Some(now) = time_of(step).filter(|_| together.len() > 100) {
            steps.push(Step::Batch(now, core::mem::take(&mut together)));
        }
    }
    Scenario { config: scenario.config.clone(), steps }
}

/// Would catch: a market that is lost, or taken for quiet, because it was looked at before its batch was over.
#[test]
fn large_batches() {
    let coverage = agree(100, 6, |seed| in_large_batches(&World::scenario(seed, 250)));
    assert!(coverage.told.iter().all(|&told| told > 500), "much comes, changes and goes: {coverage:?}");
}

/// Would catch "more than" where "at least" is meant, and the reverse.
#[test]
fn thresholds_on_figures_that_occur() {
    let edge = |seed| on_the_edge(seed, &Scenario::from_seed(seed)).unwrap_or_else(|| Scenario::from_seed(seed));
    let coverage = agree(600, 4, edge);
    assert!(coverage.detected.iter().all(|&told| told > 50), "every kind is reached: {coverage:?}");
}

proptest! {
    #![proptest_config(cases(100))]

    /// New seeds on every run.
    #[test]
    fn new_seeds(seed in seeds()) {
        assert_agree(seed, &Scenario::from_seed(seed));
    }
}
