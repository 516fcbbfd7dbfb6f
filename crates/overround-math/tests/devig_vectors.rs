//! Every method against answers of many digits, alone and in batches.
//!
//! Compared: `vectors/devig.jsonl`, made by the script beside it, and, where present, the vectors handed to this project, which were made
//! by another program. Would have caught: a wrong formula or derivative, a root missed or a search ended early, digits lost to
//! cancellation, an answer outside (0, 1) let through or a good one refused, a batch that differs from the single call.

use std::collections::BTreeMap;
use std::path::Path;

use overround_math::devig::{Cause, DevigError, Method, Solution, batch, devig, devig_to};
use serde_json::Value;

#[test]
fn own_vectors() {
    let text = include_str!("vectors/devig.jsonl");
    assert!(text.lines().count() > 700);
    check(text);
}

#[test]
fn given_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/devig.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no vectors at {}", path.display());
        return;
    };
    assert_eq!(text.lines().count(), 1512);
    check(&text);
}

struct Vector {
    method: Method,
    odds: Vec<f64>,
    target: f64,
    fair: Vec<f64>,
    cond: Vec<f64>,
    param: Option<f64>,
    valid: bool,
    note: String,
}

impl Vector {
    fn parse(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| value[key].as_str().expect("a string");
        let numbers = |key: &str| value[key].as_array().expect("an array").iter().map(number).collect();
        Self {
            method: text("method").parse().expect("a method"),
            odds: numbers("odds"),
            target: value["target"].as_f64().unwrap_or(1.0),
            fair: numbers("fair"),
            cond: numbers("cond"),
            param: value["param"].as_str().map(|text| text.parse().expect("a number")),
            valid: value["valid"].as_bool().expect("a flag"),
            note: text("note").to_owned(),
        }
    }

    /// The error of bad input, if it is that.
    fn bad(&self) -> Option<DevigError> {
        let first = |bad: fn(f64) -> bool| self.odds.iter().position(|&price| bad(price)).expect("a bad price");
        match self.note.trim_start_matches("err_").trim_start_matches("bad: ") {
            "empty" => Some(DevigError::Empty),
            "single" => Some(DevigError::Single),
            "nan" => Some(DevigError::NotANumber { index: first(f64::is_nan) }),
            "inf" => Some(DevigError::Infinite { index: first(f64::is_infinite) }),
            "odds_le_1" => Some(DevigError::NotAboveOne { index: first(|price| price <= 1.0) }),
            _ => None,
        }
    }

    fn closed(&self) -> bool {
        use Method::{Additive, BalancedBook, DifferentialMarginWeighting, Goto, Multiplicative};
        let closed = [Multiplicative, Additive, DifferentialMarginWeighting, BalancedBook, Goto].contains(&self.method);
        let is_odds_ratio = [Method::OddsRatio, Method::Logarithmic].contains(&self.method);
        closed
            || (self.paired() && (is_odds_ratio || [Method::Shin, Method::Probit].contains(&self.method)))
            || (is_odds_ratio && self.odds.len() == 3 && self.target == 1.0)
    }

    fn paired(&self) -> bool {
        self.odds.len() == 2 && self.target == 1.0
    }

    fn check(&self, answer: Result<Solution, DevigError>, got: &[f64]) -> Result<(), String> {
        if let Some(bad) = self.bad() {
            let untouched = got.iter().all(|&p| p == 0.5);
            return if answer == Err(bad) && untouched { Ok(()) } else { Err(format!("{answer:?} and not {bad:?}")) };
        }
        // Probit's closed form goes through Φ and Φ⁻¹, which are not closed.
        let gate = if self.closed() && self.method != Method::Probit { 8.0 } else { 16.0 };
        for (i, (p, want)) in got.iter().zip(&self.fair).enumerate() {
            let off = (p - want).abs() / (f64::EPSILON / 2.0 * (1.0 + self.cond[i]) * want.abs());
            if off > gate || off.is_nan() {
                return Err(format!("probability {i} is {p} and not {want}: {off} units"));
            }
        }
        match answer {
            Ok(solution) => self.solution(&solution, got),
            Err(DevigError::NoValidAnswer { method, cause }) if !self.valid => {
                // Where there are values outside, the formula gives them; else there is no root.
                let right = if self.fair.is_empty() { Cause::NoRoot } else { Cause::Outside };
                if method == self.method && cause == right { Ok(()) } else { Err(format!("{method} {cause:?}")) }
            }
            Err(error) => Err(error.to_string()),
        }
    }

