//! Times the margin removal of the crate `brumby` on the markets of standard input: one a line, decimal prices between spaces.
//!
//! Prints `time METHOD N NS` (nanoseconds per market, see `per_market`) and `fair METHOD LINE P…`, as `devig_peer` of the benches does.

use brumby::market::{Market, OverroundMethod};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{BufWriter, Write, stdin, stdout};
use std::time::{Duration, Instant};

const METHODS: [(&str, OverroundMethod); 3] = [
    ("multiplicative", OverroundMethod::Multiplicative),
    ("power", OverroundMethod::Power),
    ("odds_ratio", OverroundMethod::OddsRatio),
];

const BLOCK: usize = 100;

/// Passes go on for at least this long.
const ENOUGH: Duration = Duration::from_millis(300);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut sizes: BTreeMap<usize, Vec<(usize, Vec<f64>)>> = BTreeMap::new();
    for (line, text) in stdin().lines().enumerate() {
        let prices: Vec<f64> = text?.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        sizes.entry(prices.len()).or_default().push((line, prices));
    }
    let mut out = BufWriter::new(stdout());
    for (name, method) in METHODS {
        for (n, markets) in &sizes {
            writeln!(out, "time {name} {n} {}", per_market(&method, markets))?;
            for (line, prices) in markets {
                let market = Market::fit(&method, prices.clone(), 1.0);
                let fair: Vec<String> = market.probs.iter().map(f64::to_string).collect();
                writeln!(out, "fair {name} {line} {}", fair.join(" "))?;
            }
        }
    }
    Ok(())
}

/// Nanoseconds per market: the sum over blocks of markets of each block's best pass, so that an interruption costs one block of one
/// pass. The copies of the prices, which `fit` wants to own, are made before the clock starts.
fn per_market(method: &OverroundMethod, markets: &[(usize, Vec<f64>)]) -> f64 {
    let mut best = vec![f64::INFINITY; markets.len().div_ceil(BLOCK)];
    let begun = Instant::now();
    while begun.elapsed() < ENOUGH {
        for (block, best) in markets.chunks(BLOCK).zip(&mut best) {
            let copies: Vec<Vec<f64>> = block.iter().map(|(_, prices)| prices.clone()).collect();
            let clock = Instant::now();
            for prices in copies {
                black_box(Market::fit(black_box(method), prices, 1.0));
            }
            *best = best.min(clock.elapsed().as_secs_f64());
        }
    }
    best.iter().sum::<f64>() * 1e9 / markets.len() as f64
}
