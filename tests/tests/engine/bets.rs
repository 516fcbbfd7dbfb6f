//! Single bets as they stand: quotes asked for against the market book, fair probabilities against laws worked out here.

use crate::board::{Board, open};
use crate::requests::{markets, played};
use overround::config::Config;
use overround::explain::QuoteView;
use overround::odds_event::MarketShape;
use overround::{BetOn, BookmakerId, Engine, FairFrom, FairNow, MarketId, OutcomeIndex, ProfileId, Side};
use overround_math::float::exp;
use overround_testkit::cases::cases;
use overround_testkit::random::Random;
use overround_testkit::scenario::{Scenario, bookmakers_of, seeds};
use proptest::prelude::{prop_assert_eq, proptest};

/// The outcome that a bet wins on: of a lay in a market of two the other one; `None` of a lay among more.
fn wins_on(n: u16, outcome: OutcomeIndex, side: Side) -> Option<u16> {
    match side {
        Side::Back => Some(outcome.0),
        Side::Lay => (n == 2).then(|| 1 - outcome.0),
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// Would catch: a quote of another outcome, side or bookmaker, one that may not be bet at, and a best one that another beats or comes
    /// before.
    #[test]
    fn quotes_asked_for_are_those_of_the_book(seed in seeds()) {
        let scenario = Scenario::from_seed(seed);
        let mut random = Random::new(seed);
        let steps = random.between(1, scenario.steps.len() as i64) as usize;
        let mut engine = played(&scenario, steps);
        let profiles = (0..u16::try_from(scenario.config.profiles.len().max(1)).expect("few")).map(ProfileId);
        let bookmakers = u32::try_from(bookmakers_of(&scenario).len()).expect("few");
        for (market, profile) in (0..markets(&scenario)).flat_map(|at| profiles.clone().map(move |it| (at, it))) {
            let market = MarketId(u32::try_from(market).expect("few"));
            let Some(view) = engine.market_book(market, profile) else { continue };
            let n = engine.market_facts(market).map_or(0, |facts| facts.outcomes.len());
            let n = u16::try_from(n).expect("few");
            let usable: Vec<&QuoteView> = view.quotes.iter().filter(|quote| quote.fault.is_none()).collect();
            for (outcome, side) in (0..n).map(OutcomeIndex).flat_map(|it| [(it, Side::Back), (it, Side::Lay)]) {
                let bet = BetOn { market, outcome, side };
                for bookmaker in (0..bookmakers).map(BookmakerId) {
                    let is_it = |it: &&&QuoteView| (it.outcome, it.side, it.bookmaker) == (outcome, side, bookmaker);
                    let expected = usable.iter().find(is_it).map(|it| {
                        let at_risk = if side == Side::Lay { it.price.map(|price| price - 1.0) } else { Some(1.0) };
                        (bet, bookmaker, it.price, it.net_price, it.limit.zip(at_risk).map(|(limit, of)| limit * of))
                    });
                    let quote = engine.quote(bet, bookmaker, profile);
                    let quote = quote.map(|it| (it.bet, it.bookmaker, Some(it.price), Some(it.net_price), it.limit));
                    prop_assert_eq!(quote, expected);
                }
                let is_as_good = |it: &&&QuoteView| match wins_on(n, outcome, side) {
                    Some(wins) => wins_on(n, it.outcome, it.side) == Some(wins),
                    None => (it.outcome, it.side) == (outcome, side),
                };
                // They are listed backs first, then by rank.
                let best = usable.iter().filter(is_as_good).fold(None, |best: Option<&QuoteView>, &it| {
                    if best.is_none_or(|best| it.net_price > best.net_price) { Some(it) } else { best }
                });
                let found = engine.best_quote(bet, profile);
                let found = found.map(|it| (it.bet.outcome, it.bet.side, it.bookmaker, Some(it.net_price)));
                prop_assert_eq!(found, best.map(|it| (it.outcome, it.side, it.bookmaker, it.net_price)));
            }
        }
    }
}

fn over(engine: &mut Engine, market: u32) -> Option<FairNow> {
    let bet = |outcome| BetOn { market: MarketId(market), outcome: OutcomeIndex(outcome), side: Side::Back };
    let over = engine.fair_by_ladder(bet(0), None);
    let under = engine.fair_by_ladder(bet(1), None);
    assert_eq!(over.map(|it| it.from), under.map(|it| it.from));
    let sum = over.zip(under).map_or(1.0, |(over, under)| over.probability + under.probability);
    assert!((sum - 1.0).abs() < 1e-12, "{over:?} and {under:?}");
    over
}

/// The chance of more than three goals where more than two are an even chance, by a Poisson law found by halving.
fn more_than_three_goals() -> f64 {
    let more_than = |goals: i32, mean: f64| {
        let (mut mass, mut sum) = (exp(-mean), 0.0);
        for n in 0..=goals {
            sum += mass;
            mass *= mean / f64::from(n + 1);
        }
        1.0 - sum
    };
    let (mut low, mut high) = (0.0, 10.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        (low, high) = if more_than(2, middle) < 0.5 { (middle, high) } else { (low, middle) };
    }
    more_than(3, low)
}

/// Would catch: another law than the one fitted to the other line, and a law that is asked where it knows nothing but 0 and 1.
#[test]
fn a_line_without_a_reference_is_judged_by_the_law_of_the_others() {
    let board = Board::new(MarketShape::Total, &[10, 14, 8_002, -2]).back(0, 0, 0, 1.9).back(0, 1, 0, 1.9);
    let mut engine = open(&Config::recorded(), &Board { sport: Some("soccer"), ..board });
    assert_eq!(over(&mut engine, 0), Some(FairNow { probability: 0.5, from: FairFrom::Market }));
    let by_law = over(&mut engine, 1).expect("soccer has a law");
    assert_eq!(by_law.from, FairFrom::Model);
    assert!((by_law.probability - more_than_three_goals()).abs() < 1e-9, "{by_law:?}");
    assert_eq!(over(&mut engine, 2), None, "2,000.5 goals");
    assert_eq!(over(&mut engine, 3), None, "less than none");
}

/// Would catch: other lines than the nearest on either side, and other weights than their distances.
#[test]
fn without_a_law_a_line_lies_between_its_neighbours() {
    let lines = [(2, 0.9), (6, 0.8), (14, 0.2), (18, 0.1)];
    let mut board = Board::new(MarketShape::Total, &[2, 6, 14, 18, 10, 12, 22]);
    for (market, (_, p)) in (0..).zip(lines) {
        board = board.back(market, 0, 0, 1.0 / p).back(market, 1, 0, 1.0 / (1.0 - p));
    }
    let mut engine = open(&Config::recorded(), &board);
    // In logits 0.8 is ln 4 and 0.2 is −ln 4: half-way is 0, three quarters of the way −ln 2.
    for (market, expected) in [(4, 0.5), (5, 1.0 / 3.0)] {
        let between = over(&mut engine, market).expect("between two");
        assert_eq!(between.from, FairFrom::Ladder);
        assert!((between.probability - expected).abs() < 1e-9, "{between:?}");
    }
    assert_eq!(over(&mut engine, 6), None, "beyond the last");
}
