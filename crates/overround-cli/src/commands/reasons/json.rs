//! Reasons for machines.

use super::Names;
use overround::explain::{
    ColumnFault, Condition, Derivation, Explanation, Finding, LadderView, LeftOut, MarketView, Miss, ModelView,
    NoModel, NoReference, QuoteFault, ReferenceView, Relation, RulesView, Verdict, WarningReason, WhyNot,
};
use overround::{MarketId, Opportunity, OpportunityEvent, Side, Timestamp};
use overround_feed::write_event;
use serde_json::{Map, Value, json};

/// An explanation as one object.
pub(in crate::commands) fn explanation(it: &Explanation, names: &Names<'_>) -> Value {
    let markets: Vec<Value> = it.markets.iter().map(|view| market(view, names)).collect();
    json!({
        "now": it.now.0,
        "open": true,
        "finding": finding(&it.finding, names),
        "rules": rules(&it.rules, names),
        "markets": markets,
    })
}

/// Something that was told and is not open.
pub(in crate::commands) fn gone(
    now: Timestamp,
    last: &Opportunity,
    found: Option<&Finding>,
    names: &Names<'_>,
) -> Value {
    json!({
        "now": now.0,
        "open": false,
        "last": opportunity(last, names),
        "finding": found.map(|found| finding(found, names)),
    })
}

/// All findings as one object.
pub(in crate::commands) fn why_not(it: &WhyNot, names: &Names<'_>) -> Value {
    json!({
        "now": it.now.0,
        "findings": it.findings.iter().map(|it| finding(it, names)).collect::<Vec<Value>>(),
        "rules": it.rules.iter().map(|it| rules(it, names)).collect::<Vec<Value>>(),
        "markets": it.markets.iter().map(|view| market(view, names)).collect::<Vec<Value>>(),
    })
}

/// What an ev was judged by.
pub(in crate::commands) fn judged_by(finding: &Finding) -> Option<&ReferenceView> {
    match &finding.derivation {
        Derivation::Ev(derivation) => Some(&derivation.reference),
        _ => None,
    }
}

/// As an event has it, without what only an event has.
fn opportunity(it: &Opportunity, names: &Names<'_>) -> Value {
    let mut line = Vec::new();
    let event = OpportunityEvent::Detected(Box::new(it.clone()));
    if write_event(&event, names.catalog, names.profiles, &mut line).is_err() {
        return Value::Null;
    }
    let mut value: Value = serde_json::from_slice(&line).unwrap_or_default();
    if let Value::Object(object) = &mut value {
        object.remove("type");
    }
    value
}

fn finding(it: &Finding, names: &Names<'_>) -> Value {
    let subject = &it.subject;
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| {
        object.insert(key.to_owned(), value);
    };
    put("kind", it.kind.name().into());
    put("profile", names.profile(it.profile).into());
    put("id", it.id.map(|id| id.to_string()).into());
    put("market", market_name(subject.market, names));
    put("upper_market", subject.upper.map_or(Value::Null, |upper| market_name(upper, names)));
    put("outcome", subject.outcome.map(|outcome| names.outcome(subject.market, outcome)).into());
    put("side", subject.quote.map(|(side, _)| side_name(side)).into());
    put("bookmaker", subject.quote.map(|(_, bookmaker)| names.bookmaker(bookmaker)).into());
    put("verdict", verdict(it, names));
    put("conditions", it.conditions.iter().map(condition).collect());
    put("told", it.told.as_deref().map_or(Value::Null, |told| opportunity(told, names)));
    put("today", it.today.as_deref().map_or(Value::Null, |today| opportunity(today, names)));
    let warning = |it: &overround::explain::WarningView| warning(it, names);
    put("warnings", it.warnings.iter().map(warning).collect());
    match &it.derivation {
        Derivation::Ev(derivation) => {
            put("reference", reference(&derivation.reference, names));
            put("score", derivation.score.as_ref().map_or(Value::Null, |view| score(view, names)));
        }
        Derivation::Middle(derivation) => {
            let state = |it: &overround::explain::MiddleState| {
                json!({
                    "from": it.from, "to": it.to, "payoff": it.payoff,
                    "above": format!("{:?}", it.above), "below": format!("{:?}", it.below),
                })
            };
            put("states", derivation.states.iter().map(state).collect());
            put("ladder", ladder(&derivation.ladder, names));
            put("model", derivation.model.as_ref().map_or(Value::Null, model));
        }
        _ => {}
    }
    Value::Object(object)
}

fn verdict(it: &Finding, names: &Names<'_>) -> Value {
    match it.verdict {
        Verdict::Told { since, last } => json!({"is": "told", "since": since.0, "last": last.0}),
        Verdict::Awaiting { since, until } => json!({"is": "awaiting", "since": since.0, "until": until.0}),
        Verdict::Capped(cap) => json!({"is": "capped", "condition": condition(&cap)}),
        Verdict::Missed(miss) => missed(it, miss, names),
        _ => json!({"is": "withheld"}),
    }
}

