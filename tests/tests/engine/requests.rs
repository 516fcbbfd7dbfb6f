//! What is asked on top of what is told: combinations against all that there are, hedges against their neighbours.

use crate::board::{self, Board, open, permissive};
use overround::config::{Config, Degraded};
use overround::explain::{Finding, Query};
use overround::odds_event::{
    BookmakerDefinition, FixtureUpdate, MarketDefinition, MarketShape, SourceHealth, SourceRole, SourceSignal,
};
use overround::opportunity::{Figures, Kind, Kinds, LowHold};
use overround::{
    BookmakerId, Engine, FamilyId, FixtureId, HedgeError, HedgeRequest, Key, MAX_COMBINED_OUTCOMES, MarketId,
    OddsEvent, OpportunityId, OutcomeIndex, ProfileId, Side, Timestamp,
};
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, seeds};
use overround_testkit::transform::{engine_of, events_of, take};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeMap;

pub(crate) fn played(scenario: &Scenario, steps: usize) -> Engine {
    let mut engine = engine_of(scenario);
    scenario.steps[..steps].iter().for_each(|step| drop(take(&mut engine, step)));
    engine
}

pub(crate) fn markets(scenario: &Scenario) -> usize {
    scenario.steps.iter().flat_map(events_of).filter(|event| matches!(event, OddsEvent::Market(_))).count()
}

/// By outcome, what each bookmaker pays who bets on it: the better of a back, and in a market of two of a lay of the other outcome.
fn usable(engine: &mut Engine, market: MarketId) -> Vec<Vec<(BookmakerId, f64)>> {
    let Some(view) = engine.market_book(market, ProfileId(0)) else { return Vec::new() };
    let n = view.quotes.iter().map(|quote| usize::from(quote.outcome.0) + 1).max().unwrap_or(0);
    let mut by_outcome = vec![BTreeMap::new(); n];
    for quote in view.quotes.iter().filter(|quote| quote.fault.is_none()) {
        let outcome = match quote.side {
            Side::Back => usize::from(quote.outcome.0),
            Side::Lay if n == 2 => 1 - usize::from(quote.outcome.0),
            Side::Lay => continue,
        };
        if let Some(net) = quote.net_price {
            let best = by_outcome[outcome].entry(quote.bookmaker).or_insert(net);
            *best = best.max(net);
        }
    }
    by_outcome.into_iter().map(|prices| prices.into_iter().collect()).collect()
}

