//! The limits of cost, as ratios that hold on any machine: the engine beside what cannot be avoided, both measured in turn in one process.
//!
//! `cargo bench -p overround-benches --bench limits`, and after `--`:
//!
//! | argument | |
//! |---|---|
//! | `--json` | one JSON object per line instead of a table |
//! | `--quick` | fewer rounds, within half a minute |
//! | `--only NAME` | only rows whose name contains this |
//! | `--write` | also into `benches/README.md` |
//! | `--test` | smoke: tiny sizes, no meaning in the numbers |
//!
//! It exits with 0 whatever the figures are.

#![allow(clippy::print_stdout, reason = "it is what a bench is for")]

mod costs;
mod memory;
mod replay;
mod report;
mod shards;

use overround_benches::readme;
use report::Row;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// Rounds of each ratio.
    rounds: usize,
    /// Sizes are divided by this.
    divisor: u32,
}

impl Effort {
    const FULL: Self = Self { rounds: 25, divisor: 1 };
    const QUICK: Self = Self { rounds: 5, divisor: 1 };
    const SMOKE: Self = Self { rounds: 1, divisor: 100 };
}

/// Rows that share what they are measured on.
struct Group {
    names: &'static [&'static str],
    run: fn(Effort) -> Vec<Row>,
}

const GROUPS: &[Group] = &[
    Group { names: &["bytes_per_quote", "bytes_per_quote_alone", "bytes_per_quote_detailed"], run: memory::bytes },
    Group { names: &["allocations_per_event"], run: memory::allocations },
    Group { names: &["apply_vs_parse_10k", "role_flip", "role_flip_anchor"], run: costs::small },
    Group {
        names: &[
            "batch_vs_touch_100k",
            "consensus_vs_anchor_100k",
            "unchanged_vs_line_100k",
            "unchanged_vs_line_waiting_100k",
            "touch_vs_line_100k",
        ],
        run: costs::middle,
    },
    Group { names: &["fixtures_100k_vs_1k"], run: costs::fixtures },
    Group { names: &["two_shards"], run: shards::two },
    Group { names: &["replay_evening", "replay_polled"], run: replay::both },
    Group { names: &["apply_vs_parse_1m", "batch_vs_touch_1m", "line_waiting_vs_parse_1m"], run: costs::large },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    if let Some(at) = arguments.iter().position(|argument| argument == memory::CHILD) {
        memory::child(&arguments[at + 1..]);
        return;
    }
    let effort = match () {
        () if has("--test") => Effort::SMOKE,
        () if has("--quick") => Effort::QUICK,
        () => Effort::FULL,
    };
    let only = arguments.iter().skip_while(|argument| *argument != "--only").nth(1);
    let is_wanted = |name: &str| only.is_none_or(|only| name.contains(only.as_str()));
    let mut rows = Vec::new();
    for group in GROUPS.iter().filter(|group| group.names.iter().any(|name| is_wanted(name))) {
        let found = (group.run)(effort);
        assert!(found.iter().map(|row| row.name).eq(group.names.iter().copied()), "{:?} are announced", group.names);
        for row in found.into_iter().filter(|row| is_wanted(row.name)) {
            if has("--json") {
                println!("{}", row.json());
            }
            rows.push(row);
        }
    }
    if !has("--json") {
        println!("{}", report::table(&rows));
    }
    if has("--write") {
        readme::fill("limits", &report::table(&rows));
    }
}
