//! One page that opens without a network.

use super::figures::{Group, Report, Row};
use super::plots;
use super::tables::{dash, interval, percent, whole_percent};
use crate::failure::Failure;
use overround::grade::Grade;
use std::borrow::Cow;
use std::fmt::Write;

const STYLE: &str = "body{font:15px/1.45 system-ui,sans-serif;max-width:1480px;margin:2em auto;padding:0 1em;color:#222}\
h1{font-size:1.5em;margin-bottom:.2em}h2{font-size:1.15em;margin:1.8em 0 .4em}p{margin:.3em 0;max-width:62em}\
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}\
th,td{padding:.22em .6em;text-align:right;white-space:nowrap;border-bottom:1px solid #ddd}\
th:first-child,td:first-child{text-align:left}th{border-bottom:2px solid #999;vertical-align:bottom}\
svg{max-width:100%;height:auto}.note{color:#666;font-size:13px}.big{font-size:1.2em}figure{margin:.4em 0}";

/// The whole page.
pub(super) fn page(report: &Report, grades: &[Grade], not_followed: u64) -> Result<String, Failure> {
    let mut page = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width\"><title>overround: how it turned out</title>");
    let _ = write!(page, "<style>{STYLE}</style></head>\n<body><h1>How what was told turned out</h1>\n");
    head(&mut page, report, grades, not_followed);
    let fail = |error: Box<dyn std::error::Error>| Failure::Io(format!("cannot draw: {error}"));
    figure(
        &mut page,
        "Bankroll",
        "Bets in the order in which they were told, paid when their results came.",
        &plots::equity(report).map_err(fail)?,
    );
    let confidence = report.group("confidence");
    if confidence.iter().any(|row| row.bet_on >= plots::LEAST_BETS) {
        let note = format!(
            "Of evs, by the confidence told, with how many were bet on, from {} on. Bars: 95 % by the bootstrap over fixtures.",
            plots::LEAST_BETS
        );
        figure(&mut page, "Yield by confidence", &note, &plots::yields(confidence).map_err(fail)?);
    }
    let note =
        "Every leg that was won or lost in full, in tenths of its fair probability. Bars: 95 % by Wilson's score.";
    figure(&mut page, "Calibration of fair probabilities", note, &plots::calibration(report).map_err(fail)?);
    let note = "The share whose prices told, or better ones, could all still be bet at.";
    figure(&mut page, "Survival", note, &plots::survival(report).map_err(fail)?);
    stakes(&mut page, report);
    table(&mut page, "All", std::slice::from_ref(&report.all), report);
    for Group { of, rows } in &report.by {
        table(&mut page, &format!("By {of}"), rows, report);
    }
    page.push_str(NOTES);
    page.push_str("</body></html>\n");
    Ok(page)
}

const NOTES: &str = "<h2>What the columns mean</h2>\n\
<p>All but the table by kind is about what the bets are on. told: opportunities told, each time that they were detected; bookmakers: legs. bet on: those of which anything was matched. yield: profit per unit \
staked, after commission, with an interval of 95 % by the bootstrap over fixtures. claimed: what the figures told would have made of the \
same stakes. won: legs won of those won or lost in full, and how many were expected to be. Brier, log loss: of the fair probabilities of \
those legs; less is better. closing value: Σ stake fraction × (fair probability at the close × net price told) − 1. beat: share above 0. \
left after: share whose prices were all still there. leg first: share in which a leg moved before the reference did.</p>\n\
<p>An interval says how far the yield of these fixtures could lie from that of as many others of the same kind. It knows nothing of prices \
that were never to be had, limits, or closed accounts. Below some thousand bets a yield proves nothing; look at the closing value first, which \
varies far less.</p>\n";

