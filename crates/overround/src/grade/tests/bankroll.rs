//! Bankrolls worked by hand.

use super::*;
use crate::grade::betting::{Acceptance, Ledger, Repeat, Stakes, Status};
use crate::opportunity::Figures;

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
    // Home pays 49.39 × 2.10 = 103.719; at 1.95 that takes 53.18, where 50.59 would have done at 2.05.
    assert_eq!((hedge.is_hedge, hedge.bookmaker, hedge.size, ledger.hedge_cost), (true, BookmakerId(3), 5318, 259));
    // Home wins 49.39 × 1.10 = 54.32 (rounded down), the hedge is lost.
    assert_eq!((home.profit, hedge.profit, ledger.end - ledger.start), (5432, -5318, 114));
    assert_eq!((ledger.unhedged, ledger.unhedged_stake), (0, 0));
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
    assert_eq!(ledger.unhedged_stake, 5059, "103.719 at 2.05");
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

/// Home is matched, away is gone before the answer; what is left to hedge with is shown at 1.95, within this limit.
fn half_taken(bankroll: i64, limit: Option<f64>) -> Ledger {
    let mut acceptance = Acceptance::ideal();
    (acceptance.latency_us, acceptance.hedge_after_us) = (2 * SECOND, 3 * SECOND);
    let mut world = arbitrage_world(&acceptance);
    let OddsEvent::Odds(left) = odds(0, 3, 1, 1.95) else { panic!("odds") };
    world.at(11.0, &[gone(2), OddsEvent::Odds(OddsUpdate { limit, ..left })]);
    let mut plan = arbitrage_plan(acceptance);
    plan.bankroll = bankroll;
    play(&world.end(1, 0), &plan)
}

#[test]
fn a_hedge_takes_what_the_limit_and_the_money_allow_and_the_rest_is_counted() {
    // 100.00 at hand less 49.39 on home: 50.61, where 53.18 are missing.
    let short = half_taken(10_000, None);
    let hedge = short.bets[2];
    assert_eq!((hedge.size, hedge.size_matched, hedge.status), (5318, 5061, Status::Partial));
    // It pays 98.69, which is 48.14 at 2.05; 103.719 − 98.690 stay open, which is 2.45 at 2.05.
    assert_eq!((short.hedge_cost, short.unhedged, short.unhedged_stake), (246, 1, 245));
    let limited = half_taken(1_000_000, Some(20.0));
    assert_eq!((limited.bets[2].size_matched, limited.hedge_cost), (2_000, 97));
    assert_eq!((limited.unhedged, limited.unhedged_stake), (1, 3_157));
    let none = half_taken(1_000_000, Some(0.0));
    assert_eq!((none.bets.len(), none.hedge_cost, none.unhedged, none.unhedged_stake), (2, 0, 1, 5_059));
}

/// Evs at soft (told at 10 s), third (11.5 s) and fourth (13 s); soft's is gone at 11 s.
fn three_evs(acceptance: &Acceptance) -> Vec<Grade> {
    let settings = acceptance.horizons().into_iter().fold(Settings::default(), Settings::with_horizon);
    let mut world = World::new(&settings, evs_only);
    world.at(10.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2)]);
    world.at(11.0, &[gone(1)]);
    world.at(11.5, &[odds(0, 2, 0, 2.2)]);
    world.at(13.0, &[odds(0, 3, 0, 2.2)]);
    world.end(1, 0)
}

#[test]
fn what_is_asked_for_is_held_until_the_answer() {
    let mut acceptance = Acceptance::ideal();
    acceptance.latency_us = 2 * SECOND;
    let grades = three_evs(&acceptance);
    let mut plan = arbitrage_plan(acceptance);
    plan.bankroll = 10_000;
    // Nobody knows at 11.5 s that soft will refuse at 12 s; at 13 s that is known.
    let ledger = play(&grades, &plan);
    let asked: Vec<(u32, i64, Status)> =
        ledger.bets.iter().map(|bet| (bet.bookmaker.0, bet.size, bet.status)).collect();
    assert_eq!(asked, [(1, 10_000, Status::Gone), (3, 10_000, Status::Matched)]);
    assert_eq!((ledger.not_staked, ledger.end), (1, 22_000));
    // What was refused is asked for, and no position.
    let mut tally = Tally::new(6);
    for position in &ledger.positions {
        tally.add_position(&grades[position.grade], position);
    }
    assert_eq!((tally.positions, tally.bets, tally.turnover), (1, 2, 10_000));
    assert!(!ledger.positions[0].is_whole && ledger.positions[0].stake == 0 && ledger.positions[1].is_whole);
}

