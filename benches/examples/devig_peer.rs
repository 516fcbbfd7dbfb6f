//! Times our margin removal on the markets of standard input: one a line, decimal prices between spaces.
//!
//! Prints `time METHOD N NS` (nanoseconds per market, best pass) and `fair METHOD LINE P…`. `benches/peers/compare.py` reads it.
//! Methods end in `/batch` where the markets of one size were solved together.

#![allow(clippy::disallowed_types, reason = "this program measures time")]

use overround_math::devig::{DevigError, Method, Solution, batch, devig};
use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::io::{BufWriter, Write, stdin, stdout};
use std::time::{Duration, Instant};

const METHODS: [Method; 6] =
    [Method::Multiplicative, Method::Additive, Method::Goto, Method::Power, Method::Shin, Method::OddsRatio];

/// Passes go on for at least this long.
const ENOUGH: Duration = Duration::from_millis(300);

/// All markets of one size.
struct Markets {
    n: usize,
    lines: Vec<usize>,
    /// Market after market.
    odds: Vec<f64>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes: BTreeMap<usize, Markets> = BTreeMap::new();
    for (line, text) in stdin().lines().enumerate() {
        let prices: Vec<f64> = text?.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let n = prices.len();
        let markets = sizes.entry(n).or_insert_with(|| Markets { n, lines: Vec::new(), odds: Vec::new() });
        markets.lines.push(line);
        markets.odds.extend(prices);
    }
    let mut out = BufWriter::new(stdout());
    for method in METHODS {
        for markets in sizes.values() {
            writeln!(out, "time {method} {} {}", markets.n, markets.one_by_one(method))?;
            writeln!(out, "time {method}/batch {} {}", markets.n, markets.together(method))?;
            markets.answers(method, &mut out)?;
        }
    }
    Ok(())
}

impl Markets {
    fn one_by_one(&self, method: Method) -> f64 {
        let mut fair = vec![0.0; self.n];
        self.best_pass(|| {
            for odds in self.odds.chunks_exact(self.n) {
                // Whether there is an answer is asked of each by `answers`.
                let answer = devig(method, black_box(odds), &mut fair);
                black_box((&answer, &fair));
            }
        })
    }

    fn together(&self, method: Method) -> f64 {
        let by_outcome: Vec<f64> =
            (0..self.n).flat_map(|o| self.odds.iter().skip(o).step_by(self.n)).copied().collect();
        let mut fair = vec![0.0; by_outcome.len()];
        let mut answers: Vec<Result<Solution, DevigError>> = vec![Ok(Solution::default()); self.lines.len()];
        self.best_pass(|| {
            let solved = batch::devig(method, self.n, black_box(&by_outcome), &mut fair, &mut answers);
            black_box((solved.expect("the slices are of one length"), &fair, &answers));
        })
    }

    /// Nanoseconds per market.
    fn best_pass(&self, mut pass: impl FnMut()) -> f64 {
        let mut best = Duration::MAX;
        let begun = Instant::now();
        while begun.elapsed() < ENOUGH {
            let clock = Instant::now();
            pass();
            best = best.min(clock.elapsed());
        }
        let markets = u32::try_from(self.lines.len()).expect("as many markets as lines of text");
        best.as_secs_f64() * 1e9 / f64::from(markets)
    }

    fn answers(&self, method: Method, out: &mut impl Write) -> std::io::Result<()> {
        let mut fair = vec![0.0; self.n];
        for (line, odds) in self.lines.iter().zip(self.odds.chunks_exact(self.n)) {
            let answer = devig(method, odds, &mut fair);
            if let Err(error) = answer {
                writeln!(out, "none {method} {line} {error}")?;
                continue;
            }
            write!(out, "fair {method} {line}")?;
            fair.iter().try_for_each(|p| write!(out, " {p}"))?;
            writeln!(out)?;
        }
        Ok(())
    }
}
