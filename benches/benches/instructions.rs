//! Instructions per odds event, counted by callgrind: the same on a busy machine as on a quiet one, so that commits can be compared.
//!
//! `cargo bench -p overround-benches --bench instructions`, and after `--`:
//!
//! | argument | |
//! |---|---|
//! | `--gate` | fails if a workload needs more than 3 % more than `benches/instructions.txt` says |
//! | `--write` | writes that file anew |
//! | `--test` | smoke: plays each workload without counting |
//!
//! Only the odds events are counted, not the set-up: callgrind collects inside `measured_part` alone. Without valgrind nothing is counted,
//! and it says so.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is what a bench is for")]

use overround::odds_event::{SourceHealth, SourceSignal};
use overround::{BookmakerId, OddsEvent};
use overround_benches::play::Player;
use overround_benches::{By, Shape, Spec, SplitMix, config, with_profiles};
use overround_math::devig::{Method, batch};
use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

const NAMES: [&str; 11] = [
    "two_way_anchor_single",
    "two_way_anchor_batch",
    "two_way_unchanged_batch",
    "two_way_consensus_batch",
    "three_way_anchor_batch",
    "ladder_anchor_batch",
    "ladder_with_law_anchor_batch",
    "profiles_8_anchor_batch",
    "sixty_bookmakers_anchor_batch",
    "role_flip_per_market",
    "devig_power_per_market",
];

/// More than this part of the baseline is too many.
const SLACK: f64 = 0.03;

const BATCH: usize = 1_000;

/// The argument that makes this process play one workload.
const CHILD: &str = "--play";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if let Some(at) = arguments.iter().position(|argument| argument == CHILD) {
        println!("{}", play(&arguments[at + 1]));
        return ExitCode::SUCCESS;
    }
    if has("--test") {
        NAMES.iter().for_each(|name| assert!(play(name) > 0, "{name}"));
        return ExitCode::SUCCESS;
    }
    if !Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!(
            "\n*** NO INSTRUCTIONS COUNTED: valgrind is not on this machine, so nothing was compared with the baseline ***\n"
        );
        return ExitCode::SUCCESS;
    }
    let counts: Vec<(&str, f64)> = NAMES.iter().map(|name| (*name, counted(name))).collect();
    if has("--write") {
        let lines: String = counts.iter().map(|(name, count)| format!("{name} {count:.1}\n")).collect();
        fs::write(baseline_path(), lines).expect("the baseline can be written");
    }
    let is_fine = compare(&counts);
    if is_fine || !has("--gate") { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn baseline_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.txt")
}

/// Prints each count beside the baseline; is none too high?
fn compare(counts: &[(&str, f64)]) -> bool {
    let text = fs::read_to_string(baseline_path()).unwrap_or_default();
    let mut is_fine = true;
    println!("{:<32} {:>12} {:>12} {:>8}", "instructions per odds event", "now", "baseline", "change");
    for &(name, count) in counts {
        let known = text.lines().filter_map(|line| line.split_once(' ')).find(|(known, _)| *known == name);
        let Some(baseline) = known.and_then(|(_, number)| number.parse::<f64>().ok()) else {
            println!("{name:<32} {count:>12.1} {:>12} {:>8}   NOT IN THE BASELINE", "–", "–");
            is_fine = false;
            continue;
        };
        let change = count / baseline - 1.0;
        let remark = if change > SLACK {
            is_fine = false;
            "TOO MANY: make it cheaper, or raise the baseline with `--write` and say why"
        } else if change < -SLACK {
            "fewer: keep it so with `--write`"
        } else {
            ""
        };
        println!("{name:<32} {count:>12.1} {baseline:>12.1} {:>+7.1}%   {remark}", 100.0 * change);
    }
    is_fine
}

/// Instructions per odds event of one workload.
fn counted(name: &str) -> f64 {
    let program = env::current_exe().expect("a program knows where it is");
    let file = env::temp_dir().join(format!("overround-callgrind-{}-{name}", std::process::id()));
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*measured_part*", "--collect-atstart=no"])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args([CHILD, name])
        .output()
        .expect("valgrind runs");
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    let events: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints how many odds events");
    let text = String::from_utf8_lossy(&fs::read(&file).expect("callgrind wrote it")).into_owned();
    let _ = fs::remove_file(&file);
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")).expect("callgrind sums up");
    let total: f64 = total.trim().parse().expect("a number");
    assert!(total > 0.0, "{name}: callgrind found no measured part");
    total / events
}

