//! The law of a result: how likely each final margin and total is, given strengths, score and time left.
//!
//! Sports in which points come in lumps follow a compound Poisson law (Panjer's recursion gives a team's points, a convolution
//! margin and total; threes and sevens make American football's key numbers by themselves); sports in which they flow follow a normal law.

use super::draw::floor_i32;
use overround_math::float;

/// Most points a lumpy law looks at, per side.
const MOST: usize = 120;

/// What is measured: the home margin or the total, of the final result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Margin,
    Total,
    /// Points of one side alone.
    Home,
    Away,
}

/// How a lump of points comes about: its size, and its share of the scoring rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lump {
    pub(super) points: i32,
    /// Expected number of such lumps per side in a whole contest between average sides.
    pub(super) rate: f64,
}

/// Everything the law depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation {
    /// Current score.
    pub(super) home: i32,
    pub(super) away: i32,
    /// Multiplier of the scoring rates of either side, or the expected points per contest where points flow.
    pub(super) home_rate: f64,
    pub(super) away_rate: f64,
    /// Share of the contest still to play, in (0, 1].
    pub(super) remaining: f64,
}

/// How a sport scores.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scoring {
    Lumps {
        lumps: &'static [Lump],
        /// Points that decide a tie; none where a draw is a result.
        overtime: Option<i32>,
    },
    Flow {
        margin_deviation: f64,
        total_deviation: f64,
    },
}

/// Cumulative tables of a law; a scratch that is filled again and again.
#[derive(Debug, Default)]
pub(super) struct Law {
    /// Of each side: probability of exactly that many further points.
    home: Vec<f64>,
    away: Vec<f64>,
    margin: Table,
    total: Table,
    own: [Table; 2],
    flow: Option<Flow>,
}

#[derive(Clone, Copy, Debug)]
struct Flow {
    margin: (f64, f64),
    total: (f64, f64),
}

/// Masses of consecutive integers, cumulated.
#[derive(Debug, Default)]
struct Table {
    /// The integer of the first entry.
    first: i32,
    /// `cumulative[i]`: probability of `first + i` or less.
    cumulative: Vec<f64>,
}

impl Table {
    fn clear(&mut self, first: i32, len: usize) {
        self.first = first;
        self.cumulative.clear();
        self.cumulative.resize(len, 0.0);
    }

    fn cumulate(&mut self) {
        let mut sum = 0.0;
        for mass in &mut self.cumulative {
            sum += *mass;
            *mass = sum;
        }
    }

    /// Probability of `n` or less.
    fn up_to(&self, n: i32) -> f64 {
        let Ok(index) = usize::try_from(n - self.first) else { return 0.0 };
        let last = self.cumulative.last().copied().unwrap_or(1.0);
        self.cumulative.get(index).copied().unwrap_or(last).min(1.0)
    }
}

impl Law {
    pub(super) fn fill(&mut self, scoring: Scoring, now: Situation) {
        self.flow = None;
        match scoring {
            Scoring::Lumps { lumps, overtime } => self.fill_lumps(lumps, overtime, now),
            Scoring::Flow { margin_deviation, total_deviation } => {
                let margin = f64::from(now.home - now.away) + (now.home_rate - now.away_rate) * now.remaining;
                let total = f64::from(now.home + now.away) + (now.home_rate + now.away_rate) * now.remaining;
                let root = now.remaining.sqrt();
                self.flow =
                    Some(Flow { margin: (margin, margin_deviation * root), total: (total, total_deviation * root) });
            }
        }
    }

    /// Probability that the measure ends above `line` (thousandths), among decided stakes: pushes are left out, quarter lines
    /// weigh their two halves. 1 over it is the fair price of "above", 1 over its complement that of "below".
    pub(super) fn above(&self, measure: Measure, line: i32) -> f64 {
        let (low, high) = (line.div_euclid(500) * 500, (line + 499).div_euclid(500) * 500);
        let (low, high) = (self.win_and_loss(measure, low), self.win_and_loss(measure, high));
        let (win, loss) = (low.0 + high.0, low.1 + high.1);
        if win + loss > 0.0 { win / (win + loss) } else { 0.5 }
    }

    /// Probability of exactly `n`.
    pub(super) fn exactly(&self, measure: Measure, n: i32) -> f64 {
        self.up_to(measure, n) - self.up_to(measure, n - 1)
    }

