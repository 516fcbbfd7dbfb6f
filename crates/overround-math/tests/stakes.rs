//! Stakes against brute force over every stake, against a linear programme, and against published cases.
//!
//! Brute force would catch a search that stops too early or a level that is skipped; the linear programme a wrong reading of minima,
//! bankrolls or results that need only break even; the cases a wrong reading of free bets, lays and commissions.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use overround_math::commission::{Base, Commission};
use overround_math::settlement::Settlement;
use overround_math::stakes::{
    Aim, Budget, Funds, Leg, Plan, SplitRequest, StakeError, Status, plan_into, profit_if, profit_settled, relax_into,
    split_into,
};

/// A small generator of test cases (splitmix64).
struct Cases(u64);

impl Cases {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.next() % bound).unwrap()
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

fn f(n: i64) -> f64 {
    f64::from(i32::try_from(n).unwrap())
}

/// The same case as plain numbers, for the reference solvers.
#[derive(Debug, Clone)]
struct Plain {
    cost: f64,
    payout: f64,
    own_cost: f64,
    step: i64,
    min: i64,
    max: i64,
    account: Option<usize>,
    even: bool,
}

#[derive(Debug)]
struct Case {
    legs: Vec<Leg>,
    plain: Vec<Plain>,
    total: Option<i64>,
    bankrolls: Vec<i64>,
}

/// A random case of two to four legs, most of them near or beyond arbitrage, with few units of money.
fn case(cases: &mut Cases) -> Case {
    let count = usize::try_from(2 + cases.below(5) / 2).unwrap();
    let units = [60, 40, 14][count - 2];
    let bankrolls = vec![2 + cases.below(units), 2 + cases.below(units)];
    let mut case = Case { legs: vec![], plain: vec![], total: Some(4 + cases.below(units)), bankrolls };
    let centre = f(i64::try_from(count).unwrap());
    for i in 0..count {
        let price = (centre * (0.75 + f(cases.below(60)) / 100.0) * 100.0).round() / 100.0;
        let price = price.max(1.05);
        let (mut leg, mut own_cost, mut payout) = (Leg::cash(price), 1.0, price);
        if cases.one_in(8) {
            (leg, own_cost, payout) = (Leg::free_bet(price), 0.0, price - 1.0);
        } else if cases.one_in(6) {
            let rate = f(cases.below(6)) / 100.0;
            leg = Leg::lay(price, Some(Commission::new(Base::Winnings, rate).unwrap())).unwrap();
            (own_cost, payout) = (price - 1.0, price - rate);
        }
        let rate = if cases.one_in(5) { 0.5 + f(cases.below(10)) / 8.0 } else { 1.0 };
        let step = if cases.one_in(3) { 1 + cases.below(5) } else { 1 };
        let min = if cases.one_in(5) { cases.below(8) } else { 0 };
        let max = if cases.one_in(3) { min + cases.below(30) } else { 60 };
        let account = cases.one_in(4).then(|| usize::try_from(cases.below(2)).unwrap());
        let even = i > 0 && cases.one_in(6);
        let mut plain = Plain { cost: own_cost * rate, payout: payout * rate, own_cost, step, min, max, account, even };
        leg = leg.step(step).at_least(min).at_most(max).rate(rate);
        if let Some(account) = account {
            leg = leg.account(u16::try_from(account).unwrap());
        }
        if even {
            leg = leg.even();
        }
        if cases.one_in(7) {
            let placed = cases.below(15);
            leg = leg.placed(placed);
            (plain.step, plain.min, plain.max) = (1, placed, placed);
        }
        case.legs.push(leg);
        case.plain.push(plain);
    }
    if case.plain.iter().all(|leg| leg.max < 60) && cases.one_in(3) {
        case.total = None;
    }
    case
}

