//! One bookmaker's trading desk for one fixture: what it believes, and the prices it shows.

use super::bookmakers::{Bookmaker, Clock, Delivery, Habit};
use super::draw::{Draw, seconds, us};
use super::truth::Truth;
use overround_math::float;

/// What a price is for, in the order in which prices are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    pub(super) market: Market,
    /// Which side or player; 0 where there is none.
    pub(super) participant: u8,
    /// The result above which the first outcome wins, in thousandths; 0 where there is no line.
    pub(super) threshold: i32,
    pub(super) outcome: u8,
    pub(super) side: Side,
}

/// Kinds of markets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Market {
    Winner,
    Spread,
    Total,
    TeamTotal,
    FirstHalfTotal,
    BothToScore,
    FirstToScore,
    PlayerPoints,
}

/// Back or lay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Back,
    Lay,
}

/// A price as shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Quote {
    pub(super) slot: Slot,
    pub(super) rung: super::ladder::Rung,
    pub(super) active: bool,
    pub(super) main: bool,
    pub(super) limit: Option<u32>,
    pub(super) source_us: Option<i64>,
}

/// A desk's state.
#[derive(Debug, Default)]
pub(super) struct Desk {
    /// What it thinks of strength and pace; `None` before its first look.
    estimate: Option<(f64, f64)>,
    /// How it differs from the market for good, or nearly so: in the sport's units.
    opinion: (f64, f64),
    /// The view its prices were last made from.
    quoted: Option<(f64, f64)>,
    /// The score it knows.
    pub(super) seen: (i32, i32),
    visited_us: i64,
    pub(super) suspended_until_us: i64,
    asleep_until_us: i64,
    typo: Option<Typo>,
    /// It quotes nothing more on this fixture.
    pub(super) closed: bool,
    /// Main lines by family.
    pub(super) mains: [Option<i32>; FAMILIES],
    pub(super) quotes: Vec<Quote>,
    /// What a second provider has still to repeat.
    pub(super) echo: Vec<Quote>,
}

/// How many families of lines a fixture can have.
pub(super) const FAMILIES: usize = 9;

/// A price made by mistake: somebody typed the wrong number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typo {
    pub(super) market: Market,
    /// Added to the first outcome's logit.
    pub(super) shift: f64,
    until_us: i64,
}

/// What a desk should do at a visit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Decision {
    /// Its prices stand.
    Stand,
    /// New prices from this view of strength and pace.
    Quote { strength: f64, pace: f64 },
    /// It takes no bets now.
    Suspended,
}

impl Desk {
    /// Looks at the fixture, follows what the market knows, and decides.
    pub(super) fn visit(&mut self, now_us: i64, truth: &Truth, bookmaker: &Bookmaker, draw: &mut Draw) -> Decision {
        let span_s = seconds(now_us - self.visited_us);
        self.visited_us = now_us;
        if now_us < self.suspended_until_us {
            return Decision::Suspended;
        }
        let units = (truth.sport.strength_unit, truth.sport.pace_unit);
        let is_first = self.estimate.is_none();
        self.follow(span_s, truth, bookmaker, draw);
        let is_due = self.mistakes(now_us, span_s, truth.is_live(), bookmaker, draw) || is_first;
        if now_us < self.asleep_until_us {
            return Decision::Stand;
        }
        let (strength, pace) = self.estimate.unwrap_or_default();
        let (strength, pace) = (strength + self.opinion.0 * units.0, pace + self.opinion.1 * units.1);
        let moved = self.quoted.is_none_or(|(s, p)| {
            (strength - s).abs() / units.0 + (pace - p).abs() / units.1 > 0.05 + 0.3 * bookmaker.noise
        });
        let shut = self.quotes.iter().any(|quote| !quote.active) || self.quotes.is_empty();
        if !(moved || is_due || shut || truth.is_live()) {
            return Decision::Stand;
        }
        self.quoted = Some((strength, pace));
        Decision::Quote { strength, pace }
    }

    /// The mistake in force, if any.
    pub(super) fn typo(&self) -> Option<Typo> {
        self.typo
    }

