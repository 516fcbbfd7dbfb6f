//! Grades worked by hand.

mod bankroll;

use super::betting::{Plan, play};
use super::*;
use crate::config::Config;
use crate::engine::{Engine, FairFrom};
use crate::ids::{BookmakerId, FamilyId, FeedId, FixtureId, Key, MarketId, OutcomeIndex};
use crate::odds_event::{
    BookmakerDefinition, Ended, Filter, FixtureUpdate, MarketDefinition, MarketShape, OddsEvent, OddsUpdate, Side,
};
use crate::opportunity::{Kind, Kinds, Reason};
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
    OddsEvent::Removed(Box::new(Filter { bookmaker: Some(BookmakerId(bookmaker)), ..Filter::default() }))
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

/// A fixture update that says this and nothing else.
fn fixture(start: Option<Timestamp>, live: Option<bool>) -> OddsEvent {
    OddsEvent::Fixture(FixtureUpdate {
        fixture: FixtureId(0),
        key: Key::of("f"),
        sport: None,
        league: None,
        start,
        live,
    })
}

#[test]
fn what_moves_as_it_begins_is_nobodys_first_move() {
    let moves = [odds(0, 0, 0, 1.5), odds(0, 0, 1, 3.0), odds(0, 1, 0, 1.4)];
    for begins in [fixture(None, Some(true)), fixture(Some(Timestamp(500 * SECOND)), None)] {
        let mut world = ev_world();
        world.at(500.0, &[core::slice::from_ref(&begins), &moves[..]].concat());
        world.at(600.0, &[odds(0, 1, 0, 3.0)]);
        assert_eq!(first(world.end(1, 0)).first_move, None, "{begins:?}");
    }
    // Put off after it should have begun: it is another story.
    let mut world = ev_world();
    world.at(1_100.0, &[fixture(Some(START.plus_us(600 * SECOND)), None)]);
    world.at(1_200.0, &[odds(0, 1, 0, 3.0)]);
    assert_eq!(first(world.end(1, 0)).first_move, None);
    // What was told in play goes on.
    let mut world = World::new(&Settings::default(), evs_only);
    world.at(5.0, &[fixture(None, Some(true))]);
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2)]);
    world.at(12.0, &[odds(0, 1, 0, 2.1)]);
    assert_eq!(first(world.end(1, 0)).first_move, Some(FirstMove { who: Mover::Leg, after_us: 2 * SECOND }));
}

#[test]
fn a_reference_that_goes_by_the_time_alone_moved_first() {
    let mut world = World::new(&Settings::default(), |config| {
        config.detect = Kinds::NONE.with(Kind::Arbitrage);
        config.freshness.max_age_prematch_ms = 5_000;
    });
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.10), odds(0, 2, 1, 2.05)]);
    // The legs are seen again, pinnacle is not: five seconds after 10 it is too old, and nobody says so.
    world.at(14.0, &[odds(0, 1, 0, 2.10), odds(0, 2, 1, 2.05)]);
    world.at(16.0, &[odds(0, 1, 0, 2.0)]);
    let grade = world.end(1, 0).remove(0);
    assert_eq!(grade.first_move, Some(FirstMove { who: Mover::Reference, after_us: 5 * SECOND + 1 }));
}

#[test]
fn a_source_that_falls_silent_or_writes_again_moves_what_it_quotes_elsewhere() {
    let sources = |config: &mut Config| {
        config.detect = Kinds::NONE.with(Kind::Arbitrage);
        config.freshness.sources = true;
    };
    // Offline after 6 budgets of 30 s: pinnacle wrote last at 10, so at 190 s + 1 µs. The legs' budgets are 90 s.
    let mut world = World::new(&Settings::default(), sources);
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.10), odds(0, 2, 1, 2.05)]);
    world.at(120.0, &[OddsEvent::Heartbeat(Some(BookmakerId(1))), OddsEvent::Heartbeat(Some(BookmakerId(2)))]);
    world.at(500.0, &[odds(0, 1, 0, 2.0)]);
    let grade = world.end(1, 0).remove(0);
    assert_eq!(grade.first_move, Some(FirstMove { who: Mover::Reference, after_us: 180 * SECOND + 1 }));

    // Told while pinnacle is offline; a heartbeat of it, and a hold of 5 s later it is a reference again.
    let mut world = World::new(&Settings::default(), sources);
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0)]);
    world.at(300.0, &[odds(0, 1, 0, 2.10), odds(0, 2, 1, 2.05)]);
    world.at(310.0, &[OddsEvent::Heartbeat(Some(BookmakerId(0)))]);
    world.at(350.0, &[OddsEvent::Heartbeat(None)]);
    let grade = world.end(1, 0).remove(0);
    assert_eq!(grade.first_move, Some(FirstMove { who: Mover::Reference, after_us: 15 * SECOND }));
}

