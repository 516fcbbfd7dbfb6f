//! What workloads lead to: `benches/digests.txt` holds [`Engine::digest`] after each.
//!
//! A digest means the state, not the layout, so that a faster engine has the same ones. If the state was meant to change, run the
//! benches with `OVERROUND_DIGESTS=write` in the environment and look at what changed in the file.

#![allow(clippy::disallowed_methods, reason = "a bench may read its environment")]

use overround::Engine;
use std::env;
use std::fs;
use std::path::Path;

/// Sees that an engine is in the state in which this workload left it before.
///
/// # Panics
/// If it is not, or if the workload is not in the list.
pub fn check(workload: &str, engine: &Engine) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("digests.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let digest = format!("{:016x}", engine.digest());
    let known = text.lines().filter_map(|line| line.split_once(' ')).find(|(_, name)| *name == workload);
    if known.is_some_and(|(known, _)| known == digest) {
        return;
    }
    assert!(
        env::var("OVERROUND_DIGESTS").is_ok_and(|it| it == "write"),
        "{workload}: the digest is {digest}, {} says {}",
        path.display(),
        known.map_or("nothing", |(known, _)| known)
    );
    let mut lines: Vec<String> =
        text.lines().filter(|line| !line.ends_with(&format!(" {workload}"))).map(Into::into).collect();
    lines.push(format!("{digest} {workload}"));
    lines.sort_by(|a, b| a.get(17..).cmp(&b.get(17..)));
    fs::write(&path, lines.join("\n") + "\n").expect("the list can be written");
}
