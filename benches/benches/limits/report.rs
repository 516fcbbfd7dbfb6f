//! Rows, as JSON and as a table.

use overround_benches::measure::Ratio;
use serde_json::json;
use std::fmt::Write;

/// One figure and what it must be.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its name, for scripts.
    pub(crate) name: &'static str,
    /// The figure.
    pub(crate) value: f64,
    /// Its interquartile range over the rounds; 0 for what is counted.
    pub(crate) spread: f64,
    /// What it must be.
    pub(crate) bound: Bound,
    /// What it is in; empty for a ratio.
    pub(crate) unit: &'static str,
    /// Both sides of a ratio in nanoseconds per odds event (of the shards, record, quote …).
    pub(crate) sides: Option<(f64, f64)>,
    /// What is compared with what.
    pub(crate) what: &'static str,
}

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// No more.
    Most(f64),
    /// No less.
    Least(f64),
    /// Anything: told beside another.
    None,
}

impl Row {
    /// A ratio of two sides that were measured in turn.
    pub(crate) fn ratio(name: &'static str, ratio: Ratio, bound: Bound, what: &'static str) -> Self {
        let sides = Some((ratio.left, ratio.right));
        Self { name, value: ratio.value, spread: ratio.spread, bound, unit: "", sides, what }
    }

    fn target(&self) -> Option<f64> {
        match self.bound {
            Bound::Most(target) | Bound::Least(target) => Some(target),
            Bound::None => None,
        }
    }

    fn is_ok(&self) -> Option<bool> {
        match self.bound {
            Bound::Most(target) => Some(self.value <= target),
            Bound::Least(target) => Some(self.value >= target),
            Bound::None => None,
        }
    }

    /// One line.
    pub(crate) fn json(&self) -> String {
        let rounded = |x: f64| (x * 1e4).round() / 1e4;
        let bound = match self.bound {
            Bound::Most(_) => Some("at most"),
            Bound::Least(_) => Some("at least"),
            Bound::None => None,
        };
        json!({
            "name": self.name,
            "value": rounded(self.value),
            "target": self.target(),
            "ok": self.is_ok(),
            "spread": rounded(self.spread),
            "bound": bound,
            "unit": self.unit,
            "left_ns": self.sides.map(|(left, _)| rounded(left)),
            "right_ns": self.sides.map(|(_, right)| rounded(right)),
            "what": self.what,
        })
        .to_string()
    }
}

/// All rows in Markdown.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "| row | value | target | ok | spread | sides, ns | what is compared with what |\n|---|--:|--:|---|--:|--:|---|\n",
    );
    for row in rows {
        let target = match row.bound {
            Bound::Most(target) => format!("≤ {target}"),
            Bound::Least(target) => format!("≥ {target}"),
            Bound::None => "–".into(),
        };
        let ok = row.is_ok().map_or("–", |ok| if ok { "yes" } else { "**no**" });
        let sides = row.sides.map_or("–".into(), |(left, right)| format!("{left:.0} / {right:.0}"));
        let Row { name, value, spread, unit, what, .. } = row;
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        writeln!(text, "| `{name}` | {value:.2}{unit} | {target} | {ok} | {spread:.2} | {sides} | {what} |")
            .expect("a string takes all");
    }
    text
}
