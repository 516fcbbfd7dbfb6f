//! Grades worked by hand.

use super::betting::{Acceptance, Plan, Repeat, Stakes, Status, play};
use super::*;
use crate::config::Config;
use crate::engine::{Engine, FairFrom};
use crate::ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OutcomeIndex};
use crate::odds_event::{
    BookmakerDefinition, Ended, Filter, FixtureUpdate, MarketDefinition, MarketShape, OddsEvent, OddsUpdate, Side,
};
use crate::opportunity::{Figures, Kind, Kinds, Reason};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::vec::Vec;
use overround_math::line::Line;
use overround_math::odds::Odds;
use overround_math::settlement::{MatchResult, Settlement};

const SECOND: i64 = 1_000_000;
const START: Timestamp = Timestamp(1_000 * SECOND);
/// Bookmakers by id.
const NAMES: [&str; 4] = ["pinnacle", "soft", "third", "fourth"];

/// An engine that is followed, and what it graded.
struct World {
    graded: Graded,
    told: Vec<crate::OpportunityEvent>,
}

impl World {
    /// Moneyline (0), total 2.5 (1), 2.0 (2) and 3.0 (3), a player's total 20.5 (4) of one fixture.
    fn new(settings: &Settings, assign: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::recorded();
        assign(&mut config);
        let engine = Engine::new(config).expect("a good configuration");
        let mut world =
            Self { graded: Graded::new(engine, settings.clone()).expect("good settings"), told: Vec::new() };
        let mut events: Vec<OddsEvent> = Vec::new();
        for (name, id) in NAMES.iter().zip(0..) {
            events.push(OddsEvent::Bookmaker(BookmakerDefinition { bookmaker: BookmakerId(id), key: Key::of(name) }));
        }
        let fixture = FixtureUpdate {
            fixture: FixtureId(0),
            key: Key::of("f"),
            sport: Some(Key::of("curling")),
            league: None,
            start: Some(START),
            live: None,
        };
        events.push(OddsEvent::Fixture(fixture));
        let total = |line: f64| Some(Line::from_f64(line).expect("a line"));
        let markets = [
            (0, "moneyline", MarketShape::TwoWay, None, Key::NONE),
            (1, "total", MarketShape::Total, total(2.5), Key::NONE),
            (1, "total", MarketShape::Total, total(1.5), Key::NONE),
            (1, "total", MarketShape::Total, total(3.5), Key::NONE),
            (2, "player_points", MarketShape::Total, total(20.5), Key::of("Jones")),
        ];
        for ((family, name, shape, line, participant), id) in markets.into_iter().zip(0..) {
            let outcomes = if shape == MarketShape::TwoWay { ["home", "away"] } else { ["over", "under"] };
            events.push(OddsEvent::Market(Box::new(MarketDefinition {
                market: MarketId(id),
                family: FamilyId(family),
                fixture: FixtureId(0),
                shape,
                market_type: Key::of(name),
                period: Key::of("full_game"),
                participant,
                line,
                outcomes: outcomes.map(Key::of).to_vec(),
            })));
        }
        world.at(0.0, &events);
        world
    }

    fn at(&mut self, seconds: f64, events: &[OddsEvent]) {
        #[expect(clippy::cast_possible_truncation, reason = "small")]
        let now = Timestamp((seconds * 1e6) as i64);
        let report = self.graded.apply_batch(now, events, &mut self.told);
        assert!(report.rejected.is_empty(), "{report:?}");
    }

    /// The only grade, once its fixture is over.
    fn end(&mut self, home: i32, away: i32) -> Vec<Grade> {
        self.at(8_000.0, &[ended(Some((home, away)), None, false)]);
        assert_eq!(self.graded.followed(), 0);
        self.graded.take_grades()
    }
}

fn odds(market: u32, bookmaker: u32, outcome: u16, price: f64) -> OddsEvent {
    OddsEvent::Odds(OddsUpdate {
        market: MarketId(market),
        bookmaker: BookmakerId(bookmaker),
        outcome: OutcomeIndex(outcome),
        side: Side::Back,
        feed: FeedId(0),
        active: true,
        main: None,
        price: Some(Odds::new(price).expect("a price")),
        limit: None,
        source_ts: None,
    })
}

