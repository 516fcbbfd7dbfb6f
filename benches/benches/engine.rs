//! Nanoseconds per odds event that changes a price, all four detectors on.
//!
//! Both ways are checked before they are timed: they must lead to the same quotes and the same number of open opportunities, and the
//! batch way twice to the same digest.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use overround::{Config, Engine, OddsEvent, Timestamp};
use overround_benches::{By, Workload};
use std::hint::black_box;

const MOVES: usize = 20_000;

fn engine(setup: &[OddsEvent]) -> Engine {
    let mut engine = Engine::new(Config::recorded()).expect("the preset is valid");
    let mut out = Vec::new();
    let report = engine.apply_batch(Timestamp(0), setup, &mut out);
    assert!(report.rejected.is_empty());
    engine
}

fn played(workload: &Workload, size: usize) -> Engine {
    let mut engine = engine(&workload.setup);
    let mut out = Vec::new();
    for chunk in workload.moves.chunks(size) {
        engine.apply_batch(Timestamp(1), chunk, &mut out);
    }
    engine
}

fn apply(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine");
    group.sample_size(10);
    for (name, by, bookmakers) in
        [("anchor", By::Anchor, 12), ("consensus", By::Consensus, 12), ("anchor of 60", By::Anchor, 60)]
    {
        let workload = Workload::two_way(10_000, bookmakers, by, MOVES, 1);
        let (by_one, by_hundred) = (played(&workload, 1), played(&workload, 100));
        assert_eq!(by_one.stats().quotes, by_hundred.stats().quotes);
        assert_eq!(by_one.stats().open, by_hundred.stats().open, "the same view either way");
        assert_eq!(by_hundred.digest(), played(&workload, 100).digest(), "the same feed twice");
        group.throughput(Throughput::Elements(MOVES as u64));
        group.bench_function(BenchmarkId::new("single", name), |b| {
            b.iter_batched_ref(
                || (engine(&workload.setup), Vec::new()),
                |(engine, out)| {
                    for event in &workload.moves {
                        out.clear();
                        engine.apply(Timestamp(1), black_box(event), out).expect("a good event");
                    }
                },
                BatchSize::PerIteration,
            );
        });
        group.bench_function(BenchmarkId::new("batches of 100", name), |b| {
            b.iter_batched_ref(
                || (engine(&workload.setup), Vec::new()),
                |(engine, out)| {
                    for chunk in workload.moves.chunks(100) {
                        out.clear();
                        engine.apply_batch(Timestamp(1), black_box(chunk), out);
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, apply);
criterion_main!(benches);
