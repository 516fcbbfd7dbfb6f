//! Sums over grades, with what they are worth.

use super::betting::{Bet, Position};
use super::draws::Draws;
use super::record::{Grade, Mover};
use crate::ids::FixtureId;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use overround_math::float::ln;
use overround_math::settlement::Settlement;

/// Sums over grades, and over what was bet on them.
///
/// Intervals are percentile intervals of 95 % by the bootstrap over fixtures: bets on one fixture hang together, so fixtures are drawn, not
/// bets. They say nothing of what a recording does not hold, and little of fewer than some hundred fixtures.
///
/// ```
/// use overround::grade::Tally;
/// let tally = Tally::new(5);
/// assert_eq!((tally.graded, tally.bets, tally.yield_on_turnover()), (0, 0, None));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// Opportunities graded.
    pub graded: u64,
    /// Of which a result is known.
    pub settled: u64,
    /// Opportunities of which anything was matched, and which a result came for; of single bets such bets.
    pub positions: u64,
    /// Bets asked for, hedges among them.
    pub bets: u64,
    /// Matched of what a result came for, in cents.
    pub turnover: i64,
    /// Gained, in cents.
    pub profit: i64,
    /// What was claimed that the same stakes would gain on average, in cents.
    pub claimed: f64,
    /// Legs with a fair probability that were won or lost in full.
    pub decided: u64,
    /// Of which won.
    pub won: u64,
    /// Their fair probabilities added up: how many were expected to be won.
    pub expected_won: f64,
    /// Σ (p − won)² over them.
    pub squares: f64,
    /// −Σ ln of the fair probability of what happened, no less than 10⁻¹² of it.
    pub log_losses: f64,
    /// Opportunities with a closing-line value.
    pub closed: u64,
    /// Those values added up.
    pub close_sum: f64,
    /// Of which above 0.
    pub beat_close: u64,
    /// By horizon.
    pub survival: Vec<Survival>,
    /// Who moved first: a leg, the reference, both, nobody (yet).
    pub first_moves: [u64; 4],
    /// Lifetimes of those that ended, added up, in microseconds.
    pub lifetime_us: i128,
    /// How many of those there are.
    pub ended: u64,
    fixtures: BTreeMap<FixtureId, Sums>,
    /// Fixtures of other recordings.
    others: Vec<Sums>,
}

/// How many could still be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Survival {
    /// Looked at.
    pub looked: u64,
    /// Every leg was still there at the price told or a better one.
    pub executable: u64,
}

impl Survival {
    /// The share that could still be had.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        ratio(as_f64(self.executable), as_f64(self.looked))
    }
}

/// What is summed per fixture, for the bootstrap.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sums {
    profit: f64,
    turnover: f64,
    close: f64,
    closed: f64,
}

/// An interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// 2.5 % of the resamples are below.
    pub low: f64,
    /// 2.5 % of the resamples are above.
    pub high: f64,
}

