//! Prices near the truth, on a coarse grid, so that ties and near misses abound.

use crate::random::Random;
use overround::odds_event::{MarketShape, Side};
use overround_math::float::sigmoid;
use overround_math::line::Line;
use overround_math::odds::Odds;

/// What the outcomes of one market are worth: the place of each fair price on the ladder.
#[derive(Clone, Debug)]
pub(crate) struct Truth(Vec<i64>);

impl Truth {
    /// A truth that falls along the lines of a family as it should; `centre` is the family's.
    pub(crate) fn of(
        random: &mut Random,
        shape: MarketShape,
        outcomes: usize,
        line: Option<Line>,
        centre: i64,
    ) -> Self {
        let shift = f64::from(i32::try_from(centre).unwrap_or(0)) / 8.0;
        let above = match (shape, line) {
            (MarketShape::Total, Some(line)) => Some(sigmoid(2.75 + shift - line.as_f64())),
            (MarketShape::Spread, Some(line)) => Some(sigmoid(line.as_f64() + 1.0 + shift)),
            _ => None,
        };
        if let Some(p) = above {
            return Self(vec![nearest(1.0 / p), nearest(1.0 / (1.0 - p))]);
        }
        let weights: Vec<f64> = (0..outcomes).map(|_| random.pick(&[1.0, 1.0, 2.0, 3.0])).collect();
        let sum: f64 = weights.iter().sum();
        Self(weights.iter().map(|weight| nearest(sum / weight)).collect())
    }

    pub(crate) fn outcomes(&self) -> usize {
        self.0.len()
    }

    /// A price as shown, a few steps of the American ladder around the fair one.
    pub(crate) fn price(&self, random: &mut Random, outcome: usize, side: Side) -> Odds {
        let place = self.0.get(outcome).copied().unwrap_or(0);
        let bias = if side == Side::Lay { 0 } else { -1 };
        let steps = random.pick(&[-2, -1, -1, 0, 0, 0, 1, 1, 2, 3]) + bias;
        if random.chance(2) {
            return random.pick(&[1.01, 1000.0, 1_000_000.0, 1.000_001]).try_into().unwrap_or(on_ladder(0));
        }
        on_ladder(place + steps)
    }
}

/// The place of a price on the ladder: 0 is even money, each step 5 cents (10 from ±150, 25 from ±200, 100 from ±400).
fn nearest(decimal: f64) -> i64 {
    (-60..=60).min_by(|&a, &b| distance(a, decimal).total_cmp(&distance(b, decimal))).unwrap_or(0)
}

fn distance(place: i64, decimal: f64) -> f64 {
    (1.0 / on_ladder(place).decimal() - 1.0 / decimal).abs()
}

fn on_ladder(place: i64) -> Odds {
    let steps = place.unsigned_abs();
    let cents: u64 = (1..=steps)
        .map(|step| match step {
            1..=10 => 5,
            11..=15 => 10,
            16..=23 => 25,
            _ => 100,
        })
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a small integer")]
    let american = 100.0 + cents as f64;
    let signed = if place < 0 { -american } else { american };
    Odds::from_american(signed).expect("|a| is at least 100 and not long")
}