    /// Probability that both sides score at all, of a contest that stands 0–0 or not.
    pub(super) fn both_score(&self, home: i32, away: i32) -> f64 {
        let scores =
            |already: i32, masses: &[f64]| if already > 0 { 1.0 } else { 1.0 - masses.first().unwrap_or(&1.0) };
        scores(home, &self.home) * scores(away, &self.away)
    }

    /// Mean of the measure, roughly: where to start looking for the middle line.
    pub(super) fn middle(&self, measure: Measure) -> f64 {
        if let Some(flow) = self.flow {
            return if measure == Measure::Margin { flow.margin.0 } else { flow.total.0 };
        }
        let table = self.table(measure);
        let below = table.cumulative.partition_point(|&p| p < 0.5);
        f64::from(table.first) + f64::from(u16::try_from(below).unwrap_or(0))
    }

    fn win_and_loss(&self, measure: Measure, line: i32) -> (f64, f64) {
        let floor = line.div_euclid(1000);
        let win = 1.0 - self.up_to(measure, floor);
        let loss = self.up_to(measure, if line.rem_euclid(1000) == 0 { floor - 1 } else { floor });
        (win, loss)
    }

    fn up_to(&self, measure: Measure, n: i32) -> f64 {
        match self.flow {
            Some(flow) => {
                let (mean, deviation) = if measure == Measure::Margin { flow.margin } else { flow.total };
                float::normal_cdf((f64::from(n) + 0.5 - mean) / deviation.max(1e-6))
            }
            None => self.table(measure).up_to(n),
        }
    }

    fn table(&self, measure: Measure) -> &Table {
        match measure {
            Measure::Margin => &self.margin,
            Measure::Total => &self.total,
            Measure::Home => &self.own[0],
            Measure::Away => &self.own[1],
        }
    }

    fn fill_lumps(&mut self, lumps: &[Lump], overtime: Option<i32>, now: Situation) {
        compound_poisson(lumps, now.home_rate * now.remaining, &mut self.home);
        compound_poisson(lumps, now.away_rate * now.remaining, &mut self.away);
        let Self { home, away, margin, total, own, .. } = self;
        let extra = overtime.unwrap_or(0);
        let room = usize::try_from(extra).unwrap_or(0);
        let cells = home.len() + away.len();
        let lead = now.home - now.away;
        margin.clear(lead + 1 - len_i32(away) - extra, cells + 2 * room);
        total.clear(now.home + now.away, cells + room);
        for (i, &p) in home.iter().enumerate() {
            for (cell, &q) in total.cumulative[i..].iter_mut().zip(away.iter()) {
                *cell += p * q;
            }
            for (cell, &q) in margin.cumulative[i + room..].iter_mut().zip(away.iter().rev()) {
                *cell += p * q;
            }
        }
        if extra > 0 {
            decide_ties(home, away, now, extra, (margin, total));
        }
        margin.cumulate();
        total.cumulate();
        for (side, masses, points) in [(0, home, now.home), (1, away, now.away)] {
            let own = &mut own[side];
            own.clear(points, masses.len());
            own.cumulative.copy_from_slice(masses);
            own.cumulate();
        }
    }
}

/// Moves what ends level to a win of either side by the points of overtime.
fn decide_ties(home: &[f64], away: &[f64], now: Situation, extra: i32, (margin, total): (&mut Table, &mut Table)) {
    for (i, &p) in (0..).zip(home) {
        let j = now.home + i - now.away;
        let Some(&q) = usize::try_from(j).ok().and_then(|j| away.get(j)) else { continue };
        let (tie, points) = (p * q, now.home + now.away + i + j);
        add(margin, 0, -tie);
        add(margin, extra, tie / 2.0);
        add(margin, -extra, tie / 2.0);
        add(total, points, -tie);
        add(total, points + extra, tie);
    }
}

fn add(table: &mut Table, n: i32, mass: f64) {
    if let Some(slot) = usize::try_from(n - table.first).ok().and_then(|index| table.cumulative.get_mut(index)) {
        *slot += mass;
    }
}

fn len_i32(masses: &[f64]) -> i32 {
    i32::try_from(masses.len()).unwrap_or(i32::MAX)
}

