//! Laws of prices: what the engine says of them, against bets settled by hand and against the engine after a price moved.
//!
//! Settlement is told otherwise than by the engine: a bet is two halves, each on its own line, and a fee is money paid.

use crate::board::{
    Board, Cell, NAMES, SHAPES, boards, feed, fees, odds, open, permissive, priced_boards, quotes, references, telling,
};
use overround::config::{Config, ReferenceMode};
use overround::odds_event::MarketShape;
use overround::opportunity::{Figures, Kind, Kinds, Leg};
use overround::{Engine, Key, OddsEvent, Opportunity, OpportunityId, ProfileId, Side};
use overround_math::commission::{Base, Commission};
use overround_math::pool::Pool;
use proptest::prelude::*;
use proptest::sample::select;
use std::cmp::Ordering;
use std::collections::BTreeMap;

// ---- settlement by hand ----

/// What a bet that wins brings back per unit of all that was put at risk, the fee being paid where it falls due; `None` where that is not
/// known or no gain.
fn net_by_hand(fee: Option<&Commission>, lay: bool, price: f64) -> Option<f64> {
    let (base, c) = fee.map_or((Base::Winnings, 0.0), |fee| (fee.base(), fee.rate()));
    // A contract on the outcome costs its chance, one against it the rest of 1, and either pays 1.
    let chance = 1.0 / price;
    let (risk, paid) = match (base, lay) {
        (Base::Winnings, false) => (1.0, price - c * (price - 1.0)),
        (Base::Stake, false) => (1.0 + c, price),
        (Base::StakeIfWon, false) => (1.0, price - c),
        (Base::Gross, false) => (1.0, price - c * price),
        (Base::Contract, false) => (chance + c * chance * (1.0 - chance), 1.0),
        // The backer stakes 1.
        (Base::Winnings, true) => (price - 1.0, price - c),
        (Base::Stake, true) => (price - 1.0 + c, price),
        (Base::Contract, true) => ((1.0 - chance) + c * chance * (1.0 - chance), 1.0),
        (Base::StakeIfWon | Base::Gross, true) => return None,
        _ => unreachable!("all bases are listed"),
    };
    (paid > risk).then(|| paid / risk)
}

/// A result as a market may see it.
#[derive(Clone, Copy, Debug)]
enum State {
    /// The total, or the home margin.
    Number(i32),
    Winner(u16),
    /// Nobody won where somebody should have.
    Draw,
}

/// All that can happen to the board's bets: every integer on the lines and beyond them.
fn states(board: &Board) -> Vec<State> {
    if board.shape.has_line() {
        return (-8..=8).map(State::Number).collect();
    }
    let draw = (board.shape == MarketShape::DrawNoBet).then_some(State::Draw);
    (0..board.outcomes()).map(State::Winner).chain(draw).collect()
}

/// The two halves of a bet: won, back, or lost.
fn halves(board: &Board, leg: &Leg, state: State) -> [Ordering; 2] {
    let quarters = board.lines[leg.market.index()];
    let shift = quarters.rem_euclid(2);
    [-shift, shift].map(|shift| {
        let backed = match state {
            State::Draw => Ordering::Equal,
            State::Winner(winner) if winner == leg.outcome.0 => Ordering::Greater,
            State::Winner(_) => Ordering::Less,
            State::Number(n) => {
                // The outcome's own handicap is added to its margin; over and under look at the total from either side.
                let own = match (board.shape, leg.outcome.0) {
                    (MarketShape::Spread, 0) => 4 * n + quarters + shift,
                    (MarketShape::Spread, _) => -4 * n - quarters + shift,
                    (_, 0) => 4 * n - quarters + shift,
                    (_, _) => quarters + shift - 4 * n,
                };
                own.cmp(&0)
            }
        };
        if leg.side == Side::Lay { backed.reverse() } else { backed }
    })
}