/// What is counted.
enum Part {
    Feed {
        player: Box<Player>,
        events: Vec<OddsEvent>,
        batch: Option<usize>,
    },
    /// Prices outcome by outcome.
    Devig {
        odds: Vec<f64>,
        fair: Vec<f64>,
        valid: Vec<bool>,
    },
}

/// Plays a workload; returns what its instructions are divided by.
fn play(name: &str) -> u64 {
    let (mut part, per) = part(name);
    measured_part(&mut part);
    match part {
        Part::Feed { player, .. } => drop(black_box(player.engine)),
        Part::Devig { fair, .. } => drop(black_box(fair)),
    }
    per
}

/// All that is counted. No closure stands in here: it would have this name in its own.
#[inline(never)]
fn measured_part(part: &mut Part) {
    match part {
        Part::Feed { player, events, batch: None } => player.singles(events),
        Part::Feed { player, events, batch: Some(size) } => player.batches(events, *size),
        Part::Devig { odds, fair, valid } => {
            let solved = batch::probabilities(Method::Power, 2, 1.0, odds, fair, valid);
            solved.expect("lists of the right lengths");
        }
    }
}

fn part(name: &str) -> (Part, u64) {
    let usual = Spec::two_way(2_000, 20_000);
    let ladders = |shape| Spec { markets: 3_000, events: 5_000, ..usual.of_shape(shape) };
    let batch = Some(BATCH);
    let (spec, count, batch) = match name {
        "two_way_anchor_single" => (usual, 1, None),
        "two_way_anchor_batch" => (usual, 1, batch),
        "two_way_unchanged_batch" => (Spec { changing: 0, ..usual }, 1, batch),
        "two_way_consensus_batch" => (Spec { by: By::Consensus, ..usual }, 1, batch),
        "three_way_anchor_batch" => (usual.of_shape(Shape::ThreeWay), 1, batch),
        "ladder_anchor_batch" => (ladders(Shape::Ladder), 1, Some(100)),
        "ladder_with_law_anchor_batch" => (ladders(Shape::LadderWithLaw), 1, Some(100)),
        "profiles_8_anchor_batch" => (usual, 8, batch),
        "sixty_bookmakers_anchor_batch" => (Spec { bookmakers: 60, markets: 400, ..usual }, 1, batch),
        "role_flip_per_market" => return role_flips(&usual),
        "devig_power_per_market" => return devig(),
        _ => panic!("there is no workload {name}"),
    };
    let mut player = Player::open(&spec, with_profiles(config(Method::Power), count));
    let events = spec.moves();
    player.pass(&spec, &events, batch);
    (Part::Feed { player: Box::new(player), events, batch }, u64::from(spec.events))
}

fn role_flips(spec: &Spec) -> (Part, u64) {
    let player = Box::new(Player::open(spec, config(Method::Power)));
    let signal = |stale| {
        let (bookmaker, health) = (BookmakerId(5), SourceHealth::Stale(stale));
        OddsEvent::Source(SourceSignal { bookmaker, fixture: None, health, last_write_ts: None })
    };
    let events: Vec<OddsEvent> = (0..6).map(|round| signal(round % 2 == 0)).collect();
    let per = u64::from(spec.markets) * 6;
    (Part::Feed { player, events, batch: None }, per)
}

fn devig() -> (Part, u64) {
    let mut random = SplitMix(1);
    let home: Vec<f64> = (0..1_000).map(|_| 1.4 + 2.0 * random.unit()).collect();
    let away: Vec<f64> = home.iter().map(|price| 1.0 / (1.04 - 1.0 / price)).collect();
    let odds = [home, away].concat();
    (Part::Devig { fair: vec![0.0; odds.len()], valid: vec![false; 1_000], odds }, 1_000)
}
