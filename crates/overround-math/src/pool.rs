//! Pooling of probabilities over bookmakers.
//!
//! Rows are bookmakers in rank order, and every sum runs in that order, so a pool has the same bits wherever it is computed.
//!
//! ```
//! use overround_math::pool::{Pool, pool_into};
//!
//! let mut fair = [0.0; 2];
//! pool_into(Pool::Mean, &[1.0, 3.0], &[0.5, 0.5, 0.6, 0.4], &mut fair);
//! assert!((fair[0] - 0.575).abs() < 1e-15);
//! ```

use crate::float::{logit, sigmoid};

/// How columns are pooled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Pool {
    /// Weighted mean Σwp/Σw (linear opinion pool). It sums to 1 because its rows do.
    Mean,
    /// Weighted mean of logits, then normalised to sum 1.
    LogOdds,
    /// Median per outcome, unweighted (of an even count the mean of the middle two), then normalised to sum 1.
    Median,
}

/// Pools one column of fair probabilities per bookmaker into `fair`.
///
/// `columns` holds `weights.len()` rows of `fair.len()` probabilities strictly inside (0, 1), in rank order; the weights are positive
/// and there is at least one. Rows missing from `columns` are taken as absent; without any row the answer is not a number.
pub fn pool_into(pool: Pool, weights: &[f64], columns: &[f64], fair: &mut [f64]) {
    if fair.is_empty() {
        return;
    }
    match pool {
        Pool::Mean => weighted_means(weights, columns, fair, |p| p),
        Pool::LogOdds => {
            weighted_means(weights, columns, fair, logit);
            fair.iter_mut().for_each(|x| *x = sigmoid(*x));
            normalise(fair);
        }
        Pool::Median => {
            let n = fair.len();
            let rows = weights.len().min(columns.len() / n);
            for (outcome, fair) in fair.iter_mut().enumerate() {
                *fair = median(rows, |row| columns[row * n + outcome]);
            }
            normalise(fair);
        }
    }
}

/// Pools one probability per bookmaker, without normalisation.
///
/// 0 and 1 are allowed; their log-odds are infinite and win over all others, and if both occur the answer is ½.
#[must_use]
pub fn pool_one(pool: Pool, weights: &[f64], values: &[f64]) -> f64 {
    let mut pooled = [0.0];
    match pool {
        Pool::Mean => weighted_means(weights, values, &mut pooled, |p| p),
        Pool::LogOdds => {
            weighted_means(weights, values, &mut pooled, logit);
            pooled[0] = if values.contains(&0.0) && values.contains(&1.0) { 0.5 } else { sigmoid(pooled[0]) };
        }
        Pool::Median => pooled[0] = median(weights.len().min(values.len()), |row| values[row]),
    }
    pooled[0]
}

/// Σ w·f(p)/Σ w per outcome, summed in row order.
fn weighted_means(weights: &[f64], columns: &[f64], means: &mut [f64], f: impl Fn(f64) -> f64) {
    let mut total = 0.0;
    means.fill(0.0);
    for (&weight, row) in weights.iter().zip(columns.chunks_exact(means.len())) {
        total += weight;
        for (mean, &p) in means.iter_mut().zip(row) {
            *mean += weight * f(p);
        }
    }
    means.iter_mut().for_each(|mean| *mean /= total);
}

fn normalise(fair: &mut [f64]) {
    let sum: f64 = fair.iter().sum();
    fair.iter_mut().for_each(|p| *p /= sum);
}