fn missed(it: &Finding, miss: Miss, names: &Names<'_>) -> Value {
    match miss {
        Miss::NotDetected => json!({"is": "missed", "by": "not_detected"}),
        Miss::Outcomes(n) => json!({"is": "missed", "by": "outcomes", "outcomes": n}),
        Miss::NoPrice { outcome, lay } => {
            let market = if outcome.0 == 1 { it.subject.upper } else { None }.unwrap_or(it.subject.market);
            let side = if lay { "lay" } else { "back" };
            json!({"is": "missed", "by": "no_price", "outcome": names.outcome(market, outcome), "side": side})
        }
        Miss::Quote(fault) => json!({"is": "missed", "by": "quote", "fault": fault_name(fault)}),
        Miss::NoReference(none) => json!({"is": "missed", "by": "no_reference", "why": no_reference(none)}),
        Miss::NoLine => json!({"is": "missed", "by": "no_line"}),
        Miss::SingleLine => json!({"is": "missed", "by": "single_line"}),
        Miss::IsArbitrage { profit } => json!({"is": "missed", "by": "is_arbitrage", "profit": profit}),
        Miss::UnknownEv => json!({"is": "missed", "by": "unknown_ev"}),
        Miss::Fails(failed) => json!({"is": "missed", "by": "condition", "condition": condition(&failed)}),
        _ => json!({"is": "missed"}),
    }
}

fn condition(it: &Condition) -> Value {
    let relation = match it.test.relation() {
        Relation::AtLeast => ">=",
        Relation::AtMost => "<=",
    };
    json!({
        "test": it.test.name(), "formula": it.test.formula(), "value": it.value, "relation": relation,
        "bound": it.bound, "holds": it.holds,
    })
}

fn warning(it: &overround::explain::WarningView, names: &Names<'_>) -> Value {
    let name = it.warning.name();
    match it.reason {
        WarningReason::Degraded { bookmaker, weight } => {
            json!({"warning": name, "bookmaker": names.bookmaker(bookmaker), "weight": weight})
        }
        WarningReason::Lagging { bookmaker, moved, of } => {
            json!({"warning": name, "bookmaker": names.bookmaker(bookmaker), "moved": moved, "of": of})
        }
        WarningReason::Outlier { market, outcome, bookmaker, distance, others } => json!({
            "warning": name, "bookmaker": names.bookmaker(bookmaker), "outcome": names.outcome(market, outcome),
            "distance": distance, "others": others,
        }),
        WarningReason::Push { profit_min, profit } => {
            json!({"warning": name, "profit_min": profit_min, "profit": profit})
        }
        WarningReason::SameBookmaker(bookmaker) | WarningReason::SingleReference(bookmaker) => {
            json!({"warning": name, "bookmaker": names.bookmaker(bookmaker)})
        }
        WarningReason::Suspicious(figure) => json!({"warning": name, "figure": figure}),
        WarningReason::UnevenAges { youngest_us, oldest_us } => {
            json!({"warning": name, "youngest_us": youngest_us, "oldest_us": oldest_us})
        }
        _ => json!({"warning": name}),
    }
}

fn score(it: &overround::explain::ScoreView, names: &Names<'_>) -> Value {
    let opinions: Vec<Value> = it
        .opinions
        .iter()
        .map(|&(who, weight, p)| json!({"bookmaker": names.bookmaker(who), "weight": weight, "fair_probability": p}))
        .collect();
    let logits: Map<String, Value> = it.logits.iter().map(|(method, x)| (method.to_string(), (*x).into())).collect();
    json!({
        "x": it.terms.x, "y": it.terms.y, "s": it.terms.s, "g": it.terms.g, "f": it.input.freshness,
        "d": it.input.dispersion, "n_eff": it.input.effective_books, "m": it.input.method_range,
        "opinions": opinions, "logits": logits, "moved_since": it.moved_since,
    })
}

fn ladder(it: &LadderView, names: &Names<'_>) -> Value {
    let entry = |entry: &overround::explain::LadderEntry| {
        json!({
            "bookmaker": names.bookmaker(entry.bookmaker),
            "above_lower": entry.above.map(|(lower, _)| lower), "above_upper": entry.above.map(|(_, upper)| upper),
            "weight": entry.weight.ok(), "left_out": entry.weight.err().map(LeftOut::text),
        })
    };
    let steps: Vec<Value> = it
        .steps
        .iter()
        .map(|step| json!({"step": step.step.name(), "bookmakers": step.entries.iter().map(entry).collect::<Vec<_>>()}))
        .collect();
    json!({"half_lines": it.is_half, "steps": steps, "probability": it.probability})
}

