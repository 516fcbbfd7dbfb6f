//! Every method against answers of a 50-digit program.

use std::path::Path;

use overround_math::devig::{Method, devig};

#[test]
fn shared_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/devig.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: no vectors at {}", path.display());
        return;
    };
    check(&text);
}

fn number(value: &serde_json::Value) -> f64 {
    value.as_str().expect("a string").parse().expect("a number")
}

fn check(text: &str) {
    let mut worst = [0.0_f64; 12];
    let mut failures = 0;
    for line in text.lines() {
        let vector: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let method: Method = vector["method"].as_str().expect("a name").parse().expect("a method");
        let odds: Vec<f64> = vector["odds"].as_array().expect("an array").iter().map(number).collect();
        let fair: Vec<f64> = vector["fair"].as_array().expect("an array").iter().map(number).collect();
        let mut got = vec![0.5; odds.len()];
        let answer = devig(method, &odds, &mut got);
        let valid = vector["valid"].as_bool().expect("a flag");
        if answer.is_ok() != valid {
            println!("{answer:?} {line}");
            failures += 1;
            continue;
        }
        for ((p, want), kappa) in got.iter().zip(&fair).zip(vector["cond"].as_array().expect("an array")) {
            let gate = (p - want).abs() / (2f64.powi(-53) * (1.0 + kappa.as_f64().expect("a number")) * want.abs());
            worst[method as usize] = worst[method as usize].max(gate);
            if gate > 16.0 {
                println!("{gate} {p} {want} {answer:?} {line}");
                failures += 1;
            }
        }
        if let (Ok(solution), Some(param)) = (answer, vector["param"].as_str()) {
            let param: f64 = param.parse().expect("a number");
            let error = (solution.param.expect("a parameter") - param).abs() / (1.0 + param.abs());
            if error > 1e-12 {
                println!("param {error} {solution:?} {line}");
                failures += 1;
            }
        }
    }
    println!("{worst:?}");
    assert_eq!(failures, 0);
}
