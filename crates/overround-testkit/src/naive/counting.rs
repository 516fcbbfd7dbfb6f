//! Which quotes count, why not, how fresh their sources are, and which rules a market has.

use super::world::{Clock, Fixture, Quote, QuoteKey, World};
use overround::config::{
    ArbitrageRules, Degraded, EvRules, Fair, Freshness, Lifecycle, LowHoldRules, MiddleRules, Profile, default_budget_s,
};
use overround::odds_event::{MarketDefinition, Side, SourceRole};
use overround::opportunity::{Kinds, Reason};
use overround::{BookmakerId, FixtureId, Key};
use overround_math::commission::{Base, Commission};

/// The rules in force for one market and one profile: base, then overrides in order, then the profile.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) detect: Kinds,
    pub(crate) fair: Fair,
    pub(crate) ev: EvRules,
    pub(crate) arbitrage: ArbitrageRules,
    pub(crate) low_hold: LowHoldRules,
    pub(crate) middle: MiddleRules,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) freshness: Freshness,
}

impl World {
    pub(crate) fn is_live(&self, fixture: &Fixture) -> bool {
        fixture.live.unwrap_or_else(|| fixture.start.is_some_and(|start| start <= self.now))
    }

    pub(crate) fn rules(&self, market: &MarketDefinition, profile: &Profile) -> Rules {
        let fixture = self.fixture(market.fixture);
        let base = &self.config;
        let mut rules = Rules {
            detect: base.detect,
            fair: base.fair.clone(),
            ev: base.ev.clone(),
            arbitrage: base.arbitrage.clone(),
            low_hold: base.low_hold.clone(),
            middle: base.middle.clone(),
            lifecycle: base.lifecycle.clone(),
            freshness: base.freshness.clone(),
        };
        for patch in &base.overrides {
            let matches = patch.matches.sport.is_none_or(|it| fixture.sport == Some(it))
                && patch.matches.league.is_none_or(|it| fixture.league == Some(it))
                && patch.matches.market.is_none_or(|it| market.market_type == it)
                && patch.matches.live.is_none_or(|it| self.is_live(fixture) == it);
            if matches {
                patch.fair.apply(&mut rules.fair);
                patch.ev.apply(&mut rules.ev);
                patch.arbitrage.apply(&mut rules.arbitrage);
                patch.low_hold.apply(&mut rules.low_hold);
                patch.middle.apply(&mut rules.middle);
                patch.lifecycle.apply(&mut rules.lifecycle);
                patch.freshness.apply(&mut rules.freshness);
            }
        }
        rules.detect = profile.detect.unwrap_or(rules.detect);
        profile.ev.apply(&mut rules.ev);
        profile.arbitrage.apply(&mut rules.arbitrage);
        profile.low_hold.apply(&mut rules.low_hold);
        profile.middle.apply(&mut rules.middle);
        profile.lifecycle.apply(&mut rules.lifecycle);
        rules
    }

    pub(crate) fn profiles(&self) -> Vec<Profile> {
        if self.config.profiles.is_empty() { vec![Profile::named("default")] } else { self.config.profiles.clone() }
    }

    /// After how long a fixture is forgotten, in microseconds after its start. Overrides that look at the market or at the live state
    /// are not for fixtures.
    pub(crate) fn retention_us(&self, fixture: &Fixture) -> i64 {
        let mut lifecycle = self.config.lifecycle.clone();
        for patch in &self.config.overrides {
            let matches = patch.matches.sport.is_none_or(|it| fixture.sport == Some(it))
                && patch.matches.league.is_none_or(|it| fixture.league == Some(it))
                && patch.matches.live.is_none()
                && patch.matches.market.is_none();
            if matches {
                patch.lifecycle.apply(&mut lifecycle);
            }
        }
        whole_us(lifecycle.retention_after_start_h * 3.6e9)
    }

    // ---- sources ----

    fn budget_us(&self, bookmaker: BookmakerId) -> f64 {
        let key = self.bookmakers[bookmaker.index()];
        self.config.freshness.budgets_s.get(&key).copied().unwrap_or_else(|| default_budget_s(key)) * 1e6
    }

