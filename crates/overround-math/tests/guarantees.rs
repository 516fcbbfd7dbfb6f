//! Every claimed worst case against settlement, state by state; and what must stay true when sides are swapped or a price gets better.
//!
//! The states are walked with [`settle`] and plain arithmetic on returns, which share nothing with the closed forms under test. They
//! would catch a push or a half forgotten, a line with the wrong sign, and a lay taken for a back.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use overround_math::arbitrage::{booksum, profit_min, split_into};
use overround_math::commission::{Base, Commission, lay_as_back};
use overround_math::ev::{ScoreInput, dispersion, expected_value, kelly, score};
use overround_math::line::Line;
use overround_math::middle::Middle;
use overround_math::settlement::{MarketShape, MatchResult, Settlement, Side, settle};
use proptest::prelude::*;

fn line(value: f64) -> Line {
    Line::from_f64(value).unwrap()
}

/// Final scores up to 8 goals each.
fn scores() -> impl Iterator<Item = MatchResult> {
    (0..81).map(|i| MatchResult::Score { home: i / 9, away: i % 9 })
}

/// What a bet returns per unit of stake.
fn returned(shape: MarketShape, at: Option<Line>, outcome: u16, net: f64, result: MatchResult) -> f64 {
    settle(shape, at, outcome, Side::Back, result).unwrap().return_per_stake(net)
}

/// The least profit, over all scores, of equal-payout stakes on every outcome of one market.
fn walked(shape: MarketShape, at: Option<Line>, net: &[f64]) -> f64 {
    let mut fractions = vec![0.0; net.len()];
    split_into(net, &mut fractions);
    let payoff = |result| {
        let legs = (0_u16..).zip(net).zip(&fractions);
        legs.map(|((outcome, &d), f)| f * returned(shape, at, outcome, d, result)).sum::<f64>() - 1.0
    };
    // A two-way market has no tie.
    let possible = |result: &MatchResult| match (shape, *result) {
        (MarketShape::TwoWay, MatchResult::Score { home, away }) => home != away,
        _ => true,
    };
    scores().filter(possible).map(payoff).fold(f64::INFINITY, f64::min)
}

fn price() -> impl Strategy<Value = f64> {
    prop_oneof![1.05..4.0_f64, 1.8..2.3_f64]
}

