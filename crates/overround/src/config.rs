//! Configuration: what counts, what is told, and for whom.
//!
//! [`Config`] has no `Default`: choose [`Config::recorded`] (nothing is dropped for age or source; for recordings and research) or
//! [`Config::live`] (ages, source budgets and caps on; for money). Each section has a `…Patch` twin in which every key is optional;
//! a configuration file, a profile and an override are patches on a preset.

use crate::error::ConfigError;
use crate::ids::Key;
use crate::opportunity::Kinds;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use overround_math::commission::Commission;
use overround_math::devig::Method;
use overround_math::pool::Pool;

/// Slack of every threshold comparison.
pub const EPSILON: f64 = 1e-12;

macro_rules! section {
    (
        $(#[$doc:meta])* $name:ident, $(#[$patch_doc:meta])* $patch:ident {
            $( $(#[$field_doc:meta])* $field:ident: $type:ty, )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
        pub struct $name {
            $( $(#[$field_doc])* pub $field: $type, )*
        }

        $(#[$patch_doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
        pub struct $patch {
            $(
                $(#[$field_doc])*
                #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
                pub $field: Option<$type>,
            )*
        }

        crate::code::code_struct!($name { $($field),* });
        crate::code::code_struct!($patch { $($field),* });

        impl $patch {
            /// Overwrites the keys that the patch has.
            pub fn apply(&self, to: &mut $name) {
                $( if let Some(value) = &self.$field { to.$field.clone_from(value); } )*
            }
        }
    };
}

/// Which reference +EV is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ReferenceMode {
    /// The anchors that take part; without any, the consensus.
    AnchorElseConsensus,
    /// The anchors alone.
    Anchor,
    /// The consensus alone, anchors being ordinary.
    Consensus,
}

/// A sharp bookmaker that others are judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Anchor {
    /// Whose.
    pub bookmaker: Key,
    /// Its weight among the anchors, ≥ 0; 1 where left out.
    #[cfg_attr(feature = "serde", serde(default = "one"))]
    pub weight: f64,
}

#[cfg(feature = "serde")]
fn one() -> f64 {
    1.0
}

section! {
    /// `[fair]`: where fair probabilities come from.
    Fair,
    /// Keys of [`Fair`], each optional.
    FairPatch {
        /// Which reference.
        mode: ReferenceMode,
        /// How margins are removed.
        method: Method,
        /// How columns are pooled.
        pool: Pool,
        /// The sharp bookmakers.
        anchors: Vec<Anchor>,
        /// Consensus weight by bookmaker, ≥ 0; 1 where not named; 0 leaves one out.
        weights: BTreeMap<Key, f64>,
        /// Copies of one price: at most one of a group takes part in a consensus, and none judges another.
        groups: Vec<Vec<Key>>,
        /// Fewest bookmakers of a consensus.
        min_books: u32,
        /// A column with a smaller booksum takes no part.
        reference_booksum_min: f64,
        /// A column with more margin per outcome, (booksum − 1)/n, takes no part.
        reference_margin_max: f64,
    }
}

section! {
    /// `[ev]`.
    EvRules,
    /// Keys of [`EvRules`], each optional.
    EvPatch {
        /// Least ev that is told.
        min: f64,
        /// Cap: beyond it nothing is told; 0: none.
        max: f64,
    }
}

/// What to do with legs from degraded sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Degraded {
    /// Told with a warning.
    Warn,
    /// Never a leg of an arbitrage.
    Drop,
}

section! {
    /// `[arbitrage]`.
    ArbitrageRules,
    /// Keys of [`ArbitrageRules`], each optional.
    ArbitragePatch {
        /// Least profit that is told.
        min_profit: f64,
        /// Cap: beyond it nothing is told; 0: none.
        max_profit: f64,
        /// Legs from degraded sources.
        degraded: Degraded,
    }
}

section! {
    /// `[low_hold]`.
    LowHoldRules,
    /// Keys of [`LowHoldRules`], each optional.
    LowHoldPatch {
        /// Greatest hold that is told.
        max_hold: f64,
    }
}

/// What to do with a middle whose ev is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum UnknownEv {
    /// It is not told (unless it cannot lose).
    Drop,
    /// It is told.
    Tell,
}

section! {
    /// `[middle]`.
    MiddleRules,
    /// Keys of [`MiddleRules`], each optional.
    MiddlePatch {
        /// Least distance of the lines.
        min_size: f64,
        /// Greatest distance of the lines; 0: none.
        max_size: f64,
        /// Fewest integers on which both legs win in full.
        min_numbers: u32,
        /// Greatest loss per unit of total stake.
        max_loss: f64,
        /// Least expected payoff.
        min_ev: f64,
        /// What to do where the expected payoff is unknown.
        unknown_ev: UnknownEv,
    }
}

section! {
    /// `[lifecycle]`: policy, apart from detection.
    Lifecycle,
    /// Keys of [`Lifecycle`], each optional.
    LifecyclePatch {
        /// Least move of the headline figure that is told as an update.
        min_change: f64,
        /// An opportunity is told only after it has stood that long without a break.
        confirm_after_ms: u64,
        /// An open opportunity leaves only beyond its threshold by this much.
        hysteresis: f64,
        /// A fixture is forgotten that long after its start.
        retention_after_start_h: f64,
    }
}

section! {
    /// `[freshness]`: which quotes count.
    Freshness,
    /// Keys of [`Freshness`], each optional.
    FreshnessPatch {
        /// Does the start of a fixture make quotes that have not moved since not count?
        start_barrier: bool,
        /// Are sources judged by the time since they last wrote?
        sources: bool,
        /// A source must have been better for that long before its role rises.
        role_hold_s: f64,
        /// Greatest age of a quote before the start; 0: none.
        max_age_prematch_ms: u64,
        /// Greatest age of a quote in play; 0: none.
        max_age_live_ms: u64,
        /// Time within which a bookmaker should write again.
        budgets_s: BTreeMap<Key, f64>,
        /// Most records held back by one snapshot or hold, and most quotes that come into one snapshot.
        hold_limit: u32,
        /// Longest time that a snapshot or hold stays open.
        hold_timeout_ms: u64,
    }
}

section! {
    /// `[legs]`: who may be bet with.
    Legs,
    /// Keys of [`Legs`], each optional.
    LegsPatch {
        /// Never a leg, though maybe a reference.
        exclude: Vec<Key>,
    }
}

/// A bettor's view on the markets.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Profile {
    /// Its name.
    pub name: Key,
    /// Who may be a leg; `None`: everybody.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub bookmakers: Option<Vec<Key>>,
    /// Which kinds are told.
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "Option::is_none"))]
    pub detect: Option<Kinds>,
    /// Changes to `[ev]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub ev: EvPatch,
    /// Changes to `[arbitrage]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub arbitrage: ArbitragePatch,
    /// Changes to `[low_hold]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub low_hold: LowHoldPatch,
    /// Changes to `[middle]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub middle: MiddlePatch,
    /// Changes to `[lifecycle]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub lifecycle: LifecyclePatch,
    /// Commissions that differ for this bettor; the others stay.
    #[cfg_attr(feature = "serde", serde(default))]
    pub commission: BTreeMap<Key, Commission>,
    /// Changes to `[legs]`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub legs: LegsPatch,
}

