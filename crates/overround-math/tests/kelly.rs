//! Simultaneous Kelly against searches that know nothing of its theory.
//!
//! A pattern search over the fractions would catch a wrong set of backed outcomes, a wrong reserve, a Newton step in a wrong
//! direction; the closed form for one bet a wrong growth.

use overround_math::ev;
use overround_math::kelly::{KellyError, MAX_INDEPENDENT, exclusive_into, independent_into};
use proptest::prelude::*;

/// Maximises by trying steps along each axis and each pair of axes, halving them when none helps.
fn pattern_search(n: usize, value: impl Fn(&[f64]) -> f64) -> Vec<f64> {
    let (mut at, mut size) = (vec![0.0; n], 0.25);
    let mut best = value(&at);
    while size > 1e-9 {
        let mut moved = false;
        for i in 0..n {
            for j in 0..n {
                for (a, b) in [(1.0, 0.0), (-1.0, 0.0), (1.0, -1.0), (1.0, 1.0), (-1.0, -1.0)] {
                    let mut next = at.clone();
                    next[i] += a * size;
                    if i != j {
                        next[j] += b * size;
                    }
                    if next.iter().all(|&f| f >= 0.0) && next.iter().sum::<f64>() <= 1.0 {
                        let reached = value(&next);
                        if reached > best {
                            (at, best, moved) = (next, reached, true);
                        }
                    }
                }
            }
        }
        if !moved {
            size /= 2.0;
        }
    }
    at
}

fn exclusive_growth(p: &[f64], d: &[f64], f: &[f64]) -> f64 {
    let staked: f64 = f.iter().sum();
    let missed = 1.0 - p.iter().sum::<f64>();
    let log = |bankroll: f64| if bankroll > 0.0 { libm::log(bankroll) } else { f64::NEG_INFINITY };
    let rest = if missed > 1e-12 { missed * log(1.0 - staked) } else { 0.0 };
    rest + (0..p.len()).map(|i| if p[i] > 0.0 { p[i] * log(1.0 - staked + f[i] * d[i]) } else { 0.0 }).sum::<f64>()
}

fn independent_growth(p: &[f64], d: &[f64], f: &[f64]) -> f64 {
    let mut growth = 0.0;
    for result in 0..1_u32 << p.len() {
        let (mut mass, mut bankroll) = (1.0, 1.0);
        for i in 0..p.len() {
            let wins = result >> i & 1 == 1;
            mass *= if wins { p[i] } else { 1.0 - p[i] };
            bankroll += f[i] * if wins { d[i] - 1.0 } else { -1.0 };
        }
        growth += mass * if bankroll > 0.0 { libm::log(bankroll) } else { f64::NEG_INFINITY };
    }
    growth
}

fn market() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    let outcome = (0.05..1.0, 0.8..1.3);
    (prop::collection::vec(outcome, 2..5), 0.7..1.0_f64).prop_map(|(outcomes, offered)| {
        let sum: f64 = outcomes.iter().map(|o| o.0).sum();
        let p: Vec<f64> = outcomes.iter().map(|o| o.0 / sum * offered).collect();
        let d = p.iter().zip(&outcomes).map(|(p, o)| f64::max(o.1 / p, 1.01)).collect();
        (p, d)
    })
}