/// Lines of the quarter grid, and a few of no grid.
fn lines() -> impl Strategy<Value = Line> {
    prop_oneof![(-24..=24).prop_map(|q| line(f64::from(q) / 4.0)), (-60..=60).prop_map(|t| line(f64::from(t) / 10.0))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn profit_min_is_the_least_over_all_scores(at in lines(), a in price(), b in price(), c in price()) {
        let two = |shape, at: Option<Line>| {
            let profit = 1.0 / booksum(&[a, b]) - 1.0;
            (profit_min(shape, at, profit), walked(shape, at, &[a, b]))
        };
        // A total is walked on a line that the scores can reach on both sides.
        let total = line(at.as_f64().abs() + 0.5);
        let three = profit_min(MarketShape::ThreeWay, None, 1.0 / booksum(&[a, b, c]) - 1.0);
        for (claimed, found) in [
            two(MarketShape::Spread, Some(at)),
            two(MarketShape::Total, Some(total)),
            two(MarketShape::DrawNoBet, None),
            two(MarketShape::TwoWay, None),
            (three, walked(MarketShape::ThreeWay, None, &[a, b, c])),
        ] {
            prop_assert!((claimed - found).abs() < 1e-12, "{at:?} {claimed} {found}");
        }
    }

    #[test]
    fn a_middle_of_spreads_by_scores(a in lines(), b in lines(), above in price(), below in price()) {
        prop_assume!(a != b);
        let (a, b) = (a.min(b), a.max(b));
        let m = Middle::new(a, b, above, below).unwrap();
        let [fa, fb] = m.fractions();
        let (mut worst, mut best) = (f64::INFINITY, f64::NEG_INFINITY);
        for result in scores() {
            let MatchResult::Score { home, away } = result else { unreachable!() };
            // Home at line −a; away at its own line b, which is the market whose home line is −b.
            let home_leg = returned(MarketShape::Spread, Some(-a), 0, above, result);
            let away_leg = returned(MarketShape::Spread, Some(-b), 1, below, result);
            let payoff = fa * home_leg + fb * away_leg - 1.0;
            prop_assert!((payoff - m.payoff(i64::from(home - away))).abs() < 1e-12);
            worst = worst.min(payoff);
            best = best.max(payoff);
        }
        prop_assert!((worst - m.worst()).abs() < 1e-12 && (best - m.best()).abs() < 1e-12);
        // Seen from the other side: everything alike.
        let mirrored = Middle::new(-b, -a, below, above).unwrap();
        prop_assert!((mirrored.worst() - m.worst()).abs() < 1e-15 && (mirrored.best() - m.best()).abs() < 1e-15);
    }

    #[test]
    fn back_against_lay_is_a_two_way_market(back in 1.05..8.0_f64, lay in 1.05..8.0_f64, c in 0.0..0.1_f64) {
        let net = Commission::new(Base::Winnings, c).unwrap().lay(lay).unwrap();
        let mut f = [0.0; 2];
        let split = split_into(&[back, net], &mut f);
        for winner in [0, 1] {
            let result = MatchResult::Winner(winner);
            let backed = settle(MarketShape::YesNo, None, 0, Side::Back, result).unwrap();
            let laid = settle(MarketShape::YesNo, None, 0, Side::Lay, result).unwrap();
            prop_assert_eq!(laid, backed.mirror());
            let payoff = f[0] * backed.return_per_stake(back) + f[1] * laid.return_per_stake(net) - 1.0;
            prop_assert!((payoff - split.profit).abs() < 1e-12);
        }
        // Laying at the price backed costs nothing and gains nothing.
        let same = split_into(&[back, lay_as_back(back).unwrap()], &mut f);
        prop_assert!(same.profit.abs() < 1e-12);
    }

    #[test]
    fn a_better_price_is_never_worse(
        at in lines(), b in lines(), d in price(), e in price(), better in 0.0..1.0_f64, p in 0.01..0.99_f64,
    ) {
        let least = |d: f64| profit_min(MarketShape::Spread, Some(at), 1.0 / booksum(&[d, e]) - 1.0);
        prop_assert!(least(d + better) >= least(d) - 1e-15);
        prop_assert!(expected_value(p, d + better) >= expected_value(p, d));
        if expected_value(p, d) >= 0.0 {
            prop_assert!(kelly(p, d + better) >= kelly(p, d) - 1e-15);
        }
        if at < b {
            let worst = |d: f64| Middle::new(at, b, d, e).unwrap().worst();
            prop_assert!(worst(d + better) >= worst(d) - 1e-15);
        }
        // A lower lay is a better one.
        let lay = |price: f64| Commission::new(Base::Winnings, 0.05).unwrap().lay(price).unwrap();
        prop_assert!(lay(d) >= lay(d + better));
    }

    #[test]
    fn confidence_falls_with_disagreement_and_with_freshness(
        p in 0.1..0.9_f64, edge in 0.001..0.09_f64, wide in 0.0..0.3_f64, wider in 0.001..0.3_f64,
        range in 0.0..0.1_f64, effective in 1.0..12.0_f64, fresh in 0.1..1.0_f64,
    ) {
        let input = ScoreInput {
            fair_probability: p,
            net_price: (1.0 + edge) / p,
            dispersion: wide,
            effective_books: effective,
            method_range: range,
            freshness: fresh,
        };
        let now = score(&input);
        let apart = score(&ScoreInput { dispersion: wide + wider, ..input });
        let unsure = score(&ScoreInput { method_range: range + wider, ..input });
        let stale = score(&ScoreInput { freshness: fresh / 2.0, ..input });
        let fewer = score(&ScoreInput { effective_books: effective / 2.0, ..input });
        for worse in [apart, unsure, fewer] {
            prop_assert!(worse.confidence <= now.confidence && worse.kelly_prudent <= now.kelly_prudent);
        }
        prop_assert!((stale.confidence - now.confidence / 2.0).abs() < 1e-15);
        prop_assert!((0.0..=1.0).contains(&now.confidence));
    }

    #[test]
    fn dispersion_grows_as_bookmakers_move_apart(p in 0.2..0.8_f64, step in 0.001..0.05_f64, weights in prop::collection::vec(0.1..3.0_f64, 3)) {
        let spread = |k: f64| dispersion(&weights, &[p, p + k * step, p - k * step]);
        prop_assert!(spread(2.0).deviation > spread(1.0).deviation);
        prop_assert!(spread(0.0).deviation < 1e-12);
        let effective = spread(1.0).effective;
        prop_assert!((1.0 - 1e-12..=3.0 + 1e-12).contains(&effective));
    }
}

fn american(a: f64) -> f64 {
    if a > 0.0 { 1.0 + a / 100.0 } else { 1.0 - 100.0 / a }
}

#[test]
fn a_published_middle_with_uneven_stakes() {
    // Favourite −2.5 at −110 for 110, underdog +3.5 at −120 for 120: −20, +200, −10 with 45/10/45 % are worth +6.50 of 230.
    let payoff = |margin: i64| {
        let of = |at: f64, outcome, stake: f64, net| {
            stake * (returned(MarketShape::Spread, Some(line(at)), outcome, net, MatchResult::Number(margin)) - 1.0)
        };
        of(-2.5, 0, 110.0, american(-110.0)) + of(-3.5, 1, 120.0, american(-120.0))
    };
    let found = [4, 3, 2].map(payoff);
    for (payoff, expected) in found.into_iter().zip([-20.0, 200.0, -10.0]) {
        assert!((payoff - expected).abs() < 1e-9, "{found:?}");
    }
    let ev = 0.45 * found[0] + 0.10 * found[1] + 0.45 * found[2];
    assert!((ev - 6.5).abs() < 1e-9 && (ev / 230.0 - 0.028_26).abs() < 5e-6);
}

#[test]
fn published_totals_whose_edges_are_a_win_and_a_push() {
    // Under 51 at +100 for 100 and over 50 at −110 for 110; 50 in 2.63 %, 51 in 3.91 %, the rest split evenly: +1.867.
    let payoff = |total: i64| {
        let of = |at: f64, outcome, stake: f64, net| {
            stake * (returned(MarketShape::Total, Some(line(at)), outcome, net, MatchResult::Number(total)) - 1.0)
        };
        of(51.0, 1, 100.0, 2.0) + of(50.0, 0, 110.0, american(-110.0))
    };
    let rest = (1.0 - 0.0263 - 0.0391) / 2.0;
    let ev = 0.0263 * payoff(50) + 0.0391 * payoff(51) + rest * payoff(49) + rest * payoff(52);
    assert!((ev - 1.867).abs() < 5e-4, "{ev}");
}

#[test]
fn european_and_asian_handicaps_that_fit_and_that_do_not() {
    // A European handicap of −1 needs a margin above 1; the opponent's Asian +1.5 takes the rest: 3.445 % whatever happens.
    let worst = |european: f64, asian: f64, d: f64, e: f64| {
        let mut f = [0.0; 2];
        split_into(&[d, e], &mut f);
        let payoff = |result| {
            f[0] * returned(MarketShape::Spread, Some(line(european - 0.5)), 0, d, result)
                + f[1] * returned(MarketShape::Spread, Some(line(-asian)), 1, e, result)
                - 1.0
        };
        scores().map(payoff).fold(f64::INFINITY, f64::min)
    };
    assert!((worst(-1.0, 1.5, 2.30, 1.88) - 0.034_449_8).abs() < 5e-8);
    // −2 with Asian +2: a margin of two loses the one and only returns the other.
    assert!(worst(-2.0, 2.0, 2.30, 1.88) < -0.4);
}

#[test]
fn least_profit_of_one_pair_of_prices_on_each_kind_of_line() {
    for (at, percent) in [(2.5, 3.735), (2.0, 0.0), (2.25, 1.867)] {
        let found = walked(MarketShape::Total, Some(line(at)), &[2.10, 2.05]) * 100.0;
        assert!((found - percent).abs() < 6e-4, "{at} {found}");
    }
}

#[test]
fn what_was_backed_and_laid_returns_the_same_in_every_settlement() {
    for settled in [Settlement::Win, Settlement::HalfWin, Settlement::Push, Settlement::HalfLoss, Settlement::Loss] {
        assert_eq!(settled.mirror().mirror(), settled);
        assert!((settled.return_per_stake(2.0) + settled.mirror().return_per_stake(2.0) - 2.0).abs() < 1e-15);
    }
}