impl Profile {
    /// A view that changes nothing.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: Key::of(name),
            bookmakers: None,
            detect: None,
            ev: EvPatch::default(),
            arbitrage: ArbitragePatch::default(),
            low_hold: LowHoldPatch::default(),
            middle: MiddlePatch::default(),
            lifecycle: LifecyclePatch::default(),
            commission: BTreeMap::new(),
            legs: LegsPatch::default(),
        }
    }
}

/// Which markets an override is for: all conditions that are set must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct OverrideMatch {
    /// The fixture's sport.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub sport: Option<Key>,
    /// The fixture's league.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub league: Option<Key>,
    /// The market type.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub market: Option<Key>,
    /// In play or not.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub live: Option<bool>,
}

/// Other rules for some markets. Later overrides win over earlier ones; a profile's keys win over both.
///
/// Keys that are not about a market have no effect here: of `[freshness]` all but `start_barrier` and the greatest ages, since sources
/// and holds are the same for all markets; `retention_after_start_h` where the override also asks for a market type or live state, since
/// a fixture is forgotten as a whole (nor has that key an effect in a profile).
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct Override {
    /// Which markets.
    #[cfg_attr(feature = "serde", serde(rename = "match"))]
    pub matches: OverrideMatch,
    /// Changes to `[fair]`.
    pub fair: FairPatch,
    /// Changes to `[ev]`.
    pub ev: EvPatch,
    /// Changes to `[arbitrage]`.
    pub arbitrage: ArbitragePatch,
    /// Changes to `[low_hold]`.
    pub low_hold: LowHoldPatch,
    /// Changes to `[middle]`.
    pub middle: MiddlePatch,
    /// Changes to `[lifecycle]`.
    pub lifecycle: LifecyclePatch,
    /// Changes to `[freshness]`.
    pub freshness: FreshnessPatch,
}

