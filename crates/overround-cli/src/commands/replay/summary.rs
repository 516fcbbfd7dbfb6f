//! What a replay came to.

use overround::opportunity::Kind;
use overround_feed::{Core, EventLines, Replay};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The figures, under the names that they have in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    records: BTreeMap<&'static str, u64>,
    changed: u64,
    rejected: BTreeMap<&'static str, u64>,
    clamped: u64,
    skipped_markets: u64,
    /// Sources whose usual gap between writes exceeds their budget.
    slow_sources: Vec<String>,
    fixtures: u64,
    markets: u64,
    bookmakers: u64,
    quotes: u64,
    kinds: BTreeMap<&'static str, KindFigures>,
    expired_by: BTreeMap<&'static str, u64>,
    digest: String,
    events_digest: String,
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct KindFigures {
    detected: u64,
    updated: u64,
    expired: u64,
    open: u64,
    capped: u64,
}

impl Summary {
    pub(super) fn new<E: Core>(replay: &Replay<E>, lines: &EventLines, skipped_markets: u64, seconds: f64) -> Self {
        let stats = replay.engine().stats();
        let counts = replay.counts();
        let kinds = lines.kinds().map(|(kind, told)| {
            let (detected, updated, expired, open) = (told.detected, told.updated, told.expired, told.open());
            let capped = stats.capped[kind as usize];
            (kind.name(), KindFigures { detected, updated, expired, open, capped })
        });
        Self {
            records: counts.records().filter(|&(_, n)| n > 0).map(|(of, n)| (of.name(), n)).collect(),
            changed: stats.changed,
            rejected: counts.rejected().filter(|&(_, n)| n > 0).map(|(of, n)| (of.name(), n)).collect(),
            clamped: counts.clamped,
            skipped_markets,
            slow_sources: replay
                .slow_sources()
                .iter()
                .filter_map(|source| replay.catalog().bookmaker(source.bookmaker).map(str::to_owned))
                .collect(),
            fixtures: replay.catalog().fixtures(),
            markets: replay.catalog().markets(),
            bookmakers: replay.catalog().bookmakers(),
            quotes: stats.quotes,
            kinds: kinds.collect(),
            expired_by: lines.expired_by().filter(|&(_, n)| n > 0).map(|(of, n)| (of.name(), n)).collect(),
            digest: format!("{:016x}", replay.engine().digest()),
            events_digest: format!("{:016x}", lines.digest()),
            seconds,
        }
    }

    /// One object; with `grade` in it if anything is graded.
    pub(super) fn json(&self, grade: Option<serde_json::Value>) -> String {
        #[derive(Serialize)]
        struct Graded<'a> {
            #[serde(flatten)]
            summary: &'a Summary,
            #[serde(skip_serializing_if = "Option::is_none")]
            grade: Option<serde_json::Value>,
        }
        let graded = Graded { summary: self, grade };
        serde_json::to_string(&graded).expect("texts and finite numbers always have a JSON form")
    }

    pub(super) fn human<E: Core>(&self, replay: &Replay<E>) -> String {
        let mut text = String::new();
        let list = |of: &BTreeMap<&'static str, u64>| {
            let parts: Vec<String> = of.iter().map(|(name, n)| format!("{} {n}", name.replace('_', " "))).collect();
            if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
        };
        let total: u64 = self.records.values().sum();
        let mut line = |name: &str, value: String| {
            let _ = writeln!(text, "{name:<10} {value}");
        };
        line("records", format!("{total} in {:.2} s: {}", self.seconds, list(&self.records)));
        if !self.rejected.is_empty() {
            line("rejected", list(&self.rejected));
        }
        if self.clamped > 0 {
            line("clamped", format!("{} records were earlier than those before them", self.clamped));
        }
        if self.skipped_markets > 0 {
            line("skipped", format!("{} markets of types that have no counterpart", self.skipped_markets));
        }
        line(
            "markets",
            format!(
                "{} of {} fixtures, {} bookmakers; {} prices changed, {} quotes at the end",
                self.markets, self.fixtures, self.bookmakers, self.changed, self.quotes
            ),
        );
        for kind in Kind::ALL {
            let Some(figures) = self.kinds.get(kind.name()) else { continue };
            let capped =
                if figures.capped > 0 { format!(", {} beyond the cap", figures.capped) } else { String::new() };
            line(
                kind.name(),
                format!(
                    "{} detected, {} updated, {} expired, {} open{capped}",
                    figures.detected, figures.updated, figures.expired, figures.open
                ),
            );
        }
        line("expired by", list(&self.expired_by));
        line("digests", format!("state {}, events {}", self.digest, self.events_digest));
        for source in replay.slow_sources() {
            let name = replay.catalog().bookmaker(source.bookmaker).unwrap_or_default();
            line(
                "warning",
                format!(
                    "{name} writes too seldom for its budget of {} s ({} of {} gaps were longer): it seems to come and go. \
                     Raise freshness.budgets_s.{name}",
                    source.budget_s, source.long_gaps, source.gaps
                ),
            );
        }
        text
    }
}
