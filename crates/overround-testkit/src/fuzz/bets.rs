//! Stakes and settlement.

use super::tape::Tape;
use overround_math::line::{Line, LineKind};
use overround_math::settlement::{MarketShape, MatchResult, Settlement, Side, settle};
use overround_math::stakes::{
    Aim, Budget, Funds, Leg, Plan, SLACK, SplitRequest, Status, plan_into, profit_if, relax_into, split_into,
};

const SHAPES: [MarketShape; 7] = [
    MarketShape::TwoWay,
    MarketShape::DrawNoBet,
    MarketShape::ThreeWay,
    MarketShape::Spread,
    MarketShape::Total,
    MarketShape::YesNo,
    MarketShape::Listed,
];

/// Legs, funds and steps: stakes within every bound, figures that recompute, never better than without rounding; or a typed error.
pub fn stakes(data: &[u8]) {
    let mut tape = Tape(data);
    split(&mut tape);
    let most = tape.u16();
    let total = f64::from(most);
    let bankrolls = [i64::from(tape.u16()), i64::from(tape.u8())];
    let mut legs = Vec::new();
    while !tape.is_empty() && legs.len() < 8 {
        legs.push(leg(&mut tape));
    }
    let funds = Funds { total: (most > 0).then_some(i64::from(most)), bankrolls: &bankrolls };
    let mut stakes = vec![0; legs.len()];
    let planned = plan_into(&legs, &funds, &mut stakes);
    let mut relaxed = vec![0.0; legs.len()];
    let bound = relax_into(&legs, &funds, &mut relaxed);
    let Ok(plan) = planned else { return };
    let least = (0..legs.len())
        .filter(|&i| legs[i].aim() == Aim::Profit)
        .map(|i| profit_if(&legs, &stakes, i))
        .fold(f64::INFINITY, f64::min);
    let scale = 1.0 + plan.cost.abs() + plan.profit_max.abs();
    assert!(
        plan.profit_min == least || (plan.profit_min - least).abs() <= 1e-9 * scale,
        "{plan:?}, recomputed {least}"
    );
    assert!(stakes.iter().all(|&stake| stake >= 0), "{stakes:?}");
    if funds.total.is_some() {
        assert!(plan.cost <= total * (1.0 + 1e-9) + 1e-9, "{plan:?} costs more than {total}");
    }
    // The best in steps is not better than the best without: where both look for a profit.
    if let (Status::Profit, Ok(Plan { profit_min, status: Status::Profit, .. })) = (plan.status, bound) {
        assert!(plan.profit_min <= profit_min + (1e-9 + SLACK) * scale, "{plan:?} beats {profit_min} of {legs:?}");
    }
}

fn split(tape: &mut Tape<'_>) {
    let count = usize::from(tape.u8() % 5);
    let net_prices: Vec<f64> = (0..count).map(|_| tape.price()).collect();
    let choices = tape.u8();
    let amount = f64::from(tape.u16()) / 16.0;
    let budget = if choices & 1 == 0 { Budget::Total(amount) } else { Budget::Fixed { leg: 0, stake: amount } };
    let step = (choices & 2 != 0).then(|| f64::from(tape.u8()) / 4.0);
    let limits: Vec<Option<f64>> =
        if choices & 4 == 0 { Vec::new() } else { (0..count).map(|_| Some(f64::from(tape.u16()))).collect() };
    let request = SplitRequest { net_prices: &net_prices, budget, step, limits: &limits };
    let (mut stakes, mut payouts) = (vec![0.0; count], vec![0.0; count]);
    let Ok(split) = split_into(&request, &mut stakes, &mut payouts) else { return };
    let sum: f64 = stakes.iter().sum();
    assert!(
        (sum - split.total).abs() <= 1e-9 * (1.0 + sum),
        "{request:?}: {stakes:?} sum to {sum}, not {}",
        split.total
    );
    if let Budget::Total(total) = budget {
        assert!(split.total <= total * (1.0 + 1e-9), "{request:?} costs {}", split.total);
    }
    let least = payouts.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((least - split.total - split.profit_min).abs() <= 1e-9 * (1.0 + least.abs()), "{request:?}: {split:?}");
}

fn leg(tape: &mut Tape<'_>) -> Leg {
    let price = tape.price();
    let choices = tape.u8();
    let mut leg = match choices & 3 {
        0 | 1 => Leg::cash(price),
        2 => Leg::free_bet(price),
        _ => Leg::lay(price, None).unwrap_or(Leg::cash(price)),
    };
    // Coarse steps, so that no search is long.
    leg = leg.step(i64::from(tape.u8()) + 16);
    if choices & 4 != 0 {
        leg = leg.at_least(i64::from(tape.u8()));
    }
    if choices & 8 != 0 {
        leg = leg.at_most(i64::from(tape.u16()));
    }
    if choices & 16 != 0 {
        leg = leg.placed(i64::from(tape.u8()));
    }
    if choices & 32 != 0 {
        leg = leg.account(u16::from(tape.u8() % 3));
    }
    if choices & 64 != 0 {
        leg = leg.even();
    }
    leg
}

/// A bet against a result: the opposite bet settles the opposite way, and a quarter line is the mean of its neighbours.
pub fn settlement(data: &[u8]) {
    let mut tape = Tape(data);
    let shape = SHAPES[usize::from(tape.u8()) % SHAPES.len()];
    let line = Line::from_thousandths(tape.i32()).filter(|_| tape.u8() & 1 == 0);
    let outcome = u16::from(tape.u8() % 4);
    let result = match tape.u8() % 4 {
        0 => MatchResult::Score { home: tape.i32(), away: tape.i32() },
        1 => MatchResult::Number(tape.i64()),
        2 => MatchResult::Winner(tape.u16() % 5),
        _ => MatchResult::Void,
    };
    let of = |outcome, side| settle(shape, line, outcome, side, result);
    let Some(back) = of(outcome, Side::Back) else {
        assert_eq!(of(outcome, Side::Lay), None, "{shape:?} {line:?} {result:?}");
        return;
    };
    assert_eq!(of(outcome, Side::Lay), Some(back.mirror()), "{shape:?} {line:?} {result:?}");
    // In a market of two outcomes a bet on one is a bet against the other.
    if shape.outcomes() == Some(2) && outcome < 2 {
        assert_eq!(of(1 - outcome, Side::Back), Some(back.mirror()), "{shape:?} {line:?} {result:?}");
    }
    assert!(matches!(back, Settlement::Win | Settlement::Loss | Settlement::Push) || line.is_some());
    let quarter = line.filter(|line| line.kind() == LineKind::Quarter);
    if let Some(quarter) = quarter {
        let neighbour = |by: i32| {
            let line = Line::from_thousandths(quarter.thousandths() + by)?;
            Some(settle(shape, Some(line), outcome, Side::Back, result)?.profit_per_stake(3.0))
        };
        if let (Some(a), Some(b)) = (neighbour(-250), neighbour(250)) {
            assert_eq!(back.profit_per_stake(3.0), (a + b) / 2.0, "{shape:?} {line:?} {result:?}");
        }
    }
}
