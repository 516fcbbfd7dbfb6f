//! Reasons for people.

mod figures;
mod market;
mod words;

pub(in crate::commands) use crate::style::Prose;
pub(in crate::commands) use market::{columns, quotes, reference};

use super::{Names, moment_text};
use overround::explain::{Derivation, Finding, MarketView, Miss, RulesView, Test, Verdict};
use overround::opportunity::{Kind, Opportunity};
use overround::{OutcomeIndex, Side};
use words::{age, compared, fault_text, number, percent, warning_text};

/// The headline figure with its name.
pub(in crate::commands) fn headline(opportunity: &Opportunity) -> String {
    use overround::opportunity::Figures;
    match &opportunity.figures {
        Figures::Arbitrage(it) => format!("profit {}, at least {}", percent(it.profit), percent(it.profit_min)),
        Figures::LowHold(it) => format!("hold {}", percent(it.hold)),
        Figures::Ev(it) => format!("ev {}", percent(it.ev)),
        Figures::Middle(it) => {
            let ev = it.ev.map_or("unknown".to_owned(), percent);
            format!("ev {ev}, worst {}, best {}", percent(it.worst), percent(it.best))
        }
    }
}

/// Whether something is told, and if not, the first thing in its way.
pub(in crate::commands) fn verdict(
    finding: &Finding,
    rules: &RulesView,
    markets: &[MarketView],
    names: &Names<'_>,
) -> String {
    match finding.verdict {
        Verdict::Told { since, last } => {
            format!("told since {}, last told {}", moment_text(since), moment_text(last))
        }
        Verdict::Missed(miss) => missed(finding, miss, rules, markets, names),
        Verdict::Capped(cap) => format!("not told: beyond its cap: {}", compared(&cap)),
        Verdict::Awaiting { since, until } => format!(
            "not told yet: it stands since {}, and is told at {} if it stands that long without a break \
             (lifecycle.confirm_after_ms = {})",
            moment_text(since),
            moment_text(until),
            rules.lifecycle.confirm_after_ms
        ),
        Verdict::Withheld => {
            "withheld: recomputing it result by result gives other figures, which is a fault of overround".to_owned()
        }
        _ => "not told".to_owned(),
    }
}

fn missed(finding: &Finding, miss: Miss, rules: &RulesView, markets: &[MarketView], names: &Names<'_>) -> String {
    let market = finding.subject.market;
    match miss {
        Miss::NotDetected => {
            format!("not told: profile \"{}\" does not detect this kind (detect)", names.profile(finding.profile))
        }
        Miss::Outcomes(n) => format!("not told: a market of {n} outcomes has no low hold, only those of 2 or 3 have"),
        Miss::NoPrice { outcome, lay } => no_price(finding, (outcome, lay), rules, markets, names),
        Miss::Quote(fault) => {
            let view = markets.iter().find(|view| (view.market, view.profile) == (market, finding.profile));
            let quote = view.and_then(|view| {
                let (side, bookmaker) = finding.subject.quote?;
                let of = |it: &&overround::explain::QuoteView| {
                    (Some(it.outcome), it.side, it.bookmaker) == (finding.subject.outcome, side, bookmaker)
                };
                view.quotes.iter().find(of)
            });
            format!("not told: {}", fault_text(fault, quote, view))
        }
        Miss::NoReference(none) => {
            let mut text = format!("not told: no reference to judge it by: {none}");
            if let Derivation::Ev(derivation) = &finding.derivation {
                text.push('\n');
                text.push_str(reference(&derivation.reference, names).trim_end());
            }
            text
        }
        Miss::NoLine => "not told: a market without a line has no middles".to_owned(),
        Miss::SingleLine => "not told: no other line of this market is known, and a middle needs two".to_owned(),
        Miss::IsArbitrage { profit } => format!(
            "not told: the prices are an arbitrage by the figures, profit {}, so that they are no low hold",
            percent(profit)
        ),
        Miss::UnknownEv => {
            let mut text =
                "not told: it can lose, its expected payoff is unknown, and middle.unknown_ev = \"drop\"".to_owned();
            if let Derivation::Middle(derivation) = &finding.derivation {
                text.push_str(&format!(": {}", figures::unknown_ev(derivation)));
            }
            text
        }
        Miss::Fails(condition) => {
            let mut text = format!("not told: {}", compared(&condition));
            if let Some(today) = finding.today.as_deref() {
                text.push_str(&format!("; {}", figures::short(today, condition.test, names)));
            }
            text
        }
        _ => "not told".to_owned(),
    }
}