    /// The last moments at which a source is still primary, still degraded, judged by its last write alone.
    pub(crate) fn role_limits(&self, bookmaker: BookmakerId, last_write: i64) -> [i64; 2] {
        [1.5, 6.0].map(|k| last_write.saturating_add(whole_us((k * self.budget_us(bookmaker)).floor())))
    }

    /// The role by age alone, without the hold on rises.
    pub(crate) fn raw_role(&self, bookmaker: BookmakerId, last_write: i64) -> SourceRole {
        let [primary, degraded] = self.role_limits(bookmaker, last_write);
        if self.now <= primary {
            SourceRole::Primary
        } else if self.now <= degraded {
            SourceRole::Degraded
        } else {
            SourceRole::Offline
        }
    }

    pub(crate) fn role_hold_us(&self) -> i64 {
        whole_us((self.config.freshness.role_hold_s * 1e6).ceil())
    }

    /// Moves every source's role to where it belongs at the end of an instant.
    pub(crate) fn settle_roles(&mut self) {
        let settled: Vec<(BookmakerId, Clock)> = self
            .sources
            .iter()
            .map(|(&bookmaker, &clock)| {
                let role = if self.config.freshness.sources {
                    self.settled(clock, self.raw_role(bookmaker, clock.last_write))
                } else {
                    Clock { role: None, better_since: None, ..clock }
                };
                (bookmaker, role)
            })
            .collect();
        self.sources.extend(settled);
    }

    fn settled(&self, clock: Clock, raw: SourceRole) -> Clock {
        match clock.role {
            // `SourceRole` orders from best to worst.
            Some(role) if raw < role => {
                let since = clock.better_since.unwrap_or(self.now);
                if self.now.saturating_sub(since) >= self.role_hold_us() {
                    Clock { role: Some(raw), better_since: None, ..clock }
                } else {
                    Clock { better_since: Some(since), ..clock }
                }
            }
            _ => Clock { role: Some(raw), better_since: None, ..clock },
        }
    }

    /// The freshness weight: the worst of what the clock and the signals say.
    pub(crate) fn freshness(&self, bookmaker: BookmakerId, fixture: FixtureId) -> f64 {
        let mut weight = 1.0_f64;
        if self.config.freshness.sources {
            let role = self.sources.get(&bookmaker).and_then(|clock| clock.role).unwrap_or(SourceRole::Offline);
            weight = weight.min(role.weight());
        }
        for scope in [None, Some(fixture)] {
            if let Some(role) = self.role_signals.get(&(bookmaker, scope)) {
                weight = weight.min(role.weight());
            }
        }
        weight
    }

    fn is_stale(&self, bookmaker: BookmakerId, fixture: FixtureId) -> bool {
        self.stale_signals.contains(&(bookmaker, None)) || self.stale_signals.contains(&(bookmaker, Some(fixture)))
    }

    // ---- quotes ----

    pub(crate) fn age(&self, quote: &Quote) -> i64 {
        self.now.saturating_sub(quote.source_ts.unwrap_or(quote.seen)).max(0)
    }

    /// Greatest age of a quote in this market now, in microseconds.
    pub(crate) fn age_limit(&self, market: &MarketDefinition) -> Option<i64> {
        let freshness = self.rules(market, &Profile::named("")).freshness;
        let live = self.is_live(self.fixture(market.fixture));
        let ms = if live { freshness.max_age_live_ms } else { freshness.max_age_prematch_ms };
        (ms > 0).then(|| i64::try_from(ms).unwrap_or(i64::MAX).saturating_mul(1000))
    }

