//! Grades, summed up in groups.

use super::super::super::reasons::Names;
use super::Grading;
use overround::grade::betting::{Ledger, Plan, Stakes, play};
use overround::grade::{Grade, Tally};
use overround::opportunity::{Figures, Kind};
use overround::{Side, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// All figures of a report, under the names that they have in JSON.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// How long after the telling was looked, in seconds.
    pub(super) horizons_s: Vec<f64>,
    /// What was bet, and how that was accepted, in words.
    pub(super) plan: String,
    pub(super) bankroll: Bankroll,
    pub(super) all: Row,
    pub(super) by: Vec<Group>,
    /// The same grades under other stakes.
    pub(super) stakes: Vec<StakesRow>,
    /// Fair probabilities against what happened, in tenths.
    pub(super) calibration: Vec<CalibrationRow>,
    #[serde(skip)]
    pub(super) ledger: Ledger,
    /// Bankrolls under the other stakes.
    #[serde(skip)]
    pub(super) curves: Vec<(String, Vec<(Timestamp, i64)>)>,
}

/// What became of the money.
#[derive(Debug, Serialize)]
pub(super) struct Bankroll {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) drawdown: f64,
    /// Opportunities bet on of which no result came, and their stakes, which were tied up to the end and are given back.
    pub(super) unsettled: u64,
    pub(super) unsettled_stake: f64,
    /// Opportunities on which nothing was staked.
    pub(super) not_staked: u64,
    /// Legs asked for that were not matched in full.
    pub(super) short_bets: u64,
    pub(super) hedges: u64,
    pub(super) hedge_cost: f64,
    /// Legs that stayed open, or a part of them, and what that would have cost at the prices told.
    pub(super) unhedged: u64,
    pub(super) unhedged_stake: f64,
}

/// Rows that divide all that was told.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    pub(super) of: &'static str,
    pub(super) rows: Vec<Row>,
}

/// The figures of one row. Fractions; money in units.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) told: u64,
    pub(super) settled: u64,
    pub(super) fixtures: usize,
    pub(super) bet_on: u64,
    pub(super) bets: u64,
    pub(super) turnover: f64,
    pub(super) profit: f64,
    #[serde(rename = "yield")]
    pub(super) yields: Option<f64>,
    pub(super) yield_95: Option<[f64; 2]>,
    pub(super) claimed: Option<f64>,
    pub(super) won: Option<f64>,
    pub(super) expected_won: Option<f64>,
    pub(super) brier: Option<f64>,
    pub(super) log_loss: Option<f64>,
    pub(super) closing_value: Option<f64>,
    pub(super) closing_value_95: Option<[f64; 2]>,
    pub(super) beat_close: Option<f64>,
    /// By horizon.
    pub(super) survival: Vec<Option<f64>>,
    /// Share in which a leg, the reference, both moved first, of those in which anybody did.
    pub(super) first_moves: Option<[f64; 3]>,
    pub(super) mean_lifetime_s: Option<f64>,
}

/// The same grades under some stakes.
#[derive(Debug, Serialize)]
pub(super) struct StakesRow {
    pub(super) stakes: String,
    pub(super) end: f64,
    pub(super) turnover: f64,
    pub(super) profit: f64,
    #[serde(rename = "yield")]
    pub(super) yields: Option<f64>,
    pub(super) drawdown: f64,
}

/// Legs whose fair probability lies within a tenth.
#[derive(Debug, Default, Serialize)]
pub(super) struct CalibrationRow {
    pub(super) from: f64,
    pub(super) legs: u64,
    pub(super) expected: f64,
    pub(super) won: f64,
    /// 95 % by Wilson's score.
    pub(super) won_95: [f64; 2],
}

/// A label with its place among others.
type Label = (u32, String);

