//! Middles: two prices between whose lines both bets win.
//!
//! Leg A wins above the lower line, leg B below the upper one; the result is an integer (a total, or the home margin). Stakes pay
//! alike: fractions (1/d)/S with S = 1/d_A + 1/d_B. Payoffs are per unit of total stake and come from [settlement](crate::settlement).
//!
//! ```
//! use overround_math::line::Line;
//! use overround_math::middle::Middle;
//!
//! let line = |value| Line::from_f64(value).unwrap();
//! let middle = Middle::new(line(2.5), line(3.5), 21.0 / 11.0, 21.0 / 11.0).unwrap();
//! assert_eq!(middle.numbers(), 3..=3);
//! assert!((middle.worst() + 0.04545).abs() < 1e-5);
//! assert!((middle.best() - 0.90909).abs() < 1e-5);
//! assert!((middle.break_even(&[]) - 1.0 / 21.0).abs() < 1e-12);
//! ```

use crate::line::{Line, LineKind};
use crate::odds::Odds;
use crate::settlement::{Settlement, settle_above, settle_below};
use core::ops::RangeInclusive;

/// Two legs at equal-payout stakes, one above the lower line, one below the upper one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Middle {
    lower: Line,
    upper: Line,
    above: f64,
    below: f64,
    booksum: f64,
}

impl Middle {
    /// Leg A above `lower` at net price `above`, leg B below `upper` at net price `below`.
    ///
    /// `None` unless lower < upper and both prices are prices (see [`Odds`]).
    #[must_use]
    pub fn new(lower: Line, upper: Line, above: f64, below: f64) -> Option<Self> {
        let is_price = |d: f64| d > 1.0 && d <= Odds::MAX;
        (lower < upper && is_price(above) && is_price(below)).then_some(Self {
            lower,
            upper,
            above,
            below,
            booksum: 1.0 / above + 1.0 / below,
        })
    }

    /// Leg A wins above this.
    #[must_use]
    pub const fn lower(&self) -> Line {
        self.lower
    }

    /// Leg B wins below this.
    #[must_use]
    pub const fn upper(&self) -> Line {
        self.upper
    }

    /// S = 1/d_A + 1/d_B.
    #[must_use]
    pub const fn booksum(&self) -> f64 {
        self.booksum
    }

    /// The stake fractions (1/d)/S of leg A and leg B.
    #[must_use]
    pub fn fractions(&self) -> [f64; 2] {
        [(1.0 / self.above) / self.booksum, (1.0 / self.below) / self.booksum]
    }

    /// What becomes of leg A and leg B at the result `n`.
    #[must_use]
    pub fn settlements(&self, n: i64) -> [Settlement; 2] {
        [settle_above(self.lower, n), settle_below(self.upper, n)]
    }

    /// Profit per unit of total stake at the result `n`: 2/S − 1 where both legs win, 1/S − 1 where one does and the other loses, and
    /// what the partial returns make it where a leg is not decided in full.
    #[must_use]
    pub fn payoff(&self, n: i64) -> f64 {
        let [a, b] = self.settlements(n);
        let [fraction_a, fraction_b] = self.fractions();
        self.leg_return(a, fraction_a) + self.leg_return(b, fraction_b) - 1.0
    }