fn gone(bookmaker: u32) -> OddsEvent {
    OddsEvent::Removed(Filter { bookmaker: Some(BookmakerId(bookmaker)), ..Filter::default() })
}

fn ended(score: Option<(i32, i32)>, winner: Option<&str>, void: bool) -> OddsEvent {
    OddsEvent::Ended(Ended {
        fixture: FixtureId(0),
        home_score: score.map(|(home, _)| home),
        away_score: score.map(|(_, away)| away),
        winner: winner.map(Key::of),
        void,
    })
}

/// The first ev told.
fn first(mut grades: Vec<Grade>) -> Grade {
    assert!(grades[0].kind() == Kind::Ev && grades.is_sorted_by_key(|grade| grade.number));
    grades.remove(0)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// pinnacle 2.0/2.0 makes home worth 0.5; soft shows 2.2: ev 0.1.
fn ev_world() -> World {
    let mut world = World::new(&Settings::default(), evs_only);
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2)]);
    world
}

fn evs_only(config: &mut Config) {
    config.detect = Kinds::NONE.with(Kind::Ev);
}

#[test]
fn an_ev_from_its_telling_to_its_result() {
    let mut world = ev_world();
    // The reference moves after 1.5 s: home is worth 0.5556 (1/1.8 and 1/2.25 sum to 1). Soft follows after 3 s.
    world.at(11.5, &[odds(0, 0, 0, 1.8), odds(0, 0, 1, 2.25)]);
    world.at(13.0, &[odds(0, 1, 0, 1.75)]);
    // The close: 0.6.
    world.at(900.0, &[odds(0, 0, 0, 1.0 / 0.6), odds(0, 0, 1, 2.5)]);
    // In play everything is different.
    world.at(1_200.0, &[odds(0, 0, 0, 1.1), odds(0, 0, 1, 11.0)]);
    let grade = first(world.end(2, 1));

    assert!(near(headline(&grade.told), 0.1) && near(grade.claimed(), 0.1));
    let looks: Vec<(bool, f64)> = grade
        .looks
        .iter()
        .flatten()
        .map(|look| (look.is_executable(&grade.legs), look.figure.expect("known")))
        .collect();
    let (p, after) = (1.0 / 1.8, 2.2 / 1.8 - 1.0);
    for (look, expected) in
        looks.iter().zip([(true, 0.1), (true, 0.1), (true, after), (false, p * 1.75 - 1.0), (false, p * 1.75 - 1.0)])
    {
        assert_eq!(look.0, expected.0, "{looks:?}");
        assert!(near(look.1, expected.1), "{looks:?}");
    }
    assert_eq!(grade.first_move, Some(FirstMove { who: Mover::Reference, after_us: 1_500_000 }));
    // Told again when the reference moved, at its best then; gone when the price moved.
    assert!(near(grade.peak.figure, after) && grade.peak.ts == Timestamp(11_500_000) && grade.updates == 1);
    let end = grade.end.expect("it ended");
    assert_eq!((end.reason, end.lifetime_us), (Reason::Price, 3 * SECOND));
    let close = grade.close.expect("there was a start");
    assert_eq!((close.ts, close.legs[0].from), (START.plus_us(-1), Some(FairFrom::Market)));
    assert!(near(close.value.expect("known"), 0.6 * 2.2 - 1.0) && close.legs[0].net_price == Some(1.75));
    let settled = grade.settled.expect("there was a result");
    assert_eq!((settled.legs.as_slice(), settled.is_off), (&[Settlement::Win][..], false));
    assert!(near(settled.profit, 1.2));
}