impl Report {
    pub(super) fn new(grades: &[Grade], grading: &Grading, names: Names<'_>) -> Self {
        let plan = &grading.plan;
        let ledger = play(grades, plan);
        let mut sums = Sums { grades, ledger: &ledger, grading, by_grade: vec![None; grades.len()] };
        for (place, position) in ledger.positions.iter().enumerate() {
            sums.by_grade[position.grade] = Some(place);
        }
        let wanted = |label: Option<Label>, grade: &Grade| label.filter(|_| plan.wants(grade));
        let all = sums.group(|grade| wanted(Some((0, "all".to_owned())), grade)).pop();
        let all = all.unwrap_or_else(|| sums.row("all".to_owned(), &Tally::new(grading.settings.horizons_us.len())));
        let mut by = vec![
            Group { of: "kind", rows: sums.group(|grade| Some((grade.kind() as u32, grade.kind().name().to_owned()))) },
            Group { of: "bookmaker", rows: sums.by_bookmaker(names) },
        ];
        by.extend(
            GROUPS.iter().map(|(of, label)| Group { of, rows: sums.group(|grade| wanted(label(grade, names), grade)) }),
        );
        by.retain(|group| !group.rows.is_empty());
        let others = [Stakes::Kelly(1.0), Stakes::Kelly(0.25), Stakes::Prudent];
        let (mut stakes, mut curves) = (vec![StakesRow::new(plan, &ledger)], Vec::new());
        curves.push((stakes_text(plan), ledger.equity.clone()));
        for other in others.into_iter().filter(|other| *other != plan.stakes) {
            let other = plan.with_stakes(other);
            let played = play(grades, &other);
            stakes.push(StakesRow::new(&other, &played));
            curves.push((stakes_text(&other), played.equity));
        }
        Self {
            horizons_s: grading.settings.horizons_us.iter().map(|&us| seconds(us)).collect(),
            plan: plan_text(plan),
            bankroll: Bankroll::new(&ledger),
            all,
            by,
            stakes,
            calibration: calibration(grades.iter().filter(|grade| plan.wants(grade))),
            ledger,
            curves,
        }
    }

    /// The rows of a group.
    pub(super) fn group(&self, of: &str) -> &[Row] {
        self.by.iter().find(|group| group.of == of).map_or(&[], |group| &group.rows)
    }
}

impl Bankroll {
    fn new(ledger: &Ledger) -> Self {
        let count = |is_it: &dyn Fn(&overround::grade::betting::Bet) -> bool| {
            ledger.bets.iter().map(|bet| u64::from(is_it(bet))).sum()
        };
        Self {
            start: units(ledger.start),
            end: units(ledger.end),
            drawdown: units(ledger.drawdown()),
            unsettled: ledger.unsettled,
            unsettled_stake: units(ledger.unsettled_stake),
            not_staked: ledger.not_staked,
            short_bets: count(&|bet| !bet.is_hedge && bet.size_matched < bet.size),
            hedges: count(&|bet| bet.is_hedge),
            hedge_cost: units(ledger.hedge_cost),
            unhedged: ledger.unhedged,
            unhedged_stake: units(ledger.unhedged_stake),
        }
    }
}

impl StakesRow {
    fn new(plan: &Plan, ledger: &Ledger) -> Self {
        let (turnover, profit) = (units(ledger.turnover()), units(ledger.end - ledger.start));
        Self {
            stakes: stakes_text(plan),
            end: units(ledger.end),
            turnover,
            profit,
            yields: (turnover > 0.0).then(|| profit / turnover),
            drawdown: units(ledger.drawdown()),
        }
    }
}

/// What rows are made of.
struct Sums<'a> {
    grades: &'a [Grade],
    ledger: &'a Ledger,
    grading: &'a Grading,
    /// By grade: the place of its position.
    by_grade: Vec<Option<usize>>,
}