    /// The least payoff over all integers.
    #[must_use]
    pub fn worst(&self) -> f64 {
        self.turning_points().map(|n| self.payoff(n)).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The greatest payoff over all integers.
    #[must_use]
    pub fn best(&self) -> f64 {
        self.turning_points().map(|n| self.payoff(n)).into_iter().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The integers on which both legs win in full, as a range which may be empty.
    #[must_use]
    pub fn numbers(&self) -> RangeInclusive<i64> {
        // A quarter line wins in full from 750 thousandths on, every other beyond it.
        let slack = |line: Line| if line.kind() == LineKind::Quarter { 250 } else { 0 };
        let lower = i64::from(self.lower.thousandths()) + slack(self.lower);
        let upper = i64::from(self.upper.thousandths()) - slack(self.upper);
        lower.div_euclid(1000) + 1..=(upper - 1).div_euclid(1000)
    }

    /// The integers, ascending, on which a leg pushes or settles by halves: at most two.
    pub fn partial_numbers(&self) -> impl Iterator<Item = i64> {
        let nearest = |line: Line| match line.kind() {
            LineKind::Integer | LineKind::Quarter => Some((i64::from(line.thousandths()) + 500).div_euclid(1000)),
            LineKind::Half | LineKind::Other => None,
        };
        let (lower, upper) = (nearest(self.lower), nearest(self.upper));
        lower.into_iter().chain(upper.filter(|_| lower != upper))
    }

    /// Are both lines half lines, so that every result wins or loses each leg in full?
    #[must_use]
    pub fn is_decided(&self) -> bool {
        self.lower.kind() == LineKind::Half && self.upper.kind() == LineKind::Half
    }

    /// The expected payoff per unit of total stake where the [numbers](Self::numbers) have probability `p` and partly decided results
    /// masses `(q, payoff)`: every other result wins one leg and loses the other, 1/S − 1.
    #[must_use]
    pub fn expected(&self, p: f64, partial: &[(f64, f64)]) -> f64 {
        let (mut rest, mut sum) = (1.0 - p, p * (2.0 / self.booksum - 1.0));
        for &(q, payoff) in partial {
            rest -= q;
            sum += q * payoff;
        }
        sum + rest * (1.0 / self.booksum - 1.0)
    }

    /// The probability p of the [numbers](Self::numbers) at which the expected payoff is 0, the masses `(q, payoff)` of partly decided
    /// results staying as they are: the solution of Σ q·payoff + p·(2/S − 1) + (R − p)·(1/S − 1) = 0 with R = 1 − Σ q.
    ///
    /// ≤ 0 where the middle pays without its numbers. Without partly decided results it is the overround S − 1.
    #[must_use]
    pub fn break_even(&self, partial: &[(f64, f64)]) -> f64 {
        let (mut mass, mut paid) = (0.0, 0.0);
        for &(q, payoff) in partial {
            mass += q;
            paid += q * payoff;
        }
        (1.0 - mass) * (self.booksum - 1.0) - self.booksum * paid
    }

    /// What a leg with this stake fraction returns; a full win is exactly 1/S.
    fn leg_return(&self, settled: Settlement, fraction: f64) -> f64 {
        let win = 1.0 / self.booksum;
        match settled {
            Settlement::Win => win,
            Settlement::HalfWin => (win + fraction) / 2.0,
            Settlement::Push => fraction,
            Settlement::HalfLoss => fraction / 2.0,
            Settlement::Loss => 0.0,
        }
    }

    /// Integers among which every payoff occurs: a leg's settlement changes only between the floor of its line less 1 and the floor plus
    /// 2, so beyond both lines, and between them, one integer stands for all.
    fn turning_points(&self) -> [i64; 8] {
        let [a, b] = [self.lower, self.upper].map(|line| i64::from(line.thousandths()).div_euclid(1000));
        [a - 1, a, a + 1, a + 2, b - 1, b, b + 1, b + 2]
    }
}

/// How good a middle is: p/(p + max(break-even, 0)), p the probability of its numbers; 1 where break-even is ≤ 0.
#[must_use]
pub fn quality(p: f64, break_even: f64) -> f64 {
    if break_even <= 0.0 { 1.0 } else { p / (p + break_even) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settlement::{MarketShape, MatchResult, Side, settle};

    fn line(value: f64) -> Line {
        Line::from_f64(value).unwrap()
    }

    fn middle(lower: f64, upper: f64, above: f64, below: f64) -> Middle {
        Middle::new(line(lower), line(upper), above, below).unwrap()
    }

    fn american(a: f64) -> f64 {
        if a > 0.0 { 1.0 + a / 100.0 } else { 1.0 - 100.0 / a }
    }

    #[test]
    fn every_pair_of_quarter_lines_against_a_walk_over_all_results() {
        for a in -16..=16 {
            for b in a + 1..=17 {
                let (lower, upper) = (f64::from(a) / 4.0, f64::from(b) / 4.0);
                for (above, below) in [(1.9, 1.95), (2.4, 1.6), (2.1, 2.05)] {
                    let m = middle(lower, upper, above, below);
                    let bets = [(lower, 0, above), (upper, 1, below)];
                    let [fa, fb] = m.fractions();
                    let (mut worst, mut best, mut numbers, mut partial) =
                        (f64::MAX, f64::MIN, [false; 31], [false; 31]);
                    for n in -15..=15_i64 {
                        let [ra, rb] = bets.map(|(at, outcome, d)| {
                            let shape = MarketShape::Total;
                            let settled =
                                settle(shape, Some(line(at)), outcome, Side::Back, MatchResult::Number(n)).unwrap();
                            (settled, settled.return_per_stake(d))
                        });
                        let payoff = fa * ra.1 + fb * rb.1 - 1.0;
                        assert!((payoff - m.payoff(n)).abs() < 1e-12);
                        worst = worst.min(payoff);
                        best = best.max(payoff);
                        let index = usize::try_from(n + 15).unwrap();
                        numbers[index] = (ra.0, rb.0) == (Settlement::Win, Settlement::Win);
                        partial[index] = !ra.0.is_decided() || !rb.0.is_decided();
                    }
                    assert!((worst - m.worst()).abs() < 1e-12 && (best - m.best()).abs() < 1e-12, "{lower} {upper}");
                    for n in -15..=15_i64 {
                        let index = usize::try_from(n + 15).unwrap();
                        assert_eq!(m.numbers().contains(&n), numbers[index], "{lower} {upper} {n}");
                        assert_eq!(m.partial_numbers().any(|k| k == n), partial[index], "{lower} {upper} {n}");
                    }
                    assert!(m.partial_numbers().is_sorted());
                    assert!(!m.is_decided() || m.partial_numbers().next().is_none());
                }
            }
        }
    }

    #[test]
    fn mirrored_in_zero_everything_is_alike() {
        for a in -8..=8 {
            for b in a + 1..=9 {
                let (lower, upper) = (f64::from(a) / 4.0, f64::from(b) / 4.0);
                let (m, mirrored) = (middle(lower, upper, 2.2, 1.8), middle(-upper, -lower, 1.8, 2.2));
                assert!((-5..=5).all(|n| (m.payoff(n) - mirrored.payoff(-n)).abs() < 1e-15));
                assert!((m.worst() - mirrored.worst()).abs() < 1e-15);
                assert_eq!(m.numbers().map(|n| -n).rev().min(), mirrored.numbers().min());
            }
        }
    }

    #[test]
    fn a_better_price_never_lowers_the_worst() {
        for b in 1..=12 {
            for k in 0..100 {
                let at = |d: f64| middle(0.0, f64::from(b) / 4.0, d, 1.95).worst();
                let d = 1.5 + f64::from(k) / 50.0;
                assert!(at(d + 0.02) >= at(d) - 1e-15);
            }
        }
    }

    #[test]
    fn break_even_makes_the_expected_payoff_zero() {
        for (lower, upper) in [(2.5, 3.5), (2.0, 4.0), (2.25, 4.75), (2.75, 3.25), (3.0, 6.5)] {
            let m = middle(lower, upper, 1.95, 1.87);
            let mut partial = [(0.0, 0.0); 2];
            let mut count = 0;
            for n in m.partial_numbers() {
                partial[count] = (0.07 + 0.02 * f64::from(u8::try_from(count).unwrap()), m.payoff(n));
                count += 1;
            }
            let partial = &partial[..count];
            let p = m.break_even(partial);
            let r = 1.0 - partial.iter().map(|x| x.0).sum::<f64>();
            let s = m.booksum();
            let expected =
                partial.iter().map(|x| x.0 * x.1).sum::<f64>() + p * (2.0 / s - 1.0) + (r - p) * (1.0 / s - 1.0);
            assert!(expected.abs() < 1e-15);
        }
    }

    #[test]
    fn published_middles() {
        let m = middle(2.5, 3.5, american(-110.0), american(-110.0));
        assert!((m.break_even(&[]) - 0.047_619).abs() < 1e-6, "not the 4.55 % that circulates");
        assert!((m.worst() + 0.045_45).abs() < 1e-5);
        // Handicap +0.75 at 1.19 and the opponent at 4.70 (moneyline, which is −0.5 for it): both but a loss by exactly one cost
        // 5.043 %, that pays 34.86 %. Home margin: home +0.75 wins above −0.75, the opponent wins below −0.5.
        let m = middle(-0.75, -0.5, 1.19, 4.70);
        assert!((m.fractions()[0] - 0.797_96).abs() < 5e-6);
        assert!((m.payoff(-1) - 0.348_6).abs() < 5e-5);
        assert!([-3, -2, 0, 1].iter().all(|&n| (m.payoff(n) + 0.050_43).abs() < 1e-5));
        assert!(m.numbers().is_empty());
        assert_eq!(m.partial_numbers().next(), Some(-1));
        // Over 50 and under 51: both edges are a win and a push, never two wins.
        let m = middle(50.0, 51.0, american(-110.0), american(100.0));
        assert!(m.numbers().is_empty());
        assert_eq!(m.settlements(50), [Settlement::Push, Settlement::Win]);
        assert_eq!(m.settlements(51), [Settlement::Win, Settlement::Push]);
    }

    #[test]
    fn quality_is_one_where_no_luck_is_needed() {
        assert_eq!(quality(0.0, 0.0), 1.0);
        assert_eq!(quality(0.1, -0.2), 1.0);
        assert_eq!(quality(0.1, 0.1), 0.5);
        assert_eq!(quality(0.0, 0.1), 0.0);
    }

    #[test]
    fn what_is_no_middle_is_none() {
        let new = |a, b, d, e| Middle::new(line(a), line(b), d, e);
        assert_eq!(new(2.5, 2.5, 2.0, 2.0), None);
        assert_eq!(new(3.5, 2.5, 2.0, 2.0), None);
        assert_eq!(new(2.5, 3.5, 1.0, 2.0), None);
        assert_eq!(new(2.5, 3.5, 2.0, f64::NAN), None);
        let m = new(-2_000_000.0, 2_000_000.0, 2.0, 2.0).unwrap();
        assert_eq!((m.worst(), m.best()), (0.0, 1.0));
    }
}
