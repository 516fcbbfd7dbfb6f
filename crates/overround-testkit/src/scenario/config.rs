//! Random configurations that can be used.

use super::Features;
use crate::random::Random;
use overround::Key;
use overround::config::{
    Anchor, ArbitragePatch, Config, Degraded, EvPatch, FairPatch, FreshnessPatch, LegsPatch, LifecyclePatch,
    LowHoldPatch, MiddlePatch, Override, OverrideMatch, Profile, ReferenceMode, UnknownEv,
};
use overround::opportunity::{Kind, Kinds};
use overround_math::commission::{Base, Commission};
use overround_math::devig::Method;
use overround_math::pool::Pool;

/// A configuration over these bookmakers that uses only these features.
///
/// # Panics
/// Never: what it makes can be used.
#[must_use]
pub fn random_config(random: &mut Random, names: &[&str], features: Features) -> Config {
    let mut config = if features.sources && random.chance(30) { Config::live() } else { Config::recorded() };
    let keys: Vec<Key> = names.iter().map(|name| Key::of(name)).collect();
    if random.chance(50) {
        config.bookmakers = some_of(random, &keys, 60);
    }
    if random.chance(15) {
        config.detect = kinds(random);
    }
    fair(random, &keys, 35).apply(&mut config.fair);
    ev(random, 30).apply(&mut config.ev);
    arbitrage(random, 30).apply(&mut config.arbitrage);
    low_hold(random, 30).apply(&mut config.low_hold);
    middle(random, 30).apply(&mut config.middle);
    lifecycle(random, features, 40).apply(&mut config.lifecycle);
    if features.ends && random.chance(30) {
        config.lifecycle.retention_after_start_h = random.pick(&[0.0, 0.01, 1.0]);
    }
    freshness(random, &keys, features, 40).apply(&mut config.freshness);
    if features.lays {
        for &key in &keys {
            if random.chance(25) {
                config.commission.insert(key, commission(random));
            }
        }
    }
    if random.chance(20) {
        config.legs.exclude = some_of(random, &keys, 30);
    }
    if features.profiles {
        let names = ["mine", "yours", "theirs"];
        config.profiles = names[..=random.below(2)].iter().map(|name| profile(random, name, &keys, features)).collect();
    }
    if features.overrides {
        config.overrides = (0..random.below(3)).map(|_| patch(random, &keys, features)).collect();
    }
    config.check().expect("every choice is in range");
    config
}

fn some_of(random: &mut Random, keys: &[Key], percent: usize) -> Vec<Key> {
    let mut chosen: Vec<Key> = keys.iter().copied().filter(|_| random.chance(percent)).collect();
    if random.chance(50) {
        chosen.reverse();
    }
    chosen
}

fn kinds(random: &mut Random) -> Kinds {
    Kind::ALL.into_iter().filter(|_| random.chance(70)).fold(Kinds::NONE, Kinds::with)
}

fn fair(random: &mut Random, keys: &[Key], percent: usize) -> FairPatch {
    let modes = [ReferenceMode::AnchorElseConsensus, ReferenceMode::Anchor, ReferenceMode::Consensus];
    let methods = [
        Method::Power,
        Method::Multiplicative,
        Method::Additive,
        Method::Shin,
        Method::OddsRatio,
        Method::Probit,
        Method::BalancedBook,
        Method::WorstCase,
    ];
    let mut patch = FairPatch {
        mode: random.maybe(percent, &modes),
        method: random.maybe(percent, &methods),
        pool: random.maybe(percent, &[Pool::Mean, Pool::LogOdds, Pool::Median]),
        min_books: random.maybe(percent, &[0, 1, 2, 3, 4]),
        reference_booksum_min: random.maybe(percent / 2, &[0.0, 0.98, 1.0]),
        reference_margin_max: random.maybe(percent / 2, &[0.02, 0.05, 0.5]),
        ..FairPatch::default()
    };
    if random.chance(percent) {
        let anchors = some_of(random, keys, 30);
        let weight = |random: &mut Random| random.pick(&[1.0, 1.0, 0.5, 2.0, 0.0]);
        patch.anchors =
            Some(anchors.into_iter().map(|bookmaker| Anchor { bookmaker, weight: weight(random) }).collect());
    }
    if random.chance(percent) {
        let named = some_of(random, keys, 40);
        patch.weights = Some(named.into_iter().map(|key| (key, random.pick(&[0.0, 0.5, 1.0, 3.0]))).collect());
    }
    if random.chance(percent) {
        let grouped = some_of(random, keys, 60);
        let (left, right) = grouped.split_at(grouped.len() / 2);
        patch.groups = Some(vec![left.to_vec(), right.to_vec()]);
    }
    patch
}

fn ev(random: &mut Random, percent: usize) -> EvPatch {
    EvPatch {
        min: random.maybe(percent, &[0.0, 0.01, 0.02, 0.05, -0.02]),
        max: random.maybe(percent, &[0.0, 0.05, 0.10]),
    }
}

fn arbitrage(random: &mut Random, percent: usize) -> ArbitragePatch {
    ArbitragePatch {
        min_profit: random.maybe(percent, &[0.0, 0.005, 0.01, -0.01]),
        max_profit: random.maybe(percent, &[0.0, 0.03, 0.10]),
        degraded: random.maybe(percent, &[Degraded::Warn, Degraded::Drop]),
    }
}