    /// Something happened: the desk notices now. Gives how long it stops taking bets, if it does.
    pub(super) fn notice(&mut self, now_us: i64, truth: &Truth, habit: Habit, draw: &mut Draw) -> Option<i64> {
        self.asleep_until_us = 0;
        let scored = self.seen != (truth.home, truth.away);
        self.seen = (truth.home, truth.away);
        if habit == Habit::Sleeps || !draw.chance(if scored { 0.95 } else { 0.3 }) {
            if !scored && draw.chance(0.12) {
                self.asleep_until_us = now_us + draw.span_us(60.0, 420.0);
            }
            return None;
        }
        self.suspended_until_us = now_us + if scored { draw.span_us(12.0, 45.0) } else { draw.span_us(30.0, 150.0) };
        Some(self.suspended_until_us)
    }

    /// Play goes on, or has stopped, where points flow: bets are taken from `reopen_us` on.
    pub(super) fn wait(&mut self, reopen_us: i64, truth: &Truth) {
        self.suspended_until_us = reopen_us;
        self.seen = (truth.home, truth.away);
    }

    fn follow(&mut self, span_s: f64, truth: &Truth, bookmaker: &Bookmaker, draw: &mut Draw) {
        /// Opinions are forgotten with this time constant.
        const OPINION_S: f64 = 7200.0;
        let noise = bookmaker.noise;
        let Some((strength, pace)) = self.estimate else {
            self.opinion = (draw.normal() * noise, draw.normal() * noise);
            self.estimate = Some((truth.strength, truth.pace));
            self.seen = (truth.home, truth.away);
            return;
        };
        let kept = float::exp(-span_s / OPINION_S);
        let fresh = noise * (1.0 - kept * kept).max(0.0).sqrt();
        self.opinion.0 = self.opinion.0 * kept + draw.normal() * fresh;
        self.opinion.1 = self.opinion.1 * kept + draw.normal() * fresh;
        let share = 1.0 - float::exp(-span_s / bookmaker.lag_s);
        self.estimate = Some((strength + share * (truth.strength - strength), pace + share * (truth.pace - pace)));
    }

    /// Lets mistakes begin and end; true if prices must be made anew for it.
    fn mistakes(&mut self, now_us: i64, span_s: f64, live: bool, bookmaker: &Bookmaker, draw: &mut Draw) -> bool {
        let hours = span_s / 3600.0;
        let is_sharp = bookmaker.noise < 0.2;
        if !is_sharp && !live && draw.chance(0.12 * hours) {
            self.asleep_until_us = now_us + draw.span_us(120.0, 480.0);
        }
        if self.typo.is_some_and(|typo| now_us >= typo.until_us) {
            self.typo = None;
            return true;
        }
        if is_sharp || self.typo.is_some() || !draw.chance(0.015 * hours) {
            return false;
        }
        let market = draw.pick(&[Market::Winner, Market::Spread, Market::Total]).copied().unwrap_or(Market::Winner);
        let size = draw.between(0.25, 0.8);
        let shift = if draw.chance(0.5) { size } else { -size };
        self.typo = Some(Typo { market, shift, until_us: now_us + draw.span_us(20.0, 150.0) });
        true
    }
}

/// Seconds until a desk's next visit.
pub(super) fn visit_after_us(now_us: i64, truth: &Truth, bookmaker: &Bookmaker, draw: &mut Draw) -> i64 {
    let to_start_s = seconds(truth.kick_off_us - now_us);
    let base_s = match to_start_s {
        _ if truth.is_live() => bookmaker.live_s.max(1.0),
        s if s < 3600.0 => bookmaker.before_s,
        s if s < 3.0 * 3600.0 => 2.0 * bookmaker.before_s,
        _ => 4.0 * bookmaker.before_s,
    };
    us(base_s * draw.between(0.9, 1.1)).max(1)
}

/// When a bookmaker wrote, by its own clock of milliseconds, what is received now.
pub(super) fn written_us(bookmaker: &Bookmaker, now_us: i64, draw: &mut Draw) -> i64 {
    let (low, high) = if bookmaker.delivery == Delivery::Stream { (0.05, 0.9) } else { (0.5, 5.0) };
    (now_us - draw.span_us(low, high)) / 1000 * 1000
}

/// The bookmaker's own time of a price that it wrote now, given the one of the same price if it has not moved.
pub(super) fn source_us(bookmaker: &Bookmaker, written_us: i64, unmoved: Option<i64>) -> Option<i64> {
    match bookmaker.clock {
        Clock::None => None,
        Clock::Write => Some(written_us),
        Clock::Change => unmoved.or(Some(written_us)),
    }
}
