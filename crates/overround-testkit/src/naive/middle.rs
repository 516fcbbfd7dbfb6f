//! Middles: every pair of lines of every family, settled integer by integer.

use super::detect::{Bet, Candidate, View, booksum_of};
use super::fair::{Judges, pool_values};
use super::identity::Identity;
use overround::Key;
use overround::config::{Degraded, EPSILON, UnknownEv};
use overround::odds_event::MarketShape;
use overround::opportunity::{Figures, Kind, Middle, MiddleNumber, ProbabilityFrom, Warning};
use overround_math::line::{Line, LineKind};
use overround_math::model::{Law, LineProbability, SPORTS, Table, fit};

/// All middles of one profile; `views` are its views of all markets.
pub(crate) fn detect(views: &[View<'_>], found: &mut Vec<Candidate>) {
    for above in views {
        for below in views {
            if let (true, Some(a), Some(b)) = (is_of(below, above), result_line(above), result_line(below))
                && a < b
            {
                let law = law(&views.iter().filter(|view| is_of(view, above)).collect::<Vec<_>>());
                found.extend(middle(above, below, (a, b), law.as_ref()));
            }
        }
    }
}

fn is_of(view: &View<'_>, other: &View<'_>) -> bool {
    view.book.market.family == other.book.market.family
}

/// The shape of the family's results, if its sport and league have one and it is about the game as a whole.
fn table(view: &View<'_>) -> Option<&'static Table> {
    let market = view.book.market;
    let fixture = view.world.fixture(market.fixture);
    let is = |key: Option<Key>, name: &str| key == Some(Key::of(name));
    let of_sport: Vec<_> = SPORTS.iter().filter(|table| is(fixture.sport, table.sport)).collect();
    let league = of_sport.iter().find(|table| table.league.is_some_and(|league| is(fixture.league, league)));
    let table = league.or_else(|| of_sport.iter().find(|table| table.league.is_none()))?;
    let is = |names: &[&str]| names.iter().any(|name| market.market_type == Key::of(name));
    let is_score = match market.shape {
        MarketShape::Spread => is(&["spread", "point_spread", "puck_line", "asian_handicap"]),
        _ => is(&["total", "total_points", "total_goals"]),
    };
    let is_whole = market.period == Key::of("full_game") && market.participant == Key::NONE && is_score;
    match market.shape {
        MarketShape::Spread if is_whole => Some(&table.margin),
        MarketShape::Total if is_whole => Some(&table.total),
        _ => None,
    }
}

/// The law that fits the references of all lines of a family, before the start.
fn law(family: &[&View<'_>]) -> Option<Law> {
    let first = family.first()?;
    if first.world.is_live(first.world.fixture(first.book.market.fixture)) {
        return None;
    }
    let mut lines: Vec<(Line, f64)> =
        family.iter().filter_map(|view| Some((result_line(view)?, view.book.reference(None)?.1[0]))).collect();
    lines.sort_by_key(|(line, _)| *line);
    let lines: Vec<_> = lines.into_iter().map(|(line, above)| LineProbability { line, above }).collect();
    fit(table(first)?, &lines).ok()
}

/// The market's line in result space: the number that outcome 0 wins above.
fn result_line(view: &View<'_>) -> Option<Line> {
    let market = view.book.market;
    match market.shape {
        MarketShape::Total => market.line,
        MarketShape::Spread => market.line.map(|line| -line),
        _ => None,
    }
}

/// Share of the stake that wins, and share that comes back, of a bet on a result above the line (in thousandths).
fn above(n: i64, line: i64) -> (f64, f64) {
    let result = n * 1000;
    if line.rem_euclid(500) == 250 {
        let (win_low, back_low) = above(n, line - 250);
        let (win_high, back_high) = above(n, line + 250);
        return (f64::midpoint(win_low, win_high), f64::midpoint(back_low, back_high));
    }
    match result.cmp(&line) {
        std::cmp::Ordering::Greater => (1.0, 0.0),
        std::cmp::Ordering::Equal => (0.0, 1.0),
        std::cmp::Ordering::Less => (0.0, 0.0),
    }
}

/// The same below the line.
fn below(n: i64, line: i64) -> (f64, f64) {
    above(-n, -line)
}

fn middle(view_a: &View<'_>, view_b: &View<'_>, (a, b): (Line, Line), law: Option<&Law>) -> Option<Candidate> {
    let rules = &view_a.rules;
    if !rules.detect.contains(Kind::Middle) {
        return None;
    }
    let (bet_a, bet_b) = (view_a.best_on(0, Degraded::Warn)?, view_b.best_on(1, Degraded::Warn)?);
    let bets = [bet_a, bet_b];
    let booksum = booksum_of(&bets);
    let id = view_a.id(&Identity::Middle { lower: a.thousandths(), upper: b.thousandths() });
    let (low, high) = (i64::from(a.thousandths()), i64::from(b.thousandths()));
    #[expect(clippy::cast_precision_loss, reason = "lines are within ±2·10⁹ thousandths")]
    let size = (high - low) as f64 / 1000.0;
    if size < rules.middle.min_size - EPSILON || (rules.middle.max_size > 0.0 && size > rules.middle.max_size + EPSILON)
    {
        return None;
    }

    let payoff = |n: i64| {
        let share = |bet: &Bet, (wins, back): (f64, f64)| (1.0 / bet.net) / booksum * (wins * bet.net + back);
        share(&bet_a, above(n, low)) + share(&bet_b, below(n, high)) - 1.0
    };
    let all = low.div_euclid(1000) - 2..=high.div_euclid(1000) + 3;
    let worst = all.clone().map(payoff).fold(f64::INFINITY, f64::min);
    let best = all.clone().map(payoff).fold(f64::NEG_INFINITY, f64::max);
    let numbers: Vec<i64> =
        all.clone().filter(|&n| above(n, low) == (1.0, 0.0) && below(n, high) == (1.0, 0.0)).collect();
    let slack = view_a.slack(id);
    if numbers.len() < rules.middle.min_numbers as usize || -worst > rules.middle.max_loss + slack + EPSILON {
        return None;
    }

    let half = a.kind() == LineKind::Half && b.kind() == LineKind::Half;
    let ladder = if half { ladder(view_a, view_b) } else { None };
    let law = law.filter(|_| ladder.is_none());
    let mass = |numbers: &[i64]| law.map(|law| numbers.iter().map(|&n| law.mass(n)).sum::<f64>());
    let p = ladder.as_ref().map(|(_, p)| *p).or_else(|| mass(&numbers));
    // By the model the payoff of every integer counts with its mass.
    let by_model = |law: &Law| (law.first()..).zip(law.masses()).map(|(n, mass)| mass * payoff(n)).sum::<f64>();
    let by_ladder = |p: f64| p * (2.0 / booksum - 1.0) + (1.0 - p) * (1.0 / booksum - 1.0);
    let ev = law.map(by_model).or_else(|| p.map(by_ladder));
    // Σ q·payoff + p·(2/S − 1) + (R − p)·(1/S − 1) = 0 with R = 1 − Σ q over the partly decided results.
    let partial: Vec<i64> = all.filter(|&n| above(n, low).1 > 0.0 || below(n, high).1 > 0.0).collect();
    let break_even = if half {
        Some(booksum - 1.0)
    } else {
        law.map(|law| {
            let rest = 1.0 - partial.iter().map(|&n| law.mass(n)).sum::<f64>();
            let partly: f64 = partial.iter().map(|&n| law.mass(n) * payoff(n)).sum();
            -(partly + rest * (1.0 / booksum - 1.0)) * booksum
        })
    };
    let told = match ev {
        Some(ev) => ev >= rules.middle.min_ev - slack - EPSILON,
        None => rules.middle.unknown_ev == UnknownEv::Tell,
    };
    if !told && worst < -EPSILON {
        return None;
    }

    let mut warnings = view_a.warnings(&bets[..1]);
    let below_warnings = view_b.warnings(&bets[1..]);
    below_warnings.iter().for_each(|warning| warnings.set(warning, true));
    view_a.warn_of_pairs(&bets, &mut warnings);
    warnings.set(Warning::Suspicious, ev.is_some_and(|ev| ev > 0.10));
    warnings.set(Warning::SingleReference, ladder.as_ref().is_some_and(|(judges, _)| judges.members.len() == 1));
    let single = if numbers.len() == 1 { p } else { None };
    let probability = |n: i64| law.map_or(single, |law| Some(law.mass(n)));
    let key = |n: i64| table(view_a).map(|table| table.is_key(n));
    let from = if law.is_some() { ProbabilityFrom::Model } else { ProbabilityFrom::Ladder };
    let figures = Figures::Middle(Middle {
        lower: a,
        upper: b,
        numbers: numbers
            .iter()
            .take(Middle::MAX_NUMBERS)
            .map(|&n| MiddleNumber { n, probability: probability(n), key: key(n) })
            .collect(),
        worst,
        best,
        booksum,
        middle_probability: p,
        probability_from: p.map(|_| from),
        ev,
        break_even,
        quality: p.zip(break_even).map(|(p, even)| if even <= 0.0 { 1.0 } else { p / (p + even) }),
        legs: vec![view_a.leg(&bet_a, booksum), view_b.leg(&bet_b, booksum)],
    });
    Some(view_a.candidate(id, figures, warnings, &bets, false))
}

/// Probability of a result between the lines: the pool of the differences of the judges' own fair probabilities of "above".
fn ladder(view_a: &View<'_>, view_b: &View<'_>) -> Option<(Judges, f64)> {
    let (book_a, book_b) = (view_a.book, view_b.book);
    let difference = |bookmaker| Some(book_a.devigged_by(bookmaker)?[0] - book_b.devigged_by(bookmaker)?[0]);
    let able: Vec<_> = book_a
        .columns
        .iter()
        .map(|column| column.bookmaker)
        .filter(|&bookmaker| difference(bookmaker).is_some_and(|d| d >= 0.0))
        .collect();
    let judges = book_a.judges(&able, None)?;
    let weights: Vec<f64> = judges.members.iter().map(|(_, weight)| *weight).collect();
    let differences: Vec<f64> = judges.members.iter().filter_map(|(b, _)| difference(*b)).collect();
    let p = pool_values(book_a.fair.pool, &weights, &differences);
    Some((judges, p))
}
