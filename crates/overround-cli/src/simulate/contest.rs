//! One fixture of the evening with everybody who quotes it.

use super::Settings;
use super::desk::Desk;
use super::draw::{Draw, us};
use super::names;
use super::sheet::Player;
use super::sports::{SPORTS, Sport};
use super::truth::{Phase, Truth};

/// A fixture, what really happens in it, and one desk per bookmaker.
pub(super) struct Contest {
    pub(super) key: String,
    pub(super) league: &'static str,
    pub(super) home: String,
    pub(super) away: String,
    pub(super) players: Vec<Player>,
    pub(super) truth: Truth,
    /// The start as announced.
    pub(super) start_us: i64,
    /// The start will be put off by this much shortly before it.
    pub(super) delay_us: i64,
    pub(super) desks: Vec<Desk>,
    pub(super) draw: Draw,
    pub(super) is_ended: bool,
    pub(super) is_void: bool,
}

impl Contest {
    /// The contest with this index; its whole life depends on the seed and the index alone.
    pub(super) fn new(settings: Settings, index: u32, begin_us: i64, desks: usize) -> Self {
        /// The evening's fixtures start from this long before the recording begins to this long after it ends.
        const EARLIER_S: f64 = 60.0 * 60.0;
        const LATER_S: f64 = 40.0 * 60.0;
        /// Starts are announced in whole steps of this.
        const STEP_US: i64 = 300_000_000;
        let mut draw = Draw::new(settings.seed, u64::from(index) + 1);
        let sport = sport(&mut draw);
        let league = draw.pick(sport.leagues).copied().unwrap_or_default();
        let window_s = f64::from(settings.minutes) * 60.0;
        let start_us = begin_us + draw.span_us(-EARLIER_S, window_s + LATER_S) / STEP_US * STEP_US;
        let (home, away) = names::sides(sport, &mut draw);
        let players = (0..2 * sport.offer.players)
            .map(|_| Player { name: names::player(&mut draw), mean: draw.between(11.0, 29.0) })
            .collect();
        let delay_us = if start_us > begin_us + us(3000.0) && draw.chance(0.12) {
            draw.span_us(1.0, 4.0) / 1_000_000 * STEP_US
        } else {
            0
        };
        let kick_off_us = start_us + delay_us + draw.span_us(5.0, 200.0);
        let mut truth = Truth::new(sport, begin_us, kick_off_us, &mut draw);
        // What is in play when the recording begins has been played so far.
        while truth.phase != Phase::Over && truth.next_step_us() < begin_us {
            let next = truth.next_step_us();
            truth.step(next, &mut draw);
        }
        Self {
            key: format!("{league}_{:04}", index + 1),
            league,
            home,
            away,
            players,
            truth,
            start_us,
            delay_us,
            desks: (0..desks).map(|_| Desk::default()).collect(),
            is_void: draw.chance(0.003),
            draw,
            is_ended: false,
        }
    }
}

fn sport(draw: &mut Draw) -> &'static Sport {
    let total: usize = SPORTS.iter().map(|sport| sport.weight).sum();
    let mut at = draw.below(total);
    for sport in SPORTS {
        if at < sport.weight {
            return sport;
        }
        at -= sport.weight;
    }
    &SPORTS[0]
}