impl Sums<'_> {
    fn group(&self, label: impl Fn(&Grade) -> Option<Label>) -> Vec<Row> {
        let mut tallies: BTreeMap<Label, Tally> = BTreeMap::new();
        for (grade, place) in self.grades.iter().zip(&self.by_grade) {
            let Some(label) = label(grade) else { continue };
            let tally = tallies.entry(label).or_insert_with(|| self.tally());
            tally.add(grade);
            if let Some(place) = place {
                tally.add_position(grade, &self.ledger.positions[*place]);
            }
        }
        tallies.into_iter().map(|((_, label), tally)| self.row(label, &tally)).collect()
    }

    /// By leg and bet, since an opportunity may stand on several bookmakers.
    fn by_bookmaker(&self, names: Names<'_>) -> Vec<Row> {
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        let name = |bookmaker| names.bookmaker(bookmaker).to_owned();
        for grade in self.grades.iter().filter(|grade| self.grading.plan.wants(grade)) {
            for (index, leg) in grade.legs.iter().enumerate() {
                let tally = tallies.entry(name(leg.bookmaker)).or_insert_with(|| self.tally());
                tally.graded += 1;
                tally.settled += u64::from(grade.settled.is_ok());
                tally.add_leg(grade, index);
            }
        }
        for bet in &self.ledger.bets {
            let tally = tallies.entry(name(bet.bookmaker)).or_insert_with(|| self.tally());
            tally.add_bet(&self.grades[bet.grade], bet);
        }
        tallies.into_iter().map(|(label, tally)| self.row(label, &tally)).collect()
    }

    fn tally(&self) -> Tally {
        Tally::new(self.grading.settings.horizons_us.len())
    }

    fn row(&self, label: String, tally: &Tally) -> Row {
        /// Any: the intervals of one report depend on nothing else.
        const SEED: u64 = 1;
        let pair = |interval: overround::grade::Interval| [interval.low, interval.high];
        let moved: u64 = tally.first_moves[..3].iter().sum();
        let moves = tally.first_moves.map(|count| fraction(count, moved));
        Row {
            label,
            told: tally.graded,
            settled: tally.settled,
            fixtures: tally.fixtures(),
            bet_on: tally.positions,
            bets: tally.bets,
            turnover: units(tally.turnover),
            profit: units(tally.profit),
            yields: tally.yield_on_turnover(),
            yield_95: tally.yield_interval(self.grading.resamples, SEED).map(pair),
            claimed: tally.claimed_yield(),
            won: tally.hit_rate(),
            expected_won: tally.expected_hit_rate(),
            brier: tally.brier(),
            log_loss: tally.log_loss(),
            closing_value: tally.closing_value(),
            closing_value_95: tally.closing_interval(self.grading.resamples, SEED).map(pair),
            beat_close: tally.beat_close_share(),
            survival: tally.survival.iter().map(|survival| survival.share()).collect(),
            first_moves: (moved > 0).then_some([moves[0], moves[1], moves[2]]),
            mean_lifetime_s: tally.mean_lifetime_us().map(|us| us / 1e6),
        }
    }
}

/// How grades are grouped: a name, and a label with its place; `None` leaves one out.
type By = (&'static str, fn(&Grade, Names<'_>) -> Option<Label>);

const GROUPS: [By; 12] = [
    ("profile", |grade, names| {
        let several = names.profiles.len() > 1;
        several.then(|| (u32::from(grade.told.profile.0), names.profile(grade.told.profile).to_owned()))
    }),
    ("sport", |grade, names| {
        let fixture = names.catalog.fixture(grade.told.fixture)?;
        Some((0, fixture.sport.as_deref().unwrap_or("unknown").to_owned()))
    }),
    ("market", |grade, names| Some((0, names.catalog.market(grade.told.market)?.market.to_owned()))),
    ("side", |grade, _| {
        let lays = grade.legs.iter().any(|leg| leg.bet.side == Side::Lay);
        lays.then_some((0, "with a lay".to_owned())).or(Some((1, "back only".to_owned())))
    }),
    ("age of the oldest leg", |grade, _| Some(band(seconds(grade.age_us()), &AGES))),
    ("time to the start", |grade, _| {
        if grade.told.live {
            return Some((0, "in play".to_owned()));
        }
        let start = grade.start?;
        let (place, label) = band(seconds(start.since_us(grade.told.ts)), &LEADS);
        Some((place + 1, label))
    }),
    ("price", |grade, _| (grade.kind() == Kind::Ev).then(|| band(grade.legs[0].net_price, &PRICES))),
    ("fair probability", |grade, _| {
        let p = grade.legs[0].fair_probability.filter(|_| grade.kind() == Kind::Ev)?;
        Some(tenth(p))
    }),
    ("confidence", |grade, _| match &grade.told.figures {
        Figures::Ev(ev) => Some(tenth(ev.confidence)),
        _ => None,
    }),
    ("class", |grade, _| match &grade.told.figures {
        Figures::Ev(ev) => Some((0, ev.class.name().to_owned())),
        _ => None,
    }),
    ("method", |grade, _| match &grade.told.figures {
        Figures::Ev(ev) => Some((0, ev.reference.method.to_string())),
        _ => None,
    }),
    ("first move", |grade, _| {
        Some(match grade.first_move {
            Some(first) => (first.who as u32, first.who.name().to_owned()),
            None => (9, "nobody, before the start".to_owned()),
        })
    }),
];