/// The worst case, lowest payout aimed at and cost of stakes; `None` where they are not allowed.
fn judge(case: &Case, stakes: &[i64]) -> Option<(f64, f64, f64)> {
    const EPS: f64 = 1e-10;
    let cost: f64 = case.plain.iter().zip(stakes).map(|(leg, &stake)| leg.cost * f(stake)).sum();
    let payouts: Vec<f64> = case.plain.iter().zip(stakes).map(|(leg, &stake)| leg.payout * f(stake)).collect();
    let allowed = case.total.is_none_or(|total| cost <= f(total) + EPS)
        && case
            .plain
            .iter()
            .zip(stakes)
            .all(|(leg, stake)| (leg.min..=leg.max).contains(stake) && stake % leg.step == 0)
        && case.plain.iter().zip(&payouts).all(|(leg, &payout)| !leg.even || payout >= cost - EPS)
        && case.bankrolls.iter().enumerate().all(|(account, &bankroll)| {
            let of = case.plain.iter().zip(stakes).filter(|(leg, _)| leg.account == Some(account));
            of.map(|(leg, &stake)| leg.own_cost * f(stake)).sum::<f64>() <= f(bankroll) + EPS
        });
    let aimed = case.plain.iter().zip(&payouts).filter(|(leg, _)| !leg.even);
    let lowest = aimed.map(|(_, &payout)| payout).fold(f64::INFINITY, f64::min);
    allowed.then_some((lowest - cost, lowest, cost))
}

/// All allowed stakes, judged.
fn every(case: &Case, visit: &mut impl FnMut(&[i64], (f64, f64, f64))) {
    fn go(case: &Case, stakes: &mut Vec<i64>, spent: f64, visit: &mut impl FnMut(&[i64], (f64, f64, f64))) {
        let Some(leg) = case.plain.get(stakes.len()) else {
            if let Some(judged) = judge(case, stakes) {
                visit(stakes, judged);
            }
            return;
        };
        let first = (leg.min + leg.step - 1) / leg.step;
        for steps in first..=leg.max / leg.step {
            let stake = steps * leg.step;
            let spent = spent + leg.cost * f(stake);
            if case.total.is_some_and(|total| spent > f(total) + 1.0) {
                break;
            }
            stakes.push(stake);
            go(case, stakes, spent, visit);
            stakes.pop();
        }
    }
    go(case, &mut Vec::new(), 0.0, visit);
}

#[test]
fn the_worst_case_is_that_of_brute_force_over_all_stakes() {
    let mut cases = Cases(2026);
    let (mut profits, mut losses, mut spent, mut refused) = (0, 0, 0, 0);
    for number in 0..10_000 {
        let case = case(&mut cases);
        let mut stakes = vec![0; case.legs.len()];
        let funds = Funds { total: case.total, bankrolls: &case.bankrolls };
        let found = plan_into(&case.legs, &funds, &mut stakes);
        // The optimum; and the greatest lowest payout at the least cost, for cases in which nothing beats the least stakes.
        let (mut best, mut least, mut highest) = (f64::NEG_INFINITY, (i64::MAX, 0.0), (f64::NEG_INFINITY, 0.0));
        every(&case, &mut |stakes, (worst, lowest, cost)| {
            best = best.max(worst);
            if stakes.iter().sum::<i64>() < least.0 {
                least = (stakes.iter().sum(), worst);
            }
            if lowest > highest.0 + 1e-9 || (lowest > highest.0 - 1e-9 && cost < highest.1) {
                highest = (lowest, cost);
            }
        });
        let context = || {
            format!("case {number}: {case:?} gave {found:?} with {stakes:?}, brute force {best} {least:?} {highest:?}")
        };
        match found {
            Ok(plan) => {
                let (worst, _, cost) = judge(&case, &stakes).unwrap_or_else(|| panic!("not allowed: {}", context()));
                assert!((worst - plan.profit_min).abs() < 1e-9 && (cost - plan.cost).abs() < 1e-9, "{}", context());
                let spends = least.1 < 1e-9 && best < least.1 + 1e-9 && {
                    let nothing_is_sunk = least.1 > -1e-9;
                    nothing_is_sunk || programme(&case, false).unwrap() < least.1 + 1e-9
                };
                let expected = if spends { highest.0 - highest.1 } else { best };
                assert!((worst - expected).abs() < 1e-9, "{spends} {}", context());
                spent += i32::from(spends);
                assert_eq!(plan.status == Status::Profit, best > 1e-9, "{}", context());
                if worst > 0.0 { profits += 1 } else { losses += 1 }
            }
            Err(error) => {
                let is_empty = best == f64::NEG_INFINITY;
                let expected = match error {
                    StakeError::Minima | StakeError::Stake(_) => is_empty,
                    StakeError::NothingFits => highest.0 < 1e-9,
                    _ => false,
                };
                assert!(expected, "{}", context());
                refused += 1;
            }
        }
    }
    assert!(profits > 2000 && losses > 2000 && spent > 1000 && refused < 4000, "{profits} {losses} {spent} {refused}");
}