/// The median of `value(0)…value(rows − 1)`, by counting ranks: quadratic in the rows, of which there are a few dozen, without memory.
fn median(rows: usize, value: impl Fn(usize) -> f64) -> f64 {
    let at_rank = |rank: usize| {
        (0..rows).map(&value).find(|&candidate| {
            let below = (0..rows).filter(|&row| value(row) < candidate).count();
            let equal = (0..rows).filter(|&row| value(row) == candidate).count();
            below <= rank && rank < below + equal
        })
    };
    let upper = at_rank(rows / 2).unwrap_or(f64::NAN);
    if rows % 2 == 1 { upper } else { (at_rank((rows / 2).wrapping_sub(1)).unwrap_or(f64::NAN) + upper) / 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [f64; 12] = [0.5, 0.3, 0.2, 0.52, 0.27, 0.21, 0.47, 0.33, 0.2, 0.55, 0.25, 0.2];

    fn pooled(pool: Pool, weights: &[f64]) -> [f64; 3] {
        let mut fair = [0.0; 3];
        pool_into(pool, weights, &COLUMNS, &mut fair);
        fair
    }

    fn close(a: &[f64], b: &[f64]) {
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12), "{a:?} is not {b:?}");
    }

    #[test]
    fn mean_by_hand() {
        close(&pooled(Pool::Mean, &[1.0, 2.0, 1.0, 4.0]), &[4.21 / 8.0, 2.17 / 8.0, 1.62 / 8.0]);
    }

    #[test]
    fn median_by_hand() {
        // Middle two of .47 .5 .52 .55, of .25 .27 .3 .33 and of .2 .2 .2 .21; then normalised.
        let sum = 0.51 + 0.285 + 0.2;
        close(&pooled(Pool::Median, &[1.0, 9.0, 1.0, 1.0]), &[0.51 / sum, 0.285 / sum, 0.2 / sum]);
        let sum = 0.5 + 0.3 + 0.2;
        close(&pooled(Pool::Median, &[1.0; 3]), &[0.5 / sum, 0.3 / sum, 0.2 / sum]);
    }

    #[test]
    fn log_odds_by_hand() {
        // The odds of a pool of two equal weights are the geometric mean of theirs: 1:1 and 4:1 give 2:1.
        assert!((pool_one(Pool::LogOdds, &[1.0, 1.0], &[0.5, 0.8]) - 2.0 / 3.0).abs() < 1e-12);
        let fair = pooled(Pool::LogOdds, &[1.0, 2.0, 1.0, 4.0]);
        assert!((fair.iter().sum::<f64>() - 1.0).abs() < 1e-15);
    }

    #[test]
    fn a_pool_of_equal_rows_is_that_row_and_lies_between_its_rows() {
        for pool in [Pool::Mean, Pool::LogOdds, Pool::Median] {
            let mut fair = [0.0; 2];
            pool_into(pool, &[0.3, 2.0, 0.7], &[0.37, 0.63, 0.37, 0.63, 0.37, 0.63], &mut fair);
            close(&fair, &[0.37, 0.63]);
            let one = pool_one(pool, &[0.3, 2.0, 0.7], &[0.2, 0.4, 0.1]);
            assert!((0.1..=0.4).contains(&one), "{pool:?} {one}");
        }
    }

    #[test]
    fn scaling_all_weights_changes_nothing() {
        for pool in [Pool::Mean, Pool::LogOdds, Pool::Median] {
            assert_eq!(pooled(pool, &[1.0, 0.5, 2.0, 1.0]), pooled(pool, &[4.0, 2.0, 8.0, 4.0]));
        }
    }

    #[test]
    fn nothing_and_certainty_can_be_pooled_alone() {
        assert_eq!(pool_one(Pool::Mean, &[1.0, 1.0], &[0.0, 0.1]), 0.05);
        assert_eq!(pool_one(Pool::LogOdds, &[1.0, 1.0], &[0.0, 0.1]), 0.0);
        assert_eq!(pool_one(Pool::LogOdds, &[1.0, 1.0], &[1.0, 0.1]), 1.0);
        assert_eq!(pool_one(Pool::LogOdds, &[1.0, 1.0], &[1.0, 0.0]), 0.5);
        assert_eq!(pool_one(Pool::Median, &[1.0, 1.0, 1.0], &[0.0, 0.1, 0.0]), 0.0);
    }

    #[test]
    fn the_median_of_many_is_that_of_a_sort() {
        let mut state = 1_u32;
        for rows in 1..40_usize {
            let mut values = [0.0; 40];
            for value in &mut values[..rows] {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value = f64::from(state >> 28) / 16.0;
            }
            let found = pool_one(Pool::Median, &[1.0; 40][..rows], &values[..rows]);
            let sorted = &mut values[..rows];
            sorted.sort_by(f64::total_cmp);
            let expected = (sorted[(rows - 1) / 2] + sorted[rows / 2]) / 2.0;
            assert_eq!(found, expected);
        }
    }
}