/// Nobody has a usable price for an outcome: why not, quote by quote.
fn no_price(
    finding: &Finding,
    (outcome, lay): (OutcomeIndex, bool),
    rules: &RulesView,
    markets: &[MarketView],
    names: &Names<'_>,
) -> String {
    // Of a middle the second outcome is bet on at the upper line.
    let market = if outcome.0 == 1 { finding.subject.upper } else { None }.unwrap_or(finding.subject.market);
    let side = if lay { Side::Lay } else { Side::Back };
    let mut text = format!("not told: nobody has a usable price for {}", names.bet(market, outcome, side));
    let Some(view) = markets.iter().find(|view| (view.market, view.profile) == (market, finding.profile)) else {
        return text;
    };
    let bars_degraded = rules.arbitrage.degraded == overround::config::Degraded::Drop;
    let is_other = |it: &overround::explain::QuoteView| {
        let is_two_way = names.catalog.market(market).is_some_and(|info| info.outcomes().count() == 2);
        is_two_way && !lay && it.side == Side::Lay && it.outcome != outcome
    };
    for quote in view.quotes.iter().filter(|it| (it.outcome, it.side) == (outcome, side) || is_other(it)) {
        let why = match quote.fault {
            Some(fault) => fault_text(fault, Some(quote), Some(view)),
            None if bars_degraded && finding.kind == Kind::Arbitrage && quote.freshness < 1.0 => {
                "its source is degraded, and arbitrage.degraded = \"drop\"".to_owned()
            }
            None => continue,
        };
        let bet = if quote.side == side {
            String::new()
        } else {
            format!(" {}", names.bet(market, quote.outcome, quote.side))
        };
        text.push_str(&format!("\n  {}{bet}: {why}", names.bookmaker(quote.bookmaker)));
    }
    text
}

/// Everything that went into one finding.
pub(in crate::commands) fn finding(finding: &Finding, rules: &RulesView, names: &Names<'_>, out: &mut Prose) {
    if let Some(today) = finding.today.as_deref() {
        out.title("Formulas");
        figures::formulas(finding, today, names, out);
    }
    if !finding.conditions.is_empty() {
        out.title("Conditions (slack 1e-12)");
        for condition in &finding.conditions {
            out.under(&compared(condition));
            if condition.test == Test::NeverLoses {
                out.under("  so that it is told whatever its ev");
            }
        }
        if rules.lifecycle.hysteresis > 0.0 && finding.told.is_some() {
            out.under(&format!(
                "it is open: thresholds are widened by lifecycle.hysteresis = {}",
                number(rules.lifecycle.hysteresis)
            ));
        }
    }
    if finding.today.is_some() {
        out.title("Warnings");
        if finding.warnings.is_empty() {
            out.under("none");
        }
        for warning in &finding.warnings {
            out.under(&format!("{}: {}", warning.warning.name(), warning_text(&warning.reason, names)));
        }
    }
}

/// The rules in force.
pub(in crate::commands) fn rules(rules: &RulesView, kind: Option<Kind>, out: &mut Prose, names: &Names<'_>) {
    let is_of = |of: Kind| kind.is_none_or(|kind| kind == of);
    out.title(&format!("Rules of {} for profile \"{}\"", names.market(rules.market), names.profile(rules.profile)));
    if !rules.overrides.is_empty() {
        let list: Vec<String> = rules.overrides.iter().map(|position| (position + 1).to_string()).collect();
        out.under(&format!("overrides in force: number {} of the configuration", list.join(", ")));
    }
    if is_of(Kind::Arbitrage) || is_of(Kind::LowHold) {
        let it = &rules.arbitrage;
        let cap = cap(it.max_profit);
        let degraded = match it.degraded {
            overround::config::Degraded::Drop => "drop",
            overround::config::Degraded::Warn => "warn",
        };
        out.under(&format!(
            "arbitrage: min_profit {}, max_profit {cap}, degraded \"{degraded}\"",
            number(it.min_profit)
        ));
    }
    if is_of(Kind::LowHold) {
        out.under(&format!("low_hold: max_hold {}", number(rules.low_hold.max_hold)));
    }
    if is_of(Kind::Ev) {
        out.under(&format!("ev: min {}, max {}", number(rules.ev.min), cap(rules.ev.max)));
    }
    if is_of(Kind::Middle) {
        let it = &rules.middle;
        let unknown = match it.unknown_ev {
            overround::config::UnknownEv::Drop => "drop",
            overround::config::UnknownEv::Tell => "tell",
        };
        out.under(&format!(
            "middle: min_size {}, max_size {}, min_numbers {}, max_loss {}, min_ev {}, unknown_ev \"{unknown}\"",
            number(it.min_size),
            cap(it.max_size),
            it.min_numbers,
            number(it.max_loss),
            number(it.min_ev)
        ));
    }
    let it = &rules.lifecycle;
    out.under(&format!(
        "lifecycle: confirm_after_ms {}, hysteresis {}, min_change {}",
        it.confirm_after_ms,
        number(it.hysteresis),
        number(it.min_change)
    ));
}

fn cap(max: f64) -> String {
    if max > 0.0 { number(max) } else { "none".to_owned() }
}

/// When the fixture starts, and what its quotes must pass.
pub(in crate::commands) fn gates(view: &MarketView, out: &mut Prose) {
    let mut parts = vec![if view.live { "in play".to_owned() } else { "not in play".to_owned() }];
    if let Some(start) = view.start {
        parts.push(format!("start {}", moment_text(start)));
    }
    if let Some(start) = view.start_barrier {
        parts.push(format!("quotes must have moved since the start, {}", moment_text(start)));
    }
    if let Some(barrier) = view.barrier {
        parts.push(format!("quotes must have moved since the barrier of {}", moment_text(barrier)));
    }
    parts.push(match view.max_age_us {
        Some(limit) => format!("quotes count up to an age of {}", age(limit)),
        None => "quotes count at any age".to_owned(),
    });
    out.under(&parts.join("; "));
}