/// The optimum of the linear programme: greatest level − cost, or greatest level alone.
fn programme(case: &Case, level_only: bool) -> Option<f64> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let level = problem.add_var(1.0, (0.0, f64::INFINITY));
    let weight = |leg: &Plain| if level_only { 0.0 } else { -leg.cost };
    // Minima and maxima are whole steps to the solver.
    let bounds = |leg: &Plain| (f((leg.min + leg.step - 1) / leg.step * leg.step), f(leg.max / leg.step * leg.step));
    let vars: Vec<_> = case.plain.iter().map(|leg| problem.add_var(weight(leg), bounds(leg))).collect();
    let costs = || vars.iter().copied().zip(case.plain.iter().map(|leg| leg.cost));
    for (&var, leg) in vars.iter().zip(&case.plain) {
        if leg.even {
            let row: Vec<_> = costs().map(|(v, cost)| (v, if v == var { leg.payout - cost } else { -cost })).collect();
            problem.add_constraint(row, ComparisonOp::Ge, 0.0);
        } else {
            problem.add_constraint([(var, leg.payout), (level, -1.0)], ComparisonOp::Ge, 0.0);
        }
    }
    if let Some(total) = case.total {
        problem.add_constraint(costs().collect::<Vec<_>>(), ComparisonOp::Le, f(total));
    }
    for (account, &bankroll) in case.bankrolls.iter().enumerate() {
        let of = vars.iter().zip(&case.plain).filter(|(_, leg)| leg.account == Some(account));
        let row: Vec<_> = of.map(|(&var, leg)| (var, leg.own_cost)).collect();
        if !row.is_empty() {
            problem.add_constraint(row, ComparisonOp::Le, f(bankroll));
        }
    }
    match problem.solve().ok()? {
        SolveOutcome::Solution(solution) => Some(solution.objective()),
        SolveOutcome::Interrupted(_) => panic!("no limit was set"),
    }
}

#[test]
fn without_rounding_the_worst_case_is_that_of_a_linear_programme() {
    let mut cases = Cases(7);
    let (mut gains, mut others, mut refused) = (0, 0, 0);
    for number in 0..6_000 {
        let case = case(&mut cases);
        let mut stakes = vec![0.0; case.legs.len()];
        let funds = Funds { total: case.total, bankrolls: &case.bankrolls };
        let found = relax_into(&case.legs, &funds, &mut stakes);
        let context = || format!("case {number}: {case:?} gave {found:?} with {stakes:?}");
        let Some(best) = programme(&case, false) else {
            assert!(matches!(found, Err(StakeError::Minima | StakeError::Stake(_))), "{}", context());
            refused += 1;
            continue;
        };
        let Ok(plan) = found else {
            assert_eq!(found, Err(StakeError::NothingFits), "{}", context());
            assert!(programme(&case, true).unwrap() < 1e-9, "{}", context());
            refused += 1;
            continue;
        };
        let lowest = case.plain.iter().zip(&stakes).filter(|(leg, _)| !leg.even);
        let lowest = lowest.map(|(leg, stake)| leg.payout * stake).fold(f64::INFINITY, f64::min);
        let highest = programme(&case, true).unwrap();
        let gained = (plan.profit_min - best).abs() < 1e-8;
        assert!(gained || (lowest - highest).abs() < 1e-8, "{} programme {best} {highest}", context());
        assert!(plan.profit_min <= best + 1e-8, "{} programme {best}", context());
        if best > 1e-8 {
            assert!(gained, "{} programme {best}", context());
            gains += 1;
        } else {
            others += 1;
        }
    }
    assert!(gains > 300 && others > 300 && refused < 1500, "{gains} {others} {refused}");
}

