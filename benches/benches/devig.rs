//! Nanoseconds per market of margin removal: every method for markets of 2, 3, 10 and 20 outcomes, one by one, in batches, and in batches for the probabilities alone, beside
//! a bare loop that only normalises.
//!
//! Times are per market, in the best of several passes through 1,000 of them. Before anything is timed, every answer is checked: it fulfils its
//! method's definition, which is written here a second time with the standard library's functions, and batches give the same bits.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a bench measures time, and checks by other functions"
)]

use criterion::{Bencher, BenchmarkId, Criterion, criterion_group, criterion_main};
use overround_benches::SplitMix;
use overround_math::devig::{DevigError, Method, Solution, batch, devig};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Markets of each size.
const MARKETS: u32 = 1000;

type Answers = Vec<Result<Solution, DevigError>>;

fn all(c: &mut Criterion) {
    let sizes = [2, 3, 10, 20].map(Markets::new);
    bare(c, &sizes);
    for method in Method::ALL {
        let mut group = c.benchmark_group(format!("devig/{method}"));
        for markets in &sizes {
            markets.check(method);
            group.bench_function(BenchmarkId::new("single", markets.n), |b| {
                let mut fair = vec![0.0; markets.n];
                per_market(b, || {
                    for odds in markets.odds.chunks_exact(markets.n) {
                        // Whether there is an answer was checked.
                        let answer = devig(method, black_box(odds), &mut fair);
                        black_box((&answer, &fair));
                    }
                });
            });
            group.bench_function(BenchmarkId::new("batch", markets.n), |b| {
                let mut fair = vec![0.0; markets.by_outcome.len()];
                let mut answers = room();
                per_market(b, || {
                    let solved =
                        batch::devig(method, markets.n, black_box(&markets.by_outcome), &mut fair, &mut answers);
                    let _ = black_box(solved);
                    black_box((&fair, &answers));
                });
            });
            group.bench_function(BenchmarkId::new("probabilities", markets.n), |b| {
                let mut fair = vec![0.0; markets.by_outcome.len()];
                let mut valid = vec![false; count(MARKETS)];
                per_market(b, || {
                    let odds = black_box(&markets.by_outcome);
                    let solved = batch::probabilities(method, markets.n, 1.0, odds, &mut fair, &mut valid);
                    let _ = black_box(solved);
                    black_box((&fair, &valid));
                });
            });
        }
        group.finish();
    }
}

/// What it costs to read the prices, sum their inverses and write inverses over the sum, without a question asked.
fn bare(c: &mut Criterion, sizes: &[Markets]) {
    let mut group = c.benchmark_group("devig/bare normalisation");
    for markets in sizes {
        let n = markets.n;
        let mut fair = vec![0.0; n];
        let mut expected = vec![0.0; n];
        for odds in markets.odds.chunks_exact(n) {
            normalise(odds, &mut fair);
            devig(Method::Multiplicative, odds, &mut expected).expect("always an answer");
            assert!(fair.iter().zip(&expected).all(|(p, q)| (p - q).abs() <= 1e-15));
        }
        group.bench_function(BenchmarkId::new("single", n), |b| {
            per_market(b, || {
                for odds in markets.odds.chunks_exact(n) {
                    normalise(black_box(odds), &mut fair);
                    black_box(&fair);
                }
            });
        });
        let mut all = vec![0.0; markets.by_outcome.len()];
        normalise_side_by_side(&markets.by_outcome, &mut all);
        let sums = all.chunks_exact(count(MARKETS)).fold(vec![0.0; count(MARKETS)], add);
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() <= 1e-14));
        group.bench_function(BenchmarkId::new("batch", n), |b| {
            per_market(b, || {
                normalise_side_by_side(black_box(&markets.by_outcome), &mut all);
                black_box(&all);
            });
        });
    }
    group.finish();
}

