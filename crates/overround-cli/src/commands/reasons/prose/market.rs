//! Quotes, columns and references as tables.

use super::words::{age, fault_text, left_out_text, net_formula, number, percent};
use super::{Names, Prose};
use comfy_table::{ContentArrangement, Table, presets};
use overround::Side;
use overround::config::ReferenceMode;
use overround::explain::{MarketView, QuoteView, ReferenceView};
use overround_math::pool::Pool;

/// Every quote, with its ages, and why it cannot be used.
pub(in crate::commands) fn quotes(
    view: &MarketView,
    is_shown: impl Fn(&QuoteView) -> bool,
    now: overround::Timestamp,
    names: &Names<'_>,
    out: &mut Prose,
) {
    out.title(&format!("Quotes of {}", names.market(view.market)));
    super::gates(view, out);
    let mut table =
        table(["bet", "bookmaker", "price", "net", "seen ago", "by source", "moved ago", "weight", "limit", "usable"]);
    let mut rows = 0;
    for quote in view.quotes.iter().filter(|quote| is_shown(quote)) {
        let ago = |ts: overround::Timestamp| age(now.since_us(ts).max(0));
        let is_there = quote.price.is_some();
        let net = match (quote.price, quote.net_price) {
            (Some(price), Some(net)) if price.to_bits() == net.to_bits() => number(net),
            (Some(price), Some(net)) => {
                format!("{} = {}", net_formula(price, quote.side == Side::Back, quote.commission), number(net))
            }
            _ => String::new(),
        };
        table.add_row([
            names.bet(view.market, quote.outcome, quote.side),
            names.bookmaker(quote.bookmaker).to_owned(),
            quote.price.map(number).unwrap_or_default(),
            net,
            if is_there { ago(quote.seen_ts) } else { String::new() },
            quote.source_ts.map(ago).unwrap_or_default(),
            if is_there { ago(quote.changed_ts) } else { String::new() },
            number(quote.freshness),
            quote.limit.map(number).unwrap_or_default(),
            quote.fault.map_or("yes".to_owned(), |fault| fault_text(fault, Some(quote), Some(view))),
        ]);
        rows += 1;
    }
    if rows == 0 {
        out.under("none");
    } else {
        out.under(&table.to_string());
    }
}

/// Each bookmaker's column with its margin removed, and who is asked where nobody is judged.
pub(in crate::commands) fn columns(view: &MarketView, names: &Names<'_>, out: &mut Prose) {
    out.title(&format!("Columns of {}: margins removed by {}", names.market(view.market), view.reference.method));
    let mut table =
        table(["bookmaker", "prices", "booksum", "margin/outcome", "parameter", "fair", "weight", "in references"]);
    for column in &view.columns {
        let list = |values: Vec<String>| values.join(" / ");
        let prices = column.prices.iter().map(|price| price.map_or("–".to_owned(), number)).collect();
        let configured = match column.anchor_weight {
            Some(anchor) => format!("anchor {}, else {}", number(anchor), number(column.weight)),
            None => number(column.weight),
        };
        let group = column.group.map(|group| format!(", group {}", group + 1)).unwrap_or_default();
        table.add_row([
            names.bookmaker(column.bookmaker).to_owned(),
            list(prices),
            column.booksum.map(number).unwrap_or_default(),
            column.margin.map(percent).unwrap_or_default(),
            column.param.map(number).unwrap_or_default(),
            column.fair.as_ref().map(|fair| list(fair.iter().map(|&p| number(p)).collect())).unwrap_or_default(),
            format!("{configured} × {}{group}", number(column.freshness)),
            column.fault.map_or("yes".to_owned(), |_| {
                left_out_text(overround::explain::LeftOut::Column, Some(column), names, view)
            }),
        ]);
    }
    if view.columns.is_empty() {
        out.under("none");
    } else {
        out.under(&table.to_string());
    }
}

/// Who was asked for fair probabilities, step by step, and what came of it.
pub(in crate::commands) fn reference(reference: &ReferenceView, names: &Names<'_>) -> String {
    let mode = match reference.mode {
        ReferenceMode::AnchorElseConsensus => "anchor_else_consensus",
        ReferenceMode::Anchor => "anchor",
        ReferenceMode::Consensus => "consensus",
    };
    let pool = match reference.pool {
        Pool::Mean => "mean",
        Pool::LogOdds => "log_odds",
        Pool::Median => "median",
        _ => "?",
    };
    let judged = match reference.judged {
        Some(judged) => format!("{} judged, so that it and its group are left out", names.bookmaker(judged)),
        None => "nobody judged".to_owned(),
    };
    let mut text = format!("  mode {mode}, method {}, pool {pool}; {judged}\n", reference.method);
    for step in &reference.steps {
        let entry = |entry: &overround::explain::StepEntry| {
            let name = names.bookmaker(entry.bookmaker);
            match entry.weight {
                Ok(weight) => format!("{name} takes part, weight {}", number(weight)),
                Err(why) => format!("{name}: {}", why.text()),
            }
        };
        let mut entries: Vec<String> = step.entries.iter().map(entry).collect();
        if step.step == overround::opportunity::ReferenceStep::Anchor {
            // That most bookmakers are no anchors needs no list.
            entries = step
                .entries
                .iter()
                .filter(|entry| entry.weight != Err(overround::explain::LeftOut::NotAnAnchor))
                .map(entry)
                .collect();
        }
        let list = if entries.is_empty() { "nobody to ask".to_owned() } else { entries.join("; ") };
        text.push_str(&format!("  step {}: {list}\n", step.step.name()));
    }
    match &reference.fair {
        Ok(fair) => {
            let list: Vec<String> = fair.iter().map(|&p| number(p)).collect();
            text.push_str(&format!("  fair probabilities {}\n", list.join(" / ")));
        }
        Err(none) => text.push_str(&format!("  none: {none}\n")),
    }
    text
}

fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    table
}
