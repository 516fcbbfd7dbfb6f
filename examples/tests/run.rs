//! The examples run on the recording that ships with the project, and check what they claim.

use std::process::Command;

const RECORDING: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../recordings/evening.ndjson.zst");

/// Runs an example, which fails by itself if what it claims does not hold; returns what it printed.
fn run(binary: &str) -> String {
    let output = Command::new(binary).arg(RECORDING).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn bot() {
    assert!(run(env!("CARGO_BIN_EXE_bot")).contains("arbitrages would have been taken"));
}

#[test]
fn gateway() {
    assert_eq!(run(env!("CARGO_BIN_EXE_gateway")).matches("open at the end").count(), 2);
}

#[test]
fn custom_reference() {
    assert!(run(env!("CARGO_BIN_EXE_custom_reference")).contains("were worth"));
}

#[test]
fn no_std() {
    assert_eq!(run(env!("CARGO_BIN_EXE_no_std")), "2 s: 2.96 % whatever happens\n9 s: gone, by price\n");
}

#[test]
fn resume() {
    assert!(run(env!("CARGO_BIN_EXE_resume")).contains("the same with and without the kill"));
}

/// Each is to be read in a minute.
#[test]
fn they_are_short() {
    for name in ["bot", "gateway", "custom_reference", "no_std", "resume"] {
        let path = format!("{}/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(&path).expect("readable").lines().count();
        assert!(lines <= 120, "{name} has {lines} lines");
    }
}