fn normalise(odds: &[f64], fair: &mut [f64]) {
    let mut sum = 0.0;
    for (p, price) in fair.iter_mut().zip(odds) {
        *p = 1.0 / price;
        sum += *p;
    }
    let factor = 1.0 / sum;
    fair.iter_mut().for_each(|p| *p *= factor);
}

fn normalise_side_by_side(odds: &[f64], fair: &mut [f64]) {
    let mut factors = [0.0; 1000];
    for (odds, fair) in odds.chunks_exact(1000).zip(fair.chunks_exact_mut(1000)) {
        for ((p, price), sum) in fair.iter_mut().zip(odds).zip(&mut factors) {
            *p = 1.0 / price;
            *sum += *p;
        }
    }
    factors.iter_mut().for_each(|sum| *sum = 1.0 / *sum);
    for fair in fair.chunks_exact_mut(1000) {
        fair.iter_mut().zip(&factors).for_each(|(p, factor)| *p *= factor);
    }
}

/// Reports the time of one market in the best of the passes: what others do on the machine meanwhile is not measured.
fn per_market(b: &mut Bencher<'_>, mut pass: impl FnMut()) {
    b.iter_custom(|markets| {
        let mut best = Duration::MAX;
        for _ in 0..markets.div_ceil(u64::from(MARKETS)) {
            let clock = Instant::now();
            pass();
            best = best.min(clock.elapsed());
        }
        let nanos = best.as_nanos() * u128::from(markets) / u128::from(MARKETS);
        Duration::from_nanos(u64::try_from(nanos).expect("less than centuries"))
    });
}

/// Markets of one size.
struct Markets {
    n: usize,
    /// Market after market.
    odds: Vec<f64>,
    /// Outcome after outcome.
    by_outcome: Vec<f64>,
}

impl Markets {
    /// Softmax of nearly normal strengths, a margin of 2 to 8 % (up to 20 % for many outcomes) in proportion, prices in cents.
    fn new(n: usize) -> Self {
        let mut random = SplitMix(u64::try_from(n).expect("few"));
        let top = if n <= 3 { 0.06 } else { 0.18 };
        let mut odds = Vec::new();
        while odds.len() < n * count(MARKETS) {
            let weights: Vec<f64> = (0..n).map(|_| (0.8 * normal(&mut random)).exp()).collect();
            let booksum = 1.02 + top * uniform(&mut random);
            let total: f64 = weights.iter().sum();
            let prices: Vec<f64> = weights.iter().map(|w| (100.0 * total / (booksum * w)).round() / 100.0).collect();
            if prices.iter().all(|&price| price > 1.0) && prices.iter().map(|price| 1.0 / price).sum::<f64>() > 1.0 {
                odds.extend(prices);
            }
        }
        let by_outcome = (0..n).flat_map(|o| odds.iter().skip(o).step_by(n)).copied().collect();
        Self { n, odds, by_outcome }
    }

    /// Asserts that all answers fulfil the definition of the method, and that the batch gives them too.
    fn check(&self, method: Method) {
        let mut together = vec![0.0; self.by_outcome.len()];
        let mut answers = room();
        let solved =
            batch::devig(method, self.n, &self.by_outcome, &mut together, &mut answers).expect("right lengths");
        assert_eq!(solved, answers.iter().filter(|answer| answer.is_ok()).count());
        let mut fair = vec![0.0; self.n];
        for (j, odds) in self.odds.chunks_exact(self.n).enumerate() {
            let answer = devig(method, odds, &mut fair);
            assert_eq!(answer, answers[j], "{method} {odds:?}");
            match answer {
                Ok(solution) => {
                    let same = together.iter().skip(j).step_by(count(MARKETS)).zip(&fair);
                    assert!(same.into_iter().all(|(a, b)| a.to_bits() == b.to_bits()), "{method} {odds:?}");
                    let off = distance(method, odds, &fair, &solution);
                    assert!(off <= 1e-13, "{method} {odds:?} {fair:?}: off by {off}");
                }
                Err(error) => assert!(may_fail(method), "{method} {odds:?}: {error}"),
            }
        }
    }
}