#[test]
fn what_is_removed_moved_first_and_has_no_figure() {
    let mut world = ev_world();
    world.at(10.7, &[gone(1)]);
    let grade = first(world.end(0, 1));
    assert_eq!(grade.first_move, Some(FirstMove { who: Mover::Leg, after_us: 700_000 }));
    let before = grade.looks[0].as_ref().expect("looked");
    assert!(before.is_executable(&grade.legs) && before.figure.is_some());
    let second = grade.looks[1].as_ref().expect("looked");
    assert!(!second.is_executable(&grade.legs) && second.figure.is_none() && second.legs[0].own.is_none());
    assert_eq!(grade.settled.expect("settled").profit, -1.0);
}

#[test]
fn the_close_is_before_it_goes_live_whatever_the_start_said() {
    let mut world = ev_world();
    let live = FixtureUpdate {
        fixture: FixtureId(0),
        key: Key::of("f"),
        sport: None,
        league: None,
        start: None,
        live: Some(true),
    };
    world.at(500.0, &[OddsEvent::Fixture(live), odds(0, 0, 0, 1.25), odds(0, 0, 1, 5.0)]);
    let close = first(world.end(2, 1)).close.expect("a close");
    assert_eq!(close.ts, Timestamp(500 * SECOND - 1));
    assert!(near(close.value.expect("known"), 0.1), "by 2.0/2.0, not by what came with the flag");
}

#[test]
fn a_start_that_is_put_off_has_its_close_later() {
    let mut world = ev_world();
    let later = FixtureUpdate {
        fixture: FixtureId(0),
        key: Key::of("f"),
        sport: None,
        league: None,
        start: Some(START.plus_us(600 * SECOND)),
        live: None,
    };
    world.at(1_100.0, &[OddsEvent::Fixture(later), odds(0, 0, 0, 1.6), odds(0, 0, 1, 1.0 / 0.375)]);
    let close = first(world.end(2, 1)).close.expect("a close");
    assert_eq!(close.ts, Timestamp(1_600 * SECOND - 1));
    assert!(near(close.value.expect("known"), 0.625 * 2.2 - 1.0));
}

#[test]
fn where_the_line_moved_the_close_is_by_the_ladder() {
    let mut world = World::new(&Settings::default(), evs_only);
    world.at(10.0, &[odds(1, 0, 0, 2.0), odds(1, 0, 1, 2.0), odds(1, 1, 0, 2.2)]);
    // 2.5 is closed; 1.5 is over with 0.8, 3.5 with 0.2: half-way in logits is 0.5.
    let moved = [gone(0), odds(2, 0, 0, 1.25), odds(2, 0, 1, 5.0), odds(3, 0, 0, 5.0), odds(3, 0, 1, 1.25)];
    world.at(900.0, &moved);
    let grade = first(world.end(2, 1));
    let close = grade.close.expect("a close");
    assert_eq!(close.legs[0].from, Some(FairFrom::Ladder));
    assert!((close.value.expect("known") - 0.1).abs() < 1e-9);
    assert!(near(grade.settled.expect("settled").profit, 1.2), "three goals are over 2.5");
}

#[test]
fn what_the_end_does_not_settle_can_be_settled_by_itself() {
    let mut world = World::new(&Settings::default(), evs_only);
    let player = [odds(4, 0, 0, 2.0), odds(4, 0, 1, 2.0), odds(4, 1, 1, 2.2)];
    world.at(10.0, &player);
    assert!(!world.graded.settle(Timestamp(20 * SECOND), MarketId(9), MatchResult::Number(17)), "no such market");
    assert!(world.graded.settle(Timestamp(7_000 * SECOND), MarketId(4), MatchResult::Number(17)));
    let grade = first(world.end(1, 0));
    assert!(near(grade.settled.expect("17 are under 20.5").profit, 1.2));

    let mut world = World::new(&Settings::default(), evs_only);
    world.at(10.0, &player);
    assert_eq!(first(world.end(1, 0)).settled, Err(Unsettled::NoResult), "points of a player are no score");
}

#[test]
fn void_gives_stakes_back_and_is_off() {
    let mut world = ev_world();
    world.at(2_000.0, &[ended(None, None, true)]);
    let settled = first(world.graded.take_grades()).settled.expect("called off");
    assert_eq!((settled.profit, settled.is_off), (0.0, true));
}

