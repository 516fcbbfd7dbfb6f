//! Each formula with its numbers.

use super::words::{number, percent};
use super::{Names, Prose};
use overround::Side;
use overround::explain::{Derivation, Finding, LadderView, MiddleDerivation, ModelView, ScoreView, Test};
use overround::opportunity::{Arbitrage, Ev, Figures, Leg, LowHold, Middle, MiddleNumber, Opportunity};

/// Most numbers and lines that are listed.
const SHOWN: usize = 12;

/// The figures behind a comparison in a few words.
pub(super) fn short(today: &Opportunity, test: Test, names: &Names<'_>) -> String {
    let leg = |leg: &Leg| {
        let bet = names.bet(leg.market, leg.outcome, leg.side);
        format!("{bet} {} @ {}", number(leg.price), names.bookmaker(leg.bookmaker))
    };
    let legs = |legs: &[Leg]| legs.iter().map(leg).collect::<Vec<String>>().join(", ");
    match &today.figures {
        Figures::Arbitrage(it) => {
            format!("S = {}, profit {}: {}", number(it.booksum), percent(it.profit), legs(&it.legs))
        }
        Figures::LowHold(it) => {
            let side = |side: &overround::opportunity::LowHoldSide| {
                let bet = names.bet(today.market, side.outcome, side.side);
                let who: Vec<&str> = side.bookmakers.iter().map(|&bookmaker| names.bookmaker(bookmaker)).collect();
                format!("{bet} {} @ {}", number(side.price), who.join(", "))
            };
            let sides: Vec<String> = it.sides.iter().map(side).collect();
            format!("S = {}: {}", number(it.booksum), sides.join("; "))
        }
        Figures::Ev(it) => {
            format!("p = {}, d = {}, ev {}", number(it.fair_probability), number(it.net_price), percent(it.ev))
        }
        Figures::Middle(it) if test == Test::MiddleEv => format!(
            "P(numbers) {}, ev {}: {}",
            it.middle_probability.map_or("unknown".to_owned(), percent),
            it.ev.map_or("unknown".to_owned(), percent),
            legs(&it.legs)
        ),
        Figures::Middle(it) => format!("S = {}, worst {}: {}", number(it.booksum), percent(it.worst), legs(&it.legs)),
    }
}

pub(super) fn formulas(finding: &Finding, today: &Opportunity, names: &Names<'_>, out: &mut Prose) {
    match (&today.figures, &finding.derivation) {
        (Figures::Arbitrage(it), _) => arbitrage(it, names, out),
        (Figures::LowHold(it), _) => low_hold(it, today, names, out),
        (Figures::Ev(it), Derivation::Ev(derivation)) => ev(it, derivation.score.as_ref(), names, out),
        (Figures::Middle(it), Derivation::Middle(derivation)) => middle(it, derivation, names, out),
        _ => {}
    }
}

/// "1/2.1 + 1/2.05".
fn sum_text(net: impl Iterator<Item = f64>) -> String {
    net.map(|d| format!("1/{}", number(d))).collect::<Vec<String>>().join(" + ")
}

fn legs(legs: &[Leg], names: &Names<'_>, out: &mut Prose) {
    for leg in legs {
        let fair = leg.fair_probability.map(|p| format!(", fair probability {}", number(p))).unwrap_or_default();
        let limit = leg.limit.map(|limit| format!(", at most {} at risk", number(limit))).unwrap_or_default();
        out.under(&format!(
            "{} {} @ {}: net price d = {}, stake fraction (1/d)/S = {}{fair}{limit}",
            names.bet(leg.market, leg.outcome, leg.side),
            number(leg.price),
            names.bookmaker(leg.bookmaker),
            number(leg.net_price),
            number(leg.stake_fraction)
        ));
    }
}

fn arbitrage(it: &Arbitrage, names: &Names<'_>, out: &mut Prose) {
    legs(&it.legs, names, out);
    let sum = sum_text(it.legs.iter().map(|leg| leg.net_price));
    out.under(&format!("S = {sum} = {} ({} from prices as shown)", number(it.booksum), number(it.gross_booksum)));
    out.under(&format!("profit = 1/S − 1 = {}", percent(it.profit)));
    out.under(&format!("profit_min, the least over all results = {}", percent(it.profit_min)));
    match (it.max_total_stake, it.max_total_stake_known) {
        (Some(max), _) => out.under(&format!("max_total_stake = least of limit/fraction = {}", number(max))),
        (None, Some(known)) => {
            out.under(&format!("max_total_stake unknown; by the limits that are known at most {}", number(known)));
        }
        (None, None) => out.under("max_total_stake unknown: no leg has a limit"),
    }
}