/// Does the method lack an answer for some lists of long prices?
fn may_fail(method: Method) -> bool {
    let steep =
        [Method::Additive, Method::DifferentialMarginWeighting, Method::BalancedBook, Method::Goto, Method::Jsd];
    steep.contains(&method)
}

/// How far an answer is from the definition with its parameter, and its sum from 1.
fn distance(method: Method, odds: &[f64], fair: &[f64], solution: &Solution) -> f64 {
    if method == Method::WorstCase {
        return least_of_members(odds, fair);
    }
    let c = solution.param.expect("all others have one");
    let booksum: f64 = odds.iter().map(|price| 1.0 / price).sum();
    let far = |p: f64, price: f64| {
        let pi = 1.0 / price;
        match method {
            Method::Multiplicative => p * c - pi,
            Method::Additive | Method::DifferentialMarginWeighting => p + c - pi,
            Method::BalancedBook => p * (1.0 - c) + c - pi,
            Method::Goto => p + c * (1.0 - pi).sqrt() - pi,
            Method::Power => p - pi.powf(c),
            Method::Shin => (1.0 - c) * p * p + c * p - pi * pi / booksum,
            Method::OddsRatio => (1.0 / p - 1.0) / (price - 1.0) / c - 1.0,
            Method::Logarithmic => (1.0 / p - 1.0) / (price - 1.0) / c.exp() - 1.0,
            Method::Probit => p - normal_below(score(pi) - c),
            Method::Jsd => jensen_shannon(p, pi).sqrt() - c,
            _ => f64::NAN,
        }
    };
    let sum = (fair.iter().sum::<f64>() - 1.0).abs();
    fair.iter().zip(odds).map(|(&p, &price)| far(p, price).abs()).fold(sum, f64::max)
}

fn least_of_members(odds: &[f64], fair: &[f64]) -> f64 {
    let mut least = vec![f64::INFINITY; odds.len()];
    for member in Method::WORST_CASE {
        let mut own = vec![0.0; odds.len()];
        if devig(member, odds, &mut own).is_ok() {
            least.iter_mut().zip(own).for_each(|(least, p)| *least = least.min(p));
        }
    }
    least.iter().zip(fair).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The divergence of two laws of two points, in natural units. Cancels, but little enough for a check.
fn jensen_shannon(p: f64, q: f64) -> f64 {
    let part = |a: f64, b: f64| a * (2.0 * a / (a + b)).ln() + b * (2.0 * b / (a + b)).ln();
    0.5 * (part(p, q) + part(1.0 - p, 1.0 - q))
}

/// Φ by its series.
fn normal_below(x: f64) -> f64 {
    let (mut term, mut sum, mut odd) = (x, x, 1.0);
    while term.abs() > 1e-18 {
        odd += 2.0;
        term *= x * x / odd;
        sum += term;
    }
    0.5 + sum * (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

/// Φ⁻¹ by bisection.
fn score(p: f64) -> f64 {
    let (mut low, mut high) = (-8.0, 8.0);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if normal_below(middle) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// Uniform on [0, 1).
fn uniform(random: &mut SplitMix) -> f64 {
    f64::from(random.below(1 << 30)) / f64::from(1 << 30)
}

/// Normal but for its far tails: a sum of twelve uniforms.
fn normal(random: &mut SplitMix) -> f64 {
    (0..12).map(|_| uniform(random)).sum::<f64>() - 6.0
}

fn add(mut sums: Vec<f64>, outcome: &[f64]) -> Vec<f64> {
    sums.iter_mut().zip(outcome).for_each(|(sum, p)| *sum += p);
    sums
}

fn room() -> Answers {
    vec![Ok(Solution::default()); count(MARKETS)]
}

fn count(n: u32) -> usize {
    usize::try_from(n).expect("fits")
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800));
    targets = all
}
criterion_main!(benches);
