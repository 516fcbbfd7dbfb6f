//! Prices that move alone, most of which lead to nothing, against the model: what the engine passes over without judging holds nothing.

use crate::board::{Board, NAMES, RESIDENTS, feed, odds, open};
use overround::config::{Anchor, Config, Profile, ReferenceMode};
use overround::odds_event::{MarketShape, SourceHealth, SourceRole, SourceSignal};
use overround::opportunity::{Figures, Kind, Kinds};
use overround::{BookmakerId, FixtureId, Key, OddsEvent, OpportunityEvent, OutcomeIndex, Side, Timestamp};
use overround_math::commission::{Base, Commission};
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

/// Where the anchor falls silent, the next price that rises is compared with what the others say. Would catch: a market kept quiet by bars that
/// are still the anchor's.
#[test]
fn the_first_price_that_rises_over_a_new_consensus_is_told() {
    let config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 0, 2.08).back(0, 1, 0, 1.85);
    for bookmaker in 1..5 {
        board = board.back(0, 0, bookmaker, 1.85).back(0, 1, bookmaker, if bookmaker == 4 { 1.77 } else { 1.85 });
    }
    let mut engine = open(&config, &board);
    feed(&mut engine, 1, &[0, 1].map(|outcome| odds((0, outcome, false, 0), None)));
    assert!(engine.opportunities().is_empty());
    let mut out = Vec::new();
    engine.apply(Timestamp(2), &odds((0, 0, false, 4), Some(2.1)), &mut out).expect("accepted");
    assert!(matches!(out[..], [OpportunityEvent::Detected(_)]), "2.1 at an even chance: {out:?}");
}

/// A price that falls makes others' prices for the same outcome worth more: by how much is for the method to say. Would catch: a market kept
/// quiet as if only the price that moved could be a bet, or by another method's probabilities.
#[test]
fn a_price_that_falls_makes_another_a_bet() {
    let even = (Method::Power, 0, [1.9, 1.9], [2.03, 1.85], 1.6);
    // Of a long shot 9.0 against 1.05 proportions make 0.104, powers 0.06.
    let skewed = (Method::Multiplicative, 1, [1.05, 9.0], [1.05, 9.3], 7.5);
    let cases =
        [MarketShape::TwoWay, MarketShape::Total].into_iter().flat_map(|shape| [(shape, even), (shape, skewed)]);
    for (shape, (method, outcome, usual, high, fallen)) in cases {
        let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
        (config.fair.mode, config.fair.method) = (ReferenceMode::Consensus, method);
        let mut board = Board::new(shape, &[10]);
        for bookmaker in 0..4 {
            let [home, away] = if bookmaker == 3 { high } else { usual };
            board = board.back(0, 0, bookmaker, home).back(0, 1, bookmaker, away);
        }
        let mut engine = open(&config, &board);
        let mut out = Vec::new();
        // The first price that moves after a consensus was found leaves the bars behind that the next one is compared with.
        for (now, price) in [(1, usual[usize::from(outcome)] + 0.01), (2, fallen)] {
            assert!(out.is_empty() && engine.opportunities().is_empty(), "{method:?}: {out:?}");
            engine.apply(Timestamp(now), &odds((0, outcome, false, 1), Some(price)), &mut out).expect("accepted");
        }
        assert!(matches!(out[..], [OpportunityEvent::Detected(_)]), "{method:?}: {out:?}");
    }
}

/// An anchor whose margin keeps it out of references, or that has no weight, leaves the judgement to the others. Would catch: its prices taken
/// for a bound of theirs.
#[test]
fn an_anchor_that_takes_no_part_bounds_nothing() {
    // Either would give the first outcome 0.47; a booksum of 1.31 is 15 % per outcome.
    for (weight, home, away) in [(1.0, 1.585, 1.473), (0.0, 2.04, 1.81)] {
        let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
        config.fair.anchors[0].weight = weight;
        let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 0, home).back(0, 1, 0, away);
        for bookmaker in 1..4 {
            board = board.back(0, 0, bookmaker, 1.9).back(0, 1, bookmaker, 1.9);
        }
        let engine = open(&config, &board.back(0, 0, 4, 2.08).back(0, 1, 4, 1.8));
        let told = engine.opportunities();
        let is_it =
            matches!(&told[..], [it] if matches!(&it.figures, Figures::Ev(ev) if ev.bookmaker == BookmakerId(4)));
        assert!(is_it, "2.08 at an even chance: {told:?}");
    }
}