#[test]
fn what_is_forgotten_or_left_open_says_so() {
    let mut world = ev_world();
    let mut out = Vec::new();
    world.graded.advance(START.plus_us(48 * 3_600 * SECOND + 1), &mut out);
    assert_eq!(first(world.graded.take_grades()).settled, Err(Unsettled::Forgotten));
    let mut world = ev_world();
    let grade = first(world.graded.finish());
    assert_eq!((grade.settled, grade.end, grade.looks[0].is_none()), (Err(Unsettled::Open), None, true));
}

#[test]
fn no_more_are_followed_than_may_be() {
    let settings = Settings { most_followed: 1, ..Settings::default() };
    let mut world = World::new(&settings, evs_only);
    let first = [odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2), odds(0, 2, 0, 2.2)];
    world.at(10.0, &first);
    assert_eq!((world.graded.followed(), world.graded.not_followed()), (1, 1));
    assert_eq!(world.end(1, 0).len(), 1);
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let settings = |horizons_us: &[i64]| Settings { horizons_us: horizons_us.to_vec(), ..Settings::default() };
    for bad in [&[0][..], &[2, 1], &[1, 1], &[-1]] {
        let refused = Graded::new(Engine::new(Config::recorded()).expect("valid"), settings(bad));
        assert_eq!(refused.err(), Some(BadSettings::Horizons), "{bad:?}");
    }
    let bad = Settings { moved_from: f64::NAN, ..Settings::default() };
    assert_eq!(bad.check(), Err(BadSettings::MovedFrom));
    assert_eq!(settings(&[1]).with_horizon(5).with_horizon(3).with_horizon(3).with_horizon(0).horizons_us, [1, 3, 5]);
}

/// Home 2.10 at soft, away 2.05 at third: 1/2.10 + 1/2.05 = 0.96400, profit 3.735 %.
fn arbitrage_world(acceptance: &Acceptance) -> World {
    let settings = acceptance.horizons().into_iter().fold(Settings::default(), Settings::with_horizon);
    let mut world = World::new(&settings, |config| config.detect = Kinds::NONE.with(Kind::Arbitrage));
    world.at(10.0, &[odds(0, 1, 0, 2.10), odds(0, 2, 1, 2.05)]);
    world
}

fn arbitrage_plan(acceptance: Acceptance) -> Plan {
    let mut plan = Plan::flat();
    plan.acceptance = acceptance;
    plan
}

#[test]
fn an_arbitrage_that_is_taken_whole_pays_what_was_claimed() {
    let mut world = arbitrage_world(&Acceptance::ideal());
    let grades = world.end(0, 1);
    let ledger = play(&grades, &arbitrage_plan(Acceptance::ideal()));
    // 100.00 split into 49.39 and 50.60 (a cent is lost to rounding); away wins: 50.60 × 1.05 = 53.13 − 49.39 = 3.74.
    let sizes: Vec<i64> = ledger.bets.iter().map(|bet| bet.size).collect();
    assert_eq!((sizes.as_slice(), ledger.end - ledger.start), (&[4939, 5060][..], 5313 - 4939));
    assert!(ledger.positions[0].is_whole && ledger.hedge_cost == 0);
    assert_eq!(ledger.equity, [(Timestamp(10 * SECOND), 1_000_000), (Timestamp(8_000 * SECOND), 1_000_374)]);
}

#[test]
fn one_leg_filled_and_the_other_not_is_hedged_at_what_is_left() {
    let mut acceptance = Acceptance::ideal();
    (acceptance.latency_us, acceptance.hedge_after_us) = (2 * SECOND, 3 * SECOND);
    let mut world = arbitrage_world(&acceptance);
    world.at(11.0, &[gone(2), odds(0, 3, 1, 1.95)]);
    let grades = world.end(1, 0);
    let ledger = play(&grades, &arbitrage_plan(acceptance));
    let [home, away, hedge] = ledger.bets.as_slice() else { panic!("{ledger:?}") };
    assert_eq!((home.status, away.status, away.size_matched), (Status::Matched, Status::Gone, 0));
    // Every result was to pay 50.60 × 2.05 = 103.73; at 1.95 that takes 53.19, which is 2.59 more than 50.60.
    assert_eq!((hedge.is_hedge, hedge.bookmaker, hedge.size, ledger.hedge_cost), (true, BookmakerId(3), 5319, 259));
    // Home wins 49.39 × 1.10 = 54.32 (rounded down), the hedge is lost.
    assert_eq!((home.profit, hedge.profit, ledger.end - ledger.start), (5432, -5319, 113));
    assert_eq!((hedge.elapsed_us, ledger.positions[0].is_whole), (5 * SECOND, false));
}