#[test]
fn what_is_never_settled_is_tied_up_to_the_end_and_given_back() {
    let mut world = World::new(&Settings::default(), evs_only);
    world.at(10.0, &[odds(4, 0, 0, 2.0), odds(4, 0, 1, 2.0), odds(4, 1, 1, 2.2)]);
    world.at(20.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0), odds(0, 1, 0, 2.2)]);
    let grades = world.end(1, 0);
    assert_eq!(grades[0].settled, Err(Unsettled::NoResult));
    let mut plan = Plan::flat().with_stakes(Stakes::Flat(6_000));
    plan.bankroll = 10_000;
    let ledger = play(&grades, &plan);
    assert_eq!(ledger.bets.iter().map(|bet| bet.size_matched).collect::<Vec<_>>(), [6_000, 4_000]);
    assert_eq!((ledger.unsettled, ledger.unsettled_stake, ledger.turnover()), (1, 6_000, 4_000));
    assert_eq!((ledger.end, ledger.bets[0].settlement, ledger.bets[0].settled_ts), (14_800, None, None));
    assert!(!ledger.positions[0].is_settled);
    let mut tally = Tally::new(5);
    for position in &ledger.positions {
        tally.add_position(&grades[position.grade], position);
        tally.add_bet(&grades[position.grade], &ledger.bets[position.first_bet]);
    }
    assert_eq!((tally.positions, tally.turnover, tally.profit), (2, 8_000, 9_600), "once as opportunity, once as bet");
    // That no end settles a player's points is known when it is told.
    plan.only_by_end = true;
    let ledger = play(&grades, &plan);
    assert_eq!((ledger.bets.len(), ledger.bets[0].size, ledger.unsettled), (1, 6_000, 0));
}

#[test]
fn what_is_asked_for_after_the_result_is_refused() {
    let mut acceptance = Acceptance::ideal();
    acceptance.latency_us = 2 * SECOND;
    let settings = acceptance.horizons().into_iter().fold(Settings::default(), Settings::with_horizon);
    let mut world = World::new(&settings, evs_only);
    world.at(10.0, &[odds(4, 0, 0, 2.0), odds(4, 0, 1, 2.0), odds(4, 1, 1, 2.2)]);
    assert!(world.graded.settle(Timestamp(11 * SECOND), MarketId(4), MatchResult::Number(17)));
    let grades = world.end(1, 0);
    assert!(grades[0].looks[2].as_ref().expect("looked").is_executable(&grades[0].legs));
    assert_eq!(play(&grades, &arbitrage_plan(acceptance)).bets[0].status, Status::Gone);
}

#[test]
fn a_leg_of_less_than_a_cent_is_no_part_of_an_arbitrage() {
    let grades = arbitrage_world(&Acceptance::ideal()).end(1, 0);
    let stakes = |cents| play(&grades, &Plan::flat().with_stakes(Stakes::Flat(cents)));
    assert_eq!((stakes(1).not_staked, stakes(1).positions.len(), stakes(1).bets.len()), (1, 0, 0));
    assert_eq!((stakes(3).not_staked, stakes(3).bets.len()), (0, 2));
}

#[test]
fn a_limit_that_has_shrunk_to_nothing_is_a_refusal() {
    let mut acceptance = Acceptance::ideal();
    acceptance.latency_us = 2 * SECOND;
    let mut world = arbitrage_world(&acceptance);
    let OddsEvent::Odds(home) = odds(0, 1, 0, 2.10) else { panic!("odds") };
    world.at(11.0, &[OddsEvent::Odds(OddsUpdate { limit: Some(0.0), ..home })]);
    let ledger = play(&world.end(1, 0), &arbitrage_plan(acceptance));
    assert_eq!((ledger.bets[0].status, ledger.bets[0].size_matched), (Status::Limit, 0));
    assert_eq!(ledger.bets[1].status, Status::Matched);
}

#[test]
fn a_leg_by_itself_counts_as_an_opportunity_of_one() {
    let (won, lost) = (ev_world().end(1, 0), ev_world().end(0, 1));
    let (mut whole, mut legs) = (Tally::new(5), Tally::new(5));
    for grade in [&won[0], &lost[0], &lost[0]] {
        whole.add(grade);
        legs.add_leg(grade, 0);
    }
    assert_eq!((legs.decided, legs.won, legs.brier(), legs.log_loss()), (3, 1, whole.brier(), whole.log_loss()));
    assert_eq!((legs.closed, legs.beat_close, legs.closing_value()), (3, 3, whole.closing_value()));
    assert_eq!((legs.graded, legs.settled, legs.bets, legs.fixtures()), (0, 0, 0, 1));
    // Of an arbitrage each leg has its own: one is won, and by 0.5 each one beats the close and the other does too.
    let mut world = arbitrage_world(&Acceptance::ideal());
    world.at(20.0, &[odds(0, 0, 0, 2.0), odds(0, 0, 1, 2.0)]);
    let grades = world.end(1, 0);
    let closes: Vec<f64> = [0, 1]
        .map(|leg| {
            let mut tally = Tally::new(5);
            tally.add_leg(&grades[0], leg);
            assert_eq!(tally.decided, 0, "nobody judged it when it was told");
            tally.closing_value().expect("a close")
        })
        .into();
    assert!(near(closes[0], 2.10 / 2.0 - 1.0) && near(closes[1], 2.05 / 2.0 - 1.0));
}

