//! The health of sources: by the time since they last wrote, and by explicit signals. The worst counts.

use crate::odds_event::{SourceHealth, SourceRole};
use crate::rules::BookmakerRules;
use crate::time::Timestamp;

/// What is known of one source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    last_write: Option<Timestamp>,
    /// By budget, after the hold; primary where budgets are off.
    role: SourceRole,
    /// Has a budget given the role? Until then the next judgement takes the raw role at once.
    is_judged: bool,
    /// Since when the raw role has been better than `role`.
    better_since: Option<Timestamp>,
    /// When the role is to be looked at again.
    pub(crate) recheck: Option<Timestamp>,
    signal: FixtureSignal,
}

/// Explicit signals of one scope.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct FixtureSignal {
    role: Option<SourceRole>,
    stale: bool,
}

impl FixtureSignal {
    pub(crate) fn hear(&mut self, health: SourceHealth) {
        match health {
            SourceHealth::Stale(stale) => self.stale = stale,
            SourceHealth::Role(role) => self.role = Some(role),
        }
    }

    /// 0 where quotes do not count.
    pub(crate) fn weight(&self) -> f64 {
        if self.stale { 0.0 } else { self.role.map_or(1.0, SourceRole::weight) }
    }

    pub(crate) fn word(&self) -> u64 {
        u64::from(self.stale) << 8 | self.role.map_or(0, |role| 1 + role as u64)
    }
}

impl Source {
    /// A source that has never written.
    pub(crate) fn new(budgets: bool) -> Self {
        let role = if budgets { SourceRole::Offline } else { SourceRole::Primary };
        Self {
            last_write: None,
            role,
            is_judged: false,
            better_since: None,
            recheck: None,
            signal: FixtureSignal::default(),
        }
    }

    /// The freshness weight: the worst of role and signals; 0 where quotes do not count.
    #[inline]
    pub(crate) fn weight(&self) -> f64 {
        self.role.weight().min(self.signal.weight())
    }

    pub(crate) fn hear(&mut self, health: SourceHealth) {
        self.signal.hear(health);
    }

    /// It wrote.
    pub(crate) fn wrote(&mut self, now: Timestamp) {
        self.last_write = Some(now);
    }

    /// Finds the role by budget at `now`. Falls act at once; a rise needs the raw role to have been better for `hold_us`
    /// without a break, but for the first write ever and for the first judgement.
    pub(crate) fn judge(&mut self, now: Timestamp, rules: &BookmakerRules, hold_us: i64) {
        let raw = self.raw_role(now, rules);
        if raw >= self.role || !self.is_judged {
            self.role = raw;
            self.better_since = None;
            self.is_judged = self.last_write.is_some();
            return;
        }
        let since = *self.better_since.get_or_insert(now);
        if now.since_us(since) >= hold_us {
            self.role = raw;
            self.better_since = None;
        }
    }

    /// Budgets are off: no role is kept, and when they are on again it begins at the raw one.
    pub(crate) fn unjudge(&mut self) {
        self.role = SourceRole::Primary;
        self.is_judged = false;
        self.better_since = None;
        self.recheck = None;
    }

    /// The next time at which the role can change by itself.
    pub(crate) fn next_change(&self, now: Timestamp, rules: &BookmakerRules, hold_us: i64) -> Option<Timestamp> {
        let last = self.last_write?;
        let falls = [rules.degraded_after_us, rules.offline_after_us]
            .into_iter()
            .map(|after| last.plus_us(after).plus_us(1))
            .find(|&at| at > now);
        let rise = self.better_since.map(|since| since.plus_us(hold_us)).filter(|&at| at > now);
        match (falls, rise) {
            (Some(fall), Some(rise)) => Some(fall.min(rise)),
            (fall, rise) => fall.or(rise),
        }
    }

    fn raw_role(&self, now: Timestamp, rules: &BookmakerRules) -> SourceRole {
        match self.last_write.map(|last| now.since_us(last)) {
            Some(age) if age <= rules.degraded_after_us => SourceRole::Primary,
            Some(age) if age <= rules.offline_after_us => SourceRole::Degraded,
            _ => SourceRole::Offline,
        }
    }

    /// The fields in a fixed order, for the digest.
    pub(crate) fn words(&self) -> [u64; 4] {
        let time = |at: Option<Timestamp>| at.map_or(0, |at| at.0 as u64);
        let flags = [self.last_write.is_some(), self.better_since.is_some(), self.is_judged];
        let known = flags.into_iter().fold(0, |bits, flag| bits << 1 | u64::from(flag));
        [time(self.last_write), time(self.better_since), known << 8 | self.role as u64, self.signal.word()]
    }
}