#[test]
fn without_a_price_to_hedge_at_the_leg_stays_open() {
    let mut acceptance = Acceptance::ideal();
    acceptance.latency_us = 2 * SECOND;
    let mut world = arbitrage_world(&acceptance);
    world.at(11.0, &[gone(2)]);
    let ledger = play(&world.end(0, 1), &arbitrage_plan(acceptance));
    assert_eq!((ledger.unhedged, ledger.end - ledger.start), (1, -4939));
}

#[test]
fn prices_that_moved_are_taken_or_refused_by_the_tolerance() {
    let mut acceptance = Acceptance::ideal();
    acceptance.latency_us = 2 * SECOND;
    let with = |price: f64, tolerance: f64| {
        let settings = acceptance.horizons().into_iter().fold(Settings::default(), Settings::with_horizon);
        let mut world = World::new(&settings, evs_only);
        world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2)]);
        world.at(11.0, &[odds(0, 1, 0, price)]);
        let mut acceptance = acceptance;
        acceptance.tolerance = tolerance;
        let ledger = play(&world.end(1, 0), &arbitrage_plan(acceptance));
        let bet = ledger.bets[0];
        (bet.status, bet.price_matched, bet.profit)
    };
    assert_eq!(with(2.16, 0.02), (Status::Matched, 2.16, 11_600), "1.8 % worse");
    assert_eq!(with(2.16, 0.01), (Status::Worse, 2.2, 0));
    assert_eq!(with(2.5, 0.0), (Status::Matched, 2.2, 12_000), "no more than was asked for");
}

#[test]
fn chance_is_a_share_and_depends_on_the_seed_alone() {
    let grades = ev_world().end(1, 0);
    let mut acceptance = Acceptance::ideal();
    acceptance.rejected_share = 0.25;
    let rejected = |seed: u64| {
        acceptance_of(acceptance, seed, &grades).first().map(|bet| u32::from(bet.status == Status::Rejected))
    };
    let share: u32 = (0..4000).filter_map(rejected).sum();
    assert!((900..1100).contains(&share), "{share} of 4000");
    assert_eq!(rejected(7), rejected(7));
    let mut moved = Acceptance::ideal();
    (moved.moved_share, moved.moved_by, moved.tolerance) = (1.0, 0.1, 0.1);
    let bet = acceptance_of(moved, 0, &grades)[0];
    assert!(near(bet.net_matched, 2.08) && bet.profit == 10_800, "winnings of 1.2 less a tenth: {bet:?}");
}

fn acceptance_of(mut acceptance: Acceptance, seed: u64, grades: &[Grade]) -> Vec<super::betting::Bet> {
    acceptance.seed = seed;
    play(grades, &arbitrage_plan(acceptance)).bets
}

#[test]
fn a_share_of_nothing_stakes_nothing_on_what_cannot_lose() {
    let acceptance = Acceptance::ideal();
    let grades = arbitrage_world(&acceptance).end(1, 0);
    let plan = arbitrage_plan(acceptance).with_stakes(Stakes::Kelly(0.0));
    assert_eq!((grades.len(), play(&grades, &plan).turnover()), (1, 0));
}