/// A starting point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Preset {
    /// Nothing is dropped for age or source.
    #[default]
    Recorded,
    /// Ages, source budgets and caps on.
    Live,
}

/// The whole configuration of an engine.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
pub struct Config {
    /// Rank order of these bookmakers; all others follow by key.
    pub bookmakers: Vec<Key>,
    /// Which kinds are told.
    pub detect: Kinds,
    /// Where fair probabilities come from.
    pub fair: Fair,
    /// +EV.
    pub ev: EvRules,
    /// Arbitrage.
    pub arbitrage: ArbitrageRules,
    /// Low hold.
    pub low_hold: LowHoldRules,
    /// Middles.
    pub middle: MiddleRules,
    /// When to tell.
    pub lifecycle: Lifecycle,
    /// Which quotes count.
    pub freshness: Freshness,
    /// What bookmakers charge.
    pub commission: BTreeMap<Key, Commission>,
    /// Who may be bet with.
    pub legs: Legs,
    /// Bettors' views; none: one that changes nothing, named "default".
    pub profiles: Vec<Profile>,
    /// Other rules for some markets.
    pub overrides: Vec<Override>,
}

/// A configuration file: a preset and the keys that differ from it.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, default))]
pub struct ConfigPatch {
    /// What the keys below differ from.
    pub preset: Preset,
    /// See [`Config::bookmakers`].
    pub bookmakers: Vec<Key>,
    /// See [`Config::detect`].
    pub detect: Option<Kinds>,
    /// See [`Config::fair`].
    pub fair: FairPatch,
    /// See [`Config::ev`].
    pub ev: EvPatch,
    /// See [`Config::arbitrage`].
    pub arbitrage: ArbitragePatch,
    /// See [`Config::low_hold`].
    pub low_hold: LowHoldPatch,
    /// See [`Config::middle`].
    pub middle: MiddlePatch,
    /// See [`Config::lifecycle`].
    pub lifecycle: LifecyclePatch,
    /// See [`Config::freshness`].
    pub freshness: FreshnessPatch,
    /// See [`Config::commission`].
    pub commission: BTreeMap<Key, Commission>,
    /// See [`Config::legs`].
    pub legs: LegsPatch,
    /// See [`Config::profiles`].
    #[cfg_attr(feature = "serde", serde(rename = "profile"))]
    pub profiles: Vec<Profile>,
    /// See [`Config::overrides`].
    #[cfg_attr(feature = "serde", serde(rename = "override"))]
    pub overrides: Vec<Override>,
}

impl ConfigPatch {
    /// The preset with the patch applied. Nothing is checked here; [`Engine::new`](crate::Engine::new) does.
    #[must_use]
    pub fn config(&self) -> Config {
        let mut config = match self.preset {
            Preset::Recorded => Config::recorded(),
            Preset::Live => Config::live(),
        };
        config.bookmakers.clone_from(&self.bookmakers);
        if let Some(detect) = self.detect {
            config.detect = detect;
        }
        self.fair.apply(&mut config.fair);
        self.ev.apply(&mut config.ev);
        self.arbitrage.apply(&mut config.arbitrage);
        self.low_hold.apply(&mut config.low_hold);
        self.middle.apply(&mut config.middle);
        self.lifecycle.apply(&mut config.lifecycle);
        self.freshness.apply(&mut config.freshness);
        self.legs.apply(&mut config.legs);
        config.commission.clone_from(&self.commission);
        config.profiles.clone_from(&self.profiles);
        config.overrides.clone_from(&self.overrides);
        config
    }
}

impl Config {
    /// For recordings and research: nothing is dropped for age or source, nothing is capped.
    #[must_use]
    pub fn recorded() -> Self {
        Self {
            bookmakers: Vec::new(),
            detect: Kinds::ALL,
            fair: Fair {
                mode: ReferenceMode::AnchorElseConsensus,
                method: Method::Power,
                pool: Pool::Mean,
                anchors: alloc::vec![Anchor { bookmaker: Key::of("pinnacle"), weight: 1.0 }],
                weights: BTreeMap::new(),
                groups: Vec::new(),
                min_books: 3,
                reference_booksum_min: 0.98,
                reference_margin_max: 0.10,
            },
            ev: EvRules { min: 0.02, max: 0.0 },
            arbitrage: ArbitrageRules { min_profit: 0.005, max_profit: 0.0, degraded: Degraded::Warn },
            low_hold: LowHoldRules { max_hold: 0.02 },
            middle: MiddleRules {
                min_size: 0.5,
                max_size: 0.0,
                min_numbers: 1,
                max_loss: 0.05,
                min_ev: 0.0,
                unknown_ev: UnknownEv::Drop,
            },
            lifecycle: Lifecycle {
                min_change: 0.0005,
                confirm_after_ms: 0,
                hysteresis: 0.0,
                retention_after_start_h: 48.0,
            },
            freshness: Freshness {
                start_barrier: true,
                sources: false,
                role_hold_s: 5.0,
                max_age_prematch_ms: 0,
                max_age_live_ms: 0,
                budgets_s: BTreeMap::new(),
                hold_limit: 1_000_000,
                hold_timeout_ms: 10_000,
            },
            commission: BTreeMap::new(),
            legs: Legs { exclude: Vec::new() },
            profiles: Vec::new(),
            overrides: Vec::new(),
        }
    }

