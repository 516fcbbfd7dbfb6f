//! What must hold of margin removal whatever the prices: 2 to 40 outcomes, margins from −10 % to 300 %, odds up to a million, favourites
//! down to 1 + 2⁻²⁰.
//!
//! The laws need no reference: which methods are one, what equal and fair prices give, that a margin put on by a family's own curve comes
//! off again, who is kinder to favourites. Curves and distances are computed with the standard library's functions. Would have caught: a
//! wrong formula, a wrong sign for underrounds, a search that depends on the order of outcomes or ends too early, a margin put on otherwise
//! than taken off, a batch that differs from the single call.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may panic, and checks by other functions")]

use overround_math::devig::{
    Cause, DevigError, Method, Solution, add_margin, batch, booksum, devig, devig_to, one_sided, worst_case,
};
use overround_math::float::{normal_cdf, normal_quantile};
use proptest::prelude::*;

/// Those with an answer for all prices.
const ALWAYS: [Method; 6] =
    [Method::Multiplicative, Method::Power, Method::Shin, Method::OddsRatio, Method::Logarithmic, Method::Probit];

fn solve(method: Method, odds: &[f64]) -> Option<(Vec<f64>, Solution)> {
    let mut fair = vec![0.0; odds.len()];
    match devig(method, odds, &mut fair) {
        Ok(solution) => Some((fair, solution)),
        Err(DevigError::NoValidAnswer { .. }) => None,
        Err(error) => panic!("{method} {odds:?}: {error}"),
    }
}

fn param(solution: &Solution) -> f64 {
    solution.param.unwrap()
}

/// Probabilities of 2 to `most` outcomes that sum to 1, from all alike to one certain.
fn law(most: usize) -> impl Strategy<Value = Vec<f64>> {
    (0.01..4.0_f64).prop_flat_map(move |spread| prop::collection::vec(-spread..spread, 2..=most)).prop_map(
        |strengths| {
            let weights: Vec<f64> = strengths.iter().map(|s| s.exp()).collect();
            let total: f64 = weights.iter().sum();
            weights.iter().map(|w| w / total).collect()
        },
    )
}

/// Prices of any market: a law with a margin put on in one of several ways, and sometimes a price at the end of the range.
fn market() -> impl Strategy<Value = Vec<f64>> {
    let extreme = prop_oneof![
        6 => Just(None),
        1 => (1..=20).prop_map(|k| Some(1.0 + 0.5_f64.powi(k))),
        1 => (3.0..6.0_f64).prop_map(|digits| Some(10_f64.powf(digits))),
    ];
    (law(40), 0.9..4.0_f64, 0.0..1.0_f64, 0..3, extreme, any::<prop::sample::Index>())
        .prop_map(|(law, widest, tame, way, extreme, at)| {
            // Small margins as often as large ones.
            let goal = 1.0 + (widest - 1.0) * tame * tame;
            let mut odds: Vec<f64> = law.iter().map(|p| price(*p, goal, way)).collect();
            if let Some(extreme) = extreme {
                let at = at.index(odds.len());
                odds[at] = extreme;
            }
            odds
        })
        .prop_filter("margins from -10 % to 300 %", |odds| {
            let sum = booksum(odds);
            (0.9..=4.0).contains(&sum) && sum < f64::from(u32::try_from(odds.len()).unwrap())
        })
}

fn price(p: f64, margin: f64, way: i32) -> f64 {
    let implied = match way {
        0 => p * margin,
        1 => 1.0 / (1.0 + (1.0 / p - 1.0) / margin),
        _ => p.powf(1.0 / margin),
    };
    (1.0 / implied).clamp(1.0 + 0.5_f64.powi(20), 1e6)
}

/// Of no market may the answers be off the definition by more than this, in probability.
const TINY: f64 = 4e-15;

fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance)
}