fn bets() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
    prop::collection::vec((0.05..0.95, 0.9..1.3), 1..5).prop_map(|bets: Vec<(f64, f64)>| {
        (bets.iter().map(|b| b.0).collect(), bets.iter().map(|b| f64::max(b.1 / b.0, 1.01)).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exclusive_is_the_best_of_a_search((p, d) in market()) {
        let mut fractions = vec![0.0; p.len()];
        let found = exclusive_into(&p, &d, &mut fractions).unwrap();
        let growth = exclusive_growth(&p, &d, &fractions);
        prop_assert!((growth - found.growth).abs() < 1e-12);
        let other = pattern_search(p.len(), |f| exclusive_growth(&p, &d, f));
        let searched = exclusive_growth(&p, &d, &other);
        prop_assert!(searched <= growth + 1e-12, "{other:?} beats {fractions:?}");
        prop_assert!(searched >= growth - 1e-6, "the search should come close: {other:?} {fractions:?}");
        prop_assert!(fractions.iter().sum::<f64>() <= 1.0 + 1e-12);
    }

    #[test]
    fn independent_is_the_best_of_a_search((p, d) in bets()) {
        let mut fractions = vec![0.0; p.len()];
        let found = independent_into(&p, &d, &mut fractions).unwrap();
        let growth = independent_growth(&p, &d, &fractions);
        prop_assert!((growth - found.growth).abs() < 1e-12 && found.gap <= 1e-12);
        let other = pattern_search(p.len(), |f| independent_growth(&p, &d, f));
        let searched = independent_growth(&p, &d, &other);
        prop_assert!(searched <= growth + found.gap + 1e-13, "{other:?} beats {fractions:?}");
        prop_assert!(searched >= growth - 1e-6, "the search should come close: {other:?} {fractions:?}");
        for i in 0..p.len() {
            prop_assert_eq!(fractions[i] > 0.0, p[i] * d[i] > 1.0);
            prop_assert!(fractions[i] <= ev::kelly(p[i], d[i]).max(0.0) + 1e-9, "never more than alone");
        }
    }

    #[test]
    fn one_bet_is_plain_kelly(p in 0.01..0.99_f64, d in 1.01..50.0_f64) {
        let expected = ev::kelly(p, d).max(0.0);
        let mut fraction = [0.0];
        exclusive_into(&[p], &[d], &mut fraction).unwrap();
        prop_assert!((fraction[0] - expected).abs() < 1e-12);
        independent_into(&[p], &[d], &mut fraction).unwrap();
        // A growth within 10⁻¹² pins the fraction to about its root.
        prop_assert!((fraction[0] - expected).abs() < 1e-5, "{} {expected}", fraction[0]);
    }
}

#[test]
fn a_losing_price_can_be_a_hedge() {
    // Draw at 3.2 with p = .3 has pd = .96, yet it is backed beside home at pd = 1.2: R falls to .3/.4875 ... below .96.
    let (p, d) = ([0.6, 0.3, 0.1], [2.0, 3.2, 5.0]);
    let mut f = [0.0; 3];
    let found = exclusive_into(&p, &d, &mut f).unwrap();
    assert!((found.reserve - 0.1 / 0.1875).abs() < 1e-12);
    assert!(f[1] > 0.0 && f[2] == 0.0);
}

#[test]
fn an_arbitrage_takes_the_whole_bankroll() {
    let mut f = [0.0; 2];
    let found = exclusive_into(&[0.52, 0.48], &[2.1, 2.05], &mut f).unwrap();
    assert_eq!((f, found.reserve), ([0.52, 0.48], 0.0));
}

#[test]
fn sixteen_bets_converge() {
    let p: Vec<f64> = (0..16).map(|i| 0.3 + 0.025 * f64::from(i)).collect();
    let d: Vec<f64> = p.iter().map(|p| 1.04 / p).collect();
    let mut f = [0.0; 16];
    let found = independent_into(&p, &d, &mut f).unwrap();
    assert!(found.gap <= 1e-12 && found.iterations < 20, "{found:?}");
    assert!(f.iter().sum::<f64>() < 1.0);
}

#[test]
fn near_certainty_converges() {
    for (p, d) in [(0.99, 1.03), (0.999, 1.01), (0.99, 1.5), (0.5, 1000.0), (0.01, 100_000.0), (0.9, 900.0)] {
        let mut f = [0.0; 4];
        let found = independent_into(&[p; 4], &[d; 4], &mut f);
        let found = found.unwrap_or_else(|error| panic!("{p} {d}: {error}"));
        assert!(f.iter().sum::<f64>() < 1.0 && found.gap <= 1e-12, "{p} {d} {found:?}");
    }
    // Four losses at once have probability 10⁻¹², and about so much of the bankroll has to stay, which drowns beside 1.
    assert_eq!(independent_into(&[0.999; 4], &[900.0; 4], &mut [0.0; 4]), Err(KellyError::Unsolved));
}

#[test]
fn bad_input_has_typed_errors() {
    let mut two = [0.0; 2];
    assert_eq!(exclusive_into(&[0.6, 0.5], &[2.0, 2.0], &mut two), Err(KellyError::Sum));
    assert_eq!(exclusive_into(&[0.6, -0.1], &[2.0, 2.0], &mut two), Err(KellyError::Probability(1)));
    assert_eq!(exclusive_into(&[f64::NAN, 0.1], &[2.0, 2.0], &mut two), Err(KellyError::Probability(0)));
    assert_eq!(exclusive_into(&[0.5, 0.1], &[2.0, 1.0], &mut two), Err(KellyError::Price(1)));
    assert_eq!(exclusive_into(&[0.5], &[2.0, 3.0], &mut two), Err(KellyError::Lengths));
    assert_eq!(independent_into(&[1.0, 0.5], &[2.0, 2.0], &mut two), Err(KellyError::Probability(0)));
    let many = [0.5; MAX_INDEPENDENT + 1];
    let (prices, mut places) = (many.map(|_| 2.0), many);
    assert_eq!(independent_into(&many, &prices, &mut places), Err(KellyError::TooMany));
    let none: [f64; 0] = [];
    assert_eq!(independent_into(&none, &none, &mut []).unwrap().growth, 0.0);
    assert_eq!(exclusive_into(&none, &none, &mut []).unwrap().growth, 0.0);
}
