//! How many random cases a law is tried on.

use proptest::prelude::ProptestConfig;

/// `usual` cases, or as many as the environment variable `PROPTEST_CASES` says. Failures are printed with their seed, which makes them
/// again; no file is written.
#[must_use]
pub fn cases(usual: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let is_asked = std::env::var_os("PROPTEST_CASES").is_some();
    ProptestConfig { cases: if is_asked { default.cases } else { usual }, failure_persistence: None, ..default }
}