fn model(it: &Result<ModelView, NoModel>) -> Value {
    let law = match it {
        Ok(law) => law,
        Err(none) => return json!({"none": none.to_string()}),
    };
    let line = |&(line, fair, fitted): &(overround_math::line::Line, f64, f64)| json!({"line": line.as_f64(), "above": fair, "fitted": fitted});
    let partial = |&(n, q, payoff): &(i64, f64, f64)| json!({"n": n, "probability": q, "payoff": payoff});
    json!({
        "location": law.location, "scale": law.scale, "misfit": law.misfit,
        "lines": law.lines.iter().map(line).collect::<Vec<Value>>(),
        "partial": law.partial.iter().map(partial).collect::<Vec<Value>>(),
    })
}

fn reference(it: &ReferenceView, names: &Names<'_>) -> Value {
    let entry = |entry: &overround::explain::StepEntry| {
        json!({
            "bookmaker": names.bookmaker(entry.bookmaker),
            "weight": entry.weight.ok(), "left_out": entry.weight.err().map(LeftOut::text),
        })
    };
    let steps: Vec<Value> = it
        .steps
        .iter()
        .map(|step| json!({"step": step.step.name(), "bookmakers": step.entries.iter().map(entry).collect::<Vec<_>>()}))
        .collect();
    json!({
        "judged": it.judged.map(|judged| names.bookmaker(judged)), "method": it.method.to_string(),
        "min_books": it.min_books, "steps": steps, "fair": it.fair.as_ref().ok(),
        "none": it.fair.as_ref().err().map(|&none| no_reference(none)),
    })
}

fn no_reference(none: NoReference) -> &'static str {
    match none {
        NoReference::NoAnchor => "no_anchor",
        NoReference::JudgedIsAnchor => "judged_is_anchor",
        NoReference::TooFew { .. } => "too_few",
        _ => "none",
    }
}

fn fault_name(fault: QuoteFault) -> &'static str {
    match fault {
        QuoteFault::DoesNotCount(reason) => reason.name(),
        QuoteFault::NotListed => "not_listed",
        QuoteFault::Excluded => "excluded",
        QuoteFault::NoNetPrice => "no_net_price",
        _ => "unusable",
    }
}

fn market_name(market: MarketId, names: &Names<'_>) -> Value {
    names.catalog.market(market).map_or(Value::Null, |info| {
        json!({
            "market": info.market, "period": info.period, "participant": info.participant,
            "line": info.line.map(|line| line.as_f64()),
        })
    })
}

const fn side_name(side: Side) -> &'static str {
    match side {
        Side::Back => "back",
        Side::Lay => "lay",
    }
}

fn market(it: &MarketView, names: &Names<'_>) -> Value {
    let quotes: Vec<Value> = it
        .quotes
        .iter()
        .map(|quote| {
            json!({
                "outcome": names.outcome(it.market, quote.outcome), "side": side_name(quote.side),
                "bookmaker": names.bookmaker(quote.bookmaker), "price": quote.price, "net_price": quote.net_price,
                "limit": quote.limit, "main": quote.main, "seen_ts": quote.price.map(|_| quote.seen_ts.0),
                "changed_ts": quote.price.map(|_| quote.changed_ts.0), "source_ts": quote.source_ts.map(|ts| ts.0),
                "age_us": quote.price.map(|_| quote.age_us), "weight": quote.freshness,
                "fault": quote.fault.map(fault_name),
            })
        })
        .collect();
    let columns: Vec<Value> = it
        .columns
        .iter()
        .map(|column| {
            json!({
                "bookmaker": names.bookmaker(column.bookmaker), "prices": column.prices, "booksum": column.booksum,
                "margin": column.margin, "fair": column.fair, "param": column.param,
                "anchor_weight": column.anchor_weight, "weight": column.weight, "freshness": column.freshness,
                "fault": column.fault.map(|fault| match fault {
                    ColumnFault::Incomplete(outcome) => format!("incomplete: {}", names.outcome(it.market, outcome)),
                    other => other.to_string(),
                }),
            })
        })
        .collect();
    json!({
        "market": market_name(it.market, names), "profile": names.profile(it.profile), "live": it.live,
        "start": it.start.map(|ts| ts.0), "start_barrier": it.start_barrier.map(|ts| ts.0),
        "barrier": it.barrier.map(|ts| ts.0), "max_age_us": it.max_age_us,
        "quotes": quotes, "columns": columns, "reference": reference(&it.reference, names),
    })
}

fn rules(it: &RulesView, names: &Names<'_>) -> Value {
    json!({
        "market": market_name(it.market, names), "profile": names.profile(it.profile), "overrides": it.overrides,
        "detect": it.detect.iter_by_name().map(|kind| kind.name()).collect::<Vec<_>>(),
        "ev": it.ev, "arbitrage": it.arbitrage, "low_hold": it.low_hold, "middle": it.middle, "lifecycle": it.lifecycle,
    })
}