#[test]
fn rounding_never_helps_and_a_finer_step_never_hurts() {
    let prices = [2.62, 3.45, 3.15];
    let worst = |step: i64| {
        let legs = prices.map(|d| Leg::cash(d).step(step));
        let mut stakes = [0; 3];
        plan_into(&legs, &Funds { total: Some(100_000), bankrolls: &[] }, &mut stakes).unwrap().profit_min
    };
    let legs = prices.map(Leg::cash);
    let relaxed = relax_into(&legs, &Funds { total: Some(100_000), bankrolls: &[] }, &mut [0.0; 3]).unwrap().profit_min;
    for (fine, coarse) in [(1, 10), (10, 100), (100, 500), (500, 1000), (1000, 5000)] {
        assert!(worst(fine) >= worst(coarse));
        assert!(worst(fine) <= relaxed + 1e-9);
    }
}

fn one(legs: &[Leg], total: Option<i64>) -> (Plan, Vec<i64>) {
    let mut stakes = vec![0; legs.len()];
    let plan = plan_into(legs, &Funds { total, bankrolls: &[] }, &mut stakes).unwrap();
    (plan, stakes)
}

#[test]
fn published_free_bets_and_lays() {
    // A free bet of $100 at +300, hedged with $220 at −275: $80 whatever happens.
    let hedge = [Leg::free_bet(4.0).placed(10_000), Leg::cash(1.0 + 100.0 / 275.0)];
    let (plan, stakes) = one(&hedge, None);
    assert_eq!(stakes, [10_000, 22_000]);
    assert!((plan.profit_min - 8_000.0).abs() < 1e-6 && (plan.profit_max - 8_000.0).abs() < 1e-6);
    // A free bet of 50 at 3.00 laid at 3.05 with 5 % on winnings: lay 33.33, profit 31.67.
    let exchange = Commission::new(Base::Winnings, 0.05).unwrap();
    let legs = [Leg::free_bet(3.0).placed(5_000), Leg::lay(3.05, Some(exchange)).unwrap()];
    let (plan, stakes) = one(&legs, None);
    assert_eq!(stakes, [5_000, 3_333]);
    assert!((plan.profit_min - 3_166.35).abs() < 1e-6, "{plan:?}");
    assert!((plan.cost - 3_333.0 * 2.05).abs() < 1e-6, "the liability");
}

#[test]
fn lays_cost_and_pay_their_cash_flows() {
    for (base, rate) in [(Base::Winnings, 0.05), (Base::Stake, 0.02), (Base::Contract, 0.07)] {
        let commission = Commission::new(base, rate).unwrap();
        let leg = Leg::lay(4.0, Some(commission)).unwrap();
        assert!((leg.payout() / leg.cost() - commission.lay(4.0).unwrap()).abs() < 1e-12, "{base:?}");
    }
    assert_eq!(Leg::lay(4.0, Some(Commission::new(Base::Gross, 0.05).unwrap())), None);
    let plain = Leg::lay(4.0, None).unwrap();
    assert_eq!((plain.cost(), plain.payout()), (3.0, 4.0));
}

#[test]
fn profit_on_two_results_with_the_third_at_zero() {
    // 3.0/3.5/2.8: the draw only gives the money back, which leaves more for home and away.
    let legs = [Leg::cash(3.0), Leg::cash(3.5).even(), Leg::cash(2.8)];
    let (plan, stakes) = one(&legs, Some(1_000_000));
    let profits: Vec<f64> = (0..3).map(|result| profit_if(&legs, &stakes, result)).collect();
    assert!((0.0..4.0).contains(&profits[1]), "{profits:?}");
    // By hand: the draw takes T/3.5, the rest buys 1/3 + 1/2.8 of payout: 0.714286/0.690476 = 1.034483.
    assert!((plan.profit_min / 1_000_000.0 - 0.034_483).abs() < 1e-5, "{plan:?}");
    assert!((profits[0] - profits[2]).abs() < 4.0);
}

#[test]
fn a_double_chance_hedge_settled_state_by_state() {
    // Draw no bet at 2.0 with draw-or-away at 2.1: 51.22/48.78 pays 2.439 %, at a draw 53.66 %.
    let legs = [Leg::cash(2.0), Leg::cash(2.1)];
    let (plan, stakes) = one(&legs, Some(1_000_000));
    assert!((plan.profit_min / plan.cost - 0.024_39).abs() < 1e-5);
    let draw = profit_settled(&legs, &stakes, &[Settlement::Push, Settlement::Win]);
    assert!((draw / plan.cost - 0.536_6).abs() < 1e-4);
    let home = profit_settled(&legs, &stakes, &[Settlement::Win, Settlement::Loss]);
    assert_eq!(home, profit_if(&legs, &stakes, 0));
}