#[test]
fn closing_values_have_an_interval_too() {
    let grades = ev_world().end(1, 0);
    let mut one = Tally::new(5);
    one.add(&grades[0]);
    assert_eq!(one.closing_interval(100, 1), None, "one fixture says nothing of others");
    let mut both = one.clone();
    both.absorb(&one);
    let (value, interval) =
        (both.closing_value().expect("a close"), both.closing_interval(100, 1).expect("two fixtures"));
    assert!(near(interval.low, value) && near(interval.high, value));
    assert_eq!(both.yield_interval(100, 1), None, "nothing was bet");
    let interval = crate::grade::Interval { low: -1.0, high: 2.0 };
    assert_eq!(
        [-1.5, -1.0, 0.0, 2.0, 2.5, f64::NAN].map(|value| interval.contains(value)),
        [false, true, true, true, false, false]
    );
}

#[test]
fn a_drawdown_is_the_greatest_fall_from_a_height() {
    let mut ledger = play(&ev_world().end(1, 0), &Plan::flat());
    assert_eq!((ledger.drawdown(), ledger.turnover()), (0, 10_000));
    assert_eq!(play(&ev_world().end(0, 1), &Plan::flat()).drawdown(), 10_000);
    ledger.equity = [100, 150, 90, 160, 120, 130].map(|cents| (Timestamp(0), cents)).to_vec();
    assert_eq!(ledger.drawdown(), 60);
    ledger.equity.clear();
    assert_eq!(ledger.drawdown(), 0);
}

#[test]
fn what_became_of_bets_and_who_moved_is_named() {
    use Status::{Gone, Limit, Matched, Partial, Rejected, Worse};
    let names = [Matched, Partial, Gone, Worse, Limit, Rejected].map(Status::name);
    assert_eq!(names, ["matched", "partial", "gone", "worse", "limit", "rejected"]);
    assert_eq!([Mover::Leg, Mover::Reference, Mover::Both].map(Mover::name), ["leg", "reference", "both"]);
}

#[test]
fn the_least_that_was_claimed_is_what_the_kind_can_lose() {
    let ev = first(ev_world().end(1, 0));
    assert_eq!(ev.claimed_worst(), -1.0);
    let arbitrage = arbitrage_world(&Acceptance::ideal()).end(1, 0).remove(0);
    let profit = 1.0 / (1.0 / 2.10 + 1.0 / 2.05) - 1.0;
    assert!(near(arbitrage.claimed_worst(), profit) && near(arbitrage.claimed(), profit));
    let mut world = World::new(&Settings::default(), |config| config.detect = Kinds::NONE.with(Kind::LowHold));
    world.at(10.0, &[odds(0, 1, 0, 2.0)]);
    world.at(13.0, &[odds(0, 2, 1, 1.98)]);
    let low_hold = world.end(1, 0).remove(0);
    let hold = 1.0 - 1.0 / (0.5 + 1.0 / 1.98);
    assert!(near(low_hold.claimed_worst(), -hold) && near(low_hold.claimed(), -hold));
    // Home had stood for three seconds.
    assert_eq!((low_hold.age_us(), ev.age_us()), (3 * SECOND, 0));
    let settings = Settings { moved_from: f64::NAN, ..Settings::default() };
    let error = Graded::new(Engine::new(Config::recorded()).expect("a preset"), settings).expect_err("no number");
    assert_eq!(alloc::format!("{error}"), "moved_from must be a number of at least 0");
}

#[test]
fn limits_hold_for_low_holds_too() {
    let mut world = World::new(&Settings::default(), |config| config.detect = Kinds::NONE.with(Kind::LowHold));
    let OddsEvent::Odds(home) = odds(0, 1, 0, 2.0) else { panic!("odds") };
    world.at(10.0, &[OddsEvent::Odds(OddsUpdate { limit: Some(20.0), ..home }), odds(0, 2, 1, 1.98)]);
    let grades = world.end(1, 0);
    assert_eq!((grades[0].legs[0].limit, grades[0].legs[1].limit), (Some(20.0), None));
    let mut plan = Plan::flat();
    plan.kinds = Kinds::ALL;
    let sizes: Vec<i64> = play(&grades, &plan).bets.iter().map(|bet| bet.size_matched).collect();
    // 20.00 at 2.0 pays what 20.20 at 1.98 do; a cent is lost to rounding.
    assert_eq!(sizes, [1_999, 2_020]);
}