#[test]
fn no_bankroll_runs_out_of_numbers() {
    let mut world = World::new(&Settings::default(), |config| config.detect = Kinds::NONE.with(Kind::Ev));
    world.at(10.0, &[odds(0, 0, 0, 1.95), odds(0, 0, 1, 1.95), odds(0, 1, 0, 1_000_000.0)]);
    let grades = world.end(1, 0);
    let mut plan = Plan::flat().with_stakes(Stakes::Kelly(1.0));
    (plan.bankroll, plan.most_share) = (i64::MAX / 2, 1.0);
    let ledger = play(&grades, &plan);
    assert!(ledger.turnover() <= 100_000_000_000 && ledger.end > plan.bankroll, "{ledger:?}");
}

#[test]
fn kelly_stakes_are_shares_of_the_bankroll() {
    let grades = ev_world().end(1, 0);
    let Figures::Ev(ev) = &grades[0].told.figures else { panic!("an ev") };
    assert!(near(ev.kelly, 0.1 / 1.2));
    let mut plan = Plan::flat();
    plan.most_share = 1.0;
    let staked = |plan: &Plan| play(&grades, plan).turnover();
    assert_eq!(staked(&plan.with_stakes(Stakes::Kelly(1.0))), 83_333);
    assert_eq!(staked(&plan.with_stakes(Stakes::Kelly(0.5))), 41_666);
    assert_eq!(staked(&plan.with_stakes(Stakes::Kelly(0.0))), 0);
    plan.most_share = 0.05;
    assert_eq!(staked(&plan.with_stakes(Stakes::Kelly(1.0))), 50_000);
    let prudent = staked(&plan.with_stakes(Stakes::Prudent));
    assert!(prudent > 0 && prudent <= 50_000);
    // Not more than is at hand.
    plan.bankroll = 30;
    assert_eq!(staked(&plan), 30);
}

#[test]
fn limits_told_make_the_whole_smaller() {
    let mut world = World::new(&Settings::default(), |config| config.detect = Kinds::NONE.with(Kind::Arbitrage));
    let OddsEvent::Odds(home) = odds(0, 1, 0, 2.10) else { panic!("odds") };
    world.at(10.0, &[OddsEvent::Odds(OddsUpdate { limit: Some(20.0), ..home }), odds(0, 2, 1, 2.05)]);
    let grades = world.end(1, 0);
    let sizes = |acceptance| -> Vec<i64> {
        play(&grades, &arbitrage_plan(acceptance)).bets.iter().map(|bet| bet.size_matched).collect()
    };
    // 20.00 on home is a total of 20/0.49398 = 40.487.
    assert_eq!(sizes(Acceptance::ideal()), [1999, 2048]);
    let mut half = Acceptance::ideal();
    (half.limit_share, half.unknown_limit) = (0.5, Some(5.0));
    assert_eq!(sizes(half), [488, 499], "5.00 on away, where no limit is shown, is the least");
}

#[test]
fn once_or_every_time_and_in_time() {
    let mut world = ev_world();
    world.at(20.0, &[odds(0, 1, 0, 1.9)]);
    world.at(30.0, &[odds(0, 1, 0, 2.2)]);
    let grades = world.end(1, 0);
    assert_eq!(grades.len(), 2);
    let mut plan = Plan::flat();
    assert_eq!(play(&grades, &plan).positions.len(), 1);
    plan.repeat = Repeat::Every;
    assert_eq!(play(&grades, &plan).positions.len(), 2);
    plan.lead_us = Some(980 * SECOND);
    assert_eq!(play(&grades, &plan).positions.len(), 1, "the second is told 970 s before the start");
}

