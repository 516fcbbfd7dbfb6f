//! Nanoseconds per odds event that changes a price, all four detectors on.
//!
//! Each run is checked by the digest of the state that it leads to: the single and the batch way must agree.

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

fn digest_after(workload: &Workload, size: usize) -> u64 {
    let mut engine = engine(&workload.setup);
    let mut out = Vec::new();
    for chunk in workload.moves.chunks(size) {
        engine.apply_batch(Timestamp(1), chunk, &mut out);
    }
    engine.digest()
}

fn apply(c: &mut Criterion) {
    let mut group = c.benchmark_group("engine");
    group.sample_size(10);
    for (name, by, bookmakers) in
        [("anchor", By::Anchor, 12), ("consensus", By::Consensus, 12), ("anchor of 60", By::Anchor, 60)]
    {
        let workload = Workload::two_way(10_000, bookmakers, by, MOVES, 1);
        assert_eq!(digest_after(&workload, 100), digest_after(&workload, 100), "the same feed twice");
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
