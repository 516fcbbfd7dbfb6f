//! The figures of each kind.

use super::*;
use overround::config::ReferenceMode;
use overround::opportunity::{EvClass, Kind, ProbabilityFrom, ReferenceStep};
use overround_math::commission::{Base, Commission};

#[test]
fn arbitrage_of_two_prices() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.moneyline();
    let limited = OddsUpdate { limit: Some(100.0), ..back(market, 0, 0, 2.10) };
    assert!(stage.feed(OddsEvent::Odds(limited)).is_empty());
    // 1/S = 2.10 · 2.05/(2.10 + 2.05) = 4.305/4.15
    let out = stage.back(market, 1, 1, 2.05);
    let told = detected(&out);
    let figures = arbitrage(told);
    close(figures.profit, 4.305 / 4.15 - 1.0);
    close(figures.profit_min, figures.profit);
    close(figures.booksum, 4.15 / 4.305);
    close(figures.legs[0].stake_fraction, 2.05 / 4.15);
    assert_eq!(figures.max_total_stake, None);
    close(figures.max_total_stake_known.expect("one limit is known"), 100.0 * 4.15 / 2.05);
    assert!(warned(told).is_empty());
}

#[test]
fn an_exact_booksum_of_one_is_an_arbitrage_at_zero_and_never_a_low_hold() {
    let mut config = Config::recorded();
    config.arbitrage.min_profit = 0.0;
    let mut stage = Stage::new(config, &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.0);
    assert_eq!(arbitrage(detected(&stage.back(market, 1, 1, 2.0))).profit, 0.0);
    // At the default of 0.5 % the same prices are the best of low holds.
    let mut stage = Stage::new(Config::recorded(), &["a", "b"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.0);
    assert_eq!(low_hold(detected(&stage.back(market, 1, 1, 2.0))).hold, 0.0);
}

#[test]
fn a_push_gives_the_stakes_back_and_a_quarter_line_half_the_profit() {
    for (line, least) in [(2.0, 0.0), (2.5, 1.0), (2.25, 0.5), (2.3, 1.0)] {
        let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
        let market = stage.market("total", MarketShape::Total, Some(line));
        stage.back(market, 0, 0, 2.10);
        let out = stage.back(market, 1, 1, 2.05);
        let figures = arbitrage(detected(&out));
        close(figures.profit_min, least * figures.profit);
        assert_eq!(detected(&out).warnings.contains(Warning::PushPossible), least < 1.0, "line {line}");
    }
}

#[test]
fn a_three_way_market_without_its_draw_is_nothing() {
    let mut stage = Stage::new(Config::recorded(), &["a", "b"]);
    let market = stage.market("1x2", MarketShape::ThreeWay, None);
    assert!(stage.back(market, 0, 0, 3.2).is_empty());
    assert!(stage.back(market, 1, 2, 3.2).is_empty());
    // 3/3.2 = 0.9375
    let out = stage.back(market, 1, 1, 3.2);
    close(arbitrage(detected(&out)).booksum, 0.9375);
}

#[test]
fn back_and_lay_of_one_of_three() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b"]);
    let market = stage.market("1x2", MarketShape::ThreeWay, None);
    stage.back(market, 0, 1, 3.0);
    // Lay at 2.9: back of "not draw" at 1 + 1/1.9 = 2.9/1.9. S = 1/3 + 1.9/2.9.
    let limited = OddsUpdate { limit: Some(100.0), ..lay(market, 1, 1, 2.9) };
    let out = stage.feed(OddsEvent::Odds(limited));
    let figures = arbitrage(detected(&out));
    close(figures.booksum, 1.0 / 3.0 + 1.9 / 2.9);
    assert_eq!((figures.legs[1].side, figures.legs[1].outcome), (Side::Lay, OutcomeIndex(1)));
    close(figures.legs[1].limit.expect("the liability"), 190.0);
}

