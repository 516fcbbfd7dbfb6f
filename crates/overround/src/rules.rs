//! The configuration made ready for use: keys resolved to dense ids, overrides folded into sets of rules.
//!
//! Which overrides hold for a market depends on its type and on its fixture's sport, league and live state; each distinct
//! combination that occurs becomes one [`RuleSet`], found once when one of those changes and then indexed.

use crate::config::{
    Config, Degraded, EvRules, Fair, Freshness, Lifecycle, LowHoldRules, MiddleRules, Override, Profile, ReferenceMode,
    default_budget_s,
};
use crate::error::ConfigError;
use crate::explain::QuoteFault;
use crate::ids::{BookmakerId, Key, ProfileId};
use crate::opportunity::{Kind, Kinds};
use alloc::vec::Vec;
use overround_math::commission::Commission;
use overround_math::devig::Method;
use overround_math::pool::Pool;
use smallvec::SmallVec;

/// What an override is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MarketTraits {
    pub(crate) sport: Option<Key>,
    pub(crate) league: Option<Key>,
    pub(crate) market_type: Key,
    pub(crate) live: bool,
}

/// Index of a rule set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RulesId(u32);

/// All rules, and what is known of bookmakers from the configuration.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) config: Config,
    sets: Vec<RuleSet>,
    keys: Vec<Key>,
    bookmakers: Vec<BookmakerRules>,
    profiles: Vec<ProfileRules>,
    /// By bookmaker: the commissions under which profiles of their own see its prices.
    other_commissions: Vec<SmallVec<[Option<Commission>; 1]>>,
    has_other_commissions: bool,
}

/// What the configuration says of a bookmaker, whatever the market.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BookmakerRules {
    /// Position in the configured list, else `u32::MAX`; ties by key, then (two ids with one key) by id.
    pub(crate) rank: (u32, Key, usize),
    pub(crate) commission: Option<Commission>,
    /// A write keeps it primary that long.
    pub(crate) degraded_after_us: i64,
    /// And degraded that long.
    pub(crate) offline_after_us: i64,
}

/// What the configuration says of a profile, whatever the market.
#[derive(Debug)]
pub(crate) struct ProfileRules {
    pub(crate) detect: Kinds,
    /// By bookmaker.
    may_use: Vec<bool>,
    /// May it use all bookmakers, and has it no commissions of its own?
    is_plain: bool,
    /// By bookmaker; `None` everywhere if the profile pays what everybody pays.
    commission: Option<Vec<Option<Commission>>>,
}

/// The rules of some markets.
#[derive(Debug)]
pub(crate) struct RuleSet {
    overrides: Vec<bool>,
    pub(crate) fair: FairRules,
    pub(crate) start_barrier: bool,
    max_age_prematch_us: Option<i64>,
    max_age_live_us: Option<i64>,
    /// Does nobody's profile change that legs from degraded sources are barred?
    drop_degraded: bool,
    /// By profile.
    pub(crate) thresholds: Vec<Thresholds>,
    pub(crate) screen: Screen,
}

/// The widest thresholds of all profiles, and a little more than rounding can do: what does not meet them is nobody's opportunity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Greatest booksum of an arbitrage.
    pub(crate) arbitrage: f64,
    /// Greatest booksum of a low hold.
    pub(crate) low_hold: f64,
    /// Greatest booksum of the two prices of a middle.
    pub(crate) middle: f64,
    /// Least product of probability and net price of a +EV.
    pub(crate) ev: f64,
}

/// Where fair probabilities come from, by dense bookmaker ids.
#[derive(Debug)]
pub(crate) struct FairRules {
    pub(crate) mode: ReferenceMode,
    pub(crate) method: Method,
    pub(crate) pool: Pool,
    pub(crate) min_books: usize,
    pub(crate) booksum_min: f64,
    pub(crate) margin_max: f64,
    source: Fair,
    by_bookmaker: Vec<FairBookmaker>,
}

/// What a reference needs to know of a bookmaker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FairBookmaker {
    /// Weight among the anchors; `None` if it is none.
    pub(crate) anchor: Option<f64>,
    /// Weight in a consensus.
    pub(crate) weight: f64,
    /// Number of its group.
    pub(crate) group: Option<u32>,
}

/// What a profile wants told.
#[derive(Clone, Debug)]
pub(crate) struct Thresholds {
    pub(crate) ev: EvRules,
    pub(crate) min_profit: f64,
    pub(crate) max_profit: f64,
    pub(crate) drop_degraded: bool,
    pub(crate) low_hold: LowHoldRules,
    pub(crate) middle: MiddleRules,
    pub(crate) lifecycle: Lifecycle,
}