    /// For money: as [`recorded`](Self::recorded), with source budgets, greatest ages (5 min, in play 1 min), caps of 10 %, and
    /// no arbitrage legs from degraded sources. Feeds that poll less often than a source's budget make it flap: raise `budgets_s`.
    #[must_use]
    pub fn live() -> Self {
        let mut config = Self::recorded();
        config.freshness.sources = true;
        config.freshness.max_age_prematch_ms = 300_000;
        config.freshness.max_age_live_ms = 60_000;
        config.ev.max = 0.10;
        config.arbitrage.max_profit = 0.10;
        config.arbitrage.degraded = Degraded::Drop;
        config
    }

    /// How many microseconds after its start a fixture of that sport and league is forgotten. Overrides that look at the market or
    /// at the live state are not for fixtures.
    #[must_use]
    pub fn retention_us(&self, sport: Option<Key>, league: Option<Key>) -> i64 {
        let mut hours = self.lifecycle.retention_after_start_h;
        for rule in &self.overrides {
            let OverrideMatch { sport: of_sport, league: of_league, market, live } = rule.matches;
            let for_fixtures = market.is_none() && live.is_none();
            let named =
                of_sport.is_none_or(|key| Some(key) == sport) && of_league.is_none_or(|key| Some(key) == league);
            if for_fixtures && named {
                hours = rule.lifecycle.retention_after_start_h.unwrap_or(hours);
            }
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "float casts saturate, and parts of a microsecond do not count"
        )]
        let us = (hours * 3.6e9) as i64;
        us
    }

    /// Checks every number and list.
    ///
    /// # Errors
    /// The first key found out of range, or a bookmaker or profile that stands where it may not.
    pub fn check(&self) -> Result<(), ConfigError> {
        check_distinct(&self.bookmakers, "bookmakers")?;
        check_fair(&FairPatch {
            anchors: Some(self.fair.anchors.clone()),
            weights: Some(self.fair.weights.clone()),
            groups: Some(self.fair.groups.clone()),
            reference_booksum_min: Some(self.fair.reference_booksum_min),
            reference_margin_max: Some(self.fair.reference_margin_max),
            ..FairPatch::default()
        })?;
        let numbers = |ev: &EvPatch,
                       arbitrage: &ArbitragePatch,
                       low_hold: &LowHoldPatch,
                       middle: &MiddlePatch,
                       lifecycle: &LifecyclePatch| {
            check_number(ev.min, -1.0, "ev.min")?;
            check_number(ev.max, 0.0, "ev.max")?;
            check_number(arbitrage.min_profit, -1.0, "arbitrage.min_profit")?;
            check_number(arbitrage.max_profit, 0.0, "arbitrage.max_profit")?;
            check_number(low_hold.max_hold, f64::MIN, "low_hold.max_hold")?;
            check_number(middle.min_size, 0.0, "middle.min_size")?;
            check_number(middle.max_size, 0.0, "middle.max_size")?;
            check_number(middle.max_loss, f64::MIN, "middle.max_loss")?;
            check_number(middle.min_ev, f64::MIN, "middle.min_ev")?;
            check_number(lifecycle.min_change, 0.0, "lifecycle.min_change")?;
            check_number(lifecycle.hysteresis, 0.0, "lifecycle.hysteresis")?;
            check_number(lifecycle.retention_after_start_h, 0.0, "lifecycle.retention_after_start_h")
        };
        numbers(
            &EvPatch { min: Some(self.ev.min), max: Some(self.ev.max) },
            &ArbitragePatch {
                min_profit: Some(self.arbitrage.min_profit),
                max_profit: Some(self.arbitrage.max_profit),
                degraded: None,
            },
            &LowHoldPatch { max_hold: Some(self.low_hold.max_hold) },
            &MiddlePatch {
                min_size: Some(self.middle.min_size),
                max_size: Some(self.middle.max_size),
                max_loss: Some(self.middle.max_loss),
                min_ev: Some(self.middle.min_ev),
                ..MiddlePatch::default()
            },
            &LifecyclePatch {
                min_change: Some(self.lifecycle.min_change),
                hysteresis: Some(self.lifecycle.hysteresis),
                retention_after_start_h: Some(self.lifecycle.retention_after_start_h),
                confirm_after_ms: None,
            },
        )?;
        check_freshness(&FreshnessPatch {
            role_hold_s: Some(self.freshness.role_hold_s),
            budgets_s: Some(self.freshness.budgets_s.clone()),
            ..FreshnessPatch::default()
        })?;
        if self.profiles.len() > usize::from(u16::MAX) {
            return Err(ConfigError::TooManyProfiles);
        }
        for (i, profile) in self.profiles.iter().enumerate() {
            if self.profiles[..i].iter().any(|other| other.name == profile.name) {
                return Err(ConfigError::DuplicateProfile);
            }
            check_distinct(profile.bookmakers.as_deref().unwrap_or_default(), "profile.bookmakers")?;
            numbers(&profile.ev, &profile.arbitrage, &profile.low_hold, &profile.middle, &profile.lifecycle)?;
        }
        for patch in &self.overrides {
            check_fair(&patch.fair)?;
            check_freshness(&patch.freshness)?;
            numbers(&patch.ev, &patch.arbitrage, &patch.low_hold, &patch.middle, &patch.lifecycle)?;
        }
        Ok(())
    }
}