#[test]
fn a_lay_in_a_two_way_market_stands_beside_the_other_back() {
    let mut stage = Stage::new(only(Kind::Arbitrage), &["a", "b", "c"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 2.1);
    // Lay home at 2.0 is away at 2.0: S = 1/2.1 + 1/2. A back at the same net price goes before it.
    let out = stage.feed(OddsEvent::Odds(lay(market, 1, 0, 2.0)));
    let figures = arbitrage(detected(&out));
    close(figures.booksum, 1.0 / 2.1 + 0.5);
    assert_eq!((figures.legs[1].side, figures.legs[1].outcome), (Side::Lay, OutcomeIndex(0)));
    let out = stage.back(market, 2, 1, 2.0);
    assert_eq!(arbitrage(updated(&out)).legs[1].side, Side::Back);
}

#[test]
fn low_hold_lists_who_is_tied_by_rank() {
    let mut config = only(Kind::LowHold);
    config.bookmakers = vec![Key::of("c"), Key::of("a")];
    let mut stage = Stage::new(config, &["a", "b", "c"]);
    let market = stage.moneyline();
    stage.back(market, 0, 0, 1.97);
    let out = stage.back(market, 1, 1, 1.97);
    // hold = 1 − 1.97/2
    close(low_hold(detected(&out)).hold, 0.015);
    let out = stage.back(market, 2, 0, 1.97);
    assert_eq!(low_hold(updated(&out)).sides[0].bookmakers, [BookmakerId(2), BookmakerId(0)]);
    // Over 2 %: 1 − 1/(1/1.97 + 1/1.94) = 0.0226
    assert_eq!(expired(&stage.back(market, 1, 1, 1.94)), Reason::Price);
}

#[test]
fn ev_by_the_anchor() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    let out = stage.at(1).back(market, 1, 0, 2.1);
    let told = detected(&out);
    let figures = ev(told);
    close(figures.fair_probability, 0.5);
    close(figures.ev, 0.05);
    close(figures.kelly, 0.05 / 1.1);
    // One bookmaker: D = 0, n_eff = 1; every method says 0.5: M = 0. s² = 0.04² + 0.02². x = 0, y = ln(1/1.1). Φ(0.0953102/0.0447214).
    close(figures.confidence, 0.983_466);
    // sigmoid(−0.0447214) = 0.4888215; (0.4888215 · 2.1 − 1)/1.1
    close(figures.kelly_prudent, 0.024_114);
    assert_eq!(figures.class, EvClass::Leading);
    assert_eq!(figures.reference.step, ReferenceStep::Anchor);
    assert_eq!((figures.reference.price, figures.reference.age_us), (Some(2.0), SECOND));
    assert_eq!(warned(told), [Warning::SingleReference]);
}

#[test]
fn an_ev_of_a_fifth_halves_the_score() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    let out = stage.back(market, 1, 0, 2.4);
    // Φ(ln(1.4)/0.0447) is 1 to twelve places; g = 0.10/0.20.
    close(ev(detected(&out)).confidence, 0.5);
}

#[test]
fn consensus_needs_three_others_and_one_per_group() {
    let mut config = only(Kind::Ev);
    config.fair.mode = ReferenceMode::Consensus;
    let mut stage = Stage::new(config.clone(), &["a", "b", "c", "d"]);
    let market = stage.moneyline();
    for bookmaker in 0..3 {
        stage.column(market, bookmaker, &[1.9, 1.9]);
    }
    assert_eq!(stage.open(), 0);
    let out = stage.back(market, 3, 0, 2.1);
    assert_eq!(ev(detected(&out)).reference.bookmakers.len(), 3);

    config.fair.groups = vec![vec![Key::of("a"), Key::of("b")]];
    let mut stage = Stage::new(config, &["a", "b", "c", "d"]);
    let market = stage.moneyline();
    for bookmaker in 0..3 {
        stage.column(market, bookmaker, &[1.9, 1.9]);
    }
    assert!(stage.back(market, 3, 0, 2.1).is_empty(), "a and b are copies: two are left");
}

#[test]
fn a_lone_anchor_is_judged_by_nobody() {
    let mut stage = Stage::new(only(Kind::Ev), &["pinnacle", "b", "c", "d"]);
    let market = stage.moneyline();
    for bookmaker in 1..4 {
        stage.column(market, bookmaker, &[1.9, 1.9]);
    }
    assert!(stage.back(market, 0, 0, 2.2).is_empty());
}

#[test]
fn ev_of_a_lay_after_commission() {
    let mut config = only(Kind::Ev);
    config.commission.insert(Key::of("b"), Commission::new(Base::Winnings, 0.05).expect("a rate"));
    let mut stage = Stage::new(config, &["pinnacle", "b"]);
    let market = stage.moneyline();
    stage.column(market, 0, &[2.0, 2.0]);
    // 1 + 0.95/0.8 = 2.1875; 0.5 · 2.1875 − 1
    let out = stage.feed(OddsEvent::Odds(lay(market, 1, 0, 1.8)));
    close(ev(detected(&out)).net_price, 2.1875);
    close(ev(detected(&out)).ev, 0.093_75);
}