impl Rules {
    pub(crate) fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let mut rules = Self {
            config,
            sets: Vec::new(),
            keys: Vec::new(),
            bookmakers: Vec::new(),
            profiles: Vec::new(),
            other_commissions: Vec::new(),
            has_other_commissions: false,
        };
        if rules.config.profiles.is_empty() {
            rules.config.profiles.push(Profile::named("default"));
        }
        rules.profiles =
            rules.config.profiles.iter().map(|profile| ProfileRules::new(profile, &rules.config)).collect();
        let none = alloc::vec![false; rules.config.overrides.len()];
        rules.sets.push(RuleSet::new(&rules.config, none));
        Ok(rules)
    }

    /// The same bookmakers under another configuration.
    pub(crate) fn reconfigured(&self, config: Config) -> Result<Self, ConfigError> {
        let mut rules = Self::new(config)?;
        self.keys.iter().for_each(|&key| rules.define(key));
        Ok(rules)
    }

    /// Defines the next bookmaker.
    pub(crate) fn define(&mut self, key: Key) {
        let config = &self.config;
        let position = config.bookmakers.iter().position(|&listed| listed == key);
        let budget_us = config.freshness.budgets_s.get(&key).copied().unwrap_or_else(|| default_budget_s(key)) * 1e6;
        self.bookmakers.push(BookmakerRules {
            rank: (
                position.and_then(|position| u32::try_from(position).ok()).unwrap_or(u32::MAX),
                key,
                self.keys.len(),
            ),
            commission: config.commission.get(&key).copied(),
            degraded_after_us: floor_us(1.5 * budget_us),
            offline_after_us: floor_us(6.0 * budget_us),
        });
        for (profile, source) in self.profiles.iter_mut().zip(&config.profiles) {
            profile.define(key, source, config);
        }
        let base = config.commission.get(&key).copied();
        let mut others = SmallVec::new();
        for own in self.profiles.iter().filter_map(|profile| profile.commission.as_ref()?.last().copied()) {
            if own != base && !others.contains(&own) {
                others.push(own);
            }
        }
        self.has_other_commissions |= !others.is_empty();
        self.other_commissions.push(others);
        self.sets.iter_mut().for_each(|set| set.fair.define(key));
        self.keys.push(key);
    }

    /// The rules of markets with these traits.
    pub(crate) fn find(&mut self, traits: &MarketTraits) -> RulesId {
        if self.config.overrides.is_empty() {
            return RulesId(0);
        }
        let overrides: Vec<bool> = self.config.overrides.iter().map(|rule| matches(rule, traits)).collect();
        let known = self.sets.iter().position(|set| set.overrides == overrides);
        let index = known.unwrap_or_else(|| {
            let mut set = RuleSet::new(&self.config, overrides);
            self.keys.iter().for_each(|&key| set.fair.define(key));
            self.sets.push(set);
            self.sets.len() - 1
        });
        RulesId(u32::try_from(index).expect("rule sets are fewer than combinations that occurred, far below 2³²"))
    }

    #[inline]
    pub(crate) fn set(&self, id: RulesId) -> &RuleSet {
        &self.sets[id.0 as usize]
    }

    #[inline]
    pub(crate) fn bookmaker(&self, bookmaker: BookmakerId) -> &BookmakerRules {
        &self.bookmakers[bookmaker.index()]
    }

    /// Does any profile see net prices that others do not?
    #[inline]
    pub(crate) fn has_other_commissions(&self) -> bool {
        self.has_other_commissions
    }

    /// The commissions of profiles of their own that see another net price of the bookmaker than everybody else.
    #[inline]
    pub(crate) fn other_commissions(&self, bookmaker: BookmakerId) -> &[Option<Commission>] {
        &self.other_commissions[bookmaker.index()]
    }

    #[inline]
    pub(crate) fn profiles(&self) -> &[ProfileRules] {
        &self.profiles
    }

    /// How long a fixture is kept after its start.
    pub(crate) fn retention_us(&self, sport: Option<Key>, league: Option<Key>) -> i64 {
        self.config.retention_us(sport, league)
    }

    pub(crate) fn role_hold_us(&self) -> i64 {
        ceil_us(self.config.freshness.role_hold_s * 1e6)
    }

    pub(crate) fn hold_timeout_us(&self) -> i64 {
        ms_to_us(self.config.freshness.hold_timeout_ms)
    }
}

