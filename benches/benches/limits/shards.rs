//! Two shards beside two engines that know nothing of each other.

use crate::Effort;
use crate::costs::BATCH;
use crate::report::{Bound, Row};
use overround::{OddsEvent, Run, ShardedEngine};
use overround_benches::measure::{in_turn, wall_ns_each};
use overround_benches::play::{Player, STEP_US, Slices};
use overround_benches::workload::OPENING;
use overround_benches::{Spec, config};
use overround_math::devig::Method;
use std::num::NonZeroU32;

/// Both on a pool of two threads.
pub(crate) fn two(effort: Effort) -> Vec<Row> {
    let whole = Spec::two_way(100_000 / effort.divisor, 400_000 / effort.divisor);
    let half = Spec { markets: whole.markets / 2, events: whole.events / 2, ..whole };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    let config = config(Method::Power);

    let shards = NonZeroU32::new(2).expect("not zero");
    let mut sharded = ShardedEngine::new(config.clone(), shards).expect("the configuration is valid");
    let mut out = Vec::new();
    whole.opening(|piece| {
        let report = sharded.apply_batch(OPENING, piece, &mut out);
        assert!(report.rejected.is_empty(), "{:?}", report.rejected.first());
    });
    let all = whole.moves();
    let size = all.len() / 4;
    let mut slices = Slices::new(&all, size);
    let mut now = OPENING.plus_us(1_000_000);

    let halves = [half.moves(), Spec { seed: 2, ..half }.moves()];
    let [mut one, mut other] = [0, 1].map(|_| Player::open(&half, config.clone()));
    let [mut ones, mut others] = [0, 1].map(|index| Slices::new(&halves[index], size / 2));

    let mut shards_once = || {
        let run = run_of(slices.next_slice().1, || {
            now = now.plus_us(STEP_US);
            now
        });
        out.clear();
        wall_ns_each(size, || {
            let reports = pool.install(|| sharded.apply_run(&run, &mut out));
            assert!(reports.iter().all(|report| report.rejected.is_empty()), "all are good");
        })
    };
    let mut engines_once = || {
        let (ones, others) = (ones.next_slice().1, others.next_slice().1);
        wall_ns_each(size, || {
            pool.join(|| one.batches(ones, BATCH / 2), || other.batches(others, BATCH / 2));
        })
    };
    // Throughput of shards over that of engines is the engines' time over the shards'.
    let ratio = in_turn(effort.rounds, &mut engines_once, &mut shards_once);
    assert_eq!(sharded.stats().quotes, one.engine.stats().quotes + other.engine.stats().quotes, "the same work");
    vec![Row::ratio(
        "two_shards",
        ratio,
        Bound::Least(0.9),
        "throughput of two shards by `apply_run` / of two independent engines, each with half of the fixtures; two threads, instants of 1,000; 100,000 markets",
    )]
}

fn run_of(events: &[OddsEvent], mut now: impl FnMut() -> overround::Timestamp) -> Run {
    let mut run = Run::new();
    for batch in events.chunks(BATCH) {
        run.begin(now());
        batch.iter().for_each(|event| run.push(event.clone()));
    }
    run
}