/// Bounds of bands, with what is below each.
type Bands = [(f64, &'static str)];

const AGES: [(f64, &str); 6] = [
    (1.0, "< 1 s"),
    (10.0, "1–10 s"),
    (60.0, "10–60 s"),
    (300.0, "1–5 min"),
    (3600.0, "5–60 min"),
    (f64::INFINITY, "≥ 1 h"),
];

const LEADS: [(f64, &str); 6] = [
    (60.0, "< 1 min"),
    (600.0, "1–10 min"),
    (3600.0, "10–60 min"),
    (6.0 * 3600.0, "1–6 h"),
    (24.0 * 3600.0, "6–24 h"),
    (f64::INFINITY, "≥ 1 day"),
];

const PRICES: [(f64, &str); 6] =
    [(1.5, "< 1.5"), (2.0, "1.5–2"), (3.0, "2–3"), (5.0, "3–5"), (10.0, "5–10"), (f64::INFINITY, "≥ 10")];

fn band(value: f64, bands: &Bands) -> Label {
    let place = bands.iter().position(|(bound, _)| value < *bound).unwrap_or(bands.len() - 1);
    (u32::try_from(place).unwrap_or(u32::MAX), bands[place].1.to_owned())
}

/// The tenth that a share from 0 to 1 lies in.
fn tenth(share: f64) -> Label {
    let place = (1..10u32).filter(|&tenth| share >= f64::from(tenth) / 10.0).count();
    let place = u32::try_from(place).unwrap_or_default();
    (place, format!("{:.1}–{:.1}", f64::from(place) / 10.0, f64::from(place + 1) / 10.0))
}

fn calibration<'a>(grades: impl Iterator<Item = &'a Grade>) -> Vec<CalibrationRow> {
    let mut rows: BTreeMap<u32, (u64, u64, f64)> = BTreeMap::new();
    for grade in grades {
        let Ok(settled) = &grade.settled else { continue };
        for (leg, settlement) in grade.legs.iter().zip(&settled.legs) {
            let Some(p) = leg.fair_probability.filter(|_| settlement.is_decided()) else { continue };
            let row = rows.entry(tenth(p).0).or_default();
            row.0 += 1;
            row.1 += u64::from(*settlement == overround_math::settlement::Settlement::Win);
            row.2 += p;
        }
    }
    let of = |(place, (legs, won, expected)): (u32, (u64, u64, f64))| CalibrationRow {
        from: f64::from(place) / 10.0,
        legs,
        expected: expected / exact(legs),
        won: fraction(won, legs),
        won_95: wilson(exact(won), exact(legs)),
    };
    rows.into_iter().map(of).collect()
}

/// Wilson's score interval of 95 % for `won` of `n` (E. B. Wilson, 1927).
fn wilson(won: f64, n: f64) -> [f64; 2] {
    const Z: f64 = 1.959_963_984_540_054;
    let (p, z2) = (won / n, Z * Z);
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

fn stakes_text(plan: &Plan) -> String {
    match plan.stakes {
        Stakes::Flat(cents) => format!("flat {:.2}", units(cents)),
        Stakes::Kelly(1.0) => "full Kelly".to_owned(),
        Stakes::Kelly(share) => format!("{share} Kelly"),
        Stakes::Prudent => "prudent Kelly".to_owned(),
        _ => "other".to_owned(),
    }
}

fn plan_text(plan: &Plan) -> String {
    let acceptance = &plan.acceptance;
    let kinds: Vec<&str> = plan.kinds.iter_by_name().map(Kind::name).collect();
    let mut text = format!("{} on {} out of {:.2}", stakes_text(plan), kinds.join(", "), units(plan.bankroll));
    let percent = |share: f64| format!("{} %", 100.0 * share);
    if !matches!(plan.stakes, Stakes::Flat(_)) {
        text.push_str(&format!(", at most {} of it on one", percent(plan.most_share)));
    }
    if let Some(lead) = plan.lead_us {
        text.push_str(&format!(", told at least {} s before the start", seconds(lead)));
    }
    text.push_str(&match acceptance.latency_us {
        0 => "; accepted at once".to_owned(),
        us => format!("; answered after {} s, {} tolerance", seconds(us), percent(acceptance.tolerance)),
    });
    if acceptance.moved_share > 0.0 {
        let (share, by) = (percent(acceptance.moved_share), percent(acceptance.moved_by));
        text.push_str(&format!(", {share} moved by {by} of the winnings"));
    }
    if acceptance.rejected_share > 0.0 {
        text.push_str(&format!(", {} refused", percent(acceptance.rejected_share)));
    }
    text.push_str(&format!(", {} of limits", percent(acceptance.limit_share)));
    if let Some(limit) = acceptance.unknown_limit {
        text.push_str(&format!(" ({limit} where none is shown)"));
    }
    text
}

fn fraction(part: u64, whole: u64) -> f64 {
    exact(part) / exact(whole.max(1))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn exact(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "amounts of money are below 2^53 cents")]
pub(super) fn units(cents: i64) -> f64 {
    cents as f64 / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "shown in seconds")]
pub(super) fn seconds(us: i64) -> f64 {
    us as f64 / 1e6
}