impl ProfileRules {
    fn new(profile: &Profile, config: &Config) -> Self {
        Self {
            detect: profile.detect.unwrap_or(config.detect),
            may_use: Vec::new(),
            is_plain: profile.commission.is_empty(),
            commission: (!profile.commission.is_empty()).then(Vec::new),
        }
    }

    fn define(&mut self, key: Key, profile: &Profile, config: &Config) {
        let may_use = bar(key, profile, config).is_none();
        self.may_use.push(may_use);
        self.is_plain &= may_use;
        if let Some(commission) = &mut self.commission {
            commission.push(profile.commission.get(&key).or_else(|| config.commission.get(&key)).copied());
        }
    }

    /// Are its net prices everybody's, and none of them barred?
    #[inline]
    pub(crate) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// May the bookmaker be a leg?
    #[inline]
    pub(crate) fn may_use(&self, bookmaker: BookmakerId) -> bool {
        self.may_use[bookmaker.index()]
    }

    /// The profile's own commission of a bookmaker, if any of its commissions differ from everybody's.
    #[inline]
    pub(crate) fn own_commission(&self, bookmaker: BookmakerId) -> Option<Option<Commission>> {
        self.commission.as_ref().map(|commission| commission[bookmaker.index()])
    }
}

impl RuleSet {
    fn new(config: &Config, overrides: Vec<bool>) -> Self {
        let mut config = config.clone();
        let active: Vec<Override> = config
            .overrides
            .iter()
            .zip(&overrides)
            .filter(|&(_, &active)| active)
            .map(|(rule, _)| rule.clone())
            .collect();
        for rule in &active {
            rule.fair.apply(&mut config.fair);
            rule.ev.apply(&mut config.ev);
            rule.arbitrage.apply(&mut config.arbitrage);
            rule.low_hold.apply(&mut config.low_hold);
            rule.middle.apply(&mut config.middle);
            rule.lifecycle.apply(&mut config.lifecycle);
            rule.freshness.apply(&mut config.freshness);
        }
        let limit = |ms: u64| (ms > 0).then(|| ms_to_us(ms));
        let thresholds: Vec<Thresholds> =
            config.profiles.iter().map(|profile| Thresholds::new(&config, profile)).collect();
        let detects = config.profiles.iter().map(|profile| profile.detect.unwrap_or(config.detect));
        let screen = Screen::new(detects.zip(&thresholds));
        let Freshness { start_barrier, max_age_prematch_ms, max_age_live_ms, .. } = config.freshness;
        Self {
            overrides,
            drop_degraded: config.arbitrage.degraded == Degraded::Drop,
            thresholds,
            screen,
            fair: FairRules::new(config.fair),
            start_barrier,
            max_age_prematch_us: limit(max_age_prematch_ms),
            max_age_live_us: limit(max_age_live_ms),
        }
    }
}

impl RuleSet {
    /// Positions of the overrides in force.
    pub(crate) fn overrides(&self) -> Vec<u32> {
        (0..).zip(&self.overrides).filter(|&(_, &active)| active).map(|(position, _)| position).collect()
    }

    /// Are legs from degraded sources barred from a profile's arbitrages? Of a profile that is no more, as for everybody.
    pub(crate) fn drops_degraded(&self, profile: ProfileId) -> bool {
        self.thresholds.get(usize::from(profile.0)).map_or(self.drop_degraded, |thresholds| thresholds.drop_degraded)
    }
}

impl Thresholds {
    fn new(config: &Config, profile: &Profile) -> Self {
        let (mut ev, mut arbitrage, mut low_hold, mut middle, mut lifecycle) = (
            config.ev.clone(),
            config.arbitrage.clone(),
            config.low_hold.clone(),
            config.middle.clone(),
            config.lifecycle.clone(),
        );
        profile.ev.apply(&mut ev);
        profile.arbitrage.apply(&mut arbitrage);
        profile.low_hold.apply(&mut low_hold);
        profile.middle.apply(&mut middle);
        profile.lifecycle.apply(&mut lifecycle);
        Self {
            ev,
            min_profit: arbitrage.min_profit,
            max_profit: arbitrage.max_profit,
            drop_degraded: arbitrage.degraded == Degraded::Drop,
            low_hold,
            middle,
            lifecycle,
        }
    }

    pub(crate) fn confirm_after_us(&self) -> i64 {
        ms_to_us(self.lifecycle.confirm_after_ms)
    }
}