/// What the legs gain per unit of total stake.
fn gain(board: &Board, legs: &[Leg], state: State) -> f64 {
    let returned = |leg: &Leg, half: Ordering| match half {
        Ordering::Greater => leg.net_price / 2.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    };
    let of_leg =
        |leg: &Leg| halves(board, leg, state).map(|half| leg.stake_fraction * returned(leg, half)).iter().sum::<f64>();
    legs.iter().map(of_leg).sum::<f64>() - legs.iter().map(|leg| leg.stake_fraction).sum::<f64>()
}

/// The least and the greatest gain.
fn range(board: &Board, legs: &[Leg]) -> (f64, f64) {
    let gains = states(board).into_iter().map(|state| gain(board, legs, state));
    gains.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), gain| (least.min(gain), most.max(gain)))
}

/// The best that anybody pays for what the leg wins on, the fee in.
fn best_by_hand(board: &Board, config: &Config, leg: &Leg) -> f64 {
    let two_way = board.outcomes() == 2;
    let side = (leg.outcome.0, leg.side == Side::Lay);
    let same = |outcome: u16, lay: bool| (outcome, lay) == side || (two_way && (1 - outcome, !lay) == side);
    let of =
        board.prices.iter().filter(|((market, outcome, lay, _), _)| leg.market.0 == *market && same(*outcome, *lay));
    let nets = of.filter_map(|((_, _, lay, bookmaker), price)| {
        net_by_hand(config.commission.get(&Key::of(NAMES[*bookmaker as usize])), *lay, *price)
    });
    nets.fold(0.0, f64::max)
}

fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * (1.0 + a.abs())
}

/// Stakes are shares, and nobody pays better than the legs.
fn check_legs(board: &Board, config: &Config, legs: &[Leg]) -> Result<(), TestCaseError> {
    prop_assert!(is_close(legs.iter().map(|leg| leg.stake_fraction).sum(), 1.0));
    for leg in legs {
        prop_assert!(leg.stake_fraction > 0.0);
        let best = best_by_hand(board, config, leg);
        prop_assert!(is_close(leg.net_price, best), "{leg:?}, the best is {best}");
    }
    Ok(())
}

fn of_id(view: &[Opportunity], id: OpportunityId) -> Option<&Opportunity> {
    view.iter().find(|it| it.id == id)
}

/// The same opportunity at least as good as before: exactly where the booksum alone decides, but for rounding elsewhere.
fn check_no_worse(before: &Opportunity, after: &Opportunity) -> Result<(), TestCaseError> {
    match (&before.figures, &after.figures) {
        (Figures::Arbitrage(a), Figures::Arbitrage(b)) => {
            prop_assert!(b.profit >= a.profit && b.profit_min >= a.profit_min, "{a:?} {b:?}");
        }
        (Figures::Middle(a), Figures::Middle(b)) => {
            prop_assert!(b.worst >= a.worst - 1e-15 && b.best >= a.best - 1e-15, "{a:?} {b:?}");
        }
        (Figures::Ev(a), Figures::Ev(b)) => {
            prop_assert_eq!(a.fair_probability.to_bits(), b.fair_probability.to_bits());
            prop_assert!(b.ev >= a.ev && b.kelly >= a.kelly - 1e-15, "{a:?} {b:?}");
        }
        (a, b) => prop_assert!(false, "{a:?} became {b:?}"),
    }
    Ok(())
}

/// A better price for whoever takes it: a higher back, a lower lay.
fn better(lay: bool, price: f64, by: f64) -> f64 {
    if lay { 1.0 + (price - 1.0) / (1.0 + by) } else { price * (1.0 + by) }
}

/// Today's evs of a bookmaker: outcome, is it a lay, the bits of its fair probability and of ev.
fn evs(engine: &mut Engine, bookmaker: u32) -> BTreeMap<(u32, u16, bool), (u64, u64)> {
    let told = engine.opportunities();
    let today = told.iter().map(|told| engine.evaluate(told.id, ProfileId(0)).expect("it is open"));
    let ev = |it: Opportunity| match it.figures {
        Figures::Ev(ev) if ev.bookmaker.0 == bookmaker => {
            let cell = (it.market.0, ev.outcome.0, ev.side == Side::Lay);
            Some((cell, (ev.fair_probability.to_bits(), ev.ev.to_bits())))
        }
        _ => None,
    };
    today.filter_map(ev).collect()
}