fn head(page: &mut String, report: &Report, grades: &[Grade], not_followed: u64) {
    let from = grades.iter().map(|grade| grade.told.ts).min();
    let to = grades.iter().map(|grade| grade.told.ts).max();
    if let (Some(from), Some(to)) = (from, to) {
        let (from, to) = (super::bets::date_time(from), super::bets::date_time(to));
        let _ = writeln!(
            page,
            "<p class=\"note\">told from {} to {} UTC</p>",
            &from[..from.len().min(16)],
            &to[..to.len().min(16)]
        );
    }
    let (all, bankroll) = (&report.all, &report.bankroll);
    let _ = writeln!(
        page,
        "<p>{} told on {} fixtures, {} settled. Bets: {}.</p>",
        all.told,
        all.fixtures,
        all.settled,
        escape(&report.plan)
    );
    let _ = writeln!(
        page,
        "<p class=\"big\">bankroll {:.2} → <b>{:.2}</b>, yield <b>{}</b> ({}), claimed {}; closing value <b>{}</b> ({})</p>",
        bankroll.start,
        bankroll.end,
        percent(all.yields),
        interval(all.yield_95),
        percent(all.claimed),
        percent(all.closing_value),
        interval(all.closing_value_95)
    );
    let _ = write!(
        page,
        "<p class=\"note\">greatest fall {:.2}; {} without a stake (no money at hand, or none by limits or Kelly)",
        bankroll.drawdown, bankroll.not_staked
    );
    if bankroll.unsettled > 0 {
        let _ = write!(
            page,
            "; {} bet on without a result: {:.2} tied up to the end, then given back, in no other figure",
            bankroll.unsettled, bankroll.unsettled_stake
        );
    }
    if bankroll.short_bets > 0 {
        let _ = write!(
            page,
            "; {} legs not matched in full, {} hedges cost {:.2} more, {} legs stayed open ({:.2} at the prices told)",
            bankroll.short_bets, bankroll.hedges, bankroll.hedge_cost, bankroll.unhedged, bankroll.unhedged_stake
        );
    }
    if not_followed > 0 {
        let _ = write!(page, "; {not_followed} not graded, since too many were open at once");
    }
    page.push_str("</p>\n");
}

fn figure(page: &mut String, title: &str, note: &str, svg: &str) {
    let _ = writeln!(page, "<h2>{title}</h2><p class=\"note\">{note}</p><figure>{svg}</figure>");
}

fn stakes(page: &mut String, report: &Report) {
    page.push_str("<h2>The same under other stakes</h2><div class=\"scroll\"><table><tr><th><th>bankroll<th>turnover<th>profit<th>yield<th>greatest fall</tr>\n");
    for row in &report.stakes {
        let _ = writeln!(
            page,
            "<tr><td>{}<td>{:.2}<td>{:.2}<td>{:+.2}<td>{}<td>{:.2}</tr>",
            escape(&row.stakes),
            row.end,
            row.turnover,
            row.profit,
            percent(row.yields),
            row.drawdown
        );
    }
    page.push_str("</table></div>\n");
}

fn table(page: &mut String, title: &str, rows: &[Row], report: &Report) {
    let _ = write!(page, "<h2>{}</h2><div class=\"scroll\"><table><tr><th>", escape(title));
    page.push_str("<th>told<th>settled<th>bet on<th>turnover<th>profit<th>yield<th>95 %<th>claimed<th>won<th>expected");
    page.push_str("<th>Brier<th>log loss<th>closing value<th>95 %<th>beat");
    for horizon in &report.horizons_s {
        let _ = write!(page, "<th>left after<br>{horizon} s");
    }
    page.push_str("<th>leg first<th>stood, s</tr>\n");
    for row in rows {
        let _ = write!(
            page,
            "<tr><td>{}<td>{}<td>{}<td>{}<td>{:.2}<td>{:+.2}",
            escape(&row.label),
            row.told,
            row.settled,
            row.bet_on,
            row.turnover,
            row.profit
        );
        let number = |value: Option<f64>| value.map_or_else(dash, |value| format!("{value:.4}"));
        let cells = [
            percent(row.yields),
            interval(row.yield_95),
            percent(row.claimed),
            whole_percent(row.won),
            whole_percent(row.expected_won),
            number(row.brier),
            number(row.log_loss),
            percent(row.closing_value),
            interval(row.closing_value_95),
            whole_percent(row.beat_close),
        ];
        cells.iter().for_each(|cell| page.push_str(&format!("<td>{cell}")));
        row.survival.iter().for_each(|share| page.push_str(&format!("<td>{}", whole_percent(*share))));
        let leg_first = row.first_moves.map(|moves| moves[0]);
        let stood = row.mean_lifetime_s.map_or_else(dash, |seconds| format!("{seconds:.0}"));
        let _ = writeln!(page, "<td>{}<td>{stood}</tr>", whole_percent(leg_first));
    }
    page.push_str("</table></div>\n");
}

/// Names come from feeds.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"))
}