/// Every choice of one bookmaker per outcome.
fn distinct(legs: &[Vec<(BookmakerId, f64)>], taken: &mut Vec<BookmakerId>, sum: f64, found: &mut Vec<f64>) {
    let Some((first, rest)) = legs.split_first() else {
        found.push(sum);
        return;
    };
    for &(bookmaker, net) in first {
        if !taken.contains(&bookmaker) {
            taken.push(bookmaker);
            distinct(rest, taken, sum + 1.0 / net, found);
            taken.pop();
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Would catch: a combination that is left out, comes twice, uses a bookmaker twice, or stands in the wrong place.
    #[test]
    fn combinations_are_the_best_of_all(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let steps = random.between(1, scenario.steps.len() as i64) as usize;
        let mut engine = played(&scenario, steps);
        let digest = engine.digest();
        for market in 0..markets(&scenario) {
            let market = MarketId(u32::try_from(market).expect("few"));
            let all = engine.combinations(market, ProfileId(0), 10_000);
            let by_outcome = usable(&mut engine, market);
            let mut expected = Vec::new();
            if !by_outcome.is_empty() {
                distinct(&by_outcome, &mut Vec::new(), 0.0, &mut expected);
            }
            expected.sort_by(f64::total_cmp);
            prop_assert_eq!(all.len(), expected.len());
            for (combination, expected) in all.iter().zip(&expected) {
                prop_assert!((combination.booksum - expected).abs() < 1e-12);
                let stakes: f64 = combination.legs.iter().map(|leg| leg.stake_fraction).sum();
                prop_assert!((stakes - 1.0).abs() < 1e-9);
                let mut bookmakers: Vec<_> = combination.legs.iter().map(|leg| leg.bookmaker).collect();
                bookmakers.sort_unstable();
                prop_assert!(bookmakers.windows(2).all(|pair| pair[0] != pair[1]));
            }
            let three = engine.combinations(market, ProfileId(0), 3);
            prop_assert_eq!(format!("{three:?}"), format!("{:?}", &all[..all.len().min(3)]));
        }
        prop_assert_eq!(engine.digest(), digest, "a question changes nothing");
    }

    /// Would catch: a filter that is not heeded, or heeded the wrong way round.
    #[test]
    fn a_filtered_question_has_the_findings_that_fit(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let steps = random.between(1, scenario.steps.len() as i64) as usize;
        let mut engine = played(&scenario, steps);
        let mut texts = |query: &Query, fits: &dyn Fn(&Finding) -> bool| -> Vec<String> {
            let findings = engine.why_not(query).map(|answer| answer.findings).unwrap_or_default();
            findings.iter().filter(|it| fits(it)).map(|it| format!("{it:?}")).collect()
        };
        for market in (0..markets(&scenario)).map(|at| MarketId(u32::try_from(at).expect("few"))) {
            let all = Query::market(market).with_profile(ProfileId(0));
            let any = |_: &Finding| true;
            for outcome in [0, 1, 2].map(OutcomeIndex) {
                // Of two lines the first outcome is backed on the lower one.
                let fits = |it: &Finding| match it.subject.upper {
                    Some(_) => (outcome.0 == 0) == (it.subject.market == market),
                    None => it.subject.outcome.is_none_or(|of| of == outcome),
                };
                prop_assert_eq!(texts(&all.with_outcome(outcome), &any), texts(&all, &fits));
            }
            let evs = all.with_kind(Kind::Ev);
            let of_quote = |it: &Finding| it.subject.quote.is_some();
            for side in [Side::Back, Side::Lay] {
                let fits = |it: &Finding| it.subject.quote.is_some_and(|(of, _)| of == side);
                prop_assert_eq!(texts(&evs.with_side(side), &of_quote), texts(&evs, &fits));
            }
            // One who was asked for is said to have no price, too.
            let has_quote = |it: &Finding| of_quote(it) && !format!("{it:?}").contains("DoesNotCount(Removed)");
            for bookmaker in (0..8).map(BookmakerId) {
                let fits = |it: &Finding| has_quote(it) && it.subject.quote.is_some_and(|(_, of)| of == bookmaker);
                prop_assert_eq!(texts(&evs.with_bookmaker(bookmaker), &has_quote), texts(&evs, &fits));
            }
        }
    }

    /// Would catch: a hedge at other prices than the best, for the wrong outcomes, or that a neighbour beats.
    #[test]
    fn no_neighbour_of_a_hedge_is_better(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let steps = random.between(1, scenario.steps.len() as i64) as usize;
        let mut engine = played(&scenario, steps);
        let digest = engine.digest();
        for told in engine.opportunities() {
            let (legs, nets): (usize, Vec<f64>) = match &told.figures {
                Figures::Arbitrage(it) => (it.legs.len(), it.legs.iter().map(|leg| leg.net_price).collect()),
                Figures::Middle(it) => (2, it.legs.iter().map(|leg| leg.net_price).collect()),
                Figures::LowHold(it) => (it.sides.len(), it.sides.iter().map(|side| side.net_price).collect()),
                Figures::Ev(it) => (1, vec![it.net_price]),
            };
            let leg = random.between(0, legs as i64 - 1) as usize;
            let placed = random.between(1, 100_000);
            let step = random.pick(&[1, 100, 500]);
            let (id, profile) = (told.id, told.profile);
            let request = HedgeRequest { id, profile, leg, placed, step, units_per_limit: 100.0 };
            let hedge = match engine.hedge(&request) {
                Ok(hedge) => hedge,
                Err(HedgeError::Stakes(_)) => continue,
                Err(HedgeError::NoPrice) => {
                    prop_assert!(matches!(told.figures, Figures::Ev(_)), "what is open has a price: {told:?}");
                    continue;
                }
                Err(error) => panic!("{error}"),
            };
            let worst = |stakes: &[i64]| {
                let cost = placed as f64 + stakes.iter().map(|&stake| stake as f64).sum::<f64>();
                let paid = stakes.iter().zip(&hedge.legs).map(|(&stake, (leg, _))| stake as f64 * leg.net_price);
                paid.fold(placed as f64 * nets[leg], f64::min) - cost
            };
            if let Figures::LowHold(LowHold { sides, .. }) = &told.figures {
                // What the bet does not win on is covered, outcome by outcome; a lay wins on the other one of two.
                let wins = |outcome: OutcomeIndex, side| if side == Side::Back { outcome.0 } else { 1 - outcome.0 };
                let covered: Vec<u16> = hedge.legs.iter().map(|(leg, _)| wins(leg.outcome, leg.side)).collect();
                let own = wins(sides[leg].outcome, sides[leg].side);
                let rest: Vec<u16> = (0..u16::try_from(sides.len()).expect("few")).filter(|&it| it != own).collect();
                prop_assert_eq!(covered, rest);
            }
            let stakes: Vec<i64> = hedge.legs.iter().map(|(_, stake)| *stake).collect();
            prop_assert!((worst(&stakes) - hedge.plan.profit_min).abs() < 1e-6 * (1.0 + hedge.plan.cost));
            for i in 0..stakes.len() {
                for change in [-step, step] {
                    let mut other = stakes.clone();
                    other[i] += change;
                    let limit = hedge.legs[i].0.limit.map_or(f64::INFINITY, |limit| limit * 100.0);
                    if other[i] >= 0 && other[i] as f64 <= limit && hedge.plan.profit_min > 0.0 {
                        prop_assert!(worst(&other) <= hedge.plan.profit_min + 1e-6 * hedge.plan.cost);
                    }
                }
            }
        }
        prop_assert_eq!(engine.digest(), digest, "a question changes nothing");
    }
}

/// A hedge of an arbitrage stands on sources as good as the arbitrage. Would catch: a leg that the arbitrage itself must not have.
#[test]
fn a_hedge_leaves_out_what_the_arbitrage_must() {
    let board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 1, 2.1).back(0, 1, 2, 2.1).back(0, 1, 3, 2.3);
    for (degraded, expected) in [(Degraded::Drop, 2), (Degraded::Warn, 3)] {
        let mut config = Config { detect: Kinds::NONE.with(Kind::Arbitrage), ..permissive() };
        config.arbitrage.degraded = degraded;
        let mut engine = open(&config, &board);
        let health = SourceHealth::Role(SourceRole::Degraded);
        let signal = SourceSignal { bookmaker: BookmakerId(3), fixture: None, health, last_write_ts: None };
        board::feed(&mut engine, 1, &[OddsEvent::Source(signal)]);
        let told = &engine.opportunities()[0];
        let (id, profile) = (told.id, told.profile);
        let request = HedgeRequest { id, profile, leg: 0, placed: 100, step: 1, units_per_limit: 1.0 };
        let hedge = engine.hedge(&request).expect("open");
        assert_eq!(hedge.legs[0].0.bookmaker, BookmakerId(expected), "{degraded:?}");
    }
}

/// Would catch: a lay where the same bookmaker's back pays the same.
#[test]
fn a_combination_backs_where_a_lay_is_as_good() {
    let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 1, 2.0).back(0, 1, 2, 2.0);
    board.prices.insert((0, 1, true, 1), 2.0);
    let found = open(&permissive(), &board).combinations(MarketId(0), ProfileId(0), 1);
    assert_eq!(found[0].legs[0].side, Side::Back);
}