#[test]
fn a_handicap_from_its_two_quarters() {
    // +0.75 at 1.45 and +1.25 at 1.22 make a +1 whose push state is exactly 0: stakes 100(1 − 1/1.22) and 100/1.22, profit 26.15.
    let (d1, d2) = (1.45, 1.22);
    let legs = [Leg::cash(d1), Leg::cash(d2)];
    let stakes = [1_803, 8_197];
    let lost_by_one = profit_settled(&legs, &stakes, &[Settlement::HalfLoss, Settlement::HalfWin]);
    assert!(lost_by_one.abs() < 1.0);
    let won = profit_settled(&legs, &stakes, &[Settlement::Win, Settlement::Win]);
    assert!((won - 2_615.0).abs() < 1.0);
}

#[test]
fn the_reason_is_told_when_the_edge_is_gone() {
    let status = |legs: &[Leg], total: i64| one(legs, Some(total)).0.status;
    assert_eq!(status(&[Leg::cash(2.1), Leg::cash(2.05)], 10_000), Status::Profit);
    assert_eq!(status(&[Leg::cash(1.9), Leg::cash(1.9)], 10_000), Status::NoEdge);
    // 3.0 against 1.55 in steps of half the total: no split into halves wins.
    assert_eq!(status(&[Leg::cash(3.0).step(500), Leg::cash(1.55).step(500)], 1_000), Status::RoundingKillsEdge);
    // At least 500 of 600 on the long price leaves too little for the short one.
    assert_eq!(status(&[Leg::cash(2.1).at_least(500), Leg::cash(2.05)], 600), Status::LimitsKillEdge);
    assert_eq!(status(&[Leg::cash(2.1).placed(500), Leg::cash(2.05).at_most(400)], 10_000), Status::LimitsKillEdge);
}

#[test]
fn one_bankroll_and_two_currencies() {
    // Both legs at one bookmaker with 100.00: no more than that is staked, whatever the total.
    let legs = [Leg::cash(2.1).account(0), Leg::cash(2.05).account(0)];
    let mut stakes = [0; 2];
    plan_into(&legs, &Funds { total: Some(50_000), bankrolls: &[10_000] }, &mut stakes).unwrap();
    assert!((9_990..=10_000).contains(&stakes.iter().sum::<i64>()), "{stakes:?}");
    // The second leg in a currency worth half: twice the units.
    let legs = [Leg::cash(2.1), Leg::cash(2.1).rate(0.5)];
    let (plan, stakes) = one(&legs, Some(10_000));
    assert_eq!(stakes, [5_000, 10_000]);
    assert!((plan.cost - 10_000.0).abs() < 1e-9);
}

#[test]
fn prices_that_are_binary_fractions_do_not_cost_a_step() {
    // 3.6 × 10 is 1.2 × 30 but for the last bit.
    let (_, stakes) = one(&[Leg::cash(3.6).step(10), Leg::cash(1.2)], Some(41));
    assert_eq!(stakes, [10, 30]);
}

#[test]
fn microscopic_edges_and_large_totals_end_soon() {
    // No edge at all (3 × 1/3), an edge of 1e-4, and one of 1e-6, with a hundred million steps.
    for (prices, total) in
        [([3.0, 3.0, 3.0], 100_000_000), ([3.0, 3.001, 3.0], 1_000_000), ([2.999_99, 3.000_02, 3.0], 100_000_000)]
    {
        let legs = prices.map(Leg::cash);
        let (plan, stakes) = one(&legs, Some(total));
        assert!(stakes.iter().sum::<i64>() <= total);
        assert!(plan.profit_min >= -3.0);
    }
}

