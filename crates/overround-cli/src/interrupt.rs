//! Being asked to stop: Ctrl-C, or a request to end.
//!
//! The first time it is only noted: loops look at it between two records, so that outputs end with whole lines. The second time the
//! process ends at once.

use crate::failure::Failure;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// One flag for each signal; empty while nothing listens.
static ASKED: OnceLock<[Arc<AtomicBool>; 2]> = OnceLock::new();

/// From here on the first request to stop is noted, and the second one obeyed at once. Where that cannot be had, requests end the
/// process at once, as they did before.
pub fn listen() {
    let asked = ASKED.get_or_init(Default::default);
    for (signal, flag) in SIGNALS.into_iter().zip(asked) {
        // The order matters: the second request must find the flag set by the first.
        let _ = flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(flag));
        let _ = flag::register(signal, Arc::clone(flag));
    }
}

/// Fails once it was asked to stop.
pub(crate) fn check() -> Result<(), Failure> {
    let Some(asked) = ASKED.get() else { return Ok(()) };
    let mut flags = SIGNALS.into_iter().zip(asked);
    match flags.find(|(_, flag)| flag.load(Ordering::Relaxed)) {
        Some((signal, _)) => Err(Failure::Stopped(u8::try_from(signal).unwrap_or(0))),
        None => Ok(()),
    }
}
