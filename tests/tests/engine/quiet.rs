//! Prices that move alone, most of which lead to nothing, against the model: what the engine passes over without judging holds nothing.

use crate::board::{Board, NAMES, RESIDENTS, odds};
use overround::config::{Anchor, Config, ReferenceMode};
use overround::odds_event::MarketShape;
use overround::opportunity::{Kind, Kinds};
use overround::{Key, Timestamp};
use overround_math::devig::Method;
use overround_math::pool::Pool;
use overround_testkit::cases::cases;
use overround_testkit::compare::assert_agree;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, Step, seeds};
use proptest::prelude::{prop_assert, proptest};

/// Plain rules, as most have them: the anchor is there, or is none of those who are.
fn config(random: &mut Random) -> Config {
    let mut config = Config::recorded();
    config.bookmakers = NAMES.map(Key::of).to_vec();
    config.fair.mode =
        random.pick(&[ReferenceMode::AnchorElseConsensus, ReferenceMode::Anchor, ReferenceMode::Consensus]);
    config.fair.method = random.pick(&[Method::Power, Method::Power, Method::Multiplicative]);
    config.fair.pool = random.pick(&[Pool::Mean, Pool::Mean, Pool::Mean, Pool::LogOdds]);
    let anchors = random.pick(&[&NAMES[..1], &NAMES[..1], &NAMES[..2], &NAMES[7..]]);
    config.fair.anchors = anchors.iter().map(|name| Anchor { bookmaker: Key::of(name), weight: 1.0 }).collect();
    config.ev.min = random.pick(&[0.02, 0.005]);
    // Among six bookmakers something nearly always stands that needs no reference, and then the market is judged at every price.
    let only_ev = Kinds::NONE.with(Kind::Ev);
    config.detect = random.pick(&[only_ev, only_ev, config.detect]);
    config
}

/// One market of columns that roughly agree, then one price at a time: mostly near the others, at times far above, or gone for a while.
fn lone_prices(seed: u64) -> Scenario {
    let mut random = Random::new(seed);
    let shape = random.pick(&[MarketShape::TwoWay, MarketShape::TwoWay, MarketShape::ThreeWay]);
    let mut board = Board::new(shape, &[]);
    let n = board.outcomes();
    let chances: Vec<f64> = (0..n).map(|_| random.between(20, 80) as f64).collect();
    let total: f64 = chances.iter().sum();
    let price = |random: &mut Random, outcome: u16, percent: i64| {
        let fair = total / chances[usize::from(outcome)];
        ((fair * percent as f64 + random.between(-2, 2) as f64).round() / 100.0).max(1.02)
    };
    // By bookmaker and outcome, in percent of the fair price. Some see it otherwise, at a margin, or a lack of it, that keeps them out of
    // references.
    let usual = |random: &mut Random| [0; 3].map(|_| random.between(94, 99));
    let levels: Vec<[i64; 3]> = (0..RESIDENTS)
        .map(|_| match random.chance(12) {
            true => random.pick(&[[70, 88, 79], [88, 70, 79], [97, 110, 101], [62, 108, 85]]),
            false => usual(&mut random),
        })
        .collect();
    for (outcome, bookmaker) in (0..n).flat_map(|outcome| (0..RESIDENTS).map(move |it| (outcome, it))) {
        let price = price(&mut random, outcome, levels[bookmaker as usize][usize::from(outcome)]);
        board = board.back(0, outcome, bookmaker, price);
    }
    let mut events = board.definitions();
    events.extend(board.prices.iter().map(|(&cell, &price)| odds(cell, Some(price))));
    let mut steps = vec![Step::Batch(Timestamp(0), events)];
    for now in 1..=80 {
        let (outcome, bookmaker) =
            (random.between(0, i64::from(n) - 1) as u16, random.below(RESIDENTS as usize) as u32);
        let percent = levels[bookmaker as usize][usize::from(outcome)] + random.pick(&[0, 0, -1, 1, -4, 4, 7, 10, -8]);
        let price = price(&mut random, outcome, percent);
        let price = if random.chance(4) { None } else { Some(price) };
        steps.push(Step::Apply(Timestamp(now), odds((0, outcome, false, bookmaker), price)));
    }
    Scenario { config: config(&mut random), steps }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Would catch: a bound below what it bounds, a bar that is not raised with a column, a best price that is not the best.
    #[test]
    fn what_is_passed_over_holds_nothing(seed in seeds()) {
        let coverage = assert_agree(seed, &lone_prices(seed));
        prop_assert!(coverage.refused == 0);
    }
}
