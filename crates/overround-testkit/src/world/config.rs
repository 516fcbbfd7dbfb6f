//! The configuration that fits a world, and others that may come into force in it.

use super::bookmaker::{Bookmaker, EXCHANGES};
use super::params::Params;
use crate::random::Random;
use overround::config::{Degraded, ReferenceMode, UnknownEv};
use overround::{Config, Key};
use overround_math::commission::{Base, Commission};
use overround_math::devig::Method;
use overround_math::pool::Pool;

/// `live`, with ranks, commissions and groups, and patience for the world's pace.
///
/// # Panics
/// Never: its rates are in range.
pub(super) fn usual(params: &Params, books: &[Bookmaker]) -> Config {
    let mut config = Config::live();
    config.bookmakers = books.iter().take(books.len() / 2).map(|book| book.key).collect();
    for name in EXCHANGES {
        config.commission.insert(Key::of(name), Commission::new(Base::Winnings, 0.02).expect("a rate in [0, 1)"));
    }
    config.commission.insert(Key::of("kalshi"), Commission::new(Base::Contract, 0.07).expect("a rate in [0, 1)"));
    config.fair.groups = vec![["unibet_se", "unibet_nl"].map(Key::of).to_vec()];
    // Fixtures that end without a word are forgotten once a few lives have passed.
    config.lifecycle.retention_after_start_h = (params.play_s * 4.0 + params.lead_s) / 3_600.0;
    config
}

/// The usual one, half of the time with something else in it.
pub(super) fn variant(random: &mut Random, params: &Params, books: &[Bookmaker]) -> Config {
    let mut config = usual(params, books);
    if random.chance(50) {
        return config;
    }
    match random.below(10) {
        0 => config.lifecycle.min_change = random.pick(&[0.0, 0.01]),
        1 => config.lifecycle.confirm_after_ms = random.pick(&[500, 5_000]),
        2 => config.lifecycle.hysteresis = 0.005,
        3 => config.ev.min = random.pick(&[0.01, 0.05]),
        4 => config.fair.mode = random.pick(&[ReferenceMode::Consensus, ReferenceMode::Anchor]),
        5 => config.fair.method = random.pick(&[Method::Multiplicative, Method::Shin, Method::Additive]),
        6 => config.fair.pool = random.pick(&[Pool::LogOdds, Pool::Median]),
        7 => (config.arbitrage.degraded, config.arbitrage.min_profit) = (Degraded::Warn, 0.0),
        8 => (config.middle.unknown_ev, config.low_hold.max_hold) = (UnknownEv::Tell, 0.03),
        _ => (config.freshness.sources, config.freshness.max_age_live_ms) = (false, 0),
    }
    config
}
