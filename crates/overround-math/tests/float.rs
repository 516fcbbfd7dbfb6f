//! The elementary functions against 25 digits, and their exceptional arguments.
//!
//! Compared: `tests/vectors/float.jsonl` of the repository, made by the script beside it. Would have caught: a wrong
//! coefficient, digits lost near 1 or in the tails, an overflow before its time.

use std::path::Path;

use overround_math::float;

/// The distance in units in the last place of the true value, given as decimal digits.
fn ulps(got: f64, digits: &str) -> f64 {
    let near: f64 = digits.parse().expect("digits of a number");
    let ulp = (near.abs().next_up() - near.abs()).max(5e-324);
    // What the nearest double leaves of the true value is below half a unit; more digits would not matter here.
    (got - near).abs() / ulp
}

#[test]
fn within_the_promised_units() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/float.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let mut worst = std::collections::BTreeMap::<String, (f64, f64)>::new();
    for line in text.lines() {
        let vector: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = vector["function"].as_str().unwrap();
        let function = match name {
            "ln" => float::ln,
            "exp" => float::exp,
            "ln_1p" => float::ln_1p,
            "exp_m1" => float::exp_m1,
            "logit" => float::logit,
            "sigmoid" => float::sigmoid,
            "normal_cdf" => float::normal_cdf,
            "normal_quantile" => float::normal_quantile,
            _ => panic!("{name}"),
        };
        let x: f64 = vector["x"].as_str().unwrap().parse().unwrap();
        let error = ulps(function(x), vector["value"].as_str().unwrap());
        let entry = worst.entry(name.to_owned()).or_default();
        if error > entry.0 {
            *entry = (error, x);
        }
    }
    for (name, (error, x)) in worst {
        // Against the nearest double: half a unit less than against the true value.
        let limit = match name.as_str() {
            "normal_cdf" | "normal_quantile" => 3.0,
            _ => 1.0,
        };
        assert!(error <= limit, "{name}({x:e}) is {error} units off");
    }
}

#[test]
fn exceptional_arguments() {
    assert_eq!(float::ln(0.0), f64::NEG_INFINITY);
    assert_eq!(float::ln(f64::INFINITY), f64::INFINITY);
    assert!(float::ln(-1.0).is_nan() && float::ln(f64::NAN).is_nan());
    assert_eq!(float::ln(1.0), 0.0);
    assert_eq!(float::exp(f64::NEG_INFINITY), 0.0);
    assert_eq!(float::exp(-746.0), 0.0);
    assert_eq!(float::exp(-744.44), 5e-324);
    assert_eq!(float::exp(f64::INFINITY), f64::INFINITY);
    assert_eq!(float::exp(710.0), f64::INFINITY);
    assert!(float::exp(f64::NAN).is_nan());
    assert_eq!(float::ln_1p(-1.0), f64::NEG_INFINITY);
    assert_eq!(float::ln_1p(f64::INFINITY), f64::INFINITY);
    assert!(float::ln_1p(-1.5).is_nan() && float::ln_1p(f64::NAN).is_nan());
    assert_eq!(float::exp_m1(f64::NEG_INFINITY), -1.0);
    assert_eq!(float::exp_m1(f64::INFINITY), f64::INFINITY);
    assert!(float::exp_m1(f64::NAN).is_nan());
    assert_eq!((float::logit(0.0), float::logit(0.5), float::logit(1.0)), (f64::NEG_INFINITY, 0.0, f64::INFINITY));
    assert!(float::logit(1.5).is_nan() && float::logit(-0.5).is_nan() && float::logit(f64::NAN).is_nan());
    assert_eq!(
        (float::sigmoid(f64::NEG_INFINITY), float::sigmoid(0.0), float::sigmoid(f64::INFINITY)),
        (0.0, 0.5, 1.0)
    );
    assert!(float::sigmoid(f64::NAN).is_nan());
    assert_eq!(
        (float::normal_cdf(f64::NEG_INFINITY), float::normal_cdf(0.0), float::normal_cdf(40.0)),
        (0.0, 0.5, 1.0)
    );
    assert_eq!(float::normal_cdf(-40.0), 0.0);
    assert!(float::normal_cdf(f64::NAN).is_nan());
    assert_eq!(
        (float::normal_quantile(0.0), float::normal_quantile(0.5), float::normal_quantile(1.0)),
        (f64::NEG_INFINITY, 0.0, f64::INFINITY)
    );
    assert!(float::normal_quantile(1.5).is_nan() && float::normal_quantile(-0.5).is_nan());
    assert!(float::normal_quantile(f64::NAN).is_nan());
    assert_eq!(float::sqrt(2.0), 2.0_f64.sqrt());
}

/// The bits of the scalar functions do not depend on where a loop over them is cut, nor on the build.
#[test]
fn known_bits() {
    let mut digest = 0_u64;
    let mut x = 1.0e-3;
    while x < 700.0 {
        for value in [float::exp(-x), float::ln(x), float::ln_1p(x), float::exp_m1(-x), float::normal_cdf(-x / 20.0)] {
            digest = digest.rotate_left(5) ^ value.to_bits();
        }
        x *= 1.01;
    }
    assert_eq!(digest, KNOWN);
}

const KNOWN: u64 = 11_443_078_661_302_991_883;