#[test]
fn bad_requests_have_typed_errors() {
    let two = |leg: Leg| {
        plan_into(&[leg, Leg::cash(2.0)], &Funds { total: Some(100), bankrolls: &[5] }, &mut [0; 2]).unwrap_err()
    };
    let ok = Leg::cash(2.1);
    for bad in [f64::NAN, f64::INFINITY, 1.0, 0.5, -2.0, 1e7] {
        assert_eq!(two(Leg::cash(bad)), StakeError::Price(0), "{bad}");
    }
    assert_eq!(two(ok.rate(0.0)), StakeError::Price(0));
    assert_eq!(two(ok.rate(f64::NAN)), StakeError::Price(0));
    assert_eq!(two(ok.step(0)), StakeError::Stake(0));
    assert_eq!(two(ok.at_least(-1)), StakeError::Stake(0));
    assert_eq!(two(ok.at_least(9).at_most(8)), StakeError::Stake(0));
    assert_eq!(two(ok.step(10).at_least(11).at_most(19)), StakeError::Stake(0), "no multiple within");
    assert_eq!(two(ok.placed(i64::MAX)), StakeError::Stake(0));
    assert_eq!(two(ok.account(1)), StakeError::Account(0));
    assert_eq!(two(ok.at_least(90).account(0)), StakeError::Minima);
    assert_eq!(two(ok.at_least(101)), StakeError::Minima);
    assert_eq!(two(ok.step(101)), StakeError::NothingFits);
    let none = Funds::default();
    assert_eq!(plan_into(&[ok, ok], &none, &mut [0; 2]), Err(StakeError::Unbounded));
    assert_eq!(plan_into(&[ok.even(), ok.even()], &none, &mut [0; 2]), Err(StakeError::NoAim));
    assert_eq!(plan_into(&[ok], &none, &mut [0]), Err(StakeError::TooFewLegs));
    assert_eq!(plan_into(&[ok; 257], &none, &mut [0; 257]), Err(StakeError::TooManyLegs));
    assert_eq!(plan_into(&[ok, ok], &none, &mut [0]), Err(StakeError::Lengths));
    let empty = Funds { total: Some(0), bankrolls: &[] };
    assert_eq!(plan_into(&[ok, ok], &empty, &mut [0; 2]), Err(StakeError::Total));
}

#[test]
fn most_legs_at_once() {
    let legs = [Leg::cash(300.0); 256];
    let mut stakes = [0; 256];
    let plan = plan_into(&legs, &Funds { total: Some(256_000), bankrolls: &[] }, &mut stakes).unwrap();
    assert_eq!(stakes, [1_000; 256]);
    assert!((plan.profit_min - 44_000.0).abs() < 1e-6);
}

fn request<'a>(net_prices: &'a [f64], budget: Budget) -> SplitRequest<'a> {
    SplitRequest { net_prices, budget, step: None, limits: &[] }
}

#[test]
fn split_without_step_pays_alike() {
    let (mut stakes, mut payouts) = ([0.0; 3], [0.0; 3]);
    let split = split_into(&request(&[2.5, 3.5, 3.4], Budget::Total(100.0)), &mut stakes, &mut payouts).unwrap();
    assert!(stakes.iter().zip([40.82, 29.16, 30.02]).all(|(a, b)| (a - b).abs() < 5e-3), "{stakes:?}");
    assert!(payouts.iter().all(|payout| (payout - payouts[0]).abs() < 1e-12));
    assert!((split.profit_min - 2.06).abs() < 5e-3 && split.total == 100.0 && split.status == Status::Profit);

    let fixed = Budget::Fixed { leg: 1, stake: 20.0 };
    let split = split_into(&request(&[2.5, 3.5, 3.4], fixed), &mut stakes, &mut payouts).unwrap();
    assert!(stakes[1] == 20.0 && payouts.iter().all(|payout| (payout - 70.0).abs() < 1e-12));
    assert!((split.total - (28.0 + 20.0 + 70.0 / 3.4)).abs() < 1e-12);

    let loss = split_into(&request(&[1.5, 3.5, 3.4], Budget::Total(100.0)), &mut stakes, &mut payouts).unwrap();
    assert!(loss.profit_min < 0.0 && loss.status == Status::NoEdge && loss.total == 100.0);
}

