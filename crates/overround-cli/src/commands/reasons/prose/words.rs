//! Numbers and reasons in words.

use super::super::{Names, moment_text};
use overround::explain::{
    ColumnFault, ColumnView, Condition, LeftOut, MarketView, QuoteFault, QuoteView, Relation, WarningReason,
};
use overround::opportunity::Reason;
use overround_math::commission::{Base, Commission};

/// Up to six decimals.
pub(super) fn number(x: f64) -> String {
    let text = format!("{x:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A fraction in percent, up to three decimals.
pub(super) fn percent(fraction: f64) -> String {
    let text = format!("{:.3}", 100.0 * fraction);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{} %", if text == "-0" { "0" } else { text })
}

/// Microseconds for people.
pub(super) fn age(us: i64) -> String {
    let seconds = us / 1_000_000;
    match seconds {
        _ if us < 1_000_000 => format!("{} ms", us / 1000),
        0..60 => format!("{}.{} s", seconds, us / 100_000 % 10),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {:02} min", seconds / 3600, seconds / 60 % 60),
        _ => format!("{} d {:02} h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// A comparison with its numbers; to the last digit where it is close.
pub(super) fn compared(condition: &Condition) -> String {
    let sign = match (condition.test.relation(), condition.holds) {
        (Relation::AtLeast, true) => "≥",
        (Relation::AtLeast, false) => "<",
        (Relation::AtMost, true) => "≤",
        (Relation::AtMost, false) => ">",
    };
    let excess = condition.excess();
    let is_close = excess.abs() < 1e-5;
    let shown = |x: f64| if is_close { x.to_string() } else { number(x) };
    let end = if condition.holds {
        "holds".to_owned()
    } else {
        format!("fails by {}", if is_close { excess.to_string() } else { number(excess) })
    };
    format!("{}: {} {sign} {}, {end}", condition.test.formula(), shown(condition.value), shown(condition.bound))
}

/// Why a quote cannot be used.
pub(super) fn fault_text(fault: QuoteFault, quote: Option<&QuoteView>, view: Option<&MarketView>) -> String {
    let changed = || quote.map(|quote| format!(": last moved {}", moment_text(quote.changed_ts))).unwrap_or_default();
    match fault {
        QuoteFault::NotListed => "the profile's list of bookmakers does not have it".to_owned(),
        QuoteFault::Excluded => "it is never a leg (legs.exclude)".to_owned(),
        QuoteFault::NoNetPrice => "after commission there is no price to bet at".to_owned(),
        QuoteFault::DoesNotCount(reason) => match reason {
            Reason::Ended => "the fixture is over".to_owned(),
            Reason::Started => format!("it has not moved since the start{}", changed()),
            Reason::Barrier => format!("it has not moved since the barrier{}", changed()),
            Reason::Removed => "no quote: removed, or never given".to_owned(),
            Reason::Resync => "it awaits a snapshot after a gap, or did not come again in one".to_owned(),
            Reason::Suspended => format!("suspended{}", changed()),
            Reason::Source => "its source is offline or stale".to_owned(),
            Reason::Stale => {
                let limit = view.and_then(|view| view.max_age_us);
                match (quote, limit) {
                    (Some(quote), Some(limit)) => {
                        format!("too old: age {} over the limit of {}", age(quote.age_us), age(limit))
                    }
                    _ => "too old".to_owned(),
                }
            }
            other => other.name().to_owned(),
        },
        _ => "it cannot be used".to_owned(),
    }
}

/// Why a bookmaker is left out of a reference.
pub(super) fn left_out_text(why: LeftOut, column: Option<&ColumnView>, names: &Names<'_>, view: &MarketView) -> String {
    match (why, column.and_then(|column| column.fault)) {
        (LeftOut::Column, Some(ColumnFault::Incomplete(outcome))) => {
            format!("incomplete: no counting price for {}", names.outcome(view.market, outcome))
        }
        (LeftOut::Column, Some(fault)) => fault.to_string(),
        (LeftOut::Negative(by), _) => format!("{}, by {}", why.text(), number(by)),
        _ => why.text().to_owned(),
    }
}

/// How the net price follows from the price as shown.
pub(super) fn net_formula(price: f64, is_back: bool, commission: Option<Commission>) -> String {
    let d = number(price);
    let Some(commission) = commission else {
        return if is_back { d } else { format!("1 + 1/({d} − 1)") };
    };
    let c = number(commission.rate());
    match (commission.base(), is_back) {
        (Base::Winnings, true) => format!("1 + ({d} − 1)·(1 − {c})"),
        (Base::Winnings, false) => format!("1 + (1 − {c})/({d} − 1)"),
        (Base::Stake, true) => format!("{d}/(1 + {c})"),
        (Base::Stake, false) => format!("1 + (1 − {c})/({d} − 1 + {c})"),
        (Base::StakeIfWon, _) => format!("{d} − {c}"),
        (Base::Gross, _) => format!("{d}·(1 − {c})"),
        (Base::Contract, true) => format!("1/(P + {c}·P·(1 − P)) with P = 1/{d}"),
        (Base::Contract, false) => format!("1/((1 − P) + {c}·P·(1 − P)) with P = 1/{d}"),
        _ => d,
    }
}

/// Why a warning is given.
pub(super) fn warning_text(reason: &WarningReason, names: &Names<'_>) -> String {
    match *reason {
        WarningReason::Degraded { bookmaker, weight } => {
            format!("the source of {} counts with weight {}", names.bookmaker(bookmaker), number(weight))
        }
        WarningReason::Lagging { bookmaker, moved, of } => {
            format!("{moved} of the {of} reference columns moved after the price of {}", names.bookmaker(bookmaker))
        }
        WarningReason::Live => "the fixture is in play".to_owned(),
        WarningReason::Outlier { market, outcome, bookmaker, distance, others } => format!(
            "{} on {} is {distance:+.4} in logit from the median of {others} others, more than 0.15",
            names.bookmaker(bookmaker),
            names.outcome(market, outcome)
        ),
        WarningReason::Push { profit_min, profit } => {
            format!("at the worst result the profit is {} instead of {}", percent(profit_min), percent(profit))
        }
        WarningReason::SameBookmaker(bookmaker) => format!("all legs are at {}", names.bookmaker(bookmaker)),
        WarningReason::SingleReference(bookmaker) => format!("the reference is {} alone", names.bookmaker(bookmaker)),
        WarningReason::Suspicious(figure) => format!("{} is over 10 %", percent(figure)),
        WarningReason::UnevenAges { youngest_us, oldest_us } => {
            format!("the youngest leg is {} old, the oldest {}: more than 60 s apart", age(youngest_us), age(oldest_us))
        }
        _ => String::new(),
    }
}