/// Today's confidence in an ev, if it is open.
fn confidence(engine: &mut Engine, id: OpportunityId) -> Option<f64> {
    engine.evaluate(id, ProfileId(0)).map(|it| match it.figures {
        Figures::Ev(ev) => ev.confidence,
        other => panic!("an ev stays one: {other:?}"),
    })
}

proptest! {
    #![proptest_config(telling())]

    /// Would catch: a push, a half, a line's sign, a lay or a fee taken for something else in what an arbitrage guarantees.
    #[test]
    fn an_arbitrage_pays_what_it_tells_whatever_happens(board in boards(&SHAPES), fees in fees()) {
        let config = Config { commission: fees, ..permissive() };
        let view = open(&config, &board).opportunities();
        let mut found = 0;
        for it in &view {
            let Figures::Arbitrage(arbitrage) = &it.figures else { continue };
            check_legs(&board, &config, &arbitrage.legs)?;
            let (least, most) = range(&board, &arbitrage.legs);
            prop_assert!(is_close(arbitrage.profit_min, least), "{arbitrage:?} pays {least} at least");
            prop_assert!(is_close(arbitrage.profit, most), "{arbitrage:?} pays {most} at most");
            found += 1;
        }
        prop_assume!(found > 0);
    }

    /// Would catch: a middle whose worst or best result is overlooked, numbers that do not win twice.
    #[test]
    fn a_middle_pays_what_it_tells_whatever_happens(board in boards(&SHAPES[..2]), fees in fees()) {
        let config = Config { commission: fees, ..permissive() };
        let view = open(&config, &board).opportunities();
        let mut found = 0;
        for it in &view {
            let Figures::Middle(middle) = &it.figures else { continue };
            check_legs(&board, &config, &middle.legs)?;
            let (worst, best) = range(&board, &middle.legs);
            prop_assert!(is_close(middle.worst, worst) && is_close(middle.best, best), "{middle:?}: {worst} {best}");
            let wins = |n: i32| {
                middle.legs.iter().all(|leg| halves(&board, leg, State::Number(n)) == [Ordering::Greater; 2])
            };
            let expected: Vec<i64> = (-8..=8).filter(|&n| wins(n)).map(i64::from).collect();
            let numbers: Vec<i64> = middle.numbers.iter().map(|number| number.n).collect();
            prop_assert_eq!(numbers, expected);
            found += 1;
        }
        prop_assume!(found > 0);
    }

    /// Would catch: a best price that is kept although a better one came, a price rounded or turned round on its way to a figure.
    #[test]
    fn a_better_leg_is_never_worse(
        board in boards(&SHAPES), fees in fees(), pick in any::<prop::sample::Index>(), by in 0.0..0.5_f64,
    ) {
        let mut engine = open(&Config { commission: fees, ..permissive() }, &board);
        let view = engine.opportunities();
        let legs_of = |it: &Opportunity| match &it.figures {
            Figures::Arbitrage(it) => it.legs.clone(),
            Figures::Middle(it) => it.legs.clone(),
            _ => Vec::new(),
        };
        let all: Vec<(OpportunityId, Leg)> =
            view.iter().flat_map(|it| legs_of(it).into_iter().map(|leg| (it.id, leg))).collect();
        prop_assume!(!all.is_empty());
        let (id, leg) = *pick.get(&all);
        let lay = leg.side == Side::Lay;
        let price = better(lay, leg.price, by);
        prop_assume!(price > 1.0);
        feed(&mut engine, 1, &[odds((leg.market.0, leg.outcome.0, lay, leg.bookmaker.0), Some(price))]);
        let after = engine.evaluate(id, ProfileId(0));
        prop_assert!(after.is_some(), "it is gone");
        check_no_worse(of_id(&view, id).expect("it was told"), &after.expect("seen"))?;
    }

    /// Would catch: a price that enters its own judgement, or lowers what it is worth.
    #[test]
    fn a_better_price_is_worth_more(
        board in priced_boards(), config in references(), pick in any::<prop::sample::Index>(), by in 0.0..0.5_f64,
    ) {
        let mut engine = open(&config, &board);
        let view = engine.opportunities();
        let evs: Vec<&Opportunity> = view.iter().filter(|it| matches!(it.figures, Figures::Ev(_))).collect();
        prop_assume!(!evs.is_empty());
        let before = *pick.get(&evs);
        let Figures::Ev(ev) = &before.figures else { unreachable!() };
        let lay = ev.side == Side::Lay;
        let price = better(lay, ev.price, by);
        feed(&mut engine, 1, &[odds((before.market.0, ev.outcome.0, lay, ev.bookmaker.0), Some(price))]);
        let after = engine.evaluate(before.id, ProfileId(0));
        prop_assert!(after.is_some(), "it is gone");
        check_no_worse(before, &after.expect("seen"))?;
    }

    /// Would catch: a bookmaker, or a copy of it, that is judged by itself: alone, among anchors, in a consensus, through a memory.
    #[test]
    fn nobody_is_judged_by_itself_or_its_copies(
        board in priced_boards(), config in references(), least in select(vec![-1.0, 0.0, 0.02]),
        pick in any::<prop::sample::Index>(), mover in any::<prop::sample::Index>(),
        price in prop::option::weighted(0.85, prop_oneof![1.01..6.0_f64, 1.01..1000.0_f64]),
    ) {
        let config = Config { ev: overround::config::EvRules { min: least, ..config.ev.clone() }, ..config };
        let mut engine = open(&config, &board);
        let ev_of = |it: &Opportunity| match &it.figures {
            Figures::Ev(ev) => Some(ev.bookmaker.0),
            _ => None,
        };
        let told: Vec<u32> = engine.opportunities().iter().filter_map(ev_of).collect();
        prop_assume!(!told.is_empty());
        let judged = *pick.get(&told);
        let mut before = evs(&mut engine, judged);
        let own = [Key::of(NAMES[judged as usize])];
        let mut groups = config.fair.groups.iter();
        let group = groups.find(|group| group.contains(&own[0])).map_or(own.as_slice(), Vec::as_slice);
        let movers: Vec<Cell> = board
            .prices
            .keys()
            .filter(|(.., bookmaker)| group.contains(&Key::of(NAMES[*bookmaker as usize])))
            .copied()
            .collect();
        let cell = *mover.get(&movers);
        feed(&mut engine, 1, &[odds(cell, price)]);
        let mut after = evs(&mut engine, judged);
        if cell.3 == judged {
            let (market, outcome, lay, _) = cell;
            before.remove(&(market, outcome, lay));
            after.remove(&(market, outcome, lay));
        }
        prop_assert_eq!(before, after);
    }

    /// Would catch: a newcomer that hides what was there: a best price lost when a market's block grows, a rank that comes before a price.
    #[test]
    fn another_bookmaker_takes_no_arbitrage_away(
        board in boards(&SHAPES), fees in fees(), rank in 0..=7_usize, prices in quotes(),
    ) {
        let mut config = Config { commission: fees, ..permissive() };
        let newcomer = config.bookmakers.pop().expect("the last");
        config.bookmakers.insert(rank, newcomer);
        let mut engine = open(&config, &board);
        let view = engine.opportunities();
        let (markets, n) = (board.lines.len(), board.outcomes());
        let events: Vec<OddsEvent> = prices
            .into_iter()
            .map(|(market, outcome, lay, _, factor)| {
                let cell = (u32::try_from(market % markets).expect("few"), outcome % n, lay, 7);
                odds(cell, Some((f64::from(n) * factor).max(1.01)))
            })
            .collect();
        feed(&mut engine, 1, &events);
        let mut found = 0;
        for before in view.iter().filter(|it| matches!(it.figures, Figures::Arbitrage(_) | Figures::Middle(_))) {
            let after = engine.evaluate(before.id, ProfileId(0));
            prop_assert!(after.is_some(), "gone: {before:?}");
            check_no_worse(before, &after.expect("seen"))?;
            found += 1;
        }
        prop_assume!(found > 0);
    }

    /// Would catch: a score that trusts bookmakers who disagree as much as those who agree.
    #[test]
    fn confidence_falls_as_references_move_apart(
        // A greater edge would leave both scores at 1, but for rounding.
        p in 0.3..0.7_f64, edge in 0.021..0.05_f64, pairs in 1..4_u32,
        near in 0.0..0.3_f64, further in 0.01..0.3_f64, by_odds in any::<bool>(),
    ) {
        let mut config = permissive();
        config.fair.mode = ReferenceMode::Consensus;
        config.fair.min_books = 1;
        config.fair.pool = if by_odds { Pool::LogOdds } else { Pool::Mean };
        // One in the middle, the others around it by a step of odds or of probability, so that the pool stays where it was.
        let confidence = |step: f64| {
            let mut board = Board::new(MarketShape::TwoWay, &[]).back(0, 0, 7, (1.0 + edge) / p);
            for bookmaker in 0..=2 * pairs {
                let away = f64::from(bookmaker.div_ceil(2)) * if bookmaker % 2 == 0 { step } else { -step };
                let chance = if by_odds {
                    let ratio = p / (1.0 - p) * if away < 0.0 { 1.0 / (1.0 - away) } else { 1.0 + away };
                    ratio / (1.0 + ratio)
                } else {
                    p + away * 0.25 / 1.8
                };
                board = board.back(0, 0, bookmaker, 1.0 / chance).back(0, 1, bookmaker, 1.0 / (1.0 - chance));
            }
            let view = open(&config, &board).opportunities();
            let score = |it: &Opportunity| match &it.figures {
                Figures::Ev(ev) if ev.bookmaker.0 == 7 => Some((ev.fair_probability, ev.confidence, ev.kelly_prudent)),
                _ => None,
            };
            view.iter().find_map(score).expect("its edge is more than is needed")
        };
        let (close, apart) = (confidence(near), confidence(near + further));
        prop_assert!(is_close(close.0, apart.0), "the pool has not moved: {close:?} {apart:?}");
        prop_assert!(apart.1 < close.1 && apart.2 <= close.2, "{close:?} {apart:?}");
    }

    /// Would catch: a score that forgets how long a bookmaker has been silent, limits that are off by a microsecond, a score that rises.
    #[test]
    fn confidence_falls_as_a_quote_ages(
        budget in 20..=120_i32, edge in 0.021..0.09_f64,
        ages in prop::collection::btree_set((1..=30_i64, -1..=1_i64), 1..12),
    ) {
        let mut config = Config::live();
        config.bookmakers = NAMES.map(Key::of).to_vec();
        config.detect = Kinds::NONE.with(Kind::Ev);
        config.freshness.budgets_s.insert(Key::of(NAMES[7]), f64::from(budget));
        config.freshness.budgets_s.insert(Key::of(NAMES[0]), 10_000.0);
        let board = Board::new(MarketShape::TwoWay, &[])
            .back(0, 0, 0, 2.0)
            .back(0, 1, 0, 2.0)
            .back(0, 0, 7, 2.0 * (1.0 + edge));
        let budget = i64::from(budget);
        let mut engine = open(&config, &board);
        let id = engine.opportunities().first().expect("its edge is more than is needed").id;
        let fresh = confidence(&mut engine, id).expect("told");
        // Quarters of the budget, a microsecond before, on and after. The anchor is heard every 100 s.
        let mut times: Vec<i64> = ages.into_iter().map(|(quarters, us)| quarters * budget * 250_000 + us).collect();
        let last = *times.last().expect("one");
        times.extend((1..=last / 100_000_000).map(|n| n * 100_000_000));
        times.sort_unstable();
        for age in times {
            feed(&mut engine, age, &[odds((0, 0, false, 0), Some(2.0)), odds((0, 1, false, 0), Some(2.0))]);
            let weight = match age {
                _ if age > 300_000_000 || age > 6 * budget * 1_000_000 => None,
                _ if 2 * age > 3 * budget * 1_000_000 => Some(0.5),
                _ => Some(1.0),
            };
            prop_assert_eq!(confidence(&mut engine, id), weight.map(|weight| fresh * weight), "after {} µs", age);
        }
    }
}