#[test]
fn split_within_limits_keeps_the_proportions() {
    let (mut stakes, mut payouts) = ([0.0; 2], [0.0; 2]);
    let limits = [Some(20.0), None];
    let limited = SplitRequest { limits: &limits, ..request(&[2.1, 2.05], Budget::Total(100.0)) };
    let split = split_into(&limited, &mut stakes, &mut payouts).unwrap();
    assert!((stakes[0] - 20.0).abs() < 1e-12 && (payouts[0] - payouts[1]).abs() < 1e-12);
    assert!((split.total - 20.0 - 42.0 / 2.05).abs() < 1e-12);
    // The fixed leg itself knows no limit; the other one does, and then too little is hedged.
    let fixed = SplitRequest { budget: Budget::Fixed { leg: 1, stake: 50.0 }, ..limited };
    let split = split_into(&fixed, &mut stakes, &mut payouts).unwrap();
    assert_eq!((stakes, split.status), ([20.0, 50.0], Status::LimitsKillEdge));
    assert!((split.profit_min + 28.0).abs() < 1e-12);
}

#[test]
fn split_in_steps_of_money() {
    let (mut stakes, mut payouts) = ([0.0; 2], [0.0; 2]);
    let stepped = SplitRequest { step: Some(0.1), ..request(&[2.1, 2.05], Budget::Total(1.0)) };
    let split = split_into(&stepped, &mut stakes, &mut payouts).unwrap();
    assert_eq!((stakes, split.total), ([0.5, 0.5], 1.0));
    let odd = SplitRequest { step: Some(5.0), ..request(&[2.1, 2.05], Budget::Fixed { leg: 0, stake: 33.37 }) };
    let split = split_into(&odd, &mut stakes, &mut payouts).unwrap();
    assert_eq!(stakes, [33.37, 35.0]);
    assert!((split.profit_min - (33.37 * 2.1 - 68.37)).abs() < 1e-12);
    let cents = SplitRequest { step: Some(0.01), ..request(&[2.1, 2.05], Budget::Total(100.0)) };
    let split = split_into(&cents, &mut stakes, &mut payouts).unwrap();
    assert!(split.total <= 100.0 && (split.profit_min - 3.735).abs() < 0.02);
}

#[test]
fn split_refuses_what_makes_no_sense() {
    let error = |prices: &[f64], budget, step, limits: &[Option<f64>]| {
        let (mut stakes, mut payouts) = (vec![0.0; prices.len()], vec![0.0; prices.len()]);
        split_into(&SplitRequest { net_prices: prices, budget, step, limits }, &mut stakes, &mut payouts).unwrap_err()
    };
    let hundred = Budget::Total(100.0);
    assert_eq!(error(&[2.0], hundred, None, &[]), StakeError::TooFewLegs);
    assert_eq!(error(&[2.0, 1.0], hundred, None, &[]), StakeError::Price(1));
    assert_eq!(error(&[f64::NAN, 2.0], hundred, None, &[]), StakeError::Price(0));
    assert_eq!(error(&[2.0, 2.0], hundred, None, &[None]), StakeError::Lengths);
    assert_eq!(error(&[2.0, 2.0], hundred, None, &[None, Some(-1.0)]), StakeError::Stake(1));
    assert_eq!(error(&[2.0, 2.0], hundred, None, &[None, Some(0.0)]), StakeError::NothingFits);
    assert_eq!(error(&[2.0, 2.0], hundred, Some(200.0), &[]), StakeError::NothingFits);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(error(&[2.0, 2.0], Budget::Total(bad), None, &[]), StakeError::Total, "{bad}");
        assert_eq!(error(&[2.0, 2.0], Budget::Fixed { leg: 0, stake: bad }, None, &[]), StakeError::Stake(0), "{bad}");
        assert_eq!(error(&[2.0, 2.0], hundred, Some(bad), &[]), StakeError::Step, "{bad}");
    }
    assert_eq!(error(&[2.0, 2.0], Budget::Fixed { leg: 2, stake: 1.0 }, None, &[]), StakeError::Stake(2));
    assert_eq!(error(&[2.0, 2.0], hundred, Some(1.0 / 3.0), &[]), StakeError::Step);
}

#[test]
fn aims_are_readable() {
    assert_eq!(Leg::cash(2.0).aim(), Aim::Profit);
    assert_eq!(Leg::cash(2.0).even().aim(), Aim::Even);
}
