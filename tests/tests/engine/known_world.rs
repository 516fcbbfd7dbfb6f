//! Grades in worlds whose true probabilities and lags are known: what a grade says must be what is true.
//!
//! In each fixture news comes once. `pinnacle` prices it at once and without a margin; `soft` follows after a lag drawn from an exponential law.
//! The result is drawn from the true probability.

use overround::config::Config;
use overround::grade::betting::{Plan, play};
use overround::grade::{Grade, Graded, Mover, Settings, Tally};
use overround::odds_event::{BookmakerDefinition, Ended, FixtureUpdate, MarketDefinition, MarketShape};
use overround::opportunity::{Figures, Kind, Kinds};
use overround::{
    BookmakerId, Engine, FamilyId, FeedId, FixtureId, Key, MarketId, OddsEvent, OddsUpdate, OutcomeIndex, Side,
    Timestamp,
};
use overround_math::float::{exp, logit, sigmoid};
use overround_math::odds::Odds;
use overround_testkit::random::Random;
use std::collections::BTreeMap;

const SECOND: i64 = 1_000_000;
const MEAN_LAG_S: f64 = 3.0;

struct World {
    grades: Vec<Grade>,
    /// By fixture: the true probability of home after the news.
    truth: Vec<f64>,
}

/// How the anchor errs, in logits.
fn world(seed: u64, fixtures: u32, error: f64) -> World {
    let mut random = Random::new(seed);
    let mut steps: Vec<(i64, Vec<OddsEvent>)> = Vec::new();
    let bookmakers = ["pinnacle", "soft"].into_iter().zip(0..);
    let define =
        |(name, id)| OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key: Key::of(name) });
    steps.push((0, bookmakers.map(define).collect()));
    let mut truth = Vec::new();
    for fixture in 0..fixtures {
        let begin = SECOND * (1 + 20 * i64::from(fixture));
        let before = random.within(0.2, 0.8);
        let after = sigmoid(logit(before) + 0.3 * random.normal());
        truth.push(after);
        let mut events = definitions(fixture, Timestamp(begin + 3_600 * SECOND));
        events.extend(prices(fixture, 0, before, 0.0));
        events.extend(prices(fixture, 1, before, 0.01));
        steps.push((begin, events));
        let news = begin + 5 * SECOND;
        let seen = sigmoid(logit(after) + error * random.normal());
        steps.push((news, prices(fixture, 0, seen, 0.0)));
        let lag = micros(random.wait(MEAN_LAG_S));
        steps.push((news + lag, prices(fixture, 1, after, 0.01)));
        let is_home = random.unit() < after;
        let ended = Ended {
            fixture: FixtureId(fixture),
            home_score: Some(i32::from(is_home)),
            away_score: Some(i32::from(!is_home)),
            winner: None,
            void: false,
        };
        steps.push((begin + 7_200 * SECOND, vec![OddsEvent::Ended(ended)]));
    }
    steps.sort_by_key(|(at, events)| (*at, events.len() == 1));
    let mut config = Config::recorded();
    config.detect = Kinds::NONE.with(Kind::Ev);
    let mut graded = Graded::new(Engine::new(config).expect("valid"), Settings::default()).expect("valid");
    let mut grades = Vec::new();
    for (at, events) in steps {
        let report = graded.apply_batch(Timestamp(at), &events, &mut Vec::new());
        assert!(report.rejected.is_empty(), "{report:?}");
        grades.extend(graded.take_grades());
    }
    assert!(graded.finish().is_empty());
    World { grades, truth }
}

fn definitions(fixture: u32, start: Timestamp) -> Vec<OddsEvent> {
    let update = FixtureUpdate {
        fixture: FixtureId(fixture),
        key: Key(u64::from(fixture) + 1),
        sport: None,
        league: None,
        start: Some(start),
        live: None,
    };
    let market = MarketDefinition {
        market: MarketId(fixture),
        family: FamilyId(fixture),
        fixture: FixtureId(fixture),
        shape: MarketShape::TwoWay,
        market_type: Key::of("moneyline"),
        period: Key::of("full_game"),
        participant: Key::NONE,
        line: None,
        outcomes: vec![Key::of("home"), Key::of("away")],
    };
    vec![OddsEvent::Fixture(update), OddsEvent::Market(Box::new(market))]
}

/// Prices of home and away with a margin added to each implied probability.
fn prices(fixture: u32, bookmaker: u32, home: f64, margin: f64) -> Vec<OddsEvent> {
    let price = |(outcome, p): (u16, f64)| {
        OddsEvent::Odds(OddsUpdate {
            market: MarketId(fixture),
            bookmaker: BookmakerId(bookmaker),
            outcome: OutcomeIndex(outcome),
            side: Side::Back,
            feed: FeedId(0),
            active: true,
            main: None,
            price: Some(Odds::new(1.0 / (p + margin)).expect("far from certain")),
            limit: None,
            source_ts: None,
        })
    };
    [(0, home), (1, 1.0 - home)].map(price).to_vec()
}

#[expect(clippy::cast_possible_truncation, reason = "seconds within a day")]
fn micros(seconds: f64) -> i64 {
    (seconds * 1e6) as i64
}

/// The true expected value of an ev at the price told.
fn true_edge(world: &World, grade: &Grade) -> f64 {
    let home = world.truth[grade.told.fixture.index()];
    let leg = &grade.legs[0];
    let p = if leg.bet.outcome == OutcomeIndex(0) { home } else { 1.0 - home };
    p * leg.net_price - 1.0
}

