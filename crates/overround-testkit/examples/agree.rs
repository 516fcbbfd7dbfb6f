//! Compares the engine with the naive model over many seeds: `agree FIRST COUNT SHOW [all|none|edge|world]`. Prints the first `SHOW`
//! divergences, as small as they go, and goes on.

use overround_testkit::compare::{Coverage, run};
use overround_testkit::edge::on_the_edge;
use overround_testkit::minimise::{Report, minimise};
use overround_testkit::scenario::{Features, Scenario};
use overround_testkit::world::World;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (first, count, most) = (number(0), number(1000), number(5));
    let mode = arguments.next();
    let mut coverage = Coverage::default();
    let mut different = 0;
    for seed in first..first + count {
        let Some(scenario) = scenario(seed, mode.as_deref()) else { continue };
        let checked = std::panic::catch_unwind(|| run(&scenario));
        match checked {
            Ok(Ok(seen)) => coverage.add(&seen),
            Ok(Err(_)) => {
                different += 1;
                if different <= most {
                    let smallest = minimise(&scenario);
                    if let Err(divergence) = run(&smallest) {
                        println!("{}\n", Report { seed, scenario: &smallest, divergence: &divergence });
                    }
                }
            }
            Err(_) => println!("seed {seed} panicked"),
        }
    }
    println!("{count} seeds from {first}: {different} differ; {coverage:?}");
}

fn scenario(seed: u64, mode: Option<&str>) -> Option<Scenario> {
    match mode {
        Some("all") => Some(Scenario::with_features(seed, Features::ALL)),
        Some("none") => Some(Scenario::with_features(seed, Features::NONE)),
        Some("world") => Some(World::scenario(seed, 60)),
        Some("edge") => on_the_edge(seed, &Scenario::from_seed(seed)),
        _ => Some(Scenario::from_seed(seed)),
    }
}