    fn solution(&self, solution: &Solution, got: &[f64]) -> Result<(), String> {
        if !self.valid {
            return Err("an answer where there is none".into());
        }
        match (solution.param, self.param) {
            (None, None) => {}
            (Some(param), Some(want)) if (param - want).abs() <= 1e-12 * (1.0 + want.abs()) => {}
            (param, want) => return Err(format!("parameter {param:?} and not {want:?}")),
        }
        let booksum = self.odds.iter().fold(0.0, |sum, price| sum + 1.0 / price);
        if (solution.booksum - booksum).abs() > 8.0 * f64::EPSILON * booksum {
            return Err(format!("booksum {} and not {booksum}", solution.booksum));
        }
        if self.method == Method::WorstCase {
            return Ok(());
        }
        if (solution.iterations == 0) != self.closed() && (booksum - self.target).abs() > 1e-3
            || solution.iterations > 40
        {
            return Err(format!("{} iterations", solution.iterations));
        }
        // The pole of the balanced book is at a booksum of n.
        let unit = if self.method == Method::BalancedBook { 180.0 } else { 8.0 } * f64::EPSILON * self.target.max(1.0);
        let sum: f64 = got.iter().sum();
        if (sum - self.target).abs() <= unit { Ok(()) } else { Err(format!("the sum is {sum}")) }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| value.as_str().expect("a string").parse().expect("a number"))
}

fn check(text: &str) {
    let vectors: Vec<Vector> = text.lines().map(Vector::parse).collect();
    let mut failures = 0;
    let mut groups = BTreeMap::<_, Vec<&Vector>>::new();
    for vector in &vectors {
        let mut got = vec![0.5; vector.odds.len()];
        let answer = devig_to(vector.method, &vector.odds, vector.target, &mut got);
        if let Err(problem) = vector.check(answer, &got) {
            println!("{} {:?} {}: {problem}", vector.method, vector.odds, vector.target);
            failures += 1;
        }
        if vector.target == 1.0 {
            let mut again = vec![0.5; vector.odds.len()];
            assert_eq!(devig(vector.method, &vector.odds, &mut again), answer);
            assert!(same(&again, &got));
        }
        groups.entry((vector.method, vector.odds.len(), vector.target.to_bits())).or_default().push(vector);
    }
    assert_eq!(failures, 0);
    groups.values().for_each(|group| check_batch(group));
}

/// The same bits in a batch, in whatever lane: good markets fill blocks and leave some over, then all together with the bad ones.
fn check_batch(group: &[&Vector]) {
    let good: Vec<&Vector> = group.iter().filter(|vector| vector.bad().is_none()).copied().collect();
    let valid: Vec<&Vector> = group.iter().filter(|vector| vector.valid).copied().collect();
    for members in [&good, &valid, group] {
        let markets: Vec<&Vector> =
            members.iter().cycle().take(if members.is_empty() { 0 } else { 19 + members.len() }).copied().collect();
        let Vector { method, target, .. } = *group[0];
        let (n, stride) = (group[0].odds.len(), markets.len());
        let odds: Vec<f64> = (0..n).flat_map(|o| markets.iter().map(move |vector| vector.odds[o])).collect();
        let mut fair = vec![0.5; odds.len()];
        let mut answers = vec![Ok(Solution::default()); stride];
        let solved = batch::devig_to(method, n, target, &odds, &mut fair, &mut answers).expect("right lengths");
        assert_eq!(solved, answers.iter().filter(|answer| answer.is_ok()).count());
        for (j, vector) in markets.iter().enumerate() {
            // A batch clears what it cannot read.
            let mut single = vec![if vector.bad().is_some() { 0.0 } else { 0.5 }; n];
            assert_eq!(answers[j], devig_to(method, &vector.odds, target, &mut single), "{method} {:?}", vector.odds);
            let column: Vec<f64> = fair.iter().skip(j).step_by(stride).copied().collect();
            assert!(same(&column, &single), "{method} {:?}: {column:?} {single:?}", vector.odds);
        }
    }
}

fn same(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
