//! Every file of the fuzz corpus and of the regressions runs through its body, on stable, with the other tests.

use overround_testkit::fuzz::{BODIES, Body};
use std::path::Path;

#[test]
fn corpus_and_regressions_pass() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    for (name, body) in BODIES {
        let count = replay(&fuzz.join("corpus").join(name), *body);
        assert!(count > 0, "{name} has an empty corpus");
        replay(&fuzz.join("regressions").join(name), *body);
    }
}

/// How many files there are; none if there is no such folder.
fn replay(folder: &Path, body: Body) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let paths = entries.map(|entry| entry.expect("readable").path());
    paths
        .map(|path| {
            println!("{}", path.display());
            body(&std::fs::read(&path).expect("readable"));
        })
        .count()
}

/// Would catch: a folder that no body replays, because its name is misspelt or its target is gone.
#[test]
fn every_folder_of_inputs_has_a_body() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    for kind in ["corpus", "regressions"] {
        for entry in std::fs::read_dir(fuzz.join(kind)).expect("readable") {
            let name = entry.expect("readable").file_name();
            assert!(BODIES.iter().any(|(known, _)| *known == name), "{kind}/{} has no body", name.display());
        }
    }
}

#[test]
fn every_body_has_a_target_of_one_line() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    for (name, _) in BODIES {
        let target = std::fs::read_to_string(targets.join(format!("{name}.rs"))).expect("a target for each body");
        assert!(target.contains(&format!("overround_testkit::fuzz::{name}(data)")));
    }
}