/// A market of `n` outcomes, each with a price of its own bookmaker.
fn one_bookmaker_each(n: u16) -> Engine {
    let mut engine = Engine::new(permissive()).expect("valid");
    let bookmaker = |id: u16| BookmakerDefinition { bookmaker: BookmakerId(id.into()), key: Key(u64::from(id) + 1) };
    let mut events: Vec<OddsEvent> = (0..n).map(|id| OddsEvent::Bookmaker(bookmaker(id))).collect();
    let (sport, league, start, live) = (None, None, None, None);
    let key = Key::of("race");
    events.push(OddsEvent::Fixture(FixtureUpdate { fixture: FixtureId(0), key, sport, league, start, live }));
    events.push(OddsEvent::Market(Box::new(MarketDefinition {
        market: MarketId(0),
        family: FamilyId(0),
        fixture: FixtureId(0),
        shape: MarketShape::Listed,
        market_type: Key::of("winner"),
        period: Key::of("full_game"),
        participant: Key::NONE,
        line: None,
        outcomes: (0..n).map(|outcome| Key(u64::from(outcome) + 1)).collect(),
    })));
    events.extend((0..n).map(|it| board::odds((0, it, false, it.into()), Some(f64::from(n)))));
    board::feed(&mut engine, 0, &events);
    engine
}

/// Would catch: a bound other than the one that is published.
#[test]
fn combinations_are_sought_up_to_their_bound() {
    let most = u16::try_from(MAX_COMBINED_OUTCOMES).expect("small");
    for (n, expected) in [(most, 1), (most + 1, 0)] {
        assert_eq!(one_bookmaker_each(n).combinations(MarketId(0), ProfileId(0), 2).len(), expected, "{n} outcomes");
    }
}

/// What waited and is over wakes nobody. Would catch: a deadline that stays, though nothing is due then.
#[test]
fn a_wait_that_is_over_is_no_deadline() {
    let mut config = Config { detect: Kinds::NONE.with(Kind::Ev), ..Config::recorded() };
    config.lifecycle.confirm_after_ms = 1_000;
    let even = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 0, 1.9).back(0, 1, 0, 1.9).back(0, 0, 1, 2.2);
    let mut engine = open(&config, &even);
    let mut out = Vec::new();
    engine.advance(Timestamp(1_000_000), &mut out);
    assert_eq!((out.len(), engine.next_deadline()), (1, None), "told, and nothing else is awaited");
    board::feed(&mut engine, 2_000_000, &[board::odds((0, 0, false, 2), Some(2.2))]);
    assert_eq!(engine.next_deadline().map(|(at, _)| at), Some(Timestamp(3_000_000)));
    board::feed(&mut engine, 2_500_000, &[board::odds((0, 0, false, 2), Some(1.8))]);
    assert_eq!(engine.next_deadline(), None);
}

#[test]
fn questions_about_nothing_are_answered() {
    let mut engine = Engine::new(overround::Config::live()).expect("valid");
    assert!(engine.combinations(MarketId(7), ProfileId(0), 3).is_empty());
    let (id, profile) = (OpportunityId(1), ProfileId(0));
    let request = HedgeRequest { id, profile, leg: 0, placed: 1, step: 1, units_per_limit: 1.0 };
    assert_eq!(engine.hedge(&request), Err(HedgeError::NotOpen));
}