#[test]
fn what_is_due_at_the_very_last_instant_is_seen() {
    // The recording ends half a second after the telling.
    let mut world = ev_world();
    world.at(10.5, &[OddsEvent::Heartbeat(None)]);
    let grade = first(world.graded.finish());
    assert!(grade.looks[0].as_ref().is_some_and(|look| look.is_executable(&grade.legs)) && grade.looks[1].is_none());
    // The fixture ends a second after the telling: then nothing can be had.
    let mut world = ev_world();
    world.at(11.0, &[ended(Some((1, 0)), None, false)]);
    let grade = first(world.graded.take_grades());
    assert!(grade.looks[1].as_ref().is_some_and(|look| !look.is_executable(&grade.legs)) && grade.looks[2].is_none());
    // The recording, or the fixture, ends a microsecond before the start.
    for last in [OddsEvent::Heartbeat(None), ended(Some((1, 0)), None, false)] {
        let mut world = ev_world();
        world.at(999.999_999, &[last]);
        let close = first(world.graded.finish()).close.expect("a close");
        assert!(near(close.value.expect("known"), 0.1) && START.since_us(close.ts) <= 2, "{close:?}");
    }
}

#[test]
fn nothing_is_to_be_done_for_what_is_let_go() {
    let mut world = ev_world();
    for put_off in 0..1_000 {
        world.at(11.0 + 0.01 * f64::from(put_off), &[fixture(Some(START.plus_us(i64::from(put_off))), None)]);
    }
    // The last look, the close, and that it is forgotten.
    assert_eq!(world.graded.tasks(), 3);
    world.end(1, 0);
    assert_eq!(world.graded.tasks(), 0);
    let mut world = ev_world();
    world.at(10.2, &[ended(Some((1, 0)), None, false)]);
    assert_eq!((world.graded.tasks(), world.graded.next_deadline()), (0, None));
}

#[test]
fn lines_are_settled_by_the_result_of_each() {
    let middle = || {
        let mut world = World::new(&Settings::default(), |config| config.detect = Kinds::NONE.with(Kind::Middle));
        world.at(10.0, &[odds(2, 1, 0, 2.1), odds(3, 2, 1, 2.1)]);
        world
    };
    let at = Timestamp(7_000 * SECOND);
    let mut world = middle();
    assert!(world.graded.settle(at, MarketId(2), MatchResult::Number(2)));
    assert!(world.graded.settle(at, MarketId(3), MatchResult::Number(2)));
    assert!(!world.graded.settle(at, MarketId(3), MatchResult::Number(9)), "settled already");
    let grade = world.graded.finish().remove(0);
    let settled = grade.settled.expect("both lines have a result");
    assert_eq!(settled.legs, [Settlement::Win, Settlement::Win]);
    assert!(near(settled.profit, 1.1));

    let mut world = middle();
    assert!(world.graded.settle(at, MarketId(2), MatchResult::Void));
    assert_eq!(world.graded.finish().remove(0).settled, Err(Unsettled::Open), "one line is not both");
    let mut world = middle();
    assert!(world.graded.settle(at, MarketId(2), MatchResult::Void));
    let settled = world.end(3, 1).remove(0).settled.expect("the end gives the other");
    assert_eq!((settled.legs.as_slice(), settled.is_off), (&[Settlement::Push, Settlement::Loss][..], true));
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
    use MarketShape::{DrawNoBet, Listed, Spread, ThreeWay, Total, TwoWay, YesNo};
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
        (Listed, "champion", ended(Some((0, 1)), Some("away"), false), Some((MatchResult::Winner(2), false))),
        (Listed, "champion", ended(Some((0, 1)), None, false), None),
        // Whatever else looks like a market on the score.
        (Total, "total_corners", ended(Some((2, 1)), None, false), None),
        (Total, "total_cards", ended(Some((2, 1)), None, false), None),
        (Total, "team_total", ended(Some((2, 1)), None, false), None),
        (Spread, "asian_handicap", ended(Some((2, 1)), None, false), Some((score(2, 1), false))),
        (Spread, "set_handicap", ended(Some((2, 1)), None, false), None),
        (Spread, "corner_handicap", ended(Some((2, 1)), None, false), None),
        (TwoWay, "to_qualify", ended(Some((2, 1)), None, false), None),
        (TwoWay, "to_qualify", ended(None, Some("home"), false), None),
        (ThreeWay, "corners_1x2", ended(Some((2, 1)), None, false), None),
        (ThreeWay, "moneyline", ended(Some((2, 1)), None, false), None),
        (YesNo, "both_to_score", ended(None, Some("home"), false), None),
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
