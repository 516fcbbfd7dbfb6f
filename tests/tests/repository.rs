//! Rules of the repository that a compiler does not check.
//!
//! What would slip through without it: a dependency arrow that nobody drew, a library that quietly needs std, a document that names a
//! file that is not there, a file that grew beyond reading.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the root").to_path_buf()
}

/// Which crates of ours each crate of ours may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("overround-math", &[]),
    ("overround", &["overround-math"]),
    ("overround-feed", &["overround", "overround-math"]),
    ("overround-cli", &["overround-feed", "overround", "overround-math"]),
    ("overround-testkit", &["overround-feed", "overround", "overround-math"]),
    ("overround-benches", &["overround-cli", "overround-testkit", "overround-feed", "overround", "overround-math"]),
    ("overround-examples", &["overround-feed", "overround", "overround-math"]),
    ("overround-tests", &["overround-testkit", "overround-feed", "overround", "overround-math"]),
];

const PUBLISHED: &[&str] = &["overround-math", "overround", "overround-feed", "overround-cli"];

#[test]
fn dependency_arrows_are_those_of_the_architecture() {
    let metadata =
        MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata runs");
    let names: Vec<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            panic!("{name} is not in the table of arrows: draw it in ARCHITECTURE.md and here");
        };
        assert_eq!(package.publish.is_none(), PUBLISHED.contains(&name), "{name}: published or not?");
        for dependency in &package.dependencies {
            let is_ours = names.contains(&dependency.name.as_str());
            let is_drawn = allowed.contains(&dependency.name.as_str());
            assert!(!is_ours || is_drawn, "{name} → {} is no arrow of the architecture", dependency.name);
            // A test of a published crate that needs the testkit belongs in tests/, where there is one build of the types.
            let is_kit = dependency.name == "overround-testkit" && dependency.kind == DependencyKind::Development;
            assert!(!(is_kit && PUBLISHED.contains(&name)), "{name} may not test with the testkit");
        }
    }
    assert_eq!(names.len(), ARROWS.len(), "a crate of the table is gone");
}

#[test]
fn math_and_engine_need_no_std() {
    let target = root().join("target").join("no-std-host");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--manifest-path"])
        .arg(root().join("tests/no_std_host/Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_crate_forbids_unsafe_and_takes_the_workspace_lints() {
    let metadata =
        MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata runs");
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).expect("readable");
    assert!(workspace.contains("unsafe_code = \"forbid\""));
    for package in &metadata.packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("readable");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} has other lints", package.name);
    }
}

#[test]
fn documents_name_files_that_exist() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", ".ci/run"] {
        let text = std::fs::read_to_string(root().join(document)).expect("readable");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let words = text.split(|c: char| c.is_whitespace() || "`\"'".contains(c));
        let paths =
            words.filter(|word| ["recordings/", "docs/", "tests/tests/"].iter().any(|folder| word.starts_with(folder)));
        for path in links.chain(paths).filter(|path| !path.starts_with("http") && !path.starts_with('#')) {
            let path = path.trim_end_matches([',', '.', ':', ';']);
            assert!(root().join(path).exists(), "{document} names {path}, which is not there");
        }
    }
}

#[test]
fn source_files_stay_readable() {
    let mut files = Vec::new();
    collect(&root().join("crates"), &mut files);
    assert!(files.len() > 30, "the source is not where this test looks");
    for file in files {
        let lines = std::fs::read_to_string(&file).expect("readable").lines().count();
        assert!(lines <= 800, "{} has {lines} lines: split it", file.display());
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
