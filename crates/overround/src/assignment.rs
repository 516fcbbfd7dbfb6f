//! The best ways to give every row a column of its own.
//!
//! The cheapest way is found by the Hungarian method (shortest augmenting paths with potentials), the next ones as Murty (1968) has it:
//! all ways but the one found are cut into parts that share its first choices and bar its next one, and the cheapest of all parts
//! comes next.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Dearer than any way that uses only costs there are: costs are below 1, rows at most some hundred.
const BARRED: f64 = 1e6;

/// Costs by row and column; those that are not finite are no choice.
#[derive(Clone, Debug)]
pub(crate) struct Costs {
    rows: usize,
    columns: usize,
    costs: Vec<f64>,
}

/// One way: the column of each row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Way {
    pub(crate) cost: f64,
    pub(crate) columns: Vec<usize>,
}

/// A part of all ways: the first rows have their columns as in the best way of the part, and of the next row some are barred.
struct Part {
    best: Way,
    fixed: usize,
    barred: BTreeSet<usize>,
}

impl Costs {
    /// No choice anywhere.
    pub(crate) fn new(rows: usize, columns: usize) -> Self {
        Self { rows, columns, costs: alloc::vec![BARRED; rows * columns] }
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, cost: f64) {
        self.costs[row * self.columns + column] = if cost.is_finite() { cost } else { BARRED };
    }

    /// The `count` cheapest ways, cheapest first; which of several that cost the same comes first is fixed, but not by the columns.
    pub(crate) fn cheapest(&self, count: usize) -> Vec<Way> {
        let mut ways = Vec::new();
        let mut parts: Vec<Part> = self.part(&[], BTreeSet::new()).into_iter().collect();
        while ways.len() < count {
            let first = (0..parts.len()).min_by(|&a, &b| order(&parts[a].best, &parts[b].best));
            let Some(first) = first else { break };
            let part = parts.swap_remove(first);
            for row in part.fixed..self.rows {
                let mut barred = if row == part.fixed { part.barred.clone() } else { BTreeSet::new() };
                barred.insert(part.best.columns[row]);
                parts.extend(self.part(&part.best.columns[..row], barred));
            }
            ways.push(part.best);
        }
        ways
    }

    /// The part whose first rows have these columns and whose next row has none of the barred ones; `None` if it is empty.
    fn part(&self, fixed: &[usize], barred: BTreeSet<usize>) -> Option<Part> {
        let cost = |row: usize, column: usize| {
            let is_free = match fixed.get(row) {
                Some(&own) => column == own,
                None => !(fixed.contains(&column) || row == fixed.len() && barred.contains(&column)),
            };
            if is_free { self.costs[row * self.columns + column] } else { BARRED }
        };
        let columns = assign(self.rows, self.columns, cost)?;
        let costs = columns.iter().enumerate().map(|(row, &column)| cost(row, column));
        let total: f64 = costs.clone().sum();
        let is_possible = costs.clone().all(|cost| cost < BARRED);
        is_possible.then_some(Part { best: Way { cost: total, columns }, fixed: fixed.len(), barred })
    }
}

fn order(a: &Way, b: &Way) -> core::cmp::Ordering {
    a.cost.total_cmp(&b.cost).then_with(|| a.columns.cmp(&b.columns))
}

/// A cheapest assignment of columns to rows; `None` if there are too few columns.
fn assign(rows: usize, columns: usize, cost: impl Fn(usize, usize) -> f64) -> Option<Vec<usize>> {
    if rows > columns {
        return None;
    }
    // Row and column 0 stand for "none yet"; all others are one up.
    let mut row_potential = alloc::vec![0.0; rows + 1];
    let mut column_potential = alloc::vec![0.0; columns + 1];
    let mut row_of = alloc::vec![0; columns + 1];
    for row in 1..=rows {
        row_of[0] = row;
        let mut at = 0;
        let mut least = alloc::vec![f64::INFINITY; columns + 1];
        let mut came_from = alloc::vec![0; columns + 1];
        let mut is_seen = alloc::vec![false; columns + 1];
        while row_of[at] != 0 {
            is_seen[at] = true;
            let (mut delta, mut next) = (f64::INFINITY, 0);
            for column in (1..=columns).filter(|&column| !is_seen[column]) {
                let reduced = cost(row_of[at] - 1, column - 1) - row_potential[row_of[at]] - column_potential[column];
                if reduced < least[column] {
                    (least[column], came_from[column]) = (reduced, at);
                }
                if least[column] < delta {
                    (delta, next) = (least[column], column);
                }
            }
            for column in 0..=columns {
                if is_seen[column] {
                    row_potential[row_of[column]] += delta;
                    column_potential[column] -= delta;
                } else {
                    least[column] -= delta;
                }
            }
            at = next;
        }
        while at != 0 {
            row_of[at] = row_of[came_from[at]];
            at = came_from[at];
        }
    }
    let mut column_of = alloc::vec![0; rows];
    (1..=columns).filter(|&column| row_of[column] != 0).for_each(|column| column_of[row_of[column] - 1] = column - 1);
    Some(column_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way there is, by trying.
    fn all(costs: &Costs, row: usize, taken: &mut Vec<usize>, ways: &mut Vec<f64>, sum: f64) {
        if row == costs.rows {
            ways.push(sum);
            return;
        }
        for column in 0..costs.columns {
            let cost = costs.costs[row * costs.columns + column];
            if cost < BARRED && !taken.contains(&column) {
                taken.push(column);
                all(costs, row + 1, taken, ways, sum + cost);
                taken.pop();
            }
        }
    }

    #[test]
    fn the_cheapest_ways_are_those_found_by_trying_all() {
        let mut state = 1_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..500 {
            let (rows, columns) = (1 + random(4) as usize, 1 + random(6) as usize);
            let mut costs = Costs::new(rows, columns);
            for row in 0..rows {
                for column in 0..columns {
                    if random(5) > 0 {
                        costs.set(row, column, (1 + random(20)) as f64 / 20.0);
                    }
                }
            }
            let mut expected = Vec::new();
            all(&costs, 0, &mut Vec::new(), &mut expected, 0.0);
            expected.sort_by(f64::total_cmp);
            let count = 1 + random(12) as usize;
            let found = costs.cheapest(count);
            assert_eq!(found.len(), count.min(expected.len()), "{costs:?}");
            for (i, (way, expected)) in found.iter().zip(&expected).enumerate() {
                assert!((way.cost - expected).abs() < 1e-12, "{i}: {way:?} {expected} {costs:?}");
                assert!(found[..i].iter().all(|other| other.columns != way.columns), "twice: {way:?}");
            }
        }
    }
}
