//! Rules of the repository that a compiler does not check.
//!
//! What would slip through without it: a dependency arrow that nobody drew, a library that quietly needs std, a document that names a
//! file that is not there, a file that grew beyond reading.

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::BTreeSet;
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

/// Would catch: a licence text that differs between crates, a crate without README or without what docs.rs needs.
#[test]
fn published_crates_carry_what_a_registry_shows() {
    let read =
        |path: PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for name in PUBLISHED {
        let folder = root().join("crates").join(name);
        for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
            assert_eq!(read(folder.join(licence)), read(root().join(licence)), "{name}: {licence}");
        }
        let manifest = read(folder.join("Cargo.toml"));
        for part in
            ["readme = \"README.md\"", "rust-version.workspace = true", "[package.metadata.docs.rs]", "description"]
        {
            assert!(manifest.contains(part), "{name} lacks {part}");
        }
        assert!(read(folder.join("README.md")).starts_with(&format!("# {name}\n")));
    }
}

/// Features are additive: `.ci/run` builds each set of them, which is what cargo-hack's powerset comes to. Would catch: a feature, or a
/// library, that is new and was not added to the list there.
#[test]
fn every_set_of_features_is_built() {
    let metadata =
        MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo metadata runs");
    let script = std::fs::read_to_string(root().join(".ci/run")).expect("readable");
    let lists = script.split("for features in ").skip(1).filter_map(|rest| rest.split_once("; do\n"));
    let mut built: Vec<(String, BTreeSet<BTreeSet<&str>>)> = Vec::new();
    for (list, rest) in lists {
        let package = rest.split(" -p ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a package");
        let set = |word: &'static str| word.split(',').filter(|name| !name.is_empty()).collect();
        let list: &'static str = list.replace('"', "").leak();
        built.push((package.to_owned(), list.split(' ').map(set).collect()));
    }
    for package in metadata.packages.iter().filter(|package| PUBLISHED.contains(&package.name.as_str())) {
        assert!(package.features.get("default").is_none_or(Vec::is_empty), "{}: default features", package.name);
        let features: Vec<&str> = package.features.keys().map(String::as_str).filter(|&it| it != "default").collect();
        let is_in = |set: usize| move |at: &usize| set >> at & 1 == 1;
        let powerset: BTreeSet<BTreeSet<&str>> = (0..1_usize << features.len())
            .map(|set| (0..features.len()).filter(is_in(set)).map(|at| features[at]).collect())
            .collect();
        let sets = built.iter().find(|(name, _)| *name == *package.name).map(|(_, sets)| sets);
        match sets {
            Some(sets) => assert_eq!(*sets, powerset, "{}: .ci/run on the left", package.name),
            None => assert!(features.is_empty(), "{}: .ci/run builds no set of {features:?}", package.name),
        }
    }
}

/// Each dependency has its line in the table of docs/dependencies.md, and each line its dependency.
#[test]
fn dependencies_have_reasons() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).expect("readable");
    let section = manifest.split("[workspace.dependencies]").nth(1).and_then(|rest| rest.split("\n[").next());
    let names =
        section.expect("the section is there").lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name);
    let names: BTreeSet<&str> = names.filter(|name| !name.starts_with("overround")).collect();
    let table = std::fs::read_to_string(root().join("docs/dependencies.md")).expect("readable");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|line| line.split_once('`'));
    let rows: BTreeSet<&str> = rows.map(|(name, _)| name).collect();
    assert_eq!(names, rows, "dependencies on the left, rows of the table on the right");
}

/// Twelve pages are enough, and every page can be found from the README.
#[test]
fn documentation_is_short_and_can_be_found() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("readable");
    let quickstart = std::fs::read_to_string(root().join("docs/quickstart.md")).expect("readable");
    let pages: Vec<String> = std::fs::read_dir(root().join("docs"))
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .collect();
    assert!(pages.len() <= 12, "{pages:?}");
    for page in pages {
        let is_linked = readme.contains(&format!("(docs/{page})")) || quickstart.contains(&format!("({page})"));
        assert!(is_linked, "docs/{page} is linked from neither README.md nor docs/quickstart.md");
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
