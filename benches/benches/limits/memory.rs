//! Memory: bytes per quote, allocations per odds event.

use crate::Effort;
use crate::report::{Bound, Row};
use overround_benches::play::Player;
use overround_benches::{Spec, config, machine};
use overround_math::devig::Method;
use std::env;
use std::process::Command;

/// The argument that makes this process measure the memory of one workload and print it, so that nothing else is in its memory.
pub(crate) const CHILD: &str = "--measure-memory";

/// Bytes per live quote, all told.
pub(crate) fn bytes(effort: Effort) -> Vec<Row> {
    let row = |name, (per_fixture, is_detailed), bound, what| {
        let value = of_child(100_000 / effort.divisor, per_fixture, is_detailed);
        Row { name, value, spread: 0.0, bound, unit: "bytes", sides: None, what }
    };
    vec![
        row(
            "bytes_per_quote",
            (10, false),
            Bound::Most(64.0),
            "the greater of `Stats::bytes` and the growth of resident memory / quotes; 100,000 two-way markets of 12 bookmakers, ten to a fixture",
        ),
        row(
            "bytes_per_quote_alone",
            (1, false),
            Bound::Most(64.0),
            "the same with one market to a fixture, the worst case",
        ),
        row(
            "bytes_per_quote_detailed",
            (10, true),
            Bound::None,
            "as the first, every quote with a limit and a time of its source (two more words each)",
        ),
    ]
}

fn of_child(markets: u32, per_fixture: u32, is_detailed: bool) -> f64 {
    let program = env::current_exe().expect("a program knows where it is");
    let arguments = [CHILD.to_owned(), markets.to_string(), per_fixture.to_string(), is_detailed.to_string()];
    let output = Command::new(program).args(arguments).output().expect("it can be run again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().expect("it prints a number")
}

/// Opens a workload and prints its bytes per quote.
pub(crate) fn child(arguments: &[String]) {
    let [markets, per_fixture, is_detailed] = arguments else { panic!("markets, markets of a fixture, in detail") };
    let parse = |text: &String| text.parse().expect("a number");
    let is_detailed = is_detailed == "true";
    let spec = Spec { per_fixture: parse(per_fixture), is_detailed, ..Spec::two_way(parse(markets), 0) };
    let before = machine::resident_bytes();
    let player = Player::open(&spec, config(Method::Power));
    let grown = machine::resident_bytes().zip(before).map_or(0, |(after, before)| after - before);
    let stats = player.engine.stats();
    assert_eq!(stats.quotes, spec.quotes() as u64, "all quotes stand");
    println!("{}", in_thousands(grown.max(stats.bytes)) / in_thousands(stats.quotes));
}

fn in_thousands(n: u64) -> f64 {
    f64::from(u32::try_from(n / 1_000).expect("at most terabytes"))
}

/// Allocations in steady state.
pub(crate) fn allocations(effort: Effort) -> Vec<Row> {
    let spec = Spec::two_way(10_000 / effort.divisor, 100_000 / effort.divisor);
    let mut config = config(Method::Power);
    // What is told is handed out and so allocated: nothing is.
    config.ev.min = 10.0;
    config.arbitrage.min_profit = 10.0;
    config.low_hold.max_hold = -1.0;
    config.middle.max_loss = -1.0;
    let mut player = Player::open(&spec, config);
    let events = spec.moves();
    player.pass(&spec, &events, None);
    player.batches(&events, super::costs::BATCH);
    let counted = allocation_counter::measure(|| {
        player.singles(&events);
        player.batches(&events, super::costs::BATCH);
    });
    assert_eq!(player.told, 0, "nothing is told");
    vec![Row {
        name: "allocations_per_event",
        value: in_thousands(counted.count_total * 1_000) / f64::from(2 * spec.events),
        spread: 0.0,
        bound: Bound::Most(0.0),
        unit: "",
        sides: None,
        what: "allocations / odds events that change a price, single and in batches, after a first pass, nothing being told",
    }]
}
