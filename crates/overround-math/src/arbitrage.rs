//! Sets of prices that win whatever happens.
//!
//! ```
//! use overround_math::arbitrage::split_into;
//!
//! let mut fractions = [0.0; 3];
//! let split = split_into(&[2.5, 3.5, 3.4], &mut fractions);
//! assert!((split.profit - 0.0206).abs() < 1e-4);
//! assert!((fractions[0] - 0.4082).abs() < 1e-4);
//! ```

use crate::line::{Line, LineKind};
use crate::settlement::MarketShape;

/// The booksum and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Split {
    /// S = Σ 1/d over the outcomes, in outcome order.
    pub booksum: f64,
    /// 1/S − 1: what equal-payout stakes pay, per unit of total stake, when every leg is decided.
    pub profit: f64,
}

/// Σ 1/d over the outcomes' net prices, in index order.
#[inline]
#[must_use]
pub fn booksum(net: &[f64]) -> f64 {
    let mut sum = 0.0;
    for &d in net {
        sum += 1.0 / d;
    }
    sum
}

/// 1 − 1/S: the share of the money staked that the market keeps; negative where it pays.
#[inline]
#[must_use]
pub fn hold(booksum: f64) -> f64 {
    1.0 - 1.0 / booksum
}

/// The equal-payout stake fractions (1/d)/S of net prices > 1 (at least one), into as many `fractions`.
///
/// Source: Franck, Verbeek and Nüesch, "Inter-market arbitrage in betting", equations 8 and 9.
pub fn split_into(net: &[f64], fractions: &mut [f64]) -> Split {
    let booksum = booksum(net);
    for (fraction, &d) in fractions.iter_mut().zip(net) {
        *fraction = (1.0 / d) / booksum;
    }
    Split { booksum, profit: 1.0 / booksum - 1.0 }
}

/// The least profit over all states of the result, of equal-payout stakes on every outcome of a market whose profit is `profit` when
/// all is decided.
///
/// Two-way spread or total on an integer line, and draw no bet: min(profit, 0), the push. On a quarter line: min(profit, profit/2),
/// half of every stake pushing. On every other line and shape: `profit`.
#[must_use]
pub fn profit_min(shape: MarketShape, line: Option<Line>, profit: f64) -> f64 {
    match (shape, line.map(Line::kind)) {
        (MarketShape::DrawNoBet, _) | (MarketShape::Spread | MarketShape::Total, Some(LineKind::Integer)) => {
            profit.min(0.0)
        }
        (MarketShape::Spread | MarketShape::Total, Some(LineKind::Quarter)) => profit.min(profit / 2.0),
        _ => profit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fractions<const N: usize>(net: [f64; N]) -> (Split, [f64; N]) {
        let mut fractions = [0.0; N];
        let split = split_into(&net, &mut fractions);
        (split, fractions)
    }

    #[test]
    fn published_splits() {
        let cases: [([f64; 3], f64, [f64; 3]); 2] =
            [([3.0, 3.5, 2.8], 2.4390, [34.15, 29.27, 36.59]), ([2.5, 3.5, 3.4], 2.06, [40.82, 29.16, 30.02])];
        for (net, profit, stakes) in cases {
            let (split, found) = fractions(net);
            assert!((split.profit * 100.0 - profit).abs() < 5e-3);
            assert!(found.iter().zip(stakes).all(|(f, s)| (f * 100.0 - s).abs() < 5e-3), "{found:?}");
        }
        assert!((fractions([3.0, 3.5, 2.8]).0.booksum - 0.976_19).abs() < 5e-6);
        assert!((fractions([2.6, 3.2, 3.9]).0.profit - 0.0487).abs() < 5e-5);
        let handicaps = fractions([2.30, 1.88]).0;
        assert!((handicaps.booksum - 0.966_697_5).abs() < 5e-8 && (handicaps.profit - 0.034_449_8).abs() < 5e-8);
        assert!((hold(booksum(&[1.0 + 100.0 / 105.0, 1.8])) - 0.0635).abs() < 5e-5);
    }

    #[test]
    fn fractions_sum_to_one_and_pay_alike() {
        let net = [2.35, 3.6, 3.15, 17.0];
        let (split, f) = fractions(net);
        assert!((f.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        assert!(f.iter().zip(net).all(|(f, d)| (f * d - 1.0 - split.profit).abs() < 1e-15));
    }

    #[test]
    fn a_better_price_never_lowers_the_profit() {
        for k in 0..200 {
            let d = 1.5 + f64::from(k) / 50.0;
            assert!(fractions([2.0, d]).0.profit < fractions([2.0, d + 0.02]).0.profit);
        }
    }

    #[test]
    fn least_profit_on_each_kind_of_line() {
        let profit = fractions([2.10, 2.05]).0.profit;
        let at = |shape, thousandths| profit_min(shape, Line::from_thousandths(thousandths), profit) * 100.0;
        for shape in [MarketShape::Spread, MarketShape::Total] {
            assert!((at(shape, 2500) - 3.735).abs() < 5e-4);
            assert_eq!(at(shape, 2000), 0.0);
            assert!((at(shape, 2250) - 1.867).abs() < 6e-4);
            assert!((at(shape, -2300) - 3.735).abs() < 5e-4);
            assert_eq!(profit_min(shape, Line::from_thousandths(0), -0.01), -0.01);
            assert_eq!(profit_min(shape, Line::from_thousandths(250), -0.01), -0.01);
        }
        assert_eq!(profit_min(MarketShape::DrawNoBet, None, profit), 0.0);
        assert_eq!(profit_min(MarketShape::TwoWay, None, profit), profit);
        assert_eq!(profit_min(MarketShape::ThreeWay, None, profit), profit);
    }
}