fn low_hold(it: &LowHold, today: &Opportunity, names: &Names<'_>, out: &mut Prose) {
    for side in &it.sides {
        let who: Vec<&str> = side.bookmakers.iter().map(|&bookmaker| names.bookmaker(bookmaker)).collect();
        let fair = side.fair_probability.map(|p| format!(", fair probability {}", number(p))).unwrap_or_default();
        out.under(&format!(
            "{} {} @ {}: net price d = {}{fair}",
            names.bet(today.market, side.outcome, side.side),
            number(side.price),
            who.join(", "),
            number(side.net_price)
        ));
    }
    let sum = sum_text(it.sides.iter().map(|side| side.net_price));
    out.under(&format!("S = {sum} = {}", number(it.booksum)));
    out.under(&format!("hold = 1 − 1/S = {}", percent(it.hold)));
}

fn ev(it: &Ev, score: Option<&ScoreView>, names: &Names<'_>, out: &mut Prose) {
    let (p, d) = (number(it.fair_probability), number(it.net_price));
    let what = if it.side == Side::Lay { "that the outcome laid does not come" } else { "of the outcome" };
    out.under(&format!("p = {p}, the fair probability {what}; fair price 1/p = {}", number(it.fair_price)));
    out.under(&format!("d = {d}, the net price"));
    out.under(&format!("ev = p·d − 1 = {p} × {d} − 1 = {}", percent(it.ev)));
    out.under(&format!("kelly = ev/(d − 1) = {}", percent(it.kelly)));
    let Some(ScoreView { input, terms, opinions, logits, moved_since, .. }) = score else { return };
    out.under(&format!("x = logit p = {}, y = logit(1/d) = {}", number(terms.x), number(terms.y)));
    let list: Vec<String> = opinions
        .iter()
        .map(|&(who, w, p)| format!("{} {} (w {})", names.bookmaker(who), number(p), number(w)))
        .collect();
    out.under(&format!(
        "D = {}, n_eff = (Σw)²/Σw² = {}, from {}",
        number(input.dispersion),
        number(input.effective_books),
        list.join(", ")
    ));
    let by_method: Vec<String> =
        logits.iter().map(|(method, x)| format!("{method} {}", x.map_or("no answer".to_owned(), number))).collect();
    out.under(&format!(
        "M = {}, half the range of the pooled logit: {}",
        number(input.method_range),
        by_method.join(", ")
    ));
    out.under(&format!(
        "s = √((D² + 0.04²)/n_eff + M² + 0.02²) = {}; f = {}; g = min(1, 0.10/ev) = {}",
        number(terms.s),
        number(input.freshness),
        number(terms.g)
    ));
    out.under(&format!("confidence = Φ((x − y)/s)·f·g = {}", number(it.confidence)));
    out.under(&format!("kelly_prudent = g·max(0, Kelly with sigmoid(x − s) for p) = {}", percent(it.kelly_prudent)));
    out.under(&format!(
        "class {}: {moved_since} of {} reference columns changed after the quote did",
        it.class.name(),
        opinions.len()
    ));
    out.under(&format!(
        "{} bookmakers quote this bet, best {}, worst {}",
        it.bookmakers,
        number(it.best_price),
        number(it.worst_price)
    ));
}

