//! What really happens in one fixture: strengths that drift and jump with news, the course of the contest, its score.

use super::draw::{Draw, floor_i32, seconds, us};
use super::law::{Scoring, Situation};
use super::sports::Sport;
use overround_math::float;

/// Step of the drift in seconds, before the start and in play.
const STEP_BEFORE_S: f64 = 30.0;
const STEP_LIVE_S: f64 = 10.0;
/// Standard deviation of the drift in units per square root of an hour.
const DRIFT: f64 = 0.45;
/// Least share of the contest that counts as left: prices need something to be decided.
const LEAST_REMAINING: f64 = 0.004;

/// The state of a contest as only the simulator knows it.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) sport: &'static Sport,
    /// Home against away, and how much is scored, in the sport's own measure (see [`Sport::strength_unit`]).
    pub(super) strength: f64,
    pub(super) pace: f64,
    pub(super) home: i32,
    pub(super) away: i32,
    pub(super) phase: Phase,
    /// When it really starts.
    pub(super) kick_off_us: i64,
    /// Points before rounding, where they flow.
    flow: (f64, f64),
    /// Playing time so far, up to `stepped_us`.
    played_us: i64,
    stepped_us: i64,
}

/// Where a contest stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Before,
    Playing {
        period: u8,
        /// When play stops for a moment; `None` where it goes on until something happens.
        stop_us: Option<i64>,
    },
    /// Play has stopped for a moment (a time-out, a change of ends): where points flow, bets are taken only then.
    Stopped {
        period: u8,
        until_us: i64,
    },
    Break {
        period: u8,
        until_us: i64,
    },
    Over,
}

/// What a step brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happening {
    Nothing,
    Started,
    News,
    Score,
    PlayStopped,
    PlayWentOn,
    PeriodEnded,
    PeriodBegan,
    Over,
}

impl Truth {
    pub(super) fn new(sport: &'static Sport, now_us: i64, kick_off_us: i64, draw: &mut Draw) -> Self {
        Self {
            sport,
            strength: draw.normal() * sport.strength_spread * sport.strength_unit,
            pace: draw.normal() * 2.0 * sport.pace_unit,
            home: 0,
            away: 0,
            phase: Phase::Before,
            kick_off_us,
            flow: (0.0, 0.0),
            played_us: 0,
            stepped_us: now_us.min(kick_off_us),
        }
    }

    /// Share of the contest still to play.
    pub(super) fn remaining(&self) -> f64 {
        (1.0 - seconds(self.played_us) / self.sport.duration_s).max(LEAST_REMAINING)
    }

    pub(super) fn is_live(&self) -> bool {
        !matches!(self.phase, Phase::Before | Phase::Over)
    }

    /// When [`Self::step`] wants to be called next.
    pub(super) fn next_step_us(&self) -> i64 {
        match self.phase {
            Phase::Before => (self.stepped_us + us(STEP_BEFORE_S)).min(self.kick_off_us.max(self.stepped_us)),
            Phase::Playing { period, stop_us } => (self.stepped_us + us(STEP_LIVE_S))
                .min(self.stepped_us + self.period_end_us(period) - self.played_us)
                .min(stop_us.unwrap_or(i64::MAX)),
            Phase::Break { until_us, .. } | Phase::Stopped { until_us, .. } => {
                (self.stepped_us + us(STEP_BEFORE_S)).min(until_us)
            }
            Phase::Over => i64::MAX,
        }
    }

    /// Goes on to `now_us`, the time of [`Self::next_step_us`].
    pub(super) fn step(&mut self, now_us: i64, draw: &mut Draw) -> Happening {
        let span_us = now_us - self.stepped_us;
        self.stepped_us = now_us;
        let hours = seconds(span_us) / 3600.0;
        self.strength += draw.normal() * DRIFT * hours.sqrt() * self.sport.strength_unit;
        self.pace += draw.normal() * DRIFT * hours.sqrt() * self.sport.pace_unit;
        let (news_before, news_live) = self.sport.news_per_hour;
        match self.phase {
            Phase::Before if now_us >= self.kick_off_us => {
                self.play_on(0, now_us, draw);
                Happening::Started
            }
            Phase::Before => self.news(news_before * hours, draw),
            Phase::Playing { period, stop_us } => {
                self.played_us += span_us;
                let scored = self.play(seconds(span_us) / self.sport.duration_s, draw);
                if self.played_us >= self.period_end_us(period) {
                    self.end_period(period, now_us, draw)
                } else if stop_us.is_some_and(|stop_us| now_us >= stop_us) {
                    self.phase = Phase::Stopped { period, until_us: now_us + draw.span_us(20.0, 45.0) };
                    Happening::PlayStopped
                } else if scored {
                    Happening::Score
                } else {
                    self.news(news_live * hours, draw)
                }
            }
            Phase::Stopped { period, until_us } if now_us >= until_us => {
                self.play_on(period, now_us, draw);
                Happening::PlayWentOn
            }
            Phase::Break { period, until_us } if now_us >= until_us => {
                self.play_on(period + 1, now_us, draw);
                Happening::PeriodBegan
            }
            Phase::Stopped { .. } | Phase::Break { .. } | Phase::Over => Happening::Nothing,
        }
    }