impl Screen {
    fn new<'a>(profiles: impl Iterator<Item = (Kinds, &'a Thresholds)>) -> Self {
        let mut screen = Self { arbitrage: 0.0, low_hold: 0.0, middle: 0.0, ev: f64::INFINITY };
        for (detect, thresholds) in profiles {
            let hysteresis = thresholds.lifecycle.hysteresis;
            if detect.contains(Kind::Arbitrage) {
                let least = 1.0 + (thresholds.min_profit - hysteresis);
                let most = if least > 0.0 { (1.0 + SLACK) / least } else { f64::INFINITY };
                screen.arbitrage = screen.arbitrage.max(most);
            }
            if detect.contains(Kind::LowHold) {
                screen.low_hold = screen.low_hold.max(booksum_of_loss(thresholds.low_hold.max_hold + hysteresis));
            }
            if detect.contains(Kind::Middle) {
                screen.middle = screen.middle.max(booksum_of_loss(thresholds.middle.max_loss + hysteresis));
            }
            if detect.contains(Kind::Ev) {
                let least = 1.0 + (thresholds.ev.min - hysteresis);
                screen.ev = screen.ev.min(least - SLACK * least.abs().max(1.0));
            }
        }
        screen
    }
}

/// The booksum at which a stake split over all outcomes loses that much.
fn booksum_of_loss(loss: f64) -> f64 {
    let most = loss + SLACK * loss.abs().max(1.0);
    if most < 1.0 { 1.0 / (1.0 - most) } else { f64::INFINITY }
}

/// Far above what rounding does to a booksum or a product, and the tolerance of thresholds.
const SLACK: f64 = 1e-9;

impl RuleSet {
    /// How old a quote may be, in microseconds.
    #[inline]
    pub(crate) fn max_age_us(&self, is_live: bool) -> Option<i64> {
        if is_live { self.max_age_live_us } else { self.max_age_prematch_us }
    }
}

impl FairRules {
    fn new(fair: Fair) -> Self {
        Self {
            mode: fair.mode,
            method: fair.method,
            pool: fair.pool,
            min_books: usize::try_from(fair.min_books).unwrap_or(usize::MAX),
            booksum_min: fair.reference_booksum_min,
            margin_max: fair.reference_margin_max,
            source: fair,
            by_bookmaker: Vec::new(),
        }
    }

    fn define(&mut self, key: Key) {
        let group = self.source.groups.iter().position(|group| group.contains(&key));
        self.by_bookmaker.push(FairBookmaker {
            anchor: self.source.anchors.iter().find(|anchor| anchor.bookmaker == key).map(|anchor| anchor.weight),
            weight: self.source.weights.get(&key).copied().unwrap_or(1.0),
            group: group.and_then(|group| u32::try_from(group).ok()),
        });
    }

    /// Are there bookmakers that share prices?
    #[inline]
    pub(crate) fn has_groups(&self) -> bool {
        !self.source.groups.is_empty()
    }

    /// Is it listed as an anchor, whatever its weight?
    #[inline]
    pub(crate) fn is_anchor(&self, bookmaker: BookmakerId) -> bool {
        self.by_bookmaker[bookmaker.index()].anchor.is_some()
    }

    #[inline]
    pub(crate) fn bookmaker(&self, bookmaker: BookmakerId) -> FairBookmaker {
        self.by_bookmaker[bookmaker.index()]
    }
}

/// Why a profile may not use a bookmaker as a leg; `None` if it may.
pub(crate) fn bar(bookmaker: Key, profile: &Profile, config: &Config) -> Option<QuoteFault> {
    let is_listed = profile.bookmakers.as_ref().is_none_or(|bookmakers| bookmakers.contains(&bookmaker));
    let is_excluded = profile.legs.exclude.as_ref().unwrap_or(&config.legs.exclude).contains(&bookmaker);
    match (is_listed, is_excluded) {
        (false, _) => Some(QuoteFault::NotListed),
        (true, true) => Some(QuoteFault::Excluded),
        (true, false) => None,
    }
}

fn matches(rule: &Override, traits: &MarketTraits) -> bool {
    let rule = &rule.matches;
    rule.sport.is_none_or(|key| Some(key) == traits.sport)
        && rule.league.is_none_or(|key| Some(key) == traits.league)
        && rule.market.is_none_or(|key| key == traits.market_type)
        && rule.live.is_none_or(|live| live == traits.live)
}

fn ms_to_us(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1000)
}

fn ceil_us(us: f64) -> i64 {
    let floor = floor_us(us);
    #[expect(clippy::cast_precision_loss, reason = "exact where there is a fraction to round")]
    let is_whole = floor as f64 >= us;
    if is_whole { floor } else { floor.saturating_add(1) }
}

/// Rounds down; beyond i64 it saturates.
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate, which is what a duration beyond i64 means")]
fn floor_us(us: f64) -> i64 {
    us as i64
}