fn low_hold(random: &mut Random, percent: usize) -> LowHoldPatch {
    LowHoldPatch { max_hold: random.maybe(percent, &[0.0, 0.02, 0.04, -0.001]) }
}

fn middle(random: &mut Random, percent: usize) -> MiddlePatch {
    MiddlePatch {
        min_size: random.maybe(percent, &[0.0, 0.25, 0.5, 1.0]),
        max_size: random.maybe(percent / 2, &[0.0, 1.0, 2.0]),
        min_numbers: random.maybe(percent, &[0, 1, 2]),
        max_loss: random.maybe(percent, &[0.0, 0.05, 0.1, 0.5]),
        min_ev: random.maybe(percent, &[0.0, 0.02, -0.1]),
        unknown_ev: random.maybe(50, &[UnknownEv::Drop, UnknownEv::Tell]),
    }
}

fn lifecycle(random: &mut Random, features: Features, percent: usize) -> LifecyclePatch {
    let policy = if features.policy { 50 } else { 0 };
    LifecyclePatch {
        min_change: random.maybe(percent, &[0.0, 0.0005, 0.01, 0.025]),
        confirm_after_ms: random.maybe(policy, &[0, 1, 1_000, 5_000, 60_000]),
        hysteresis: random.maybe(policy, &[0.0, 0.005, 0.02]),
        retention_after_start_h: None,
    }
}

fn freshness(random: &mut Random, keys: &[Key], features: Features, percent: usize) -> FreshnessPatch {
    let sources = if features.sources { percent } else { 0 };
    let scopes = if features.scopes { percent } else { 0 };
    let mut patch = FreshnessPatch {
        start_barrier: random.maybe(percent, &[true, false]),
        sources: random.maybe(sources, &[true, true, false]),
        role_hold_s: random.maybe(sources, &[0.0, 1.0, 5.0, 60.0]),
        max_age_prematch_ms: random.maybe(percent, &[0, 5_000, 60_000, 300_000]),
        max_age_live_ms: random.maybe(percent, &[0, 1_000, 30_000, 60_000]),
        budgets_s: None,
        hold_limit: random.maybe(scopes, &[0, 1, 3, 1_000_000]),
        hold_timeout_ms: random.maybe(scopes, &[0, 1, 1_000, 10_000, 60_000]),
    };
    if random.chance(sources) {
        let named = some_of(random, keys, 40);
        patch.budgets_s = Some(named.into_iter().map(|key| (key, random.pick(&[0.3, 1.0, 10.0, 30.0]))).collect());
    }
    patch
}

fn commission(random: &mut Random) -> Commission {
    let base =
        random.pick(&[Base::Winnings, Base::Winnings, Base::Stake, Base::StakeIfWon, Base::Gross, Base::Contract]);
    Commission::new(base, random.pick(&[0.0, 0.02, 0.05])).expect("a rate in [0, 1)")
}

fn profile(random: &mut Random, name: &str, keys: &[Key], features: Features) -> Profile {
    let mut profile = Profile::named(name);
    if random.chance(60) {
        profile.bookmakers = Some(some_of(random, keys, 70));
    }
    if random.chance(20) {
        profile.detect = Some(kinds(random));
    }
    profile.ev = ev(random, 25);
    profile.arbitrage = arbitrage(random, 25);
    profile.low_hold = low_hold(random, 25);
    profile.middle = middle(random, 25);
    profile.lifecycle = lifecycle(random, features, 25);
    if features.lays && random.chance(30) {
        profile.commission = some_of(random, keys, 30).into_iter().map(|key| (key, commission(random))).collect();
    }
    if random.chance(20) {
        profile.legs = LegsPatch { exclude: Some(some_of(random, keys, 30)) };
    }
    profile
}

fn patch(random: &mut Random, keys: &[Key], features: Features) -> Override {
    let matches = OverrideMatch {
        sport: random.maybe(30, &["soccer", "basketball"]).map(Key::of),
        league: random.maybe(20, &["epl", "nba"]).map(Key::of),
        market: random.maybe(30, &["total", "spread", "moneyline", "1x2"]).map(Key::of),
        live: random.maybe(30, &[true, false]),
    };
    // A fixture is forgotten as a whole: conditions on markets or on play do not go with it.
    let of_fixtures = features.ends && matches.market.is_none() && matches.live.is_none();
    Override {
        matches,
        fair: fair(random, keys, 20),
        ev: ev(random, 20),
        arbitrage: arbitrage(random, 20),
        low_hold: low_hold(random, 20),
        middle: middle(random, 20),
        lifecycle: LifecyclePatch {
            retention_after_start_h: if of_fixtures { random.maybe(30, &[0.0, 0.01, 2.0]) } else { None },
            ..lifecycle(random, features, 20)
        },
        freshness: FreshnessPatch {
            start_barrier: random.maybe(20, &[true, false]),
            max_age_prematch_ms: random.maybe(20, &[0, 5_000, 60_000]),
            max_age_live_ms: random.maybe(20, &[0, 1_000, 30_000]),
            ..FreshnessPatch::default()
        },
    }
}