/// A method's curve at its parameter. `1 − π` from the price itself, where it keeps its digits.
fn curve(method: Method, price: f64, c: f64, booksum: f64) -> f64 {
    let (pi, rest) = (1.0 / price, (price - 1.0) / price);
    match method {
        Method::Multiplicative => pi / c,
        Method::Additive => pi - c,
        Method::DifferentialMarginWeighting => (1.0 - c * price) / price,
        Method::BalancedBook => (pi - c) / (1.0 - c),
        Method::Goto => pi - c * rest.sqrt(),
        Method::Power => (-c * (price - 1.0).ln_1p()).exp(),
        Method::Shin => {
            let (h, a) = (1.0 - c, pi * pi / booksum);
            let s = (c * c + 4.0 * h * a).sqrt();
            if c > 0.0 { 2.0 * a / (s + c) } else { (s - c) / (2.0 * h) }
        }
        Method::OddsRatio => 1.0 / (1.0 + c * (price - 1.0)),
        Method::Logarithmic => 1.0 / (1.0 + c.exp() * (price - 1.0)),
        Method::Probit => normal_cdf(if pi < 0.5 { normal_quantile(pi) } else { -normal_quantile(rest) } - c),
        _ => panic!("{method} has no curve of its own"),
    }
}

/// The divergence of two laws of two points, with m the mean law: m φ(d/m) + (1 − m) φ(d/(1 − m)) halved.
fn divergence(p: f64, price: f64) -> f64 {
    let (pi, rest) = (1.0 / price, (price - 1.0) / price);
    let part = |m: f64, d: f64| {
        let x = d / m;
        let phi =
            if x.abs() < 1e-3 { x * x * (1.0 + x * x / 6.0) } else { (1.0 + x) * x.ln_1p() + (1.0 - x) * (-x).ln_1p() };
        m * phi
    };
    let d = (pi - p) / 2.0;
    (part((p + pi) / 2.0, d) + part((1.0 - p + rest) / 2.0, d)) / 2.0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_global_rejects: 100_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn answers_lie_on_the_curve_and_sum_to_one(odds in market()) {
        let sum = booksum(&odds);
        for method in Method::ALL {
            let Some((fair, solution)) = solve(method, &odds) else {
                prop_assert!(!ALWAYS.contains(&method) && method != Method::WorstCase, "{method} has no answer");
                continue;
            };
            prop_assert!(fair.iter().all(|&p| p > 0.0 && p < 1.0), "{method} {fair:?}");
            prop_assert!((solution.booksum - sum).abs() <= 1e-14 * sum, "{} and not {}", solution.booksum, sum);
            prop_assert!(solution.iterations <= 60, "{} {}", method, solution.iterations);
            if method == Method::WorstCase {
                prop_assert!(fair.iter().sum::<f64>() <= 1.0 + TINY);
                continue;
            }
            let pole = if method == Method::BalancedBook { 1e-13 } else { 0.0 };
            prop_assert!((fair.iter().sum::<f64>() - 1.0).abs() <= TINY + pole, "{method} {fair:?}");
            for (&p, &price) in fair.iter().zip(&odds) {
                if method == Method::Jsd {
                    let off = divergence(p, price).sqrt() - param(&solution).abs();
                    prop_assert!(off.abs() <= 1e-12 * (1.0 + param(&solution).abs()), "{off} {p} {price}");
                    continue;
                }
                // Near z = 1 the textbook curve of the balanced book loses digits.
                let off = (p - curve(method, price, param(&solution), sum)).abs();
                let lost = if method == Method::BalancedBook { 1e-12 / (1.0 - param(&solution)) } else { 1e-12 };
                prop_assert!(off <= lost, "{method} {p} {price}: {off} {solution:?}");
            }
        }
    }

    #[test]
    fn batches_give_the_same_bits(markets in (2..=6_usize, 1..=20_usize).prop_flat_map(|(n, m)| prop::collection::vec(prop::collection::vec(1.05..12.0_f64, n), m)), target in prop_oneof![Just(1.0), 0.3..1.9_f64]) {
        let (n, m) = (markets[0].len(), markets.len());
        let odds: Vec<f64> = (0..n).flat_map(|o| markets.iter().map(move |market| market[o])).collect();
        for method in Method::ALL {
            let (mut all, mut answers) = (vec![0.0; n * m], vec![Ok(Solution::default()); m]);
            batch::devig_to(method, n, target, &odds, &mut all, &mut answers).unwrap();
            for (j, market) in markets.iter().enumerate() {
                let mut fair = vec![0.0; n];
                prop_assert_eq!(devig_to(method, market, target, &mut fair), answers[j]);
                let same = all.iter().skip(j).step_by(m).zip(&fair).all(|(a, b)| a.to_bits() == b.to_bits());
                prop_assert!(same || matches!(answers[j], Err(DevigError::NoValidAnswer { cause: Cause::NoRoot, .. })), "{}", method);
            }
        }
    }

    #[test]
    fn some_names_are_one_method(odds in market(), two in [1.0 + 0.5_f64.powi(20)..30.0, 1.01..3.0_f64]) {
        let [additive, differential] = [Method::Additive, Method::DifferentialMarginWeighting].map(|method| solve(method, &odds));
        prop_assert_eq!(additive, differential);
        let (ratio, c) = solve(Method::OddsRatio, &odds).unwrap();
        let (logarithmic, t) = solve(Method::Logarithmic, &odds).unwrap();
        prop_assert_eq!(ratio, logarithmic);
        prop_assert!((param(&c).ln() - param(&t)).abs() <= 1e-15 * (1.0 + param(&t).abs()));
        // Two outcomes: Shin is additive; and the closed forms.
        let (additive, _) = solve(Method::Additive, &two).unwrap();
        let (shin, z) = solve(Method::Shin, &two).unwrap();
        prop_assert_eq!(&additive, &shin);
        let [a, b] = two;
        let (d, sum) = (1.0 / a - 1.0 / b, 1.0 / a + 1.0 / b);
        prop_assert!((param(&z) - (sum - 1.0) * (d * d - sum) / (sum * (d * d - 1.0))).abs() <= 1e-8);
        let (ratio, c) = solve(Method::OddsRatio, &two).unwrap();
        let (one, other) = ((a - 1.0).sqrt(), (b - 1.0).sqrt());
        prop_assert!((ratio[0] - other / (one + other)).abs() <= TINY);
        prop_assert!((param(&c) * one * other - 1.0).abs() <= TINY);
        let scores = two.map(|price| normal_quantile(1.0 / price));
        let (probit, c) = solve(Method::Probit, &two).unwrap();
        prop_assert!((probit[0] - normal_cdf((scores[0] - scores[1]) / 2.0)).abs() <= 1e-9);
        prop_assert!((param(&c) - (scores[0] + scores[1]) / 2.0).abs() <= 1e-9);
    }

    #[test]
    fn fair_prices_stay(law in law(40)) {
        let odds: Vec<f64> = law.iter().map(|p| 1.0 / p).collect();
        for method in Method::ALL {
            let (fair, _) = solve(method, &odds).unwrap();
            prop_assert!(close(&fair, &law, TINY), "{method}");
        }
    }

    #[test]
    fn equal_prices_give_equal_probabilities(n in 2..=40_u32, share in 0.0..1.0_f64) {
        let count = f64::from(n);
        // The booksum from 0.9 to 4, but below n.
        let price = count / (0.9 + share * (f64::min(4.0, count - 0.01) - 0.9));
        let odds = vec![price; usize::try_from(n).unwrap()];
        let sum = count / price;
        for method in Method::ALL {
            let Some((fair, solution)) = solve(method, &odds) else { panic!("{method}") };
            prop_assert!(fair.iter().all(|p| (p * count - 1.0).abs() <= 1e-13), "{method} {fair:?}");
            let expected = match method {
                Method::Multiplicative => sum,
                Method::Additive | Method::DifferentialMarginWeighting => (sum - 1.0) / count,
                Method::BalancedBook | Method::Shin => (sum - 1.0) / (count - 1.0),
                Method::Power => count.ln() / price.ln(),
                Method::OddsRatio => sum * (count - 1.0) / (count - sum),
                Method::Logarithmic => (sum * (count - 1.0) / (count - sum)).ln(),
                Method::Probit => normal_quantile(1.0 / price) - normal_quantile(1.0 / count),
                Method::Goto => (sum - 1.0) / count / (1.0 - 1.0 / price).sqrt(),
                Method::Jsd => (sum - 1.0).signum() * divergence(1.0 / count, price).sqrt(),
                _ => continue,
            };
            prop_assert!((param(&solution) - expected).abs() <= 1e-10 * (1.0 + expected.abs()), "{method} {solution:?} {expected}");
        }
    }

    #[test]
    fn a_family_takes_off_what_its_curve_put_on(law in law(12), size in 0.0..0.12_f64, down in any::<bool>()) {
        let n = f64::from(u32::try_from(law.len()).unwrap());
        let size = if down { -size / 2.0 } else { size };
        let (k, factor) = (1.0 + size, (4.0 * size).exp());
        let z = size / 2.0;
        let goal = law.iter().map(|p| ((1.0 - z) * p * p + z * p).max(0.0).sqrt()).sum::<f64>();
        let implied = |method: Method, p: f64| match method {
            Method::Multiplicative => (p * k, k),
            Method::Additive => (p + size / n, size / n),
            Method::BalancedBook => ((1.0 - z) * p + z, z),
            Method::Power => (p.powf(1.0 / k), k),
            Method::OddsRatio => (1.0 / (1.0 + (1.0 / p - 1.0) / factor), factor),
            Method::Probit => (normal_cdf(normal_quantile(p) + size), size),
            _ => (((1.0 - z) * p * p + z * p).max(0.0).sqrt() * goal, z),
        };
        for method in [Method::Multiplicative, Method::Additive, Method::BalancedBook, Method::Power, Method::OddsRatio, Method::Probit, Method::Shin] {
            let odds: Vec<f64> = law.iter().map(|&p| 1.0 / implied(method, p).0).collect();
            // A margin off may leave no price for the longest.
            if odds.iter().all(|price| price.is_finite() && *price > 1.0 + 1e-6) {
                let (fair, solution) = solve(method, &odds).unwrap();
                prop_assert!(close(&fair, &law, 2e-14), "{method} {fair:?} {law:?}");
                let (_, expected) = implied(method, law[0]);
                prop_assert!((param(&solution) - expected).abs() <= 1e-9, "{method} {solution:?} {expected}");
            }
        }
    }

    #[test]
    fn order_of_outcomes_does_not_matter(odds in market(), turn in any::<prop::sample::Index>()) {
        let turn = turn.index(odds.len());
        let mut turned = odds.clone();
        turned.rotate_left(turn);
        turned.swap(0, odds.len() - 1);
        for method in Method::ALL {
            match (solve(method, &odds), solve(method, &turned)) {
                (Some((mut fair, a)), Some((other, b))) => {
                    fair.rotate_left(turn);
                    fair.swap(0, odds.len() - 1);
                    prop_assert!(close(&fair, &other, if method == Method::BalancedBook { 1e-13 } else { TINY }), "{method}");
                    if let (Some(a), Some(b)) = (a.param, b.param) {
                        prop_assert!((a - b).abs() <= 1e-10 * (1.0 + a.abs()), "{method} {a} {b}");
                    }
                }
                // At the very edge of an answer rounding may decide.
                (None, None) => {}
                (one, other) => {
                    let (fair, _) = one.or(other).unwrap();
                    prop_assert!(fair.iter().any(|p| p.min(1.0 - p) <= TINY), "{method}");
                }
            }
        }
    }

    #[test]
    fn order_of_prices_is_kept_and_margins_shrink_probabilities(odds in market()) {
        let sum = booksum(&odds);
        for method in Method::ALL {
            let Some((fair, _)) = solve(method, &odds) else { continue };
            for (i, &p) in fair.iter().enumerate() {
                for (j, &q) in fair.iter().enumerate() {
                    prop_assert!(odds[i] >= odds[j] || p >= q, "{method} {fair:?}");
                }
                if method != Method::WorstCase && (sum - 1.0).abs() > 1e-12 {
                    let shrinks = p - 1.0 / odds[i];
                    prop_assert!(if sum > 1.0 { shrinks <= TINY } else { shrinks >= -TINY }, "{method} {shrinks}");
                }
            }
        }
    }

    /// Only pairs whose order is safe: others turn round with the number of outcomes.
    #[test]
    fn who_is_kinder_to_the_favourite(odds in market()) {
        let favourite = (0..odds.len()).min_by(|&i, &j| odds[i].total_cmp(&odds[j])).unwrap();
        let sign = (booksum(&odds) - 1.0).signum();
        let of = |method| solve(method, &odds).map(|(fair, _)| fair[favourite] * sign);
        let holds = |less, more| match (of(less), of(more)) {
            (Some(less), Some(more)) => less <= more + TINY,
            _ => true,
        };
        for method in Method::ALL {
            prop_assert!(method == Method::WorstCase || holds(Method::Multiplicative, method), "{method}");
            prop_assert!(method == Method::WorstCase || holds(method, Method::BalancedBook), "{method}");
        }
        for (less, more) in [(Method::Shin, Method::Additive), (Method::Additive, Method::Goto), (Method::OddsRatio, Method::Power)] {
            prop_assert!(holds(less, more), "{less} {more}");
        }
    }

    #[test]
    fn the_worst_case_is_the_least(odds in market()) {
        let mut least = vec![f64::INFINITY; odds.len()];
        let mut chosen = vec![f64::INFINITY; odds.len()];
        let members = [Method::OddsRatio, Method::Goto, Method::Jsd];
        let mut iterations = 0;
        for method in Method::ALL {
            if let Some((fair, solution)) = solve(method, &odds) {
                for (i, p) in fair.into_iter().enumerate() {
                    least[i] = if Method::WORST_CASE.contains(&method) { least[i].min(p) } else { least[i] };
                    chosen[i] = if members.contains(&method) { chosen[i].min(p) } else { chosen[i] };
                }
                iterations += if Method::WORST_CASE.contains(&method) { solution.iterations } else { 0 };
            }
        }
        let (fair, solution) = solve(Method::WorstCase, &odds).unwrap();
        prop_assert_eq!(&fair, &least);
        let sum = solution.booksum;
        prop_assert!((sum - booksum(&odds)).abs() <= 1e-14 * sum, "{}", sum);
        prop_assert_eq!(solution, Solution { param: None, booksum: sum, iterations });
        let mut again = vec![0.0; odds.len()];
        worst_case(&members, &odds, 1.0, &mut again).unwrap();
        prop_assert_eq!(&again, &chosen);
        // In a batch too: a block, and two over.
        let n = odds.len();
        let (many, mut fairs): (Vec<f64>, _) = (odds.iter().flat_map(|price| [*price; 10]).collect(), vec![0.0; 10 * n]);
        let mut answers = [Ok(Solution::default()); 10];
        let solved = batch::worst_case(&members, n, 1.0, &many, &mut fairs, &mut answers);
        prop_assert_eq!(solved, Ok(10));
        prop_assert!((0..10).all(|j| fairs.iter().skip(j).step_by(10).eq(&again) && answers[j] == answers[0]));
        for wrong in [&[][..], &[Method::Power, Method::WorstCase]] {
            prop_assert_eq!(worst_case(wrong, &odds, 1.0, &mut again), Err(DevigError::Members));
            let answer = batch::worst_case(wrong, n, 1.0, &many, &mut fairs, &mut answers);
            prop_assert_eq!(answer, Err(DevigError::Members));
        }
        prop_assert_eq!(worst_case(&members, &odds, 0.0, &mut again), Err(DevigError::Target));
    }

    #[test]
    fn several_winners(odds in prop::collection::vec(1.1..20.0_f64, 3..=12), share in 0.05..0.95_f64) {
        // From well below to well above the booksum.
        let target = share * f64::from(u32::try_from(odds.len()).unwrap());
        for method in Method::ALL {
            let mut fair = vec![0.0; odds.len()];
            match devig_to(method, &odds, target, &mut fair) {
                Ok(solution) => {
                    let sum: f64 = fair.iter().sum();
                    prop_assert!(fair.iter().all(|&p| p > 0.0 && p < 1.0), "{method}");
                    if method == Method::WorstCase {
                        prop_assert!(sum <= target + 1e-13);
                        continue;
                    }
                    prop_assert!((sum - target).abs() <= 1e-14 * odds.len() as f64, "{method} {sum} {target}");
                    for (&p, &price) in fair.iter().zip(&odds) {
                        let off = match method {
                            Method::Jsd => divergence(p, price).sqrt() - param(&solution).abs(),
                            // Its booksum is that per winner.
                            _ => p - curve(method, price, param(&solution), booksum(&odds) / target),
                        };
                        prop_assert!(off.abs() <= 1e-11, "{method} {off}");
                    }
                }
                Err(DevigError::NoValidAnswer { cause: Cause::Outside, .. }) => {
                    prop_assert!(fair.iter().any(|&p| p <= 0.0 || p >= 1.0), "{method} {fair:?}");
                }
                Err(DevigError::NoValidAnswer { method: failed, cause: Cause::NoRoot }) => {
                    prop_assert!(failed == Method::Jsd || failed == Method::Shin && target > 1.0, "{failed}");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_margin_put_on_comes_off(law in law(12), sum in 0.92..1.6_f64, winners in prop_oneof![Just(1.0), 0.4..1.8_f64]) {
        let fair: Vec<f64> = law.iter().map(|p| p * winners).collect();
        prop_assume!(fair.iter().all(|&p| p < 0.999));
        let sum = sum * fair.iter().sum::<f64>();
        prop_assume!(sum < f64::from(u32::try_from(law.len()).unwrap()));
        for method in Method::ALL {
            let mut odds = vec![f64::NAN; law.len()];
            let put_on = match add_margin(method, &fair, sum, &mut odds) {
                Ok(solution) => solution,
                Err(DevigError::NoInverse) if method == Method::WorstCase => {
                    prop_assert!(odds.iter().all(|price| price.is_nan()));
                    continue;
                }
                Err(DevigError::NoValidAnswer { method: failed, .. }) => {
                    let groups = [Method::Power, Method::OddsRatio, Method::Logarithmic, Method::Probit];
                    prop_assert!(failed == method && !groups.contains(&method), "{method}");
                    continue;
                }
                Err(error) => panic!("{method}: {error}"),
            };
            prop_assert!(odds.iter().all(|&price| price > 1.0 && price < f64::INFINITY));
            prop_assert!((put_on.booksum - sum).abs() <= 1e-14 * sum.max(1.0), "{method} {put_on:?} {sum}");
            prop_assert_eq!(put_on.booksum, booksum(&odds));
            prop_assert_eq!(put_on.iterations, 0);
            let mut again = vec![0.0; law.len()];
            let taken_off = devig_to(method, &odds, fair.iter().sum(), &mut again).unwrap();
            // A price just above 1 is rounded, and its distance from 1 with it.
            let shortest = odds.iter().copied().fold(f64::INFINITY, f64::min);
            let rounding = 1e-15 / (shortest - 1.0);
            prop_assert!(close(&fair, &again, 1e-13 + rounding), "{method} {fair:?} {again:?}");
            prop_assert!((param(&put_on) - param(&taken_off)).abs() <= (1e-9 + 1e3 * rounding) * (1.0 + param(&put_on).abs()), "{method} {put_on:?} {taken_off:?}");
        }
    }

    #[test]
    fn one_side_is_two_sides_with_the_other_price_filled_in(price in 1.02..50.0_f64, sum in 1.0..1.3_f64) {
        for method in Method::ALL {
            let missing = sum - 1.0 / price;
            let answer = one_sided(method, price, sum);
            if !(missing > 0.0 && missing < 1.0) {
                prop_assert_eq!(answer, Err(DevigError::Booksum));
                continue;
            }
            match (answer, solve(method, &[price, 1.0 / missing])) {
                (Ok((p, solution)), Some((fair, same))) => {
                    prop_assert_eq!(p, fair[0]);
                    prop_assert_eq!(solution, same);
                }
                (answer, other) => prop_assert!(answer.is_err() && other.is_none(), "{method}"),
            }
        }
    }
}