/// Who shares prices with the anchor is judged by the others, whose prices move as well. Would catch: bars that follow from the anchor alone.
#[test]
fn a_consensus_that_moves_judges_who_shares_with_the_anchor() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.fair.groups = vec![vec![Key::of(NAMES[0]), Key::of(NAMES[1])]];
    let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 0, 2.05).back(0, 1, 0, 1.85);
    board = board.back(0, 0, 1, 2.02).back(0, 1, 1, 1.8);
    for bookmaker in 2..5 {
        board = board.back(0, 0, bookmaker, 1.97).back(0, 1, bookmaker, 1.85);
    }
    let mut engine = open(&config, &board);
    assert!(engine.opportunities().is_empty());
    let mut out = Vec::new();
    for bookmaker in 2..5 {
        let fallen = odds((0, 0, false, bookmaker), Some(1.7));
        engine.apply(Timestamp(i64::from(bookmaker)), &fallen, &mut out).expect("accepted");
    }
    let is_it = |told: &OpportunityEvent| match told {
        OpportunityEvent::Detected(it) => matches!(&it.figures, Figures::Ev(ev) if ev.bookmaker == BookmakerId(1)),
        _ => false,
    };
    assert!(out.iter().any(is_it), "2.02 where the others have 1.7 against 1.85: {out:?}");
}

/// Pooled in logits and made to sum to 1, an outcome can have more than any of the bookmakers gives it. Would catch: the highest opinion taken
/// for a bound of such a pool.
#[test]
fn a_pool_can_be_above_all_its_members() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    (config.fair.mode, config.fair.pool) = (ReferenceMode::Consensus, Pool::LogOdds);
    let mut board = Board::new(MarketShape::ThreeWay, &[]);
    let columns = [[2.0, 2.5, 10.0], [2.0, 10.0, 2.5], [2.0, 4.0, 4.0], [1.97, 2.54, 2.54]];
    for (bookmaker, column) in (0..).zip(columns) {
        for (outcome, price) in (0..).zip(column) {
            board = board.back(0, outcome, bookmaker, price);
        }
    }
    let told = open(&config, &board).opportunities();
    let is_it = |it: &overround::Opportunity| match &it.figures {
        Figures::Ev(ev) => ev.bookmaker == BookmakerId(3) && ev.outcome == OutcomeIndex(0) && ev.fair_probability > 0.5,
        _ => false,
    };
    assert!(told.iter().any(is_it), "1.97 where 0.5, 0.5 and 0.5 pool to 0.526: {told:?}");
}

/// Two prices of each of some bookmakers, by id.
fn two_way(columns: &[[f64; 2]]) -> Board {
    (0..).zip(columns).fold(Board::new(MarketShape::TwoWay, &[]), |board, (bookmaker, &[home, away])| {
        board.back(0, 0, bookmaker, home).back(0, 1, bookmaker, away)
    })
}

/// A consensus leaves out copies, may be a median, and heeds how fresh its members are. Would catch: a screen that adds all of them up alike.
#[test]
fn a_consensus_is_screened_as_it_is_pooled() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.fair.mode = ReferenceMode::Consensus;
    let evs = |config: &Config, board: &Board| open(config, board).opportunities().len();
    let (even, low) = ([1.8, 1.8], [2.0, 1.6]);
    let copies = two_way(&[even, low, low, even, even, [2.13, 1.75]]);
    assert_eq!(evs(&config, &copies), 0, "two of five give it 0.43");
    config.fair.groups = vec![[NAMES[1], NAMES[2]].map(Key::of).to_vec()];
    assert_eq!(evs(&config, &copies), 1, "one of four does");
    config.fair.groups.clear();
    let split = two_way(&[even, [2.03, 1.45], even, [2.15, 1.72]]);
    assert_eq!(evs(&config, &split), 0, "0.5, 0.39 and 0.5 are 0.46");
    for fixture in [None, Some(FixtureId(0))] {
        let mut engine = open(&config, &split);
        let health = SourceHealth::Role(SourceRole::Degraded);
        let signal = SourceSignal { bookmaker: BookmakerId(1), fixture, health, last_write_ts: None };
        feed(&mut engine, 1, &[OddsEvent::Source(signal)]);
        assert_eq!(engine.opportunities().len(), 1, "with half the weight on 0.39 it is 0.48");
    }
    config.fair.pool = Pool::Median;
    assert_eq!(evs(&config, &split), 1, "in the middle is 0.5");
    (config.fair.pool, config.fair.method) = (Pool::Mean, Method::Multiplicative);
    let long_shots = two_way(&[[1.05, 9.0], [1.05, 9.0], [1.05, 9.0], [1.05, 9.9]]);
    assert_eq!(evs(&config, &long_shots), 1, "proportions make 0.104 of 9.0, powers 0.06");
}

