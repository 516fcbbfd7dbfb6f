//! Every file of the fuzz corpus and of the regressions runs through its body, on stable, with the other tests.

use overround_testkit::fuzz::BODIES;
use std::path::Path;

#[test]
fn corpus_and_regressions_pass() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    for (name, body) in BODIES {
        let corpus = fuzz.join("corpus").join(name);
        let mut count = 0;
        for entry in std::fs::read_dir(&corpus).unwrap_or_else(|_| panic!("no corpus for {name}")) {
            let path = entry.expect("readable").path();
            println!("{}", path.display());
            body(&std::fs::read(&path).expect("readable"));
            count += 1;
        }
        assert!(count > 0, "{name} has an empty corpus");
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