/// Flat stakes from a bankroll that never runs out.
fn rich() -> Plan {
    let mut plan = Plan::flat();
    plan.bankroll = 1_000_000_000;
    plan
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn float(n: usize) -> f64 {
    n as f64
}

/// Is a share of `n` within four standard errors of what it should be?
fn is_near(share: f64, expected: f64, n: usize) -> bool {
    (share - expected).abs() <= 4.0 * (expected * (1.0 - expected) / float(n)).sqrt()
}

#[test]
fn survival_is_the_lag_and_the_leg_moves_first() {
    let world = world(1, 3_000, 0.0);
    let n = world.grades.len();
    assert!(n > 1_500, "{n}");
    let settings = Settings::default();
    for (index, &us) in settings.horizons_us.iter().enumerate() {
        let looks = world.grades.iter().filter_map(|grade| grade.looks[index].as_ref().map(|look| (grade, look)));
        let left = looks.filter(|(grade, look)| look.is_executable(&grade.legs)).count();
        let (share, expected) = (float(left) / float(n), exp(-micros_to_s(us) / MEAN_LAG_S));
        println!("after {} s: {share:.4}, by the lag {expected:.4}", micros_to_s(us));
        assert!(is_near(share, expected, n), "{us}: {share} {expected}");
    }
    assert!(world.grades.iter().all(|grade| grade.first_move.is_some_and(|first| first.who == Mover::Leg)));
    let lags = world.grades.iter().filter_map(|grade| grade.first_move).map(|first| micros_to_s(first.after_us));
    let mean = lags.sum::<f64>() / float(n);
    assert!((mean - MEAN_LAG_S).abs() < 4.0 * MEAN_LAG_S / float(n).sqrt(), "{mean}");
}

#[expect(clippy::cast_precision_loss, reason = "seconds within a day")]
fn micros_to_s(us: i64) -> f64 {
    us as f64 / 1e6
}

#[test]
fn settled_yield_and_closing_value_are_the_true_edge() {
    let world = world(2, 3_000, 0.0);
    let ledger = play(&world.grades, &rich());
    let mut tally = Tally::new(5);
    let mut edge = 0.0;
    for position in &ledger.positions {
        let grade = &world.grades[position.grade];
        tally.add(grade);
        tally.add_position(grade, position);
        let truth = true_edge(&world, grade);
        edge += truth;
        let close = grade.close.as_ref().and_then(|close| close.value).expect("there was a close");
        assert!((close - truth).abs() < 1e-9 && (grade.claimed() - truth).abs() < 1e-9);
    }
    edge /= float(ledger.positions.len());
    let interval = tally.yield_interval(1_000, 1).expect("many fixtures");
    println!("true edge {edge:.4}, yield {:?} {interval:?}", tally.yield_on_turnover());
    assert!(interval.contains(edge));
    assert!(
        tally
            .hit_rate()
            .zip(tally.expected_hit_rate())
            .is_some_and(|(won, expected)| { is_near(won, expected, ledger.positions.len()) })
    );
}

/// Of 95 % intervals about 95 % hold the truth. Would catch: bets drawn instead of fixtures, tails cut wrongly.
#[test]
fn intervals_hold_as_often_as_they_say() {
    let mut held = 0;
    for seed in 0..60 {
        let world = world(100 + seed, 150, 0.0);
        let ledger = play(&world.grades, &rich());
        let (mut tally, mut edge) = (Tally::new(5), 0.0);
        for position in &ledger.positions {
            let grade = &world.grades[position.grade];
            tally.add(grade);
            tally.add_position(grade, position);
            edge += true_edge(&world, grade);
        }
        let interval = tally.yield_interval(400, seed).expect("many fixtures");
        held += usize::from(interval.contains(edge / float(ledger.positions.len())));
    }
    println!("{held} of 60");
    assert!((51..=60).contains(&held), "{held} of 60");
}

/// Where the anchor errs as the constants of the score say, the score is the chance that there is an edge at all: within 4 standard errors
/// and 0.03, in each tenth with 50 evs or more, for evs up to the size from which on the score is lowered on purpose.
#[test]
fn confidence_is_the_chance_of_an_edge_where_its_constants_hold() {
    let error = 0.04_f64.hypot(0.02);
    let mut tenths: BTreeMap<u32, (usize, usize, f64)> = BTreeMap::new();
    let world = world(3, 12_000, error);
    for grade in &world.grades {
        let Figures::Ev(ev) = &grade.told.figures else { continue };
        // One told again after soft has moved is another story: then both prices know of the news.
        if ev.ev > 0.1 || grade.told.ts.0 % (20 * SECOND) != 6 * SECOND {
            continue;
        }
        let row =
            tenths.entry((1..10).filter(|&tenth| ev.confidence >= f64::from(tenth) / 10.0).count() as u32).or_default();
        row.0 += 1;
        row.1 += usize::from(true_edge(&world, grade) > 0.0);
        row.2 += ev.confidence;
    }
    let mut checked = 0;
    for (tenth, (n, good, sum)) in tenths {
        let (share, confidence) = (float(good) / float(n), sum / float(n));
        println!("{tenth}: {n} evs, confidence {confidence:.3}, with an edge {share:.3}");
        if n >= 50 {
            checked += 1;
            let room = 0.03 + 4.0 * (confidence * (1.0 - confidence) / float(n)).sqrt();
            assert!((share - confidence).abs() <= room, "{tenth}: {share} {confidence}");
        }
    }
    assert!(checked >= 3);
}
