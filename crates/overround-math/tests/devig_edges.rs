//! Input at the edges: bad prices in every place, prices as large and as small as numbers get, sizes that do not fit.
//!
//! Would have caught: a bad price that hides behind a good one, in a lane or at the end of a list; a sum that overflows taken for bad
//! input; a length or a target let through; something written where nothing should be; a search that ends nowhere and is believed, or never
//! ends.

use overround_math::devig::{
    Cause, DevigError, Method, Solution, add_margin, batch, booksum, devig, devig_to, one_sided, worst_case,
};

type Answers = Vec<Result<Solution, DevigError>>;

const UNTOUCHED: f64 = 0.125;

/// Methods that have no answer for some prices.
const MAY_REFUSE: [Method; 5] =
    [Method::Additive, Method::DifferentialMarginWeighting, Method::BalancedBook, Method::Goto, Method::Jsd];

fn together(method: Method, target: f64, markets: &[Vec<f64>]) -> (usize, Vec<Vec<f64>>, Answers) {
    let (n, m) = (markets[0].len(), markets.len());
    let odds: Vec<f64> = (0..n).flat_map(|o| markets.iter().map(move |market| market[o])).collect();
    let (mut fair, mut answers) = (vec![UNTOUCHED; n * m], vec![Ok(Solution::default()); m]);
    let solved = batch::devig_to(method, n, target, &odds, &mut fair, &mut answers).expect("right lengths");
    if target == 1.0 {
        let (mut same, mut again) = (vec![UNTOUCHED; n * m], vec![Ok(Solution::default()); m]);
        assert_eq!(batch::devig(method, n, &odds, &mut same, &mut again), Ok(solved));
        assert_eq!(again, answers);
        assert!(same.iter().zip(&fair).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
    (solved, (0..m).map(|j| fair.iter().skip(j).step_by(m).copied().collect()).collect(), answers)
}

#[test]
fn a_bad_price_is_found_wherever_it_stands() {
    for n in 2..=11 {
        for at in 0..n {
            for (bad, error) in [
                (f64::NAN, DevigError::NotANumber { index: at }),
                (f64::INFINITY, DevigError::Infinite { index: at }),
                (f64::NEG_INFINITY, DevigError::Infinite { index: at }),
                (1.0, DevigError::NotAboveOne { index: at }),
                (-3.0, DevigError::NotAboveOne { index: at }),
                (0.0, DevigError::NotAboveOne { index: at }),
            ] {
                let good = vec![1.0 + 0.75 * f64::from(u8::try_from(n).expect("small")); n];
                let mut odds = good.clone();
                odds[at] = bad;
                let mut fair = vec![UNTOUCHED; n];
                for method in Method::ALL {
                    assert_eq!(devig(method, &odds, &mut fair), Err(error));
                    assert_eq!(devig_to(method, &odds, 0.75, &mut fair), Err(error));
                }
                assert_eq!(worst_case(&[Method::Power], &odds, 1.0, &mut fair), Err(error));
                assert_eq!(fair, vec![UNTOUCHED; n]);
                // In a batch each market answers for itself.
                let lane = (at * 5 + n) % 11;
                let mut markets = vec![good.clone(); 11];
                markets[lane] = odds;
                let (solved, fair, answers) = together(Method::Power, 1.0, &markets);
                assert_eq!(solved, 10);
                assert_eq!(answers[lane], Err(error));
                assert_eq!(fair[lane], vec![0.0; n]);
                assert!((0..11).filter(|&j| j != lane).all(|j| answers[j].is_ok() && fair[j] == fair[(lane + 1) % 11]));
            }
        }
    }
}

#[test]
fn the_largest_and_the_smallest_prices() {
    let least = 1.0 + f64::EPSILON;
    let shapes = |large: f64| {
        [
            vec![large, large],
            vec![least, large],
            vec![least, least],
            vec![large, large, large],
            vec![least, large, 2.0],
            vec![large, 2.0, 2.0, 4.0, large, 3.0, 9.0],
            vec![least, 2.0, 2.0, 4.0, large, 3.0, 9.0],
        ]
    };
    // Of the very largest numbers squares underflow, and searches come from too far.
    for (market, sane) in
        shapes(1e12).map(|market| (market, true)).into_iter().chain(shapes(f64::MAX).map(|market| (market, false)))
    {
        let markets = vec![market.clone(); 9];
        for method in Method::ALL {
            let mut fair = vec![UNTOUCHED; market.len()];
            let answer = devig(method, &market, &mut fair);
            match &answer {
                Ok(solution) => {
                    assert!(fair.iter().all(|&p| p > 0.0 && p < 1.0), "{method} {market:?} {fair:?}");
                    assert!(!solution.param.is_some_and(f64::is_nan), "{method} {market:?}");
                }
                Err(error) => {
                    assert!(matches!(error, DevigError::NoValidAnswer { .. }), "{method} {market:?} {error}");
                    assert!(!sane || MAY_REFUSE.contains(&method), "{method} {market:?} {error}");
                }
            }
            let (_, fairs, answers) = together(method, 1.0, &markets);
            assert!(answers.iter().all(|other| *other == answer), "{method} {market:?} {answer:?} {answers:?}");
            if answer.is_ok() {
                assert!(fairs.iter().all(|other| *other == fair), "{method} {market:?}");
            }
        }
    }
}

/// Would have caught: 0/0 cut off at 1 instead of 0, so that the probabilities summed to 2.
#[test]
fn squares_that_underflow_do_not_become_favourites() {
    let market = [f64::MAX, 1e100, 1.0 + f64::EPSILON];
    let mut fair = [UNTOUCHED; 3];
    if devig(Method::Shin, &market, &mut fair).is_ok() {
        assert!((fair.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{fair:?}");
    }
}

/// Two and three prices are solved by formulas up to a price of 10¹⁰⁰, and like any other market beyond: the answers agree
/// there, and a batch with markets of both kinds gives what each gives alone.
#[test]
fn prices_on_both_sides_of_the_longest_for_products() {
    let edge = 1e100_f64;
    for others in [vec![1.5], vec![1.0 + f64::EPSILON], vec![edge], vec![2.0, 3.0], vec![edge, 1.1]] {
        let with = |price: f64| others.iter().copied().chain([price]).collect::<Vec<f64>>();
        let markets: Vec<Vec<f64>> = (0..24).map(|j| with(if j % 5 == 0 { edge.next_up() } else { edge })).collect();
        for method in Method::ALL {
            let (_, fairs, answers) = together(method, 1.0, &markets);
            for (j, market) in markets.iter().enumerate() {
                let mut fair = vec![UNTOUCHED; market.len()];
                assert_eq!(devig(method, market, &mut fair), answers[j], "{method} {market:?}");
                if answers[j].is_err() {
                    continue;
                }
                assert_eq!(fair, fairs[j], "{method} {market:?}");
                if answers[0].is_ok() {
                    let close = fair.iter().zip(&fairs[0]).all(|(p, q)| (p - q).abs() <= 1e-12);
                    assert!(close, "{method} {market:?} {fair:?} {:?}", fairs[0]);
                }
            }
        }
    }
}

#[test]
fn lengths_that_do_not_fit() {
    for (odds, fair) in [(3, 2), (2, 3), (4, 3), (9, 10), (2, 0)] {
        let (prices, mut room) = (vec![3.0; odds], vec![UNTOUCHED; fair]);
        for method in Method::ALL {
            assert_eq!(devig(method, &prices, &mut room), Err(DevigError::Length { odds, fair }), "{method}");
        }
        assert_eq!(worst_case(&[Method::Shin], &prices, 1.0, &mut room), Err(DevigError::Length { odds, fair }));
        assert!(add_margin(Method::Shin, &room, 1.1, &mut vec![3.0; odds]).is_err());
        assert_eq!(room, vec![UNTOUCHED; fair]);
    }
    for (outcomes, odds, fair, markets) in
        [(2, 6, 6, 2), (2, 4, 6, 2), (2, 6, 4, 3), (3, 6, 6, 3), (usize::MAX, 6, 6, 2)]
    {
        let mut room = vec![UNTOUCHED; fair];
        let mut answers = vec![Ok(Solution::default()); markets];
        let answer = batch::devig(Method::Power, outcomes, &vec![2.0; odds], &mut room, &mut answers);
        assert_eq!(answer, Err(DevigError::Length { odds, fair }));
        assert!(
            room.iter().all(|&p| p == UNTOUCHED) && answers.iter().all(|answer| *answer == Ok(Solution::default()))
        );
    }
    // No markets, and markets of no outcomes.
    assert_eq!(batch::devig(Method::Power, 2, &[], &mut [], &mut []), Ok(0));
    let mut answers = [Ok(Solution::default()); 3];
    assert_eq!(batch::devig(Method::Power, 0, &[], &mut [], &mut answers), Ok(0));
    assert_eq!(answers, [Err(DevigError::Empty); 3]);
    assert_eq!(batch::devig(Method::Power, 1, &[2.0, f64::NAN, 0.5], &mut [0.0; 3], &mut answers), Ok(0));
    let single = [DevigError::Single, DevigError::NotANumber { index: 0 }, DevigError::NotAboveOne { index: 0 }];
    assert_eq!(answers, single.map(Err));
    // Nor are whole blocks of single prices answered, whatever they shall sum to.
    let mut answers = [Ok(Solution::default()); 17];
    assert_eq!(batch::devig_to(Method::Multiplicative, 1, 0.5, &[2.0; 17], &mut [0.0; 17], &mut answers), Ok(0));
    assert_eq!(answers, [Err(DevigError::Single); 17]);
}

#[test]
fn targets_that_cannot_be() {
    for target in [0.0, -1.0, 3.0, 4.0, f64::NAN, f64::INFINITY] {
        let mut fair = [UNTOUCHED; 3];
        assert_eq!(devig_to(Method::Power, &[2.5, 3.5, 4.0], target, &mut fair), Err(DevigError::Target));
        assert_eq!(fair, [UNTOUCHED; 3]);
        let (solved, fair, answers) = together(Method::Power, target, &[vec![2.5, 3.5, 4.0], vec![2.5, 1.0, 4.0]]);
        assert_eq!(solved, 0);
        assert_eq!(answers, [Err(DevigError::Target), Err(DevigError::NotAboveOne { index: 1 })]);
        assert_eq!(fair, [[0.0; 3], [0.0; 3]]);
    }
    let close = [0.01, 2.99];
    assert!(close.iter().all(|&target| devig_to(Method::Power, &[2.5, 3.5, 4.0], target, &mut [0.0; 3]).is_ok()));
}

#[test]
fn probabilities_and_booksums_that_cannot_be() {
    let mut odds = [UNTOUCHED; 3];
    let mut put = |method, fair: &[f64], booksum, expected| {
        assert_eq!(add_margin(method, fair, booksum, &mut odds[..fair.len().min(3)]), Err(expected));
        assert_eq!(odds, [UNTOUCHED; 3]);
    };
    for bad in [0.0, 1.0, -0.5, 1.5, f64::NAN, f64::INFINITY] {
        put(Method::Power, &[0.5, 0.2, bad], 1.1, DevigError::Probability { index: 2 });
        put(Method::Power, &[bad], 1.1, DevigError::Probability { index: 0 });
    }
    for booksum in [0.0, -1.0, 3.0, 3.5, f64::NAN, f64::INFINITY] {
        put(Method::Power, &[0.5, 0.2, 0.3], booksum, DevigError::Booksum);
    }
    put(Method::Power, &[], 1.1, DevigError::Empty);
    put(Method::Power, &[0.5], 1.1, DevigError::Single);
    put(Method::WorstCase, &[0.5, 0.2, 0.3], 1.1, DevigError::NoInverse);
    // One of the two sizes is wrong, whichever.
    let error = add_margin(Method::Power, &[0.5, 0.5], 1.1, &mut [0.0; 3]);
    assert_eq!(error, Err(DevigError::Length { odds: 3, fair: 2 }));
    // An implied probability of exactly 1, and of exactly 0, has no price either.
    for sum in [1.5, 0.5] {
        let refused = add_margin(Method::Additive, &[0.75, 0.25], sum, &mut [0.0; 2]);
        assert_eq!(refused, Err(DevigError::NoValidAnswer { method: Method::Additive, cause: Cause::Outside }));
    }
    // No such prices above 1: the shortest would be shorter.
    let none = |method, cause| Err(DevigError::NoValidAnswer { method, cause });
    assert_eq!(
        add_margin(Method::Multiplicative, &[0.9, 0.1], 1.2, &mut [0.0; 2]),
        none(Method::Multiplicative, Cause::Outside)
    );
    assert_eq!(add_margin(Method::Additive, &[0.9, 0.1], 1.25, &mut [0.0; 2]), none(Method::Additive, Cause::Outside));
    assert_eq!(add_margin(Method::Shin, &[0.9, 0.1], 1.9, &mut [0.0; 2]), none(Method::Shin, Cause::NoRoot));
    assert_eq!(add_margin(Method::Shin, &[0.9, 0.1], 0.2, &mut [0.0; 2]), none(Method::Shin, Cause::NoRoot));
}

#[test]
fn one_sided_prices_that_cannot_be() {
    for (price, error) in [
        (f64::NAN, DevigError::NotANumber { index: 0 }),
        (f64::INFINITY, DevigError::Infinite { index: 0 }),
        (1.0, DevigError::NotAboveOne { index: 0 }),
    ] {
        assert_eq!(one_sided(Method::Power, price, 1.05), Err(error));
    }
    // Nothing left for the other side, or more than it can have; 2 leaves 0.25 and 0.75.
    for (sum, good) in
        [(0.5, false), (0.75, true), (1.25, true), (1.5, false), (f64::NAN, false), (0.4, false), (2.0, false)]
    {
        assert_eq!(one_sided(Method::Power, 2.0, sum).is_ok(), good, "{sum}");
        assert!(good || one_sided(Method::Power, 2.0, sum) == Err(DevigError::Booksum));
    }
}

#[test]
fn the_booksum_is_summed_in_order() {
    assert_eq!(booksum(&[]), 0.0);
    assert_eq!(booksum(&[3.0, 7.0, 1.1, 9.0]), ((1.0 / 3.0 + 1.0 / 7.0) + 1.0 / 1.1) + 1.0 / 9.0);
}

/// In binary all of these numbers are exact: the formula gives 0 or 1 itself, which is not inside.
#[test]
fn the_ends_of_the_range_are_not_answers() {
    for (method, target, market, at, end) in [
        (Method::Additive, 1.0, vec![2.0, 2.0, 2.0, 2.0, 4.0], 4, 0.0),
        (Method::BalancedBook, 1.0, vec![2.0, 2.0, 2.0, 4.0], 3, 0.0),
        (Method::Multiplicative, 2.0, vec![2.0, 4.0, 4.0], 0, 1.0),
        (Method::Multiplicative, 1.5, vec![4.0 / 3.0, 4.0 / 3.0], 0, 0.75),
        (Method::Additive, 3.0, vec![2.0, 8.0, 8.0, 4.0], 0, 1.0),
    ] {
        let mut fair = vec![UNTOUCHED; market.len()];
        let answer = devig_to(method, &market, target, &mut fair);
        assert_eq!(fair[at], end, "{method} {fair:?}");
        let expected = DevigError::NoValidAnswer { method, cause: Cause::Outside };
        assert_eq!(answer.err(), if end == 0.75 { None } else { Some(expected) });
        // Beside markets that have an answer, in a block and alone.
        let fine = vec![5.0 * market[0]; market.len()];
        for markets in
            [vec![market.clone()], (0..8).map(|j| if j == 5 { market.clone() } else { fine.clone() }).collect()]
        {
            let (solved, fairs, answers) = together(method, target, &markets);
            for (j, same) in markets.iter().enumerate() {
                if *same == market {
                    assert_eq!((&answers[j], &fairs[j]), (&answer, &fair));
                }
            }
            assert_eq!(solved, answers.iter().filter(|answer| answer.is_ok()).count());
        }
    }
}

/// One price all but certain among very long ones: its implied probability over a booksum that it alone makes up rounds to 1.
#[test]
fn a_share_that_rounds_to_one_stays_below() {
    for n in [2, 3, 4, 5, 9, 40] {
        let mut market = vec![1e120; n];
        market[n / 2] = 1.0 + f64::EPSILON;
        let mut fair = vec![UNTOUCHED; n];
        assert!(devig(Method::Multiplicative, &market, &mut fair).is_ok(), "{n}");
        assert_eq!(fair[n / 2], 1.0_f64.next_down(), "{n}");
        let (solved, fairs, answers) = together(Method::Multiplicative, 1.0, &vec![market; 9]);
        assert!(solved == 9 && answers.iter().all(Result::is_ok) && fairs.iter().all(|other| *other == fair), "{n}");
    }
}

/// Sums so near 0, or so near the number of outcomes, that numbers run out on the way: an answer has a parameter, or there is none.
#[test]
fn a_search_that_loses_its_way_is_refused() {
    let searched = [Method::Power, Method::Shin, Method::OddsRatio, Method::Logarithmic, Method::Probit];
    let prices = [1.0 + f64::EPSILON, 2.0, 1e100, f64::MAX];
    let pairs = prices.iter().flat_map(|&a| prices.map(|b| (a, b)));
    let mut cases: Vec<(Vec<f64>, f64)> = pairs
        .flat_map(|(a, b)| [1e-93, 1e-295, 2.0_f64.next_down()].map(|target| (vec![a, b, a, b, 1e100], target)))
        .collect();
    // Found by chance: of these a search would end at the parameter infinity, or at 0 though there are no odds of 0.
    cases.push((vec![8.802847222046001, 1.0 + f64::EPSILON, 5.626885539302485], 9.999999999999998e-105));
    cases.push((vec![1.8475804821203952e74, f64::MAX], 1.9999999999999996));
    for (market, target) in &cases {
        for method in searched {
            let answer = devig_to(method, market, *target, &mut vec![UNTOUCHED; market.len()]);
            let told = match answer {
                Ok(solution) => solution
                    .param
                    .is_some_and(|param| param.is_finite() && (param > 0.0 || method != Method::OddsRatio)),
                Err(error) => matches!(error, DevigError::NoValidAnswer { .. }),
            };
            assert!(told, "{method} {market:?} {target}: {answer:?}");
            let (_, _, answers) = together(method, *target, &vec![market.clone(); 9]);
            assert!(answers.iter().all(|other| *other == answer), "{method} {market:?} {target}: {answers:?}");
        }
    }
}

/// Putting a margin on by a family that is a group is to solve the fair prices for the booksum: the same search, which ends where that ends
/// and is given up where that is, though it has no room to keep its prices in.
#[test]
fn a_margin_is_put_on_by_the_search_that_takes_it_off() {
    let least = f64::MIN_POSITIVE;
    let laws = [[0.5, 0.1], [0.75, 0.125], [0.01, 0.3], [0.5, 1e-100], [least, least], [1e-300, 0.5], [0.999, 1e-9]];
    for (law, factor) in laws.iter().flat_map(|law| [1.0, 1.0 + 1e-7, 1.1, 1.3, 0.5, 1e-3, 1e-12].map(|f| (law, f))) {
        let booksum = (law[0] + law[1]) * factor;
        for method in [Method::Power, Method::OddsRatio, Method::Logarithmic, Method::Probit] {
            let (mut odds, mut implied) = ([UNTOUCHED; 2], [UNTOUCHED; 2]);
            let put_on = add_margin(method, law, booksum, &mut odds);
            let solved = devig_to(method, &law.map(|p| 1.0 / p), booksum, &mut implied);
            let Ok(solved) = solved else {
                assert_eq!(put_on, solved, "{method} {law:?} {booksum}");
                continue;
            };
            let Ok(put_on) = put_on else {
                assert!(
                    implied.iter().any(|p| 1.0 / p <= 1.0 || 1.0 / p == f64::INFINITY),
                    "{method} {law:?} {booksum}"
                );
                continue;
            };
            assert_eq!(odds, implied.map(|p| 1.0 / p), "{method} {law:?} {booksum}");
            let inverse = match method {
                Method::Power | Method::OddsRatio => solved.param.map(|param| 1.0 / param),
                _ => solved.param.map(|param| -param),
            };
            assert_eq!(put_on.param, inverse, "{method} {law:?} {booksum}");
        }
    }
}

/// Booksums of exactly 1, beside a price so long that its probability has nowhere to go but up.
#[test]
fn a_fair_market_with_a_very_long_price_stays_as_it_is() {
    for market in [
        [1.2335376436492071, 5.28196493025374, 1e60],
        [1.63616820116376, 2.571911324977691, 1e60],
        [1.9696665547855008, 2.03128234656006, 1e60],
    ] {
        for method in Method::ALL {
            let mut fair = [UNTOUCHED; 3];
            let answer = devig(method, &market, &mut fair);
            assert!(answer.is_ok_and(|solution| solution.booksum == 1.0), "{method} {answer:?}");
            assert!(fair.iter().zip(market).all(|(p, price)| (p - 1.0 / price).abs() <= 1e-15), "{method} {fair:?}");
        }
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let texts = [
        (DevigError::Empty, "no prices"),
        (DevigError::NotANumber { index: 3 }, "price 3 is not a number"),
        (DevigError::NotAboveOne { index: 0 }, "price 0 is not above 1"),
        (DevigError::Length { odds: 2, fair: 3 }, "2 prices, but room for 3 probabilities"),
    ];
    for (error, text) in texts {
        assert_eq!(error.to_string(), text);
    }
    let refused = DevigError::NoValidAnswer { method: Method::BalancedBook, cause: Cause::Outside }.to_string();
    assert!(refused.starts_with("no valid answer: balanced_book "), "{refused}");
    assert_eq!("odds_ratio".parse(), Ok(Method::OddsRatio));
    let unknown = "Power".parse::<Method>().expect_err("names are in lower case").to_string();
    assert!(Method::ALL.iter().all(|method| unknown.contains(method.name())), "{unknown}");
    assert_eq!(format!("{:>8}", Method::Shin), "    shin");
}
