//! Nanoseconds per odds event, all four detectors on.
//!
//! For each case: a pass through the workload that is checked (as many prices moved as were meant to; the digest is the one on record),
//! then slices of the same list, over and over, timed. In smoke mode (`-- --test`) markets and odds events are a hundredth.

use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main, measurement};
use overround::Config;
use overround_benches::play::{Player, Slices};
use overround_benches::{By, Choice, Shape, Spec, config, with_profiles};
use overround_math::devig::Method;
use std::hint::black_box;
use std::time::Duration;

/// Odds events of a pass, and of a slice of it, which is what criterion times.
const EVENTS: u32 = 100_000;
const SLICE: usize = 10_000;

/// Odds events of a batch.
const BATCH: usize = 1_000;

type Group<'a> = BenchmarkGroup<'a, measurement::WallTime>;

fn markets(c: &mut Criterion) {
    for by in [By::Anchor, By::Consensus] {
        let mut group = group(c, if by == By::Anchor { "markets, by anchor" } else { "markets, by consensus" });
        for markets in [10_000, 100_000, 1_000_000] {
            let spec = Spec { by, ..Spec::two_way(markets, EVENTS) };
            both_ways(&mut group, &markets.to_string(), spec, &power());
        }
    }
}

fn one_market_per_fixture(c: &mut Criterion) {
    let mut group = group(c, "one market per fixture");
    both_ways(&mut group, "100000", Spec { per_fixture: 1, ..Spec::two_way(100_000, EVENTS) }, &power());
}

fn bookmakers(c: &mut Criterion) {
    for by in [By::Anchor, By::Consensus] {
        let mut group =
            group(c, if by == By::Anchor { "60 bookmakers, by anchor" } else { "60 bookmakers, by consensus" });
        both_ways(&mut group, "10000", Spec { by, bookmakers: 60, ..Spec::two_way(10_000, EVENTS) }, &power());
    }
}

fn choice(c: &mut Criterion) {
    let mut group = group(c, "popular markets oftener");
    both_ways(&mut group, "100000", Spec { choice: Choice::Zipf, ..Spec::two_way(100_000, EVENTS) }, &power());
}

fn changing(c: &mut Criterion) {
    let mut group = group(c, "per cent that change a price");
    for changing in [0, 10, 100] {
        both_ways(&mut group, &changing.to_string(), Spec { changing, ..Spec::two_way(100_000, EVENTS) }, &power());
    }
}

fn shapes(c: &mut Criterion) {
    for by in [By::Anchor, By::Consensus] {
        let mut group = group(c, if by == By::Anchor { "shapes, by anchor" } else { "shapes, by consensus" });
        for (name, shape, events) in [
            ("three-way", Shape::ThreeWay, EVENTS),
            ("ladders of 30 lines", Shape::Ladder, EVENTS),
            ("ladders with a law", Shape::LadderWithLaw, EVENTS / 5),
        ] {
            both_ways(&mut group, name, Spec { by, ..Spec::two_way(30_000, events).of_shape(shape) }, &power());
        }
    }
}

fn methods(c: &mut Criterion) {
    let mut group = group(c, "ways to remove a margin, by consensus");
    for method in Method::ALL {
        let spec = Spec { by: By::Consensus, ..Spec::two_way(10_000, EVENTS / 5) };
        case(&mut group, &format!("{method}/batch"), spec, &config(method), Some(BATCH));
    }
}

fn profiles(c: &mut Criterion) {
    for by in [By::Anchor, By::Consensus] {
        let mut group = group(c, if by == By::Anchor { "profiles, by anchor" } else { "profiles, by consensus" });
        for count in [1, 8, 64] {
            let spec = Spec { by, ..Spec::two_way(10_000, EVENTS) };
            both_ways(&mut group, &count.to_string(), spec, &with_profiles(power(), count));
        }
    }
}

fn power() -> Config {
    config(Method::Power)
}

fn group<'a>(c: &'a mut Criterion, name: &str) -> Group<'a> {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_millis(1_000));
    group
}

fn both_ways(group: &mut Group<'_>, name: &str, spec: Spec, config: &Config) {
    case(group, &format!("{name}/single"), spec, config, None);
    case(group, &format!("{name}/batch"), spec, config, Some(BATCH));
}

fn case(group: &mut Group<'_>, name: &str, spec: Spec, config: &Config, batch: Option<usize>) {
    let is_smoke = std::env::args().any(|argument| argument == "--test");
    let hundredth = |n: u32| if is_smoke { n / 100 } else { n };
    let spec = Spec { markets: hundredth(spec.markets), events: hundredth(spec.events), ..spec };
    let slice = if is_smoke { spec.events as usize } else { SLICE };
    group.throughput(Throughput::Elements(slice as u64));
    let mut player = None;
    let events = spec.moves();
    let mut slices = Slices::new(&events, slice);
    group.bench_function(BenchmarkId::from_parameter(name), |b| {
        let player = player.get_or_insert_with(|| Player::checked(&spec, config, &events, batch));
        b.iter(|| {
            let (_, slice) = slices.next_slice();
            match batch {
                None => player.singles(black_box(slice)),
                Some(size) => player.batches(black_box(slice), size),
            }
        });
    });
}

criterion_group! {
    benches,
    markets,
    one_market_per_fixture,
    bookmakers,
    choice,
    changing,
    shapes,
    methods,
    profiles
}
criterion_main!(benches);
