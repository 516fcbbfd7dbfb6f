//! Removes the margins of very many random markets in batches, by every method, and looks for a failure.
//!
//!     cargo run --release -p overround-benches --example devig_random -- 10000000
//!
//! Markets have 2 to 40 outcomes, margins of −10 to 300 %, some a favourite down to 1 + 2⁻²⁰ or a price up to a million. A failure is: a
//! probability that is not inside (0, 1), a sum that is not 1, no answer from a method that always has one, a refusal where the formula
//! stays inside, or other bits than for the market alone. Prints for each method how many markets have an answer, the largest error of a
//! sum and the longest search; the exit status is 1 if anything failed.

use overround_benches::SplitMix;
use overround_math::devig::{Cause, DevigError, Method, Solution, batch, booksum, devig};
use overround_math::float::{exp, ln};
use std::process::ExitCode;

/// Markets of a batch: blocks of eight, and some over.
const BATCH: usize = 1003;

fn main() -> ExitCode {
    let wanted: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let mut tallies = Method::ALL.map(Tally::of);
    let (mut random, mut done) = (SplitMix(20_261_121), 0);
    while done < wanted {
        let n = usize::try_from(2 + random.below(39)).expect("small");
        let markets: Vec<Vec<f64>> = (0..BATCH).map(|_| market(&mut random, n)).collect();
        let odds: Vec<f64> = (0..n).flat_map(|o| markets.iter().map(move |market| market[o])).collect();
        for tally in &mut tallies {
            tally.take(n, &markets, &odds);
        }
        done += u64::try_from(BATCH).expect("small");
    }
    println!("{done} markets");
    for tally in &tallies {
        let Tally { method, answers, sum, iterations, failures } = tally;
        println!(
            "{method:30} {answers:>10} answers, sums within {sum:.1e}, at most {iterations:>2} passes, {failures} failures"
        );
    }
    if tallies.iter().all(|tally| tally.failures == 0) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Tally {
    method: Method,
    answers: u64,
    /// Largest distance of a sum from 1.
    sum: f64,
    iterations: u32,
    failures: u64,
}

impl Tally {
    fn of(method: Method) -> Self {
        Self { method, answers: 0, sum: 0.0, iterations: 0, failures: 0 }
    }

    fn take(&mut self, n: usize, markets: &[Vec<f64>], odds: &[f64]) {
        let mut fair = vec![0.0; odds.len()];
        let mut answers = vec![Ok(Solution::default()); markets.len()];
        let solved = batch::devig(self.method, n, odds, &mut fair, &mut answers).expect("right lengths");
        self.answers += u64::try_from(solved).expect("small");
        let mut own = vec![0.0; n];
        for (j, (market, answer)) in markets.iter().zip(&answers).enumerate() {
            own.iter_mut().zip(fair.iter().skip(j).step_by(markets.len())).for_each(|(own, p)| *own = *p);
            let good = match answer {
                Ok(solution) => self.answered(solution, &own),
                Err(DevigError::NoValidAnswer { cause, .. }) => self.refused(*cause, &own),
                Err(_) => false,
            };
            // One in sixteen alone too, in all lanes in turn.
            if !good || j % 16 == n % 16 && !self.same_alone(market, answer, &own) {
                self.failures += 1;
                eprintln!("{} {market:?}: {answer:?} {own:?}", self.method);
            }
        }
    }

    fn answered(&mut self, solution: &Solution, fair: &[f64]) -> bool {
        let sum: f64 = fair.iter().sum();
        self.iterations = self.iterations.max(solution.iterations);
        let inside = fair.iter().all(|&p| p > 0.0 && p < 1.0);
        if self.method == Method::WorstCase {
            return inside && sum < 1.0 + 1e-14;
        }
        self.sum = self.sum.max((sum - 1.0).abs());
        inside && (sum - 1.0).abs() <= 1e-14 && solution.param.is_some_and(f64::is_finite)
    }

    /// Only some methods may refuse; where a formula is the reason it shows.
    fn refused(&self, cause: Cause, fair: &[f64]) -> bool {
        match (self.method, cause) {
            (
                Method::Additive | Method::DifferentialMarginWeighting | Method::BalancedBook | Method::Goto,
                Cause::Outside,
            ) => fair.iter().any(|&p| p <= 0.0 || p >= 1.0),
            (Method::Jsd, Cause::NoRoot) => true,
            _ => false,
        }
    }

    fn same_alone(&self, market: &[f64], answer: &Result<Solution, DevigError>, fair: &[f64]) -> bool {
        let mut alone = vec![0.0; market.len()];
        let same = devig(self.method, market, &mut alone) == *answer;
        same && (answer.is_err() || alone.iter().zip(fair).all(|(a, b)| a.to_bits() == b.to_bits()))
    }
}

/// Softmax of strengths, a margin put on in proportion, in odds or as a power; drawn again until the booksum is in range.
fn market(random: &mut SplitMix, n: usize) -> Vec<f64> {
    loop {
        let spread = 4.0 * uniform(random);
        let weights: Vec<f64> = (0..n).map(|_| exp(spread * (2.0 * uniform(random) - 1.0))).collect();
        let total: f64 = weights.iter().sum();
        let tame = uniform(random);
        let (margin, way) = (0.9 + 3.1 * tame * tame * tame, random.below(3));
        let mut odds: Vec<f64> = weights.iter().map(|w| price(w / total, margin, way)).collect();
        let at = usize::try_from(random.below(u32::try_from(n).expect("small"))).expect("small");
        match random.below(8) {
            0 => odds[at] = 1.0 + 1.0 / f64::from(1_u32 << (1 + random.below(20))),
            1 => odds[at] = 1e6 * exp(-7.0 * uniform(random)),
            _ => {}
        }
        let sum = booksum(&odds);
        if (0.9..=4.0).contains(&sum) && sum < f64::from(u32::try_from(n).expect("small")) {
            return odds;
        }
    }
}

fn price(p: f64, margin: f64, way: u32) -> f64 {
    let price = match way {
        0 => 1.0 / (p * margin),
        1 => 1.0 + (1.0 / p - 1.0) / margin,
        _ => exp(-ln(p) / margin),
    };
    price.clamp(1.0 + 0.5_f64.powi(20), 1e6)
}

/// Uniform on [0, 1).
fn uniform(random: &mut SplitMix) -> f64 {
    f64::from(random.below(1 << 30)) / f64::from(1 << 30)
}