/// Panjer's recursion for a sum of Poisson numbers of lumps: p₀ = exp(−Σλ), pₙ = (1/n) Σ k·λₖ·pₙ₋ₖ. Cut where next to nothing is left.
fn compound_poisson(lumps: &[Lump], multiplier: f64, masses: &mut Vec<f64>) {
    masses.clear();
    let total: f64 = lumps.iter().map(|lump| lump.rate * multiplier).sum();
    masses.push(float::exp(-total));
    let mut left = 1.0 - masses[0];
    let mut n = 0;
    while left > 1e-6 && masses.len() < MOST {
        n += 1;
        let mut sum = 0.0;
        for lump in lumps {
            if let Some(&before) = usize::try_from(n - lump.points).ok().and_then(|index| masses.get(index)) {
                sum += f64::from(lump.points) * lump.rate * multiplier * before;
            }
        }
        let mass = sum / f64::from(n);
        left -= mass;
        masses.push(mass);
    }
}

/// The nearest line on a grid (thousandths; `phase` is where the grid starts) to a number.
pub(super) fn nearest_line(x: f64, grid: i32, phase: i32) -> i32 {
    let steps = floor_i32((x * 1000.0 - f64::from(phase)) / f64::from(grid) + 0.5);
    phase + steps * grid
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOALS: Scoring = Scoring::Lumps { lumps: &[Lump { points: 1, rate: 1.0 }], overtime: None };
    const FOOTBALL: Scoring =
        Scoring::Lumps { lumps: &[Lump { points: 3, rate: 1.6 }, Lump { points: 7, rate: 2.4 }], overtime: Some(3) };

    fn law(scoring: Scoring, now: Situation) -> Law {
        let mut law = Law::default();
        law.fill(scoring, now);
        law
    }

    const EVEN: Situation = Situation { home: 0, away: 0, home_rate: 1.4, away_rate: 1.4, remaining: 1.0 };

    #[test]
    fn goals_follow_poisson() {
        // Over 2.5 with mean 2.8: 1 − e^−2.8 (1 + 2.8 + 3.92) = 0.530546…, from a calculator.
        let law = law(GOALS, EVEN);
        assert!((law.above(Measure::Total, 2500) - 0.530_546_052_9).abs() < 1e-6);
        assert!((law.both_score(0, 0) - 0.567_622_2).abs() < 1e-5);
        // Symmetric sides: a margin above −0.5 and above 0.5 add up to 1.
        assert!((law.above(Measure::Margin, -500) + law.above(Measure::Margin, 500) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn more_needs_more() {
        for scoring in [GOALS, FOOTBALL, Scoring::Flow { margin_deviation: 12.0, total_deviation: 17.0 }] {
            let rates = if matches!(scoring, Scoring::Flow { .. }) { (112.0, 109.0) } else { (1.2, 0.9) };
            let law = law(scoring, Situation { home: 1, home_rate: rates.0, away_rate: rates.1, ..EVEN });
            for measure in [Measure::Margin, Measure::Total] {
                let mut before = 1.0;
                for line in (-40_000..300_000).step_by(500) {
                    // Half lines only: a push moves the share of decided stakes either way.
                    if line % 1000 != 0 {
                        let above = law.above(measure, line);
                        assert!(above <= before + 1e-9 && (-1e-9..=1.0 + 1e-9).contains(&above), "{scoring:?} {line}");
                        before = above;
                    }
                }
            }
        }
    }

    #[test]
    fn a_quarter_line_is_half_of_each_neighbour() {
        let law = law(GOALS, EVEN);
        let q = law.above(Measure::Total, 2750);
        // Fair price d of over 2.75: half the stake on 2.5, half on 3. Expected return must be 1.
        let (over25, over3) = (law.above(Measure::Total, 2500), 1.0 - law.up_to(Measure::Total, 3));
        let push3 = law.exactly(Measure::Total, 3);
        let expected = 0.5 * over25 / q + 0.5 * (over3 / q + push3);
        assert!((expected - 1.0).abs() < 1e-9, "{expected}");
    }

    #[test]
    fn football_has_key_numbers_and_no_ties() {
        let law = law(FOOTBALL, Situation { home_rate: 1.0, away_rate: 1.0, ..EVEN });
        let at = |n| law.exactly(Measure::Margin, n);
        assert!(at(0).abs() < 1e-12);
        assert!(at(3) > 2.0 * at(2) && at(3) > at(7) && at(7) > at(6) && at(7) > at(8));
        let all: f64 = (-90..=90).map(at).sum();
        assert!((all - 1.0).abs() < 1e-5, "{all}");
    }
}
