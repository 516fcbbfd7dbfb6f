//! Expected value, Kelly, and a score of how much a +EV can be trusted.
//!
//! ```
//! use overround_math::ev::{expected_value, kelly};
//!
//! assert!((expected_value(0.55, 2.0) - 0.10).abs() < 1e-12);
//! assert!((kelly(0.55, 2.0) - 0.10).abs() < 1e-12);
//! ```

use crate::float::{logit, normal_cdf, sigmoid, sqrt};

/// Standard error, in logits, of one bookmaker's fair probability, which stands beside the dispersion seen among bookmakers.
pub const BOOKMAKER_ERROR: f64 = 0.04;
/// Standard error, in logits, that no number of bookmakers removes.
pub const COMMON_ERROR: f64 = 0.02;
/// The ev beyond which more ev means less confidence: such prices are mostly mistakes or stale.
pub const PLAUSIBLE_EV: f64 = 0.10;

/// Expected profit per unit of stake, p·d − 1: p the probability that the bet wins, d the net price.
///
/// On a line with pushes p is conditional on a decision, and the answer is per decided stake.
#[inline]
#[must_use]
pub fn expected_value(p: f64, d: f64) -> f64 {
    p * d - 1.0
}

/// The Kelly fraction of the bankroll (p·d − 1)/(d − 1), for d > 1; negative where the bet loses on average.
///
/// Source: J. L. Kelly, "A New Interpretation of Information Rate", 1956.
#[inline]
#[must_use]
pub fn kelly(p: f64, d: f64) -> f64 {
    (p * d - 1.0) / (d - 1.0)
}

/// How far the bookmakers of a reference disagree, and how many they amount to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersion {
    /// D: the weighted standard deviation (population) of their logits.
    pub deviation: f64,
    /// (Σw)²/Σw²: the number of equally weighted bookmakers they are worth, from 1 to their number.
    pub effective: f64,
}

/// The dispersion of one outcome's probabilities, strictly inside (0, 1), with positive weights, in rank order, at least one.
#[must_use]
pub fn dispersion(weights: &[f64], probabilities: &[f64]) -> Dispersion {
    let pairs = || weights.iter().copied().zip(probabilities.iter().map(|&p| logit(p)));
    let (mut total, mut squares, mut first) = (0.0, 0.0, 0.0);
    for (w, x) in pairs() {
        total += w;
        squares += w * w;
        first += w * x;
    }
    let mean = first / total;
    let mut second = 0.0;
    for (w, x) in pairs() {
        second += w * ((x - mean) * (x - mean));
    }
    Dispersion { deviation: sqrt(second / total), effective: total * total / squares }
}

/// What a +EV is scored by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreInput {
    /// p: of what the bet wins on, strictly inside (0, 1).
    pub fair_probability: f64,
    /// d > 1, after commission.
    pub net_price: f64,
    /// D of [`Dispersion`].
    pub dispersion: f64,
    /// n_eff ≥ 1 of [`Dispersion`].
    pub effective_books: f64,
    /// M: half the range of the pooled logit over the methods multiplicative, odds_ratio, power and shin.
    pub method_range: f64,
    /// f: the freshness weight of the judged bookmaker times that of the least fresh bookmaker of the reference, in [0, 1].
    pub freshness: f64,
}

/// How much a +EV can be trusted: a score, not a probability, until grading has calibrated it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// In [0, 1].
    pub confidence: f64,
    /// Kelly fraction on a fair probability one standard error lower, discounted for implausible size; ≥ 0.
    pub kelly_prudent: f64,
}

/// What a score is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreTerms {
    /// x = logit p.
    pub x: f64,
    /// y = logit(1/d).
    pub y: f64,
    /// The standard error of x: s² = (D² + 0.04²)/n_eff + M² + 0.02².
    pub s: f64,
    /// min(1, 0.10/ev), or 1 if ev ≤ 0.
    pub g: f64,
}

impl ScoreTerms {
    /// The terms of a score.
    #[must_use]
    pub fn new(input: &ScoreInput) -> Self {
        let ScoreInput { fair_probability, net_price, dispersion, effective_books, method_range, .. } = *input;
        let s = sqrt(
            (dispersion * dispersion + BOOKMAKER_ERROR * BOOKMAKER_ERROR) / effective_books
                + method_range * method_range
                + COMMON_ERROR * COMMON_ERROR,
        );
        let ev = expected_value(fair_probability, net_price);
        let g = if ev <= 0.0 { 1.0 } else { (PLAUSIBLE_EV / ev).min(1.0) };
        Self { x: logit(fair_probability), y: logit(1.0 / net_price), s, g }
    }
}