/// Pinnacle says 0.5 above 2.5 and 0.25 above 3.5: 3 has a quarter.
fn middle_stage(config: Config) -> (Stage, MarketId, MarketId) {
    let mut stage = Stage::new(config, &["pinnacle", "b", "c"]);
    let low = stage.market("total", MarketShape::Total, Some(2.5));
    let high = stage.market("total", MarketShape::Total, Some(3.5));
    stage.column(low, 0, &[2.0, 2.0]);
    stage.column(high, 0, &[4.0, 4.0 / 3.0]);
    (stage, low, high)
}

#[test]
fn middle_by_ladder() {
    // Pinnacle's own over 2.5 at 2.0 and under 3.5 at 4/3: S = 1.25, worst −0.2: too much to lose.
    let (mut stage, low, high) = middle_stage(only(Kind::Middle));
    assert!(stage.back(low, 1, 0, 2.0).is_empty());
    let out = stage.back(high, 2, 1, 1.95);
    let figures = middle(detected(&out));
    // S = 1/2 + 1/1.95 = 1.0128205
    close(figures.booksum, 0.5 + 1.0 / 1.95);
    close(figures.worst, 1.0 / 1.012_820_5 - 1.0);
    close(figures.best, 2.0 / 1.012_820_5 - 1.0);
    assert_eq!(figures.numbers.iter().map(|it| it.n).collect::<Vec<_>>(), [3]);
    close(figures.middle_probability.expect("both lines have a reference"), 0.25);
    assert_eq!(figures.probability_from, Some(ProbabilityFrom::Ladder));
    close(figures.ev.expect("known"), 1.25 / 1.012_820_5 - 1.0);
    close(figures.break_even.expect("both half lines"), 0.012_820_5);
    close(figures.quality.expect("known"), 0.25 / 0.262_820_5);
    assert_eq!((figures.lower.as_f64(), figures.upper.as_f64()), (2.5, 3.5));
}

#[test]
fn a_middle_on_spreads_lives_in_home_margins() {
    let mut config = only(Kind::Middle);
    config.middle.unknown_ev = overround::config::UnknownEv::Tell;
    let mut stage = Stage::new(config, &["b", "c"]);
    // Home −2.5 wins above a margin of 2.5; away +3.5 (canonical −3.5) below 3.5: both at 3.
    let home = stage.market("spread", MarketShape::Spread, Some(-2.5));
    let away = stage.market("spread", MarketShape::Spread, Some(-3.5));
    stage.back(home, 0, 0, 1.95);
    let out = stage.back(away, 1, 1, 1.95);
    let figures = middle(detected(&out));
    assert_eq!(figures.numbers.iter().map(|it| it.n).collect::<Vec<_>>(), [3]);
    assert_eq!((figures.lower.as_f64(), figures.upper.as_f64(), figures.ev), (2.5, 3.5, None));
}

#[test]
fn quarter_lines_split_the_stake() {
    let mut config = only(Kind::Middle);
    config.middle.unknown_ev = overround::config::UnknownEv::Tell;
    config.middle.min_numbers = 0;
    config.middle.max_loss = 0.5;
    let mut stage = Stage::new(config, &["b", "c"]);
    let low = stage.market("total", MarketShape::Total, Some(2.25));
    let high = stage.market("total", MarketShape::Total, Some(3.0));
    stage.back(low, 0, 0, 2.0);
    let out = stage.back(high, 1, 1, 2.0);
    let figures = middle(detected(&out));
    // Half the total on each at 2.0. n = 2: over 2.25 half-loses (0.25 back), under 3 wins (1): +0.25. n = 3: over wins (1), under pushes (0.5): +0.5.
    // n ≤ 1: 0 + 1: 0. n ≥ 4: 1 + 0: 0. Nothing lies between 2.25 and 3 where both win in full.
    close(figures.worst, 0.0);
    close(figures.best, 0.5);
    assert!(figures.numbers.is_empty());
    assert_eq!((figures.break_even, figures.ev), (None, None));
}

#[test]
fn an_unknown_ev_is_told_only_if_nothing_can_be_lost() {
    let mut stage = Stage::new(only(Kind::Middle), &["b", "c"]);
    let low = stage.market("total", MarketShape::Total, Some(2.5));
    let high = stage.market("total", MarketShape::Total, Some(3.5));
    stage.back(low, 0, 0, 1.95);
    assert!(stage.back(high, 1, 1, 2.0).is_empty());
    let out = stage.back(low, 0, 0, 2.0);
    close(middle(detected(&out)).worst, 0.0);
}
