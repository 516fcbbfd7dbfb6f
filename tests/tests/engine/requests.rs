//! What is asked on top of what is told: combinations against all that there are, hedges against their neighbours.

use overround::opportunity::{Figures, LowHold};
use overround::{
    BookmakerId, Engine, HedgeError, HedgeRequest, MarketId, OddsEvent, OpportunityId, OutcomeIndex, ProfileId, Side,
};
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, seeds};
use overround_testkit::transform::{engine_of, events_of, take};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use std::collections::BTreeMap;

fn played(scenario: &Scenario, steps: usize) -> Engine {
    let mut engine = engine_of(scenario);
    scenario.steps[..steps].iter().for_each(|step| drop(take(&mut engine, step)));
    engine
}

fn markets(scenario: &Scenario) -> usize {
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

#[test]
fn questions_about_nothing_are_answered() {
    let mut engine = Engine::new(overround::Config::live()).expect("valid");
    assert!(engine.combinations(MarketId(7), ProfileId(0), 3).is_empty());
    let (id, profile) = (OpportunityId(1), ProfileId(0));
    let request = HedgeRequest { id, profile, leg: 0, placed: 1, step: 1, units_per_limit: 1.0 };
    assert_eq!(engine.hedge(&request), Err(HedgeError::NotOpen));
}