/// Scores a +EV.
///
/// With x, y, s and g of [`ScoreTerms`]: confidence = Φ((x − y)/s)·f·g, and kelly_prudent = g·max(0, Kelly with sigmoid(x − s) for p).
#[must_use]
pub fn score(input: &ScoreInput) -> Score {
    let ScoreTerms { x, y, s, g } = ScoreTerms::new(input);
    Score {
        confidence: normal_cdf((x - y) / s) * input.freshness * g,
        kelly_prudent: g * kelly(sigmoid(x - s), input.net_price).max(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: ScoreInput = ScoreInput {
        fair_probability: 0.52,
        net_price: 2.02,
        dispersion: 0.05,
        effective_books: 4.0,
        method_range: 0.01,
        freshness: 1.0,
    };

    #[test]
    fn kelly_maximises_expected_log_growth() {
        for (p, d) in [(0.55, 2.0), (0.3, 4.0), (0.92, 1.2)] {
            let growth = |f: f64| p * libm::log(1.0 + f * (d - 1.0)) + (1.0 - p) * libm::log(1.0 - f);
            let f = kelly(p, d);
            assert!(growth(f) > growth(f + 1e-4) && growth(f) > growth(f - 1e-4), "{p} {d}");
        }
    }

    #[test]
    fn dispersion_by_hand() {
        let p = [0.5, sigmoid(0.2), sigmoid(-0.2)];
        let equal = dispersion(&[1.0; 3], &p);
        assert!((equal.deviation - sqrt(0.08 / 3.0)).abs() < 1e-12);
        assert!((equal.effective - 3.0).abs() < 1e-12);
        // Weights 2, 1, 1: mean 0, variance 0.08/4; (4)²/6.
        let weighted = dispersion(&[2.0, 1.0, 1.0], &p);
        assert!((weighted.deviation - sqrt(0.02)).abs() < 1e-12);
        assert!((weighted.effective - 16.0 / 6.0).abs() < 1e-12);
        assert_eq!(dispersion(&[0.5], &[0.3]), Dispersion { deviation: 0.0, effective: 1.0 });
    }

    #[test]
    fn a_score_by_hand() {
        // s² = (0.0025 + 0.0016)/4 + 0.0001 + 0.0004; libm's log and erf, not ours.
        let s = libm::sqrt(0.0041 / 4.0 + 0.0005);
        let x = libm::log(0.52 / 0.48);
        let y = -libm::log(1.02);
        let phi = 0.5 * libm::erfc(-(x - y) / s / core::f64::consts::SQRT_2);
        let low = 1.0 / (1.0 + libm::exp(-(x - s)));
        let found = score(&INPUT);
        assert!((found.confidence - phi).abs() < 1e-12);
        assert!((found.kelly_prudent - (low * 2.02 - 1.0) / 1.02).abs() < 1e-12);
    }

    #[test]
    fn confidence_falls_as_references_disagree_and_as_freshness_falls() {
        let confidence = |change: fn(&mut ScoreInput, f64), k: i32| {
            let mut input = INPUT;
            change(&mut input, f64::from(k));
            score(&input).confidence
        };
        let changes: [fn(&mut ScoreInput, f64); 4] = [
            |input, k| input.dispersion = 0.01 * k,
            |input, k| input.method_range = 0.01 * k,
            |input, k| input.effective_books = 20.0 - k,
            |input, k| input.freshness = 1.0 - 0.05 * k,
        ];
        for change in changes {
            assert!((1..20).all(|k| confidence(change, k) < confidence(change, k - 1)));
        }
    }

    #[test]
    fn a_longer_price_never_lowers_ev_and_beyond_ten_percent_costs_confidence() {
        let at = |net_price: f64| score(&ScoreInput { net_price, ..INPUT });
        for k in 0..400 {
            let d = 1.5 + f64::from(k) / 100.0;
            assert!(expected_value(0.52, d) < expected_value(0.52, d + 0.01));
        }
        assert!(at(2.5).confidence < at(2.1).confidence);
        let fair = at(1.0 / 0.52);
        assert!((fair.confidence - 0.5).abs() < 1e-12 && fair.kelly_prudent == 0.0);
        assert!(at(1.5).confidence < 0.5 && at(1.5).kelly_prudent == 0.0, "ev ≤ 0: g = 1, no stake");
    }

    #[test]
    fn prudent_kelly_is_below_kelly() {
        for d in [1.93, 2.0, 2.1, 2.2, 3.0] {
            assert!(score(&ScoreInput { net_price: d, ..INPUT }).kelly_prudent < kelly(0.52, d).max(1e-300));
        }
    }
}
