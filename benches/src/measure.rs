//! Ways of measuring: two sides in turn, and what to make of many rounds.

#![allow(clippy::disallowed_types, reason = "a bench measures time")]

#[cfg(unix)]
use std::time::Duration;
use std::time::Instant;

/// Nanoseconds of processor time that something took on this thread, per one of `count`: what other processes do meanwhile is not in it,
/// but for what they do to the caches. Where the system does not tell, of time.
///
/// # Panics
/// Never: times and counts are small.
pub fn ns_each(count: usize, run: impl FnOnce()) -> f64 {
    let begin = processor_ns();
    run();
    (processor_ns() - begin) / of(count)
}

/// Nanoseconds of time, for what several threads do.
///
/// # Panics
/// Never: times and counts are small.
pub fn wall_ns_each(count: usize, run: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    run();
    begin.elapsed().as_secs_f64() * 1e9 / of(count)
}

fn of(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a bench counts thousands"))
}

#[cfg(unix)]
fn processor_ns() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default()).as_secs_f64() * 1e9
}

#[cfg(not(unix))]
fn processor_ns() -> f64 {
    static BEGIN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    BEGIN.elapsed().as_secs_f64() * 1e9
}

/// What two sides came to that were measured in turn.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    /// Median of the rounds' ratios, left over right.
    pub value: f64,
    /// Their interquartile range.
    pub spread: f64,
    /// Median of the left side.
    pub left: f64,
    /// Median of the right side.
    pub right: f64,
}

/// Measures both sides in each round, the left first in even ones; a round before warms up. Whatever else the machine does then falls
/// on both alike.
pub fn in_turn(rounds: usize, mut left: impl FnMut() -> f64, mut right: impl FnMut() -> f64) -> Ratio {
    let (mut lefts, mut rights, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (a, b) = if round % 2 == 0 {
            let a = left();
            (a, right())
        } else {
            let b = right();
            (left(), b)
        };
        if round > 0 {
            lefts.push(a);
            rights.push(b);
            ratios.push(a / b);
        }
    }
    let [low, value, high] = quartiles(&mut ratios);
    Ratio { value, spread: high - low, left: quartiles(&mut lefts)[1], right: quartiles(&mut rights)[1] }
}

/// The three quartiles of a list that is not empty, by the nearest rank.
pub fn quartiles(values: &mut [f64]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