/// Who pays no commission may have a bet where others have none. Would catch: a screen that knows one commission.
#[test]
fn a_commission_of_ones_own_is_screened_by() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.fair.mode = ReferenceMode::Consensus;
    let fee = |rate| Commission::new(Base::Winnings, rate).expect("a rate");
    config.commission.insert(Key::of(NAMES[3]), fee(0.05));
    let board = two_way(&[[1.9, 1.9], [1.9, 1.9], [1.9, 1.9], [2.07, 1.8]]);
    assert_eq!(open(&config, &board).opportunities().len(), 0, "2.0165 at an even chance");
    let mut profile = Profile::named("free");
    profile.commission.insert(Key::of(NAMES[3]), fee(0.0));
    config.profiles = vec![profile];
    assert_eq!(open(&config, &board).opportunities().len(), 1, "2.07");
}

/// Among several outcomes a lay wins on all others: how likely that is, each of several references says for itself. Would catch: the least of
/// them taken for all; and prices for and against one outcome that are looked at only where the market as a whole pays.
#[test]
fn lays_among_several_outcomes_are_screened_by_themselves() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.fair.mode = ReferenceMode::Anchor;
    config.fair.anchors = NAMES[..2].iter().map(|name| Anchor { bookmaker: Key::of(name), weight: 1.0 }).collect();
    let mut board = Board::new(MarketShape::ThreeWay, &[]);
    for (outcome, prices) in (0..).zip([[2.7, 2.4], [2.33, 2.75], [2.33, 2.75]]) {
        board = board.back(0, outcome, 0, prices[0]).back(0, outcome, 1, prices[1]);
    }
    board.prices.insert((0, 0, true, 1), 3.1);
    let told = open(&config, &board).opportunities();
    let is_it = matches!(&told[..], [it] if matches!(&it.figures, Figures::Ev(ev) if ev.side == Side::Lay));
    assert!(is_it, "3.1 laid where the other anchor gives 0.29: {told:?}");

    // By a consensus, of one who has no part in it and of one who has.
    config.fair.mode = ReferenceMode::Consensus;
    for (members, bookmaker) in [(6, 6), (6, 0), (5, 6), (5, 0)] {
        let mut board = Board::new(MarketShape::ThreeWay, &[]);
        for (outcome, member) in (0..3).flat_map(|outcome| (0..members).map(move |member| (outcome, member))) {
            board = board.back(0, outcome, member, 2.8);
        }
        board.prices.insert((0, 0, true, bookmaker), 2.9);
        assert_eq!(open(&config, &board).opportunities().len(), 0, "2.9 laid at a chance of a third");
        board.prices.insert((0, 0, true, bookmaker), 2.8);
        assert_eq!(open(&config, &board).opportunities().len(), 1, "2.8, among {members}");
    }

    config.detect = Kinds::NONE.with(Kind::Arbitrage);
    let mut board = Board::new(MarketShape::ThreeWay, &[]);
    for outcome in 0..3 {
        board = board.back(0, outcome, 0, 2.8);
        board.prices.insert((0, outcome, true, 1), 2.6);
    }
    assert_eq!(open(&config, &board).opportunities().len(), 3, "2.8 for each outcome, 2.6 against it");
}