    /// The situation as somebody sees it who believes in these strengths and has seen this score.
    pub(super) fn situation(&self, strength: f64, pace: f64, seen: (i32, i32)) -> Situation {
        let (home_rate, away_rate) = match self.sport.scoring {
            Scoring::Lumps { .. } => (
                self.sport.home * float::exp(strength / 2.0 + pace),
                self.sport.away * float::exp(-strength / 2.0 + pace),
            ),
            Scoring::Flow { .. } => {
                (self.sport.home + (pace + strength) / 2.0, self.sport.away + (pace - strength) / 2.0)
            }
        };
        Situation { home: seen.0, away: seen.1, home_rate, away_rate, remaining: self.remaining() }
    }

    /// The true situation.
    pub(super) fn now(&self) -> Situation {
        self.situation(self.strength, self.pace, (self.home, self.away))
    }

    fn period_end_us(&self, period: u8) -> i64 {
        us(self.sport.duration_s * f64::from(period + 1) / f64::from(self.sport.periods))
    }

    fn play_on(&mut self, period: u8, now_us: i64, draw: &mut Draw) {
        let flows = matches!(self.sport.scoring, Scoring::Flow { .. });
        self.phase = Phase::Playing { period, stop_us: flows.then(|| now_us + draw.span_us(40.0, 110.0)) };
    }

    fn news(&mut self, probability: f64, draw: &mut Draw) -> Happening {
        if !draw.chance(probability) {
            return Happening::Nothing;
        }
        self.strength += draw.normal() * 2.2 * self.sport.strength_unit;
        self.pace += draw.normal() * 1.2 * self.sport.pace_unit;
        Happening::News
    }

    /// Plays a share of the contest; true if somebody scored.
    fn play(&mut self, share: f64, draw: &mut Draw) -> bool {
        let now = self.now();
        match self.sport.scoring {
            Scoring::Lumps { lumps, .. } => {
                // At most one score a step: steps are short beside the time between scores.
                let mut chance = draw.unit();
                for lump in lumps {
                    for (side, rate) in [(&mut self.home, now.home_rate), (&mut self.away, now.away_rate)] {
                        let probability = 1.0 - float::exp(-lump.rate * rate * share);
                        if chance < probability {
                            *side += lump.points;
                            return true;
                        }
                        chance -= probability;
                    }
                }
                false
            }
            Scoring::Flow { margin_deviation, total_deviation } => {
                let margin = (now.home_rate - now.away_rate) * share + draw.normal() * margin_deviation * share.sqrt();
                let total = (now.home_rate + now.away_rate) * share + draw.normal() * total_deviation * share.sqrt();
                self.flow.0 += (total + margin) / 2.0;
                self.flow.1 += (total - margin) / 2.0;
                let before = (self.home, self.away);
                self.home = floor_i32(self.flow.0 + 0.5);
                self.away = floor_i32(self.flow.1 + 0.5);
                if self.sport.scores {
                    // A shown score never falls.
                    self.home = self.home.max(before.0);
                    self.away = self.away.max(before.1);
                }
                before != (self.home, self.away)
            }
        }
    }

    fn end_period(&mut self, period: u8, now_us: i64, draw: &mut Draw) -> Happening {
        if period + 1 < self.sport.periods {
            let until_us = now_us + draw.span_us(0.9 * self.sport.break_s, 1.1 * self.sport.break_s);
            self.phase = Phase::Break { period, until_us };
            return Happening::PeriodEnded;
        }
        let overtime = match self.sport.scoring {
            Scoring::Lumps { overtime, .. } => overtime,
            Scoring::Flow { .. } => Some(1 + i32::from(draw.chance(0.7)) * 4),
        };
        if let Some(points) = overtime.filter(|_| self.home == self.away) {
            *if draw.chance(0.5) { &mut self.home } else { &mut self.away } += points;
        }
        self.phase = Phase::Over;
        Happening::Over
    }
}

#[cfg(test)]
mod tests {
    use super::super::law::{Law, Measure};
    use super::super::sports::SPORTS;
    use super::*;

    /// Plays a contest from its start and gives the home margin and total.
    fn play(sport: &'static Sport, seed: u64) -> (Truth, f64, f64) {
        let mut draw = Draw::new(seed, 1);
        let mut truth = Truth::new(sport, 0, 0, &mut draw);
        let mut law = Law::default();
        law.fill(sport.scoring, truth.now());
        let (home, over) = (law.above(Measure::Margin, 500), law.above(Measure::Total, 2500));
        while truth.phase != Phase::Over {
            let next = truth.next_step_us();
            truth.step(next, &mut draw);
        }
        (truth, home, over)
    }

    #[test]
    fn results_follow_the_law_that_prices_are_made_from() {
        for sport in SPORTS {
            let (mut expected, mut seen, mut variance) = (0.0, 0.0, 0.0);
            for seed in 0..400 {
                let (truth, home, _) = play(sport, seed);
                expected += home;
                variance += home * (1.0 - home);
                // The law leaves pushes out; half a point is never a push.
                seen += f64::from(u8::from(truth.home > truth.away));
            }
            assert!((seen - expected).abs() < 4.0 * f64::sqrt(variance), "{}: {seen} of {expected}", sport.name);
        }
    }

    #[test]
    fn a_contest_ends() {
        for sport in SPORTS {
            let (truth, _, _) = play(sport, 3);
            assert!(sport.name == "soccer" || truth.home != truth.away);
            assert!(seconds(truth.stepped_us) >= sport.duration_s);
        }
    }
}
