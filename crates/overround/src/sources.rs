//! The health of sources: by the time since they last wrote, and by explicit signals. The worst counts.

use crate::code::{Bytes, Code, Damaged};
use crate::odds_event::{SourceHealth, SourceRole};
use crate::rules::BookmakerRules;
use crate::time::Timestamp;
use alloc::vec::Vec;

/// What is known of one source.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    last_write: Option<Timestamp>,
    /// In this instant.
    pub(crate) has_written: bool,
    /// By budget, after the hold; primary where budgets are off.
    role: SourceRole,
    /// Has a budget given the role? Until then the next judgement takes the raw role at once.
    is_judged: bool,
    /// Since when the raw role has been better than `role`.
    better_since: Option<Timestamp>,
    /// When the role is to be looked at again.
    pub(crate) recheck: Option<Timestamp>,
    signal: FixtureSignal,
    /// The worst of role and signal.
    weight: f64,
}

/// Explicit signals of one scope.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct FixtureSignal {
    role: Option<SourceRole>,
    stale: bool,
}

crate::code::code_struct!(FixtureSignal { role, stale });

impl FixtureSignal {
    pub(crate) fn hear(&mut self, health: SourceHealth) {
        match health {
            SourceHealth::Stale(stale) => self.stale = stale,
            // As good as none: equal states are to be equal.
            SourceHealth::Role(role) => self.role = Some(role).filter(|&role| role != SourceRole::Primary),
        }
    }

    /// 0 where quotes do not count.
    pub(crate) fn weight(&self) -> f64 {
        if self.stale { 0.0 } else { self.role.map_or(1.0, SourceRole::weight) }
    }
}

impl Source {
    /// A source that has never written.
    pub(crate) fn new(budgets: bool) -> Self {
        let role = if budgets { SourceRole::Offline } else { SourceRole::Primary };
        Self {
            last_write: None,
            has_written: false,
            role,
            is_judged: false,
            better_since: None,
            recheck: None,
            signal: FixtureSignal::default(),
            weight: role.weight(),
        }
    }

    /// Do its quotes count?
    #[inline]
    pub(crate) fn counts(&self) -> bool {
        self.weight > 0.0
    }

    /// The freshness weight: the worst of role and signals; 0 where quotes do not count.
    #[inline]
    pub(crate) fn weight(&self) -> f64 {
        self.weight
    }

    /// Finds the weight anew: role or signal may be another.
    fn weigh(&mut self) {
        self.weight = self.role.weight().min(self.signal.weight());
    }

    pub(crate) fn hear(&mut self, health: SourceHealth) {
        self.signal.hear(health);
        self.weigh();
    }

    /// It wrote; returns whether for the first time in this instant.
    #[inline]
    pub(crate) fn wrote(&mut self, now: Timestamp) -> bool {
        self.last_write = Some(now);
        !core::mem::replace(&mut self.has_written, true)
    }

    /// It wrote, and nothing else happens in the instant.
    #[inline]
    pub(crate) fn wrote_alone(&mut self, now: Timestamp) {
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
        } else {
            let since = *self.better_since.get_or_insert(now);
            if now.since_us(since) >= hold_us {
                self.role = raw;
                self.better_since = None;
            }
        }
        self.weigh();
    }

    /// Budgets are off: no role is kept, and when they are on again it begins at the raw one.
    pub(crate) fn unjudge(&mut self) {
        self.role = SourceRole::Primary;
        self.is_judged = false;
        self.better_since = None;
        self.recheck = None;
        self.weigh();
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
}

/// All but when to look again, which follows from the rest.
impl Code for Source {
    fn put(&self, to: &mut Vec<u8>) {
        self.last_write.put(to);
        self.role.put(to);
        self.is_judged.put(to);
        self.better_since.put(to);
        self.signal.put(to);
    }

    fn take(from: &mut Bytes<'_>) -> Result<Self, Damaged> {
        let mut source = Self {
            last_write: Code::take(from)?,
            has_written: false,
            role: Code::take(from)?,
            is_judged: Code::take(from)?,
            better_since: Code::take(from)?,
            recheck: None,
            signal: Code::take(from)?,
            weight: 0.0,
        };
        source.weigh();
        Ok(source)
    }
}