impl Interval {
    /// Is it in?
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl Tally {
    /// Nothing yet; as many horizons as the grades have looks.
    #[must_use]
    pub fn new(horizons: usize) -> Self {
        Self { survival: alloc::vec![Survival::default(); horizons], ..Self::default() }
    }

    /// Counts a grade in.
    pub fn add(&mut self, grade: &Grade) {
        self.graded += 1;
        for (survival, look) in self.survival.iter_mut().zip(&grade.looks) {
            let Some(look) = look else { continue };
            survival.looked += 1;
            survival.executable += u64::from(look.is_executable(&grade.legs));
        }
        let place = match grade.first_move.map(|first| first.who) {
            Some(Mover::Leg) => 0,
            Some(Mover::Reference) => 1,
            Some(Mover::Both) => 2,
            None => 3,
        };
        self.first_moves[place] += 1;
        if let Some(us) = grade.lifetime_us() {
            self.lifetime_us += i128::from(us);
            self.ended += 1;
        }
        let sums = self.fixtures.entry(grade.told.fixture).or_default();
        if let Some(value) = grade.close.as_ref().and_then(|close| close.value) {
            self.closed += 1;
            self.close_sum += value;
            self.beat_close += u64::from(value > 0.0);
            sums.close += value;
            sums.closed += 1.0;
        }
        let Ok(settled) = &grade.settled else { return };
        self.settled += 1;
        for (leg, settlement) in grade.legs.iter().zip(&settled.legs) {
            if let Some(p) = leg.fair_probability.filter(|_| settlement.is_decided()) {
                self.decide(p, *settlement == Settlement::Win);
            }
        }
    }

    /// Counts in what was bet on an opportunity whose grade has been counted in. Where nothing was matched or no result came, that is the
    /// bets asked for and nothing more.
    pub fn add_position(&mut self, grade: &Grade, position: &Position) {
        self.bets += u64::try_from(position.bets).unwrap_or_default();
        if position.stake == 0 || !position.is_settled {
            return;
        }
        self.positions += 1;
        self.add_money(grade, position.stake, position.profit);
        self.claimed += money(position.stake) * grade.claimed();
    }

    /// Counts in a single bet, where bets rather than opportunities are summed up.
    pub fn add_bet(&mut self, grade: &Grade, bet: &Bet) {
        self.bets += 1;
        if bet.size_matched == 0 || bet.settlement.is_none() {
            return;
        }
        self.positions += 1;
        self.add_money(grade, bet.size_matched, bet.profit);
        let fair = grade.legs[bet.leg].fair_probability;
        self.claimed += fair.map_or(0.0, |p| money(bet.size_matched) * (p * bet.net_matched - 1.0));
    }

    /// Counts in a leg by itself: its fair probability and its closing-line value.
    pub fn add_leg(&mut self, grade: &Grade, leg: usize) {
        let value = grade.close.as_ref().and_then(|close| close.legs.get(leg)?.value);
        let sums = self.fixtures.entry(grade.told.fixture).or_default();
        if let Some(value) = value {
            self.closed += 1;
            self.close_sum += value;
            self.beat_close += u64::from(value > 0.0);
            sums.close += value;
            sums.closed += 1.0;
        }
        let settlement = grade.settled.as_ref().ok().and_then(|settled| settled.legs.get(leg));
        if let (Some(p), Some(settlement)) = (grade.legs[leg].fair_probability, settlement)
            && settlement.is_decided()
        {
            self.decide(p, *settlement == Settlement::Win);
        }
    }

    /// Counts in what was summed up of another recording, whose fixtures are others. Both must have looked after the same times.
    pub fn absorb(&mut self, other: &Self) {
        self.graded += other.graded;
        self.settled += other.settled;
        self.positions += other.positions;
        self.bets += other.bets;
        self.turnover += other.turnover;
        self.profit += other.profit;
        self.claimed += other.claimed;
        self.decided += other.decided;
        self.won += other.won;
        self.expected_won += other.expected_won;
        self.squares += other.squares;
        self.log_losses += other.log_losses;
        self.closed += other.closed;
        self.close_sum += other.close_sum;
        self.beat_close += other.beat_close;
        self.lifetime_us += other.lifetime_us;
        self.ended += other.ended;
        for (survival, other) in self.survival.iter_mut().zip(&other.survival) {
            survival.looked += other.looked;
            survival.executable += other.executable;
        }
        self.first_moves.iter_mut().zip(other.first_moves).for_each(|(count, other)| *count += other);
        self.others.extend(other.fixtures.values().chain(&other.others));
    }

    fn add_money(&mut self, grade: &Grade, stake: i64, profit: i64) {
        self.turnover += stake;
        self.profit += profit;
        let sums = self.fixtures.entry(grade.told.fixture).or_default();
        sums.turnover += money(stake);
        sums.profit += money(profit);
    }

    fn decide(&mut self, p: f64, is_won: bool) {
        /// What a certainty that did not happen costs is bounded.
        const LEAST: f64 = 1e-12;
        let won = f64::from(u8::from(is_won));
        self.decided += 1;
        self.won += u64::from(is_won);
        self.expected_won += p;
        self.squares += (p - won) * (p - won);
        self.log_losses -= ln(if is_won { p } else { 1.0 - p }.max(LEAST));
    }

    /// On how many fixtures something was told.
    #[must_use]
    pub fn fixtures(&self) -> usize {
        self.fixtures.len() + self.others.len()
    }

    /// Profit per unit staked.
    #[must_use]
    pub fn yield_on_turnover(&self) -> Option<f64> {
        ratio(money(self.profit), money(self.turnover))
    }

    /// What was claimed per unit staked.
    #[must_use]
    pub fn claimed_yield(&self) -> Option<f64> {
        ratio(self.claimed, money(self.turnover))
    }

    /// Share of decided legs that won.
    #[must_use]
    pub fn hit_rate(&self) -> Option<f64> {
        ratio(as_f64(self.won), as_f64(self.decided))
    }

    /// Share of decided legs that were expected to win.
    #[must_use]
    pub fn expected_hit_rate(&self) -> Option<f64> {
        ratio(self.expected_won, as_f64(self.decided))
    }

    /// Mean squared error of the fair probabilities: 0 best, 0.25 for a coin.
    #[must_use]
    pub fn brier(&self) -> Option<f64> {
        ratio(self.squares, as_f64(self.decided))
    }

    /// Mean −ln of the fair probability of what happened: 0 best, ln 2 for a coin.
    #[must_use]
    pub fn log_loss(&self) -> Option<f64> {
        ratio(self.log_losses, as_f64(self.decided))
    }

    /// Mean closing-line value.
    #[must_use]
    pub fn closing_value(&self) -> Option<f64> {
        ratio(self.close_sum, as_f64(self.closed))
    }

    /// Share of closing-line values above 0.
    #[must_use]
    pub fn beat_close_share(&self) -> Option<f64> {
        ratio(as_f64(self.beat_close), as_f64(self.closed))
    }

    /// Mean lifetime of those that ended, in microseconds.
    #[must_use]
    pub fn mean_lifetime_us(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
        ratio(self.lifetime_us as f64, as_f64(self.ended))
    }

    /// The interval of [`yield_on_turnover`](Self::yield_on_turnover); `None` of fewer than two fixtures bet on.
    #[must_use]
    pub fn yield_interval(&self, resamples: u32, seed: u64) -> Option<Interval> {
        self.bootstrap(resamples, seed, |sums| (sums.profit, sums.turnover))
    }

    /// The interval of [`closing_value`](Self::closing_value).
    #[must_use]
    pub fn closing_interval(&self, resamples: u32, seed: u64) -> Option<Interval> {
        self.bootstrap(resamples, seed, |sums| (sums.close, sums.closed))
    }

    /// Percentiles of a ratio of sums over as many fixtures as there are, drawn with replacement.
    fn bootstrap(&self, resamples: u32, seed: u64, of: impl Fn(&Sums) -> (f64, f64)) -> Option<Interval> {
        let pairs: Vec<(f64, f64)> =
            self.fixtures.values().chain(&self.others).map(of).filter(|&(_, base)| base > 0.0).collect();
        let count = u64::try_from(pairs.len()).ok().filter(|&count| count >= 2 && resamples > 0)?;
        let mut draws = Draws::new(seed);
        let mut ratios = Vec::new();
        for _ in 0..resamples {
            let (mut top, mut base) = (0.0, 0.0);
            for _ in 0..count {
                let (t, b) = pairs[usize::try_from(draws.next_below(count)).unwrap_or_default()];
                top += t;
                base += b;
            }
            ratios.push(top / base);
        }
        ratios.sort_by(f64::total_cmp);
        // The order statistics that leave 2.5 % on either side, rounded outwards.
        let tail = ratios.len() / 40;
        Some(Interval { low: ratios[tail], high: ratios[ratios.len() - 1 - tail] })
    }
}

fn ratio(top: f64, base: f64) -> Option<f64> {
    (base > 0.0).then(|| top / base)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn as_f64(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "amounts of money are below 2^53 cents")]
const fn money(cents: i64) -> f64 {
    cents as f64
}
