//! Tables for a terminal.

use super::figures::{Report, Row};
use comfy_table::{CellAlignment, ContentArrangement, Table, TableComponent, presets};
use std::fmt::Write;

/// Everything that people are shown.
pub(super) fn tables(report: &Report, not_followed: u64) -> String {
    let mut text = String::new();
    let bankroll = &report.bankroll;
    let _ = writeln!(
        text,
        "graded, of what is bet on: {} told, {} settled, on {} fixtures",
        report.all.told, report.all.settled, report.all.fixtures
    );
    if report.all.told == 0 {
        text.push_str(
            "nothing was told that is bet on: by --bet-kinds, --bet-lead, and in markets that a final result settles\n",
        );
    }
    if report.all.told > 0 && report.all.settled == 0 {
        text.push_str("no result settles any of it: the feed has none, or ends before\n");
    }
    if not_followed > 0 {
        let _ = writeln!(text, "not graded: {not_followed}, since too many were open at once");
    }
    let _ = writeln!(text, "bets: {}", report.plan);
    let _ = writeln!(
        text,
        "bankroll: {:.2} to {:.2}, greatest fall {:.2}; {} without a stake (no money at hand, or none by limits or Kelly)",
        bankroll.start, bankroll.end, bankroll.drawdown, bankroll.not_staked
    );
    if bankroll.unsettled > 0 {
        let _ = writeln!(
            text,
            "{} bet on without a result: {:.2} tied up to the end, then given back, in no other figure",
            bankroll.unsettled, bankroll.unsettled_stake
        );
    }
    if bankroll.short_bets > 0 {
        let _ = writeln!(
            text,
            "{} legs not matched in full; {} hedges cost {:.2} more, {} legs stayed open ({:.2} at the prices told)",
            bankroll.short_bets, bankroll.hedges, bankroll.hedge_cost, bankroll.unhedged, bankroll.unhedged_stake
        );
    }
    text.push('\n');
    text.push_str(&table("all", std::slice::from_ref(&report.all), report));
    // What is all in one row says nothing new.
    for group in report.by.iter().filter(|group| group.rows.len() > 1) {
        text.push_str(&table(&format!("by {}", group.of), &group.rows, report));
    }
    let _ = writeln!(text, "the same under other stakes\n{}", stakes(report));
    text
}

fn table(title: &str, rows: &[Row], report: &Report) -> String {
    let mut table = plain();
    let shown = shown_horizons(report);
    let after: Vec<String> = shown.iter().map(|&index| report.horizons_s[index].to_string()).collect();
    let left = format!("left after {} s", after.join(", "));
    let header = [
        "",
        "told",
        "bet on",
        "turnover",
        "yield",
        "95 %",
        "claimed",
        "won (expected)",
        "Brier",
        "closing value",
        "95 %",
        &left,
    ];
    table.set_header(header);
    for row in rows {
        let survival: Vec<String> =
            shown.iter().map(|&index| whole_percent(row.survival.get(index).copied().flatten())).collect();
        table.add_row([
            row.label.clone(),
            row.told.to_string(),
            row.bet_on.to_string(),
            format!("{:.0}", row.turnover),
            percent(row.yields),
            interval(row.yield_95),
            percent(row.claimed),
            format!("{} ({})", whole_percent(row.won), whole_percent(row.expected_won)),
            row.brier.map_or_else(dash, |brier| format!("{brier:.4}")),
            percent(row.closing_value),
            interval(row.closing_value_95),
            survival.join(", "),
        ]);
    }
    for column in 1..header.len() {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{title}\n{table}\n\n")
}

/// A table without lines between its rows.
fn plain() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.remove_style(TableComponent::HorizontalLines).remove_style(TableComponent::MiddleIntersections);
    table
}

/// The first, a middle and the last horizon.
fn shown_horizons(report: &Report) -> Vec<usize> {
    let mut shown = vec![0, report.horizons_s.len() / 2, report.horizons_s.len().saturating_sub(1)];
    shown.dedup();
    shown.retain(|&index| index < report.horizons_s.len());
    shown
}

fn stakes(report: &Report) -> Table {
    let mut table = plain();
    table.set_header(["", "bankroll", "turnover", "profit", "yield", "greatest fall"]);
    for row in &report.stakes {
        table.add_row([
            row.stakes.clone(),
            format!("{:.2}", row.end),
            format!("{:.2}", row.turnover),
            format!("{:+.2}", row.profit),
            percent(row.yields),
            format!("{:.2}", row.drawdown),
        ]);
    }
    for column in 1..6 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

pub(super) fn dash() -> String {
    "–".to_owned()
}

pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:+.2} %", 100.0 * share))
}

pub(super) fn whole_percent(share: Option<f64>) -> String {
    share.map_or_else(dash, |share| format!("{:.0} %", 100.0 * share))
}

pub(super) fn interval(of: Option<[f64; 2]>) -> String {
    of.map_or_else(dash, |[low, high]| format!("{:+.1} … {:+.1}", 100.0 * low, 100.0 * high))
}
