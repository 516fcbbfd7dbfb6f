//! What a replay counts.

use crate::catalog::Catalog;
use crate::record::RecordType;
use crate::reject::Reject;
use overround::config::default_budget_s;
use overround::{BookmakerId, Config, Key, OddsEvent, Timestamp};
use std::collections::BTreeMap;

/// What was accepted and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    records: [u64; RecordType::ALL.len()],
    rejected: [u64; Reject::ALL.len()],
    /// Accepted records whose time was raised to the latest.
    pub clamped: u64,
}

impl Counts {
    /// Accepted records by type, in the order of [`RecordType::ALL`].
    pub fn records(&self) -> impl Iterator<Item = (RecordType, u64)> {
        RecordType::ALL.into_iter().zip(self.records)
    }

    /// Rejected lines and records by reason, in the order of [`Reject::ALL`].
    pub fn rejected(&self) -> impl Iterator<Item = (Reject, u64)> {
        Reject::ALL.into_iter().zip(self.rejected)
    }

    pub(super) fn accept(&mut self, record_type: RecordType) {
        self.records[record_type as usize] += 1;
    }

    pub(super) fn reject(&mut self, reason: Reject) {
        self.rejected[reason as usize] += 1;
    }
}

/// A source that writes too seldom for the budget it is judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SlowSource {
    /// Whose.
    pub bookmaker: BookmakerId,
    /// Time within which it should write again, in seconds.
    pub budget_s: f64,
    /// How often it wrote again at a later time.
    pub gaps: u64,
    /// How many of those gaps were longer than the budget: more than half.
    pub long_gaps: u64,
}

/// The times between the writes of each source, as far as the median needs them: it exceeds the budget if more than half of them do.
#[derive(Debug)]
pub(super) struct Gaps {
    is_on: bool,
    budgets_s: BTreeMap<Key, f64>,
    sources: Vec<Source>,
}

#[derive(Debug)]
struct Source {
    budget_s: f64,
    last: Option<Timestamp>,
    gaps: u64,
    long_gaps: u64,
}

impl Gaps {
    pub(super) fn new(config: &Config) -> Self {
        let freshness = &config.freshness;
        Self { is_on: freshness.sources, budgets_s: freshness.budgets_s.clone(), sources: Vec::new() }
    }

    /// For a replay that was restored: every bookmaker that is known, none of which has written yet.
    pub(super) fn restored(config: &Config, catalog: &Catalog) -> Self {
        let mut gaps = Self::new(config);
        let names = (0..).map(BookmakerId).map_while(|bookmaker| catalog.bookmaker(bookmaker));
        if gaps.is_on {
            names.for_each(|name| gaps.define(Key::of(name)));
        }
        gaps
    }

    fn define(&mut self, key: Key) {
        let budget_s = self.budgets_s.get(&key).copied().unwrap_or_else(|| default_budget_s(key));
        self.sources.push(Source { budget_s, last: None, gaps: 0, long_gaps: 0 });
    }

    /// Takes note of who wrote.
    pub(super) fn observe(&mut self, now: Timestamp, events: &[OddsEvent]) {
        if !self.is_on {
            return;
        }
        for event in events {
            let bookmaker = match event {
                OddsEvent::Bookmaker(definition) => {
                    self.define(definition.key);
                    None
                }
                OddsEvent::Odds(update) => Some(update.bookmaker),
                OddsEvent::Removed(filter) | OddsEvent::Suspended(filter) => filter.bookmaker,
                OddsEvent::SnapshotBegin(scope) | OddsEvent::SnapshotComplete(scope) => scope.bookmaker,
                OddsEvent::Heartbeat(bookmaker) => *bookmaker,
                _ => None,
            };
            if let Some(source) = bookmaker.and_then(|bookmaker| self.sources.get_mut(bookmaker.index())) {
                source.wrote(now);
            }
        }
    }

    pub(super) fn slow(&self) -> Vec<SlowSource> {
        (0..)
            .map(BookmakerId)
            .zip(&self.sources)
            .filter(|(_, source)| 2 * source.long_gaps > source.gaps)
            .map(|(bookmaker, &Source { budget_s, gaps, long_gaps, .. })| SlowSource {
                bookmaker,
                budget_s,
                gaps,
                long_gaps,
            })
            .collect()
    }
}

impl Source {
    fn wrote(&mut self, now: Timestamp) {
        if let Some(last) = self.last.replace(now).filter(|&last| last < now) {
            #[expect(clippy::cast_precision_loss, reason = "compared with a budget of seconds")]
            let gap_s = now.since_us(last) as f64 / 1e6;
            self.gaps += 1;
            self.long_gaps += u64::from(gap_s > self.budget_s);
        }
    }
}