fn middle(it: &Middle, derivation: &MiddleDerivation, names: &Names<'_>, out: &mut Prose) {
    legs(&it.legs, names, out);
    let sum = sum_text(it.legs.iter().map(|leg| leg.net_price));
    out.under(&format!("S = {sum} = {}", number(it.booksum)));
    let (a, b) = (it.lower.as_f64(), it.upper.as_f64());
    out.under(&format!("leg A wins above a = {a}, leg B below b = {b}; size b − a = {}", number(b - a)));
    let shown = |number: &MiddleNumber| {
        let probability = number.probability.map(|p| format!(" ({})", percent(p))).unwrap_or_default();
        let key = if number.key == Some(true) { " key" } else { "" };
        format!("{}{key}{probability}", number.n)
    };
    let numbers: Vec<String> = it.numbers.iter().take(SHOWN).map(shown).collect();
    let list = if numbers.is_empty() { "none".to_owned() } else { numbers.join(", ") };
    let more = it.numbers.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    out.under(&format!("numbers on which both win: {list}{more}"));
    for state in &derivation.states {
        let results = match (state.from, state.to) {
            (None, Some(to)) => format!("up to {to}"),
            (Some(from), None) => format!("from {from} on"),
            (Some(from), Some(to)) if from == to => format!("{from}"),
            (Some(from), Some(to)) => format!("{from} to {to}"),
            (None, None) => "all".to_owned(),
        };
        out.under(&format!(
            "result {results}: A {:?}, B {:?}, payoff {}",
            state.above,
            state.below,
            percent(state.payoff)
        ));
    }
    ladder(&derivation.ladder, names, out);
    if let Some(Ok(law)) = &derivation.model {
        model(law, out);
    }
    match (it.middle_probability, it.ev, &derivation.model) {
        (Some(p), Some(ev), Some(Ok(law))) => {
            let rest = 1.0 - law.partial.iter().map(|&(_, q, _)| q).sum::<f64>();
            out.under(&format!(
                "ev = Σ q·payoff + P·(2/S − 1) + (R − P)·(1/S − 1) with P = {}, R = 1 − Σ q = {}: {}",
                number(p),
                number(rest),
                percent(ev)
            ));
        }
        (Some(p), Some(ev), _) => {
            out.under(&format!("ev = P·(2/S − 1) + (1 − P)·(1/S − 1) with P = {}: {}", number(p), percent(ev)));
        }
        _ => out.under(&format!("ev unknown: {}", unknown_ev(derivation))),
    }
    if let Some(break_even) = it.break_even {
        out.under(&format!("break_even, the P at which ev is 0 = {}", percent(break_even)));
    }
    if let Some(quality) = it.quality {
        out.under(&format!("quality = P/(P + max(break_even, 0)) = {}", number(quality)));
    }
}

fn ladder(ladder: &LadderView, names: &Names<'_>, out: &mut Prose) {
    for step in &ladder.steps {
        for entry in &step.entries {
            let name = names.bookmaker(entry.bookmaker);
            let is_no_anchor = entry.weight == Err(overround::explain::LeftOut::NotAnAnchor);
            match (entry.weight, entry.above) {
                _ if is_no_anchor => {}
                (Ok(weight), Some((a, b))) => out.under(&format!(
                    "ladder, step {}: {name} has P(above a) {} − P(above b) {} = {}, weight {}",
                    step.step.name(),
                    number(a),
                    number(b),
                    number(a - b),
                    number(weight)
                )),
                (Err(why), _) => out.under(&format!("ladder, step {}: {name}: {}", step.step.name(), why.text())),
                (Ok(_), None) => {}
            }
        }
    }
}

/// The law of results that was fitted.
fn model(law: &ModelView, out: &mut Prose) {
    out.under(&format!(
        "model of results: location {}, scale {}, fitted to {} lines with a greatest residual of {} in logit",
        number(law.location),
        number(law.scale),
        law.lines.len(),
        number(law.misfit)
    ));
    for (line, fair, fitted) in law.lines.iter().take(SHOWN) {
        out.under(&format!(
            "model of results: above {} by the references {}, by the law {}",
            line.as_f64(),
            number(*fair),
            number(*fitted)
        ));
    }
    for &(n, q, payoff) in &law.partial {
        out.under(&format!("model of results: {n} settles in parts, q = {}, payoff {}", number(q), percent(payoff)));
    }
}

/// Why the expected payoff of a middle is not known.
pub(super) fn unknown_ev(derivation: &MiddleDerivation) -> String {
    let ladder = if derivation.ladder.is_half {
        "too few reference bookmakers take part on both lines"
    } else {
        "the ladder needs two half lines"
    };
    match derivation.model {
        Some(Err(none)) => format!("{ladder}, and {none}"),
        _ => ladder.to_owned(),
    }
}