    /// The first reason, in the order of the list, why this quote does not count; `None` if it does.
    pub(crate) fn obstacle(&self, key: &QuoteKey, degraded: Degraded) -> Option<Reason> {
        let market = self.market(key.market);
        let fixture = self.fixture(market.fixture);
        if fixture.retired {
            return Some(Reason::Ended);
        }
        let Some(quote) = self.quotes.get(key) else {
            return Some(self.gone.get(key).copied().unwrap_or(Reason::Removed));
        };
        let passes = |barrier: i64| quote.changed >= barrier || quote.source_ts.is_some_and(|ts| ts >= barrier);
        let start = fixture.start.filter(|&start| start <= self.now);
        let start_barrier = self.rules(market, &Profile::named("")).freshness.start_barrier;
        if start_barrier && start.is_some_and(|start| !passes(start)) {
            return Some(Reason::Started);
        }
        if fixture.barrier.is_some_and(|barrier| !passes(barrier)) {
            return Some(Reason::Barrier);
        }
        if self.awaits_resync(key, quote) {
            return Some(Reason::Resync);
        }
        if !quote.active {
            return Some(Reason::Suspended);
        }
        let weight = self.freshness(key.bookmaker, market.fixture);
        if weight <= 0.0 || self.is_stale(key.bookmaker, market.fixture) || (degraded == Degraded::Drop && weight < 1.0)
        {
            return Some(Reason::Source);
        }
        if self.age_limit(market).is_some_and(|limit| self.age(quote) > limit) {
            return Some(Reason::Stale);
        }
        None
    }

    /// All counting quotes of a market with their prices as shown.
    pub(crate) fn counting(&self, market: &MarketDefinition) -> Vec<(QuoteKey, Quote, f64)> {
        self.quotes
            .iter()
            .filter(|(key, _)| key.market == market.market && self.obstacle(key, Degraded::Warn).is_none())
            .map(|(key, quote)| (*key, *quote, quote.price.expect("an active quote has a price")))
            .collect()
    }

    // ---- bookmakers ----

    pub(crate) fn name(&self, bookmaker: BookmakerId) -> Key {
        self.bookmakers[bookmaker.index()]
    }

    /// Sorts before: the better rank.
    pub(crate) fn rank(&self, bookmaker: BookmakerId) -> (usize, Key, BookmakerId) {
        let key = self.name(bookmaker);
        let place = self.config.bookmakers.iter().position(|&it| it == key).unwrap_or(usize::MAX);
        (place, key, bookmaker)
    }

    pub(crate) fn may_use(&self, profile: &Profile, bookmaker: BookmakerId) -> bool {
        let key = self.name(bookmaker);
        let excluded = profile.legs.exclude.as_ref().unwrap_or(&self.config.legs.exclude);
        profile.bookmakers.as_ref().is_none_or(|list| list.contains(&key)) && !excluded.contains(&key)
    }

    /// What this bettor gets after commission, as a back of what the bet wins on; `None` where it is no bet.
    pub(crate) fn net(&self, profile: &Profile, key: &QuoteKey, price: f64) -> Option<f64> {
        let name = self.name(key.bookmaker);
        let commission = profile.commission.get(&name).or_else(|| self.config.commission.get(&name)).copied();
        let net = net_price(commission, key.side, price)?;
        (net > 1.0 && (key.side == Side::Back || net <= 1e6)).then_some(net)
    }
}

/// The table of net prices, written down once more.
fn net_price(commission: Option<Commission>, side: Side, d: f64) -> Option<f64> {
    let Some(commission) = commission else {
        return Some(if side == Side::Back { d } else { 1.0 + 1.0 / (d - 1.0) });
    };
    let (base, c, p) = (commission.base(), commission.rate(), 1.0 / d);
    match (side, base) {
        (Side::Back, Base::Winnings) => Some(1.0 + (d - 1.0) * (1.0 - c)),
        (Side::Back, Base::Stake) => Some(d / (1.0 + c)),
        (Side::Back, Base::StakeIfWon) => Some(d - c),
        (Side::Back, Base::Gross) => Some(d * (1.0 - c)),
        (Side::Back, Base::Contract) => Some(1.0 / (p + c * p * (1.0 - p))),
        (Side::Lay, Base::Winnings) => Some(1.0 + (1.0 - c) / (d - 1.0)),
        (Side::Lay, Base::Stake) => Some(1.0 + (1.0 - c) / (d - 1.0 + c)),
        (Side::Lay, Base::Contract) => Some(1.0 / ((1.0 - p) + c * p * (1.0 - p))),
        (Side::Lay, _) => None,
        (Side::Back, other) => unreachable!("no formula for {other:?}"),
    }
}

/// Microseconds from a whole f64, saturating.
fn whole_us(us: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, which is what is wanted of an endless time")]
    let us = us as i64;
    us
}