#[test]
fn results_settle_what_they_are_about() {
    let (two, three) = (["home", "away"].map(Key::of), ["home", "draw", "away"].map(Key::of));
    let facts = |shape: MarketShape, market_type: &str| crate::MarketFacts {
        fixture: FixtureId(0),
        shape,
        line: Line::from_thousandths(2500).filter(|_| shape.has_line()),
        market_type: Key::of(market_type),
        period: Key::of("full_game"),
        participant: Key::NONE,
        outcomes: if shape == MarketShape::Listed || shape == MarketShape::ThreeWay { &three } else { &two },
    };
    let of = |shape, name: &str, event: OddsEvent| {
        let OddsEvent::Ended(ended) = event else { panic!("an end") };
        result_of(&facts(shape, name), &ended)
    };
    let score = |home, away| MatchResult::Score { home, away };
    use MarketShape::{DrawNoBet, Listed, ThreeWay, Total, TwoWay, YesNo};
    for (shape, name, event, expected) in [
        (ThreeWay, "match_result", ended(Some((1, 1)), None, false), Some((score(1, 1), false))),
        (TwoWay, "moneyline", ended(Some((1, 1)), None, false), Some((score(1, 1), true))),
        (TwoWay, "moneyline", ended(Some((1, 1)), Some("home"), false), Some((MatchResult::Winner(0), false))),
        (TwoWay, "moneyline", ended(None, Some("draw"), false), Some((MatchResult::Void, true))),
        (DrawNoBet, "draw_no_bet", ended(None, Some("nobody"), false), None),
        (Total, "total", ended(Some((2, 1)), None, false), Some((score(2, 1), false))),
        (Total, "total_games", ended(Some((2, 1)), None, false), None),
        (Total, "total", ended(None, Some("home"), false), None),
        (YesNo, "both_to_score", ended(Some((2, 1)), None, false), Some((MatchResult::Winner(0), false))),
        (YesNo, "both_to_score", ended(Some((2, 0)), None, false), Some((MatchResult::Winner(1), false))),
        (YesNo, "player_scores", ended(Some((2, 0)), None, false), None),
        (Listed, "champion", ended(None, Some("away"), false), Some((MatchResult::Winner(2), false))),
        (Listed, "first_to_score", ended(Some((2, 0)), Some("home"), false), None),
        (Listed, "first_to_score", ended(None, Some("home"), false), None),
        (Listed, "champion", ended(None, None, true), Some((MatchResult::Void, true))),
        (ThreeWay, "match_result", ended(None, None, false), None),
    ] {
        assert_eq!(of(shape, name, event.clone()), expected, "{name} {event:?}");
    }
    let half = crate::MarketFacts { period: Key::of("first_half"), ..facts(Total, "total") };
    let OddsEvent::Ended(end) = ended(Some((2, 1)), None, false) else { panic!("an end") };
    assert_eq!(result_of(&half, &end), None, "the final score says nothing of a half");
}

#[test]
fn sums_by_hand() {
    let mut tally = Tally::new(5);
    let (won, lost) = (ev_world().end(1, 0), ev_world().end(0, 1));
    for grades in [&won, &lost, &lost] {
        let ledger = play(grades, &Plan::flat());
        tally.add(&grades[0]);
        tally.add_position(&grades[0], &ledger.positions[0]);
    }
    // 120 − 100 − 100 on 300; one of three won where 1.5 were expected.
    assert_eq!((tally.graded, tally.settled, tally.turnover, tally.profit), (3, 3, 30_000, -8_000));
    assert!(near(tally.yield_on_turnover().expect("bets"), -80.0 / 300.0));
    assert!(near(tally.claimed_yield().expect("bets"), 0.1) && near(tally.brier().expect("legs"), 0.25));
    assert!((tally.log_loss().expect("legs") - core::f64::consts::LN_2).abs() < 1e-12);
    assert!(near(tally.hit_rate().expect("legs"), 1.0 / 3.0) && near(tally.expected_hit_rate().expect("legs"), 0.5));
    assert!(near(tally.closing_value().expect("closes"), 0.1) && tally.beat_close_share() == Some(1.0));
    assert_eq!((tally.survival[0].share(), tally.first_moves), (Some(1.0), [0, 0, 0, 3]));
    assert_eq!(tally.yield_interval(1000, 1), None, "one fixture says nothing of others");
    assert!(tally.mean_lifetime_us().expect("ended") > 989e6);
    let mut both = tally.clone();
    both.absorb(&tally);
    assert_eq!((both.fixtures(), both.profit, both.closed, both.won), (2, -16_000, 6, 2));
    // Two fixtures alike: whatever is drawn, the yield is the same.
    let interval = both.yield_interval(100, 1).expect("two fixtures");
    assert!(near(interval.low, -80.0 / 300.0) && near(interval.high, -80.0 / 300.0));
}