fn check_number(value: Option<f64>, least: f64, key: &'static str) -> Result<(), ConfigError> {
    match value {
        Some(value) if !(value.is_finite() && value >= least) => Err(ConfigError::OutOfRange(key)),
        _ => Ok(()),
    }
}

fn check_distinct(keys: &[Key], key: &'static str) -> Result<(), ConfigError> {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) { Err(ConfigError::Duplicate(key)) } else { Ok(()) }
}

fn check_fair(fair: &FairPatch) -> Result<(), ConfigError> {
    check_number(fair.reference_booksum_min, 0.0, "fair.reference_booksum_min")?;
    check_number(fair.reference_margin_max, f64::MIN, "fair.reference_margin_max")?;
    if let Some(anchors) = &fair.anchors {
        let keys: Vec<Key> = anchors.iter().map(|anchor| anchor.bookmaker).collect();
        check_distinct(&keys, "fair.anchors")?;
        anchors.iter().try_for_each(|anchor| check_number(Some(anchor.weight), 0.0, "fair.anchors"))?;
    }
    if let Some(weights) = &fair.weights {
        weights.values().try_for_each(|&weight| check_number(Some(weight), 0.0, "fair.weights"))?;
    }
    if let Some(groups) = &fair.groups {
        check_distinct(&groups.concat(), "fair.groups").map_err(|_| ConfigError::OverlappingGroups)?;
    }
    Ok(())
}

fn check_freshness(freshness: &FreshnessPatch) -> Result<(), ConfigError> {
    check_number(freshness.role_hold_s, 0.0, "freshness.role_hold_s")?;
    if let Some(budgets) = &freshness.budgets_s {
        for &budget in budgets.values() {
            check_number(Some(budget), f64::MIN_POSITIVE, "freshness.budgets_s")?;
        }
    }
    Ok(())
}

/// A list of kind names.
#[cfg(feature = "serde")]
mod kinds_serde {
    use super::{Kinds, Vec};
    use crate::opportunity::Kind;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl Serialize for Kinds {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.iter_by_name())
        }
    }

    impl<'de> Deserialize<'de> for Kinds {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let kinds = Vec::<Kind>::deserialize(deserializer)?;
            Ok(kinds.into_iter().fold(Self::NONE, Self::with))
        }
    }
}

/// Time in seconds within which a bookmaker should write again, where the configuration does not say.
#[must_use]
pub fn default_budget_s(bookmaker: Key) -> f64 {
    const BY_NAME: [(f64, &[&str]); 4] = [
        (30.0, &["pinnacle", "draftkings", "fanduel", "betmgm", "caesars", "bet365"]),
        (45.0, &["espnbet"]),
        (60.0, &["fanatics", "hardrock", "betrivers", "betparx", "bovada"]),
        (180.0, &["pickem"]),
    ];
    BY_NAME
        .iter()
        .find(|(_, names)| names.iter().any(|name| Key::of(name) == bookmaker))
        .map_or(90.0, |&(budget, _)| budget)
}
